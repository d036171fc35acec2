"""容缺受理: a paper may follow by a day that the county bounds; the day comes up by itself; not made good, the case goes back."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import add_working_days
from anju.base.files import store
from anju.base.jobs import work
from anju.base.jobs.context import upkeep_context
from anju.base.regions import scope
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs.acts.steps import CLAUSE, STATES, limit, locked, tell, who
from anju.needs.facts import TITLES, subject_of
from anju.needs.judging import Days, frozen, judge_rows
from anju.needs.models import Application, Deferral, Pause

TICKET = "needs.deferral"
IN_REVIEW = ("submitted", "supplement", "first_passed", "second_passed")
File = tuple[str, bytes]


@act(clause=CLAUSE, title="容缺受理")
def grant_deferral(*, ctx: ActContext, application_id: UUID, item: str, good_by: date, reason: str) -> Deferral:
    """Let an item's paper follow by ``good_by``; the re-check is on the desk from now on, due on that day.

    Raises Refused where the county has set no bound, the day is past it, or the item already has one that is open.
    """
    row = locked(ctx, application_id)
    ctx.on(row, item=item, good_by=good_by, reason=reason.strip())
    if row.state not in IN_REVIEW:
        raise Refused(f"申请 {row.number} 当前为「{row.get_state_display()}」，不在审核中，不能容缺受理", clause=CLAUSE)
    if item not in TITLES or not reason.strip():
        raise InvalidInput("请选择容缺的项目并写明理由，没有办理", field="reason", clause=CLAUSE)
    last = _last_day(ctx)
    if not ctx.today < good_by <= last:
        raise InvalidInput(
            f"补齐日期 {good_by} 应晚于今天 {ctx.today}、不晚于 {last}（最长期限），没有办理；请改日期",
            field="good_by",
            clause=CLAUSE,
        )
    subject = subject_of(row, item)
    held = Deferral.objects.filter(region=ctx.region, application=row, subject=subject, item=item, state="open").first()
    if held:
        raise Refused(f"「{TITLES[item]}」已容缺至 {held.good_by}，没有再办；期限不能延长", clause=CLAUSE)
    found = Deferral.objects.create(
        region=ctx.region, application=row, subject=subject, item=item, reason=reason.strip()[:300], granted_on=ctx.today,
        granted_by=who(ctx), good_by=good_by,
    )  # fmt: skip
    ticket = open_ticket(
        ctx=ctx, kind=TICKET, title=f"容缺补齐 {row.number}：{TITLES[item]}，{good_by} 前", post="intake_clerk", obj=found,
        url=f"/needs/deferrals/{found.id}/", limit_days=limit(ctx, "deferral_days_max"),
    )  # fmt: skip
    ticket.due_on = good_by
    ticket.save(update_fields=["due_on"])
    tell(ctx, row, TICKET, {"材料": TITLES[item], "期限": str(good_by)}, found.id)
    _judge(ctx, row)
    return found


def _last_day(ctx: ActContext) -> date:
    days = limit(ctx, "deferral_days_max")
    if days is None:
        raise Refused(
            "参数「容缺受理最长期限」（第 3.2-0 条）尚未设定，不能容缺受理；请专班在“参数”页设定后再办", clause=CLAUSE
        )
    return add_working_days(ctx.today, days)


@act(clause=CLAUSE, title="登记容缺补齐")
def make_good(*, ctx: ActContext, deferral_id: UUID, outcome: str, files: Sequence[File] = ()) -> Deferral:
    """The paper came in time. Raises Refused past the day: the case goes back instead."""
    found = _open(ctx, deferral_id)
    row = locked(ctx, found.application_id)
    ctx.on(found, application=str(row.id), outcome=outcome.strip())
    if ctx.today > found.good_by:
        raise Refused(f"补齐期限 {found.good_by} 已过，没有登记；申请已退回或即将退回，请按补正办理", clause=CLAUSE)
    if not outcome.strip() or not files:
        raise InvalidInput("请写明补齐了什么，并上传材料，没有登记", field="outcome", clause=CLAUSE)
    kept = [store.keep(ctx=ctx, name=name, data=data, kind="deferral", case=row.id) for name, data in files]
    found.state, found.closed_on, found.closed_by = "made_good", ctx.today, who(ctx)
    found.outcome, found.evidence = outcome.strip()[:300], kept[0].id
    found.save(update_fields=["state", "closed_on", "closed_by", "outcome", "evidence"])
    close_tickets(ctx=ctx, obj=found, outcome="已补齐")
    _judge(ctx, row)
    return found


@act(clause=CLAUSE, title="容缺逾期退回")
def return_overdue(*, ctx: ActContext, deferral_id: UUID) -> Deferral:
    """The day passed without the paper: the case goes back to its household with the reason; on the list, its place is suspended."""
    found = _open(ctx, deferral_id)
    row = Application.objects.select_for_update().get(region=ctx.region, id=found.application_id)
    why = f"{TITLES[found.item]}容缺受理，{found.good_by} 前没有补齐"
    if ctx.today <= found.good_by:
        raise Refused(f"补齐期限是 {found.good_by}，今天 {ctx.today} 还没有过，没有退回", clause=CLAUSE)
    ctx.on(found, application=str(row.id), was=row.state, reason=why)
    found.state, found.closed_on, found.closed_by, found.outcome = "failed", ctx.today, ctx.account, why
    found.save(update_fields=["state", "closed_on", "closed_by", "outcome"])
    close_tickets(ctx=ctx, obj=found, outcome="逾期退回")
    _send_back(ctx, row, found, why)
    return found


def _send_back(ctx: ActContext, row: Application, found: Deferral, why: str) -> None:
    """By where the case stands now; a housed or ended one stays as it is, its record says what was never made good."""
    if row.state in ("submitted", "first_passed", "second_passed", "reviewed", "publicity"):
        STATES.move(row, "supplement", ctx)
        close_tickets(ctx=ctx, obj=row, outcome="容缺逾期，退回补正")
        open_ticket(
            ctx=ctx, kind="needs.deferral_failed", title=f"退回补正 {row.number}：{why}", post="intake_clerk", obj=row,
            url=f"/needs/{row.id}/", limit_days=None,
        )  # fmt: skip
    elif row.state == "qualified":
        # Nobody's act but the day's: it is answered for by who let the paper follow.
        Pause.objects.create(
            region=ctx.region, application=row, kind="suspended", reason=why, from_on=ctx.today, maker=found.granted_by
        )
        STATES.move(row, "suspended", ctx)
    elif row.state != "supplement":
        return
    tell(ctx, row, "needs.deferral_failed", {"原因": why}, found.id)


def return_all_overdue(city: str, now: datetime) -> int:
    """Each hour: what was not made good by its day goes back; how many cases did. No entry where none is due."""
    today = now.astimezone(SHANGHAI).date()
    with scope(city):
        due = list(
            Deferral.objects.filter(region__range=(city, city[:4] + "99"), state="open", good_by__lt=today)
            .order_by("region", "id")
            .values_list("region", "id")
        )
    for region, key in due:
        ctx = upkeep_context(region=city, now=now, power="needs.return_overdue")
        with scope(city):
            return_overdue(ctx=ctx.at(region), deferral_id=key)
    return len(due)


def _open(ctx: ActContext, key: UUID) -> Deferral:
    found = Deferral.objects.select_for_update().filter(region=ctx.region, id=key).first()
    if found is None:
        raise Refused(f"{ctx.region} 没有这项容缺，没有办理；请从容缺清单重新打开", clause=CLAUSE)
    if found.state != "open":
        raise Refused(f"这项容缺已于 {found.closed_on} 办结（{found.get_state_display()}），没有再办", clause=CLAUSE)
    return found


def _judge(ctx: ActContext, row: Application) -> None:
    verdicts = judge_rows([row], Days(ctx))[row.id]
    row.verdicts = frozen(verdicts)
    row.save(update_fields=["verdicts"])


work.hourly("deferrals", return_all_overdue)
