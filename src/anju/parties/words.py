"""Parameters as people read and write them: units, programmes, tables; no page computes any of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from anju.base import numbers
from anju.base.acts import REGISTRY as ACTS
from anju.parties.models import Setting
from anju.policy import rules
from anju.policy.amounts import AREA, decimal
from anju.policy.parameters import (
    BY,
    LAYER_TITLES,
    NO_LIMIT,
    Ignored,
    InForce,
    Parameter,
    ParameterBook,
    Unset,
    Value,
    catalogue,
)
from anju.policy.said import NONE_WORDS
from anju.policy.said import said as shown

CERTAINTY = {"a": "方案原文", "b": "公开来源", "c": "待核"}
MONEY = ("分", "分/套")
# Places of a per cent in which a ratio is kept.
PLACES = {"‰": 1, "‰/年": 1, "‱": 2, "‱/年": 2}


class BadText(ValueError):
    """A text that is no value of the parameter; the message is for the person."""


def unit_of(parameter: Parameter) -> str:
    """The unit people write: ㎡, 元 and % in place of the stored cm², fen, ‰ and ‱."""
    for kept, written_ in ((AREA, "㎡"), ("分", "元"), ("‰", "%"), ("‱", "%")):
        if parameter.unit == kept or parameter.unit.startswith(f"{kept}/"):
            return parameter.unit.replace(kept, written_)
    return parameter.unit


def brief(parameter: Parameter, value: Any) -> str:
    """A value as a list shows it: a table by its length."""
    return f"{len(value)} 行" if parameter.kind == "table" else shown(parameter, value)


def blocked(parameter: Parameter) -> list[str]:
    """What waits while it is open, in words: the rules that answer unknown and the acts that refuse."""
    rules_, acts_ = rules.REGISTRY, ACTS
    return [
        rules_[name].title if name in rules_ else acts_[name].title if name in acts_ else name
        for name in parameter.blocks
    ]


def written(parameter: Parameter, value: Any) -> str:
    """A value as the form's field holds it."""
    if value == NO_LIMIT and parameter.optional:
        return NONE_WORDS
    if parameter.kind == "table":
        return "\n".join("，".join(parameter.words.get(cell, str(cell)) for cell in row) for row in value)
    if parameter.unit == AREA:
        return f"{value // 10_000}.{value % 10_000 // 100:02d}"
    if parameter.unit in MONEY:
        return f"{value // 100}.{value % 100:02d}"
    if parameter.unit in PLACES:
        return decimal(value, PLACES[parameter.unit])
    return str(value)


def read(parameter: Parameter, text: str) -> Any:
    """The value that a field's text says. Raises BadText; whether it may be set is the act's to judge."""
    text = text.strip()
    if parameter.optional and text == NONE_WORDS:
        return NO_LIMIT
    if parameter.kind == "table":
        return _table(parameter, text)
    if parameter.kind in ("int", "ratio"):
        return _number(parameter, text)
    return text


def _number(parameter: Parameter, text: str) -> int:
    try:
        if parameter.unit == AREA:
            return numbers.parse_m2(text)
        if parameter.unit in MONEY:
            return numbers.parse_yuan(text)
    except numbers.BadNumber as error:
        raise BadText(str(error)) from error
    if parameter.unit in PLACES:
        return _ratio(parameter, text)
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise BadText(f"应为整数（{parameter.unit}），收到「{text}」")
    return int(text)


def _ratio(parameter: Parameter, text: str) -> int:
    """Per cent, as exactly as it is kept."""
    places = PLACES[parameter.unit]
    found = re.fullmatch(rf"(-?)([0-9]{{1,9}})(?:\.([0-9]{{1,{places}}}))?", text.removesuffix("%").strip())
    if not found:
        raise BadText(f"应为百分数，至多 {places} 位小数（{unit_of(parameter)}），收到「{text}」")
    sign, whole, rest = found.groups()
    value = int(whole) * 10**places + int((rest or "").ljust(places, "0"))
    return -value if sign else value


