"""Which homes to buy: one HiGHS model over cells of equal homes. Pure: the same input gives the same answer, bit for bit.

First the most households whose first wish is met; then, among the plans that serve as many, the cheapest.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import highspy

BAND_CM2 = 100_000
WAN_FEN = 1_000_000  # the solver counts money in 万元, so that its numbers stay near one
NODES = 20_000  # a bound of work, not of time: a clock would make the answer depend on the machine
OPTIMAL, LIMIT = "optimal", "limit"


@dataclass(frozen=True)
class Stock:
    """Equal homes of one project: same tenure, rooms and area, each for ``cost_fen``."""

    project: str
    county: str
    tenure: str
    rooms: int
    gross_cm2: int
    cost_fen: int
    units: int


@dataclass(frozen=True)
class Demand:
    """Households of one cell, each counted by its first wish; the band is the lower edge of the wished area."""

    county: str
    tenure: str
    rooms: int
    area_band_cm2: int
    households: int


@dataclass(frozen=True)
class City:
    """What is solved. ``reach``: how many bands above a wish's lower edge a home may lie and still fit.

    ``small_cm2`` and ``small_permille``: of the homes for rent bought in a project, so many ‰ are no larger (3.3-4).
    ``least_units``: a project is bought in at least so many homes or not at all.
    """

    stock: tuple[Stock, ...]
    demand: tuple[Demand, ...]
    budget_fen: int
    reach: int = 1
    least_units: int = 1
    small_cm2: int | None = None
    small_permille: int | None = None


@dataclass(frozen=True)
class Answer:
    """``served`` maps (stock, demand) positions to homes; ``bound_milli`` is the solver's dual bound, in thousandths."""

    status: str
    served: dict[tuple[int, int], int]
    households: int
    cost_fen: int
    bound_milli: int
    bought: tuple[int, ...] = field(default=())


class Unsolved(RuntimeError):
    """The solver gave no usable answer; the message names its status."""


def fits(stock: Stock, demand: Demand, reach: int) -> bool:
    """Whether a home answers a wish: same county, tenure and rooms, its area in the wish's band or at most ``reach`` above."""
    if (stock.county, stock.tenure, stock.rooms) != (demand.county, demand.tenure, demand.rooms):
        return False
    steps = (stock.gross_cm2 - stock.gross_cm2 % BAND_CM2 - demand.area_band_cm2) // BAND_CM2
    return 0 <= steps <= reach


def pairs_of(city: City) -> list[tuple[int, int]]:
    """Every (stock, demand) that fit, in order."""
    at: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for j, demand in enumerate(city.demand):
        at[demand.county, demand.tenure, demand.rooms].append(j)
    return [
        (i, j)
        for i, stock in enumerate(city.stock)
        for j in at[stock.county, stock.tenure, stock.rooms]
        if fits(stock, city.demand[j], city.reach)
    ]


def solve(city: City) -> Answer:
    """The plan. Raises Unsolved where the solver has no answer, ValueError for a budget that is not positive."""
    if city.budget_fen <= 0:
        raise ValueError("预算须大于 0")
    pairs = pairs_of(city)
    if not pairs:
        return Answer(OPTIMAL, {}, 0, 0, 0, (0,) * len(city.stock))
    budget = city.budget_fen
    for _ in range(8):
        answer = _twice(city, pairs, budget)
        if answer.cost_fen <= city.budget_fen:
            return answer
        # The solver allows a sum to pass its limit by a millionth; money does not: the limit is drawn in by what went over.
        budget -= answer.cost_fen - city.budget_fen
    raise Unsolved("求解结果超出预算，没有采用")


def _twice(city: City, pairs: Sequence[tuple[int, int]], budget: int) -> Answer:
    most = _Model(city, pairs, budget)
    found, bound, first = most.run([-1.0] * len(pairs))
    served = sum(found)
    cheap = _Model(city, pairs, budget, at_least=served)
    found, _, second = cheap.run([city.stock[i].cost_fen / WAN_FEN for i, _ in pairs])
    bought = [0] * len(city.stock)
    for (i, _), count in zip(pairs, found, strict=True):
        bought[i] += count
    return Answer(
        status=OPTIMAL if first == second == OPTIMAL else LIMIT,
        served={pair: count for pair, count in zip(pairs, found, strict=True) if count},
        households=sum(found),
        cost_fen=sum(count * stock.cost_fen for count, stock in zip(bought, city.stock, strict=True)),
        bound_milli=max(1000 * sum(found), int(-bound * 1000 + 1e-3)),
        bought=tuple(bought),
    )


