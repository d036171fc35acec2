"""The portal's own process: its role reads what a family's acts need and nothing else, its addresses are the public's and families'."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.apps import apps

from anju.base import door
from support.db import raw
from support.desk import person

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.clause("4.5")
CLOSED_ROOMS = (
    "reserve",
    "pricing",
    "planning",
    "negotiation",
    "purchase",
    "funds",
    "permits",
    "homes",
    "oversight",
    "ledger",
)


def test_every_table_that_the_door_may_touch_exists() -> None:
    known = {model._meta.db_table for model in apps.get_models()}
    assert set(door.listed()[0]) <= known


@pytest.mark.django_db
@pytest.mark.parametrize("room", CLOSED_ROOMS)
def test_the_door_reads_no_table_of_a_room_that_families_do_not_act_in(room: str) -> None:
    open_to_it = set(door.listed()[0])
    tables = [m._meta.db_table for m in apps.get_app_config(room).get_models() if m._meta.db_table not in open_to_it]
    assert tables
    for table in tables:
        with raw("door") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT FROM {table} LIMIT 1")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM django_session",
        "SELECT FROM base_actfacts",
        "SELECT FROM base_claim",
        "SELECT FROM base_partycase",
        "UPDATE needs_review SET outcome = 'pass'",
        "DELETE FROM needs_application",
        "UPDATE parties_setting SET value = '0'",
        "INSERT INTO parties_postpower (post_id, power) VALUES ('family', 'needs.second_review')",
        "SET ROLE anju_app",
        "SET ROLE anju_owner",
    ],
)
@pytest.mark.django_db
def test_the_door_is_refused(statement: str) -> None:
    with raw("door") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.usefixtures("committed")
def test_the_door_sees_no_account_and_no_post_of_staff() -> None:
    person("office_head", "231200")
    with raw("door") as connection:
        assert connection.execute("SELECT count(*) FROM parties_account").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM parties_appointment").fetchone() == (0,)
        connection.execute("SELECT set_config('anju.lo', '231200', true), set_config('anju.hi', '231299', true)")
        connection.execute(
            "SELECT act_begin(gen_random_uuid(), '231200', NULL, '', 'x', '1', NULL, 'family', NULL, NULL, now(), '2026-03-02')"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(
                "INSERT INTO parties_appointment (id, account_id, post_id, region, since)"
                " VALUES (gen_random_uuid(), gen_random_uuid(), 'office_head', '231200', '2026-01-01')"
            )


@pytest.mark.usefixtures("committed")
def test_the_door_writes_outside_an_act_as_little_as_anybody() -> None:
    with raw("door") as connection:
        connection.execute("SELECT set_config('anju.lo', '231200', true), set_config('anju.hi', '231299', true)")
        with pytest.raises(psycopg.DatabaseError, match="outside an act"):
            connection.execute("UPDATE needs_application SET town = ''")


LISTED = """
import django; django.setup()
from django.conf import settings
from django.urls import get_resolver
def walk(patterns, at):
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from walk(one.url_patterns, at + str(one.pattern))
        else:
            yield at + str(one.pattern), getattr(one.callback, "power", None)
for path, power in walk(get_resolver().url_patterns, "/"):
    print(path, power)
print("databases", sorted(settings.DATABASES), settings.DATABASES["default"]["USER"], settings.SESSION_ENGINE)
"""


def test_the_portals_process_answers_the_public_and_families_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LISTED], cwd=ROOT, check=True, capture_output=True, text=True,
        env={**os.environ, "ANJU_FACE": "portal", "PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "anju.front.settings"},
    )  # fmt: skip
    *lines, databases = done.stdout.strip().splitlines()
    assert databases == "databases ['default'] anju_door anju.parties.portal_sessions"
    paths = {line.split()[0]: line.split()[1] for line in lines}
    from anju.parties.posts import FAMILY, read_powers

    powers = read_powers()
    for path, power in paths.items():
        assert power in ("public", "sign-in") or FAMILY in powers[power], path
    assert {"/portal/", "/needs/my/", "/parties/phone/", "/needs/ask/<str:region>/<str:code>/"} <= set(paths)
    assert not {"/parties/signin/", "/needs/", "/cockpit/", "/api/docs"} & set(paths)
