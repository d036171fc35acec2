"""Judge a table cell by cell, column after column; say every bad cell with its place, value, reason and clause."""

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anju.base.acts import ActContext
from anju.base.numbers import mask_document, mask_name, mask_phone
from anju.base.sheets.cells import BadCell, parser_of, shown
from anju.base.sheets.kinds import ERROR, UNUSUAL, Column, Problem, Row, SheetKind
from anju.base.sheets.read import Table, letter
from anju.policy.parameters import Value

KEPT = 5_000  # problems kept of one load; the rest are counted
SHOWN_VALUE = 60


@dataclass
class Checked:
    """What was found in a file: the rows that may come in, those that may not, and every problem (the first 5,000 kept)."""

    good: list[Row]
    bad: set[int]
    problems: list[dict[str, Any]] = field(default_factory=list)
    errors: int = 0
    unusual: int = 0
    told: list[str] = field(default_factory=list)


class _Report:
    """Collects problems with their place; counts all, keeps the first 5,000."""

    def __init__(self, kind: SheetKind, table: Table) -> None:
        self.kind, self.table = kind, table
        self.columns = {c.title: c for c in kind.columns}
        self.bad: set[int] = set()
        self.kept: list[dict[str, Any]] = []
        self.errors = self.unusual = 0
        self.named: set[str] = set()  # columns of which an unusual value is kept

    def add(self, problem: Problem) -> None:
        column = self.columns.get(problem.column)
        if problem.level == ERROR:
            self.errors += 1
            if problem.row:
                self.bad.add(problem.row)
        else:
            self.unusual += 1
        first = problem.level != ERROR and problem.column not in self.named  # always kept: its column needs a reason
        if first or len(self.kept) < KEPT:
            self.named |= {problem.column} if problem.level != ERROR else set()
            self.kept.append(self._placed(problem, column))

    def _placed(self, problem: Problem, column: Column | None) -> dict[str, Any]:
        at = self.table.places.get(column.field) if column else None
        return {
            "sheet": self.table.sheet, "row": problem.row, "letter": letter(at) if at is not None else "", "column": problem.column,
            "value": masked(column, problem.value), "reason": problem.reason,
            "clause": problem.clause or (column.clause if column else "") or self.kind.clause, "level": problem.level,
        }  # fmt: skip


def check_table(ctx: ActContext, kind: SheetKind, table: Table, options: Mapping[str, str] | None = None) -> Checked:
    """All checks of a kind over a table; reads the database only where the kind's own ``check`` does."""
    report = _Report(kind, table)
    for column in table.missing:
        report.add(Problem(0, column.title, "", f"缺少必填列「{column.title}」；请补上这一列后重新上传"))
    rows = _rows(report, table)
    if not rows:
        report.add(Problem(0, kind.columns[0].title, "", "表头下面没有数据行；请填写后重新上传"))
    if not table.missing:
        _across(ctx, report, rows, options or {})
    else:
        report.bad.update(row.number for row in rows)
    good = [row for row in rows if row.number not in report.bad]
    return Checked(good, report.bad, report.kept, report.errors, report.unusual, table.told)


def rows_of_table(kind: SheetKind, table: Table) -> list[Row]:
    """The rows of a table without judging them: a bad cell is None."""
    return _rows(_Report(kind, table), table)


def _rows(report: "_Report", table: Table) -> list[Row]:
    columns = [c for c in report.kind.columns if c.field in table.places]
    names = [c.field for c in columns]
    values = zip(*(_column(report, table, c) for c in columns), strict=True)
    return [
        Row(number, dict(zip(names, cells, strict=True))) for (number, _), cells in zip(table.rows, values, strict=True)
    ]


def _across(ctx: ActContext, report: _Report, rows: list[Row], options: Mapping[str, str]) -> None:
    kind = report.kind
    for column in kind.columns:
        if column.unique and column.field in report.table.places:
            _doubled(report, rows, (column.field,), column.title)
    _doubled(
        report,
        rows,
        kind.key or tuple(c.field for c in kind.columns),
        kind.column(kind.key[0]).title if kind.key else "",
    )
    _unusual(ctx, report, rows)
    _spread(report, rows)
    if kind.check:
        good = [row for row in rows if row.number not in report.bad]
        for problem in kind.check(ctx, good, options) if kind.options else kind.check(ctx, good):
            report.add(problem)
        _spread(report, rows)


