"""3.4: the price ceiling, exact in fen: the lower of (allocated land + construction + ≤ 5 % profit) and the appraised
replacement price.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, m2, missing, rule, unset, yuan
from anju.policy.verdict import Verdict, blocks

M2 = 10_000
BINDING = {"cost": "成本加利润", "appraisal": "评估价"}


@dataclass(frozen=True)
class Costs:
    """A cost sheet in fen over one gross area; None is unknown, never zero.

    ``transfer_land_fen`` is what the seller paid for the land at 出让; 0 says that it paid none.
    """

    land_fen: int | None
    construction_fen: int | None
    profit_fen: int | None
    gross_cm2: int | None
    transfer_land_fen: int | None = None


@dataclass(frozen=True)
class Appraised:
    """An appraisal over its gross area, and until when its agency is qualified."""

    price_fen_m2: int | None
    total_fen: int | None
    gross_cm2: int | None
    value_date: date | None
    qualified_until: date | None


@dataclass(frozen=True)
class Ceiling:
    """The ceiling of a project: exact as ``total_fen`` over ``gross_cm2``; per ㎡ and per unit cut to the fen, never
    above it.
    """

    cost_fen_m2: int
    appraised_fen_m2: int
    ceiling_fen_m2: int
    total_fen: int
    gross_cm2: int
    binding: str
    workings: dict[str, Any]

    def of_area(self, gross_cm2: int) -> int:
        """The ceiling of a unit, in fen."""
        return self.total_fen * gross_cm2 // self.gross_cm2

    def allows(self, price_fen: int, gross_cm2: int) -> bool:
        """Whether a price for an area is not above the ceiling, exactly."""
        return price_fen * self.gross_cm2 <= self.total_fen * gross_cm2


@dataclass(frozen=True)
class UnitPrice:
    """What is to be paid to the seller for one unit."""

    label: str
    price_fen: int | None
    gross_cm2: int | None


@rule("3.4-1-inputs", clause="3.4-1", title="测算资料齐全")
def inputs(costs: Costs, appraised: Appraised) -> list[Verdict]:
    """Every input is there; areas and prices are positive, costs not negative. What is missing is named."""
    name = "3.4-1-inputs"
    amounts = {"划拨土地成本": costs.land_fen, "利润": costs.profit_fen}
    positive = {
        "建安成本": costs.construction_fen,
        "成本对应建筑面积": costs.gross_cm2,
        "评估单价": appraised.price_fen_m2,
        "评估总价": appraised.total_fen,
        "评估建筑面积": appraised.gross_cm2,
    }
    found = [missing(name, what) for what, value in {**amounts, **positive}.items() if value is None]
    wrong = [(what, value, "≥ 0") for what, value in amounts.items() if value is not None and value < 0]
    wrong += [(what, value, "> 0") for what, value in positive.items() if value is not None and value <= 0]
    found += [
        judge(
            name,
            False,
            measured=str(value),
            limit=limit,
            good="",
            bad=f"{what}为 {value}，应 {limit}；请核对原件后更正",
        )
        for what, value, limit in wrong
    ]
    return found or [judge(name, True, measured="齐全", limit="齐全", good="测算资料齐全", bad="")]


@rule("3.4-1-land", clause="3.4-1", title="土地成本为划拨口径")
def land(costs: Costs) -> Verdict:
    """An entry equal to the seller's 出让 price is not the allocated-land cost."""
    name, limit = "3.4-1-land", "划拨口径"
    if costs.land_fen is None or costs.transfer_land_fen is None:
        return missing(name, "划拨土地成本或企业的出让价款（没有出让价款的填 0）", limit=limit)
    same = costs.land_fen == costs.transfer_land_fen and costs.land_fen > 0
    return judge(
        name,
        not same,
        measured=yuan(costs.land_fen),
        limit=limit,
        good="土地成本与企业的出让价款不同",
        bad=f"填报的划拨土地成本 {yuan(costs.land_fen)} 等于企业的出让价款；请按自然资源部门提供的划拨成本更正",
    )


