"""How one cell of a list is shown, and how it goes into a sheet."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from anju.base import numbers
from anju.base.acts.context import SHANGHAI
from anju.web import places, tones

NUMERIC = frozenset({"int", "fen", "wan", "price", "cm2"})
UNITS = {"fen": "元", "wan": "万元", "price": "元/㎡", "cm2": "㎡"}
DASH = mark_safe('<span class="faint">—</span>')
UNKNOWN = mark_safe('<span class="c-unk">未知</span>')


def value_of(row: Any, col: Any) -> Any:
    """The raw value of a cell: the column's function, or the field followed along its keys."""
    if col.value:
        return col.value(row)
    found = row
    for name in col.field.split("__"):
        if found is None:
            return None
        try:
            found = found.get(name) if isinstance(found, Mapping) else getattr(found, name)
        except ObjectDoesNotExist:
            return None
    return found() if callable(found) else found


def unit(col: Any) -> str:
    """The unit as the head of a sheet names it."""
    return f"（{col.measure}）" if col.measure else ""


def shown(row: Any, col: Any) -> Any:
    """The cell as the page shows it; a link where the column has one."""
    body = _body(row, col)
    url = col.link(row) if col.link else ""
    return format_html('<a href="{}">{}</a>', url, body) if url else body


def _body(row: Any, col: Any) -> Any:
    value = value_of(row, col)
    if isinstance(value, SafeString):
        return value
    if col.kind == "state":
        return _state(row, col, value)
    if value is None or value == "":
        return UNKNOWN if col.kind == "bool" else DASH
    return _formatted(value, col)


def clock(found: Any) -> SafeString:
    """A working-day clock, worked out for the whole page at once."""
    return render_to_string("web/_clock.html", {"c": found})


def _state(row: Any, col: Any, value: Any) -> SafeString:
    from anju.web.templatetags.anju import st

    if value is None or value == "":
        return st("unk", "未知")
    return st(tones.tone_of(value, col.tones), words_of(row, col, value))


def words_of(row: Any, col: Any, value: Any) -> str:
    """A coded value in its words: Django's choices, along the keys."""
    if col.value or not isinstance(row, models.Model):
        return str(value)
    return _words(type(row), col.field).get(value, str(value))


@cache
def _words(model: type[models.Model], path: str) -> dict[Any, str]:
    """The choices of a field, followed along its keys; Django would build them anew for every cell."""
    *keys, last = path.split("__")
    for key in keys:
        model = model._meta.get_field(key).related_model  # type: ignore[assignment]
    try:
        choices = model._meta.get_field(last).flatchoices  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return {}
    return {code: str(words) for code, words in choices}


def _formatted(value: Any, col: Any) -> Any:
    match col.kind:
        case "int":
            return f"{value:,}"
        case "fen" | "price":
            return f"{Decimal(value) / 100:,.2f}"
        case "wan":
            return f"{Decimal(value) / 1_000_000:,.2f}"
        case "cm2":
            return f"{Decimal(value) / 10_000:,.2f}"
        case "date":
            return day_of(value).isoformat()
        case "moment":
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        case "bool":
            return "是" if value else "否"
        case "region":
            return places.name(value)
        case "name":
            return numbers.mask_name(value)
        case "document":
            return format_html('<span class="mask">{}</span>', numbers.mask_document(value))
        case _:
            return str(value)


def day_of(value: date | datetime) -> date:
    """The day, in Asia/Shanghai."""
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value


def plain(row: Any, col: Any) -> str:
    """The cell as words, for labels."""
    value = value_of(row, col)
    return "" if value is None else str(value)


def exported(row: Any, col: Any) -> Any:
    """The cell as a sheet holds it: numbers as numbers in the head's unit, unknown empty."""
    value = value_of(row, col)
    if value is None:
        return None
    match col.kind:
        case "clock":
            return day_of(value)
        case "fen" | "price":
            return Decimal(value) / 100
        case "wan":
            return Decimal(value) / 1_000_000
        case "cm2":
            return Decimal(value) / 10_000
        case "int":
            return value
        case "date":
            return day_of(value)
        case "state":
            return words_of(row, col, value)
        case _:
            return str(_formatted(value, col))
