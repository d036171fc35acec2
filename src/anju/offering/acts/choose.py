"""Choice of home (选房): by the order and the wishes, one by one; what is refused or lapses passes to the next in the same order."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.numbers import yuan
from anju.needs import dropouts
from anju.offering import draw, reads
from anju.offering.acts.common import CLAUSE, GATE, OPEN, STATES, batch_for, own_only, tell
from anju.offering.draw import Entrant, Home
from anju.offering.models import LIVE_CHOICE, Batch, BatchUnit, Choice, Subscription
from anju.parties.acts.acquirers import own_acquirer
from anju.parties.acts.shared import held_by
from anju.reserve import acts as reserve

TAKEN = {
    "one_live_choice_per_home": "这套房源刚被别的家庭选定，没有选上；请另选一套",
    "one_live_choice_per_household": "这个家庭已选定一套房，一户限一套，没有办理",
}


def _open_for_choice(ctx: ActContext, batch_id: UUID) -> Batch:
    """The batch, its order known, within the days for earnest money. Raises Refused."""
    batch = batch_for(ctx, batch_id)
    ctx.on(batch, number=batch.number)
    if batch.state not in OPEN:
        raise Refused(
            f"批次 {batch.number} 为「{batch.get_state_display()}」，排定顺序后、办结前才能选房，没有办理",
            clause=CLAUSE,
        )
    return batch


@act(clause=CLAUSE, title="按顺序配房")
def allot(*, ctx: ActContext, batch_id: UUID) -> int:
    """Give the free homes by order and wishes to households that have none: the first round, and every cascade (递补) after it.

    Who dropped its choice is not asked again. How many homes were given.
    """
    batch = _open_for_choice(ctx, batch_id)
    homes = {u.label: u for u in reads.free_homes(batch)}
    frozen = reads.frozen_step_free(batch)
    offered = [Home(u.label, u.unit.code, u.reserved, u.label in frozen.homes) for u in homes.values()]
    given = draw.allot(*_waiting(batch, homes, frozen.needing), offered)
    rows = reads.subscriptions(batch).filter(draw_number__in=list(given)).defer("application__verdicts")
    chosen = [_choice(ctx, batch, row, homes[given[row.draw_number]]) for row in rows.order_by("sort_key")]
    with held_by(TAKEN):
        Choice.objects.bulk_create(chosen)
    _after(ctx, batch, chosen)
    ctx.items((c.pk, f"{c.subscription.draw_number} {c.batch_unit.label}") for c in chosen)
    ctx.on(batch, number=batch.number, given=len(chosen), free=len(homes) - len(chosen))
    return len(chosen)


def _waiting(batch: Batch, homes: Mapping[str, BatchUnit], needing: frozenset[str]) -> tuple[list[str], list[Entrant]]:
    """Who still wants one of the homes, first to last."""
    wanted = [
        Entrant(row.draw_number, row.priority, tuple(w for w in row.wishes if w in homes), row.draw_number in needing)
        for row in reads.waiting(batch)
    ]
    entrants = [entrant for entrant in wanted if entrant.wishes]
    return [e.number for e in entrants], entrants


@act(clause=CLAUSE, title="选房")
def choose_home(*, ctx: ActContext, subscription_id: UUID, label: str) -> Choice:
    """A household whose turn it is takes a free home, its wish or not; nobody ahead of it may still want that home.

    Two who choose the same home at once: the database lets one have it. Raises Conflict for the other, Refused out of turn.
    """
    known = Subscription.objects.filter(region=ctx.region, id=subscription_id).select_related("application").first()
    if known is None or known.withdrawn_at:
        raise Conflict("没有这笔认购，或它已撤回，没有办理；请刷新页面", clause=CLAUSE)
    own_only(ctx, known.application)
    # The batch is not locked here: families choose at the same time, and one_live_choice_per_home decides.
    batch = Batch.objects.select_related("project", "letter").get(region=ctx.region, id=known.batch_id)
    own_acquirer(ctx, batch.letter.acquirer_id, f"批次 {batch.number} ", CLAUSE)
    if batch.state not in OPEN:
        _open_for_choice(ctx, batch.pk)
    ctx.on(known, batch=batch.number, label=label)
    home = (
        BatchUnit.objects.filter(region=ctx.region, batch=batch, label=label, live=True).select_related("unit").first()
    )
    if home is None or home.programme != known.application.programme:
        raise InvalidInput(f"房源「{label}」不在本批次的同类房源中，没有选上；请另选", field="label", clause=CLAUSE)
    if not known.sort_key or known.application.state != "qualified":
        raise Refused("这个家庭不在排定的顺序中，或已不在轮候库，没有办理", clause=GATE)
    ahead = _ahead(batch, known, home)
    if ahead:
        raise Refused(f"编号 {ahead} 排在前面，还想要 {label}，没有选上；请等其选定或放弃，或另选一套", clause=CLAUSE)
    if Choice.objects.filter(region=ctx.region, batch_unit=home, state__in=LIVE_CHOICE).exists():
        raise Conflict(TAKEN["one_live_choice_per_home"], clause=GATE)
    choice = _choice(ctx, batch, known, home)
    with held_by(TAKEN):
        choice.save(force_insert=True)
    _after(ctx, batch, [choice])
    ctx.on(choice, batch=batch.number, label=label, draw_number=known.draw_number)
    return choice


def _ahead(batch: Batch, mine: Subscription, home: BatchUnit) -> str:
    """The draw number of the first household without a home that has a better right to this one and wishes for it."""
    better = Q(sort_key__lt=mine.sort_key)
    if home.reserved is not None:
        own_group = Q(priority=home.reserved)
        better = own_group & better if mine.priority == home.reserved else own_group | better
    frozen = reads.frozen_step_free(batch)
    if home.label in frozen.homes:
        needs = Q(draw_number__in=frozen.needing)
        better = needs & better if mine.draw_number in frozen.needing else needs | better
    rows = reads.waiting(batch, better, Q(wishes__contains=[home.label]))
    return next((row.draw_number for row in rows if row.pk != mine.pk), "")


def _choice(ctx: ActContext, batch: Batch, row: Subscription, home: BatchUnit) -> Choice:
    return Choice(
        region=ctx.region, batch=batch, subscription=row, batch_unit=home, application_id=row.application_id,
        chosen_at=ctx.now, earnest_fen=home.earnest_fen,
    )  # fmt: skip


def _after(ctx: ActContext, batch: Batch, chosen: Sequence[Choice]) -> None:
    """The homes are spoken for, the families told what to pay until when; after the first, the batch is in its choosing."""
    if batch.state == "drawn":
        locked = batch_for(ctx, batch.pk)
        if locked.state == "drawn":
            STATES.move(locked, "choosing", ctx)
        batch.state = locked.state
    if chosen:
        reserve.move_units(ctx=ctx, unit_ids=[c.batch_unit.unit_id for c in chosen], to="chosen")
        pairs = [(c.pk, c.subscription.application) for c in chosen]
        dropouts.entered(ctx=ctx, stage=dropouts.CHOICE, chances=pairs)
    until = f"{batch.earnest_until} 前" if batch.earnest_until else "尽快"
    tell(
        ctx, "home-chosen",
        (
            (
                c.subscription.application,
                {"项目": batch.project.name, "房源": c.batch_unit.label, "期限": until, "定金": yuan(c.earnest_fen)},
                c.pk,
            )
            for c in chosen
        ),
    )  # fmt: skip


@act(clause=CLAUSE, title="放弃所选房源")
def drop_choice(*, ctx: ActContext, choice_id: UUID, reason: str) -> Choice:
    """A household gives up a home before it paid; the home is free for the next in the same order. Raises Refused once paid."""
    choice = choice_for(ctx, choice_id)
    own_only(ctx, choice.subscription.application)
    text = reason.strip()
    if not text or len(text) > 200:
        raise InvalidInput("放弃须写明原因（1–200 字），没有办理；请补写", field="reason", clause=CLAUSE)
    if choice.state != "chosen":
        raise Refused(
            f"这套房为「{choice.get_state_display()}」，缴定金前才能直接放弃，没有办理；已缴定金的请到窗口办理退定金",
            clause=GATE,
        )
    _drop(ctx, [choice], text)
    ctx.on(choice, label=choice.batch_unit.label, reason=text)
    return choice


@act(clause=CLAUSE, title="清理逾期未缴定金的选房")
def lapse_unpaid(*, ctx: ActContext, batch_id: UUID) -> int:
    """After the last day to pay, homes chosen and not paid are free again; how many. Raises Refused before it."""
    batch = _open_for_choice(ctx, batch_id)
    if batch.earnest_until is None or ctx.today <= batch.earnest_until:
        raise Refused(
            f"缴定金截止日为 {batch.earnest_until or '未定'}，今天 {ctx.today} 不能按逾期处理，没有办理", clause=GATE
        )
    rows = Choice.objects.filter(region=ctx.region, batch=batch, state="chosen").select_for_update(of=("self",))
    late = list(rows.select_related("batch_unit", "subscription__application").order_by("id"))
    _drop(ctx, late, f"至 {batch.earnest_until} 未缴定金，视为放弃")
    ctx.items((c.pk, c.batch_unit.label) for c in late)
    ctx.on(batch, number=batch.number, lapsed=len(late))
    return len(late)


def _drop(ctx: ActContext, choices: Sequence[Choice], reason: str) -> None:
    ids = [c.pk for c in choices]
    Choice.objects.filter(region=ctx.region, id__in=ids).update(state="dropped", ended_on=ctx.today, end_reason=reason)
    free(ctx, choices)
    dropouts.settled(ctx=ctx, stage=dropouts.CHOICE, object_ids=ids, outcome=dropouts.DROPPED, why=reason)
    for choice in choices:
        choice.state = "dropped"


def free(ctx: ActContext, choices: Iterable[Choice]) -> None:
    """The homes of ended choices are on offer again."""
    unit_ids = [c.batch_unit.unit_id for c in choices]
    if unit_ids:
        reserve.move_units(ctx=ctx, unit_ids=unit_ids, to="announced")


@act(clause=GATE, title="房源退出批次")
def withdraw_home(*, ctx: ActContext, batch_unit_id: UUID, reason: str) -> BatchUnit:
    """A home that nobody holds leaves the batch (a seizure, a sale); how it counts in the gate is a parameter.

    Raises Refused for a home that a household holds.
    """
    known = BatchUnit.objects.filter(region=ctx.region, id=batch_unit_id).first()
    if known is None or not known.live:
        raise Conflict("没有这套房源，或它已退出，没有办理；请刷新页面", clause=GATE)
    batch = batch_for(ctx, known.batch_id)
    home = BatchUnit.objects.select_for_update(of=("self",)).get(pk=known.pk)
    ctx.on(home, label=home.label, reason=reason)
    if not reason.strip():
        raise InvalidInput("房源退出须写明原因，没有办理；请补写", field="reason", clause=GATE)
    if batch.state in ("passed", "failed", "special", "closed"):
        raise Refused(f"批次 {batch.number} 已判定，房源不能再退出，没有办理", clause=GATE)
    if Choice.objects.filter(region=ctx.region, batch_unit=home, state__in=LIVE_CHOICE).exists():
        raise Refused(f"房源 {home.label} 已有家庭选定，没有退出；请先办理该家庭改选或退定金", clause=GATE)
    home.live = False
    home.save(update_fields=["live"])
    reserve.move_units(ctx=ctx, unit_ids=[home.unit_id], to="withdrawn")
    return home


def choice_for(ctx: ActContext, choice_id: UUID) -> Choice:
    """The choice under its lock, its batch's first. Raises Conflict."""
    known = Choice.objects.filter(region=ctx.region, id=choice_id).values_list("batch_id", flat=True).first()
    if known is None:
        raise Conflict("没有这笔选房，没有办理；请刷新页面", clause=GATE)
    batch = batch_for(ctx, known)
    rows = Choice.objects.select_for_update(of=("self",)).select_related("batch_unit", "subscription__application")
    choice = rows.get(region=ctx.region, id=choice_id)
    choice.batch = batch
    return choice


@act(clause=GATE, title="选房转合同")
def contract_choice(*, ctx: ActContext, choice_id: UUID) -> Choice:
    """A household's choice becomes its contract. Nobody holds the power: told by ``homes`` inside the act that signs it."""
    choice = choice_for(ctx, choice_id)
    ctx.on(choice, label=choice.batch_unit.label)
    if choice.state != "taken" or choice.batch.state not in ("passed", "special"):
        raise Refused(
            f"选房为「{choice.get_state_display()}」、批次为「{choice.batch.get_state_display()}」，"
            "已缴定金且批次达标（或一事一议）后才能签合同，没有办理",
            clause=GATE,
        )
    choice.state = "contracted"
    choice.save(update_fields=["state"])
    dropouts.settled(ctx=ctx, stage=dropouts.CONTRACT, object_ids=[choice.pk], outcome=dropouts.KEPT)
    return choice
