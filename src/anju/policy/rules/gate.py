"""3.5-3: the 95 % gate, per project, in integers. Matched homes are counted, not applications."""

from collections.abc import Iterable
from dataclasses import dataclass

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, missing, rule, unset
from anju.policy.verdict import Verdict


@dataclass(frozen=True)
class Match:
    """One home and the household that took it."""

    unit: str
    household: str
    qualified: bool
    in_window: bool
    earnest_paid: bool


def needed(offered: int, percent: int) -> int:
    """The fewest homes that make ``percent`` of ``offered``: 19 of 20, all 19 of 19."""
    return -(-percent * offered // 100)


def taken(matches: Iterable[Match]) -> int:
    """Homes matched one-to-one to a household that is qualified, in time and has paid."""
    units: set[str] = set()
    households: set[str] = set()
    for match in sorted(matches, key=lambda m: (m.unit, m.household)):
        if (
            match.qualified
            and match.in_window
            and match.earnest_paid
            and match.unit not in units
            and match.household not in households
        ):
            units.add(match.unit)
            households.add(match.household)
    return len(units)


@rule("3.5-3-gate", clause="3.5-3", title="95 % 锁定需求")
def gate(matches: Iterable[Match], offered: int, inforce: InForce) -> Verdict:
    """95%以上 includes 95 %: 100 × taken ≥ 95 × offered."""
    ratio = inforce.get("lock_ratio_min")
    if isinstance(ratio, Unset):
        return unset("3.5-3-gate", ratio)
    if offered <= 0:
        return missing("3.5-3-gate", "意向收购项目房源")
    count, need = taken(matches), needed(offered, ratio.value)
    return judge(
        "3.5-3-gate", 100 * count >= ratio.value * offered, measured=f"{count}/{offered} 套", limit=f"≥ {need} 套（{ratio.value} %）",
        good=f"已锁定 {count} 套，达到 {offered} 套的 {ratio.value} %（需 {need} 套）",
        bad=f"已锁定 {count} 套，还差 {need - count} 套才达到 {ratio.value} %（需 {need} 套）；不能签订正式协议，定金原路退还，特殊情况走“一事一议”",
    )  # fmt: skip
