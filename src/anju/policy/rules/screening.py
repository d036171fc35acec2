"""3.3: the screening standards (一现、两防、三合适), the five checks, the area limits, rights on the home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, m2, missing, permille, rule, tri, unset
from anju.policy.verdict import Outcome, Verdict

FIVE = {
    "papers": "手续齐备",
    "title": "产权清晰",
    "risk": "风险可控",
    "accepted": "已竣工验收",
    "registrable": "具备申请不动产登记确权条件",
}
# Unknown until another room records them; they do not keep a unit out of the reserve, and they do stop a letter of intent.
OPEN_UNTIL = {"3.3-2-price": "收购价上限测算后由定价记录", "3.3-2-place": "选址研判后由规划记录"}


@dataclass(frozen=True)
class UnitFacts:
    """What is known of one home; None is unknown. ``release_plan`` names the mortgagee's agreed plan."""

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
    name, most = "3.3-3-sale-area", inforce.get("sale_unit_area_max")
    if isinstance(most, Unset):
        return unset(name, most)
    limit = f"≤ {m2(most.value)}"
    if gross_cm2 is None:
        return missing(name, "建筑面积", limit=limit)
    return judge(
        name,
        gross_cm2 <= most.value,
        by=most,
        measured=m2(gross_cm2),
        limit=limit,
        good=f"建筑面积 {m2(gross_cm2)}，不超出 {m2(most.value)}",
        bad=f"建筑面积 {m2(gross_cm2)} 超出配售型上限 {m2(most.value)}，不能入库；请退出申报或改按配租型核查",
    )


@rule("3.3-4-rent-area", clause="3.3-4", title="配租型每套建筑面积（原则上）")
def rent_area(gross_cm2: int | None, inforce: InForce) -> Verdict:
    """配租型原则上建筑面积不超过100㎡: waivable."""
    name, most = "3.3-4-rent-area", inforce.get("rent_unit_area_soft_max")
    if isinstance(most, Unset):
        return unset(name, most)
    limit = f"原则上 ≤ {m2(most.value)}"
    if gross_cm2 is None:
        return missing(name, "建筑面积", limit=limit)
    return judge(
        name,
        gross_cm2 <= most.value,
        soft=True,
        by=most,
        measured=m2(gross_cm2),
        limit=limit,
        good=f"建筑面积 {m2(gross_cm2)}，不超过 {m2(most.value)}",
        bad=f"建筑面积 {m2(gross_cm2)} 超过原则上限 {m2(most.value)}；确需纳入的，请有权岗位写明理由办理豁免",
    )


@rule("3.3-4-main-share", clause="3.3-4", title="配租型以 70㎡ 小户型为主")
def main_share(areas_cm2: Sequence[int | None], inforce: InForce) -> Verdict:
    """The share of homes up to 70 ㎡ over the project's homes for rent, in integers. 为主 has no 原则上: not
    waivable.
    """
    name, main, share = "3.3-4-main-share", inforce.get("rent_unit_area_main"), inforce.get("rent_main_share_min")
    if isinstance(main, Unset):
        return unset(name, main)
    if isinstance(share, Unset):
        return unset(name, share)
    limit, known = f"≥ {permille(share.value)}", [area for area in areas_cm2 if area is not None]
    if not known or len(known) < len(areas_cm2):
        return missing(name, "每套配租房源的建筑面积", limit=limit)
    small, line = sum(1 for area in known if area <= main.value), m2(main.value)
    return judge(
        name,
        1000 * small >= share.value * len(known),
        by=share,
        measured=f"{small}/{len(known)} 套",
        limit=limit,
        good=f"{line} 及以下 {small} 套，占 {len(known)} 套的比例达到 {permille(share.value)}",
        bad=f"{line} 及以下 {small} 套，占 {len(known)} 套的比例未达到 {permille(share.value)}；请调整房源组合",
    )


@rule("3.3-2-built", clause="3.3-2", title="一现：现房")
def built(completed: bool | None) -> Verdict:
    """一现: completed and accepted."""
    return tri(
        "3.3-2-built",
        completed,
        what="竣工验收备案",
        good="已竣工，为现房",
        bad="尚未竣工，不是现房，不能收购；请竣工验收备案后再申报",
    )


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
            what=f"{title}的核查结果",
            good=f"{title}：已核查",
            bad=f"{title}：核查未通过；请先化解风险再核",
        )
        for key, title in items.value
    ]


