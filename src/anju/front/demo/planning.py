"""Stage of planning: frozen demand against frozen stock within a budget; what it says is advice, and it says why not more."""

from typing import Any

from anju.front.demo.pricing import _refresh
from anju.needs import acts as needs
from anju.needs import reads as demand
from anju.planning import acts, reads
from anju.reserve import acts as reserve

YI = 10_000_000_000  # 1 亿元 in fen
BUDGET, SMALL_BUDGET = 12 * YI, 3 * YI


def run(demo: Any) -> None:
    """Two scenarios from the same snapshots: the whole demand, and what little money buys in lots of twenty."""
    stock = reserve.take_stock_snapshot(ctx=demo.ctx("office"))
    with demo.scope():
        wanted = demand.snapshots(demo.city).filter(region=demo.city).first()
    if wanted is None:
        wanted = needs.take_snapshot(ctx=demo.ctx("office"), title="拟购方案用需求快照")
    given: dict[str, Any] = {"demand_id": wanted.id, "stock_id": stock.id}
    plan = acts.solve_plan(ctx=demo.ctx("office"), **given, budget_fen=BUDGET, title="十二亿元方案")
    less = acts.solve_plan(
        ctx=demo.ctx("buyer"),
        **given,
        budget_fen=SMALL_BUDGET,
        title="三亿元方案（每个项目不少于 20 套）",
        least_units=20,
    )
    demo.state.update(stock_snapshot=stock, demand_snapshot=wanted, plan=plan, plans=[plan, less])
    for row in (plan, less):
        _say(demo, row)
    with demo.scope():
        again = reads.replay(plan)
    if not again:
        raise AssertionError("同样的输入没有得到同样的方案")
    demo.say("按冻结的输入重解，方案相同")
    _refresh(demo)
    for kind in ("A", "B", "C"):
        project = demo.state[kind]["project"]
        if project.place_fits is not True or project.price_fits is not True:
            raise AssertionError(f"批次 {kind} 的项目 {project.name} 价格或位置没有记为合适")


def _say(demo: Any, plan: Any) -> None:
    wanted = sum(cell["households"] for cell in plan.unserved)
    with demo.scope():
        reasons = reads.reasons(plan)[:3]
    words = "；".join(f"{why} {count} 户" for why, count in reasons)
    demo.say(
        f"{plan.title}：第一意向 {wanted:,} 户，拟购 {plan.households:,} 套，{plan.cost_fen / 1_000_000:,.2f} 万元，"
        f"{plan.get_status_display()}，上界差 {plan.gap_milli / 1000:.3f} 户；未满足：{words or '无'}"
    )
