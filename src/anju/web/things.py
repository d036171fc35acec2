"""The page of a thing: its facts, verdicts with clauses, papers, history, and what may be done with it now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from anju.web import notes

# A figure with more characters is set smaller, so that it stays on one line on a phone.
LONG_FIGURE = 8


@dataclass(frozen=True)
class ActLink:
    """Something to do with the thing: a link where it can be done now, else the words why not."""

    title: str
    url: str
    enabled: bool
    reason: str
    primary: bool = False


@dataclass(frozen=True)
class Section:
    """One part of the page, already rendered."""

    title: str
    html: SafeString


def thing_page(
    request: HttpRequest, *, title: str, sub: str = "", state: tuple[str, str] | None = None, facts: Sequence[tuple[str, Any]] = (),
    sections: Sequence[tuple[str, Any]] = (), verdicts: Iterable[Any] | None = None, obj: models.Model | None = None,
    acts: Sequence[tuple[Any, ...]] = (), steps: Sequence[Any] | None = None, template: str = "web/thing.html",
    shell: str = "web/staff.html", crumbs: Sequence[tuple[str, str]] = (), clause: str = "", note: tuple[str, str] | None = None,
    figures: Sequence[tuple[Any, ...]] = (), verdict_actions: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    context: Mapping[str, Any] | None = None, side: Sequence[tuple[str, Any]] = (),
) -> HttpResponse:  # fmt: skip
    """The page.

    ``acts``: (title, address, power[, enabled[, reason]]); without the power it is not shown, blocked it stays visible with the reason.
    ``sections`` and ``side``: (title, html that is marked safe, or the name of a template, rendered with ``context``).
    ``note``: (tone, sentence) above everything. ``figures``: (label, value, unit[, address]).
    ``obj`` brings papers and history, and for staff the section of notes and calls.
    """
    extra = dict(context or {})
    return render(request, template, {
        "shell": shell, "title": title, "sub": sub, "state": state, "facts": list(facts), "crumbs": crumbs, "clause_number": clause,
        "sections": [_section(request, t, body, extra) for t, body in sections],
        "side": [_section(request, t, body, extra) for t, body in side],
        "verdicts": list(verdicts) if verdicts is not None else None, "verdict_actions": verdict_actions, "obj": obj, "steps": steps,
        "acts": act_links(request, acts), "note": note,
        "figures": [_figure(f) for f in figures],
        "notes": notes.section(request, obj), **extra,
    })  # fmt: skip


def act_links(request: HttpRequest, acts: Sequence[tuple[Any, ...]]) -> list[ActLink]:
    """Those that the post holds the power for; the first that can be done is the primary one."""
    powers = request.anju.powers if request.anju else frozenset()  # type: ignore[attr-defined]
    found: list[ActLink] = []
    for title, url, power, *rest in acts:
        if power and power not in powers:
            continue
        enabled = bool(rest[0]) if rest else True
        reason = rest[1] if len(rest) > 1 else ""
        found.append(ActLink(title, url, enabled, reason, enabled and not any(a.primary for a in found)))
    return found


def _section(request: HttpRequest, title: str, body: Any, context: dict[str, Any]) -> Section:
    if isinstance(body, str) and not isinstance(body, SafeString) and body.endswith(".html"):
        return Section(title, render_to_string(body, context, request=request))
    return Section(title, body)


def _figure(item: tuple[Any, ...]) -> dict[str, Any]:
    label, value, unit, *rest = item
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "url": rest[0] if rest else "",
        "long": len(str(value)) > LONG_FIGURE,
    }
