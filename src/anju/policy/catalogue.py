"""What parameters exist: one YAML file each in ``parameters/``, in the manner of OpenFisca."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from anju.policy import clauses
from anju.policy.amounts import with_unit

LAYERS = ("nation", "province", "plan", "city", "county")
LAYER_TITLES = {"nation": "国家", "province": "省", "plan": "方案", "city": "市", "county": "县（区）"}
PROGRAMMES = {"sale": "配售型保障性住房", "affordable_rental": "保障性租赁住房", "public_rental": "公租房"}
BY: dict[str, Mapping[str, str]] = {"programme": PROGRAMMES}
# An explicit decision that there is no line, as opposed to a line that nobody has set.
NO_LIMIT = "none"


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
    """One parameter.

    ``direction``: ``max``, a lower layer may only set less; ``min``, only more; ``none``, an upper layer's value
    stands unless ``editable``.
    ``by``: kept for each programme (a plain value holds for all). ``optional``: ``none`` may be set, meaning that
    there is no line.
    ``hint``: what other places do; never in force. ``columns``: a table's columns and their kinds; ``heads``: what
    people call them; ``units``: of its numbers, where not ``unit``; ``words``: its codes in words.
    ``low``, ``high``: bounds of an int.
    """

    name: str
    title: str
    clause: str
    unit: str
    kind: str
    direction: str
    description: str
    values: tuple[Dated, ...] = ()
    blocks: tuple[str, ...] = ()
    open: bool = False
    editable: bool = False
    optional: bool = False
    by: str = ""
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None


class BadValue(ValueError):
    """The value is not of the parameter's kind; the message is for the person."""


class BadCatalogue(ValueError):
    """A parameter's file contradicts itself: a fault of the installation, never of a user."""


@cache
def catalogue() -> dict[str, Parameter]:
    """Every parameter by name. Raises BadCatalogue."""
    return {path.stem: _read(path) for path in sorted(Path(__file__).with_name("parameters").glob("*.yaml"))}


def _read(path: Path) -> Parameter:
    row = yaml.safe_load(path.read_text(encoding="utf-8"))
    values = sorted((Dated(**value) for value in row.pop("values", [])), key=lambda v: v.valid_from)
    found = Parameter(**{**row, "values": tuple(values), "blocks": tuple(row.get("blocks", ()))})
    clauses.get(found.clause)
    if found.name != path.stem or found.open == bool(values) or found.direction not in ("max", "min", "none"):
        raise BadCatalogue(f"{path.name}: name, open or direction contradicts the file")
    if set(found.heads) != set(found.columns):
        raise BadCatalogue(f"{path.name}: a column without its head")
    for value in values:
        if value.layer not in LAYERS[:3] or value.certainty not in ("a", "b", "c"):
            raise BadCatalogue(f"{path.name}: layer {value.layer}, certainty {value.certainty}")
        check_kind(found, value.value)
    return found


def check_kind(parameter: Parameter, value: Any) -> None:
    """Raises BadValue with the limit named."""
    if parameter.by and isinstance(value, dict):
        stray = set(value) - set(BY[parameter.by])
        if stray or not value:
            raise BadValue(
                f"「{parameter.title}」只能按{'、'.join(BY[parameter.by].values())}分别设定；"
                f"请检查「{'、'.join(map(str, stray))}」"
            )
        for part in value.values():
            _check_one(parameter, part)
    else:
        _check_one(parameter, value)


def _check_one(parameter: Parameter, value: Any) -> None:
    if parameter.optional and value == NO_LIMIT:
        return
    problem = _CHECKS[parameter.kind](parameter, value)
    if problem:
        raise BadValue(f"「{parameter.title}」（第 {parameter.clause} 条）{problem}；请改后重报")


def _int(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return f"应为整数（{parameter.unit}），收到「{value}」"
    low, high = parameter.low, parameter.high
    if (low is None or value >= low) and (high is None or value <= high):
        return ""
    least = "" if low is None else f"不小于 {with_unit(low, parameter.unit)}"
    most = "" if high is None else f"不大于 {with_unit(high, parameter.unit)}"
    return f"应{'、'.join(filter(None, (least, most)))}，收到 {with_unit(value, parameter.unit)}"


def _enum(parameter: Parameter, value: Any) -> str:
    return (
        ""
        if isinstance(value, str) and value in parameter.choices
        else f"可选：{'、'.join(parameter.choices.values())}，收到「{value}」"
    )


def _date(_parameter: Parameter, value: Any) -> str:
    if isinstance(value, date):
        return ""
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return f"应为如 2026-01-31 的日期，收到「{value}」"
    return ""


def _text(_parameter: Parameter, value: Any) -> str:
    return "" if isinstance(value, str) and value.strip() else "应填写文字，收到空值"


def heads_of(parameter: Parameter) -> list[str]:
    """What people call a table's columns."""
    return [parameter.heads[column] for column in parameter.columns]


def _table(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, list | tuple) or not value:
        return "应为至少一行的表，收到空表"
    for number, row in enumerate(value, 1):
        if not isinstance(row, list | tuple) or len(row) != len(parameter.columns):
            return f"第 {number} 行应有 {len(parameter.columns)} 列（{'、'.join(heads_of(parameter))}）"
        for (column, kind), cell in zip(parameter.columns.items(), row, strict=True):
            fits = (
                isinstance(cell, int) and not isinstance(cell, bool)
                if kind == "int"
                else isinstance(cell, str) and bool(cell)
            )
            if not fits:
                return f"第 {number} 行“{parameter.heads[column]}”应为{'整数' if kind == 'int' else '文字'}，收到「{cell}」"
    return ""


# A ratio is an integer in the stated unit (%, ‰, ‱), so that rules compare by cross-multiplication.
_CHECKS = {"int": _int, "ratio": _int, "enum": _enum, "date": _date, "text": _text, "table": _table}
