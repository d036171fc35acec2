"""The map of the counties as SVG, drawn on the server: bounds as published, never edited. For staff only until it has a 审图号."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

WIDTH = 1000.0
MARGIN = 6.0
# A degree of longitude is this much of a degree of latitude at 46.8° north.
ASPECT = 0.685
# Labels that would lie over a border are moved, in units of the drawing; the borders are not.
LABEL_SHIFT = {"231224": (68.0, -50.0)}


@dataclass(frozen=True)
class Outline:
    """One county: its path, and where its label stands."""

    code: str
    name: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class County:
    """One county as shown: its class of blue, and the words in it."""

    outline: Outline
    step: int
    value: str
    late: bool
    url: str

    @property
    def value_y(self) -> float:
        """Where the second line of the label stands."""
        return self.outline.y + 36

    @property
    def title(self) -> str:
        """For screen readers and on hover."""
        return f"{self.outline.name}：{self.value}{'，有超期事项' if self.late else ''}"


@cache
def outlines(city: str) -> tuple[list[Outline], int]:
    """The counties' outlines and the drawing's height; empty where no boundaries of the city ship."""
    path = Path(settings.ROOT) / "data" / "suihua" / "suihua_counties.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"] if path.exists() else []
    features = [f for f in features if f["properties"]["adcode"].startswith(city[:4])]
    if not features:
        return [], 0
    points = [p for f in features for ring in _rings(f["geometry"]) for p in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * ASPECT)

    def place(point: list[float]) -> tuple[float, float]:
        return MARGIN + (point[0] - west) * ASPECT * scale, MARGIN + (north - point[1]) * scale

    found = []
    for feature in features:
        shape = "".join(
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(place, ring)) + "Z"
            for ring in _rings(feature["geometry"])
        )
        code = feature["properties"]["adcode"]
        x, y = place(feature["properties"]["label"])
        dx, dy = LABEL_SHIFT.get(code, (0.0, 0.0))
        found.append(Outline(code, feature["properties"]["name"], shape, round(x + dx, 1), round(y + dy, 1)))
    return found, round((north - south) * scale + 2 * MARGIN)


def _rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    many = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for polygon in many for ring in polygon]


def step_of(ratio: tuple[int, int] | None) -> int:
    """The class of blue: 0 nothing there, 1 under 50 %, 2 under 75 %, 3 under 95 %, 4 from there; compared in integers."""
    if ratio is None or ratio[1] == 0:
        return 0
    part, whole = ratio
    return 1 + sum(100 * part >= line * whole for line in (50, 75, 95))


def drawn(city: str, ratios: Mapping[str, tuple[int, int]], late: frozenset[str], url: str) -> tuple[list[County], int]:
    """The counties with their ratio (part, whole) of something; ``url`` takes the code of the county in place of ``{}``."""
    lines, height = outlines(city)
    counties = []
    for line in lines:
        ratio = ratios.get(line.code)
        value = f"{100 * ratio[0] // ratio[1]}%" if ratio and ratio[1] else "—"
        counties.append(County(line, step_of(ratio), value, line.code in late, url.format(line.code)))
    return counties, height
