"""The home page of a post: what waits for me with its working-day clock, what I did, what I may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from anju.base.acts import REGISTRY
from anju.base.acts.context import SHANGHAI
from anju.base.acts.models import Act, Refusal
from anju.base.calendar.days import add_working_days
from anju.base.tickets import desk
from anju.base.tickets.models import Ticket
from anju.front.pages import exports, portal
from anju.parties.access import page, public
from anju.web import nav, shown
from anju.web.lists import PERSONS, Col, Filter, list_page, regions

FIRST = 9
RECENT = 8
FAMILY = "family"


@dataclass(frozen=True)
class Task:
    """One line of the desk."""

    ticket: Ticket
    clock: shown.Clock
    word: str


@public
def front_door(request: HttpRequest) -> HttpResponse:
    """The portal for visitors and families, the desk for everybody else."""
    actor = request.anju  # type: ignore[attr-defined]
    if actor is None:
        return portal.home(request)
    if actor.post == FAMILY:
        return redirect(_first_of("needs:mine", "front:portal"))
    return render(request, "front/desk.html", desk_of(actor))


def _first_of(*names: str) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return "/"


def desk_of(actor: Any) -> dict[str, Any]:
    """Everything on the desk, in a fixed number of queries."""
    today = day_of(actor)
    mine = waiting_of(actor)
    first = list(mine[:FIRST])
    lights = lights_of(actor, today)
    return {
        "today": today, "lights": lights, "tasks": tasks_of(first, today), "urgent": lights["over"] + lights["near"],
        "recent": recent_acts(actor), "refused": recent_refusals(actor), "powers": powers_by_room(actor.powers),
        "exports": exports.ready(actor) if "base.export_list" in actor.powers else [],
    }  # fmt: skip


def day_of(actor: Any) -> date:
    """Today, where the actor is."""
    return actor.now.astimezone(SHANGHAI).date()


def waiting_of(actor: Any) -> Any:
    """The open tickets of the actor's post, most urgent first, those whose clock is stopped last."""
    rows = desk.waiting(post=actor.post, region=actor.region, on=day_of(actor), organisation=actor.party)
    return rows.order_by(F("stopped_on").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "id")


WORDS = {"bad": "超期", "near": "临期", "ok": "正常", "unk": "停表"}


def tasks_of(tickets: list[Ticket], today: date) -> list[Task]:
    """Tickets with their clocks; the chip's word follows the clock's tone."""
    return [
        Task(ticket, clock, "未定时限" if clock.text == "未定时限" else WORDS[clock.tone])
        for ticket, clock in zip(tickets, shown.clocks_of(tickets, today), strict=True)
    ]


def lights_of(actor: Any, today: date) -> dict[str, int]:
    """How many wait, by light: overdue, near (``NEAR_DAYS`` working days), in time, stopped or without a limit; done this month."""
    near = add_working_days(today, shown.NEAR_DAYS)
    running = Q(stopped_on__isnull=True)
    found = waiting_of(actor).order_by().aggregate(
        all=Count("id"),
        over=Count("id", filter=running & Q(due_on__lt=today)),
        near=Count("id", filter=running & Q(due_on__gte=today, due_on__lte=near)),
        ok=Count("id", filter=running & Q(due_on__gt=near)),
        still=Count("id", filter=Q(stopped_on__isnull=False) | Q(due_on__isnull=True)),
    )  # fmt: skip
    return {**found, "done": done_of(actor).filter(done_on__gte=today.replace(day=1)).count()}


def done_of(actor: Any) -> Any:
    """The finished tickets of the post, within its region."""
    rows = Ticket.objects.filter(post=actor.post, done_on__isnull=False)
    return (
        rows.filter(organisation=actor.party)
        if actor.party
        else rows.filter(region__gte=actor.region, region__lte=_top(actor.region))
    )


def _top(region: str) -> str:
    return region[:4] + "99" if region.endswith("00") else region


def recent_acts(actor: Any) -> shown.History:
    """My latest acts; the log's tables are staff's."""
    if actor.is_party:
        return shown.History()
    rows = Act.objects.filter(account=actor.account.id, parent__isnull=True).order_by("-id")[: RECENT + 1]
    return shown.entries(list(rows), RECENT)


def recent_refusals(actor: Any) -> list[dict[str, Any]]:
    """My latest acts that were refused, with the sentence."""
    if actor.is_party:
        return []
    rows = Refusal.objects.filter(
        region__gte=actor.region, region__lte=_top(actor.region), account=actor.account.id
    ).order_by("-id")[:3]
    return [{"title": title_of(r.name), "sentence": r.sentence, "clause": r.clause, "at": r.refused_at} for r in rows]


def title_of(name: str) -> str:
    """An act's title; its bare name where the room is gone."""
    known = REGISTRY.get(name)
    return known.title if known else name


def powers_by_room(powers: frozenset[str]) -> Mapping[str, list[str]]:
    """What the post may do, in the order of the rail, in the clerks' words."""
    found: dict[str, list[str]] = {}
    for room in nav.ROOMS:
        titles = [d.title for d in REGISTRY.values() if d.power in powers and d.name.split(".")[0] == room.code]
        if titles:
            found[room.title] = list(dict.fromkeys(titles))
    return found


TICKET_COLUMNS = [
    Col("事项", "title", link=lambda r: r.url), Col("时限", "due_on", sort="due_on", kind="clock"), Col("到期日", "due_on", kind="date"),
    Col("收到", "opened_on", sort="opened_on", kind="date"), Col("区划", "region", kind="region"),
    Col("办结", "done_on", sort="done_on", kind="date"), Col("结果", "outcome"),
]  # fmt: skip


@page(power="front.desk")
def waiting(request: HttpRequest) -> HttpResponse:
    """All that waits for the post, as a list."""
    return _tickets(request, "等我办的", waiting_of(request.anju), "due_on", "没有等您办的事")  # type: ignore[attr-defined]


@page(power="front.desk")
def done(request: HttpRequest) -> HttpResponse:
    """What the post has finished."""
    return _tickets(request, "已办结的", done_of(request.anju), "-done_on", "还没有办结的事")  # type: ignore[attr-defined]


def _tickets(request: HttpRequest, title: str, rows: Any, order: str, empty: str) -> HttpResponse:
    return list_page(
        request, people=PERSONS,
        title=title, rows=rows, columns=TICKET_COLUMNS, order=order, search=("title__contains",), search_hint="事项里的字",
        filters=[regions(request), Filter("due_on", "到期不晚于", kind="to"), Filter("opened_on", "收到不早于", kind="from")],
        export_name=title, empty=empty,
    )  # fmt: skip
