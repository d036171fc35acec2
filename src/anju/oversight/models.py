"""Oversight (监督): assessments of the acquirer, from the facts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, SharedKey


class Assessment(Placed):
    """An assessment (考核) of the acquirer for a period: indicators computed from the facts, confirmed by a second person."""

    party_column = "acquirer_id"

    acquirer = SharedKey("parties.Organisation", related_name="assessments")
    period_from = models.DateField()
    period_until = models.DateField()
    indicators = models.JSONField()
    verdicts = models.JSONField()
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)
    confirmed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "acquirer", "period_from", "period_until"], name="assessment_once"),
            models.CheckConstraint(condition=Q(period_until__gte=F("period_from")), name="assessment_period"),
            models.CheckConstraint(condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="assessment_two_people"),
        ]
