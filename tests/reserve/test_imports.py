"""The reserve's files: every bad cell named with its row, column, reason and clause; the good rows come in."""

import io
from pathlib import Path
from typing import Any

import pytest

from anju.base.acts import ActContext
from anju.base.regions import scope
from anju.base.sheets import kind_named
from anju.base.sheets.kinds import SheetKind
from anju.base.sheets.loads import accept_load, bring_file, run_load
from anju.base.sheets.models import Load
from anju.base.sheets.out import workbook
from anju.reserve import acts
from anju.reserve.models import Building, Check, OtherSpace, Project, Unit
from reserve import make

pytestmark = pytest.mark.django_db
GOOD = {
    "project": "P-1", "code": "231202003004GB00001F00010001", "building": "1", "floors": 6, "stairwells": 2, "lift": "否",
    "stairwell": 1, "floor": 1, "room": "101", "use": "住宅", "rooms": 2, "gross_cm2": "89.32", "inner_cm2": "70.10",
    "orientation": "南北", "tenure": "配售", "asked_fen_m2": "3200", "mortgaged": "否", "seized": "否", "objected": "否", "occupied": "否",
}  # fmt: skip


def sheet(kind: SheetKind, rows: list[dict[str, Any]]) -> bytes:
    """An xlsx in the kind's template."""
    columns = [(c.title, "") for c in kind.columns]
    return workbook(kind.title, columns, [[row.get(c.field) for c in kind.columns] for row in rows], True)


def bring(kind: str, rows: list[dict[str, Any]], by: ActContext | None = None) -> Load:
    """Bring a file, its good rows not yet taken in."""
    return bring_file(ctx=by or make.ctx(), kind=kind, name=f"{kind}.xlsx", data=sheet(kind_named(kind), rows))


def taken(load: Load, by: ActContext | None = None, **reasons: str) -> Load:
    """Accept a load and take its good rows in, as the job would."""
    accept_load(ctx=by or make.ctx(), load_id=load.id, reasons=reasons)
    with scope(load.region):
        run_load(by or make.ctx(), load)
        return Load.objects.get(id=load.id)


def line(at: int, **fields: Any) -> dict[str, Any]:
    """A good home of the file, number ``at``, two a floor."""
    floor = (at + 1) // 2
    place = {"code": f"231202003004GB00001F0001{at:04d}", "floor": floor, "room": f"{floor}0{1 + (at + 1) % 2}"}
    return {**GOOD, **place, **fields}


BAD: list[tuple[str, list[dict[str, Any]], str, str, str]] = [
    ("an unknown project", [line(1, project="P-9")], "项目编号", "没有这个项目编号", "3.3-1"),
    ("27 characters", [line(1, code="231202003004GB00001F0001001")], "不动产单元代码", "应为 28 位", "3.3-1"),
    ("a home of another city", [line(1, code="230102003004GB00001F00010001")], "不动产单元代码", "231202开头", "3.3-1"),
    ("land in place of a home", [line(1, code="231202003004GB00001W00010001")], "不动产单元代码", "定着物特征码 F", "3.3-1"),
    ("the same code twice", [line(1), line(2, code=GOOD["code"])], "不动产单元代码", "重复", "3.3-1"),
    ("the same place twice", [line(1), line(2, floor=1, room="101")], "房号", "同幢同单元同层同房号", "3.3-1"),
    ("other floors in one building", [line(1), line(2, floors=7)], "总层数", "同一幢应一致", "3.3-1"),
    ("other stairwells in one building", [line(1), line(2, stairwells=3)], "单元数", "同一幢应一致", "3.3-1"),
    ("above the roof", [line(1, floor=7)], "所在层", "1 至总层数 6 层", "3.3-1"),
    ("a home in the cellar", [line(1, floor=-1)], "所在层", "1 至总层数 6 层", "3.3-1"),
    ("a stairwell that is not there", [line(1, stairwell=3)], "单元", "大于本幢单元数 2", "3.3-1"),
    ("inner above gross", [line(1, inner_cm2="90.00")], "套内面积(㎡)", "大于建筑面积", "3.3-1"),
    ("no tenure", [line(1, tenure=None)], "申报用途", "不能为空", "3.3-1"),
    ("a tenure that is none", [line(1, tenure="自住")], "申报用途", "只能填", "3.3-2"),
    ("an area with three places", [line(1, gross_cm2="89.321")], "建筑面积(㎡)", "两位小数|2 位小数", "3.3-3"),
    ("a negative area", [line(1, gross_cm2="-89.32")], "建筑面积(㎡)", "不能小于", "3.3-3"),
    ("neither yes nor no", [line(1, seized="也许")], "查封", "是.*否", "3.3-5"),
]  # fmt: skip


