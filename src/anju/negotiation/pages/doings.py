"""The forms of this room's acts, each on a page of its own."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from anju.negotiation import acts, forms, reads
from anju.negotiation.models import AcquirerDecision
from anju.negotiation.pages.lists import decision_url, letter_url, talk_url
from anju.negotiation.pages.things import decision_or_404, letter_or_404, today
from anju.parties.access import page
from anju.pricing.reads import ceiling_in_force
from anju.reserve.models import Unit
from anju.reserve.pages.common import project_or_404
from anju.web.forms import act_form_page


@page(power="negotiation.make_offer")
def offer(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """报价, by the side whose post is here."""
    found = project_or_404(request, project_id)
    party = request.anju.is_party  # type: ignore[attr-defined]
    ceiling = None if party else ceiling_in_force(found, today(request))
    return act_form_page(
        request, title=f"报价：{found.name}", act=acts.make_offer, form_class=forms.OfferForm, clause="3.5-1", verb="提出报价",
        fixed={"project_id": found.pk, "side": "seller" if party else "acquirer"}, region=found.region, back=talk_url(found),
        done=lambda _row: talk_url(found), said="报价已记录，对方可以看到。",
        facts=[] if party else [("收购价上限", forms.price(ceiling.ceiling_fen_m2 if ceiling else None))],
        explain="每轮双方各报一次。收购主体的报价不得高于已确认、有效的收购价上限。记录后不能更改。",
    )  # fmt: skip


@page(power="negotiation.decide")
def decide(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """登记三重一大决定."""
    found = project_or_404(request, project_id)
    return act_form_page(
        request, title=f"登记三重一大决定：{found.name}", act=acts.decide, form_class=forms.DecisionForm, clause="3.5-1", verb="登记",
        fixed={"object_id": found.pk}, region=found.region, back=talk_url(found), done=decision_url,
        said="已登记，待另一人复核。", explain="由收购主体自主决策：党组织前置研究后，由董事会决定。复核后不能更改。",
    )  # fmt: skip


@page(power="negotiation.confirm_decision")
def confirm_decision(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """复核决定."""
    found = decision_or_404(request, decision_id)
    return act_form_page(
        request, title=f"复核决定 {found.number}", act=acts.confirm_decision, clause="3.5-1", verb="复核", region=found.region,
        fixed={"decision_id": found.pk}, back=decision_url(found), done=decision_url, said="已复核。",
        facts=[("事项", found.subject), ("前置研究", found.studied_on), ("决定", found.decided_on)],
    )  # fmt: skip


@page(power="negotiation.draft_letter")
def draft(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """起草意向书, on the agreed price and the ceiling in force."""
    found = project_or_404(request, project_id)
    ceiling, met = ceiling_in_force(found, today(request)), reads.agreed(found)
    rows = AcquirerDecision.objects.filter(
        region=found.region, object_id=found.pk, kind="letter", checker__isnull=False
    )
    homes = Unit.objects.filter(region=found.region, project=found, state="reserved").count()
    return act_form_page(
        request, title=f"起草意向书：{found.name}", act=acts.draft_letter, form_class=forms.LetterForm, clause="3.5-1", verb="起草",
        fixed={"project_id": found.pk, "ceiling_id": ceiling.pk if ceiling else None, "price_fen_m2": met or 0},
        form_kwargs={"decisions": [(str(d.pk), f"{d.number} {d.subject}") for d in rows.order_by("-decided_on")]},
        region=found.region, back=talk_url(found), done=letter_url, said="意向书已起草，待另一人签署。",
        facts=[
            ("商定单价", forms.price(met)), ("收购价上限", forms.price(ceiling.ceiling_fen_m2 if ceiling else None)),
            ("房源", f"储备库中的 {homes} 套"),
        ],
        explain="起草后房源和价格冻结，不能更改。",
    )  # fmt: skip


@page(power="negotiation.sign_letter")
def sign(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """签署意向书."""
    found = letter_or_404(request, letter_id)
    return act_form_page(
        request, title=f"签署意向书 {found.number}", act=acts.sign_letter, form_class=forms.SignForm, clause="3.5-1", verb="签署",
        fixed={"letter_id": found.pk}, region=found.region, back=letter_url(found), done=letter_url, irreversible=True,
        confirm=("文号", found.number), said="意向书已签署，房源已锁定。",
        facts=[
            ("项目", found.project.name), ("单价", forms.price(found.price_fen_m2)), ("房源", f"{found.units_count} 套"),
            ("有效期至", found.valid_until),
        ],
        explain="签署后房源转为“已签意向”，可以发布公告。",
    )  # fmt: skip


@page(power="negotiation.lapse_letter")
def lapse(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """期满失效."""
    found = letter_or_404(request, letter_id)
    return act_form_page(
        request, title=f"意向书期满失效 {found.number}", act=acts.lapse_letter, clause="3.5-1", verb="作失效处理",
        fixed={"letter_id": found.pk}, region=found.region, back=letter_url(found), done=letter_url, said="意向书已失效，房源回到储备库。",
    )  # fmt: skip


@page(power="negotiation.release_letter")
def release(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """解除意向书."""
    found = letter_or_404(request, letter_id)
    return act_form_page(
        request, title=f"解除意向书 {found.number}", act=acts.release_letter, form_class=forms.ReasonForm, clause="3.5-1", verb="解除",
        fixed={"letter_id": found.pk}, region=found.region, back=letter_url(found), done=letter_url, irreversible=True,
        confirm=("文号", found.number), said="意向书已解除，房源回到储备库。",
    )  # fmt: skip
