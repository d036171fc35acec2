"""Payments to the seller (提款与受托支付): asked for by the acquirer against a reached milestone, examined and approved by two people
of the bank, held, and posted when the bank has paid. What is drawn from a loan can go nowhere else: the books have no way.
"""

from datetime import date
from uuid import UUID

from django.db.models import Max

from anju.base.acts import ActContext, InvalidInput, Refused, Transitions, act
from anju.base.claims import seam
from anju.base.numbers import yuan
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.funds import reads
from anju.funds.acts.common import book_of, filled, locked, of_bank, past_day, person, positive, project_for
from anju.funds.models import USES, Loan, Payment, SupervisedAccount
from anju.ledger import books
from anju.ledger.books import Line
from anju.ledger.models import Book
from anju.negotiation.acts.common import acquirer_of
from anju.parties.acts.shared import held_by
from anju.parties.models import Organisation
from anju.policy.rules import money as rules
from anju.policy.verdict import Verdict
from anju.purchase import acts as purchase
from anju.purchase.models import Agreement, Milestone
from anju.reserve.models import Project

CLAUSE = "4.3-5"
KINDS = {"purchase": "purchase_payment", "renovation": "renovation_payment", "other_reasonable": "reasonable_payment"}
STATES = Transitions(
    titles=dict(Payment.STATES),
    table={
        "reported": frozenset({"requested", "refused"}),
        "requested": frozenset({"examined", "refused"}),
        "examined": frozenset({"held", "refused"}),
        "held": frozenset({"paid", "returned"}),
    },
    clause=CLAUSE,
)
TAKEN = {"one_payment_per_milestone": "这一步收购进度已有一笔同来源的付款在办或已付，没有重复申请；请从付款列表查看"}


@act(clause=CLAUSE, title="申请付款")
def request_payment(
    *, ctx: ActContext, project_id: UUID, source: str, use: str, payee_id: UUID, amount_fen: int, loan_id: UUID | None = None,
    milestone_id: UUID | None = None, document: str = "", use_reason: str = "",
) -> Payment:  # fmt: skip
    """Ask the bank to pay (提款申请). ``source``: loan or own. ``use``: purchase (with its reached ``milestone_id``), renovation or
    other_reasonable (with the contract or invoice in ``document``; the last also with a reason, and an approval by the task force).

    Raises Refused by 4.3-1 (account), 4.3-4 (use), 4.3-5 (progress, principal, payee).
    """
    project = project_for(ctx, project_id, CLAUSE)
    ctx.on(project, number=project.number, use=use, amount_fen=amount_fen)
    if use not in dict(USES) or source not in dict(Payment.SOURCES):
        raise InvalidInput("用途或资金来源不在可选之列，没有申请；请重新选择", "use", CLAUSE)
    agreement = reads.live_agreement(project)
    if agreement is None:
        raise Refused(f"项目「{project.name}」没有履行中的收购协议，不能付款；请先签署收购协议", clause=CLAUSE)
    loan = _loan(ctx, project, source, loan_id)
    account = loan.account if loan else _own_account(ctx, project)
    payee = Organisation.objects.filter(id=payee_id).first()
    if payee is None or account.acquirer_id != acquirer_of(ctx):
        raise InvalidInput("收款单位不在机构名录中，或专户不是本单位的，没有申请；请核对", "payee_id", CLAUSE)
    milestone = _milestone(ctx, agreement, use, milestone_id)
    row = Payment(
        region=ctx.region, project=project, agreement=agreement, account=account, loan=loan, milestone=milestone, payee=payee,
        ordinal=_next(project), source=source, use=use, use_reason=use_reason.strip()[:200], requested_on=ctx.today, maker=person(ctx),
        amount_fen=positive(amount_fen, "amount_fen", "付款金额", CLAUSE),
        document="" if milestone else filled(document, "document", "合同或发票号", CLAUSE),
    )  # fmt: skip
    found = judge(ctx, row)
    waived = frozenset({"4.3-4-use"}) if use == "other_reasonable" and row.use_reason else frozenset()
    ctx.require(found, waivers=waived)
    row.verdicts = [v.as_dict() for v in found]
    row.state = "reported" if waived else "requested"
    with held_by(TAKEN):
        row.save(force_insert=True)
    seam.show_to(account.bank_id, [row.id, project.id], region=ctx.region)
    seam.show_to(payee.id, [row.id], region=ctx.region)
    ctx.on(row, project=project.number, amount_fen=amount_fen, use=use, payee=payee.name)
    _ask(ctx, row)
    return row


