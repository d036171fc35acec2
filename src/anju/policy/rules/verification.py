"""3.2: what departments have confirmed of a case. What was not asked or not answered is unknown; 容缺受理 carries it to its day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, missing, rule, unset
from anju.policy.verdict import Verdict

NAME = "3.2-0-verification"
SAME, DIFFERS, MISSING = "same", "differs", "missing"


@dataclass(frozen=True)
class Asked:
    """One item of one person. ``result`` is None while nobody was asked, empty while the answer waits.

    ``settled``: a difference that another person decided. ``good_by``: the day of an open 容缺受理; ``made_good``: its paper came in
    time, in place of a record that the department lacks.
    """

    title: str
    department: str
    result: str | None = None
    value: str = ""
    settled: bool = False
    good_by: date | None = None
    made_good: bool = False


def item(asked: Asked, on: date) -> Verdict:
    """One item: confirmed, carried by a day to make good, or what is in its way."""
    name, limit = NAME, f"{asked.department}核验一致"
    if asked.result == SAME or (asked.result == DIFFERS and asked.settled):
        good = f"{asked.title}已由{asked.department}核验" + ("，差异已有结论" if asked.settled else "，一致")
        return judge(
            name, True, measured="一致" if asked.result == SAME else "差异已办结", limit=limit, good=good, bad=""
        )
    if asked.made_good and asked.result in (None, MISSING):
        return judge(
            name, True, measured="容缺已补齐", limit=limit, good=f"{asked.title}的材料已在容缺期限内补齐", bad=""
        )
    if asked.good_by is not None:
        return judge(
            name,
            on <= asked.good_by,
            measured=f"容缺至 {asked.good_by}",
            limit=limit,
            good=f"{asked.title}容缺受理，须在 {asked.good_by} 前补齐",
            bad=f"{asked.title}的容缺期限 {asked.good_by} 已过，没有补齐；请补齐材料后再办",
        )
    if asked.result is None:
        return missing(name, f"{asked.title}的核验（{asked.department}），还没有提出", limit=limit)
    if asked.result == "":
        return missing(name, f"{asked.title}的核验结果（{asked.department}），已提出、未回复", limit=limit)
    if asked.result == DIFFERS:
        return judge(
            name,
            False,
            measured=f"不一致：{asked.value or '部门未写明'}",
            limit=limit,
            good="",
            bad=f"{asked.title}经{asked.department}核验不一致（{asked.value or '部门未写明'}），还没有结论；请先认定差异",
        )
    return judge(
        name,
        False,
        measured="缺失",
        limit=limit,
        good="",
        bad=f"{asked.department}没有查到{asked.title}的记录；请家庭补交证明后人工核验，或办理容缺受理",
    )


@rule(NAME, clause="3.2-0", title="部门核验")
def verified(items: Iterable[Asked], programme: str, on: date, inforce: InForce) -> list[Verdict]:
    """Every item that the county asks for of this programme; one open parameter leaves the case waiting."""
    table = inforce.get("verification_items")
    if isinstance(table, Unset):
        return [unset(NAME, table)]
    return [item(one, on) for one in items]


def wanted(programme: str, inforce: InForce) -> list[tuple[str, str, int]]:
    """(item, department, working days) that the county asks for of a programme; empty where it asks for none or has not said."""
    table = inforce.get("verification_items")
    if isinstance(table, Unset) or table.value == "none":
        return []
    return [(code, department, days) for of, code, department, days in table.value if of == programme]


@rule("3.2-0-likeness", clause="3.2-0", title="疑似同一人")
def not_twice(same: int) -> list[Verdict]:
    """A reviewer decided that members of this case are persons of another one under other numbers; nothing where nobody did."""
    if not same:
        return []
    bad = f"有 {same} 名成员经认定与另一份申请中的人是同一人，每人只能在一份有效申请中；请更正证件号码或撤回其中一份"
    return [judge("3.2-0-likeness", False, measured=f"{same} 人", limit="0 人", good="", bad=bad)]
