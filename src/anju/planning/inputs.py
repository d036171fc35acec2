"""What a plan is solved from, frozen: cells of stock and demand, prices, limits; and what its answer says in words."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from anju.base.acts import ActContext, Refused, canonical
from anju.needs import reads as needs
from anju.needs.models import DemandSnapshot
from anju.planning import solver
from anju.planning.solver import Answer, City, Demand, Stock
from anju.policy.parameters import Unset
from anju.pricing import reads as pricing
from anju.reserve.models import StockSnapshot, StockUnit

REACH = 1


@dataclass(frozen=True)
class Given:
    """The whole input of a plan; ``unpriced`` are homes of the snapshot whose project has no confirmed ceiling in force."""

    city: City
    stock_sha256: str
    demand_sha256: str
    ceilings: Mapping[str, int]
    unpriced: tuple[Stock, ...]
    solver: str

    def as_json(self) -> dict[str, Any]:
        """Plain values: what is stored, hashed and solved again."""
        return {**asdict(self), "ceilings": dict(self.ceilings)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Given":
        """What ``as_json`` wrote."""
        city = data["city"]
        stock = tuple(Stock(**row) for row in city["stock"])
        demand = tuple(Demand(**row) for row in city["demand"])
        unpriced = tuple(Stock(**row) for row in data["unpriced"])
        return cls(**{**data, "city": City(**{**city, "stock": stock, "demand": demand}), "unpriced": unpriced})

    @property
    def sha256(self) -> str:
        """The hash by which two plans have the same input."""
        return hashlib.sha256(canonical(self.as_json()).encode()).hexdigest()


def cell_key(stock: Stock) -> tuple[str, str, int, int]:
    """By which a home of the snapshot finds its cell."""
    return stock.project, stock.tenure, stock.rooms, stock.gross_cm2


def gather(
    ctx: ActContext, demand: DemandSnapshot, stock: StockSnapshot, *, budget_fen: int, least_units: int
) -> Given:
    """The input from two snapshots and the ceilings in force today. Raises Refused where it cannot be a plan's."""
    rows = list(StockUnit.objects.filter(region=stock.region, snapshot=stock).order_by("code", "unit_id"))
    held = {str(key): c for key, c in pricing.limits(list({row.project_id for row in rows}), ctx.today).items()}
    cells = Counter((str(r.project_id), r.county, r.tenure, r.rooms, r.gross_cm2) for r in rows)
    priced: list[Stock] = []
    unpriced: list[Stock] = []
    for (project, county, tenure, rooms, area), count in sorted(cells.items()):
        ceiling = held.get(project)
        cost = 0 if ceiling is None else ceiling.total_fen * area // ceiling.gross_cm2
        cell = Stock(project, county, tenure, rooms, area, cost, count)
        (unpriced if ceiling is None else priced).append(cell)
    if not priced:
        raise Refused(
            "库存快照中没有一个项目有已确认、在有效期内的收购价上限，不能求解；请先测算并确认上限", clause="3.4-1"
        )
    small, share = _small(ctx, priced)
    wanted = tuple(
        Demand(c["county"], c["tenure"], c["rooms"], c["area_band_cm2"], c["first_wishes"])
        for c in needs.snapshot_sums(demand)
        if c["first_wishes"]
    )
    city = City(tuple(priced), wanted, budget_fen, REACH, least_units, small, share)
    ceilings = {key: c.ceiling_fen_m2 for key, c in sorted(held.items())}
    return Given(city, stock.sha256, demand.sha256, ceilings, tuple(unpriced), solver.version())


def _small(ctx: ActContext, priced: list[Stock]) -> tuple[int | None, int | None]:
    """3.3-4, where there are homes for rent: how large a small home is and which share they must have. Raises Refused."""
    if not any(s.tenure == "rent" for s in priced):
        return None, None
    inforce = ctx.inforce(ctx.today)
    found = [inforce.get(name) for name in ("rent_unit_area_main", "rent_main_share_min")]
    for value in found:
        if isinstance(value, Unset):
            raise Refused(value.sentence, clause="3.3-4")
    return found[0].value, found[1].value


def unserved(given: Given, answer: Answer) -> list[dict[str, Any]]:
    """Every demand cell: how many wanted, how many served, and why not all, in words."""
    served: Counter[int] = Counter()
    for (_, j), count in answer.served.items():
        served[j] += count
    return [
        {**asdict(demand), "served": served[j], "why": _why(given, answer, j) if served[j] < demand.households else ""}
        for j, demand in enumerate(given.city.demand)
    ]


def _why(given: Given, answer: Answer, j: int) -> str:
    """The nearest reason: no such home, none priced, all taken, too dear for what is left, or another limit of the plan."""
    city, demand = given.city, given.city.demand[j]
    fitting = [i for i, stock in enumerate(city.stock) if solver.fits(stock, demand, city.reach)]
    waiting = sum(s.units for s in given.unpriced if solver.fits(s, demand, city.reach))
    if not fitting:
        return f"有 {waiting} 套相符，但项目还没有收购价上限" if waiting else "储备库没有相符的房源"
    left = [city.stock[i] for i in fitting if answer.bought[i] < city.stock[i].units]
    if not left:
        return "相符的房源已全部列入方案" + (f"；另有 {waiting} 套未定价" if waiting else "")
    if min(s.cost_fen for s in left) > city.budget_fen - answer.cost_fen:
        return "预算不足"
    return "受小户型占比或每项目最少套数限制"


def places(given: Given, answer: Answer) -> dict[str, tuple[bool, str]]:
    """Per project what the plan says of its place: it is bought from, or nobody there wants such homes."""
    bought: Counter[str] = Counter()
    wanted: dict[str, bool] = defaultdict(bool)
    for stock, count in zip(given.city.stock, answer.bought, strict=True):
        bought[stock.project] += count
        wanted[stock.project] |= any(solver.fits(stock, demand, given.city.reach) for demand in given.city.demand)
    found: dict[str, tuple[bool, str]] = {}
    for project, some in wanted.items():
        if bought[project]:
            found[project] = (True, f"列入 {bought[project]} 套")
        elif not some:
            found[project] = (False, "所在区县没有户型、面积相符的意向需求")
    return found
