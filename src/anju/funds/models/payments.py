"""Payments to the seller and for works: drawn from a loan, or from own funds."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey
from anju.funds.models.loans import Loan, SupervisedAccount

USES: list[tuple[str, str]] = [
    ("purchase", "收购款"),
    ("renovation", "必要装修改造"),
    ("other_reasonable", "其他合理支出"),
]


class Payment(Placed):
    """A payment (付款) to the seller against a reached milestone: from a loan (提款, 受托支付) or from the acquirer's own funds.

    Asked for by the acquirer, examined and approved by two people of the bank; from then the money is held until it is paid.
    """

    party_column = "id"

    SOURCES: ClassVar = [("loan", "贷款"), ("own", "自有资金")]
    STATES: ClassVar = [
        ("reported", "待报批用途"), ("requested", "待银行审核"), ("examined", "待银行复核"), ("held", "已冻结待付"), ("paid", "已支付"),
        ("refused", "已退回"), ("returned", "未付退回"),
    ]  # fmt: skip

    project = PlacedKey("reserve.Project", related_name="payments")
    agreement = PlacedKey("purchase.Agreement", related_name="payments")
    account = PlacedKey(SupervisedAccount, related_name="payments")
    loan = PlacedKey(Loan, null=True, related_name="payments")
    milestone = PlacedKey("purchase.Milestone", null=True, related_name="payments")
    payee = SharedKey("parties.Organisation", related_name="+")
    ordinal = models.SmallIntegerField()
    source = models.CharField(max_length=4, choices=SOURCES)
    use = models.CharField(max_length=20, choices=USES)
    document = models.CharField(max_length=120, blank=True, help_text="合同或发票, where there is no milestone")
    use_reason = models.CharField(max_length=200, blank=True)
    use_approved_by = models.UUIDField(null=True)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=STATES, default="requested")
    requested_on = models.DateField()
    paid_on = models.DateField(null=True)
    hold = PlacedKey("ledger.Hold", null=True, related_name="+")
    drawdown_voucher = PlacedKey("ledger.Voucher", null=True, related_name="+")
    voucher = PlacedKey("ledger.Voucher", null=True, related_name="+")
    bank_reference = models.CharField(max_length=60, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    verdicts = models.JSONField(default=list)
    maker = models.UUIDField()
    examiner = models.UUIDField(null=True)
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "ordinal"], name="payment_number_once"),
            models.UniqueConstraint(
                fields=["region", "milestone", "source"],
                condition=~Q(state__in=["refused", "returned"]),
                name="one_payment_per_milestone",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_amount"),
            models.CheckConstraint(
                condition=Q(source="own", loan__isnull=True) | Q(source="loan", loan__isnull=False),
                name="payment_source",
            ),
            models.CheckConstraint(
                condition=Q(use="purchase", milestone__isnull=False)
                | (~Q(use="purchase") & Q(milestone__isnull=True) & ~Q(document="")),
                name="payment_has_its_ground",
            ),
            models.CheckConstraint(
                condition=~Q(use="other_reasonable") | ~Q(use_reason=""), name="another_use_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(use="other_reasonable")
                | Q(state__in=["reported", "refused"])
                | (Q(use_approved_by__isnull=False) & ~Q(use_approved_by=F("maker"))),
                name="another_use_is_approved",
            ),
            models.CheckConstraint(
                condition=(
                    Q(checker__isnull=True)
                    | (~Q(checker=F("maker")) & ~Q(checker=F("examiner")) & Q(examiner__isnull=False))
                )
                & (Q(examiner__isnull=True) | ~Q(examiner=F("maker"))),
                name="payment_three_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "paid"]) | Q(checker__isnull=False, hold__isnull=False),
                name="no_payment_without_the_bank",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | (Q(paid_on__isnull=False, voucher__isnull=False) & ~Q(bank_reference="")),
                name="a_paid_payment_has_its_voucher",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "state", "-requested_on"], name="payment_by_state")]


CARRIES: dict[str, str] = {
    "payment_number_once": "4.3-5",
    "one_payment_per_milestone": "4.3-5",
    "payment_amount": "4.3-5",
    "payment_source": "4.3-1",
    "payment_has_its_ground": "4.3-5",
    "another_use_has_a_reason": "4.3-4",
    "another_use_is_approved": "4.3-4",
    "payment_three_people": "4.3-5",
    "no_payment_without_the_bank": "4.3-5",
    "a_paid_payment_has_its_voucher": "4.3-5",
}
