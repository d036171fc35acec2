"""Every route as every post: what a post may not see answers 403 in words, what it may see never answers with a fault."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anju.parties.posts import POSTS
from support.desk import signed_in
from support.powers import powers

NOWHERE = UUID(int=7)
SAMPLES = {"uuid": str(NOWHERE), "str": "231202", "slug": "x", "int": "1"}
# A post's own region: party posts and administrators sit at the city.
COUNTY_POSTS = ("intake_clerk", "reviewer", "office_clerk")
FINE = {200, 302, 400, 404, 405, 409, 422}


def routes(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    """Every route with a sample in place of each parameter."""
    found: list[tuple[str, URLPattern]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        found += routes(entry, route) if isinstance(entry, URLResolver) else [(route, entry)]
    return found


def address(route: str) -> str:
    """The route as an address of things that are not there."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLES[m[1] or "str"], route)


PAGES = [(address(route), pattern) for route, pattern in routes() if not route.startswith(("api/", "static/"))]


@pytest.mark.django_db
@pytest.mark.parametrize("post", [p.code for p in POSTS])
def test_every_page_answers_every_post_by_the_table_of_powers(post: str) -> None:
    held = {power for power, posts in powers().items() if post in posts}
    browser = signed_in(post, "231202" if post in COUNTY_POSTS else "231200")
    browser.raise_request_exception = False
    wrong = []
    for path, pattern in PAGES:
        power = getattr(pattern.callback, "power", "")
        answer = browser.get(path)
        barred = power not in held and power not in ("public", "sign-in")
        if barred and answer.status_code not in (403, 405):
            wrong.append(f"{path} ({power}): {answer.status_code}, not barred")
        if not barred and answer.status_code not in FINE:
            wrong.append(f"{path} ({power}): {answer.status_code}")
    assert wrong == []


@pytest.mark.django_db
def test_a_visitor_is_led_to_the_sign_in_and_sees_public_pages_alone() -> None:
    browser = Client(raise_request_exception=False)
    wrong = []
    for path, pattern in PAGES:
        answer = browser.get(path)
        power = getattr(pattern.callback, "power", "")
        if power not in ("public", "sign-in") and not (
            answer.status_code == 302 and "signin" in answer.headers["Location"]
        ):
            wrong.append(f"{path} ({power}): {answer.status_code}")
        if power in ("public", "sign-in") and answer.status_code not in FINE:
            wrong.append(f"{path}: {answer.status_code}")
    assert wrong == []


@pytest.mark.django_db
def test_every_answer_forbids_inline_script_and_framing() -> None:
    browser = signed_in("office_clerk")
    browser.raise_request_exception = False
    for path, _ in PAGES:
        answer = browser.get(path)
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy, path


@pytest.mark.django_db
def test_the_interface_answers_nobody_without_a_post() -> None:
    schema = Client().get("/api/openapi.json")
    assert schema.status_code == 200
    for path, verbs in schema.json()["paths"].items():
        for verb in verbs:
            sample = re.sub(r"\{\w+\}", str(NOWHERE), path)
            answer = getattr(Client(raise_request_exception=False), verb)(sample)
            assert answer.status_code in (401, 403), f"{verb} {path}: {answer.status_code}"
