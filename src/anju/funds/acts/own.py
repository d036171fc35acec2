"""The acquirer's own funds: into its own book first, from there into a project by a link with its document."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Conflict, Refused, act
from anju.base.numbers import yuan
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.funds.acts.common import book_of, filled, locked, past_day, person, positive, project_for
from anju.funds.models import OwnFunds
from anju.ledger import books
from anju.ledger.books import Line
from anju.ledger.models import Book
from anju.negotiation.acts.common import acquirer_of
from anju.parties.models import Organisation

CLAUSE = "4.3-3"


def overhead_book(ctx: ActContext) -> Book:
    """The acquirer's own book, opened on first use."""
    acquirer = Organisation.objects.get(id=acquirer_of(ctx))
    return books.open_book(ctx=ctx, kind="overhead", object_id=acquirer.id, title=f"{acquirer.name} 自有资金")


@act(clause=CLAUSE, title="登记自有资金到账")
def record_capital(*, ctx: ActContext, amount_fen: int, received_on: date, bank_reference: str) -> Book:
    """Money of its shareholder's came to the acquirer's own account. Raises InvalidInput."""
    book = overhead_book(ctx)
    reference = filled(bank_reference, "bank_reference", "银行回单号", CLAUSE)
    books.post(
        ctx=ctx, book=book, kind="capital_in", lines=[Line("bank", "capital", positive(amount_fen, "amount_fen", "金额", CLAUSE))],
        key=f"capital:{book.id}:{reference}", value_date=past_day(ctx, received_on, "received_on", "到账日", CLAUSE), memo="资本金",
        reference=reference,
    )  # fmt: skip
    ctx.on(book, amount_fen=amount_fen, reference=reference)
    ctx.happened(received_on)
    return book


@act(clause=CLAUSE, title="申请投入自有资金")
def ask_own_funds(*, ctx: ActContext, project_id: UUID, amount_fen: int, document: str) -> OwnFunds:
    """Ask for own funds for one project, by a decision that is named; another person moves them. Raises InvalidInput."""
    project = project_for(ctx, project_id, CLAUSE)
    row = OwnFunds.objects.create(
        region=ctx.region, project=project, amount_fen=positive(amount_fen, "amount_fen", "金额", CLAUSE),
        document=filled(document, "document", "依据文件", CLAUSE)[:120], asked_on=ctx.today, maker=person(ctx),
    )  # fmt: skip
    ctx.on(row, project=project.number, amount_fen=amount_fen, document=row.document)
    open_ticket(
        ctx=ctx, kind="funds.bring_own_funds", title=f"投入自有资金 {yuan(amount_fen)}（{project.name}）", post="acquirer_finance_head",
        obj=row, url=f"/funds/own-funds/{row.id}/", limit_days=None, organisation=acquirer_of(ctx),
    )  # fmt: skip
    return row


@act(clause=CLAUSE, title="自有资金投入项目")
def bring_own_funds(*, ctx: ActContext, own_funds_id: UUID, moved_on: date, bank_reference: str) -> OwnFunds:
    """A second person moves the own funds that were asked for into the project (自有资金投入): a voucher in each book.

    Never from another project: the database knows no such link. Raises Refused for the same person, and where the
    acquirer's own book has not enough.
    """
    row = _waiting(ctx, own_funds_id)
    ctx.on(row, project=row.project.number, amount_fen=row.amount_fen)
    ctx.other_than(row.maker, "自有资金投入")
    own = books.find("overhead", acquirer_of(ctx), region=ctx.region)
    if own is None:
        raise Refused("自有资金账还没有开立，没有投入；请先登记自有资金到账", clause=CLAUSE)
    row.bank_reference = filled(bank_reference, "bank_reference", "银行回单号", CLAUSE)[:60]
    row.moved_on = past_day(ctx, moved_on, "moved_on", "划转日", CLAUSE, since=row.asked_on)
    row.checker = person(ctx)
    _, row.voucher_id = books.link(
        ctx=ctx, from_book=own, to_book=book_of(row.project), kind="own_funds", amount_fen=row.amount_fen, document=row.document,
        key=f"own:{row.id}", value_date=row.moved_on, memo=f"{row.project.name} 自有资金投入", reference=row.bank_reference,
        maker=row.maker, checker=row.checker,
    )  # fmt: skip
    row.save(update_fields=["moved_on", "bank_reference", "voucher", "checker"])
    ctx.happened(moved_on)
    close_tickets(ctx=ctx, obj=row, outcome="已投入")
    return row


@act(clause=CLAUSE, title="撤回自有资金申请")
def withdraw_own_funds(*, ctx: ActContext, own_funds_id: UUID, reason: str) -> OwnFunds:
    """What was asked for and not moved is taken back, with the reason. Raises Conflict once moved."""
    row = _waiting(ctx, own_funds_id)
    row.end_reason, row.withdrawn_on = filled(reason, "reason", "撤回原因", CLAUSE), ctx.today
    row.save(update_fields=["end_reason", "withdrawn_on"])
    ctx.on(row, project=row.project.number, reason=row.end_reason)
    close_tickets(ctx=ctx, obj=row, outcome="已撤回")
    return row


def _waiting(ctx: ActContext, key: UUID) -> OwnFunds:
    """What was asked for and is neither moved nor withdrawn, under its lock. Raises Conflict."""
    row = locked(ctx, OwnFunds, key, "笔自有资金投入", CLAUSE)
    if row.moved_on or row.withdrawn_on:
        said = f"已于 {row.moved_on} 投入" if row.moved_on else f"已于 {row.withdrawn_on} 撤回"
        raise Conflict(f"这笔自有资金{said}，没有办理；请刷新页面", clause=CLAUSE)
    return row
