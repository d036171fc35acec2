"""The OpenAPI of the books: reads only; nothing is posted from outside."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from anju.base.acts import Forbidden
from anju.ledger import reads, verify
from anju.ledger.models import Book, Voucher

router = Router()
PAGE = 500


class BookOut(Schema):
    """A book; ``last_number`` is its last voucher."""

    id: UUID
    region: str
    kind: str
    object_id: UUID
    title: str
    last_number: int
    closed_through: date | None


class AccountOut(Schema):
    """An account; ``balance_fen`` is debits less credits."""

    purpose: str
    title: str
    balance_fen: int
    held_fen: int


class VoucherOut(Schema):
    """A voucher; amounts in fen."""

    id: UUID
    number: int
    kind: str
    value_date: date
    total_fen: int
    bank_fen: int
    memo: str
    reference: str
    reversal: bool


def _region(request: HttpRequest) -> str:
    actor = request.anju  # type: ignore[attr-defined]
    if actor is None or "ledger.view" not in actor.powers:
        raise Forbidden("当前岗位没有查看账簿的权限；请换岗位，或请安全管理员授权")
    return str(actor.region)


@router.get("books", response=list[BookOut], summary="账簿")
def books(request: HttpRequest) -> list[Book]:
    """The books in sight."""
    return list(reads.books_of(_region(request)).order_by("region", "id")[:PAGE])


@router.get("books/{book_id}/accounts", response=list[AccountOut], summary="一本账簿的科目余额")
def accounts(request: HttpRequest, book_id: UUID) -> list[dict[str, object]]:
    """The accounts of a book in the chart's order; empty where the book is not in sight."""
    book = reads.books_of(_region(request)).filter(id=book_id).first()
    return [
        {
            "purpose": s.account.purpose,
            "title": s.title,
            "balance_fen": s.account.balance_fen,
            "held_fen": s.account.held_fen,
        }
        for s in (reads.standing(book) if book else [])
    ]


@router.get("books/{book_id}/vouchers", response=list[VoucherOut], summary="一本账簿的凭证")
def vouchers(request: HttpRequest, book_id: UUID, after: int = 0) -> list[Voucher]:
    """Vouchers by number, 500 at most, from the one after ``after``."""
    shown = reads.books_of(_region(request)).filter(id=book_id)
    return list(Voucher.objects.filter(book__in=shown, number__gt=after).order_by("number")[:PAGE])


@router.get("verify", response=list[str], summary="核验账簿")
def verified(request: HttpRequest) -> list[str]:
    """Every fault of the books in sight; empty when all stands."""
    return [str(p) for p in verify.verify_books(_region(request))]
