"""The planner against brute force on tiny cities, its limits in whole numbers, and the same answer each time."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.planning import solver
from anju.planning.solver import City, Demand, Stock

pytestmark = pytest.mark.clause("3.2-3")
WAN = 1_000_000


def home(project: str = "p", area: int = 890_000, cost: int = 30, units: int = 1, **fields: object) -> Stock:
    """Equal homes; ``cost`` in 万元."""
    given_ = {"county": "231202", "tenure": "sale", "rooms": 2, **fields}
    return Stock(project=project, gross_cm2=area, cost_fen=cost * WAN, units=units, **given_)  # type: ignore[arg-type]


def wish(band: int = 800_000, households: int = 1, **fields: object) -> Demand:
    """Households of one cell."""
    given_ = {"county": "231202", "tenure": "sale", "rooms": 2, **fields}
    return Demand(area_band_cm2=band, households=households, **given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "stock", "demand", "fits"),
    [
        ("the same band", home(area=899_999), wish(800_000), True),
        ("one band above", home(area=900_000), wish(800_000), True),
        ("two bands above", home(area=1_000_000), wish(800_000), False),
        ("below what is wished", home(area=799_999), wish(800_000), False),
        ("another county", home(county="231221"), wish(), False),
        ("the other tenure", home(tenure="rent"), wish(), False),
        ("more rooms", home(rooms=3), wish(), False),
    ],
)
def test_a_home_answers_a_wish_of_its_place_tenure_rooms_and_band(
    what: str, stock: Stock, demand: Demand, fits: bool
) -> None:
    assert solver.fits(stock, demand, 1) is fits, what


def brute(city: City) -> tuple[int, int]:
    """The most households and then the least cost, by trying every purchase and the best way to serve with it."""
    best = (0, 0)
    for bought in itertools.product(*(range(s.units + 1) for s in city.stock)):
        cost = sum(n * s.cost_fen for n, s in zip(bought, city.stock, strict=True))
        answer = solver.Answer("optimal", {}, 0, cost, 0, bought)
        if not solver.lawful(city, answer) and _served(city, bought) == sum(bought):
            best = max(best, (sum(bought), -cost))
    return best[0], -best[1]


def _served(city: City, bought: tuple[int, ...]) -> int:
    """The most households that these homes serve, by augmenting paths."""
    slots = [i for i, n in enumerate(bought) for _ in range(n)]
    seats = [j for j, d in enumerate(city.demand) for _ in range(d.households)]
    held: dict[int, int] = {}

    def place(slot: int, seen: set[int]) -> bool:
        for at, j in enumerate(seats):
            if at not in seen and solver.fits(city.stock[slots[slot]], city.demand[j], city.reach):
                seen.add(at)
                if at not in held or place(held[at], seen):
                    held[at] = slot
                    return True
        return False

    return sum(place(slot, set()) for slot in range(len(slots)))


STOCK = st.builds(
    Stock, project=st.sampled_from(["p", "q"]), county=st.just("231202"), tenure=st.sampled_from(["sale", "rent"]),
    rooms=st.sampled_from([2, 3]),
    gross_cm2=st.sampled_from([650_000, 700_000, 790_000, 890_000]), cost_fen=st.sampled_from([11 * WAN, 17 * WAN, 23 * WAN, 31 * WAN]),
    units=st.integers(1, 2),
)  # fmt: skip
DEMAND = st.builds(
    Demand, county=st.just("231202"), tenure=st.sampled_from(["sale", "rent"]), rooms=st.sampled_from([2, 3]),
    area_band_cm2=st.sampled_from([600_000, 700_000, 800_000]), households=st.integers(1, 2),
)  # fmt: skip
CITIES = st.builds(
    City, stock=st.lists(STOCK, min_size=1, max_size=5).map(tuple),
    demand=st.lists(DEMAND, min_size=1, max_size=4, unique_by=lambda d: (d.tenure, d.rooms, d.area_band_cm2)).map(tuple),
    budget_fen=st.integers(1, 160).map(lambda n: n * WAN), least_units=st.sampled_from([1, 2, 3]),
    small_cm2=st.just(700_000), small_permille=st.sampled_from([510, 1_000]),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(city=CITIES)
def test_the_plan_is_the_best_there_is(city: City) -> None:
    answer = solver.solve(city)
    assert solver.lawful(city, answer) == []
    assert (answer.households, answer.cost_fen) == brute(city)
    assert answer.status == solver.OPTIMAL and answer.bound_milli // 1000 == answer.households
    assert sum(answer.served.values()) == sum(answer.bought) == answer.households


@pytest.mark.clause("2-1")
def test_the_budget_is_kept_to_the_fen() -> None:
    stock = Stock("q", "231202", "sale", 2, 890_000, 29_999_999, 5)
    exact = City((stock,), (wish(households=5),), 5 * 29_999_999)
    assert solver.solve(exact).households == 5
    assert solver.solve(replace(exact, budget_fen=5 * 29_999_999 - 1)).households == 4


@pytest.mark.clause("3.3-4")
def test_homes_for_rent_are_bought_mainly_small() -> None:
    small = home("p", 650_000, cost=20, units=1, tenure="rent")
    large = home("p", 790_000, cost=20, units=5, tenure="rent")
    wishes = (wish(600_000, 1, tenure="rent"), wish(700_000, 5, tenure="rent"))
    free = City((small, large), wishes, 1_000 * WAN)
    assert solver.solve(free).households == 6
    bound = solver.solve(replace(free, small_cm2=700_000, small_permille=510))
    assert bound.bought == (1, 0), "1 small and 1 large are 50 %, not 51 %"


@pytest.mark.clause("3.2-3")
def test_a_project_is_bought_in_a_lot_or_not_at_all() -> None:
    city = City((home("p", units=3), home("q", units=5, cost=40)), (wish(households=5),), 1_000 * WAN, least_units=4)
    assert solver.solve(city).bought == (0, 5), "3 of p are too few for a lot; q's five are dearer and enough"


def test_the_same_city_gives_the_same_plan() -> None:
    rng = random.Random(7)
    stock = tuple(
        home(
            f"p{n % 9}",
            rng.randrange(600_000, 1_200_000, 100),
            rng.randrange(20, 40),
            rng.randrange(1, 9),
            rooms=rng.choice([1, 2, 3]),
        )
        for n in range(60)
    )
    demand = tuple(
        wish(band, rng.randrange(0, 9), rooms=rooms)
        for rooms in (1, 2, 3)
        for band in range(600_000, 1_200_000, 100_000)
    )
    city = City(stock, demand, 2_000 * WAN, least_units=3)
    first = solver.solve(city)
    assert all(solver.solve(city) == first for _ in range(3)) and first.households > 0


def test_a_city_without_a_fitting_home_has_an_empty_plan() -> None:
    assert solver.solve(City((home(rooms=4),), (wish(),), WAN)).households == 0
    with pytest.raises(ValueError, match="预算"):
        solver.solve(City((home(),), (wish(),), 0))
