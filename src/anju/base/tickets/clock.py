"""The working-day clock of a ticket: stopped with a reason, started again, computed anew when a year is published."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from anju.base.acts import ActContext, Refused
from anju.base.calendar.days import add_working_days, working_days_between
from anju.base.tickets.models import Ticket


def due_of(ticket: Ticket) -> date | None:
    """The last day of the limit, the days it stood still not counted; None without a limit. Raises UnknownDay."""
    if ticket.limit_days is None:
        return None
    stood = sum(working_days_between(date.fromisoformat(a), date.fromisoformat(b)) for a, b in ticket.stops)
    return add_working_days(ticket.opened_on, ticket.limit_days + stood)


def stop(*, ctx: ActContext, ticket: Ticket, reason: str) -> Ticket:
    """Stop the clock, inside an act (补正、等待外部核验). Raises Refused without a reason, or where it stands or is done."""
    if not reason.strip():
        raise Refused("停表须写明理由，没有停表；请填写等待什么、由谁提供")
    row = _locked(ticket)
    if row.done_on is not None or row.stopped_on is not None:
        raise Refused(f"办件「{row.title}」已{'办结' if row.done_on else '停表'}，没有再停；请刷新页面查看")
    row.stopped_on, row.stop_reason = ctx.today, reason.strip()[:200]
    row.save(update_fields=["stopped_on", "stop_reason"])
    return row


def start(*, ctx: ActContext, ticket: Ticket) -> Ticket:
    """Let the clock run again, inside an act; the working days it stood are added to the limit. Raises Refused."""
    row = _locked(ticket)
    if row.stopped_on is None:
        raise Refused(f"办件「{row.title}」没有停表，不用恢复；请刷新页面查看")
    row.stops = [*row.stops, [row.stopped_on.isoformat(), ctx.today.isoformat()]]
    row.stopped_on, row.stop_reason = None, ""
    row.due_on = due_of(row)
    row.save(update_fields=["stopped_on", "stop_reason", "stops", "due_on"])
    return row


@dataclass(frozen=True)
class Moved:
    """An open ticket whose last day is another since a year was published."""

    ticket: Ticket
    before: date


_followers: list[Callable[[ActContext, Sequence[Moved]], None]] = []


def follow(keep: Callable[[ActContext, Sequence[Moved]], None]) -> None:
    """Register, at start-up, a room that keeps the last day of its tickets in a table of its own."""
    _followers.append(keep)


def recompute(*, ctx: ActContext, year: int) -> int:
    """Count the limits of open tickets anew that run into a year whose days were published; how many moved.

    The act's log entry keeps each moved ticket's old and new day.
    """
    rows = Ticket.objects.filter(
        done_on__isnull=True, limit_days__isnull=False, due_on__gte=date(year, 1, 1), opened_on__lte=date(year, 12, 31)
    )
    moved: list[Moved] = []
    for row in rows.select_for_update().order_by("id"):
        before, due = row.due_on, due_of(row)
        if before and due != before:
            row.due_on = due
            row.save(update_fields=["due_on"])
            moved.append(Moved(row, before))
    for keep in _followers:
        keep(ctx, moved)
    ctx.items((one.ticket.object_id, f"{one.ticket.kind} {one.before} {one.ticket.due_on}") for one in moved)
    ctx.entry.facts["deadlines"] = {
        str(one.ticket.object_id): f"{one.ticket.kind} {one.before} → {one.ticket.due_on}" for one in moved
    }
    return len(moved)


def _locked(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_for_update().get(pk=ticket.pk)
