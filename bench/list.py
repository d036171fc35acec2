"""The list page over 100,000 applications: server time of what clerks ask it for, and whether its queries stay constant."""

import os
import time
from typing import Any
from uuid import uuid4

from bench.core import Figure, database, middle

ROWS, SMALL, ROUNDS = 100_000, 100, 9
CITY, COUNTY = "231200", "231202"
COUNTIES = ["231202", "231221", "231222", "231223", "231224", "231225", "231226", "231281", "231282", "231283"]
# What clerks ask for: a name, whose post, the address.
ASKED = (
    ("the city's first page", CITY, "/needs/"),
    ("a county's first page", COUNTY, "/needs/"),
    ("the city's by state", CITY, "/needs/?state=submitted"),
    ("a county's by state", COUNTY, "/needs/?state=supplement"),
    ("by the beginning of a number", CITY, "/needs/?q=231283+2603"),
    ("nothing found", CITY, "/needs/?q=9"),
    ("turned round", CITY, "/needs/?order=number"),
    ("the 100th page", CITY, "/needs/?page=100"),
)  # fmt: skip


def run() -> list[Figure]:
    """``list.100k.ms`` (the slowest of what is asked for) and ``list.100k.queries``."""
    with database("list"):
        browsers = {region: _browser(region) for region in (CITY, COUNTY)}
        _fill(1, SMALL)
        few = _queries(browsers[CITY])
        _fill(SMALL + 1, ROWS)
        many = _queries(browsers[CITY])
        found = [
            (title, middle([_milliseconds(browsers[region], path) for _ in range(ROUNDS)]))
            for title, region, path in ASKED
        ]
    slowest, worst = max(found, key=lambda row: row[1])
    return [
        *[Figure(f"list.100k.ms/{title}", ms, "ms") for title, ms in found],
        Figure("list.100k.ms", worst, "ms", f"limit; slowest: {slowest}", worst / 100, "≤ 100"),
        Figure("list.100k.queries", many, "queries", f"{few} over {SMALL} rows", many / few, f"≤ {few}"),
    ]


def _admin() -> Any:
    import psycopg

    from anju.front import postgres

    return psycopg.connect(**postgres.admin_settings(os.environ["ANJU_DB"]), autocommit=True)


def _lay(*rows: Any) -> None:
    from django.db import connection

    with _admin() as database:
        database.execute("SET session_replication_role = replica")
        for row in rows:
            fields = row._meta.local_fields
            names = ", ".join(f'"{f.column}"' for f in fields)
            values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
            database.execute(
                f'INSERT INTO "{row._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(values))})', values
            )


def _browser(region: str) -> Any:
    """Somebody signed in who reviews in the region."""
    from datetime import date

    from django.test import Client

    from anju.parties.models import Account, Appointment

    account = Account(id=uuid4(), username=f"reviewer_{region}", name="合成", password="!", synthetic=True)
    _lay(account, Appointment(account=account, post_id="reviewer", region=region, since=date(2025, 1, 1)))
    client = Client()
    client.force_login(account, backend="anju.parties.signin.PasswordBackend")
    return client


def _fill(first: int, last: int) -> None:
    """Applications number ``first`` to ``last``, over the ten counties in turn: one is laid by Django, the others copied from it."""
    from datetime import date

    from anju.needs.models import Application

    pattern = Application(
        region=COUNTY, number=f"pattern {first}", programme="sale", applicant_name="王小明", phone=b"x", phone_blind=b"x", group="new",
        town="231202001", persons=2, accepted_on=date(2026, 1, 5), state="submitted",
    )  # fmt: skip
    _lay(pattern)
    columns = [f.column for f in Application._meta.local_fields]
    made = {
        "id": "gen_random_uuid()",
        "region": "c.code",
        "number": "c.code || ' 2603 ' || lpad(n::text, 6, '0')",
        "state": "(ARRAY['submitted', 'supplement', 'first_passed', 'refused'])[1 + n %% 4]",
        "accepted_on": "date '2026-01-01' + n %% 60",
    }
    chosen = ", ".join(made.get(name, f'p."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    with _admin() as database:
        database.execute("SET session_replication_role = replica")
        database.execute(
            f"INSERT INTO needs_application ({names}) SELECT {chosen} FROM generate_series(%s::int, %s::int) AS n"
            " JOIN unnest(%s::text[]) WITH ORDINALITY AS c (code, at) ON c.at = 1 + n %% 10, needs_application p WHERE p.id = %s",
            [first, last, COUNTIES, pattern.pk],
        )
        database.execute("DELETE FROM needs_application WHERE id = %s", [pattern.pk])
        database.execute("VACUUM ANALYZE needs_application")


def _queries(browser: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser.get("/needs/")
    with CaptureQueriesContext(connection) as queries:
        _page(browser, "/needs/")
    return len(queries)


def _milliseconds(browser: Any, path: str) -> float:
    _page(browser, path)
    start = time.perf_counter()
    _page(browser, path)
    return (time.perf_counter() - start) * 1000


def _page(browser: Any, path: str) -> None:
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
