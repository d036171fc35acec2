"""From the bytes of a file to one table: the header found by its titles, even under preamble rows or over two rows."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import python_calamine as calamine

from anju.base.files.content import BadFile
from anju.base.sheets.cells import CELL_MAX, clean
from anju.base.sheets.kinds import Column, SheetKind

HEADER_ROWS = 30  # the header is looked for in the first so many rows
ROWS_MAX = 200_000
COLUMNS_MAX = 500
CELLS_MAX = 12_000_000
TOTALS = frozenset({"合计", "总计", "小计"})
# Addresses past column Z or row 99,999: the only ones that can make a sheet too large.
_FAR_OUT = re.compile(rb"\br\s*=\s*[\"']([A-Z]{2,}(?=\d)|[A-Z]?(?=\d{6}))(\d+)[\"']")
SHEETS = frozenset({"xlsx", "xls", "ods", "csv", "text"})


@dataclass
class Table:
    """One table as read: ``places`` says in which column of the file each field stands; ``rows`` are (number, cells)."""

    sheet: str
    places: dict[str, int]
    rows: list[tuple[int, list[Any]]]
    missing: list[Column] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    merged: set[tuple[int, int]] = field(default_factory=set)


def read_table(kind: SheetKind, media: str, data: bytes) -> Table:
    """The one sheet of the file that holds this kind's columns. Raises BadFile with what was looked for and found."""
    sheets = _csv(data) if media in ("csv", "text") else _workbook(media, data)
    found = [(sheet, _header(kind, sheet.rows)) for sheet in sheets if not sheet.hidden]
    fitting = [(sheet, head) for sheet, head in found if head.places]
    if not fitting:
        wanted = "、".join(c.title for c in kind.columns if c.required) or "、".join(c.title for c in kind.columns)
        raise BadFile(
            f"前 {HEADER_ROWS} 行里没有找到「{kind.title}」的表头（应有：{wanted}），没有收下；请下载模板，把数据填入模板后重新上传"
        )
    best = max(len(head.places) for _, head in fitting)
    chosen = [(sheet, head) for sheet, head in fitting if len(head.places) * 2 > best and len(sheet.rows) > head.end]
    if len(chosen) > 1:
        names = "、".join(f"「{sheet.name}」" for sheet, _ in chosen)
        raise BadFile(
            f"文件里有 {len(chosen)} 个工作表都像「{kind.title}」：{names}，没有收下；请合并到一个工作表，或分成几个文件上传"
        )
    sheet, head = chosen[0] if chosen else fitting[0]
    return _table(kind, sheet, head, [other for other in sheets if other is not sheet])


@dataclass
class _Sheet:
    name: str
    rows: list[list[Any]]
    hidden: bool = False
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


@dataclass
class _Header:
    end: int = 0  # index of the first data row
    places: dict[str, int] = field(default_factory=dict)
    unknown: list[tuple[int, str]] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def plain_title(text: Any) -> str:
    """A title as it is compared: no blanks, stars, or notes of being required; full-width forms made half-width."""
    words = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"\s|\*|\((?:必填|选填)\)|[:]$", "", words).lower()


def _header(kind: SheetKind, rows: list[list[Any]]) -> _Header:
    """The header with the most known titles among the first rows; a header may lie over two rows (merged groups)."""
    known = {plain_title(column.title): column.field for column in kind.columns}
    best = _Header()
    top = [[plain_title(cell) if isinstance(cell, str) else "" for cell in row] for row in rows[: HEADER_ROWS + 1]]
    for at, row in enumerate(top[:HEADER_ROWS]):
        candidates = [(row, at + 1)]
        if at + 1 < len(top):
            candidates.append((_over_two_rows(known, row, top[at + 1]), at + 2))
        for titles, end in candidates:
            head = _matched(known, titles, rows[end - 1], end)
            if len(head.places) > len(best.places):
                best = head
    return best if len(best.places) * 2 >= min(len(kind.columns), 4) else _Header()


def _over_two_rows(known: dict[str, str], high: list[str], low: list[str]) -> list[str]:
    """The titles of a head of two rows: where groups are merged above, the lower cell counts; else the one that is known."""
    wide = max(len(high), len(low))
    pairs = zip(high + [""] * (wide - len(high)), low + [""] * (wide - len(low)), strict=True)
    return [below if below in known else above if above in known else below or above for above, below in pairs]


def _matched(known: dict[str, str], titles: list[str], printed: list[Any], end: int) -> _Header:
    head = _Header(end=end)
    for at, title in enumerate(titles):
        name = known.get(title)
        if name and name in head.places:
            head.doubled.append(title)
        elif name:
            head.places[name] = at
        elif title:
            shown = printed[at] if at < len(printed) and isinstance(printed[at], str) else title
            head.unknown.append((at, str(shown).strip()[:40]))
    return head


