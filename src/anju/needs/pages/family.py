"""For families on a phone: my case, apply in small steps, supplement, withdraw; and "may I apply?" for anybody."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.base.acts import Refused
from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import now_of
from anju.base.numbers import mask_document, mask_name, mask_phone
from anju.base.regions import city_of, current_region_range, scope
from anju.needs import acts, forms, reads
from anju.needs.models import PROGRAMMES, Application, Draft
from anju.needs.pages.case import STAGE_OF, STAGES
from anju.parties.access import page, public
from anju.parties.context import parameter_book
from anju.policy.rules.eligibility import HouseholdFacts, eligible
from anju.policy.verdict import Outcome
from anju.web.forms import act_form_page, dress, problems
from anju.web.lists import within
from anju.web.shown import steps_of
from anju.web.tones import tone_of

SHELL = "web/portal.html"
STEPS = ("申请哪里", "家庭情况", "家庭成员", "住房意向", "核对提交")
NEXT = {
    "submitted": "街道（窗口）正在初审，请保持电话畅通。",
    "supplement": "请按下面的要求补正；补正后自动回到审核。",
    "first_passed": "县级正在复审，不用您办什么。",
    "reviewed": "复审通过，等待公示。",
    "publicity": "正在公示，期满无异议即进入轮候库。",
    "qualified": "您已进入轮候库。有合适房源公告时，请在公告期内申请认购。",
    "housed": "您家已配房。",
    "held": "纸质件补录后有待查事项，窗口会联系您。",
    "refused": "审核不予通过，理由见下；条件变化后可重新申请。",
    "withdrawn": "申请已撤回；想继续的，可以恢复，位次不变。",
}


@dataclass(frozen=True)
class Case:
    """One application as its family sees it."""

    row: Application
    tone: str
    steps: list[Any] | None
    place: reads.Place | None
    next: str
    asked: str
    missing: list[str]


@page(power="needs.mine")
def mine(request: HttpRequest) -> HttpResponse:
    """My case: where it stands, what is missing, my place, what comes next."""
    rows = list(within(request, Application.objects.all()).order_by("-accepted_on", "-number"))
    return render(request, "needs/mine.html", {"cases": [_case(row) for row in rows], "draft": _draft(request)})


def _case(row: Application) -> Case:
    asked = row.reviews.exclude(outcome="pass").order_by("-reviewed_at", "-id").first()
    missing = [v["sentence"] for v in row.verdicts if v["outcome"] != Outcome.PASS.value]
    steps = steps_of(STAGES, STAGE_OF[row.state], {0: row.accepted_on}) if row.state in STAGE_OF else None
    said = asked.reason if asked and row.state in ("supplement", "refused") else ""
    return Case(row, tone_of(row.state), steps, reads.position(row), NEXT[row.state], said, missing)


@page(power="needs.mine")
def find(request: HttpRequest) -> HttpResponse:
    """Show the applications that were made with my phone, at a counter or by my employer."""
    if request.method == "POST":
        count = acts.find_my_applications(ctx=request.anju.context())  # type: ignore[attr-defined]
        words = (
            f"找到 {count} 份用本手机号登记的申请。"
            if count
            else "没有用本手机号登记的申请；可以在网上申请，或到窗口核对手机号。"
        )
        messages.success(request, words)
    return HttpResponseRedirect(reverse("needs:mine"))


# --- apply in small steps ----------------------------------------------------------------------------


def _draft(request: HttpRequest) -> Draft | None:
    actor = request.anju  # type: ignore[attr-defined]
    return Draft.objects.filter(region=actor.region, account=actor.account.id).first()


def _body(draft: Draft | None) -> dict[str, Any]:
    return json.loads(str(draft.body)) if draft else {"typed": {}, "data": {}}


@page(power="needs.mine")
def apply(request: HttpRequest) -> HttpResponse:
    """Where an application begins, or goes on."""
    draft = _draft(request)
    if draft and request.method != "POST":
        return HttpResponseRedirect(_step_url(min(draft.step, len(STEPS))))
    return render(request, "needs/apply.html", {"steps": _shown_steps(0)})


def _step_url(number: int) -> str:
    return reverse("needs:confirm") if number >= len(STEPS) else reverse("needs:step", args=[number])


def _shown_steps(current: int) -> list[Any]:
    return steps_of(STEPS, current)


def _form(request: HttpRequest, number: int, body: dict[str, Any]) -> BaseForm:
    data = request.POST if request.method == "POST" else None
    region = request.anju.region  # type: ignore[attr-defined]
    initial, counties = body["typed"].get(str(number), {}), reads.counties(city_of(region))
    if number == 1:
        return forms.PlaceForm(data, counties=counties, initial=initial)
    if number == 2:
        return forms.FactsForm(data, towns=reads.towns(body["data"]["county"]), initial=initial)
    if number == 3:
        return forms.MembersForm(data, initial=initial)
    sale = body["data"]["programme"] == "sale"
    return forms.WishesForm(data, counties=counties, sale=sale, initial=initial or {"county_1": body["data"]["county"]})


@page(power="needs.mine")
def step(request: HttpRequest, step: int) -> HttpResponse:
    """One step of the form; each is saved before the next."""
    draft = _draft(request)
    if not 1 <= step < len(STEPS):
        raise Http404("没有这一步")
    if step > (draft.step if draft else 1):
        return HttpResponseRedirect(_step_url(draft.step if draft else 1))
    body = _body(draft)
    form = _form(request, step, body)
    if request.method == "POST" and form.is_valid():
        body["typed"][str(step)] = {name: request.POST.get(name, "") for name in form.fields}
        body["data"] |= _gathered(step, form)
        following = max(step + 1, draft.step if draft else 1)
        acts.save_draft(ctx=request.anju.context(), body=body, step=following)  # type: ignore[attr-defined]
        return HttpResponseRedirect(_step_url(step + 1))
    dress(form)
    return render(
        request, "needs/step.html",
        {
            "form": form, "steps": _shown_steps(step - 1), "title": STEPS[step - 1], "problems": problems(form),
            "back": _step_url(step - 1) if step > 1 else reverse("needs:mine"),
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _gathered(step: int, form: Any) -> dict[str, Any]:
    if step == 3:
        return {"members": form.body()}
    if step == 4:
        return {"wishes": form.body()}
    return dict(form.cleaned_data)


@page(power="needs.mine")
def confirm(request: HttpRequest) -> HttpResponse:
    """Read it through once more, promise that it is true, hand it in."""
    draft = _draft(request)
    if draft is None or draft.step < len(STEPS):
        return HttpResponseRedirect(reverse("needs:apply"))
    data, refused, missing = _body(draft)["data"], None, False
    if request.method == "POST":
        missing = not request.POST.get("promise")
        if not missing:
            try:
                row = _hand_in(request, data)
            except Refused as error:
                refused = error
            else:
                messages.success(request, f"申请已提交，受理号 {row.number}。请记下受理号。")
                return HttpResponseRedirect(reverse("needs:mine"))
    context = {
        "facts": _summary(data), "refused": refused, "missing": missing, "steps": _shown_steps(len(STEPS) - 1),
        "key": request.POST.get("key") if refused is None and request.POST.get("key") else uuid4().hex, "back": _step_url(4),
    }  # fmt: skip
    return render(request, "needs/confirm.html", context, status=422 if refused or missing else 200)


def _hand_in(request: HttpRequest, data: dict[str, Any]) -> Application:
    actor = request.anju  # type: ignore[attr-defined]
    key = (request.POST.get("key") or uuid4().hex)[:64]
    row = acts.submit_application(ctx=actor.context(key=key, region=data["county"]), household=forms.household_of(data))
    acts.discard_draft(ctx=actor.context())
    return row


def _summary(data: dict[str, Any]) -> list[tuple[str, Any]]:
    counties = reads.counties(city_of(data["county"]))
    members = [f"{mask_name(m['name'])}（{mask_document(m['document'])}）" for m in data["members"]]
    wishes = [
        f"{counties.get(w['county'], w['county'])} {w['rooms']} 室 {w['area_from_cm2'] // 10_000}—{w['area_to_cm2'] // 10_000} ㎡，"
        f"最高 {w['ceiling_fen'] // 100:,} 元"
        for w in data["wishes"]
    ]
    income, area = data["income_month_fen"], data["home_area_cm2"]
    return [
        ("区县", counties.get(data["county"], data["county"])), ("类别", dict(PROGRAMMES)[data["programme"]]),
        ("手机号", mask_phone(data["phone"])), ("家庭月收入", None if income is None else f"{income // 100:,} 元"),
        ("自有住房", None if area is None else f"{area // 10_000} ㎡"), ("居住或参保月数", data["residence_months"]),
        ("已享受保障性住房", data["policy_homes"]), (f"家庭成员 {len(members)} 人", members), ("意向", wishes),
    ]  # fmt: skip


# --- what a family may do with its case ----------------------------------------------------------------


def _own(request: HttpRequest, key: UUID) -> Application:
    """One of the family's own cases: row-level security shows no other. Raises Http404."""
    row = within(request, Application.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份申请，或不是用您的手机号登记的")
    return row


def _act(request: HttpRequest, key: UUID, title: str, act: Any, **more: Any) -> HttpResponse:
    row, back = _own(request, key), reverse("needs:mine")
    return act_form_page(
        request, title=title, act=act, fixed={"application_id": row.id}, back=back, done=lambda _: back, region=row.region,
        clause="3.2-0", shell=SHELL, **more,
    )  # fmt: skip


@page(power="needs.mine")
def supplement(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give what the review asked for."""
    row = _own(request, key)
    given = {"row": row, "towns": reads.towns(row.region), "family": True}
    asked = row.reviews.filter(outcome="supplement").order_by("-reviewed_at", "-id").first()
    why = f"审核要求：{asked.reason}" if asked else ""
    return _act(
        request,
        key,
        "补正",
        acts.supplement,
        form_class=forms.ChangeForm,
        form_kwargs=given,
        explain=why,
        verb="提交补正",
    )


@page(power="needs.mine")
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the application back."""
    why = "撤回后不再审核、不再轮候；以后恢复，位次不变"
    return _act(
        request, key, "撤回申请", acts.withdraw, form_class=forms.OptionalReasonForm, explain=why, verb="撤回申请"
    )


@page(power="needs.mine")
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Undo the withdrawal."""
    return _act(request, key, "恢复申请", acts.undo_withdrawal, verb="恢复申请", explain="回到撤回前的状态和位次")


# --- for anybody -------------------------------------------------------------------------------------


@public
def may_i_apply(request: HttpRequest) -> HttpResponse:
    """A few answers, no personal number: which rules I would meet today, by the county's own parameters."""
    house = request.installation  # type: ignore[attr-defined]
    form = forms.MayIForm(request.GET or None, counties=reads.counties(house.city))
    verdicts = None
    if request.GET and form.is_valid():
        on = now_of(house).astimezone(SHANGHAI).date()
        verdicts = _judged(form.cleaned_data, on, house.city)
    dress(form)
    return render(
        request, "needs/may_i.html", {"form": form, "verdicts": verdicts, "problems": problems(form)},
        status=422 if form.errors else 200,
    )  # fmt: skip


def _judged(data: dict[str, Any], on: date, city: str) -> list[Any]:
    """The verdicts of a household like this. Only the parameters are read as staff do; no case is."""
    names = ("programme", "group", "persons", "income_month_fen", "home_area_cm2", "residence_months", "policy_homes")
    born = date(on.year - data["age"], on.month, min(on.day, 28))
    facts = HouseholdFacts(**{name: data[name] for name in names}, applicant_born_on=born, other_applications=0)
    with scope(current_region_range()[0] or city, elevate=True):
        return eligible(facts, on, parameter_book().on(on, data["county"]))
