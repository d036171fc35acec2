"""Annual re-checks (年审), suspension (暂停) and lapse (失效): each with its reason and a way back; the place is kept meanwhile."""

import calendar
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.calendar.days import add_working_days
from anju.base.tickets.desk import close_tickets, close_tickets_of, new_ticket, open_tickets
from anju.needs import bulk
from anju.needs.acts.change import persons_of
from anju.needs.acts.steps import CLAUSE, STATES, limit, locked, locked_many, release, reserve, tell, who
from anju.needs.models import Application, Pause, Recheck, RecheckRound
from anju.policy.parameters import Unset

KEPT, SUSPENDED, LAPSED = "kept", "suspended", "lapsed"
OUTCOMES = dict(Recheck.OUTCOMES)
REASON_MAX = 300


def months_before(day: date, months: int) -> date:
    """The day so many months earlier; the last of the month where it has no such day."""
    at = day.year * 12 + day.month - 1 - months
    year, month = at // 12, at % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@act(clause=CLAUSE, title="开展轮候资格年审")
def open_rechecks(*, ctx: ActContext, title: str) -> RecheckRound:
    """Put everybody on the desk who qualified, or was re-checked, longer ago than the county's months. Raises Refused if nobody did."""
    months = ctx.inforce().get("recheck_months")
    if isinstance(months, Unset):
        raise Refused(months.sentence, clause=months.clause)
    if not title.strip():
        raise InvalidInput("请填写年审名称，没有开展", field="title", clause=CLAUSE)
    before = months_before(ctx.today, int(months.value))
    fresh = Recheck.objects.filter(region=ctx.region, done_on__gt=before).values("application")
    under_way = Recheck.objects.filter(region=ctx.region, done_on__isnull=True).values("application")
    due = Application.objects.filter(region=ctx.region, state="qualified", qualified_on__lte=before)
    rows = list(due.exclude(id__in=fresh).exclude(id__in=under_way).only("id", "number", "region").order_by("id"))
    if not rows:
        raise Refused(f"没有取得资格或上次年审在 {before} 以前、还没年审的家庭，没有开展", clause=CLAUSE)
    found = RecheckRound.objects.create(
        region=ctx.region, title=title.strip()[:120], opened_on=ctx.today, before=before, households=len(rows), maker=who(ctx)
    )  # fmt: skip
    checks = [Recheck(region=ctx.region, round=found, application_id=row.id) for row in rows]
    bulk.insert(checks)
    days = limit(ctx, "recheck_days")
    due_on = add_working_days(ctx.today, days) if days is not None else None
    open_tickets(
        rows=[
            new_ticket(
                ctx=ctx, kind="needs.recheck", title=f"年审 {row.number}", post="intake_clerk", obj=row,
                url=f"/needs/{row.id}/recheck/", limit_days=days, due_on=due_on,
            )
            for row in rows
        ]
    )  # fmt: skip
    ctx.on(found, households=len(rows), before=before, judged_by=months.version)
    ctx.items((row.id, f"{row.number}|recheck") for row in rows)
    return found


@act(clause=CLAUSE, title="年审办结")
def finish_recheck(*, ctx: ActContext, application_id: UUID, outcome: str, reason: str = "") -> Recheck:
    """Kept, suspended or lapsed; a no with its reason, told to the household with the way back."""
    row = locked(ctx, application_id)
    check = Recheck.objects.select_for_update().filter(region=ctx.region, application=row, done_on__isnull=True).first()
    if check is None:
        raise Refused(f"申请 {row.number} 没有在办的年审，没有办理；请从年审列表进入", clause=CLAUSE)
    ctx.on(check, application=str(row.id), outcome=outcome, reason=reason.strip())
    if outcome not in OUTCOMES:
        raise InvalidInput(f"年审结论应为{'、'.join(OUTCOMES.values())}，没有办理", field="outcome", clause=CLAUSE)
    if outcome != KEPT:
        pause(ctx, row, outcome, reason)
    check.outcome, check.reason, check.done_on, check.done_by = (
        outcome,
        reason.strip()[:REASON_MAX],
        ctx.today,
        who(ctx),
    )
    check.save(update_fields=["outcome", "reason", "done_on", "done_by"])
    close_tickets(ctx=ctx, obj=row, kind="needs.recheck", outcome=OUTCOMES[outcome])
    return check


