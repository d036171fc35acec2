"""1,000,000 applications in a city, 100,000 of them in one county: what a county's clerks and the city's ask for most.

And a file of 10,000 people checked and taken in, before the rest is there (``needs_import`` measures the large one).
"""

import os
import random
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from bench.core import Figure, database, middle

CITY, COUNTY, ROWS, OTHERS, FILE_ROWS, ROUNDS = "231200", "231202", 100_000, 900_000, 10_000, 9
BESIDE = ["231221", "231222", "231223", "231224", "231225", "231226", "231281", "231282", "231283"]
# Two of six are on the waiting list; every programme and group stands in every state; 40 surnames, 400 given names.
FILL = """
INSERT INTO needs_application ({names})
SELECT {chosen} FROM generate_series(1, {rows}) AS n, needs_application p WHERE p.id = %s
"""
MADE = {
    "id": "gen_random_uuid()",
    "region": "{region}",
    "number": "{region} || '-2603-' || lpad(n::text, 6, '0')",
    "town": "{region} || '001'",
    "applicant_name": "chr(19968 + n % 40) || chr(20500 + n / 40 % 400)",
    "programme": "(ARRAY['sale', 'affordable_rental', 'public_rental'])[1 + n / 6 % 3]",
    "group": "(ARRAY['new_citizen', 'youth', 'wage_earner'])[1 + n / 18 % 3]",
    "state": "(ARRAY['submitted', 'supplement', 'first_passed', 'refused', 'qualified', 'qualified'])[1 + n % 6]",
    "sort_key": "CASE WHEN n % 6 > 3 THEN '9-20260310-20260105-' || lpad(n::text, 6, '0') ELSE '' END",
    "qualified_on": "CASE WHEN n % 6 > 3 THEN date '2026-03-10' END",
    "accepted_on": "date '2026-01-01' + n % 60",
}
# Name, what, address, milliseconds at most. 七 begins one name of forty, 七倕 one of sixteen thousand.
COUNTYS = (
    ("needs.list.ms", "the first page", "/needs/", 100),
    ("needs.list.page50.ms", "the 50th page", "/needs/?page=50", 100),
    ("needs.list.state.ms", "one state", "/needs/?state=first_passed", 100),
    ("needs.list.two.ms", "programme, group and state", "/needs/?programme=sale&group=new_citizen&state=submitted", 100),
    ("needs.search.ms", "the beginning of a number", "/needs/?q=231202-2603-0777", 50),
    ("needs.search.name.ms", "a surname", "/needs/?q=七", 50),
    ("needs.search.full.ms", "a whole name", "/needs/?q=七倕", 50),
    ("needs.search.none.ms", "nobody's name", "/needs/?q=爨", 50),
    ("needs.queue.ms", "one programme's list in its order", "/needs/queue/?programme=sale", 50),
    ("needs.queue.all.ms", "all lists in their order", "/needs/queue/", 50),
    ("needs.queue.page50.ms", "the 50th page of one", "/needs/queue/?programme=sale&page=50", 50),
)  # fmt: skip
CITYS = (
    ("needs.city.list.ms", "the first page", "/needs/", 100),
    ("needs.city.list.page50.ms", "the 50th page", "/needs/?page=50", 100),
    ("needs.city.list.state.ms", "one state", "/needs/?state=first_passed", 100),
    ("needs.city.list.two.ms", "programme, group and state", "/needs/?programme=sale&group=new_citizen&state=submitted", 100),
    ("needs.city.search.ms", "the beginning of a number", "/needs/?q=231283-2603-0777", 50),
    ("needs.city.search.name.ms", "a surname", "/needs/?q=七", 50),
    ("needs.city.search.full.ms", "a whole name", "/needs/?q=七倕", 50),
    ("needs.city.search.none.ms", "nobody's name", "/needs/?q=爨", 50),
    ("needs.city.queue.ms", "one county's and programme's list", "/needs/queue/?region=231283&programme=sale", 50),
    ("needs.city.queue.programme.ms", "one programme's lists", "/needs/queue/?programme=sale", 50),
    ("needs.city.queue.all.ms", "all lists in their order", "/needs/queue/", 50),
)  # fmt: skip


