"""Demand (需求单元): plain SQL texts that PostgreSQL and an analytical engine run unchanged, with equal rows.

No ``/`` (engines round it differently, or make it a float), functions only of ``FUNCTIONS``; bands are named by their lower edge, and
every share is worked out afterwards. The tables are ``needs_stay`` (from when until when a household stood on the list) and
``needs_wish``; whoever runs a text elsewhere gives it two tables of those names with the columns it reads.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import connection

from anju.base.acts import canonical
from anju.base.regions import region_range

AREA_BAND_CM2 = 100_000  # 10 ㎡
SALE_BAND_FEN, RENT_BAND_FEN = 5_000_000, 10_000  # 5 万元 of a total price, 100 元 of a month's rent
FUNCTIONS = frozenset({"COUNT", "SUM", "MIN", "MAX", "COALESCE", "CAST", "EXTRACT"})
# What a shared text may hold at all; a test refuses others.
WORD_BEFORE_BRACKET = re.compile(r"\b([A-Z_a-z]+)\s*\(")
KEYWORDS = frozenset(
    {"AS", "IN", "AND", "OR", "ON", "NOT", "WHEN", "THEN", "FROM", "JOIN", "WHERE", "VALUES", "EXISTS"}
)

# Each household once per cell: a wish with an earlier one of the same household in its cell is a twin (sql/demand.sql keeps which).
CELLS = """
SELECT w.county AS county, s.programme AS programme, w.tenure AS tenure, w.rooms AS rooms,
       w.area_from_cm2 - w.area_from_cm2 % 100000 AS area_band_cm2,
       CASE WHEN w.tenure = 'rent' THEN w.ceiling_fen - w.ceiling_fen % 10000
            ELSE w.ceiling_fen - w.ceiling_fen % 5000000 END AS price_band_fen,
       SUM(CASE WHEN w.twin THEN 0 ELSE 1 END) AS households,
       SUM(CASE WHEN w.rank = 1 THEN 1 ELSE 0 END) AS first_wishes
  FROM needs_stay s
  JOIN needs_wish w ON w.application_id = s.application_id
 WHERE s.region >= '{lo}' AND s.region <= '{hi}'
   AND s.since <= DATE '{on}' AND (s.until IS NULL OR s.until > DATE '{on}')
 GROUP BY 1, 2, 3, 4, 5, 6
 ORDER BY 1, 2, 3, 4, 5, 6
"""

HOUSEHOLDS = """
SELECT s.region AS region, s.programme AS programme, COUNT(*) AS households
  FROM needs_stay s
 WHERE s.region >= '{lo}' AND s.region <= '{hi}'
   AND s.since <= DATE '{on}' AND (s.until IS NULL OR s.until > DATE '{on}')
 GROUP BY 1, 2
 ORDER BY 1, 2
"""

# Who came onto the list and who left it, by month (yyyymm). A day's in and out of one household both count.
MOVES = """
SELECT m.month AS month, m.programme AS programme, SUM(m.came) AS came, SUM(m.went) AS went
  FROM (SELECT CAST(EXTRACT(YEAR FROM s.since) * 100 + EXTRACT(MONTH FROM s.since) AS INTEGER) AS month,
               s.programme AS programme, 1 AS came, 0 AS went
          FROM needs_stay s
         WHERE s.region >= '{lo}' AND s.region <= '{hi}' AND s.since <= DATE '{on}'
         UNION ALL
        SELECT CAST(EXTRACT(YEAR FROM s.until) * 100 + EXTRACT(MONTH FROM s.until) AS INTEGER) AS month,
               s.programme AS programme, 0 AS came, 1 AS went
          FROM needs_stay s
         WHERE s.region >= '{lo}' AND s.region <= '{hi}' AND s.until <= DATE '{on}') m
 GROUP BY 1, 2
 ORDER BY 1, 2
