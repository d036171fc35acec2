"""Files as nobody should send them: random cells in every kind of sheet, and workbooks with broken bytes. Each is told, none is a fault."""

import io
import random
import struct
import time
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest

from anju.base.acts import Refused
from anju.base.files import store
from anju.base.files.content import check_upload
from anju.base.regions import scope
from anju.base.sheets import kinds
from anju.base.sheets.check import check_table
from anju.base.sheets.kinds import SheetKind
from anju.base.sheets.read import SHEETS, read_table
from long.seeds import dice
from support.db import context
from support.sheets import csv, kind, ods, row, xlsx

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200), pytest.mark.django_db]
COUNTY, SLOW_SECONDS = "231202", 20
FILES, BROKEN = 60, 4_000
ODD = [
    "", " ", "　", "0", "-1", "1e400", "1E+18", "٣", "１２", "1,234.567", "120.00㎡", "=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "是", "否",
    "无", "231202199001011237", "2.31202E+17", "13800138000", "2024-02-30", "2024年13月1日", "00:00", "\u202e12", "\x00", "\ufeff甲",
    "甲" * 5_000, "𠮷", "NaN", "inf", "#REF!", "#N/A", "<script>", "'; DROP TABLE x; --", "%s%s", "{{7*7}}", "\r\n", "\t", "true", "None",
]  # fmt: skip


def cell(chance: random.Random, columns: tuple[Any, ...], at: int) -> Any:
    """Something for a cell: odd texts, numbers beyond reason, days out of time, a choice of another column."""
    pick = chance.randrange(9)
    if pick < 3:
        return chance.choice(ODD)
    if pick == 3:
        return chance.choice(
            [0, -1, 1, 0.1, 1e15, 1.5e308, -0.0, 2**53 + 1, chance.uniform(-1e6, 1e6), chance.randrange(10**12)]
        )
    if pick == 4:
        return date(1900, 1, 1) + timedelta(days=chance.randrange(60_000))
    if pick == 5:
        return chance.random() < 0.5
    if pick == 6:
        choices = [word for column in columns for word in column.choices]
        return chance.choice(choices) if choices else "无"
    if pick == 7:
        return "".join(
            chr(chance.choice([chance.randrange(32, 127), chance.randrange(0x4E00, 0x9FA5)]))
            for _ in range(chance.randrange(1, 40))
        )
    return getattr(columns[at], "note", "") or "样例"


def told(sheet: SheetKind, name: str, data: bytes) -> str:
    """What a file came to: a sentence where it was refused whole, or how many problems its rows have. Anything else is raised."""
    started = time.monotonic()
    try:
        media = check_upload(name, data, SHEETS, store.MAX_BYTES)
        table = read_table(sheet, media, data)
        with scope(COUNTY):
            checked = check_table(context(region=COUNTY), sheet, table, {})
    except Refused as refused:  # BadFile is one; a check across rows may need an option that the file does not give
        assert refused.sentence and not refused.sentence.isascii()
        return "refused"
    assert time.monotonic() - started < SLOW_SECONDS
    for problem in checked.problems:
        assert problem["reason"] and len(problem["value"]) <= 200
    return f"{len(checked.good)} good, {len(checked.problems)} problems"


@pytest.mark.parametrize("name", sorted(kinds.KINDS))
def test_random_cells_are_told_in_every_kind_of_sheet(name: str) -> None:
    sheet, chance = kinds.KINDS[name], dice(f"cells/{name}")
    titles, outcomes = [column.title for column in sheet.columns], set()
    for _ in range(FILES):
        head = titles if chance.random() < 0.7 else chance.sample(titles, chance.randrange(1, len(titles) + 1))
        lines = [
            [cell(chance, sheet.columns, titles.index(title)) for title in head] for _ in range(chance.randrange(1, 30))
        ]
        shape = chance.randrange(3)
        if shape == 0:
            data, file = xlsx(_plain(lines), head=head), "x.xlsx"
        elif shape == 1:
            data, file = ods(_xml(lines), head=_xml([head])[0]), "x.ods"
        else:
            data, file = csv(_flat(lines), head=head), "x.csv"
        outcomes.add(told(sheet, file, data))
    assert len(outcomes) > 1, "more than one way was taken"


