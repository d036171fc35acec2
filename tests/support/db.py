"""Template databases, raw connections for attacks and races, and a way to lay rows where the acts that make them are not the point."""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import psycopg

from anju.front import postgres

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
# The acquirer for which people of its posts act where a test names none; ``laid.acquirer`` lays it.
ACQUIRER = UUID("01900000-0000-7000-8000-000000000001")


def make_template(name: str) -> None:
    """Lay the schema and the standing rows once per hash of the sources; workers wait for each other."""
    with psycopg.connect(**postgres.admin_settings(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(20250005)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone():
            return
        postgres.drop_database(name)
        postgres.create_database(name)
        old = os.environ["ANJU_DB"]
        _lay(name)
        os.environ["ANJU_DB"] = old
        connection.execute(f"UPDATE pg_database SET datistemplate = true WHERE datname = '{name}'")


def _lay(name: str) -> None:
    """In a process of its own: this one's settings already name the worker's database."""
    import subprocess
    import sys

    code = "import django; django.setup(); from support.standing import lay; lay()"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "ANJU_DB": name, "PYTHONPATH": "src:tests"}, capture_output=True, text=True,
        cwd=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the template could not be made:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


@contextmanager
def raw(role: str = "app", *, region: str | None = None, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """A bare connection to the worker's database: ``app``, ``owner`` or ``admin`` (the superuser); ``region`` opens a scope."""
    if role == "admin":
        settings = postgres.admin_settings(os.environ["ANJU_DB"])
    else:
        found = postgres.connection_settings(role)
        settings = {
            "host": found["HOST"],
            "user": found["USER"],
            "password": found["PASSWORD"],
            "dbname": found["NAME"],
        }
        if found["PORT"]:
            settings["port"] = found["PORT"]
    with psycopg.connect(**settings, autocommit=autocommit) as connection:
        if region:
            lo, hi = (region, region[:4] + "99") if region.endswith("00") else (region, region)
            connection.execute(
                "SELECT set_config('role', 'anju_app', true), set_config('anju.lo', %s, true), set_config('anju.hi', %s, true)",
                [lo, hi],
            )
        yield connection


@cache
def _past_guards(name: str) -> psycopg.Connection[Any]:
    """One connection of the superuser per database, past triggers and keys: hundreds of tests lay rows by it."""
    connection = psycopg.connect(**postgres.admin_settings(name), autocommit=True)
    connection.execute("SET session_replication_role = replica")
    atexit.register(connection.close)
    return connection


def past_guards() -> psycopg.Connection[Any]:
    """The superuser's connection to the worker's database, autocommit, triggers and foreign keys off."""
    return _past_guards(os.environ["ANJU_DB"])


# Tables that hold rows are emptied; those with a standing copy get it back where they differ from it.
EMPTY = r"""DO $$
DECLARE
    t text;
    changed boolean;
BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'standing\_%'
              AND tablename NOT IN ('django_content_type', 'django_migrations')
              AND to_regclass('standing_' || tablename) IS NULL LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', t) INTO changed;
        IF changed THEN
            EXECUTE format('DELETE FROM %I', t);
        END IF;
    END LOOP;
    FOR t IN SELECT substr(tablename, 10) FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'standing\_%' LOOP
        EXECUTE format('SELECT (SELECT count(*) FROM %1$I) <> (SELECT count(*) FROM %2$I)'
                       ' OR EXISTS (SELECT t::text FROM %1$I t EXCEPT SELECT s::text FROM %2$I s)', t, 'standing_' || t) INTO changed;
        IF changed THEN
            EXECUTE format('DELETE FROM %1$I; INSERT INTO %1$I SELECT * FROM %2$I', t, 'standing_' || t);
        END IF;
    END LOOP;
END $$"""


@contextmanager
def emptied() -> Iterator[None]:
    """For as long as it lasts rows may be laid for good, since they are removed afterwards."""
    global _emptied
    _emptied = True
    yield
    empty_all()
    _emptied = False


def will_be_emptied() -> bool:
    """Whether what is laid for good now goes with the test; otherwise it would stay for whatever test comes next."""
    return _emptied


_emptied = False


def empty_all() -> None:
    """Remove what a committed test left, past triggers and foreign keys; standing rows are laid again from the template's copies."""
    past_guards().execute(EMPTY)


def context(post: str = "office_clerk", region: str = "231200", **changes: Any) -> Any:
    """An ActContext with every power: for tests whose point is not the power."""
    from anju.base.acts import REGISTRY, ActContext
    from anju.base.regions import uuid7
    from anju.parties.acts.acquirers import ACQUIRER_POSTS, OPERATOR
    from anju.parties.context import parameter_book

    values = {
        "account": uuid7(), "post": post, "region": region, "powers": frozenset(d.power for d in REGISTRY.values()), "now": NOON,
        "params": parameter_book(), "demonstration": True,
        "organisation": ACQUIRER if post in ACQUIRER_POSTS or post == OPERATOR else None,
    }  # fmt: skip
    return ActContext(**{**values, **changes})


@contextmanager
def open_act(region: str = "231200", **changes: Any) -> Iterator[Any]:
    """A raw act: rows may be written inside, as a fixture of what earlier rooms would have made. Yields the act's context."""
    from dataclasses import replace

    from anju.base.acts import act as act_module  # noqa: F401
    from anju.base.acts.act import ActDef, _begin, _end
    from anju.base.regions import scope, uuid7

    ctx = context(region=region, **changes)
    definition = ActDef("tests.fixture", "1", "tests.fixture", "测试布置", "", lambda: None)
    with scope(region, elevate=True):
        act_id = uuid7()
        _begin(definition, ctx, act_id, b"\x00" * 32)
        inner = replace(ctx, act=act_id)
        yield inner
        _end(definition, inner, None, None)
