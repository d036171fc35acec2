"""3.3: the screening standards (一现、两防、三合适), the five checks, the area limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import answer, judge, m2, missing, rule, tri, unset
from anju.policy.verdict import Outcome, Verdict

FIVE = {
    "papers": "手续齐备", "title": "产权清晰", "risk": "风险可控", "accepted": "已竣工验收", "registrable": "具备申请不动产登记确权条件",
}  # fmt: skip
# Shown as open until pricing and planning record them; they stop a letter, not the reserve.
LATER = frozenset({"3.3-2-price", "3.3-2-place"})


@dataclass(frozen=True)
class UnitFacts:
    """What is known of one home; None is unknown."""

    gross_cm2: int | None
    use: str
    mortgaged: bool | None
    seized: bool | None
    objected: bool | None
    occupied: bool | None
    release_plan: str = ""


@dataclass(frozen=True)
class ProjectFacts:
    """What is known of its project; ``five`` and ``guards`` by item, None unknown."""

    completed: bool | None
    five: Mapping[str, bool | None]
    guards: Mapping[str, bool | None]
    price_fits: bool | None = None
    place_fits: bool | None = None


@rule("3.3-3-sale-area", clause="3.3-3", title="配售型每套建筑面积")
def sale_area(gross_cm2: int | None, inforce: InForce) -> Verdict:
    """配售型每套建筑面积不超出120㎡上限: hard, the limit itself passes."""
    limit = inforce.get("sale_unit_area_max")
    if isinstance(limit, Unset):
        return unset("3.3-3-sale-area", limit)
    if gross_cm2 is None:
        return missing("3.3-3-sale-area", "建筑面积", limit=m2(limit.value))
    return judge(
        "3.3-3-sale-area", gross_cm2 <= limit.value, measured=m2(gross_cm2), limit=f"≤ {m2(limit.value)}",
        good=f"建筑面积 {m2(gross_cm2)}，不超出 {m2(limit.value)}",
        bad=f"建筑面积 {m2(gross_cm2)} 超出配售型上限 {m2(limit.value)}，不能入库；可改按配租型核查，或退出申报",
    )  # fmt: skip


@rule("3.3-4-rent-area", clause="3.3-4", title="配租型每套建筑面积（原则上）")
def rent_area(gross_cm2: int | None, inforce: InForce) -> Verdict:
    """配租型原则上建筑面积不超过100㎡: waivable."""
    limit = inforce.get("rent_unit_area_soft_max")
    if isinstance(limit, Unset):
        return unset("3.3-4-rent-area", limit)
    if gross_cm2 is None:
        return missing("3.3-4-rent-area", "建筑面积", limit=m2(limit.value))
    return judge(
        "3.3-4-rent-area", gross_cm2 <= limit.value, soft=True, measured=m2(gross_cm2), limit=f"原则上 ≤ {m2(limit.value)}",
        good=f"建筑面积 {m2(gross_cm2)}，不超过 {m2(limit.value)}",
        bad=f"建筑面积 {m2(gross_cm2)} 超过原则上限 {m2(limit.value)}；确需纳入的，请有权岗位写明理由办理豁免",
    )  # fmt: skip


@rule("3.3-4-main-share", clause="3.3-4", title="配租型以 70㎡ 小户型为主")
def main_share(areas_cm2: Sequence[int], inforce: InForce) -> Verdict:
    """The share of homes up to 70 ㎡ over the project's homes for rent, compared in integers."""
    main, share = inforce.get("rent_unit_area_main"), inforce.get("rent_main_share_min")
    for value in (main, share):
        if isinstance(value, Unset):
            return unset("3.3-4-main-share", value)
    assert not isinstance(main, Unset) and not isinstance(share, Unset)
    if not areas_cm2:
        return missing("3.3-4-main-share", "配租型房源")
    small = sum(1 for area in areas_cm2 if area <= main.value)
    return judge(
        "3.3-4-main-share", 1000 * small >= share.value * len(areas_cm2), soft=True,
        measured=f"{small}/{len(areas_cm2)} 套", limit=f"≥ {share.value} ‰",
        good=f"{m2(main.value)} 以下 {small} 套，占 {len(areas_cm2)} 套的比例达到 {share.value} ‰",
        bad=f"{m2(main.value)} 以下只有 {small} 套（共 {len(areas_cm2)} 套），未达到 {share.value} ‰；请调整房源组合或办理豁免",
    )  # fmt: skip


@rule("3.3-2-built", clause="3.3-2", title="一现：现房")
def built(completed: bool | None) -> Verdict:
    """一现: completed and accepted."""
    return tri("3.3-2-built", completed, what="竣工验收备案", good="已竣工，为现房", bad="尚未竣工，不是现房，不能收购")


