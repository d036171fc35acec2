"""Posting through the ledger's function with 8 connections ÷ a bare INSERT+UPDATE in the same run: interleaved rounds, their median.

The function posts inside an act only, so ``ledger.post.c8.ratio`` gives both sides the act: what is left between them is the
ledger's own, voucher, hash, foreign keys, sequence, idempotency. What acts cost is ``act.ratio``'s. ``ledger.post.c8.whole.ratio``
says both together: a transaction that opens an act, posts and closes it ÷ one that holds an INSERT and an UPDATE and nothing else.
"""

import os
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg

from bench.core import Figure, database, middle

CONNECTIONS, ROUNDS, SECONDS, BOOKS = 8, 5, 1.5, 32
CITY, NOW, DAY = "231200", datetime(2026, 3, 2, 4, tzinfo=UTC), date(2026, 3, 2)
SCOPE = "SELECT set_config('role', 'anju_app', true), set_config('anju.lo', '231200', true), set_config('anju.hi', '231299', true)"
BEGIN = "SELECT * FROM act_begin(%s, %s, NULL, '\\x00', 'bench.ledger', '1', %s, 'bench', NULL, NULL, %s, %s)"
END = "SELECT act_end(%s, %s, '{}', '{}', '', NULL, '\\x00', '{}', %s, '{}', '{}')"
POST = (
    "SELECT * FROM ledger_post(%s, %s, %s, %s, %s, 'sale_receipt', %s, '配售款', '', %s, NULL, %s, ARRAY['bank'],"
    " ARRAY['sale_income'], %s::bigint[])"
)
BARE = (
    "CREATE TABLE bare_account (id uuid PRIMARY KEY, balance bigint, seq bigint) WITH (fillfactor = 50)",
    "CREATE TABLE bare_transfer (id uuid PRIMARY KEY, debit uuid, credit uuid, amount bigint, memo text, at timestamptz)",
    "GRANT ALL ON bare_account, bare_transfer TO anju_app",
)
Work = Callable[[psycopg.Connection[Any], random.Random], None]


def run() -> list[Figure]:
    """``ledger.post.c8.ratio``, the same with the act, and the postings a second behind them."""
    with database("ledger"):
        books, accounts = _lay()
        kinds: dict[str, Work] = {
            "post": lambda c, r: _post(c, r, books),
            "bare": lambda c, r: _bare(c, r, accounts, act=False),
            "inact": lambda c, r: _bare(c, r, accounts, act=True),
        }
        for work in kinds.values():
            _rate(work, SECONDS / 3)
        rounds = [{name: _rate(work, SECONDS) for name, work in kinds.items()} for _ in range(ROUNDS)]
    ratio, whole = (middle([r["post"] / r[name] for r in rounds]) for name in ("inact", "bare"))
    rates = {name: middle([r[name] for r in rounds]) for name in kinds}
    against = f"INSERT+UPDATE in an act ({rates['inact']:.0f}/s)"
    bare = f"INSERT+UPDATE without an act ({rates['bare']:.0f}/s)"
    return [
        Figure("ledger.post.c8.ratio", ratio, "ratio", against, ratio, "≥ 0.5"),
        Figure("ledger.post.c8.whole.ratio", whole, "ratio", bare, whole),
        Figure("ledger.post.c8.rate", rates["post"], "1/s", "postings, each in an act and transaction of its own"),
    ]


def _connect(role: str) -> psycopg.Connection[Any]:
    from anju.front import postgres

    found = postgres.connection_settings(role)
    settings = {
        "host": found["HOST"],
        "user": found["USER"],
        "password": found["PASSWORD"],
        "dbname": os.environ["ANJU_DB"],
    }
    return psycopg.connect(**settings, **({"port": found["PORT"]} if found["PORT"] else {}), autocommit=True)


def _new() -> UUID:
    from anju.base.regions import uuid7

    return uuid7()


def _lay() -> tuple[list[UUID], list[UUID]]:
    """The books on one side, as many bare accounts on the other."""
    books, accounts = [_new() for _ in range(BOOKS)], [_new() for _ in range(2 * BOOKS)]
    with _connect("owner") as owner:
        for statement in BARE:
            owner.execute(statement)
        for account in accounts:
            owner.execute("INSERT INTO bare_account VALUES (%s, 0, 0)", [account])
    with _connect("app") as connection, connection.transaction():
        act = _begin(connection)
        for book in books:
            ids = [_new() for _ in range(12)]
            connection.execute(
                "SELECT ledger_open_book(%s, %s, %s, 'project', %s, '合成', %s, %s::uuid[])",
                [CITY, act, book, _new(), DAY, ids],
            )
        connection.execute(END, [CITY, act, DAY])
    return books, accounts


def _begin(connection: psycopg.Connection[Any]) -> UUID:
    act = _new()
    connection.execute(SCOPE)
    connection.execute(BEGIN, [act, CITY, act, NOW, DAY])
    return act


def _post(connection: psycopg.Connection[Any], rng: random.Random, books: list[UUID]) -> None:
    with connection.transaction():
        act, voucher = _begin(connection), _new()
        values = [CITY, act, rng.choice(books), voucher, f"receipt:{voucher}", DAY, act, NOW, [rng.randrange(1, 10**6)]]
        connection.execute(POST, values)
        connection.execute(END, [CITY, act, DAY])


def _bare(connection: psycopg.Connection[Any], rng: random.Random, accounts: list[UUID], *, act: bool) -> None:
    at, amount = rng.randrange(BOOKS), rng.randrange(1, 10**6)
    with connection.transaction():
        opened = _begin(connection) if act else None
        connection.execute(
            "INSERT INTO bare_transfer VALUES (%s, %s, %s, %s, '配售款', %s)",
            [_new(), accounts[2 * at], accounts[2 * at + 1], amount, NOW],
        )
        connection.execute(
            "UPDATE bare_account SET balance = balance + %s, seq = seq + 1 WHERE id = %s", [amount, accounts[2 * at]]
        )
        if opened:
            connection.execute(END, [CITY, opened, DAY])


def _rate(work: Work, seconds: float) -> float:
    """How often a second CONNECTIONS connections together do ``work``."""
    counts = [0] * CONNECTIONS
    barrier = threading.Barrier(CONNECTIONS + 1)

    def loop(at: int) -> None:
        rng = random.Random(at)
        with _connect("app") as connection:
            barrier.wait()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                work(connection, rng)
                counts[at] += 1

    threads = [threading.Thread(target=loop, args=(at,)) for at in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.monotonic()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - started)
