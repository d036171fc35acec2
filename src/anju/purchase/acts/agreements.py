"""The purchase agreement (收购协议): behind a passed gate or its special decision, never above the ceiling, signed by a second person."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from anju.base import papers
from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, Transitions, act
from anju.base.numbers import yuan
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.ledger import books
from anju.negotiation import acts as negotiation
from anju.negotiation.acts.common import acquirer_of, admitted, person, with_reason
from anju.negotiation.acts.letters import decided, letter_for
from anju.negotiation.models import Letter
from anju.offering.models import BatchUnit, Gate
from anju.parties.acts.acquirers import own_acquirer
from anju.parties.acts.shared import held_by
from anju.policy.rules import gate as gates
from anju.policy.rules import offering as times
from anju.policy.rules import pricing as rules
from anju.policy.verdict import Verdict
from anju.purchase import reads
from anju.purchase.acts.special import facts_of
from anju.purchase.models import Agreement, AgreementUnit, Milestone, SpecialDecision
from anju.purchase.papers import agreement_blocks
from anju.reserve import acts as reserve
from anju.reserve.models import Unit

CLAUSE = "3.5-3"
WHOLE = 1_000
MILESTONES_MAX = 12
STATES = Transitions(
    titles=dict(Agreement.STATES),
    table={
        "drafted": frozenset({"signed", "rescinded"}),
        "signed": frozenset({"completed", "rescinded"}),
    },
    clause=CLAUSE,
)
LIVE = {"one_live_agreement_per_project": "这个项目已有收购协议，没有起草；请先办结原协议"}


@act(clause=CLAUSE, title="起草收购协议")
def draft_agreement(
    *, ctx: ActContext, gate_id: UUID, decision_id: UUID, milestones: Sequence[tuple[str, int]],
    price_fen_m2: int | None = None,
) -> Agreement:  # fmt: skip
    """Draft the agreement on a batch's homes and print it. ``milestones``: (title, share in ‰), 1000 together.

    Asks for: the gate passed, or a confirmed special decision on it; an admission live today; the letter in its days; the
    acquirer's confirmed decision of kind agreement; a price not above the letter's and, home by home, not above the
    ceiling. Raises Refused.
    """
    gate = Gate.objects.filter(region=ctx.region, id=gate_id).select_related("batch").first()
    if gate is None:
        raise Conflict(f"区划 {ctx.region} 没有这次判定，没有起草；请从批次页重新打开", clause=CLAUSE)
    letter = letter_for(ctx, gate.batch.letter_id)
    ctx.on(letter.project, number=letter.project.number, batch=gate.batch.number)
    organisation = admitted(ctx, acquirer_of(ctx)).acquirer
    own_acquirer(ctx, letter.acquirer_id, f"意向书 {letter.number} ", CLAUSE)
    special = _behind(ctx, gate)
    ctx.require([times.letter_valid(letter.signed_on, ctx.today, ctx.inforce(letter.signed_on))])
    decision = decided(ctx, decision_id, "agreement", letter.project, organisation)
    price = letter.price_fen_m2 if price_fen_m2 is None else price_fen_m2
    units = _units(gate)
    lines = [(unit, price * unit.gross_cm2 // rules.M2) for unit in units]
    ctx.require(_prices(ctx, letter, lines, price))
    total = sum(fen for _, fen in lines)
    agreement = Agreement(
        region=ctx.region, project=letter.project, letter=letter, gate=gate, special=special, decision=decision,
        price_fen_m2=price, total_fen=total, gross_cm2=sum(u.gross_cm2 for u in units), units_count=len(units),
        drafted_on=ctx.today, maker=person(ctx),
    )  # fmt: skip
    steps = _milestones(agreement, milestones)
    agreement.paper = papers.issue(
        ctx=ctx, kind="purchase_agreement", title="存量商品房收购协议", blocks=agreement_blocks(agreement, lines, steps),
        obj=agreement, case=letter.project_id, prefix="购", issuer=organisation.name,
    )  # fmt: skip
    agreement.number = agreement.paper.number
    with held_by(LIVE):
        agreement.save(force_insert=True)
    AgreementUnit.objects.bulk_create([
        AgreementUnit(
            region=ctx.region, project=letter.project, agreement=agreement, unit=unit, gross_cm2=unit.gross_cm2, price_fen=fen
        )
        for unit, fen in lines
    ])  # fmt: skip
    Milestone.objects.bulk_create(steps)
    ctx.on(agreement, number=agreement.number, total_fen=total, units=len(units), gate=str(gate.pk))
    ctx.items((unit.pk, f"{unit.code} {fen}") for unit, fen in lines)
    open_ticket(
        ctx=ctx, kind="purchase.sign_agreement", title=f"签署收购协议 {agreement.number}（{letter.project.name}）",
        post="acquirer_head", obj=agreement, url=f"/purchase/{agreement.pk}/", limit_days=None, organisation=organisation.pk,
    )  # fmt: skip
    return agreement


def _behind(ctx: ActContext, gate: Gate) -> SpecialDecision | None:
    """What the agreement stands on, None for a passed gate. Raises Refused with the gate's own verdicts."""
    if gate.passed:
        return None
    special = SpecialDecision.objects.filter(region=ctx.region, gate=gate, checker__isnull=False).first()
    if special is None:
        found = [Verdict.from_dict(v) for v in gate.verdicts]
        ctx.entry.verdicts.extend(found)
        raise Refused(
            f"批次 {gate.batch.number} 锁定 {gate.taken} 套，未达到 {gate.needed} 套（{gate.offered} 套的 {gate.ratio}%），"
            "又没有一事一议决定，不能签订收购协议；特殊情况请提请一事一议",
            found,
            CLAUSE,
        )
    inforce = ctx.inforce(gate.batch.announced_on)
    ctx.require([gates.special(facts_of(special.resolution, special.reason), inforce)])
    return special


