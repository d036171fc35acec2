"""Many rows in one statement with one parameter: the rows as JSON, taken apart by the database into typed columns.

Django's own bulk insert makes a parameter per cell where a table has a bytea column, and is then several times slower.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection, models


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model as they stand, keys included; the database checks them. Not for fields that seal themselves."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = list(meta.local_concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    types = ", ".join(f'"{field.column}" {_type(field)}' for field in fields)
    names = [(field.column, field.attname) for field in fields]
    body = json.dumps(
        [{column: getattr(row, name) for column, name in names} for row in rows], ensure_ascii=False, default=_plain
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({columns}) SELECT {columns} FROM json_to_recordset(%s) AS x ({types})",
            [body],
        )


def _type(field: models.Field) -> str:
    """The column's type without its length: a text too long is still refused by the column itself."""
    found = field.db_type(connection)
    assert found
    return found.partition("(")[0]


def _plain(value: object) -> str:
    """As PostgreSQL reads it. Raises TypeError for what was not foreseen."""
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be inserted in bulk")
