"""What every template knows: who is here, whose installation this is, what the rail shows.

All of it is lazy, so that a page which asks for nothing (an error page in a broken transaction) runs no query.
"""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject

from anju.base.acts.context import SHANGHAI
from anju.web import nav, notices, places


def house(request: HttpRequest) -> dict[str, Any]:
    """The context processor of all templates."""
    actor = getattr(request, "anju", None)
    installation = getattr(request, "installation", None)
    return {
        "actor": actor,
        "installation": installation,
        "synthetic": bool(installation and installation.kind == "demonstration"),
        "city": SimpleLazyObject(lambda: city(installation)),
        "rail": SimpleLazyObject(lambda: nav.rail(actor, request.path) if actor else []),
        "posts": SimpleLazyObject(lambda: posts(actor)),
        "paths": paths(),
        "came_from": came_from(request),
        "help_url": help_url(request),
        "notices": SimpleLazyObject(lambda: notices.bar(request)),
    }


def came_from(request: HttpRequest) -> str:
    """The page of ours that led here, else the front door; never another site's address."""
    parts = urlsplit(request.META.get("HTTP_REFERER", ""))
    same = parts.netloc == request.META.get("HTTP_HOST", "") and parts.path.startswith("/")
    return (parts.path + (f"?{parts.query}" if parts.query else "")) if same else "/"


def help_url(request: HttpRequest) -> str:
    """The help of the page that is shown; the manual's front page where there is none to name."""
    match = getattr(request, "resolver_match", None)
    try:
        if match and match.app_name and match.url_name:
            return reverse("front:help", args=[match.app_name, match.url_name])
        return reverse("front:help_index")
    except NoReverseMatch:
        return ""


def city(installation: Any) -> str:
    """The city's name; nothing on an error page whose transaction is broken before anybody asked for it."""
    try:
        return places.name(installation.city) if installation else ""
    except DatabaseError:
        return ""


def posts(actor: Any) -> list[Any]:
    """The account's live posts, for the switcher; a party post has no table of regions to read, so only its own."""
    if actor is None:
        return []
    if actor.is_party:
        return [actor.appointment]
    today = actor.now.astimezone(SHANGHAI).date()
    rows = actor.account.appointments.select_related("post").order_by("post__order", "region")
    return [r for r in rows if r.since <= today and (r.until is None or r.until > today)]


def paths() -> dict[str, str]:
    """Addresses that the shells link to, those that exist; worked out once for the table of addresses in use."""
    return _paths(get_urlconf() or settings.ROOT_URLCONF)


@cache
def _paths(_: Any) -> dict[str, str]:
    names = {
        "home": "front:home", "search": "front:search", "portal": "front:portal", "signin": "parties:signin",
        "signout": "parties:signout", "switch": "parties:switch", "news": "front:news", "draws": "front:draws", "check": "front:check",
        "mine": "needs:mine", "family": "parties:family_signin", "how": "front:how", "exports": "front:exports",
    }  # fmt: skip
    found = {}
    for key, name in names.items():
        try:
            found[key] = reverse(name)
        except NoReverseMatch:
            found[key] = ""
    return found
