"""The lists: projects, homes, snapshots."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anju.parties.access import page
from anju.parties.models import Region
from anju.reserve import acts, reads
from anju.reserve.models import TENURES, Project, StockSnapshot, Unit
from anju.reserve.pages.common import region_of, url_of
from anju.web.lists import NOBODY, Bulk, Col, Filter, bulk_key, list_page

VIEW = "reserve.view"


def counties() -> list[tuple[str, str]]:
    """The county-level units, for filters."""
    return list(Region.objects.filter(level="county").order_by("code").values_list("code", "name"))


@page(power=VIEW)
def projects(request: HttpRequest) -> HttpResponse:
    """储备项目."""
    region = region_of(request)
    names = dict(counties())
    columns = [
        Col("项目", "name", link=url_of, sort="name"),
        Col("编号", "number", sort="number"),
        Col("坐落", "stands_in", value=lambda p: names.get(p.stands_in, p.stands_in)),
        Col("管理区划", "region"),
        Col("开发企业", "developer__name"),
        Col("状态", "state", kind="state", sort="state"),
        Col("住宅", "homes", kind="int", unit="套"),
        Col("已入储备", "inside", kind="int", unit="套"),
        Col("建筑面积", "area_cm2", kind="cm2"),
        Col("申报日期", "declared_on", kind="date", sort="declared_on"),
    ]
    return list_page(
        request, people=NOBODY,
        title="房源储备", clause="3.3-1", rows=reads.counted(reads.projects(region)), columns=columns, order="number",
        filters=[Filter("state", "状态", Project.STATES), Filter("stands_in", "坐落区县", counties)],
        search=("number", "name"), search_hint="项目编号或名称的开头", export_name="储备项目",
        views=[("全部", {}), ("待核查入库", {"state": "declared"}), ("已入储备", {"state": "reserved"}), ("已定价", {"state": "priced"})],
        actions=[
            ("房源名单", reverse("reserve:units"), VIEW), ("库存快照", reverse("reserve:snapshots"), "reserve.view_stock"),
            ("申报项目", reverse("reserve:declare"), "reserve.declare_project"),
        ],
        empty="还没有申报的项目；请申报，或在“导入与导出”导入项目申报表",
        empty_act=("申报项目", reverse("reserve:declare"), "reserve.declare_project"),
    )  # fmt: skip


def by_project(request: HttpRequest, ids: list[UUID]) -> list[tuple[Project, list[UUID]]]:
    """The chosen homes by project, each project with its own."""
    rows = reads.units(region_of(request)).filter(id__in=ids).order_by("region", "project_id", "id")
    return [(project, [u.id for u in group]) for project, group in groupby(rows, key=lambda u: u.project)]


def admit(request: HttpRequest, ids: list[UUID]) -> str:
    """Admit the chosen homes, project by project."""
    count = 0
    for at, (project, mine) in enumerate(by_project(request, ids)):
        ctx = request.anju.context(key=f"{bulk_key(request)}:{at}", region=project.region)  # type: ignore[attr-defined]
        count += acts.admit_units(ctx=ctx, project_id=project.id, unit_ids=mine)["admitted"]
    return f"入储备库 {count} 套。"


def retry_for(tenure: str) -> Any:
    """Declare the chosen homes for the other tenure."""

    def run(request: HttpRequest, ids: list[UUID]) -> str:
        count = 0
        for at, (project, mine) in enumerate(by_project(request, ids)):
            ctx = request.anju.context(key=f"{bulk_key(request)}:{at}", region=project.region)  # type: ignore[attr-defined]
            count += acts.change_tenure(ctx=ctx, project_id=project.id, unit_ids=mine, tenure=tenure)
        return f"改为{dict(TENURES)[tenure]} {count} 套，请重新核查。"

    return run


@page(power=VIEW)
def units(request: HttpRequest) -> HttpResponse:
    """房源名单."""
    columns = [
        Col("不动产单元代码", "code", link=url_of, sort="code"),
        Col("项目", "project__name"),
        Col("楼幢", "building__number"),
        Col("房号", "room"),
        Col("层", "floor", kind="int"),
        Col("居室", "rooms", kind="int", sort="rooms"),
        Col("建筑面积", "gross_cm2", kind="cm2", sort="gross_cm2"),
        Col("用途", "tenure", value=lambda u: u.get_tenure_display()),
        Col("报价", "asked_fen_m2", kind="price"),
        Col("抵押", "mortgaged", kind="bool"),
        Col("查封", "seized", kind="bool"),
        Col("状态", "state", kind="state", sort="state"),
    ]
    return list_page(
        request, people=NOBODY, title="房源名单", clause="3.3-1", rows=reads.units(region_of(request)), columns=columns, order="code",
        filters=[
            Filter("state", "状态", Unit.STATES), Filter("tenure", "用途", TENURES), Filter("project__stands_in", "坐落区县", counties),
            Filter("project__number", "项目编号", kind="begins"), Filter("rooms", "居室", [(n, f"{n} 室") for n in range(1, 6)]),
            Filter("seized", "查封", kind="bool"),
        ],
        search=("code",), search_hint="不动产单元代码的开头", export_name="房源名单",
        bulk=[
            Bulk("入储备库", "reserve.admit_units", admit, explain="每套须通过本轮准入核查；有一套不能入库，该项目选中的都不办理。"),
            Bulk("改为配租", "reserve.change_tenure", retry_for("rent"), explain="改变申报用途后须重新核查。"),
            Bulk("改为配售", "reserve.change_tenure", retry_for("sale"), explain="改变申报用途后须重新核查。"),
        ],
        crumbs=[("房源储备", reverse("reserve:list"))], empty="还没有房源；请在“导入与导出”导入楼盘表",
    )  # fmt: skip


@page(power="reserve.view_stock")
def snapshots(request: HttpRequest) -> HttpResponse:
    """库存快照."""
    columns = [
        Col(
            "冻结日期",
            "taken_on",
            kind="date",
            link=lambda s: reverse("reserve:snapshot", args=[s.id]),
            sort="taken_on",
        ),
        Col("区划", "region"),
        Col("房源", "units", kind="int", unit="套"),
        Col("摘要", "sha256", value=lambda s: s.sha256[:16]),
    ]
    return list_page(
        request, people=NOBODY, title="库存快照", clause="3.2-2", rows=reads.in_region(StockSnapshot.objects.all(), region_of(request)),
        columns=columns, order="-taken_on", export_name="库存快照", crumbs=[("房源储备", reverse("reserve:list"))],
        actions=[("冻结快照", reverse("reserve:take_snapshot"), "reserve.take_stock_snapshot")],
        empty="还没有库存快照；拟购方案以快照为依据，请先冻结",
    )  # fmt: skip
