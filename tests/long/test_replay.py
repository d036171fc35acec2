"""Replay: after random lawful acts everything verifies; after one random change behind the acts' back it never does."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from anju.base.acts import Refused
from anju.base.calendar.days import installation
from anju.base.log.publish import publish
from anju.base.regions import scope, uuid7
from anju.base.secrets.keys import log_key
from anju.funds import acts
from anju.oversight.reads import verify_all
from funds.world import CITY, World, loan, paid, reach, world
from long.seeds import dice
from support.db import NOON, raw

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200), pytest.mark.clause("4.5")]
TAMPERS, STEPS = 200, 60
# What verification vouches for: table, its key, the columns of which any change must be found.
VOUCHED: list[tuple[str, str, list[str]]] = [
    (
        "base_act",
        "id",
        [
            "region",
            "name",
            "clause",
            "account",
            "post",
            "object_kind",
            "object_id",
            "happened_on",
            "recorded_at",
            "body",
            "leaf",
        ],
    ),
    ("base_actfacts", "act", ["salt", "facts"]),
    ("base_actitem", "id", ["hash", "idx"]),
    ("base_leaf", "seq", ["act"]),
    ("base_node", "id", ["hash"]),
    ("ledger_transfer", "id", ["amount_fen", "debit_purpose", "credit_purpose", "debit_seq", "credit_balance_fen"]),
    ("ledger_voucher", "id", ["memo", "total_fen", "value_date", "maker", "kind", "reference", "bank_fen", "hash"]),
    ("ledger_account", "id", ["balance_fen", "held_fen", "seq"]),
]  # fmt: skip


def step(found: World, lent: Any, chance: random.Random) -> None:
    """One random lawful wish of the money, granted or refused."""
    project, reference = found.project.id, f"R{uuid7().hex[-12:]}"
    what = chance.randrange(6)
    if what == 0:
        acts.state_duties(ctx=found.ctx(), project_id=project, amount_fen=chance.randrange(10_000), document="测算")
    elif what == 1:
        acts.record_receipt(
            ctx=found.ctx(), project_id=project, kind=chance.choice(["sale", "rent"]), amount_fen=chance.randrange(1, 10**7),
            received_on=found.today, bank_reference=reference,
        )  # fmt: skip
    elif what == 2:
        acts.distribute_receipts(ctx=found.ctx("acquirer_finance_head"), project_id=project)
    elif what == 3:
        acts.record_capital(
            ctx=found.ctx(), amount_fen=chance.randrange(1, 10**9), received_on=found.today, bank_reference=reference
        )
    elif what == 4:
        asked = acts.ask_own_funds(
            ctx=found.ctx(), project_id=project, amount_fen=chance.randrange(1, 10**8), document="决议"
        )
        acts.bring_own_funds(
            ctx=found.ctx("acquirer_finance_head"),
            own_funds_id=asked.id,
            moved_on=found.today,
            bank_reference=reference,
        )
    else:
        found.later(chance.randrange(1, 20))
        acts.pay_interest(
            ctx=found.ctx(),
            loan_id=lent.id,
            amount_fen=chance.randrange(1, 10**5),
            paid_on=found.today,
            bank_reference=reference,
        )


@contextmanager
def changed(table: str, key: str, column: str, chance: random.Random) -> Iterator[str]:
    """One value of one row is another for the block, as whoever owns the machine can make it. Yields what was done."""
    with raw("admin", autocommit=True) as database:
        database.execute("SET session_replication_role = replica")
        rows = database.execute(
            f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {key}"
        ).fetchall()
        at, old = chance.choice(rows)
        new = _another(old, chance)
        database.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [new, at])
        try:
            yield f"{table}.{column} of {at}: {old!r} → {new!r}"
        finally:
            database.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [old, at])


def _another(old: Any, chance: random.Random) -> Any:
    if isinstance(old, bytes | memoryview):
        data = bytearray(old)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return bytes(data)
    if isinstance(old, int):
        return old + chance.choice([-1, 1, 1_000])
    if isinstance(old, str):
        return {"231200": "231202"}.get(old, f"{old[:-1]}{chr(ord(old[-1]) ^ 1)}" if old else "x")
    if hasattr(old, "hex"):
        return uuid7()
    return old + timedelta(days=chance.choice([-1, 1]))


def problems() -> list[str]:
    with scope(CITY):
        return [str(problem) for problem in verify_all(CITY).problems]


@pytest.mark.usefixtures("committed")
def test_random_acts_replay_and_no_random_change_behind_them_goes_unseen(settings: Any, tmp_path: Path) -> None:
    chance = dice("replay")
    found = world()
    lent = loan(found)
    reach(found, 0)
    paid(found, lent)
    granted = 0
    for _ in range(STEPS):
        try:
            step(found, lent, chance)
            granted += 1
        except Refused:
            continue
    with scope(CITY):
        publish(key=log_key(), origin=installation().origin, now=NOON)
    assert problems() == [], "what the acts did replays"
    assert granted > STEPS // 3
    unseen, done = [], 0
    for _ in range(TAMPERS):
        table, key, columns = chance.choice(VOUCHED)
        try:
            with changed(table, key, chance.choice(columns), chance) as what:
                done += 1
                if not problems():
                    unseen.append(what)
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError, IndexError):
            continue  # the table itself refuses that value, or there is no such row
    assert unseen == [] and done > TAMPERS // 2
    assert problems() == [], "everything was put back"
