"""Parameters in layers: nation < province < plan < city < county. No number of the plan stands in code.

One file per parameter in ``parameters/``. A lower layer fills what is open or tightens a limit; it never loosens one.
What nobody has
set is ``Unset``, which a rule answers with unknown. ``certainty``: a, the plan says it; b, a public source says it;
c, unverified.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from anju.policy.catalogue import BY, LAYER_TITLES, LAYERS, NO_LIMIT, BadValue, Dated, Parameter, catalogue, check_kind
from anju.policy.said import said

__all__ = [
    "BY",
    "LAYERS",
    "LAYER_TITLES",
    "NO_LIMIT",
    "BadValue",
    "Dated",
    "Ignored",
    "InForce",
    "Loosens",
    "Parameter",
    "ParameterBook",
    "Setting",
    "Unset",
    "Value",
    "catalogue",
    "check_kind",
    "check_setting",
    "city_of",
    "layer_of",
]


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

    @cached_property
    def version(self) -> str:
        """What a frozen document keeps: name, value, layer and day."""
        value = (
            self.value
            if isinstance(self.value, str)
            else json.dumps(self.value, ensure_ascii=False, default=str, sort_keys=True)
        )
        return f"{self.name}={value}@{self.layer}:{self.valid_from.isoformat()}"


@dataclass(frozen=True)
class Unset:
    """Nobody has set it for this region and day: the rule answers unknown and the case waits."""

    name: str
    title: str
    clause: str
    blocks: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What a clerk reads."""
        return f"参数「{self.title}」（第 {self.clause} 条）尚未设定，不能判断；请专班在“参数”页设定后再办"


@dataclass(frozen=True)
class Ignored:
    """A city's or county's value that is not applied, because a layer above has become stricter; shown, never
    silent.
    """

    name: str
    value: Any
    layer: str
    sentence: str


class Loosens(ValueError):
    """A city or county may not loosen a limit from above; the message is for the person."""


def city_of(region: str) -> str:
    """The city of a county: ``231200`` of ``231202``."""
    return region[:4] + "00"


def layer_of(region: str) -> str:
    """``city`` for 231200, ``county`` for 231202. Raises BadValue for what is neither."""
    if len(region) != 6 or not (region.isascii() and region.isdigit()) or region.endswith("0000"):
        raise BadValue(f"「{region}」不是市或县（区）的六位区划代码；请改用如 231200 的代码")
    return "city" if region.endswith("00") else "county"


class ParameterBook:
    """All values of an installation; ``on`` gives those in force for a region on a day."""

    def __init__(self, settings: Iterable[Setting] = ()) -> None:
        self._settings: dict[str, list[Setting]] = {}
        for row in sorted(settings, key=lambda s: s.valid_from):
            layer_of(row.region)
            self._settings.setdefault(row.name, []).append(row)

    def on(self, day: date, region: str) -> "InForce":
        """The parameters in force. ``region`` is a city or county; a county falls back to its city. Raises BadValue."""
        layer_of(region)
        return InForce(self, day, region)

    def open_on(self, day: date, region: str) -> list[Unset]:
        """Those nobody has set, each with what it blocks."""
        return self.on(day, region).open()

    def candidates(self, name: str, day: date, region: str, key: str | None = None) -> list[Value]:
        """The latest value of each layer on that day, highest layer first. ``key``: see ``InForce.get``."""
        label = f"{name}.{key}" if key else name
        latest: dict[str, Value] = {}
        for dated in catalogue()[name].values:
            if dated.valid_from <= day and _covers(dated.value, key):
                latest[dated.layer] = Value(label, _part(dated.value, key), dated.layer, dated.source, dated.valid_from)
        for row in self._settings.get(name, ()):
            if row.valid_from <= day and row.region in (city_of(region), region) and _covers(row.value, key):
                layer = layer_of(row.region)
                latest[layer] = Value(label, _part(row.value, key), layer, row.document, row.valid_from)
        return [latest[layer] for layer in LAYERS if layer in latest]


