"""Funds (资金): supervised accounts, loans, drawdowns, entrusted payments, receipts, bank statements, subsidies."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey


class SupervisedAccount(Placed):
    """The supervised account (资金监管专户) at the lending bank: loan money in, out and back all go through it."""

    party_column = "bank_id"

    acquirer = SharedKey("parties.Organisation", related_name="+")
    bank = SharedKey("parties.Organisation", related_name="+")
    number = models.CharField(max_length=40)
    opened_on = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "number"], name="supervised_account_once")]


class Loan(Placed):
    """A loan (贷款) for one project; drawn by milestone, repaid from its own receipts."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="loans")
    agreement = PlacedKey("purchase.Agreement", related_name="loans")
    account = PlacedKey(SupervisedAccount, related_name="loans")
    decision = PlacedKey("negotiation.AcquirerDecision", null=True, related_name="+")
    bank_decision = models.CharField(max_length=80, help_text="批复文号")
    kind = models.CharField(max_length=20)
    principal_fen = models.BigIntegerField()
    rate_bp = models.IntegerField(help_text="yearly rate, hundredths of a per cent")
    months = models.IntegerField()
    drawn_fen = models.BigIntegerField(default=0)
    signed_on = models.DateField()
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(principal_fen__gt=0, drawn_fen__gte=0, drawn_fen__lte=F("principal_fen")), name="loan_drawn_within"),
            models.CheckConstraint(condition=Q(rate_bp__gt=0, rate_bp__lt=2400, months__gt=0), name="loan_terms"),
        ]  # fmt: skip


class Payment(Placed):
    """A drawdown (提款) with its entrusted payment (受托支付) to the seller, against a reached milestone."""

    party_column = "project_id"

    STATES: ClassVar = [("requested", "待银行审核"), ("held", "已冻结待付"), ("paid", "已支付"), ("refused", "已退回")]

    project = PlacedKey("reserve.Project", related_name="payments")
    loan = PlacedKey(Loan, related_name="payments")
    milestone = PlacedKey("purchase.Milestone", related_name="payments")
    payee = SharedKey("parties.Organisation", related_name="+")
    use = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=STATES, default="requested")
    requested_on = models.DateField()
    paid_on = models.DateField(null=True)
    hold = models.UUIDField(null=True)
    voucher = models.UUIDField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "milestone"], condition=~Q(state="refused"), name="one_payment_per_milestone"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_amount"),
            models.CheckConstraint(condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="payment_two_people"),
        ]


class Receipt(Placed):
    """Money from a home (回款): sale or rent, split by the waterfall of 4.3."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="receipts")
    unit = PlacedKey("reserve.Unit", null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=[("sale", "配售款"), ("rent", "租金")])
    amount_fen = models.BigIntegerField()
    received_on = models.DateField()
    statutory_fen = models.BigIntegerField()
    loan_fen = models.BigIntegerField()
    remainder_fen = models.BigIntegerField()
    voucher = models.UUIDField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_fen=F("statutory_fen") + F("loan_fen") + F("remainder_fen"), amount_fen__gt=0), name="waterfall_adds_up"
            ),
        ]


class BankLine(Placed):
    """One line of a bank statement; matched to exactly one voucher, or shown first."""

    account = PlacedKey(SupervisedAccount, related_name="lines")
    booked_on = models.DateField()
    reference = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField(help_text="money in is positive, out negative")
    counterparty = models.CharField(max_length=120)
    memo = models.CharField(max_length=200, blank=True)
    voucher = models.UUIDField(null=True)
    matched_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "account", "reference"], name="bank_line_once"),
            models.UniqueConstraint(fields=["region", "voucher"], condition=Q(voucher__isnull=False), name="voucher_matched_once"),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="bank_line_amount"),
        ]


class Subsidy(Placed):
    """A subsidy (补助资金) for a project, with the document that grants it."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="subsidies")
    level = models.CharField(max_length=10, choices=[("central", "中央"), ("province", "省级"), ("city", "市级"), ("county", "县级")])
    document = models.CharField(max_length=120)
    amount_fen = models.BigIntegerField()
    granted_on = models.DateField(null=True)
    voucher = models.UUIDField(null=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="subsidy_amount"),
            models.CheckConstraint(condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="subsidy_two_people"),
        ]


class ProceedsUse(Placed):
    """A use of the seller's proceeds (房企资金使用): its own project's debts first, then unfinished projects of its group."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="proceeds_uses")
    use = models.CharField(max_length=20)
    target = models.CharField(max_length=120)
    amount_fen = models.BigIntegerField()
    used_on = models.DateField()
    verdicts = models.JSONField()
    evidence = PlacedKey("base.Evidence", null=True, related_name="+")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="proceeds_amount")]
