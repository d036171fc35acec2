"""Posting through the API: what the books take and what they refuse, each in a clerk's words."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.regions import uuid7
from anju.ledger import acts, books
from anju.ledger.books import Line, Posting
from anju.ledger.models import Book, Hold, Link, Transfer, Voucher
from support.db import open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("4.3-2")]
CITY = "231200"
DAY = date(2026, 3, 2)


def book_for(ctx: Any, kind: str = "project", title: str = "演示项目甲") -> Book:
    return books.open_book(ctx=ctx, kind=kind, object_id=uuid7(), title=title)


def receipt(ctx: Any, book: Book, amount_fen: int, key: str = "r1", **changes: Any) -> UUID:
    values = {"kind": "sale_receipt", "lines": [Line("bank", "sale_income", amount_fen)], "key": key}
    return books.post(ctx=ctx, book=book, **{**values, **changes})


def lend(ctx: Any, book: Book, amount_fen: int) -> None:
    books.set_limit(ctx=ctx, book=book, limit_fen=amount_fen)
    books.post(ctx=ctx, book=book, kind="loan_drawdown", lines=[Line("entrusted", "loan", amount_fen)], key=uuid7().hex)


def test_a_receipt_moves_one_amount_from_one_account_to_another() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        voucher = receipt(ctx, book, 12_345)
        assert (books.balance(book, "bank"), books.balance(book, "sale_income")) == (12_345, -12_345)
        row = Voucher.objects.get(id=voucher)
        assert (row.number, row.total_fen, row.bank_fen, row.lines, row.maker) == (1, 12_345, 12_345, 1, ctx.account)
        one = Transfer.objects.get(voucher=voucher)
        assert (one.debit_seq, one.debit_balance_fen, one.credit_seq, one.credit_balance_fen) == (1, 12_345, 1, -12_345)


def test_a_voucher_of_many_lines_is_numbered_once_and_its_lines_follow_each_other() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        voucher = receipt(ctx, book, 0, lines=[Line("bank", "sale_income", n) for n in (10, 20, 30)])
        rows = list(Transfer.objects.filter(voucher=voucher).order_by("line"))
        assert [(r.line, r.debit_seq, r.debit_balance_fen) for r in rows] == [(1, 1, 10), (2, 2, 30), (3, 3, 60)]
        assert Voucher.objects.get(id=voucher).total_fen == 60


def test_an_object_has_one_book_and_opening_it_again_brings_the_same() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        again = books.open_book(ctx=ctx, kind="project", object_id=book.object_id, title="另一个名字")
        assert (again.id, again.title) == (book.id, "演示项目甲")
        with pytest.raises(InvalidInput, match="没有「slush」这种账簿"):
            books.open_book(ctx=ctx, kind="slush", object_id=uuid7(), title="小金库")


def test_the_same_key_answers_with_the_voucher_that_is_there_and_another_body_is_refused() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        first = receipt(ctx, book, 500)
        assert receipt(ctx, book, 500) == first
        assert books.balance(book, "bank") == 500
    with pytest.raises(Conflict, match="同一个记账编号已用于另一笔"), open_act() as ctx:
        receipt(ctx, book, 501)


def test_a_key_of_one_book_cannot_be_used_in_another() -> None:
    with open_act() as ctx:
        one, other = book_for(ctx), book_for(ctx)
        receipt(ctx, one, 500)
    with pytest.raises(Conflict), open_act() as ctx:
        receipt(ctx, other, 500)


REFUSED = [
    # kind, debit, credit, fen, said, clause
    ("loan_drawdown", "entrusted", "loan", 1, "超过贷款额度", "4.3-5"),
    ("statutory_payment", "statutory", "bank", 1, "不足以支出 0.01 元", "4.3-3"),
    ("purchase_payment", "homes", "entrusted", 100, "受托支付待付款可用 0.00 元", "4.3-3"),
    ("sale_receipt", "bank", "rent_income", 5, "不能在这两个科目之间记账", "4.3-4"),
    ("sale_receipt", "bank", "earnest_owed", 5, "没有可用的对应科目", "4.3-3"),
    ("sale_receipt", "bank", "bank", 5, "没有可用的对应科目", "4.3-3"),
    ("loan_repayment", "loan", "capital", 5, "不能再记入", "4.3-2"),
    ("own_funds", "bank", "capital", 5, "不能在这两个科目之间记账", "4.3-4"),
]


@pytest.mark.parametrize(("kind", "debit", "credit", "fen", "said", "clause"), REFUSED)
def test_what_the_books_refuse_is_said_with_its_limit_and_clause(
    kind: str, debit: str, credit: str, fen: int, said: str, clause: str
) -> None:
    with pytest.raises(Refused, match=said) as caught, open_act() as ctx:
        books.post(ctx=ctx, book=book_for(ctx), kind=kind, lines=[Line(debit, credit, fen)], key="k")
    assert caught.value.clause == clause


@pytest.mark.parametrize("fen", [0, -5])
def test_an_amount_that_is_not_positive_is_refused(fen: int) -> None:
    with pytest.raises(Refused, match="金额须大于零"), open_act() as ctx:
        book = book_for(ctx)
        receipt(ctx, book, 100)
        receipt(ctx, book, fen, "k2")


@pytest.mark.clause("4.3-4")
def test_loan_money_has_no_way_to_the_acquirers_running_costs() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        lend(ctx, book, 100)
    for debit in ("operating", "statutory", "renovation", "homes"):
        for kind in ("operating_payment", "statutory_payment", "interest_payment", "deposit_refund"):
            with pytest.raises(Refused), open_act() as ctx:
                books.post(ctx=ctx, book=book, kind=kind, lines=[Line(debit, "entrusted", 1)], key=uuid7().hex)


def test_a_posting_dated_tomorrow_or_into_a_closed_period_is_refused() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        acts.close_period(ctx=ctx, book_id=book.id, through=DAY - timedelta(days=1))
        receipt(ctx, book, 5, "today")
    for day, said in (
        (DAY + timedelta(days=1), "晚于今天"),
        (DAY - timedelta(days=1), "已结账"),
        (DAY - timedelta(days=9), "已结账"),
    ):
        with pytest.raises(InvalidInput, match=said), open_act() as ctx:
            receipt(ctx, book, 5, "other", value_date=day)


def test_a_period_only_closes_forward_and_never_into_the_future() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        acts.close_period(ctx=ctx, book_id=book.id, through=DAY)
    for day in (DAY, DAY - timedelta(days=1), DAY + timedelta(days=1)):
        with pytest.raises(Refused), open_act() as ctx:
            acts.close_period(ctx=ctx, book_id=book.id, through=day)


def test_maker_and_checker_are_two_people() -> None:
    with pytest.raises(Refused, match="不能是同一人"), open_act() as ctx:
        receipt(ctx, book_for(ctx), 5, checker=ctx.account)


def test_a_batch_is_one_call_all_or_nothing() -> None:
    with open_act() as ctx:
        one, other = book_for(ctx), book_for(ctx)
        rows = [
            Posting(book, "rent_receipt", [Line("bank", "rent_income", 10 + n)], f"k{n}", DAY)
            for n, book in enumerate([one, other, one])
        ]
        made = books.post_many(ctx=ctx, postings=rows)
        assert list(Voucher.objects.filter(id__in=made).order_by("key").values_list("id", flat=True)) == made
        assert (books.balance(one, "bank"), books.balance(other, "bank")) == (22, 11)
        assert books.post_many(ctx=ctx, postings=rows) == made, "a retried batch answers with what is there"
        assert books.post_many(ctx=ctx, postings=[]) == []
    bad = [
        Posting(one, "rent_receipt", [Line("bank", "rent_income", 1)], "x1", DAY),
        Posting(one, "statutory_payment", [Line("statutory", "bank", 999)], "x2", DAY),
    ]
    with pytest.raises(Refused), open_act() as ctx:
        books.post_many(ctx=ctx, postings=bad)
    with open_act():
        assert books.balance(one, "bank") == 22


# Reversals


def test_a_correction_is_a_voucher_of_its_own_and_the_first_one_stays() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        first = receipt(ctx, book, 0, lines=[Line("bank", "sale_income", 10), Line("bank", "sale_income", 5)])
        second = books.reverse(ctx=ctx, voucher_id=first, reason="金额录错")
        assert (books.balance(book, "bank"), books.balance(book, "sale_income")) == (0, 0)
        row = Voucher.objects.get(id=second)
        assert (row.number, row.reversal, row.reverses_id, row.bank_fen, row.memo) == (2, True, first, -15, "金额录错")
        assert Voucher.objects.get(id=first).number == 1
        assert books.reverse(ctx=ctx, voucher_id=first, reason="金额录错") == second, "a retry is no second reversal"


@pytest.mark.parametrize("which", ["reversal", "again", "no reason"])
def test_a_reversal_a_second_time_and_one_without_a_reason_are_refused(which: str) -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        first = receipt(ctx, book, 10)
        second = books.reverse(ctx=ctx, voucher_id=first, reason="录错")
    with pytest.raises(Refused), open_act() as ctx:
        match which:
            case "reversal":
                books.reverse(ctx=ctx, voucher_id=second, reason="又错")
            case "again":
                books.reverse(ctx=ctx, voucher_id=first, reason="另一个原因")
            case _:
                books.reverse(ctx=ctx, voucher_id=first, reason=" ")


def test_a_reversal_that_would_overdraw_is_refused() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        first = receipt(ctx, book, 10)
        books.post(ctx=ctx, book=book, kind="statutory_payment", lines=[Line("statutory", "bank", 8)], key="tax")
    with pytest.raises(Refused, match="不足以支出"), open_act() as ctx:
        books.reverse(ctx=ctx, voucher_id=first, reason="退款")


def test_the_maker_does_not_reverse_his_own_voucher() -> None:
    with open_act() as ctx:
        first = receipt(ctx, book_for(ctx), 10)
        with pytest.raises(Refused, match="另一人复核"):
            acts.reverse_voucher(ctx=ctx, voucher_id=first, reason="录错")
    with open_act() as ctx:
        assert acts.reverse_voucher(ctx=ctx, voucher_id=first, reason="录错").reverses_id == first


# Holds


@pytest.mark.clause("4.3-5")
def test_what_is_held_cannot_be_spent_twice_and_is_posted_or_given_back_once() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        lend(ctx, book, 100)
        held = books.hold(
            ctx=ctx, book=book, kind="purchase_payment", debit="homes", credit="entrusted", amount_fen=70, key="p1"
        )
        assert (
            books.hold(
                ctx=ctx, book=book, kind="purchase_payment", debit="homes", credit="entrusted", amount_fen=70, key="p1"
            )
            == held
        )
        assert books.available(book, "entrusted") == 30
    for act in (
        lambda ctx: books.hold(
            ctx=ctx, book=book, kind="purchase_payment", debit="homes", credit="entrusted", amount_fen=31, key="p2"
        ),
        lambda ctx: books.post(
            ctx=ctx, book=book, kind="purchase_payment", lines=[Line("homes", "entrusted", 31)], key="p3"
        ),
        lambda ctx: books.hold(
            ctx=ctx, book=book, kind="operating_payment", debit="operating", credit="entrusted", amount_fen=1, key="p4"
        ),
        lambda ctx: books.hold(
            ctx=ctx, book=book, kind="purchase_payment", debit="homes", credit="entrusted", amount_fen=71, key="p1"
        ),
        lambda ctx: books.hold(
            ctx=ctx, book=book, kind="purchase_payment", debit="homes", credit="entrusted", amount_fen=-5, key="p5"
        ),
    ):
        with pytest.raises(Refused), open_act() as ctx:
            act(ctx)
    with open_act() as ctx:
        voucher = books.post_hold(ctx=ctx, hold_id=held, reference="B1")
        assert (books.balance(book, "homes"), books.available(book, "entrusted")) == (70, 30)
        row = Hold.objects.get(id=held)
        assert (row.state, row.voucher_id) == ("posted", voucher)
    for again in (books.post_hold, books.void_hold):
        with pytest.raises(Conflict, match="已支付或已解冻"), open_act() as ctx:
            again(ctx=ctx, hold_id=held)


def test_a_void_hold_gives_the_money_back() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        lend(ctx, book, 100)
        held = books.hold(
            ctx=ctx, book=book, kind="purchase_payment", debit="homes", credit="entrusted", amount_fen=70, key="p1"
        )
        books.void_hold(ctx=ctx, hold_id=held)
        assert (books.available(book, "entrusted"), books.balance(book, "homes")) == (100, 0)


@pytest.mark.clause("4.3-5")
def test_a_loan_is_drawn_to_its_limit_and_not_a_fen_further() -> None:
    with open_act() as ctx:
        book = book_for(ctx)
        lend(ctx, book, 1_000)
        assert books.balance(book, "loan") == -1_000
    with pytest.raises(Refused, match=r"还可提 0\.00 元，本次要提 0\.01 元"), open_act() as ctx:
        books.post(ctx=ctx, book=book, kind="loan_drawdown", lines=[Line("entrusted", "loan", 1)], key="more")
    with pytest.raises(Refused), open_act() as ctx:
        books.set_limit(ctx=ctx, book=book, limit_fen=999)


# Links


@pytest.mark.clause("4.3-3")
def test_money_moves_between_two_books_only_along_a_lawful_link() -> None:
    with open_act() as ctx:
        own, project, earnest = book_for(ctx, "overhead"), book_for(ctx), book_for(ctx, "earnest")
        books.post(ctx=ctx, book=own, kind="capital_in", lines=[Line("bank", "capital", 500)], key="c1")
        books.post(ctx=ctx, book=earnest, kind="earnest_in", lines=[Line("bank", "earnest_owed", 90)], key="e1")
        moved = {
            "from_book": own,
            "to_book": project,
            "kind": "own_funds",
            "amount_fen": 300,
            "document": "董事会决议 1 号",
            "key": "l1",
        }
        made = books.link(ctx=ctx, **moved)
        assert [books.balance(own, "bank"), books.balance(project, "bank"), books.balance(project, "capital")] == [
            200,
            300,
            -300,
        ]
        assert made == books.link(ctx=ctx, **moved), "a retry moves nothing"
        assert Link.objects.count() == 1
        books.link(
            ctx=ctx, from_book=earnest, to_book=project, kind="earnest_to_project", amount_fen=90, document="合同 1", key="l2",
            to_credit="sale_income",
        )  # fmt: skip
        books.link(
            ctx=ctx, from_book=project, to_book=own, kind="management_fee", amount_fen=50, document="管理合同", key="l3"
        )
        assert [books.balance(b, "bank") for b in (own, project, earnest)] == [250, 340, 0]


UNLAWFUL = [
    ("own_funds", "project", "project"), ("management_fee", "project", "project"), ("earnest_to_project", "earnest", "earnest"),
    ("earnest_to_project", "project", "project"), ("own_funds", "earnest", "project"), ("own_funds", "overhead", "overhead"),
]  # fmt: skip
FIRST = {
    "project": ("sale_receipt", "sale_income"),
    "earnest": ("earnest_in", "earnest_owed"),
    "overhead": ("capital_in", "capital"),
}


@pytest.mark.clause("4.3-3")
@pytest.mark.parametrize(("kind", "out", "into"), UNLAWFUL)
def test_money_never_moves_between_two_projects_whatever_the_movement_is_called(kind: str, out: str, into: str) -> None:
    with open_act() as ctx:
        one, other = book_for(ctx, out), book_for(ctx, into)
        voucher, credit = FIRST[out]
        books.post(ctx=ctx, book=one, kind=voucher, lines=[Line("bank", credit, 100)], key="in")
    with pytest.raises(Refused), open_act() as ctx:
        books.link(
            ctx=ctx,
            from_book=one,
            to_book=other,
            kind=kind,
            amount_fen=50,
            document="文件",
            key="l",
            to_credit="sale_income",
        )


def test_a_link_without_a_document_is_refused() -> None:
    with pytest.raises(InvalidInput, match="依据文件"), open_act() as ctx:
        books.link(
            ctx=ctx,
            from_book=book_for(ctx, "overhead"),
            to_book=book_for(ctx),
            kind="own_funds",
            amount_fen=1,
            document=" ",
            key="l",
        )


def test_both_ends_of_a_link_are_reversed_together() -> None:
    with open_act() as ctx:
        own, project = book_for(ctx, "overhead"), book_for(ctx)
        books.post(ctx=ctx, book=own, kind="capital_in", lines=[Line("bank", "capital", 500)], key="c1")
        _, into = books.link(
            ctx=ctx, from_book=own, to_book=project, kind="own_funds", amount_fen=300, document="决议", key="l1"
        )
        books.reverse(ctx=ctx, voucher_id=into, reason="划错项目")
        assert (books.balance(own, "bank"), books.balance(project, "bank")) == (500, 0)
        assert Link.objects.filter(reversal=True).count() == 1


# Closing


def test_a_book_closes_at_zero_and_takes_nothing_afterwards() -> None:
    with open_act() as ctx:
        book = book_for(ctx, "earnest")
        books.post(ctx=ctx, book=book, kind="earnest_in", lines=[Line("bank", "earnest_owed", 10)], key="in")
    with pytest.raises(Refused), open_act() as ctx:
        acts.close_book(ctx=ctx, book_id=book.id)
    with open_act() as ctx:
        books.post(ctx=ctx, book=book, kind="earnest_refund", lines=[Line("earnest_owed", "bank", 10)], key="out")
        acts.close_book(ctx=ctx, book_id=book.id)
    with pytest.raises(InvalidInput, match="已封账"), open_act() as ctx:
        books.post(ctx=ctx, book=book, kind="earnest_in", lines=[Line("bank", "earnest_owed", 10)], key="more")
