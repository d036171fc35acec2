"""The rail: rooms in the plan's own order, each shown to those who hold its ``<room>.view``, with what waits there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Func, Q, Value
from django.db.models.fields import CharField
from django.urls import NoReverseMatch, reverse

from anju.base.acts.context import SHANGHAI
from anju.base.tickets import desk


@dataclass(frozen=True)
class Room:
    """One line of the rail. ``url`` is the name of its page, ``power`` what it takes to see it."""

    code: str
    title: str
    icon: str
    url: str
    power: str
    group: str


MINE, WORK, WATCH, HOUSE = "我的", "办理（按方案次序）", "监督", "管理"
ROOMS = (
    Room("home", "工作台", "home", "front:home", "", MINE),
    Room("needs", "需求与轮候", "users", "needs:list", "needs.view", WORK),
    Room("village", "入户与代报", "user-share", "needs:village", "needs.village", WORK),
    Room("entries", "单位报送", "users", "needs:entries", "needs.put_in_entries", WORK),
    Room("reserve", "房源储备", "building-community", "reserve:list", "reserve.view", WORK),
    Room("pricing", "定价", "scale", "pricing:list", "pricing.view", WORK),
    Room("planning", "拟购方案", "adjustments", "planning:list", "planning.view", WORK),
    Room("negotiation", "协商与意向书", "messages", "negotiation:list", "negotiation.view", WORK),
    Room("offering", "公告与认购", "speakerphone", "offering:list", "offering.view", WORK),
    Room("purchase", "收购协议", "file-certificate", "purchase:list", "purchase.view", WORK),
    Room("funds", "资金与账", "building-bank", "funds:list", "funds.view", WORK),
    Room("permits", "手续办理", "rubber-stamp", "permits:list", "permits.view", WORK),
    Room("homes", "配售配租与台账", "key", "homes:list", "homes.view", WORK),
    Room("cockpit", "驾驶舱", "map-2", "front:cockpit", "front.cockpit", WATCH),
    Room("oversight", "核验与考核", "shield-check", "oversight:list", "oversight.view", WATCH),
    Room("complaints", "投诉举报", "messages", "needs:complaints", "needs.view_complaints", WATCH),
    Room("ledger", "账簿", "report-money", "ledger:list", "ledger.view", WATCH),
    Room("loads", "导入与导出", "upload", "front:loads", "base.view", HOUSE),
    Room("papers", "文书", "file-text", "front:papers", "base.view", HOUSE),
    Room("portal_texts", "门户文字", "info-circle", "front:portal_texts", "base.take_text_down", HOUSE),
    Room("wordings", "文字模板", "messages", "front:wordings", "base.withdraw_wording", HOUSE),
    Room("parties", "机构账号与参数", "settings", "parties:list", "parties.view", HOUSE),
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A line as the page shows it."""

    title: str
    icon: str
    url: str
    current: bool
    count: int
    late: bool


def rail(actor: Any, path: str) -> list[tuple[str, list[Link]]]:
    """The groups of the rail for an actor; one query for all the counts."""
    waiting = _waiting(actor)
    shown: dict[str, list[Link]] = {}
    for room in ROOMS:
        url = _url(room, actor.powers)
        if url:
            count, late = waiting.get(room.code, (0, False))
            current = path == url if room.code == "home" else path.startswith(url)
            shown.setdefault(room.group, []).append(Link(room.title, room.icon, url, current, count, late))
    return list(shown.items())


def _url(room: Room, powers: Iterable[str]) -> str:
    if room.power and room.power not in powers:
        return ""
    try:
        return reverse(room.url)
    except NoReverseMatch:
        return ""


def _waiting(actor: Any) -> dict[str, tuple[int, bool]]:
    """Open tickets by the room their page stands in, and whether one of them is overdue; ``home`` holds the sum."""
    today = actor.now.astimezone(SHANGHAI).date()
    rows = (
        desk.waiting(post=actor.post, region=actor.region, on=today, organisation=actor.party)
        .order_by()
        .annotate(room=Func(F("url"), Value("/"), Value(2), function="split_part", output_field=CharField()))
        .values("room")
        .annotate(count=Count("id"), late=Count("id", filter=Q(due_on__lt=today, stopped_on__isnull=True)))
    )
    found = {row["room"]: (row["count"], row["late"] > 0) for row in rows}
    found["home"] = (sum(n for n, _ in found.values()), any(late for _, late in found.values()))
    return found
