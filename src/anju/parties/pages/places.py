"""Regions with their census, loan prime rates, the working-day calendar."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from anju.base.calendar.models import WorkingDay
from anju.parties import acts, forms, reads
from anju.parties.access import page
from anju.parties.models import CensusFigure, Rate, Region
from anju.parties.pages.shared import HUB, address, mine
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, Col, Filter, list_page

# Columns of the counties' table: figure, year, words, unit.
COLUMNS = (
    ("pop", 2010, "2010 年人口", "人"), ("pop", 2020, "2020 年人口", "人"), ("pop_change_pct", 2020, "十年增减", "%"),
    ("households", 2020, "家庭户", "户"), ("single_hh", 2020, "一人户", "户"), ("floor_area_per_cap_m2", 2020, "人均建筑面积", "㎡"),
    ("urban_rate", 2020, "城镇化率", "%"), ("density", 2020, "密度", "人/km²"),
)  # fmt: skip


@page(power="parties.view")
def regions(request: HttpRequest) -> HttpResponse:
    """The city and its counties with what the census says of them."""
    lo, hi = mine(request)
    places = list(Region.objects.filter(level__in=("city", "county"), code__gte=lo, code__lte=hi).order_by("code"))
    found = {
        (f.area, f.name, f.year): f.value
        for f in CensusFigure.objects.filter(area__in=[p.code for p in places], name__in={c[0] for c in COLUMNS})
    }
    towns = dict(
        Region.objects.filter(level="town").values("parent").annotate(n=Count("code")).values_list("parent", "n")
    )
    rows = [
        (p, towns.get(p.code), [_number(found.get((p.code, name, year))) for name, year, _, _ in COLUMNS])
        for p in places
    ]
    return render(request, "parties/regions.html", {
        "title": "区划与人口", "crumbs": HUB, "rows": rows, "columns": [(w, u) for _, _, w, u in COLUMNS],
    })  # fmt: skip


@page(power="parties.view")
def region(request: HttpRequest, code: str) -> HttpResponse:
    """One place: its towns and every figure kept of it."""
    row = get_object_or_404(Region, code=code, level__in=("city", "county"))
    figures = CensusFigure.objects.filter(area=code).order_by("year", "id")
    return render(request, "parties/region.html", {
        "title": row.name, "crumbs": [*HUB, ("区划与人口", address("regions"))], "row": row, "towns": reads.towns(code),
        "figures": [(f.name, f.year, _number(f.value)) for f in figures],
        "sources": sorted({f.source for f in figures} | {row.source}),
    })  # fmt: skip


@page(power="parties.view")
def rates(request: HttpRequest) -> HttpResponse:
    """Published loan prime rates."""
    return list_page(
        request, people=NOBODY, title="利率", rows=Rate.objects.all(), order="-valid_from", crumbs=HUB, clause="4.2-2", export_name="利率",
        sub="贷款市场报价利率（LPR），每月 20 日（遇节假日顺延）公布；没有录入的月份不能推算",
        columns=[
            Col("公布日", "valid_from", kind="date", sort="valid_from"),
            Col("品种", "name", value=lambda r: NAMES.get(r.name, r.name)),
            Col("利率", "basis_points", value=lambda r: f"{r.basis_points // 100}.{r.basis_points % 100:02d}%", sort="basis_points"),
            Col("来源", "source"),
        ],
        filters=[Filter("name", "品种", NAMES.items())],
        actions=[("录入当月利率", address("new_rate"), "parties.load_rates")],
    )  # fmt: skip


NAMES = {"lpr_1y": "一年期", "lpr_5y": "五年期以上"}


@page(power="parties.load_rates")
def new_rate(request: HttpRequest) -> HttpResponse:
    """Enter a month's rates."""
    return act_form_page(
        request, title="录入利率", form_class=forms.RateForm, act=acts.load_rates, clause="4.2-2", verb="录入利率",
        back=address("rates"), done=lambda n: address("rates"),
    )  # fmt: skip


@page(power="parties.view")
def calendar(request: HttpRequest) -> HttpResponse:
    """The years of the working-day calendar, and the days that are not as the weekday says."""
    years = (
        WorkingDay.objects.values("day__year", "provisional", "source")
        .annotate(working=Count("day", filter=Q(working=True)))
        .order_by("-day__year")
    )
    odd = [
        d for d in WorkingDay.objects.filter(provisional=False).order_by("-day") if d.working != (d.day.weekday() < 5)
    ]
    return render(request, "parties/calendar.html", {
        "title": "工作日历", "crumbs": HUB, "years": years, "odd": odd[:60],
        "may": "parties.publish_calendar" in request.anju.powers,  # type: ignore[attr-defined]
    })  # fmt: skip


@page(power="parties.publish_calendar")
def publish(request: HttpRequest) -> HttpResponse:
    """A year's days by the State Council's notice; open deadlines are computed again."""
    return act_form_page(
        request, title="公布工作日历", form_class=forms.CalendarForm, act=acts.publish_calendar, clause="3.6-1", verb="公布",
        back=address("calendar"), done=lambda n: address("calendar"), said=lambda n: f"已公布；重算后有 {n} 件办件的期限变动。",
        explain="公布后，跨该年且未停表的办件期限按新的工作日重算；公布过的年份不能改写。",
    )  # fmt: skip


def _number(value: Any) -> str | None:
    if value is None:
        return None
    text = f"{value:,.2f}"
    return text.removesuffix(".00")
