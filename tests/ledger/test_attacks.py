"""Raw SQL against each invariant, as the application's role and as the owner: every one refused by the database itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
import pytest

from anju.base.regions import uuid7
from anju.ledger import books
from anju.ledger.books import Line
from anju.ledger.models import Account, Book, Voucher
from support.db import open_act, raw

pytestmark = pytest.mark.clause("4.3-3")
CITY = "231200"
DAY = date(2026, 3, 2)
WRITES = ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
TABLES = ["book", "account", "voucher", "transfer", "hold", "link", "purpose", "flowrule"]


@dataclass
class Laid:
    """A project's book with one receipt and one hold, another project's, and an own-funds link; all committed."""

    book: Any
    other: Any
    voucher: Any
    hold: Any
    accounts: dict[str, Any]


@pytest.fixture
def laid(committed: None) -> Laid:
    with open_act() as ctx:
        book, other, own = (
            books.open_book(ctx=ctx, kind=kind, object_id=uuid7(), title=title)
            for kind, title in (("project", "甲"), ("project", "乙"), ("overhead", "自有"))
        )
        voucher = books.post(
            ctx=ctx, book=book, kind="sale_receipt", lines=[Line("bank", "sale_income", 1_000)], key="r1"
        )
        books.post(ctx=ctx, book=own, kind="capital_in", lines=[Line("bank", "capital", 900)], key="c1")
        books.link(ctx=ctx, from_book=own, to_book=book, kind="own_funds", amount_fen=500, document="决议", key="l1")
        hold = books.hold(
            ctx=ctx, book=book, kind="purchase_payment", debit="homes", credit="bank", amount_fen=300, key="h1"
        )
        accounts = {a.purpose: a.id for a in Account.objects.filter(book=book)}
    return Laid(book, other, voucher, hold, accounts)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["INSERT INTO {} DEFAULT VALUES", "UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_application_may_only_read_the_books(laid: Laid, table: str, statement: str) -> None:
    with (
        raw("app", region=CITY) as database,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.Error)) as caught,
    ):
        database.execute(statement.format(f"ledger_{table}"))
    assert caught.value.sqlstate in ("42501", "AJ005", "AJ006", "0A000")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["INSERT INTO {0} SELECT * FROM {0} LIMIT 1", *WRITES])
def test_the_owner_may_not_rewrite_the_books_by_hand_either(laid: Laid, table: str, statement: str) -> None:
    if table in ("purpose", "flowrule") and statement.startswith("INSERT"):
        statement = "UPDATE {} SET title = 'x'"  # the owner's migrations add reference rows, and never change one
    with raw("owner") as database, pytest.raises(psycopg.Error) as caught:
        database.execute(statement.format(f"ledger_{table}"))
    assert caught.value.sqlstate in ("AJ005", "AJ006")


# What an owner meets who sets the posting functions' own setting and writes by hand.
ACCOUNT = (
    "INSERT INTO ledger_account (id, region, book_id, book_kind, purpose, balance_fen, held_fen, seq, lower_fen, upper_fen)"
    " VALUES (gen_random_uuid(), '231200', %(book)s, 'project', '{}', 0, 0, 0, 0, 1)"
)
BOOK = (
    "INSERT INTO ledger_book (id, region, kind, object_id, title, last_number, hash, opened_on)"
    " SELECT gen_random_uuid(), region, kind, object_id, title, 0, hash, opened_on FROM ledger_book WHERE id = %(book)s"
)
LINK = (
    "INSERT INTO ledger_link (id, region, kind, from_book, from_kind, from_voucher, to_book, to_kind, to_voucher, amount_fen, reversal,"
    " document, recorded_at) SELECT gen_random_uuid(), region, kind, %(other)s, 'project', from_voucher, to_book, to_kind, to_voucher,"
    " amount_fen, reversal, document, recorded_at FROM ledger_link"
)
BY_HAND = [
    (
        "a balance with no room for its hold",
        "UPDATE ledger_account SET balance_fen = 200 WHERE id = %(bank)s",
        "account_within_bounds",
    ),
    (
        "an overdraft",
        "UPDATE ledger_account SET balance_fen = -1, held_fen = 0 WHERE id = %(bank)s",
        "account_within_bounds",
    ),
    (
        "a loan beyond its limit",
        "UPDATE ledger_account SET balance_fen = -1 WHERE id = %(loan)s",
        "account_within_bounds",
    ),
    ("a second book for the project", BOOK, "one_book_per_object"),
    ("a second bank account", ACCOUNT.format("bank"), "one_account_per_purpose"),
    ("an account that a project's book has not", ACCOUNT.format("earnest_owed"), "fk_ledger_account_purpose"),
    ("a link between two projects", LINK, "AJ107"),
    ("a hold that ends twice", "UPDATE ledger_hold SET state = 'posted' WHERE id = %(hold)s", "hold_ends_once"),
    ("a rewritten voucher", "UPDATE ledger_voucher SET memo = 'x'", "AJ005"),
    ("a rewritten transfer", "UPDATE ledger_transfer SET amount_fen = 1", "AJ005"),
    ("a deleted transfer", "DELETE FROM ledger_transfer", "AJ005"),
]


@pytest.mark.parametrize(("what", "statement", "stopped_by"), BY_HAND, ids=[row[0] for row in BY_HAND])
def test_whoever_forges_the_functions_setting_still_meets_the_keys_and_checks(
    laid: Laid, what: str, statement: str, stopped_by: str
) -> None:
    values = {
        "bank": laid.accounts["bank"], "loan": laid.accounts["loan"], "book": laid.book.id, "other": laid.other.id, "hold": laid.hold,
    }  # fmt: skip
    assert forged(statement, values) == stopped_by, what


def forged(*statements: Any) -> str:
    """What stops an owner who writes by hand with the functions' setting: a constraint's name, or the error's code."""
    with raw("owner") as database:
        database.execute("SET LOCAL anju.posting = 'on'")
        with pytest.raises(psycopg.Error) as caught:
            for statement, values in zip(statements[::2], statements[1::2], strict=True):
                database.execute(statement, values)
            database.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(caught.value.diag.constraint_name or caught.value.sqlstate)


