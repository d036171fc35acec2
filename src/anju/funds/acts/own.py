"""The acquirer's own funds: into its own book first, from there into a project by a link with its document."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Refused, act
from anju.funds.acts.common import book_of, filled, past_day, person, positive, project_for
from anju.ledger import books
from anju.ledger.books import Line
from anju.ledger.models import Book, Voucher
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


@act(clause=CLAUSE, title="自有资金投入项目")
def bring_own_funds(
    *, ctx: ActContext, project_id: UUID, amount_fen: int, document: str, moved_on: date, bank_reference: str
) -> Voucher:
    """Move own funds into one project (自有资金投入), by a decision that is named; the project's voucher.

    Never from another project: the database knows no such link. Raises Refused where the acquirer's own book has not enough.
    """
    project = project_for(ctx, project_id, CLAUSE)
    ctx.on(project, number=project.number, amount_fen=amount_fen)
    own = books.find("overhead", acquirer_of(ctx), region=ctx.region)
    if own is None:
        raise Refused("自有资金账还没有开立，没有投入；请先登记自有资金到账", clause=CLAUSE)
    reference = filled(bank_reference, "bank_reference", "银行回单号", CLAUSE)
    _, received = books.link(
        ctx=ctx, from_book=own, to_book=book_of(project), kind="own_funds", amount_fen=positive(amount_fen, "amount_fen", "金额", CLAUSE),
        document=filled(document, "document", "依据文件", CLAUSE), key=f"own:{project.id}:{reference}",
        value_date=past_day(ctx, moved_on, "moved_on", "划转日", CLAUSE), memo=f"{project.name} 自有资金投入", reference=reference,
        maker=person(ctx),
    )  # fmt: skip
    ctx.happened(moved_on)
    return Voucher.objects.get(region=ctx.region, id=received)
