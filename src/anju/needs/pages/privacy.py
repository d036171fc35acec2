"""The copy of one's data, leaving, and what is due by retention."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.acts import Refused
from anju.base.sheets.out import workbook
from anju.needs import case_sheet, copies, retention
from anju.needs.acts import privacy as acts
from anju.needs.models import Application, Erasure
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web.downloads import download, to_print
from anju.web.forms import ActForm, act_form_page, dress
from anju.web.lists import Bulk, Col, Filter, families, list_page, within
from anju.web.people import ask_why

PORTAL = "web/portal.html"


class WhyForm(ActForm):
    """Why it is done."""

    reason = forms.CharField(label="事由", max_length=300, widget=forms.Textarea)


def _one(request: HttpRequest, key: UUID) -> Application:
    row = within(request, Application.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份申请，或不在您能看的范围内")
    return row


@page(power="needs.mine")
def my_copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """My copy: asked on a page, then a file."""
    return _copy(request, _one(request, key), reverse("needs:mine"), PORTAL, ask=False)


@page(power="needs.copy_my_data")
def copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """The same at the counter, for a family without a phone, with the reason."""
    return _copy(request, _one(request, key), reverse("needs:thing", args=[key]), "web/staff.html", ask=True)


def _copy(request: HttpRequest, row: Application, back: str, shell: str, *, ask: bool) -> HttpResponse:
    form = (WhyForm if ask else ActForm)(request.POST or None)
    refused: Refused | None = None
    if request.method == "POST" and (not ask or form.is_valid()):
        actor = request.anju  # type: ignore[attr-defined]
        reason = form.cleaned_data["reason"] if ask else ""
        try:
            acts.copy_my_data(ctx=actor.context(region=row.region), application_id=row.id, reason=reason)
        except Refused as error:
            refused = error
        else:
            response = download(_archive(row, actor.synthetic), f"我的信息副本-{row.number}.zip", "application/zip")
            response["Cache-Control"] = "no-store"
            return response
    dress(form)
    return render(
        request, "web/form.html",
        {
            "shell": shell, "title": "我的信息副本", "form": form, "back": back, "verb": "取得副本", "clause_number": "4.5",
            "refused": refused, "facts": [("受理号", row.number)],
            "explain": "一份表格（XLSX）和一份数据（JSON），含完整的证件号码和手机号；每次取得都留一条记录，请妥善保管",
        },
        status=422 if form.errors or refused else 200,
    )  # fmt: skip


@page(power="needs.print_case")
def print_(request: HttpRequest, key: UUID) -> HttpResponse:
    """The application on paper, numbers in full; first the entry in the log, with the reason."""
    row, actor = _one(request, key), request.anju  # type: ignore[attr-defined]
    why = ask_why(
        request, title=f"打印申请 {row.number}", back=reverse("needs:thing", args=[key]), verb="打印",
        explain="打印件含完整的证件号码和手机号。打印人、时间和事由都留下记录，家庭取得自己的信息副本时能看到；只看不打印的，用浏览器打印申请页即可，号码是遮盖的",
        facts=[("受理号", row.number), ("状态", row.get_state_display())],
    )  # fmt: skip
    if isinstance(why, HttpResponse):
        return why
    ctx = actor.context(region=row.region)
    acts.print_case(ctx=ctx, application_id=row.id, reason=why)
    return to_print(
        case_sheet.pdf(row, ctx, printed_by=f"{actor.account.name}（{actor.post_title}）"), f"{row.number}.pdf"
    )


def _archive(row: Application, synthetic: bool) -> bytes:
    found = copies.gather(row)
    heads = [("部分", ""), ("第几项", ""), ("内容", ""), ("值", "")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{row.number}.json", json.dumps(found, ensure_ascii=False, indent=1, default=str))
        archive.writestr(f"{row.number}.xlsx", workbook("我的信息副本", heads, copies.lines(found), synthetic))
    return buffer.getvalue()


@page(power="needs.mine")
def my_leave(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask to be forgotten."""
    return _leave(request, _one(request, key), reverse("needs:mine"), PORTAL)


@page(power="needs.ask_erasure")
def leave(request: HttpRequest, key: UUID) -> HttpResponse:
    """The same at the counter."""
    return _leave(request, _one(request, key), reverse("needs:thing", args=[key]), "web/staff.html")


