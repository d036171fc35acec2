"""Frozen demand (需求快照): what was frozen, its rows, its report, and how two of them differ."""

from typing import Any, cast
from uuid import UUID

from django import forms as django_forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.files import store
from anju.needs import acts, cells, forms, reads, shown, snapshot_rows
from anju.needs.acts import report
from anju.needs.exports import cells_file
from anju.needs.models import DemandSnapshot
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import NOBODY, XLSX, Col, download, list_page, within
from anju.web.things import thing_page

HERE = [*CRUMBS, ("需求快照", "/needs/demand/")]
OTHERS = 20


class ReportForm(ActForm):
    """Of all the snapshot's counties, or one."""

    county = django_forms.ChoiceField(label="范围", required=False)

    def __init__(self, *args: Any, counties: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = [("", "快照全部区县"), *counties.items()]  # type: ignore[attr-defined]


@page(power="needs.view_demand")
def index(request: HttpRequest) -> HttpResponse:
    """Frozen demand, newest first."""
    return list_page(
        request, people=NOBODY,
        title="需求快照", rows=within(request, DemandSnapshot.objects.all()), order="-taken_on", clause="3.2-0", crumbs=CRUMBS,
        sub="规划和收购只引用冻结的快照，不引用变动中的名单",
        columns=[
            Col("名称", "title", link=lambda s: reverse("needs:snapshot", args=[s.id])),
            Col("区划", "region"),
            Col("冻结日期", "taken_on", kind="date", sort="taken_on"),
            Col("轮候家庭", "households", kind="int"),
            Col("摘要", "sha256", value=lambda s: s.sha256[:16]),
        ],
        actions=[
            ("冻结当前需求", reverse("needs:take_snapshot"), "needs.take_snapshot"),
            ("看当前需求分析", reverse("needs:analysis"), "needs.view_demand"),
        ],
        empty="还没有冻结过需求", empty_act=("冻结当前需求", reverse("needs:take_snapshot"), "needs.take_snapshot"),
    )  # fmt: skip


@page(power="needs.take_snapshot")
def take(request: HttpRequest) -> HttpResponse:
    """Freeze the demand as it stands."""
    return act_form_page(
        request, title="冻结当前需求", act=acts.take_snapshot, form_class=forms.TitleForm, back=reverse("needs:snapshots"),
        done=lambda row: reverse("needs:snapshot", args=[row.id]), clause="3.2-0", verb="冻结", irreversible=True,
        explain="冻结单元、匿名明细和真实程度，算出摘要；冻结后不能修改或删除。没有需求也可以冻结：零也是依据",
    )  # fmt: skip


def _snapshot(request: HttpRequest, key: UUID) -> DemandSnapshot:
    row = within(request, DemandSnapshot.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份快照")
    return row


@page(power="needs.view_demand")
def snapshot(request: HttpRequest, key: UUID) -> HttpResponse:
    """One snapshot: its cells, how real they are, the digests."""
    row = _snapshot(request, key)
    found, names = list(reads.snapshot_cells(row)), reads.counties(row.region)
    if request.GET.get("export") == "xlsx":
        name, data = cells_file(row, synthetic=request.anju.synthetic)  # type: ignore[attr-defined]
        return download(data, name, XLSX)
    lines = shown.real_lines(row.facts)
    others = (
        within(request, DemandSnapshot.objects.filter(region=row.region))
        .exclude(id=row.id)
        .order_by("-taken_on", "-id")
    )
    size = "—" if row.rows_bytes is None else f"{row.rows_bytes:,} 字节"
    return thing_page(
        request, title=row.title, clause="3.2-0", obj=row, crumbs=HERE,
        note=None if row.households else ("near", "冻结时轮候库中没有家庭：没有需求也是结论，据此不宜收购。"),
        figures=[
            ("轮候家庭", f"{row.households:,}", "户"), ("近期确认", lines[-1].confirmed, "户"), ("能承受", f"{lines[-1].able:,}", "户"),
            ("收入或比例不明", lines[-1].unknown, "户"),
        ] if row.facts else [],
        facts=[
            ("区划", row.region), ("冻结日期", row.taken_on), ("需求单元", f"{len(found)} 个"), ("摘要（SHA-256）", row.sha256),
            ("匿名明细", size), ("明细摘要（SHA-256）", row.rows_sha256 or "—"),
        ],
        acts=[
            ("出具报告", reverse("needs:issue_report", args=[row.id]), "needs.issue_report"),
            ("导出单元 XLSX", "?export=xlsx", "needs.view_demand"),
            ("下载匿名明细", reverse("needs:snapshot_rows", args=[row.id]), "needs.read_rows", bool(row.rows_sha256), "早期快照没有明细"),
            ("复核明细", reverse("needs:check_snapshot", args=[row.id]), "needs.read_rows", bool(row.rows_sha256), "早期快照没有明细"),
        ],
        sections=[
            ("按区县", "needs/_bars_county.html"), ("按户型", "needs/_bars_kind.html"), ("真实程度", "needs/_realness.html"),
            ("需求单元", "needs/_cells.html"),
        ],
        side=[("与另一份比较", "needs/_others.html")],
        context={
            "cells": shown.table(found, names), "lines": lines, "lost": shown.unserved(row.facts, names), "rates": shown.rates(row.facts),
            "unasked": row.facts.get("unasked", []), "others": list(others[:OTHERS]), "snapshot": row, **shown.charts(found, names),
        },
    )  # fmt: skip


@page(power="needs.view_demand")
def compare(request: HttpRequest, key: UUID, other: UUID) -> HttpResponse:
    """Two snapshots of a region: what grew, what shrank."""
    rows = sorted((_snapshot(request, key), _snapshot(request, other)), key=lambda s: (s.taken_on, str(s.id)))
    if rows[0].region != rows[1].region:
        raise Http404("两份快照的区划不同，不能比较")
    names = reads.counties(rows[0].region)
    old, new = (list(reads.snapshot_cells(row)) for row in rows)
    keys = (
        ("按区县", lambda c: names.get(c.county, c.county)), ("按户型", shown.kind_words),
        ("按价格", lambda c: f"{shown.TENURE[c.tenure]} {shown.price_words(c.tenure, c.price_band_fen)}"),
    )  # fmt: skip
    return render(request, "needs/compare.html", {
        "title": "比较两份需求快照", "crumbs": HERE, "old": rows[0], "new": rows[1], "by": rows[1].households - rows[0].households,
        "parts": [(title, shown.compared(old, new, key)) for title, key in keys],
    })  # fmt: skip


@page(power="needs.read_rows")
def rows(request: HttpRequest, key: UUID) -> HttpResponse:
    """The anonymised rows as they were frozen."""
    row = _snapshot(request, key)
    path = store.path_of(row.rows_sha256) if row.rows_sha256 else None
    if path is None or not path.exists():
        raise Http404("这份快照没有明细文件，或文件不在磁盘上")
    name = f"demand-{row.taken_on}-{row.rows_sha256[:8]}.jsonl"
    return cast(HttpResponse, FileResponse(path.open("rb"), as_attachment=True, filename=name))


@page(power="needs.read_rows")
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """Count the cells again from the rows, and the digest from both."""
    row = _snapshot(request, key)
    frozen = [
        cells.cell_of([getattr(c, name) for name in cells.Cell.__dataclass_fields__]) for c in reads.snapshot_cells(row)
    ]
    try:
        count, again = snapshot_rows.cells_of(snapshot_rows.read(row))
        digest = cells.digest(again, count, on=row.taken_on.isoformat(), rows=row.rows_sha256, facts=row.facts)
        good = (count, again, digest) == (row.households, frozen, row.sha256)
        why = "" if good else "重算的单元或摘要与冻结的不同，请不要采用，并报告审计"
    except ValueError as error:
        good, why = False, str(error)
    return render(request, "needs/checked.html", {
        "title": f"复核：{row.title}", "crumbs": [*HERE, (row.title, reverse("needs:snapshot", args=[row.id]))], "good": good, "why": why,
        "row": row, "cells": len(frozen),
    })  # fmt: skip


@page(power="needs.issue_report")
def issue_report(request: HttpRequest, key: UUID) -> HttpResponse:
    """The report of a snapshot, as a paper."""
    row = _snapshot(request, key)
    back, names = reverse("needs:snapshot", args=[row.id]), reads.counties(row.region)
    return act_form_page(
        request, title=f"出具需求分析报告：{row.title}", act=report.issue_report, form_class=ReportForm,
        form_kwargs={"counties": names if len(names) > 1 else {}}, fixed={"snapshot_id": row.id}, back=back,
        done=lambda paper: reverse("front:paper", args=[paper.id]), clause="3.2-0", verb="出具报告", region=row.region,
        explain="由快照生成 PDF 和 Word；不足 5 户的单元不列具体数；没有审图号，不含地图",
    )  # fmt: skip
