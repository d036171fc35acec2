"""Open, take and close tickets, inside acts; what waits for a post."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import models

from anju.base.acts import ActContext, Conflict, InvalidInput, act
from anju.base.calendar.days import add_working_days
from anju.base.tickets.models import Ticket


def open_ticket(
    *, ctx: ActContext, kind: str, title: str, post: str, obj: models.Model, url: str, limit_days: int | None,
    organisation: UUID | None = None, region: str | None = None,
) -> Ticket:  # fmt: skip
    """Put one thing on a post's desk; the same open kind for the same object is not opened twice."""
    region = region or ctx.region
    due = add_working_days(ctx.today, limit_days) if limit_days is not None else None
    row, _ = Ticket.objects.get_or_create(
        region=region, kind=kind, object_id=obj.pk, done_on=None,
        defaults={
            "title": title[:200], "post": post, "organisation": organisation, "object_kind": obj._meta.label_lower, "url": url,
            "opened_on": ctx.today, "limit_days": limit_days, "due_on": due,
        },
    )  # fmt: skip
    return row


def open_tickets(*, rows: list[Ticket]) -> int:
    """Put many things on desks at once, inside an act; those open already stay as they are. How many were asked for."""
    Ticket.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def new_ticket(
    *, ctx: ActContext, kind: str, title: str, post: str, obj: models.Model, url: str, limit_days: int | None, due_on: date | None,
    organisation: UUID | None = None,
) -> Ticket:  # fmt: skip
    """An unsaved ticket for ``open_tickets``; ``due_on`` is computed once by the caller for all of them."""
    return Ticket(
        region=ctx.region, kind=kind, title=title[:200], post=post, organisation=organisation, object_kind=obj._meta.label_lower,
        object_id=obj.pk, url=url, opened_on=ctx.today, limit_days=limit_days, due_on=due_on,
    )  # fmt: skip


@act(clause="3.6-1", title="认领办件")
def take_ticket(*, ctx: ActContext, ticket_id: UUID) -> Ticket:
    """Say that one does it oneself, so that two colleagues do not. Raises Conflict where another has it or it is done."""
    row = Ticket.objects.select_for_update().filter(pk=ticket_id, region=ctx.region, post=ctx.post).first()
    if row is None:
        raise InvalidInput("没有这件办件，或它不归本岗位；请从工作台进入", field="ticket_id", clause="3.6-1")
    if row.done_on is not None or row.taken_by not in (None, ctx.account):
        raise Conflict(f"办件「{row.title}」{'已办结' if row.done_on else '已由同事认领'}，没有认领；请刷新工作台")
    row.taken_by = ctx.account
    row.save(update_fields=["taken_by"])
    ctx.on(row, kind=row.kind)
    return row


def close_tickets(*, ctx: ActContext, obj: models.Model, kind: str | None = None, outcome: str = "") -> int:
    """Close the open tickets of an object; how many there were."""
    return close_tickets_of(ctx=ctx, object_ids=[obj.pk], kind=kind, outcome=outcome)


def close_tickets_of(*, ctx: ActContext, object_ids: list[UUID], kind: str | None = None, outcome: str = "") -> int:
    """Close the open tickets of many objects; how many there were."""
    rows = Ticket.objects.filter(region=ctx.region, object_id__in=object_ids, done_on__isnull=True)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.update(done_on=ctx.today, outcome=outcome[:200])


def waiting(
    *, post: str, region: str, on: date, organisation: UUID | None = None
) -> models.QuerySet[Ticket, Any]:  # fmt: skip
    """What waits for a post, most urgent first; a city post sees all its counties' tickets of that post."""
    rows = Ticket.objects.filter(post=post, done_on__isnull=True)
    rows = (
        rows.filter(region__gte=region, region__lte=region[:4] + "99")
        if region.endswith("00")
        else rows.filter(region=region)
    )
    if organisation:
        rows = rows.filter(organisation=organisation)
    return rows.order_by(models.F("due_on").asc(nulls_last=True), "id")
