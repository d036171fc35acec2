"""Reads of the money, shared by acts, pages, the API and reports. Sums are taken from the rows, never stored beside them."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from anju.base.regions import region_range
from anju.funds.models import (
    BankLine,
    DutyStatement,
    Loan,
    LoanOffer,
    LoanTerms,
    Payment,
    ProceedsUse,
    Receipt,
    SupervisedAccount,
)
from anju.ledger import books
from anju.ledger.accrual import Accrued, Movement, accrued
from anju.ledger.models import Book, Transfer, Voucher
from anju.ledger.schedules import Instalment, Terms, schedule
from anju.policy.rules.money import Drawdown
from anju.purchase.models import Agreement, Milestone
from anju.reserve.models import Project

# Vouchers of interest have keys that begin with this word and the loan.
INTEREST = "interest"
ASKED = ("reported", "requested", "examined")
STANDING = (*ASKED, "held", "paid")
TERMS = (
    "kind", "bank_decision", "principal_fen", "rate_bp", "months", "method", "period_months", "settlement_day", "day_count", "rounding",
)  # fmt: skip


def in_region(rows: QuerySet[Any, Any], region: str) -> QuerySet[Any, Any]:
    """The rows that a post of ``region`` sees: pages filter by region themselves, row-level security is the net."""
    lo, hi = region_range(region)
    return rows.filter(region=region) if lo == hi else rows.filter(region__gte=lo, region__lte=hi)


def total(rows: QuerySet[Any, Any], field: str = "amount_fen") -> int:
    """The sum of a column of fen."""
    return rows.aggregate(total=Sum(field))["total"] or 0


def live_agreement(project: Project) -> Agreement | None:
    """The project's agreement that is signed (or fulfilled), None where there is none."""
    return Agreement.objects.filter(region=project.region, project=project, state__in=["signed", "completed"]).first()


# Loans


def terms_fields(row: LoanTerms) -> dict[str, Any]:
    """The terms as keyword values."""
    return {name: getattr(row, name) for name in TERMS}


def terms_of(row: LoanTerms, starts_on: date) -> Terms:
    """The terms as a schedule asks for them. Raises BadTerms."""
    return Terms(
        principal_fen=row.principal_fen, rate_bp=row.rate_bp, months=row.months, method=row.method, starts_on=starts_on,
        settlement_day=row.settlement_day, day_count=row.day_count, rounding=row.rounding, period_months=row.period_months,
    )  # fmt: skip


def schedule_of(row: Loan | LoanOffer) -> list[Instalment]:
    """The repayment schedule on the full principal: from the signing, or from the day of the offer."""
    if isinstance(row, LoanOffer):
        return schedule(terms_of(row, row.offered_on))
    return schedule(terms_of(row, row.signed_on or row.offer.offered_on))


def cost_of(row: Loan | LoanOffer) -> int:
    """All interest of the schedule, in fen: what offers are compared by."""
    return sum(item.interest_fen for item in schedule_of(row))


def movements(loan: Loan) -> list[Movement]:
    """What was drawn, came back unpaid and was repaid, by the day it counts from."""
    payments = Payment.objects.filter(region=loan.region, loan=loan, drawdown_voucher__isnull=False)
    drawn = [
        (pk, amount, day)
        for pk, amount, day in payments.values_list("id", "amount_fen", "drawdown_voucher__value_date")
    ]
    back = Voucher.objects.filter(region=loan.region, key__in=[f"return:{pk}" for pk, _, _ in drawn])
    repaid = loan.repayments.values_list("repaid_on", "amount_fen")
    return [
        *(Movement(day, amount) for _, amount, day in drawn),
        *(Movement(day, -amount) for day, amount in back.values_list("value_date", "total_fen")),
        *(Movement(day, -amount) for day, amount in repaid),
    ]


def interest_of(loan: Loan, until: date) -> Accrued:
    """The interest that has run up on a signed loan, up to a day."""
    return accrued(terms_of(loan, loan.signed_on or until), movements(loan), until=until)


def interest_vouchers(loan: Loan) -> QuerySet[Voucher, Any]:
    """The interest paid on a loan, each with its voucher."""
    rows = Voucher.objects.filter(region=loan.region, kind="interest_payment", reversal=False, reversed_by__isnull=True)
    return rows.filter(key__startswith=f"{INTEREST}:{loan.id}:").order_by("value_date", "number")


# Payments


def drawdown_of_agreement(row: Payment) -> Drawdown:
    """This payment of the price beside all that was asked for or paid before, and the milestones reached."""
    others = Payment.objects.filter(
        region=row.region, agreement=row.agreement, use="purchase", state__in=STANDING
    ).exclude(id=row.id)
    reached = Milestone.objects.filter(region=row.region, agreement=row.agreement, reached_on__isnull=False)
    return Drawdown(amount_fen=row.amount_fen, drawn_fen=total(others), principal_fen=None, reached_fen=total(reached))


