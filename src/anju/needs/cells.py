"""Demand cells (需求单元): one plain SQL text, which other engines run unchanged (no division, no engine's own function)."""

from dataclasses import asdict, dataclass
from hashlib import sha256

from django.db import connection

from anju.base.acts import canonical
from anju.base.regions import region_range

BAND_CM2 = 100_000  # 10 ㎡; a band is named by its lower edge

CELLS = """
SELECT w.county AS county,
       w.tenure AS tenure,
       w.rooms AS rooms,
       w.area_from_cm2 - w.area_from_cm2 % 100000 AS area_band_cm2,
       COUNT(DISTINCT a.id) AS households,
       SUM(CASE WHEN w.rank = 1 THEN 1 ELSE 0 END) AS first_wishes
  FROM needs_application a
  JOIN needs_wish w ON w.region = a.region AND w.application_id = a.id
 WHERE a.state = 'qualified' AND a.region >= %s AND a.region <= %s
 GROUP BY w.county, w.tenure, w.rooms, w.area_from_cm2 - w.area_from_cm2 % 100000
 ORDER BY 1, 2, 3, 4
"""

HOUSEHOLDS = """
SELECT COUNT(*) FROM needs_application a WHERE a.state = 'qualified' AND a.region >= %s AND a.region <= %s
"""


@dataclass(frozen=True)
class Cell:
    """Qualified households with a wish in county × tenure × rooms × area band; ``first_wishes``: those whose first it is.

    A household with two wishes stands in two cells, so households of cells do not add up; first wishes do.
    """

    county: str
    tenure: str
    rooms: int
    area_band_cm2: int
    households: int
    first_wishes: int


def cells(region: str) -> list[Cell]:
    """The demand of now, of a county or of the whole city, ordered by county, tenure, rooms and band."""
    with connection.cursor() as cursor:
        # Right after a large load the planner has no statistics yet, and would walk all wishes for every household.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(CELLS.replace("% 100000", "%% 100000"), region_range(region))
        found = [
            Cell(county, tenure, rooms, band, count, int(first))
            for county, tenure, rooms, band, count, first in cursor.fetchall()
        ]
        cursor.execute("SET LOCAL enable_nestloop = on")
    return found


def households(region: str) -> int:
    """Qualified households of now."""
    with connection.cursor() as cursor:
        cursor.execute(HOUSEHOLDS, region_range(region))
        return int(cursor.fetchone()[0])


def digest(found: list[Cell], count: int) -> str:
    """What a snapshot's cells hash to; the same cells give the same digest on any engine."""
    return sha256(canonical({"households": count, "cells": [asdict(cell) for cell in found]}).encode()).hexdigest()