@rule("3.4-1-profit", clause="3.4-1", title="利润不超过 5%")
def profit(costs: Costs, inforce: InForce) -> Verdict:
    """利润 ≤ 5 % of the base that the parameter names; compared in integers, 5 % itself passes."""
    name = "3.4-1-profit"
    most, base = inforce.get("price_profit_max"), inforce.get("price_profit_base")
    if isinstance(most, Unset):
        return unset(name, most)
    if isinstance(base, Unset):
        return unset(name, base)
    if costs.profit_fen is None or costs.construction_fen is None:
        return missing(name, "利润或建安成本")
    if base.value == "land_and_construction" and costs.land_fen is None:
        return missing(name, "划拨土地成本")
    of = costs.construction_fen + ((costs.land_fen or 0) if base.value == "land_and_construction" else 0)
    rate, limit = f"{most.value // 100}.{most.value % 100:02d}%", yuan(of * most.value // 10_000)
    return judge(
        name,
        10_000 * costs.profit_fen <= most.value * of,
        by=most,
        measured=yuan(costs.profit_fen),
        limit=f"≤ {limit}（{rate}）",
        good=f"利润 {yuan(costs.profit_fen)}，不超过 {rate}",
        bad=f"利润 {yuan(costs.profit_fen)} 超过 {rate} 的上限 {limit}；请按上限重新测算",
    )


@rule("3.4-1-appraisal", clause="3.4-1", title="估价报告有效")
def appraisal_valid(appraised: Appraised, on: date, inforce: InForce) -> Verdict:
    """The value date lies within the report's validity."""
    name, days = "3.4-1-appraisal", inforce.get("appraisal_valid_days")
    if isinstance(days, Unset):
        return unset(name, days)
    if appraised.value_date is None:
        return missing(name, "价值时点")
    until = appraised.value_date + timedelta(days=days.value)
    return judge(
        name,
        appraised.value_date <= on <= until,
        by=days,
        measured=f"价值时点 {appraised.value_date}",
        limit=f"{appraised.value_date} 至 {until}",
        good=f"估价报告在有效期内（至 {until}）",
        bad=f"估价报告价值时点 {appraised.value_date}，{on} 不在有效期（至 {until}）；请重新委托估价",
    )


@rule("3.4-1-agency", clause="3.4-1", title="估价机构具有资质")
def agency_qualified(appraised: Appraised) -> Verdict:
    """具有资质的房地产估价机构: qualified on the value date."""
    if appraised.value_date is None or appraised.qualified_until is None:
        return missing("3.4-1-agency", "价值时点或估价机构资质有效期")
    return judge(
        "3.4-1-agency",
        appraised.value_date <= appraised.qualified_until,
        measured=f"资质至 {appraised.qualified_until}",
        limit=f"价值时点 {appraised.value_date} 在资质有效期内",
        good="估价机构资质有效",
        bad=f"估价机构资质于 {appraised.qualified_until} 到期，早于价值时点；请另行委托有资质的机构",
    )


@rule("3.4-1-consistent", clause="3.4-1", title="评估单价、总价、面积一致")
def consistent(costs: Costs, appraised: Appraised) -> list[Verdict]:
    """Total = price × area within one fen a ㎡; both sheets stand on the same area."""
    name = "3.4-1-consistent"
    price, total, area = appraised.price_fen_m2, appraised.total_fen, appraised.gross_cm2
    if price is None or total is None or area is None or costs.gross_cm2 is None:
        return [missing(name, "评估单价、总价或面积")]
    return [
        judge(
            name,
            abs(total * M2 - price * area) <= area,
            measured=yuan(total),
            limit=yuan(price * area // M2),
            good="评估总价等于单价乘面积",
            bad=f"评估总价 {yuan(total)} 与单价乘面积 {yuan(price * area // M2)} 不符；请估价机构更正报告",
        ),
        judge(
            name,
            area == costs.gross_cm2,
            measured=m2(area),
            limit=m2(costs.gross_cm2),
            good="成本表与估价报告的建筑面积一致",
            bad=f"成本表建筑面积 {m2(costs.gross_cm2)} 与估价报告 {m2(area)} 不一致；请核对面积口径后更正",
        ),
    ]


def compute_ceiling(
    costs: Costs, appraised: Appraised, on: date, inforce: InForce
) -> tuple[Ceiling | None, list[Verdict]]:
    """The ceiling, and the verdicts it stands on; None where one of them blocks."""
    found = [
        *inputs(costs, appraised),
        land(costs),
        profit(costs, inforce),
        appraisal_valid(appraised, on, inforce),
        agency_qualified(appraised),
        *consistent(costs, appraised),
    ]
    return (None, found) if blocks(found) else (ceiling(costs, appraised), found)


def ceiling(costs: Costs, appraised: Appraised) -> Ceiling:
    """min(land + construction + profit, appraisal), with its workings. Raises ValueError where an input is missing:
    judge ``inputs`` first.
    """
    land_fen, built_fen, profit_fen, area = costs.land_fen, costs.construction_fen, costs.profit_fen, costs.gross_cm2
    price, appraised_fen = appraised.price_fen_m2, appraised.total_fen
    if (
        land_fen is None
        or built_fen is None
        or profit_fen is None
        or not area
        or price is None
        or appraised_fen is None
    ):
        raise ValueError("收购价上限缺少测算资料")
    cost = land_fen + built_fen + profit_fen
    # The report rounds its total or its price; the lower of the two is the appraisal's word.
    appraisal = min(appraised_fen, price * area // M2)
    total = min(cost, appraisal)
    workings = {
        "land_fen": land_fen,
        "construction_fen": built_fen,
        "profit_fen": profit_fen,
        "cost_fen": cost,
        "gross_cm2": area,
        "appraised_price_fen_m2": price,
        "appraised_total_fen": appraised_fen,
        "appraisal_fen": appraisal,
        "total_fen": total,
    }
    return Ceiling(
        cost_fen_m2=cost * M2 // area,
        appraised_fen_m2=appraisal * M2 // area,
        ceiling_fen_m2=total * M2 // area,
        total_fen=total,
        gross_cm2=area,
        binding="cost" if cost <= appraisal else "appraisal",
        workings=workings,
    )


@rule("3.4-1-ceiling-valid", clause="3.4-1", title="收购价上限在有效期内")
def ceiling_valid(value_date: date | None, on: date, inforce: InForce) -> Verdict:
    """A ceiling is used within its days from the value date."""
    name, days = "3.4-1-ceiling-valid", inforce.get("ceiling_valid_days")
    if isinstance(days, Unset):
        return unset(name, days)
    if value_date is None:
        return missing(name, "上限的价值时点")
    until = value_date + timedelta(days=days.value)
    return judge(
        name,
        value_date <= on <= until,
        by=days,
        measured=str(on),
        limit=f"{value_date} 至 {until}",
        good=f"收购价上限有效至 {until}",
        bad=f"收购价上限的有效期为 {value_date} 至 {until}，{on} 不能使用；请重新估价并测算",
    )


@rule("3.4-1-under-ceiling", clause="3.4-1", title="报价不高于上限")
def under_ceiling(price_fen_m2: int | None, ceiling_fen_m2: int | None) -> Verdict:
    """评估价格作为收购上限价格, for one price a ㎡: equal passes."""
    name = "3.4-1-under-ceiling"
    if ceiling_fen_m2 is None or price_fen_m2 is None:
        return missing(name, "报价或已确认的收购价上限")
    return judge(
        name,
        price_fen_m2 <= ceiling_fen_m2,
        measured=f"{yuan(price_fen_m2)}/㎡",
        limit=f"≤ {yuan(ceiling_fen_m2)}/㎡",
        good=f"价格 {yuan(price_fen_m2)}/㎡，不高于上限",
        bad=f"价格 {yuan(price_fen_m2)}/㎡ 高于收购价上限 {yuan(ceiling_fen_m2)}/㎡；请继续协商降价",
    )


@rule("3.4-1-price", clause="3.4-1", title="收购价不高于上限")
def price(prices: Sequence[UnitPrice], limit: Ceiling | None, inforce: InForce) -> Verdict:
    """The prices of an agreement, tested a ㎡, a unit or over all units as ``price_cap_test`` says."""
    name, test = "3.4-1-price", inforce.get("price_cap_test")
    if isinstance(test, Unset):
        return unset(name, test)
    known = [(u.label, u.price_fen, u.gross_cm2) for u in prices if u.price_fen is not None and u.gross_cm2]
    if limit is None or not prices or len(known) < len(prices):
        return missing(name, "每套的价格、面积或已确认的收购价上限")
    if test.value == "per_project":
        known = [("全部房源", sum(fen for _, fen, _ in known), sum(area for _, _, area in known))]
    over = [one for one in known if not _within(limit, one[1], one[2], test.value)]
    label, fen, area = over[0] if over else max(known, key=lambda one: one[1])
    most = limit.of_area(area)
    return judge(
        name,
        not over,
        by=test,
        measured=f"{label} {yuan(fen)}",
        limit=f"≤ {yuan(most)}（{yuan(limit.ceiling_fen_m2)}/㎡）",
        good=f"共 {len(prices)} 套，价格均不高于上限",
        bad=f"{label}价格 {yuan(fen)} 高于上限 {yuan(most)}，共 {len(over)} 项超限；请继续协商降价",
    )


def _within(limit: Ceiling, price_fen: int, gross_cm2: int, test: str) -> bool:
    """Per ㎡ is tested against the ceiling cut to the fen; per unit and per project against the exact one."""
    if test == "per_m2":
        return price_fen * M2 <= limit.ceiling_fen_m2 * gross_cm2
    return limit.allows(price_fen, gross_cm2)
