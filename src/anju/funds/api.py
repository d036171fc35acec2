"""The OpenAPI of the money: the reads that pages share and the acts that imports use."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StrictInt

from anju.base.acts import ActContext, Conflict, Forbidden
from anju.funds import acts
from anju.funds.models import BankLine, Loan, Payment, Receipt, SupervisedAccount
from anju.web.lists import within

router = Router()
PAGE = 500


def need(request: HttpRequest, power: str) -> None:
    """Raises Forbidden where the actor does not hold the power."""
    actor = request.anju  # type: ignore[attr-defined]
    if actor is None or power not in actor.powers:
        raise Forbidden(f"当前岗位没有权限 {power}，没有办理；请换岗位，或请安全管理员授权")


def acting(request: HttpRequest, region: str) -> ActContext:
    """The context of an act; the header ``Idempotency-Key`` makes a repeated call one act."""
    key = request.headers.get("Idempotency-Key", "")[:64]
    return request.anju.context(key=key or None, region=region)  # type: ignore[attr-defined]


class PaymentOut(Schema):
    """A payment; money in fen."""

    id: UUID
    region: str
    project_id: UUID
    ordinal: int
    source: str
    use: str
    amount_fen: int
    state: str
    requested_on: date
    paid_on: date | None


class LoanOut(Schema):
    """A loan; money in fen, the rate in hundredths of a per cent."""

    id: UUID
    region: str
    project_id: UUID
    number: str
    principal_fen: int
    drawn_fen: int
    repaid_fen: int
    rate_bp: int
    months: int
    state: str


class ReceiptOut(Schema):
    """A receipt with its split; money in fen."""

    id: UUID
    region: str
    project_id: UUID
    kind: str
    amount_fen: int
    received_on: date
    statutory_fen: int
    loan_fen: int
    remainder_fen: int


class LineOut(Schema):
    """A line of the bank's statement; ``voucher_id`` is null while nothing explains it."""

    id: UUID
    reference: str
    booked_on: date
    amount_fen: int
    voucher_id: UUID | None


class LineIn(Schema):
    """A line as the bank states it; money in is positive."""

    reference: str
    booked_on: date
    amount_fen: StrictInt
    balance_fen: StrictInt
    counterparty: str = ""
    counterparty_tail: str = ""
    memo: str = ""


@router.get("payments", response=list[PaymentOut], summary="付款")
def payments(request: HttpRequest, state: str = "") -> list[Payment]:
    """Payments in sight, newest first, 500 at most."""
    need(request, "funds.view")
    rows = within(request, Payment.objects.all())
    return list((rows.filter(state=state) if state else rows).order_by("-requested_on", "id")[:PAGE])


@router.get("loans", response=list[LoanOut], summary="贷款")
def loans(request: HttpRequest) -> list[Loan]:
    """Loans in sight by number, 500 at most."""
    need(request, "funds.view")
    return list(within(request, Loan.objects.all()).order_by("number", "id")[:PAGE])


@router.get("receipts", response=list[ReceiptOut], summary="回款")
def receipts(request: HttpRequest) -> list[Receipt]:
    """Receipts in sight, newest first, 500 at most."""
    need(request, "funds.view_books")
    return list(within(request, Receipt.objects.all()).order_by("-received_on", "id")[:PAGE])


@router.get("accounts/{account_id}/lines", response=list[LineOut], summary="一个专户的银行流水")
def lines(request: HttpRequest, account_id: UUID, unmatched: bool = False) -> list[BankLine]:
    """Lines of an account, newest first, 500 at most; with ``unmatched`` only those that nothing explains."""
    need(request, "funds.view_books")
    rows = within(request, BankLine.objects.filter(account=account_id))
    return list((rows.filter(voucher__isnull=True) if unmatched else rows).order_by("-booked_on", "id")[:PAGE])


@router.post("accounts/{account_id}/lines", summary="收下银行流水")
def take_lines(request: HttpRequest, account_id: UUID, body: list[LineIn]) -> dict[str, Any]:
    """Keep lines in the order of time and match what is beyond doubt."""
    need(request, "funds.take_lines")
    found = within(request, SupervisedAccount.objects.filter(id=account_id)).first()
    if found is None:
        raise Conflict("没有这个资金监管专户，没有收下；请核对", clause="4.3-1")
    new = acts.take_lines(ctx=acting(request, found.region), account_id=found.id, lines=[row.dict() for row in body])
    return {"new": new}
