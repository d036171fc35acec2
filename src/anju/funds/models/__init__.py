"""Funds (资金): supervised accounts, loans, drawdowns, entrusted payments, receipts, bank statements, subsidies. ``sql/funds.sql``."""

from anju.funds.models import loans, own, payments, receipts, statements
from anju.funds.models.loans import LOAN_KINDS, Loan, LoanOffer, LoanRepayment, LoanTerms, SupervisedAccount
from anju.funds.models.own import OwnFunds, ProceedsUse, Subsidy
from anju.funds.models.payments import USES, Payment
from anju.funds.models.receipts import Distribution, DutyStatement, Receipt
from anju.funds.models.statements import BankLine

CARRIES: dict[str, str] = {
    **loans.CARRIES, **payments.CARRIES, **receipts.CARRIES, **statements.CARRIES, **own.CARRIES,
}  # fmt: skip

__all__ = [
    "CARRIES", "LOAN_KINDS", "USES", "BankLine", "Distribution", "DutyStatement", "Loan", "LoanOffer", "LoanRepayment", "LoanTerms",
    "OwnFunds", "Payment", "ProceedsUse", "Receipt", "Subsidy", "SupervisedAccount",
]  # fmt: skip