def drawdown_of_loan(row: Payment, loan: Loan) -> Drawdown:
    """This drawdown beside what was drawn, and what others have asked for."""
    asked = Payment.objects.filter(region=row.region, loan=loan, state__in=ASKED).exclude(id=row.id)
    return Drawdown(
        amount_fen=row.amount_fen,
        drawn_fen=loan.drawn_fen + total(asked),
        principal_fen=loan.principal_fen,
        reached_fen=None,
    )


def all_paid(agreement: Agreement) -> bool:
    """Whether every milestone is reached and its sum paid in full."""
    if agreement.state != "signed" or agreement.milestones.filter(reached_on__isnull=True).exists():
        return False
    paid = Payment.objects.filter(region=agreement.region, agreement=agreement, use="purchase", state="paid")
    return total(paid) == agreement.total_fen


# Receipts and the waterfall


def latest_duties(project: Project) -> DutyStatement | None:
    """The statement of duties in force, None where nobody has stated any."""
    return DutyStatement.objects.filter(region=project.region, project=project).order_by("-id").first()


def duties_left(statement: DutyStatement) -> int:
    """What of a statement no receipt has filled yet."""
    return statement.amount_fen - total(statement.receipts.all(), "statutory_fen")


def loan_left(project: Project, book: Book) -> int:
    """What of the purchase loans is owed and not yet set aside by a receipt that waits to be paid on."""
    waiting = Receipt.objects.filter(region=project.region, project=project, distribution__isnull=True)
    return max(0, -books.balance(book, "loan") - total(waiting, "loan_fen"))


def unsplit_earnest(book: Book) -> list[tuple[Voucher, str]]:
    """Earnest money that came into the project as price or rent and is no receipt yet: (voucher, sale or rent)."""
    known = Receipt.objects.filter(region=book.region, voucher=OuterRef("pk"))
    rows = Voucher.objects.filter(
        region=book.region, book=book, kind="earnest_received", reversal=False, reversed_by__isnull=True
    )
    ids = list(rows.filter(~Exists(known)).order_by("number").values_list("id", flat=True))
    kinds = {"sale_income": "sale", "rent_income": "rent"}
    lines = Transfer.objects.filter(region=book.region, voucher__in=ids, credit_purpose__in=kinds).select_related(
        "voucher"
    )
    return [(line.voucher, kinds[line.credit_purpose]) for line in lines.order_by("voucher__number")]


# The bank's statement


def books_of_account(account: SupervisedAccount) -> QuerySet[Book, Any]:
    """The project books that run through a supervised account: those of its loans."""
    projects = Loan.objects.filter(region=account.region, account=account).exclude(state="withdrawn").values("project")
    return Book.objects.filter(region=account.region, kind="project", object_id__in=projects)


def open_vouchers(account: SupervisedAccount) -> QuerySet[Voucher, Any]:
    """Vouchers that move the account and no line bears out yet; one and its reversal cancel out and wait for nothing."""
    matched = BankLine.objects.filter(region=account.region, voucher=OuterRef("pk"))
    rows = Voucher.objects.filter(
        region=account.region, book__in=books_of_account(account), reversal=False, reversed_by__isnull=True
    )
    return rows.filter(~Q(bank_fen=0), ~Exists(matched)).order_by("value_date", "number")


def open_lines(account: SupervisedAccount) -> QuerySet[BankLine, Any]:
    """Lines that no voucher explains yet, oldest first."""
    return BankLine.objects.filter(region=account.region, account=account, voucher__isnull=True).order_by(
        "booked_on", "id"
    )


def candidates(line: BankLine) -> list[Voucher]:
    """Open vouchers of exactly the line's amount, those of the nearest day first."""
    rows = open_vouchers(line.account).filter(bank_fen=line.amount_fen).select_related("book")
    return sorted(rows, key=lambda v: abs((v.value_date - line.booked_on).days))


# The seller's proceeds


def own_debt_left(project: Project) -> int | None:
    """The project's own debts that its seller still has to repay; None where they are unknown."""
    if project.debt_fen is None:
        return None
    uses = ProceedsUse.objects.filter(region=project.region, project=project, use="own_debt")
    return max(0, project.debt_fen - total(uses))


def proceeds_left(project: Project) -> int:
    """What was paid to the seller and is not used yet."""
    paid = Payment.objects.filter(
        region=project.region, project=project, use="purchase", state="paid", payee=F("project__developer")
    )
    return total(paid) - total(ProceedsUse.objects.filter(region=project.region, project=project))
