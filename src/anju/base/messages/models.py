"""The outbox (发件箱): every message once, to the right person; the worker sends, the act only writes."""

from typing import ClassVar

from django.db import models

from anju.base.regions import Placed
from anju.base.secrets.fields import SealedText


class Message(Placed):
    """One message to one phone."""

    unguarded = True  # the worker marks it sent outside any act; only acts and the sign-in code insert it

    QUEUED, SENT, FAILED = "queued", "sent", "failed"

    to_phone = SealedText()
    to_blind = models.BinaryField()
    template = models.CharField(max_length=40)
    text = SealedText()
    state = models.CharField(max_length=8, default=QUEUED, choices=[(QUEUED, "待发"), (SENT, "已发"), (FAILED, "未送达")])
    once_key = models.CharField(max_length=120)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "once_key"], name="message_once")]
