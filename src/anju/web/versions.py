"""What a verdict was judged by, in words: ``price_profit_max=500@plan:2025-01-01`` is 「利润上限」5.00%（方案，2025-01-01 起）."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from anju.base import numbers
from anju.policy.catalogue import BY, LAYER_TITLES, Parameter, catalogue

VERSION = re.compile(r"(?P<name>[a-z][a-z0-9_]*)=(?P<value>.*?)@(?P<layer>[a-z]+):(?P<day>\d{4}-\d{2}-\d{2})")
# Units that nobody reads as they are kept.
FORMS: dict[str, Callable[[int], str]] = {
    "‱": lambda v: f"{v // 100}.{v % 100:02d}%",
    "‱/年": lambda v: f"年 {v // 100}.{v % 100:02d}%",
    "‰": lambda v: f"{v // 10}.{v % 10}%",
    "‰/年": lambda v: f"年 {v // 10}.{v % 10}%",
    "cm²": numbers.m2,
    "分": numbers.yuan,
    "分/套": lambda v: f"{numbers.yuan(v)}/套",
}


@lru_cache(maxsize=2_000)
def said(evidence: str) -> str:
    """The evidence with every version of a parameter in words; anything else as it is."""
    return VERSION.sub(_said, evidence)


def _said(found: re.Match[str]) -> str:
    parameter = catalogue().get(found["name"])
    if parameter is None:
        return found[0]
    value = _value(parameter, found["value"])
    return f"「{parameter.title}」{value}（{LAYER_TITLES.get(found['layer'], found['layer'])}，{found['day']} 起）"


def _value(parameter: Parameter, text: str) -> str:
    """A plain value with its unit; of a table only that it is one."""
    try:
        value: Any = json.loads(text)
    except ValueError:
        value = text
    if isinstance(value, dict) and parameter.by:
        return "、".join(f"{BY[parameter.by].get(key, key)} {_plain(parameter, one)}" for key, one in value.items())
    return "" if isinstance(value, list | dict) else _plain(parameter, value)


def _plain(parameter: Parameter, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return parameter.choices.get(value, "不设限" if value == "none" else value)
    if isinstance(value, list | dict):
        return ""
    form = FORMS.get(parameter.unit)
    if form and isinstance(value, int):
        return form(value)
    return f"{value}{'' if parameter.unit in ('%', '') else ' '}{parameter.unit}"
