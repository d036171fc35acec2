"""Case-by-case decisions (一事一议): by the body that the parameter names, on a gate that failed, entered and confirmed by two."""

from uuid import UUID

from anju.base.acts import ActContext, Conflict, Refused, act
from anju.base.tickets.desk import open_ticket
from anju.negotiation.acts.common import person
from anju.offering import acts as offering
from anju.offering.models import Gate
from anju.parties.acts.shared import held_by
from anju.parties.models import Resolution
from anju.policy.rules import gate as rules
from anju.purchase.models import SpecialDecision
from anju.reserve.acts.common import with_reason

CLAUSE = "3.5-3"
ONCE = {"one_special_decision_per_gate": "这个批次已登记过一事一议决定，没有登记；请打开原决定复核"}


def facts_of(resolution: Resolution, reason: str) -> rules.SpecialDecision:
    """A resolution as the rule reads it. Resolutions are of task forces; a government's meeting would be another kind of body."""
    kind = resolution.body.kind
    return rules.SpecialDecision(
        body="task_force" if kind == "task_force" else kind,
        number=resolution.number,
        reason=reason,
        decided_on=resolution.decided_on,
        minutes=bool(resolution.minutes),
    )


@act(clause=CLAUSE, title="登记一事一议决定")
def record_special_decision(*, ctx: ActContext, gate_id: UUID, resolution_id: UUID, reason: str) -> SpecialDecision:
    """Enter that the body named by the parameter decided to buy although the gate failed, with its resolution and the reason.

    Raises Refused for a passed gate, a resolution not adopted or of another body, or where the money went back already.
    """
    gate = Gate.objects.filter(region=ctx.region, id=gate_id).select_related("batch__project").first()
    if gate is None:
        raise Conflict(f"区划 {ctx.region} 没有这次判定，没有登记；请从批次页重新打开", clause=CLAUSE)
    ctx.on(gate, batch=gate.batch.number)
    if gate.passed or gate.batch.state != "failed":
        raise Refused(
            f"批次 {gate.batch.number} 为「{gate.batch.get_state_display()}」，只有判定未达标、定金尚未退还的批次可以一事一议，没有登记",
            clause=CLAUSE,
        )
    resolution = Resolution.objects.filter(pk=resolution_id).select_related("body").first()
    if resolution is None or resolution.adopted_by is None:
        raise Refused("决议没有登记或尚未复核，没有登记一事一议；请先办理决议", clause=CLAUSE)
    text = with_reason(reason, "一事一议", CLAUSE)
    ctx.require([rules.special(facts_of(resolution, text), ctx.inforce(gate.batch.announced_on))])
    with held_by(ONCE):
        row = SpecialDecision.objects.create(
            region=ctx.region, project=gate.batch.project, gate=gate, resolution=resolution, reason=text,
            decided_on=resolution.decided_on, maker=person(ctx),
        )  # fmt: skip
    ctx.on(row, batch=gate.batch.number, resolution=resolution.number, reason=text)
    ctx.happened(resolution.decided_on)
    open_ticket(
        ctx=ctx, kind="purchase.confirm_special_decision", title=f"复核一事一议 {resolution.number}（{gate.batch.project.name}）",
        post="office_head", obj=row, url=f"/purchase/special/{gate.pk}/", limit_days=None,
    )  # fmt: skip
    return row


@act(clause=CLAUSE, title="复核一事一议决定")
def confirm_special_decision(*, ctx: ActContext, decision_id: UUID) -> SpecialDecision:
    """A second person confirms it; from then on the batch's demand counts as locked. Raises Refused for the same person."""
    known = SpecialDecision.objects.filter(region=ctx.region, id=decision_id).first()
    if known is None or known.checker:
        raise Conflict("没有待复核的一事一议决定，没有办理；请刷新页面", clause=CLAUSE)
    offering.accept_special(ctx=ctx, gate_id=known.gate_id)
    row = SpecialDecision.objects.select_for_update(of=("self",)).select_related("resolution").get(pk=known.pk)
    ctx.on(row, resolution=row.resolution.number)
    if row.checker:
        raise Conflict("这份一事一议决定已复核", clause=CLAUSE)
    ctx.other_than(row.maker, "一事一议决定")
    row.checker, row.confirmed_on = ctx.account, ctx.today
    row.save(update_fields=["checker", "confirmed_on"])
    return row
