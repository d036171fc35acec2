"""Tickets (办件): what waits for a post, with a working-day clock that may be stopped with a reason."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anju.base.regions import Placed


class Ticket(Placed):
    """One thing that waits for one post (and, where named, one organisation).

    ``due_on`` is ``limit_days`` working days after ``opened_on``, not counting those of ``stops`` ([from, to] as dates); while it
    stands still (``stopped_on``) it says what it was.
    """

    party_column = "organisation"

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    post = models.CharField(max_length=40)
    organisation = models.UUIDField(null=True)
    object_kind = models.CharField(max_length=60)
    object_id = models.UUIDField()
    url = models.CharField(max_length=200)
    opened_on = models.DateField()
    limit_days = models.IntegerField(null=True, help_text="working days; NULL while the parameter is unset")
    due_on = models.DateField(null=True)
    stopped_on = models.DateField(null=True)
    stop_reason = models.CharField(max_length=200, blank=True)
    stops = models.JSONField(default=list)
    taken_by = models.UUIDField(null=True)
    done_on = models.DateField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["region", "post", "due_on"], condition=models.Q(done_on__isnull=True), name="ticket_open"
            ),
            models.Index(fields=["object_id"], name="ticket_of_object"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "kind", "object_id"],
                condition=models.Q(done_on__isnull=True),
                name="one_open_ticket_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | ~Q(stop_reason=""), name="a_stopped_clock_has_its_reason"
            ),
            models.CheckConstraint(
                condition=Q(limit_days__isnull=True, due_on__isnull=True)
                | Q(limit_days__isnull=False, limit_days__gte=0, due_on__isnull=False),
                name="a_ticket_with_a_limit_is_due",
            ),
        ]


CARRIES = {"a_stopped_clock_has_its_reason": "3.6-1", "a_ticket_with_a_limit_is_due": "3.6-1"}
