"""Receipts from homes (回款): each split by the plan's order when it comes in, paid on in that order by a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.funds import reads
from anju.funds.acts.common import book_of, filled, past_day, person, positive, project_for
from anju.funds.models import Distribution, DutyStatement, Loan, LoanRepayment, Receipt
from anju.ledger import books
from anju.ledger.books import Line, Posting
from anju.ledger.models import Book
from anju.policy.rules import money as rules
from anju.reserve.models import Project, Unit

CLAUSE = "4.3-2"
RECEIPTS = {"sale": ("sale_receipt", "sale_income"), "rent": ("rent_receipt", "rent_income")}
MOST = 1_000


@act(clause=CLAUSE, title="登记应履行的法定义务")
def state_duties(*, ctx: ActContext, project_id: UUID, amount_fen: int, document: str) -> DutyStatement:
    """State what statutory duties (法定义务) the project still has to set money aside for, today, by which document; 0 where none.

    Every receipt from now on fills this first. Raises InvalidInput.
    """
    project = project_for(ctx, project_id, CLAUSE)
    if amount_fen < 0:
        raise InvalidInput("法定义务金额不能为负数，没有登记；没有应履行的填 0", "amount_fen", CLAUSE)
    row = DutyStatement.objects.create(
        region=ctx.region, project=project, stated_on=ctx.today, amount_fen=amount_fen,
        document=filled(document, "document", "依据文件", CLAUSE), maker=person(ctx),
    )  # fmt: skip
    ctx.on(row, project=project.number, amount_fen=amount_fen, document=row.document)
    return row


@act(clause=CLAUSE, title="登记回款")
def record_receipt(
    *, ctx: ActContext, project_id: UUID, kind: str, amount_fen: int, received_on: date, bank_reference: str = "",
    unit_id: UUID | None = None,
) -> Receipt:  # fmt: skip
    """Record money from a home that came into the supervised account (``kind``: sale or rent), split by the waterfall.

    Raises Refused by 4.3-2 while the project's statutory duties are not stated (unknown is not nothing), InvalidInput.
    """
    project = project_for(ctx, project_id, CLAUSE)
    ctx.on(project, number=project.number, kind=kind, amount_fen=amount_fen)
    if kind not in RECEIPTS:
        raise InvalidInput(f"回款种类「{kind}」不在可选之列，没有登记；请选配售款或租金", "kind", CLAUSE)
    positive(amount_fen, "amount_fen", "回款金额", CLAUSE)
    unit = _unit(ctx, project, unit_id)
    book = book_of(project)
    row = _split(ctx, project, book, kind, amount_fen)
    row.received_on = past_day(ctx, received_on, "received_on", "到账日", CLAUSE)
    row.unit, row.bank_reference = unit, bank_reference.strip()[:60]
    voucher, income = RECEIPTS[kind]
    row.voucher_id = books.post(
        ctx=ctx, book=book, kind=voucher, lines=[Line("bank", income, amount_fen)], key=_key(row), value_date=received_on,
        memo=f"{unit.code if unit else project.number} {row.get_kind_display()}", reference=row.bank_reference,
    )  # fmt: skip
    row.save(force_insert=True)
    ctx.on(
        row, project=project.number, amount_fen=amount_fen, statutory_fen=row.statutory_fen, loan_fen=row.loan_fen,
        remainder_fen=row.remainder_fen,
    )  # fmt: skip
    ctx.happened(received_on)
    return row


def _key(row: Receipt) -> str:
    """The bank's number makes a receipt one; without it the row's own id does."""
    return f"receipt:{row.project_id}:{row.bank_reference}" if row.bank_reference else f"receipt:{row.id}"


def _unit(ctx: ActContext, project: Project, unit_id: UUID | None) -> Unit | None:
    if unit_id is None:
        return None
    found = Unit.objects.filter(region=ctx.region, project=project, id=unit_id).first()
    if found is None:
        raise InvalidInput(f"这套房不在项目「{project.name}」中，没有登记；请核对房源", "unit_id", CLAUSE)
    return found


def _split(ctx: ActContext, project: Project, book: Book, kind: str, amount_fen: int) -> Receipt:
    """The receipt with its parts; judged, so that an unknown duty refuses it."""
    statement = reads.latest_duties(project)
    due = reads.duties_left(statement) if statement else None
    owed = reads.loan_left(project, book)
    parts = rules.split(amount_fen, statutory_due_fen=due or 0, loan_owed_fen=owed)
    ctx.require([rules.waterfall(parts, amount_fen, statutory_due_fen=due, loan_owed_fen=owed)])
    return Receipt(
        region=ctx.region, project=project, kind=kind, amount_fen=amount_fen, statement=statement, statutory_fen=parts.statutory_fen,
        loan_fen=parts.loan_fen, remainder_fen=parts.remainder_fen, maker=person(ctx),
    )  # fmt: skip


@act(clause=CLAUSE, title="登记定金转入的回款")
def split_earnest(*, ctx: ActContext, project_id: UUID) -> int:
    """Earnest money that contracts brought into the project is a receipt too: split what was not split yet; how many."""
    project = project_for(ctx, project_id, CLAUSE)
    book = book_of(project)
    vouchers = reads.unsplit_earnest(book)[:MOST]
    made = []
    for voucher, kind in vouchers:
        row = _split(ctx, project, book, kind, voucher.total_fen)
        row.received_on, row.voucher, row.bank_reference = voucher.value_date, voucher, voucher.reference
        row.save(force_insert=True)
        made.append(row)
    ctx.on(project, number=project.number, receipts=len(made), total_fen=sum(r.amount_fen for r in made))
    ctx.items((r.id, f"{r.amount_fen} {r.statutory_fen} {r.loan_fen}") for r in made)
    return len(made)


@dataclass(frozen=True)
class Share:
    """What a repayment takes off one loan, in fen."""

    loan: Loan
    amount_fen: int


@act(clause=CLAUSE, title="分配回款")
def distribute_receipts(
    *, ctx: ActContext, project_id: UUID, receipt_ids: Sequence[UUID] | None = None
) -> Distribution:
    """Pay on what receipts owe, in the plan's order: statutory duties, then the purchase loan; the rest stays with the project.

    By another person than recorded them. All that wait where none are named. Raises Refused, Conflict.
    """
    project = project_for(ctx, project_id, CLAUSE)
    ctx.on(project, number=project.number)
    waiting = (
        Receipt.objects.select_for_update()
        .filter(region=ctx.region, project=project, distribution__isnull=True)
        .order_by("id")
    )
    rows = list(waiting if receipt_ids is None else waiting.filter(id__in=list(receipt_ids)))
    if not rows or (receipt_ids is not None and len(rows) != len(set(receipt_ids))):
        raise Refused("没有待分配的回款，或选中的回款已分配，没有办理；请刷新列表", clause=CLAUSE)
    for maker in {row.maker for row in rows}:
        ctx.other_than(maker, "回款分配")
    statutory, owed = sum(r.statutory_fen for r in rows), sum(r.loan_fen for r in rows)
    made = Distribution(
        region=ctx.region, project=project, distributed_on=ctx.today, receipts_count=len(rows), statutory_fen=statutory,
        loan_fen=owed, remainder_fen=sum(r.remainder_fen for r in rows), checker=person(ctx),
    )  # fmt: skip
    _pay_on(ctx, made, book_of(project), rows[0].maker)
    made.save(force_insert=True)
    Receipt.objects.filter(region=ctx.region, id__in=[r.id for r in rows]).update(distribution=made)
    for share in _shares(project, owed):
        share.loan.repaid_fen += share.amount_fen
        share.loan.save(update_fields=["repaid_fen"])
        LoanRepayment.objects.create(
            region=ctx.region, loan=share.loan, distribution=made, repaid_on=ctx.today, amount_fen=share.amount_fen
        )
    ctx.on(made, statutory_fen=statutory, loan_fen=owed, receipts=len(rows))
    ctx.items((r.id, f"{r.amount_fen} {r.statutory_fen} {r.loan_fen}") for r in rows)
    return made


def _pay_on(ctx: ActContext, made: Distribution, book: Book, maker: UUID) -> None:
    wanted = [
        ("statutory_voucher_id", "statutory_payment", "statutory", made.statutory_fen, "履行法定义务"),
        ("loan_voucher_id", "loan_repayment", "loan", made.loan_fen, "回款归还收购贷款"),
    ]
    due = [row for row in wanted if row[3]]
    vouchers = books.post_many(
        ctx=ctx, maker=maker, checker=ctx.account,
        postings=[
            Posting(book, kind, [Line(debit, "bank", fen)], f"distribution:{made.id}:{debit}", ctx.today, memo=memo)
            for _, kind, debit, fen, memo in due
        ],
    )  # fmt: skip
    for (field, *_), voucher in zip(due, vouchers, strict=True):
        setattr(made, field, voucher)


def _shares(project: Project, amount_fen: int) -> list[Share]:
    """The repayment over the project's loans, the earliest first."""
    found = []
    loans = (
        Loan.objects.select_for_update()
        .filter(region=project.region, project=project, state="signed")
        .order_by("signed_on", "id")
    )
    for loan in loans:
        part = min(amount_fen, loan.drawn_fen - loan.repaid_fen)
        if part:
            found.append(Share(loan, part))
            amount_fen -= part
    if amount_fen:
        raise Refused("还款多于在贷余额，没有分配；请核对贷款的提款与还款", clause=CLAUSE)
    return found
