"""3.1: who may be the acquirer (收购主体). All criteria together; a fact nobody has shown is unknown, never a pass."""

from collections.abc import Mapping
from dataclasses import dataclass

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, missing, rule, tri, unset, yuan
from anju.policy.verdict import Verdict

CRITERIA = {
    "state_owned": "国有企业",
    "voluntary": "自愿参与、自主决策",
    "strong": "实力强",
    "rated": "评级优",
    "market_run": "市场化程度高",
    "autonomous": "自主经营",
    "commercial_credit": "符合商业银行授信要求",
    "policy_credit": "符合政策性银行授信要求",
    "fair_competition": "按公平竞争程序选定",
}


@dataclass(frozen=True)
class GroupMember:
    """One company of the acquirer's group tree, itself included; ``financing_platform`` None is unknown."""

    name: str
    financing_platform: bool | None


@dataclass(frozen=True)
class AcquirerFacts:
    """What is known of a candidate. ``group`` holds the firm and every company above and beside it up to the group's
    head.
    """

    name: str
    region: str
    criteria: Mapping[str, bool | None]
    group: tuple[GroupMember, ...]
    group_complete: bool | None
    hidden_debt_fen: int | None
    acquirers_of_government: int | None
    parent: str = ""


@rule("3.1-1-criteria", clause="3.1-1", title="收购主体各项条件")
def criteria(facts: AcquirerFacts) -> list[Verdict]:
    """State-owned, voluntary, strong, well rated, market-run, autonomous, creditworthy with both kinds of bank,
    fairly chosen: all.
    """
    return [
        tri(
            "3.1-1-criteria",
            facts.criteria.get(key),
            what=f"{title}的证明材料",
            good=f"{facts.name}：{title}",
            bad=f"{facts.name}不符合“{title}”，不能作为收购主体；请另行选定",
        )
        for key, title in CRITERIA.items()
    ]


@rule("3.1-1-platform", clause="3.1-1", title="企业及所属集团不是政府融资平台")
def platform(facts: AcquirerFacts) -> Verdict:
    """企业及其所属集团不得为政府融资平台: the whole tree is known and none of it is one."""
    name, limit = "3.1-1-platform", "企业及所属集团均不是融资平台"
    platforms = [m.name for m in facts.group if m.financing_platform]
    if platforms:
        return judge(
            name,
            False,
            measured="、".join(platforms),
            limit=limit,
            good="",
            bad=f"{'、'.join(platforms)}为政府融资平台，{facts.name}不能作为收购主体；请另行选定或先依法退出平台名单",
        )
    open_ = [m.name for m in facts.group if m.financing_platform is None]
    if open_:
        return missing(name, f"{'、'.join(open_)}的融资平台名单核查结果", limit=limit)
    if not facts.group or not facts.group_complete:
        return missing(name, "完整的股权和集团关系", limit=limit)
    return judge(
        name,
        True,
        measured=f"{len(facts.group)} 家均不是",
        limit=limit,
        good="企业及所属集团均不是政府融资平台",
        bad="",
    )


@rule("3.1-1-hidden-debt", clause="3.1-1", title="没有地方隐性债务")
def hidden_debt(facts: AcquirerFacts) -> Verdict:
    """A declared hidden debt of local government makes the firm unfit."""
    if facts.hidden_debt_fen is None:
        return missing("3.1-1-hidden-debt", "隐性债务情况声明", limit="0")
    return judge(
        "3.1-1-hidden-debt",
        facts.hidden_debt_fen == 0,
        measured=yuan(facts.hidden_debt_fen),
        limit="0",
        good="没有地方隐性债务",
        bad=f"承担地方隐性债务 {yuan(facts.hidden_debt_fen)}，不能作为收购主体；请化解后重新申报",
    )


@rule("3.1-1-count", clause="3.1-1", title="收购主体数上限")
def count(facts: AcquirerFacts, inforce: InForce) -> Verdict:
    """``acquirers_of_government`` counts this one and those the same government has admitted."""
    most = inforce.get("acquirers_max")
    if isinstance(most, Unset):
        return unset("3.1-1-count", most)
    if facts.acquirers_of_government is None:
        return missing("3.1-1-count", "本级政府已选定的收购主体数", limit=f"≤ {most.value} 家")
    number = facts.acquirers_of_government
    return judge(
        "3.1-1-count",
        number <= most.value,
        by=most,
        measured=f"{number} 家",
        limit=f"≤ {most.value} 家",
        good=f"本级共 {number} 家收购主体",
        bad=f"选定后本级将有 {number} 家收购主体，超过 {most.value} 家；请先终止一家的资格",
    )


@rule("3.1-2-appointed", clause="3.1-2", title="方案已选定的收购主体")
def appointed(facts: AcquirerFacts, inforce: InForce) -> Verdict:
    """Where the plan names the acquirer, it is that one and its parent is the one named; elsewhere the place
    chooses.
    """
    table = inforce.get("appointed_acquirers")
    if isinstance(table, Unset):
        return unset("3.1-2-appointed", table)
    named = [(name, parent) for region, name, parent in table.value if region == facts.region]
    if not named:
        return judge(
            "3.1-2-appointed",
            True,
            by=table,
            measured=facts.name,
            limit="自行确定",
            good="本地按有关要求自行确定收购主体",
            bad="",
        )
    if not facts.parent:
        return missing("3.1-2-appointed", "母公司名称", limit=named[0][0])
    return judge(
        "3.1-2-appointed",
        (facts.name, facts.parent) in named,
        by=table,
        measured=f"{facts.name}（母公司 {facts.parent}）",
        limit=f"{named[0][0]}（母公司 {named[0][1]}）",
        good=f"{facts.name}为方案选定的收购主体",
        bad=f"方案选定的收购主体为{named[0][0]}（{named[0][1]}全资子公司），与{facts.name}不符；请核对后更正",
    )


def admission(facts: AcquirerFacts, inforce: InForce) -> list[Verdict]:
    """Every rule of 3.1 for one candidate."""
    return [*criteria(facts), platform(facts), hidden_debt(facts), count(facts, inforce), appointed(facts, inforce)]
