"""The outbox (发件箱): every message once, to the right person; the worker sends, the act only writes."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anju.base.regions import Placed
from anju.base.secrets.fields import SealedText


class Message(Placed):
    """One message to one phone. ``tries`` and ``next_try_at`` (by the machine's clock) are the worker's own.

    ``case_id`` is the household's case that it is about: one that waits for a phone which proved wrong is moved to the right one.
    """

    unguarded = True  # the worker marks it sent outside any act; only acts and the sign-in code insert it

    QUEUED, SENT, FAILED, MOVED = "queued", "sent", "failed", "moved"

    to_phone = SealedText()
    to_blind = models.BinaryField()
    template = models.CharField(max_length=40)
    text = SealedText()
    wording = models.UUIDField(null=True, help_text="the version its text is of; NULL for the built-in one")
    state = models.CharField(
        max_length=8,
        default=QUEUED,
        choices=[(QUEUED, "待发"), (SENT, "已发"), (FAILED, "未送达"), (MOVED, "已改发新号码")],
    )
    once_key = models.CharField(max_length=120)
    case_id = models.UUIDField(null=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "once_key"], name="message_once"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="a_sent_message_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["queued_at"], condition=Q(state="queued"), name="message_waiting"),
            models.Index(fields=["case_id"], condition=Q(case_id__isnull=False), name="message_of_case"),
        ]


CARRIES: dict[str, str] = {}
