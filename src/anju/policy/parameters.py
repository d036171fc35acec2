"""Parameters in layers: nation < province < plan < city < county. No number stands in code.

A lower layer fills what is open or tightens a limit; it never loosens one. A missing value is ``Unset`` and makes a rule answer unknown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LAYERS = ("nation", "province", "plan", "city", "county")
LAYER_TITLES = {"nation": "国家", "province": "省", "plan": "方案", "city": "市", "county": "县"}


@dataclass(frozen=True)
class Dated:
    """One dated value of the plan, the province or the nation."""

    value: Any
    valid_from: date
    layer: str
    source: str
    certainty: str


@dataclass(frozen=True)
class Parameter:
    """One parameter: unit and kind (int, enum, table), whether a lower value is stricter (``max``) or looser (``min``)."""

    name: str
    title: str
    clause: str
    unit: str
    kind: str
    direction: str
    description: str
    blocks: tuple[str, ...]
    values: tuple[Dated, ...]
    choices: Mapping[str, str] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Setting:
    """A value set by a city or county, confirmed by a second person."""

    name: str
    region: str
    value: Any
    valid_from: date
    document: str


@dataclass(frozen=True)
class Value:
    """A value in force, and where it comes from."""

    name: str
    value: Any
    layer: str
    source: str
    valid_from: date

    def __str__(self) -> str:
        return str(self.value)

    @property
    def version(self) -> str:
        """What a frozen document keeps: name, value, layer and day."""
        return f"{self.name}={self.value}@{self.layer}:{self.valid_from.isoformat()}"


@dataclass(frozen=True)
class Unset:
    """Nobody has set it: the rule answers unknown and the case waits."""

    name: str
    title: str
    clause: str

    @property
    def sentence(self) -> str:
        """What a clerk reads."""
        return f"参数「{self.title}」尚未设定，不能判断；请专班在“参数”页设定后再办"


class Loosens(ValueError):
    """A city or county may not loosen a limit from above."""


class BadValue(ValueError):
    """The value is not of the parameter's kind."""


@cache
def catalogue() -> dict[str, Parameter]:
    """Every parameter, in file order."""
    found: dict[str, Parameter] = {}
    for path in sorted(Path(__file__).with_name("values").glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            values = tuple(
                Dated(v["value"], v["from"], v["layer"], v["source"], v["certainty"]) for v in row.pop("values", None) or ()
            )
            row["blocks"] = tuple(row.get("blocks") or ())
            found[row["name"]] = Parameter(values=values, **row)
    return found


def layer_of(region: str) -> str:
    """``city`` for 231200, ``county`` for 231202."""
    return "city" if region.endswith("00") else "county"


class ParameterBook:
    """All values of an installation; ``on`` gives those in force for a region on a day."""

    def __init__(self, settings: Iterable[Setting] = ()) -> None:
        self._settings: dict[str, list[Setting]] = {}
        for row in settings:
            self._settings.setdefault(row.name, []).append(row)

    def on(self, day: date, region: str) -> "InForce":
        """The parameters in force. ``region`` is a city or county; a county falls back to its city."""
        return InForce(self, day, region)

    def candidates(self, name: str, day: date, region: str) -> list[Value]:
        """The latest value of each layer on that day, lowest layer first."""
        parameter = catalogue()[name]
        latest: dict[str, Value] = {}
        for dated in sorted(parameter.values, key=lambda d: d.valid_from):
            if dated.valid_from <= day:
                latest[dated.layer] = Value(name, dated.value, dated.layer, dated.source, dated.valid_from)
        city = region[:4] + "00"
        for row in sorted(self._settings.get(name, ()), key=lambda s: s.valid_from):
            if row.valid_from <= day and row.region in (city, region):
                layer = layer_of(row.region)
                latest[layer] = Value(name, row.value, layer, row.document, row.valid_from)
        return [latest[layer] for layer in LAYERS if layer in latest]


class InForce:
    """What holds in one region on one day."""

    def __init__(self, book: ParameterBook, day: date, region: str) -> None:
        self.book, self.day, self.region = book, day, region

    def get(self, name: str) -> Value | Unset:
        """The lowest layer's value, or Unset. Raises KeyError for a name the catalogue lacks."""
        parameter = catalogue()[name]
        found = self.book.candidates(name, self.day, self.region)
        return found[-1] if found else Unset(name, parameter.title, parameter.clause)

    def open(self) -> list[Parameter]:
        """Those nobody has set, each with what it blocks."""
        return [p for p in catalogue().values() if isinstance(self.get(p.name), Unset)]


def check_setting(book: ParameterBook, name: str, value: Any, region: str, day: date) -> None:
    """Raises BadValue where the value is not of its kind, Loosens where it loosens a limit from above."""
    parameter = catalogue()[name]
    check_kind(parameter, value)
    if parameter.direction not in ("max", "min"):
        return
    above = [v for v in book.candidates(name, day, region) if LAYERS.index(v.layer) < LAYERS.index(layer_of(region))]
    if not above:
        return
    upper = above[-1]
    if (parameter.direction == "max" and value > upper.value) or (parameter.direction == "min" and value < upper.value):
        raise Loosens(
            f"「{parameter.title}」{LAYER_TITLES[upper.layer]}定为 {upper.value} {parameter.unit}，"
            f"{LAYER_TITLES[layer_of(region)]}只能从严，不能设为 {value} {parameter.unit}（第 {parameter.clause} 条）"
        )


def check_kind(parameter: Parameter, value: Any) -> None:
    """Raises BadValue with the limit named."""
    if parameter.kind == "int":
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadValue(f"「{parameter.title}」应为整数（{parameter.unit}），收到「{value}」")
        if (parameter.low is not None and value < parameter.low) or (parameter.high is not None and value > parameter.high):
            raise BadValue(f"「{parameter.title}」应在 {parameter.low} 至 {parameter.high} {parameter.unit} 之间，收到 {value}")
    elif parameter.kind == "enum" and value not in parameter.choices:
        raise BadValue(f"「{parameter.title}」可选：{'、'.join(parameter.choices.values())}；收到「{value}」")
