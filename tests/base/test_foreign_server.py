"""A server that ``DATABASE_URL`` names, whose role may make databases and roles and is no superuser: laid, closed and dropped."""

import os
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest

from anju.front import postgres

pytestmark = pytest.mark.usefixtures("django_db_setup")
PASSWORD = "p@ss/w:rd 1"


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a database to make, under a role of its own; the environment says so."""
    role = f"city_dba_{os.getpid()}"
    at, own = postgres.admin_settings(), f"anju_foreign_{os.getpid()}"
    with psycopg.connect(**at, autocommit=True) as boss:
        boss.execute(f"CREATE ROLE {role} LOGIN CREATEDB CREATEROLE PASSWORD '{PASSWORD}'")
        # As on a server of its own, where this role made them; 16 and newer ask for it.
        boss.execute(f"GRANT anju_owner, anju_app, anju_door, anju_party, anju_public TO {role} WITH ADMIN OPTION")
    url = f"postgresql://{role}:{quote(PASSWORD, safe='')}@/{own}?host={quote(str(at['host']), safe='')}"
    monkeypatch.delenv("ANJU_DB")
    monkeypatch.setenv("DATABASE_URL", url)
    yield own
    monkeypatch.undo()
    postgres.drop_database(own)
    with psycopg.connect(**at, autocommit=True) as boss:
        boss.execute(f"DROP OWNED BY {role}")
        boss.execute(f"DROP ROLE {role}")


def test_a_role_that_is_no_superuser_makes_the_database_and_drops_it_under_the_applications_feet(named: str) -> None:
    postgres.prepare()
    assert postgres.database_name() == named and postgres.database_exists(named)
    settings = {which: login(which) for which in ("owner", "app")}
    with psycopg.connect(**settings["owner"]) as owner:
        owner.execute("CREATE TABLE laid (one integer)")
    app = psycopg.connect(**settings["app"], autocommit=True)
    for forbidden in ("CREATE TABLE other (one integer)", "SELECT * FROM laid"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(forbidden)
    with psycopg.connect(**postgres.admin_settings(named)) as dba:
        assert dba.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        found = dba.execute("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'").fetchone()
        assert found == ("anju_owner",)
    postgres.hurry(named)
    postgres.drop_database(named)
    assert not postgres.database_exists(named)
    with pytest.raises(psycopg.OperationalError):
        app.execute("SELECT 1")
    app.close()


def login(which: str) -> dict[str, str]:
    found = postgres.connection_settings(which)
    assert found["NAME"] == os.environ["DATABASE_URL"].rsplit("/", 1)[1].split("?")[0]
    return {
        "host": found["OPTIONS"].get("host", found["HOST"]), "user": found["USER"], "password": found["PASSWORD"], "dbname": found["NAME"],
    }  # fmt: skip


def test_a_server_that_does_not_answer_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:x@127.0.0.1:1/anju")
    with pytest.raises(postgres.ServerProblem, match="does not answer"):
        postgres.ensure()
    monkeypatch.setenv("DATABASE_URL", "mysql://nobody:x@127.0.0.1:1/anju")
    with pytest.raises(postgres.ServerProblem, match="must begin with postgresql"):
        postgres.ensure()
