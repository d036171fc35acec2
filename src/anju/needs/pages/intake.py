"""At the counter: one page takes an application in; with scans and its own day, a paper case of the past (补录)."""

from typing import Any
from uuid import uuid4

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anju.base.acts import Refused
from anju.needs import acts, reads
from anju.needs.forms import FactsForm, FilesField, MembersForm, PlaceForm, WishesForm, household_of
from anju.needs.models import Application
from anju.needs.pages.cases import CRUMBS, link
from anju.parties.access import page
from anju.web.forms import ActForm, dress, problems


class PaperForm(ActForm):
    """What a back-entry carries besides."""

    accepted_on = django_forms.DateField(
        label="纸质件受理日期", widget=django_forms.DateInput, help_text="按这一天的规定审核"
    )
    qualified_on = django_forms.DateField(
        label="取得资格日期",
        required=False,
        widget=django_forms.DateInput,
        help_text="当时已进入轮候的填写，位次按这一天",
    )
    paper_number = django_forms.CharField(label="原受理号或文号", max_length=60, required=False)
    scans = FilesField(label="纸质件扫描件", help_text="申请表、审批表等，可选多个；PDF 或图片")


Bound = list[tuple[str, django_forms.BaseForm]]


@page(power="needs.submit_application")
def new(request: HttpRequest) -> HttpResponse:
    """Take one application in."""
    return _intake(request, title="受理轮候申请", verb="受理", paper=False)


@page(power="needs.back_enter")
def back_enter(request: HttpRequest) -> HttpResponse:
    """Record a paper case of the past."""
    return _intake(request, title="补录纸质申请", verb="补录", paper=True)


def _intake(request: HttpRequest, *, title: str, verb: str, paper: bool) -> HttpResponse:
    region = request.anju.region  # type: ignore[attr-defined]
    parts = _parts(request, region, paper)
    key = (request.POST.get("key") or uuid4().hex)[:64]
    refused: Refused | None = None
    valid = [form.is_valid() for _, form in parts]
    if request.method == "POST" and all(valid):
        try:
            row = _take(request, dict(parts), key)
        except Refused as error:
            refused, key = error, uuid4().hex
        else:
            messages.success(request, f"已{verb}：{row.number}，{row.get_state_display()}。")
            return HttpResponseRedirect(link(row))
    for _, form in parts:
        dress(form)
    wrong = [line for _, form in parts for line in problems(form)]
    return render(
        request, "needs/intake.html",
        {
            "title": title, "verb": verb, "parts": parts, "key": key, "refused": refused, "problems": wrong, "paper": paper,
            "crumbs": CRUMBS,
        },
        status=422 if refused or wrong else 200,
    )  # fmt: skip


def _parts(request: HttpRequest, region: str, paper: bool) -> Bound:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    mine = {code: name for code, name in reads.counties(region).items() if code == region}
    found: Bound = [("纸质件", PaperForm(data, files))] if paper else []
    return [
        *found,
        ("申请", PlaceForm(data, counties=mine, initial={"county": region})),
        ("家庭情况", FactsForm(data, towns=reads.towns(region))),
        ("家庭成员", MembersForm(data)),
        ("意向", WishesForm(data, counties=reads.counties(region[:4] + "00"), sale=None)),
    ]


def _take(request: HttpRequest, parts: dict[str, Any], key: str) -> Application:
    body = {**parts["申请"].cleaned_data, **parts["家庭情况"].cleaned_data}
    body |= {"members": parts["家庭成员"].body(), "wishes": parts["意向"].body()}
    ctx = request.anju.context(key=key)  # type: ignore[attr-defined]
    household = household_of(body)
    if "纸质件" in parts:
        return acts.back_enter(ctx=ctx, household=household, **parts["纸质件"].cleaned_data)
    return acts.submit_application(ctx=ctx, household=household)
