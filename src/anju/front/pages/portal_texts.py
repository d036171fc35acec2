"""门户文字: guides, answers and the notice bar, kept by the office; and how the public reads and searches them."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.notices import acts
from anju.base.notices.models import PortalText
from anju.parties.access import page, public
from anju.web import notices
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import NOBODY, Col, Filter, list_page, typed, within
from anju.web.things import thing_page

TONES = {"draft": "near", "shown": "ok", "down": "unk"}
# Answers that hold in every city; the office's own stand before them.
BUILT_IN = (
    ("一家可以申请几套？", "一个家庭只能申请一套；同一个人不能出现在两份申请里。"),
    ("定金会不会要不回来？", "项目达不到 95% 就不收购，定金全部退回，不用申请。"),
    (
        "摇号公正吗？",
        "摇号前公布名单摘要，摇号后公布全过程数据；在“摇号结果”页按一下“开始核验”，您的手机就能重算一遍。",
    ),
    ("我的信息会公开吗？", "公示只列编号和遮住的姓名；证件号、手机号不公布，公示期满撤下。"),
)


@public
def how(request: HttpRequest) -> HttpResponse:
    """How a household gets a home: the steps, the guides, and the answers, which may be searched."""
    q = typed(request.GET.get("q", ""))
    answers = [(row.title, row.body["text"]) for row in notices.texts(request, "answer")] + list(BUILT_IN)
    words = q.split()
    found = [(t, b) for t, b in answers if all(word.lower() in f"{t} {b}".lower() for word in words)]
    return render(request, "front/how.html", {"answers": found, "q": q, "guides": notices.texts(request, "guide")})


@public
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide."""
    row = next((g for g in notices.texts(request, "guide") if g.slug == slug), None)
    if row is None:
        raise Http404("没有这份指南，或已撤下")
    return render(
        request, "front/guide.html", {"g": row, "paragraphs": [p for p in row.body["text"].splitlines() if p.strip()]}
    )


@page(power="base.take_text_down")
def index(request: HttpRequest) -> HttpResponse:
    """All portal texts of the region."""
    return list_page(
        request, people=NOBODY, title="门户文字", rows=within(request, PortalText.objects.all()), order="-drafted_at", clause="3.5-2",
        sub="办事指南、常见问答和通知栏；发布前检查有没有证件号、手机号、银行卡号", export_name="门户文字",
        columns=[
            Col("标题", "title", link=lambda r: reverse("front:portal_text", args=[r.id])), Col("种类", "kind", kind="state"),
            Col("状态", "state", kind="state", tones=TONES), Col("从", "shown_from", kind="date"), Col("到", "until", kind="date"),
            Col("次序", "order", kind="int"), Col("区划", "region", kind="region"),
            Col("起草", "drafted_at", kind="moment", sort="drafted_at"),
        ],
        filters=[Filter("kind", "种类", PortalText.KINDS), Filter("state", "状态", PortalText.STATES)], search=("title__contains",),
        search_hint="标题里的字", actions=[("起草", reverse("front:draft_text"), "base.draft_text")],
        views=[("全部", {}), ("通知栏", {"kind": "notice"}), ("草稿", {"state": "draft"})], empty="还没有门户文字",
        empty_act=("起草一段", reverse("front:draft_text"), "base.draft_text"),
    )  # fmt: skip


def _text(request: HttpRequest, key: UUID) -> PortalText:
    row = within(request, PortalText.objects.all()).filter(pk=key).first()
    if row is None:
        raise Http404("没有这段门户文字")
    return row


@page(power="base.take_text_down")
def thing(request: HttpRequest, key: UUID) -> HttpResponse:
    """One text."""
    row = _text(request, key)
    draft, up = row.state == PortalText.DRAFT, row.state == PortalText.SHOWN
    at = f"已是「{row.get_state_display()}」"
    return thing_page(
        request, title=row.title, sub=row.get_kind_display(), state=(TONES[row.state], row.get_state_display()), obj=row, clause="3.5-2",
        crumbs=[("门户文字", reverse("front:portal_texts"))],
        facts=[("从", row.shown_from), ("到", row.until or "没有写最后一天"), ("次序", row.order), ("内容", row.body)],
        acts=[
            ("发布", reverse("front:release_text", args=[row.id]), "base.release_text", draft, at),
            ("修改", reverse("front:edit_text", args=[row.id]), "base.draft_text", draft, "发布过的不能改；请撤下后重新起草"),
            ("撤下", reverse("front:take_text_down", args=[row.id]), "base.take_text_down", up, at),
        ],
    )  # fmt: skip


class TextForm(ActForm):
    """A text and its days."""

    kind = forms.ChoiceField(label="种类", choices=PortalText.KINDS)
    title = forms.CharField(label="标题", max_length=100, help_text="问答写问题；通知写一句话")
    body = forms.CharField(
        label="内容", max_length=8000, widget=forms.Textarea(attrs={"rows": 8}), help_text="一行一段；通知最多 200 个字"
    )
    shown_from = forms.DateField(label="从哪天起", widget=forms.DateInput)
    until = forms.DateField(
        label="到哪天止", required=False, widget=forms.DateInput, help_text="通知必填；到期自动撤下"
    )
    order = forms.IntegerField(label="次序", min_value=0, max_value=999, initial=100, help_text="小的在前")


def _form(request: HttpRequest, title: str, back: str, **more: Any) -> HttpResponse:
    return act_form_page(
        request, title=title, act=acts.draft_text, form_class=TextForm, clause="3.5-2", verb="存为草稿", back=back,
        done=lambda row: reverse("front:portal_text", args=[row.id]), said="已存为草稿，发布后才在门户上显示。", **more,
    )  # fmt: skip


@page(power="base.draft_text")
def draft(request: HttpRequest) -> HttpResponse:
    """A new one."""
    return _form(request, "起草门户文字", reverse("front:portal_texts"))


@page(power="base.draft_text")
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a draft."""
    row = _text(request, key)
    initial = {name: getattr(row, name) for name in TextForm.base_fields}
    return _form(
        request, f"修改：{row.title}", reverse("front:portal_text", args=[row.id]), fixed={"text_id": row.id}, region=row.region,
        initial=initial,
    )  # fmt: skip


@page(power="base.release_text")
def release(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show it."""
    row = _text(request, key)
    here = reverse("front:portal_text", args=[row.id])
    return act_form_page(
        request, title=f"发布：{row.title}", act=acts.release_text, fixed={"text_id": row.id}, clause="3.5-2", verb="发布到门户",
        back=here, done=lambda _: here, region=row.region, facts=[("从", row.shown_from), ("到", row.until or "—"), ("内容", row.body)],
        explain="发布后任何人都能看到；有误的撤下后重新起草。", said="已发布。",
    )  # fmt: skip


class DownForm(ActForm):
    """Why it comes down."""

    reason = forms.CharField(label="撤下理由", max_length=200)


@page(power="base.take_text_down")
def down(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take it off the portal."""
    row = _text(request, key)
    here = reverse("front:portal_text", args=[row.id])
    return act_form_page(
        request, title=f"撤下：{row.title}", act=acts.take_text_down, form_class=DownForm, fixed={"text_id": row.id}, clause="3.5-2",
        verb="撤下", back=here, done=lambda _: here, region=row.region, said="已从门户撤下。",
    )  # fmt: skip