def run() -> list[Figure]:
    """Server time of the pages, the position of one household, the import; queries of the list at both sizes."""
    with database("needs"):
        clerk, city = _browser(COUNTY), _browser(CITY)
        imported = _import()
        few = _queries(clerk)
        last = _fill()
        figures = [_page(clerk, f"{ROWS:,} in one county", *page) for page in COUNTYS]
        figures.append(_position(last))
        figures += [_page(city, f"{ROWS + OTHERS:,} in the city", *page) for page in CITYS]
        many = _queries(clerk)
    return [
        *figures,
        Figure("needs.list.queries", many, "queries", f"{few} over one file's rows", many / few, f"≤ {few}"),
        Figure("needs.import.10k.seconds", imported, "s", f"{FILE_ROWS:,} people, xlsx to rows, claims and log"),
    ]


def _admin() -> Any:
    import psycopg

    from anju.front import postgres

    return psycopg.connect(**postgres.admin_settings(os.environ["ANJU_DB"]), autocommit=True)


def _browser(region: str) -> Any:
    """Somebody who reviews in the region, signed in."""
    from django.test import Client

    from anju.parties.models import Account

    key = uuid4()
    with _admin() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO parties_appointment (id, account_id, post_id, region, since)"
            " VALUES (%s, %s, 'reviewer', %s, '2025-01-01')",
            [uuid4(), key, region],
        )
        account = Account(id=key, username=f"bench_{region}", name="合成", password="!", synthetic=True)
        fields = account._meta.local_fields
        names = ", ".join(f'"{field.column}"' for field in fields)
        values = [getattr(account, field.attname) for field in fields]
        connection.execute(f"INSERT INTO parties_account ({names}) VALUES ({', '.join(['%s'] * len(values))})", values)
    client = Client()
    client.force_login(account, backend="anju.parties.signin.PasswordBackend")
    return client


def _fill() -> Any:
    """Copies of one imported application, each with its own number, name, state and place; one of the county's last places."""
    with _admin() as connection:
        connection.execute("SET session_replication_role = replica")
        pattern = connection.execute("SELECT id FROM needs_application LIMIT 1").fetchone()
        connection.execute("UPDATE needs_application SET number = 'x-' || number")
        connection.execute(_copies(f"'{COUNTY}'", ROWS), pattern)
        connection.execute(_copies(f"(ARRAY{BESIDE})[1 + n / 54 % {len(BESIDE)}]", OTHERS), pattern)
        connection.execute("VACUUM ANALYZE needs_application")
        connection.execute("CHECKPOINT")
        row = connection.execute(
            "SELECT id FROM needs_application WHERE region = %s AND state = 'qualified' ORDER BY sort_key DESC LIMIT 1",
            [COUNTY],
        ).fetchone()
    return row[0]


def _copies(region: str, rows: int) -> str:
    """The statement that lays so many applications of a region, which may depend on the row's number ``n``."""
    from anju.needs.models import Application

    columns = [field.column for field in Application._meta.local_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    chosen = ", ".join(MADE.get(column, f'p."{column}"').replace("{region}", region) for column in columns)
    return FILL.format(names=names, chosen=chosen, rows=rows).replace("%", "%%").replace("%%s", "%s")


def _timed(work: Callable[[], Any]) -> float:
    work()
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return middle(taken)


def _page(browser: Any, among: str, name: str, what: str, path: str, limit: int) -> Figure:
    def ask() -> None:
        answer = browser.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")

    took = _timed(ask)
    return Figure(name, took, "ms", f"{what}, {among}", took / limit, f"≤ {limit}")


def _position(key: Any) -> Figure:
    """The place of the county's last household, which has all others before it."""
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
    from bench.needs_import import bring

    data = _file()
    started = time.perf_counter()
    done = bring(data)
    took = time.perf_counter() - started
    if done.done < FILE_ROWS * 95 // 100:
        raise RuntimeError(f"{done.done} of {FILE_ROWS} rows came in: {done.errors[:3]} {done.refused[:3]}")
    return took


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
