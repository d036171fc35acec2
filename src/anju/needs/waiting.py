"""Everybody on the list on a day, as columns: what a snapshot, its rows and its facts are worked out from, in one reading.

Two plain readings of the database (households, wishes), joined here: a million households take seconds, not minutes. The columns hold no
name, number, phone or town, and the households' keys are dropped once the wishes have found them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import Cursor

from anju.base.regions import region_range
from anju.needs.cells import AREA_BAND_CM2, RENT_BAND_FEN, SALE_BAND_FEN, Cell
from anju.needs.models import MAX_WISHES, PROGRAMMES

Ints = NDArray[np.int64]
CODES = [code for code, _ in PROGRAMMES]
EPOCH = date(2000, 1, 1)
NONE = -1
SALE, RENT = 1, 2
# A wish's kind of home as one number of sixteen digits: county (6), tenure (1), rooms (1), area band (3), price band (5).
COUNTY, TENURE, ROOMS, AREA = 10**10, 10**9, 10**8, 10**5

# A few rows, each with all its households' (wishes') numbers one after the other: a row each would take longer to send than to find.
HOUSEHOLDS = """
SELECT s.region, s.programme, a."group",
       string_agg(uuid_send(s.application_id) || int8send(a.persons) || int8send(coalesce(a.income_month_fen, -1))
                  || int8send(coalesce(a.confirmed_on - %(epoch)s, -1)), '')
  FROM needs_stay s JOIN needs_application a ON a.id = s.application_id
 WHERE s.region >= %(lo)s AND s.region <= %(hi)s AND s.since <= %(on)s AND (s.until IS NULL OR s.until > %(on)s)
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
WISHES = """
SELECT rank, tenure,
       string_agg(uuid_send(application_id) || int8send(county::bigint * 100 + rooms) || int8send(area_from_cm2)
                  || int8send(ceiling_fen), '')
  FROM needs_wish WHERE region >= %(lo)s AND region <= %(hi)s
 GROUP BY region, rank, tenure ORDER BY region, rank, tenure
"""
KEY = [("high", ">u8"), ("low", ">u8")]
HOUSEHOLD = np.dtype([*KEY, ("persons", ">i8"), ("income", ">i8"), ("confirmed", ">i8")])
WISH = np.dtype([*KEY, ("home", ">i8"), ("area", ">i8"), ("ceiling", ">i8")])


class TooWide(ValueError):
    """A wish does not fit the sixteen digits of its kind: a fault of what let it in."""


@dataclass(frozen=True)
class Waiting:
    """Columns of the households; of the wishes one column per rank (0 or NONE where there is none of it).

    ``programme`` counts in ``CODES``, ``group`` in ``groups``; ``income`` is a month's in fen and ``confirmed`` days since
    ``EPOCH``, NONE where unknown. ``kind`` is the kind of home wished for, ``area`` its least cm², ``ceiling`` the first wish's in fen.
    """

    groups: list[str]
    region: Ints
    programme: Ints
    group: Ints
    persons: Ints
    income: Ints
    confirmed: Ints
    kind: Ints
    area: Ints
    ceiling: Ints

    def __len__(self) -> int:
        return len(self.region)

    def cells(self) -> list[Cell]:
        """The demand cells, as ``cells.CELLS`` counts them: each household once per cell."""
        once = self.kind.copy()
        for rank in range(1, MAX_WISHES):
            for earlier in range(rank):
                once[once[:, rank] == self.kind[:, earlier], rank] = 0
        programme = np.repeat(self.programme[:, None], MAX_WISHES, axis=1) * 10**16
        keys, counts = np.unique((programme + once)[once > 0], return_counts=True)
        firsts, first = np.unique((programme + once)[:, 0][once[:, 0] > 0], return_counts=True)
        of_first = dict(zip(firsts.tolist(), first.tolist(), strict=True))
        found = [
            _cell(key, count, of_first.get(key, 0)) for key, count in zip(keys.tolist(), counts.tolist(), strict=True)
        ]
        return sorted(
            found, key=lambda c: (c.county, c.programme, c.tenure, c.rooms, c.area_band_cm2, c.price_band_fen)
        )


def _cell(key: int, count: int, first: int) -> Cell:
    programme, kind = divmod(key, 10**16)
    county, tenure, rooms, area, price = kind_of(kind)
    return Cell(county, CODES[programme], tenure, rooms, area, price, count, first)


