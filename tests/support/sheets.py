"""Files as clerks bring them: workbooks with preambles, merged heads, hidden columns; and a kind of sheet to bring them for."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from anju.base.sheets.kinds import Column, SheetKind

HEAD = (
    "受理号",
    "申请人",
    "身份证号",
    "手机号",
    "建筑面积(㎡)",
    "总价(元)",
    "贷款(万元)",
    "竣工日期",
    "有电梯",
    "用途",
    "备注",
)
GOOD = ("A001", "王小明", "231202199001011237", "13845501234", 70.02, 276579, 12.5, date(2024, 5, 1), "是", "住宅", "")


def columns() -> tuple[Column, ...]:
    """One column of most kinds."""
    return (
        Column("受理号", "number", "code", required=True, unique=True),
        Column("申请人", "name", "text", required=True, personal=True, clause="3.2-0"),
        Column("身份证号", "document", "idnumber", required=True, clause="3.2-0"),
        Column("手机号", "phone", "phone"),
        Column("建筑面积(㎡)", "gross_cm2", "area", required=True, clause="3.3-3", usual="unit_gross_cm2"),
        Column("总价(元)", "price_fen", "yuan"),
        Column("贷款(万元)", "loan_fen", "wan"),
        Column("竣工日期", "built_on", "date"),
        Column("有电梯", "lift", "bool"),
        Column("用途", "use", "choice", choices={"住宅": "home", "公寓": "flat"}),
        Column("备注", "note", "text", longest=50),
    )


def kind(**changes: Any) -> SheetKind:
    """A kind that takes its rows into nothing, unless told otherwise."""
    values: dict[str, Any] = {
        "name": "sample", "title": "样表", "power": "base.bring_file", "columns": columns(), "take": lambda ctx, rows, load: [],
    }  # fmt: skip
    return SheetKind(**{**values, **changes})


def xlsx(
    rows: Iterable[Sequence[Any]], *, head: Sequence[str] = HEAD, above: Iterable[Sequence[Any]] = (), sheet: str = "Sheet1",
    more: dict[str, list[Sequence[Any]]] | None = None, hidden: Sequence[int] = (), merge: Sequence[tuple[int, int, int, int, Any]] = (),
) -> bytes:  # fmt: skip
    """A workbook: rows ``above`` the head, the head, the rows; ``more`` sheets, ``hidden`` columns, ``merge``d cells."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_numbers": False})
    for name, lines in {sheet: [*above, head, *rows], **(more or {})}.items():
        page = book.add_worksheet(name)
        for at, line in enumerate(lines):
            for place, value in enumerate(line):
                write(book, page, at, place, value)
        if name == sheet:
            for place in hidden:
                page.set_column(place, place, None, None, {"hidden": True})
            for top, left, bottom, right, value in merge:
                page.merge_range(top, left, bottom, right, value)
    book.close()
    return buffer.getvalue()


def write(book: Any, page: Any, at: int, place: int, value: Any) -> None:
    """One cell, typed as Excel would type it."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(at, place, value)
    elif isinstance(value, date):
        page.write_datetime(at, place, value, book.add_format({"num_format": "yyyy-mm-dd"}))
    elif isinstance(value, int | float):
        page.write_number(at, place, value)
    else:
        page.write_string(at, place, value)


def row(**changes: Any) -> tuple[Any, ...]:
    """The good row with some cells changed, by title."""
    return tuple(changes.get(title, value) for title, value in zip(HEAD, GOOD, strict=True))


def csv(rows: Iterable[Sequence[Any]], *, encoding: str = "utf-8-sig", head: Sequence[str] = HEAD) -> bytes:
    """The same as text."""
    lines = [",".join(str(cell) for cell in line) for line in (head, *rows)]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def zipped(parts: dict[str, bytes], *, stored: bool = False) -> bytes:
    """A zip of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sheet.main+xml"/></Types>'
)


def small_xlsx(**parts: bytes) -> bytes:
    """The bare parts by which a file is taken for an xlsx, with others beside."""
    return zipped({"[Content_Types].xml": CONTENT_TYPES, **{k.replace("__", "/"): v for k, v in parts.items()}})


def ods(rows: Iterable[Sequence[Any]], *, head: Sequence[str] = HEAD) -> bytes:
    """The same as OpenDocument: typed cells, and the empty rest of the sheet repeated a million times, as LibreOffice writes it."""
    rest = '<table:table-cell table:number-columns-repeated="16384"/>'
    empty = f'<table:table-row table:number-rows-repeated="1048000">{rest}</table:table-row>'
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, line))}</table:table-row>" for line in (head, *rows))
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{lines}{empty}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        "</manifest:manifest>"
    )
    kind_ = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind_, "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()})


def _ods_cell(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"><text:p>{value}</text:p></table:table-cell>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
