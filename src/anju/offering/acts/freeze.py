"""Closing the list (封存名单) before any randomness exists, and opening a new round (重排)."""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from anju.base.acts import ActContext, Refused, act
from anju.base.publication import release as publication
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs.reads import needing_step_free
from anju.offering import draw, reads
from anju.offering.acts.common import CLAUSE, STATES, batch_for, tell
from anju.offering.draw import Entrant, Home
from anju.offering.models import Batch, BatchUnit, Choice, Draw, Subscription
from anju.parties.models import Resolution
from anju.policy.parameters import Unset

DIGITS = 4


@act(clause=CLAUSE, title="封存名单")
def freeze(*, ctx: ActContext, batch_id: UUID) -> Draw:
    """Close the list after the window: draw numbers at random, both files hashed and published. Nobody enters any more.

    Households that are no longer on the waiting list are left out. With no more entrants than homes nothing is drawn:
    the order is the waiting list's. Raises Refused before the window's end or with nobody to order.
    """
    batch = batch_for(ctx, batch_id)
    ctx.on(batch, number=batch.number)
    if ctx.today <= batch.apply_until:
        raise Refused(
            f"申请期限到 {batch.apply_until} 为止，今天 {ctx.today} 不能封存名单；请期满后再办", clause=CLAUSE
        )
    STATES.check(batch, "frozen")
    rows = reads.standing(batch)
    offered = reads.homes_of(batch)
    first = _first_for_step_free(ctx, batch, rows, offered)
    homes = [Home(u.label, u.unit.code, u.reserved, first is not None and reads.step_free(u)) for u in offered]
    if not rows or not homes:
        raise Refused(
            f"批次 {batch.number} 没有符合条件的认购家庭（{len(rows)} 户）或房源（{len(homes)} 套），无从排序；请直接判定是否达标",
            clause=CLAUSE,
        )
    numbered = _number(rows)
    method = "waiting_list" if batch.method == "draw" and len(rows) <= len(homes) else batch.method
    row = Draw(region=ctx.region, batch=batch, round=1, method=method, frozen_at=ctx.now, maker=ctx.account)
    _fill(row, numbered, homes, first or set())
    row.save(force_insert=True)
    STATES.move(batch, "frozen", ctx)
    _announce(ctx, row, len(rows), len(homes))
    tell(
        ctx, "draw-number",
        (
            (s.application, {"项目": batch.project.name, "批次": batch.number, "编号": str(s.draw_number)}, s.pk)
            for s in numbered
        ),
    )  # fmt: skip
    ctx.on(row, batch=batch.number, method=method, entrants=len(rows), freeze_sha256=row.freeze_sha256)
    ctx.items((s.pk, s.draw_number) for s in numbered)
    close_tickets(ctx=ctx, obj=batch, kind="offering.freeze", outcome="已封存")
    open_ticket(
        ctx=ctx, kind="offering.draw_lots", title=f"{batch.number} 排定选房顺序（{batch.project.name}）", post="acquirer_clerk",
        obj=batch, url=f"/offering/{batch.pk}/draw/", limit_days=None, organisation=batch.letter.acquirer_id,
    )  # fmt: skip
    return row


@act(clause=CLAUSE, title="重新排序")
def redraw(*, ctx: ActContext, batch_id: UUID, reason: str, resolution_id: UUID) -> Draw:
    """A new round on the same frozen lists, by a resolution with its reason; the old transcript stays published.

    New holders, secrets and public values. Raises Refused once a home has been chosen by the old order.
    """
    batch = batch_for(ctx, batch_id)
    last = reads.last_round(batch)
    ctx.on(batch, number=batch.number, reason=reason)
    if last is None or last.drawn_at is None:
        raise Refused(f"批次 {batch.number} 还没有排定的一轮，不能重排；请先办完本轮", clause=CLAUSE)
    if batch.state != "drawn" or Choice.objects.filter(region=ctx.region, batch=batch).exists():
        raise Refused(f"批次 {batch.number} 已按原顺序选房，不能重排；有异议的按异议办理", clause=CLAUSE)
    resolution = Resolution.objects.filter(pk=resolution_id, adopted_by__isnull=False).first()
    if resolution is None or not reason.strip():
        raise Refused("重排须写明理由，并有专班已复核的决议，没有办理；请先办理决议", clause=CLAUSE)
    row = Draw.objects.create(
        region=ctx.region, batch=batch, round=last.round + 1, method=last.method, reason=reason.strip(), resolution=resolution,
        entrants=last.entrants, homes=last.homes, basis=last.basis, freeze_sha256=last.freeze_sha256,
        homes_sha256=last.homes_sha256, frozen_at=ctx.now, maker=ctx.account,
    )  # fmt: skip
    Subscription.objects.filter(region=ctx.region, batch=batch).exclude(sort_key="").update(sort_key="")
    STATES.move(batch, "frozen", ctx)
    _announce(ctx, row, row.entrants.count("\n"), row.homes.count("\n"))
    ctx.on(row, batch=batch.number, round=row.round, reason=row.reason, resolution=resolution.number)
    return row


