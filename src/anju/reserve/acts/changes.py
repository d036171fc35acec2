"""Corrections (更正) before a home is in the reserve, and what happens to its rights at any time."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.files.store import keep
from anju.base.numbers import m2
from anju.reserve.acts.common import SURVEY, live, not_later, project_for, with_reason
from anju.reserve.models import OUTSIDE, TENURES, Unit
from anju.reserve.states import UNIT

CORRECTABLE = ("gross_cm2", "inner_cm2", "use", "rooms", "orientation", "asked_fen_m2", "note")
RIGHTS = ("mortgaged", "seized", "objected", "occupied")


def _outside(ctx: ActContext, project_id: UUID, unit_ids: Sequence[UUID]) -> list[Unit]:
    """The homes under their row locks, none of them in the reserve. Raises Conflict or Refused."""
    project = live(project_for(ctx, project_id))
    rows = Unit.objects.filter(region=ctx.region, project=project, id__in=list(unit_ids))
    found = list(rows.select_for_update(of=("self",)).order_by("id"))
    if not found or len(found) != len(set(unit_ids)):
        raise Conflict("选定的房源有的不在这个项目里，没有办理；请刷新后重选", clause=SURVEY)
    inside = [u for u in found if u.state not in OUTSIDE]
    if inside:
        raise Refused(
            f"{inside[0].code} 为「{UNIT.titles[inside[0].state]}」，入库后不能更正（共 {len(inside)} 套）；请先退出再重新申报",
            clause=SURVEY,
        )
    return found


def _declare_again(ctx: ActContext, units: Sequence[Unit]) -> None:
    for unit in units:
        if unit.state != "declared":
            UNIT.move(unit, "declared", ctx)


@act(clause="3.3-2", title="改变申报用途")
def change_tenure(*, ctx: ActContext, project_id: UUID, unit_ids: Sequence[UUID], tenure: str) -> int:
    """Declare homes for the other tenure (配售、配租); they need a new screening. How many. Raises Refused for those inside."""
    if tenure not in dict(TENURES):
        raise InvalidInput(f"没有「{tenure}」这种用途，没有办理；可选：配售、配租", field="tenure", clause="3.3-2")
    found = _outside(ctx, project_id, unit_ids)
    for unit in found:
        unit.tenure = tenure
    Unit.objects.bulk_update(found, ["tenure"], batch_size=1_000)
    _declare_again(ctx, found)
    ctx.on(found[0].project, tenure=tenure, units=len(found))
    ctx.items((u.id, f"{u.code} {tenure}") for u in found)
    return len(found)


@act(clause="3.3-1", title="更正房源")
def correct_unit(*, ctx: ActContext, unit_id: UUID, reason: str, changes: dict[str, Any]) -> Unit:
    """Correct what the unit table said of one home outside the reserve; the log keeps before and after."""
    text = with_reason(reason, "更正", SURVEY)
    strange = set(changes) - set(CORRECTABLE)
    if strange or not changes:
        raise InvalidInput(f"可以更正的是 {'、'.join(CORRECTABLE)}，没有办理", field="changes", clause=SURVEY)
    known = Unit.objects.filter(region=ctx.region, id=unit_id).first()
    if known is None:
        raise Conflict(f"区划 {ctx.region} 没有这套房源，没有办理", clause=SURVEY)
    unit = _outside(ctx, known.project_id, [known.id])[0]
    gross, inner = changes.get("gross_cm2", unit.gross_cm2), changes.get("inner_cm2", unit.inner_cm2)
    if gross is None or gross <= 0 or (inner is not None and inner > gross):
        raise InvalidInput(
            f"建筑面积须大于 0 且不小于套内面积，收到 {_area(gross)}、{_area(inner)}，没有办理",
            field="gross_cm2",
            clause=SURVEY,
        )
    before = {name: getattr(unit, name) for name in changes}
    for name, value in changes.items():
        setattr(unit, name, value)
    unit.save(update_fields=list(changes))
    _declare_again(ctx, [unit])
    ctx.on(unit, code=unit.code, before=before, after=changes, reason=text)
    return unit


@act(clause="3.3-5", title="登记权利状况")
def record_rights(
    *, ctx: ActContext, project_id: UUID, unit_ids: Sequence[UUID], reason: str, queried_on: date, rights: dict[str, bool | None],
    release_plan: str | None = None, file_name: str = "", file_data: bytes = b"",
) -> int:  # fmt: skip
    """Record mortgage, seizure, objection or occupation as the registry answered on a day; true at any time, also inside the reserve.

    A home not yet admitted needs a new screening; one inside keeps its state, and the next letter judges it anew.
    """
    project = live(project_for(ctx, project_id))
    text = with_reason(reason, "登记权利状况", "3.3-5")
    day = not_later(queried_on, ctx, "查询日期", "queried_on", "3.3-5")
    if set(rights) - set(RIGHTS) or not (rights or release_plan):
        raise InvalidInput("请填写抵押、查封、异议、占用中至少一项，没有办理", field="rights", clause="3.3-5")
    if file_data:
        keep(ctx=ctx, name=file_name, data=file_data, kind="rights", case=project.id)
    rows = Unit.objects.filter(region=ctx.region, project=project, id__in=list(unit_ids))
    found = list(rows.select_for_update(of=("self",)).order_by("id").values_list("id", "code"))
    if not found or len(found) != len(set(unit_ids)):
        raise Conflict("选定的房源有的不在这个项目里，没有办理；请刷新后重选", clause="3.3-5")
    changes: dict[str, Any] = {**rights, **({} if release_plan is None else {"release_plan": release_plan.strip()})}
    rows.update(**changes)
    ctx.on(project, number=project.number, rights=changes, reason=text, units=len(found))
    ctx.items((id_, f"{code} {sorted(changes.items())}") for id_, code in found)
    ctx.happened(day)
    return len(found)


def _area(cm2: int | None) -> str:
    return "未填" if cm2 is None else m2(cm2)
