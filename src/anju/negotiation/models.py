"""Negotiation (协商): rounds of offers, the acquirer's own decisions, letters of intent."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey


class Offer(Placed):
    """One offer of one side in a round (报价)."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="offers")
    round = models.SmallIntegerField()
    side = models.CharField(max_length=8, choices=[("seller", "开发企业"), ("acquirer", "收购主体")])
    price_fen_m2 = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    offered_on = models.DateField()
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "round", "side"], name="one_offer_a_round"),
            models.CheckConstraint(condition=Q(price_fen_m2__gt=0) & ~Q(reason=""), name="offer_stated"),
        ]


class AcquirerDecision(Placed):
    """The acquirer's own decision (三重一大): prior study by its party committee, then the board. No government post holds it."""

    party_column = "organisation"

    organisation = models.UUIDField()
    subject = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=[("letter", "意向"), ("agreement", "协议"), ("loan", "贷款")])
    studied_on = models.DateField()
    decided_on = models.DateField()
    number = models.CharField(max_length=60)
    object_id = models.UUIDField()
    maker = models.UUIDField()
    checker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="decision_number_once"),
            models.CheckConstraint(condition=Q(decided_on__gte=F("studied_on")), name="study_before_decision"),
            models.CheckConstraint(condition=~Q(checker=F("maker")), name="decision_two_people"),
        ]


class Letter(Placed):
    """A letter of intent (收购意向书): units and price frozen, never above a confirmed, valid ceiling."""

    party_column = "project_id"

    STATES: ClassVar = [("drafted", "待签署"), ("signed", "已签署"), ("lapsed", "已失效"), ("fulfilled", "已转协议")]

    project = PlacedKey("reserve.Project", related_name="letters")
    ceiling = PlacedKey("pricing.Ceiling", related_name="letters")
    decision = PlacedKey(AcquirerDecision, related_name="+")
    paper = PlacedKey("base.Paper", null=True, related_name="+")
    acquirer = SharedKey("parties.Organisation", related_name="+")
    number = models.CharField(max_length=60)
    price_fen_m2 = models.BigIntegerField()
    units_count = models.IntegerField()
    valid_until = models.DateField()
    state = models.CharField(max_length=10, choices=STATES, default="drafted")
    drafted_on = models.DateField()
    signed_on = models.DateField(null=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="letter_number_once"),
            models.UniqueConstraint(
                fields=["region", "project"], condition=Q(state__in=["drafted", "signed"]), name="one_live_letter_per_project"
            ),
            models.CheckConstraint(condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="letter_two_people"),
        ]


class LetterUnit(Placed):
    """One home of a letter; a home is in at most one live letter."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="+")
    letter = PlacedKey(Letter, related_name="units")
    unit = PlacedKey("reserve.Unit", related_name="letter_units")
    live = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "letter", "unit"], name="letter_unit_once"),
            models.UniqueConstraint(fields=["region", "unit"], condition=Q(live=True), name="unit_in_one_live_letter"),
        ]
