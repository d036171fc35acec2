"""Columns of a list, and its rows as cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest

from anju.base.acts.context import SHANGHAI
from anju.web import cells, shown


@dataclass(frozen=True)
class Col:
    """A column: its title, the field (``developer__name`` follows keys), and how it is shown.

    ``kind``: text int fen wan price cm2 date moment state bool region name document clock. ``link``: row → address.
    ``sort``: the field to order by, None for a column that no index orders.
    ``value``: row → value, in place of the field. ``tones``: state code → tone of its chip.
    """

    title: str
    field: str
    link: Callable[[Any], str] | None = None
    sort: str | None = None
    kind: str = "text"
    value: Callable[[Any], Any] | None = None
    tones: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    note: str = ""

    @property
    def numeric(self) -> bool:
        """Whether the column is set to the right."""
        return self.kind in cells.NUMERIC


@dataclass(frozen=True)
class Line:
    """One row as shown."""

    id: str
    name: str
    cells: list[tuple[Col, Any]]


def today_of(request: HttpRequest) -> date:
    """Today, where the actor is."""
    return request.anju.now.astimezone(SHANGHAI).date()  # type: ignore[attr-defined]


def lines_of(rows: Sequence[Any], columns: Sequence[Col], today: date) -> list[Line]:
    """The rows' cells; the clocks of all of them by one query."""
    clocks = shown.clocks_of(rows, today) if any(c.kind == "clock" for c in columns) else [None] * len(rows)
    return [_line(row, columns, clock) for row, clock in zip(rows, clocks, strict=True)]


def _line(row: Any, columns: Sequence[Col], clock: Any) -> Line:
    body = [(col, cells.clock(clock) if col.kind == "clock" else cells.shown(row, col)) for col in columns]
    return Line(str(row.pk), cells.plain(row, columns[0]), body)
