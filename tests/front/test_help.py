"""The manual: an entry for each page of the web, a journey for each post, no dead link, no HTML of its own."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anju.front.pages import help as manual
from anju.parties.posts import BY_CODE
from support.desk import signed_in, text

# The interface for programs has its own pages (/api/docs).
NOT_PAGES = {"ninja", ""}


def pages(patterns: list[Any] | None = None, app: str = "") -> Iterator[tuple[str, str]]:
    """(room, name) of every page of the web."""
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(one, URLResolver):
            yield from pages(one.url_patterns, one.app_name or app)
        elif isinstance(one, URLPattern) and one.name and app not in NOT_PAGES and not app.startswith("api"):
            yield app, one.name


def test_every_page_of_the_web_has_its_entry_in_the_manual() -> None:
    found = set(pages())
    assert len(found) > 250
    written = {(code, name) for code, room in manual.rooms().items() for e in room.entries for name in e.names}
    assert sorted(found - written) == [], "write a section 「## 标题 · 页面名」 in docs/manual/pages/<room>.md"


def test_every_entry_says_something_in_few_words_and_every_post_has_its_journey() -> None:
    for room in manual.rooms().values():
        assert room.about, room.code
        for one in room.entries:
            assert 10 <= len(one.text) <= 900, (room.code, one.title, len(one.text))
    assert set(manual.journeys()) == set(BY_CODE)


def test_what_the_journeys_quote_as_a_place_in_the_rail_is_there() -> None:
    from anju.web.nav import ROOMS

    titles = {room.title for room in ROOMS}
    quoted = {q for t in manual.journeys().values() for q in re.findall(r"：“([^”]+)”→", t)}
    assert len(quoted) >= 8 and quoted <= titles, quoted - titles


def test_html_in_the_manual_is_shown_and_never_run() -> None:
    assert "<script>" not in manual.rendered("<script>alert(1)</script>\n\n[x](javascript:alert(1))")
    assert "javascript:" not in re.sub(r">[^<]*<", "><", manual.rendered("[x](javascript:alert(1))"))


@pytest.mark.django_db
def test_a_page_links_to_its_help_and_the_help_leads_back() -> None:
    client = signed_in("intake_clerk", "231202")
    page = text(client.get("/needs/"))
    assert 'href="/help/needs/list/"' in page
    shown = text(
        client.get("/help/needs/list/", headers={"referer": "http://testserver/needs/?q=1", "host": "testserver"})
    )
    assert "待初审" in shown and 'href="/needs/?q=1"' in shown and "/help/journeys/intake_clerk/" in shown


@pytest.mark.django_db
def test_a_visitor_reads_the_manual_and_an_unknown_part_is_not_found() -> None:
    visitor = Client()
    assert 'href="/help/front/portal/"' in text(visitor.get("/portal/"))
    for path in ("/help/", "/help/front/portal/", "/help/journeys/family/", "/help/needs/no_such_page/"):
        assert "用户手册" in text(visitor.get(path)), path
    for path in ("/help/nowhere/list/", "/help/journeys/nobody/", "/help/journeys/../"):
        assert visitor.get(path).status_code == 404, path
