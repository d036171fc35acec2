"""The lists: batches, letters that wait for an announcement, subscriptions and choices of a batch."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.numbers import yuan
from anju.negotiation import reads as letters_
from anju.offering import reads
from anju.offering.models import METHODS, Batch, Choice
from anju.parties.access import page
from anju.parties.reads import region_names
from anju.reserve.pages.common import region_of
from anju.web.lists import NOBODY, Col, Filter, families, list_page

VIEW = "offering.view"
TONES = {"announced": "info", "frozen": "info", "drawn": "info", "choosing": "near", "passed": "ok", "failed": "bad"}
CRUMBS = [("公告与认购", "/offering/")]


def batch_url(row: Any) -> str:
    """The page of a batch."""
    return reverse("offering:thing", args=[row.pk])


def batch_or_404(request: HttpRequest, batch_id: UUID) -> Batch:
    """The batch, where the actor may see it."""
    rows = reads.batches(region_of(request)).filter(pk=batch_id).select_related("project", "letter__acquirer")
    found = rows.first()
    if found is None:
        raise Http404("没有这个批次，或不在当前岗位的范围内")
    return found


@page(power=VIEW)
def batches(request: HttpRequest) -> HttpResponse:
    """公告与认购: the batches."""
    columns = [
        Col("批次", "number", link=batch_url, sort="number"),
        Col("项目", "project__name"),
        Col("状态", "state", kind="state", sort="state", tones=TONES),
        Col("选房顺序", "method", value=lambda row: row.get_method_display()),
        Col("申请开始", "apply_from", kind="date", sort="apply_from"),
        Col("申请截止", "apply_until", kind="date", sort="apply_until"),
        Col("缴定金截止", "earnest_until", kind="date"),
        Col("房源", "homes", kind="int", unit="套"),
        Col("已缴定金", "taken", kind="int", unit="套"),
    ]
    return list_page(
        request, people=NOBODY,
        title="公告与认购", clause="3.5-2", rows=reads.batches(region_of(request)), columns=columns, order="-number",
        filters=[Filter("state", "状态", Batch.STATES), Filter("method", "选房顺序", METHODS)],
        search=("number",), search_hint="批次编号的开头", export_name="公告批次",
        views=[("全部", {}), ("公告中", {"state": "announced"}), ("选房缴定金", {"state": "choosing"}), ("未达标", {"state": "failed"})],
        actions=[("发布公告", reverse("offering:ready"), "offering.announce_batch")],
        empty="还没有公告；意向书签署后在“发布公告”里选一份发布",
    )  # fmt: skip


@page(power="offering.announce_batch")
def ready(request: HttpRequest) -> HttpResponse:
    """发布公告: signed letters that have not been announced."""
    rows = letters_.letters(region_of(request)).filter(state="signed", batches__isnull=True)
    columns = [
        Col("意向书", "number", link=lambda row: reverse("offering:announce", args=[row.pk]), sort="number"),
        Col("项目", "project__name"),
        Col("房源", "units_count", kind="int", unit="套"),
        Col("签署", "signed_on", kind="date", sort="signed_on"),
        Col("有效期至", "valid_until", kind="date", sort="valid_until"),
    ]
    return list_page(
        request, people=NOBODY, title="待公告的意向书", clause="3.5-2", rows=rows, columns=columns, order="-signed_on", crumbs=CRUMBS,
        export_name="待公告的意向书", empty="没有已签署、待公告的意向书",
    )  # fmt: skip


@page(power=VIEW)
def subscriptions(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """认购家庭, in the order once it is known."""
    batch = batch_or_404(request, batch_id)
    names = region_names()
    columns = [
        Col("受理号", "application__number"),
        Col("编号", "draw_number", sort="draw_number"),
        Col("申请人", "application__applicant_name", kind="name"),
        Col("区划", "application_region", value=lambda row: names.get(row.application_region, row.application_region)),
        Col("优先组", "priority", kind="int", sort="priority"),
        Col("志愿", "wishes", value=lambda row: "、".join(row.wishes)),
        Col("认购时间", "subscribed_at", kind="moment", sort="subscribed_at"),
        Col("撤回时间", "withdrawn_at", kind="moment"),
        Col("申请状态", "application__state", kind="state"),
    ]
    return list_page(
        request, people=families("application_id"),
        title=f"认购家庭 {batch.number}", clause="3.5-3", rows=reads.subscriptions(batch), columns=columns,
        order="sort_key" if batch.state not in ("announced", "frozen") else "subscribed_at",
        filters=[
            Filter("application_region", "区划", list(names.items())),
            Filter("withdrawn_at__isnull", "已撤回", [("False", "是"), ("True", "否")]),
        ],
        search=("application__number", "draw_number"), search_hint="受理号或编号的开头", export_name="认购家庭",
        crumbs=[*CRUMBS, (batch.number, batch_url(batch))], empty="还没有家庭认购",
        actions=[("登记认购", reverse("offering:subscribe", args=[batch.pk]), "offering.subscribe")],
    )  # fmt: skip


@page(power=VIEW)
def choices(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """选房与定金: who holds which home, and whether it is paid for."""
    batch = batch_or_404(request, batch_id)

    def link(row: Choice) -> str:
        return reverse("offering:choice", args=[row.pk])

    columns = [
        Col("房源", "batch_unit__label", link=link, sort="batch_unit__label"),
        Col("编号", "subscription__draw_number"),
        Col("申请人", "subscription__application__applicant_name", kind="name"),
        Col("状态", "state", kind="state", sort="state"),
        Col("选房时间", "chosen_at", kind="moment", sort="chosen_at"),
        Col("定金", "earnest_fen", kind="fen"),
        Col("到账日期", "earnest_paid_on", kind="date", sort="earnest_paid_on"),
        Col("银行回单号", "earnest_reference"),
        Col("结束日期", "ended_on", kind="date"),
        Col("原因", "end_reason"),
    ]
    return list_page(
        request, people=families("subscription__application_id"),
        title=f"选房与定金 {batch.number}", clause="3.5-3", rows=reads.choices(batch), columns=columns,
        order="batch_unit__label", filters=[Filter("state", "状态", Choice.STATES)], search=("batch_unit__label",),
        search_hint="房源编号的开头", export_name="选房与定金", crumbs=[*CRUMBS, (batch.number, batch_url(batch))],
        views=[("全部", {}), ("待缴定金", {"state": "chosen"}), ("已缴定金", {"state": "taken"})],
        actions=[
            ("登记定金到账", reverse("offering:earnest", args=[batch.pk]), "offering.record_earnest_many"),
            ("按顺序配房", reverse("offering:allot", args=[batch.pk]), "offering.allot"),
        ],
        empty="还没有家庭选房",
    )  # fmt: skip


def home_choices(batch: Batch, *, free: bool = True) -> list[tuple[str, str]]:
    """(label, what a person reads) of the homes on offer, or of those still free."""
    rows = reads.free_homes(batch) if free else reads.homes_of(batch)
    return [
        (
            home.label,
            f"{home.label}，{home.unit.rooms} 室 {home.unit.gross_cm2 / 10_000:.2f} ㎡，{yuan(home.amount_fen)}"
            + ("/月" if home.tenure == "rent" else ""),
        )
        for home in rows
    ]
