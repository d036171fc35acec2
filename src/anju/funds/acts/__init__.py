"""What moves the programme's money, each as a person would say it."""

from .accounts import draft_loan, open_supervised_account, pay_interest, sign_loan, take_offers, withdraw_loan
from .own import ask_own_funds, bring_own_funds, record_capital, withdraw_own_funds
from .payments import (
    approve_payment,
    approve_use,
    examine_payment,
    refuse_payment,
    request_payment,
    return_payment,
    settle_payment,
)
from .proceeds import record_proceeds_use
from .receipts import distribute_receipts, record_receipt, split_earnest, state_duties
from .statements import match_line, match_lines, take_lines, unmatch_line
from .subsidies import apply_subsidy, grant_subsidy

__all__ = [
    "apply_subsidy", "approve_payment", "approve_use", "ask_own_funds", "bring_own_funds", "distribute_receipts",
    "draft_loan", "examine_payment", "grant_subsidy", "match_line", "match_lines", "open_supervised_account",
    "pay_interest", "record_capital", "record_proceeds_use", "record_receipt", "refuse_payment", "request_payment",
    "return_payment", "settle_payment", "sign_loan", "split_earnest", "state_duties", "take_lines", "take_offers",
    "unmatch_line", "withdraw_loan", "withdraw_own_funds",
]  # fmt: skip
