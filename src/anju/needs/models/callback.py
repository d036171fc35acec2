"""Call-back (回访): whether those on the list still want what they wished for."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey
from anju.needs.models.application import Application


class Campaign(Placed):
    """One round of calls in a county: a list made from the waiting list by a rule, until a day."""

    title = models.CharField(max_length=80)
    rule = models.JSONField(help_text="programme, not confirmed since, least days on the list, most households")
    households = models.IntegerField()
    opened_on = models.DateField()
    due_on = models.DateField()
    closed_on = models.DateField(null=True)
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "title"], name="campaign_title_once"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opened_on")), name="campaign_lasts"),
        ]


class Call(Placed):
    """One household of a round: who calls, how often it was tried, what the family said."""

    OUTCOMES: ClassVar = [
        ("", "待联系"), ("confirmed", "确认"), ("changed", "变更"), ("given_up", "放弃"), ("unreachable", "联系不上"),
        ("lapsed", "未联系"),
    ]  # fmt: skip

    campaign = PlacedKey(Campaign, related_name="calls")
    application = PlacedKey(Application, related_name="calls")
    assigned_to = models.UUIDField(null=True)
    tries = models.SmallIntegerField(default=0)
    outcome = models.CharField(max_length=12, choices=OUTCOMES, blank=True)
    note = models.CharField(max_length=200, blank=True)
    called_on = models.DateField(null=True)
    recorded_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "campaign", "application"], name="call_once_a_round"),
            models.UniqueConstraint(fields=["region", "application"], condition=Q(outcome=""), name="one_open_call"),
            models.CheckConstraint(condition=Q(tries__gte=0, tries__lte=99), name="call_tries"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "lapsed"])
                | Q(called_on__isnull=False, recorded_by__isnull=False, tries__gte=1),
                name="an_outcome_was_heard",
            ),
            models.CheckConstraint(condition=~Q(outcome="changed") | ~Q(note=""), name="a_change_is_said"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "assigned_to"], condition=Q(outcome=""), name="call_waiting")
        ]


CARRIES: dict[str, str] = {
    "one_open_call": "3.2-0",
    "an_outcome_was_heard": "3.2-0",
    "a_change_is_said": "3.2-0",
}
