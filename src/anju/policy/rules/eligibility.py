"""3.2: who may join the waiting list. A line that the county has not set leaves the case waiting."""

from dataclasses import dataclass
from datetime import date

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, m2, missing, rule, unset, yuan
from anju.policy.verdict import Verdict

GROUPS = {"new_citizen": "新市民", "youth": "青年人", "wage_earner": "工薪收入群体", "low_income": "住房和收入困难家庭"}


@dataclass(frozen=True)
class HouseholdFacts:
    """What is known of a household; None is unknown."""

    group: str
    persons: int
    applicant_born_on: date | None
    income_month_fen: int | None
    home_area_cm2: int | None
    residence_months: int | None
    policy_home: bool | None = False


@rule("3.2-0-group", clause="1", title="保障对象群体")
def group(facts: HouseholdFacts) -> Verdict:
    """新市民、青年人、工薪收入群体."""
    known = facts.group in GROUPS
    return judge(
        "3.2-0-group", known, measured=GROUPS.get(facts.group, facts.group or "未填"), limit="、".join(GROUPS.values()),
        good=f"属于{GROUPS.get(facts.group, '')}", bad=f"群体「{facts.group or '未填'}」不在保障对象范围；请核对后改填",
    )  # fmt: skip


@rule("3.2-0-income", clause="3.2-0", title="收入线")
def income(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """Household income a head a month, up to the county's line."""
    line = inforce.get("income_line_fen")
    if isinstance(line, Unset):
        return unset("3.2-0-income", line)
    if facts.income_month_fen is None:
        return missing("3.2-0-income", "家庭月收入", limit=yuan(line.value))
    ahead = facts.income_month_fen // facts.persons
    return judge(
        "3.2-0-income", facts.income_month_fen <= line.value * facts.persons, measured=f"人均 {yuan(ahead)}", limit=f"≤ {yuan(line.value)}",
        good=f"人均月收入 {yuan(ahead)}，在收入线内", bad=f"人均月收入 {yuan(ahead)} 超过收入线 {yuan(line.value)}，不符合条件；如收入有误请补正证明",
    )  # fmt: skip


@rule("3.2-0-home", clause="3.2-0", title="自有住房面积线")
def home(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """Own homes' area a head, up to the county's line."""
    line = inforce.get("area_line_cm2")
    if isinstance(line, Unset):
        return unset("3.2-0-home", line)
    if facts.home_area_cm2 is None:
        return missing("3.2-0-home", "自有住房面积", limit=m2(line.value))
    return judge(
        "3.2-0-home", facts.home_area_cm2 <= line.value * facts.persons, measured=f"{m2(facts.home_area_cm2)}/{facts.persons} 人",
        limit=f"人均 ≤ {m2(line.value)}", good="自有住房面积在标准内",
        bad=f"自有住房 {m2(facts.home_area_cm2)}，人均超过 {m2(line.value)}，不符合条件；如住房信息有误请补正",
    )  # fmt: skip


@rule("3.2-0-residence", clause="3.2-0", title="居住或参保年限")
def residence(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """Months of residence or insurance, at least the county's."""
    least = inforce.get("residence_months_min")
    if isinstance(least, Unset):
        return unset("3.2-0-residence", least)
    if facts.residence_months is None:
        return missing("3.2-0-residence", "居住或参保月数", limit=f"{least.value} 个月")
    return judge(
        "3.2-0-residence", facts.residence_months >= least.value, measured=f"{facts.residence_months} 个月", limit=f"≥ {least.value} 个月",
        good=f"居住或参保 {facts.residence_months} 个月", bad=f"居住或参保 {facts.residence_months} 个月，不足 {least.value} 个月；满期后可再申请",
    )  # fmt: skip


@rule("3.2-0-age", clause="3.2-0", title="单身申请年龄")
def single_age(facts: HouseholdFacts, on: date, inforce: InForce) -> Verdict:
    """A person who applies alone is at least the county's age; an adult in any case."""
    least = inforce.get("min_single_age")
    if isinstance(least, Unset):
        return unset("3.2-0-age", least)
    if facts.applicant_born_on is None:
        return missing("3.2-0-age", "申请人出生日期")
    born = facts.applicant_born_on
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    line = least.value if facts.persons == 1 else 18
    return judge(
        "3.2-0-age", age >= line, measured=f"{age} 岁", limit=f"≥ {line} 岁", good=f"申请人 {age} 岁",
        bad=f"申请人 {age} 岁，{'单身申请' if facts.persons == 1 else ''}须满 {line} 岁；满龄后可再申请",
    )  # fmt: skip


@rule("3.2-0-one-home", clause="3.2-0", title="每户只能保障一套")
def one_home(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """One policy home per household."""
    most = inforce.get("household_unit_max")
    if isinstance(most, Unset):
        return unset("3.2-0-one-home", most)
    if facts.policy_home is None:
        return missing("3.2-0-one-home", "是否已享受保障性住房")
    return judge(
        "3.2-0-one-home", not facts.policy_home, measured="已享受" if facts.policy_home else "未享受", limit=f"每户 {most.value} 套",
        good="未享受过保障性住房", bad="家庭已享受保障性住房，每户只能保障一套；请先退出现住的保障性住房",
    )  # fmt: skip


def eligible(facts: HouseholdFacts, on: date, inforce: InForce) -> list[Verdict]:
    """Every rule for one household on its own day."""
    return [
        group(facts), income(facts, inforce), home(facts, inforce), residence(facts, inforce), single_age(facts, on, inforce),
        one_home(facts, inforce),
    ]  # fmt: skip
