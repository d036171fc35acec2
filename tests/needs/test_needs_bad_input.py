"""Bad input that reaches the waiting list: each gets a clear answer, and nothing is lost; what cells can be is in tests/base."""

import csv
import io
import zipfile
from typing import Any

import pytest

from anju.base.acts import Refused
from anju.base.files.content import BadFile
from anju.base.regions import scope
from anju.base.sheets import loads
from anju.base.sheets.models import Load
from anju.needs import acts
from anju.needs.forms import CorrectForm
from anju.needs.imports import COLUMNS
from anju.needs.models import Application, Member
from needs.helpers import COUNTY, ctx_of, submitted
from needs.test_needs_import import row, take

pytestmark = pytest.mark.django_db


def text_of(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.title for column in COLUMNS])
    writer.writerows([["" if cells.get(c.title) is None else str(cells[c.title]) for c in COLUMNS] for cells in rows])
    return out.getvalue()


def bring(data: bytes, name: str = "申请.csv") -> Load:
    return loads.bring_file(ctx=ctx_of(), kind="applications", name=name, data=data)


# BMP, extension A, extension B and a four-byte character of GB 18030 alone; a minority name with its dot.
NAMES = ["张三", "㛃㐂", "𠀀𠮷", "\U0002b740某", "阿卜杜拉·买买提"]


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_comes_in_whatever_its_encoding_with_every_character_of_its_names(encoding: str) -> None:
    rows = [row("1", 1, 姓名=NAMES[0])] + [row("1", 1 + n, "子", 姓名=name) for n, name in enumerate(NAMES[1:], 1)]
    load = bring(text_of(rows).encode(encoding))
    assert (load.good, load.bad) == (5, 0), load.errors
    take(load)
    with scope(COUNTY):
        assert set(Member.objects.values_list("name", flat=True)) == set(NAMES)


@pytest.mark.clause("3.2-0")
def test_full_width_digits_read_as_themselves_and_an_exponent_does_not() -> None:
    wide = row("1", 1)
    wide["身份证号码"] = wide["身份证号码"].translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    wide["手机号码"] = "１９９０００００００１"
    load = bring(text_of([wide, row("2", 11, 身份证号码="2.31202E+17")]).encode())
    assert load.good == 1 and [e["row"] for e in load.errors] == [3] and "位数" in load.errors[0]["reason"], load.errors


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types>spreadsheetml.sheet.main+xml</Types>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (300 * 1024 * 1024))
    return out.getvalue()


FILES = [
    ("a zip bomb", "申请.xlsx", bomb, "解开后超过|压缩比"),
    ("more than 50 MB", "申请.csv", lambda: b"a,b\n" * (14 * 1024 * 1024), "超过上限 50 MB"),
    ("a script by another name", "申请.xlsx", lambda: b"<script>alert(1)</script>", "脚本"),
    ("half a workbook", "申请.xlsx", lambda: b"PK\x03\x04" + b"x" * 100, "已损坏"),
    ("nothing at all", "申请.xlsx", lambda: b"", "空文件"),
    ("another table", "申请.csv", lambda: "甲,乙\n1,2\n".encode(), "没有找到"),
]


@pytest.mark.parametrize(("what", "name", "make", "why"), FILES, ids=[f[0] for f in FILES])
def test_a_file_that_cannot_be_taken_says_why_and_leaves_no_load(what: str, name: str, make: Any, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        bring(make(), name)
    with scope(COUNTY):
        assert not Load.objects.exists()


ATTACHED = [
    ("证明.pdf", b"<html><script>1</script></html>"),
    ("证明.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    ("证明.js", b"#!/bin/sh\nrm -rf /\n"),
    ("证明.pdf", b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"),
    ("../../etc/passwd.pdf", b"%PDF-1.4\n%%EOF"),
]


@pytest.mark.parametrize(("name", "data"), ATTACHED)
def test_a_script_as_an_attachment_is_refused_and_nothing_of_the_supplement_is_kept(name: str, data: bytes) -> None:
    asked = submitted(1)
    acts.first_review(ctx=ctx_of(), application_id=asked.id, outcome="supplement", reason="补收入证明")
    with pytest.raises(Refused, match="没有收下"):
        acts.supplement(ctx=ctx_of(), application_id=asked.id, facts={"residence_months": 99}, files=[(name, data)])
    with scope(COUNTY):
        asked.refresh_from_db()
    assert (asked.state, asked.residence_months) == ("supplement", 36)


# --- two clerks on one case ------------------------------------------------------------------------------


def typed(case: Application, **changes: Any) -> CorrectForm:
    shown = CorrectForm(row=case, towns={case.town: "某街道"}, family=False)
    body = {name: shown[name].initial for name in shown.fields if shown[name].initial is not None}
    return CorrectForm(
        {**body, "reason": "核对原件", **changes},
        row=Application.objects.get(id=case.id),
        towns={case.town: ""},
        family=False,
    )


@pytest.mark.clause("3.2-0")
def test_the_second_clerk_is_told_that_the_case_changed_meanwhile_and_keeps_what_was_typed() -> None:
    case = submitted(1)
    acts.correct_application(ctx=ctx_of(), application_id=case.id, facts={"residence_months": 60}, reason="第一位")
    with scope(COUNTY):
        second = typed(case, income_month_fen="5000")
        assert not second.is_valid() and "同事已改过" in str(second.non_field_errors())
        assert second["income_month_fen"].value() == "5000" and second["seen"].value() == second.version()
        again = CorrectForm(second.data, row=Application.objects.get(id=case.id), towns={case.town: ""}, family=False)
        assert again.is_valid() and again.changed()["income_month_fen"] == 500_000


@pytest.mark.clause("3.2-0")
def test_the_second_review_of_one_step_says_where_the_case_is_now() -> None:
    case = submitted(1)
    acts.first_review(ctx=ctx_of(), application_id=case.id, outcome="pass")
    with pytest.raises(Refused, match="当前为「待复审」，不在初审环节"):
        acts.first_review(ctx=ctx_of(), application_id=case.id, outcome="refuse", reason="重复办理")
