"""Purchase (收购): case-by-case decisions, the agreement, its milestones. Triggers: ``sql/purchase.sql``."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey


class SpecialDecision(Placed):
    """A case-by-case decision (一事一议) on a gate that failed: entered by one person, confirmed by another."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="special_decisions")
    gate = PlacedKey("offering.Gate", related_name="special_decisions")
    resolution = SharedKey("parties.Resolution", related_name="+")
    reason = models.CharField(max_length=300)
    decided_on = models.DateField()
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)
    confirmed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "gate"], name="one_special_decision_per_gate"),
            models.CheckConstraint(condition=~Q(reason=""), name="special_decision_has_a_reason"),
            models.CheckConstraint(
                condition=Q(checker__isnull=True, confirmed_on__isnull=True)
                | (
                    Q(checker__isnull=False, confirmed_on__isnull=False, confirmed_on__gte=F("decided_on"))
                    & ~Q(checker=F("maker"))
                ),
                name="special_decision_two_people",
            ),
        ]


class Agreement(Placed):
    """The purchase agreement (收购协议): only behind a passed gate or a special decision; the database holds it."""

    party_column = "project_id"

    STATES: ClassVar = [
        ("drafted", "待签署"), ("signed", "已签署"), ("completed", "已履行完毕"), ("rescinded", "已解除"),
    ]  # fmt: skip

    project = PlacedKey("reserve.Project", related_name="agreements")
    letter = PlacedKey("negotiation.Letter", related_name="agreements")
    gate = PlacedKey("offering.Gate", related_name="agreements")
    special = PlacedKey(SpecialDecision, null=True, related_name="agreements")
    decision = PlacedKey("negotiation.AcquirerDecision", related_name="+")
    paper = PlacedKey("base.Paper", null=True, related_name="+")
    number = models.CharField(max_length=60)
    price_fen_m2 = models.BigIntegerField(help_text="at most the letter's")
    total_fen = models.BigIntegerField()
    gross_cm2 = models.BigIntegerField()
    units_count = models.IntegerField()
    state = models.CharField(max_length=10, choices=STATES, default="drafted")
    drafted_on = models.DateField()
    signed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="agreement_number_once"),
            models.UniqueConstraint(
                fields=["region", "project"], condition=~Q(state="rescinded"), name="one_live_agreement_per_project"
            ),
            models.CheckConstraint(
                condition=Q(total_fen__gt=0, gross_cm2__gt=0, units_count__gt=0, price_fen_m2__gt=0),
                name="agreement_stated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "rescinded"]) | Q(signed_on__isnull=False, checker__isnull=False),
                name="a_signed_agreement_has_its_day_and_checker",
            ),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="agreement_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="rescinded") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="a_rescinded_agreement_says_why",
            ),
        ]


class AgreementUnit(Placed):
    """One home of an agreement and what is paid for it; together exactly the agreement's total."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="+")
    agreement = PlacedKey(Agreement, related_name="units")
    unit = PlacedKey("reserve.Unit", related_name="agreement_units")
    gross_cm2 = models.BigIntegerField()
    price_fen = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "agreement", "unit"], name="agreement_unit_once"),
            models.CheckConstraint(condition=Q(gross_cm2__gt=0, price_fen__gt=0), name="agreement_unit_positive"),
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
            models.CheckConstraint(condition=Q(amount_fen__gt=0, order__gte=1), name="milestone_amount"),
            models.CheckConstraint(
                condition=Q(reached_on__isnull=True) | Q(evidence__isnull=False),
                name="a_reached_milestone_has_its_proof",
            ),
        ]


CARRIES: dict[str, str] = {
    "one_special_decision_per_gate": "3.5-3",
    "special_decision_has_a_reason": "3.5-3",
    "special_decision_two_people": "3.5-3",
    "special_behind_a_failed_gate": "3.5-3",
    "agreement_number_once": "3.5-3",
    "one_live_agreement_per_project": "3.5-3",
    "agreement_stated": "3.5-3",
    "a_signed_agreement_has_its_day_and_checker": "3.5-3",
    "agreement_two_people": "3.5-3",
    "a_rescinded_agreement_says_why": "3.5-3",
    "agreement_behind_gate": "2-1",
    "agreement_signed_whole": "3.4-1",
    "agreement_unit_of_draft": "3.4-1",
    "milestone_of_draft": "4.3-5",
    "agreement_unit_once": "3.5-3",
    "agreement_unit_positive": "3.4-1",
    "milestone_once": "4.3-5",
    "milestone_amount": "4.3-5",
    "a_reached_milestone_has_its_proof": "4.3-5",
    "milestone_final": "4.3-5",
}
