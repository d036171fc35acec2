"""People (3.2.1): density, change, urban share, ages, inflow and household size of each county, on a map and as a table."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.regions import city_of
from anju.base.sheets.out import workbook
from anju.needs import population
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web import countymap
from anju.web.lists import XLSX, download


@page(power="needs.view_demand")
def people(request: HttpRequest) -> HttpResponse:
    """The page; ``show`` chooses what the map says."""
    actor = request.anju  # type: ignore[attr-defined]
    lines = population.lines(actor.region)
    if request.GET.get("export") == "xlsx":
        return _file(request, lines)
    shown = population.INDICATORS.get(request.GET.get("show", ""), population.INDICATORS["inflow"])
    counties = [line for line in lines if not line.code.endswith("00")]
    known = [(line.name, value) for line in counties if (value := line.values[shown.code]).number is not None]
    ranked = sorted(known, key=lambda pair: (-(pair[1].number or 0), pair[0]))
    drawn, height = countymap.shaded(
        city_of(actor.region),
        {line.code: (line.values[shown.code].number, line.values[shown.code].shown) for line in counties},
    )
    years = sorted({year for _, value in known for year in value.years})
    return render(request, "needs/people.html", {
        "title": "人口现状", "crumbs": CRUMBS, "shown": shown, "indicators": population.INDICATORS.values(), "lines": lines,
        "map": drawn, "height": height, "credit": countymap.CREDIT, "ranked": ranked, "bars": bars(ranked), "years": years,
        "missing": [(line.name, line.values[shown.code].missing) for line in counties if line.values[shown.code].number is None],
        "sources": population.sources(actor.region), "finding": _finding(shown, ranked),
        "bring": reverse("front:bring", args=["population"]) if "needs.import_figures" in actor.powers else "",
    })  # fmt: skip


def bars(ranked: list[tuple[str, population.Value]]) -> list[dict[str, Any]]:
    """Bars by size; of what may be negative, by how far it is from nothing."""
    most = max((abs(value.number or 0) for _, value in ranked), default=0)
    return [
        {"title": name, "shown": value.shown, "width": 1000 * abs(value.number or 0) // most if most else 0}
        for name, value in ranked
    ]


def _finding(shown: population.Indicator, ranked: list[tuple[str, population.Value]]) -> str:
    """What the map says, in one sentence."""
    if not ranked:
        return "还没有可比的数字"
    if shown.code == "inflow":
        above = [name for name, value in ranked if (value.number or 0) > 1000]
        return f"高于全市平均的有 {len(above)} 个：{'、'.join(above)}" if above else "没有高于全市平均的区县"
    if shown.code == "change":
        lost = sum((value.number or 0) < 0 for _, value in ranked)
        return f"{len(ranked)} 个区县中 {lost} 个人口减少，{ranked[-1][0]}减得最多（{ranked[-1][1].shown}）"
    return f"最高的是{ranked[0][0]}（{ranked[0][1].shown}），最低的是{ranked[-1][0]}（{ranked[-1][1].shown}）"


def _file(request: HttpRequest, lines: list[population.Line]) -> HttpResponse:
    """The table as a file; each column says how it is worked out, each number's years stand beside it."""
    columns: list[tuple[str, str]] = [("区划代码", ""), ("区县", "")]
    for one in population.INDICATORS.values():
        columns += [(f"{one.title}{f'（{one.unit}）' if one.unit else ''}", one.how), (f"{one.title}年份", "")]
    rows = []
    for line in lines:
        row: list[Any] = [line.code, line.name]
        for value in line.cells:
            row += [
                value.shown if value.number is not None else f"—（{value.missing}）",
                "、".join(map(str, value.years)),
            ]
        rows.append(row)
    actor = request.anju  # type: ignore[attr-defined]
    notes = [f"{year} 年：{source}（{count} 个数字）" for year, source, count in population.sources(actor.region)]
    return download(
        workbook("人口现状", columns, rows, actor.synthetic, notes=notes), f"人口现状_{actor.region}.xlsx", XLSX
    )
