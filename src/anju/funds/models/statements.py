"""The bank's statement."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anju.base.regions import Placed, PlacedKey
from anju.funds.models.loans import SupervisedAccount


class BankLine(Placed):
    """One line of a bank statement; matched to exactly one voucher of the same amount, or shown first."""

    HOWS: ClassVar = [
        ("reference", "回单号"),
        ("document", "附言载明合同号"),
        ("day", "同日同额唯一"),
        ("hand", "人工"),
    ]

    account = PlacedKey(SupervisedAccount, related_name="lines")
    booked_on = models.DateField()
    reference = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField(help_text="money in is positive, out negative")
    balance_fen = models.BigIntegerField(help_text="the account's balance after it, as the bank states it")
    counterparty = models.CharField(max_length=120)
    counterparty_tail = models.CharField(max_length=4, blank=True, help_text="last four digits of its account")
    memo = models.CharField(max_length=200, blank=True)
    voucher = PlacedKey("ledger.Voucher", null=True, related_name="+")
    matched_on = models.DateField(null=True)
    matched_by = models.UUIDField(null=True)
    how = models.CharField(max_length=10, choices=HOWS, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    load = PlacedKey("base.Load", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "account", "reference"], name="bank_line_once"),
            models.UniqueConstraint(
                fields=["region", "voucher"], condition=Q(voucher__isnull=False), name="voucher_matched_once"
            ),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="bank_line_amount"),
            models.CheckConstraint(
                condition=Q(voucher__isnull=True, how="")
                | (Q(voucher__isnull=False, matched_on__isnull=False) & ~Q(how="")),
                name="bank_line_says_how",
            ),
            models.CheckConstraint(condition=~Q(how="hand") | ~Q(reason=""), name="a_match_by_hand_has_a_reason"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["region", "account", "booked_on"], condition=Q(voucher__isnull=True), name="bank_line_open"
            ),
            models.Index(fields=["region", "-booked_on"], name="bank_line_by_day"),
        ]


CARRIES: dict[str, str] = {
    "bank_line_once": "4.3-1",
    "voucher_matched_once": "4.3-1",
    "bank_line_amount": "4.3-1",
    "bank_line_says_how": "4.3-1",
    "a_match_by_hand_has_a_reason": "4.3-1",
    "matched_to_the_fen": "4.3-1",
}
