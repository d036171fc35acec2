"""100,000 applications of one county: what its clerks ask for most; and a file of 10,000 people checked and taken in."""

import os
import random
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from bench.core import Figure, database, middle

COUNTY, ROWS, FILE_ROWS, ROUNDS = "231202", 100_000, 10_000, 7
# Two of six are on the waiting list; every programme and group stands in every state; names over 40 × 400.
FILL = """
INSERT INTO needs_application ({names})
SELECT {chosen} FROM generate_series(1, {rows}) AS n, needs_application p WHERE p.id = %s
"""
MADE = {
    "id": "gen_random_uuid()",
    "number": "'231202-2603-' || lpad(n::text, 6, '0')",
    "applicant_name": "chr(19968 + n % 40) || chr(20500 + n % 400)",
    "programme": "(ARRAY['sale', 'affordable_rental', 'public_rental'])[1 + n / 6 % 3]",
    "group": "(ARRAY['new_citizen', 'youth', 'wage_earner'])[1 + n / 18 % 3]",
    "state": "(ARRAY['submitted', 'supplement', 'first_passed', 'refused', 'qualified', 'qualified'])[1 + n % 6]",
    "sort_key": "CASE WHEN n % 6 > 3 THEN '9-20260310-20260105-' || lpad(n::text, 6, '0') ELSE '' END",
    "qualified_on": "CASE WHEN n % 6 > 3 THEN date '2026-03-10' END",
    "accepted_on": "date '2026-01-01' + n % 60",
}
PAGES = (
    ("needs.list.ms", "the first page", "/needs/", 100),
    ("needs.list.page50.ms", "the 50th page", "/needs/?page=50", 100),
    ("needs.list.state.ms", "one state", "/needs/?state=first_passed", 100),
    ("needs.list.two.ms", "programme and group", "/needs/?programme=sale&group=new_citizen&state=submitted", 100),
    ("needs.search.ms", "the beginning of a number", "/needs/?q=231202-2603-0777", 50),
    ("needs.search.name.ms", "the beginning of a name", "/needs/?q=%E4%B8%83", 50),
    ("needs.queue.ms", "the list in its order", "/needs/queue/?programme=sale", 50),
)  # fmt: skip


def run() -> list[Figure]:
    """Server time of the pages, the position of one household, the import; queries of the list at both sizes."""
    with database("needs"):
        browser = _browser()
        imported = _import()
        few = _queries(browser)
        last = _fill()
        figures = [_page(browser, *page) for page in PAGES]
        figures.append(_position(last))
        many = _queries(browser)
    return [
        *figures,
        Figure("needs.list.queries", many, "queries", f"{few} over one file's rows", many / few, f"≤ {few}"),
        Figure("needs.import.10k.seconds", imported, "s", f"{FILE_ROWS:,} people, xlsx to rows, claims and log"),
    ]


def _admin() -> Any:
    import psycopg

    from anju.front import postgres

    return psycopg.connect(**postgres.admin_settings(os.environ["ANJU_DB"]), autocommit=True)


def _browser() -> Any:
    """A clerk of the county, signed in."""
    from django.test import Client

    from anju.parties.models import Account

    key = uuid4()
    with _admin() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO parties_appointment (id, account_id, post_id, region, since)"
            " VALUES (%s, %s, 'intake_clerk', %s, '2025-01-01')",
            [uuid4(), key, COUNTY],
        )
        account = Account(id=key, username="bench", name="合成", password="!", synthetic=True)
        fields = account._meta.local_fields
        names = ", ".join(f'"{field.column}"' for field in fields)
        values = [getattr(account, field.attname) for field in fields]
        connection.execute(f"INSERT INTO parties_account ({names}) VALUES ({', '.join(['%s'] * len(values))})", values)
    client = Client()
    client.force_login(account, backend="anju.parties.signin.PasswordBackend")
    return client


