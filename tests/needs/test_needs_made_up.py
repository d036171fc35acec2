"""The demonstration's households: calibrated on the census, and nobody's numbers."""

import random
from datetime import date

import pytest

from anju.front.demo.households import FIRST_ACCEPTED, County, Person
from anju.parties import suihua
from anju.policy.rules import people

pytestmark = pytest.mark.clause("3.2-1")
COUNT = 3_000


@pytest.fixture(scope="module", params=["231202", "231223"])
def drawn(request: pytest.FixtureRequest) -> tuple[dict[str, int], list[list[Person]]]:
    figures = {r.name: int(r.value) for r in suihua.figures("231200") if r.area == request.param and r.year == 2020}
    county = County(request.param, figures, [f"{request.param}001"], random.Random(5))
    return figures, [county.household(n, n, ("231282",)).persons for n in range(1, COUNT + 1)]


def test_one_person_households_and_the_mean_size_are_the_countys(
    drawn: tuple[dict[str, int], list[list[Person]]],
) -> None:
    figures, households = drawn
    single = sum(len(household) == 1 for household in households) / COUNT
    assert abs(single - figures["single_hh"] / figures["households"]) < 0.03
    mean = sum(map(len, households)) / COUNT
    assert abs(mean - figures["hh_pop"] / figures["households"]) < 0.1


def test_ages_of_applicants_follow_the_countys(drawn: tuple[dict[str, int], list[list[Person]]]) -> None:
    figures, households = drawn
    groups = [f"{low}到{low + 4}岁" for low in range(20, 75, 5)]
    known = [figures[f"男_{group}"] + figures[f"女_{group}"] for group in groups]
    young = sum(known[:3]) / sum(known)
    found = sum((date(2026, 3, 2) - household[0].born).days < 35 * 365.25 for household in households) / COUNT
    assert abs(found - young) < 0.04


def test_every_number_is_valid_distinct_and_from_order_code_900_on(
    drawn: tuple[dict[str, int], list[list[Person]]],
) -> None:
    _, households = drawn
    everybody = [person for household in households for person in household]
    assert len({person.number for person in everybody}) == len(everybody)
    for person in everybody:
        assert people.birthday(person.number) == person.born and person.born < FIRST_ACCEPTED
        assert int(person.number[14:17]) >= 900
