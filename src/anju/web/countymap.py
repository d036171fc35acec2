"""The counties' outlines as SVG, drawn on the server: bounds as published, never edited. For staff only until there is a 审图号."""

import json
from collections.abc import Mapping, Sequence
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
CREDIT = "界线来源：国家地理信息公共服务平台（天地图，2024-12）。没有审图号，仅供内部使用；对外发布前须取得审图号。"
CLASSES = 4


@dataclass(frozen=True)
class Outline:
    """One county: its path, and where its label stands."""

    code: str
    name: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Shade:
    """One county as shown: its class of blue (0 unknown, 1 least to 4 most), its value in words."""

    outline: Outline
    step: int
    value: str
    url: str

    @property
    def value_y(self) -> float:
        """Where the second line of the label stands."""
        return self.outline.y + 36

    @property
    def title(self) -> str:
        """For screen readers and on hover."""
        return f"{self.outline.name}：{self.value}"


def shaded(
    city: str, values: Mapping[str, tuple[int | None, str]], url: str = "", *, by_amount: bool = False
) -> tuple[list[Shade], int]:
    """The counties in four classes of one blue; ``values``: code → (number, words).

    As many counties in each class as can be; ``by_amount``, by quarters of the largest number, where one stands far above the others.
    ``url`` takes the code of the county in place of ``{}``. A county without a number stays pale and says so.
    """
    lines, height = outlines(city)
    known = sorted({number for number, _ in values.values() if number is not None})
    found = []
    for line in lines:
        number, words = values.get(line.code, (None, "—"))
        step = 0
        if number is not None:
            step = quarter_of(number, known[-1]) if by_amount else class_of(number, known)
        found.append(Shade(line, step, words, url.format(line.code)))
    return found, height


def quarter_of(number: int, most: int) -> int:
    """1 to 4: the quarter of the largest number that this one reaches into."""
    return 1 + min(CLASSES - 1, CLASSES * number // most) if most else 1


def class_of(number: int, known: Sequence[int]) -> int:
    """1 to 4: the quarter of the different values that the number lies in."""
    return 1 + CLASSES * known.index(number) // len(known)


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
