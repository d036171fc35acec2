"""The pages of a project's negotiation, of a decision and of a letter."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.acts.context import SHANGHAI
from anju.base.numbers import m2, yuan
from anju.negotiation import reads
from anju.negotiation.forms import price
from anju.negotiation.models import AcquirerDecision, Letter, Offer
from anju.negotiation.pages.lists import VIEW, talk_url
from anju.parties.access import page
from anju.pricing.reads import ceiling_in_force
from anju.reserve.models import Project
from anju.reserve.pages.common import project_or_404, region_of
from anju.web import tones
from anju.web.things import thing_page

CRUMBS = [("协商与意向书", "/negotiation/")]


def today(request: HttpRequest) -> Any:
    """The day at the page."""
    return request.anju.now.astimezone(SHANGHAI).date()  # type: ignore[attr-defined]


def letter_or_404(request: HttpRequest, letter_id: UUID) -> Letter:
    """The letter, where the actor may see it."""
    found = reads.letters(region_of(request)).filter(pk=letter_id).select_related("ceiling").first()
    if found is None:
        raise Http404("没有这份意向书，或不在当前岗位的范围内")
    return found


def decision_or_404(request: HttpRequest, decision_id: UUID) -> AcquirerDecision:
    """The decision, where the actor may see it."""
    found = reads.decisions(region_of(request)).filter(pk=decision_id).first()
    if found is None:
        raise Http404("没有这份决定，或不在当前岗位的范围内")
    return found


@page(power=VIEW)
def talk(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """One project's negotiation: rounds, the ceiling's line, decisions, letters, and what may be done now."""
    found = project_or_404(request, project_id)
    party = request.anju.is_party  # type: ignore[attr-defined]
    ceiling = None if party else ceiling_in_force(found, today(request))
    met = reads.agreed(found)
    offers = list(Offer.objects.filter(region=found.region, project=found).order_by("-round", "side"))
    decisions = (
        []
        if party
        else list(AcquirerDecision.objects.filter(region=found.region, object_id=found.pk).order_by("-decided_on"))
    )
    letters = list(Letter.objects.filter(region=found.region, project=found).order_by("-drafted_on", "-pk"))
    last = reads.last_offers(found)
    figures: list[tuple[Any, ...]] = [
        (title, yuan(last[side].price_fen_m2) if side in last else None, "/㎡") for side, title in Offer.SIDES
    ]
    if not party:
        figures.append(("收购价上限", yuan(ceiling.ceiling_fen_m2) if ceiling else None, "/㎡"))
    return thing_page(
        request, title=f"{found.name} 协商", sub=f"{found.number}，{found.developer.name}", clause="3.5-1", crumbs=CRUMBS,
        state=(tones.tone_of(found.state), found.get_state_display()), figures=figures, obj=found,
        note=_note(found, met, ceiling), acts=_acts(request, found, met, decisions, letters),
        template="negotiation/talk.html",
        context={"offers": offers, "ceiling": ceiling, "decisions": decisions, "letters": letters, "party": party},
    )  # fmt: skip


def _note(found: Project, met: int | None, ceiling: Any) -> tuple[str, str] | None:
    if found.state != "priced":
        return None
    if met is None:
        return "near", "双方最后报价还不一致，继续协商。"
    return "ok", f"双方商定 {price(met)}" + (
        f"，比上限低 {price(ceiling.ceiling_fen_m2 - met)}" if ceiling else ""
    ) + "。"


def _acts(
    request: HttpRequest, found: Project, met: int | None, decisions: list[AcquirerDecision], letters: list[Letter]
) -> list[tuple[Any, ...]]:
    def to(name: str) -> str:
        return reverse(f"negotiation:{name}", args=[found.pk])

    open_ = found.state == "priced"
    ready = any(d.kind == "letter" and d.checker for d in decisions)
    why = "先由双方报到同一价格" if met is None else "先登记并复核“签订意向书”的三重一大决定"
    live = any(letter.state in Letter.LIVE for letter in letters)
    return [
        ("报价", to("offer"), "negotiation.make_offer", open_, "定价后、签意向书前才能报价"),
        ("登记三重一大决定", to("decide"), "negotiation.decide"),
        ("起草意向书", to("draft"), "negotiation.draft_letter", open_ and met is not None and ready and not live, why),
    ]


@page(power="negotiation.view_decisions")
def decision(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """One decision of the acquirer."""
    found = decision_or_404(request, decision_id)
    project = Project.objects.filter(region=found.region, pk=found.object_id).first()
    confirmed = found.checker is not None
    return thing_page(
        request, title=f"三重一大决定 {found.number}", sub=found.subject, clause="3.5-1",
        state=("ok", "已复核") if confirmed else ("near", "待复核"), obj=found,
        crumbs=[*CRUMBS, ("三重一大决定", reverse("negotiation:decisions"))],
        facts=[
            ("决定什么", found.get_kind_display()), ("项目", project.name if project else None), ("党组织前置研究", found.studied_on),
            ("董事会决定", found.decided_on), ("复核", found.confirmed_on or ""),
        ],
        acts=[
            ("复核", reverse("negotiation:confirm_decision", args=[found.pk]), "negotiation.confirm_decision", not confirmed, "已复核"),
            *([("看协商", talk_url(project), VIEW)] if project else []),
        ],
    )  # fmt: skip


@page(power=VIEW)
def letter(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """One letter of intent."""
    found = letter_or_404(request, letter_id)
    homes = reads.units_of(found)
    total = reads.total_fen(found.price_fen_m2, [unit.gross_cm2 for unit in homes])
    party = request.anju.is_party  # type: ignore[attr-defined]
    on = today(request)
    expired = on > found.valid_until

    def to(name: str) -> str:
        return reverse(f"negotiation:{name}", args=[found.pk])

    facts: list[tuple[str, Any]] = [
        ("项目", found.project.name), ("收购主体", found.acquirer.name), ("单价", price(found.price_fen_m2)),
        ("房源", f"{found.units_count} 套，{m2(found.gross_cm2)}"), ("总价", yuan(total)), ("起草", found.drafted_on),
        ("签署", found.signed_on or ""), ("有效期至", found.valid_until), ("失效原因", found.end_reason),
    ]  # fmt: skip
    if not party:
        facts.insert(3, ("收购价上限", price(found.ceiling.ceiling_fen_m2)))
    return thing_page(
        request, title=f"意向书 {found.number}", sub=found.project.name, clause="3.5-1", obj=found, facts=facts,
        state=(tones.tone_of(found.state), found.get_state_display()), template="negotiation/letter.html",
        note=("bad", f"有效期到 {found.valid_until} 为止，已过期。") if expired and found.state == "signed" else None,
        crumbs=[*CRUMBS, ("意向书", reverse("negotiation:letters"))],
        acts=[
            ("签署意向书", to("sign"), "negotiation.sign_letter", found.state == "drafted", "已签署或已失效"),
            ("期满失效", to("lapse"), "negotiation.lapse_letter", expired and found.state in Letter.LIVE, f"有效至 {found.valid_until}"),
            ("解除", to("release"), "negotiation.release_letter", found.state in Letter.LIVE, "已失效或已转协议"),
        ],
        context={"homes": homes, "price": found.price_fen_m2},
    )  # fmt: skip
