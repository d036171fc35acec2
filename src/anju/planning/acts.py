"""Solving a plan: frozen demand against frozen stock, at ceiling prices, within a budget. The result is advice (2-1, 3.2-3)."""

from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.needs import reads as needs
from anju.needs.models import DemandSnapshot
from anju.planning import inputs as frozen
from anju.planning import solver
from anju.planning.models import Plan, PlanUnit
from anju.reserve import acts as reserve
from anju.reserve.acts.common import person
from anju.reserve.models import Project, StockSnapshot, StockUnit

PLACE = "3.2-3"
# Further than this a project has left the stage at which planning may still say whether its place fits.
OPEN_TO_ADVICE = ("reserved", "priced")


@act(clause="3.2-3", title="求解拟购方案")
def solve_plan(
    *, ctx: ActContext, demand_id: UUID, stock_id: UUID, budget_fen: int, title: str, least_units: int = 1
) -> Plan:
    """Say which homes to buy for the demand within the budget; the reserve is told where the place fits.

    ``least_units``: a project is bought in at least so many homes or not at all. Raises InvalidInput, or Refused where no
    home has a confirmed ceiling, or the share of small homes for rent is not set.
    """
    if not title.strip() or budget_fen <= 0 or least_units < 1:
        raise InvalidInput(
            "请填写方案名称，预算须大于 0，最少套数须不小于 1，没有求解", field="budget_fen", clause="2-1"
        )
    demand, stock = _snapshots(ctx, demand_id, stock_id)
    given = frozen.gather(ctx, demand, stock, budget_fen=budget_fen, least_units=least_units)
    ctx.on(stock, title=title, budget_fen=budget_fen)
    answer = _solve(given.city)
    plan = Plan.objects.create(
        region=ctx.region, demand=demand, stock=stock, title=title.strip()[:120], budget_fen=budget_fen,
        inputs=given.as_json(), inputs_sha256=given.sha256, status=answer.status, households=answer.households,
        cost_fen=answer.cost_fen, bound_milli=answer.bound_milli, unserved=frozen.unserved(given, answer),
        solved_at=ctx.now, maker=person(ctx, PLACE),
    )  # fmt: skip
    chosen = _choose(ctx, plan, given, answer)
    ctx.on(plan, households=plan.households, cost_fen=plan.cost_fen, units=len(chosen), inputs=plan.inputs_sha256)
    ctx.items((row.unit_id, f"{row.price_fen}") for row in chosen)
    _tell_places(ctx, plan, given, answer)
    return plan


def _snapshots(ctx: ActContext, demand_id: UUID, stock_id: UUID) -> tuple[DemandSnapshot, StockSnapshot]:
    demand = needs.snapshots(ctx.region).filter(region=ctx.region, id=demand_id).first()
    stock = StockSnapshot.objects.filter(region=ctx.region, id=stock_id).first()
    if demand is None or stock is None:
        what = "需求快照" if demand is None else "库存快照"
        raise Conflict(f"区划 {ctx.region} 没有这份{what}，没有求解；请先冻结", clause=PLACE)
    return demand, stock


def _solve(city: solver.City) -> solver.Answer:
    try:
        answer = solver.solve(city)
    except solver.Unsolved as error:
        raise Refused(f"{error}；请调整预算或最少套数后再求解", clause=PLACE) from error
    broken = solver.lawful(city, answer)
    if broken:
        raise RuntimeError(f"the solver broke a limit: {broken}")
    return answer


def _choose(ctx: ActContext, plan: Plan, given: frozen.Given, answer: solver.Answer) -> list[PlanUnit]:
    """The homes behind the counts: of equal ones, the first by code."""
    rows = StockUnit.objects.filter(region=plan.region, snapshot_id=plan.stock_id).order_by("code", "unit_id")
    left = {frozen.cell_key(s): n for s, n in zip(given.city.stock, answer.bought, strict=True)}
    price = {frozen.cell_key(s): s.cost_fen for s in given.city.stock}
    found = []
    for row in rows:
        key = (str(row.project_id), row.tenure, row.rooms, row.gross_cm2)
        if left.get(key, 0) > 0:
            left[key] -= 1
            unit = {"managed_by": row.managed_by, "unit_id": row.unit_id, "price_fen": price[key]}
            found.append(PlanUnit(region=plan.region, plan=plan, **unit))
    return PlanUnit.objects.bulk_create(found, batch_size=2_000)


def _tell_places(ctx: ActContext, plan: Plan, given: frozen.Given, answer: solver.Answer) -> None:
    """位置合适: yes where the plan buys, no where no household of the place wants such homes; else the question stays open."""
    said = frozen.places(given, answer)
    rows = Project.objects.filter(id__in=said, state__in=OPEN_TO_ADVICE).order_by("region", "id")
    for project in rows:
        fits, why = said[str(project.id)]
        if project.place_fits is not fits:
            text = f"方案「{plan.title}」：{why}"
            reserve.tell_place(ctx=ctx.at(project.region), project_id=project.id, fits=fits, why=text)