@pytest.mark.clause("3.3-1")
@pytest.mark.parametrize(("what", "rows", "column", "why", "clause"), BAD, ids=[b[0] for b in BAD])
def test_a_bad_cell_of_the_unit_table_is_named(
    what: str, rows: list[dict[str, Any]], column: str, why: str, clause: str
) -> None:
    import re

    make.project()
    load = bring("units", rows)
    errors = [e for e in load.errors if e["level"] == "error"]
    assert [e["column"] for e in errors] == [column], what
    assert re.search(why, errors[0]["reason"]) and errors[0]["clause"] == clause
    assert load.good == len(rows) - 1
    with scope(make.CITY):
        assert Unit.objects.count() == 0, "nothing is stored before it is accepted"


@pytest.mark.clause("3.3-1")
def test_good_rows_come_in_and_bad_ones_stay_out() -> None:
    make.project()
    load = bring("units", [line(1), line(2, code="230102003004GB00001F00010002"), line(3, seized=None)])
    done = taken(load)
    assert (done.state, done.done, done.refused) == ("accepted", 2, [])
    with scope(make.CITY):
        first, third = Unit.objects.order_by("code")
        assert (first.gross_cm2, first.inner_cm2, first.asked_fen_m2, first.load_id) == (
            893_200,
            701_000,
            320_000,
            load.id,
        )
        assert third.seized is None, "what nobody knows stays unknown"
        assert Building.objects.get().floors == 6


@pytest.mark.clause("3.3-1")
def test_parking_places_and_shops_stand_in_the_list_and_are_no_homes() -> None:
    make.project()
    space = {"tenure": None, "rooms": None, "stairwell": None, "floor": -1, "inner_cm2": None}
    rows = [
        line(1),
        line(2, use="车位", room="B1-17", gross_cm2="13.20", **space),
        line(3, use="商服", room="S1", **space),
    ]
    load = taken(bring("units", rows))
    assert load.bad == 0
    with scope(make.CITY):
        assert (Unit.objects.count(), OtherSpace.objects.count()) == (1, 2)
        assert set(OtherSpace.objects.values_list("use", flat=True)) == {"车位", "商服"}


@pytest.mark.clause("3.3-1")
def test_a_home_already_listed_is_refused_here_and_in_another_region() -> None:
    make.project()
    taken(bring("units", [line(1)]))
    again = bring("units", [line(1), line(2)])
    assert again.errors[0]["column"] == "不动产单元代码" and "已在房源名单中" in again.errors[0]["reason"]
    county = make.ctx(region="231202")
    make.project("P-1", region="231202", stands_in="231202")
    elsewhere = bring("units", [line(1)], by=county)
    assert "已在区划 231200" in elsewhere.errors[0]["reason"]


@pytest.mark.clause("3.3-1")
def test_what_is_only_unusual_needs_a_reason_and_then_comes_in() -> None:
    from anju.base.acts import Refused

    make.project()
    load = bring("units", [line(1, homes=3), line(2, gross_cm2="165.00", rooms=7)])
    assert {(e["column"], e["level"]) for e in load.errors} == {
        ("本幢住宅套数", "unusual"), ("居室数", "unusual"), ("建筑面积(㎡)", "unusual"),
    }  # fmt: skip
    with pytest.raises(Refused, match="填写理由"):
        taken(load)
    done = taken(load, **{"本幢住宅套数": "1 套已另售", "居室数": "两套打通", "建筑面积(㎡)": "复式"})
    assert done.state == "accepted" and done.refused == []


PROJECT = {
    "number": "X-1", "name": "合成里", "uscc": "91231200MA1C0DE00X", "county": "北林区",
    "address": "合成路 2 号", "completion_record": "绥竣备 2024-18", "completed_on": "2024-09-18", "debt_fen": "1234.56",
    "longitude": "126.98930", "latitude": "46.63740",
}  # fmt: skip
BAD_PROJECTS = [
    ("an unknown developer", {"uscc": "91110000000000005K"}, "开发企业统一社会信用代码"),
    ("a county of another city", {"county": "哈尔滨市"}, "坐落区县"),
    ("completed tomorrow", {"completed_on": "2026-03-09"}, "竣工日期"),
    ("declared tomorrow", {"declared_on": "2026-03-09"}, "申报日期"),
    ("longitude and latitude swapped", {"longitude": "46.63740", "latitude": "126.98930"}, "经度"),
]


