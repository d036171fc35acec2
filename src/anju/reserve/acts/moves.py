"""What later rooms tell the reserve, and leaving it."""

from collections.abc import Sequence
from uuid import UUID

from anju.base.acts import ActContext, Refused, act
from anju.base.claims import seam
from anju.reserve.acts import desk
from anju.reserve.acts.common import live, project_for, with_reason
from anju.reserve.acts.units import CLAIM
from anju.reserve.models import Project, Unit
from anju.reserve.states import PROJECT, move_all


@act(clause="3.3-2", title="记录价格是否合适")
def tell_price(*, ctx: ActContext, project_id: UUID, fits: bool, why: str = "") -> Project:
    """三合适 / 价格合适, told by pricing or by a price agreed under the ceiling. Nobody holds the power: it is told inside their acts."""
    project = live(project_for(ctx, project_id))
    project.price_fits, project.price_told_on = fits, ctx.today
    project.save(update_fields=["price_fits", "price_told_on"])
    ctx.on(project, number=project.number, price_fits=fits, why=why)
    return project


@act(clause="3.3-2", title="记录位置是否合适")
def tell_place(*, ctx: ActContext, project_id: UUID, fits: bool, why: str = "") -> Project:
    """三合适 / 位置合适, told by planning. Nobody holds the power: it is told inside planning's act."""
    project = live(project_for(ctx, project_id))
    project.place_fits, project.place_told_on = fits, ctx.today
    project.save(update_fields=["place_fits", "place_told_on"])
    ctx.on(project, number=project.number, place_fits=fits, why=why)
    return project


@act(clause="3.3-1", title="变更项目状态")
def move_project(*, ctx: ActContext, project_id: UUID, to: str) -> Project:
    """Move a project along its table, told by the room where it happened. Raises Refused where there is no such step."""
    project = project_for(ctx, project_id)
    PROJECT.move(project, to, ctx)
    desk.put(ctx, project)
    ctx.on(project, number=project.number, to=to)
    return project


@act(clause="3.3-1", title="变更房源状态")
def move_units(*, ctx: ActContext, unit_ids: Sequence[UUID], to: str) -> int:
    """Move homes along their table, told by the room where it happened; how many. Raises Refused or Conflict."""
    moved = move_all(Unit.objects.filter(region=ctx.region), unit_ids, to, ctx)
    first = Unit.objects.filter(region=ctx.region, id=moved[0][0]).select_related("project").get() if moved else None
    if first is None:
        raise Refused("没有选定房源，没有办理", clause="3.3-1")
    ctx.on(first.project, number=first.project.number, to=to, units=len(moved))
    return len(moved)


@act(clause="3.3-1", title="房源退出")
def withdraw_units(*, ctx: ActContext, project_id: UUID, unit_ids: Sequence[UUID], reason: str) -> int:
    """Take homes that no letter binds out of the list, with the reason; how many. Raises Refused for homes under a letter."""
    project = live(project_for(ctx, project_id))
    text = with_reason(reason, "退出", "3.3-1")
    rows = Unit.objects.filter(region=ctx.region, project=project)
    _unbound(
        rows.filter(id__in=list(unit_ids)).exclude(state__in=["declared", "refused", "reserved", "withdrawn"]).count()
    )
    moved = move_all(rows, unit_ids, "withdrawn", ctx)
    ctx.on(project, number=project.number, withdrawn=len(moved), reason=text)
    return len(moved)


@act(clause="3.3-1", title="项目退出")
def withdraw_project(*, ctx: ActContext, project_id: UUID, reason: str) -> Project:
    """Take the whole project out; its homes may be declared elsewhere from then on. Raises Refused for homes under a letter."""
    project = live(project_for(ctx, project_id))
    text = with_reason(reason, "退出", "3.3-1")
    rows = Unit.objects.filter(region=ctx.region, project=project)
    _unbound(rows.exclude(state__in=["declared", "refused", "reserved", "withdrawn"]).count())
    move_all(rows, rows.exclude(state="withdrawn").values_list("id", flat=True), "withdrawn", ctx)
    PROJECT.move(project, "withdrawn", ctx)
    desk.put(ctx, project)
    seam.release(CLAIM, case=project.id, region=ctx.region)
    ctx.on(project, number=project.number, reason=text)
    return project


def _unbound(bound: int) -> None:
    if bound:
        raise Refused(f"有 {bound} 套已签意向、公告或收购，不能退出；请先在协商或公告环节解除", clause="3.5-1")
