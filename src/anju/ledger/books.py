"""Post to the books: each call is one SQL function, one round trip, inside the caller's act.

A project's purposes: bank, entrusted, homes, renovation, loan, deposits, capital, subsidy, sale_income, rent_income, statutory,
operating; a batch's: bank, earnest_owed; the acquirer's own: bank, to_projects, capital, fee_income, expense. Which kind of
voucher may move money between which of them stands in ``sql/reference.sql``. All amounts are fen and positive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from anju.base.acts import ActContext, InvalidInput, act
from anju.base.regions import uuid7
from anju.ledger.errors import lawful
from anju.ledger.models import Account, Book, Hold, Link, Purpose, Voucher

CASH = ("bank", "entrusted")


@dataclass(frozen=True)
class Line:
    """One debit and one credit of the same amount, by the purposes of the book's accounts; fen, positive."""

    debit: str
    credit: str
    amount_fen: int


@dataclass(frozen=True)
class Posting:
    """One voucher of a batch, see ``post_many``."""

    book: Book
    kind: str
    lines: Sequence[Line]
    key: str
    value_date: date
    memo: str = ""
    reference: str = ""


@act(clause="4.3-3", title="开立账簿")
def open_book(*, ctx: ActContext, kind: str, object_id: UUID, title: str) -> Book:
    """Open the one book of a project (``project``), an acquirer (``overhead``) or a batch's earnest money (``earnest``).

    The book that is open already comes back. Raises InvalidInput for another kind.
    """
    if kind not in dict(Book.KINDS):
        raise InvalidInput(
            f"没有「{kind}」这种账簿，没有开立；可开：{'、'.join(t for _, t in Book.KINDS)}", field="kind"
        )
    found = find(kind, object_id, region=ctx.region)
    if found is None:
        book_id = uuid7()
        accounts = [uuid7() for _ in range(Purpose.objects.filter(book_kind=kind).count())]
        _call(
            "ledger_open_book(%s,%s,%s,%s,%s,%s,%s,%s::uuid[])",
            ctx,
            book_id,
            kind,
            object_id,
            title[:120],
            ctx.today,
            accounts,
        )
        found = Book.objects.get(region=ctx.region, id=book_id)
    ctx.on(found, kind=kind, title=found.title, object=str(object_id))
    return found


def find(kind: str, object_id: UUID, *, region: str) -> Book | None:
    """The book of an object, None where none is open."""
    return Book.objects.filter(region=region, kind=kind, object_id=object_id).first()


def post(
    *, ctx: ActContext, book: Book, kind: str, lines: Sequence[Line], key: str, value_date: date | None = None, memo: str = "",
    reference: str = "", maker: UUID | None = None, checker: UUID | None = None,
) -> UUID:  # fmt: skip
    """Post one voucher; its id. The same key with the same content answers with the voucher that is there.

    ``value_date`` is today, ``maker`` the acting account where not given; ``reference`` is the bank's number of the movement.
    Raises Conflict for a key used before, Refused for what the book cannot hold.
    """
    made_by = _maker(ctx, maker)
    with lawful(book):
        rows = _call(
            "* FROM ledger_post(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s::text[],%s::text[],%s::bigint[])", ctx, book.id, uuid7(), key,
            kind, value_date or ctx.today, memo[:200], reference, made_by, checker, ctx.now, [line.debit for line in lines],
            [line.credit for line in lines], [line.amount_fen for line in lines],
        )  # fmt: skip
    return _head(ctx, book.id, rows[0])


