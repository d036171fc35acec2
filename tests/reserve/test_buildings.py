"""The demonstration's stock (合成): 12,000 homes of realistic shape, the same for the same seed, bad only where it is meant."""

import random
from collections import Counter

import pytest

from anju.front.demo import buildings
from anju.front.demo.buildings import CITY, CITY_PROPER
from anju.policy.rules.people import unit_code
from anju.policy.verdict import Outcome

PLANS = buildings.plans(random.Random(20250004))


def test_there_are_forty_projects_with_twelve_thousand_homes_and_no_code_twice() -> None:
    codes = [unit["code"] for plan in PLANS for unit in [*plan.units, *plan.spaces]]
    assert len(PLANS) == 40 and sum(len(p.units) for p in PLANS) == 12_000 and len(set(codes)) == len(codes)
    assert {p.stands_in for p in PLANS if p.region == CITY} == {CITY_PROPER}
    assert (
        len({p.region for p in PLANS}) == 10
        and len({p.number for p in PLANS}) == 40
        and len({p.name for p in PLANS}) == 40
    )


def test_the_same_seed_builds_the_same_city() -> None:
    again = buildings.plans(random.Random(20250004))
    assert [p.units for p in again] == [p.units for p in PLANS]
    assert [p.units for p in buildings.plans(random.Random(1))] != [p.units for p in PLANS]


@pytest.mark.clause("3.3-1")
def test_every_home_stands_in_its_building_and_its_code_in_its_county() -> None:
    for plan in PLANS:
        places = Counter((u["building"], u["stairwell"], u["floor"], u["room"]) for u in plan.units)
        assert max(places.values()) == 1, plan.name
        for unit in plan.units:
            assert 1 <= unit["floor"] <= unit["floors"] <= 34 and 1 <= unit["stairwell"] <= unit["stairwells"]
            assert unit_code(unit["code"], plan.stands_in).outcome is Outcome.PASS


@pytest.mark.clause("3.3-3")
def test_a_home_is_over_the_limit_only_where_that_is_to_be_shown() -> None:
    over = [(p.kind, u["tenure"]) for p in PLANS for u in p.units if u["hundredths"] > 12_000]
    assert set(over) == {("oversize", "sale")} and len(over) == 6
    large = [u for p in PLANS for u in p.units if u["tenure"] == "rent" and u["hundredths"] > 10_000]
    assert 0 < len(large) < 120, "a few to waive"


@pytest.mark.clause("3.4-1")
def test_no_profit_of_the_demonstration_is_above_five_per_cent() -> None:
    assert all(20 * p.profit <= p.land + p.construction for p in PLANS)
    cheap = {p.kind: p.appraised for p in PLANS if p.kind in ("A", "B", "C")}
    others = min((p.land + p.construction) * 105 // 100 for p in PLANS if p.region == CITY and p.kind not in cheap)
    assert set(cheap) == {"A", "B", "C"} and all(
        (p.land + p.construction) * 105 // 100 <= others + 5_000 for p in PLANS if p.kind in cheap
    )
