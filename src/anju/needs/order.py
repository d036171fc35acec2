"""The order of the waiting list (轮候次序): sort keys are made once, when a household qualifies; positions are derived."""

from datetime import date

from anju.base.acts import Refused
from anju.needs.models import Application
from anju.policy.parameters import InForce, Unset

WAITING, SCORE, DRAW = "waiting_list", "score", "draw"
# In a sort key of a county that draws: such a list has no places of its own.
UNRANKED = "-draw-"
SCORE_MAX = 99_999


def method_of(programme: str, inforce: InForce) -> str:
    """How the county orders this programme's list. Raises Refused while nobody has set it."""
    found = inforce.get("order_method", programme)
    if isinstance(found, Unset):
        raise Refused(found.sentence, clause=found.clause)
    return str(found.value)


def sort_key(row: Application, method: str, on: date) -> str:
    """Priority, then qualified date (or points), then accepted date, then number. ``on``: the day it qualified.

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