def _table(parameter: Parameter, text: str) -> list[list[Any]]:
    rows, codes = [], {word: code for code, word in parameter.words.items()}
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        cells: list[Any] = [cell.strip() for cell in re.split(r"[，,\t]", line)]
        if len(cells) != len(parameter.columns):
            raise BadText(f"第 {number} 行应有 {len(parameter.columns)} 项，用逗号隔开；收到 {len(cells)} 项")
        for at, kind in enumerate(parameter.columns.values()):
            if kind == "int":
                if not re.fullmatch(r"-?[0-9]{1,15}", cells[at]):
                    raise BadText(f"第 {number} 行第 {at + 1} 项应为整数，收到「{cells[at]}」")
                cells[at] = int(cells[at])
            else:
                cells[at] = codes.get(cells[at], cells[at])
        rows.append(cells)
    return rows


@dataclass(frozen=True)
class Layer:
    """One layer's value of a parameter on a day."""

    layer: str
    programme: str
    value: str
    since: date
    source: str
    certainty: str
    held: bool


@dataclass(frozen=True)
class ParameterRow:
    """A parameter on a day in a region: what holds, each layer's value, what was passed over."""

    parameter: Parameter
    title: str
    clause: str
    unit: str
    now: Sequence[tuple[str, str]]
    open: bool
    blocks: Sequence[str]
    layers: Sequence[Layer]
    ignored: Sequence[str]
    waiting: int

    @property
    def certainty(self) -> str:
        """The weakest certainty of what holds now."""
        found = [layer.certainty for layer in self.layers if layer.held]
        return next((c for c in ("待核", "公开来源", "方案原文", "已定") if c in found), "")

    @property
    def where(self) -> str:
        """Where what holds now comes from."""
        return "；".join(dict.fromkeys(f"{x.layer}：{x.source}" for x in self.layers if x.held))


def parameter_rows(book: ParameterBook, region: str, on: date) -> list[ParameterRow]:
    """Every parameter, by clause."""
    inforce = book.on(on, region)
    passed_over = inforce.ignored()
    waiting: dict[str, int] = {}
    for name in Setting.objects.filter(
        owner_region=region, confirmed_by__isnull=True, withdrawn_by__isnull=True
    ).values_list("name", flat=True):
        waiting[name] = waiting.get(name, 0) + 1
    order = sorted(catalogue().values(), key=lambda p: (clause_key(p.clause), p.name))
    return [parameter_row(p, inforce, passed_over, waiting.get(p.name, 0)) for p in order]


def clause_key(clause: str) -> tuple[int, ...]:
    """3.10-2 after 3.9-1."""
    return tuple(int(part) for part in re.findall(r"[0-9]+", clause))


def parameter_row(parameter: Parameter, inforce: InForce, passed_over: Sequence[Ignored], waiting: int) -> ParameterRow:
    """One parameter with its layers."""
    now, layers, unset = [], [], False
    for key in BY[parameter.by] if parameter.by else (None,):
        programme = BY[parameter.by][key] if key else ""
        held = inforce.get(parameter.name, key)
        unset = unset or isinstance(held, Unset)
        now.append((programme, "未定" if isinstance(held, Unset) else brief(parameter, held.value)))
        for value in inforce.book.candidates(parameter.name, inforce.day, inforce.region, key):
            layers.append(_layer(parameter, value, programme, held))
    labels = {parameter.name, *(f"{parameter.name}.{key}" for key in (BY[parameter.by] if parameter.by else ()))}
    return ParameterRow(
        parameter, parameter.title, parameter.clause, unit_of(parameter), now, unset, blocked(parameter), layers,
        [one.sentence for one in passed_over if one.name in labels], waiting,
    )  # fmt: skip


def _layer(parameter: Parameter, value: Value, programme: str, held: Value | Unset) -> Layer:
    certainty = next(
        (
            CERTAINTY[d.certainty]
            for d in parameter.values
            if (d.layer, d.valid_from) == (value.layer, value.valid_from)
        ),
        "已定",
    )
    return Layer(
        LAYER_TITLES[value.layer], programme, shown(parameter, value.value), value.valid_from, value.source, certainty,
        value == held,
    )  # fmt: skip
