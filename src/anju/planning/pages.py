"""Planning's pages: scenarios, and one scenario with who is served, who is not and why."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base import numbers
from anju.needs import reads as needs
from anju.parties.access import page
from anju.planning import acts, forms, reads
from anju.planning.models import Plan
from anju.reserve import reads as stock
from anju.reserve.models import StockSnapshot
from anju.reserve.pages.common import region_of
from anju.reserve.pages.lists import counties
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, Col, list_page
from anju.web.things import thing_page

VIEW = "planning.view"
TENURE = {"sale": "配售", "rent": "配租"}
TONE = {"optimal": "ok", "limit": "near"}


@page(power=VIEW)
def plans(request: HttpRequest) -> HttpResponse:
    """拟购方案."""
    columns = [
        Col("方案", "title", link=lambda p: reverse("planning:thing", args=[p.id]), sort="title"),
        Col("区划", "region"),
        Col("求解时间", "solved_at", kind="moment", sort="solved_at"),
        Col("预算", "budget_fen", kind="wan", sort="budget_fen"),
        Col("拟购", "households", kind="int", unit="套", sort="households"),
        Col("按上限计", "cost_fen", kind="wan", sort="cost_fen"),
        Col("求解", "status", kind="state", tones=TONE),
    ]
    return list_page(
        request, people=NOBODY, title="拟购方案", clause="3.2-3", rows=reads.plans(region_of(request)), columns=columns, order="-solved_at",
        export_name="拟购方案", actions=[("求解方案", reverse("planning:solve"), "planning.solve_plan")],
        sub="方案是建议，不替代收购主体的决策。", empty="还没有方案；请先冻结需求快照和库存快照，再求解",
    )  # fmt: skip


@page(power=VIEW)
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One scenario."""
    rows = stock.in_region(Plan.objects.select_related("demand", "stock"), region_of(request))
    found = rows.filter(id=plan_id).first()
    if found is None:
        raise Http404("没有这个方案，或不在当前岗位的范围内")
    names, wanted = dict(counties()), sum(c["households"] for c in found.unserved)
    context = {
        "bars": [(names.get(b.county, b.county), TENURE[b.tenure], b) for b in reads.bars(found)], "reasons": reads.reasons(found),
        "projects": [{**row, "county": names.get(row["unit__project__stands_in"])} for row in reads.by_project(found)],
        "cells": [{**c, "county": names.get(c["county"], c["county"]), "tenure": TENURE[c["tenure"]]} for c in found.unserved
                  if c["served"] < c["households"]],
        "wanted": wanted, "plan": found,
    }  # fmt: skip
    return thing_page(
        request, title=f"拟购方案 {found.title}", sub="方案是建议，不替代收购主体的决策", clause="3.2-3", obj=found,
        state=(TONE[found.status], found.get_status_display()), crumbs=[("拟购方案", reverse("planning:list"))],
        facts=_facts(found), figures=_figures(found, wanted), note=_note(found, wanted), context=context,
        template="planning/plan.html",
    )  # fmt: skip


def _facts(found: Plan) -> list[tuple[str, Any]]:
    city = found.inputs["city"]
    bound = f"{found.bound_milli / 1000:,.3f} 户，差 {found.gap_milli / 1000:,.3f} 户"
    return [
        ("需求快照", f"{found.demand.title}（{found.demand.taken_on}，{found.demand.households:,} 户）"),
        ("库存快照", f"{found.stock.taken_on}，{found.stock.units:,} 套"), ("预算", numbers.wan(found.budget_fen)),
        ("每个项目最少", f"{city['least_units']} 套"), ("可满足户数的上界", bound), ("求解器", found.inputs["solver"]),
        ("输入摘要 SHA-256", found.inputs_sha256),
    ]  # fmt: skip


def _figures(found: Plan, wanted: int) -> list[tuple[Any, ...]]:
    return [
        ("第一意向", f"{wanted:,}", "户"), ("拟购", f"{found.households:,}", "套"),
        ("未满足", f"{wanted - found.households:,}", "户"),
        ("按上限计", numbers.wan(found.cost_fen), ""), ("预算余额", numbers.wan(found.budget_fen - found.cost_fen), ""),
    ]  # fmt: skip


def _note(found: Plan, wanted: int) -> tuple[str, str]:
    short = wanted - found.households
    if short == 0:
        return "ok", f"预算内可满足全部 {wanted} 户的第一意向。"
    reason, count = reads.reasons(found)[0]
    return "near", f"还有 {short:,} 户的第一意向没有满足，最多的原因是：{reason}（{count:,} 户）。"


@page(power="planning.solve_plan")
def solve(request: HttpRequest) -> HttpResponse:
    """求解方案."""
    region = request.anju.region  # type: ignore[attr-defined]
    demands = needs.snapshots(region).filter(region=region)[:20]
    stocks = StockSnapshot.objects.filter(region=region).order_by("-taken_on", "-id")[:20]
    return act_form_page(
        request, title="求解拟购方案", act=acts.solve_plan, form_class=forms.PlanForm, clause="3.2-3", verb="求解",
        form_kwargs={
            "demands": [(str(d.id), f"{d.taken_on} {d.title}（{d.households:,} 户）") for d in demands],
            "stocks": [(str(s.id), f"{s.taken_on}（{s.units:,} 套）") for s in stocks],
        },
        back=reverse("planning:list"), done=lambda row: reverse("planning:thing", args=[row.id]),
        explain="先求能满足第一意向最多的方案，再在其中取总价最低的。只计有已确认上限的项目；同样的输入永远得到同样的方案。",
    )  # fmt: skip
