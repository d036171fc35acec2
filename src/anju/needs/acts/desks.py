"""Cases taken by oneself or given to a colleague, many at once: the ticket of the step that each waits for says whose it is."""

from collections.abc import Sequence
from uuid import UUID

from anju.base.acts import ActContext, Conflict, Refused, act
from anju.base.tickets.models import Ticket
from anju.needs.acts.steps import CLAUSE, open_step, route_of, who
from anju.needs.judging import Days
from anju.needs.models import Application
from anju.needs.route import WAITS, waiting_at
from anju.parties.acts.work import assign_tickets


@act(clause=CLAUSE, title="认领申请")
def take_cases(*, ctx: ActContext, ids: list[UUID]) -> int:
    """Say that one does these cases oneself, so that two colleagues do not. Raises Conflict where another has one. How many."""
    tickets = _tickets(ctx, ids)
    taken = [row for row in tickets if row.taken_by not in (None, ctx.account)]
    if taken:
        raise Conflict(f"「{taken[0].title}」等 {len(taken)} 件已由同事认领，没有认领；请刷新后再选", clause=CLAUSE)
    ctx.entry.object_kind = Application._meta.label_lower
    ctx.items((row.object_id, f"{row.kind}|{ctx.account}") for row in tickets)
    return Ticket.objects.filter(pk__in=[row.pk for row in tickets]).update(taken_by=who(ctx))


@act(clause=CLAUSE, title="转交申请")
def assign_cases(*, ctx: ActContext, ids: list[UUID], to_id: UUID) -> int:
    """Give these cases to a colleague of the post: those that nobody has, or one's own; a head any. How many."""
    tickets = _tickets(ctx, ids)
    ctx.entry.object_kind = Application._meta.label_lower
    ctx.items((row.object_id, f"{row.kind}|{to_id}") for row in tickets)
    return assign_tickets(ctx=ctx, ticket_ids=[row.pk for row in tickets], to_id=to_id)


def _tickets(ctx: ActContext, ids: Sequence[UUID]) -> list[Ticket]:
    """The open ticket of each case's step; one of a load that stood on the desk as a whole gets its own."""
    rows = Application.objects.filter(region=ctx.region, id__in=list(ids), state__in=WAITS).order_by("id")
    days, found = Days(ctx), []
    for row in rows.only("id", "region", "number", "programme", "state", "accepted_on"):
        step = waiting_at(route_of(ctx, row, days), row.state)
        if step and ctx.post in (step.post, "office_head"):
            found.append(open_step(ctx, row, step).pk)
    if not found:
        raise Refused("所选申请没有一份在本岗位的审核环节，没有办理；请刷新列表后再选", clause=CLAUSE)
    return list(Ticket.objects.select_for_update().filter(region=ctx.region, pk__in=found).order_by("id"))
