"""3.5: the times of an offer. The letter stands, the announcement is open long enough, letting begins soon after the
purchase.
"""

from datetime import date, timedelta

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, missing, rule, unset
from anju.policy.verdict import Verdict


@rule("3.5-1-letter", clause="3.5-1", title="收购意向书在有效期内")
def letter_valid(signed_on: date | None, on: date, inforce: InForce) -> Verdict:
    """A letter of intent stands for its days from the signing."""
    name, days = "3.5-1-letter", inforce.get("letter_valid_days")
    if isinstance(days, Unset):
        return unset(name, days)
    if signed_on is None:
        return missing(name, "意向书签订日期")
    until = signed_on + timedelta(days=days.value)
    return judge(
        name,
        signed_on <= on <= until,
        by=days,
        measured=str(on),
        limit=f"{signed_on} 至 {until}",
        good=f"意向书有效至 {until}",
        bad=f"意向书有效期为 {signed_on} 至 {until}，{on} 不能据以办理；请重新签订意向书",
    )


@rule("3.5-2-window", clause="3.5-2", title="公告申请期限")
def window(opens_on: date | None, closes_on: date | None, inforce: InForce) -> Verdict:
    """规定期限: both days counted, at least as long as set."""
    name, days = "3.5-2-window", inforce.get("apply_window_days")
    if isinstance(days, Unset):
        return unset(name, days)
    if opens_on is None or closes_on is None:
        return missing(name, "申请起止日期", limit=f"≥ {days.value} 日")
    length = (closes_on - opens_on).days + 1
    return judge(
        name,
        length >= days.value,
        by=days,
        measured=f"{length} 日",
        limit=f"≥ {days.value} 日",
        good=f"申请期 {length} 日",
        bad=f"申请期 {opens_on} 至 {closes_on} 只有 {length} 日，不足 {days.value} 日；请延后截止日期",
    )


@rule("3.5-4-after-purchase", clause="3.5-4", title="收购后迅速配售配租")
def after_purchase(purchased_on: date | None, begun_on: date | None, on: date, inforce: InForce) -> Verdict:
    """Days from the agreement to the first contract with a family, or to today while there is none."""
    name, days = "3.5-4-after-purchase", inforce.get("afterpurchase_days")
    if isinstance(days, Unset):
        return unset(name, days)
    if purchased_on is None:
        return missing(name, "收购协议生效日期", limit=f"≤ {days.value} 日")
    passed = ((begun_on or on) - purchased_on).days
    return judge(
        name,
        passed <= days.value,
        by=days,
        measured=f"{passed} 日",
        limit=f"≤ {days.value} 日",
        good=f"收购后 {passed} 日{'开始配售配租' if begun_on else '，尚在时限内'}",
        bad=(
            f"收购后 {passed} 日{'才开始' if begun_on else '仍未开始'}配售配租，"
            f"超过 {days.value} 日；请立即组织并向专班说明原因"
        ),
    )