@rule("3.3-2-size", clause="3.3-2", title="三合适：户型面积合适")
def size(use: str, gross_cm2: int | None, inforce: InForce) -> Verdict:
    """户型面积合适: a dwelling with a known area; the limits are those of 3.3-3 and 3.3-4."""
    name, uses = "3.3-2-size", inforce.get("dwelling_uses")
    if isinstance(uses, Unset):
        return unset(name, uses)
    limit, known = "、".join(row[0] for row in uses.value), {row[0] for row in uses.value}
    if gross_cm2 is None or not use:
        return missing(name, "建筑面积或规划用途", limit=limit)
    return judge(
        name,
        use in known,
        by=uses,
        measured=f"{use} {m2(gross_cm2)}",
        limit=limit,
        good=f"规划用途为{use}",
        bad=f"规划用途为「{use}」，不是住宅，不能作为保障性住房收购；请退出申报",
    )


@rule("3.3-2-price", clause="3.3-2", title="三合适：价格合适")
def price_fits(fits: bool | None) -> Verdict:
    """价格合适: told by pricing once a ceiling stands; open until then."""
    return tri(
        "3.3-2-price",
        fits,
        what="收购价上限测算",
        good="价格不高于收购价上限",
        bad="报价高于收购价上限；请继续协商或退出",
    )


@rule("3.3-2-place", clause="3.3-2", title="三合适：位置合适")
def place_fits(fits: bool | None) -> Verdict:
    """位置合适: told by planning; open until then."""
    return tri(
        "3.3-2-place",
        fits,
        what="位置与需求研判",
        good="位置与意向需求相符",
        bad="该位置没有足够的意向需求，不宜收购；请另选项目",
    )


@rule("3.3-5-five", clause="3.3-5", title="五项条件")
def five_checks(found: Mapping[str, bool | None]) -> list[Verdict]:
    """手续齐备、产权清晰、风险可控、已竣工验收、具备登记条件: each with its evidence."""
    return [
        tri(
            "3.3-5-five",
            found.get(key),
            what=f"{title}的核查结果",
            good=f"{title}：已核查",
            bad=f"{title}：核查未通过；请开发企业补齐后再核",
        )
        for key, title in FIVE.items()
    ]


@rule("3.3-5-rights", clause="3.3-5", title="查封、异议、占用")
def rights(facts: UnitFacts) -> list[Verdict]:
    """Seizure, objection and occupation fail."""
    name, found = "3.3-5-rights", []
    for fact, word in ((facts.seized, "查封"), (facts.objected, "异议登记"), (facts.occupied, "占用")):
        if fact is None:
            found.append(missing(name, f"是否有{word}", limit=f"无{word}"))
            continue
        found.append(
            judge(
                name,
                not fact,
                measured=f"{'有' if fact else '无'}{word}",
                limit=f"无{word}",
                good=f"房屋无{word}",
                bad=f"房屋有{word}，产权不清晰，不能入库；请开发企业解除后重新申报",
            )
        )
    return found


@rule("3.3-5-mortgage", clause="3.3-5", title="抵押须有解押方案")
def mortgage(facts: UnitFacts) -> Verdict:
    """The plan does not exclude a mortgage; it needs the mortgagee's agreed release plan."""
    name, limit = "3.3-5-mortgage", "无抵押，或有抵押权人同意的解押方案"
    if facts.mortgaged is None:
        return missing(name, "是否抵押", limit=limit)
    if not facts.mortgaged:
        return judge(name, True, measured="无抵押", limit=limit, good="房屋无抵押", bad="")
    return judge(
        name,
        bool(facts.release_plan),
        measured=f"已抵押，{facts.release_plan or '无解押方案'}",
        limit=limit,
        good="已抵押，有解押方案",
        bad="房屋已抵押而没有解押方案；请开发企业提交抵押权人同意的解押方案和时间",
    )


def screen_unit(unit: UnitFacts, project: ProjectFacts, *, tenure: str, inforce: InForce) -> list[Verdict]:
    """Every rule of 3.3 for one home and tenure (``sale`` or ``rent``), price and place included. Raises KeyError for
    another tenure.
    """
    area = {"sale": sale_area, "rent": rent_area}[tenure]
    return [
        area(unit.gross_cm2, inforce),
        size(unit.use, unit.gross_cm2, inforce),
        *rights(unit),
        mortgage(unit),
        *screen_project(project, inforce),
    ]


def screen_project(project: ProjectFacts, inforce: InForce) -> list[Verdict]:
    """The part of 3.3 that is the same for all homes of a project: judge it once for a bulk act."""
    return [
        built(project.completed),
        *guards(project.guards, inforce),
        *five_checks(project.five),
        price_fits(project.price_fits),
        place_fits(project.place_fits),
    ]


def open_until(found: Sequence[Verdict]) -> dict[str, str]:
    """The rules still open, and until when: price and place before they are recorded."""
    return {v.rule: OPEN_UNTIL[v.rule] for v in found if v.rule in OPEN_UNTIL and v.outcome is Outcome.UNKNOWN}


def for_reserve(found: Sequence[Verdict]) -> list[Verdict]:
    """Those that decide entry into the reserve: price and place may still be open, but not failed."""
    still = open_until(found)
    return [v for v in found if v.rule not in still]
