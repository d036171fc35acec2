"""At the counter: one page takes an application in, the number first; with scans and its own day, a paper case of the past (补录)."""

from typing import Any
from uuid import uuid4

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anju.base.acts import Refused
from anju.needs import acts, consent, reads
from anju.needs.forms import FilesField
from anju.needs.household_forms import FactsForm, HomesForm, NumberFirst, PlaceForm, WishesForm, day_field, household_of
from anju.needs.models import Application
from anju.needs.pages.cases import CRUMBS, link
from anju.needs.pages.open import today
from anju.parties.access import page
from anju.web.forms import ActForm, dress, problems


class PaperForm(ActForm):
    """What a back-entry carries besides."""

    accepted_on = day_field("纸质件受理日期", help_text="按这一天的规定审核")
    qualified_on = day_field("取得资格日期", required=False, help_text="当时已进入轮候的填写，位次按这一天")
    paper_number = django_forms.CharField(label="原受理号或文号", max_length=60, required=False)
    scans = FilesField(label="纸质件扫描件", help_text="申请表、审批表等，可选多个；PDF 或图片")


class ConsentForm(ActForm):
    """Whether the household signed the promise and authorisation, with its scan."""

    signed = django_forms.BooleanField(label="申请人和成年家庭成员已在承诺和授权查询书上签字", required=False)
    scan = FilesField(label="承诺书和材料扫描件", required=False, help_text="可选多个；也可以受理后再补")


Bound = list[tuple[str, django_forms.BaseForm]]


@page(power="needs.check_number")
def new(request: HttpRequest) -> HttpResponse:
    """Take one application in."""
    return intake(request, title="受理轮候申请", verb="受理", paper=False)


@page(power="needs.back_enter")
def back_enter(request: HttpRequest) -> HttpResponse:
    """Record a paper case of the past."""
    return intake(request, title="补录纸质申请", verb="补录", paper=True)


@page(power="needs.check_number")
def check(request: HttpRequest) -> HttpResponse:
    """Whether a number stands in another application: asked before the rest is typed; a part of the page, or a page of its own."""
    return render(request, "needs/_twice.html", _twice(request))


def _twice(request: HttpRequest) -> dict[str, Any]:
    number = request.POST.get("document_1", "").strip()
    if request.method != "POST" or not number:
        return {"twice": None}
    try:
        return {"twice": acts.check_number(ctx=request.anju.context(), document=number)}  # type: ignore[attr-defined]
    except Refused as error:
        return {"twice": None, "twice_refused": error.sentence}


def intake(
    request: HttpRequest, *, title: str, verb: str, paper: bool, towns: dict[str, str] | None = None, back: str = "",
    crumbs: list[tuple[str, str]] | None = None, shown: Any = link,
) -> HttpResponse:  # fmt: skip
    """The page; ``towns`` narrows where the household may live, ``shown`` says where a taken application is looked at."""
    region = request.anju.region  # type: ignore[attr-defined]
    asked = request.method == "POST" and "check" in request.POST
    parts = parts_of(request, region, paper, towns, bound=not asked)
    key = (request.POST.get("key") or uuid4().hex)[:64]
    refused: Refused | None = None
    valid = [form.is_valid() for _, form in parts] if not asked else [False]
    if request.method == "POST" and all(valid):
        try:
            row = take(request, dict(parts), key)
        except Refused as error:
            refused, key = error, uuid4().hex
        else:
            messages.success(request, f"已{verb}：{row.number}，{row.get_state_display()}。")
            return HttpResponseRedirect(shown(row))
    for _, form in parts:
        dress(form)
    wrong = [] if asked else [line for _, form in parts for line in problems(form)]
    return render(
        request, "needs/intake.html",
        {
            "title": title, "verb": verb, "parts": parts, "key": key, "refused": refused, "problems": wrong, "paper": paper,
            "crumbs": crumbs or CRUMBS, "back": back or "/needs/", "text": consent.current(today(request)),
            **(_twice(request) if asked else {}),
        },
        status=422 if refused or wrong else 200,
    )  # fmt: skip


def parts_of(
    request: HttpRequest, region: str, paper: bool, towns: dict[str, str] | None = None, *, bound: bool = True
) -> Bound:
    """The parts of the form, the members first: their numbers show a duplicate before the rest is typed."""
    posted = request.method == "POST"
    data, files = (request.POST, request.FILES) if posted and bound else (None, None)
    first: Any = request.POST.dict() if posted and not bound else {}
    mine = {code: name for code, name in reads.counties(region).items() if code == region}
    found: Bound = [("纸质件", PaperForm(data, files, initial=first))] if paper else []
    return [
        *found,
        ("家庭成员", NumberFirst(data, initial=first)),
        ("申请", PlaceForm(data, counties=mine, initial={"county": region, **first})),
        ("家庭情况", FactsForm(data, towns=towns or reads.towns(region), initial=first)),
        ("住房情况", HomesForm(data, initial=first)),
        ("意向", WishesForm(data, counties=reads.counties(region[:4] + "00"), sale=None, initial={"county_1": region, **first})),
        *([] if paper else [("承诺和授权", ConsentForm(data, files, initial=first))]),
    ]  # fmt: skip


def take(request: HttpRequest, parts: dict[str, Any], key: str) -> Application:
    """Hand the parts to the act."""
    body = {**parts["申请"].cleaned_data, **parts["家庭情况"].cleaned_data, **parts["住房情况"].body()}
    body |= {"members": parts["家庭成员"].body(), "wishes": parts["意向"].body()}
    ctx = request.anju.context(key=key)  # type: ignore[attr-defined]
    paper = parts["纸质件"].cleaned_data if "纸质件" in parts else {}
    household = household_of(body, ctx.inforce(paper.get("accepted_on")))
    if paper:
        return acts.back_enter(ctx=ctx, household=household, **paper)
    given = parts["承诺和授权"].cleaned_data
    version = consent.current(today(request)).version if given["signed"] else ""
    papers = [("consent", name, data) for name, data in given["scan"]]
    return acts.submit_application(ctx=ctx, household=household, consent=version, papers=papers)
