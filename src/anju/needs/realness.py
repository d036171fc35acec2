"""How real the demand is (3.2-0, 3.2-4): on the list, confirmed lately, able to pay, given up before; and wishes that no home can serve.

Unknown stays unknown: an income that nobody stated, a ratio that the county has not set, a history that there is not.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from anju.base.regions import city_of
from anju.needs import dropouts
from anju.needs.waiting import CODES, COUNTY, EPOCH, MAX_WISHES, NONE, RENT, ROOMS, SALE, TENURE, Waiting
from anju.policy.parameters import InForce, Unset

InForceOf = Callable[[str], InForce]
MONTHS = 12
PERSONS_MOST, AREA_MOST = 99, 10**7 - 1
NEVER = 10**6  # a day of confirmation that nobody reaches: the county has not set how long one holds


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


def realness(found: Waiting, on: date, counties: Iterable[str], inforce_of: InForceOf) -> list[Real]:
    """Per county and programme, as the applications stand now; the first wish's own ceiling against the household's income."""
    codes = sorted(counties)
    if not len(found):
        return []
    days, rent, price = [], [], []
    for code in codes:
        inforce = inforce_of(code)
        days.append(_set(inforce, "callback_valid_days"))
        rent.append(_set(inforce, "rent_to_income_max") or 0)
        price.append(_set(inforce, "price_to_income_max") or 0)
    at = np.searchsorted(np.array([int(code) for code in codes]), found.region)
    since = np.array([(on - timedelta(one) - EPOCH).days if one else NEVER for one in days])
    first = found.kind[:, 0] // TENURE % 10
    ratio = np.where(first == RENT, np.array(rent)[at], np.array(price)[at] * 12)
    unknown = (found.income == NONE) | (first == 0) | (ratio == 0)
    able = ~unknown & (found.income > 0) & (found.ceiling * 1000 <= found.income * ratio)
    group = at * len(CODES) + found.programme
    counted = [
        np.bincount(group[mask], minlength=len(codes) * len(CODES)).tolist()
        for mask in (np.ones(len(found), bool), found.confirmed >= since[at], able, unknown)
    ]
    return [
        Real(codes[n // len(CODES)], CODES[n % len(CODES)], every, sure if days[n // len(CODES)] else None, can,
             every - can - unsure, unsure)
        for n, (every, sure, can, unsure) in enumerate(zip(*counted, strict=True))
        if every
    ]  # fmt: skip


def unserved(found: Waiting, region: str, inforce_of: InForceOf) -> tuple[list[Unserved], list[str]]:
    """Wishes no home can serve, by county and reason; and what could not be asked since nobody has set it."""
    counts: Counter[tuple[str, str, str]] = Counter()
    limits: dict[str, Limits] = {}
    open_: set[str] = set()
    for county, programme, tenure, persons, rooms, area, count in _wishes(found):
        if city_of(county) != city_of(region):
            counts[county, "意向区县不在本市", "3.2-0"] += count
            continue
        if county not in limits:
            limits[county] = Limits.of(inforce_of(county))
        why, unset = _why(limits[county], programme, tenure, persons, rooms, area)
        if why:
            counts[county, *why] += count
        elif unset:
            open_.add(unset)
    return [Unserved(c, why, clause, n) for (c, why, clause), n in sorted(counts.items())], sorted(open_)


def _wishes(found: Waiting) -> Iterable[tuple[str, str, int, int, int, int, int]]:
    """(county, programme, tenure, persons, rooms, least area, how many): every wish, the same ones together."""
    said = found.kind > 0
    # Eighteen digits: county and programme (7), tenure (1), persons (2), rooms (1), area (7).
    persons = np.repeat(np.minimum(found.persons, PERSONS_MOST)[:, None], MAX_WISHES, axis=1)[said]
    programme = np.repeat(found.programme[:, None], MAX_WISHES, axis=1)[said]
    kind, area = found.kind[said], np.minimum(found.area[said], AREA_MOST)
    head = (kind // COUNTY * 10 + programme) * 10 + kind // TENURE % 10
    keys, counts = np.unique(((head * 100 + persons) * 10 + kind // ROOMS % 10) * 10**7 + area, return_counts=True)
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        key, least = divmod(key, 10**7)
        key, rooms = divmod(key, 10)
        key, people = divmod(key, 100)
        key, tenure = divmod(key, 10)
        county, at = divmod(key, 10)
        yield f"{county:06d}", CODES[at], tenure, people, rooms, least, count


@dataclass(frozen=True)
class Limits:
    """What a county's homes may be: the largest areas in cm², the table of rooms; None where nobody has set it."""

    sale: int | None
    rent: int | None
    table: Sequence[Sequence[Any]] | None

    @classmethod
    def of(cls, inforce: InForce) -> "Limits":
        """The limits in force."""
        return cls(*(_set(inforce, n) for n in ("sale_unit_area_max", "rent_unit_area_soft_max", "rooms_table")))


def _why(
    limits: Limits, programme: str, tenure: int, persons: int, rooms: int, area: int
) -> tuple[tuple[str, str] | None, str]:
    """(reason, clause) or None; and the name of a parameter that was asked for and is not set."""
    limit, whose, clause = (limits.sale, "配售", "3.3-3") if tenure == SALE else (limits.rent, "配租原则上的", "3.3-4")
    if limit is not None and area > limit:
        return (f"面积下限大于{whose}上限 {limit // 10_000} ㎡", clause), ""
    table = limits.table
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


def frozen(found: Waiting, region: str, on: date, counties: Mapping[str, str], inforce_of: InForceOf) -> dict[str, Any]:
    """All of it as a snapshot keeps it: plain values."""
    lost, open_ = unserved(found, region, inforce_of)
    return {
        "realness": [asdict(row) for row in realness(found, on, counties, inforce_of)],
        "unserved": [asdict(row) for row in lost], "unasked": open_,
        "dropouts": [asdict(row) for row in dropouts.history(region, on)],
    }  # fmt: skip
