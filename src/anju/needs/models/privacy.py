"""Leaving (注销): who asked that a case be forgotten, who carried it out, what is still kept and by which rule."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey
from anju.needs.models.application import Application


class Erasure(Placed):
    """One case to be forgotten: asked for by the family, at a counter or by a retention rule; carried out by another person.

    The database blanks the case by ``case_erase`` (``sql/erasing.sql``) and never lets an erased one come back.
    """

    WAYS: ClassVar = [("portal", "本人网上提出"), ("counter", "窗口代为提出"), ("retention", "保存期满")]
    STATES: ClassVar = [("asked", "待办理"), ("erased", "已注销")]

    party_column = "application_id"

    application = PlacedKey(Application, related_name="erasures")
    way = models.CharField(max_length=10, choices=WAYS)
    reason = models.CharField(max_length=300)
    asked_on = models.DateField()
    asked_by = models.UUIDField(null=True, help_text="NULL where the rule asks")
    state = models.CharField(max_length=8, choices=STATES, default="asked")
    decided_on = models.DateField(null=True)
    decided_by = models.UUIDField(null=True)
    kept_rule = models.CharField(max_length=200, blank=True, help_text="why papers of the case are still kept")
    kept_until = models.DateField(null=True, help_text="the last day of it")
    cleared_on = models.DateField(null=True, help_text="the day what was kept went too")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "application"], name="a_case_is_forgotten_once"),
            models.CheckConstraint(
                condition=~Q(reason="")
                & (Q(way="retention", asked_by__isnull=True) | ~Q(way="retention") & Q(asked_by__isnull=False)),
                name="an_erasure_says_who_asked_and_why",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_on__isnull=True, decided_by__isnull=True)
                | Q(state="erased", decided_on__isnull=False, decided_by__isnull=False)
                & (Q(asked_by__isnull=True) | ~Q(decided_by=F("asked_by"))),
                name="forgotten_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(kept_rule="", kept_until__isnull=True) | ~Q(kept_rule="") & Q(kept_until__isnull=False),
                name="what_is_kept_has_its_rule_and_day",
            ),
            models.CheckConstraint(
                condition=Q(cleared_on__isnull=True)
                | Q(kept_until__isnull=False, state="erased", cleared_on__gt=F("kept_until")),
                name="what_is_kept_stays_its_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "asked_on"], condition=Q(state="asked"), name="erasures_waiting")
        ]


CARRIES: dict[str, str] = {
    "a_case_is_forgotten_once": "4.5",
    "an_erasure_says_who_asked_and_why": "4.5",
    "forgotten_by_another_person": "4.5",
    "what_is_kept_has_its_rule_and_day": "4.5",
    "what_is_kept_stays_its_days": "4.5",
}