def _plain(lines: list[list[Any]]) -> list[list[Any]]:
    """What a workbook can hold."""
    return [
        [str(v) if isinstance(v, float) and abs(v) > 1e300 else v[:32_000] if isinstance(v, str) else v for v in one]
        for one in lines
    ]


def _xml(lines: list[list[Any]]) -> list[list[Any]]:
    def safe(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        kept = "".join(c for c in value if c >= " " and c not in "\ufffe\uffff")
        return kept.replace("&", "&amp;").replace("<", "&lt;")

    return [[safe(value) for value in one] for one in lines]


def _flat(lines: list[list[Any]]) -> list[list[Any]]:
    return [[str(value).replace('"', "”") for value in one] for one in lines]


def broken(chance: random.Random, data: bytes) -> bytes:
    """The file with something wrong in its bytes, its parts or its lengths."""
    found, pick = bytearray(data), chance.randrange(7)
    if pick == 0:
        return bytes(found[: chance.randrange(len(found))])
    if pick == 1:
        for _ in range(chance.randrange(1, 40)):
            found[chance.randrange(len(found))] = chance.randrange(256)
    elif pick == 2:
        at = chance.randrange(len(found))
        found[at:at] = chance.randbytes(chance.randrange(1, 300))
    elif pick == 3:
        at = chance.randrange(len(found))
        del found[at : at + chance.randrange(1, 200)]
    elif pick == 4:  # a length, an offset or a count that is not so
        at = chance.randrange(max(len(found) - 4, 1))
        found[at : at + 4] = struct.pack("<I", chance.choice([0, 1, 2**31, 2**32 - 1, chance.randrange(2**32)]))
    else:
        return _other_parts(chance, bytes(found), doubled=pick == 5)
    return bytes(found)


def _other_parts(chance: random.Random, data: bytes, *, doubled: bool) -> bytes:
    """The same archive with a part's own bytes broken, left out, doubled or swapped."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        victim, other = chance.choice(names), chance.choice(names)
        for name in names:
            part = old.read(name)
            if name == victim:
                how = chance.randrange(4)
                part = (part[: len(part) // 2], old.read(other), broken_text(chance, part), b"")[how]
            new.writestr(name, part)
        if doubled:
            new.writestr(f"xl/worksheets/../{other}", old.read(other))
    return out.getvalue()


def broken_text(chance: random.Random, part: bytes) -> bytes:
    """XML with something in it that no reader should follow."""
    odd = [
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;", b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        b"<c t='s'><v>999999999</v></c>", b"<c><f>1+1</f><v></v></c>", b"]]>", b"\xff\xfe", b"<a" * 500, b"<c r='A0'/>", b"<c s='-1'/>",
    ]  # fmt: skip
    at = chance.randrange(len(part) + 1)
    return part[:at] + chance.choice(odd) + part[at:]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("media", ["xlsx", "ods"])
def test_broken_workbooks_are_told_and_never_a_fault_or_a_standstill(media: str) -> None:
    sheet, chance = kind(), dice(f"broken/{media}")
    lines = [row(受理号=str(n)) for n in range(20)]
    good = xlsx(lines) if media == "xlsx" else ods(lines)
    assert told(sheet, f"x.{media}", good).startswith("20 good")
    outcomes: dict[str, int] = {}
    for _ in range(BROKEN):
        data = broken(chance, good)
        outcome = told(sheet, f"x.{media}", data).split(",")[0]
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    print(outcomes)
    assert outcomes["refused"] > BROKEN // 3


def test_broken_texts_are_told() -> None:
    sheet, chance = kind(), dice("broken/csv")
    good = csv([row(受理号=str(n)) for n in range(20)])
    for _ in range(BROKEN):
        found = bytearray(good)
        for _ in range(chance.randrange(1, 30)):
            found[chance.randrange(len(found))] = chance.randrange(256)
        told(sheet, "x.csv", bytes(found[: chance.randrange(1, len(found) + 1)]))
