"""The supervised account, banks' offers, and the loan: drafted by one person of the acquirer, signed by another."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, Transitions, act
from anju.base.claims import seam
from anju.base.numbers import yuan
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.funds import reads
from anju.funds.acts.common import book_of, filled, locked, past_day, person, positive, project_for
from anju.funds.models import Loan, LoanOffer, SupervisedAccount
from anju.ledger import books
from anju.ledger.books import Line
from anju.ledger.schedules import BadTerms, schedule
from anju.negotiation.acts.common import acquirer_of
from anju.negotiation.acts.letters import decided
from anju.parties.acts.acquirers import of_project
from anju.parties.acts.shared import held_by
from anju.parties.models import Organisation
from anju.policy.rules import money as rules

OFFERS = "4.2-2"
ACCOUNT = "4.3-1"
STATES = Transitions(
    titles=dict(Loan.STATES),
    table={"drafted": frozenset({"signed", "withdrawn"}), "signed": frozenset({"settled"})},
    clause=OFFERS,
)
TAKEN = {
    "supervised_account_once": "这个账号已登记为资金监管专户，没有重复登记；请从专户列表进入",
    "one_supervised_account_per_bank": "本单位在这家银行已有资金监管专户，没有再开；一家贷款银行一个专户，按项目分账",
    "loan_number_once": "这个贷款合同号已登记，没有重复登记；请核对合同号",
}


@act(clause=ACCOUNT, title="登记资金监管专户")
def open_supervised_account(
    *, ctx: ActContext, bank_id: UUID, number: str, document: str, opened_on: date
) -> SupervisedAccount:
    """Record the supervised account (资金监管专户) at a lending bank, with the supervision agreement. One per acquirer and bank.

    Raises Conflict for an account that is known, InvalidInput.
    """
    acquirer = acquirer_of(ctx)
    bank = Organisation.objects.filter(id=bank_id, kind="bank").first()
    if bank is None:
        raise InvalidInput("开户银行不在机构名录中，没有登记；请先登记该银行", "bank_id", ACCOUNT)
    digits = number.replace(" ", "")
    if not digits.isdigit() or not 8 <= len(digits) <= 32:
        raise InvalidInput(f"账号应为 8–32 位数字，收到「{number}」，没有登记；请核对", "number", ACCOUNT)
    row = SupervisedAccount(
        region=ctx.region, acquirer_id=acquirer, bank=bank, number=digits,
        document=filled(document, "document", "监管协议编号", ACCOUNT),
        opened_on=past_day(ctx, opened_on, "opened_on", "开户日", ACCOUNT), maker=person(ctx),
    )  # fmt: skip
    with held_by(TAKEN):
        row.save(force_insert=True)
    seam.show_to(bank.id, [row.id], region=ctx.region)
    ctx.on(row, number=digits, bank=bank.name)
    return row


@act(clause=OFFERS, title="登记贷款方案")
def take_offers(*, ctx: ActContext, offers: Sequence[Mapping[str, Any]]) -> int:
    """Record banks' offers, each with the fields of ``LoanOffer`` (``project_id``, ``bank_id``, terms); how many are new.

    An offer with the same bank decision for the same project is the same offer. Raises InvalidInput for terms that cannot be.
    """
    made = []
    for given in offers:
        row = LoanOffer(region=ctx.region, maker=person(ctx), **given)
        if row.valid_until < row.offered_on:
            raise InvalidInput(
                f"方案有效期 {row.valid_until} 早于报出日 {row.offered_on}，没有登记；请核对", "valid_until", OFFERS
            )
        of_project(ctx, row.project_id, OFFERS)
        _schedulable(row, row.offered_on)
        known = LoanOffer.objects.filter(
            region=ctx.region, project_id=row.project_id, bank_id=row.bank_id, bank_decision=row.bank_decision
        )
        if not known.exists():
            row.save(force_insert=True)
            seam.show_to(row.bank_id, [row.id, row.project_id], region=ctx.region)
            made.append(row)
    if made:
        ctx.on(made[0], count=len(made))
    ctx.items((row.id, f"{row.bank_decision} {row.principal_fen} {row.rate_bp}") for row in made)
    return len(made)


def _schedulable(row: LoanOffer | Loan, starts_on: date) -> None:
    """The terms give a schedule. Raises InvalidInput."""
    try:
        schedule(reads.terms_of(row, starts_on))
    except BadTerms as error:
        raise InvalidInput(f"贷款条件不成立，没有登记：{error}", "months", OFFERS) from error


@act(clause=OFFERS, title="起草贷款合同")
def draft_loan(
    *, ctx: ActContext, offer_id: UUID, account_id: UUID, number: str, decision_id: UUID | None = None
) -> Loan:
    """Take one offer for the project's signed agreement, into the supervised account at the same bank.

    ``decision_id``: the acquirer's own decision of kind loan. Raises Refused by 4.3-1 for an account at another bank.
    """
    offer = locked(ctx, LoanOffer, offer_id, "份贷款方案", OFFERS)
    project = project_for(ctx, offer.project_id, OFFERS)
    ctx.on(offer, project=project.number, number=number)
    account = SupervisedAccount.objects.filter(region=ctx.region, id=account_id).select_related("bank").first()
    if account is None or account.acquirer_id != acquirer_of(ctx):
        raise Conflict("没有这个资金监管专户，没有办理；请先登记专户", clause=ACCOUNT)
    ctx.require([rules.account(offer.bank.name, account.bank.name, True)])
    if offer.state != "offered" or not offer.offered_on <= ctx.today <= offer.valid_until:
        raise Refused(
            f"贷款方案 {offer.bank_decision} 为「{offer.get_state_display()}」，有效期 {offer.offered_on} 至 {offer.valid_until}，"
            "不能采用；请银行重新报出方案",
            clause=OFFERS,
        )
    agreement = reads.live_agreement(project)
    if agreement is None:
        raise Refused(f"项目「{project.name}」没有已签署的收购协议，不能办理贷款；请先签署收购协议", clause="3.5-3")
    if decision_id is not None:
        decided(ctx, decision_id, "loan", project, account.acquirer)
    loan = Loan(
        region=ctx.region, project=project, agreement=agreement, account=account, offer=offer, decision_id=decision_id,
        number=filled(number, "number", "贷款合同号", OFFERS), maker=person(ctx), **reads.terms_fields(offer),
    )  # fmt: skip
    with held_by(TAKEN):
        loan.save(force_insert=True)
    offer.state = "accepted"
    offer.save(update_fields=["state"])
    seam.show_to(offer.bank_id, [project.id, loan.id], region=ctx.region)
    ctx.on(loan, number=loan.number, principal_fen=loan.principal_fen, rate_bp=loan.rate_bp, months=loan.months)
    open_ticket(
        ctx=ctx, kind="funds.sign_loan", title=f"签署贷款合同 {loan.number}（{project.name}）", post="acquirer_finance_head", obj=loan,
        url=f"/funds/loans/{loan.id}/", limit_days=None, organisation=account.acquirer_id,
    )  # fmt: skip
    return loan


@act(clause=ACCOUNT, title="签署贷款合同")
def sign_loan(*, ctx: ActContext, loan_id: UUID, signed_on: date | None = None) -> Loan:
    """A second person records the signing; from then on the project's book has room for what the loan may be drawn.

    Raises Refused for the same person, InvalidInput for a day in the future.
    """
    loan = locked(ctx, Loan, loan_id, "笔贷款", ACCOUNT)
    ctx.on(loan, number=loan.number)
    STATES.check(loan, "signed")
    ctx.other_than(loan.maker, "贷款合同")
    if loan.account.acquirer_id != acquirer_of(ctx):
        raise Conflict("这笔贷款不是本单位的，没有办理", clause=ACCOUNT)
    day = past_day(ctx, signed_on or ctx.today, "signed_on", "签署日", ACCOUNT, since=loan.agreement.signed_on)
    book = book_of(loan.project)
    loan.state, loan.signed_on, loan.checker = "signed", day, person(ctx)
    loan.save(update_fields=["state", "signed_on", "checker"])
    live = Loan.objects.filter(region=ctx.region, project=loan.project, state="signed")
    room = sum(row.principal_fen - row.repaid_fen for row in live)
    books.set_limit(ctx=ctx, book=book, limit_fen=room)
    ctx.on(loan, limit_fen=room, signed_on=day.isoformat())
    ctx.happened(day)
    close_tickets(ctx=ctx, obj=loan, outcome="已签署")
    return loan


@act(clause=OFFERS, title="撤回未签署的贷款合同")
def withdraw_loan(*, ctx: ActContext, loan_id: UUID, reason: str) -> Loan:
    """A draft that will not be signed is taken back; its offer may be taken again. Raises Refused once signed."""
    loan = locked(ctx, Loan, loan_id, "笔贷款", OFFERS)
    ctx.on(loan, number=loan.number, reason=filled(reason, "reason", "撤回原因", OFFERS))
    STATES.move(loan, "withdrawn", ctx)
    LoanOffer.objects.filter(region=ctx.region, id=loan.offer_id).update(state="offered")
    close_tickets(ctx=ctx, obj=loan, outcome="已撤回")
    return loan


@act(clause="4.3-2", title="支付贷款利息")
def pay_interest(*, ctx: ActContext, loan_id: UUID, amount_fen: int, paid_on: date, bank_reference: str) -> Loan:
    """Record the interest that the bank took from the supervised account (结息).

    Raises Refused where it is more than has run up to that day, or the book has not enough.
    """
    loan = locked(ctx, Loan, loan_id, "笔贷款", "4.3-2")
    ctx.on(loan, number=loan.number)
    if loan.state != "signed" or loan.signed_on is None:
        raise Refused(f"贷款 {loan.number} 为「{loan.get_state_display()}」，没有利息可付；请核对贷款", clause="4.3-2")
    reference = filled(bank_reference, "bank_reference", "银行回单号", "4.3-2")
    day = past_day(ctx, paid_on, "paid_on", "结息日", "4.3-2", since=loan.signed_on)
    paid = reads.total(reads.interest_vouchers(loan), "total_fen")
    positive(amount_fen, "amount_fen", "利息", "4.3-2")
    ctx.require([rules.interest(amount_fen, reads.interest_of(loan, day).total_fen, paid)])
    lines = [Line("operating", "bank", amount_fen)]
    books.post(
        ctx=ctx, book=book_of(loan.project), kind="interest_payment", lines=lines, key=f"{reads.INTEREST}:{loan.id}:{reference}",
        value_date=day, memo=f"{loan.number} 利息", reference=reference,
    )  # fmt: skip
    ctx.on(loan, interest=yuan(amount_fen), reference=reference)
    ctx.happened(paid_on)
    return loan
