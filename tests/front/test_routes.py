"""Every route, as every post: the table of powers is what the pages enforce, and no page answers with a fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anju.base.regions import uuid7
from anju.parties.posts import BY_CODE, PARTY_POSTS, read_powers
from support.db import open_act
from support.desk import person

pytestmark = pytest.mark.django_db
STANDING = {"public", "sign-in"}  # routes for anybody, by name
FILLED = {"uuid": "018f0000-0000-7000-8000-000000000000", "int": "1", "str": "x", "slug": "x", "path": "x"}


@dataclass(frozen=True)
class Route:
    """One address with its parameters filled, and the power its view names."""

    path: str
    power: str | None
    api: bool


def walk(patterns: list[Any], prefix: str = "") -> Iterator[Route]:
    for one in patterns:
        text = prefix + _filled(str(one.pattern), one.pattern)
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, text)
        elif isinstance(one, URLPattern):
            yield Route("/" + text, getattr(one.callback, "power", None), text.startswith("api/"))


def _filled(text: str, pattern: Any) -> str:
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        text = text.replace(f"<{kind}:{name}>", FILLED[kind]).replace(f"<{name}>", "x")
    return text


def routes() -> list[Route]:
    found = {route.path: route for route in walk(get_resolver().url_patterns)}
    return list(found.values())


def pages() -> list[Route]:
    return [r for r in routes() if not r.api or r.power]


def test_there_are_pages_of_every_room_and_each_names_its_power() -> None:
    known = set(read_powers()) | STANDING
    rooms = {r.path.split("/")[1] for r in pages()}
    assert {
        "needs",
        "reserve",
        "pricing",
        "planning",
        "negotiation",
        "offering",
        "purchase",
        "funds",
        "permits",
        "homes",
        "oversight",
    } <= rooms
    assert [r.path for r in pages() if r.power not in known] == []


def browser(post: str) -> Client:
    """Somebody who holds the post; a party's acts for an organisation."""
    from anju.parties.models import Organisation

    body = None
    if post in PARTY_POSTS and BY_CODE[post].organisation_kinds:
        with open_act("231200"):
            body = Organisation.objects.create(
                kind=BY_CODE[post].organisation_kinds[0], name=f"{post}甲", owner_region="231200", synthetic=True
            )
    client = Client()
    client.force_login(person(post, organisation=body), backend="anju.parties.signin.PasswordBackend")
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("post", sorted(BY_CODE))
def test_a_post_is_let_in_where_the_table_says_so_and_nowhere_else(post: str) -> None:
    powers = read_powers()
    client, wrong = browser(post), []
    for route in pages():
        may = route.power in STANDING or post in powers.get(route.power or "", ())
        status = client.get(route.path).status_code
        if route.path == "/parties/signout/":
            client = browser_again(client)
        if status >= 500 or (may and status in (401, 403)) or (not may and status != 403):
            wrong.append((route.path, route.power, may, status))
    assert wrong == []


def browser_again(client: Client) -> Client:
    """Signing out is a route too."""
    from anju.parties.models import Account

    client.force_login(Account.objects.latest("id"), backend="anju.parties.signin.PasswordBackend")
    return client


def test_a_visitor_is_sent_to_sign_in_except_where_anybody_may_read() -> None:
    client, wrong = Client(raise_request_exception=False), []
    for route in pages():
        answer = client.get(route.path)
        open_to_all = route.power in STANDING
        if answer.status_code >= 500 or (
            not open_to_all and (answer.status_code != 302 or "signin" not in answer.headers["Location"])
        ):
            wrong.append((route.path, route.power, answer.status_code))
    assert wrong == []


def test_the_interface_answers_no_visitor_and_no_post_with_a_fault() -> None:
    schema = browser("office_clerk").get("/api/openapi.json").json()
    visitor, clerk, wrong = Client(raise_request_exception=False), browser_of_another("auditor"), []
    for path, methods in schema["paths"].items():
        filled = path
        for said in methods.values():
            for one in said.get("parameters", []):
                if one["in"] == "path":
                    kind = one["schema"].get("format") or one["schema"].get("type", "str")
                    filled = filled.replace("{" + one["name"] + "}", str(uuid7()) if kind == "uuid" else "1")
        for method in methods:
            status = getattr(visitor, method)(filled).status_code
            mine = getattr(clerk, method)(filled).status_code
            if status not in (401, 403) or mine >= 500:
                wrong.append((method, filled, status, mine))
    assert wrong == []


def browser_of_another(post: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person(post, username=f"another_{post}"), backend="anju.parties.signin.PasswordBackend")
    return client
