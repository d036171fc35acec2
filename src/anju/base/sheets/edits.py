"""An exported list, edited, comes back: what would change is shown row by row, then each row becomes the room's own act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from anju.base.acts import ActContext, Refused
from anju.base.sheets import cells
from anju.base.sheets.kinds import Column, Problem, Row, SheetKind, register_kind

KEY, LABEL, REASON = "row_key", "row_label", "reason"
KEY_COLUMN = Column("行标识", KEY, "code", required=True, unique=True, longest=36, note="系统识别这一行用，请勿改动")
Read = Callable[[ActContext, Sequence[UUID]], dict[UUID, dict[str, Any]]]
Write = Callable[[ActContext, UUID, dict[str, Any], str], Any]


@dataclass(frozen=True)
class Edits:
    """What of a list may be edited in a sheet.

    ``read(ctx, ids)`` gives each row's values now by field, and its label under ``row_label``; rows that the post may not change are
    left out. ``write(ctx, id, changed, reason)`` calls the room's act for one row; a Refused keeps that row out, with its sentence.
    """

    name: str
    title: str
    power: str
    label: str
    columns: tuple[Column, ...]
    read: Read
    write: Write
    clause: str

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The row's key, its label, and what may be changed."""
        label = Column(self.label, LABEL, "text", note="对照用，不会被改")
        return (KEY_COLUMN, label, *self.columns)


@dataclass(frozen=True)
class Change:
    """One cell that would change."""

    row: int
    label: str
    column: str
    old: str
    new: str


EDITS: dict[str, Edits] = {}


def register_edits(edits: Edits) -> Edits:
    """Make it known, and a kind of sheet of it: checked, previewed, accepted and taken in as any load is."""
    EDITS[edits.name] = edits
    register_kind(
        SheetKind(
            name=edits.name, title=edits.title, power=edits.power, columns=edits.all_columns, clause=edits.clause, chunk=200, key=(KEY,),
            check=lambda ctx, rows, options: _check(edits, ctx, rows), take=lambda ctx, rows, load: _take(edits, ctx, rows, load),
            preview=lambda ctx, rows: changes(edits, ctx, rows), options={REASON: "改动的理由"},
            note="先在清单页点“导出改表”，改好后在这里收回。只改列出的项目；留空的格子不改；没有改动的行略过。",
        )
    )  # fmt: skip
    return edits


def changes(edits: Edits, ctx: ActContext, rows: Sequence[Row]) -> list[Change]:
    """What taking the rows in would change, against what the rows say now."""
    now = _now(edits, ctx, rows)
    return [
        Change(row.number, str(now[key].get(LABEL, "")), column.title, words(column, old), words(column, new))
        for row in rows
        if (key := _key(row)) in now
        for column, old, new in _changed(edits, row, now[key])
    ]


def sheet_rows(edits: Edits, ctx: ActContext, ids: Sequence[UUID]) -> list[list[Any]]:
    """The rows as they go out: key, label, and each editable value in the unit its column asks for."""
    now = edits.read(ctx, ids)
    return [
        [str(key), now[key].get(LABEL, ""), *(cell(column, now[key].get(column.field)) for column in edits.columns)]
        for key in ids
        if key in now
    ]


def cell(column: Column, value: Any) -> Any:
    """A value as the sheet holds it, so that it is read back as the same value."""
    if value is None:
        return None
    scale = {"area": 10_000, "yuan": 100, "wan": 1_000_000, "percent": 100}.get(column.kind)
    if scale:
        return Decimal(value) / scale
    if column.kind == "choice":
        return next((title for title, code in column.choices.items() if code == value), str(value))
    return value


def words(column: Column, value: Any) -> str:
    """A value as a person reads it in the preview; unknown says so."""
    if value is None or value == "":
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date) or not isinstance(value, int):
        return str(cell(column, value))
    return cells.shown(column, value)


def _check(edits: Edits, ctx: ActContext, rows: list[Row]) -> list[Problem]:
    now, found = _now(edits, ctx, rows), []
    for row in rows:
        key = _key(row)
        if key is None or key not in now:
            why = "这一行不在本岗位能改的范围内，或行标识被改动过；请重新导出改表"
            found.append(Problem(row.number, KEY_COLUMN.title, str(row.get(KEY, "")), why, edits.clause))
        elif row.get(LABEL) is not None and str(row[LABEL]) != str(now[key].get(LABEL, "")):
            why = f"与行标识对应的「{now[key].get(LABEL, '')}」不符，可能整列错位；请核对后重新导出改表"
            found.append(Problem(row.number, edits.label, str(row[LABEL]), why, edits.clause))
    return found


def _take(edits: Edits, ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """One act per changed row; those that the room refuses stay as they are."""
    now, refused = _now(edits, ctx, rows), []
    for row in rows:
        key = _key(row)
        if key is None or key not in now:
            refused.append((row.number, "这一行已不在能改的范围内，没有改动"))
            continue
        changed = {column.field: new for column, _, new in _changed(edits, row, now[key])}
        if changed:
            try:
                with transaction.atomic():
                    edits.write(ctx, key, changed, load.options[REASON])
            except Refused as error:
                refused.append((row.number, error.sentence))
    return refused


def _changed(edits: Edits, row: Row, now: Mapping[str, Any]) -> list[tuple[Column, Any, Any]]:
    """(column, old, new) of the cells that say something else than the row does now; an empty cell says nothing."""
    return [
        (column, now.get(column.field), row.values[column.field])
        for column in edits.columns
        if row.values.get(column.field) is not None and row.values[column.field] != now.get(column.field)
    ]


def _now(edits: Edits, ctx: ActContext, rows: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    return edits.read(ctx, [key for row in rows if (key := _key(row)) is not None])


def _key(row: Row) -> UUID | None:
    try:
        return UUID(str(row.get(KEY, "")))
    except ValueError:
        return None