def post_many(
    *, ctx: ActContext, postings: Sequence[Posting], maker: UUID | None = None, checker: UUID | None = None
) -> list[UUID]:
    """Post a batch in one round trip, all or nothing, books and accounts locked in order; the vouchers' ids in the same order."""
    if not postings:
        return []
    flat = [line for posting in postings for line in posting.lines]
    made_by = _maker(ctx, maker)
    with lawful(None):
        rows = _call(
            "* FROM ledger_post_many(%s,%s,%s,%s,%s,%s::uuid[],%s::uuid[],%s::text[],%s::text[],%s::date[],%s::text[],%s::text[],"
            "%s::int[],%s::text[],%s::text[],%s::bigint[])", ctx, made_by, checker, ctx.now, [p.book.id for p in postings],
            [uuid7() for _ in postings], [p.key for p in postings], [p.kind for p in postings], [p.value_date for p in postings],
            [p.memo[:200] for p in postings], [p.reference for p in postings], [len(p.lines) for p in postings],
            [line.debit for line in flat], [line.credit for line in flat], [line.amount_fen for line in flat],
        )  # fmt: skip
    return [_head(ctx, posting.book.id, row) for posting, row in zip(postings, rows, strict=True)]


def reverse(
    *,
    ctx: ActContext,
    voucher_id: UUID,
    reason: str,
    maker: UUID | None = None,
    checker: UUID | None = None,
    reference: str = "",
) -> UUID:
    """Correct a voucher by its mirror, dated today; both ends where it moved money between two books. Once per voucher.

    Raises Refused without a reason, for a reversal, or for one reversed before.
    """
    if not reason.strip():
        raise InvalidInput("冲销须写明原因，没有冲销；请填写原因后再办", field="reason")
    voucher = Voucher.objects.select_related("book").get(region=ctx.region, id=voucher_id)
    made_by, key = _maker(ctx, maker), f"reverse:{voucher_id}"
    if voucher.link_id:
        return _reverse_link(ctx, voucher, reason, made_by, checker, reference)
    with lawful(voucher.book):
        rows = _call(
            "* FROM ledger_reverse(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)", ctx, voucher_id, uuid7(), key, ctx.today, reason[:200],
            reference, made_by, checker, ctx.now,
        )  # fmt: skip
    return _head(ctx, voucher.book_id, rows[0])


def _reverse_link(
    ctx: ActContext, voucher: Voucher, reason: str, maker: UUID, checker: UUID | None, reference: str
) -> UUID:
    with lawful(voucher.book):
        rows = _call(
            "* FROM ledger_reverse_link(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)", ctx, voucher.link_id, uuid7(), uuid7(), uuid7(),
            f"reverse:{voucher.link_id}", ctx.today, reason[:200], reference, maker, checker, ctx.now,
        )  # fmt: skip
    made = {book: _head(ctx, book, rest) for book, *rest in rows}
    return made[voucher.book_id]


def hold(*, ctx: ActContext, book: Book, kind: str, debit: str, credit: str, amount_fen: int, key: str) -> UUID:
    """Set money of ``credit`` aside for a payment of ``kind`` to ``debit``: it cannot be spent twice. The hold's id."""
    with lawful(book):
        rows = _call(
            "ledger_hold(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
            ctx,
            book.id,
            uuid7(),
            key,
            kind,
            debit,
            credit,
            amount_fen,
            ctx.now,
        )
    return rows[0][0]


def post_hold(
    *, ctx: ActContext, hold_id: UUID, value_date: date | None = None, memo: str = "", reference: str = "", maker: UUID | None = None,
    checker: UUID | None = None,
) -> UUID:  # fmt: skip
    """Pay what was held; the voucher's id. Raises Conflict where the hold has ended."""
    held = Hold.objects.select_related("book").get(region=ctx.region, id=hold_id)
    with lawful(held.book):
        rows = _call(
            "* FROM ledger_post_hold(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)", ctx, hold_id, uuid7(), value_date or ctx.today, memo[:200],
            reference, _maker(ctx, maker), checker, ctx.now,
        )  # fmt: skip
    return _head(ctx, held.book_id, rows[0])


def void_hold(*, ctx: ActContext, hold_id: UUID) -> None:
    """Give back what was held. Raises Conflict where the hold has ended."""
    held = Hold.objects.select_related("book").get(region=ctx.region, id=hold_id)
    with lawful(held.book):
        _call("ledger_void_hold(%s,%s,%s,%s)", ctx, hold_id, ctx.now)


