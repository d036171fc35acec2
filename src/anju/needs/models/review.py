"""Reviews of an application (审核), findings, objections during publicity (异议), another look after a refusal (复核)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey
from anju.base.secrets.fields import SealedText
from anju.needs.models.application import Application, Publicity

STEPS: list[tuple[str, str]] = [
    ("first", "初审"),
    ("second", "复审"),
    ("city", "市级联审"),
    ("shown", "公示异议"),
    ("held", "补录待查"),
]
# What a department says of a case that a step asks it about.
OPINIONS: list[tuple[str, str]] = [("same", "一致"), ("differs", "不一致")]


class Review(Placed):
    """One step of the review: first (街道初审), second (县级复审), then what the county adds; each another person."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="reviews")
    step = models.CharField(max_length=8, choices=STEPS)
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


class Opinion(Placed):
    """What a department must say (部门意见) before the step's post decides; asked as the case arrives, given once.

    It lapses where the facts changed or the case left the step: the next arrival asks anew.
    """

    closed_to_parties = True

    application = PlacedKey(Application, related_name="opinions")
    step = models.CharField(max_length=8, choices=STEPS)
    department = models.CharField(max_length=60, help_text="by the name that the county's table says")
    organisation = models.UUIDField(null=True, help_text="the body of that name; NULL while there is none")
    asked_on = models.DateField()
    due_on = models.DateField(null=True, help_text="by the working-day clock; NULL while no limit is set")
    result = models.CharField(max_length=8, choices=OPINIONS, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    given_on = models.DateField(null=True)
    given_by = models.UUIDField(null=True)
    evidence = models.UUIDField(null=True, help_text="the department's paper, where another enters it")
    lapsed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application", "step", "department"],
                condition=Q(lapsed_on__isnull=True),
                name="one_opinion_a_department",
            ),
            models.CheckConstraint(
                condition=Q(result="", given_on__isnull=True, given_by__isnull=True)
                | Q(given_on__isnull=False, given_by__isnull=False, given_on__gte=F("asked_on"))
                & (Q(result="same") | Q(result="differs") & ~Q(reason="")),
                name="an_opinion_is_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["region", "organisation", "due_on"],
                condition=Q(given_on__isnull=True, lapsed_on__isnull=True),
                name="opinions_waiting",
            ),
            models.Index(fields=["region", "application"], name="opinions_of_case"),
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


class Objection(Placed):
    """An objection (异议) to an application under publicity; while it is open, the application does not enter the list.

    Who objects is sealed, and shown to no party.
    """

    closed_to_parties = True

    application = PlacedKey(Application, related_name="objections")
    publicity = PlacedKey(Publicity, related_name="objections")
    received_on = models.DateField()
    text = models.TextField()
    contact = SealedText(help_text="name and phone of who objects")
    maker = models.UUIDField()
    maker_post = models.CharField(max_length=40)
    upheld = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_on = models.DateField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_post = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="an_objection_says_what"),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True, decided_by__isnull=True, upheld__isnull=True)
                | Q(decided_on__isnull=False, decided_by__isnull=False, upheld__isnull=False)
                & ~Q(reason="")
                & ~Q(decided_by=F("maker"))
                & ~Q(decided_post=F("maker_post")),
                name="an_objection_is_decided_by_another_post",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "application"], condition=Q(decided_on__isnull=True), name="objection_open")
        ]


class Reconsideration(Placed):
    """Another look (复核) that a refused applicant asked for: decided by somebody else than who refused."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="reconsiderations")
    refusal = PlacedKey(Review, related_name="+")
    refuser = models.UUIDField(help_text="who refused; the database compares it with the refusal")
    asked_on = models.DateField()
    maker = models.UUIDField()
    text = models.TextField()
    granted = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_on = models.DateField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "refusal"], name="one_other_look_per_refusal"),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True, decided_by__isnull=True, granted__isnull=True)
                | Q(decided_on__isnull=False, decided_by__isnull=False, granted__isnull=False)
                & ~Q(reason="")
                & ~Q(decided_by=F("refuser"))
                & ~Q(decided_by=F("maker")),
                name="another_look_by_another_person",
            ),
        ]


CARRIES: dict[str, str] = {
    "an_objection_says_what": "3.2-0",
    "an_objection_is_decided_by_another_post": "3.2-0",
    "one_other_look_per_refusal": "3.2-0",
    "another_look_by_another_person": "3.2-0",
    "one_pass_per_step": "3.2-0",
    "two_reviewers_are_two_people": "3.2-0",
    "a_no_has_a_reason": "3.2-0",
    "one_opinion_a_department": "3.2-0",
    "an_opinion_is_whole": "3.2-0",
    "review_after_opinions": "3.2-0",
    "a_finding_is_settled_by_another_person": "3.2-0",
}
