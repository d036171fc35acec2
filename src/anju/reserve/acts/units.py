"""Taking in a unit table (楼盘表): buildings, homes, and the spaces that are never homes (3.3-1)."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.claims import seam
from anju.base.numbers import m2
from anju.policy.rules.people import unit_code
from anju.policy.verdict import Outcome
from anju.reserve.acts.common import SURVEY, live, project_for
from anju.reserve.models import Building, OtherSpace, Project, Unit

CLAIM = "unit"
MOST_ROWS = 5_000
# What stands in a unit table and is never a home; any other use is screened as one (3.3-2) and fails there if it is none.
OTHER_USES = frozenset({
    "车位", "车库", "地下车位", "储藏室", "仓储", "商业", "商服", "商铺", "办公", "配套用房", "设备用房", "物业用房",
})  # fmt: skip
UNIT_FIELDS = (
    "code", "stairwell", "floor", "room", "use", "rooms", "gross_cm2", "inner_cm2", "mortgaged", "seized", "objected", "occupied",
    "asked_fen_m2", "tenure",
)  # fmt: skip
TEXTS = ("orientation", "release_plan", "note")


@act(clause="3.3-1", title="收下楼盘表")
def take_units(
    *, ctx: ActContext, project_id: UUID, rows: Sequence[Mapping[str, Any]], load_id: UUID | None = None
) -> dict[str, int]:
    """Take in homes and other spaces of one project, with their buildings; at most 5,000 rows at once.

    A row has ``building`` (its number), ``floors``, ``stairwells``, ``lift`` and the fields of ``Unit``. A home stands in one
    region's list only, however many regions there are. Raises Refused or Conflict with the first row that does not do.
    """
    project = live(project_for(ctx, project_id))
    if project.state not in ("declared", "reserved", "priced"):
        raise Refused(
            f"项目 {project.name} 为「{project.get_state_display()}」，房源名单已冻结，不能再加房源", clause=SURVEY
        )
    if not 0 < len(rows) <= MOST_ROWS:
        raise InvalidInput(
            f"一次收下 1–{MOST_ROWS} 行，收到 {len(rows)} 行，没有收下；请分次办理", field="rows", clause=SURVEY
        )
    _check_codes(project, rows)
    _claim_codes(ctx, project, [row["code"] for row in rows])
    buildings = _buildings(ctx, project, rows)
    homes = [row for row in rows if row["use"] not in OTHER_USES]
    units = [_unit(ctx, project, buildings, row, load_id) for row in homes]
    spaces = [_space(ctx, project, buildings, row, load_id) for row in rows if row["use"] in OTHER_USES]
    Unit.objects.bulk_create(units, batch_size=1_000)
    OtherSpace.objects.bulk_create(spaces, batch_size=1_000)
    ctx.on(project, number=project.number, units=len(units), spaces=len(spaces))
    ctx.items((unit.id, f"{unit.code} {unit.gross_cm2}") for unit in units)
    ctx.items((space.id, f"{space.code} {space.use}") for space in spaces)
    return {"units": len(units), "spaces": len(spaces)}


def _check_codes(project: Project, rows: Sequence[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for row in rows:
        answer = unit_code(row["code"], project.stands_in)
        if answer.outcome is not Outcome.PASS:
            raise Refused(answer.sentence, [answer], answer.clause)
        if row["code"] in seen:
            raise Conflict(
                f"不动产单元代码 {row['code']} 在本次名单中出现两次，没有收下；请删去重复的一行", clause=SURVEY
            )
        seen.add(row["code"])


def _claim_codes(ctx: ActContext, project: Project, codes: Sequence[str]) -> None:
    """One home is declared once, across regions: the city and a county cannot both list it."""
    known = set(Unit.objects.filter(region=ctx.region, code__in=codes).values_list("code", flat=True))
    known |= set(OtherSpace.objects.filter(region=ctx.region, code__in=codes).values_list("code", flat=True))
    if known:
        raise Conflict(
            f"不动产单元代码 {min(known)} 已在房源名单中（共 {len(known)} 套重复），没有收下；请删去重复的行",
            clause=SURVEY,
        )
    marks = {hashlib.sha256(code.encode()).digest(): code for code in codes}
    clashes = seam.reserve(CLAIM, marks, case=project.id, region=ctx.region)
    if clashes:
        where = clashes[0]
        raise Conflict(
            f"不动产单元代码 {marks[where.person]} 已在区划 {where.region} 申报（共 {len(clashes)} 套），没有收下；请两地专班核对归属",
            clause=SURVEY,
        )


def _buildings(ctx: ActContext, project: Project, rows: Sequence[Mapping[str, Any]]) -> dict[str, Building]:
    """The buildings by number, made where they are new. Raises Conflict where their shape differs from what is known."""
    found = {b.number: b for b in Building.objects.filter(region=ctx.region, project=project)}
    fresh: list[Building] = []
    for row in rows:
        number, shape = row["building"], (row["floors"], row["stairwells"])
        if number not in found:
            found[number] = Building(
                region=ctx.region,
                project=project,
                number=number,
                floors=shape[0],
                stairwells=shape[1],
                lift=row.get("lift"),
            )
            fresh.append(found[number])
        known = found[number]
        if (known.floors, known.stairwells) != shape:
            raise Conflict(
                f"{number} 号楼登记为 {known.floors} 层 {known.stairwells} 个单元，本行为 {shape[0]} 层 {shape[1]} 个单元，没有收下；"
                f"请核对总层数和单元数",
                clause=SURVEY,
            )
    Building.objects.bulk_create(fresh)
    return found


def _unit(
    ctx: ActContext, project: Project, buildings: Mapping[str, Building], row: Mapping[str, Any], load_id: UUID | None
) -> Unit:
    building = buildings[row["building"]]
    if not (1 <= row["floor"] <= building.floors and 1 <= row["stairwell"] <= building.stairwells):
        raise InvalidInput(
            f"{building.number} 号楼 {row['room']}：{row['floor']} 层、{row['stairwell']} 单元，"
            f"超出总层数 {building.floors}、单元数 {building.stairwells}，没有收下",
            field="floor", clause=SURVEY,
        )  # fmt: skip
    gross, inner = row["gross_cm2"], row.get("inner_cm2")
    if gross <= 0 or (inner is not None and not 0 < inner <= gross):
        raise InvalidInput(
            f"{row['code']} 的建筑面积 {m2(gross)}、套内面积 {'未填' if inner is None else m2(inner)} 不可能，没有收下；请核对两项是否填反",
            field="gross_cm2", clause=SURVEY,
        )  # fmt: skip
    return Unit(
        region=ctx.region, project=project, building=building, load_id=load_id,
        **{name: row.get(name) for name in UNIT_FIELDS}, **{name: row.get(name) or "" for name in TEXTS},
    )  # fmt: skip


def _space(
    ctx: ActContext, project: Project, buildings: Mapping[str, Building], row: Mapping[str, Any], load_id: UUID | None
) -> OtherSpace:
    return OtherSpace(
        region=ctx.region, project=project, building=buildings[row["building"]], code=row["code"], label=str(row["room"]),
        use=row["use"], gross_cm2=row["gross_cm2"], load_id=load_id,
    )  # fmt: skip
