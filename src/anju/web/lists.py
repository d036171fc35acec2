"""The list page: filter, sort, page, xlsx out, bulk acts with a confirm page. A fixed number of queries, whatever the table's size."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anju.web import exports, places, saved
from anju.web.bulks import BULK_MAX, Bulk, bulk_key, bulk_page
from anju.web.columns import Col, Line, lines_of, today_of
from anju.web.downloads import XLSX, download
from anju.web.people import NOBODY, PERSONS, People, families

__all__ = [
    "NOBODY", "PERSONS", "XLSX", "Bulk", "Col", "Filter", "People", "bulk_key", "download", "families", "list_page", "regions", "typed",
    "within",
]  # fmt: skip

PAGE_SIZE = 50
# Past this many rows a list says 「10,000 以上」 and asks for a filter: nobody reads page 201, and counting a million rows is slow.
COUNT_CAP = 10_000
TYPED_MAX = 60
NAMING = frozenset({"name", "document"})  # kinds of columns that name a person
RESERVED = ("q", "order", "page", "export", saved.COLUMN, saved.ALL)


@dataclass(frozen=True)
class Filter:
    """A filter by one field. ``kind``: choice, begins, is, from, to, bool; ``choices``: (code, words), or what gives them."""

    field: str
    title: str
    choices: Iterable[tuple[Any, str]] | Callable[[], Iterable[tuple[Any, str]]] = ()
    kind: str = "choice"
    name: str = ""

    @property
    def key(self) -> str:
        """Its name in the address."""
        return self.name or (f"{self.field}_{self.kind}" if self.kind in ("from", "to") else self.field)

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices as the page lists them."""
        if self.kind == "bool":
            return [("1", "是"), ("0", "否"), ("unknown", "未知")]
        found = self.choices() if callable(self.choices) else self.choices
        return [(str(code), words) for code, words in found]

    def narrow(self, rows: models.QuerySet[Any], value: str) -> models.QuerySet[Any]:
        """The rows that the value lets through. Raises ValueError for what is not a value of the filter."""
        if self.kind == "begins":
            return rows.filter(**{f"{self.field}__begins": value})
        if self.kind in ("from", "to"):
            return rows.filter(
                **{f"{self.field}__{'gte' if self.kind == 'from' else 'lte'}": date.fromisoformat(value)}
            )
        if self.kind == "is":
            return rows.filter(**{self.field: value})
        if value not in {code for code, _ in self.options}:
            raise ValueError(value)
        if self.kind == "bool":
            return rows.filter(**_truth(self.field, value))
        if self.field.endswith("__isnull"):
            return rows.filter(**{self.field: value in ("True", "true", "1")})
        return rows.filter(**{self.field: value})


def _truth(field: str, value: str) -> dict[str, Any]:
    return {f"{field}__isnull": True} if value == "unknown" else {field: value == "1"}


@dataclass
class State:
    """What the address says the list shows."""

    q: str = ""
    order: str = ""
    page: int = 1
    values: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    def address(self, **changed: Any) -> str:
        """The query string with something changed; without ``page`` unless it is given."""
        return saved.address({**self.shown, saved.COLUMN: self.columns, **changed})

    @property
    def shown(self) -> dict[str, str]:
        """What narrows and orders the list: what a view keeps beside its columns."""
        return {"q": self.q, "order": self.order, **self.values}


@dataclass(frozen=True)
class Head:
    """A column's head: its sorting link and the direction now."""

    col: Col
    url: str = ""
    direction: str = ""


def regions(request: HttpRequest, field: str = "region", title: str = "区划") -> Filter:
    """The filter by county, for a post of the city; a county's own has nothing to choose from."""
    region = request.anju.region  # type: ignore[attr-defined]
    found = places.choices(region)
    return Filter(field, title, found if region.endswith("00") else [c for c in found if c[0] == region])


