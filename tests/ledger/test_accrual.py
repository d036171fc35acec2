"""Interest that has run up on a loan: day by day, exactly, rounded once a settlement."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.ledger.accrual import Movement, accrued, settlement_days
from anju.ledger.schedules import DAY_COUNTS, ROUNDINGS, Terms

pytestmark = pytest.mark.clause("4.3-2")
START = date(2026, 1, 10)


def terms(**changes: Any) -> Terms:
    values = {
        "principal_fen": 500_000_000, "rate_bp": 300, "months": 60, "method": "principal", "starts_on": START, "settlement_day": 20,
        "day_count": "act/360", "rounding": "half_up", "period_months": 3,
    }  # fmt: skip
    return Terms(**{**values, **changes})


def test_the_worked_example() -> None:
    """3 % by actual days/360: 1,000,000 元 drawn on 10 January, 200,000 元 repaid on 20 February.

    41 days × 1,000,000 + 28 days × 800,000 = 63,400,000 元·日; × 3 % / 360 = 5,283.333… 元, so 5,283.33 元 due on 20 March.
    Then 11 days × 800,000 × 3 % / 360 = 733.333… 元 run up to 31 March.
    """
    moves = [Movement(START, 100_000_000), Movement(date(2026, 2, 20), -20_000_000)]
    found = accrued(terms(), moves, until=date(2026, 3, 31))
    assert [(s.since, s.due_on, s.interest_fen) for s in found.settlements] == [(START, date(2026, 3, 20), 528_333)]
    assert (found.due_fen, found.running_fen, found.total_fen) == (528_333, 73_333, 601_666)


def test_the_day_of_a_drawdown_counts_and_that_of_a_repayment_does_not() -> None:
    drawn = [Movement(START, 360_000_000)]
    assert accrued(terms(), drawn, until=START).total_fen == 0
    assert accrued(terms(), drawn, until=START + timedelta(days=1)).total_fen == 30_000, (
        "one day of 3 % on 3,600,000 元"
    )
    repaid = [*drawn, Movement(START + timedelta(days=1), -360_000_000)]
    assert accrued(terms(), repaid, until=START + timedelta(days=50)).total_fen == 30_000


def test_interest_is_settled_at_the_quarters_end_or_each_month_where_it_is_repaid_so() -> None:
    quarters = [date(2026, 3, 20), date(2026, 6, 20), date(2026, 9, 20), date(2026, 12, 20), date(2027, 3, 20)]
    assert settlement_days(terms(), START, date(2027, 3, 20)) == quarters
    assert settlement_days(terms(period_months=12), START, date(2026, 6, 19)) == quarters[:1]
    monthly = settlement_days(terms(period_months=1, settlement_day=31), START, date(2026, 4, 30))
    assert monthly == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert settlement_days(terms(), date(2026, 3, 20), date(2026, 3, 20)) == [], "nothing on the day it begins"


def test_more_repaid_than_drawn_is_a_fault() -> None:
    with pytest.raises(ValueError, match="more repaid than drawn"):
        accrued(terms(), [Movement(START, 1), Movement(START, -2)], until=date(2026, 2, 1))


DAYS = st.integers(0, 900).map(lambda n: START + timedelta(days=n))


@given(
    st.lists(st.tuples(DAYS, st.integers(1, 10**12)), min_size=1, max_size=8),
    st.integers(0, 2400),
    st.sampled_from([code for code, _ in DAY_COUNTS if code != "30/360"]),
    st.sampled_from([code for code, _ in ROUNDINGS]),
    DAYS,
)
def test_it_is_the_sum_over_the_days_to_less_than_a_fen_a_settlement(
    drawn: list[tuple[date, int]], rate: int, count: str, rounding: str, until: date
) -> None:
    found = accrued(
        terms(rate_bp=rate, day_count=count, rounding=rounding), [Movement(day, fen) for day, fen in drawn], until=until
    )
    by_day = sum(
        Fraction(fen * max(0, (until - day).days) * rate, 10_000 * int(count.removeprefix("act/")))
        for day, fen in drawn
    )
    assert abs(found.total_fen - by_day) <= len(found.settlements) + 1
    assert found.due_fen <= found.total_fen
