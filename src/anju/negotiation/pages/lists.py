"""The lists: projects under negotiation, letters, decisions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anju.negotiation import reads
from anju.negotiation.models import AcquirerDecision, Letter
from anju.parties.access import page
from anju.reserve.models import Project
from anju.reserve.pages.common import region_of
from anju.web.lists import NOBODY, Col, Filter, list_page

VIEW = "negotiation.view"


def talk_url(row: Any) -> str:
    """The page of a project's negotiation."""
    return reverse("negotiation:talk", args=[row.pk])


def letter_url(row: Any) -> str:
    """The page of a letter."""
    return reverse("negotiation:thing", args=[row.pk])


def decision_url(row: Any) -> str:
    """The page of a decision."""
    return reverse("negotiation:decision", args=[row.pk])


@page(power=VIEW)
def talks(request: HttpRequest) -> HttpResponse:
    """协商与意向书: each project with both sides' latest offers beside the ceiling, which a seller does not see."""
    party = request.anju.is_party  # type: ignore[attr-defined]
    columns = [
        Col("项目", "name", link=talk_url, sort="name"),
        Col("编号", "number", sort="number"),
        Col("开发企业", "developer__name"),
        Col("状态", "state", kind="state", sort="state"),
        Col("轮次", "rounds", kind="int"),
        Col("企业报价", "seller_fen_m2", kind="price"),
        Col("收购主体报价", "acquirer_fen_m2", kind="price"),
        *([] if party else [Col("收购价上限", "ceiling_fen_m2", kind="price")]),
        Col("有效意向书", "letters_live", kind="int", unit="份"),
    ]
    actions = [("意向书", reverse("negotiation:letters"), VIEW)]
    if not party:
        actions.append(("三重一大决定", reverse("negotiation:decisions"), "negotiation.view_decisions"))
    return list_page(
        request, people=NOBODY, title="协商与意向书", clause="3.5-1", rows=reads.talks(region_of(request)), columns=columns, order="number",
        filters=[Filter("state", "状态", [s for s in Project.STATES if s[0] not in ("declared", "reserved", "withdrawn")])],
        search=("number", "name"), search_hint="项目编号或名称的开头", export_name="协商", actions=actions,
        views=[("全部", {}), ("协商中", {"state": "priced"}), ("已签意向", {"state": "intended"})],
        empty="还没有可以协商的项目；项目定价（确认收购价上限）后在这里协商",
    )  # fmt: skip


@page(power=VIEW)
def letters(request: HttpRequest) -> HttpResponse:
    """意向书."""
    columns = [
        Col("文号", "number", link=letter_url, sort="number"),
        Col("项目", "project__name"),
        Col("收购主体", "acquirer__name"),
        Col("状态", "state", kind="state", sort="state"),
        Col("单价", "price_fen_m2", kind="price", sort="price_fen_m2"),
        Col("房源", "units_count", kind="int", unit="套"),
        Col("建筑面积", "gross_cm2", kind="cm2"),
        Col("起草", "drafted_on", kind="date", sort="drafted_on"),
        Col("签署", "signed_on", kind="date"),
        Col("有效期至", "valid_until", kind="date", sort="valid_until"),
    ]
    return list_page(
        request, people=NOBODY,
        title="收购意向书", clause="3.5-1", rows=reads.letters(region_of(request)), columns=columns, order="-drafted_on",
        filters=[Filter("state", "状态", Letter.STATES), Filter("valid_until", "有效期至", kind="to")],
        search=("number",), search_hint="文号的开头", export_name="收购意向书", crumbs=[("协商与意向书", reverse("negotiation:list"))],
        empty="还没有意向书；双方商定价格后在项目的协商页起草",
    )  # fmt: skip


@page(power="negotiation.view_decisions")
def decisions(request: HttpRequest) -> HttpResponse:
    """三重一大决定."""
    columns = [
        Col("文号", "number", link=decision_url, sort="number"),
        Col("事项", "subject"),
        Col("决定什么", "kind", value=lambda row: row.get_kind_display()),
        Col("前置研究", "studied_on", kind="date"),
        Col("决定", "decided_on", kind="date", sort="decided_on"),
        Col("复核", "confirmed_on", kind="date"),
    ]
    return list_page(
        request, people=NOBODY,
        title="三重一大决定", clause="3.5-1", rows=reads.decisions(region_of(request)), columns=columns, order="-decided_on",
        filters=[
            Filter("kind", "决定什么", AcquirerDecision.KINDS),
            Filter("checker__isnull", "未复核", [("True", "是"), ("False", "否")]),
        ],
        search=("number",), search_hint="文号的开头", export_name="三重一大决定",
        crumbs=[("协商与意向书", reverse("negotiation:list"))],
        empty="还没有登记决定；在项目的协商页登记",
    )  # fmt: skip
