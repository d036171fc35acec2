"""Whom a list is about is declared on every list; a file of people goes out only with a reason, which the log and the households keep."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

import anju
from anju.base.acts import InvalidInput
from anju.base.acts.models import Act, ActFacts
from anju.base.jobs import tasks
from anju.base.listing import acts
from anju.base.listing.models import ExportFile
from anju.base.regions import scope, uuid7
from anju.base.sheets import EXPORTS
from anju.needs import copies
from anju.parties.posts import read_powers
from anju.web import exports
from anju.web.lists import NOBODY, Col, list_page
from needs.helpers import COUNTY, NOON, ctx_of, qualified, submitted
from support.db import open_act
from support.desk import person, signed_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.clause("4.5")]
SOURCES = Path(anju.__file__).parent


def calls() -> Iterator[tuple[str, str, dict[str, str]]]:
    """(module, function, keyword → source) of each call of ``list_page`` in the house."""
    for path in sorted(SOURCES.rglob("*.py")):
        if "list_page(" not in path.read_text(encoding="utf-8"):
            continue
        module = ".".join(("anju", *path.relative_to(SOURCES).with_suffix("").parts))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "list_page":
                        yield module, function.name, {k.arg or "**": ast.unparse(k.value) for k in node.keywords}


LISTS = list(calls())


def views(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        here = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns, here)
        elif isinstance(one, URLPattern):
            yield here, one.callback


def test_every_list_of_the_house_says_whom_its_rows_are_about() -> None:
    assert len(LISTS) > 60
    assert [f"{module}.{function}" for module, function, given in LISTS if "people" not in given] == []
    assert {given["people"].split("(")[0] for _, _, given in LISTS} == {"NOBODY", "PERSONS", "families"}


def test_a_list_about_nobody_cannot_have_a_column_that_names_a_person(rf: Any) -> None:
    with pytest.raises(ValueError, match="names a person"):
        list_page(
            rf.get("/"), title="表", rows=Act.objects.all(), columns=[Col("申请人", "name", kind="name")], people=NOBODY
        )


def test_each_list_without_parameters_gives_its_file_at_once_or_asks_why_first() -> None:
    """The declaration is what the page does, for every list that an address opens."""
    declared = {(m, f): given for m, f, given in LISTS if "export_name" in given}
    powers, clients, wrong, seen = read_powers(), dict[str, Client](), [], {"asks": 0, "gives": 0}
    for path, view in views(get_resolver().url_patterns):
        given = declared.get((view.__module__, getattr(view, "__name__", "")))
        if given is None or "<" in path:
            continue
        post = next(p for p in powers[view.power] if p in powers[exports.POWER])
        client = clients[post] = clients.get(post) or signed_in(post)
        answer = client.get(path, {"export": "xlsx"})
        asks = given["people"] != "NOBODY"
        seen["asks" if asks else "gives"] += 1
        if asks:
            empty = client.post(f"{path}?export=xlsx", {"reason": "  "})
            right = "事由" in text(answer) and empty.status_code == 422 and b"PK" not in empty.content[:2]
        else:
            right = answer.content[:2] == b"PK"
        if not right:
            wrong.append((path, given["people"], answer.status_code))
    assert wrong == [] and seen["asks"] >= 8 and seen["gives"] >= 20, seen
    with scope("231200"):
        assert not ActFacts.objects.filter(facts__contains='"reason"').exists()


def facts_of(name: str) -> str:
    return ActFacts.objects.get(act=Act.objects.get(name=name).id).facts


def lookers(row: Any) -> list[tuple[str, str]]:
    with scope(COUNTY):
        return [(one["办理"], one["事由"]) for one in copies.gather(row)["谁看过、导出或打印过您的个人信息"]]


@pytest.mark.parametrize("wanted", ["xlsx", "edit"])
def test_a_list_of_households_goes_out_with_its_reason_and_each_household_can_be_told(wanted: str) -> None:
    mine, other = submitted(1), submitted(11)
    clerk = signed_in("intake_clerk", COUNTY)
    address = f"{reverse('needs:list')}?q={mine.number}&export={wanted}"
    assert "个人信息" in text(clerk.get(address)) and lookers(mine) == []
    answer = clerk.post(address, {"reason": "核对名单"})
    assert answer.content[:2] == b"PK"
    assert lookers(mine) == [("导出清单", "核对名单")] and lookers(other) == []
    with scope(COUNTY):
        assert '"reason":"核对名单"' in facts_of("base.export_list")


def test_a_large_list_goes_out_by_the_job_with_the_same_reason_and_the_same_households(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exports, "NOW_MAX", 1)
    rows = [submitted(1), submitted(11)]
    who = person("intake_clerk", COUNTY)
    client = Client()
    client.force_login(who, backend="anju.parties.signin.PasswordBackend")
    address = f"{reverse('needs:list')}?export=xlsx"
    assert "事由" in text(client.get(address)) and client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "季度统计"})["Location"] == "/exports/"
    with scope(COUNTY):
        row = ExportFile.objects.get()
        assert (row.personal, row.why) == (True, "季度统计") and "季度统计" in facts_of("base.ask_export")
    tasks.do_work("export", row.id, who.id, "intake_clerk", COUNTY)
    tasks.do_work("export", row.id, who.id, "intake_clerk", COUNTY)  # started again after a kill
    for one in rows:
        assert lookers(one) == [("导出文件已生成", "季度统计")]


def test_the_acts_themselves_refuse_personal_rows_without_a_reason() -> None:
    given = {"page": "needs:list", "title": "轮候申请", "rows": 1}
    for call in (
        lambda: acts.export_list(ctx=ctx_of(), shown=[], personal=True, reason=" ", **given),
        lambda: acts.ask_export(ctx=ctx_of(), address="/needs/", needs="needs.view", personal=True, **given),
    ):
        with pytest.raises(InvalidInput, match="事由"):
            call()


def test_the_database_keeps_no_personal_export_without_its_reason() -> None:
    given = {
        "region": COUNTY,
        "account": uuid7(),
        "list": "l",
        "title": "t",
        "address": "/",
        "power": "p",
        "asked_at": NOON,
    }
    with pytest.raises(IntegrityError, match="a_personal_export_says_why"), open_act(COUNTY):
        ExportFile.objects.create(personal=True, why="", **given)


def test_a_registered_export_of_households_asks_why_and_names_them() -> None:
    assert {name for name, found in EXPORTS.items() if found.cases is not None} == {"waiting_list", "register"}
    row, out = qualified(1)[0], submitted(11)
    office = signed_in("office_clerk", COUNTY)
    address = reverse("front:export", args=["waiting_list"])
    assert "事由" in text(office.get(address)) and office.post(address, {"reason": ""}).status_code == 422
    assert office.post(address, {"reason": "报送省厅"}).content[:2] == b"PK"
    assert lookers(row) == [("导出清单", "报送省厅")] and lookers(out) == []