class InForce:
    """What holds in one region on one day."""

    def __init__(self, book: ParameterBook, day: date, region: str) -> None:
        self.book, self.day, self.region = book, day, region
        self._found: dict[tuple[str, str | None], tuple[Value | None, tuple[Ignored, ...]]] = {}

    def get(self, name: str, key: str | None = None) -> Value | Unset:
        """The value in force, or Unset. ``key`` is the programme, for a parameter kept by programme and for no other.

        Raises KeyError for a name or programme that the catalogue lacks: a fault of the program, never of a user.
        """
        parameter = catalogue()[name]
        _check_key(parameter, key)
        value, _ = self._resolved(parameter, key)
        return value or Unset(name, parameter.title, parameter.clause, parameter.blocks)

    def open(self) -> list[Unset]:
        """Those nobody has set, each with what it blocks; one kept by programme is open until every programme has its
        value.
        """
        found = []
        for parameter in catalogue().values():
            values = [self.get(parameter.name, key) for key in _keys(parameter)]
            found += [value for value in values if isinstance(value, Unset)][:1]
        return found

    def ignored(self) -> list[Ignored]:
        """Settings that are not applied since a layer above became stricter."""
        return [one for p in catalogue().values() for key in _keys(p) for one in self._resolved(p, key)[1]]

    def _resolved(self, parameter: Parameter, key: str | None) -> tuple[Value | None, tuple[Ignored, ...]]:
        at = (parameter.name, key)
        if at not in self._found:
            self._found[at] = _strictest(parameter, self.book.candidates(parameter.name, self.day, self.region, key))
        return self._found[at]


def _keys(parameter: Parameter) -> tuple[str | None, ...]:
    return tuple(BY[parameter.by]) if parameter.by else (None,)


def _check_key(parameter: Parameter, key: str | None) -> None:
    if key not in _keys(parameter):
        raise KeyError(f"{parameter.name}: key {key!r}, kept by {parameter.by or 'nothing'}")


def _covers(value: Any, key: str | None) -> bool:
    """Whether a value speaks of this programme; a plain value speaks of all."""
    return key is None or not isinstance(value, dict) or key in value


def _part(value: Any, key: str | None) -> Any:
    return value[key] if key is not None and isinstance(value, dict) else value


def _strictest(parameter: Parameter, values: Iterable[Value]) -> tuple[Value | None, tuple[Ignored, ...]]:
    """The lowest layer's value that does not loosen one above it, and those passed over."""
    held: Value | None = None
    ignored: list[Ignored] = []
    for value in values:
        why = _objection(parameter, value.value, value.layer, held)
        if why:
            ignored.append(Ignored(value.name, value.value, value.layer, why))
        else:
            held = value
    return held, tuple(ignored)


def _objection(parameter: Parameter, value: Any, layer: str, above: Value | None) -> str:
    """Why a layer may not set this value below the one that holds; empty where it may."""
    if above is None:
        return ""
    mine, theirs = LAYER_TITLES[layer], LAYER_TITLES[above.layer]
    if parameter.direction == "none":
        if parameter.editable or LAYERS.index(above.layer) > LAYERS.index("plan"):
            return ""
        return (
            f"「{parameter.title}」已由{theirs}定为 {said(parameter, above.value)}，"
            f"{mine}不能另设（第 {parameter.clause} 条）；请按已定的值办理"
        )
    if not _looser(parameter.direction, value, above.value):
        return ""
    strict = "不高于" if parameter.direction == "max" else "不低于"
    limit, mine_said = said(parameter, above.value), said(parameter, value)
    return (
        f"「{parameter.title}」{theirs}定为 {limit}，{mine}设为 {mine_said} 属于放宽（第 {parameter.clause} 条）；"
        f"只能从严，请改为{strict} {limit} 后重报"
    )


def _looser(direction: str, lower: Any, upper: Any) -> bool:
    """Whether the lower layer's value allows more than the upper's."""
    if upper == NO_LIMIT:
        return False
    if lower == NO_LIMIT:
        return True
    return bool(lower > upper if direction == "max" else lower < upper)


def check_setting(name: str, value: Any, region: str, day: date, book: ParameterBook) -> None:
    """Raises BadValue where the value is not of its kind, Loosens where it loosens a layer above. KeyError for an
    unknown name.
    """
    parameter = catalogue()[name]
    check_kind(parameter, value)
    layer = layer_of(region)
    for key in _keys(parameter):
        if not _covers(value, key):
            continue
        above = [v for v in book.candidates(name, day, region, key) if LAYERS.index(v.layer) < LAYERS.index(layer)]
        held, _ = _strictest(parameter, above)
        why = _objection(parameter, _part(value, key), layer, held)
        if why:
            raise Loosens(why)
