"""A parameter book for tests of rules: every open parameter set, each of which a test may take away or change."""

from datetime import date
from typing import Any

from anju.policy.parameters import InForce, ParameterBook, Setting

DAY = date(2026, 3, 2)
CITY, COUNTY = "231200", "231202"
OPEN: dict[str, Any] = {
    "abandon_ban_years": 2,
    "afterpurchase_days": 90,
    "apply_window_days": 10,
    "appraisal_valid_days": 365,
    "area_per_person_line_cm2": {"sale": 300_000, "affordable_rental": 200_000, "public_rental": 150_000},
    "assessment_lines": [
        ["purchase", "收购完成率", 900],
        ["allotment", "配售配租率", 800],
        ["operation", "租金收缴率", 950],
    ],
    "ceiling_valid_days": 180,
    "gate_denominator": "letter",
    "deferral_days_max": 20,
    "income_line_fen": {"sale": "none", "affordable_rental": "none", "public_rental": 200_000},
    "insurance_months_min": 0,
    "letter_valid_days": 180,
    "min_single_age": {"sale": 25, "affordable_rental": 18, "public_rental": 18},
    "price_cap_test": "per_unit",
    "price_profit_base": "land_and_construction",
    "registration_rule": "none",
    "rent_discount_max": 900,
    "rent_main_share_min": 510,
    "rent_rise_max": 50,
    "residence_months_min": {"sale": 12, "affordable_rental": 0, "public_rental": 24},
    "rooms_table": [
        ["sale", 1, 2, 0, "any", 1, 2, 90],
        ["sale", 3, 99, 0, "any", 1, 3, 120],
        ["affordable_rental", 1, 99, 0, "any", 1, 2, 70],
        ["public_rental", 1, 3, 0, "any", 1, 1, 50],
        ["public_rental", 4, 99, 0, "same", 1, 2, 60],
        ["public_rental", 4, 99, 0, "mixed", 2, 3, 70],
        ["public_rental", 4, 99, 3, "any", 2, 3, 70],
    ],
    "special_decision_body": "task_force",
    "transfer_years": 0,
    "verification_items": "none",
}


def inforce(*, day: date = DAY, region: str = COUNTY, without: str = "", **changes: Any) -> InForce:
    """What holds on a day, with ``changes`` set by the city and ``without`` left open."""
    values = {**OPEN, **changes}
    values.pop(without, None)
    rows = [Setting(name, CITY, value, date(2025, 6, 1), "演示决议") for name, value in values.items()]
    return ParameterBook(rows).on(day, region)
