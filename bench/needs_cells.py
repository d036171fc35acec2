"""Demand of 1,000,000 households, 100,000 of them in one county (合成): its cells, and the freezing of it with the rows behind."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.core import Figure, database, middle

HOUSEHOLDS, OTHERS, COUNTY, ROUNDS = 1_000_000, 9, "231202", 3
CITY, ON = "231200", "2026-06-30"
# One in ten households in COUNTY, the others over the nine counties beside it; one to five wishes each, three on average.
REGION = "(ARRAY['231202', '231221', '231222', '231223', '231224', '231225', '231226', '231281', '231282', '231283'])[1 + {n} % 10]"
KEY = "('00000000-0000-7000-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"
PROGRAMME = "(ARRAY['sale', 'affordable_rental', 'public_rental'])[1 + {n} / 10 % 3]"
APPLICATION = {
    "id": KEY, "region": REGION, "number": REGION + " || '-2603-' || lpad({n}::text, 7, '0')", "programme": PROGRAMME,
    "group": "(ARRAY['new_citizen', 'youth', 'wage_earner'])[1 + {n} / 30 % 3]", "state": "'qualified'",
    "applicant_name": "'合成' || {n}", "persons": "1 + {n} / 7 % 6", "town": REGION + " || '001'",
    "income_month_fen": "CASE WHEN {n} % 20 > 0 THEN 100000 + {n} * 7919::bigint % 900000 END",
    "accepted_on": "date '2026-01-01' + {n} % 60", "qualified_on": "date '2026-03-01' + {n} % 90",
    "sort_key": "'9-20260310-20260105-' || lpad({n}::text, 7, '0')", "phone": "'\\x00'", "phone_blind": "'\\x00'",
    "verdicts": "'[]'",
}  # fmt: skip
STAY = """
INSERT INTO needs_stay (id, region, application_id, programme, since, until, left_to)
SELECT a.id, a.region, a.id, a.programme, a.qualified_on, NULL, '' FROM needs_application a
"""
WISH = {
    "id": "gen_random_uuid()", "region": REGION, "application_id": KEY, "rank": "r",
    "county": REGION.replace("{n}", "({n} + (r - 1) * {n} / 100)"), "tenure": "CASE WHEN "
    + PROGRAMME + " = 'sale' THEN 'sale' ELSE 'rent' END",
    "rooms": "1 + ({n} / 3 + r) % 3", "area_from_cm2": "(40 + ({n} * 31::bigint + r * 7) % 75) * 10000",
    "area_to_cm2": "(55 + ({n} * 31::bigint + r * 7) % 75) * 10000",
    "ceiling_fen": "CASE WHEN "
    + PROGRAMME + " = 'sale' THEN 15000000 + {n} * 97::bigint % 30000000 ELSE 30000 + {n} * 13::bigint % 90000 END",
}  # fmt: skip


def run() -> list[Figure]:
    """Seconds of the cells of the whole city, of one county, and of a snapshot taken by its act."""
    with database("needs_cells"):
        _fill()
        whole, count = _cells(CITY)
        part, _ = _cells(COUNTY)
        frozen = _timed(_freeze, rounds=1)
        size = _size()
    return [
        Figure("needs.cells.1m.seconds", whole, "s", f"{HOUSEHOLDS:,} households, {count:,} cells", whole / 3, "≤ 3"),
        Figure("needs.cells.county.seconds", part, "s", "100,000 of them in one county"),
        Figure(
            "needs.snapshot.1m.seconds",
            frozen,
            "s",
            f"cells, realness, rows of {size / 2**20:.0f} MiB",
            frozen / 15,
            "≤ 15",
        ),
    ]


def _admin() -> Any:
    import psycopg

    from anju.front import postgres

    return psycopg.connect(**postgres.admin_settings(os.environ["ANJU_DB"]), autocommit=True)


def _fill() -> None:
    """Rows straight into the tables, past guards and keys; the columns that are not named get what their model gives a new row."""
    from anju.needs.models import Application, Wish

    with _admin() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET work_mem = '256MB'")
        connection.execute(_insert(Application, APPLICATION, f"generate_series(1, {HOUSEHOLDS}) AS n"))
        connection.execute(STAY)
        wishes = f"generate_series(1, {HOUSEHOLDS}) AS n, generate_series(1, 5) AS r WHERE r <= 1 + n / 11 % 5"
        connection.execute(_insert(Wish, WISH, wishes))
        for table in ("needs_application", "needs_stay", "needs_wish"):
            connection.execute(f"VACUUM ANALYZE {table}")
        connection.execute("CHECKPOINT")  # writing the rows out is not what is measured


def _insert(model: Any, made: dict[str, str], rows: str) -> str:
    names, values = [], []
    for field in model._meta.local_fields:
        if field.column in made:
            value = made[field.column].format(n="n")
        elif field.null:
            value = "NULL"
        else:
            default = field.get_default()
            value = str(default).lower() if isinstance(default, bool | int) else "'" + str(default) + "'"
        names.append(f'"{field.column}"')
        values.append(value)
    return f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {rows}"


def _timed(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return middle(taken)


def _cells(region: str) -> tuple[float, int]:
    """Under the application's own role and row-level security, as a page asks for it."""
    from datetime import date

    from anju.base.regions import scope
    from anju.needs import cells

    on = date.fromisoformat(ON)
    with scope(region):
        found = cells.cells(region, on)
        return _timed(lambda: cells.cells(region, on)), len(found)


def _freeze() -> None:
    """By the act: checked, logged, its rows written to disk."""
    from datetime import UTC, datetime

    from anju.base.acts import REGISTRY, ActContext
    from anju.base.regions import uuid7
    from anju.needs import acts
    from anju.parties.context import parameter_book

    ctx = ActContext(
        account=uuid7(), post="office_clerk", region=CITY, powers=frozenset(d.power for d in REGISTRY.values()),
        now=datetime(2026, 6, 30, 4, tzinfo=UTC), params=parameter_book(), demonstration=True,
    )  # fmt: skip
    row = acts.take_snapshot(ctx=ctx, title="压测")
    if row.households != HOUSEHOLDS:
        raise RuntimeError(f"{row.households} of {HOUSEHOLDS} households were frozen")


def _size() -> int:
    """Bytes of the rows; the file is removed, since nothing of a bench is kept."""
    from anju.base.files import store
    from anju.base.regions import scope
    from anju.needs.models import DemandSnapshot

    with scope(CITY):
        row = DemandSnapshot.objects.get()
    path: Path = store.path_of(row.rows_sha256)
    path.unlink()
    return int(row.rows_bytes or 0)
