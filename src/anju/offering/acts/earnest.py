"""Earnest money (定金): in by the bank's receipt, exactly as announced; back to the last fen where the gate fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.numbers import yuan
from anju.base.tickets.desk import close_tickets
from anju.ledger import books
from anju.ledger.books import Line, Posting
from anju.needs import dropouts
from anju.negotiation import acts as negotiation
from anju.offering.acts.choose import choice_for, free
from anju.offering.acts.common import GATE, OPEN, STATES, batch_for, book_of, tell
from anju.offering.models import Batch, BatchUnit, Choice
from anju.offering.reads import day_of
from anju.parties.acts.shared import held_by

RECEIPT_TAKEN = {"one_receipt_one_earnest": "这个银行回单号已登记过一笔定金，没有登记；请核对回单"}


@dataclass(frozen=True)
class Paid:
    """One receipt of the bank: for which choice, on which day, its number, how much."""

    choice_id: UUID
    paid_on: date
    reference: str
    amount_fen: int


@act(clause=GATE, title="登记定金到账")
def record_earnest(*, ctx: ActContext, choice_id: UUID, paid_on: date, reference: str, amount_fen: int) -> Choice:
    """Earnest money is in by the bank's receipt: the home is taken, the batch's book has it. The sum is exact to the fen."""
    choice = choice_for(ctx, choice_id)
    ctx.on(choice, label=choice.batch_unit.label, amount_fen=amount_fen, reference=reference)
    _record(ctx, choice.batch, [(choice, Paid(choice_id, paid_on, reference, amount_fen))])
    return choice


@act(clause=GATE, title="批量登记定金到账")
def record_earnest_many(*, ctx: ActContext, batch_id: UUID, rows: Sequence[Paid]) -> int:
    """Many receipts of one batch, all or nothing; how many. Raises Refused with the first that is wrong."""
    batch = batch_for(ctx, batch_id)
    wanted = {row.choice_id: row for row in rows}
    found = Choice.objects.filter(region=ctx.region, batch=batch, id__in=list(wanted)).select_for_update(of=("self",))
    choices = list(found.select_related("batch_unit", "subscription__application").order_by("id"))
    if not rows or len(choices) != len(rows):
        raise Conflict(
            f"{len(rows)} 笔中有 {len(rows) - len(choices)} 笔找不到或重复，没有登记；请刷新后重填", clause=GATE
        )
    ctx.on(batch, number=batch.number, receipts=len(rows), total_fen=sum(row.amount_fen for row in rows))
    _record(ctx, batch, [(choice, wanted[choice.pk]) for choice in choices])
    ctx.items((c.pk, f"{c.batch_unit.label} {wanted[c.pk].reference} {c.earnest_fen}") for c in choices)
    return len(choices)


def _record(ctx: ActContext, batch: Batch, pairs: Sequence[tuple[Choice, Paid]]) -> None:
    if batch.state not in OPEN:
        raise Refused(
            f"批次 {batch.number} 为「{batch.get_state_display()}」，不能再收定金，没有登记；款项请原路退回",
            clause=GATE,
        )
    for choice, paid in pairs:
        _check(ctx, batch, choice, paid)
    book = book_of(batch)
    vouchers = books.post_many(
        ctx=ctx,
        postings=[
            Posting(
                book, "earnest_in", [Line("bank", "earnest_owed", choice.earnest_fen)], f"earnest:{choice.pk}", paid.paid_on,
                memo=f"{choice.batch_unit.label} 定金", reference=paid.reference.strip(),
            )
            for choice, paid in pairs
        ],
    )  # fmt: skip
    for (choice, paid), voucher in zip(pairs, vouchers, strict=True):
        choice.state, choice.earnest_voucher = "taken", voucher
        choice.earnest_paid_on, choice.earnest_reference = paid.paid_on, paid.reference.strip()
    with held_by(RECEIPT_TAKEN):
        Choice.objects.bulk_update(
            [choice for choice, _ in pairs],
            ["state", "earnest_voucher", "earnest_paid_on", "earnest_reference"],
            batch_size=500,
        )
    paid_for = [choice for choice, _ in pairs]
    dropouts.settled(ctx=ctx, stage=dropouts.CHOICE, object_ids=[c.pk for c in paid_for], outcome=dropouts.KEPT)
    dropouts.entered(ctx=ctx, stage=dropouts.CONTRACT, chances=[(c.pk, c.subscription.application) for c in paid_for])


def _check(ctx: ActContext, batch: Batch, choice: Choice, paid: Paid) -> None:
    label = choice.batch_unit.label
    if choice.state != "chosen":
        raise Refused(f"{label} 为「{choice.get_state_display()}」，不能登记定金，没有登记；请核对", clause=GATE)
    if paid.amount_fen != choice.earnest_fen:
        raise Refused(
            f"{label} 应缴定金 {yuan(choice.earnest_fen)}，回单为 {yuan(paid.amount_fen)}，没有登记；金额不符的请退回重缴",
            clause=GATE,
        )
    if not paid.reference.strip():
        raise InvalidInput(f"{label} 没有填银行回单号，没有登记；请补填", field="reference", clause=GATE)
    first, last = day_of(choice.chosen_at), min(ctx.today, batch.earnest_until or ctx.today)
    if not first <= paid.paid_on <= last:
        raise Refused(
            f"{label} 缴款日 {paid.paid_on} 应在选房日 {first} 与 {last} 之间，没有登记；逾期的款项请原路退回",
            clause=GATE,
        )


@act(clause=GATE, title="退还一户定金")
def return_earnest(*, ctx: ActContext, choice_id: UUID, reason: str) -> Choice:
    """Pay one household's earnest money back before the gate is judged (no longer qualified, by agreement); its home is free.

    Raises Refused once the gate is judged.
    """
    choice = choice_for(ctx, choice_id)
    ctx.on(choice, label=choice.batch_unit.label, reason=reason)
    if not reason.strip():
        raise InvalidInput("退还定金须写明原因，没有办理；请补写", field="reason", clause=GATE)
    if choice.state != "taken" or choice.batch.state != "choosing":
        raise Refused(
            f"选房为「{choice.get_state_display()}」、批次为「{choice.batch.get_state_display()}」，"
            "已缴定金且判定之前才能单户退还，没有办理",
            clause=GATE,
        )
    _give_back(ctx, choice.batch, [choice], reason.strip())
    dropouts.settled(ctx=ctx, stage=dropouts.CONTRACT, object_ids=[choice_id], outcome=dropouts.DROPPED, why=reason)
    free(ctx, [choice])
    return choice


@act(clause=GATE, title="退还全部定金")
def refund_earnest(*, ctx: ActContext, batch_id: UUID) -> int:
    """The gate failed: every fen goes back where it came from, the homes leave the letter, the batch is closed. How many.

    Raises Refused where the gate did not fail, or a special decision has taken its place.
    """
    batch = batch_for(ctx, batch_id)
    ctx.on(batch, number=batch.number)
    if batch.state != "failed":
        raise Refused(
            f"批次 {batch.number} 为「{batch.get_state_display()}」，判定未达标才退还全部定金，没有办理", clause=GATE
        )
    rows = Choice.objects.filter(region=ctx.region, batch=batch, state="taken").select_for_update(of=("self",))
    taken = list(rows.select_related("batch_unit", "subscription__application").order_by("id"))
    _give_back(ctx, batch, taken, "锁定需求未达标，定金全部退回")
    dropouts.settled(ctx=ctx, stage=dropouts.CONTRACT, object_ids=[c.pk for c in taken], outcome=dropouts.VOID)
    left = books.balance(book_of(batch), "earnest_owed")
    if left:
        raise Refused(f"批次 {batch.number} 定金账还剩 {yuan(abs(left))} 未退清，没有办结；请先核对定金账", clause=GATE)
    _drop_unpaid(ctx, batch)
    BatchUnit.objects.filter(region=ctx.region, batch=batch, live=True).update(live=False)
    STATES.move(batch, "closed", ctx)
    if batch.letter.state == "signed":
        negotiation.release_letter(ctx=ctx, letter_id=batch.letter_id, reason=f"批次 {batch.number} 锁定需求未达标")
    ctx.items((c.pk, f"{c.batch_unit.label} {c.earnest_fen}") for c in taken)
    ctx.on(batch, number=batch.number, households=len(taken), total_fen=sum(c.earnest_fen for c in taken))
    close_tickets(ctx=ctx, obj=batch, outcome="定金已全部退还")
    return len(taken)


def _drop_unpaid(ctx: ActContext, batch: Batch) -> None:
    rows = Choice.objects.filter(region=ctx.region, batch=batch, state="chosen")
    ids = list(rows.values_list("id", flat=True))
    rows.update(state="dropped", ended_on=ctx.today, end_reason="锁定需求未达标，批次办结")
    # The gate failed, not the household: it says nothing of those who give up.
    dropouts.settled(ctx=ctx, stage=dropouts.CHOICE, object_ids=ids, outcome=dropouts.VOID)


def _give_back(ctx: ActContext, batch: Batch, choices: Sequence[Choice], reason: str) -> None:
    book = book_of(batch)
    vouchers = books.post_many(
        ctx=ctx,
        postings=[
            Posting(
                book, "earnest_refund", [Line("earnest_owed", "bank", choice.earnest_fen)], f"refund:{choice.pk}", ctx.today,
                memo=f"{choice.batch_unit.label} 退定金",
            )
            for choice in choices
        ],
    )  # fmt: skip
    for choice, voucher in zip(choices, vouchers, strict=True):
        choice.state, choice.refund_voucher = "refunded", voucher
        choice.ended_on, choice.end_reason = ctx.today, reason[:200]
    Choice.objects.bulk_update(list(choices), ["state", "refund_voucher", "ended_on", "end_reason"], batch_size=500)
    tell(
        ctx, "earnest-back",
        (
            (
                c.subscription.application,
                {"项目": batch.project.name, "房源": c.batch_unit.label, "定金": yuan(c.earnest_fen), "原因": reason},
                c.pk,
            )
            for c in choices
        ),
    )  # fmt: skip
