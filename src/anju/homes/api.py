"""The OpenAPI of homes: contracts for the provincial and national systems (四（四）), payments from the bank's side."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StrictInt

from anju.base.numbers import mask_name
from anju.homes import acts, reads
from anju.homes.models import Contract
from anju.reserve.api import acting, need

router = Router()
PAGE = 200


class ContractOut(Schema):
    """A contract; money in fen. The household under its number and a masked name."""

    id: UUID
    number: str
    tenure: str
    unit_code: str
    project: str
    application: str
    applicant: str
    signed_on: date
    price_fen: int | None
    rent_fen: int | None
    starts_on: date | None
    ends_on: date | None
    ended_on: date | None
    filing_number: str


class PaymentIn(Schema):
    """Money that came in on a contract, in fen."""

    amount_fen: StrictInt
    received_on: date
    reference: str


def _out(row: Contract) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.number, "tenure": row.tenure, "unit_code": row.unit.code, "project": row.project.number,
        "application": row.application.number, "applicant": mask_name(row.application.applicant_name), "signed_on": row.signed_on,
        "price_fen": row.price_fen, "rent_fen": row.rent_fen, "starts_on": row.starts_on, "ends_on": row.ends_on, "ended_on": row.ended_on,
        "filing_number": row.filing_number,
    }  # fmt: skip


@router.get("/contracts", response=list[ContractOut], summary="合同")
def contracts(request: HttpRequest, live: bool = True, page: int = 1) -> list[dict[str, Any]]:
    """The contracts of the region, newest first; only live ones unless asked otherwise."""
    need(request, "homes.view")
    rows = reads.contracts(request.anju.region).order_by("-signed_on", "-id")  # type: ignore[attr-defined]
    rows = rows.filter(ended_on__isnull=True) if live else rows
    start = (max(page, 1) - 1) * PAGE
    return [_out(row) for row in rows[start : start + PAGE]]


@router.post("/contracts/{contract_id}/payments", response=ContractOut, summary="登记房款租金到账")
def pay(request: HttpRequest, contract_id: UUID, body: PaymentIn) -> dict[str, Any]:
    """Record a payment; the waterfall splits it. Answers 422 with the sentence where it is refused."""
    need(request, "homes.receive_payment")
    ctx = acting(request)
    row = acts.receive_payment(
        ctx=ctx,
        contract_id=contract_id,
        amount_fen=body.amount_fen,
        received_on=body.received_on,
        reference=body.reference,
    )
    return _out(reads.contracts(ctx.region).get(pk=row.pk))
