"""What most commands do first."""

import gc
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anju.parties.context import Actor


def house(*, migrate: bool = True) -> None:
    """A running server, keys, Django set up and the schema brought to the code."""
    # A large sheet is millions of cells that live until its job ends: at Python's own threshold each is looked at again and again.
    gc.set_threshold(100_000, 20, 100)
    from anju.front import postgres

    postgres.prepare()
    import django
    from django.conf import settings

    first = not (settings.KEYS / "django").exists()
    django.setup()
    from anju.base.secrets import make_keys

    make_keys()
    if first:
        settings.SECRET_KEY = (settings.KEYS / "django").read_text().strip()
    if migrate and needs_schema():
        from anju.base import schema

        schema.migrate()
        from anju.parties.setup import renew_powers

        renew_powers()


def needs_schema() -> bool:
    """Whether the database was laid by other code than this."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.anju_schema')")
        if cursor.fetchone()[0] is None:
            return True
        cursor.execute("SELECT version FROM anju_schema")
        row = cursor.fetchone()
    from anju.base import schema

    return row is None or row[0] != schema.version()


def actor(account: str, *, post: str | None = None, region: str | None = None) -> "Actor":
    """The actor behind ``--as``; ends the command with a sentence where there is none."""
    from anju.parties.context import actor_named
    from anju.parties.models import Account

    try:
        return actor_named(account, post=post, region=region)
    except Account.DoesNotExist:
        raise SystemExit(f"没有名为「{account}」的有效账号；请核对 --as 后重试") from None
    except LookupError as error:
        raise SystemExit(str(error)) from None


def environment() -> dict[str, str]:
    """For processes started by a command."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "anju.front.settings"}
