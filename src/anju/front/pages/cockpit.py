"""The leader's page: at most six figures, what is to be decided, the counties, the gates, each project's money apart."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from anju.base.tickets import desk
from anju.front import countymap
from anju.front.pages import figures, home
from anju.parties.access import page


@page(power="front.cockpit")
def cockpit(request: HttpRequest) -> HttpResponse:
    """The page."""
    actor = request.anju  # type: ignore[attr-defined]
    today, region = home.day_of(actor), actor.region
    ratios, late = figures.by_county(region), figures.late_counties(region, today)
    drawn, height = countymap.drawn(region[:4] + "00", ratios, late, _address("reserve:list") + "?stands_in={}")
    asked = list(desk.waiting(post=figures.LEADER, region=region, on=today)[:6])
    return render(request, "front/cockpit.html", {
        "now": actor.now,
        "figures": [(f, _address(f"{f.room}:list") if f.room != "waiting" else _address("front:waiting")) for f in figures.head(region,
            today)],
        "asked": home.tasks_of(asked, today), "gates": figures.gates(region, today), "map": drawn, "height": height,
        "counties": [(r, ratios.get(r.code), r.code in late, _share(ratios.get(r.code))) for r in figures.counties(region)],
        "books": figures.books(region), "batch_url": _address("offering:list"),
    })  # fmt: skip


def _share(ratio: tuple[int, int] | None) -> str:
    return f"{100 * ratio[0] // ratio[1]}%" if ratio and ratio[1] else "—"


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
