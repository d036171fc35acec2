"""3.2: who may join the waiting list, by programme. A line that the county has not set leaves the case waiting."""

from dataclasses import dataclass
from datetime import date

from anju.policy.parameters import NO_LIMIT, InForce, Unset
from anju.policy.rules.base import judge, m2, missing, rule, unset, yuan
from anju.policy.verdict import Verdict


@dataclass(frozen=True)
class HouseholdFacts:
    """What is known of a household; None is unknown.

    ``income_month_fen`` and ``home_area_cm2`` are the whole household's. ``other_applications`` counts live
    applications of any member
    besides this one; ``policy_homes`` the affordable homes that any member holds; ``registration`` is the place of
    the applicant's (GB/T 2260); ``insurance_months`` the applicant's; ``transfers`` the days on which own homes were
    transferred, empty where none was.
    """

    programme: str
    group: str
    persons: int | None
    applicant_born_on: date | None
    income_month_fen: int | None
    home_area_cm2: int | None
    residence_months: int | None
    other_applications: int | None
    policy_homes: int | None
    registration: str | None = None
    insurance_months: int | None = None
    transfers: tuple[date, ...] | None = None


@rule("1-group", clause="1", title="保障对象群体")
def group(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """新市民、青年人、工薪收入群体, by programme."""
    table = inforce.get("eligible_groups")
    if isinstance(table, Unset):
        return unset("1-group", table)
    known = {key: title for programme, key, title in table.value if programme == facts.programme}
    if not facts.group:
        return missing("1-group", "保障对象群体", limit="、".join(known.values()))
    return judge(
        "1-group",
        facts.group in known,
        by=table,
        measured=known.get(facts.group, facts.group),
        limit="、".join(known.values()),
        good=f"属于{known.get(facts.group, '')}",
        bad=f"群体「{facts.group}」不在此类住房的保障对象范围；请核对后改填或改报其他类别",
    )


@rule("3.2-0-income", clause="3.2-0", title="收入线")
def income(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """Household income a head a month, up to the county's line."""
    name, line = "3.2-0-income", inforce.get("income_line_fen", facts.programme)
    if isinstance(line, Unset):
        return unset(name, line)
    if line.value == NO_LIMIT:
        return judge(name, True, by=line, measured="不计", limit="不设", good="此类住房本地不设收入线", bad="")
    limit = f"人均 ≤ {yuan(line.value)}/月"
    if facts.income_month_fen is None or not facts.persons:
        return missing(name, "家庭月收入或家庭人数", limit=limit)
    ahead = yuan(-(-facts.income_month_fen // facts.persons))
    return judge(
        name,
        facts.income_month_fen <= line.value * facts.persons,
        by=line,
        measured=f"人均 {ahead}",
        limit=limit,
        good=f"人均月收入 {ahead}，不超过 {yuan(line.value)}",
        bad=f"人均月收入 {ahead}，超过收入线 {yuan(line.value)}，不符合条件；收入有误的请补正证明",
    )


@rule("3.2-0-home-area", clause="3.2-0", title="自有住房面积线")
def home_area(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """Own homes' area a head, up to the county's line; a line of 0 asks for no own home."""
    name, line = "3.2-0-home-area", inforce.get("area_per_person_line_cm2", facts.programme)
    if isinstance(line, Unset):
        return unset(name, line)
    if line.value == NO_LIMIT:
        return judge(name, True, by=line, measured="不计", limit="不设", good="此类住房本地不设住房面积线", bad="")
    limit = f"人均 ≤ {m2(line.value)}"
    if facts.home_area_cm2 is None or not facts.persons:
        return missing(name, "自有住房面积或家庭人数", limit=limit)
    area = m2(facts.home_area_cm2)
    return judge(
        name,
        facts.home_area_cm2 <= line.value * facts.persons,
        by=line,
        measured=f"{area}/{facts.persons} 人",
        limit=limit,
        good=f"自有住房 {area}、{facts.persons} 人，人均不超过 {m2(line.value)}",
        bad=f"自有住房 {area}、{facts.persons} 人，人均超过 {m2(line.value)}，不符合条件；住房信息有误的请补正",
    )


@rule("3.2-0-residence", clause="3.2-0", title="居住或参保年限")
def residence(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """Months of residence or insurance, at least the county's; 0 asks for none."""
    name, least = "3.2-0-residence", inforce.get("residence_months_min", facts.programme)
    if isinstance(least, Unset):
        return unset(name, least)
    limit = f"≥ {least.value} 个月"
    if facts.residence_months is None:
        return missing(name, "居住或参保月数", limit=limit)
    return judge(
        name,
        facts.residence_months >= least.value,
        by=least,
        measured=f"{facts.residence_months} 个月",
        limit=limit,
        good=f"居住或参保 {facts.residence_months} 个月",
        bad=f"居住或参保 {facts.residence_months} 个月，不足 {least.value} 个月；满期后可再申请",
    )


@rule("3.2-0-registration", clause="3.2-0", title="户籍要求")
def registration(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """Registered in the county or its city, where the county asks for that."""
    name, asked = "3.2-0-registration", inforce.get("registration_rule", facts.programme)
    if isinstance(asked, Unset):
        return unset(name, asked)
    if asked.value == NO_LIMIT:
        return judge(name, True, by=asked, measured="不计", limit="不设", good="此类住房不要求本地户籍", bad="")
    limit, mine = ("本县（区）户籍", 6) if asked.value == "county" else ("本市户籍", 4)
    if not facts.registration:
        return missing(name, "申请人户籍所在地", limit=limit)
    return judge(
        name,
        facts.registration[:mine] == inforce.region[:mine],
        by=asked,
        measured=f"户籍 {facts.registration}",
        limit=limit,
        good=limit,
        bad=f"申请人户籍在 {facts.registration}，此类住房须有{limit}，不符合条件；户籍迁入后可再申请，登记有误的请补正",
    )


@rule("3.2-0-insurance", clause="3.2-0", title="社会保险缴费月数")
def insurance(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """Months of social insurance paid here, at least the county's; 0 asks for none."""
    name, least = "3.2-0-insurance", inforce.get("insurance_months_min", facts.programme)
    if isinstance(least, Unset):
        return unset(name, least)
    limit = f"≥ {least.value} 个月"
    if least.value == 0:
        return judge(name, True, by=least, measured="不计", limit=limit, good="此类住房不要求社会保险缴费", bad="")
    if facts.insurance_months is None:
        return missing(name, "社会保险缴费月数", limit=limit)
    return judge(
        name,
        facts.insurance_months >= least.value,
        by=least,
        measured=f"{facts.insurance_months} 个月",
        limit=limit,
        good=f"社会保险缴费 {facts.insurance_months} 个月",
        bad=f"社会保险缴费 {facts.insurance_months} 个月，不足 {least.value} 个月；缴满后可再申请",
    )


@rule("3.2-0-transfer", clause="3.2-0", title="近年转让住房")
def transfer(facts: HouseholdFacts, on: date, inforce: InForce) -> Verdict:
    """No own home transferred within the county's years before ``on``; 0 asks for nothing."""
    name, years = "3.2-0-transfer", inforce.get("transfer_years", facts.programme)
    if isinstance(years, Unset):
        return unset(name, years)
    if years.value == 0:
        return judge(name, True, by=years, measured="不计", limit="不设", good="此类住房不计近年转让住房", bad="")
    limit = f"{years.value} 年内未转让"
    if facts.transfers is None:
        return missing(name, "近年是否转让过住房", limit=limit)
    late = [day for day in facts.transfers if full_years(day, on) < years.value]
    return judge(
        name,
        not late,
        by=years,
        measured=f"{max(late)} 转让" if late else "没有",
        limit=limit,
        good=f"{years.value} 年内没有转让过自有住房",
        bad=f"{max(late) if late else ''} 转让过自有住房，距申请不满 {years.value} 年；满期后可再申请，登记有误的请补正",
    )


@rule("3.2-0-age", clause="3.2-0", title="申请年龄")
def age(facts: HouseholdFacts, on: date, inforce: InForce) -> Verdict:
    """An adult; one who applies alone is at least the county's age for that."""
    name = "3.2-0-age"
    if not facts.persons or facts.applicant_born_on is None:
        return missing(name, "申请人出生日期或家庭人数")
    adult, alone = inforce.get("adult_age"), inforce.get("min_single_age", facts.programme)
    least = alone if facts.persons == 1 else adult
    if isinstance(least, Unset):
        return unset(name, least)
    years = full_years(facts.applicant_born_on, on)
    return judge(
        name,
        years >= least.value,
        by=least,
        measured=f"{years} 周岁",
        limit=f"≥ {least.value} 周岁",
        good=f"申请人 {years} 周岁",
        bad=(
            f"申请人 {years} 周岁，"
            f"{'单身申请' if facts.persons == 1 else '申请人'}须满 {least.value} 周岁；满龄后可再申请"
        ),
    )


def full_years(born_on: date, on: date) -> int:
    """Full years on a day; one born on 29 February turns a year older on 1 March of a common year."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


@rule("3.2-0-open", clause="3.2-0", title="是否受理申请")
def taken_in(programme: str, inforce: InForce) -> Verdict:
    """Whether the county takes new applications of a programme in."""
    name, found, limit = "3.2-0-open", inforce.get("programme_open", programme), "开放受理"
    if isinstance(found, Unset):
        return unset(name, found)
    return judge(
        name,
        found.value == "open",
        by=found,
        measured=limit if found.value == "open" else "停止受理",
        limit=limit,
        good="本地正在受理这类住房的申请",
        bad=(
            f"本地自 {found.valid_from} 起停止受理这类住房的申请（{found.source}），没有受理；"
            "恢复受理后再申请，或改申请其他类别，已受理的照常办理"
        ),
    )


@rule("3.2-0-one-application", clause="3.2-0", title="每户只有一份有效申请")
def one_application(facts: HouseholdFacts) -> Verdict:
    """No member stands in another live application, anywhere."""
    if facts.other_applications is None:
        return missing("3.2-0-one-application", "家庭成员在其他申请中的核对结果", limit="0 份")
    return judge(
        "3.2-0-one-application",
        facts.other_applications == 0,
        measured=f"{facts.other_applications} 份",
        limit="0 份",
        good="没有其他有效申请",
        bad=f"家庭成员另有 {facts.other_applications} 份有效申请，不能重复申请；请先撤回原申请",
    )


@rule("3.2-0-one-home", clause="3.2-0", title="每户只能保障一套")
def one_home(facts: HouseholdFacts, inforce: InForce) -> Verdict:
    """With the home applied for, no more than a household may hold."""
    most = inforce.get("household_unit_max")
    if isinstance(most, Unset):
        return unset("3.2-0-one-home", most)
    limit = f"每户 {most.value} 套"
    if facts.policy_homes is None:
        return missing("3.2-0-one-home", "是否已享受保障性住房", limit=limit)
    return judge(
        "3.2-0-one-home",
        facts.policy_homes < most.value,
        by=most,
        measured=f"已有 {facts.policy_homes} 套",
        limit=limit,
        good="未享受保障性住房",
        bad=f"家庭已享受保障性住房 {facts.policy_homes} 套，每户限 {most.value} 套；请先退出现住的保障性住房",
    )


def eligible(facts: HouseholdFacts, on: date, inforce: InForce) -> list[Verdict]:
    """Every rule for one household on its own day (``inforce`` is that day's)."""
    return [
        group(facts, inforce),
        income(facts, inforce),
        home_area(facts, inforce),
        residence(facts, inforce),
        registration(facts, inforce),
        insurance(facts, inforce),
        transfer(facts, on, inforce),
        age(facts, on, inforce),
        one_application(facts),
        one_home(facts, inforce),
    ]