def _number(rows: Sequence[Subscription]) -> list[Subscription]:
    """Draw numbers in a random order, which is the salt: the list tells nobody who is who. By number."""
    order = list(rows)
    secrets.SystemRandom().shuffle(order)
    width = max(DIGITS, len(str(len(order))))
    for at, row in enumerate(order, 1):
        row.draw_number = f"{at:0{width}d}"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE offering_subscription s SET draw_number = n.number FROM unnest(%s::uuid[], %s::text[]) AS n (id, number)"
            " WHERE s.region = %s AND s.id = n.id",
            [[r.pk for r in order], [r.draw_number for r in order], order[0].region],
        )
    return order


def _first_for_step_free(
    ctx: ActContext, batch: Batch, rows: Sequence[Subscription], homes: Sequence[BatchUnit]
) -> set[UUID] | None:
    """The applications that come first for step-free homes, by the county's decision on the day of the announcement.

    None where it decided that they do not, or where there is no such home. Raises Refused where nobody has decided and it matters.
    """
    if not any(reads.step_free(home) for home in homes):
        return None
    found = ctx.inforce(batch.announced_on).get("step_free_first")
    if not isinstance(found, Unset) and found.value != "yes":
        return None
    by_region: dict[str, list[UUID]] = {}
    for row in rows:
        by_region.setdefault(row.application_region, []).append(row.application_id)
    needing = {key for region, ids in by_region.items() for key in needing_step_free(region, ids)}
    if not isinstance(found, Unset):
        return needing
    if needing:
        raise Refused(
            f"批次 {batch.number} 有一层或有电梯的房源，{len(needing)} 户认购家庭有已核实的行动需要：{found.sentence}，没有封存",
            clause=found.clause,
        )
    return None


def _fill(row: Draw, rows: Sequence[Subscription], homes: Sequence[Home], needing: set[UUID]) -> None:
    """Both files, their digests and, where nothing is drawn, what the order goes by. Raises Refused.

    A need is written only where a step-free home is among the wishes: elsewhere it is nobody's business.
    """
    labels, free = {home.label for home in homes}, {home.label for home in homes if home.step_free}
    entrants = [
        Entrant(
            s.draw_number, s.priority, tuple(w for w in s.wishes if w in labels),
            s.application_id in needing and not free.isdisjoint(s.wishes),
        )
        for s in rows
    ]  # fmt: skip
    row.entrants, row.homes = draw.entrants_file([e for e in entrants if e.wishes], homes), draw.homes_file(homes)
    row.freeze_sha256, row.homes_sha256 = draw.sha256(row.entrants), draw.sha256(row.homes)
    if row.method != "draw":
        kept = {e.number for e in entrants if e.wishes}
        row.basis = draw.basis_file(_basis(row.method, [s for s in rows if s.draw_number in kept]))


def _basis(method: str, rows: Sequence[Subscription]) -> dict[str, str]:
    """The place in the waiting list; for scores the score first. Places, not dates or numbers: they tell nobody who is who."""
    by_place = sorted(rows, key=lambda s: (s.application.sort_key, s.application.region, s.application.number))
    place = {s.draw_number: f"{at:06d}" for at, s in enumerate(by_place, 1)}
    if method == "waiting_list":
        return place
    unknown = [s.application.number for s in rows if s.score is None]
    if unknown:
        raise Refused(f"{unknown[0]} 等 {len(unknown)} 户没有积分，不能按积分排序；请先录入积分", clause=CLAUSE)
    return {s.draw_number: f"{99_999 - (s.score or 0):05d}/{place[s.draw_number]}" for s in rows}


def _announce(ctx: ActContext, row: Draw, entrants: int, homes: int) -> None:
    """What is closed is told before anything is known."""
    batch: Batch = row.batch
    body: dict[str, Any] = {
        "batch_id": str(batch.pk), "region": ctx.region, "number": batch.number, "project": batch.project.name,
        "round": row.round, "rule": draw.rule_of(row.homes), "method": row.method, "method_title": row.get_method_display(),
        "entrants": entrants, "homes": homes, "entrants_sha256": row.freeze_sha256, "homes_sha256": row.homes_sha256,
        "frozen_at": ctx.now.isoformat(),
    }  # fmt: skip
    publication.release(
        ctx=ctx, kind="draw_list", title=f"{batch.project.name}（{batch.number}）认购名单已封存",
        slug=f"{batch.number}-{row.round}", body=body, obj=row,
    )  # fmt: skip