def kind_of(number: int) -> tuple[str, str, int, int, int]:
    """A kind of home: county, tenure, rooms, area band in cm², price band in fen."""
    text = f"{number:016d}"
    rent = int(text[6]) == RENT
    band = RENT_BAND_FEN if rent else SALE_BAND_FEN
    return (text[:6], "rent" if rent else "sale", int(text[7]), int(text[8:11]) * AREA_BAND_CM2, int(text[11:]) * band)


def read(region: str, on: date) -> Waiting:
    """Everybody on the list of a county, or of a city's counties, on a day; wishes as they stand now."""
    lo, hi = region_range(region)
    given = {"lo": lo, "hi": hi, "on": on, "epoch": EPOCH}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
    # Not Django's cursor, which takes no binary answer.
    with Cursor(connection.connection) as plain:
        rows = plain.execute(HOUSEHOLDS, given, binary=True).fetchall()
        groups = sorted({row[2] for row in rows})
        who = _columns(rows, HOUSEHOLD)
        for name, values in (
            ("region", [int(row[0]) for row in rows]), ("programme", [CODES.index(row[1]) for row in rows]),
            ("group", [groups.index(row[2]) for row in rows]),
        ):  # fmt: skip
            who[name] = _each(values, rows, HOUSEHOLD)
        rows = plain.execute(WISHES, given, binary=True).fetchall()
        wish = _columns(rows, WISH)
        wish["rank"] = _each([row[0] for row in rows], rows, WISH)
        wish["tenure"] = _each([RENT if row[1] == "rent" else SALE for row in rows], rows, WISH)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = on")
    kind, area, ceiling = _wished(who, wish)
    return Waiting(
        groups, who["region"], who["programme"], who["group"], who["persons"], who["income"], who["confirmed"], kind, area, ceiling
    )  # fmt: skip


def _columns(rows: Sequence[Sequence[Any]], row: Any) -> dict[str, Ints]:
    """The columns of what the rows hold in their last value."""
    found = np.frombuffer(b"".join(one[-1] for one in rows), dtype=row)
    return {name: found[name].astype(found[name].dtype.newbyteorder("=")) for name in row.names}


def _each(values: Sequence[int], rows: Sequence[Sequence[Any]], row: Any) -> Ints:
    """What is said of a whole row, for each of those it holds."""
    return np.repeat(np.array(values, np.int64), [len(one[-1]) // row.itemsize for one in rows])


def _wished(who: dict[str, Ints], wish: dict[str, Ints]) -> tuple[Ints, Ints, Ints]:
    """Each household's kinds of home and least areas by rank, and the ceiling of its first wish."""
    count = len(who["region"])
    kind = np.zeros((count, MAX_WISHES), np.int64)
    area, ceiling = np.full((count, MAX_WISHES), NONE, np.int64), np.full(count, NONE, np.int64)
    at, found = _places(who, wish)
    price = wish["ceiling"] // np.where(wish["tenure"] == RENT, RENT_BAND_FEN, SALE_BAND_FEN)
    band = wish["area"] // AREA_BAND_CM2
    county, rooms = wish["home"] // 100, wish["home"] % 100
    if ((band > 999) | (price > 99_999) | (rooms > 9))[found].any():
        raise TooWide("有意向的面积、室数或价格超出可统计的范围，没有汇总；请先更正该意向")
    number = county * COUNTY + wish["tenure"] * TENURE + rooms * ROOMS + band * AREA + price
    rank = wish["rank"][found] - 1
    kind[at, rank], area[at, rank] = number[found], wish["area"][found]
    ceiling[at[rank == 0]] = wish["ceiling"][found][rank == 0]
    return kind, area, ceiling


def _places(who: dict[str, Ints], wish: dict[str, Ints]) -> tuple[Ints, Any]:
    """For the wishes whose household is on the list: the household's place, and which wishes they are."""
    count = len(who["region"])
    if not count:
        return np.empty(0, np.int64), np.zeros(len(wish["rank"]), bool)
    mine, theirs = _keys(who, wish)
    order = np.argsort(mine)
    at = np.minimum(np.searchsorted(mine, theirs, sorter=order), count - 1)
    place = order[at]
    found = (who["high"][place] == wish["high"]) & (who["low"][place] == wish["low"])
    return place[found], found


def _keys(who: dict[str, Ints], wish: dict[str, Ints]) -> tuple[Any, Any]:
    """One number of 64 bits per key of 128, different for every household: almost always the lower half alone is."""
    odd = np.uint64(0)
    while True:
        mine = who["low"] ^ (who["high"] * odd)
        if len(np.unique(mine)) == len(mine):
            return mine, wish["low"] ^ (wish["high"] * odd)
        odd = odd * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
