"""3.2-4, 3.5-3, 3.6: contracts with families: down payment, rent, earnest money, one home a household, closed
management.
"""

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, missing, permille, rule, tri, unset, yuan
from anju.policy.verdict import Verdict


@rule("3.6-3-down-payment", clause="3.6-3", title="首付比例")
def down_payment(price_fen: int | None, down_fen: int | None, inforce: InForce) -> Verdict:
    """首付比例参照商品房: down × 1000 ≥ least × price, and no more than the price."""
    name, least = "3.6-3-down-payment", inforce.get("personal_min_down")
    if isinstance(least, Unset):
        return unset(name, least)
    rate = permille(least.value)
    if not price_fen or down_fen is None:
        return missing(name, "合同价款或首付款", limit=f"≥ {rate}")
    needed = -(-price_fen * least.value // 1000)
    return judge(
        name,
        needed <= down_fen <= price_fen,
        by=least,
        measured=yuan(down_fen),
        limit=f"{yuan(needed)}（{rate}）至 {yuan(price_fen)}",
        good=f"首付 {yuan(down_fen)}，不低于 {rate}",
        bad=f"首付 {yuan(down_fen)} 应在 {yuan(needed)}（价款的 {rate}）至 {yuan(price_fen)} 之间；请补足或更正",
    )


@rule("3.2-4-rent", clause="3.2-4", title="租金不超过市场租金的比例")
def rent(rent_fen: int | None, market_fen: int | None, inforce: InForce) -> Verdict:
    """Monthly rent against the market rent of the same place and quality."""
    name, most = "3.2-4-rent", inforce.get("rent_discount_max")
    if isinstance(most, Unset):
        return unset(name, most)
    share = permille(most.value)
    if rent_fen is None or not market_fen:
        return missing(name, "租金或同地段同品质市场租金", limit=f"≤ 市场租金的 {share}")
    limit = yuan(market_fen * most.value // 1000)
    return judge(
        name,
        rent_fen > 0 and 1000 * rent_fen <= most.value * market_fen,
        by=most,
        measured=f"{yuan(rent_fen)}/月",
        limit=f"≤ {limit}/月（市场租金的 {share}）",
        good=f"月租金 {yuan(rent_fen)}，不超过市场租金的 {share}",
        bad=f"月租金 {yuan(rent_fen)} 应为正数且不超过市场租金 {yuan(market_fen)} 的 {share}（{limit}）；请调整租金",
    )


@rule("3.2-4-rent-rise", clause="3.2-4", title="租金年涨幅")
def rent_rise(old_fen: int | None, new_fen: int | None, inforce: InForce) -> Verdict:
    """A year's new rent against the old one."""
    name, most = "3.2-4-rent-rise", inforce.get("rent_rise_max")
    if isinstance(most, Unset):
        return unset(name, most)
    if not old_fen or new_fen is None:
        return missing(name, "原租金或新租金", limit=f"涨幅 ≤ {permille(most.value)}")
    limit = yuan(old_fen * (1000 + most.value) // 1000)
    return judge(
        name,
        1000 * new_fen <= (1000 + most.value) * old_fen,
        by=most,
        measured=f"{yuan(old_fen)} → {yuan(new_fen)}",
        limit=f"≤ {limit}（{permille(most.value)}）",
        good=f"新租金 {yuan(new_fen)}，涨幅在限内",
        bad=f"新租金 {yuan(new_fen)} 超过 {limit}（年涨幅 {permille(most.value)}）；请下调",
    )


@rule("3.5-3-earnest-cap", clause="3.5-3", title="定金不超过合同价款的比例")
def earnest_cap(earnest_fen: int | None, contract_fen: int | None, inforce: InForce) -> Verdict:
    """Earnest money against the sum of the contract that it secures."""
    name, most = "3.5-3-earnest-cap", inforce.get("earnest_cap_ratio")
    if isinstance(most, Unset):
        return unset(name, most)
    share = permille(most.value)
    if earnest_fen is None or not contract_fen:
        return missing(name, "定金或合同价款", limit=f"≤ {share}")
    limit = yuan(contract_fen * most.value // 1000)
    return judge(
        name,
        earnest_fen > 0 and 1000 * earnest_fen <= most.value * contract_fen,
        by=most,
        measured=yuan(earnest_fen),
        limit=f"≤ {limit}（{share}）",
        good=f"定金 {yuan(earnest_fen)}，不超过合同价款的 {share}",
        bad=f"定金 {yuan(earnest_fen)} 应为正数且不超过合同价款的 {share}（{limit}）；请下调定金",
    )


@rule("3.2-0-one-contract", clause="3.2-0", title="每户一份有效合同")
def one_contract(live_contracts: int | None, inforce: InForce) -> Verdict:
    """With this contract the household holds no more homes than it may."""
    name, most = "3.2-0-one-contract", inforce.get("household_unit_max")
    if isinstance(most, Unset):
        return unset(name, most)
    if live_contracts is None:
        return missing(name, "家庭现有的保障性住房合同", limit=f"每户 {most.value} 套")
    return judge(
        name,
        live_contracts < most.value,
        by=most,
        measured=f"已有 {live_contracts} 份",
        limit=f"每户 {most.value} 套",
        good="家庭没有其他有效合同",
        bad=f"家庭已有 {live_contracts} 份有效合同，每户限 {most.value} 套；请先办理退出",
    )


@rule("3.6-2-closed", clause="3.6-2", title="封闭管理注记")
def closed_management(annotated: bool | None) -> Verdict:
    """The registration of a home for sale carries the annotation of closed management."""
    return tri(
        "3.6-2-closed",
        annotated,
        what="不动产登记的封闭管理注记",
        good="不动产登记已注记封闭管理",
        bad="不动产登记没有封闭管理注记，不得上市交易的限制无从查验；请先补办注记",
    )
