"""3.3: who may be taken into the reserve, on each side of every limit, and what happens where something is not known."""

from dataclasses import replace

import pytest

from anju.policy.rules import screening
from anju.policy.rules.screening import FIVE, ProjectFacts, UnitFacts
from anju.policy.verdict import Outcome
from support.book import inforce

P, F, W, U = Outcome.PASS, Outcome.FAIL, Outcome.WAIVABLE, Outcome.UNKNOWN
GUARDS = dict.fromkeys(("hidden_debt", "moral_hazard", "operating_risk", "long_vacancy"), True)
GOOD_UNIT = UnitFacts(900_000, "住宅", mortgaged=False, seized=False, objected=False, occupied=False)
GOOD_PROJECT = ProjectFacts(True, dict.fromkeys(FIVE, True), GUARDS, price_fits=True, place_fits=True)

AREAS = [
    ("3.3-3", "sale", 1_199_900, P),
    ("3.3-3", "sale", 1_200_000, P),
    ("3.3-3", "sale", 1_200_001, F),
    ("3.3-3", "sale", 1_200_100, F),
    ("3.3-3", "sale", None, U),
    ("3.3-4", "rent", 1_000_000, P),
    ("3.3-4", "rent", 1_000_001, W),
    ("3.3-4", "rent", 1_200_001, W),
    ("3.3-4", "rent", None, U),
]


@pytest.mark.clause("3.3-3", "3.3-4")
@pytest.mark.parametrize(("clause", "tenure", "area", "outcome"), AREAS)
def test_the_area_limits_themselves_pass_and_what_lies_above_does_not(
    clause: str, tenure: str, area: int | None, outcome: Outcome
) -> None:
    rule = {"sale": screening.sale_area, "rent": screening.rent_area}[tenure]
    found = rule(area, inforce())
    assert (found.clause, found.outcome) == (clause, outcome)


def test_the_sentence_never_rounds_an_area_over_the_limit_down_to_it() -> None:
    assert "120.0001㎡" in screening.sale_area(1_200_001, inforce()).sentence
    assert "120.01㎡" in screening.sale_area(1_200_100, inforce()).sentence


SHARES = [
    ([700_000] * 51 + [700_001] * 49, P),
    ([700_000] * 50 + [700_001] * 50, F),
    ([700_000], P),
    ([700_000, None], U),
    ([], U),
]


@pytest.mark.clause("3.3-4")
@pytest.mark.parametrize(("areas", "outcome"), SHARES)
def test_homes_up_to_70_square_metres_are_the_main_part(areas: list[int | None], outcome: Outcome) -> None:
    assert screening.main_share(areas, inforce()).outcome is outcome


@pytest.mark.clause("3.3-4")
def test_the_main_share_waits_while_nobody_has_set_it() -> None:
    found = screening.main_share([500_000], inforce(without="rent_main_share_min"))
    assert found.outcome is U and "参数" in found.sentence


RIGHTS = [
    ("seized", True, F),
    ("seized", None, U),
    ("objected", True, F),
    ("objected", None, U),
    ("occupied", True, F),
    ("occupied", None, U),
    ("mortgaged", True, F),
    ("mortgaged", None, U),
]


@pytest.mark.clause("3.3-5")
@pytest.mark.parametrize(("field", "value", "outcome"), RIGHTS)
def test_a_burden_on_the_home_keeps_it_out(field: str, value: bool | None, outcome: Outcome) -> None:
    found = screening.screen_unit(replace(GOOD_UNIT, **{field: value}), GOOD_PROJECT, tenure="sale", inforce=inforce())
    assert max(found, key=lambda v: list(Outcome).index(v.outcome) if v.outcome is not P else -1).outcome in (
        outcome,
        U,
    )
    assert outcome in {v.outcome for v in found}


@pytest.mark.clause("3.3-5")
def test_a_mortgage_with_the_mortgagees_release_plan_passes() -> None:
    found = screening.mortgage(replace(GOOD_UNIT, mortgaged=True, release_plan="银行同意，付款当日解押"))
    assert found.outcome is P


PROJECTS = [
    ("3.3-2", {"completed": False}, F),
    ("3.3-2", {"completed": None}, U),
    ("3.3-2", {"guards": {**GUARDS, "long_vacancy": False}}, F),
    ("3.3-2", {"guards": {k: v for k, v in GUARDS.items() if k != "hidden_debt"}}, U),
    ("3.3-2", {"price_fits": False}, F),
    ("3.3-2", {"place_fits": False}, F),
    ("3.3-5", {"five": {**dict.fromkeys(FIVE, True), "title": False}}, F),
    ("3.3-5", {"five": {}}, U),
]


@pytest.mark.clause("3.3-2", "3.3-5")
@pytest.mark.parametrize(("clause", "change", "outcome"), PROJECTS)
def test_one_missing_standard_is_enough_to_stop_a_project(
    clause: str, change: dict[str, object], outcome: Outcome
) -> None:
    found = screening.screen_project(replace(GOOD_PROJECT, **change), inforce())
    assert outcome in {v.outcome for v in found if v.clause == clause}


def test_a_home_and_project_with_every_standard_met_pass_every_rule() -> None:
    found = screening.screen_unit(GOOD_UNIT, GOOD_PROJECT, tenure="sale", inforce=inforce())
    assert {v.outcome for v in found} == {P}


@pytest.mark.clause("3.3-2")
def test_price_and_place_may_be_open_for_the_reserve_but_not_failed() -> None:
    still_open = replace(GOOD_PROJECT, price_fits=None, place_fits=None)
    assert {v.outcome for v in screening.for_reserve(screening.screen_project(still_open, inforce()))} == {P}
    failed = replace(GOOD_PROJECT, price_fits=False)
    assert F in {v.outcome for v in screening.for_reserve(screening.screen_project(failed, inforce()))}


@pytest.mark.parametrize(("use", "outcome"), [("住宅", P), ("成套住宅", P), ("商业", F), ("车位", F), ("", U)])
def test_only_a_dwelling_can_be_a_home(use: str, outcome: Outcome) -> None:
    assert screening.size(use, 900_000, inforce()).outcome is outcome
