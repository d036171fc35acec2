"""Admission of acquirers (3.1): the candidate's verdicts and what is still to be shown."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from anju.parties import acts, forms, reads
from anju.parties.access import page
from anju.parties.models import Admission
from anju.parties.pages.shared import HUB, address, mine, today
from anju.policy.rules.acquirer import CRITERIA
from anju.policy.verdict import Outcome
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, Col, Filter, list_page
from anju.web.shown import names_of
from anju.web.things import thing_page

CRUMBS = [*HUB, ("收购主体准入", "/parties/admissions/")]
TONES = {"proposed": "near", "admitted": "ok", "refused": "bad", "lapsed": "unk"}


@page(power="parties.view")
def index(request: HttpRequest) -> HttpResponse:
    """Who may buy for which government, and with how many checks still open."""
    lo, hi = mine(request)
    return list_page(
        request, people=NOBODY,
        title="收购主体准入", rows=Admission.objects.filter(region__gte=lo, region__lte=hi).select_related("acquirer"),
        order="region", crumbs=HUB, clause="3.1-1", export_name="收购主体准入",
        columns=[
            Col("收购主体", "acquirer__name", link=lambda a: address("admission", a.pk)),
            Col("区划", "region", sort="region"),
            Col("状态", "state", kind="state", tones=TONES),
            Col("待补核查", "verdicts", kind="int", value=lambda a: sum(v["outcome"] != "pass" for v in a.verdicts)),
            Col("方案选定", "appointed_by_plan", kind="bool"),
            Col("自", "valid_from", kind="date", sort="valid_from"),
            Col("至", "valid_until", kind="date"),
        ],
        filters=[Filter("state", "状态", Admission.STATES), Filter("region", "区划", lambda: reads.region_names().items())],
        search=("acquirer__name__contains",), search_hint="名称",
        actions=[("申报准入", address("new_admission"), "parties.propose_admission")],
        empty_act=("申报准入", address("new_admission"), "parties.propose_admission"),
    )  # fmt: skip


@page(power="parties.view")
def thing(request: HttpRequest, key: UUID) -> HttpResponse:
    """One candidate, judged again on today as its facts stand."""
    row = _row(request, key)
    found = reads.admission_verdicts(row, today(request))
    open_ = [v for v in found if v.outcome is not Outcome.PASS]
    names = names_of([row.maker, row.checker])
    note = None
    if row.state == "admitted" and open_:
        note = ("near", f"已准入，但有 {len(open_)} 项核查还没有证明；请逐项补充。")
    self_ = row.maker == request.anju.account.pk  # type: ignore[attr-defined]
    live = row.state in ("proposed", "admitted")
    return thing_page(
        request, title=row.acquirer.name, sub=f"{row.region} 收购主体准入", crumbs=CRUMBS, obj=row, clause="3.1-1", note=note,
        state=(TONES[row.state], row.get_state_display()), verdicts=found,
        facts=[
            ("选定文件", row.document), ("方案选定", row.appointed_by_plan), ("自", row.valid_from), ("至", row.valid_until),
            ("申报人", names.get(row.maker)), ("审定人", names.get(row.checker) if row.checker else None),
            ("审定时结论日", row.judged_on), ("理由", row.reason), *_evidence(row),
        ],
        acts=[
            ("审定", address("decide_admission", key), "parties.decide_admission", row.state == "proposed" and not self_,
             "须由申报人以外的人审定" if row.state == "proposed" else "已办结"),
            ("不予准入", address("refuse_admission", key), "parties.decide_admission", row.state == "proposed" and not self_, ""),
            ("补充核查", address("answer_check", key), "parties.answer_check", live, "已办结"),
            ("终止资格", address("lapse_admission", key), "parties.lapse_admission", row.state == "admitted", ""),
        ],
    )  # fmt: skip


def _evidence(row: Admission) -> list[tuple[str, str]]:
    said = [(CRITERIA[k], row.facts["criteria"][k]) for k in CRITERIA]
    words = {True: "是", False: "否", None: "未知"}
    found = [(title, f"{words[s['answer']]}　{s['evidence']}".strip()) for title, s in said if s["answer"] is not None]
    return found + [
        (f"{m['name']}是融资平台", f"{words[m['financing_platform']]}　{m['evidence']}".strip())
        for m in row.facts["group"]
    ]


@page(power="parties.propose_admission")
def new(request: HttpRequest) -> HttpResponse:
    """Put a candidate forward."""
    return act_form_page(
        request, title="申报收购主体准入", form_class=forms.AdmissionForm, act=acts.propose_admission, clause="3.1-1", verb="申报",
        back=address("admissions"), done=lambda a: address("admission", a.pk),
        explain="各项条件须同时符合；没有证明的按“待查”处理，不能通过。",
    )  # fmt: skip


@page(power="parties.decide_admission")
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Admit, by the rules."""
    row = _row(request, key)
    return act_form_page(
        request, title=f"审定准入：{row.acquirer.name}", act=acts.decide_admission, fixed={"admission_id": key, "admit": True},
        region=row.region, clause="3.1-1", verb="准入", irreversible=True, back=address("admission", key),
        done=lambda a: address("admission", a.pk), facts=[("收购主体", row.acquirer.name), ("区划", row.region),
        ("选定文件", row.document)],
    )  # fmt: skip


@page(power="parties.decide_admission")
def refuse(request: HttpRequest, key: UUID) -> HttpResponse:
    """Refuse, with a reason."""
    row = _row(request, key)
    return act_form_page(
        request, title=f"不予准入：{row.acquirer.name}", form_class=forms.ReasonForm, act=acts.decide_admission,
        fixed={"admission_id": key, "admit": False}, region=row.region, clause="3.1-1", verb="不予准入", back=address("admission", key),
        done=lambda a: address("admission", a.pk),
    )  # fmt: skip


@page(power="parties.answer_check")
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer one check with its proof."""
    row = _row(request, key)
    checks = [
        *CRITERIA.items(),
        *[(f"group:{m['name']}", f"{m['name']}是否融资平台") for m in row.facts["group"]],
        ("group_complete", "集团成员已列全"), ("hidden_debt_fen", "地方隐性债务"),
    ]  # fmt: skip

    return act_form_page(
        request, title=f"补充核查：{row.acquirer.name}", form_class=forms.CheckForm, form_kwargs={"checks": checks}, act=acts.answer_check,
        fixed={"admission_id": key}, region=row.region, clause="3.1-1", verb="补充核查结果", back=address("admission", key),
        done=lambda a: address("admission", a.pk),
    )  # fmt: skip


@page(power="parties.lapse_admission")
def lapse(request: HttpRequest, key: UUID) -> HttpResponse:
    """End the admission."""
    row = _row(request, key)
    return act_form_page(
        request, title=f"终止资格：{row.acquirer.name}", form_class=forms.ReasonForm, act=acts.lapse_admission, fixed={"admission_id": key},
        region=row.region, clause="3.1-1", verb="终止资格", irreversible=True, confirm=("名称", row.acquirer.name),
        back=address("admission", key), done=lambda a: address("admission", a.pk),
    )  # fmt: skip


def _row(request: HttpRequest, key: UUID) -> Admission:
    lo, hi = mine(request)
    rows = Admission.objects.select_related("acquirer", "acquirer__parent").filter(region__gte=lo, region__lte=hi)
    return get_object_or_404(rows, pk=key)
