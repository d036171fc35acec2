"""4.5: the assessment of the acquirer (考核), from facts: purchase, allotment, operation, use of money."""

from dataclasses import dataclass

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, missing, percent, permille, rule, unset, yuan
from anju.policy.verdict import Verdict


@dataclass(frozen=True)
class AssessmentFacts:
    """An acquirer's period; None is unknown. Sums are fen."""

    units_decided: int | None
    units_purchased: int | None
    units_allotted: int | None
    rent_due_fen: int | None
    rent_received_fen: int | None
    commingled_fen: int | None
    outside_account_fen: int | None
    misused_fen: int | None


def _line(name: str, key: str, part: int | None, whole: int | None, what: str, inforce: InForce) -> Verdict:
    """One indicator against its line in ‰; nothing to measure is unknown, never full marks."""
    lines = inforce.get("assessment_lines")
    if isinstance(lines, Unset):
        return unset(name, lines)
    found = {row_key: line for row_key, _, line in lines.value}
    if key not in found:
        return missing(name, f"考核线中的{what}")
    limit = f"≥ {permille(found[key])}"
    if part is None or not whole:
        return missing(name, f"{what}的分子或分母", limit=limit)
    share = percent(part, whole)
    return judge(
        name,
        1000 * part >= found[key] * whole,
        by=lines,
        measured=share,
        limit=limit,
        good=f"{what} {share}，达到 {permille(found[key])}",
        bad=f"{what} {share}，未达到 {permille(found[key])}；请收购主体说明原因并提出整改措施",
    )


@rule("4.5-purchase", clause="4.5", title="收购完成率")
def purchase(facts: AssessmentFacts, inforce: InForce) -> Verdict:
    """Homes purchased of those decided on."""
    return _line("4.5-purchase", "purchase", facts.units_purchased, facts.units_decided, "收购完成率", inforce)


@rule("4.5-allotment", clause="4.5", title="配售配租率")
def allotment(facts: AssessmentFacts, inforce: InForce) -> Verdict:
    """Homes sold or let of those purchased."""
    return _line("4.5-allotment", "allotment", facts.units_allotted, facts.units_purchased, "配售配租率", inforce)


@rule("4.5-operation", clause="4.5", title="租金收缴率")
def operation(facts: AssessmentFacts, inforce: InForce) -> Verdict:
    """Rent received of rent due."""
    return _line("4.5-operation", "operation", facts.rent_received_fen, facts.rent_due_fen, "租金收缴率", inforce)


@rule("4.5-money", clause="4.5", title="资金使用合规")
def money(facts: AssessmentFacts) -> list[Verdict]:
    """No fen commingled, outside the supervised account or misused: each is counted apart."""
    sums = {
        "项目间混同资金": facts.commingled_fen,
        "专户外收付资金": facts.outside_account_fen,
        "违规使用资金": facts.misused_fen,
    }
    return [
        missing("4.5-money", what, limit="0")
        if fen is None
        else judge(
            "4.5-money",
            fen == 0,
            measured=yuan(fen),
            limit="0",
            good=f"没有{what}",
            bad=f"{what} {yuan(fen)}；请立即追回并报专班和审计部门",
        )
        for what, fen in sums.items()
    ]


def assess(facts: AssessmentFacts, inforce: InForce) -> list[Verdict]:
    """Every indicator."""
    return [purchase(facts, inforce), allotment(facts, inforce), operation(facts, inforce), *money(facts)]
