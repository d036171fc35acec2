"""The lists: projects by their ceiling, price lists."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anju.parties.access import page
from anju.pricing import reads
from anju.pricing.models import Ceiling, UnitPrice
from anju.reserve import reads as stock
from anju.reserve.models import TENURES, Project
from anju.reserve.pages.common import region_of
from anju.reserve.pages.lists import counties
from anju.web.lists import NOBODY, Col, Filter, list_page

VIEW = "pricing.view"
BINDING = dict(Ceiling._meta.get_field("binding").choices or ())


def url_of(project: Any) -> str:
    """The price page of a project."""
    return reverse("pricing:thing", args=[project.pk])


@page(power=VIEW)
def projects(request: HttpRequest) -> HttpResponse:
    """定价."""
    actor = request.anju  # type: ignore[attr-defined]
    rows = reads.priced_projects(region_of(request), actor.context().today).exclude(state__in=["declared", "withdrawn"])
    names = dict(counties())
    columns = [
        Col("项目", "name", link=url_of, sort="name"),
        Col("编号", "number", sort="number"),
        Col("坐落", "stands_in", value=lambda p: names.get(p.stands_in, p.stands_in)),
        Col("状态", "state", kind="state", sort="state"),
        Col("收购价上限", "ceiling_fen_m2", kind="price", sort="ceiling_fen_m2"),
        Col("取低者", "binding", value=lambda p: BINDING.get(p.binding)),
        Col("有效期至", "valid_until", kind="date"),
        Col("待确认", "waiting", value=lambda p: "有一项待确认" if p.waiting else None),
        Col("价格是否合适", "price_fits", kind="bool"),
    ]
    return list_page(
        request, people=NOBODY, title="定价", clause="3.4-1", rows=rows, columns=columns, order="number", export_name="收购价上限",
        filters=[
            Filter("state", "状态", Project.STATES), Filter("stands_in", "坐落区县", counties),
            Filter("price_fits", "价格是否合适", kind="bool"),
        ],
        search=("number", "name"), search_hint="项目编号或名称的开头",
        views=[("全部", {}), ("待定价", {"state": "reserved"}), ("已定价", {"state": "priced"})],
        actions=[("一房一价", reverse("pricing:prices"), VIEW)], empty="还没有已入储备的项目；请先核查入库",
    )  # fmt: skip


@page(power=VIEW)
def prices(request: HttpRequest) -> HttpResponse:
    """一房一价."""
    rows = stock.in_region(UnitPrice.objects.select_related("project", "unit__building"), region_of(request))
    columns = [
        Col(
            "不动产单元代码", "unit__code", link=lambda p: reverse("reserve:unit", args=[p.unit_id]), sort="unit__code"
        ),
        Col("项目", "project__name"),
        Col("楼幢", "unit__building__number"),
        Col("房号", "unit__room"),
        Col("建筑面积", "unit__gross_cm2", kind="cm2"),
        Col("用途", "tenure", value=lambda p: dict(TENURES)[p.tenure]),
        Col("总价或月租金", "amount_fen", kind="fen", sort="amount_fen"),
        Col("市场价格", "market_fen", kind="fen"),
        Col("核定日期", "set_on", kind="date", sort="set_on"),
    ]
    return list_page(
        request, people=NOBODY, title="一房一价", clause="3.2-4", rows=rows, columns=columns, order="unit__code", export_name="一房一价",
        filters=[Filter("tenure", "用途", TENURES), Filter("project__number", "项目编号", kind="begins")],
        search=("unit__code",), search_hint="不动产单元代码的开头", crumbs=[("定价", reverse("pricing:list"))],
        empty="还没有核定价格；请在项目定价页按基准价生成，或导入一房一价表",
    )  # fmt: skip