def _fill() -> Any:
    """100,000 copies of one imported application, each with its own number, name, state and place; one of the last places."""
    from anju.needs.models import Application

    columns = [field.column for field in Application._meta.local_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    chosen = ", ".join(MADE.get(column, f'p."{column}"') for column in columns)
    with _admin() as connection:
        connection.execute("SET session_replication_role = replica")
        pattern = connection.execute("SELECT id FROM needs_application LIMIT 1").fetchone()
        statement = FILL.format(names=names, chosen=chosen, rows=ROWS).replace("%", "%%").replace("%%s", "%s")
        connection.execute("UPDATE needs_application SET number = 'x-' || number")
        connection.execute(statement, pattern)
        connection.execute("VACUUM ANALYZE needs_application")
        row = connection.execute(
            "SELECT id FROM needs_application WHERE state = 'qualified' ORDER BY sort_key DESC LIMIT 1"
        ).fetchone()
    return row[0]


def _timed(work: Callable[[], Any]) -> float:
    work()
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return middle(taken)


def _page(browser: Any, name: str, what: str, path: str, limit: int) -> Figure:
    def ask() -> None:
        answer = browser.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")

    took = _timed(ask)
    return Figure(name, took, "ms", f"{what}, {ROWS:,} in one county", took / limit, f"≤ {limit}")


def _position(key: Any) -> Figure:
    """The place of the last household, which has all others before it."""
    from anju.base.regions import scope
    from anju.needs import reads
    from anju.needs.models import Application

    with scope(COUNTY):
        row = Application.objects.get(id=key)
        took = _timed(lambda: reads.position(row))
    return Figure("needs.position.ms", took, "ms", "the last place of its programme", took / 50, "≤ 50")


def _queries(browser: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser.get("/needs/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/needs/")
    return len(queries)


def _import() -> float:
    """Seconds from the file to the last row in, by the users' own import."""
    from datetime import UTC, datetime

    from anju.base.acts import REGISTRY, ActContext
    from anju.base.regions import scope, uuid7
    from anju.base.sheets import KINDS, loads
    from anju.parties.context import parameter_book

    powers = frozenset(d.power for d in REGISTRY.values()) | {kind.power for kind in KINDS.values()}
    ctx = ActContext(
        account=uuid7(), post="intake_clerk", region=COUNTY, powers=powers, now=datetime(2026, 3, 2, 4, tzinfo=UTC),
        params=parameter_book(), demonstration=True,
    )  # fmt: skip
    data = _file()
    started = time.perf_counter()
    load = loads.bring_file(ctx=ctx, kind="applications", name="申请.xlsx", data=data)
    loads.accept_load(ctx=ctx, load_id=load.id, reasons={error["column"]: "压测" for error in load.errors})
    with scope(COUNTY):
        done = loads.run_load(ctx, load)
    if done.done < FILE_ROWS * 95 // 100:
        raise RuntimeError(f"{done.done} of {FILE_ROWS} rows came in: {done.errors[:3]} {done.refused[:3]}")
    return time.perf_counter() - started


def _file() -> bytes:
    from anju.base.regions import scope
    from anju.base.sheets.out import workbook
    from anju.base.sheets.template import header_of
    from anju.front.demo.households import County
    from anju.needs import reads
    from anju.needs.imports import APPLICATIONS
    from anju.parties.models import CensusFigure

    with scope(COUNTY):
        rows = CensusFigure.objects.filter(area=COUNTY, year=reads.CENSUS_YEAR).values_list("name", "value")
        county = County(COUNTY, {name: int(v) for name, v in rows}, list(reads.towns(COUNTY)), random.Random(7))
    lines: list[dict[str, Any]] = []
    number = 0
    while len(lines) < FILE_ROWS:
        number += 1
        lines += county.household(number, number, (COUNTY,)).rows()
    body = ([line.get(column.field) for column in APPLICATIONS.columns] for line in lines)
    return workbook(APPLICATIONS.title, [header_of(column) for column in APPLICATIONS.columns], body, True)
