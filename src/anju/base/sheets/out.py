"""Tables out: xlsx in constant memory, header frozen, 合成 said on every sheet, no cell that could run as a formula."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from anju.base.sheets.cells import EXACT_DIGITS, looks_like_formula

WIDTH_MIN, WIDTH_MAX = 10, 40
ABOUT = "说明"
SYNTHETIC_NOTE = "合成数据，仅供演示，不代表任何真实的人、房屋或单位"


def workbook(
    title: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Any]],
    synthetic: bool,
    *,
    notes: Sequence[str] = (),
    about: Iterable[Sequence[str]] = (),
) -> bytes:
    """An xlsx with one sheet: title row, header row (``columns``: title and the note shown on it), rows. Values stay typed.

    ``about``: lines of a second sheet 「说明」, which says what the first one holds; read after the rows, so that it may count them.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    )
    book.set_properties({"title": title, "comments": SYNTHETIC_NOTE if synthetic else ""})
    _sheet(book, title, columns, rows, synthetic, notes)
    if about:
        _about(book, about, synthetic)
    book.close()
    return buffer.getvalue()


def _sheet(
    book: xlsxwriter.Workbook, title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], synthetic: bool,
    notes: Sequence[str],
) -> None:  # fmt: skip
    sheet = book.add_worksheet(sheet_name(title))
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "vcenter"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    text = book.add_format({"num_format": "@"})
    for at, (name, _) in enumerate(columns):
        sheet.set_column(at, at, min(max(WIDTH_MIN, 2 * len(name) + 2), WIDTH_MAX), text)
    above = [f"{title}（合成）" if synthetic else title, *notes, *([SYNTHETIC_NOTE] if synthetic else [])]
    for line, words in enumerate(above):
        sheet.write_string(line, 0, words, book.add_format({"bold": line == 0, "num_format": "@"}))
    top = len(above)
    for at, (name, note) in enumerate(columns):
        sheet.write_string(top, at, name, head)
        if note:
            sheet.write_comment(top, at, note)
    sheet.freeze_panes(top + 1, 0)
    for line, row in enumerate(rows, top + 1):
        for at, value in enumerate(row):
            _write(sheet, line, at, value, day, text)


def _about(book: xlsxwriter.Workbook, lines: Iterable[Sequence[str]], synthetic: bool) -> None:
    """The second sheet: plain text, nothing that could run."""
    sheet = book.add_worksheet(ABOUT)
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22, text)
    sheet.set_column(1, 3, 36, text)
    for line, cells in enumerate([*lines, *([[SYNTHETIC_NOTE]] if synthetic else [])]):
        for at, value in enumerate(cells):
            if value:
                sheet.write_string(line, at, safe(str(value)), text)


def _write(sheet: Any, line: int, at: int, value: Any, day: Any, text: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(line, at, "是" if value else "否", text)
    elif isinstance(value, datetime):
        sheet.write_string(line, at, value.strftime("%Y-%m-%d %H:%M"), text)
    elif isinstance(value, date):
        sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 a bare day
    elif isinstance(value, int | float) and abs(value) < 10**EXACT_DIGITS:
        sheet.write_number(line, at, value)
    elif isinstance(value, Decimal) and abs(value) < 10**12:
        sheet.write_number(line, at, float(value))
    else:
        sheet.write_string(line, at, safe(str(value)), text)


def safe(value: str) -> str:
    """Text that a spreadsheet cannot take for a formula: one that looks like it is led by an apostrophe."""
    return "'" + value if looks_like_formula(value) else value


def sheet_name(title: str) -> str:
    """A name Excel accepts: at most 31 characters, none of ``[]:*?/\\``."""
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "表"