def uscc() -> str:
    """A well-formed code, by its check character."""
    from stdnum.cn import uscc as codes

    base = "91231200MA1C0DE00"
    return next(base + c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if codes.is_valid(base + c))


@pytest.mark.clause("3.3-1")
@pytest.mark.parametrize(("what", "fields", "column"), BAD_PROJECTS, ids=[b[0] for b in BAD_PROJECTS])
def test_a_bad_cell_of_the_project_sheet_is_named(what: str, fields: dict[str, Any], column: str) -> None:
    make.organisation(uscc=uscc())
    load = bring("projects", [{**PROJECT, "uscc": uscc(), **fields}])
    assert load.good == 0 and column in {e["column"] for e in load.errors}, what


@pytest.mark.clause("3.3-1")
def test_a_project_comes_in_with_its_place_and_its_debt() -> None:
    make.organisation(uscc=uscc())
    load = bring("projects", [{**PROJECT, "uscc": uscc()}])
    taken(load)
    with scope(make.CITY):
        found = Project.objects.get()
        assert (found.number, found.stands_in, found.debt_fen, str(found.longitude)) == (
            "X-1",
            "231202",
            1_234_560_000,
            "126.98930",
        )
    again = bring("projects", [{**PROJECT, "uscc": uscc(), "name": "另名"}])
    assert again.errors[0]["column"] == "项目编号"


BAD_CHECKS = [
    ("an item that is none", {"item": "风水"}, "核查项", "3.3-2"),
    ("a pass without its document", {"document": None}, "材料名称及文号", "3.3-5"),
    ("a fail without its reason", {"result": "不通过", "document": None}, "说明", "3.3-5"),
    ("checked tomorrow", {"checked_on": "2026-03-09"}, "核查日期", "3.3-5"),
]


@pytest.mark.clause("3.3-5")
@pytest.mark.parametrize(("what", "fields", "column", "clause"), BAD_CHECKS, ids=[b[0] for b in BAD_CHECKS])
def test_a_bad_cell_of_the_check_sheet_is_named(what: str, fields: dict[str, Any], column: str, clause: str) -> None:
    make.project()
    load = bring(
        "checks", [{"project": "P-1", "item": "产权清晰", "result": "通过", "document": "绥查 2026-1", **fields}]
    )
    assert [(e["column"], e["clause"]) for e in load.errors] == [(column, clause)], what


@pytest.mark.clause("3.3-5")
def test_checks_come_in_with_the_file_as_their_evidence() -> None:
    make.project()
    rows = [
        {"project": "P-1", "item": "产权清晰", "result": "通过", "document": "绥查 2026-1"},
        {"project": "P-1", "item": "防道德风险", "result": "不通过", "note": "关联交易未说明"},
        {"project": "P-1", "item": "现房（已竣工）", "result": "待查"},
    ]
    by = make.ctx()
    load = taken(bring("checks", rows, by=by), by)
    with scope(make.CITY):
        found = {c.item: c for c in Check.objects.all()}
        assert {k: c.passed for k, c in found.items()} == {"title": True, "guards.moral_hazard": False, "built": None}
        assert found["title"].evidence_id == load.evidence_id and found["title"].checker == by.account


@pytest.mark.clause("3.3-2")
def test_a_check_that_the_project_itself_contradicts_is_refused() -> None:
    from anju.base.acts import Refused

    found = make.project(completion_record="", completed_on=None)
    with pytest.raises(Refused, match="竣工验收备案"):
        acts.record_check(
            ctx=make.ctx(),
            project_id=found.id,
            item="built",
            passed=True,
            document="口头",
            file_name="a.pdf",
            file_data=make.PDF,
        )


def test_the_blank_template_of_each_kind_can_be_filled_in_and_read_back(tmp_path: Path) -> None:
    from anju.base.sheets import template_of

    for name in ("projects", "units", "checks"):
        data = template_of(kind_named(name))
        (tmp_path / f"{name}.xlsx").write_bytes(data)
        assert len(data) > 1_000 and io.BytesIO(data).read(2) == b"PK"
