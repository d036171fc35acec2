"""What stands beside a case for the counter: consent and papers by kind, bound phones, proxies, visits, who made it, the letter."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.needs import acts, forms, myside
from anju.needs.models import LIVE, Application, PhoneBinding
from anju.needs.pages.case import one
from anju.needs.pages.cases import CRUMBS
from anju.needs.pages.family import PapersForm, ProxyForm, letter_file
from anju.parties.access import page
from anju.web.forms import ActForm, act_form_page
from anju.web.shown import file_url, names_of


def _back(row: Application) -> str:
    return reverse("needs:beside", args=[row.id])


@page(power="needs.view")
def beside(request: HttpRequest, key: UUID) -> HttpResponse:
    """The page."""
    row = one(request, key)
    around = myside.around(row)
    names = names_of([v.maker for v in around.visits] + [b.maker for b in row.bindings.all()])
    papers = [
        (title, [(one.evidence, file_url(one.evidence_id)) for one in found]) for _, title, found in myside.papers(row)
    ]
    context = {
        "row": row, "crumbs": [*CRUMBS, (row.number, reverse("needs:thing", args=[row.id]))], "title": f"代办、材料和通知书 {row.number}",
        "around": around, "consents": list(row.consents.order_by("given_at")), "papers": papers, "live": row.state in LIVE,
        "homes": list(row.homes.order_by("kind", "id")), "benefits": list(row.benefits.order_by("id")),
        "bindings": [(b, names.get(b.maker, "—")) for b in row.bindings.order_by("-bound_at", "-id")],
        "visits": [(v, names.get(v.maker, "—"), file_url(v.photo_id) if v.photo_id else "") for v in around.visits],
    }  # fmt: skip
    return render(request, "needs/beside.html", context)


def _act(request: HttpRequest, key: UUID, title: str, act: Any, form: type, **more: Any) -> HttpResponse:
    row = one(request, key)
    fixed = more.pop("fixed", {"application_id": row.id})
    return act_form_page(
        request, title=f"{title} {row.number}", act=act, form_class=form, fixed=fixed, back=_back(row), done=lambda _: _back(row),
        region=row.region, clause="3.2-0", **more,
    )  # fmt: skip


class BindForm(ActForm):
    """Which phone, by which paper, why."""

    phone = django_forms.CharField(
        label="新手机号", max_length=20, widget=django_forms.TextInput(attrs={"inputmode": "tel"})
    )
    shown = django_forms.ChoiceField(
        label="核对了哪种证件原件", choices=PhoneBinding.PAPERS, widget=django_forms.RadioSelect
    )
    reason = django_forms.CharField(label="事由", max_length=300, widget=django_forms.Textarea)


@page(power="needs.bind_phone")
def bind(request: HttpRequest, key: UUID) -> HttpResponse:
    """Bind a phone to the household."""
    why = "原手机号会收到短信，并且不再看到这份申请；新手机号用验证码登录即可看到"
    return _act(request, key, "绑定手机号", acts.bind_phone, BindForm, verb="绑定", explain=why, said="已绑定。")


@page(power="needs.bind_phone")
def proxy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let somebody act for the household."""
    why = "先核对双方身份证原件和签字的委托书；家庭会收到短信，随时可以终止"
    return _act(
        request, key, "登记代办人", acts.grant_proxy, ProxyForm, verb="登记", explain=why, said="已登记代办人。"
    )


@page(power="needs.bind_phone")
def end_proxy(request: HttpRequest, key: UUID, proxy_id: UUID) -> HttpResponse:
    """End a proxy."""
    row = one(request, key)
    if myside.proxy_of(row, proxy_id) is None:
        raise Http404("没有这个代办人")
    return _act(request, key, "终止代办", acts.end_proxy, forms.ReasonForm, verb="终止", fixed={"proxy_id": proxy_id})


@page(power="needs.bind_phone")
def papers(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take papers in at the counter."""
    return _act(request, key, "收材料", acts.attach_papers, PapersForm, verb="收下", said="材料已收下。")


@page(power="needs.read_personal")
def letter(request: HttpRequest, key: UUID) -> HttpResponse:
    """The letter's PDF; the act leaves the entry."""
    row = one(request, key)
    return letter_file(request, row) if request.method == "POST" else HttpResponseRedirect(_back(row))


@page(power="needs.withdraw_letter")
def withdraw_letter(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the letter back."""
    why = "收回后，凭文书码核验时显示已失效"
    return _act(request, key, "收回通知书", acts.withdraw_letter, forms.ReasonForm, verb="收回", explain=why)
