"""Verification: silent over true books, and it names what a superuser changed behind every trigger."""

from typing import Any

import pytest

from anju.base.regions import scope, uuid7
from anju.ledger import books, verify
from anju.ledger.books import Line
from anju.ledger.models import Book
from support.db import open_act, raw

pytestmark = pytest.mark.clause("4.3-3")
CITY = "231200"


@pytest.fixture
def book(committed: None) -> Any:
    """A book with a receipt, a payment, a reversal, a hold and a link."""
    with open_act() as ctx:
        own = books.open_book(ctx=ctx, kind="overhead", object_id=uuid7(), title="自有")
        found = books.open_book(ctx=ctx, kind="project", object_id=uuid7(), title="甲「一期」\t二")
        books.post(ctx=ctx, book=own, kind="capital_in", lines=[Line("bank", "capital", 9_000)], key="c")
    with open_act() as ctx:
        moved = {"kind": "own_funds", "amount_fen": 4_000, "document": '决议"1"号\\', "memo": "投入\n二"}
        books.link(ctx=ctx, from_book=own, to_book=found, key="l", **moved)
        lines = [Line("bank", "sale_income", n) for n in (5, 6)]
        first = books.post(ctx=ctx, book=found, kind="sale_receipt", lines=lines, key="r", memo="𠮷")
        books.reverse(ctx=ctx, voucher_id=first, reason="录错")
        books.post(
            ctx=ctx,
            book=found,
            kind="statutory_payment",
            lines=[Line("statutory", "bank", 100)],
            key="t",
            reference="回单-1",
        )
        books.hold(ctx=ctx, book=found, kind="purchase_payment", debit="homes", credit="bank", amount_fen=50, key="h")
    return found


def problems() -> list[str]:
    with scope(CITY):
        return [p.sentence for p in verify.verify_books(CITY)]


def test_true_books_verify_whatever_characters_stand_in_them(book: Book) -> None:
    with scope(CITY):
        report = verify.report(CITY)
    assert (report.problems, report.books, report.vouchers, report.transfers) == ([], 2, 6, 8)
    assert report.line == "账簿 2 本、凭证 6 张、分录 8 笔：全部相符"


BEHIND = [
    ("UPDATE ledger_transfer SET amount_fen = amount_fen + 1 WHERE debit_purpose = 'statutory'", "分录与合计"),
    ("UPDATE ledger_voucher SET memo = '改' WHERE kind = 'statutory_payment'", "摘要与内容不符"),
    ("UPDATE ledger_voucher SET checker = id WHERE kind = 'statutory_payment'", "摘要与内容不符"),
    (
        "UPDATE ledger_voucher SET recorded_at = recorded_at + interval '1 microsecond' WHERE kind = 'statutory_payment'",
        "摘要与内容不符",
    ),
    ("UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE purpose = 'statutory' AND balance_fen > 0", "按分录应为"),
    ("UPDATE ledger_account SET held_fen = 0", "冻结"),
    ("DELETE FROM ledger_transfer WHERE debit_purpose = 'statutory'", "分录与合计"),
    ("DELETE FROM ledger_voucher WHERE kind = 'statutory_payment'", "末尾凭证被删改"),
    ("DELETE FROM ledger_voucher WHERE reversal", "凭证号有缺漏"),
    ("DELETE FROM ledger_link", "没有划转记录"),
    ("UPDATE base_actfacts SET facts = '{' WHERE facts LIKE '%books%'", "账簿可能被整体重建过"),
    ("UPDATE ledger_link SET amount_fen = 1", "两端凭证不全或金额不符"),
    ("UPDATE ledger_transfer SET credit_purpose = 'rent_income' WHERE credit_purpose = 'sale_income'", "不能从 rent_income"),
    ("UPDATE ledger_transfer SET debit_seq = 77, debit_id = (SELECT id FROM ledger_account WHERE book_kind = 'overhead'"
     " AND purpose = 'bank') WHERE debit_purpose = 'statutory'", "资金混同"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "said"), BEHIND, ids=[row[1] + str(n) for n, row in enumerate(BEHIND)])
def test_one_row_changed_behind_the_functions_is_named(book: Book, statement: str, said: str) -> None:
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        assert database.execute(statement).rowcount >= 1
    assert any(said in sentence for sentence in problems()), problems()


def test_a_book_rebuilt_with_true_hashes_differs_from_what_the_log_of_acts_says_of_it(book: Book) -> None:
    """The last voucher is changed, and its hash and the book's with it: inside the books all agrees, the log does not."""
    with scope(CITY):
        row = book.vouchers.order_by("-number")[0]
        before = book.vouchers.get(number=row.number - 1)
        row.memo = "改写"
        lines = list(row.transfers.order_by("line"))
        import hashlib

        digest = hashlib.sha256(bytes(before.hash) + verify.text_of(row, lines).encode()).digest()
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        database.execute("UPDATE ledger_voucher SET memo = '改写', hash = %s WHERE id = %s", [digest, row.id])
        database.execute("UPDATE ledger_book SET hash = %s WHERE id = %s", [digest, book.id])
    assert len(problems()) == 1
    assert "与办理日志记载的账簿摘要不符" in problems()[0]


def test_a_county_verifies_its_own_books_only(book: Book) -> None:
    with scope("231221"):
        assert verify.report("231221").books == 0
