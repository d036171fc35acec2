"""What the pages of this room share: the row behind an address, and addresses of rows."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.http import Http404, HttpRequest
from django.urls import reverse

from anju.base.acts.context import SHANGHAI
from anju.funds.models import Loan, Payment
from anju.web.lists import within

VIEW, BOOKS = "funds.view", "funds.view_books"
M = TypeVar("M", bound=models.Model)


def row_or_404(request: HttpRequest, model: type[M], key: UUID, what: str, *related: str) -> M:
    """The row, where the actor may see it."""
    rows: Any = (
        within(request, model._default_manager.select_related(*related))
        if related
        else within(request, model._default_manager.all())
    )
    found = rows.filter(id=key).first()
    if found is None:
        raise Http404(f"没有这{what}，或不在当前岗位的范围内")
    return found


def payment_url(row: Payment) -> str:
    """The page of a payment."""
    return reverse("funds:thing", args=[row.pk])


def loan_url(row: Loan) -> str:
    """The page of a loan."""
    return reverse("funds:loan", args=[row.pk])


def account_url(row: models.Model) -> str:
    """The page of a supervised account."""
    return reverse("funds:account", args=[row.pk])


def own_url(row: models.Model) -> str:
    """The page of own funds asked for."""
    return reverse("funds:own", args=[row.pk])


def today_of(request: HttpRequest) -> date:
    """The day at the page."""
    return request.anju.now.astimezone(SHANGHAI).date()  # type: ignore[attr-defined]


def project_url(row: models.Model) -> str:
    """The money page of a project."""
    return reverse("funds:project", args=[row.pk])


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back."""
    return [("资金与账", reverse("funds:list")), *more]
