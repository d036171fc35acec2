"""Seal again what an older key version sealed: small acts, one after another, while the house runs."""

from collections.abc import Iterator
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from anju.base.acts import ActContext, act
from anju.base.secrets.fields import SealedText
from anju.base.secrets.keys import COLUMN, current, rotate
from anju.base.secrets.seal import AES_GCM, seal, unseal

ROWS = 500


def sealed_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every table of ours that holds sealed columns: fields of ``SealedText``, and those that a model names in ``sealed``."""
    for model in apps.get_models():
        if model.__module__.startswith("anju."):
            named = getattr(model, "sealed", ())
            found = [f.attname for f in model._meta.local_fields if isinstance(f, SealedText) or f.name in named]
            if found:
                yield model, found


def stale(model: type[models.Model], column: str) -> str:
    """The condition that an older algorithm or key version sealed the column."""
    head = int.from_bytes(bytes([AES_GCM, current(COLUMN)]), "big")
    return f"{column} IS NOT NULL AND get_byte({column}, 0) * 256 + get_byte({column}, 1) <> {head}"


def left() -> int:
    """How many values in scope an older version still holds."""
    found = 0
    with connection.cursor() as cursor:
        for model, columns in sealed_columns():
            for column in columns:
                cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} WHERE {stale(model, column)}")
                found += cursor.fetchone()[0]
    return found


@act(clause="4.5", title="更换密钥后重新加密")
def reseal(*, ctx: ActContext, table: str, column: str, rows: int = ROWS) -> int:
    """Seal up to ``rows`` stale values of one column by the current key; how many. Rows that somebody holds are left for later.

    Raises KeyError for a column that is not sealed.
    """
    model = {m._meta.db_table: m for m, columns in sealed_columns() if column in columns}[table]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {column} FROM {table} WHERE {stale(model, column)} ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            [rows],
        )
        found: list[tuple[UUID, bytes]] = cursor.fetchall()
        cursor.execute(
            f"UPDATE {table} t SET {column} = n.value FROM unnest(%s::uuid[], %s::bytea[]) AS n (id, value) WHERE t.id = n.id",
            [[key for key, _ in found], [seal(unseal(value)) for _, value in found]],
        )
    ctx.entry.facts.update(table=table, column=column, rows=len(found), version=current(COLUMN))
    return len(found)


@act(clause="4.5", title="更换列加密密钥")
def change_key(*, ctx: ActContext) -> int:
    """Make the next version of the column key the current one; which. Old versions stay until nothing is sealed by them.

    The file stands before the entry in the log does: were the entry lost, the next call would make one more version.
    """
    version = rotate(COLUMN)
    ctx.entry.facts.update(version=version)
    return version
