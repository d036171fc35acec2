"""Every address of the house: the front doors here, each room's under its own name."""

import importlib.util

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from anju.front.pages import home
from anju.web import errors

app_name = "front"

# Rooms with pages, in the plan's order; ``parties`` also holds the sign-in pages at the root.
ROOMS = [room for room in settings.ROOMS if room not in ("base", "web", "front")]


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def rooms() -> list[URLPattern | URLResolver]:
    """``/<room>/`` for every room that has pages."""
    return [path(f"{room}/", include(f"anju.{room}.urls")) for room in ROOMS if _has(f"anju.{room}.urls")]


front = ([path("", home.front_door, name="home")], "front")

urlpatterns: list[URLPattern | URLResolver] = [path("", include(front)), *rooms()]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
