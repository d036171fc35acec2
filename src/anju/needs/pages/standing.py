"""Objections, other looks, re-checks, bans and the order of a list: their lists, and what is decided on them."""

from typing import Any
from uuid import UUID

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.acts import ActContext, Refused
from anju.needs import acts, forms, forms_life, order, reads
from anju.needs.models import PROGRAMMES, Application, Ban, ListOrder, Objection, Recheck, RecheckRound, Reconsideration
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web.forms import act_form_page
from anju.web.lists import Bulk, Col, Filter, bulk_key, families, list_page, within
from anju.web.things import thing_page

OPEN = [("True", "在办"), ("False", "已决定")]


def _case(row: Any) -> str:
    return reverse("needs:thing", args=[row.application_id])


def _found(request: HttpRequest, rows: models.QuerySet[Any, Any], key: UUID, what: str) -> Any:
    row = within(request, rows).filter(id=key).first()
    if row is None:
        raise Http404(f"没有这{what}，或不在本岗位的区划内")
    return row


@page(power="needs.view")
def objections(request: HttpRequest) -> HttpResponse:
    """Objections of the post's counties; who objects is not shown."""
    return list_page(
        request, people=families("application_id"),
        title="公示异议", rows=within(request, Objection.objects.select_related("application").defer("contact")),
        order="-received_on", clause="3.2-0", crumbs=CRUMBS, filters=[Filter("decided_on__isnull", "状态", OPEN)],
        views=[("全部", {}), ("在办", {"decided_on__isnull": "True"})],
        actions=[("登记异议", reverse("needs:objection_new"), "needs.raise_objection")],
        columns=[
            Col("受理号", "application__number", link=lambda o: reverse("needs:objection", args=[o.id])),
            Col("异议", "text", value=lambda o: o.text[:60]),
            Col("收到", "received_on", kind="date", sort="received_on"),
            Col("结果", "upheld", value=lambda o: "在办" if o.upheld is None else "成立" if o.upheld else "不成立"),
            Col("答复", "decided_on", kind="date"),
        ],
        empty="没有异议",
    )  # fmt: skip


@page(power="needs.raise_objection")
def objection_new(request: HttpRequest) -> HttpResponse:
    """An objection, at the counter or by anybody with a phone of its own; the act takes place where the number says."""
    family = request.anju.post == "family"  # type: ignore[attr-defined]
    back = reverse("needs:mine") if family else reverse("needs:objections")
    number = request.POST.get("number", "").strip()
    region = number[:6] if family and number[:6].isdigit() and len(number) > 6 else None
    return act_form_page(
        request, title="提出异议", act=acts.raise_objection, form_class=forms_life.ObjectionForm, back=back, done=lambda _: back,
        clause="3.2-0", verb="提交异议", region=region, said="异议已收到，核查后以短信答复。",
        explain="只受理公示期内的异议；其他问题请投诉举报", shell="web/portal.html" if family else "web/staff.html",
    )  # fmt: skip


@page(power="needs.view")
def objection(request: HttpRequest, key: UUID) -> HttpResponse:
    """One objection."""
    row = _found(request, Objection.objects.select_related("application", "publicity").defer("contact"), key, "份异议")
    done = row.decided_on is not None
    return thing_page(
        request, title=f"对 {row.application.number} 的异议", clause="3.2-0", crumbs=[*CRUMBS, ("公示异议", reverse("needs:objections"))],
        state=("near", "在办") if not done else ("bad", "成立") if row.upheld else ("ok", "不成立"), obj=row,
        facts=[
            ("受理号", row.application.number), ("申请状态", row.application.get_state_display()), ("公示", row.publicity.title),
            ("收到", row.received_on), ("异议", row.text), ("答复日期", row.decided_on or "—"), ("理由", row.reason or "—"),
        ],
        acts=[
            ("核查并答复", reverse("needs:objection_decide", args=[row.id]), "needs.decide_objection", not done, "已答复"),
            ("打开申请", _case(row), "needs.view"),
        ],
    )  # fmt: skip


