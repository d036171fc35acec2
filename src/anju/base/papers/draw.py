"""Draw a paper's two files from its frozen data: Word (signed) and PDF (kept and shown). Neither reads anything else."""

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst

from anju.base.papers.blocks import texts_of

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
FONT = "NotoSerifCJKsc-Regular.otf"


class NoFont(RuntimeError):
    """The font that ships with the program is gone."""


@cache
def _fonts() -> typst.Fonts:
    """The font is read once per process; only ours, so that a paper looks the same on every machine."""
    if not (FONTS / FONT).exists():
        raise NoFont(f"缺少字体文件 {FONT}（应在 base/papers/fonts），不能生成 PDF；请重新取出程序文件后重试")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def pdf_of(data: dict[str, Any]) -> bytes:
    """The PDF. The same data give the same bytes."""
    qr = io.BytesIO()
    segno.make(data["code_target"], error="m").save(qr, kind="svg", border=1, xmldecl=False)
    full = {**data, "qr": qr.getvalue().decode()}
    stamp = datetime.fromisoformat(data["issued_at"]).astimezone(UTC)
    compiler = typst.Compiler(input=HERE / "paper.typ", root=HERE, font_paths=_fonts(), ignore_system_fonts=True)
    drawn = compiler.compile(format="pdf", sys_inputs={"data": json.dumps(full, ensure_ascii=False)}, timestamp=stamp)
    assert isinstance(drawn, bytes)  # one file, since the format is PDF
    return drawn


def docx_of(data: dict[str, Any]) -> bytes:
    """The Word document, in the form of an official paper (GB/T 9704 margins)."""
    from anju.base.papers import word  # python-docx takes a while to import; pages do not need it

    return word.draw(data)


def missing_glyphs(texts: Iterable[str]) -> list[str]:
    """Characters the PDF's font has no shape for; the Word document leaves them to the reader's own fonts."""
    known = _covered()
    return sorted({c for text in texts for c in text if not c.isspace() and ord(c) not in known})


@cache
def _covered() -> frozenset[int]:
    ranges = json.loads((FONTS / "coverage.json").read_text())
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def words_of(data: dict[str, Any]) -> list[str]:
    """Every text both files show, in order, apart from page feet."""
    above = [data["red_head"], data["number"], data["title"]] if data["red_head"] else [data["title"], data["number"]]
    mark = [data["synthetic_note"]] if data["synthetic"] else []
    return [text for text in (*above, *mark, *texts_of(data["blocks"]), data["code_note"]) if text]
