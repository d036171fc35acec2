"""What changes the reserve, each as a person would say it."""

from .changes import change_tenure, correct_unit, record_rights
from .moves import move_project, move_units, tell_place, tell_price, withdraw_project, withdraw_units
from .projects import declare_project, record_check, record_checks
from .reserving import admit_units, refuse_units, waive, waive_units
from .screening import screen_project
from .snapshots import take_stock_snapshot
from .units import take_units

__all__ = [
    "admit_units", "change_tenure", "correct_unit", "declare_project", "move_project", "move_units", "record_check",
    "record_checks", "record_rights", "refuse_units", "screen_project", "take_stock_snapshot", "take_units", "tell_place",
    "tell_price", "waive", "waive_units", "withdraw_project", "withdraw_units",
]  # fmt: skip
