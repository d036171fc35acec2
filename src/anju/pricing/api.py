"""The OpenAPI of pricing: ceilings and price lists, and the acts that imports use. Money in fen, areas in cm²."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StrictInt

from anju.pricing import acts, reads
from anju.pricing.models import Ceiling
from anju.reserve.api import acting, need
from anju.reserve.pages.common import project_or_404

router = Router()


class CeilingOut(Schema):
    """A ceiling with what it was computed from."""

    id: UUID
    value_date: date
    valid_until: date
    cost_fen_m2: int
    appraised_fen_m2: int
    ceiling_fen_m2: int
    gross_cm2: int
    binding: str
    trial: bool
    confirmed: bool
    workings: dict[str, Any]

    @staticmethod
    def resolve_confirmed(row: Ceiling) -> bool:
        """Whether a second person has confirmed it."""
        return row.confirmed_by is not None


class CostIn(Schema):
    """A cost sheet; null is unknown."""

    land_fen: StrictInt | None
    construction_fen: StrictInt | None
    profit_fen: StrictInt | None
    gross_cm2: StrictInt | None
    transfer_land_fen: StrictInt | None = None
    document: str = ""


class AppraisalIn(Schema):
    """An appraisal."""

    agency_id: UUID
    appraiser: str
    appraiser_number: str
    number: str
    value_date: date
    price_fen_m2: StrictInt
    total_fen: StrictInt
    gross_cm2: StrictInt
    valid_until: date | None = None


class PriceIn(Schema):
    """What families pay for one home."""

    unit_id: UUID
    amount_fen: StrictInt
    market_fen: StrictInt | None = None
    tenure: str | None = None


@router.get("projects/{project_id}/ceilings", response=list[CeilingOut], summary="一个项目的收购价上限")
def ceilings(request: HttpRequest, project_id: UUID) -> list[Ceiling]:
    """All ceilings of a project, trials too, newest first."""
    need(request, "pricing.view")
    return list(reads.ceilings_of(project_or_404(request, project_id)))


@router.post("projects/{project_id}/costs", summary="录入成本表")
def costs(request: HttpRequest, project_id: UUID, body: CostIn) -> dict[str, str]:
    """Enter a cost sheet; its id."""
    need(request, "pricing.enter_cost_sheet")
    found = project_or_404(request, project_id)
    row = acts.enter_cost_sheet(ctx=acting(request, found.region), project_id=found.id, **body.dict())
    return {"id": str(row.id)}


@router.post("projects/{project_id}/appraisals", summary="录入估价报告")
def appraisals(request: HttpRequest, project_id: UUID, body: AppraisalIn) -> dict[str, str]:
    """Enter an appraisal; its id."""
    need(request, "pricing.enter_appraisal")
    found = project_or_404(request, project_id)
    row = acts.enter_appraisal(ctx=acting(request, found.region), project_id=found.id, **body.dict())
    return {"id": str(row.id)}


@router.post("projects/{project_id}/prices", summary="核定价格")
def prices(request: HttpRequest, project_id: UUID, body: list[PriceIn]) -> dict[str, int]:
    """Set prices home by home; how many."""
    need(request, "pricing.set_unit_prices")
    found = project_or_404(request, project_id)
    rows = [row.dict() for row in body]
    return {"prices": acts.set_unit_prices(ctx=acting(request, found.region), project_id=found.id, prices=rows)}
