"""3.4: the price ceiling, exact in fen. Ceiling = min(allocated land + construction + profit ≤ 5 %, appraised replacement price)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import answer, judge, missing, rule, unset, yuan
from anju.policy.verdict import Outcome, Verdict

M2 = 10_000


@dataclass(frozen=True)
class Costs:
    """A cost sheet in fen over one gross area; None is unknown, never zero."""

    land_fen: int | None
    construction_fen: int | None
    profit_fen: int | None
    gross_cm2: int | None
    transfer_land_fen: int | None = None


@dataclass(frozen=True)
class Appraised:
    """An appraisal in fen per ㎡ over its gross area."""

    price_fen_m2: int | None
    total_fen: int | None
    gross_cm2: int | None
    value_date: date | None
    qualified_until: date | None


@dataclass(frozen=True)
class CeilingResult:
    """Both limits, the lower one, and how they were reached; prices in fen per ㎡, rounded down."""

    cost_fen_m2: int
    appraised_fen_m2: int
    ceiling_fen_m2: int
    binding: str
    gross_cm2: int
    workings: dict[str, Any]


@rule("3.4-1-inputs", clause="3.4-1", title="测算资料齐全")
def inputs(costs: Costs, appraised: Appraised) -> list[Verdict]:
    """Every input is there and positive; what is missing is named."""
    named = {
        "划拨土地成本": costs.land_fen, "建安成本": costs.construction_fen, "利润": costs.profit_fen, "成本对应建筑面积": costs.gross_cm2,
        "评估单价": appraised.price_fen_m2, "评估总价": appraised.total_fen, "评估建筑面积": appraised.gross_cm2, "价值时点": appraised.value_date,
    }  # fmt: skip
    found = [missing("3.4-1-inputs", what) for what, value in named.items() if value is None]
    for what, value in named.items():
        if isinstance(value, int) and (value < 0 or (value == 0 and what not in ("利润", "划拨土地成本"))):
            found.append(
                answer(
                    "3.4-1-inputs",
                    Outcome.FAIL,
                    measured=str(value),
                    limit="> 0",
                    sentence=f"{what}为 {value}，应为正数；请核对原件后更正",
                )
            )
    return found or [answer("3.4-1-inputs", Outcome.PASS, measured="齐全", limit="齐全", sentence="测算资料齐全")]


@rule("3.4-1-land", clause="3.4-1", title="土地成本为划拨口径")
def land(costs: Costs) -> Verdict:
    """An entry equal to the seller's 出让 price is not the allocated-land cost."""
    if costs.land_fen is None:
        return missing("3.4-1-land", "划拨土地成本")
    same = costs.transfer_land_fen is not None and costs.land_fen == costs.transfer_land_fen and costs.land_fen > 0
    return judge(
        "3.4-1-land", not same, measured=yuan(costs.land_fen), limit="划拨口径",
        good="土地成本与出让价款不同", bad="填报的划拨土地成本等于企业的出让价款；请按自然资源部门提供的划拨成本更正",
    )  # fmt: skip


@rule("3.4-1-profit", clause="3.4-1", title="利润不超过 5 %")
def profit(costs: Costs, inforce: InForce) -> Verdict:
    """利润 ≤ 5 % of the base that the parameter names; compared in integers."""
    most, base = inforce.get("price_profit_max"), inforce.get("price_profit_base")
    for value in (most, base):
        if isinstance(value, Unset):
            return unset("3.4-1-profit", value)
    assert not isinstance(most, Unset) and not isinstance(base, Unset)
    if costs.profit_fen is None or costs.land_fen is None or costs.construction_fen is None:
        return missing("3.4-1-profit", "利润或成本")
    of = costs.construction_fen + (costs.land_fen if base.value == "land_and_construction" else 0)
    limit = of * most.value // 10_000
    return judge(
        "3.4-1-profit", 10_000 * costs.profit_fen <= most.value * of, measured=yuan(costs.profit_fen), limit=f"≤ {yuan(limit)}",
        good=f"利润 {yuan(costs.profit_fen)}，不超过 {most.value / 100:g} %",
        bad=f"利润 {yuan(costs.profit_fen)} 超过 {most.value / 100:g} % 的上限 {yuan(limit)}；请按上限重新测算",
    )  # fmt: skip


