"""Wraps each request in its actor's scope and one transaction; a refused act becomes a page with its verdicts."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.calendar.models import Installation
from anju.base.regions import public_scope
from anju.parties import context

APPOINTMENT = "appointment"


def status_of(refused: Refused) -> int:
    """The HTTP status that says the same."""
    if isinstance(refused, Forbidden):
        return 403
    if isinstance(refused, InvalidInput):
        return 400
    return 409 if isinstance(refused, Conflict) else 422


class PostMiddleware:
    """Sets ``request.anju`` (an Actor or None) and ``request.installation``, then opens the scope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.anju = self._actor(request)  # type: ignore[attr-defined]
        house = request.anju.installation if request.anju else Installation.objects.filter(id=1).first()  # type: ignore[attr-defined]
        request.installation = house  # type: ignore[attr-defined]
        if self._outside(request):
            return self.get_response(request)
        if request.path.startswith("/api/") and "%00" in request.META.get("QUERY_STRING", ""):
            # No column can hold it, and the interface asks the database only while it writes the answer: too late to say so.
            why = "没有查：查询条件里有看不见的空字符；请去掉后重试"
            return refused_response(request, InvalidInput(why, field="query"))
        with request.anju.scope() if request.anju else public_scope():  # type: ignore[attr-defined]
            return self.get_response(request)

    def _actor(self, request: HttpRequest) -> context.Actor | None:
        if not request.user.is_authenticated:
            return None
        return context.at_the_door(request.user, request.session.get(APPOINTMENT))

    def _outside(self, request: HttpRequest) -> bool:
        try:
            return getattr(resolve(request.path_info).func, "outside_scope", False)
        except Resolver404:
            return False

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal keeps the request's transaction (its row stays); anything else rolls it back."""
        if isinstance(error, Refused):
            return refused_response(request, error)
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        return None


def refused_response(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page (or JSON, for the API) that says what was not done, by which clause, and what to do next."""
    if request.path.startswith("/api/"):
        body: dict[str, Any] = {
            "sentence": refused.sentence, "clause": refused.clause, "verdicts": [v.as_dict() for v in refused.verdicts],
        }  # fmt: skip
        return JsonResponse(body, status=status_of(refused))
    return render(
        request, "web/refused.html", {"refused": refused, "verdicts": refused.verdicts}, status=status_of(refused)
    )
