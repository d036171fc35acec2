"""The forms of this room's acts, each on a page of its own."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.numbers import capitals, yuan
from anju.negotiation.forms import price
from anju.negotiation.models import AcquirerDecision
from anju.parties.access import page
from anju.parties.models import Resolution
from anju.purchase import acts, forms, reads
from anju.purchase.models import Milestone
from anju.purchase.pages.lists import agreement_url
from anju.purchase.pages.things import agreement_or_404, gate_or_404
from anju.web.forms import act_form_page


@page(power="purchase.draft_agreement")
def draft(request: HttpRequest, gate_id: UUID) -> HttpResponse:
    """起草收购协议."""
    found = gate_or_404(request, gate_id)
    project = found.batch.project
    rows = AcquirerDecision.objects.filter(
        region=found.region, object_id=project.pk, kind="agreement", checker__isnull=False
    )
    return act_form_page(
        request, title=f"起草收购协议：{project.name}", act=acts.draft_agreement, form_class=forms.AgreementForm, clause="3.5-3",
        verb="起草", fixed={"gate_id": found.pk}, region=found.region, back=reverse("purchase:ready"), done=agreement_url,
        form_kwargs={"decisions": [(str(d.pk), f"{d.number} {d.subject}") for d in rows.order_by("-decided_on")]},
        said="协议已起草，待另一人签署。",
        facts=[
            ("批次", found.batch.number), ("锁定需求", f"{found.taken}/{found.offered} 套，需 {found.needed} 套"),
            ("意向书单价", price(found.batch.letter.price_fen_m2)),
        ],
        explain="只有达标的批次，或复核过的一事一议决定，才能起草；价款不得高于收购价上限。",
    )  # fmt: skip


@page(power="purchase.sign_agreement")
def sign(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """签署收购协议."""
    found = agreement_or_404(request, agreement_id)
    return act_form_page(
        request, title=f"签署收购协议 {found.number}", act=acts.sign_agreement, form_class=forms.SignForm, clause="3.5-3", verb="签署",
        fixed={"agreement_id": found.pk}, region=found.region, back=agreement_url(found), done=agreement_url, irreversible=True,
        confirm=("文号", found.number), said="协议已签署，项目账簿已开立。",
        facts=[
            ("项目", found.project.name), ("总价", f"{yuan(found.total_fen)}（{capitals(found.total_fen)}）"),
            ("房源", f"{found.units_count} 套"),
        ],
        explain="签署后房源转为“已收购”，开立该项目单独的账簿。",
    )  # fmt: skip


@page(power="purchase.rescind_agreement")
def rescind(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """撤销未签署的协议."""
    found = agreement_or_404(request, agreement_id)
    return act_form_page(
        request, title=f"撤销收购协议 {found.number}", act=acts.rescind_agreement, form_class=forms.ReasonForm, clause="3.5-3",
        verb="撤销", fixed={"agreement_id": found.pk}, region=found.region, back=agreement_url(found), done=agreement_url,
        irreversible=True, confirm=("文号", found.number),
    )  # fmt: skip


@page(power="purchase.reach_milestone")
def reach(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    """登记收购进度."""
    step = Milestone.objects.filter(pk=milestone_id).first()
    if step is None:
        raise Http404("没有这一步收购进度")
    found = agreement_or_404(request, step.agreement_id)
    return act_form_page(
        request, title=f"登记收购进度：{step.title}", act=acts.reach_milestone, form_class=forms.MilestoneForm, clause="4.3-5",
        verb="登记", fixed={"milestone_id": step.pk}, region=found.region, back=agreement_url(found),
        done=lambda _row: agreement_url(found), facts=[("协议", found.number), ("应付", yuan(step.amount_fen))],
        explain="按顺序登记，附证明材料；达到后该步价款到期应付。",
    )  # fmt: skip


@page(power="purchase.record_special_decision")
def record_special(request: HttpRequest, gate_id: UUID) -> HttpResponse:
    """登记一事一议决定."""
    found = gate_or_404(request, gate_id)
    rows = Resolution.objects.filter(
        owner_region=found.region, adopted_by__isnull=False, decided_on__gte=found.batch.announced_on
    )
    url = reverse("purchase:special", args=[found.pk])
    return act_form_page(
        request, title=f"登记一事一议：{found.batch.number}", act=acts.record_special_decision, form_class=forms.SpecialForm,
        clause="3.5-3", verb="登记", fixed={"gate_id": found.pk}, region=found.region, back=url, done=lambda _row: url,
        form_kwargs={"resolutions": [(str(r.pk), f"{r.number} {r.title}") for r in rows.order_by("-decided_on")]},
        said="已登记，待另一人复核。", explain="由参数指定的机构决定，须有会议纪要和表决；决定前定金已退的不能再一事一议。",
    )  # fmt: skip


@page(power="purchase.confirm_special_decision")
def confirm_special(request: HttpRequest, gate_id: UUID) -> HttpResponse:
    """复核一事一议决定."""
    found = gate_or_404(request, gate_id)
    row = reads.special_of(found)
    if row is None:
        raise Http404("还没有登记一事一议决定")
    url = reverse("purchase:special", args=[found.pk])
    return act_form_page(
        request, title=f"复核一事一议：{found.batch.number}", act=acts.confirm_special_decision, clause="3.5-3", verb="复核",
        fixed={"decision_id": row.pk}, region=found.region, back=url, done=lambda _row: url, irreversible=True,
        facts=[("决议", row.resolution.number), ("特殊情况", row.reason)], explain="复核后视为锁定需求，可以签订收购协议，定金不再退还。",
    )  # fmt: skip
