"""The one table of posts × acts, as pages show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anju.base.acts import REGISTRY
from anju.parties import reads
from anju.parties.posts import read_powers

ROOMS = {
    "base": "共用", "parties": "机构、账号与参数", "ledger": "账簿", "needs": "需求与轮候", "reserve": "房源储备", "pricing": "定价",
    "planning": "拟购方案", "negotiation": "协商与意向书", "offering": "公告与认购", "purchase": "收购协议", "funds": "资金与账",
    "permits": "手续办理", "homes": "配售配租与台账", "oversight": "核验与考核", "front": "工作台与驾驶舱",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One power: its words, its clause, the posts that hold it."""

    power: str
    title: str
    clause: str
    posts: frozenset[str]


@dataclass(frozen=True)
class Room:
    """The powers of a room."""

    title: str
    lines: Sequence[Line]


# What one may see with a power that no act needs.
SEEN = {
    "parties.view_accounts": "查看账号和任岗", "front.desk": "工作台与接口", "front.cockpit": "驾驶舱", "base.view": "查看文书与导入",
}  # fmt: skip


def title_of(power: str) -> tuple[str, str]:
    """A power in words, and its clause: the acts that need it, else what it lets one see."""
    acts = sorted((d for d in REGISTRY.values() if d.power == power), key=lambda d: d.name)
    if acts:
        return "、".join(dict.fromkeys(d.title for d in acts)), acts[0].clause
    room, _, rest = power.partition(".")
    if power in SEEN:
        return SEEN[power], ""
    return (f"查看{ROOMS.get(room, room)}" if rest == "view" else power), ""


def titles_of(powers: Iterable[str]) -> list[tuple[str, str]]:
    """Powers in words, in the order of the rooms."""
    order = list(ROOMS)
    ranked = sorted(powers, key=lambda p: (order.index(p.split(".")[0]) if p.split(".")[0] in order else 99, p))
    return [(power, title_of(power)[0]) for power in ranked]


def matrix(post: str) -> list[Room]:
    """All powers by room, those of one post where it is named; powers that no post holds are shown empty."""
    held = reads.powers_table()
    found = []
    for room, title in ROOMS.items():
        lines = [
            Line(power, *title_of(power), held.get(power, frozenset()))
            for power in read_powers()
            if power.split(".")[0] == room and (not post or post in held.get(power, ()))
        ]
        if lines:
            found.append(Room(title, lines))
    return found
