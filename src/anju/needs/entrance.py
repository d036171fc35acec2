"""Which ways in a county keeps open (申请入口): none while it does not take a programme in, or the national list's file alone."""

from anju.base.acts import Refused
from anju.needs import programmes
from anju.needs.models import PROGRAMMES
from anju.policy.parameters import InForce, Unset

CLAUSE = "4.4"
NATIONAL = "national"
TITLES = dict(PROGRAMMES)


def closed(programme: str, inforce: InForce, *, national: bool = False) -> str:
    """Why this programme is not taken in here; empty where it is. ``national``: it comes by the national list's file."""
    if programme not in TITLES:
        return ""  # the faults of the form say it
    shut = programmes.not_open(programme, inforce)
    if shut or national:
        return shut
    found = inforce.get("national_only", programme)
    if isinstance(found, Unset) or found.value != NATIONAL:
        return ""
    return (
        f"本地的{TITLES[programme]}只从国家轮候服务系统收进申请（{found.source}，{found.valid_from} 起），没有受理；"
        "请在国家轮候服务系统申请，已在其中申请的不用再报"
    )


def refuse_closed(programme: str, inforce: InForce) -> None:
    """Raises Refused where the programme is closed, or the national file is its only entrance."""
    why = closed(programme, inforce)
    if why:
        raise Refused(why, clause=CLAUSE)
