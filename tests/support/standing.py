"""What every test finds: schema, keys, the installation row, regions, calendar, posts; laid once into the template."""

from django.core.management import call_command  # noqa: F401
from django.db import connections

from anju.base import schema
from anju.base.secrets import make_keys

STANDING = (
    "base_installation", "base_workingday", "parties_region", "parties_censusfigure", "parties_post", "parties_postpower",
    "parties_rate",
)  # fmt: skip


def lay() -> None:
    """Called in a process whose ANJU_DB names the template."""
    make_keys()
    schema.migrate()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica") if False else None
    _rows()
    with connections["owner"].cursor() as cursor:
        for table in STANDING:
            cursor.execute(f"CREATE TABLE standing_{table} AS TABLE {table}")


def _rows() -> None:
    """The standing rows, by set-up's own acts where ``parties`` has them."""
    try:
        from anju.parties.setup import lay_foundations
    except ImportError:
        return
    lay_foundations(kind="demonstration", city="231200")
