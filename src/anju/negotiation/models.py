"""Negotiation (协商): offers, the acquirer's own decisions, letters of intent. Triggers: ``sql/negotiation.sql``."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey

# A bank or an agency that was shown the project reads nothing of its negotiation: the seller alone does.
SELLER = ("project_id", "reserve_project", "developer_id")


class Offer(Placed):
    """One offer of one side in a round (报价); the acquirer's names the ceiling that it stays under. Never changed."""

    party_owner = SELLER

    SIDES: ClassVar = [("seller", "开发企业"), ("acquirer", "收购主体")]

    project = PlacedKey("reserve.Project", related_name="offers")
    ceiling = PlacedKey("pricing.Ceiling", null=True, related_name="+")
    round = models.SmallIntegerField()
    side = models.CharField(max_length=8, choices=SIDES)
    price_fen_m2 = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    offered_on = models.DateField()
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "round", "side"], name="one_offer_a_round"),
            models.CheckConstraint(condition=Q(price_fen_m2__gt=0, round__gte=1) & ~Q(reason=""), name="offer_stated"),
            models.CheckConstraint(
                condition=Q(side="seller", ceiling__isnull=True) | Q(side="acquirer", ceiling__isnull=False),
                name="the_acquirers_offer_names_its_ceiling",
            ),
        ]


class AcquirerDecision(Placed):
    """The acquirer's own decision (三重一大): prior study by its party committee, then the board.

    Entered by one person of the acquirer, confirmed by another; no government post holds either power. ``object_id`` is
    what it decides on: the project.
    """

    party_column = "organisation"

    KINDS: ClassVar = [("letter", "签订意向书"), ("agreement", "签订收购协议"), ("loan", "申请贷款")]

    organisation = models.UUIDField()
    subject = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=KINDS)
    studied_on = models.DateField()
    decided_on = models.DateField()
    number = models.CharField(max_length=60)
    object_id = models.UUIDField()
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)
    confirmed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="decision_number_once"),
            models.CheckConstraint(condition=Q(decided_on__gte=F("studied_on")), name="study_before_decision"),
            models.CheckConstraint(
                condition=Q(checker__isnull=True, confirmed_on__isnull=True)
                | (
                    Q(checker__isnull=False, confirmed_on__isnull=False, confirmed_on__gte=F("decided_on"))
                    & ~Q(checker=F("maker"))
                ),
                name="decision_two_people",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "object_id"], name="decision_of_object")]


class Letter(Placed):
    """A letter of intent (收购意向书): units and price frozen, never above a confirmed, valid ceiling."""

    party_owner = SELLER

    STATES: ClassVar = [("drafted", "待签署"), ("signed", "已签署"), ("lapsed", "已失效"), ("fulfilled", "已转协议")]
    LIVE: ClassVar = ["drafted", "signed"]

    project = PlacedKey("reserve.Project", related_name="letters")
    ceiling = PlacedKey("pricing.Ceiling", related_name="letters")
    decision = PlacedKey(AcquirerDecision, related_name="+")
    paper = PlacedKey("base.Paper", null=True, related_name="+")
    acquirer = SharedKey("parties.Organisation", related_name="+")
    number = models.CharField(max_length=60)
    price_fen_m2 = models.BigIntegerField()
    units_count = models.IntegerField()
    gross_cm2 = models.BigIntegerField(help_text="of all its homes")
    valid_until = models.DateField()
    state = models.CharField(max_length=10, choices=STATES, default="drafted")
    drafted_on = models.DateField()
    signed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="letter_number_once"),
            models.UniqueConstraint(
                fields=["region", "project"],
                condition=Q(state__in=["drafted", "signed"]),
                name="one_live_letter_per_project",
            ),
            models.CheckConstraint(
                condition=Q(price_fen_m2__gt=0, units_count__gt=0, gross_cm2__gt=0, valid_until__gte=F("drafted_on")),
                name="letter_stated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "lapsed"]) | Q(signed_on__isnull=False, checker__isnull=False),
                name="a_signed_letter_has_its_day_and_checker",
            ),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="letter_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="lapsed") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="a_lapsed_letter_says_why",
            ),
        ]


class LetterUnit(Placed):
    """One home of a letter; a home is in at most one live letter."""

    party_owner = SELLER

    project = PlacedKey("reserve.Project", related_name="+")
    letter = PlacedKey(Letter, related_name="units")
    unit = PlacedKey("reserve.Unit", related_name="letter_units")
    live = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "letter", "unit"], name="letter_unit_once"),
            models.UniqueConstraint(fields=["region", "unit"], condition=Q(live=True), name="unit_in_one_live_letter"),
        ]


CARRIES: dict[str, str] = {
    "one_offer_a_round": "3.5-1",
    "offer_stated": "3.5-1",
    "the_acquirers_offer_names_its_ceiling": "3.4-1",
    "offer_under_ceiling": "3.4-1",
    "decision_number_once": "3.5-1",
    "study_before_decision": "3.5-1",
    "decision_two_people": "3.5-1",
    "letter_number_once": "3.5-1",
    "one_live_letter_per_project": "3.5-1",
    "letter_stated": "3.5-1",
    "a_signed_letter_has_its_day_and_checker": "3.5-1",
    "letter_two_people": "3.5-1",
    "a_lapsed_letter_says_why": "3.5-1",
    "letter_under_ceiling": "3.4-1",
    "letter_frozen": "3.5-1",
    "letter_unit_once": "3.5-1",
    "unit_in_one_live_letter": "3.5-1",
}
