"""Departments' opinions: what waits at each department's desk with its day, and one to give."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.numbers import m2, mask_name, yuan
from anju.needs import acts
from anju.needs.models import OPINIONS, Opinion
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import Bulk, Col, Filter, bulk_key, families, list_page, regions, within

WORDS = {**dict(OPINIONS), "": "待出具"}
TONES = {"一致": "ok", "不一致": "bad", "待出具": "near"}


def _rows(request: HttpRequest) -> Any:
    """What the post sees: a department's clerk what its own department was asked, other posts all."""
    rows = within(request, Opinion.objects.filter(lapsed_on__isnull=True).select_related("application"))
    actor = request.anju  # type: ignore[attr-defined]
    return rows.filter(organisation=actor.context().organisation) if actor.post == "department_clerk" else rows


@page(power="needs.view_opinions")
def index(request: HttpRequest) -> HttpResponse:
    """What departments were asked, by the day it is due."""
    own = request.anju.post == "department_clerk"  # type: ignore[attr-defined]
    return list_page(
        request, people=families("application_id"), title="部门意见", rows=_rows(request), order="due_on", clause="3.2-0", crumbs=CRUMBS,
        export_name="部门意见", sub="审核环节决定前须出具；缺一个部门的意见，这一环节不能决定",
        views=[("全部", {}), ("待出具", {"given_on__isnull": "True"}), ("不一致", {"result": "differs"})],
        filters=[
            Filter("given_on__isnull", "状态", [("True", "待出具"), ("False", "已出具")]), Filter("result", "意见", OPINIONS),
            regions(request),
        ],
        bulk=[Bulk("一致", "needs.give_opinion", _agree, "没有问题的，一次出具“一致”；有问题的请逐件填写理由。")] if own else [],
        columns=[
            Col("受理号", "application__number", link=lambda o: reverse("needs:opinion", args=[o.id])),
            Col("申请人", "application__applicant_name", kind="name"),
            Col("环节", "step", value=lambda o: o.get_step_display()),
            Col("部门", "department"),
            Col("意见", "result", kind="state", value=lambda o: WORDS[o.result], tones=TONES),
            Col("征求", "asked_on", kind="date", sort="asked_on"),
            Col("应出具", "due_on", kind="date", sort="due_on"),
            Col("出具", "given_on", kind="date"),
        ],
        empty="没有征求本部门意见的申请",
    )  # fmt: skip


def _agree(request: HttpRequest, ids: list[UUID]) -> str:
    done = acts.agree_opinions(ctx=request.anju.context(key=bulk_key(request)), ids=ids)  # type: ignore[attr-defined]
    return f"已出具 {done} 份一致意见。"


class OpinionForm(ActForm):
    """一致 or 不一致 with its reason; the paper where another enters it."""

    result = forms.ChoiceField(label="部门意见", choices=OPINIONS, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="理由",
        max_length=300,
        required=False,
        widget=forms.Textarea,
        help_text="不一致的必填：查得什么、依据什么",
    )
    paper = forms.FileField(label="书面意见", required=False, help_text="由窗口代录的必附部门盖章的扫描件，PDF 或图片")

    def arguments(self) -> dict[str, Any]:
        """The paper by its name and bytes."""
        paper = self.cleaned_data["paper"]
        scan = (paper.name, paper.read()) if paper else None
        return {"result": self.cleaned_data["result"], "reason": self.cleaned_data["reason"], "scan": scan}


@page(power="needs.give_opinion")
def opinion(request: HttpRequest, key: UUID) -> HttpResponse:
    """One opinion to give: what the household says, and what the department finds."""
    found = _rows(request).filter(id=key).first()
    if found is None:
        raise Http404("没有这份部门意见，或不归本部门")
    row, back = found.application, reverse("needs:opinions")
    given = found.given_on and f"{WORDS[found.result]}，{found.given_on}{'：' + found.reason if found.reason else ''}"
    return act_form_page(
        request, title=f"部门意见 {row.number}", act=acts.give_opinion, form_class=OpinionForm, fixed={"opinion_id": found.id},
        back=back, done=lambda _: back, region=found.region, clause="3.2-0", verb="出具意见", said="意见已出具。",
        explain="出具后不能更改；事实有更正的，系统会重新征求",
        facts=[
            ("部门", found.department), ("申请类别", row.get_programme_display()), ("申请人", mask_name(row.applicant_name)),
            ("家庭人数", f"{row.persons} 人"), ("家庭月收入", "未填" if row.income_month_fen is None else yuan(row.income_month_fen)),
            ("自有住房", "未填" if row.home_area_cm2 is None else m2(row.home_area_cm2)),
            ("应出具", found.due_on or "不限"), ("已出具", given or "还没有"),
        ],
    )  # fmt: skip
