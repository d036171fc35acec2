"""Reading and checking a file of 100,000 rows, and drawing a paper: what a user waits for."""

import io
import os
import random
import time
from datetime import UTC, datetime
from typing import Any

from bench.core import Figure

ROWS = 100_000
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def run() -> list[Figure]:
    """CPU seconds, so that a busy machine does not count."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.front.settings")
    import django

    django.setup()
    return [*_reading(), *_papers()]


def _reading() -> list[Figure]:
    import python_calamine

    from anju.base.acts import ActContext
    from anju.base.files.content import check_upload
    from anju.base.sheets.check import check_table
    from anju.base.sheets.read import SHEETS, read_table
    from anju.policy.parameters import ParameterBook

    kind, data = _kind(), _workbook()
    ctx = ActContext(
        account=None,
        post="bench",
        region="231200",
        powers=frozenset(),
        params=ParameterBook(),
        now=datetime(2026, 3, 2, tzinfo=UTC),
    )
    start = time.process_time()
    with python_calamine.CalamineWorkbook.from_object(io.BytesIO(data)) as book:
        book.get_sheet_by_index(0).to_python()
    bare = time.process_time() - start
    start = time.process_time()
    media = check_upload("bench.xlsx", data, SHEETS, len(data))
    found = check_table(ctx, kind, read_table(kind, media, data))
    ours = time.process_time() - start
    assert len(found.good) == ROWS
    return [Figure("sheets.100k.seconds", ours, "s", "the reader alone, nothing checked", ours / bare)]


def _papers() -> list[Figure]:
    from anju.base.papers import para, signatures, table
    from anju.base.papers.draw import docx_of, pdf_of

    rows = [[f"{n}号楼", str(100 + n), "70.02", "276,579.00"] for n in range(500)]
    data: dict[str, Any] = {
        "title": "存量商品房收购意向书", "number": "意〔2026〕1号", "code": "AAAA-AAAA-AAAA", "red_head": "", "issuer": "",
        "issued_at": "2026-03-02T09:00:00+08:00", "synthetic": True, "synthetic_note": "合成", "foot": "意〔2026〕1号", "code_target": "A",
        "code_note": "文书码", "region": "231200",
        "blocks": [para("甲乙双方自主协商。"), table(["楼幢", "房号", "面积", "总价"], rows), signatures(["甲方", "乙方"])],
    }  # fmt: skip
    return [_timed("papers.pdf.ms", pdf_of, data), _timed("papers.docx.ms", docx_of, data)]


def _timed(name: str, draw: Any, data: dict[str, Any]) -> Figure:
    draw(data)
    start = time.process_time()
    draw(data)
    return Figure(name, (time.process_time() - start) * 1000, "ms", "a paper with a table of 500 homes")


def _kind() -> Any:
    from anju.base.sheets import Column, SheetKind

    return SheetKind("bench", "样表", "bench", (
        Column("受理号", "number", "code", required=True, unique=True), Column("申请人", "name", required=True, personal=True),
        Column("身份证号", "document", "idnumber", required=True), Column("手机号", "phone", "phone"),
        Column("建筑面积(㎡)", "gross_cm2", "area", required=True), Column("总价(元)", "price_fen", "yuan"),
        Column("竣工日期", "built_on", "date"), Column("有电梯", "lift", "bool"), Column("用途", "use", "choice", choices={"住宅": "home"}),
        Column("备注", "note"),
    ), lambda ctx, rows, load: [])  # fmt: skip


def _workbook() -> bytes:
    from anju.base.sheets.out import workbook

    rng = random.Random(1)
    rows = (
        [
            f"A{n}",
            "王小明",
            _citizen(rng),
            f"138{n:08d}",
            50 + n % 5000 / 100,
            276579 + n,
            "2024-05-01",
            True,
            "住宅",
            "",
        ]
        for n in range(ROWS)
    )
    return workbook("样表", [(c.title, "") for c in _kind().columns], rows, True)


def _citizen(rng: random.Random) -> str:
    body = f"231202{rng.randint(1940, 2007)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(0, 999):03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]
