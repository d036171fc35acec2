"""After the signing: money comes in, the sale is filed, a lease ends."""

from datetime import date
from uuid import UUID

from django.db.models import Sum

from anju.base import numbers
from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.claims import seam
from anju.base.tickets.desk import close_tickets
from anju.funds import acts as funds
from anju.funds.models import Receipt
from anju.homes.models import RENT, SALE, Contract
from anju.needs import acts as needs
from anju.parties.acts.acquirers import of_project
from anju.reserve import acts as reserve

REASON_MAX = 200
VACATE = "homes.vacate"


def contract_for(ctx: ActContext, contract_id: UUID) -> Contract:
    """A live contract under its row lock. Raises Conflict where there is none, Refused where it has ended."""
    rows = Contract.objects.select_for_update(of=("self",)).select_related("project", "unit", "application")
    row = rows.filter(region=ctx.region, id=contract_id).first()
    if row is None:
        raise Conflict(f"区划 {ctx.region} 没有这份合同，没有办理；请刷新后重试", clause="3.6-1")
    of_project(ctx, row.project_id, "3.6-1")
    if row.ended_on:
        raise Refused(f"{row.number} 已于 {row.ended_on} 终止（{row.end_reason}），没有办理", clause="3.6-1")
    return row


def received_fen(contract: Contract) -> int:
    """What came in on this contract so far, the earnest money left out."""
    rows = Receipt.objects.filter(
        region=contract.region, unit=contract.unit, kind=contract.tenure, received_on__gte=contract.signed_on
    )
    return rows.aggregate(total=Sum("amount_fen"))["total"] or 0


@act(clause="4.3-2", title="登记房款租金到账")
def receive_payment(
    *, ctx: ActContext, contract_id: UUID, amount_fen: int, received_on: date, reference: str
) -> Contract:
    """Record money that came into the supervised account on a contract; ``funds`` splits it by the waterfall.

    Raises Refused where a sale would be paid more than its price.
    """
    row = contract_for(ctx, contract_id)
    if not row.signed_on <= received_on <= ctx.today:
        raise InvalidInput(
            f"到账日 {received_on} 应在签订日 {row.signed_on} 至今天 {ctx.today} 之间，没有登记",
            field="received_on",
            clause="4.3-2",
        )
    if row.tenure == SALE:
        left = (row.price_fen or 0) - row.earnest_fen - received_fen(row)
        if amount_fen > left:
            raise Refused(
                f"{row.number} 尚欠 {numbers.yuan(left)}，到账 {numbers.yuan(amount_fen)} 超出价款，没有登记；请核对金额或合同",
                clause="4.3-2",
            )
    funds.record_receipt(
        ctx=ctx, project_id=row.project_id, unit_id=row.unit_id, kind=row.tenure, amount_fen=amount_fen, received_on=received_on,
        bank_reference=reference,
    )  # fmt: skip
    ctx.on(row, number=row.number, amount=amount_fen, received_on=received_on, reference=reference)
    return row


@act(clause="3.6-1", title="登记网签备案号")
def record_filing(*, ctx: ActContext, contract_id: UUID, filing_number: str) -> Contract:
    """Record the number under which a sale contract was filed (网签备案), once."""
    row = contract_for(ctx, contract_id)
    if row.tenure != SALE:
        raise Refused(f"{row.number} 是租赁合同，不办理配售网签备案，没有登记", clause="3.6-1")
    if row.filing_number:
        raise Conflict(f"{row.number} 已登记备案号 {row.filing_number}，没有重复登记", clause="3.6-1")
    if not filing_number.strip() or len(filing_number) > 60:
        raise InvalidInput("备案号应为 1–60 字，没有登记", field="filing_number", clause="3.6-1")
    row.filing_number, row.filed_on = filing_number.strip(), ctx.today
    row.save(update_fields=["filing_number", "filed_on"])
    ctx.on(row, number=row.number, filing_number=row.filing_number)
    return row


@act(clause="3.6-2", title="终止租赁合同")
def end_lease(*, ctx: ActContext, contract_id: UUID, ended_on: date, reason: str) -> Contract:
    """End a lease: the home is the acquirer's again, the household may ask for another. A sold home leaves by buy-back only."""
    row = contract_for(ctx, contract_id)
    if row.tenure != RENT:
        raise Refused(f"{row.number} 是配售合同，实行封闭管理，只能按回购办理，没有终止", clause="3.6-2")
    if not row.signed_on <= ended_on <= ctx.today:
        raise InvalidInput(
            f"终止日 {ended_on} 应在签订日 {row.signed_on} 至今天 {ctx.today} 之间，没有终止",
            field="ended_on",
            clause="3.6-2",
        )
    if not reason.strip() or len(reason) > REASON_MAX:
        raise InvalidInput(f"终止须写明原因（1–{REASON_MAX} 字），没有终止", field="reason", clause="3.6-2")
    row.ended_on, row.end_reason = ended_on, reason.strip()
    row.save(update_fields=["ended_on", "end_reason"])
    reserve.move_units(ctx=ctx, unit_ids=[row.unit_id], to="purchased")
    if row.application.state == "housed":
        there = ctx.at(row.application_region)
        needs.vacate_tenancy(
            ctx=there, application_id=row.application_id, reason=f"{row.number} 终止：{row.end_reason}"
        )
    seam.release(seam.HOME, case=row.application_id, region=row.application_region)
    close_tickets(ctx=ctx, obj=row, kind=VACATE, outcome="已腾退")
    ctx.on(row, number=row.number, reason=row.end_reason)
    ctx.happened(ended_on)
    return row
