"""What a verdict was judged by, in words: ``price_profit_max=500@plan:2025-01-01`` is 「利润上限」5.00%（方案，2025-01-01 起）."""

import json
import re
from functools import lru_cache
from typing import Any

from anju.policy.catalogue import LAYER_TITLES, Parameter, catalogue
from anju.policy.said import said as in_words

VERSION = re.compile(r"(?P<name>[a-z][a-z0-9_]*)=(?P<value>.*?)@(?P<layer>[a-z]+):(?P<day>\d{4}-\d{2}-\d{2})")


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
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list) or (isinstance(value, dict) and not parameter.by):
        return ""
    return in_words(parameter, value)
