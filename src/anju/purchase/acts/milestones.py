"""Milestones (收购进度): reached one after the other, each with its proof; what falls due is paid by ``funds``."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.files import store
from anju.purchase.acts.agreements import STATES, agreement_for
from anju.purchase.models import Agreement, Milestone
from anju.reserve import acts as reserve

CLAUSE = "4.3-5"


@act(clause=CLAUSE, title="登记收购进度")
def reach_milestone(
    *, ctx: ActContext, milestone_id: UUID, reached_on: date, evidence_name: str, evidence: bytes
) -> Milestone:
    """A milestone of a signed agreement is reached, with its proof; its sum falls due from then on. In their order.

    Raises Refused out of turn or before the signing, InvalidInput for a day in the future, BadFile for the proof.
    """
    known = Milestone.objects.filter(region=ctx.region, id=milestone_id).first()
    if known is None:
        raise Conflict("没有这一步收购进度，没有登记；请从协议页重新打开", clause=CLAUSE)
    agreement = agreement_for(ctx, known.agreement_id)
    steps = list(agreement.milestones.select_for_update(of=("self",)).order_by("order"))
    row = next(step for step in steps if step.pk == milestone_id)
    ctx.on(row, agreement=agreement.number, title=row.title)
    if agreement.state != "signed" or agreement.signed_on is None:
        raise Refused(
            f"收购协议 {agreement.number} 为「{agreement.get_state_display()}」，签署后才有进度，没有登记",
            clause=CLAUSE,
        )
    if row.reached_on:
        raise Conflict(f"「{row.title}」已于 {row.reached_on} 达到", clause=CLAUSE)
    if not agreement.signed_on <= reached_on <= ctx.today:
        raise InvalidInput(
            f"达到日期 {reached_on} 应在签署日 {agreement.signed_on} 与今天 {ctx.today} 之间，没有登记；请核对",
            field="reached_on", clause=CLAUSE,
        )  # fmt: skip
    before = [step for step in steps if step.order < row.order]
    open_ = [step for step in before if step.reached_on is None or step.reached_on > reached_on]
    if open_:
        raise Refused(f"前一步「{open_[0].title}」在 {reached_on} 还没有达到，没有登记；请先登记前一步", clause=CLAUSE)
    row.evidence = store.keep(ctx=ctx, name=evidence_name, data=evidence, kind="milestone", case=agreement.project_id)
    row.reached_on = reached_on
    row.save(update_fields=["reached_on", "evidence"])
    ctx.on(row, agreement=agreement.number, title=row.title, amount_fen=row.amount_fen, proof=row.evidence.sha256)
    ctx.happened(reached_on)
    return row


@act(clause="3.5-3", title="收购协议履行完毕")
def complete_agreement(*, ctx: ActContext, agreement_id: UUID) -> Agreement:
    """All milestones are reached and paid: the agreement is done, the project delivered.

    Nobody holds the power: told by ``funds`` inside the act that pays the last instalment. Raises Refused before the last.
    """
    agreement = agreement_for(ctx, agreement_id)
    ctx.on(agreement, number=agreement.number)
    waiting = agreement.milestones.filter(reached_on__isnull=True).order_by("order").first()
    if waiting:
        raise Refused(f"「{waiting.title}」还没有达到，收购协议没有办结；请先登记收购进度", clause=CLAUSE)
    STATES.move(agreement, "completed", ctx)
    reserve.move_project(ctx=ctx, project_id=agreement.project_id, to="delivered")
    return agreement
