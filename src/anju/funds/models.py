"""Funds (资金): supervised accounts, loans, drawdowns, entrusted payments, receipts, bank statements, subsidies. ``sql/funds.sql``."""

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
USES: list[tuple[str, str]] = [
    ("purchase", "收购款"),
    ("renovation", "必要装修改造"),
    ("other_reasonable", "其他合理支出"),
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


class Subsidy(Placed):
    """A subsidy (补助资金) for a project, with the document that grants it."""

    LEVELS: ClassVar = [("central", "中央"), ("province", "省级"), ("city", "市级"), ("county", "县级")]

    project = PlacedKey("reserve.Project", related_name="subsidies")
    level = models.CharField(max_length=10, choices=LEVELS)
    document = models.CharField(max_length=120)
    amount_fen = models.BigIntegerField()
    applied_on = models.DateField()
    granted_on = models.DateField(null=True)
    voucher = PlacedKey("ledger.Voucher", null=True, related_name="+")
    bank_reference = models.CharField(max_length=60, blank=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "document"], name="subsidy_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0) & ~Q(document=""), name="subsidy_amount"),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="subsidy_two_people"
            ),
            models.CheckConstraint(
                condition=Q(granted_on__isnull=True, voucher__isnull=True)
                | Q(granted_on__isnull=False, voucher__isnull=False, checker__isnull=False),
                name="a_granted_subsidy_is_posted",
            ),
        ]


class ProceedsUse(Placed):
    """A use of the seller's proceeds (房企资金使用): its own project's debts first, then unfinished projects of its group."""

    party_column = "project_id"

    USES: ClassVar = [
        ("own_debt", "偿还本项目债务"),
        ("unfinished_own", "本企业其他未建成项目"),
        ("unfinished_group", "集团公司未建成项目"),
    ]

    project = PlacedKey("reserve.Project", related_name="proceeds_uses")
    use = models.CharField(max_length=20, choices=USES)
    target = models.CharField(max_length=120)
    amount_fen = models.BigIntegerField()
    used_on = models.DateField()
    verdicts = models.JSONField()
    evidence = PlacedKey("base.Evidence", related_name="+")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="proceeds_amount"),
            models.CheckConstraint(
                condition=Q(use__in=["own_debt", "unfinished_own", "unfinished_group"]), name="proceeds_lawful_use"
            ),
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
    "duty_stated": "4.3-2",
    "distribution_amounts": "4.3-2",
    "distribution_is_posted": "4.3-2",
    "one_receipt_per_voucher": "4.3-2",
    "waterfall_adds_up": "4.3-2",
    "bank_line_once": "4.3-1",
    "voucher_matched_once": "4.3-1",
    "bank_line_amount": "4.3-1",
    "bank_line_says_how": "4.3-1",
    "a_match_by_hand_has_a_reason": "4.3-1",
    "matched_to_the_fen": "4.3-1",
    "subsidy_once": "4.2-1",
    "subsidy_amount": "4.2-1",
    "subsidy_two_people": "4.2-1",
    "a_granted_subsidy_is_posted": "4.2-1",
    "proceeds_amount": "4.3-6",
    "proceeds_lawful_use": "4.3-6",
}
