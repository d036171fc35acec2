"""Complaints and tip-offs for the posts that answer them; whoever one is about finds nothing of it here."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.needs import acts, forms
from anju.needs.models import Complaint, ComplaintAbout
from anju.parties.access import page
from anju.parties.models import Account
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import PERSONS, Col, Filter, list_page, within
from anju.web.shown import names_of
from anju.web.things import thing_page

CRUMBS = [("投诉举报", "/needs/complaints/")]


def seen(request: HttpRequest) -> QuerySet[Complaint, Complaint]:
    """Those that the actor may know of: none that is about the actor."""
    mine = ComplaintAbout.objects.filter(
        region=OuterRef("region"), complaint_id=OuterRef("id"), account=request.anju.account.id  # type: ignore[attr-defined]
    )  # fmt: skip
    return within(request, Complaint.objects.all()).exclude(Exists(mine))


@page(power="needs.view_complaints")
def index(request: HttpRequest) -> HttpResponse:
    """The list."""
    return list_page(
        request, people=PERSONS, title="投诉举报", rows=seen(request), order="-filed_at", clause="4.5",
        sub="与您有关的不在这里；答复后，提出的人凭回执号查看",
        columns=[
            Col("提交", "filed_at", kind="moment", sort="filed_at", link=lambda r: reverse("needs:complaint", args=[r.id])),
            Col("种类", "kind", value=lambda r: r.get_kind_display()), Col("关于", "about", value=lambda r: r.get_about_display()),
            Col("对象", "whom"), Col("答复", "answered_on", kind="date"),
        ],
        filters=[
            Filter("answered_on__isnull", "办理", [("True", "待答复"), ("False", "已答复")], name="open"),
            Filter("kind", "种类", list(Complaint.KINDS)),
        ],
        views=[("全部", {}), ("待答复", {"open": "True"})], empty="没有投诉举报",
    )  # fmt: skip


def _one(request: HttpRequest, key: UUID) -> Complaint:
    row = seen(request).filter(id=key).first()
    if row is None:
        raise Http404("没有这件投诉举报")
    return row


@page(power="needs.view_complaints")
def complaint(request: HttpRequest, key: UUID) -> HttpResponse:
    """One of them."""
    row = _one(request, key)
    about = names_of(row.persons.values_list("account", flat=True))
    to, open_ = (lambda name: reverse(f"needs:{name}", args=[row.id])), row.answered_on is None
    here = request.anju.post == row.post  # type: ignore[attr-defined]
    why = "已答复" if not open_ else "归另一岗位答复"
    return thing_page(
        request, title=f"{row.get_kind_display()} {row.receipt[:4]}…", clause="4.5", crumbs=CRUMBS, obj=row,
        state=("ok", "已答复") if row.answered_on else ("near", "待答复"),
        facts=[
            ("关于", row.get_about_display()), ("对象", row.whom or "没有写"), ("提交", row.filed_at), ("情况", row.text),
            ("联系方式", "留了，查看要写事由" if row.contact else "没有留（匿名）"),
            ("回避的工作人员", "、".join(about.values()) or "没有"),
            ("答复", row.answer or "还没有"), ("答复日期", row.answered_on or "—"),
        ],
        acts=[
            ("答复", to("answer_complaint"), "needs.answer_complaint", open_ and here, why),
            ("写明被投诉人", to("name_complained"), "needs.name_complained", open_, "已答复"),
            (
                "转专班领导", to("pass_complaint"), "needs.answer_complaint", open_ and row.post == "office_head",
                "已答复，或已由专班领导办理",
            ),
            ("查看联系方式", to("complaint_contact"), "needs.answer_complaint", bool(row.contact), "没有留联系方式"),
        ],
    )  # fmt: skip


def _act(request: HttpRequest, key: UUID, title: str, act: Any, form: type, **more: Any) -> HttpResponse:
    row = _one(request, key)
    back = reverse("needs:complaint", args=[row.id])
    done = more.pop("done", lambda _: back)
    return act_form_page(
        request, title=title, act=act, form_class=form, fixed={"complaint_id": row.id}, back=back, done=done, region=row.region,
        clause="4.5", **more,
    )  # fmt: skip


class AnswerForm(ActForm):
    """What was found and done."""

    answer = django_forms.CharField(
        label="查实情况和处理结果",
        max_length=2000,
        widget=django_forms.Textarea,
        help_text="持回执号的人都看得到；不要写个人信息",
    )


@page(power="needs.answer_complaint")
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer."""
    return _act(request, key, "答复投诉举报", acts.answer_complaint, AnswerForm, verb="答复", irreversible=True)


@page(power="needs.answer_complaint")
def pass_up(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hand it to the leader."""
    return _act(request, key, "转专班领导办理", acts.pass_complaint_up, forms.ReasonForm, verb="转办")


class NameForm(ActForm):
    """Whom it is about, by login name."""

    username = django_forms.CharField(label="被投诉人的登录名", max_length=60)

    def clean_username(self) -> UUID:
        name = self.cleaned_data["username"].strip().lower()
        found = Account.objects.filter(username=name).values_list("id", flat=True).first()
        if found is None:
            raise django_forms.ValidationError(f"没有登录名「{name}」的账号；请核对")
        return found

    def arguments(self) -> dict[str, Any]:
        return {"account_id": self.cleaned_data["username"]}


@page(power="needs.name_complained")
def name(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say whom it is about."""
    why = "写明后，这名工作人员看不到也不能办理这件"
    return _act(
        request,
        key,
        "写明被投诉人",
        acts.name_complained,
        NameForm,
        verb="写明",
        explain=why,
        done=lambda _: reverse("needs:complaints"),
    )


@page(power="needs.answer_complaint")
def contact(request: HttpRequest, key: UUID) -> HttpResponse:
    """How to reach who complained: shown once in the message, after the entry with its reason."""
    row = _one(request, key)
    return _act(
        request, key, "查看投诉人联系方式", acts.read_contact, forms.ReasonForm, verb="查看并留痕",
        said=lambda _: f"联系方式：{row.contact!s}",
    )  # fmt: skip
