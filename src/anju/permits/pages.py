"""Pages of the green channel."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from anju.parties.access import page
from anju.permits import acts, forms, reads
from anju.permits.models import PROCEDURES, Permit
from anju.reserve.models import Project
from anju.web import shown
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, Col, Filter, list_page
from anju.web.things import thing_page

TONES = {reads.OVER: "bad", reads.OPEN: "info", reads.STOPPED: "unk", reads.DONE: "ok"}
CRUMBS = [("手续办理", "/permits/")]


def _today(request: HttpRequest) -> Any:
    return request.anju.context().today  # type: ignore[attr-defined]


@page(power="permits.view")
def index(request: HttpRequest) -> HttpResponse:
    """All procedures; the red ones first when asked for."""
    today = _today(request)
    return list_page(
        request,
        people=NOBODY,
        title="手续办理（绿色通道）",
        rows=reads.permits(request.anju.region),  # type: ignore[attr-defined]
        order="due_on",
        clause="3.6-1",
        columns=[
            Col("项目", "project__name", link=lambda r: reverse("permits:thing", args=[r.id])),
            Col("手续", "procedure", value=lambda r: r.get_procedure_display()),
            Col("承办部门", "department__name"),
            Col("状态", "state", kind="state", value=lambda r: reads.state_of(r, today), tones=TONES),
            Col("开办", "opened_on", kind="date", sort="opened_on"),
            Col("时限", "limit_days", kind="int", unit="工作日"),
            Col("到期", "due_on", kind="date", sort="due_on"),
            Col("办结", "done_on", kind="date", sort="done_on"),
            Col("证书号", "certificate"),
        ],
        filters=[
            Filter("procedure", "手续", PROCEDURES),
            Filter("due_on", "到期不晚于", kind="to"),
            Filter("done_on__isnull", "办结", [("True", "未办结"), ("False", "已办结")], name="open"),
        ],
        search=("certificate",),
        actions=[("开通绿色通道", reverse("permits:choose"), "permits.open_permits")],
        export_name="手续办理",
        empty="还没有办件：签订收购协议后由收购主体开通",
        views=[("全部", {}), ("未办结", {"open": "True"})],
    )


@page(power="permits.view")
def thing(request: HttpRequest, permit_id: UUID) -> HttpResponse:
    """One procedure with its clock."""
    row = get_object_or_404(Permit.objects.select_related("project", "department"), id=permit_id)
    today = _today(request)
    mine = request.anju.appointment.organisation_id == row.department_id  # type: ignore[attr-defined]
    why = "已办结" if row.done_on else "" if mine else f"由{row.department.name}办理"
    can = not row.done_on and mine
    state = reads.state_of(row, today)
    return thing_page(
        request,
        title=f"{row.project.name}：{row.get_procedure_display()}",
        sub=row.department.name,
        state=(TONES[state], state),
        clause="3.6-1",
        obj=row,
        crumbs=CRUMBS,
        context={"permit": row},
        facts=[
            ("项目", row.project.name),
            ("开办日", row.opened_on),
            ("时限", f"{row.limit_days} 个工作日"),
            ("到期日", row.due_on),
            ("停表累计", f"{row.stopped_days} 个工作日"),
            ("停表原因", row.stop_reason or "没有停表"),
            ("办结日", row.done_on),
            ("证书号", row.certificate or "未办结"),
            ("登记附记", row.annotation or "无"),
        ],
        side=[("时钟", "permits/clock.html"), ("同一项目的手续", _siblings(row, today))],
        acts=[
            (
                "办结",
                reverse("permits:finish", args=[row.id]),
                "permits.finish_permit",
                can and not row.stopped_on,
                why or ("停表中，请先恢复计时" if row.stopped_on else ""),
            ),
            (
                "恢复计时",
                reverse("permits:resume", args=[row.id]),
                "permits.resume_clock",
                can and bool(row.stopped_on),
                why or "没有停表",
            )
            if row.stopped_on
            else ("停表", reverse("permits:stop", args=[row.id]), "permits.stop_clock", can, why),
        ],
    )


def _siblings(row: Permit, today: Any) -> Any:
    lines = format_html_join(
        "",
        '<li><a href="{}">{}</a> {}</li>',
        (
            (reverse("permits:thing", args=[p.id]), p.get_procedure_display(), reads.state_of(p, today))
            for p in reads.of_project(row.project)
        ),
    )
    ready = format_html_join(
        "", "<li>{}：{}</li>", ((what, "是" if met else "否") for what, met in reads.readiness(row.project))
    )
    return format_html("<ul>{}</ul><ul>{}</ul>", lines, ready)


@page(power="permits.open_permits")
def choose(request: HttpRequest) -> HttpResponse:
    """The purchased projects, each with a link to open its procedures."""
    rows = reads.in_region(Project.objects.filter(state__in=acts.PURCHASED), request.anju.region)  # type: ignore[attr-defined]
    return list_page(
        request,
        people=NOBODY,
        title="选择项目开通绿色通道",
        rows=rows,
        order="number",
        crumbs=CRUMBS,
        search=("number",),
        columns=[
            Col("编号", "number", sort="number", link=lambda r: reverse("permits:open", args=[r.id])),
            Col("项目", "name"),
            Col("坐落", "stands_in"),
            Col("状态", "state", kind="state"),
        ],
        empty="没有已签收购协议的项目",
    )


@page(power="permits.open_permits")
def open_(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Give each procedure its department."""
    project = get_object_or_404(Project, id=project_id)
    known = {row.procedure: row.get_procedure_display() for row in reads.of_project(project)}
    return act_form_page(
        request,
        title=f"开通绿色通道：{project.name}",
        form_class=forms.OpenForm,
        act=acts.open_permits,
        fixed={"project_id": project.id},
        clause="3.6-1",
        verb="开通",
        back=reverse("permits:list"),
        done=lambda _: reverse("permits:list"),
        region=project.region,
        explain="每项手续按“手续办理时限”参数开始计时，承办部门的待办里会出现这件手续。",
        facts=[("项目", project.name), ("已开办", "、".join(known.values()) or "无")],
    )


@page(power="permits.finish_permit")
def finish(request: HttpRequest, permit_id: UUID) -> HttpResponse:
    """Certificate and annotation."""
    return _act(request, permit_id, title="办结", form_class=forms.FinishForm, act=acts.finish_permit, verb="办结")


@page(power="permits.stop_clock")
def stop(request: HttpRequest, permit_id: UUID) -> HttpResponse:
    """Stop the clock."""
    return _act(request, permit_id, title="停表", form_class=forms.StopForm, act=acts.stop_clock, verb="停表")


@page(power="permits.resume_clock")
def resume(request: HttpRequest, permit_id: UUID) -> HttpResponse:
    """Let the clock run again."""
    return _act(request, permit_id, title="恢复计时", act=acts.resume_clock, verb="恢复计时")


def _act(request: HttpRequest, permit_id: UUID, *, title: str, act: Any, verb: str, **rest: Any) -> HttpResponse:
    row = get_object_or_404(Permit.objects.select_related("project"), id=permit_id)
    back = reverse("permits:thing", args=[row.id])
    clock = shown.clock(row.due_on, today=_today(request), limit_days=row.limit_days, stopped=row.stop_reason)
    return act_form_page(
        request,
        title=f"{title}：{row.project.name} {row.get_procedure_display()}",
        act=act,
        fixed={"permit_id": row.id},
        clause="3.6-1",
        verb=verb,
        back=back,
        done=lambda _: back,
        region=row.region,
        facts=[("到期日", row.due_on), ("时钟", clock.text)],
        **rest,
    )
