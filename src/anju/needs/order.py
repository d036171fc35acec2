"""The order of the waiting list (轮候次序): sort keys are stored, positions derived; a list keeps its rule until an act changes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import Refused
from anju.needs.models import Application, ListOrder, Member, MemberNeed
from anju.policy.parameters import InForce, Unset

WAITING, SCORE, DRAW = "waiting_list", "score", "draw"
METHODS = {WAITING: "轮候", SCORE: "积分", DRAW: "摇号"}
# In a sort key of a county that draws: such a list has no places of its own.
UNRANKED = "-draw-"
SCORE_MAX = 99_999
ORDINARY = 9
GROUP, NEED = "group", "need"


@dataclass(frozen=True)
class Rule:
    """How a list is ordered: the method, and the priority groups as [basis, code, title, priority] (1 first)."""

    method: str
    groups: tuple[tuple[str, str, str, int], ...] = ()

    def priority(self, group: str, needs: Iterable[str]) -> int:
        """The best priority that the household's group or a member's confirmed need gives; 9 where none does."""
        mine = {(GROUP, group), *((NEED, need) for need in needs)}
        return min((rank for basis, code, _, rank in self.groups if (basis, code) in mine), default=ORDINARY)


def method_of(programme: str, inforce: InForce) -> str:
    """How the county orders this programme's list. Raises Refused while nobody has set it."""
    found = inforce.get("order_method", programme)
    if isinstance(found, Unset):
        raise Refused(found.sentence, clause=found.clause)
    return str(found.value)


def set_rule(programme: str, inforce: InForce) -> Rule:
    """What the county has set for a day: without priority groups everybody is ordinary. Raises Refused, also for a bad table."""
    groups = inforce.get("priority_groups")
    rows = () if isinstance(groups, Unset) else tuple(tuple(row) for row in groups.value)
    for basis, code, title, rank in rows:
        if basis not in (GROUP, NEED) or not 1 <= rank <= ORDINARY:
            raise Refused(
                f"参数「优先对象」中「{title}」的依据「{basis}」或优先级 {rank} 不符：依据应为 group 或 need，优先级 1 至 {ORDINARY}，"
                f"没有办理；请专班更正「{code}」这一行",
                clause="3.2-0",
            )
    return Rule(method_of(programme, inforce), rows)


def list_rule(region: str, programme: str) -> ListOrder | None:
    """The rule a list is kept by now; None before anybody stood on it."""
    return ListOrder.objects.filter(region=region, programme=programme).order_by("-serial").first()


def rule_of(row: ListOrder) -> Rule:
    """The stored rule as a value."""
    return Rule(row.method, tuple(tuple(one) for one in row.groups))


def sort_key(row: Application, method: str, on: date) -> str:
    """Priority, then the day its place counts from (or points), then accepted date, then number.

    Raises Refused where points decide and the household has none.
    """
    tail = f"{on:%Y%m%d}-{row.accepted_on:%Y%m%d}-{row.number}"
    if method == DRAW:
        return f"{row.priority}{UNRANKED}{row.number}"
    if method == WAITING:
        return f"{row.priority}-{tail}"
    if row.score is None:
        raise Refused(f"本地按积分排序，申请 {row.number} 没有积分，没有办理；请先补录积分", clause="3.5-2")
    return f"{row.priority}-{SCORE_MAX - row.score:05d}-{tail}"


def is_ranked(key: str) -> bool:
    """Whether a sort key gives a place on the list."""
    return bool(key) and UNRANKED not in key


def needs_of(region: str, ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Confirmed needs of the members of these applications."""
    found: dict[UUID, set[str]] = {}
    rows = MemberNeed.objects.filter(region=region, application_id__in=list(ids), confirmed=True)
    rows = rows.filter(member__in=Member.objects.filter(region=region, application_id__in=list(ids)).values("id"))
    for key, kind in rows.values_list("application_id", "kind"):
        found.setdefault(key, set()).add(kind)
    return found


@dataclass(frozen=True)
class Effect:
    """What a rule would do to a list: places before and after of those who would move, and how many stay."""

    rule: Rule
    households: int
    ahead: int
    back: int
    moves: list[dict[str, Any]] = field(default_factory=list)
    ranked: bool = True


def placed(row: Application, rule: Rule, needs: Mapping[UUID, set[str]]) -> tuple[int, str]:
    """The priority and key that a rule gives a household on the list."""
    on = row.order_on or row.qualified_on
    assert on, "a household on the list has its day"
    row.priority = rule.priority(row.group, needs.get(row.id, ()))
    return row.priority, sort_key(row, rule.method, on)


MOVES_SHOWN = 50


def preview(region: str, programme: str, rule: Rule) -> Effect:
    """What ordering the list anew by ``rule`` would do. Raises Refused where points decide and a household has none."""
    rows = list(
        Application.objects.filter(region=region, programme=programme, state="qualified")
        .only("id", "number", "group", "score", "accepted_on", "qualified_on", "order_on", "sort_key", "priority")
        .order_by("sort_key")
    )
    needs = needs_of(region, [row.id for row in rows])
    keys = {row.id: placed(row, rule, needs)[1] for row in rows}
    before = {row.id: at for at, row in enumerate(rows, 1)}
    after = {row.id: at for at, row in enumerate(sorted(rows, key=lambda r: keys[r.id]), 1)}
    moved = [(row, before[row.id], after[row.id]) for row in rows if before[row.id] != after[row.id]]
    moved.sort(key=lambda m: (-abs(m[1] - m[2]), m[1]))
    return Effect(
        rule, len(rows), sum(new < old for _, old, new in moved), sum(new > old for _, old, new in moved),
        [{"number": r.number, "id": r.id, "before": old, "after": new} for r, old, new in moved[:MOVES_SHOWN]],
        ranked=rule.method != DRAW,
    )  # fmt: skip
