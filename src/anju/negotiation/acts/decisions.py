"""The acquirer's own decisions (三重一大): entered by one of its people, confirmed by another."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, act
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.negotiation.acts.common import CLAUSE, acquirer_of, person
from anju.negotiation.models import AcquirerDecision
from anju.parties.acts.shared import filled, held_by

NUMBER_TAKEN = {"decision_number_once": "这个决定文号已经登记过，没有登记；请核对文号"}


@act(clause=CLAUSE, title="登记三重一大决定")
def decide(
    *, ctx: ActContext, subject: str, kind: str, object_id: UUID, number: str, studied_on: date, decided_on: date
) -> AcquirerDecision:
    """Enter what the acquirer itself decided: the party committee's prior study, then the board. ``object_id``: the project.

    Raises Forbidden for a post outside the acquirer, InvalidInput for days that cannot be.
    """
    organisation = acquirer_of(ctx)
    if kind not in dict(AcquirerDecision.KINDS):
        raise InvalidInput(
            f"没有「{kind}」这种决定，没有登记；可选：意向书、收购协议、贷款", field="kind", clause=CLAUSE
        )
    if not studied_on <= decided_on <= ctx.today:
        raise InvalidInput(
            f"前置研究 {studied_on}、决定 {decided_on}、今天 {ctx.today} 应依次不晚于后一日，没有登记；请核对日期",
            field="decided_on",
            clause=CLAUSE,
        )
    with held_by(NUMBER_TAKEN):
        row = AcquirerDecision.objects.create(
            region=ctx.region, organisation=organisation, subject=filled(subject, "subject", "决定事项"), kind=kind,
            object_id=object_id, number=filled(number, "number", "决定文号"), studied_on=studied_on,
            decided_on=decided_on, maker=person(ctx),
        )  # fmt: skip
    ctx.on(row, number=row.number, kind=kind, studied_on=studied_on, decided_on=decided_on, object=object_id)
    ctx.happened(decided_on)
    open_ticket(
        ctx=ctx, kind="negotiation.confirm_decision", title=f"复核决定 {row.number}", post="acquirer_head", obj=row,
        url=f"/negotiation/decisions/{row.pk}/", limit_days=None, organisation=organisation,
    )  # fmt: skip
    return row


@act(clause=CLAUSE, title="复核三重一大决定")
def confirm_decision(*, ctx: ActContext, decision_id: UUID) -> AcquirerDecision:
    """A second person of the acquirer confirms that it was so decided; from then on it never changes."""
    row = AcquirerDecision.objects.filter(region=ctx.region, id=decision_id).select_for_update().first()
    if row is None or row.organisation != acquirer_of(ctx):
        raise Conflict("本单位没有这份决定，没有办理；请从决定列表重新打开", clause=CLAUSE)
    ctx.on(row, number=row.number)
    if row.checker:
        raise Conflict(f"决定 {row.number} 已于 {row.confirmed_on} 复核", clause=CLAUSE)
    ctx.other_than(row.maker, "三重一大决定")
    row.checker, row.confirmed_on = ctx.account, ctx.today
    row.save(update_fields=["checker", "confirmed_on"])
    close_tickets(ctx=ctx, obj=row, outcome="已复核")
    return row
