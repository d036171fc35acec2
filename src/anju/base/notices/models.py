"""What the office says on the portal in its own words: guides, answers, and the bar of notices."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey


class PortalText(Placed):
    """One guide, answer or notice. The public reads the publication made of it, from its first to its last day."""

    GUIDE, ANSWER, NOTICE = "guide", "answer", "notice"
    KINDS: ClassVar = [(GUIDE, "办事指南"), (ANSWER, "常见问答"), (NOTICE, "通知栏")]
    DRAFT, SHOWN, DOWN = "draft", "shown", "down"
    STATES: ClassVar = [(DRAFT, "草稿"), (SHOWN, "已发布"), (DOWN, "已撤下")]

    kind = models.CharField(max_length=6, choices=KINDS)
    title = models.CharField(max_length=100)
    body = models.TextField()
    shown_from = models.DateField()
    until = models.DateField(null=True)
    order = models.IntegerField(default=100)
    state = models.CharField(max_length=5, choices=STATES, default=DRAFT)
    drafted_by = models.UUIDField()
    drafted_at = models.DateTimeField()
    released_by = models.UUIDField(null=True)
    publication = PlacedKey("base.Publication", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("shown_from")),
                name="a_portal_text_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(kind="notice") | Q(until__isnull=False), name="a_notice_has_its_last_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="shown") | Q(released_by__isnull=False, publication__isnull=False),
                name="a_shown_text_was_released",
            ),
        ]


CARRIES: dict[str, str] = {"a_notice_has_its_last_day": "3.5-2"}