@page(power="needs.decide_objection")
def objection_decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """The decision on an objection."""
    row = _found(request, Objection.objects.select_related("application").defer("contact"), key, "份异议")
    form = forms_life.decide_form("upheld", "异议成立，申请不予通过", "异议不成立，申请继续办理", "核查结果")
    return _decide(
        request, row, "核查并答复异议", acts.decide_objection, form, {"objection_id": row.id}, "objection",
        [("异议", row.text), ("收到", row.received_on)], "由登记以外的岗位和人员决定；理由会告知异议人",
    )  # fmt: skip


def _decide(
    request: HttpRequest, row: Any, title: str, act: Any, form: Any, fixed: dict[str, Any], back: str,
    facts: list[tuple[str, Any]], explain: str,
) -> HttpResponse:  # fmt: skip
    to = reverse(f"needs:{back}", args=[row.id])
    return act_form_page(
        request, title=f"{title} {row.application.number}", act=act, form_class=form, fixed=fixed, back=to, done=lambda _: to,
        region=row.region, clause="3.2-0", verb=title, facts=facts, explain=explain,
    )  # fmt: skip


@page(power="needs.view")
def reconsiderations(request: HttpRequest) -> HttpResponse:
    """Other looks that refused families asked for."""
    return list_page(
        request, people=families("application_id"),
        title="复核", rows=within(request, Reconsideration.objects.select_related("application", "refusal")),
        order="-asked_on", clause="3.2-0", crumbs=CRUMBS, filters=[Filter("decided_on__isnull", "状态", OPEN)],
        views=[("全部", {}), ("在办", {"decided_on__isnull": "True"})],
        columns=[
            Col("受理号", "application__number", link=lambda o: reverse("needs:reconsideration", args=[o.id])),
            Col("不予通过", "refusal__reason"),
            Col("申请日期", "asked_on", kind="date", sort="asked_on"),
            Col("结果", "granted", value=lambda o: "在办" if o.granted is None else "通过" if o.granted else "维持"),
            Col("决定", "decided_on", kind="date"),
        ],
        empty="没有复核申请",
    )  # fmt: skip


@page(power="needs.view")
def reconsideration(request: HttpRequest, key: UUID) -> HttpResponse:
    """One other look."""
    row = _found(request, Reconsideration.objects.select_related("application", "refusal"), key, "份复核")
    done = row.decided_on is not None
    return thing_page(
        request, title=f"复核 {row.application.number}", clause="3.2-0", crumbs=[*CRUMBS, ("复核", reverse("needs:reconsiderations"))],
        state=("near", "在办") if not done else ("ok", "通过") if row.granted else ("bad", "维持不予通过"), obj=row,
        verdicts=row.application.verdicts,
        facts=[
            ("受理号", row.application.number), ("受理日期", row.application.accepted_on), ("不予通过环节", row.refusal.get_step_display()),
            ("不予通过理由", row.refusal.reason), ("申请日期", row.asked_on), ("申请理由", row.text),
            ("决定日期", row.decided_on or "—"), ("决定理由", row.reason or "—"),
        ],
        acts=[
            ("复核决定", reverse("needs:reconsideration_decide", args=[row.id]), "needs.decide_reconsideration", not done, "已决定"),
            ("打开申请", _case(row), "needs.view"),
        ],
    )  # fmt: skip


@page(power="needs.decide_reconsideration")
def reconsideration_decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """The decision of another look."""
    row = _found(request, Reconsideration.objects.select_related("application", "refusal"), key, "份复核")
    form = forms_life.decide_form("granted", "复核通过，恢复办理", "维持不予通过", "复核结果")
    facts = [("不予通过理由", row.refusal.reason), ("申请理由", row.text)]
    return _decide(
        request, row, "复核决定", acts.decide_reconsideration, form, {"reconsideration_id": row.id}, "reconsideration", facts,
        "由作出不予通过以外的岗位和人员决定；通过的视同该环节通过，受理日期不变",
    )  # fmt: skip


