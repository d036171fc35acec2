"""The unit table (楼盘表): one line a home; parking places, garages and shops are lines too and never count as homes."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from anju.base.acts import ActContext
from anju.base.claims import seam
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.base.sheets.check import usual_ranges
from anju.base.sheets.kinds import UNUSUAL
from anju.policy.rules.people import unit_code
from anju.policy.verdict import Outcome
from anju.reserve import acts
from anju.reserve.acts.units import CLAIM, OTHER_USES
from anju.reserve.imports.common import UNKNOWN_PROJECT, projects_by_number
from anju.reserve.models import Building, OtherSpace, Project, Unit

SURVEY = "3.3-1"
COLUMNS = (
    Column("项目编号", "project", "code", required=True, longest=24, clause=SURVEY),
    Column("不动产单元代码", "code", "unitcode", required=True, note="28 位，前 6 位为坐落区县", clause=SURVEY),
    Column("楼幢号", "building", "code", required=True, longest=12),
    Column("总层数", "floors", "int", required=True, least=1, most=100, usual="floor"),
    Column("单元数", "stairwells", "int", required=True, least=1, most=60, usual="building_stairwells"),
    Column("本幢住宅套数", "homes", "int", note="填了就与名单核对"),
    Column("电梯", "lift", "bool"),
    Column("单元", "stairwell", "int", least=1, most=60, note="住宅必填"),
    Column("所在层", "floor", "int", least=-5, most=100, note="住宅必填"),
    Column("房号", "room", "code", required=True, longest=12),
    Column("规划用途", "use", required=True, longest=20, clause="3.3-2"),
    Column("居室数", "rooms", "int", most=20, note="住宅必填", usual="unit_rooms"),
    Column("建筑面积(㎡)", "gross_cm2", "area", required=True, least=1, clause="3.3-3"),
    Column("套内面积(㎡)", "inner_cm2", "area", least=1),
    Column("朝向", "orientation", longest=8),
    Column("申报用途", "tenure", "choice", choices={"配售": "sale", "配租": "rent"}, note="住宅必填", clause="3.3-2"),
    Column("报价(元/㎡)", "asked_fen_m2", "yuan", least=1, clause="3.4-1"),
    Column("抵押", "mortgaged", "bool", note="不知道的留空", clause="3.3-5"),
    Column("查封", "seized", "bool", note="不知道的留空", clause="3.3-5"),
    Column("异议登记", "objected", "bool", note="不知道的留空", clause="3.3-5"),
    Column("占用", "occupied", "bool", note="不知道的留空", clause="3.3-5"),
    Column("解押方案", "release_plan", longest=200, note="有抵押的，写抵押权人同意的方案", clause="3.3-5"),
    Column("说明", "note", longest=200),
)
OF_A_HOME = {"stairwell": "单元", "floor": "所在层", "rooms": "居室数", "tenure": "申报用途"}
Sheet = tuple[ActContext, dict[str, Project], list[Row]]


def is_home(row: Row) -> bool:
    """Whether the line is a home, or may be one: what is never a home is known by its use."""
    return row["use"] not in OTHER_USES


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Codes by county and by place, buildings alike in all their lines, nothing listed twice here or anywhere."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    found = [
        Problem(r.number, "项目编号", r["project"], UNKNOWN_PROJECT.format(region=ctx.region), SURVEY) for r in rows
        if r["project"] not in projects
    ]  # fmt: skip
    known = [r for r in rows if r["project"] in projects]
    for look in (_homes, _areas, _codes, _listed, _shapes, _places, _totals):
        found += look((ctx, projects, known))
    return found


def _homes(sheet: Sheet) -> Iterable[Problem]:
    """What a home must say, and what cannot be true of it."""
    for row in sheet[2]:
        if is_home(row):
            for field, title in OF_A_HOME.items():
                if row.get(field) is None:
                    yield Problem(row.number, title, "", "住宅必填，不能为空", SURVEY)
            if row.get("floor") is not None and not 1 <= row["floor"] <= row["floors"]:
                yield Problem(
                    row.number, "所在层", str(row["floor"]), f"住宅应在 1 至总层数 {row['floors']} 层之间", SURVEY
                )
            if row.get("stairwell") is not None and row["stairwell"] > row["stairwells"]:
                yield Problem(row.number, "单元", str(row["stairwell"]), f"大于本幢单元数 {row['stairwells']}", SURVEY)
        if row.get("inner_cm2") is not None and row["inner_cm2"] > row["gross_cm2"]:
            why = f"大于建筑面积 {row['gross_cm2'] / 10_000:.2f} ㎡；请核对两项是否填反"
            yield Problem(row.number, "套内面积(㎡)", f"{row['inner_cm2'] / 10_000:.2f}", why, SURVEY)


def _areas(sheet: Sheet) -> Iterable[Problem]:
    """A home whose area is not usual needs a reason; a parking place is small by nature."""
    low, high = usual_ranges(sheet[0]).get("unit_gross_cm2", (0, 10**12))
    for row in sheet[2]:
        if is_home(row) and not low <= row["gross_cm2"] <= high:
            why = f"住宅不在常见范围 {low / 10_000:.0f} 至 {high / 10_000:.0f} ㎡ 之内；如属实，收下时请填写理由"
            shown = f"{row['gross_cm2'] / 10_000:.2f}"
            yield Problem(row.number, "建筑面积(㎡)", shown, why, "3.3-1", level=UNUSUAL)


def _codes(sheet: Sheet) -> Iterable[Problem]:
    """The code begins with the county where the project stands."""
    _, projects, rows = sheet
    for row in rows:
        answer = unit_code(row["code"], projects[row["project"]].stands_in)
        if answer.outcome is not Outcome.PASS:
            yield Problem(row.number, "不动产单元代码", row["code"], answer.sentence, answer.clause)


def _listed(sheet: Sheet) -> Iterable[Problem]:
    """A home is listed once: not again in this region, and not in another one."""
    ctx, projects, rows = sheet
    codes = [row["code"] for row in rows]
    here = set(Unit.objects.filter(region=ctx.region, code__in=codes).values_list("code", flat=True))
    here |= set(OtherSpace.objects.filter(region=ctx.region, code__in=codes).values_list("code", flat=True))
    marks = {hashlib.sha256(code.encode()).digest(): code for code in codes}
    held = {marks[mark]: clash for mark, clash in seam.holders(CLAIM, marks).items()}
    for row in rows:
        clash = held.get(row["code"])
        if row["code"] in here:
            yield Problem(row.number, "不动产单元代码", row["code"], "已在房源名单中；请删去重复的一行", SURVEY)
        elif clash and clash.case != projects[row["project"]].id:
            why = f"已在区划 {clash.region} 的另一个项目申报；请核对归属"
            yield Problem(row.number, "不动产单元代码", row["code"], why, SURVEY)


def _shapes(sheet: Sheet) -> Iterable[Problem]:
    """All lines of a building, here and in the list, say the same floors and stairwells."""
    ctx, projects, rows = sheet
    stored = Building.objects.filter(region=ctx.region, project__in=projects.values()).values_list(
        "project__number", "number", "floors", "stairwells"
    )
    first: dict[tuple[str, str], tuple[int, int, str]] = {(p, n): (f, s, "已登记的") for p, n, f, s in stored}
    for row in rows:
        floors, wells, whose = first.setdefault(
            (row["project"], row["building"]), (row["floors"], row["stairwells"], f"第 {row.number} 行的")
        )
        if row["floors"] != floors:
            yield Problem(
                row.number, "总层数", str(row["floors"]), f"与{whose}总层数 {floors} 不同；同一幢应一致", SURVEY
            )
        if row["stairwells"] != wells:
            yield Problem(
                row.number, "单元数", str(row["stairwells"]), f"与{whose}单元数 {wells} 不同；同一幢应一致", SURVEY
            )


def _places(sheet: Sheet) -> Iterable[Problem]:
    """Two homes cannot stand in one place."""
    ctx, projects, rows = sheet
    stored = Unit.objects.filter(region=ctx.region, project__in=projects.values()).values_list(
        "project__number", "building__number", "stairwell", "floor", "room"
    )
    seen: dict[tuple[Any, ...], str] = dict.fromkeys(stored, "已登记的房源")
    for row in rows:
        if is_home(row):
            place = tuple(row.get(name) for name in ("project", "building", "stairwell", "floor", "room"))
            other = seen.setdefault(place, f"第 {row.number} 行")
            if other != f"第 {row.number} 行":
                yield Problem(row.number, "房号", row["room"], f"与{other}同幢同单元同层同房号；请核对", SURVEY)


def _totals(sheet: Sheet) -> Iterable[Problem]:
    """Where a building says how many homes it has, the list has as many; otherwise somebody says why."""
    ctx, projects, rows = sheet
    stored = Unit.objects.filter(region=ctx.region, project__in=projects.values())
    counts = Counter(stored.values_list("project__number", "building__number"))
    counts.update((r["project"], r["building"]) for r in rows if is_home(r))
    said: set[tuple[str, str, int]] = set()
    for row in rows:
        at = (row["project"], row["building"])
        total = row.get("homes")
        if total is not None and total != counts[at] and (*at, total) not in said:
            said.add((*at, total))
            why = f"{row['building']} 号楼名单中是 {counts[at]} 套；如属实，收下时请填写理由"
            yield Problem(row.number, "本幢住宅套数", str(total), why, SURVEY, level=UNUSUAL)


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """Hand the chunk to the act, project by project; a refusal goes up, so that the chunk is halved until it is found."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    for number, lines in by(rows, lambda r: r["project"]).items():
        acts.take_units(ctx=ctx, project_id=projects[number].id, rows=[line.values for line in lines], load_id=load.id)
    return []


def by(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Rows by a key, in the order they came."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


KIND = register_kind(
    SheetKind(
        name="units", title="楼盘表", power="reserve.take_units", columns=COLUMNS, check=check, take=take, key=("code",), chunk=1_000,
        clause=SURVEY, note="一行一套。车位、车库、商服等照实填规划用途，只登记，不计入住宅套数。",
    )
)  # fmt: skip
