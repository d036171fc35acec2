"""3.5-3: the 95 % gate, per project, in integers. Matched homes are counted, not applications; one door besides it:
一事一议.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, missing, percent, rule, unset
from anju.policy.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Match:
    """One home and the household that took it."""

    unit: str
    household: str
    qualified: bool
    in_window: bool
    earnest_paid: bool


@dataclass(frozen=True)
class GateFacts:
    """One project's gate: ``units`` are those of the letter (意向书), ``dropped`` those of them that have left
    since.
    """

    units: frozenset[str]
    matches: Sequence[Match]
    dropped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SpecialDecision:
    """A 一事一议 decision as recorded. ``body`` is ``task_force`` or ``government``."""

    body: str
    number: str
    reason: str
    decided_on: date | None
    minutes: bool | None


def needed(offered: int, ratio: int) -> int:
    """The fewest homes that make ``ratio`` % of ``offered``: 19 of 20, all 19 of 19."""
    return -(-ratio * offered // 100)


def taken(matches: Iterable[Match], units: frozenset[str]) -> int:
    """Homes of the list, matched one-to-one to a household that is qualified, in time and has paid.

    A home that two households claim, or a household with two homes, counts once at the most: the books must not hold
    such a pair.
    """
    homes: set[str] = set()
    households: set[str] = set()
    for match in sorted(matches, key=lambda m: (m.unit, m.household)):
        counts = match.qualified and match.in_window and match.earnest_paid and match.unit in units
        if counts and match.unit not in homes and match.household not in households:
            homes.add(match.unit)
            households.add(match.household)
    return len(homes)


def offered(facts: GateFacts, inforce: InForce) -> int | Unset:
    """The denominator: as the parameter says where homes have dropped out, else all of the letter's."""
    if not facts.dropped & facts.units:
        return len(facts.units)
    how = inforce.get("gate_denominator")
    if isinstance(how, Unset):
        return how
    return len(facts.units) if how.value == "letter" else len(facts.units - facts.dropped)


@rule("3.5-3-gate", clause="3.5-3", title="95% 锁定需求")
def gate(facts: GateFacts, inforce: InForce) -> Verdict:
    """95%以上 includes 95 %: 100 × taken ≥ 95 × offered."""
    name, ratio, count_of = "3.5-3-gate", inforce.get("lock_ratio_min"), offered(facts, inforce)
    if isinstance(ratio, Unset):
        return unset(name, ratio)
    if isinstance(count_of, Unset):
        return unset(name, count_of)
    if count_of == 0:
        return missing(name, "意向收购项目房源", limit=f"≥ {ratio.value}%")
    count, need = taken(facts.matches, facts.units - facts.dropped), needed(count_of, ratio.value)
    return judge(
        name,
        100 * count >= ratio.value * count_of,
        by=ratio,
        measured=f"{count}/{count_of} 套（{percent(count, count_of)}）",
        limit=f"≥ {need} 套（{ratio.value}%）",
        good=f"已锁定 {count} 套，达到 {count_of} 套的 {ratio.value}%（需 {need} 套）",
        bad=(
            f"已锁定 {count} 套，还差 {need - count} 套（{count_of} 套的 {ratio.value}% 为 {need} 套），"
            "不能签订正式协议；请继续征集，期满仍不足的退还定金，特殊情况走“一事一议”"
        ),
    )


@rule("3.5-3-special", clause="3.5-3", title="一事一议")
def special(decision: SpecialDecision | None, inforce: InForce) -> Verdict:
    """A decision of the body that the parameter names, with number, day, reason and minutes."""
    name, body = "3.5-3-special", inforce.get("special_decision_body")
    if isinstance(body, Unset):
        return unset(name, body)
    if decision is None:
        return missing(name, "一事一议决定", limit=BODIES[body.value])
    absent = {
        "决定文号": decision.number,
        "决定日期": decision.decided_on,
        "特殊情况说明": decision.reason,
        "会议纪要": decision.minutes,
    }
    for what, value in absent.items():
        if not value:
            return missing(name, what, limit=BODIES[body.value])
    made_by = BODIES.get(decision.body, decision.body)
    return judge(
        name,
        decision.body == body.value,
        by=body,
        measured=f"{made_by} {decision.number}",
        limit=BODIES[body.value],
        good=f"已由{made_by}以 {decision.number} 一事一议",
        bad=f"{decision.number} 由{made_by}决定，按规定应由{BODIES[body.value]}决定；请提交其审议",
    )


BODIES = {"task_force": "工作专班", "government": "政府常务会议"}


def may_sign(facts: GateFacts, decision: SpecialDecision | None, inforce: InForce) -> list[Verdict]:
    """What a purchase agreement stands on: the gate, or, where it failed and there is one, the special decision
    instead.

    A gate that could not be judged (unknown) is not opened by a decision.
    """
    judged = gate(facts, inforce)
    if judged.outcome is Outcome.FAIL and decision is not None:
        return [special(decision, inforce)]
    return [judged]
