"""The OpenAPI of the offering: batches, subscriptions, earnest money, the order's transcript."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StrictInt

from anju.base.acts import Conflict
from anju.offering import acts, reads
from anju.offering.pages.lists import batch_or_404
from anju.reserve.api import acting, need
from anju.reserve.pages.common import region_of

router = Router()
PAGE, MANY = 200, 1_000


class BatchOut(Schema):
    """A batch with its counts; money in fen."""

    id: UUID
    region: str
    number: str
    project_id: UUID
    state: str
    method: str
    announced_on: date
    apply_from: date
    apply_until: date
    earnest_until: date | None
    earnest_fen: int
    homes: int
    taken: int


class WantedIn(Schema):
    """One household's subscription: labels in order of preference."""

    application_id: UUID
    application_region: str
    wishes: list[str]


class PaidIn(Schema):
    """One receipt of the bank, in fen."""

    choice_id: UUID
    paid_on: date
    reference: str
    amount_fen: StrictInt


class ChoiceOut(Schema):
    """A household's choice; money in fen."""

    id: UUID
    batch_id: UUID
    application_id: UUID
    batch_unit_id: UUID
    state: str
    earnest_fen: int
    earnest_paid_on: date | None
    earnest_reference: str


@router.get("/batches", response=list[BatchOut], summary="批次")
def batches(request: HttpRequest, state: str = "", page: int = 1) -> Any:
    """The batches that the actor may see, newest first."""
    need(request, "offering.view")
    rows = reads.batches(region_of(request)).order_by("-number")
    rows = rows.filter(state=state) if state else rows
    start = (max(page, 1) - 1) * PAGE
    return list(rows[start : start + PAGE])


@router.post("/batches/{batch_id}/subscriptions", response=dict[str, Any], summary="批量认购登记")
def subscribe_many(request: HttpRequest, batch_id: UUID, said: list[WantedIn]) -> Any:
    """Many households' subscriptions, at most 1,000 a call; which were refused, and why."""
    need(request, "offering.subscribe_many")
    found = batch_or_404(request, batch_id)
    if len(said) > MANY:
        raise Conflict(f"一次最多登记 {MANY:,} 户，收到 {len(said):,} 户，没有登记；请分批提交", clause="3.5-3")
    rows = [acts.Wanted(one.application_id, one.application_region, tuple(one.wishes)) for one in said]
    return acts.subscribe_many(ctx=acting(request, found.region), batch_id=found.pk, rows=rows)


@router.get("/batches/{batch_id}/choices", response=list[ChoiceOut], summary="选房与定金")
def choices(request: HttpRequest, batch_id: UUID, state: str = "") -> Any:
    """Who holds which home."""
    need(request, "offering.view")
    found = batch_or_404(request, batch_id)
    return list(reads.choices(found, [state] if state else ()).order_by("batch_unit__label"))


@router.post("/batches/{batch_id}/earnest", response=dict[str, int], summary="批量登记定金到账")
def earnest(request: HttpRequest, batch_id: UUID, said: list[PaidIn]) -> Any:
    """Many receipts of one batch, all or nothing."""
    need(request, "offering.record_earnest_many")
    found = batch_or_404(request, batch_id)
    if len(said) > MANY:
        raise Conflict(f"一次最多登记 {MANY:,} 笔，收到 {len(said):,} 笔，没有登记；请分批提交", clause="3.5-3")
    rows = [acts.Paid(**one.dict()) for one in said]
    return {"recorded": acts.record_earnest_many(ctx=acting(request, found.region), batch_id=found.pk, rows=rows)}


@router.get("/batches/{batch_id}/transcript", response=dict[str, Any], summary="排序全过程数据")
def transcript(request: HttpRequest, batch_id: UUID) -> Any:
    """The transcript of the latest round; its keys are in docs/draw-transcript.md."""
    need(request, "offering.view")
    row = reads.last_round(batch_or_404(request, batch_id))
    if row is None or not row.transcript:
        raise Conflict("这个批次还没有排定顺序", clause="3.5-2")
    return {"sha256": row.transcript_sha256, "transcript": json.loads(row.transcript)}