def _units(gate: Gate) -> list[Unit]:
    """The homes of the batch that did not drop out, as a person would walk."""
    ids = BatchUnit.objects.filter(region=gate.region, batch=gate.batch_id, live=True).values("unit")
    return reads.by_address(Unit.objects.filter(region=gate.region, id__in=ids).select_related("building"))


def _prices(ctx: ActContext, letter: Letter, lines: Sequence[tuple[Unit, int]], price_fen_m2: int) -> list[Verdict]:
    """The price against the letter's and, home by home, the ceiling's (as the parameter tests it). Raises Refused."""
    if not 0 < price_fen_m2 <= letter.price_fen_m2:
        raise Refused(
            f"协议单价 {yuan(price_fen_m2)}/㎡ 应大于 0、不高于意向书单价 {yuan(letter.price_fen_m2)}/㎡，没有起草",
            clause="3.4-1",
        )
    row = letter.ceiling
    ceiling = rules.Ceiling(
        cost_fen_m2=row.cost_fen_m2, appraised_fen_m2=row.appraised_fen_m2, ceiling_fen_m2=row.ceiling_fen_m2,
        total_fen=row.total_fen, gross_cm2=row.gross_cm2, binding=row.binding, workings=row.workings,
    )  # fmt: skip
    homes = [rules.UnitPrice(unit.code, fen, unit.gross_cm2) for unit, fen in lines]
    return [
        rules.under_ceiling(price_fen_m2, row.ceiling_fen_m2),
        rules.price(homes, ceiling, ctx.inforce(row.value_date)),
    ]