# A voucher copied under another number, and one line for it in which one thing is changed: the last case changes nothing and stands.
VOUCHER = [
    "id", "region", "book_id", "number", "kind", "key", "request_hash", "value_date", "recorded_at", "memo", "reference", "lines",
    "total_fen", "bank_fen", "maker", "checker", "act_id", "reversal", "reverses_id", "linked", "link_id", "hash",
]  # fmt: skip
TRANSFER = [
    "id", "region", "book_id", "voucher_id", "kind", "reversal", "linked", "lines", "line", "debit_id", "debit_purpose", "debit_seq",
    "debit_balance_fen", "credit_id", "credit_purpose", "credit_seq", "credit_balance_fen", "amount_fen", "value_date", "recorded_at",
]  # fmt: skip
CHANGED = [
    ("a negative amount", {"amount_fen": "-1"}, "transfer_amount"),
    ("nothing moved", {"amount_fen": "0"}, "transfer_amount"),
    ("a line that the voucher does not have", {"line": "2"}, "transfer_amount"),
    ("a line that claims another count", {"line": "2", "lines": "2"}, "fk_ledger_transfer_voucher"),
    ("a kind that the voucher is not", {"kind": "'rent_receipt'"}, "fk_ledger_transfer_"),
    ("another project's account", {"debit_id": "%(other_bank)s"}, "fk_ledger_transfer_debit"),
    ("another project's book", {"book_id": "%(other)s"}, "fk_ledger_transfer_"),
    ("no lawful flow", {"credit_id": "%(rent)s", "credit_purpose": "'rent_income'"}, "fk_ledger_transfer_flow"),
    ("an account under another's name", {"credit_purpose": "'capital'"}, "fk_ledger_transfer_"),
    ("a place in the account's order that is taken", {"debit_seq": "1"}, "debit_in_order"),
    ("another region", {"region": "'231221'"}, "fk_ledger_transfer_"),
]


@pytest.mark.clause("4.3-4")
@pytest.mark.parametrize(("what", "changes", "stopped_by"), CHANGED, ids=[row[0] for row in CHANGED])
def test_a_transfer_written_by_hand_is_stopped_by_its_keys(
    laid: Laid, what: str, changes: dict[str, str], stopped_by: str
) -> None:
    assert forged(*_voucher(laid), *_transfer(laid, changes)).startswith(stopped_by), what


def test_the_transfer_of_those_attacks_would_have_stood_unchanged(laid: Laid) -> None:
    with raw("owner") as database:
        database.execute("SET LOCAL anju.posting = 'on'")
        for statement, values in (_voucher(laid), _transfer(laid, {})):
            assert database.execute(statement, values).rowcount == 1
        database.rollback()


def _voucher(laid: Laid) -> tuple[str, dict[str, Any]]:
    changes = {"id": "%(new)s", "number": "number + 50", "key": "'forged'"}
    return _copy("voucher", VOUCHER, changes, "id = %(voucher)s"), _values(laid)


def _transfer(laid: Laid, changes: dict[str, str]) -> tuple[str, dict[str, Any]]:
    usual = {
        "id": "gen_random_uuid()",
        "voucher_id": "%(new)s",
        "debit_seq": "debit_seq + 50",
        "credit_seq": "credit_seq + 50",
    }
    return _copy("transfer", TRANSFER, {**usual, **changes}, "voucher_id = %(voucher)s"), _values(laid)


def _copy(table: str, columns: list[str], changes: dict[str, str], where: str) -> str:
    picked = ", ".join(changes.get(c, c) for c in columns)
    return f"INSERT INTO ledger_{table} ({', '.join(columns)}) SELECT {picked} FROM ledger_{table} WHERE {where}"


def _values(laid: Laid) -> dict[str, Any]:
    with open_act():
        other_bank = Account.objects.get(book=laid.other, purpose="bank").id
    return {
        "voucher": laid.voucher, "new": laid.hold, "other": laid.other.id, "other_bank": other_bank,
        "rent": laid.accounts["rent_income"],
    }  # fmt: skip


