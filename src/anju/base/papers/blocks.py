"""What a paper is made of: plain blocks that are frozen with it. No markup in a text means anything."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

Block = dict[str, Any]
TEXT_MAX = 20_000


def para(text: object, *, indent: bool = True) -> Block:
    """A paragraph, its first line indented by two characters."""
    return {"kind": "para", "text": _text(text), "indent": indent}


def heading(text: object) -> Block:
    """A heading in the middle of a paper."""
    return {"kind": "heading", "text": _text(text)}


def clause(title: object, *texts: object) -> Block:
    """A numbered clause: ``clause("一、收购房源", "甲方……", "乙方……")``."""
    return {"kind": "clause", "title": _text(title), "texts": [_text(one) for one in texts]}


def table(
    header: Sequence[object], rows: Iterable[Sequence[object]], *, title: str = "", widths: Sequence[int] = ()
) -> Block:
    """A table; every row has as many cells as the header. ``widths`` are shares. Raises ValueError."""
    head, body = [_text(one) for one in header], [[_text(one) for one in row] for row in rows]
    if any(len(row) != len(head) for row in body) or (widths and len(widths) != len(head)):
        raise ValueError(f"table {title}: a row or the widths do not fit the {len(head)} columns")
    return {"kind": "table", "header": head, "rows": body, "title": title, "widths": list(widths) or [1] * len(head)}


def facts(pairs: Iterable[tuple[object, object]]) -> Block:
    """Label and value, line by line, as a table of two columns."""
    return {"kind": "facts", "rows": [[_text(label), _text(value)] for label, value in pairs]}


def signatures(parties: Iterable[str | tuple[str, Sequence[str]]]) -> Block:
    """Places to sign: a title (甲方（盖章）) and the lines below it (法定代表人：, 日期：)."""
    plain = [
        (one, ("法定代表人或授权代表（签字）：", "日期：      年    月    日")) if isinstance(one, str) else one
        for one in parties
    ]
    return {
        "kind": "signatures",
        "parties": [{"title": _text(t), "lines": [_text(x) for x in lines]} for t, lines in plain],
    }


def note(text: object) -> Block:
    """Small print."""
    return {"kind": "note", "text": _text(text)}


def texts_of(blocks: Iterable[Block]) -> list[str]:
    """Every text of the blocks in reading order: what both files must say."""
    found: list[str] = []
    for block in blocks:
        match block["kind"]:
            case "clause":
                found += [block["title"], *block["texts"]]
            case "table":
                found += [block["title"], *block["header"], *(cell for row in block["rows"] for cell in row)]
            case "facts":
                found += [cell for row in block["rows"] for cell in row]
            case "signatures":
                found += [text for party in block["parties"] for text in (party["title"], *party["lines"])]
            case _:
                found.append(block["text"])
    return [text for text in found if text]


def _text(value: object) -> str:
    text = str(value) if value is not None else "—"
    if len(text) > TEXT_MAX:
        raise ValueError(f"a block holds at most {TEXT_MAX} characters, got {len(text)}")
    # Not isprintable(): it drops characters newer than this Python, and a name may hold one.
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