def _milestones(agreement: Agreement, shares: Sequence[tuple[str, int]]) -> list[Milestone]:
    """The milestones with their sums: each share cut to the fen, the last takes what is left, so that all make the total."""
    if not 1 <= len(shares) <= MILESTONES_MAX or sum(share for _, share in shares) != WHOLE:
        raise InvalidInput(
            f"收购进度应有 1–{MILESTONES_MAX} 步，比例合计 100%，收到 {len(shares)} 步、{sum(s for _, s in shares) / 10:g}%，没有起草",
            field="milestones", clause="4.3-5",
        )  # fmt: skip
    if any(share <= 0 or not title.strip() for title, share in shares):
        raise InvalidInput("收购进度每步须有名称、比例大于 0，没有起草；请核对", field="milestones", clause="4.3-5")
    sums = [agreement.total_fen * share // WHOLE for _, share in shares]
    sums[-1] += agreement.total_fen - sum(sums)
    return [
        Milestone(
            region=agreement.region, project=agreement.project, agreement=agreement, order=at, title=title.strip(),
            amount_fen=fen,
        )
        for at, ((title, _), fen) in enumerate(zip(shares, sums, strict=True), 1)
    ]  # fmt: skip


def agreement_for(ctx: ActContext, agreement_id: UUID) -> Agreement:
    """The agreement under its lock, after its project's, for its acquirer's people and posts outside. Raises Conflict, Forbidden."""
    known = Agreement.objects.filter(region=ctx.region, id=agreement_id).values_list("letter_id", flat=True).first()
    if known is None:
        raise Conflict(f"区划 {ctx.region} 没有这份收购协议，没有办理；请从协议列表重新打开", clause=CLAUSE)
    letter = letter_for(ctx, known)
    agreement = Agreement.objects.select_for_update(of=("self",)).get(region=ctx.region, id=agreement_id)
    agreement.letter, agreement.project = letter, letter.project
    own_acquirer(ctx, letter.acquirer_id, f"收购协议 {agreement.number} ", CLAUSE)
    return agreement


@act(clause=CLAUSE, title="签署收购协议")
def sign_agreement(
    *, ctx: ActContext, agreement_id: UUID, signed_on: date | None = None, scan_name: str = "", scan: bytes = b""
) -> Agreement:
    """A second person of the acquirer records the signing: the homes are bought, the project's own book is opened.

    The admission is asked for again on that day. ``scan``: the signed paper. Raises Refused.
    """
    agreement = agreement_for(ctx, agreement_id)
    letter = agreement.letter
    ctx.on(agreement, number=agreement.number)
    acquirer_of(ctx)
    STATES.check(agreement, "signed")
    ctx.other_than(agreement.maker, "收购协议")
    day = signed_on or ctx.today
    if not agreement.drafted_on <= day <= ctx.today:
        raise InvalidInput(
            f"签署日 {day} 应在起草日 {agreement.drafted_on} 与今天 {ctx.today} 之间，没有办理；请核对",
            field="signed_on", clause=CLAUSE,
        )  # fmt: skip
    admitted(ctx, letter.acquirer_id)
    ctx.require([times.letter_valid(letter.signed_on, day, ctx.inforce(letter.signed_on))])
    if scan and agreement.paper_id:
        papers.sign(ctx=ctx, paper_id=agreement.paper_id, scan_name=scan_name, scan=scan, signed_on=day)
    agreement.state, agreement.signed_on, agreement.checker = "signed", day, ctx.account
    agreement.save(update_fields=["state", "signed_on", "checker"])
    negotiation.fulfil_letter(ctx=ctx, letter_id=letter.pk)
    books.open_book(ctx=ctx, kind="project", object_id=agreement.project_id, title=f"{agreement.project.name} 收购项目")
    unit_ids = list(agreement.units.order_by("unit_id").values_list("unit_id", flat=True))
    reserve.move_units(ctx=ctx, unit_ids=unit_ids, to="purchased")
    reserve.move_project(ctx=ctx, project_id=agreement.project_id, to="purchased")
    ctx.happened(day)
    close_tickets(ctx=ctx, obj=agreement, outcome="已签署")
    return agreement


@act(clause=CLAUSE, title="撤销未签署的收购协议")
def rescind_agreement(*, ctx: ActContext, agreement_id: UUID, reason: str) -> Agreement:
    """A draft that will not be signed is taken back with the reason; another may be drafted. Raises Refused once signed."""
    agreement = agreement_for(ctx, agreement_id)
    ctx.on(agreement, number=agreement.number)
    if agreement.state != "drafted":
        raise Refused(
            f"收购协议 {agreement.number} 为「{agreement.get_state_display()}」，签署后的解除按协议约定和决议办理，没有撤销",
            clause=CLAUSE,
        )
    agreement.ended_on, agreement.end_reason = ctx.today, with_reason(reason, "撤销")
    agreement.state = "rescinded"
    agreement.save(update_fields=["state", "ended_on", "end_reason"])
    close_tickets(ctx=ctx, obj=agreement, outcome="已撤销")
    return agreement
