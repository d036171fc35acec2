"""Acts on a book as a whole. Money is posted by the rooms that move it, through ``books``."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Refused, act
from anju.ledger import books, verify
from anju.ledger.books import open_book
from anju.ledger.models import Book, Voucher

__all__ = ["close_book", "close_period", "open_book", "reverse_voucher"]


def _book(ctx: ActContext, book_id: UUID) -> Book:
    return Book.objects.get(region=ctx.region, id=book_id)


@act(clause="4.3-2", title="结账")
def close_period(*, ctx: ActContext, book_id: UUID, through: date) -> Book:
    """Close a book's period through a day (结账): nothing is dated on or before it any more. Only forward, and only when the book
    verifies. Raises Refused.
    """
    book = _book(ctx, book_id)
    ctx.on(book, through=through.isoformat())
    if through > ctx.today:
        raise Refused(f"不能结到 {through}：晚于今天 {ctx.today}，没有结账；请改为今天或更早", clause="4.3-2")
    problems = verify.report_of(book).problems
    if problems:
        raise Refused(f"账簿核验不符，没有结账：{problems[0].sentence}；请先查明更正", clause="4.3-2")
    books.close_period(ctx=ctx, book=book, through=through)
    return _book(ctx, book_id)


@act(clause="4.3-2", title="封账")
def close_book(*, ctx: ActContext, book_id: UUID) -> Book:
    """Close a book for good (封账), every account at zero. Raises Refused where one is not."""
    book = _book(ctx, book_id)
    ctx.on(book, last_number=book.last_number)
    books.close_book(ctx=ctx, book=book)
    return book


@act(clause="4.3-2", title="冲销凭证")
def reverse_voucher(*, ctx: ActContext, voucher_id: UUID, reason: str) -> Voucher:
    """Correct a voucher by its mirror (冲销), by another person than its maker. Raises Refused."""
    voucher = Voucher.objects.get(region=ctx.region, id=voucher_id)
    ctx.on(voucher, reason=reason, number=voucher.number)
    ctx.other_than(voucher.maker, "冲销凭证")
    made = books.reverse(ctx=ctx, voucher_id=voucher_id, reason=reason, maker=ctx.account)
    return Voucher.objects.get(region=ctx.region, id=made)