"""

Run = Callable[[str], Sequence[Sequence[Any]]]


@dataclass(frozen=True)
class Cell:
    """Qualified households with a wish in county × programme × tenure × rooms × area band × price band.

    ``first_wishes``: those whose first it is. A household with two wishes stands in two cells, so households of cells do not add up;
    first wishes do.
    """

    county: str
    programme: str
    tenure: str
    rooms: int
    area_band_cm2: int
    price_band_fen: int
    households: int
    first_wishes: int


@dataclass(frozen=True)
class Move:
    """A month (``2026-03``) of a programme: how many came onto the list, how many left it."""

    month: str
    programme: str
    came: int
    went: int


def stated(text: str, region: str, on: date) -> str:
    """The text as every engine gets it: region and day written in, both of a form that holds no more than digits and dashes."""
    lo, hi = region_range(region)
    return text.format(lo=lo, hi=hi, on=on.isoformat())


def foreign(text: str) -> list[str]:
    """What a shared text holds that not every engine reads the same: a slash, or a function that is not listed."""
    called = {word.upper() for word in WORD_BEFORE_BRACKET.findall(text)} - KEYWORDS
    return [*(["/"] if "/" in text else []), *sorted(called - FUNCTIONS)]


def cells(region: str, on: date, run: Run | None = None) -> list[Cell]:
    """The demand of a day, of a county or of a whole city, ordered; wishes as they stand now (a frozen day is a snapshot)."""
    rows = (run or _here)(stated(CELLS, region, on))
    return [cell_of(row) for row in rows]


def cell_of(row: Sequence[Any]) -> Cell:
    """A cell from its eight values; sums come as decimals from one engine, as integers from another."""
    county, programme, tenure, rooms, area, price, count, first = row
    return Cell(county, programme, tenure, int(rooms), int(area), int(price), int(count), int(first))


def households(region: str, on: date, run: Run | None = None) -> dict[tuple[str, str], int]:
    """(county, programme) → households on the list on a day."""
    return {(row[0], row[1]): int(row[2]) for row in (run or _here)(stated(HOUSEHOLDS, region, on))}


def moves(region: str, on: date, run: Run | None = None) -> list[Move]:
    """Month by month, up to and including a day."""
    rows = (run or _here)(stated(MOVES, region, on))
    return [Move(f"{row[0] // 100}-{row[0] % 100:02d}", row[1], int(row[2]), int(row[3])) for row in rows]


def _here(text: str) -> Sequence[Sequence[Any]]:
    with connection.cursor() as cursor, _for_many_rows(cursor):
        cursor.execute(text)
        return cursor.fetchall()


@contextmanager
def _for_many_rows(cursor: Any) -> Any:
    """Right after a large load the planner has no statistics yet, and would walk all wishes for every household; and the rows are
    grouped in memory rather than sorted on disk."""
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute("SET LOCAL work_mem = '256MB'")
    yield
    cursor.execute("SET LOCAL enable_nestloop = on")
    cursor.execute("SET LOCAL work_mem = DEFAULT")


def narrowed(found: Iterable[Cell], county: str) -> list[Cell]:
    """The cells of one county's homes; all without one."""
    return [cell for cell in found if not county or cell.county == county]


def by_month(found: Iterable[Move], waiting: int) -> list[tuple[str, int, int, int]]:
    """(month, came, left, on the list at its end) over all programmes, oldest first; ``waiting`` is how many wait at the last's end."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for move in found:
        sums[move.month][0] += move.came
        sums[move.month][1] += move.went
    shown, left = [], waiting
    for month in sorted(sums, reverse=True):
        came, went = sums[month]
        shown.append((month, came, went, left))
        left -= came - went
    return shown[::-1]


def digest(found: Sequence[Cell], count: int, **more: Any) -> str:
    """What a snapshot hashes to; the same cells (and what is frozen with them) give the same digest on any engine."""
    return sha256(
        canonical({"households": count, "cells": [asdict(cell) for cell in found], **more}).encode()
    ).hexdigest()
