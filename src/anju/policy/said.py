"""A parameter's value in words: for pages, refusals and the evidence of a verdict."""

from collections.abc import Sequence
from typing import Any

from anju.policy.amounts import with_unit
from anju.policy.catalogue import BY, NO_LIMIT, Parameter

NONE_WORDS = "不设"
# A code that a column beside it says in words.
TITLE = "title"


def said(parameter: Parameter, value: Any) -> str:
    """A value in words; one kept by programme names each."""
    if parameter.by and isinstance(value, dict):
        return "；".join(f"{BY[parameter.by].get(key, key)} {said(parameter, part)}" for key, part in value.items())
    if value == NO_LIMIT and parameter.optional:
        return NONE_WORDS
    if parameter.kind == "enum":
        return parameter.choices.get(value, str(value))
    if parameter.kind == "table":
        return "；".join(_row(parameter, row) for row in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return with_unit(value, parameter.unit)
    return str(value)


def _row(parameter: Parameter, row: Sequence[Any]) -> str:
    """A table's row without the codes that its title says: ``配售型保障性住房 新市民``."""
    found = dict(zip(parameter.columns, row, strict=True))
    hidden = {"key", "group", "unit"} & set(found) if TITLE in found or "unit" in found else set()
    unit = str(found.get("unit", ""))
    return " ".join(_cell(parameter, name, cell, unit) for name, cell in found.items() if name not in hidden)


def _cell(parameter: Parameter, column: str, cell: Any, unit: str) -> str:
    if isinstance(cell, int):
        return with_unit(cell, unit or parameter.units.get(column, parameter.unit))
    return parameter.words.get(cell, cell)
