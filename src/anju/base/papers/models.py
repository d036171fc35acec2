"""Official papers (公文、协议): drawn from frozen data, printed with a code, signed on paper, back as a scan bound by that code."""

from typing import ClassVar

from django.db import models

from anju.base.regions import Placed, PlacedKey


class PaperNumber(Placed):
    """The last number given to a kind of paper in a year; counted under its row lock, so without gaps."""

    kind = models.CharField(max_length=40)
    year = models.IntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "kind", "year"], name="paper_number_once")]


class Paper(Placed):
    """One paper: ``data`` is frozen, both files are drawn from it."""

    party_column = "case_id"

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=60)
    code = models.CharField(max_length=24, help_text="printed on the paper; binds the scan and verifies on the portal")
    data = models.JSONField()
    data_sha256 = models.CharField(max_length=64)
    object_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    docx = PlacedKey("base.Evidence", null=True, related_name="+")
    pdf = PlacedKey("base.Evidence", null=True, related_name="+")
    issued_at = models.DateTimeField()
    signed_on = models.DateField(null=True)
    scan = PlacedKey("base.Evidence", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "kind", "number"], name="paper_number_is_one"),
            models.UniqueConstraint(fields=["region", "code"], name="paper_code_is_one"),
            models.CheckConstraint(
                condition=models.Q(signed_on__isnull=True, scan__isnull=True) | models.Q(signed_on__isnull=False, scan__isnull=False),
                name="a_signed_paper_has_its_scan",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["object_id"], name="paper_of_object")]
