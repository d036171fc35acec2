"""What every test finds: schema, keys, the installation row, regions, calendar, posts; laid once into the template."""

from django.db import connections

from anju.base import schema
from anju.base.secrets import make_keys
from anju.parties.setup import lay_foundations

STANDING = (
    "base_installation", "base_workingday", "parties_region", "parties_censusfigure", "parties_post", "parties_postpower",
    "parties_rate", "ledger_purpose", "ledger_flowrule",
)  # fmt: skip


def lay() -> None:
    """Called in a process whose ANJU_DB names the template."""
    make_keys()
    schema.migrate()
    lay_foundations(kind="demonstration", city="231200")
    with connections["owner"].cursor() as cursor:
        for table in STANDING:
            cursor.execute(f"CREATE TABLE standing_{table} AS TABLE {table}")
