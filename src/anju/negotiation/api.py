"""The OpenAPI of the negotiation: offers and letters."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StrictInt

from anju.negotiation import acts, reads
from anju.negotiation.models import Offer
from anju.reserve.api import acting, need
from anju.reserve.pages.common import project_or_404, region_of

router = Router()
PAGE = 200


class OfferIn(Schema):
    """One side's price a ㎡, in fen."""

    side: str
    price_fen_m2: StrictInt
    reason: str


class OfferOut(Schema):
    """An offer; prices in fen a ㎡."""

    id: UUID
    round: int
    side: str
    price_fen_m2: int
    reason: str
    offered_on: date


class LetterOut(Schema):
    """A letter of intent; prices in fen a ㎡, areas in cm²."""

    id: UUID
    region: str
    number: str
    project_id: UUID
    state: str
    price_fen_m2: int
    units_count: int
    gross_cm2: int
    valid_until: date
    signed_on: date | None


@router.get("/letters", response=list[LetterOut], summary="意向书")
def letters(request: HttpRequest, state: str = "", page: int = 1) -> Any:
    """The letters that the actor may see, newest first."""
    need(request, "negotiation.view")
    rows = reads.letters(region_of(request)).order_by("-drafted_on", "-id")
    rows = rows.filter(state=state) if state else rows
    start = (max(page, 1) - 1) * PAGE
    return list(rows[start : start + PAGE])


@router.get("/projects/{project_id}/offers", response=list[OfferOut], summary="报价记录")
def offers(request: HttpRequest, project_id: UUID) -> Any:
    """A project's offers, newest first."""
    need(request, "negotiation.view")
    found = project_or_404(request, project_id)
    return list(Offer.objects.filter(region=found.region, project=found).order_by("-round", "side"))


@router.post("/projects/{project_id}/offers", response=OfferOut, summary="报价")
def make_offer(request: HttpRequest, project_id: UUID, said: OfferIn) -> Any:
    """One side's offer."""
    need(request, "negotiation.make_offer")
    found = project_or_404(request, project_id)
    return acts.make_offer(ctx=acting(request, found.region), project_id=found.pk, **said.dict())
