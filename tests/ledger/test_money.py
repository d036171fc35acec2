"""Whatever is asked of the books, in whatever order: they balance, nothing is overdrawn, and a retry changes nothing."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.base.acts import Refused
from anju.base.regions import uuid7
from anju.ledger import books, verify
from anju.ledger.books import Line
from anju.ledger.models import Account, Book, FlowRule, Hold, Voucher
from support.db import open_act
from support.examples import many

pytestmark = [pytest.mark.django_db, pytest.mark.clause("4.3-2")]
LIMIT = 5_000
# What a project's book is asked for: lawful flows, unlawful ones, amounts around its limits, keys that come back.
PURPOSES = ["bank", "entrusted", "homes", "loan", "sale_income", "statutory", "operating", "subsidy"]
KINDS = [
    "loan_drawdown",
    "loan_return",
    "purchase_payment",
    "sale_receipt",
    "statutory_payment",
    "loan_repayment",
    "operating_payment",
]
FLOWS = {
    "loan_drawdown": ("entrusted", "loan"), "loan_return": ("loan", "entrusted"), "purchase_payment": ("homes", "entrusted"),
    "sale_receipt": ("bank", "sale_income"), "statutory_payment": ("statutory", "bank"), "loan_repayment": ("loan", "bank"),
    "operating_payment": ("operating", "bank"),
}  # fmt: skip
amounts = st.one_of(st.integers(1, 3_000), st.sampled_from([0, -1, LIMIT, LIMIT + 1]))
steps = st.one_of(
    st.tuples(st.just("post"), st.sampled_from(KINDS), amounts, st.integers(0, 5)),
    st.tuples(st.just("crossed"), st.sampled_from(KINDS), st.sampled_from(PURPOSES), st.sampled_from(PURPOSES)),
    st.tuples(st.just("hold"), amounts, st.integers(0, 3), st.none()),
    st.tuples(st.sampled_from(["post_hold", "void_hold", "reverse"]), st.integers(0, 4), st.none(), st.none()),
)


def run(step: tuple[Any, ...], book: Book) -> None:
    """One wish in an act of its own; a refusal leaves the books as they were."""
    before = state(book)
    try:
        with open_act() as ctx:
            attempt(ctx, step, book)
    except Refused:
        assert state(book) == before


def attempt(ctx: Any, step: tuple[Any, ...], book: Book) -> None:
    what, *rest = step
    if what == "post":
        kind, amount, key = rest
        debit, credit = FLOWS[kind]
        books.post(ctx=ctx, book=book, kind=kind, lines=[Line(debit, credit, amount)], key=f"k{key}", maker=book.id)
    elif what == "crossed":
        kind, debit, credit = rest
        books.post(ctx=ctx, book=book, kind=kind, lines=[Line(debit, credit, 7)], key=uuid7().hex)
    elif what == "hold":
        books.hold(
            ctx=ctx,
            book=book,
            kind="purchase_payment",
            debit="homes",
            credit="entrusted",
            amount_fen=rest[0],
            key=f"h{rest[1]}",
        )
    else:
        _on_earlier(ctx, what, rest[0], book)


def _on_earlier(ctx: Any, what: str, at: int, book: Book) -> None:
    if what == "reverse":
        found = list(Voucher.objects.filter(book=book).order_by("number")[at : at + 1])
        if found:
            books.reverse(ctx=ctx, voucher_id=found[0].id, reason="更正")
        return
    holds = list(Hold.objects.filter(book=book).order_by("id")[at : at + 1])
    if holds:
        getattr(books, what)(ctx=ctx, hold_id=holds[0].id)


def state(book: Book) -> dict[str, tuple[int, int, int]]:
    with open_act():
        return {a.purpose: (a.balance_fen, a.held_fen, a.seq) for a in Account.objects.filter(book=book)}


@settings(max_examples=many(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(steps, min_size=1, max_size=14))
def test_the_books_balance_hold_their_bounds_and_verify_after_any_sequence_of_wishes(
    wishes: list[tuple[Any, ...]],
) -> None:
    with open_act() as ctx:
        Voucher.objects.count()
        book = books.open_book(ctx=ctx, kind="project", object_id=uuid7(), title="甲")
        books.set_limit(ctx=ctx, book=book, limit_fen=LIMIT)
        prefix = book.id.hex
    for step in wishes:
        run(_keyed(step, prefix), book)
    with open_act():
        rows = list(Account.objects.filter(book=book))
        assert sum(a.balance_fen for a in rows) == 0
        assert all(a.lower_fen + a.held_fen <= a.balance_fen <= a.upper_fen for a in rows)
        assert verify.report_of(Book.objects.get(id=book.id)).problems == []
        keys = Counter(Voucher.objects.filter(book=book).values_list("key", flat=True))
        assert all(n == 1 for n in keys.values())


def _keyed(step: tuple[Any, ...], prefix: str) -> tuple[Any, ...]:
    """Keys are unique in a region, and every example runs in the same one."""
    what, *rest = step
    if what == "post":
        return (what, rest[0], rest[1], f"{prefix}{rest[2]}")
    if what == "hold":
        return (what, rest[0], f"{prefix}{rest[1]}", None)
    return step


def test_every_lawful_flow_has_its_mirror_and_no_flow_takes_loan_money_to_running_costs() -> None:
    with open_act():
        rules = list(FlowRule.objects.all())
    forward = {(r.kind, r.debit, r.credit) for r in rules if not r.reversal}
    assert {(r.kind, r.credit, r.debit) for r in rules if r.reversal} == forward
    out_of_entrusted = {(kind, debit) for kind, debit, credit in forward if credit == "entrusted"}
    assert out_of_entrusted == {
        ("purchase_payment", "homes"), ("renovation_payment", "renovation"), ("reasonable_payment", "operating"), ("loan_return", "loan"),
    }  # fmt: skip
    assert {debit for _, debit, credit in forward if credit == "loan"} == {"entrusted"}
