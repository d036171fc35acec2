"""What changes an offering, each as a person would say it."""

from .announce import announce_batch
from .choose import allot, choose_home, contract_choice, drop_choice, lapse_unpaid, withdraw_home
from .earnest import Paid, record_earnest, record_earnest_many, refund_earnest, return_earnest
from .freeze import freeze, redraw
from .gate import accept_special, judge_gate
from .lots import (
    clear_public_value,
    commit_secret,
    draw_lots,
    enter_public_value,
    fix_sources,
    name_holders,
    reveal_secret,
)
from .subscribe import Wanted, subscribe, subscribe_many, withdraw_subscription

__all__ = [
    "Paid", "Wanted", "accept_special", "allot", "announce_batch", "choose_home", "clear_public_value", "commit_secret",
    "contract_choice", "draw_lots", "drop_choice", "enter_public_value", "fix_sources", "freeze", "judge_gate", "lapse_unpaid",
    "name_holders", "record_earnest", "record_earnest_many", "redraw", "refund_earnest", "return_earnest", "reveal_secret",
    "subscribe", "subscribe_many", "withdraw_home", "withdraw_subscription",
]  # fmt: skip
