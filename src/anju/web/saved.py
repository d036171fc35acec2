"""Columns that somebody picked, and the views somebody keeps: one person's own, per list, one of them where the list opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from anju.base.acts import Refused
from anju.base.listing import acts
from anju.base.listing.models import SavedView
from anju.web.columns import Col

COLUMN, ALL = "col", "all"
POWER = "base.save_view"


@dataclass(frozen=True)
class Choice:
    """A column as it may be ticked; the first one carries the link and always stays."""

    key: str
    title: str
    shown: bool
    fixed: bool


@dataclass(frozen=True)
class OwnView:
    """A view of one's own as a tab."""

    id: UUID
    title: str
    url: str
    current: bool
    is_default: bool


def keyed(columns: Sequence[Col]) -> list[tuple[str, Col]]:
    """Columns under names that the address can carry: their fields, numbered where one stands twice."""
    seen: dict[str, int] = {}
    found = []
    for col in columns:
        seen[col.field] = seen.get(col.field, 0) + 1
        found.append((col.field if seen[col.field] == 1 else f"{col.field}.{seen[col.field]}", col))
    return found


def picked(request: HttpRequest, columns: Sequence[Col]) -> list[str]:
    """The columns that the address asks for; none means all. Unknown ones are left out."""
    wanted = set(request.GET.getlist(COLUMN))
    return [key for key, _ in keyed(columns) if key in wanted]


def shown(columns: Sequence[Col], keys: Sequence[str]) -> list[Col]:
    """The columns to show, in the list's own order."""
    if not keys:
        return list(columns)
    return [col for at, (key, col) in enumerate(keyed(columns)) if at == 0 or key in keys]


def choices(columns: Sequence[Col], keys: Sequence[str]) -> list[Choice]:
    """All columns, ticked where they are shown."""
    return [
        Choice(key, col.title, at == 0 or not keys or key in keys, at == 0)
        for at, (key, col) in enumerate(keyed(columns))
    ]


def page_name(request: HttpRequest) -> str:
    """The name of the list's page, under which views are kept."""
    match = request.resolver_match
    return match.view_name if match else ""


def views_of(request: HttpRequest) -> list[SavedView]:
    """One's own views of this list, by name."""
    actor, page = request.anju, page_name(request)  # type: ignore[attr-defined]
    if not page or POWER not in actor.powers or getattr(request, "exporting", None):
        return []
    return list(
        SavedView.objects.filter(region=actor.region, account=actor.account.id, list=page).order_by("title", "id")
    )


def opening(request: HttpRequest, views: Sequence[SavedView]) -> str:
    """Where the list opens: the default view's address, where the address asks for nothing itself."""
    if request.method != "GET" or request.GET:
        return ""
    return next((address_of(v) for v in views if v.is_default), "")


def address_of(view: SavedView) -> str:
    """A view's query string."""
    return address({**view.values, COLUMN: view.columns}) if view.values or view.columns else f"?{ALL}=1"


def address(parts: Mapping[str, Any]) -> str:
    """A query string without what is empty."""
    text = urlencode({k: v for k, v in parts.items() if v not in ("", None, [])}, doseq=True)
    return f"?{text}" if text else "?"


def tabs(views: Sequence[SavedView], now: Mapping[str, str], keys: Sequence[str]) -> list[OwnView]:
    """The tabs of one's own views; the one that is shown is marked."""
    here = {k: v for k, v in now.items() if v}
    return [
        OwnView(v.id, v.title, address_of(v), v.values == here and v.columns == list(keys), v.is_default) for v in views
    ]


def posted(request: HttpRequest, now: Mapping[str, str], keys: Sequence[str]) -> HttpResponse | None:
    """Save or delete a view, where that is what was posted; back to the list with a sentence either way."""
    actor, back = request.anju, request.get_full_path()  # type: ignore[attr-defined]
    try:
        if "save_view" in request.POST:
            row = acts.save_view(
                ctx=actor.context(), page=page_name(request), title=request.POST.get("view_title", ""),
                values={k: v for k, v in now.items() if v}, columns=list(keys), default=bool(request.POST.get("view_default")),
            )  # fmt: skip
            messages.success(
                request, f"已保存视图「{row.title}」{'，打开这张清单时先显示它' if row.is_default else ''}。"
            )
            back = address_of(row)
        elif "delete_view" in request.POST:
            acts.delete_view(ctx=actor.context(), view_id=_uuid(request.POST["delete_view"]))
            messages.success(request, "已删除视图；清单里的数据没有变。")
            back = f"?{ALL}=1"
        else:
            return None
    except Refused as error:
        messages.error(request, error.sentence)
    return HttpResponseRedirect(back)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