CALLS: list[tuple[str, Callable[[Laid], tuple[str, list[Any]]]]] = [
    ("ledger_post", lambda x: (
        "SELECT * FROM ledger_post(%s, %s, %s, %s, 'z', 'sale_receipt', %s, '', '', %s, NULL, now(), ARRAY['bank'], ARRAY['sale_income'],"
        " ARRAY[5]::bigint[])", [CITY, uuid7(), x.book.id, uuid7(), DAY, uuid7()])),
    ("ledger_post_many", lambda x: (
        "SELECT * FROM ledger_post_many(%s, %s, %s, NULL, now(), ARRAY[%s]::uuid[], ARRAY[%s]::uuid[], ARRAY['z'], ARRAY['sale_receipt'],"
        " ARRAY[%s]::date[], ARRAY[''], ARRAY[''], ARRAY[1], ARRAY['bank'], ARRAY['sale_income'], ARRAY[5]::bigint[])",
        [CITY, uuid7(), uuid7(), x.book.id, uuid7(), DAY])),
    ("ledger_reverse", lambda x: (
        "SELECT * FROM ledger_reverse(%s, %s, %s, %s, 'z', %s, '', '', %s, NULL, now())",
        [CITY, uuid7(), x.voucher, uuid7(), DAY, uuid7()])),
    ("ledger_hold", lambda x: (
        "SELECT ledger_hold(%s, %s, %s, %s, 'z', 'purchase_payment', 'homes', 'bank', 1, now())", [CITY, uuid7(), x.book.id, uuid7()])),
    ("ledger_void_hold", lambda x: ("SELECT ledger_void_hold(%s, %s, %s, now())", [CITY, uuid7(), x.hold])),
    ("ledger_set_limit", lambda x: ("SELECT ledger_set_limit(%s, %s, %s, 'loan', 1)", [CITY, uuid7(), x.book.id])),
    ("ledger_close_period", lambda x: ("SELECT ledger_close_period(%s, %s, %s, %s)", [CITY, uuid7(), x.book.id, DAY])),
    ("ledger_open_book", lambda x: (
        "SELECT ledger_open_book(%s, %s, %s, 'project', %s, 'x', %s, %s::uuid[])",
        [CITY, uuid7(), uuid7(), uuid7(), DAY, [uuid7() for _ in range(12)]])),
]  # fmt: skip


@pytest.mark.parametrize(("name", "call"), CALLS, ids=[row[0] for row in CALLS])
def test_a_posting_function_outside_an_act_or_outside_the_scope_does_nothing(laid: Laid, name: str, call: Any) -> None:
    statement, values = call(laid)
    with raw("app", region=CITY) as database, pytest.raises(psycopg.Error) as outside_act:
        database.execute(statement, values)
    with raw("app", region="231221") as database, pytest.raises(psycopg.Error) as outside_scope:
        database.execute(statement, values)
    with raw("app") as database, pytest.raises(psycopg.Error) as no_scope:
        database.execute(statement, values)
    assert (outside_act.value.sqlstate, outside_scope.value.sqlstate, no_scope.value.sqlstate) == (
        "AJ003",
        "42501",
        "42501",
    )


def test_another_countys_act_reaches_no_book_of_the_city(laid: Laid) -> None:
    with pytest.raises(Exception, match="没有可用的对应科目"), open_act("231221") as ctx:
        books.post(ctx=ctx, book=laid.book, kind="sale_receipt", lines=[Line("bank", "sale_income", 5)], key="x")
    with raw("app", region="231221") as database:
        assert database.execute("SELECT count(*) FROM ledger_voucher").fetchone() == (0,)


def test_a_voucher_with_a_link_that_does_not_name_it_does_not_commit(laid: Laid) -> None:
    link = None
    with open_act() as ctx:
        link = Voucher.objects.filter(link__isnull=False).first().link_id  # type: ignore[union-attr]
    with pytest.raises(Exception, match="its link does not name it"), open_act() as ctx:
        _post_with_link(ctx, laid.other, link)


def _post_with_link(ctx: Any, book: Book, link: Any) -> None:
    """The function called as anybody with EXECUTE could, with the link of another movement: money from nowhere."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ledger_post(%s, %s, %s, %s, 'free', 'own_funds', %s, '', '', %s, NULL, %s, ARRAY['bank'], ARRAY['capital'],"
            " ARRAY[500]::bigint[], NULL, %s)",
            [CITY, ctx.act, book.id, uuid7(), ctx.today, uuid7(), ctx.now, link],
        )


def test_a_reversal_that_is_no_mirror_is_refused_by_the_function(laid: Laid) -> None:
    from django.db import connection

    with pytest.raises(Exception, match="not the mirror"), open_act() as ctx, connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ledger_post(%s, %s, %s, %s, 'half', 'sale_receipt', %s, '', '', %s, NULL, %s, ARRAY['sale_income'],"
            " ARRAY['bank'], ARRAY[1]::bigint[], %s, NULL)",
            [CITY, ctx.act, laid.book.id, uuid7(), ctx.today, uuid7(), ctx.now, laid.voucher],
        )
