"""Supervised accounts, banks' offers and loans."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey
from anju.ledger.schedules import DAY_COUNTS, METHODS, ROUNDINGS

LOAN_KINDS: list[tuple[str, str]] = [
    ("relending", "保障性住房再贷款支持的贷款"),
    ("policy", "政策性银行贷款"),
    ("commercial", "商业银行贷款"),
]


class SupervisedAccount(Placed):
    """The supervised account (资金监管专户) at the lending bank: loan money in, out and back all go through it."""

    party_column = "id"

    acquirer = SharedKey("parties.Organisation", related_name="+")
    bank = SharedKey("parties.Organisation", related_name="+")
    number = models.CharField(max_length=40)
    document = models.CharField(max_length=80, help_text="监管协议编号")
    opened_on = models.DateField()
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="supervised_account_once"),
            models.UniqueConstraint(fields=["region", "acquirer", "bank"], name="one_supervised_account_per_bank"),
        ]


class LoanTerms(Placed):
    """What an offer and a loan have in common: the terms that its schedule is computed from."""

    kind = models.CharField(max_length=20, choices=LOAN_KINDS)
    bank_decision = models.CharField(max_length=80, help_text="批复文号")
    principal_fen = models.BigIntegerField()
    rate_bp = models.IntegerField(help_text="yearly rate, hundredths of a per cent")
    months = models.IntegerField()
    method = models.CharField(max_length=12, choices=METHODS)
    period_months = models.SmallIntegerField()
    settlement_day = models.SmallIntegerField()
    day_count = models.CharField(max_length=8, choices=DAY_COUNTS)
    rounding = models.CharField(max_length=10, choices=ROUNDINGS)

    class Meta:
        abstract = True


def _terms(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(
            principal_fen__gt=0, rate_bp__gte=0, rate_bp__lte=2400, months__gt=0, months__lte=600, period_months__gte=1,
            settlement_day__gte=1, settlement_day__lte=31,
        ),
        name=name,
    )  # fmt: skip


class LoanOffer(LoanTerms):
    """A bank's offer (贷款方案) for a project: the bank decides freely, the acquirer compares."""

    party_column = "id"

    STATES: ClassVar = [("offered", "可选"), ("accepted", "已采用"), ("declined", "未采用")]

    project = PlacedKey("reserve.Project", related_name="loan_offers")
    bank = SharedKey("parties.Organisation", related_name="+")
    offered_on = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(max_length=10, choices=STATES, default="offered")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "bank", "bank_decision"], name="loan_offer_once"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("offered_on")), name="loan_offer_days"),
            _terms("loan_offer_terms"),
        ]


class Loan(LoanTerms):
    """A loan (贷款) for one project; drawn by milestone, repaid from its own receipts. ``drawn_fen`` and ``repaid_fen`` are sums."""

    party_column = "id"

    STATES: ClassVar = [("drafted", "待签署"), ("signed", "已签署"), ("settled", "已结清"), ("withdrawn", "已撤回")]

    project = PlacedKey("reserve.Project", related_name="loans")
    agreement = PlacedKey("purchase.Agreement", related_name="loans")
    account = PlacedKey(SupervisedAccount, related_name="loans")
    offer = PlacedKey(LoanOffer, related_name="loans")
    decision = PlacedKey("negotiation.AcquirerDecision", null=True, related_name="+")
    number = models.CharField(max_length=60, help_text="贷款合同号")
    drawn_fen = models.BigIntegerField(default=0)
    repaid_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=STATES, default="drafted")
    signed_on = models.DateField(null=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="loan_number_once"),
            models.CheckConstraint(
                condition=Q(
                    drawn_fen__gte=0,
                    drawn_fen__lte=F("principal_fen"),
                    repaid_fen__gte=0,
                    repaid_fen__lte=F("drawn_fen"),
                ),
                name="loan_drawn_within",
            ),
            models.CheckConstraint(condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="loan_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "withdrawn"], drawn_fen=0)
                | Q(signed_on__isnull=False, checker__isnull=False),
                name="no_drawdown_before_signing",
            ),
            _terms("loan_terms"),
        ]


class LoanRepayment(Placed):
    """What one distribution of receipts took off one loan, and when: with the drawdowns, what interest is counted on."""

    party_column = "loan_id"

    loan = PlacedKey(Loan, related_name="repayments")
    distribution = PlacedKey("funds.Distribution", related_name="repayments")
    repaid_on = models.DateField()
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "distribution", "loan"], name="loan_repayment_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="loan_repayment_amount"),
        ]


CARRIES: dict[str, str] = {
    "supervised_account_once": "4.3-1",
    "one_supervised_account_per_bank": "4.3-1",
    "loan_offer_once": "4.2-2",
    "loan_offer_days": "4.2-2",
    "loan_offer_terms": "4.2-2",
    "loan_number_once": "4.2-2",
    "loan_drawn_within": "4.3-5",
    "loan_two_people": "4.3-1",
    "no_drawdown_before_signing": "4.3-5",
    "loan_terms": "4.2-2",
    "limit_within_loans": "4.3-5",
    "loan_repayment_once": "4.3-2",
    "loan_repayment_amount": "4.3-2",
}