def judge(ctx: ActContext, row: Payment) -> list[Verdict]:
    """Every rule of 4.3 on a payment as it stands now, by the parameters of the day the agreement was signed."""
    inforce = ctx.inforce(row.agreement.signed_on)
    bank = row.account.bank.name
    lender = row.loan.offer.bank.name if row.loan else bank
    entitled = [] if row.use == "purchase" else [row.payee.name]
    found = [
        rules.account(lender, bank, True),
        rules.loan_use(row.use, inforce),
        rules.payee(row.payee.name, row.project.developer.name, entitled),
    ]
    if row.use == "purchase":
        found.append(rules.progress(reads.drawdown_of_agreement(row)))
    if row.loan:
        found.append(rules.within_principal(reads.drawdown_of_loan(row, row.loan)))
    return found


def _loan(ctx: ActContext, project: Project, source: str, loan_id: UUID | None) -> Loan | None:
    if source == "own":
        return None
    loans = Loan.objects.select_related("account__bank", "offer__bank").filter(region=ctx.region, project=project)
    loan = loans.filter(id=loan_id).first() if loan_id else None
    if loan is None or loan.state != "signed":
        raise Refused("没有这个项目已签署的贷款，不能提款；请先签署贷款合同，或改用自有资金", clause=CLAUSE)
    return loan


def _own_account(ctx: ActContext, project: Project) -> SupervisedAccount:
    """Own funds too go through the supervised account that the project's loan stands at. Raises Refused."""
    found = (
        SupervisedAccount.objects.filter(region=ctx.region, loans__project=project)
        .exclude(loans__state="withdrawn")
        .order_by("id")
        .first()
    )
    if found is None:
        raise Refused("项目还没有贷款和资金监管专户，不能付款；请先登记专户并起草贷款合同", clause="4.3-1")
    return found


def _milestone(ctx: ActContext, agreement: Agreement, use: str, milestone_id: UUID | None) -> Milestone | None:
    if use != "purchase":
        return None
    steps = Milestone.objects.filter(region=ctx.region, agreement=agreement)
    row = steps.filter(id=milestone_id).first() if milestone_id else None
    if row is None:
        raise InvalidInput("收购款须对应收购协议的一步进度，没有申请；请选择已达到的收购进度", "milestone_id", CLAUSE)
    return row


def _next(project: Project) -> int:
    rows = Payment.objects.filter(region=project.region, project=project)
    return (rows.aggregate(last=Max("ordinal"))["last"] or 0) + 1


def _ask(ctx: ActContext, row: Payment) -> None:
    """Put the payment on the desk of whoever decides next."""
    asked = {
        "reported": ("funds.approve_use", "审批用途", "office_head", None),
        "requested": ("funds.examine_payment", "审核付款", "bank_officer", row.account.bank_id),
        "examined": ("funds.approve_payment", "复核付款", "bank_checker", row.account.bank_id),
        "held": ("funds.settle_payment", "登记支付结果", "bank_officer", row.account.bank_id),
    }.get(row.state)
    if asked:
        kind, verb, post, organisation = asked
        open_ticket(
            ctx=ctx, kind=kind, title=f"{verb}：{row.project.name} 第 {row.ordinal} 笔 {yuan(row.amount_fen)}", post=post, obj=row,
            url=f"/funds/payments/{row.id}/", limit_days=None, organisation=organisation,
        )  # fmt: skip


