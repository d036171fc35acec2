"""Employers' entries: the employer's own list, the clerk's, and the family's confirmation on its phone."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.needs import forms
from anju.needs.acts import employers as acts
from anju.needs.models import PROGRAMMES, EmployerEntry
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web.forms import EmptyForm, act_form_page
from anju.web.lists import Col, Filter, families, list_page, regions, within
from anju.web.things import thing_page

SHELL = "web/portal.html"
TONES = {"told": "near", "confirmed": "info", "revoked": "unk", "accepted": "ok", "refused": "bad"}
TITLES = dict(PROGRAMMES)


@page(power="needs.view_entries")
def index(request: HttpRequest) -> HttpResponse:
    """Entries in sight: a clerk's region, an employer's own."""
    return list_page(
        request, people=families("application_id"),
        title="单位报送", rows=within(request, EmployerEntry.objects.defer("body")), order="-told_on", clause="3.2-0",
        crumbs=CRUMBS, filters=[Filter("state", "状态", EmployerEntry.STATES), regions(request)], export_name="单位报送",
        sub="家庭在手机上确认后才能受理；家庭不同意的，报送即作废",
        views=[("全部", {}), ("待受理", {"state": "confirmed"}), ("待家庭确认", {"state": "told"})],
        columns=[
            Col("申请人", "who", link=lambda e: reverse("needs:entry", args=[e.id])), Col("单位", "employer"),
            Col("类别", "programme", value=lambda e: TITLES[e.programme]), Col("人数", "persons", kind="int"),
            Col("授权书编号", "consent"), Col("状态", "state", kind="state", tones=TONES),
            Col("报送", "told_on", kind="date", sort="told_on"), Col("办结", "decided_on", kind="date"),
        ],
        actions=[("报送职工申请表", "/loads/bring/employer_applications/", "needs.put_in_entries")],
        empty="还没有单位报送",
    )  # fmt: skip


def _entry(request: HttpRequest, key: UUID) -> EmployerEntry:
    row = within(request, EmployerEntry.objects.select_related("application").defer("body")).filter(id=key).first()
    if row is None:
        raise Http404("没有这份单位报送，或不在本岗位的范围内")
    return row


@page(power="needs.view_entries")
def entry(request: HttpRequest, key: UUID) -> HttpResponse:
    """One entry."""
    row = _entry(request, key)
    ready = row.state == "confirmed"
    return thing_page(
        request, title=f"单位报送 {row.who}", clause="3.2-0", crumbs=[*CRUMBS, ("单位报送", reverse("needs:entries"))],
        state=(TONES[row.state], row.get_state_display()), obj=row,
        facts=[
            ("单位", row.employer), ("类别", TITLES[row.programme]), ("人数", row.persons), ("授权书编号", row.consent),
            ("报送", row.told_on), ("家庭答复", row.answered_on or "—"), ("办结", row.decided_on or "—"), ("理由", row.reason or "—"),
            ("受理号", row.application.number if row.application else "—"),
        ],
        acts=[
            ("受理", reverse("needs:accept_entry", args=[key]), "needs.accept_entry", ready, "家庭确认后才能受理"),
            ("不受理", reverse("needs:refuse_entry", args=[key]), "needs.refuse_entry", ready, "家庭确认后才能办理"),
        ],
    )  # fmt: skip


@page(power="needs.accept_entry")
def accept(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take it in."""
    row, back = _entry(request, key), reverse("needs:entry", args=[key])
    return act_form_page(
        request, title=f"受理单位报送 {row.who}", act=acts.accept_entry, form_class=EmptyForm, fixed={"entry_id": key}, back=back,
        done=lambda _: back, region=row.region, clause="3.2-0", verb="受理", facts=[("授权书编号", row.consent), ("单位", row.employer)],
        explain="请先核对授权书原件或扫描件",
    )  # fmt: skip


@page(power="needs.refuse_entry")
def refuse(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send it back."""
    row, back = _entry(request, key), reverse("needs:entry", args=[key])
    return act_form_page(
        request, title=f"不受理单位报送 {row.who}", act=acts.refuse_entry, form_class=forms.ReasonForm, fixed={"entry_id": key}, back=back,
        done=lambda _: back, region=row.region, clause="3.2-0", verb="不受理",
    )  # fmt: skip


# --- the family, on its phone -----------------------------------------------------------------------------


@page(power="needs.answer_entry")
def mine(request: HttpRequest) -> HttpResponse:
    """What employers put in under my phone; found by a button, since the account may be younger than the entry."""
    if request.method == "POST":
        count = acts.find_my_entries(ctx=request.anju.context())  # type: ignore[attr-defined]
        messages.success(request, f"找到 {count} 份单位报送。" if count else "没有用本手机号登记的单位报送。")
        return HttpResponseRedirect(reverse("needs:my_entries"))
    rows = within(request, EmployerEntry.objects.defer("body")).order_by("-told_on", "id")
    shown = [(row, TITLES[row.programme], TONES[row.state]) for row in rows]
    return render(request, "needs/my_entries.html", {"entries": shown, "title": "单位报送"})


def _answer(request: HttpRequest, key: UUID, agree: bool, title: str, explain: str) -> HttpResponse:
    row, back = _entry(request, key), reverse("needs:my_entries")
    return act_form_page(
        request, title=title, act=acts.answer_entry, form_class=EmptyForm, fixed={"entry_id": key, "agree": agree}, back=back,
        done=lambda _: back, region=row.region, clause="3.2-0", verb=title, shell=SHELL, explain=explain,
        facts=[("单位", row.employer), ("类别", TITLES[row.programme]), ("家庭人数", row.persons), ("申请人", row.who)],
    )  # fmt: skip


@page(power="needs.answer_entry")
def agree(request: HttpRequest, key: UUID) -> HttpResponse:
    """Confirm."""
    return _answer(request, key, True, "同意报送", "同意后由受理窗口受理；受理前还可以改为不同意")


@page(power="needs.answer_entry")
def disagree(request: HttpRequest, key: UUID) -> HttpResponse:
    """Refuse."""
    return _answer(request, key, False, "不同意报送", "报送即作废，不会受理；以后可以自己申请")
