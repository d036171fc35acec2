"""The village or community worker (村、社区协理员): whose towns, home visits, and what a family does about an application made for it."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.files import store
from anju.needs.acts.change import REASON_MAX, File, withdraw
from anju.needs.acts.comes_with import ATTACHED, WORKER, worker_of_town
from anju.needs.acts.proxies import EVIDENCE
from anju.needs.acts.steps import CLAUSE, locked, tell, who
from anju.needs.households import places_of
from anju.needs.models import Application, HomeVisit, MadeFor, WorkerTown
from anju.parties.models import Appointment

MET_MAX, FINDINGS_MAX = 60, 2000


@act(clause=CLAUSE, title="分工到乡镇")
def assign_town(*, ctx: ActContext, account_id: UUID, town: str) -> WorkerTown:
    """Give a worker of the region a town (乡镇、街道). Raises InvalidInput where the account is no worker here."""
    worker = Appointment.objects.filter(account_id=account_id, post_id=WORKER, region=ctx.region)
    if not worker.exists():
        raise InvalidInput("这个账号不是本地的村（社区）协理员，没有分工；请先授岗", field="account_id", clause=CLAUSE)
    if town not in places_of(ctx.region).towns:
        raise InvalidInput(f"{ctx.region} 没有乡镇（街道）{town}，没有分工；请从表中选择", field="town", clause=CLAUSE)
    row, fresh = WorkerTown.objects.get_or_create(
        region=ctx.region,
        account=account_id,
        town=town,
        until_on=None,
        defaults={"since": ctx.today, "maker": who(ctx)},
    )
    if not fresh:
        raise Refused("这名协理员已负责这个乡镇（街道），没有重复分工", clause=CLAUSE)
    ctx.on(row, town=town)
    return row


@act(clause=CLAUSE, title="结束乡镇分工", power="needs.assign_town")
def end_town(*, ctx: ActContext, worker_town_id: UUID) -> WorkerTown:
    """End that a worker serves a town."""
    row = WorkerTown.objects.select_for_update().filter(region=ctx.region, id=worker_town_id, until_on=None).first()
    if row is None:
        raise Refused("没有这项分工，或已经结束，没有办理；请刷新后再看", clause=CLAUSE)
    row.until_on = ctx.today
    row.save(update_fields=["until_on"])
    ctx.on(row, town=row.town)
    return row


@act(clause=CLAUSE, title="登记入户走访")
def record_visit(
    *, ctx: ActContext, number: str, visited_on: date, met: str, findings: str, photo: File | None = None,
    latitude_e6: int | None = None, longitude_e6: int | None = None, offline: bool = False,
) -> HomeVisit:  # fmt: skip
    """Record a visit to a household of the worker's town: when, who was met, what was found; photo and place where taken."""
    found = Application.objects.filter(region=ctx.region, number=number.strip()).only("id").first()
    if found is None:
        raise InvalidInput(
            f"本地没有受理号「{number.strip()[:24]}」，没有登记；请核对受理号", field="number", clause=CLAUSE
        )
    row = locked(ctx, found.id)
    if ctx.post == WORKER:
        worker_of_town(ctx, row.town)
    if visited_on > ctx.today:
        raise InvalidInput(
            f"走访日期 {visited_on} 晚于今天 {ctx.today}，没有登记；请更正", field="visited_on", clause=CLAUSE
        )
    if not met.strip() or len(met) > MET_MAX or not findings.strip() or len(findings) > FINDINGS_MAX:
        raise InvalidInput(
            f"请写明见到谁（{MET_MAX} 字以内）和走访情况（{FINDINGS_MAX} 字以内），没有登记",
            field="findings",
            clause=CLAUSE,
        )
    if (latitude_e6 is None) != (longitude_e6 is None):
        raise InvalidInput("位置只有一半，没有登记；请重新定位或不填位置", field="latitude_e6", clause=CLAUSE)
    kept = None
    if photo:
        kept = store.keep(ctx=ctx, name=photo[0], data=photo[1], kind=ATTACHED, case=row.id, allowed=EVIDENCE)
    made = HomeVisit.objects.create(
        region=ctx.region, application=row, visited_on=visited_on, met=met.strip(), findings=findings.strip(), photo=kept,
        latitude_e6=latitude_e6, longitude_e6=longitude_e6, offline=offline, recorded_at=ctx.now, maker=who(ctx),
    )  # fmt: skip
    tell(ctx, row, "visited", {"日期": str(visited_on)}, made.id)
    ctx.on(made, application=str(row.id), visited_on=visited_on, offline=offline)
    return made


@act(clause=CLAUSE, title="确认代报的申请")
def confirm_made_for(*, ctx: ActContext, application_id: UUID) -> MadeFor:
    """The family says that the application made for it is its own."""
    row, made = _waiting(ctx, application_id)
    made.state, made.decided_on = "confirmed", ctx.today
    made.save(update_fields=["state", "decided_on"])
    ctx.on(made, application=str(row.id))
    return made


@act(clause=CLAUSE, title="撤销代报的申请")
def revoke_made_for(*, ctx: ActContext, application_id: UUID, reason: str) -> MadeFor:
    """The family revokes the application made for it, within the county's days: it is withdrawn, the reason kept.

    Raises Refused after the last day: then it is withdrawn like any other.
    """
    row, made = _waiting(ctx, application_id)
    if not reason.strip():
        raise InvalidInput("请写明为什么撤销，没有办理", field="reason", clause=CLAUSE)
    if made.revoke_by and ctx.today > made.revoke_by:
        raise Refused(
            f"可撤销到 {made.revoke_by}，今天 {ctx.today} 已过期，没有撤销；仍不想申请的，请“撤回申请”", clause=CLAUSE
        )
    withdraw(ctx=ctx, application_id=row.id, reason=f"家庭撤销代报：{reason.strip()}"[:REASON_MAX])
    made.state, made.decided_on, made.reason = "revoked", ctx.today, reason.strip()[:REASON_MAX]
    made.save(update_fields=["state", "decided_on", "reason"])
    ctx.on(made, application=str(row.id), reason=made.reason)
    return made


def _waiting(ctx: ActContext, application_id: UUID) -> tuple[Application, MadeFor]:
    row = locked(ctx, application_id)
    made = MadeFor.objects.select_for_update().filter(region=ctx.region, application=row).first()
    if made is None or made.state != "told":
        said = f"已于 {made.decided_on} {made.get_state_display()}" if made else "不是别人代报的"
        raise Refused(f"申请 {row.number} {said}，没有办理", clause=CLAUSE)
    return row, made
