"""Open, stop and close tickets, inside acts."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import models

from anju.base.acts import ActContext
from anju.base.calendar.days import add_working_days
from anju.base.tickets.models import Ticket


def open_ticket(
    *, ctx: ActContext, kind: str, title: str, post: str, obj: models.Model, url: str, limit_days: int | None,
    organisation: UUID | None = None, region: str | None = None,
) -> Ticket:  # fmt: skip
    """Put one thing on a post's desk; the same open kind for the same object is not opened twice."""
    region = region or ctx.region
    due = add_working_days(ctx.today, limit_days) if limit_days is not None else None
    found = Ticket.objects.filter(region=region, kind=kind, object_id=obj.pk, done_on__isnull=True).first()
    return found or Ticket.objects.create(
        region=region, kind=kind, title=title[:200], post=post, organisation=organisation, object_kind=obj._meta.label_lower,
        object_id=obj.pk, url=url, opened_on=ctx.today, limit_days=limit_days, due_on=due,
    )  # fmt: skip


def close_tickets(*, ctx: ActContext, obj: models.Model, kind: str | None = None, outcome: str = "") -> int:
    """Close the open tickets of an object; how many there were."""
    rows = Ticket.objects.filter(region=ctx.region, object_id=obj.pk, done_on__isnull=True)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.update(done_on=ctx.today, outcome=outcome[:200])


def waiting(*, post: str, region: str, on: date, organisation: UUID | None = None) -> models.QuerySet[Ticket, Any]:
    """What waits for a post, most urgent first; a city post sees all its counties' tickets of that post."""
    rows = Ticket.objects.filter(post=post, done_on__isnull=True)
    rows = rows.filter(region__gte=region, region__lte=region[:4] + "99") if region.endswith("00") else rows.filter(region=region)
    if organisation:
        rows = rows.filter(organisation=organisation)
    return rows.order_by(models.F("due_on").asc(nulls_last=True), "id")
