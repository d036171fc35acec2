"""Wordings (模板): dated versions of what messages and papers say, drafted by one person and released by another."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Shared


class Wording(Shared):
    """One version of one text. A released one is never changed (``sql/wordings.sql``): a later version follows it."""

    DRAFT, RELEASED, WITHDRAWN = "draft", "released", "withdrawn"
    STATES: ClassVar = [(DRAFT, "草稿"), (RELEASED, "已发布"), (WITHDRAWN, "已撤回")]

    code = models.CharField(max_length=60)
    text = models.CharField(max_length=2000)
    valid_from = models.DateField()
    state = models.CharField(max_length=9, choices=STATES, default=DRAFT)
    drafted_by = models.UUIDField()
    drafted_at = models.DateTimeField()
    released_by = models.UUIDField(null=True)
    released_at = models.DateTimeField(null=True)
    tried_on = models.CharField(
        max_length=80, blank=True, help_text="the case on which it was previewed before release"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner_region", "code", "valid_from"],
                condition=Q(state="released"),
                name="one_wording_of_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_by__isnull=False, released_at__isnull=False),
                name="a_released_wording_has_its_releaser",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("drafted_by")),
                name="a_wording_is_two_peoples_work",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a_wording_says_something"),
        ]


CARRIES: dict[str, str] = {"a_wording_is_two_peoples_work": "4.4"}
