"""Publicity, frozen demand and questionnaires."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.needs import acts, forms, reads
from anju.needs.exports import cells_file
from anju.needs.models import DemandSnapshot, Publicity
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web.forms import act_form_page
from anju.web.lists import XLSX, Col, Filter, download, list_page, today_of, within
from anju.web.things import thing_page

BARS = 12


@page(power="needs.view")
def publicities(request: HttpRequest) -> HttpResponse:
    """Publicity, running and ended."""
    return list_page(
        request, title="公示", rows=within(request, Publicity.objects.all()), order="-from_on", clause="3.2-0", crumbs=CRUMBS,
        filters=[Filter("ended_on__isnull", "状态", [("True", "未办结"), ("False", "已办结")])],
        columns=[
            Col("标题", "title", link=lambda p: reverse("needs:publicity", args=[p.id])),
            Col("区划", "region"),
            Col("户数", "households", kind="int"),
            Col("起", "from_on", kind="date", sort="from_on"),
            Col("止", "until_on", kind="date"),
            Col("办结", "ended_on", kind="date"),
        ],
        empty="还没有公示：复审通过的申请在列表里批量公示",
    )  # fmt: skip


def _publicity(request: HttpRequest, key: UUID) -> Publicity:
    row = within(request, Publicity.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份公示")
    return row


@page(power="needs.view")
def publicity(request: HttpRequest, key: UUID) -> HttpResponse:
    """One publicity."""
    row, today = _publicity(request, key), today_of(request)
    over = row.ended_on is None and today > row.until_on
    why = f"已于 {row.ended_on} 办结" if row.ended_on else f"公示到 {row.until_on} 为止，期满后才能办"
    state = ("ok", "已转入轮候库") if row.ended_on else ("near", "期满待办") if over else ("info", "公示中")
    return thing_page(
        request, title=row.title, state=state, clause="3.2-0", obj=row, crumbs=[*CRUMBS, ("公示", reverse("needs:publicities"))],
        facts=[
            ("区划", row.region), ("户数", row.households), ("公示期", f"{row.from_on} 至 {row.until_on}"),
            ("公开页", f"/portal/news/qualified/{row.region}/{row.slug}/"), ("办结", row.ended_on or "—"),
        ],
        acts=[("期满，转入轮候库", reverse("needs:end_publicity", args=[row.id]), "needs.end_publicity", over, why)],
    )  # fmt: skip


@page(power="needs.end_publicity")
def end_publicity(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a publicity whose days are over."""
    row = _publicity(request, key)
    back = reverse("needs:publicity", args=[row.id])
    return act_form_page(
        request, title="公示期满，转入轮候库", act=acts.end_publicity, fixed={"publicity_id": row.id}, back=back,
        done=lambda _: back, region=row.region, clause="3.2-0", verb=f"转入 {row.households} 户", irreversible=True,
        facts=[("公示", row.title), ("户数", row.households), ("办完后", "公示撤下；各户按本地次序方式取得位次，位次不能再改")],
    )  # fmt: skip


# --- frozen demand -----------------------------------------------------------------------------------


@page(power="needs.view_demand")
def snapshots(request: HttpRequest) -> HttpResponse:
    """Frozen demand, newest first."""
    return list_page(
        request, title="需求快照", rows=within(request, DemandSnapshot.objects.all()), order="-taken_on", clause="3.2-0",
        sub="规划和收购只引用冻结的快照，不引用变动中的名单",
        columns=[
            Col("名称", "title", link=lambda s: reverse("needs:snapshot", args=[s.id])),
            Col("区划", "region"),
            Col("冻结日期", "taken_on", kind="date", sort="taken_on"),
            Col("轮候家庭", "households", kind="int"),
            Col("摘要", "sha256", value=lambda s: s.sha256[:16]),
        ],
        actions=[("冻结当前需求", reverse("needs:take_snapshot"), "needs.take_snapshot")],
        empty="还没有冻结过需求", empty_act=("冻结当前需求", reverse("needs:take_snapshot"), "needs.take_snapshot"),
    )  # fmt: skip


@page(power="needs.view_demand")
def snapshot(request: HttpRequest, key: UUID) -> HttpResponse:
    """One snapshot: its cells as a table and a chart."""
    row = within(request, DemandSnapshot.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份快照")
    found, names = list(reads.snapshot_cells(row)), reads.counties(row.region[:4] + "00")
    if request.GET.get("export") == "xlsx":
        name, data = cells_file(row, synthetic=request.anju.synthetic)  # type: ignore[attr-defined]
        return download(data, name, XLSX)
    by_county = _sums(found, lambda c: names.get(c.county, c.county))
    by_kind = _sums(found, lambda c: f"{c.get_tenure_display()} {c.rooms} 室 {c.area_band_cm2 // 10_000} ㎡起")
    top = by_county[0][0] if by_county else ""
    return thing_page(
        request, title=row.title, clause="3.2-0", obj=row, crumbs=[("需求与轮候", "/needs/"), ("需求快照", reverse("needs:snapshots"))],
        facts=[
            ("区划", row.region), ("冻结日期", row.taken_on), ("轮候家庭", f"{row.households} 户"), ("需求单元", f"{len(found)} 个"),
            ("摘要（SHA-256）", row.sha256),
        ],
        acts=[("导出 XLSX", "?export=xlsx", "needs.view_demand")],
        sections=[("按区县", "needs/_bars_county.html"), ("按户型", "needs/_bars_kind.html"), ("需求单元", "needs/_cells.html")],
        context={
            "cells": [(names.get(c.county, c.county), c) for c in found], "top": top,
            "counties_bars": bars(by_county), "kinds_bars": bars(by_kind[:BARS]), "kinds_more": max(0, len(by_kind) - BARS),
        },
    )  # fmt: skip


def _sums(found: list[Any], name: Any) -> list[tuple[str, int]]:
    totals: dict[str, int] = {}
    for cell in found:
        totals[name(cell)] = totals.get(name(cell), 0) + cell.first_wishes
    return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))


def bars(values: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """Bars for a server-drawn chart: width in thousandths of the longest."""
    most = max((value for _, value in values), default=0)
    return [{"title": title, "value": value, "width": 1000 * value // most if most else 0} for title, value in values]


@page(power="needs.take_snapshot")
def take_snapshot(request: HttpRequest) -> HttpResponse:
    """Freeze the demand as it stands."""
    return act_form_page(
        request, title="冻结当前需求", act=acts.take_snapshot, form_class=forms.TitleForm, back=reverse("needs:snapshots"),
        done=lambda row: reverse("needs:snapshot", args=[row.id]), clause="3.2-0", verb="冻结", irreversible=True,
        explain="冻结后不能修改或删除；以后的变化另冻结一份",
    )  # fmt: skip
