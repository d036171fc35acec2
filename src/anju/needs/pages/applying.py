"""A family applies on its phone: small steps, each saved; consent and the handing in at the end."""

import json
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.base.acts import Refused
from anju.base.numbers import mask_document, mask_name, mask_phone
from anju.base.regions import city_of
from anju.needs import acts, consent, household_forms, programmes, reads
from anju.needs.models import FLOORS, PROGRAMMES, Application, Draft, OwnHome, PolicyBenefit
from anju.needs.pages.open import today
from anju.parties.access import page
from anju.web.forms import dress, problems
from anju.web.shown import steps_of

STEPS = ("申请哪里", "家庭情况", "家庭成员", "住房情况", "住房意向", "核对提交")
FORM = 2  # of the draft's form; one of before its fourth step is taken up at that step


def draft_of(request: HttpRequest) -> Draft | None:
    """The family's draft, if there is one."""
    actor = request.anju  # type: ignore[attr-defined]
    return Draft.objects.filter(region=actor.region, account=actor.account.id).first()


def _body(draft: Draft | None) -> tuple[dict[str, Any], int]:
    """What was typed and gathered so far, and the next step to fill."""
    if draft is None:
        return {"form": FORM, "typed": {}, "data": {}}, 1
    body = json.loads(str(draft.body))
    if body.get("form") == FORM:
        return body, draft.step
    kept = {number: typed for number, typed in body["typed"].items() if int(number) < 4}
    return {"form": FORM, "typed": kept, "data": body["data"]}, min(draft.step, 4)


@page(power="needs.mine")
def apply(request: HttpRequest) -> HttpResponse:
    """Where an application begins, or goes on."""
    draft = draft_of(request)
    if draft and request.method != "POST":
        return HttpResponseRedirect(_step_url(min(_body(draft)[1], len(STEPS))))
    return render(request, "needs/apply.html", {"steps": _shown_steps(0), "count": len(STEPS)})


def _step_url(number: int) -> str:
    return reverse("needs:confirm") if number >= len(STEPS) else reverse("needs:step", args=[number])


def _shown_steps(current: int) -> list[Any]:
    return steps_of(STEPS, current)


def _form(request: HttpRequest, number: int, body: dict[str, Any]) -> BaseForm:
    data = request.POST if request.method == "POST" else None
    region = request.anju.region  # type: ignore[attr-defined]
    initial, counties = body["typed"].get(str(number), {}), reads.counties(city_of(region))
    if number == 1:
        return household_forms.PlaceForm(data, counties=counties, initial=initial)
    if number == 2:
        return household_forms.FactsForm(data, towns=reads.towns(body["data"]["county"]), initial=initial)
    if number == 3:
        return household_forms.MembersForm(data, initial=initial)
    if number == 4:
        return household_forms.HomesForm(data, initial=initial)
    there = request.anju.context(region=body["data"]["county"]).inforce()  # type: ignore[attr-defined]
    sale = body["data"]["programme"] in programmes.of_tenure("sale", there)
    first = initial or {"county_1": body["data"]["county"]}
    return household_forms.WishesForm(data, counties=counties, sale=sale, initial=first)