class _Model:
    """Columns: homes of a cell for a demand (integers), then one yes-or-no for each project with a least lot."""

    def __init__(self, city: City, pairs: Sequence[tuple[int, int]], budget: int, at_least: int | None = None) -> None:
        self.solver = highspy.Highs()
        self.count = len(pairs)
        for name, value in {
            "output_flag": False, "threads": 1, "random_seed": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6, "mip_max_nodes": NODES,
        }.items():  # fmt: skip
            self.solver.setOptionValue(name, value)
        for i, j in pairs:
            self._column(min(city.stock[i].units, city.demand[j].households))
        self._rows(city, pairs, budget, at_least)

    def _column(self, most: int) -> None:
        index = self.solver.getNumCol()
        self.solver.addVar(0.0, float(most))
        self.solver.changeColIntegrality(index, highspy.HighsVarType.kInteger)

    def _row(self, low: float, high: float, terms: Iterable[tuple[int, float]]) -> None:
        kept = list(terms)
        self.solver.addRow(low, high, len(kept), [at for at, _ in kept], [value for _, value in kept])

    def _rows(self, city: City, pairs: Sequence[tuple[int, int]], budget: int, at_least: int | None) -> None:
        inf = highspy.kHighsInf
        of_stock, of_demand, of_project = _groups(city, pairs)
        for i, columns in of_stock.items():
            self._row(-inf, float(city.stock[i].units), ((c, 1.0) for c in columns))
        for j, columns in of_demand.items():
            self._row(-inf, float(city.demand[j].households), ((c, 1.0) for c in columns))
        self._row(-inf, budget / WAN_FEN, ((c, city.stock[i].cost_fen / WAN_FEN) for c, (i, _) in enumerate(pairs)))
        for columns in of_project.values():
            self._lot(city, pairs, columns)
            self._share(city, pairs, columns)
        if at_least is not None:
            self._row(float(at_least), inf, ((c, 1.0) for c in range(self.count)))

    def _lot(self, city: City, pairs: Sequence[tuple[int, int]], columns: Sequence[int]) -> None:
        """least × yes ≤ homes of the project ≤ all × yes."""
        if city.least_units <= 1:
            return
        yes = self.solver.getNumCol()
        self._column(1)
        most = sum(city.stock[i].units for i in {pairs[c][0] for c in columns})
        self._row(0.0, highspy.kHighsInf, [*((c, 1.0) for c in columns), (yes, -float(city.least_units))])
        self._row(-highspy.kHighsInf, 0.0, [*((c, 1.0) for c in columns), (yes, -float(most))])

    def _share(self, city: City, pairs: Sequence[tuple[int, int]], columns: Sequence[int]) -> None:
        """3.3-4: 1000 × small homes for rent ≥ share × all homes for rent."""
        if city.small_cm2 is None or city.small_permille is None:
            return
        rent = [(c, city.stock[pairs[c][0]]) for c in columns if city.stock[pairs[c][0]].tenure == "rent"]
        if any(stock.gross_cm2 > city.small_cm2 for _, stock in rent):
            terms = [(c, (1000.0 if s.gross_cm2 <= city.small_cm2 else 0.0) - city.small_permille) for c, s in rent]
            self._row(0.0, highspy.kHighsInf, terms)

    def run(self, costs: Sequence[float]) -> tuple[list[int], float, str]:
        """Minimise; the counts, the dual bound, whether it is proven. Raises Unsolved."""
        for column, cost in enumerate(costs):
            self.solver.changeColCost(column, cost)
        self.solver.run()
        status = self.solver.getModelStatus()
        info = self.solver.getInfo()
        proven = status == highspy.HighsModelStatus.kOptimal
        # 2 is "feasible": a limit may end the search with an answer in hand; without one nothing is used.
        if not proven and info.primal_solution_status != 2:
            raise Unsolved(f"求解器没有给出方案（{self.solver.modelStatusToString(status)}）")
        values = self.solver.getSolution().col_value[: self.count]
        bound = info.mip_dual_bound if info.mip_dual_bound > -highspy.kHighsInf else -float(self.count)
        return [round(value) for value in values], bound, OPTIMAL if proven else LIMIT


def _groups(
    city: City, pairs: Sequence[tuple[int, int]]
) -> tuple[dict[int, list[int]], dict[int, list[int]], dict[str, list[int]]]:
    """Columns by stock cell, by demand cell, by project."""
    of_stock: dict[int, list[int]] = defaultdict(list)
    of_demand: dict[int, list[int]] = defaultdict(list)
    of_project: dict[str, list[int]] = defaultdict(list)
    for column, (i, j) in enumerate(pairs):
        of_stock[i].append(column)
        of_demand[j].append(column)
        of_project[city.stock[i].project].append(column)
    return of_stock, of_demand, of_project


def lawful(city: City, answer: Answer) -> list[str]:
    """What an answer breaks, in whole numbers; empty where it keeps every limit. An answer is used only then."""
    broken = []
    wanted = [0] * len(city.demand)
    for (_, j), count in answer.served.items():
        wanted[j] += count
    if any(n > s.units for n, s in zip(answer.bought, city.stock, strict=True)):
        broken.append("一类房源超出库存")
    if any(n > d.households for n, d in zip(wanted, city.demand, strict=True)):
        broken.append("一类需求超出户数")
    if answer.cost_fen > city.budget_fen:
        broken.append("总价超出预算")
    for project in sorted({s.project for s in city.stock}):
        mine = [(n, s) for n, s in zip(answer.bought, city.stock, strict=True) if s.project == project]
        total = sum(n for n, _ in mine)
        if 0 < total < city.least_units:
            broken.append("一个项目少于最少套数")
        rent = [(n, s) for n, s in mine if s.tenure == "rent"]
        if city.small_cm2 is not None and city.small_permille is not None:
            small = sum(n for n, s in rent if s.gross_cm2 <= city.small_cm2)
            if 1000 * small < city.small_permille * sum(n for n, _ in rent):
                broken.append("一个项目的配租小户型占比不足")
    return broken


def version() -> Any:
    """The solver and its version, kept with the inputs."""
    return f"HiGHS {highspy.Highs().version()}"