@rule("3.3-2-guards", clause="3.3-2", title="两防：风险检查项")
def guards(found: Mapping[str, bool | None], inforce: InForce) -> list[Verdict]:
    """两防: an editable checklist, since no official wording is known."""
    items = inforce.get("guards_checklist")
    if isinstance(items, Unset):
        return [unset("3.3-2-guards", items)]
    return [
        tri(
            "3.3-2-guards",
            found.get(key),
            what=title,
            good=f"{title}：已核查",
            bad=f"{title}：核查未通过，请先化解风险",
        )
        for key, title in items.value
    ]


@rule("3.3-2-size", clause="3.3-2", title="三合适：户型面积合适")
def size(use: str, gross_cm2: int | None) -> Verdict:
    """户型面积合适: a dwelling with a known area; the limits are 3.3-3 and 3.3-4."""
    if gross_cm2 is None:
        return missing("3.3-2-size", "建筑面积")
    return judge(
        "3.3-2-size", use == "住宅", measured=use or "未填", limit="住宅", good=f"规划用途为{use}",
        bad=f"规划用途为「{use or '未填'}」，不是住宅，不能作为保障性住房收购",
    )  # fmt: skip


@rule("3.3-2-price", clause="3.3-2", title="三合适：价格合适")
def price_fits(fits: bool | None) -> Verdict:
    """价格合适: told by pricing once a ceiling stands; open until then."""
    return tri(
        "3.3-2-price",
        fits,
        what="收购价上限测算",
        good="价格不高于收购价上限",
        bad="报价高于收购价上限，请继续协商或退出",
    )


@rule("3.3-2-place", clause="3.3-2", title="三合适：位置合适")
def place_fits(fits: bool | None) -> Verdict:
    """位置合适: told by planning; open until then."""
    return tri(
        "3.3-2-place", fits, what="位置与需求研判", good="位置与意向需求相符", bad="该位置没有足够的意向需求，不宜收购"
    )


@rule("3.3-5-five", clause="3.3-5", title="五项条件")
def five_checks(found: Mapping[str, bool | None]) -> list[Verdict]:
    """手续齐备、产权清晰、风险可控、已竣工验收、具备登记条件: each with its evidence."""
    return [
        tri("3.3-5-five", found.get(key), what=title, good=f"{title}", bad=f"{title}：核查未通过，请开发企业补齐后再核")
        for key, title in FIVE.items()
    ]


@rule("3.3-5-rights", clause="3.3-5", title="权利状态")
def rights(facts: UnitFacts) -> list[Verdict]:
    """Seizure, objection and occupation fail; a mortgage needs a release plan (the plan does not exclude it)."""
    name = "3.3-5-rights"
    found = []
    for fact, word in ((facts.seized, "查封"), (facts.objected, "异议登记"), (facts.occupied, "被占用")):
        if fact is None:
            found.append(missing(name, f"是否{word}"))
        else:
            found.append(
                judge(name, not fact, measured=f"{'有' if fact else '无'}{word}", limit=f"无{word}", good=f"无{word}",
                      bad=f"房屋{word}，产权不清晰，不能入库；请开发企业解除后重新申报")
            )  # fmt: skip
    if facts.mortgaged is None:
        found.append(missing(name, "是否抵押"))
    elif facts.mortgaged and not facts.release_plan:
        found.append(
            answer(name, Outcome.FAIL, measured="已抵押，无解押方案", limit="有抵押权人同意的解押方案",
                   sentence="房屋已抵押而没有解押方案；请开发企业提交抵押权人同意的解押方案和时间")
        )  # fmt: skip
    else:
        found.append(
            judge(name, True, measured="已抵押，有解押方案" if facts.mortgaged else "无抵押", limit="无抵押或有解押方案",
                  good="已抵押，有解押方案" if facts.mortgaged else "无抵押", bad="")
        )  # fmt: skip
    return found


def screen_unit(unit: UnitFacts, project: ProjectFacts, *, tenure: str, inforce: InForce) -> list[Verdict]:
    """Every rule of 3.3 for one home and tenure, price and place included (open until recorded)."""
    area = sale_area(unit.gross_cm2, inforce) if tenure == "sale" else rent_area(unit.gross_cm2, inforce)
    return [
        area,
        size(unit.use, unit.gross_cm2),
        *rights(unit),
        built(project.completed),
        *guards(project.guards, inforce),
        *five_checks(project.five),
        price_fits(project.price_fits),
        place_fits(project.place_fits),
    ]


def for_reserve(found: Sequence[Verdict]) -> list[Verdict]:
    """Those that decide entry into the reserve: price and place may still be open, but not failed."""
    return [v for v in found if not (v.rule in LATER and v.outcome is Outcome.UNKNOWN)]
