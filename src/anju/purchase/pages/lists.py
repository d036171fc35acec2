"""The lists: agreements, gates that an agreement may stand on, gates that wait for a special decision."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anju.offering.models import Gate
from anju.parties.access import page
from anju.purchase import reads
from anju.purchase.models import Agreement
from anju.reserve.pages.common import region_of
from anju.reserve.reads import in_region
from anju.web.lists import NOBODY, Col, Filter, list_page

VIEW = "purchase.view"
CRUMBS = [("收购协议", "/purchase/")]


def agreement_url(row: Any) -> str:
    """The page of an agreement."""
    return reverse("purchase:thing", args=[row.pk])


@page(power=VIEW)
def agreements(request: HttpRequest) -> HttpResponse:
    """收购协议."""
    party = request.anju.is_party  # type: ignore[attr-defined]
    columns = [
        Col("文号", "number", link=agreement_url, sort="number"),
        Col("项目", "project__name"),
        Col("状态", "state", kind="state", sort="state"),
        Col("单价", "price_fen_m2", kind="price"),
        Col("总价", "total_fen", kind="wan", sort="total_fen"),
        Col("房源", "units_count", kind="int", unit="套"),
        Col("建筑面积", "gross_cm2", kind="cm2"),
        Col("起草", "drafted_on", kind="date", sort="drafted_on"),
        Col("签署", "signed_on", kind="date", sort="signed_on"),
    ]
    actions = [] if party else [
        ("起草收购协议", reverse("purchase:ready"), "purchase.draft_agreement"),
        ("一事一议", reverse("purchase:specials"), "purchase.view_special"),
    ]  # fmt: skip
    return list_page(
        request, people=NOBODY,
        title="收购协议", clause="3.5-3", rows=reads.agreements(region_of(request)), columns=columns, order="-drafted_on",
        filters=[Filter("state", "状态", Agreement.STATES)], search=("number",), search_hint="文号的开头", export_name="收购协议",
        actions=actions, empty="还没有收购协议；批次达标（或一事一议）后在“起草收购协议”里选一个批次",
    )  # fmt: skip


@page(power="purchase.draft_agreement")
def ready(request: HttpRequest) -> HttpResponse:
    """起草收购协议: batches whose demand is locked and that have no agreement."""
    columns = [
        Col("批次", "batch__number", link=lambda row: reverse("purchase:draft", args=[row.pk])),
        Col("项目", "batch__project__name"),
        Col("依据", "passed", value=lambda row: "达标" if row.passed else "一事一议"),
        Col("已缴定金", "taken", kind="int", unit="套"),
        Col("意向房源", "offered", kind="int", unit="套"),
        Col("判定时间", "judged_at", kind="moment", sort="judged_at"),
    ]
    return list_page(
        request, people=NOBODY, title="可以起草收购协议的批次", clause="3.5-3", rows=reads.ready_gates(region_of(request)), columns=columns,
        order="-judged_at", crumbs=CRUMBS, export_name="待签协议的批次", empty="没有已锁定需求、待签协议的批次",
    )  # fmt: skip


@page(power="purchase.view_special")
def specials(request: HttpRequest) -> HttpResponse:
    """一事一议: gates that failed, with what was decided on them."""
    rows = in_region(Gate.objects.filter(passed=False).select_related("batch__project"), region_of(request))

    def decided(row: Gate) -> str:
        found = row.special_decisions.first()
        return "未登记" if found is None else ("已复核" if found.checker else "待复核")

    columns = [
        Col("批次", "batch__number", link=lambda row: reverse("purchase:special", args=[row.pk])),
        Col("项目", "batch__project__name"),
        Col("已缴定金", "taken", kind="int", unit="套"),
        Col("达标需要", "needed", kind="int", unit="套"),
        Col("批次状态", "batch__state", kind="state"),
        Col("一事一议", "id", value=decided),
        Col("判定时间", "judged_at", kind="moment", sort="judged_at"),
    ]
    return list_page(
        request, people=NOBODY,
        title="一事一议", clause="3.5-3", rows=rows.prefetch_related("special_decisions"), columns=columns, order="-judged_at",
        crumbs=CRUMBS, export_name="一事一议", empty="没有判定未达标的批次",
    )  # fmt: skip
