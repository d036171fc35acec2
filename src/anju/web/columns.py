"""Columns of a list, and its rows as cells."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from anju.base.acts.context import SHANGHAI
from anju.web import cells, shown


@dataclass(frozen=True)
class Col:
    """A column: its title, the field (``developer__name`` follows keys), and how it is shown.

    ``kind``: text int fen wan price cm2 date moment state bool region name document clock. ``link``: row → address.
    ``sort``: the field to order by, None for a column that no index orders. ``note`` and ``clause`` stand in the exported file.
    ``value``: row → value, in place of the field. ``tones``: state code → tone of its chip.
    """

    title: str
    field: str
    link: Callable[[Any], str] | None = None
    sort: str | None = None
    kind: str = "text"
    value: Callable[[Any], Any] | None = None
    tones: Mapping[str, str] = dataclasses.field(default_factory=dict)
    unit: str = ""
    note: str = ""
    clause: str = ""

    @property
    def measure(self) -> str:
        """The unit that the head names, since the cells leave it out."""
        return self.unit or cells.UNITS.get(self.kind, "")

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

    @property
    def plain(self) -> SafeString:
        """The row's cells; put together here, since a template's loops cost more than all the queries of a page."""
        first, *rest = self.cells
        body = [f'<th scope="row">{conditional_escape(first[1])}</th>']
        body += [f"<td{NUMBER if col.numeric else ''}>{conditional_escape(cell)}</td>" for col, cell in rest]
        return mark_safe("".join(body))

    @property
    def ticked(self) -> SafeString:
        """The same with a box to tick in front."""
        box = format_html(TICK, self.id, self.name)
        return mark_safe(box + self.plain)


NUMBER = ' class="num"'
TICK = '<td class="c"><input type="checkbox" name="ids" value="{}" aria-label="选择 {}"></td>'


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
