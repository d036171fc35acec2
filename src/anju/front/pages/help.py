"""帮助: the manual of the project, one section per page of the web, and each post's journey; read from ``docs/manual``."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from anju.parties.access import public
from anju.parties.posts import BY_CODE
from anju.web.nav import ROOMS

MANUAL = Path(settings.ROOT) / "docs" / "manual"
# 「## 轮候申请 · list queue」: a section, and the names of the pages that it is about.
HEADING = re.compile(r"^## (?P<title>.+?) · (?P<names>[a-z_ ]+)$", re.MULTILINE)
ROOM_TITLES = {"front": "工作台、门户和通用工具", **{room.code: room.title for room in ROOMS}}


@dataclass(frozen=True)
class Entry:
    """What the manual says of one or several pages of a room."""

    title: str
    names: tuple[str, ...]
    text: str

    @property
    def html(self) -> SafeString:
        """As HTML."""
        return rendered(self.text)


@dataclass(frozen=True)
class RoomHelp:
    """A room's part of the manual: what it is for, then its pages."""

    code: str
    title: str
    about: str
    entries: tuple[Entry, ...]

    def of(self, name: str) -> Entry | None:
        """The section of a page."""
        return next((e for e in self.entries if name in e.names), None)


def rendered(text: str) -> SafeString:
    """Markdown as HTML. The text is the project's own; HTML in it is shown as text all the same."""
    return mark_safe(_markdown().render(text))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@cache
def rooms() -> dict[str, RoomHelp]:
    """Every room's part, read once per process."""
    found = {path.stem: _room(path) for path in sorted((MANUAL / "pages").glob("*.md"))}
    order = ["front", *(room.code for room in ROOMS)]
    return dict(sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))


def _room(path: Path) -> RoomHelp:
    text = path.read_text(encoding="utf-8")
    heads = list(HEADING.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    entries = tuple(
        Entry(head["title"], tuple(head["names"].split()), text[head.end() : end].strip())
        for head, end in zip(heads, ends, strict=True)
    )
    about = re.sub(r"^# .*\n", "", text[: heads[0].start()] if heads else text).strip()
    return RoomHelp(path.stem, ROOM_TITLES.get(path.stem, path.stem), about, entries)


@cache
def journeys() -> dict[str, str]:
    """Each post's journey: the post's code → the text."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((MANUAL / "journeys").glob("*.md"))}


def _shown(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    actor = request.anju  # type: ignore[attr-defined]
    shell = "web/staff.html" if actor is not None and actor.post != "family" else "web/portal.html"
    return render(request, template, {"shell": shell, "post": actor.post if actor else "", **context})


@public
def index(request: HttpRequest) -> HttpResponse:
    """The manual: the journeys by post, the rooms with their pages."""
    posts = [(code, BY_CODE[code].title) for code in BY_CODE if code in journeys()]
    return _shown(request, "front/help_index.html", {"rooms": list(rooms().values()), "posts": posts})


@public
def entry(request: HttpRequest, room: str, name: str) -> HttpResponse:
    """The help of one page, with the others of its room beside it; a page not written about yet gets its room's."""
    found = rooms().get(room)
    if found is None:
        raise Http404("手册里没有这一部分")
    return _shown(
        request,
        "front/help.html",
        {"room": found, "entry": found.of(name), "about": rendered(found.about), "name": name},
    )


@public
def journey(request: HttpRequest, post: str) -> HttpResponse:
    """What a post does from the first sign-in on, step by step."""
    if post not in journeys() or post not in BY_CODE:
        raise Http404("手册里没有这个岗位")
    return _shown(
        request, "front/help_journey.html", {"title": BY_CODE[post].title, "html": rendered(journeys()[post])}
    )
