"""The OpenAPI of the purchase: agreements and what has fallen due."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from anju.purchase import reads
from anju.purchase.pages.things import agreement_or_404
from anju.reserve.api import need
from anju.reserve.pages.common import region_of

router = Router()
PAGE = 200


class AgreementOut(Schema):
    """An agreement; money in fen, areas in cm²."""

    id: UUID
    region: str
    number: str
    project_id: UUID
    state: str
    price_fen_m2: int
    total_fen: int
    gross_cm2: int
    units_count: int
    drafted_on: date
    signed_on: date | None


class StepOut(Schema):
    """A milestone; money in fen."""

    id: UUID
    order: int
    title: str
    amount_fen: int
    reached_on: date | None


@router.get("/agreements", response=list[AgreementOut], summary="收购协议")
def agreements(request: HttpRequest, state: str = "", page: int = 1) -> Any:
    """The agreements that the actor may see, newest first."""
    need(request, "purchase.view")
    rows = reads.agreements(region_of(request)).order_by("-drafted_on", "-id")
    rows = rows.filter(state=state) if state else rows
    start = (max(page, 1) - 1) * PAGE
    return list(rows[start : start + PAGE])


@router.get("/agreements/{agreement_id}/milestones", response=list[StepOut], summary="收购进度")
def milestones(request: HttpRequest, agreement_id: UUID) -> Any:
    """An agreement's steps in their order."""
    need(request, "purchase.view")
    return list(agreement_or_404(request, agreement_id).milestones.order_by("order"))
