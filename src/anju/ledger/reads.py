"""Reads of the books, shared by pages, the API and reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anju.base.regions import region_range
from anju.ledger.models import Account, Book, FlowRule, Purpose, Transfer, Voucher


@dataclass(frozen=True)
class Standing:
    """An account as a person reads it: ``shown_fen`` is positive on the account's own side."""

    account: Account
    title: str
    side: str
    shown_fen: int
    free_fen: int | None


def books_of(region: str) -> QuerySet[Book, Any]:
    """The books a post of ``region`` sees."""
    lo, hi = region_range(region)
    return Book.objects.filter(region__gte=lo, region__lte=hi)


def standing(book: Book) -> list[Standing]:
    """The accounts of a book in the chart's order, in one query each for chart and accounts."""
    chart = {p.purpose: p for p in Purpose.objects.filter(book_kind=book.kind)}
    rows = Account.objects.filter(region=book.region, book=book)
    found = []
    for row in sorted(rows, key=lambda a: chart[a.purpose].order):
        item = chart[row.purpose]
        sign = 1 if item.side in ("asset", "expense") else -1
        found.append(
            Standing(
                row, item.title, dict(Purpose.SIDES)[item.side], sign * row.balance_fen,
                row.balance_fen - row.held_fen - row.lower_fen if row.purpose in ("bank", "entrusted", "loan") else None,
            )
        )  # fmt: skip
    return found


def kind_titles() -> dict[str, str]:
    """Kind of voucher → its words (the first rule's)."""
    found: dict[str, str] = {}
    for kind, title in FlowRule.objects.filter(reversal=False).order_by("id").values_list("kind", "title"):
        found.setdefault(kind, title)
    return found


def lines_of(vouchers: Iterable[UUID], region: str) -> dict[UUID, list[Transfer]]:
    """The lines of some vouchers, in one query."""
    found: dict[UUID, list[Transfer]] = {}
    for row in Transfer.objects.filter(region=region, voucher__in=list(vouchers)).order_by("voucher_id", "line"):
        found.setdefault(row.voucher_id, []).append(row)
    return found


def bank_movements(books: Iterable[UUID], region: str) -> QuerySet[Voucher, Any]:
    """The vouchers that a bank's statement shows; those reversed before they reached it still count, as their reversals do."""
    return Voucher.objects.filter(region=region, book__in=list(books)).filter(~Q(bank_fen=0))
