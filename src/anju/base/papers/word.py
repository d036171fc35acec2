"""The Word form of a paper. Fonts are named, not embedded: 仿宋 and 黑体 where the reader has them."""

import io
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import segno
from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

BODY, TITLE, STRONG = "仿宋", "方正小标宋简体", "黑体"
RED = RGBColor(0xC8, 0x10, 0x2E)
SIZE = 15
TEXT_WIDTH = 156  # mm between the margins


def draw(data: dict[str, Any]) -> bytes:
    """The document of frozen data."""
    paper = Document()
    _set_up(paper, data)
    _head(paper, data)
    for block in data["blocks"]:
        _DRAW[block["kind"]](paper, block)
    _code(paper, data)
    buffer = io.BytesIO()
    paper.save(buffer)
    return buffer.getvalue()


def _set_up(paper: Paper, data: dict[str, Any]) -> None:
    section = paper.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(SIZE)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    style.paragraph_format.line_spacing, style.paragraph_format.space_after = 1.4, Pt(0)
    core = paper.core_properties
    core.title, core.author, core.comments = (
        data["title"],
        data["issuer"],
        data["synthetic_note"] if data["synthetic"] else "",
    )
    core.created = core.modified = datetime.fromisoformat(data["issued_at"]).astimezone(UTC).replace(tzinfo=None)
    foot = section.footer.paragraphs[0]
    _run(foot, data["foot"] + "  第 ", size=9)
    _field(foot, "PAGE")
    _run(foot, " 页 共 ", size=9)
    _field(foot, "NUMPAGES")
    _run(foot, " 页", size=9)


def _head(paper: Paper, data: dict[str, Any]) -> None:
    middle = WD_ALIGN_PARAGRAPH.CENTER
    if data["red_head"]:
        _line(paper, data["red_head"], size=30, align=middle, font=TITLE, colour=RED)
        number = _line(paper, data["number"], size=14, align=middle)
        _border(number, "bottom", "C8102E", 12)
    _line(paper, data["title"], size=21, align=middle, font=TITLE, bold=True)
    if not data["red_head"]:
        _line(paper, data["number"], size=12, align=middle)
    if data["synthetic"]:
        _line(paper, data["synthetic_note"], size=11, align=middle, colour=RED)


def _para(paper: Paper, block: dict[str, Any]) -> None:
    _line(paper, block["text"], indent=block["indent"])


def _heading(paper: Paper, block: dict[str, Any]) -> None:
    _line(paper, block["text"], align=WD_ALIGN_PARAGRAPH.CENTER, font=STRONG, bold=True)


def _clause(paper: Paper, block: dict[str, Any]) -> None:
    _line(paper, block["title"], font=STRONG, bold=True).paragraph_format.keep_with_next = True
    for text in block["texts"]:
        _line(paper, text, indent=True)


def _table(paper: Paper, block: dict[str, Any]) -> None:
    if block["title"]:
        caption = _line(paper, block["title"], size=12, align=WD_ALIGN_PARAGRAPH.CENTER, font=STRONG, bold=True)
        caption.paragraph_format.keep_with_next = True
    _grid(paper, [block["header"], *block["rows"]], block["widths"], headed=True)


def _facts(paper: Paper, block: dict[str, Any]) -> None:
    _grid(paper, block["rows"], [1, 3], headed=False)


def _grid(paper: Paper, rows: list[list[str]], widths: list[int], *, headed: bool) -> None:
    """A ruled table, its rows written as XML at once: python-docx takes a second for each hundred."""
    grid = paper.add_table(rows=0, cols=len(widths), style="Table Grid")
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    twips = [round(Mm(TEXT_WIDTH * share / sum(widths)).twips) for share in widths]
    for at, row in enumerate(rows):
        head = headed and at == 0
        cells = "".join(_cell(text, width, head) for text, width in zip(row, twips, strict=True))
        repeat = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if head else "<w:trPr><w:cantSplit/></w:trPr>"
        grid._tbl.append(parse_xml(f"<w:tr {nsdecls('w')}>{repeat}{cells}</w:tr>"))
    paper.add_paragraph().paragraph_format.line_spacing = 0.5


def _cell(text: str, twips: int, bold: bool) -> str:
    look = f'<w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="21"/><w:szCs w:val="21"/></w:rPr>'
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:spacing w:line="264" w:lineRule="auto"/>'
        f"</w:pPr><w:r>{look}{lines}</w:r></w:p></w:tc>"
    )


def _signatures(paper: Paper, block: dict[str, Any]) -> None:
    parties = block["parties"]
    grid = paper.add_table(rows=0, cols=min(len(parties), 2))
    for at in range(0, len(parties), 2):
        cells = grid.add_row().cells
        for cell, party in zip(cells, parties[at : at + 2], strict=False):
            _run(cell.paragraphs[0], party["title"])
            cell.paragraphs[0].paragraph_format.space_after = Pt(40)
            for line in party["lines"]:
                _run(cell.add_paragraph(), line, size=12)
    paper.add_paragraph()


def _note(paper: Paper, block: dict[str, Any]) -> None:
    _line(paper, block["text"], size=10.5)


def _code(paper: Paper, data: dict[str, Any]) -> None:
    grid = paper.add_table(rows=1, cols=2)
    words, picture = grid.rows[0].cells
    words.width, picture.width = Mm(132), Mm(24)
    _run(words.paragraphs[0], data["code_note"], size=10.5)
    image = io.BytesIO()
    segno.make(data["code_target"], error="m").save(image, kind="png", scale=6, border=1)
    image.seek(0)
    picture.paragraphs[0].add_run().add_picture(image, width=Mm(18))


def _line(paper: Paper, text: str, *, indent: bool = False, align: Any = None, **look: Any) -> Paragraph:
    line = paper.add_paragraph()
    if align is not None:
        line.alignment = align
    if indent:
        line.paragraph_format.first_line_indent = Pt(SIZE * 2)
    _run(line, text, **look)
    return line


def _run(
    line: Paragraph,
    text: str,
    *,
    size: float = SIZE,
    bold: bool = False,
    font: str = "",
    colour: RGBColor | None = None,
) -> None:
    run = line.add_run(text)
    run.font.size, run.bold = Pt(size), bold or None
    if colour is not None:
        run.font.color.rgb = colour
    if font:
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _field(line: Paragraph, name: str) -> None:
    run = line.add_run()
    run.font.size = Pt(9)
    for kind, text in (("begin", ""), ("", name), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)


def _border(line: Paragraph, side: str, colour: str, eighths: int) -> None:
    borders, edge = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        edge.set(qn(f"w:{key}"), value)
    borders.append(edge)
    line._element.get_or_add_pPr().append(borders)


_DRAW = {
    "para": _para, "heading": _heading, "clause": _clause, "table": _table, "facts": _facts, "signatures": _signatures, "note": _note,
}  # fmt: skip
