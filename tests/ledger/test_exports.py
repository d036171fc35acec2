"""The books as beancount text: ``bean-check`` accepts them, and its balances are ours."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from beancount import loader

from anju.base.regions import scope, uuid7
from anju.ledger import books, exports
from anju.ledger.books import Line
from anju.ledger.models import Book
from support.db import context, open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("4.3-3")]
CITY = "231200"


def filled(title: str = '甲 "一期"\\二') -> Any:
    with open_act() as ctx:
        own = books.open_book(ctx=ctx, kind="overhead", object_id=uuid7(), title="自有")
        book = books.open_book(ctx=ctx, kind="project", object_id=uuid7(), title=title)
        books.post(ctx=ctx, book=own, kind="capital_in", lines=[Line("bank", "capital", 9_001)], key="c")
        moved = {"kind": "own_funds", "amount_fen": 4_005, "document": "决议", "memo": '含"引号"\n换行'}
        books.link(ctx=ctx, from_book=own, to_book=book, key="l", **moved)
        books.set_limit(ctx=ctx, book=book, limit_fen=700)
        books.post(ctx=ctx, book=book, kind="loan_drawdown", lines=[Line("entrusted", "loan", 700)], key="d")
        books.post(ctx=ctx, book=book, kind="purchase_payment", lines=[Line("homes", "entrusted", 699)], key="p")
        lines = [Line("bank", "rent_income", 5), Line("bank", "rent_income", 6)]
        first = books.post(ctx=ctx, book=book, kind="rent_receipt", lines=lines, key="r")
        books.reverse(ctx=ctx, voucher_id=first, reason="录错")
        return Book.objects.get(id=book.id), Book.objects.get(id=own.id)


def test_bean_check_accepts_the_books_and_every_balance_is_ours(tmp_path: Path) -> None:
    for book in filled():
        with open_act():
            text = exports.beancount(book, synthetic=True)
            ours = {p: books.balance(book, p) for p in ("bank", "capital")}
        path = tmp_path / f"{book.kind}.beancount"
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [str(Path(sys.executable).with_name("bean-check")), str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        entries, errors, _ = loader.load_string(text)
        assert not errors
        checks = {e.account: e.amount for e in entries if type(e).__name__ == "Balance"}
        assert checks[exports.NAMES[book.kind, "bank"]].number * 100 == ours["bank"]
        assert "合成" in text


def test_a_changed_amount_in_the_file_fails_bean_check() -> None:
    book, _ = filled()
    with open_act():
        text = exports.beancount(book, synthetic=False)
    _, errors, _ = loader.load_string(text.replace("6.99 CNY", "6.98 CNY", 1))
    assert errors


def test_the_export_holds_one_file_per_book() -> None:
    filled("甲/乙")
    with scope(CITY):
        name, data = exports.all_books(context())
    assert name == "账簿-231200-2026-03-02-合成.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 2
        assert all(loader.load_string(archive.read(n).decode())[1] == [] for n in archive.namelist())
