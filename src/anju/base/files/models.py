"""Evidence files (证明材料): content-addressed, typed by content, size-limited; the bytes lie under ``var/files``."""

from typing import ClassVar

from django.db import models

from anju.base.regions import Placed


class Evidence(Placed):
    """One file as it was received. The same bytes twice are one file on disk and two rows."""

    party_column = "case_id"

    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    case_id = models.UUIDField(null=True)
    uploaded_by = models.UUIDField(null=True)
    uploaded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["region", "case_id"], name="evidence_of_case")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(size__gt=0, size__lte=52_428_800), name="evidence_size"),
        ]
