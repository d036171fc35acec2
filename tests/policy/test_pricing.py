"""3.4: the ceiling, exact in fen, worked by hand."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.policy.rules import pricing
from anju.policy.rules.pricing import Appraised, Costs, UnitPrice
from anju.policy.verdict import Outcome
from support.book import inforce

P, F, U = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
ON = date(2026, 5, 1)
# 10,000 ㎡; land 500 万, construction 2,000 万, profit 5 % of 2,500 万 = 125 万: cost 2,625 万 = 2,625 元/㎡.
COSTS = Costs(500_000_000, 2_000_000_000, 125_000_000, 100_000_000, transfer_land_fen=900_000_000)
# Appraised 2,600 元/㎡: it binds.
APPRAISED = Appraised(260_000, 2_600_000_000, 100_000_000, date(2026, 4, 1), date(2027, 12, 31))


@pytest.mark.clause("3.4-1")
def test_the_ceiling_is_the_lower_of_cost_with_profit_and_appraisal_to_the_fen() -> None:
    found, verdicts = pricing.compute_ceiling(COSTS, APPRAISED, ON, inforce())
    assert {v.outcome for v in verdicts} == {P}
    assert found is not None
    assert (found.cost_fen_m2, found.appraised_fen_m2, found.ceiling_fen_m2) == (262_500, 260_000, 260_000)
    assert (found.total_fen, found.binding) == (2_600_000_000, "appraisal")
    assert found.of_area(899_900) == 23_397_400, "89.99 ㎡ × 2,600 元 = 233,974.00 元"


@pytest.mark.clause("3.4-1")
def test_the_cost_binds_where_the_appraisal_is_higher() -> None:
    dear = replace(APPRAISED, price_fen_m2=300_000, total_fen=3_000_000_000)
    found, _ = pricing.compute_ceiling(COSTS, dear, ON, inforce())
    assert found is not None and (found.binding, found.total_fen) == ("cost", 2_625_000_000)


WRONG = [
    ("profit one fen over 5 %", {"profit_fen": 125_000_001}, {}, {}, F),
    ("profit on construction alone", {}, {}, {"price_profit_base": "construction"}, F),
    ("land missing", {"land_fen": None}, {}, {}, U),
    ("land equals the transfer price", {"land_fen": 900_000_000, "profit_fen": 0}, {}, {}, F),
    ("transfer price not said", {"transfer_land_fen": None}, {}, {}, U),
    ("negative construction", {"construction_fen": -1}, {}, {}, F),
    ("agency expired", {}, {"qualified_until": date(2026, 3, 31)}, {}, F),
    ("agency's term unknown", {}, {"qualified_until": None}, {}, U),
    ("value date in the future", {}, {"value_date": date(2026, 5, 2)}, {}, F),
    ("report too old", {}, {"value_date": date(2025, 4, 30)}, {}, F),
    ("total is not price × area", {}, {"total_fen": 2_700_000_000}, {}, F),
    ("other area", {"gross_cm2": 99_000_000}, {}, {}, F),
]


@pytest.mark.clause("3.4-1")
@pytest.mark.parametrize(("why", "costs", "appraised", "set_", "outcome"), WRONG, ids=[w[0] for w in WRONG])
def test_no_ceiling_stands_on_a_wrong_or_missing_input(
    why: str, costs: dict[str, object], appraised: dict[str, object], set_: dict[str, object], outcome: Outcome
) -> None:
    found, verdicts = pricing.compute_ceiling(
        replace(COSTS, **costs), replace(APPRAISED, **appraised), ON, inforce(**set_)
    )
    assert found is None, why
    assert outcome in {v.outcome for v in verdicts}


@pytest.mark.clause("3.4-1")
def test_5_per_cent_itself_passes() -> None:
    assert pricing.profit(COSTS, inforce()).outcome is P


@pytest.mark.clause("3.4-1")
@pytest.mark.parametrize(("name", "value"), [("price_profit_base", None), ("appraisal_valid_days", None)])
def test_an_unset_parameter_stops_the_ceiling(name: str, value: None) -> None:
    found, verdicts = pricing.compute_ceiling(COSTS, APPRAISED, ON, inforce(without=name))
    assert found is None and U in {v.outcome for v in verdicts}


@pytest.mark.clause("3.4-1")
@pytest.mark.parametrize(("price", "outcome"), [(260_000, P), (260_001, F), (None, U)])
def test_an_offer_at_the_ceiling_passes_and_one_fen_above_does_not(price: int | None, outcome: Outcome) -> None:
    assert pricing.under_ceiling(price, 260_000).outcome is outcome


TESTS = [("per_unit", F), ("per_m2", F), ("per_project", P)]


@pytest.mark.clause("3.4-1")
@pytest.mark.parametrize(("how", "outcome"), TESTS)
def test_which_test_applies_is_the_citys_to_set(how: str, outcome: Outcome) -> None:
    limit = pricing.ceiling(COSTS, APPRAISED)
    prices = [UnitPrice("1-101", 26_100_000, 1_000_000), UnitPrice("1-102", 25_900_000, 1_000_000)]
    assert pricing.price(prices, limit, inforce(price_cap_test=how)).outcome is outcome


def test_the_cap_waits_while_nobody_has_set_how_it_is_tested() -> None:
    limit = pricing.ceiling(COSTS, APPRAISED)
    assert pricing.price([UnitPrice("a", 1, 1)], limit, inforce(without="price_cap_test")).outcome is U


@given(st.integers(1, 10**12), st.integers(1, 10**12), st.integers(10_000, 10**10))
def test_no_ceiling_exceeds_either_limit(construction: int, appraised: int, area: int) -> None:
    found = pricing.ceiling(
        Costs(0, construction, 0, area), Appraised(appraised * 10_000 // area or 1, appraised, area, ON, ON)
    )
    assert found.total_fen <= construction and found.total_fen <= appraised
    assert found.ceiling_fen_m2 <= found.cost_fen_m2 and found.ceiling_fen_m2 <= found.appraised_fen_m2


@pytest.mark.parametrize(
    ("on", "outcome"), [(date(2026, 3, 31), F), (date(2026, 4, 1), P), (date(2026, 9, 28), P), (date(2026, 9, 29), F)]
)
def test_a_ceiling_is_used_within_its_days(on: date, outcome: Outcome) -> None:
    assert pricing.ceiling_valid(date(2026, 4, 1), on, inforce()).outcome is outcome
