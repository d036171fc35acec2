"""Reviews of an application (审核), and findings on what it does not meet."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey
from anju.needs.models.application import Application


class Review(Placed):
    """One step of the review: first (街道初审) and second (县级复审) are two people."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="reviews")
    step = models.CharField(max_length=8, choices=[("first", "初审"), ("second", "复审")])
    outcome = models.CharField(
        max_length=10, choices=[("pass", "通过"), ("refuse", "不予通过"), ("supplement", "补正")]
    )
    reason = models.CharField(max_length=300, blank=True)
    reviewer = models.UUIDField()
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application", "step"], condition=Q(outcome="pass"), name="one_pass_per_step"
            ),
            models.UniqueConstraint(
                fields=["region", "application", "reviewer"],
                condition=Q(outcome="pass"),
                name="two_reviewers_are_two_people",
            ),
            models.CheckConstraint(condition=Q(outcome="pass") | ~Q(reason=""), name="a_no_has_a_reason"),
        ]


class Finding(Placed):
    """What a back-entered or corrected case does not meet: open until another person settles it with a reason."""

    application = PlacedKey(Application, related_name="findings")
    rule = models.CharField(max_length=40)
    clause = models.CharField(max_length=16)
    sentence = models.TextField()
    opened_on = models.DateField()
    maker = models.UUIDField(null=True)
    settled_on = models.DateField(null=True)
    settled_by = models.UUIDField(null=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application", "rule"],
                condition=Q(settled_on__isnull=True),
                name="one_open_finding_per_rule",
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True, settled_by__isnull=True)
                | Q(settled_on__isnull=False, settled_by__isnull=False) & ~Q(outcome="") & ~Q(settled_by=F("maker")),
                name="a_finding_is_settled_by_another_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "opened_on"], condition=Q(settled_on__isnull=True), name="finding_open")
        ]


CARRIES: dict[str, str] = {
    "one_pass_per_step": "3.2-0",
    "two_reviewers_are_two_people": "3.2-0",
    "a_no_has_a_reason": "3.2-0",
    "a_finding_is_settled_by_another_person": "3.2-0",
}
