"""Eight real connections at once: numbers without gaps, no overdraft, once per key; and what happens with the book's lock taken out."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from anju.base.regions import uuid7
from anju.ledger import books, verify
from anju.ledger.books import Line
from anju.ledger.models import Account, Book, Hold, Voucher
from support.db import NOON, open_act, raw

pytestmark = pytest.mark.clause("4.3-2")
CITY = "231200"
CONNECTIONS, EACH = 8, 12
LOCK = "    PERFORM pg_advisory_xact_lock(hashtextextended(p_book::text, 0));\n"
SCOPE = "SELECT set_config('role', 'anju_app', true), set_config('anju.lo', %s, true), set_config('anju.hi', '231299', true)"
POST = "SELECT * FROM {}(%s, %s, %s, %s, %s, %s, %s, '', '', %s, NULL, %s, ARRAY[%s], ARRAY[%s], ARRAY[%s]::bigint[])"


@pytest.fixture
def book(committed: None) -> Book:
    with open_act() as ctx:
        found = books.open_book(ctx=ctx, kind="project", object_id=uuid7(), title="甲")
        books.post(ctx=ctx, book=found, kind="sale_receipt", lines=[Line("bank", "sale_income", 1_000)], key="first")
    return found


def race(work: Callable[[psycopg.Connection[Any], int, int], None]) -> list[str]:
    """``work(connection, who, at)`` EACH times on CONNECTIONS connections that begin together; the errors' codes."""
    barrier = threading.Barrier(CONNECTIONS)
    errors: list[str] = []

    def run(who: int) -> None:
        with raw("app", autocommit=True) as database:
            barrier.wait()
            for at in range(EACH):
                try:
                    with database.transaction():
                        work(database, who, at)
                except psycopg.Error as error:
                    errors.append(error.sqlstate or "?")

    threads = [threading.Thread(target=run, args=(who,)) for who in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def act(database: psycopg.Connection[Any], inside: Callable[[UUID], None]) -> None:
    """One act by raw SQL around ``inside``."""
    act_id = uuid7()
    database.execute(SCOPE, [CITY])
    database.execute(
        "SELECT * FROM act_begin(%s, %s, NULL, '\\x00', 'tests.race', '1', %s, 'x', NULL, NULL, %s, %s)",
        [act_id, CITY, uuid7(), NOON, NOON.date()],
    )
    inside(act_id)
    database.execute(
        "SELECT act_end(%s, %s, '{}', '{}', '', NULL, '\\x00', '{}', %s, '{}', '{}')", [CITY, act_id, NOON.date()]
    )


def post(
    database: psycopg.Connection[Any],
    book: Book,
    key: str,
    *,
    kind: str,
    debit: str,
    credit: str,
    fen: int,
    by: str = "ledger_post",
) -> None:
    def inside(act_id: UUID) -> None:
        values = [CITY, act_id, book.id, uuid7(), key, kind, NOON.date(), book.id, NOON, debit, credit, fen]
        database.execute(POST.format(by), values)

    act(database, inside)


def receipts(book: Book, by: str = "ledger_post") -> list[str]:
    return race(
        lambda c, who, at: post(
            c, book, f"{who}:{at}", kind="sale_receipt", debit="bank", credit="sale_income", fen=1, by=by
        )
    )


def found(book: Book) -> tuple[list[int], int, list[str]]:
    """The numbers given, the bank's balance, and what does not verify; the raw acts above left no facts to compare with."""
    with open_act():
        numbers = list(Voucher.objects.filter(book=book).order_by("number").values_list("number", flat=True))
        balance = Account.objects.get(book=book, purpose="bank").balance_fen
        return (
            numbers,
            balance,
            [p.sentence for p in verify.report_of(Book.objects.get(id=book.id)).problems if "日志" not in p.sentence],
        )


def test_racing_postings_are_numbered_without_gaps_and_add_up(book: Book) -> None:
    assert receipts(book) == []
    numbers, balance, problems = found(book)
    assert numbers == list(range(1, CONNECTIONS * EACH + 2))
    assert balance == 1_000 + CONNECTIONS * EACH
    assert problems == []


def without_lock() -> None:
    """The posting function with its book lock taken out, under another name."""
    with raw("owner") as database:
        name = "ledger_post(text,uuid,uuid,uuid,text,text,date,text,text,uuid,uuid,timestamptz,text[],text[],bigint[],uuid,uuid)"
        row = database.execute(f"SELECT pg_get_functiondef('{name}'::regprocedure)").fetchone()
        assert row is not None and LOCK in row[0]
        database.execute(row[0].replace("public.ledger_post(", "public.ledger_unlocked(").replace(LOCK, ""))
        database.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO anju_app")


def test_without_the_books_lock_the_same_race_breaks_numbers(book: Book) -> None:
    without_lock()
    try:
        errors = receipts(book, by="ledger_unlocked")
        numbers, _, problems = found(book)
        assert errors or problems, "the guard is what makes the race above pass"
        assert set(errors) <= {"23505", "40P01"}, (
            "two postings take one number, and the unique key is what stops the second"
        )
        assert len(numbers) < CONNECTIONS * EACH + 1
    finally:
        with raw("owner") as database:
            database.execute("DROP FUNCTION ledger_unlocked")


def test_racing_payments_never_overdraw(book: Book) -> None:
    errors = race(
        lambda c, who, at: post(
            c, book, f"p{who}:{at}", kind="statutory_payment", debit="statutory", credit="bank", fen=30
        )
    )
    _, balance, problems = found(book)
    assert balance == 1_000 - 33 * 30, "thirty-three payments of 30 fit into 1,000"
    assert errors == ["AJ104"] * (CONNECTIONS * EACH - 33)
    assert problems == []


def test_one_key_on_eight_connections_is_one_voucher(book: Book) -> None:
    errors = race(
        lambda c, who, at: post(c, book, f"same{at}", kind="sale_receipt", debit="bank", credit="sale_income", fen=7)
    )
    numbers, balance, problems = found(book)
    assert (errors, len(numbers), balance, problems) == ([], EACH + 1, 1_000 + 7 * EACH, [])


def test_racing_holds_never_hold_more_than_there_is_and_end_once(book: Book) -> None:
    def hold(c: psycopg.Connection[Any], who: int, at: int) -> None:
        act(c, lambda act_id: c.execute(
            "SELECT ledger_hold(%s, %s, %s, %s, %s, 'purchase_payment', 'homes', 'bank', 100, %s)",
            [CITY, act_id, book.id, uuid7(), f"h{who}:{at}", NOON],
        ))  # fmt: skip

    errors = race(hold)
    assert errors == ["AJ104"] * (CONNECTIONS * EACH - 10)
    with open_act():
        ids = list(Hold.objects.filter(book=book).values_list("id", flat=True))
        assert Account.objects.get(book=book, purpose="bank").held_fen == 1_000

    def end(c: psycopg.Connection[Any], who: int, at: int) -> None:
        if at < len(ids):
            verb = (
                "ledger_void_hold(%s, %s, %s, %s)"
                if who % 2
                else "ledger_post_hold(%s, %s, %s, %s, %s, '', '', %s, NULL, %s)"
            )
            rest = [NOON] if who % 2 else [uuid7(), NOON.date(), uuid7(), NOON]
            act(c, lambda act_id: c.execute(f"SELECT {verb}", [CITY, act_id, ids[at], *rest]))

    errors = race(end)
    assert errors == ["AJ109"] * (len(ids) * (CONNECTIONS - 1))
    with open_act():
        paid = Hold.objects.filter(book=book, state="posted").count()
        row = Account.objects.get(book=book, purpose="bank")
        assert (row.held_fen, row.balance_fen) == (0, 1_000 - 100 * paid)
    assert found(book)[2] == []


def test_batches_over_the_same_books_in_opposite_orders_do_not_deadlock(book: Book) -> None:
    with open_act() as ctx:
        other = books.open_book(ctx=ctx, kind="project", object_id=uuid7(), title="乙")

    def batch(c: psycopg.Connection[Any], who: int, at: int) -> None:
        order = [book.id, other.id] if who % 2 else [other.id, book.id]
        act(c, lambda act_id: c.execute(
            "SELECT * FROM ledger_post_many(%s, %s, %s, NULL, %s, %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::date[], %s::text[],"
            " %s::text[], %s::int[], %s::text[], %s::text[], %s::bigint[])",
            [CITY, act_id, uuid7(), NOON, order, [uuid7(), uuid7()], [f"{who}:{at}:0", f"{who}:{at}:1"], ["rent_receipt"] * 2,
             [NOON.date()] * 2, ["", ""], ["", ""], [1, 1], ["bank"] * 2, ["rent_income"] * 2, [1, 1]],
        ))  # fmt: skip

    assert race(batch) == []
    assert found(book)[2] == found(other)[2] == []
