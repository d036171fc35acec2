"""A load (导入): one file that a user brought, what was found in it, and how far it has been taken in."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey


class Load(Placed):
    """Validated first (a large file by a job); nothing is stored until the user accepts the good rows; ``done`` rows are in.

    ``good`` and ``bad`` count rows, ``errors_total`` and ``unusual`` cells; ``errors`` holds the first 5,000 problems with their
    places, personal values masked. ``out`` are the rows that stay out, as [first, last] ranges, frozen when the file is accepted.
    """

    CHECKING, CHECKED, ACCEPTING, ACCEPTED, REJECTED = "checking", "checked", "accepting", "accepted", "rejected"
    ROLLED_BACK = "rolled_back"
    STATES: ClassVar = [
        (CHECKING, "正在校验"),
        (CHECKED, "已校验，待收下"),
        (ACCEPTING, "正在收下"),
        (ACCEPTED, "已收下"),
        (REJECTED, "已退回"),
        (ROLLED_BACK, "已撤销"),
    ]

    party_column = "organisation"

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=200, help_text="the file's name")
    evidence = PlacedKey("base.Evidence", related_name="loads")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=STATES, default=CHECKED)
    good = models.IntegerField()
    bad = models.IntegerField()
    errors = models.JSONField()
    errors_total = models.IntegerField(default=0)
    unusual = models.IntegerField(default=0)
    told = models.JSONField(default=list)
    out = models.JSONField(default=list)
    reasons = models.JSONField(default=dict)
    done = models.IntegerField(default=0)
    refused = models.JSONField(default=list)
    synthetic = models.BooleanField()
    options = models.JSONField(default=dict)
    maker = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    checker = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reject_reason = models.CharField(max_length=200, blank=True)
    organisation = models.UUIDField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["region", "-made_at"], name="load_of_region"),
            models.Index(fields=["region", "kind", "sha256"], name="load_of_file"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done__gte=0, good__gte=0, bad__gte=0, done__lte=F("good")), name="load_counts"
            ),
            models.CheckConstraint(condition=~Q(state="accepted") | Q(done=F("good")), name="an_accepted_load_is_all_in"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepting", "accepted"]) | Q(checker__isnull=False), name="somebody_accepted_the_load"
            ),
            models.UniqueConstraint(
                fields=["region", "kind", "sha256", "options"], condition=~Q(state__in=["rejected", "rolled_back"]),
                name="the_same_file_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="rolled_back") | (Q(undone_by__isnull=False, undone_at__isnull=False) & ~Q(undo_reason="")),
                name="a_rolled_back_load_says_who_and_why",
            ),
        ]  # fmt: skip
