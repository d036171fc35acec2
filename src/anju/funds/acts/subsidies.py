"""Subsidies (补助资金): applied for by one person, recorded as received by another, into the project's own book."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, act
from anju.funds.acts.common import book_of, filled, locked, past_day, person, positive, project_for
from anju.funds.models import Subsidy
from anju.ledger import books
from anju.ledger.books import Line
from anju.parties.acts.shared import held_by

CLAUSE = "4.2-1"
TAKEN = {"subsidy_once": "这份补助文件已登记在本项目，没有重复登记；请核对文号"}


@act(clause=CLAUSE, title="申请补助资金")
def apply_subsidy(*, ctx: ActContext, project_id: UUID, level: str, document: str, amount_fen: int) -> Subsidy:
    """Apply for a subsidy of a level (central, province, city, county), under its document. Raises InvalidInput, Conflict."""
    project = project_for(ctx, project_id, CLAUSE)
    if level not in dict(Subsidy.LEVELS):
        raise InvalidInput("补助层级不在可选之列，没有登记；请重新选择", "level", CLAUSE)
    row = Subsidy(
        region=ctx.region, project=project, level=level, document=filled(document, "document", "文号", CLAUSE)[:120],
        amount_fen=positive(amount_fen, "amount_fen", "补助金额", CLAUSE), applied_on=ctx.today, maker=person(ctx),
    )  # fmt: skip
    with held_by(TAKEN):
        row.save(force_insert=True)
    ctx.on(row, project=project.number, level=level, amount_fen=amount_fen, document=row.document)
    return row


@act(clause=CLAUSE, title="登记补助到账")
def grant_subsidy(*, ctx: ActContext, subsidy_id: UUID, granted_on: date, bank_reference: str) -> Subsidy:
    """The subsidy came in: a second person records it and it is posted to the project. Raises Refused, Conflict."""
    row = locked(ctx, Subsidy, subsidy_id, "笔补助", CLAUSE)
    ctx.on(row, amount_fen=row.amount_fen)
    if row.granted_on:
        raise Conflict(f"这笔补助已于 {row.granted_on} 到账，没有重复登记", clause=CLAUSE)
    ctx.other_than(row.maker, "补助到账")
    row.bank_reference = filled(bank_reference, "bank_reference", "银行回单号", CLAUSE)[:60]
    row.granted_on = past_day(ctx, granted_on, "granted_on", "到账日", CLAUSE, since=row.applied_on)
    row.checker = person(ctx)
    row.voucher_id = books.post(
        ctx=ctx, book=book_of(row.project), kind="subsidy_receipt", lines=[Line("bank", "subsidy", row.amount_fen)],
        key=f"subsidy:{row.id}", value_date=granted_on, memo=f"{row.get_level_display()}补助 {row.document}",
        reference=row.bank_reference, maker=row.maker, checker=row.checker,
    )  # fmt: skip
    row.save(update_fields=["granted_on", "bank_reference", "checker", "voucher"])
    ctx.happened(granted_on)
    return row
