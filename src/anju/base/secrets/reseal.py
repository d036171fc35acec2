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


def stale(column: str) -> str:
    """The condition that an older algorithm or key version sealed the column."""
    head = int.from_bytes(bytes([AES_GCM, current(COLUMN)]), "big")
    return f"octet_length({column}) > 1 AND get_byte({column}, 0) * 256 + get_byte({column}, 1) <> {head}"


def left() -> int:
    """How many values in scope an older version still holds."""
    found = 0
    with connection.cursor() as cursor:
        for model, columns in sealed_columns():
            for column in columns:
                cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} WHERE {stale(column)}")
                found += cursor.fetchone()[0]
    return found


@act(clause="4.5", title="更换密钥后重新加密")
def reseal(
    *, ctx: ActContext, table: str, column: str, after: UUID | None = None, rows: int = ROWS
) -> tuple[int, UUID | None]:
    """Seal up to ``rows`` stale values of one column by the current key, in the order of ids: (how many, the last one's id).

    ``after``: where the act before ended, so that a table is gone through once; None as the last id: nothing is left behind it. Rows
    that somebody holds are passed over. Raises KeyError for a column that is not sealed.
    """
    if (table, column) not in {(m._meta.db_table, name) for m, names in sealed_columns() for name in names}:
        raise KeyError(f"{table}.{column}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {column} FROM {table} WHERE {stale(column)} AND id > %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            [after or UUID(int=0), rows],
        )
        found: list[tuple[UUID, bytes]] = cursor.fetchall()
        cursor.execute(
            "SELECT reseal_values(%s, %s, %s::uuid[], %s::bytea[])",
            [table, column, [key for key, _ in found], [seal(unseal(value)) for _, value in found]],
        )
        count: int = cursor.fetchone()[0]
    ctx.entry.facts.update(table=table, column=column, rows=count, version=current(COLUMN))
    return count, found[-1][0] if found else None


@act(clause="4.5", title="更换列加密密钥")
def change_key(*, ctx: ActContext) -> int:
    """Make the next version of the column key the current one; which. Old versions stay until nothing is sealed by them.

    The file stands before the entry in the log does: were the entry lost, the next call would make one more version.
    """
    version = rotate(COLUMN)
    ctx.entry.facts.update(version=version)
    return version
