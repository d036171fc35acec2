"""Whose open work it is: handed over as a whole, and leave cover (AB角)."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from anju.parties.access import page
from anju.parties.acts import work
from anju.parties.models import Account, Cover
from anju.parties.pages.shared import HUB, today
from anju.parties.reads import live_appointments
from anju.web.forms import ActForm, EmptyForm, act_form_page
from anju.web.lists import PERSONS, Col, list_page, within
from anju.web.things import thing_page


class ToForm(ActForm):
    """Who gets it, and why."""

    to_id = forms.TypedChoiceField(label="移交给", coerce=UUID)
    reason = forms.CharField(label="移交原因", max_length=200)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_id"].choices = people  # type: ignore[attr-defined]


class CoverForm(ActForm):
    """Who does one's post, and when."""

    by_id = forms.TypedChoiceField(label="代岗人", coerce=UUID)
    from_on = forms.DateField(label="从", widget=forms.DateInput)
    until_on = forms.DateField(label="到（含）", widget=forms.DateInput)
    reason = forms.CharField(label="原因", max_length=200)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by_id"].choices = people  # type: ignore[attr-defined]


def _people(request: HttpRequest, without: UUID) -> list[tuple[str, str]]:
    actor = request.anju  # type: ignore[attr-defined]
    rows = live_appointments(today(request)).exclude(post__party=True).exclude(account=without)
    rows = rows.filter(region__in={actor.region, actor.region[:4] + "00"})
    found = {str(r.account_id): f"{r.account.name}（{r.post.title}，{r.region}）" for r in rows}
    return sorted(found.items(), key=lambda pair: pair[1])


@page(power="parties.hand_over_work")
def hand_over(request: HttpRequest, key: UUID) -> HttpResponse:
    """All open work of an account to a colleague."""
    row = get_object_or_404(Account, pk=key)
    back = reverse("parties:account", args=[key])
    return act_form_page(
        request, title=f"移交在办件：{row.name}", act=work.hand_over_work, form_class=ToForm, fixed={"account_id": key}, back=back,
        done=lambda _: back, clause="4.5", verb="移交", said=lambda n: f"已移交 {n} 件。", form_kwargs={"people": _people(request, key)},
        facts=[("名下在办件", f"{work.open_work(key).count()} 件")], explain="接手人须任同一岗位；移交后账号才能停用",
    )  # fmt: skip


@page(power="parties.view_covers")
def covers(request: HttpRequest) -> HttpResponse:
    """Leave cover of the region."""
    rows = within(request, Cover.objects.select_related("account", "by", "appointment__post"))
    return list_page(
        request, people=PERSONS, title="代岗（AB角）", rows=rows, order="-from_on", crumbs=HUB, clause="4.5",
        actions=[("提出代岗", reverse("parties:cover_new"), "parties.propose_cover")],
        columns=[
            Col("本人", "account__name", link=lambda c: reverse("parties:cover", args=[c.pk])),
            Col("岗位", "appointment__post__title"),
            Col("代岗人", "by__name"),
            Col("从", "from_on", kind="date", sort="from_on"),
            Col("到", "until_on", kind="date"),
            Col("状态", "state", value=lambda c: c.get_state_display()),
        ],
        empty="没有代岗",
    )  # fmt: skip


@page(power="parties.propose_cover")
def cover_new(request: HttpRequest) -> HttpResponse:
    """Leave cover for the post that one is in now."""
    actor = request.anju  # type: ignore[attr-defined]
    back = reverse("parties:covers")
    return act_form_page(
        request, title=f"提出代岗：{actor.post_title}", act=work.propose_cover, form_class=CoverForm, back=back, done=lambda _: back,
        fixed={"appointment_id": actor.appointment.id}, clause="4.5", verb="提出",
        form_kwargs={"people": _people(request, actor.account.id)},
        explain="负责人确认后，代岗人在这些日子任您的岗位，看到您的办件；代岗人自己初审过的，不能再由代岗人复审",
    )  # fmt: skip


@page(power="parties.view_covers")
def cover(request: HttpRequest, key: UUID) -> HttpResponse:
    """One leave cover."""
    row = get_object_or_404(within(request, Cover.objects.select_related("account", "by", "appointment__post")), pk=key)
    return thing_page(
        request, title=f"代岗：{row.account.name}", clause="4.5", crumbs=[*HUB, ("代岗", reverse("parties:covers"))], obj=row,
        state=({"confirmed": "ok", "refused": "bad", "ended": "unk"}.get(row.state, "near"), row.get_state_display()),
        facts=[
            ("岗位", row.appointment.post.title), ("区划", row.region), ("代岗人", row.by.name), ("从", row.from_on), ("到", row.until_on),
            ("原因", row.reason),
        ],
        acts=[
            ("确认", reverse("parties:cover_confirm", args=[key]), "parties.confirm_cover", row.state == "proposed", "已办"),
            ("结束代岗", reverse("parties:cover_end", args=[key]), "parties.end_cover", row.state == "confirmed", "没有在代的岗"),
        ],
    )  # fmt: skip


class AgreeForm(ActForm):
    """Yes or no."""

    agreed = forms.TypedChoiceField(
        label="意见",
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
        choices=[("yes", "同意"), ("no", "不同意")],
    )


@page(power="parties.confirm_cover")
def cover_confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """A head's word."""
    row = get_object_or_404(within(request, Cover.objects.all()), pk=key)
    back = reverse("parties:cover", args=[row.pk])
    return act_form_page(
        request, title="确认代岗", act=work.confirm_cover, form_class=AgreeForm, fixed={"cover_id": row.pk}, back=back,
        done=lambda _: back, region=row.region, clause="4.5", verb="确认", explain="同意后代岗人在这些日子任该岗位",
    )  # fmt: skip


@page(power="parties.end_cover")
def cover_end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Back before the last day."""
    row = get_object_or_404(within(request, Cover.objects.all()), pk=key)
    back = reverse("parties:cover", args=[row.pk])
    return act_form_page(
        request, title="结束代岗", act=work.end_cover, form_class=EmptyForm, fixed={"cover_id": row.pk}, back=back,
        done=lambda _: back, region=row.region, clause="4.5", verb="结束",
    )  # fmt: skip
