"""``{% load anju %}``: the components of the look and the formats of numbers, for every room's templates."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.db import models
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from anju.base import numbers
from anju.base.acts.context import SHANGHAI
from anju.policy import clauses
from anju.web import places, shown

register = template.Library()

SHAPES = {
    "ok": "ok",
    "bad": "bad",
    "waive": "waive",
    "unk": "unk",
    "near": "near",
    "info": "ring",
    "over": "over",
    "on": "on",
}
UNKNOWN = mark_safe('<span class="c-unk">未知</span>')
DASH = mark_safe('<span class="faint">—</span>')


@register.filter
def yuan(fen: int | None) -> str:
    """Money in yuan, ``1,234.50 元``; an unknown sum says so."""
    return UNKNOWN if fen is None else numbers.yuan(fen)


@register.filter
def wan(fen: int | None) -> str:
    """Money in 万元."""
    return UNKNOWN if fen is None else numbers.wan(fen)


@register.filter
def m2(cm2: int | None) -> str:
    """Area in ㎡ with two places."""
    return UNKNOWN if cm2 is None else numbers.m2(cm2)


@register.filter
def price(fen_m2: int | None) -> str:
    """A price per ㎡: ``3,240.00 元/㎡``."""
    return UNKNOWN if fen_m2 is None else f"{numbers.yuan(fen_m2)}/㎡"


@register.filter
def thousands(value: int | None) -> str:
    """A whole number with thousands commas; unknown is a dash, never 0."""
    return f"{value:,}" if isinstance(value, int) else DASH


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as ``2026-03-02``."""
    if value is None:
        return DASH
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return value.isoformat()


@register.filter
def fullday(value: date | None) -> str:
    """A day where a family must act: ``2026 年 3 月 2 日（星期一）``."""
    if value is None:
        return "未定"
    return f"{value.year} 年 {value.month} 月 {value.day} 日（星期{'一二三四五六日'[value.weekday()]}）"


@register.filter
def fullday_of(value: datetime | None) -> str:
    """The day of an instant, in full."""
    return "未定" if value is None else fullday(value.astimezone(SHANGHAI).date())


@register.filter
def weekday(value: date | datetime) -> str:
    """一 … 日."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI)
    return "一二三四五六日"[value.weekday()]


@register.filter
def timeuntil_words(now: datetime, until: datetime) -> str:
    """The time left: ``6 天 7 小时``."""
    minutes = max(0, int((until - now).total_seconds()) // 60)
    if minutes >= 1440:
        return f"{minutes // 1440} 天 {minutes % 1440 // 60} 小时"
    return f"{minutes // 60} 小时 {minutes % 60} 分"


@register.filter
def moment(value: datetime | None) -> str:
    """An instant as ``2026-03-02 17:00`` in Asia/Shanghai."""
    return DASH if value is None else f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


@register.filter
def masked(value: str | None, kind: str = "name") -> str:
    """A name, document number (``document``) or phone (``phone``) with its middle hidden."""
    if not value:
        return UNKNOWN
    hide = {"name": numbers.mask_name, "document": numbers.mask_document, "phone": numbers.mask_phone}[kind]
    return format_html('<span class="mask">{}</span>', hide(value))


@register.filter
def region_name(code: str) -> str:
    """The name of a region."""
    return places.name(code)


@register.filter
def yesno_unknown(value: bool | None) -> str:
    """是, 否, 未知."""
    return UNKNOWN if value is None else ("是" if value else "否")


@register.filter
def plain(value: Any) -> Any:
    """A value of a list of facts as words: days and instants in their one form, lists joined."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list | tuple):
        return "、".join(str(v) for v in value)
    return value


@register.filter
def message_shape(level: str) -> str:
    """The shape of a message's level."""
    return {"error": "bad", "warning": "near"}.get(level, "ok")


@register.simple_tag
def swap(url: str) -> SafeString:
    """The attributes by which htmx swaps a list in place and keeps its address; without scripts the link or form does it."""
    return format_html('hx-get="{}" hx-target="#list" hx-select="#list" hx-swap="outerHTML" hx-push-url="true"', url)


