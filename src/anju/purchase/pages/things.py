"""The pages of an agreement and of a failed gate with its special decision."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.numbers import capitals, m2, yuan
from anju.negotiation.forms import price
from anju.offering.models import Gate
from anju.parties.access import page
from anju.policy.verdict import Verdict
from anju.purchase import reads
from anju.purchase.models import Agreement
from anju.purchase.pages.lists import CRUMBS, VIEW
from anju.reserve.pages.common import region_of
from anju.reserve.reads import in_region
from anju.web import shown, tones
from anju.web.things import thing_page


def agreement_or_404(request: HttpRequest, agreement_id: UUID) -> Agreement:
    """The agreement, where the actor may see it."""
    found = reads.agreements(region_of(request)).filter(pk=agreement_id).first()
    if found is None:
        raise Http404("没有这份收购协议，或不在当前岗位的范围内")
    return found


def gate_or_404(request: HttpRequest, gate_id: UUID) -> Gate:
    """The gate, where the actor may see it."""
    rows = in_region(Gate.objects.select_related("batch__project", "batch__letter"), region_of(request))
    found = rows.filter(pk=gate_id).first()
    if found is None:
        raise Http404("没有这次判定，或不在当前岗位的范围内")
    return found


@page(power=VIEW)
def agreement(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement: what it stands on, its homes, its milestones."""
    found = agreement_or_404(request, agreement_id)
    party = request.anju.is_party  # type: ignore[attr-defined]
    steps = list(found.milestones.select_related("evidence").order_by("order"))
    homes = list(found.units.select_related("unit__building"))
    order = {unit.pk: at for at, unit in enumerate(reads.by_address(h.unit for h in homes))}
    facts: list[tuple[str, Any]] = [
        ("项目", found.project.name), ("意向书", found.letter.number), ("单价", price(found.price_fen_m2)),
        ("总价", f"{yuan(found.total_fen)}（{capitals(found.total_fen)}）"), ("房源", f"{found.units_count} 套，{m2(found.gross_cm2)}"),
        ("起草", found.drafted_on), ("签署", found.signed_on or ""), ("已到期应付", yuan(reads.due_fen(found))),
        ("撤销原因", found.end_reason),
    ]  # fmt: skip
    gate = None if party else found.gate
    if gate:
        ground = f"{gate.batch.number}：{gate.taken}/{gate.offered} 套（需 {gate.needed} 套）"
        facts.insert(2, ("锁定需求", ground))
        facts.insert(3, ("一事一议", found.special.resolution.number if found.special else "不需要"))
    return thing_page(
        request, title=f"收购协议 {found.number}", sub=found.project.name, clause="3.5-3", crumbs=CRUMBS, obj=found, facts=facts,
        state=(tones.tone_of(found.state), found.get_state_display()), template="purchase/agreement.html",
        verdicts=[Verdict.from_dict(v) for v in gate.verdicts] if gate else None, acts=_acts(found),
        context={
            "steps_": [(step, shown.file_url(step.evidence_id) if step.evidence_id else "") for step in steps],
            "next_step": next((step.pk for step in steps if step.reached_on is None), None),
            "homes": sorted(homes, key=lambda h: order[h.unit_id]), "found": found,
        },
    )  # fmt: skip


def _acts(found: Agreement) -> list[tuple[Any, ...]]:
    def to(name: str) -> str:
        return reverse(f"purchase:{name}", args=[found.pk])

    return [
        ("签署收购协议", to("sign"), "purchase.sign_agreement", found.state == "drafted", "已签署或已撤销"),
        ("撤销", to("rescind"), "purchase.rescind_agreement", found.state == "drafted", "签署前才能撤销"),
    ]


@page(power="purchase.view_special")
def special(request: HttpRequest, gate_id: UUID) -> HttpResponse:
    """A gate that failed, and the special decision on it."""
    found = gate_or_404(request, gate_id)
    row = reads.special_of(found)
    open_ = found.batch.state == "failed"
    state = ("unk", "未登记") if row is None else (("ok", "已复核") if row.checker else ("near", "待复核"))
    return thing_page(
        request, title=f"一事一议 {found.batch.number}", sub=found.batch.project.name, clause="3.5-3", obj=row or found, state=state,
        crumbs=[*CRUMBS, ("一事一议", reverse("purchase:specials"))], verdicts=[Verdict.from_dict(v) for v in found.verdicts],
        note=None if open_ else ("unk", f"批次为「{found.batch.get_state_display()}」。"),
        facts=[
            ("已缴定金", f"{found.taken} 套"), ("达标需要", f"{found.needed} 套（{found.offered} 套的 {found.ratio}%）"),
            ("决议", row.resolution.number if row else ""), ("决定日期", row.decided_on if row else ""),
            ("特殊情况", row.reason if row else ""), ("复核", (row.confirmed_on if row else None) or ""),
        ],
        acts=[
            ("登记一事一议", reverse("purchase:record_special", args=[found.pk]), "purchase.record_special_decision", open_ and row is None,
             "已登记，或定金已退"),
            ("复核", reverse("purchase:confirm_special", args=[found.pk]), "purchase.confirm_special_decision",
             open_ and row is not None and row.checker is None, "没有待复核的决定"),
        ],
    )  # fmt: skip