@rule("3.4-1-appraisal", clause="3.4-1", title="估价报告有效且机构具有资质")
def appraisal_valid(appraised: Appraised, on: date, inforce: InForce) -> list[Verdict]:
    """The agency is qualified on the day and the report within its validity."""
    name = "3.4-1-appraisal"
    days = inforce.get("appraisal_valid_days")
    if isinstance(days, Unset):
        return [unset(name, days)]
    if appraised.value_date is None:
        return [missing(name, "价值时点")]
    until = appraised.value_date + timedelta(days=days.value)
    found = [
        judge(name, appraised.value_date <= on <= until, measured=appraised.value_date.isoformat(), limit=f"至 {until.isoformat()}",
              good=f"估价报告在有效期内（至 {until}）", bad=f"估价报告价值时点 {appraised.value_date}，在 {on} 不在有效期（至 {until}）；请重新委托估价")
    ]  # fmt: skip
    if appraised.qualified_until is None:
        found.append(missing(name, "估价机构资质有效期"))
    else:
        found.append(
            judge(name, appraised.qualified_until >= on, measured=f"资质至 {appraised.qualified_until}", limit=f"≥ {on}",
                  good="估价机构资质有效", bad=f"估价机构资质已于 {appraised.qualified_until} 到期；请另行委托有资质的机构")
        )  # fmt: skip
    return found


@rule("3.4-1-consistent", clause="3.4-1", title="评估单价与总价、面积一致")
def consistent(costs: Costs, appraised: Appraised) -> list[Verdict]:
    """Total = price × area within one fen per ㎡; both sheets stand on the same area."""
    name = "3.4-1-consistent"
    if (
        appraised.total_fen is None
        or appraised.price_fen_m2 is None
        or appraised.gross_cm2 is None
        or costs.gross_cm2 is None
    ):
        return [missing(name, "评估单价、总价或面积")]
    off = abs(appraised.total_fen * M2 - appraised.price_fen_m2 * appraised.gross_cm2)
    return [
        judge(name, off <= M2 * (appraised.gross_cm2 // M2 + 1), measured=yuan(appraised.total_fen),
              limit=yuan(appraised.price_fen_m2 * appraised.gross_cm2 // M2), good="评估总价等于单价乘面积",
              bad="评估总价与单价乘面积不符；请估价机构更正报告"),
        judge(name, appraised.gross_cm2 == costs.gross_cm2, measured=f"{appraised.gross_cm2} cm²", limit=f"{costs.gross_cm2} cm²",
              good="成本表与估价报告的建筑面积一致", bad="成本表与估价报告的建筑面积不一致；请核对面积口径"),
    ]  # fmt: skip


def ceiling(costs: Costs, appraised: Appraised) -> CeilingResult:
    """Both limits per ㎡, rounded down to the fen. Call it only after the rules above have passed."""
    assert costs.land_fen is not None and costs.construction_fen is not None and costs.profit_fen is not None
    assert costs.gross_cm2 and appraised.price_fen_m2
    total = costs.land_fen + costs.construction_fen + costs.profit_fen
    per_m2 = total * M2 // costs.gross_cm2
    lower = min(per_m2, appraised.price_fen_m2)
    binding = "cost" if per_m2 <= appraised.price_fen_m2 else "appraisal"
    workings = {
        "land_fen": costs.land_fen, "construction_fen": costs.construction_fen, "profit_fen": costs.profit_fen, "total_fen": total,
        "gross_cm2": costs.gross_cm2, "cost_fen_m2": per_m2, "appraised_fen_m2": appraised.price_fen_m2,
    }  # fmt: skip
    return CeilingResult(per_m2, appraised.price_fen_m2, lower, binding, costs.gross_cm2, workings)


@rule("3.4-1-under-ceiling", clause="3.4-1", title="成交价不高于上限")
def under_ceiling(price_fen_m2: int, ceiling_fen_m2: int | None) -> Verdict:
    """评估价格作为收购上限价格: never above; equal passes."""
    if ceiling_fen_m2 is None:
        return missing("3.4-1-under-ceiling", "已确认的收购价上限")
    return judge(
        "3.4-1-under-ceiling", price_fen_m2 <= ceiling_fen_m2, measured=f"{yuan(price_fen_m2)}/㎡", limit=f"≤ {yuan(ceiling_fen_m2)}/㎡",
        good=f"价格 {yuan(price_fen_m2)}/㎡，不高于上限", bad=f"价格 {yuan(price_fen_m2)}/㎡ 高于收购价上限 {yuan(ceiling_fen_m2)}/㎡；请继续协商降价",
    )  # fmt: skip
