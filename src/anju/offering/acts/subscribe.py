"""Subscriptions (认购): qualified households, within the announced days, one a household, wishes by label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.needs.models import Application
from anju.offering.acts.common import CLAUSE, GATE, own_only
from anju.offering.models import LIVE_CHOICE, Batch, BatchUnit, Choice, Subscription
from anju.parties.acts.acquirers import own_acquirer

MAX_WISHES = 20


@dataclass(frozen=True)
class Wanted:
    """One household of a bulk subscription: its application, the region that manages it, labels in order."""

    application_id: UUID
    application_region: str
    wishes: tuple[str, ...]


@act(clause=GATE, title="认购")
def subscribe(
    *, ctx: ActContext, batch_id: UUID, application_id: UUID, application_region: str, wishes: Sequence[str]
) -> Subscription:
    """A household on the waiting list names the homes it wants; again within the days changes its wishes.

    Raises Refused out of the window, off the waiting list, for a home it may not have, or with a home chosen elsewhere.
    """
    batch = _open_batch(ctx, batch_id)
    ctx.on(batch, number=batch.number)
    row = Application.objects.filter(region=application_region, id=application_id).first()
    if row is None:
        raise Conflict(f"{application_region} 没有这份申请，没有认购；请核对受理号和区划", clause=GATE)
    own_only(ctx, row)
    wrong = _wrong(batch, row, tuple(wishes), _programmes(batch), _housed([row]))
    if wrong:
        raise wrong
    found = Subscription.objects.select_for_update(of=("self",)).filter(
        region=ctx.region, batch=batch, application_id=application_id
    )
    subscription = found.first() or _new(ctx, batch, row)
    subscription.wishes, subscription.withdrawn_at = list(wishes), None
    subscription.priority, subscription.score = row.priority, row.score
    subscription.save()
    ctx.on(subscription, batch=batch.number, wishes=list(wishes))
    return subscription


@act(clause=GATE, title="批量认购登记")
def subscribe_many(*, ctx: ActContext, batch_id: UUID, rows: Sequence[Wanted]) -> dict[str, Any]:
    """Record many households' subscriptions: as ``subscribe`` for each, in a fixed number of statements.

    What cannot be taken is left out and answered: ``{"taken": n, "refused": [[index, sentence], …]}``.
    """
    batch = _open_batch(ctx, batch_id)
    found = Application.objects.filter(id__in=[row.application_id for row in rows]).defer("verdicts")
    applications = {(a.pk, a.region): a for a in found}
    old = Subscription.objects.filter(region=ctx.region, batch=batch, application__in=list(found))
    known = {s.application_id for s in old}
    programmes, housed = _programmes(batch), _housed(list(found))
    refused: list[tuple[int, str]] = []
    fresh: list[Subscription] = []
    for at, wanted in enumerate(rows):
        row = applications.get((wanted.application_id, wanted.application_region))
        if row is None or row.pk in known:
            sentence = "本批次已登记这个家庭" if row else f"{wanted.application_region} 没有这份申请"
            refused.append((at, f"{sentence}，没有登记；请核对受理号"))
            continue
        wrong = _wrong(batch, row, wanted.wishes, programmes, housed)
        if wrong:
            refused.append((at, wrong.sentence))
            continue
        known.add(row.pk)
        fresh.append(_new(ctx, batch, row))
        fresh[-1].wishes = list(wanted.wishes)
    Subscription.objects.bulk_create(fresh, batch_size=2_000)
    ctx.on(batch, number=batch.number, taken=len(fresh), refused=len(refused))
    ctx.items((s.pk, f"{s.application_id} {','.join(s.wishes)}") for s in fresh)
    return {"taken": len(fresh), "refused": refused}


@act(clause=GATE, title="撤回认购")
def withdraw_subscription(*, ctx: ActContext, subscription_id: UUID) -> Subscription:
    """The household takes its subscription back within the window. Raises Refused after it."""
    row = Subscription.objects.filter(region=ctx.region, id=subscription_id).select_related("application").first()
    if row is None:
        raise Conflict("没有这笔认购，没有办理；请刷新页面", clause=GATE)
    batch = _open_batch(ctx, row.batch_id)
    own_only(ctx, row.application)
    if row.withdrawn_at:
        raise Conflict("这笔认购已撤回", clause=GATE)
    row.withdrawn_at = ctx.now
    row.save(update_fields=["withdrawn_at"])
    ctx.on(row, batch=batch.number)
    return row


def _open_batch(ctx: ActContext, batch_id: UUID) -> Batch:
    """The batch, shared with other subscribers but not with the freeze (the trigger holds it). Raises Refused."""
    batch = Batch.objects.select_related("letter").filter(region=ctx.region, id=batch_id).first()
    if batch is None:
        raise Conflict(f"区划 {ctx.region} 没有这个批次，没有办理；请从公告重新打开", clause=CLAUSE)
    own_acquirer(ctx, batch.letter.acquirer_id, f"批次 {batch.number} ", CLAUSE)
    if batch.state != "announced" or not batch.apply_from <= ctx.today <= batch.apply_until:
        raise Refused(
            f"批次 {batch.number} 的申请期限为 {batch.apply_from} 至 {batch.apply_until}，今天 {ctx.today}"
            f"（{batch.get_state_display()}）不能认购、修改或撤回；请关注下一批公告",
            clause=GATE,
        )
    return batch


def _programmes(batch: Batch) -> dict[str, str]:
    """Label → programme of the homes on offer."""
    rows = BatchUnit.objects.filter(region=batch.region, batch=batch, live=True)
    return dict(rows.values_list("label", "programme"))


def _housed(applications: Sequence[Application]) -> dict[UUID, str]:
    """Applications that hold a home in some batch already, with its number."""
    rows = Choice.objects.filter(application_id__in=[a.pk for a in applications], state__in=LIVE_CHOICE)
    return dict(rows.values_list("application_id", "batch__number"))


def _wrong(
    batch: Batch, row: Application, wishes: tuple[str, ...], programmes: dict[str, str], housed: dict[UUID, str]
) -> Refused | None:
    """Why this household may not have what it names; None where it may."""
    if row.state != "qualified":
        return Refused(
            f"申请 {row.number} 为「{row.get_state_display()}」，审核符合条件进入轮候库后才能认购，没有登记",
            clause=GATE,
        )
    if row.pk in housed:
        return Refused(f"申请 {row.number} 已在批次 {housed[row.pk]} 选房，一户限一套，没有登记", clause=GATE)
    if not 1 <= len(wishes) <= MAX_WISHES or len(set(wishes)) < len(wishes):
        return InvalidInput(
            f"志愿应为 1–{MAX_WISHES} 套、不重复，收到 {len(wishes)} 套，没有登记；请重选",
            field="wishes",
            clause=CLAUSE,
        )
    strange = [label for label in wishes if label not in programmes]
    if strange:
        return InvalidInput(
            f"房源「{strange[0]}」不在批次 {batch.number} 中，没有登记；请重选", field="wishes", clause=CLAUSE
        )
    other = [label for label in wishes if programmes[label] != row.programme]
    if other:
        return Refused(
            f"申请 {row.number} 的类别是「{row.get_programme_display()}」，不能选 {other[0]}，没有登记；请选同类房源",
            clause=GATE,
        )
    return None


def _new(ctx: ActContext, batch: Batch, row: Application) -> Subscription:
    return Subscription(
        region=ctx.region, batch=batch, application=row, application_region=row.region, wishes=[],
        priority=row.priority, score=row.score, subscribed_at=ctx.now,
    )  # fmt: skip
