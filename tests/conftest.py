"""A template database per hash of the sources, a copy per worker; tests connect as ``anju_app`` and change rows through acts."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from support.examples import many

# A loaded machine is slow to draw examples: that is no fault of the code.
hypothesis_settings.register_profile(
    "house", deadline=None, max_examples=many(100), suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["ANJU_DB"] = f"anju_t_{WORKER}_{os.getpid()}"

from anju.front import postgres  # noqa: E402
from support.db import emptied, make_template  # noqa: E402


def sources_hash() -> str:
    """What the template was made from."""
    digest = hashlib.sha256((ROOT / "tests" / "support" / "standing.py").read_bytes())
    for path in sorted((ROOT / "src" / "anju").rglob("*")):
        if path.suffix in (".py", ".sql", ".yaml") and ("models" in str(path) or "sql" in path.parts or path.name in {
            "schema.py", "keys.py", "postgres.py", "powers.yaml", "posts.py", "fields.py", "settings.py", "setup.py",
        } or "migrations" in path.parts):  # fmt: skip
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """One database per worker, copied from the template; dropped at the end."""
    from django.conf import settings
    from django.db import connections

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        postgres.ensure()
        postgres.make_roles()
        template = f"anju_template_{sources_hash()}"
        make_template(template)
        postgres.drop_database(os.environ["ANJU_DB"])
        postgres.create_database(os.environ["ANJU_DB"], template=template)
        postgres.hurry(os.environ["ANJU_DB"])
        for alias in ("default", "owner"):  # the settings were read before this file
            settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = os.environ["ANJU_DB"]
        yield
        for one in connections.all():
            one.close()
            if hasattr(one, "close_pool"):
                one.close_pool()
        postgres.drop_database(os.environ["ANJU_DB"])


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """For races and jobs: what the test does is really committed; afterwards a superuser empties the tables."""
    with django_db_blocker.unblock(), emptied():  # type: ignore[attr-defined]
        yield


@pytest.fixture(autouse=True)
def _files_apart(settings: object, tmp_path: Path) -> None:
    """Evidence files of a test lie in its own folder."""
    settings.FILES = tmp_path / "files"  # type: ignore[attr-defined]
    settings.OUT = tmp_path / "out"  # type: ignore[attr-defined]