@page(power="needs.view")
def rechecks(request: HttpRequest) -> HttpResponse:
    """Re-checks under way and done."""
    rounds = [
        (str(r.id), r.title) for r in within(request, RecheckRound.objects.all()).order_by("-opened_on", "id")[:50]
    ]
    return list_page(
        request, people=families("application_id"),
        title="轮候资格年审", rows=within(request, Recheck.objects.select_related("application", "round")), order="-id",
        clause="3.2-0", crumbs=CRUMBS,
        filters=[Filter("round", "年审批次", rounds), Filter("done_on__isnull", "状态", [("True", "在办"), ("False", "已办结")])],
        views=[("全部", {}), ("在办", {"done_on__isnull": "True"})],
        actions=[("开展年审", reverse("needs:rechecks_open"), "needs.open_rechecks")],
        bulk=[Bulk("年审保留", "needs.finish_recheck", _keep, "核查没有发现问题的，保留资格和位次。")],
        columns=[
            Col("受理号", "application__number", link=_case),
            Col("批次", "round__title"),
            Col("取得资格", "application__qualified_on", kind="date"),
            Col("结论", "outcome", value=lambda r: r.get_outcome_display() or "在办"),
            Col("理由", "reason"),
            Col("办结", "done_on", kind="date"),
        ],
        empty="还没有开展年审",
    )  # fmt: skip


def _keep(request: HttpRequest, ids: list[UUID]) -> str:
    done = acts.keep_rechecked(ctx=request.anju.context(key=bulk_key(request)), ids=ids)  # type: ignore[attr-defined]
    return f"年审保留 {done} 户。"


@page(power="needs.open_rechecks")
def rechecks_open(request: HttpRequest) -> HttpResponse:
    """A campaign of re-checks begun."""
    back = reverse("needs:rechecks")
    return act_form_page(
        request, title="开展轮候资格年审", act=acts.open_rechecks, form_class=forms.TitleForm, back=back, done=lambda _: back,
        clause="3.2-0", verb="开展", explain="取得资格或上次年审已满参数「轮候资格年审间隔」的家庭列入，逐户给受理窗口派件",
    )  # fmt: skip


@page(power="needs.view")
def bans(request: HttpRequest) -> HttpResponse:
    """Bans from proposal to end."""
    return list_page(
        request, people=families("application_id"),
        title="限制申请", rows=within(request, Ban.objects.select_related("application")), order="-proposed_on",
        clause="3.2-0", crumbs=CRUMBS, filters=[Filter("state", "状态", Ban.STATES), Filter("ground", "事由", Ban.GROUNDS)],
        columns=[
            Col("受理号", "application__number", link=lambda b: reverse("needs:ban", args=[b.id])),
            Col("事由", "ground", value=lambda b: b.get_ground_display()),
            Col("状态", "state", value=lambda b: b.get_state_display()),
            Col("提出", "proposed_on", kind="date", sort="proposed_on"),
            Col("决定", "decided_on", kind="date"),
            Col("限制至", "until_on", kind="date"),
        ],
        empty="没有限制申请",
    )  # fmt: skip


@page(power="needs.view")
def ban(request: HttpRequest, key: UUID) -> HttpResponse:
    """One ban."""
    row = _found(request, Ban.objects.select_related("application"), key, "项限制")
    tone = {"imposed": "bad", "dropped": "ok"}.get(row.state, "near")
    return thing_page(
        request, title=f"限制申请 {row.application.number}", clause="3.2-0", crumbs=[*CRUMBS, ("限制申请", reverse("needs:bans"))],
        state=(tone, row.get_state_display()), obj=row,
        facts=[
            ("事由", row.get_ground_display()), ("查明的事实", row.facts), ("提出", row.proposed_on), ("陈述日期", row.heard_on or "—"),
            ("陈述内容", row.statement or "—"), ("决定日期", row.decided_on or "—"), ("理由", row.reason or "—"),
            ("限制至", row.until_on or "—"),
        ],
        acts=[
            ("记录陈述", reverse("needs:ban_hear", args=[row.id]), "needs.hear_ban", row.state == "proposed", row.get_state_display()),
            ("决定", reverse("needs:ban_decide", args=[row.id]), "needs.decide_ban", row.state == "heard", row.get_state_display()),
            ("打开申请", _case(row), "needs.view"),
        ],
    )  # fmt: skip


