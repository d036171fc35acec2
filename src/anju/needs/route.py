"""The steps of a review (审核环节) as a county sets them: which, by which post, in how many working days."""

from collections.abc import Sequence
from dataclasses import dataclass

from anju.base.acts import Refused
from anju.needs.models import STEPS
from anju.parties.posts import BY_CODE
from anju.policy.parameters import NO_LIMIT, InForce, Unset

FIRST, SECOND, CITY = "first", "second", "city"
# Where a case waits before its first, second and third step.
WAITS = ("submitted", "first_passed", "second_passed")
PASSED = "reviewed"
# A refusal after an objection: not a step of the route, but a refusal with a person and a reason like those.
SHOWN = "shown"
# The same of a back-entered case whose finding was upheld.
HELD = "held"
TITLES = dict(STEPS)
POSTS = frozenset({"intake_clerk", "reviewer", "department_clerk", "office_clerk"})


@dataclass(frozen=True)
class Step:
    """One step: ``days`` working days, None while nobody has set a limit; ``waits`` and ``passed`` the states around it.

    ``departments``: those that must each give an opinion before the post decides, with their working days (0: no limit).
    """

    code: str
    title: str
    post: str
    days: int | None
    waits: str
    passed: str
    departments: tuple[tuple[str, int], ...] = ()


def route(inforce: InForce) -> tuple[Step, ...]:
    """The steps in their order. Raises Refused where the county's table is none: the first two are always there."""
    table = inforce.get("review_steps")
    if isinstance(table, Unset):
        raise Refused(table.sentence, clause=table.clause)
    rows = [tuple(row) for row in table.value]
    codes = [row[0] for row in rows]
    if codes not in ([FIRST, SECOND], [FIRST, SECOND, CITY]) or any(row[2] not in BY_CODE for row in rows):
        raise Refused(
            f"参数「审核环节」写的是「{'、'.join(TITLES.get(code, code) for code in codes)}」，应依次为初审、复审，或再加市级联审，"
            "岗位用岗位表里的代码，没有办理；请专班更正参数",
            clause="3.2-0",
        )
    states, asked = [*WAITS[: len(rows)], PASSED], _departments(inforce, codes[1:])
    return tuple(
        Step(code, title, post, days or _days(code, inforce), states[at], states[at + 1], tuple(asked.get(code, ())))
        for at, (code, title, post, days) in enumerate(rows)
    )


def _departments(inforce: InForce, codes: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """The departments of each later step. Raises Refused where the table names a step that is not there: nobody would ask them."""
    table = inforce.get("review_departments")
    if isinstance(table, Unset) or table.value == NO_LIMIT:
        return {}
    found: dict[str, list[tuple[str, int]]] = {}
    for code, department, days in table.value:
        if code not in codes or days < 0:
            raise Refused(
                f"参数「联审部门」里{department}写的环节是「{TITLES.get(code, code)}」、{days} 个工作日，应为本地设有的复审或市级联审、"
                "不少于 0，没有办理；请专班更正参数",
                clause="3.2-0",
            )
        found.setdefault(code, []).append((department, days))
    return found


def step_of(steps: Sequence[Step], code: str) -> Step:
    """One step by its code. Raises Refused where the county has no such step."""
    found = next((step for step in steps if step.code == code), None)
    if found is None:
        raise Refused(f"本地没有设「{TITLES.get(code, code)}」环节，没有办理；请在“参数”页查看审核环节", clause="3.2-0")
    return found


def waiting_at(steps: Sequence[Step], state: str) -> Step | None:
    """The step a case in this state waits for; None where it waits for none."""
    return next((step for step in steps if step.waits == state), None)


def _days(code: str, inforce: InForce) -> int | None:
    if code not in (FIRST, SECOND):
        return None
    value = inforce.get(f"{code}_review_days")
    return None if isinstance(value, Unset) else int(value.value)
