"""The demand analysis (3.2): how many want what where on a day, how it moved, how real it is; for the city or one county."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anju.base.regions import city_of
from anju.base.sheets.out import workbook
from anju.needs import cells, reads, realness, shown, snapshot_rows, waiting
from anju.needs.exports import CELL_COLUMNS
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web import countymap
from anju.web.lists import XLSX, download, today_of


@page(power="needs.view_demand")
def analysis(request: HttpRequest) -> HttpResponse:
    """The page; ``on`` is the day, ``county`` narrows to homes and households of one county."""
    actor = request.anju  # type: ignore[attr-defined]
    today, names = today_of(request), reads.counties(actor.region)
    on, wrong = _day(request.GET.get("on", ""), today)
    county = request.GET.get("county", "")
    county = county if county in names and len(names) > 1 else ""
    every = cells.cells(actor.region, on)
    found = cells.narrowed(every, county)
    if request.GET.get("export") == "xlsx":
        return _file(request, found, names, on)
    facts = _facts(actor, on, names)
    waiting = sum(
        n for (region, _), n in cells.households(county or actor.region, on).items() if not county or region == county
    )
    lines = shown.real_lines(facts, county)
    wanted = shown.sums(every, lambda c: c.county)
    drawn, height = countymap.shaded(
        city_of(actor.region),
        {code: (wanted.get(code, 0), f"{wanted.get(code, 0):,} 户") for code in names},
        by_amount=True,
    )
    return render(request, "needs/analysis.html", {
        "title": "需求分析", "crumbs": CRUMBS, "on": on, "today": today, "wrong": wrong, "county": county,
        "counties": names if len(names) > 1 else {}, "name": names.get(county, "") or actor.region_name, "waiting": waiting,
        "lines": lines, "total": lines[-1], "cells": shown.table(found, names), "map": drawn if len(names) > 1 else [], "height": height,
        "credit": countymap.CREDIT, "months": shown.months(facts), "lost": shown.unserved(facts, names, county),
        "unasked": facts["unasked"], "rates": shown.rates(facts), **shown.charts(found, names),
    })  # fmt: skip


def _day(text: str, today: date) -> tuple[date, str]:
    """The day asked for, and what was wrong with it."""
    if not text:
        return today, ""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today, f"「{text[:20]}」不是日期，按今天 {today} 显示"
    return (found, "") if found <= today else (today, f"{found} 还没有到，按今天 {today} 显示")


def _facts(actor: Any, on: date, names: dict[str, str]) -> dict[str, Any]:
    book, everybody = actor.context().params, waiting.read(actor.region, on)
    found = realness.frozen(everybody, actor.region, on, names, lambda code: book.on(on, code))
    months = cells.by_month(cells.moves(actor.region, on), len(everybody))
    return {**found, "months": [list(month) for month in months[-realness.MONTHS :]]}


def _file(request: HttpRequest, found: list[cells.Cell], names: dict[str, str], on: date) -> HttpResponse:
    actor = request.anju  # type: ignore[attr-defined]
    notes = [
        f"截至 {on} 的变动数据；规划和收购请引用冻结的快照",
        f"家庭数不足 {snapshot_rows.FEW} 的单元，请勿对外提供",
    ]
    title = f"需求单元 {actor.region} {on}"
    return download(
        workbook(title, CELL_COLUMNS, shown.table(found, names), actor.synthetic, notes=notes), f"{title}.xlsx", XLSX
    )
