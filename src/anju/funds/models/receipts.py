"""What comes back from homes, and how it is paid on."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey


class DutyStatement(Placed):
    """What statutory duties (法定义务: taxes, maintenance fund …) a project has to meet, and has set nothing aside for, on a day.

    Receipts fill the latest statement first. 0 is a statement; no statement is unknown, and no receipt can be split.
    """

    project = PlacedKey("reserve.Project", related_name="duty_statements")
    stated_on = models.DateField()
    amount_fen = models.BigIntegerField()
    document = models.CharField(max_length=120)
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gte=0) & ~Q(document=""), name="duty_stated"),
        ]


class Distribution(Placed):
    """What was paid on from receipts in the plan's order (回款分配): statutory duties, then the purchase loan."""

    project = PlacedKey("reserve.Project", related_name="distributions")
    distributed_on = models.DateField()
    receipts_count = models.IntegerField()
    statutory_fen = models.BigIntegerField()
    loan_fen = models.BigIntegerField()
    remainder_fen = models.BigIntegerField()
    statutory_voucher = PlacedKey("ledger.Voucher", null=True, related_name="+")
    loan_voucher = PlacedKey("ledger.Voucher", null=True, related_name="+")
    checker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(statutory_fen__gte=0, loan_fen__gte=0, remainder_fen__gte=0, receipts_count__gt=0),
                name="distribution_amounts",
            ),
            models.CheckConstraint(
                condition=(Q(statutory_fen=0) ^ Q(statutory_voucher__isnull=False))
                & (Q(loan_fen=0) ^ Q(loan_voucher__isnull=False)),
                name="distribution_is_posted",
            ),
        ]


class Receipt(Placed):
    """Money from a home (回款): sale or rent, split by the waterfall of 4.3."""

    project = PlacedKey("reserve.Project", related_name="receipts")
    unit = PlacedKey("reserve.Unit", null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=[("sale", "配售款"), ("rent", "租金")])
    amount_fen = models.BigIntegerField()
    received_on = models.DateField()
    statement = PlacedKey(DutyStatement, related_name="receipts")
    statutory_fen = models.BigIntegerField()
    loan_fen = models.BigIntegerField()
    remainder_fen = models.BigIntegerField()
    voucher = PlacedKey("ledger.Voucher", related_name="receipts")
    distribution = PlacedKey(Distribution, null=True, related_name="receipts")
    bank_reference = models.CharField(max_length=60, blank=True)
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "voucher"], name="one_receipt_per_voucher"),
            models.CheckConstraint(
                condition=Q(
                    amount_fen=F("statutory_fen") + F("loan_fen") + F("remainder_fen"), amount_fen__gt=0, statutory_fen__gte=0,
                    loan_fen__gte=0, remainder_fen__gte=0,
                ),
                name="waterfall_adds_up",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["region", "project"], condition=Q(distribution__isnull=True), name="receipt_undistributed"
            ),
            models.Index(fields=["region", "-received_on"], name="receipt_by_day"),
        ]


CARRIES: dict[str, str] = {
    "duty_stated": "4.3-2",
    "distribution_amounts": "4.3-2",
    "distribution_is_posted": "4.3-2",
    "one_receipt_per_voucher": "4.3-2",
    "waterfall_adds_up": "4.3-2",
}
