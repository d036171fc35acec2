"""The home page of a post."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anju.parties.access import public


@public
def front_door(request: HttpRequest) -> HttpResponse:
    """The portal for visitors, the desk for signed-in staff."""
    return render(request, "front/desk.html" if request.anju else "front/portal.html")  # type: ignore[attr-defined]
