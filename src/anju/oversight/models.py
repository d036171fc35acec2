"""Oversight (监督): assessments of the acquirer, from the facts. A confirmed one is final: ``sql/oversight.sql``."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey


class Assessment(Placed):
    """An assessment (考核) of the acquirer for a period: indicators computed from the facts, confirmed by a second person."""

    party_column = "acquirer_id"

    acquirer = SharedKey("parties.Organisation", related_name="assessments")
    period_from = models.DateField()
    period_until = models.DateField()
    indicators = models.JSONField(help_text="the counts and sums, null where unknown")
    verdicts = models.JSONField()
    assessed_on = models.DateField()
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)
    confirmed_on = models.DateField(null=True)
    paper = PlacedKey("base.Paper", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "acquirer", "period_from", "period_until"], name="assessment_once"
            ),
            models.CheckConstraint(
                condition=Q(period_until__gte=F("period_from"), assessed_on__gte=F("period_until")),
                name="assessment_period",
            ),
            models.CheckConstraint(
                condition=Q(checker__isnull=True, confirmed_on__isnull=True)
                | (
                    Q(checker__isnull=False, confirmed_on__isnull=False, confirmed_on__gte=F("assessed_on"))
                    & ~Q(checker=F("maker"))
                ),
                name="assessment_two_people",
            ),
        ]


CARRIES = {
    "assessment_once": "4.5",
    "assessment_period": "4.5",
    "assessment_two_people": "4.5",
    "assessment_final": "4.5",
}
