"""The keys (交付): from that day a household that rented gives its rented home back within the days that the city sets (3.2-0)."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.messages import outbox
from anju.base.secrets import unseal
from anju.base.tickets.desk import open_ticket
from anju.homes import reads
from anju.homes.acts.later import VACATE, contract_for
from anju.homes.models import SALE, Contract
from anju.needs.acts.change import owe_vacating
from anju.policy.parameters import Unset


@act(clause="3.6-2", title="登记交付")
def hand_over(*, ctx: ActContext, contract_id: UUID, handed_on: date) -> Contract:
    """Record the day on which a bought home was handed over, once.

    A tenant who bought gets a day by which the rented home is due, on the desk of whoever takes it back. Raises Refused for a
    lease, or where that day cannot be known since nobody has set the days.
    """
    row = contract_for(ctx, contract_id)
    ctx.on(row, number=row.number, handed_on=handed_on)
    if row.tenure != SALE:
        raise Refused(f"{row.number} 是租赁合同，按起租日入住，不登记交付", clause="3.6-2")
    if row.handed_over_on:
        raise Conflict(f"{row.number} 已于 {row.handed_over_on} 交付，没有重复登记", clause="3.6-2")
    if not row.signed_on <= handed_on <= ctx.today:
        raise InvalidInput(
            f"交付日 {handed_on} 应在签订日 {row.signed_on} 至今天 {ctx.today} 之间，没有登记",
            field="handed_on",
            clause="3.6-2",
        )
    row.handed_over_on = handed_on
    tenancy = row.application.vacates
    if tenancy is not None and tenancy.state != "vacated":
        row.vacate_by = _owe(ctx, row)
        ctx.entry.facts.update(vacate_by=row.vacate_by.isoformat(), tenancy=tenancy.number)
    row.save(update_fields=["handed_over_on", "vacate_by"])
    ctx.happened(handed_on)
    return row


def _owe(ctx: ActContext, row: Contract) -> date:
    """The day by which the rented home is due, put on a desk and told to the household. Raises Refused while the days are not set."""
    days = ctx.inforce().get("vacate_days")
    if isinstance(days, Unset):
        raise Refused(f"{row.number} 的家庭还租住保障性住房：{days.sentence}，没有登记交付", clause=days.clause)
    lease, there = reads.lease_given_up(row), ctx.at(row.application_region)
    if lease is None:
        due = owe_vacating(there, row.application, int(days.value))
    else:
        ticket = open_ticket(
            ctx=ctx, kind=VACATE, title=f"收回退租的住房（{lease.number}，已另购 {row.number}）", post="operator", obj=lease,
            url=f"/homes/contracts/{lease.pk}/", limit_days=int(days.value),
        )  # fmt: skip
        assert ticket.due_on, "a ticket with days is due"
        due = ticket.due_on
    outbox.queue(
        region=row.application_region, phone=unseal(bytes(row.application.phone)), template="homes.vacate", now=ctx.now,
        values={"合同": row.number, "期限": due.isoformat()}, once_key=f"homes.vacate:{row.pk}", case=row.application_id,
    )  # fmt: skip
    return due