@register.simple_tag
@lru_cache(maxsize=2_000)
def icon(name: str) -> SafeString:
    """An icon of the sprite; always beside words."""
    return format_html(
        '<svg class="i" aria-hidden="true"><use href="{}#{}"></use></svg>', static("vendor/icons.svg"), name
    )


@register.simple_tag
@lru_cache(maxsize=2_000)
def shape(name: str, tone: str = "") -> SafeString:
    """One of our own shapes, which mean the same everywhere."""
    colour = tone or {"over": "bad", "on": "ok"}.get(name, name if name in SHAPES else "")
    return format_html(
        '<svg class="sh{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" c-{colour}" if colour in ("ok", "bad", "near", "waive", "unk") else "", static("web/shapes.svg"), name,
    )  # fmt: skip


@register.simple_tag
@lru_cache(maxsize=2_000)
def st(tone: str, text: Any, mark: str = "") -> SafeString:
    """A state chip: shape, word and colour. Tones: ok near bad waive unk info; ``mark`` another shape (on, over, half …)."""
    return format_html(
        '<span class="st {}"><svg class="sh" aria-hidden="true"><use href="{}#{}"></use></svg>{}</span>',
        tone, static("web/shapes.svg"), mark or SHAPES.get(tone, "ring"), text,
    )  # fmt: skip


@register.simple_tag
@lru_cache(maxsize=2_000)
def clause(number: str) -> SafeString:
    """A clause's number; its own words on hover and for screen readers."""
    if not number:
        return SafeString("")
    row = clauses.all_clauses().get(number)
    words = f"实施方案第 {number} 条：{row.title}" if row else f"第 {number} 条"
    return format_html(
        '<span class="clause" title="{}"><span class="vh">方案第 </span>{}<span class="vh"> 条</span></span>',
        words,
        number,
    )


@register.inclusion_tag("web/_verdicts.html")
def verdicts(found: Iterable[Any], actions: Any = None) -> dict[str, Any]:
    """The verdict list: what blocks first."""
    return {"rows": shown.verdict_rows(found or (), actions)}


@register.inclusion_tag("web/_steps.html")
def stepper(steps: Iterable[Any]) -> dict[str, Any]:
    """The stage stepper; steps are ``shown.Step`` or (title, date, state)."""
    return {"steps": [s if isinstance(s, shown.Step) else shown.Step(*s) for s in steps]}


@register.inclusion_tag("web/_gate.html", name="gate")
def gate_tag(taken: int, held: int, offered: int, needed: int, percent: str = "95%") -> dict[str, Any]:
    """The gauge of the gate."""
    return {"g": shown.gate(taken=taken, held=held, offered=offered, needed=needed, percent=percent)}


@register.inclusion_tag("web/_clock.html", takes_context=True, name="clock")
def clock_tag(context: Any, thing: Any, limit_days: int | None = None) -> dict[str, Any]:
    """The clock of a ticket (or anything with ``due_on``), or of a day."""
    actor = context.get("actor")
    today = actor.now.astimezone(SHANGHAI).date() if actor else date.min
    if thing is None or isinstance(thing, date):
        return {"c": shown.clock(thing, today=today, limit_days=limit_days)}
    return {
        "c": shown.clock(
            thing.due_on, today=today, limit_days=limit_days or getattr(thing, "limit_days", None),
            stopped=(getattr(thing, "stop_reason", "") or "停表") if getattr(thing, "stopped_on", None) else "",
            done=getattr(thing, "done_on", None) is not None,
        )
    }  # fmt: skip


@register.inclusion_tag("web/_history.html", takes_context=True)
def history(context: Any, obj: models.Model) -> dict[str, Any]:
    """What was done to the object, with numbers of the log. A party does not read the log's tables."""
    actor = context.get("actor")
    if actor is None or actor.is_party:
        return {"rows": [], "more": False}
    found = shown.history(obj)
    return {"rows": found.rows, "more": found.more}


@register.inclusion_tag("web/_papers.html", takes_context=True)
def papers_of(context: Any, obj: models.Model) -> dict[str, Any]:
    """The papers of the object."""
    return {"rows": shown.papers(obj) if context.get("actor") else []}


@register.simple_tag(takes_context=True)
def synth(context: Any) -> SafeString:
    """The badge 合成, in a demonstration only."""
    return mark_safe('<span class="synth">合成</span>') if context.get("synthetic") else SafeString("")
