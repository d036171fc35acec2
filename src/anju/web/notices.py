"""The portal's own texts as the public reads them: those whose first day has come and whose last has not passed."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import now_of
from anju.base.notices.acts import PUBLISHED
from anju.base.publication.models import Publication

SHOWN_MAX = 200


def day_of(request: HttpRequest) -> date:
    """The installation's day."""
    return now_of(request.installation).astimezone(SHANGHAI).date()  # type: ignore[attr-defined]


def texts(request: HttpRequest, kind: str) -> list[Publication]:
    """What is up of a kind, in the order the office gave it."""
    today = day_of(request)
    rows = Publication.objects.filter(visible=True, kind=PUBLISHED[kind], body__from__lte=today.isoformat())
    shown = [row for row in rows.order_by("-published_at", "id")[:SHOWN_MAX] if row.until is None or row.until >= today]
    return sorted(shown, key=lambda row: row.body["order"])


def bar(request: HttpRequest) -> list[Any]:
    """The notice bar of the portal; nothing where there is no installation yet."""
    return texts(request, "notice") if getattr(request, "installation", None) else []
