"""Posting against a server that will be killed: run in a process of its own, whose ANJU_VAR names a cluster of its own."""

import os
import sys
import threading
from pathlib import Path
from typing import Any

CITY, THREADS = "231200", 4


def lay() -> None:
    """A database with two books and money in one of them. Waits for the disk at each commit, as a real city's does."""
    from anju.base.regions import uuid7
    from anju.front import postgres
    from support import standing

    postgres.prepare()
    standing.lay()
    from anju.ledger import books
    from anju.ledger.books import Line
    from support.db import open_act

    with open_act() as ctx:
        own = books.open_book(ctx=ctx, kind="overhead", object_id=uuid7(), title="自有")
        books.open_book(ctx=ctx, kind="project", object_id=uuid7(), title="项目")
        lines = [Line("bank", "capital", 10**12)]
        books.post(ctx=ctx, book=own, kind="capital_in", lines=lines, key="capital")


def post(round_: str, told: Path) -> None:
    """Post on several connections until the server is gone; each key is written to ``told`` once its commit came back."""
    out = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    threads = [threading.Thread(target=_posting, args=(round_, who, out)) for who in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _posting(round_: str, who: int, out: int) -> None:
    from django.db import DatabaseError

    from anju.ledger.models import Book
    from support.db import open_act

    at = 0
    try:
        with open_act() as ctx:
            own, project = Book.objects.get(kind="overhead"), Book.objects.get(kind="project")
        while True:
            key = f"{round_}-{who}-{at}"
            with open_act() as ctx:
                _one(ctx, own, project, key, at)
            os.write(out, f"{key}\n".encode())
            at += 1
    except DatabaseError:
        return


def _one(ctx: Any, own: Any, project: Any, key: str, at: int) -> None:
    """By turns a receipt, a movement between the two books, and money held and paid."""
    from anju.ledger import books
    from anju.ledger.books import Line

    if at % 3 == 0:
        books.post(ctx=ctx, book=project, kind="sale_receipt", lines=[Line("bank", "sale_income", 100 + at)], key=key)
    elif at % 3 == 1:
        books.link(
            ctx=ctx, from_book=own, to_book=project, kind="own_funds", amount_fen=7 + at, document="决议", key=key
        )
    else:
        books.post(ctx=ctx, book=project, kind="sale_receipt", lines=[Line("bank", "sale_income", 50)], key=f"{key}+")
        held = books.hold(
            ctx=ctx, book=project, kind="operating_payment", debit="operating", credit="bank", amount_fen=50, key=key
        )
        books.post_hold(ctx=ctx, hold_id=held)


def check(told: Path) -> None:
    """After the crash: the books balance and verify, and everything that was told is there. Prints how much there is."""
    from django.db.models import Sum

    from anju.base.regions import scope
    from anju.ledger.models import Account, Hold, Link, Voucher
    from anju.ledger.verify import verify_books

    keys = set(told.read_text().split()) if told.exists() else set()
    with scope(CITY):
        problems = verify_books(CITY)
        there = set(Voucher.objects.values_list("key", flat=True)) | set(Hold.objects.values_list("key", flat=True))
        there |= {key.partition(":")[0] for key in there}
        sums = set(Account.objects.values("book").annotate(total=Sum("balance_fen")).values_list("total", flat=True))
        moved = Link.objects.aggregate(total=Sum("amount_fen"))["total"] or 0
        capital = -(Account.objects.get(book__kind="project", purpose="capital").balance_fen)
        waiting = Hold.objects.filter(state="held").count()
        count = Voucher.objects.count()
    assert problems == [], problems
    assert sums == {0}, "a book does not balance"
    assert moved == capital, "what left one book did not reach the other"
    assert waiting == 0, "half an act"
    lost = sorted(key for key in keys if key not in there)
    assert lost == [], f"{len(lost)} postings that were told are lost, such as {lost[:3]}"
    print(f"{len(keys)} told, {count} vouchers")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "lay":
        import django

        from anju.front import postgres as server

        server.prepare()
        django.setup()
        lay()
    else:
        import django

        django.setup()
        post(rest[0], Path(rest[1])) if what == "post" else check(Path(rest[0]))
