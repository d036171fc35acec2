"""The village or community worker: applies for families of its towns, records home visits, also where the signal is lost."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse

from anju.base.acts import Refused
from anju.needs import acts, consent, reads
from anju.needs.acts.comes_with import WORKER
from anju.needs.household_forms import BLANK, day_field
from anju.needs.models import Application, WorkerTown
from anju.needs.pages.cases import CRUMBS as STAFF
from anju.needs.pages.intake import intake, parts_of, take
from anju.needs.pages.open import today
from anju.parties.access import page, public
from anju.parties.models import Appointment
from anju.web.forms import ActForm, act_form_page, dress, problems
from anju.web.lists import Col, Filter, families, list_page, within

HERE = Path(__file__).resolve().parents[1]
CRUMBS = [("入户与代报", "/needs/village/")]
DEGREE = 1_000_000


def my_towns(request: HttpRequest) -> dict[str, str]:
    """The towns of this worker, by code."""
    actor = request.anju  # type: ignore[attr-defined]
    mine = WorkerTown.objects.filter(region=actor.region, account=actor.account.id, until_on=None).values_list(
        "town", flat=True
    )
    return {code: name for code, name in reads.towns(actor.region).items() if code in set(mine)}


@page(power="needs.village")
def index(request: HttpRequest) -> HttpResponse:
    """The applications of my towns."""
    towns = my_towns(request)
    rows = within(request, Application.objects.filter(town__in=list(towns)).prefetch_related("made_for"))
    return list_page(
        request, people=families("pk"), title="入户与代报", rows=rows, order="-number", clause="3.2-0",
        actions=[
            ("代家庭申请", reverse("needs:village_new"), "needs.village"), ("登记走访", reverse("needs:visit"), "needs.record_visit"),
            ("离线填写", reverse("needs:offline"), "needs.village"),
        ],
        columns=[
            Col("受理号", "number", sort="number"), Col("申请人", "applicant_name", kind="name"),
            Col("乡镇（街道）", "town", value=lambda r: towns.get(r.town, r.town)), Col("状态", "state", kind="state"),
            Col("受理日期", "accepted_on", kind="date"),
            Col("代报", "id", value=lambda r: next((m.get_state_display() for m in r.made_for.all()), "")),
        ],
        filters=[Filter("town", "乡镇（街道）", list(towns.items())), Filter("state", "状态", list(Application.STATES))],
        empty="您的乡镇（街道）还没有申请" if towns else "还没有给您分工到乡镇（街道）；请县专班分工",
    )  # fmt: skip


@page(power="needs.village")
def new(request: HttpRequest) -> HttpResponse:
    """Apply for a family."""
    back = reverse("needs:village")
    return intake(
        request, title="代家庭申请", verb="代报", paper=False, towns=my_towns(request), back=back, crumbs=CRUMBS, shown=lambda _: back
    )  # fmt: skip


class VisitForm(ActForm):
    """A home visit."""

    number = django_forms.CharField(label="受理号", max_length=24)
    visited_on = day_field("走访日期")
    met = django_forms.CharField(label="见到谁", max_length=60, help_text="姓名和与申请人关系；没有人在家的写“无人”")
    findings = django_forms.CharField(
        label="走访情况", max_length=2000, widget=django_forms.Textarea, help_text="住房、人口、困难等，写看到的"
    )
    place = django_forms.CharField(
        label="位置", max_length=40, required=False, help_text="可不填；纬度,经度，如 46.637,126.969"
    )
    photo = django_forms.FileField(label="照片", required=False, help_text="照片或 PDF")

    def clean_place(self) -> tuple[int, int] | None:
        return place_of(self.cleaned_data["place"])

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        place, photo = data.pop("place"), data.pop("photo", None)
        data["photo"] = (photo.name, photo.read()) if photo else None
        data["latitude_e6"], data["longitude_e6"] = place or (None, None)
        return data


def place_of(text: str) -> tuple[int, int] | None:
    """「纬度,经度」 in millionths of a degree. Raises ValidationError."""
    if not text.strip():
        return None
    try:
        latitude, longitude = (round(float(part) * DEGREE) for part in text.replace("，", ",").split(","))
    except ValueError as error:
        raise django_forms.ValidationError(f"位置应写成「纬度,经度」，收到「{text}」") from error
    if not (abs(latitude) <= 90 * DEGREE and abs(longitude) <= 180 * DEGREE):
        raise django_forms.ValidationError(f"位置「{text}」不在地球上；请核对")
    return latitude, longitude


@page(power="needs.record_visit")
def visit(request: HttpRequest) -> HttpResponse:
    """Record a visit."""
    staff = request.anju.post != WORKER  # type: ignore[attr-defined]
    back = reverse("needs:list") if staff else reverse("needs:village")
    return act_form_page(
        request, title="登记入户走访", act=acts.record_visit, form_class=VisitForm, back=back, done=lambda _: back, clause="3.2-0",
        verb="登记", initial={"visited_on": today(request), "number": request.GET.get("number", "")}, said="已登记走访，家庭会收到短信。",
        explain="家庭在“我的申请”里看得到这条记录",
    )  # fmt: skip


# --- where the signal is lost ------------------------------------------------------------------------


@page(power="needs.village")
def offline(request: HttpRequest) -> HttpResponse:
    """A page that works without a signal: forms are kept encrypted on the device and sent when it is back."""
    parts = parts_of(request, request.anju.region, False, my_towns(request))  # type: ignore[attr-defined]
    shown = [(title, form) for title, form in parts if title != "承诺和授权"]
    for _, form in shown:
        dress(form)
    visit_form = VisitForm(initial={"visited_on": today(request)}, auto_id="v_%s")
    del visit_form.fields["photo"]
    context = {
        "parts": shown,
        "visit": visit_form,
        "text": consent.current(today(request)),
        "crumbs": CRUMBS,
        "title": "离线填写",
    }
    return render(request, "needs/offline.html", context)


@page(power="needs.village")
def token(request: HttpRequest) -> HttpResponse:
    """A fresh token for sending what was kept: the page may be days old."""
    answer = JsonResponse({"token": get_token(request)})
    answer["Cache-Control"] = "no-store"
    return answer


@page(power="needs.village")
def send(request: HttpRequest) -> HttpResponse:
    """Take one kept form in; the same form sent twice is taken once, by its key. Answers in JSON what was done or what to mend."""
    key = request.POST.get("key", "")[:64]
    if request.method != "POST" or not key:
        return JsonResponse({"ok": False, "said": "没有收到表单", "wrong": []}, status=400)
    try:
        if request.POST.get("kind") == "visit":
            return _sent_visit(request, key)
        return _sent_application(request, key)
    except Refused as error:
        return JsonResponse({"ok": False, "said": error.sentence, "wrong": []}, status=422)


def _sent_visit(request: HttpRequest, key: str) -> HttpResponse:
    form = VisitForm(request.POST)
    if not form.is_valid():
        return _mend([form])
    row = acts.record_visit(ctx=request.anju.context(key=key), offline=True, **form.arguments())  # type: ignore[attr-defined]
    return JsonResponse({"ok": True, "said": f"走访已登记（{row.visited_on}）"})


def _sent_application(request: HttpRequest, key: str) -> HttpResponse:
    parts = parts_of(request, request.anju.region, False, my_towns(request))  # type: ignore[attr-defined]
    valid = [form.is_valid() for _, form in parts]  # each, so that every fault is named
    if not all(valid):
        return _mend([form for _, form in parts])
    row = take(request, dict(parts), key)
    return JsonResponse({"ok": True, "said": f"已代报：{row.number}", "number": row.number})


def _mend(forms: list[Any]) -> HttpResponse:
    wrong = [f"{label}：{text}" if label else text for form in forms for _, label, text in problems(form)]
    return JsonResponse({"ok": False, "said": f"没有收下，有 {len(wrong)} 处要改", "wrong": wrong}, status=422)


@public
def worker_script(request: HttpRequest) -> HttpResponse:
    """The service worker of the offline page: served from its own path, since that is as far as it may reach."""
    text = (HERE / "static" / "needs" / "sw.js").read_text(encoding="utf-8")
    answer = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


# --- whose towns -------------------------------------------------------------------------------------


class TownForm(ActForm):
    """Which worker, which town."""

    account_id = django_forms.TypedChoiceField(label="协理员", coerce=UUID)
    town = django_forms.ChoiceField(label="乡镇（街道）")

    def __init__(self, *args: Any, workers: list[tuple[str, str]], towns: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account_id"].choices = BLANK + workers  # type: ignore[attr-defined]
        self.fields["town"].choices = BLANK + list(towns.items())  # type: ignore[attr-defined]
        dress(self)


def _workers(region: str, on: date) -> list[tuple[str, str]]:
    rows = Appointment.objects.filter(post_id=WORKER, region=region).order_by("account__name", "account_id")
    found = rows.values_list("account_id", "account__name", "account__username").distinct()
    return [(str(key), f"{name}（{login}）") for key, name, login in found]


@page(power="needs.assign_town")
def towns(request: HttpRequest) -> HttpResponse:
    """Who serves which town of the county."""
    region = request.anju.region  # type: ignore[attr-defined]
    names = dict(_workers(region, today(request)))
    places = reads.towns(region)
    rows = WorkerTown.objects.filter(region=region, until_on=None).order_by("town", "id")
    context = {
        "title": "协理员分工", "crumbs": STAFF,
        "rows": [(row, names.get(str(row.account), "—"), places.get(row.town, row.town)) for row in rows],
        "free": [name for code, name in places.items() if code not in {row.town for row in rows}],
    }  # fmt: skip
    return render(request, "needs/worker_towns.html", context)


@page(power="needs.assign_town")
def assign(request: HttpRequest) -> HttpResponse:
    """Give a worker a town."""
    region, back = request.anju.region, reverse("needs:worker_towns")  # type: ignore[attr-defined]
    given = {"workers": _workers(region, today(request)), "towns": reads.towns(region)}
    return act_form_page(
        request, title="分工到乡镇（街道）", act=acts.assign_town, form_class=TownForm, form_kwargs=given, back=back, done=lambda _: back,
        clause="3.2-0", verb="分工",
    )  # fmt: skip


@page(power="needs.assign_town")
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """End it."""
    if request.method == "POST":
        acts.end_town(ctx=request.anju.context(), worker_town_id=key)  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("needs:worker_towns"))