def _column(report: _Report, table: Table, column: Column) -> list[Any]:
    """One column's values; each distinct cell is read once. A bad or empty cell is None."""
    at, parse = table.places[column.field], parser_of(column)
    if not column.required and all(cells[at] == "" for _, cells in table.rows):
        return [None] * len(table.rows)
    seen: dict[Any, tuple[Any, str]] = {}
    found: list[Any] = []
    for number, cells in table.rows:
        cell = cells[at]
        if cell == "" or cell is None:
            if column.required:
                why = "这是合并单元格；请取消合并后逐行填写" if (number, at) in table.merged else "必填，不能为空"
                report.add(Problem(number, column.title, "", why))
            found.append(None)
            continue
        key = (bool, cell) if cell is True or cell is False else cell  # since True == 1
        known = seen.get(key)
        if known is None:
            known = seen[key] = _read(parse, cell)
        value, why = known
        if why:
            report.add(Problem(number, column.title, str(cell), why))
        found.append(value)
    return found


def _read(parse: Any, cell: Any) -> tuple[Any, str]:
    try:
        return parse(cell), ""
    except BadCell as error:
        return None, str(error)


def _doubled(report: _Report, rows: list[Row], fields: tuple[str, ...], title: str) -> None:
    """Rows that say the same thing twice: the first stands, the later ones are refused."""
    present = [name for name in fields if name in report.table.places]
    if not present:
        return
    pick = operator.itemgetter(present[0], *present) if len(present) == 1 else operator.itemgetter(*present)
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if row.number in report.bad:
            continue
        key = pick(row.values)
        if key.count(None) == len(key):
            continue
        earlier = first.setdefault(key, row.number)
        if earlier != row.number:
            value = "、".join(str(part) for part in dict.fromkeys(key) if part is not None) if title else ""
            report.add(Problem(row.number, title, value, f"与第 {earlier} 行重复；请只留一行"))


def _unusual(ctx: ActContext, report: _Report, rows: list[Row]) -> None:
    """Values outside the dated table of what is usual: allowed, with a confirmed reason."""
    ranges = usual_ranges(ctx)
    for column in report.kind.columns:
        if not column.usual or column.usual not in ranges:
            continue
        low, high = ranges[column.usual]
        for row in rows:
            value = row.values.get(column.field)
            if row.number not in report.bad and isinstance(value, int) and not low <= value <= high:
                why = f"不在常见范围 {shown(column, low)} 至 {shown(column, high)} 之内；如属实，收下时请填写理由"
                report.add(Problem(row.number, column.title, shown(column, value), why, level=UNUSUAL))


def usual_ranges(ctx: ActContext) -> dict[str, tuple[int, int]]:
    """What is usual, by item, in force today in the context's region; empty where nobody has set it."""
    found = ctx.inforce().get("usual_ranges")
    return {row[0]: (row[2], row[3]) for row in found.value} if isinstance(found, Value) else {}


def _spread(report: _Report, rows: list[Row]) -> None:
    """A group stands or falls together: one bad row keeps its group out."""
    name = report.kind.group
    if name is None:
        return
    title = report.kind.column(name).title
    why = {row.values.get(name): row.number for row in reversed(rows) if row.number in report.bad}
    for row in rows:
        group = row.values.get(name)
        if row.number not in report.bad and group is not None and group in why:
            report.add(Problem(row.number, title, str(group), f"同组的第 {why[group]} 行有错，整组暂不收；请一并改正"))


def masked(column: Column | None, value: str) -> str:
    """A value as a report shows it: cut to 60 characters, personal ones masked."""
    if column is None or not column.masked or not value:
        return value if len(value) <= SHOWN_VALUE else value[:SHOWN_VALUE] + "…"
    if column.kind == "phone":
        return mask_phone(value) if len(value) >= 8 else "****"
    if column.kind == "idnumber":
        return mask_document(value[:18]) if len(value) >= 12 else "****"
    return mask_name(value)[:SHOWN_VALUE]


def by_chunks(rows: Iterable[Row], kind: SheetKind) -> list[list[Row]]:
    """The rows in pieces of about ``kind.chunk``; a group is never cut."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.number if kind.group is None else row.values.get(kind.group), []).append(row)
    chunks: list[list[Row]] = [[]]
    for group in groups.values():
        if chunks[-1] and len(chunks[-1]) + len(group) > kind.chunk:
            chunks.append([])
        chunks[-1] += group
    return [chunk for chunk in chunks if chunk]
