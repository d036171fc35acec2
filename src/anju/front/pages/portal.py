"""The public portal: what was published, and nothing else. It runs under the role that reads publications only."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from anju.base.calendar.days import now_of
from anju.base.publication.models import Publication
from anju.front.pages import published
from anju.parties.access import public
from anju.parties.models import Region

CARDS, PAGE, RECENT = 6, 20, 60


def now(request: HttpRequest) -> datetime:
    """The installation's time."""
    return now_of(request.installation)  # type: ignore[attr-defined]


def live(*kinds: str) -> Any:
    """What is up, newest first; the region is the whole city's, since anybody may read it."""
    rows = Publication.objects.filter(visible=True)
    rows = rows.filter(kind__in=kinds) if kinds else rows.exclude(kind__in=published.NOT_NEWS)
    return rows.order_by("-published_at", "id")


def shown_many(request: HttpRequest, rows: Iterable[Publication]) -> list[published.Shown]:
    """Publications with the names of their regions."""
    rows = list(rows)
    names = dict(Region.objects.filter(code__in={r.region for r in rows}).values_list("code", "name"))
    at = now(request)
    return [published.shown_of(r, now=at, region=names.get(r.region, r.region)) for r in rows]


@public
def home(request: HttpRequest) -> HttpResponse:
    """The front page: how to see one's own case, the homes on offer, the results, the four steps."""
    at = now(request)
    running = [p for p in shown_many(request, live("announcement")[:RECENT]) if p.until is None or p.until > at]
    return render(
        request, "front/portal.html",
        {
            "now": at, "running": running[:CARDS], "results": shown_many(request, live("draw", "gate", "qualified")[:CARDS]),
            "surveys": [p for p in shown_many(request, live("survey")[:CARDS]) if p.until is None or p.until > at],
        },
    )  # fmt: skip


@public
def news(request: HttpRequest) -> HttpResponse:
    """All that was published, by kind."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in published.KINDS and kind not in published.NOT_NEWS else ""
    text = request.GET.get("page", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 5 else 1
    rows = list(live(*([kind] if kind else []))[(number - 1) * PAGE : number * PAGE + 1])
    return render(request, "front/news.html", {
        "items": shown_many(request, rows[:PAGE]), "more": len(rows) > PAGE, "page": number, "kind": kind,
        "kinds": [(k, t) for k, t in published.KINDS.items() if k not in published.NOT_NEWS],
    })  # fmt: skip


def one(kind: str, region: str, slug: str) -> Publication:
    """A publication that is up. Raises Http404."""
    row = Publication.objects.filter(visible=True, kind=kind, region=region, slug=slug).first()
    if row is None:
        raise Http404("没有这份公告，或公示期已满、已撤下")
    return row


@public
def announcement(request: HttpRequest, kind: str, region: str, slug: str) -> HttpResponse:
    """One publication."""
    if kind in published.NOT_NEWS:
        raise Http404("没有这一页")
    item = shown_many(request, [one(kind, region, slug)])[0]
    running = item.until is None or item.until > now(request)
    return render(
        request, "front/announcement.html", {"p": item, "now": now(request), "running": running, "others": others(request, item)}
    )  # fmt: skip


def others(request: HttpRequest, item: published.Shown) -> list[published.Shown]:
    """What else was published of the same batch, in the order it happened."""
    batch = item.row.body.get("batch_id")
    if not batch:
        return []
    rows = (
        live()
        .filter(region=item.row.region, body__batch_id=batch)
        .exclude(pk=item.row.pk)
        .order_by("published_at", "id")
    )
    return shown_many(request, rows[:20])


@public
def home_page(request: HttpRequest, region: str, slug: str, label: str) -> HttpResponse:
    """One home on offer."""
    item = shown_many(request, [one("announcement", region, slug)])[0]
    found = next((h for h in item.homes if h.label == label), None)
    if found is None:
        raise Http404("这份公告里没有这套房")
    return render(request, "front/home_of.html", {"p": item, "h": found, "now": now(request)})