@page(power="needs.hear_ban")
def ban_hear(request: HttpRequest, key: UUID) -> HttpResponse:
    """The hearing."""
    row = _found(request, Ban.objects.select_related("application"), key, "项限制")
    return _decide(
        request, row, "记录陈述", acts.hear_ban, forms_life.HearingForm, {"ban_id": row.id}, "ban",
        [("事由", row.get_ground_display()), ("查明的事实", row.facts)], "陈述后由提出人以外的人决定",
    )  # fmt: skip


@page(power="needs.decide_ban")
def ban_decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """The decision."""
    row = _found(request, Ban.objects.select_related("application"), key, "项限制")
    form = forms_life.decide_form("imposed", "限制申请", "不予限制", "决定")
    return _decide(
        request, row, "决定", acts.decide_ban, form, {"ban_id": row.id}, "ban",
        [("事由", row.get_ground_display()), ("查明的事实", row.facts), ("陈述", row.statement)],
        "决定限制的，全家在期满前不能再申请，现有申请失效；提出人与决定人须是两个人",
    )  # fmt: skip


@page(power="needs.view")
def orders(request: HttpRequest) -> HttpResponse:
    """How each list is ordered now, what the county has set, and what ordering anew would do."""
    actor = request.anju  # type: ignore[attr-defined]
    ctx = actor.context()
    counties = reads.counties(actor.region)
    region = request.GET.get("region") if request.GET.get("region") in counties else next(iter(counties))
    lists = [_list(ctx, str(region), code, title) for code, title in PROGRAMMES]
    return render(
        request, "needs/orders.html",
        {"title": "轮候次序", "crumbs": CRUMBS, "lists": lists, "counties": counties, "region": region, "clause_number": "3.2-0"},
    )  # fmt: skip


def _list(ctx: ActContext, region: str, programme: str, title: str) -> dict[str, Any]:
    held = order.list_rule(region, programme)
    found: dict[str, Any] = {
        "title": title,
        "programme": programme,
        "held": held,
        "method": "",
        "effect": None,
        "why": "",
    }
    if held:
        found["method"] = order.METHODS.get(held.method, held.method)
    found["past"] = list(ListOrder.objects.filter(region=region, programme=programme).order_by("-serial")[:10])
    try:
        rule = order.set_rule(programme, ctx.params.on(ctx.today, region))
        found["set"] = order.METHODS.get(rule.method, rule.method)
        found["groups"] = rule.groups
        if held and rule != order.rule_of(held):
            found["effect"] = order.preview(region, programme, rule)
    except Refused as refused:
        found["why"] = refused.sentence
    return found


@page(power="needs.reorder_list")
def reorder(request: HttpRequest, programme: str) -> HttpResponse:
    """Order a list anew, after a look at the effect."""
    if programme not in dict(PROGRAMMES):
        raise Http404("没有这类住房")
    back = reverse("needs:orders")
    name = dict(PROGRAMMES)[programme]
    waiting = within(request, Application.objects.filter(programme=programme, state="qualified")).count()
    return act_form_page(
        request, title=f"重排{name}轮候库", act=acts.reorder_list, form_class=forms_life.ReorderForm, fixed={"programme": programme},
        back=back, done=lambda _: back, clause="3.2-0", verb="重排", irreversible=True, confirm=("住房类别", name),
        facts=[("轮候家庭", f"{waiting} 户")], explain="按参数「选房顺序方式」「优先对象」今天的取值重算全部位次；原位次留在办理经过里",
    )  # fmt: skip
