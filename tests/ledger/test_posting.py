"""Posting through the API: what the books take and what they refuse, each in a clerk's words."""

from datetime import date

import pytest
from support.db import open_act

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.regions import uuid7
from anju.ledger import books
from anju.ledger.books import Line, Posting
from anju.ledger.models import Transfer, Voucher

pytestmark = pytest.mark.django_db
CITY = "231200"


def open_book(ctx, kind="project", title="演示项目甲"):
    return books.open_book(ctx=ctx, kind=kind, object_id=uuid7(), title=title)


def test_a_receipt_moves_one_amount_from_one_account_to_another():
    with open_act() as ctx:
        book = open_book(ctx)
        voucher = books.post(
            ctx=ctx, book=book, kind="sale_receipt", lines=[Line("bank", "sale_income", 12_345)], key="r1"
        )
        assert books.balance(book, "bank") == 12_345
        assert books.balance(book, "sale_income") == -12_345
        row = Voucher.objects.get(id=voucher)
        assert (row.number, row.total_fen, row.bank_fen, row.lines) == (1, 12_345, 12_345, 1)
        one = Transfer.objects.get(voucher=voucher)
        assert (one.debit_seq, one.debit_balance_fen, one.credit_balance_fen) == (1, 12_345, -12_345)