def _leave(request: HttpRequest, row: Application, back: str, shell: str) -> HttpResponse:
    return act_form_page(
        request, title="注销个人信息", act=acts.ask_erasure, form_class=WhyForm, fixed={"application_id": row.id}, back=back,
        done=lambda _: back, region=row.region, shell=shell, clause="4.5", verb="申请注销",
        facts=[("受理号", row.number), ("状态", row.get_state_display())],
        explain="由另一名工作人员办理。姓名、证件号码、手机号和材料删除，不能恢复；受理号、日期和审核结果保留。没有别的申请的，账号同时停用",
    )  # fmt: skip


@page(power="needs.view")
def erasures(request: HttpRequest) -> HttpResponse:
    """Who asked to be forgotten, what became of it, and what is still kept."""
    return list_page(
        request, people=families("application_id"),
        title="注销", rows=within(request, Erasure.objects.select_related("application")), order="-asked_on", clause="4.5",
        crumbs=CRUMBS, filters=[Filter("state", "状态", Erasure.STATES)],
        actions=[("保存期满的申请", reverse("needs:retention"), "needs.view")],
        columns=[
            Col("受理号", "application__number", link=lambda e: reverse("needs:erasure", args=[e.id])),
            Col("提出", "asked_on", kind="date", sort="asked_on"),
            Col("来源", "way", value=lambda e: e.get_way_display()),
            Col("状态", "state", value=lambda e: e.get_state_display()),
            Col("办理", "decided_on", kind="date"),
            Col("仍留存的依据", "kept_rule"),
            Col("留存至", "kept_until", kind="date"),
            Col("清除", "cleared_on", kind="date"),
        ],
        empty="没有人申请注销",
    )  # fmt: skip


@page(power="needs.erase_case")
def erasure(request: HttpRequest, key: UUID) -> HttpResponse:
    """Carry one out, or clear what was kept."""
    row = within(request, Erasure.objects.select_related("application")).filter(id=key).first()
    if row is None:
        raise Http404("没有这项注销，或不在本岗位的区划内")
    back = reverse("needs:erasures")
    clearing = row.state == "erased"
    return act_form_page(
        request, title="清除留存材料" if clearing else "注销个人信息", act=acts.clear_kept if clearing else acts.erase_case,
        fixed={"erasure_id": row.id}, back=back, done=lambda _: back, region=row.region, clause="4.5", irreversible=True,
        verb="清除" if clearing else "注销", confirm=("受理号", row.application.number),
        facts=[
            ("受理号", row.application.number), ("来源", row.get_way_display()), ("事由", row.reason), ("提出", row.asked_on),
            ("仍留存的依据", row.kept_rule or "—"), ("留存至", row.kept_until or "—"),
        ],
    )  # fmt: skip


@page(power="needs.end_erasure")
def end_erasure(request: HttpRequest, key: UUID) -> HttpResponse:
    """Not to be forgotten after all."""
    row = within(request, Erasure.objects.select_related("application")).filter(id=key).first()
    if row is None:
        raise Http404("没有这项注销，或不在本岗位的区划内")
    back = reverse("needs:erasures")
    return act_form_page(
        request, title="撤销注销申请", act=acts.end_erasure, form_class=WhyForm, fixed={"erasure_id": row.id}, back=back,
        done=lambda _: back, region=row.region, clause="4.5", verb="撤销", facts=[("受理号", row.application.number)],
    )  # fmt: skip


@page(power="needs.view")
def due(request: HttpRequest) -> HttpResponse:
    """What is due by the county's rules of retention; a rule that is not set lets nothing go, and the page says so."""
    ctx = request.anju.context()  # type: ignore[attr-defined]
    params = {name: ctx.inforce().get(name) for name in (*retention.CASES, *retention.BY_WORKER)}
    unset = [p.sentence for p in params.values() if not hasattr(p, "value")]
    return list_page(
        request, people=families("pk"),
        title="保存期满的申请", rows=retention.due(ctx).annotate(since=F("ended_at")), order="number", clause="4.5",
        crumbs=[*CRUMBS, ("注销", reverse("needs:erasures"))],
        sub="没有规定保存期限的不注销：" + "；".join(unset) if unset else "按本地规定的保存年限列出",
        bulk=[Bulk("注销", "needs.erase_due", _erase, "注销后不能恢复；姓名、证件号码、手机号和材料删除。")],
        columns=[
            Col("受理号", "number", link=lambda r: reverse("needs:thing", args=[r.id])),
            Col("状态", "state", value=lambda r: r.get_state_display()),
            Col("受理日期", "accepted_on", kind="date"),
            Col("终结", "since", kind="moment"),
        ],
        empty="没有保存期满的申请",
    )  # fmt: skip


def _erase(request: HttpRequest, ids: list[UUID]) -> Any:
    count = acts.erase_due(ctx=request.anju.context(), ids=ids)  # type: ignore[attr-defined]
    return f"已注销 {count} 件。"
