"""One search box: numbers and names by their beginning, codes exactly; it lists only what the post may see.

Only ``=`` and ``^@`` reach the database: under row-level security the planner cannot use an index for LIKE, which is not leakproof.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from anju.base.papers.models import Paper
from anju.needs.models import Application
from anju.negotiation.models import Letter
from anju.offering.models import Batch
from anju.parties.access import page
from anju.parties.models import Organisation
from anju.purchase.models import Agreement
from anju.reserve.models import Project, Unit
from anju.web.lists import typed, within

EACH = 10


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    number: str
    title: str
    note: str
    url: str


def _hit(
    room: str, number: Callable[[Any], str], title: Callable[[Any], str], note: Callable[[Any], str]
) -> Callable[[Any], Hit]:
    return lambda row: Hit(number(row), title(row), note(row), thing(room, row))


def thing(room: str, row: Any) -> str:
    """The page of a thing; the room's list where it has none. ``room`` may name a page of its own: ``reserve:unit``."""
    name = room if ":" in room else f"{room}:thing"
    for one, args in ((name, [row.pk]), (f"{room.split(':')[0]}:list", [])):
        try:
            return reverse(one, args=args)
        except NoReverseMatch:
            continue
    return ""


def applications(q: str) -> Any:
    """By 受理号."""
    return Application.objects.filter(number__begins=q).order_by("number", "id")


def projects(q: str) -> Any:
    """By number or name."""
    return Project.objects.filter(Q(number__begins=q) | Q(name__begins=q)).order_by("number", "id")


def units(q: str) -> Any:
    """By 不动产单元代码."""
    return (
        Unit.objects.filter(code__begins=q).select_related("project").order_by("code", "id")
        if len(q) >= 12
        else Unit.objects.none()
    )


def batches(q: str) -> Any:
    """By number."""
    return Batch.objects.filter(number__begins=q).select_related("project").order_by("number", "id")


def letters(q: str) -> Any:
    """By number."""
    return Letter.objects.filter(number__begins=q).select_related("project").order_by("number", "id")


def agreements(q: str) -> Any:
    """By number."""
    return Agreement.objects.filter(number__begins=q).select_related("project").order_by("number", "id")


def papers(q: str) -> Any:
    """By 文号 or printed code."""
    return Paper.objects.filter(Q(number=q) | Q(code=q.upper())).order_by("-issued_at", "id")


SEARCHES: tuple[tuple[str, str, Callable[[str], Any], str, Callable[[Any], Hit]], ...] = (
    ("申请", "needs", applications, "needs.view",
        _hit("needs", lambda r: r.number, lambda r: r.applicant_name[:1] + "某", lambda r: r.get_state_display())),
    ("项目", "reserve", projects, "reserve.view", _hit("reserve", lambda r: r.number, lambda r: r.name, lambda r: r.get_state_display())),
    ("房源", "reserve", units, "reserve.view",
        _hit("reserve:unit", lambda r: r.code, lambda r: f"{r.project.name} {r.room}", lambda r: r.get_state_display())),
    ("批次", "offering", batches, "offering.view",
        _hit("offering", lambda r: r.number, lambda r: r.project.name, lambda r: r.get_state_display())),
    ("意向书", "negotiation", letters, "negotiation.view",
        _hit("negotiation", lambda r: r.number, lambda r: r.project.name, lambda r: r.get_state_display())),
    ("收购协议", "purchase", agreements, "purchase.view",
        _hit("purchase", lambda r: r.number, lambda r: r.project.name, lambda r: r.get_state_display())),
)  # fmt: skip


@page(power="front.desk")
def search(request: HttpRequest) -> HttpResponse:
    """The page of results, by room."""
    q = typed(request.GET.get("q", ""))
    found = groups(request, q) if q else []
    return render(
        request, "front/search.html", {"q": q, "groups": found, "total": sum(len(hits) for _, hits, _ in found)}
    )


def groups(request: HttpRequest, q: str) -> list[tuple[str, list[Hit], bool]]:
    """(title, hits, whether there are more) of each room the post may see."""
    powers = request.anju.powers  # type: ignore[attr-defined]
    found = []
    for title, _, read, power, shape in SEARCHES:
        if power in powers:
            rows = list(within(request, read(q))[: EACH + 1])
            found.append((title, [shape(r) for r in rows[:EACH]], len(rows) > EACH))
    rows = list(within(request, papers(q))[: EACH + 1])
    found.append(
        ("公文", [Hit(r.number, r.title, f"文书码 {r.code}", _paper(r)) for r in rows[:EACH]], len(rows) > EACH)
    )
    if "parties.view" in powers:
        rows = list(Organisation.objects.filter(Q(name__begins=q) | Q(uscc=q)).order_by("name", "id")[: EACH + 1])
        found.append(
            (
                "机构",
                [Hit(r.uscc or "", r.name, r.get_kind_display(), _organisation(r)) for r in rows[:EACH]],
                len(rows) > EACH,
            )
        )
    return [group for group in found if group[1]]


def _paper(row: Paper) -> str:
    return reverse("front:paper", args=[row.pk])


def _organisation(row: Organisation) -> str:
    for name in ("parties:organisation", "parties:thing"):
        try:
            return reverse(name, args=[row.pk])
        except NoReverseMatch:
            continue
    return ""
