"""The list's own life: the order each list is kept by, every change of a case, re-checks, pauses."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey
from anju.needs.models.application import PROGRAMMES, Application


class ListOrder(Placed):
    """How one list (a county's programme) is ordered since a day: the latest holds, and every key of the list is made by it.

    A new setting of the county changes nothing until an act orders the list anew.
    """

    programme = models.CharField(max_length=20, choices=PROGRAMMES)
    serial = models.IntegerField(help_text="1 when the list began, one more with each new order")
    method = models.CharField(max_length=16)
    groups = models.JSONField(
        default=list, help_text="the priority groups as they stood: [basis, code, title, priority]"
    )
    since = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "programme", "serial"], name="one_order_of_a_list_at_a_time"),
            models.CheckConstraint(condition=Q(serial=1) | ~Q(reason=""), name="a_new_order_has_its_reason"),
        ]


class CaseChange(Placed):
    """A change of a case's state or place, laid by the database itself whatever the act: who, when, from what to what."""

    functions_only = True
    party_column = "application_id"

    application = PlacedKey(Application, related_name="changes")
    act = models.UUIDField()
    act_name = models.CharField(max_length=80)
    account = models.UUIDField(null=True)
    post = models.CharField(max_length=40)
    at = models.DateTimeField()
    written_at = models.DateTimeField()
    from_state = models.CharField(max_length=14)
    to_state = models.CharField(max_length=14)
    from_key = models.CharField(max_length=80, blank=True, db_collation="C")
    to_key = models.CharField(max_length=80, blank=True, db_collation="C")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["region", "application", "written_at"], name="changes_of_case"),
            models.Index(fields=["region", "to_state", "at"], name="changes_to_state"),
        ]


class RecheckRound(Placed):
    """A campaign of annual re-checks (年审): those on the list since before ``before``."""

    title = models.CharField(max_length=120)
    opened_on = models.DateField()
    before = models.DateField()
    households = models.IntegerField()
    maker = models.UUIDField()


class Recheck(Placed):
    """One household's re-check: kept, suspended or lapsed, with the reason of a no."""

    OUTCOMES: ClassVar = [("kept", "保留"), ("suspended", "暂停"), ("lapsed", "失效")]

    party_column = "application_id"

    round = PlacedKey(RecheckRound, related_name="rechecks")
    application = PlacedKey(Application, related_name="rechecks")
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    done_on = models.DateField(null=True)
    done_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "round", "application"], name="one_recheck_a_round"),
            models.UniqueConstraint(
                fields=["region", "application"], condition=Q(done_on__isnull=True), name="one_open_recheck"
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True, outcome="")
                | Q(done_on__isnull=False, done_by__isnull=False)
                & (Q(outcome="kept") | Q(outcome__in=["suspended", "lapsed"]) & ~Q(reason="")),
                name="a_recheck_has_its_outcome",
            ),
        ]


class Pause(Placed):
    """A suspension (暂停) or a lapse (失效), with its reason, and how it ended: the place is kept meanwhile."""

    KINDS: ClassVar = [("suspended", "暂停"), ("lapsed", "失效")]

    party_column = "application_id"

    application = PlacedKey(Application, related_name="pauses")
    kind = models.CharField(max_length=10, choices=KINDS)
    reason = models.CharField(max_length=300)
    from_on = models.DateField()
    maker = models.UUIDField()
    ended_on = models.DateField(null=True)
    ended_by = models.UUIDField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application"], condition=Q(ended_on__isnull=True), name="one_open_pause"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_pause_has_its_reason"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True)
                | Q(ended_on__isnull=False, ended_by__isnull=False)
                & ~Q(end_reason="")
                & (Q(kind="suspended") | ~Q(ended_by=F("maker"))),
                name="a_pause_ends_with_a_reason",
            ),
        ]


CARRIES: dict[str, str] = {
    "one_order_of_a_list_at_a_time": "3.2-0",
    "a_new_order_has_its_reason": "3.2-0",
    "one_recheck_a_round": "3.2-0",
    "one_open_recheck": "3.2-0",
    "a_recheck_has_its_outcome": "3.2-0",
    "one_open_pause": "3.2-0",
    "a_pause_has_its_reason": "3.2-0",
    "a_pause_ends_with_a_reason": "3.2-0",
}