@page(power="needs.mine")
def step(request: HttpRequest, step: int) -> HttpResponse:
    """One step of the form; each is saved before the next."""
    body, reached = _body(draft_of(request))
    if not 1 <= step < len(STEPS):
        raise Http404("没有这一步")
    if step > reached:
        return HttpResponseRedirect(_step_url(reached))
    form = _form(request, step, body)
    if request.method == "POST" and form.is_valid():
        body["typed"][str(step)] = {name: request.POST.get(name, "") for name in form.fields}
        body["data"] |= _gathered(step, form)
        acts.save_draft(ctx=request.anju.context(), body=body, step=max(step + 1, reached))  # type: ignore[attr-defined]
        return HttpResponseRedirect(_step_url(step + 1))
    dress(form)
    return render(
        request, "needs/step.html",
        {
            "form": form, "steps": _shown_steps(step - 1), "title": STEPS[step - 1], "problems": problems(form), "number": step,
            "count": len(STEPS), "back": _step_url(step - 1) if step > 1 else reverse("needs:mine"),
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _gathered(step: int, form: Any) -> dict[str, Any]:
    match step:
        case 3:
            return {"members": form.body()}
        case 4:
            return form.body()
        case 5:
            return {"wishes": form.body()}
    return dict(form.cleaned_data)


@page(power="needs.mine")
def confirm(request: HttpRequest) -> HttpResponse:
    """Read it through once more, promise and authorise, hand it in."""
    body, reached = _body(draft_of(request))
    if reached < len(STEPS):
        return HttpResponseRedirect(reverse("needs:apply"))
    data, refused, missing = body["data"], None, False
    text = consent.current(today(request))
    if request.method == "POST":
        missing = request.POST.get("promise") != text.version
        if not missing:
            try:
                row = _hand_in(request, data, text.version)
            except Refused as error:
                refused = error
            else:
                messages.success(request, f"申请已提交，受理号 {row.number}。请记下受理号，再把材料拍照上传。")
                return HttpResponseRedirect(reverse("needs:my_case", args=[row.id]))
    context = {
        "facts": _summary(data), "refused": refused, "missing": missing, "steps": _shown_steps(len(STEPS) - 1), "text": text,
        "key": request.POST.get("key") if refused is None and request.POST.get("key") else uuid4().hex, "back": _step_url(5),
    }  # fmt: skip
    return render(request, "needs/confirm.html", context, status=422 if refused or missing else 200)


def _hand_in(request: HttpRequest, data: dict[str, Any], version: str) -> Application:
    actor = request.anju  # type: ignore[attr-defined]
    key = (request.POST.get("key") or uuid4().hex)[:64]
    ctx = actor.context(key=key, region=data["county"])
    given = household_forms.household_of(data, ctx.inforce())
    row = acts.submit_application(ctx=ctx, household=given, consent=version)
    acts.discard_draft(ctx=actor.context())
    return row


def _summary(data: dict[str, Any]) -> list[tuple[str, Any]]:
    counties = reads.counties(city_of(data["county"]))
    members = [f"{mask_name(m['name'])}（{mask_document(m['document'])}）" for m in data["members"]]
    wishes = [wish_words(w, counties) for w in data["wishes"]]
    homes = [f"{dict(OwnHome.KINDS)[h['kind']]}：{h['place']}" for h in data.get("homes", ())]
    homes += [dict(PolicyBenefit.KINDS)[b["kind"]] for b in data.get("benefits", ())]
    income, area = data["income_month_fen"], data["home_area_cm2"]
    transferred = {True: "转让过", False: "没有转让过", None: None}[data.get("transferred")]
    return [
        ("区县", counties.get(data["county"], data["county"])), ("类别", dict(PROGRAMMES)[data["programme"]]),
        ("手机号", mask_phone(data["phone"])), ("家庭月收入", None if income is None else f"{income // 100:,} 元"),
        ("自有住房", None if area is None else f"{area // 10_000} ㎡"), ("居住或参保月数", data["residence_months"]),
        ("已享受保障性住房", data["policy_homes"]), ("住房转让", transferred),
        (f"家庭成员 {len(members)} 人", members), ("住房和政策性住房", homes or "没有填写"), ("意向", wishes),
    ]  # fmt: skip


def wish_words(wish: dict[str, Any], counties: dict[str, str]) -> str:
    """One wish in words."""
    where = "、".join(filter(None, (counties.get(wish["county"], wish["county"]), wish.get("zone"))))
    more = "、".join(filter(None, (dict(FLOORS).get(wish.get("floor", "")), "须有电梯" if wish.get("lift") else "")))
    area = f"{wish['area_from_cm2'] // 10_000}—{wish['area_to_cm2'] // 10_000} ㎡"
    return f"{where} {wish['rooms']} 室 {area}，最高 {wish['ceiling_fen'] // 100:,} 元{f'（{more}）' if more else ''}"
