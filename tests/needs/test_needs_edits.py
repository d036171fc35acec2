"""The list of applications goes out, is edited and comes back; a load is taken back while nothing rests on it."""

import io
from typing import Any

import pytest
import xlsxwriter

from anju.base.acts import Refused
from anju.base.acts.models import Act
from anju.base.claims import seam
from anju.base.regions import scope, uuid7
from anju.base.secrets import blind
from anju.base.sheets import edits as sheet_edits
from anju.base.sheets import loads, undo
from anju.base.sheets.models import Load
from anju.needs import acts, edits
from anju.needs.models import Application, Member
from needs.helpers import COUNTY, ctx_of, id_number, submitted
from needs.test_needs_import import bring, row, take
from support.desk import signed_in, text

pytestmark = pytest.mark.django_db
REASON = {"reason": "核对收入证明"}


def sheet(rows: list[list[Any]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet("改表")
    for at, line in enumerate([[c.title for c in edits.APPLICATIONS.all_columns], *rows]):
        page.write_row(at, 0, list(line))
    book.close()
    return buffer.getvalue()


def out(*cases: Application, **changes: Any) -> list[list[Any]]:
    """The rows as the list gives them, with cells of the first one changed by field."""
    fields = [c.field for c in edits.APPLICATIONS.all_columns]
    rows = sheet_edits.sheet_rows(edits.APPLICATIONS, ctx_of(), [case.id for case in cases])
    rows = [
        ["" if value is None else float(value) if hasattr(value, "scale") else value for value in line] for line in rows
    ]
    rows = [[str(v) if not isinstance(v, int | float | str) else v for v in line] for line in rows]
    for name, value in changes.items():
        rows[0][fields.index(name)] = value
    return rows


def edited(rows: list[list[Any]]) -> Load:
    return loads.bring_file(
        ctx=ctx_of(), kind="applications_edited", name="改表.xlsx", data=sheet(rows), options=REASON
    )


def test_a_sheet_that_was_not_edited_changes_nothing() -> None:
    with scope(COUNTY):
        case = submitted(1)
        load = edited(out(case))
        assert (load.good, load.bad) == (1, 0), load.errors
        assert (
            sheet_edits.changes(edits.APPLICATIONS, ctx_of(), loads.good_rows(load, loads.kind_named(load.kind))) == []
        )
        take(load)
    assert Act.objects.filter(name="needs.correct_application").count() == 0


def test_an_edited_cell_is_shown_old_and_new_then_becomes_a_correction_with_its_reason() -> None:
    with scope(COUNTY):
        case, other = submitted(1), submitted(11)
        load = edited(out(case, other, income_month_fen=4500.5, score=""))
        [change] = sheet_edits.changes(edits.APPLICATIONS, ctx_of(), loads.good_rows(load, loads.kind_named(load.kind)))
        assert (change.label, change.column, change.old, change.new) == (
            case.number,
            "家庭月收入(元)",
            "4000 元",
            "4500.5 元",
        )
        done = take(load)
        case.refresh_from_db()
        assert (done.state, done.refused, case.income_month_fen) == ("accepted", [], 450_050)
        assert [a.object_id for a in Act.objects.filter(name="needs.correct_application")] == [case.id]


def test_a_row_that_may_not_be_changed_is_refused_in_words_and_the_others_come_in() -> None:
    with scope(COUNTY):
        case, gone = submitted(1), submitted(11)
        acts.withdraw(ctx=ctx_of(), application_id=gone.id)
        rows = out(case, residence_months=40)
        rows += [[str(uuid7()), "231202-2603-999999", *rows[0][2:]], ["x", *rows[0][1:]]]
        swapped = out(submitted(21))
        load = edited([*rows, [swapped[0][0], case.number, *swapped[0][2:]]])
        assert (load.good, load.bad) == (1, 3)
        reasons = [e["reason"] for e in load.errors]
        assert any("不在本岗位能改的范围内" in r for r in reasons) and any("可能整列错位" in r for r in reasons)


def test_an_act_that_refuses_one_row_leaves_the_other_rows_in() -> None:
    with scope(COUNTY):
        case, other = submitted(1), submitted(11)
        rows = out(case, other, residence_months=99_999)
        rows[1][[c.field for c in edits.APPLICATIONS.all_columns].index("residence_months")] = 48
        done = take(edited(rows))
        other.refresh_from_db()
        assert other.residence_months == 48 and [r["row"] for r in done.refused] == [2]
        assert "居住" in done.refused[0]["reason"]


def test_the_page_gives_the_sheet_to_those_who_may_correct_and_shows_what_would_change() -> None:
    with scope(COUNTY):
        case = submitted(1)
        load = edited(out(case, residence_months=60))
    clerk = signed_in("intake_clerk", COUNTY)
    assert "导出改表" in text(clerk.get("/needs/"))
    sheet = clerk.post("/needs/?export=edit", {"reason": "补录居住月数"})
    assert sheet.headers["Content-Type"].endswith("sheet")
    page = text(clerk.get(f"/loads/{load.id}/"))
    assert "收下后会改成这样" in page and "<del>36</del>" in page and "60" in page
    reviewer = signed_in("reviewer", COUNTY)
    assert "导出改表" not in text(reviewer.get("/needs/")) and reviewer.get("/needs/?export=edit").status_code == 403


def test_a_load_is_rolled_back_whole_and_its_people_may_apply_again() -> None:
    done = take(bring([row("1", 1), row("1", 2, "配偶"), row("2", 11)]))
    with scope(COUNTY):
        back = undo.roll_back_load(ctx=ctx_of(), load_id=done.id, reason="导错了文件")
        assert back.state == "rolled_back" and not Application.objects.exists() and not Member.objects.exists()
        assert seam.holders(seam.LIVE_APPLICATION, [blind("document", id_number(1))]) == {}
        assert {o for _, o, _ in undo.outcomes(Load.objects.select_related("evidence").get(pk=done.id))} == {"back"}
    again = bring([row("1", 1), row("1", 2, "配偶"), row("2", 11)])
    assert again.id != done.id and take(again).done == 3
    page = text(signed_in("intake_clerk", COUNTY).get(f"/loads/{done.id}/"))
    assert "已撤销" in page and "导错了文件" in page


def test_a_load_on_which_something_rests_is_not_rolled_back_and_the_sentence_names_it() -> None:
    done = take(bring([row("1", 1), row("2", 11)]))
    with scope(COUNTY):
        first = Application.objects.order_by("number").first()
        assert first
        acts.first_review(ctx=ctx_of(), application_id=first.id, outcome="pass", reason="")
        with pytest.raises(Refused, match=f"申请 {first.number} 已到「.*共 1 份已往下办"):
            undo.roll_back_load(ctx=ctx_of(), load_id=done.id, reason="导错了文件")
        assert Application.objects.count() == 2 and Load.objects.get(pk=done.id).state == "accepted"


def test_what_was_refused_and_what_stayed_out_is_said_row_by_row() -> None:
    done = take(bring([row("1", 1), row("2", 11, 姓名="")]))
    client = signed_in("intake_clerk", COUNTY)
    page = text(client.get(f"/loads/{done.id}/rows/"))
    assert "已收下" in page and "校验退回" in page and "姓名" in page
    assert text(client.get(f"/loads/{done.id}/rows/?outcome=out")).count("<td") == 3