@act(clause="4.3-4", title="批准其他合理支出")
def approve_use(*, ctx: ActContext, payment_id: UUID) -> Payment:
    """The task force's office approves one 等合理支出, each time anew. Raises Refused for the maker."""
    row = locked(ctx, Payment, payment_id, "笔付款", "4.3-4")
    ctx.on(row, use=row.use, reason=row.use_reason)
    STATES.check(row, "requested")
    ctx.other_than(row.maker, "支出用途")
    row.use_approved_by, row.state = person(ctx), "requested"
    row.save(update_fields=["use_approved_by", "state"])
    close_tickets(ctx=ctx, obj=row, kind="funds.approve_use", outcome="已批准")
    _ask(ctx, row)
    return row


@act(clause=CLAUSE, title="银行审核付款")
def examine_payment(*, ctx: ActContext, payment_id: UUID) -> Payment:
    """The bank's officer examines the papers and the progress anew; judged by the same rules. Raises Refused, Forbidden."""
    row = locked(ctx, Payment, payment_id, "笔付款", CLAUSE)
    ctx.on(row, amount_fen=row.amount_fen)
    of_bank(ctx, row.account.bank_id)
    STATES.check(row, "examined")
    ctx.other_than(row.maker, "付款")
    ctx.require(judge(ctx, row), waivers=_waived(row))
    row.examiner, row.state = person(ctx), "examined"
    row.save(update_fields=["examiner", "state"])
    close_tickets(ctx=ctx, obj=row, kind="funds.examine_payment", outcome="已审核")
    _ask(ctx, row)
    return row


def _waived(row: Payment) -> frozenset[str]:
    return frozenset({"4.3-4-use"}) if row.use_approved_by else frozenset()


@act(clause=CLAUSE, title="银行复核放款")
def approve_payment(*, ctx: ActContext, payment_id: UUID) -> Payment:
    """A second person of the bank approves: the loan is drawn, and the money held for this payee and nothing else.

    Raises Refused for one who examined or asked, by the rules, or where the books have not enough.
    """
    row = locked(ctx, Payment, payment_id, "笔付款", CLAUSE)
    ctx.on(row, amount_fen=row.amount_fen, payee=row.payee.name)
    of_bank(ctx, row.account.bank_id)
    STATES.check(row, "held")
    ctx.other_than(row.maker, "付款")
    ctx.other_than(row.examiner, "付款")
    ctx.require(judge(ctx, row), waivers=_waived(row))
    book = book_of(row.project)
    if row.loan_id:
        row.drawdown_voucher_id = _draw(ctx, row, book)
    row.hold_id = books.hold(
        ctx=ctx, book=book, kind=KINDS[row.use], debit=_debit(row), credit="entrusted" if row.loan_id else "bank",
        amount_fen=row.amount_fen, key=f"payment:{row.id}",
    )  # fmt: skip
    row.checker, row.state = person(ctx), "held"
    row.save(update_fields=["checker", "state", "hold", "drawdown_voucher"])
    close_tickets(ctx=ctx, obj=row, kind="funds.approve_payment", outcome="已放款")
    _ask(ctx, row)
    return row


def _debit(row: Payment) -> str:
    return {"purchase": "homes", "renovation": "renovation", "other_reasonable": "operating"}[row.use]


def _draw(ctx: ActContext, row: Payment, book: Book) -> UUID:
    assert row.loan_id is not None
    loan = Loan.objects.select_for_update(of=("self",)).get(region=ctx.region, id=row.loan_id)
    voucher = books.post(
        ctx=ctx, book=book, kind="loan_drawdown", lines=[Line("entrusted", "loan", row.amount_fen)], key=f"drawdown:{row.id}",
        memo=f"{loan.number} 第 {row.ordinal} 笔提款", maker=row.maker, checker=ctx.account,
    )  # fmt: skip
    loan.drawn_fen += row.amount_fen
    loan.save(update_fields=["drawn_fen"])
    return voucher


