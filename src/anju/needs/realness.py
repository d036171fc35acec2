"""How real the demand is (3.2-0, 3.2-4): on the list, confirmed lately, able to pay, given up before; and wishes that no home can serve.

Unknown stays unknown: an income that nobody stated, a ratio that the county has not set, a history that there is not.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from anju.base.regions import city_of, region_range
from anju.needs import dropouts
from anju.policy.parameters import InForce, Unset

InForceOf = Callable[[str], InForce]
MONTHS = 12

# The first wish's own ceiling against the household's income; a ratio of 0 stands for one that the county has not set.
REALNESS = """
SELECT s.region, s.programme, count(*) AS qualified,
       count(*) FILTER (WHERE a.confirmed_on >= p.confirmed_from) AS confirmed,
       count(*) FILTER (WHERE a.income_month_fen > 0 AND p.rent_permille > 0 AND w.tenure = 'rent'
                          AND w.ceiling_fen * 1000 <= a.income_month_fen * p.rent_permille
                        OR a.income_month_fen > 0 AND p.price_permille > 0 AND w.tenure = 'sale'
                          AND w.ceiling_fen * 1000 <= a.income_month_fen * 12 * p.price_permille) AS able,
       count(*) FILTER (WHERE a.income_month_fen IS NULL OR w.tenure IS NULL
                        OR w.tenure = 'rent' AND p.rent_permille = 0
                        OR w.tenure = 'sale' AND p.price_permille = 0) AS unknown
  FROM needs_stay s
  JOIN needs_application a ON a.id = s.application_id
  JOIN unnest(%s::text[], %s::date[], %s::int[], %s::int[])
       AS p (region, confirmed_from, rent_permille, price_permille) ON p.region = s.region
  LEFT JOIN needs_wish w ON w.application_id = s.application_id AND w.rank = 1
 WHERE s.region BETWEEN %s AND %s AND s.since <= %s AND (s.until IS NULL OR s.until > %s)
 GROUP BY s.region, s.programme
 ORDER BY s.region, s.programme
"""

WISHES = """
SELECT w.county, s.programme, w.tenure, a.persons, w.rooms, w.area_from_cm2, count(*)
  FROM needs_stay s
  JOIN needs_application a ON a.id = s.application_id
  JOIN needs_wish w ON w.application_id = s.application_id
 WHERE s.region BETWEEN %s AND %s AND s.since <= %s AND (s.until IS NULL OR s.until > %s)
 GROUP BY 1, 2, 3, 4, 5, 6
 ORDER BY 1, 2, 3, 4, 5, 6
"""


@dataclass(frozen=True)
class Real:
    """One county and programme. ``confirmed`` None: the county has not set how long a confirmation holds."""

    region: str
    programme: str
    qualified: int
    confirmed: int | None
    able: int
    unable: int
    unknown: int


@dataclass(frozen=True)
class Unserved:
    """Wishes that no home of the programme may serve, and why; ``wishes`` of a county's homes."""

    county: str
    why: str
    clause: str
    wishes: int


def _set(inforce: InForce, name: str) -> Any:
    found = inforce.get(name)
    return None if isinstance(found, Unset) else found.value


def realness(region: str, on: date, counties: Iterable[str], inforce_of: InForceOf) -> list[Real]:
    """Per county and programme, as the applications stand now; who was on the list on ``on``."""
    codes, asked = list(counties), []
    for code in codes:
        inforce = inforce_of(code)
        days = _set(inforce, "callback_valid_days")
        asked.append((days, _set(inforce, "rent_to_income_max") or 0, _set(inforce, "price_to_income_max") or 0))
    lo, hi = region_range(region)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(REALNESS, [
            codes, [on - timedelta(days) if days else None for days, _, _ in asked], [r for _, r, _ in asked],
            [p for _, _, p in asked], lo, hi, on, on,
        ])  # fmt: skip
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop = on")
    dated = {code for code, (days, _, _) in zip(codes, asked, strict=True) if days}
    return [
        Real(county, programme, count, sure if county in dated else None, able, count - able - unknown, unknown)
        for county, programme, count, sure, able, unknown in rows
    ]


def unserved(region: str, on: date, inforce_of: InForceOf) -> tuple[list[Unserved], list[str]]:
    """Wishes no home can serve, by county and reason; and what could not be asked since nobody has set it."""
    lo, hi = region_range(region)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(WISHES, [lo, hi, on, on])
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop = on")
    books: dict[str, InForce] = {}
    found: Counter[tuple[str, str, str]] = Counter()
    open_: set[str] = set()
    city = city_of(region)
    for county, programme, tenure, persons, rooms, area, count in rows:
        if city_of(county) != city:
            found[county, "意向区县不在本市", "3.2-0"] += count
            continue
        inforce = books.setdefault(county, inforce_of(county))
        why, unset = _why(inforce, programme, tenure, persons, rooms, area)
        if why:
            found[county, *why] += count
        elif unset:
            open_.add(unset)
    return [Unserved(c, why, clause, n) for (c, why, clause), n in sorted(found.items())], sorted(open_)


def _why(
    inforce: InForce, programme: str, tenure: str, persons: int, rooms: int, area: int
) -> tuple[tuple[str, str] | None, str]:
    """(reason, clause) or None; and the name of a parameter that was asked for and is not set."""
    name, clause = ("sale_unit_area_max", "3.3-3") if tenure == "sale" else ("rent_unit_area_soft_max", "3.3-4")
    limit = _set(inforce, name)
    if limit is not None and area > limit:
        whose = "配售" if tenure == "sale" else "配租原则上的"
        return (f"面积下限大于{whose}上限 {limit // 10_000} ㎡", clause), ""
    table = _set(inforce, "rooms_table")
    if table is None:
        return None, "户型面积标准"
    fit = [row for row in table if row[0] == programme and row[1] <= persons <= row[2]]
    if not fit:
        return (f"户型面积标准没有 {persons} 人户一行", "3.2-0"), ""
    if not any(row[5] <= rooms <= row[6] for row in fit):
        return (f"{persons} 人户不能要 {rooms} 室", "3.2-0"), ""
    most = max(row[7] for row in fit if row[5] <= rooms <= row[6])
    if area > most * 10_000:
        return (f"面积下限大于 {persons} 人户 {rooms} 室的标准 {most} ㎡", "3.2-0"), ""
    return None, ""


def sums(found: Sequence[Real]) -> dict[str, Any]:
    """Over counties and programmes; ``confirmed`` None where one of the counties has no rule for it."""
    sure = [row.confirmed for row in found]
    total = {name: sum(getattr(row, name) for row in found) for name in ("qualified", "able", "unable", "unknown")}
    return {**total, "confirmed": None if any(one is None for one in sure) else sum(one or 0 for one in sure)}


def frozen(region: str, on: date, counties: Mapping[str, str], inforce_of: InForceOf) -> dict[str, Any]:
    """All of it as a snapshot keeps it: plain values."""
    lost, open_ = unserved(region, on, inforce_of)
    return {
        "realness": [asdict(row) for row in realness(region, on, counties, inforce_of)],
        "unserved": [asdict(row) for row in lost], "unasked": open_,
        "dropouts": [asdict(row) for row in dropouts.history(region, on)],
    }  # fmt: skip