def link(
    *, ctx: ActContext, from_book: Book, to_book: Book, kind: str, amount_fen: int, document: str, key: str, to_credit: str = "",
    value_date: date | None = None, memo: str = "", reference: str = "", maker: UUID | None = None, checker: UUID | None = None,
) -> tuple[UUID, UUID]:  # fmt: skip
    """Move money between two books lawfully: a voucher in each, of one amount, in one call; (out, in).

    ``earnest_to_project``: ``to_credit`` says as what the project takes it (sale_income, rent_income or deposits); ``own_funds``:
    from the acquirer's own book to a project; ``management_fee``: back, by contract. ``document`` names what it rests on. Nothing
    moves between two projects: the database refuses the link.
    """
    credit = {"own_funds": "capital", "management_fee": "fee_income"}.get(kind, to_credit)
    if not document.strip() or not credit:
        raise InvalidInput(
            "账簿间划转须写明依据文件和入账科目，没有划转；请补齐后再办", field="document", clause="4.3-3"
        )
    with lawful(from_book):
        rows = _call(
            "* FROM ledger_link(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)", ctx, uuid7(), key, kind, from_book.id,
            to_book.id, credit, amount_fen, document[:120], uuid7(), uuid7(), value_date or ctx.today, memo[:200], reference,
            _maker(ctx, maker), checker, ctx.now,
        )  # fmt: skip
    made = [_head(ctx, book, rest) for book, *rest in rows]
    return made[0], made[1]


def set_limit(*, ctx: ActContext, book: Book, limit_fen: int) -> None:
    """How much of a project's loans may be owed at once, in all: a drawdown beyond it is refused by the account's bounds."""
    with lawful(book):
        _call("ledger_set_limit(%s,%s,%s,'loan',%s)", ctx, book.id, limit_fen)


def close_period(*, ctx: ActContext, book: Book, through: date) -> None:
    """Nothing is posted any more on or before ``through``; it only moves forward."""
    with lawful(book):
        _call("ledger_close_period(%s,%s,%s,%s)", ctx, book.id, through)


def close_book(*, ctx: ActContext, book: Book) -> None:
    """Close all accounts of a book that stand at zero. Raises Refused where one does not."""
    with lawful(book):
        _call("ledger_close_book(%s,%s,%s,%s)", ctx, book.id, ctx.today)


def balance(book: Book, purpose: str) -> int:
    """Debits less credits of an account, in fen: what a loan owes is negative. Raises Account.DoesNotExist."""
    return Account.objects.values_list("balance_fen", flat=True).get(region=book.region, book=book, purpose=purpose)


def available(book: Book, purpose: str) -> int:
    """What an account can still give, in fen: its balance above its lower bound, less what is held."""
    row = Account.objects.get(region=book.region, book=book, purpose=purpose)
    return row.balance_fen - row.held_fen - row.lower_fen


def _maker(ctx: ActContext, maker: UUID | None) -> UUID:
    found = maker or ctx.account
    if found is None:
        raise InvalidInput("凭证须有经办人，没有记账；请登录后办理", field="maker")
    return found


def _call(function: str, ctx: ActContext, *values: Any) -> list[Any]:
    """One function of ``sql/``, with the act's region and id before the other arguments."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}", [ctx.region, ctx.act, *values])
        return cursor.fetchall()


def _head(ctx: ActContext, book: UUID, row: Sequence[Any]) -> UUID:
    """Let the act's log entry carry the book's running hash, so that the log's root vouches for the book. The voucher's id."""
    voucher, number, digest, replayed = row
    if not replayed:
        ctx.entry.facts.setdefault("books", {})[str(book)] = [number, bytes(digest).hex()]
    return voucher


__all__ = [
    "CASH", "Account", "Book", "Hold", "Line", "Link", "Posting", "Voucher", "available", "balance", "close_book", "close_period",
    "find", "hold", "link", "open_book", "post", "post_hold", "post_many", "reverse", "set_limit", "void_hold",
]  # fmt: skip
