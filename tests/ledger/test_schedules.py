"""Schedules in integer fen: each closes exactly on the principal, whatever the terms."""

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anju.ledger.schedules import DAY_COUNTS, METHODS, ROUNDINGS, BadTerms, Terms, interest_between, schedule

pytestmark = pytest.mark.clause("4.2-2")
START = date(2026, 3, 21)


def terms(**changes: Any) -> Terms:
    values = {
        "principal_fen": 120_000_000_00, "rate_bp": 300, "months": 12, "method": "instalment", "starts_on": START, "settlement_day": 21,
        "day_count": "30/360", "rounding": "half_up", "period_months": 1,
    }  # fmt: skip
    return Terms(**{**values, **changes})


def test_equal_instalments_of_a_year_are_the_textbooks() -> None:
    """1.2 亿元 at 3 % over twelve months: 10,163,243.85 元 a month by the annuity formula (computed apart in decimals)."""
    found = schedule(terms())
    assert {row.total_fen for row in found[:-1]} == {1_016_324_385}
    assert found[0].interest_fen == 30_000_000, "0.25 % of the principal"
    assert abs(found[-1].total_fen - 1_016_324_385) <= 12, "the last one takes what rounding left"


def test_equal_principal_and_interest_only() -> None:
    equal = schedule(terms(method="principal", principal_fen=100, rate_bp=1200, months=3))
    assert [(r.principal_fen, r.interest_fen, r.left_fen) for r in equal] == [(33, 1, 67), (33, 1, 34), (34, 0, 0)]
    bullet = schedule(terms(method="bullet", principal_fen=1_000_000, rate_bp=360, months=12, period_months=3))
    assert [(r.principal_fen, r.interest_fen) for r in bullet] == [
        (0, 9_000),
        (0, 9_000),
        (0, 9_000),
        (1_000_000, 9_000),
    ]


def test_actual_days_count_the_days_and_months_end_where_they_end() -> None:
    days = {"day_count": "act/365", "starts_on": date(2026, 1, 31), "settlement_day": 31}
    found = schedule(terms(method="bullet", principal_fen=3_650_000_00, rate_bp=100, months=3, **days))
    assert [r.due_on for r in found] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert [r.interest_fen for r in found] == [28 * 100_00, 31 * 100_00, 30 * 100_00]


def test_a_settlement_day_of_its_own_makes_the_first_period_shorter_and_the_last_ends_at_maturity() -> None:
    found = schedule(terms(months=3, settlement_day=10, day_count="act/360"))
    assert [r.due_on for r in found] == [date(2026, 4, 10), date(2026, 5, 10), date(2026, 6, 21)]


@pytest.mark.parametrize(("rounding", "fen"), [("half_up", 3), ("half_even", 2), ("down", 2)])
def test_half_a_fen_is_rounded_as_the_contract_says(rounding: str, fen: int) -> None:
    assert interest_between(terms(rounding=rounding, rate_bp=1200), 250, START, date(2026, 4, 21)) == fen


BAD = [
    ({"principal_fen": 0}, "贷款本金"), ({"rate_bp": 2401}, "年利率"), ({"rate_bp": -1}, "年利率"), ({"months": 0}, "期限"),
    ({"months": 601}, "期限"), ({"settlement_day": 32}, "结息日"), ({"period_months": 5}, "不能整除"), ({"method": "x"}, "还款方式"),
    ({"day_count": "x"}, "计息方式"), ({"rounding": "x"}, "取整方式"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), BAD)
def test_terms_that_cannot_be_are_refused_with_their_limit(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadTerms, match=said):
        terms(**changes)


def test_a_loan_whose_first_interest_eats_the_instalment_is_refused() -> None:
    with pytest.raises(BadTerms, match="本金还不下来"):
        schedule(terms(rate_bp=2400, months=600, day_count="act/360"))


@given(
    principal=st.integers(1, 10**13), rate=st.integers(0, 2400), periods=st.integers(1, 120), every=st.sampled_from([1, 3, 6, 12]),
    method=st.sampled_from([m for m, _ in METHODS]), day_count=st.sampled_from([d for d, _ in DAY_COUNTS]),
    rounding=st.sampled_from([r for r, _ in ROUNDINGS]), day=st.integers(1, 31), start=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
)  # fmt: skip
def test_every_schedule_closes_exactly_on_the_principal(
    principal: int,
    rate: int,
    periods: int,
    every: int,
    method: str,
    day_count: str,
    rounding: str,
    day: int,
    start: date,
) -> None:
    assume(periods * every <= 600)
    wanted = terms(
        principal_fen=principal, rate_bp=rate, months=periods * every, method=method, day_count=day_count, rounding=rounding,
        settlement_day=day, starts_on=start, period_months=every,
    )  # fmt: skip
    try:
        found = schedule(wanted)
    except BadTerms:
        assume(False)
    assert sum(r.principal_fen for r in found) == principal
    assert found[-1].left_fen == 0
    assert all(r.principal_fen >= 0 and r.interest_fen >= 0 and r.left_fen >= 0 for r in found)
    assert [r.due_on for r in found] == sorted({r.due_on for r in found})
    assert len(found) == periods