def list_page(
    request: HttpRequest, *, title: str, rows: models.QuerySet[Any], columns: Sequence[Col], people: People, filters: Sequence[Filter] = (),
    search: Sequence[str] = (), bulk: Sequence[Bulk] = (), actions: Sequence[tuple[str, str, str]] = (), order: str = "-id",
    export_name: str = "", sub: str = "", crumbs: Sequence[tuple[str, str]] = (), empty: str = "",
    empty_act: tuple[str, str, str] | None = None,
    views: Sequence[tuple[str, Mapping[str, str]]] = (), search_hint: str = "", clause: str = "", template: str = "web/list.html",
    shell: str = "web/staff.html", context: Mapping[str, Any] | None = None, page_size: int = PAGE_SIZE, edits: str = "",
) -> HttpResponse:  # fmt: skip
    """The page. ``rows`` is already narrowed to the actor's region (row-level security alone is too slow for lists).

    ``people``: whom the rows are about; a file of personal rows goes out only with a reason, which the log keeps (4.5). Raises
    ValueError for rows about nobody with a column that names a person.
    ``search``: fields matched by their beginning (``number``), or with a lookup of their own (``name__contains``) on small tables.
    ``views``: named sets of filter values, shown as tabs, before those that the person keeps.
    ``actions``: (title, address, power). ``empty``: what to say of no rows at all.
    ``edits``: the name of what a sheet of this list may change (``base.sheets.edits``), for those who hold its power.
    """
    if not people.personal and any(col.kind in NAMING for col in columns):
        raise ValueError(f"list {title}: a column names a person, and its rows are declared to be about nobody")
    state = read_state(request, filters)
    state.columns = saved.picked(request, columns)
    own = saved.views_of(request)
    if opens := saved.opening(request, own):
        return HttpResponseRedirect(opens)
    allowed = [b for b in bulk if b.power in request.anju.powers]  # type: ignore[attr-defined]
    found = narrowed(rows, state, filters, search)
    everything, columns = columns, saved.shown(columns, state.columns)
    wanted = request.GET.get("export", "")
    if wanted == "xlsx" and export_name:
        return exports.export(
            request, ordered(found, state, everything, order), title=title, columns=columns, name=export_name,
            filters=said(state, filters), order=said_order(state, columns), people=people, shell=shell,
        )  # fmt: skip
    if wanted == "edit" and edits:
        return exports.edit_sheet(
            request,
            ordered(found, state, everything, order),
            name=edits,
            filters=said(state, filters),
            people=people,
            shell=shell,
        )
    if request.method == "POST":
        return saved.posted(request, state.shown, state.columns) or bulk_page(
            request, allowed, found, title=title, columns=columns, shell=shell
        )
    found = ordered(found, state, everything, order)
    lines, count, capped, more = page_of(found, state, columns, page_size, today_of(request))
    powers = request.anju.powers  # type: ignore[attr-defined]
    first = (state.page - 1) * page_size
    return render(request, template, {
        "shell": shell, "title": title, "sub": sub, "crumbs": crumbs, "clause_number": clause, "state": state, "search": search,
        "search_hint": search_hint or "从头输入编号或名称", "filters": [(f, state.values.get(f.key, "")) for f in filters],
        "heads": heads(columns, state, order), "lines": lines, "count": count, "capped": capped,
        "more": more and first + page_size < COUNT_CAP,
        "first": first + 1, "last": first + len(lines), "bulk": allowed, "bulk_max": BULK_MAX, "pages": max(1, -(-count // page_size)),
        "actions": [(t, u) for t, u, p in actions if not p or p in powers], "export": bool(export_name) and exports.may(request),
        "views": [(t, state_of_view(state, v), _is_view(state, v)) for t, v in views],
        "own_views": saved.tabs(own, state.shown, state.columns), "may_save": saved.POWER in powers and bool(saved.page_name(request)),
        "choices": saved.choices(everything, state.columns), "cleared": f"?{saved.ALL}=1",
        "prev_url": state.address(page=state.page - 1 if state.page > 2 else None), "next_url": state.address(page=state.page + 1),
        "export_url": state.address(export="xlsx"), "edits": exports.edits_of(request, edits), "edit_url": state.address(export="edit"),
        "narrowed": bool(state.q or state.values), "empty": empty or f"还没有{title}",
        "empty_act": empty_act if empty_act and (not empty_act[2] or empty_act[2] in powers) else None, **(context or {}),
    })  # fmt: skip


def typed(text: str) -> str:
    """What somebody typed into a box: trimmed, of bearable length, without the NUL that PostgreSQL cannot hold."""
    return text.replace("\x00", "").strip()[:TYPED_MAX]


def read_state(request: HttpRequest, filters: Sequence[Filter]) -> State:
    """The state that the address carries; a page number that is none is the first page."""
    source = request.GET
    page = source.get("page", "1")
    state = State(
        q=typed(source.get("q", "")), order=source.get("order", ""),
        page=max(1, min(int(page), COUNT_CAP // PAGE_SIZE)) if page.isdecimal() and len(page) < 6 else 1,
    )  # fmt: skip
    for item in filters:
        value = typed(source.get(item.key, ""))
        if value:
            state.values[item.key] = value
    return state


def narrowed(
    rows: models.QuerySet[Any], state: State, filters: Sequence[Filter], search: Sequence[str]
) -> models.QuerySet[Any]:
    """The rows that filters and search let through; a value that a filter does not know is dropped and named."""
    for item in filters:
        value = state.values.get(item.key)
        if value is None:
            continue
        try:
            rows = item.narrow(rows, value)
        except (ValueError, ValidationError):
            state.ignored.append(f"{item.title}「{value}」")
            del state.values[item.key]
    if state.q and search:
        rows = rows.filter(_matches(state.q, search))
    return rows


def _matches(q: str, search: Sequence[str]) -> Q:
    found = Q()
    for name in search:
        last = name.rsplit("__", 1)[-1]
        found |= Q(**{name if last in ("contains", "icontains", "exact", "begins") else f"{name}__begins": q})
    return found


def ordered(rows: models.QuerySet[Any], state: State, columns: Sequence[Col], order: str) -> models.QuerySet[Any]:
    """By the column asked for, else by the list's own order; the id breaks ties, so that no row is on two pages.

    A list whose ``order`` is empty comes in an order of its own, which names each row once.
    """
    known = {c.sort for c in columns if c.sort}
    wanted = state.order if state.order.lstrip("-") in known else order
    if wanted != state.order:
        state.order = ""
    if not wanted:
        return rows
    expression = models.F(wanted.lstrip("-"))
    first = (
        expression.desc(nulls_last=_nullable(rows.model, wanted.lstrip("-")))
        if wanted.startswith("-")
        else expression.asc()
    )
    return rows.order_by(first) if wanted.lstrip("-") in ("id", "pk") else rows.order_by(first, "id")


def _nullable(model: type[models.Model], name: str) -> bool | None:
    """NULLS LAST only where a column holds NULLs: an index in the default order could not serve it."""
    try:
        return getattr(model._meta.get_field(name), "null", False) or None
    except FieldDoesNotExist:
        return None


def page_of(
    rows: models.QuerySet[Any], state: State, columns: Sequence[Col], size: int, today: date
) -> tuple[list[Line], int, bool, bool]:
    """The lines of the page, the count (capped at ``COUNT_CAP``), whether it was capped, whether another page follows."""
    start = (state.page - 1) * size
    taken = list(rows[start : start + size + 1])
    more = len(taken) > size
    count = start + len(taken) if not more and (taken or start == 0) else _capped(rows)
    return lines_of(taken[:size], columns, today), min(count, COUNT_CAP), count > COUNT_CAP, more


def _capped(rows: models.QuerySet[Any]) -> int:
    """How many, up to one past the cap; nothing of the rows is asked for, so that an index alone can answer."""
    return rows.order_by().annotate(one=models.Value(1)).values("one")[: COUNT_CAP + 1].count()


def heads(columns: Sequence[Col], state: State, order: str) -> list[Head]:
    """The heads with their sorting links: a click orders, a second one turns it round."""
    now = state.order or order
    found = []
    for col in columns:
        if not col.sort:
            found.append(Head(col))
            continue
        direction = {col.sort: "ascending", f"-{col.sort}": "descending"}.get(now, "")
        wanted = f"-{col.sort}" if direction == "ascending" else col.sort
        found.append(Head(col, state.address(order=wanted), direction))
    return found


def within(request: HttpRequest, rows: models.QuerySet[Any], field: str = "region") -> models.QuerySet[Any]:
    """The rows of the actor's region: a county's own, a city's with all its counties; a party's cases may be anywhere in its city."""
    actor = request.anju  # type: ignore[attr-defined]
    region = actor.region[:4] + "00" if actor.is_party else actor.region
    if region.endswith("00"):
        return rows.filter(**{f"{field}__gte": region, f"{field}__lte": region[:4] + "99"})
    return rows.filter(**{field: region})


def state_of_view(state: State, values: Mapping[str, str]) -> str:
    """The address of a named view."""
    return saved.address(values or {saved.ALL: "1"})


def _is_view(state: State, values: Mapping[str, str]) -> bool:
    return not state.q and not state.columns and state.values == {k: v for k, v in values.items() if k not in RESERVED}


def said(state: State, filters: Sequence[Filter]) -> list[tuple[str, str]]:
    """What narrows the list, in words."""
    found = [("查找", state.q)] if state.q else []
    for item in filters:
        value = state.values.get(item.key)
        if value is not None:
            found.append((item.title, dict(item.options).get(value, value)))
    return found


def said_order(state: State, columns: Sequence[Col]) -> str:
    """The order in words."""
    title = next((c.title for c in columns if c.sort and c.sort == state.order.lstrip("-")), "")
    return f"{title}，{'从大到小' if state.order.startswith('-') else '从小到大'}" if title else "清单自身的次序"
