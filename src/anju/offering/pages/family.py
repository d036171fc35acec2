"""What a family sees on its phone: announced batches it may subscribe to, its subscriptions, its place, its home.

The party's role reads its own rows and publications alone, so what a batch is comes from its announcement.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.acts.context import SHANGHAI
from anju.base.numbers import yuan
from anju.base.publication.models import Publication
from anju.needs.models import Application
from anju.offering import acts, forms
from anju.offering.models import LIVE_CHOICE, Choice, Subscription
from anju.parties.access import page
from anju.reserve.pages.common import region_of
from anju.reserve.reads import in_region
from anju.web.forms import act_form_page

MINE = "offering.mine"
PORTAL = "web/portal.html"


@dataclass(frozen=True)
class Offer:
    """An announced batch as the family sees it, with its own part in it."""

    body: dict[str, Any]
    title: str
    open: bool
    subscription: Subscription | None
    choice: Choice | None
    place: int | None

    @property
    def batch_id(self) -> str:
        """The batch."""
        return str(self.body["batch_id"])


def _today(request: HttpRequest) -> date:
    return request.anju.now.astimezone(SHANGHAI).date()  # type: ignore[attr-defined]


def applications(request: HttpRequest) -> list[Application]:
    """The family's own applications on the waiting list."""
    rows = in_region(Application.objects.filter(state__in=["qualified", "housed"]), region_of(request))
    return list(rows.defer("verdicts").order_by("id"))


def announcements(request: HttpRequest) -> list[Publication]:
    """The batches announced in the city, newest first."""
    rows = in_region(Publication.objects.filter(kind="announcement", visible=True), region_of(request))
    return list(rows.order_by("-published_at", "id")[:50])


def _offers(request: HttpRequest) -> list[Offer]:
    mine = [a.pk for a in applications(request)]
    subscriptions = {
        s.batch_id: s for s in Subscription.objects.filter(application_id__in=mine, withdrawn_at__isnull=True)
    }
    # An ended choice is shown until a new one takes its place.
    choices = {c.batch_id: c for c in Choice.objects.filter(application_id__in=mine).order_by("chosen_at")}
    on, found = _today(request), []
    for row in announcements(request):
        key = UUID(row.body["batch_id"])
        open_ = row.body["apply_from"] <= on.isoformat() <= row.body["apply_until"]
        subscription = subscriptions.get(key)
        if open_ or subscription:
            place = _place(request, row.body["number"], subscription)
            found.append(Offer(row.body, row.title, open_, subscription, choices.get(key), place))
    return found


def _place(request: HttpRequest, number: str, mine: Subscription | None) -> int | None:
    """The household's place in the published order; None before it is known."""
    if mine is None or not mine.draw_number:
        return None
    rows = in_region(Publication.objects.filter(kind="draw", visible=True, body__number=number), region_of(request))
    row = rows.order_by("-published_at").first()
    order = json.loads(row.body["transcript"])["order"] if row else []
    return order.index(mine.draw_number) + 1 if mine.draw_number in order else None


@page(power=MINE)
def mine(request: HttpRequest) -> HttpResponse:
    """我的认购: what is open, what I asked for, what I got."""
    return render(
        request,
        "offering/mine.html",
        {"offers": _offers(request), "applications": applications(request), "live": LIVE_CHOICE},
    )


def offer_or_404(request: HttpRequest, batch_id: UUID) -> tuple[dict[str, Any], Application]:
    """The announcement's body and the family's application that may answer it."""
    row = next((p for p in announcements(request) if p.body["batch_id"] == str(batch_id)), None)
    if row is None:
        raise Http404("没有这批房源的公告")
    programmes = {home["programme"] for home in row.body["homes"]}
    application = next((a for a in applications(request) if a.programme in programmes), None)
    if application is None:
        raise Http404("您家没有可以认购这批房源的轮候申请；进入轮候库后再来")
    return row.body, application


def _homes(body: dict[str, Any], application: Application) -> list[tuple[str, str]]:
    return [
        (
            home["label"],
            f"{home['label']}，{home['rooms']} 室 {home['gross_cm2'] / 10_000:.2f} ㎡，{yuan(home['amount_fen'])}"
            + ("/月" if home["tenure"] == "rent" else ""),
        )
        for home in body["homes"]
        if home["programme"] == application.programme
    ]


@page(power=MINE)
def subscribe(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """认购, or change the wishes within the window."""
    body, application = offer_or_404(request, batch_id)
    old = Subscription.objects.filter(application_id=application.pk, batch_id=batch_id).first()
    initial = {f"wish_{at}": label for at, label in enumerate(old.wishes if old else [], 1)}
    return act_form_page(
        request, title=f"认购 {body['project']}", act=acts.subscribe, form_class=forms.WishesForm, clause="3.5-3", verb="提交志愿",
        fixed={"batch_id": batch_id, "application_id": application.pk, "application_region": application.region},
        form_kwargs={"homes": _homes(body, application)}, initial=initial, region=body["region"], shell=PORTAL,
        back=reverse("offering:mine"), done=lambda _row: reverse("offering:mine"), said="志愿已提交，截止前可以改、可以撤回。",
        facts=[
            ("申请家庭", application.number), ("现在要付", "0 元，选房后再缴定金"), ("每套定金", f"不超过 {yuan(body['earnest_fen'])}"),
            ("申请截止", body["apply_until"]), ("达不到 95%", f"定金 {body['refund_days']} 个工作日内全部退回"),
        ],
    )  # fmt: skip


@page(power=MINE)
def withdraw(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """撤回认购."""
    row = _own(Subscription, subscription_id)
    return act_form_page(
        request, title="撤回认购", act=acts.withdraw_subscription, clause="3.5-3", verb="撤回", fixed={"subscription_id": row.pk},
        region=row.region, shell=PORTAL, back=reverse("offering:mine"), done=lambda _row: reverse("offering:mine"), said="认购已撤回。",
    )  # fmt: skip


@page(power=MINE)
def choose(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """选房, in one's turn."""
    row = _own(Subscription, subscription_id)
    body, application = offer_or_404(request, row.batch_id)
    return act_form_page(
        request, title=f"选房 {body['project']}", act=acts.choose_home, form_class=forms.HomeForm, clause="3.5-2", verb="选定",
        fixed={"subscription_id": row.pk}, form_kwargs={"homes": _homes(body, application)}, region=row.region, shell=PORTAL,
        back=reverse("offering:mine"), done=lambda _row: reverse("offering:mine"), said="已选定，请按时缴定金。",
        explain="已被选定的房源不能再选；排在您前面还想要这套的家庭先选。",
    )  # fmt: skip


@page(power=MINE)
def drop(request: HttpRequest, choice_id: UUID) -> HttpResponse:
    """放弃所选房源."""
    row = _own(Choice, choice_id)
    return act_form_page(
        request, title="放弃所选房源", act=acts.drop_choice, form_class=forms.ReasonForm, clause="3.5-2", verb="放弃", irreversible=True,
        fixed={"choice_id": row.pk}, region=row.region, shell=PORTAL, back=reverse("offering:mine"),
        done=lambda _row: reverse("offering:mine"), said="已放弃。", explain="放弃后由后面的家庭递补，本批次不再为您家配房。",
    )  # fmt: skip


def _own(model: type[Any], key: UUID) -> Any:
    """A row that row-level security lets this family see."""
    row = model.objects.filter(pk=key).first()
    if row is None:
        raise Http404("没有这笔记录，或不是您家的")
    return row