@act(clause=CLAUSE, title="批量年审保留", power="needs.finish_recheck")
def keep_rechecked(*, ctx: ActContext, ids: list[UUID]) -> int:
    """Keep many households whose re-check found nothing; by the ids of their re-checks. How many."""
    checks = list(
        Recheck.objects.select_for_update().filter(region=ctx.region, id__in=ids, done_on__isnull=True).order_by("id")
    )
    if not checks:
        raise Refused("所选的没有一份在办的年审，没有办理；请刷新列表后再选", clause=CLAUSE)
    still = {row.id for row in locked_many(ctx, [c.application_id for c in checks], "qualified")}
    done = [check for check in checks if check.application_id in still]
    Recheck.objects.filter(region=ctx.region, id__in=[check.id for check in done]).update(
        outcome=KEPT, done_on=ctx.today, done_by=who(ctx)
    )
    close_tickets_of(
        ctx=ctx, object_ids=[check.application_id for check in done], kind="needs.recheck", outcome=OUTCOMES[KEPT]
    )
    ctx.entry.object_kind = Recheck._meta.label_lower
    ctx.items((check.application_id, "recheck|kept") for check in done)
    return len(done)


@act(clause=CLAUSE, title="暂停轮候")
def suspend_application(*, ctx: ActContext, application_id: UUID, reason: str) -> Application:
    """The household is passed over until it is resumed; its place is kept."""
    row = locked(ctx, application_id)
    pause(ctx, row, SUSPENDED, reason)
    ctx.on(row, reason=reason.strip())
    return row


@act(clause=CLAUSE, title="轮候资格失效")
def lapse_application(*, ctx: ActContext, application_id: UUID, reason: str) -> Application:
    """The household no longer meets the conditions: it is off the list and its members are free; another person may undo it."""
    row = locked(ctx, application_id)
    if not row.sort_key:
        raise Refused(f"申请 {row.number} 还没有进入轮候库，没有办理；不符合的请在审核环节办理", clause=CLAUSE)
    pause(ctx, row, LAPSED, reason)
    ctx.on(row, reason=reason.strip())
    return row


@act(clause=CLAUSE, title="恢复轮候")
def resume_application(*, ctx: ActContext, application_id: UUID, reason: str) -> Application:
    """Back to the old place: from a suspension, or from a lapse by another person than who set it.

    Raises Refused where a member of a lapsed household applied elsewhere meanwhile.
    """
    row = locked(ctx, application_id)
    ctx.on(row, reason=reason.strip(), was=row.state)
    if row.state not in (SUSPENDED, LAPSED) or not row.sort_key:
        raise Refused(
            f"申请 {row.number} 为「{row.get_state_display()}」，没有暂停或失效的位次，不能恢复轮候", clause=CLAUSE
        )
    why = _filled(reason)
    if row.state == LAPSED:
        held = Pause.objects.get(region=ctx.region, application=row, ended_on__isnull=True)
        ctx.other_than(held.maker, f"申请 {row.number} 的恢复")
        reserve(ctx, row.id, persons_of(row))
    _end_pause(ctx, row, why)
    STATES.move(row, "qualified", ctx)
    tell(ctx, row, "needs.resumed", {}, ctx.act)
    return row


def pause(ctx: ActContext, row: Application, kind: str, reason: str) -> None:
    """Suspend or lapse a household with its reason, inside an act; what was suspended may lapse."""
    why = _filled(reason)
    STATES.check(row, kind)
    _end_pause(ctx, row, f"转为{OUTCOMES[kind]}：{why}"[:REASON_MAX])
    Pause.objects.create(
        region=ctx.region, application=row, kind=kind, reason=why, from_on=ctx.today, maker=who(ctx)
    )  # fmt: skip
    STATES.move(row, kind, ctx)
    if kind == LAPSED:
        release(ctx, row.id)
        close_tickets(ctx=ctx, obj=row, outcome="资格失效")
    if kind == SUSPENDED:
        tell(ctx, row, "needs.suspended", {"原因": why}, ctx.act)
    else:
        tell(ctx, row, "needs.lapsed", {"原因": why}, ctx.act)


def _end_pause(ctx: ActContext, row: Application, reason: str) -> None:
    Pause.objects.filter(region=ctx.region, application=row, ended_on__isnull=True).update(
        ended_on=ctx.today, ended_by=who(ctx), end_reason=reason
    )


def _filled(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("请写明理由，没有办理", field="reason", clause=CLAUSE)
    return reason.strip()[:REASON_MAX]


def under_recheck(region: str, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the applications whose re-check nobody has finished."""
    found = Recheck.objects.filter(region=region, application_id__in=list(ids), done_on__isnull=True)
    return set(found.values_list("application_id", flat=True))