@act(clause=CLAUSE, title="银行退回付款申请")
def refuse_payment(*, ctx: ActContext, payment_id: UUID, reason: str) -> Payment:
    """The bank (or, for the use, the office) sends a request back with the reason; another may be made. Raises Refused once held."""
    row = locked(ctx, Payment, payment_id, "笔付款", CLAUSE)
    if row.state != "reported":
        of_bank(ctx, row.account.bank_id)
    row.end_reason = filled(reason, "reason", "退回原因", CLAUSE)
    ctx.on(row, reason=row.end_reason)
    row.save(update_fields=["end_reason"])
    STATES.move(row, "refused", ctx)
    close_tickets(ctx=ctx, obj=row, outcome="已退回")
    return row


@act(clause=CLAUSE, title="登记支付结果")
def settle_payment(*, ctx: ActContext, payment_id: UUID, paid_on: date, bank_reference: str) -> Payment:
    """The bank has paid (受托支付): what was held is posted. With the last milestone paid the agreement is done.

    Raises Refused where nothing is held, InvalidInput.
    """
    row = locked(ctx, Payment, payment_id, "笔付款", CLAUSE)
    ctx.on(row, amount_fen=row.amount_fen)
    of_bank(ctx, row.account.bank_id)
    STATES.check(row, "paid")
    reference = filled(bank_reference, "bank_reference", "银行回单号", CLAUSE)
    day = past_day(ctx, paid_on, "paid_on", "支付日", CLAUSE, since=row.requested_on)
    assert row.hold_id is not None  # the table's CHECK
    row.voucher_id = books.post_hold(
        ctx=ctx, hold_id=row.hold_id, value_date=day, memo=f"{row.payee.name} {row.milestone.title if row.milestone else row.document}",
        reference=reference, maker=row.maker, checker=row.checker,
    )  # fmt: skip
    row.paid_on, row.bank_reference, row.state = day, reference, "paid"
    row.save(update_fields=["paid_on", "bank_reference", "state", "voucher"])
    ctx.on(row, reference=reference, paid_on=day.isoformat())
    ctx.happened(day)
    close_tickets(ctx=ctx, obj=row, outcome="已支付")
    if reads.all_paid(row.agreement):
        purchase.complete_agreement(ctx=ctx, agreement_id=row.agreement_id)
    return row


@act(clause=CLAUSE, title="登记未付退回")
def return_payment(*, ctx: ActContext, payment_id: UUID, reason: str) -> Payment:
    """The payment came back unpaid (退票): the hold is void and what was drawn goes back to the loan. Raises Refused where not held."""
    row = locked(ctx, Payment, payment_id, "笔付款", CLAUSE)
    of_bank(ctx, row.account.bank_id)
    STATES.check(row, "returned")
    row.end_reason = filled(reason, "reason", "退回原因", CLAUSE)
    ctx.on(row, reason=row.end_reason)
    assert row.hold_id is not None  # the table's CHECK
    books.void_hold(ctx=ctx, hold_id=row.hold_id)
    if row.loan_id:
        loan = Loan.objects.select_for_update(of=("self",)).get(region=ctx.region, id=row.loan_id)
        books.post(
            ctx=ctx, book=book_of(row.project), kind="loan_return", lines=[Line("loan", "entrusted", row.amount_fen)],
            key=f"return:{row.id}", memo=f"{loan.number} 第 {row.ordinal} 笔未付退回：{row.end_reason}",
        )  # fmt: skip
        loan.drawn_fen -= row.amount_fen
        loan.save(update_fields=["drawn_fen"])
    row.state = "returned"
    row.save(update_fields=["state", "end_reason"])
    close_tickets(ctx=ctx, obj=row, outcome="未付退回")
    return row