def _table(kind: SheetKind, sheet: _Sheet, head: _Header, others: list[_Sheet]) -> Table:
    if head.doubled:
        raise BadFile(f"表头里有重复的列：{'、'.join(head.doubled)}，没有收下；请只留一列后重新上传")
    missing = [c for c in kind.columns if c.required and c.field not in head.places]
    told = [f"没有读「{name}」列（{letter(at)} 列），本表不用这一列" for at, name in head.unknown]
    told += [f"没有读工作表「{o.name}」{'（隐藏）' if o.hidden else ''}" for o in others if o.rows]
    rows: list[tuple[int, list[Any]]] = []
    places, wide = sorted(head.places.values()), max(head.places.values()) + 1
    for number, row in enumerate(sheet.rows[head.end :], head.end + 1):
        cells = [
            clean(cell) if cell and isinstance(cell, str) else cell for cell in row
        ]  # most cells of a sheet are empty
        if len(cells) < wide:
            cells += [""] * (wide - len(cells))
        filled = [cells[at] for at in places if cells[at] != ""]
        if not filled:
            continue
        first = next(cell for cell in cells if cell != "")
        if isinstance(first, str) and first.replace(" ", "").rstrip(":：") in TOTALS:
            told.append(f"第 {number} 行是合计行，没有读")
            continue
        rows.append((number, cells))
    return Table(sheet.name, head.places, rows, missing, told, _merged_cells(sheet.merged, head.end))


def _merged_cells(ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], end: int) -> set[tuple[int, int]]:
    """(row number, column index) of cells that are covered by a merged neighbour, below the header."""
    found: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in ranges:
        if bottom < end or (bottom - top + 1) * (right - left + 1) > 100_000:
            continue
        found |= {(r + 1, c) for r in range(top, bottom + 1) for c in range(left, right + 1) if (r, c) != (top, left)}
    return found


def letter(at: int) -> str:
    """A column as Excel letters it: 0 is A, 26 is AA."""
    name, at = "", at + 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def _workbook(media: str, data: bytes) -> list[_Sheet]:
    try:
        if media == "xlsx":
            _refuse_sparse(data)
        if media == "ods":
            _refuse_repeats(data)
        with calamine.CalamineWorkbook.from_object(io.BytesIO(data)) as book:
            return [_sheet(book, meta) for meta in book.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet]
    except calamine.PasswordError as error:
        raise BadFile("文件设有打开密码，没有收下；请去掉密码后重新上传") from error
    except (calamine.CalamineError, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise BadFile("表格已损坏，读不出来，没有收下；请用 Excel 或 WPS 打开并另存为 xlsx 后重新上传") from error


def _sheet(book: calamine.CalamineWorkbook, meta: calamine.SheetMetadata) -> _Sheet:
    sheet = book.get_sheet_by_name(meta.name)
    _refuse_large(meta.name, sheet.total_height, sheet.total_width)
    merged = sheet.merged_cell_ranges or []
    hidden = meta.visible != calamine.SheetVisibleEnum.Visible
    return _Sheet(meta.name, sheet.to_python(skip_empty_area=False), hidden, merged)


def _refuse_large(name: str, height: int, width: int) -> None:
    if height > ROWS_MAX + HEADER_ROWS:
        raise BadFile(f"工作表「{name}」有 {height} 行，超过上限 {ROWS_MAX} 行，没有收下；请删去空行或拆成几个文件")
    if width > COLUMNS_MAX:
        raise BadFile(f"工作表「{name}」有 {width} 列，超过上限 {COLUMNS_MAX} 列，没有收下；请删去多余的列")
    if height * width > CELLS_MAX:
        raise BadFile(
            f"工作表「{name}」有 {height} 行 × {width} 列，超过上限 {CELLS_MAX} 格，没有收下；请删去空行、空列"
        )


def _refuse_sparse(data: bytes) -> None:
    """A cell far out makes the reader lay out everything before it: look at the addresses first, in the raw parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                part = archive.read(name)
                addresses = set(_FAR_OUT.findall(part))
                height = max((int(row) for _, row in addresses), default=0)
                width = max((_index(column) for column, _ in addresses), default=0)
                _refuse_large(name.rpartition("/")[2], height, width)


def _index(letters: bytes) -> int:
    number = 0
    for one in letters:
        number = number * 26 + one - 64
    return number


def _refuse_repeats(data: bytes) -> None:
    """ODS repeats a filled row or cell by a number: refuse numbers that no table has, except on the empty end of a sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("content.xml")
    for row in text.split(b"<table:table-row")[1:]:
        if b"office:value" not in row:
            continue
        head, _, cells = row.partition(b">")
        wide = sum(int(n) for n in re.findall(rb'office:value-type[^>]*number-columns-repeated="(\d+)"', cells))
        wide += sum(int(n) for n in re.findall(rb'number-columns-repeated="(\d+)"[^>]*office:value-type', cells))
        times = re.search(rb'number-rows-repeated="(\d+)"', head)
        _refuse_large("ODS", int(times[1]) if times else 1, wide)


def _csv(data: bytes) -> list[_Sheet]:
    text = _decoded(data)
    sample = "\n".join(text.splitlines()[:HEADER_ROWS])
    delimiter = max(",\t;", key=sample.count)
    rows: list[list[Any]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(list(row))
            if len(rows) > ROWS_MAX + HEADER_ROWS:
                _refuse_large("CSV", len(rows), 1)
    except csv.Error as error:
        raise BadFile(
            f"CSV 第 {reader.line_num} 行附近引号不成对，或一格超过 {CELL_MAX} 个字，没有收下；请改正或另存为 xlsx 后重新上传"
        ) from error
    _refuse_large("CSV", len(rows), max((len(row) for row in rows), default=0))
    return [_Sheet("CSV", rows)]


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("CSV 的编码不是 UTF-8 也不是 GB18030，没有收下；请另存为 xlsx 后重新上传")
