"""Purchase (收购): case-by-case decisions, the agreement, its milestones."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey


class SpecialDecision(Placed):
    """A case-by-case decision (一事一议) for a batch that did not pass its gate."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="special_decisions")
    gate = PlacedKey("offering.Gate", related_name="special_decisions")
    resolution = SharedKey("parties.Resolution", related_name="+")
    reason = models.CharField(max_length=300)
    decided_on = models.DateField()
    maker = models.UUIDField()
    checker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "gate"], name="one_special_decision_per_gate"),
            models.CheckConstraint(condition=~Q(reason=""), name="special_decision_has_a_reason"),
            models.CheckConstraint(condition=~Q(checker=F("maker")), name="special_decision_two_people"),
        ]


class Agreement(Placed):
    """The purchase agreement (收购协议): only behind a passed gate or a special decision; the database holds it."""

    party_column = "project_id"

    STATES: ClassVar = [("drafted", "待签署"), ("signed", "已签署"), ("completed", "已履行完毕"), ("rescinded", "已解除")]

    project = PlacedKey("reserve.Project", related_name="agreements")
    letter = PlacedKey("negotiation.Letter", related_name="agreements")
    gate = PlacedKey("offering.Gate", related_name="agreements")
    special = PlacedKey(SpecialDecision, null=True, related_name="agreements")
    decision = PlacedKey("negotiation.AcquirerDecision", related_name="+")
    paper = PlacedKey("base.Paper", null=True, related_name="+")
    number = models.CharField(max_length=60)
    total_fen = models.BigIntegerField()
    gross_cm2 = models.BigIntegerField()
    units_count = models.IntegerField()
    state = models.CharField(max_length=10, choices=STATES, default="drafted")
    drafted_on = models.DateField()
    signed_on = models.DateField(null=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="agreement_number_once"),
            models.UniqueConstraint(fields=["region", "project"], condition=~Q(state="rescinded"), name="one_live_agreement_per_project"),
            models.CheckConstraint(condition=Q(total_fen__gt=0), name="agreement_total"),
            models.CheckConstraint(condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="agreement_two_people"),
        ]


class Milestone(Placed):
    """A milestone (收购进度) of an agreement: what falls due when it is reached, with its proof."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="+")
    agreement = PlacedKey(Agreement, related_name="milestones")
    order = models.SmallIntegerField()
    title = models.CharField(max_length=80)
    amount_fen = models.BigIntegerField()
    reached_on = models.DateField(null=True)
    evidence = PlacedKey("base.Evidence", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "agreement", "order"], name="milestone_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="milestone_amount"),
        ]
