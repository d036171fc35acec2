"""The OpenAPI of oversight: receipts, proofs and the verification, for the auditor's own tools."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from anju.base.log.models import Checkpoint
from anju.base.log.publish import proof, receipt
from anju.oversight import reads
from anju.reserve.api import need

router = Router()
PAGE = 500


class EntryOut(Schema):
    """One entry of the log; its facts are not here."""

    act: UUID
    seq: int | None
    name: str
    clause: str
    region: str
    account: UUID | None
    recorded_at: datetime
    object_kind: str
    object_id: UUID | None
    body: str
    leaf: str


class ReceiptOut(Schema):
    """The leaf hash, its number and the published size that covers it."""

    act: UUID
    leaf: str
    index: int | None
    size: int | None


class ProofOut(Schema):
    """A proof file, c2sp.org/tlog-proof@v1."""

    proof: str


class ReportOut(Schema):
    """What was recomputed and what does not stand."""

    lines: list[str]
    problems: list[str]


@router.get("/log", response=list[EntryOut], summary="办理日志")
def log(request: HttpRequest, after: int = -1) -> list[dict[str, Any]]:
    """The entries after a number, in order, at most 500: with them anybody rebuilds the tree."""
    need(request, "oversight.view")
    rows = reads.entries(request.anju.region).filter(seq__gt=after).order_by("seq")[:PAGE]  # type: ignore[attr-defined, misc]
    return [
        {
            "act": row.id, "seq": row.seq, "name": row.name, "clause": row.clause, "region": row.region, "account": row.account,
            "recorded_at": row.recorded_at, "object_kind": row.object_kind, "object_id": row.object_id, "body": row.body or "",
            "leaf": bytes(row.leaf or b"").hex(),
        }
        for row in rows
    ]  # fmt: skip


@router.get("/log/{act_id}/receipt", response=ReceiptOut, summary="办理回执")
def receipt_of(request: HttpRequest, act_id: UUID) -> dict[str, Any]:
    """The receipt of an act."""
    need(request, "oversight.view")
    row = reads.entries(request.anju.region).filter(id=act_id).first()  # type: ignore[attr-defined]
    if row is None:
        raise Http404("没有这条办理记录")
    found = receipt(row.id)
    return {"act": found.act, "leaf": found.leaf.hex(), "index": found.index, "size": found.size}


@router.get("/proofs/{seq}", response=ProofOut, summary="日志证明")
def proof_of(request: HttpRequest, seq: int) -> dict[str, str]:
    """The proof that an entry is in the published log, to be checked offline."""
    need(request, "oversight.view")
    try:
        return {"proof": proof(seq)}
    except Checkpoint.DoesNotExist as error:
        raise Http404(str(error)) from error


@router.post("/verify", response=ReportOut, summary="重算日志、账簿、摇号")
def verify(request: HttpRequest) -> dict[str, list[str]]:
    """Recompute everything; nothing is changed."""
    need(request, "oversight.verify")
    report = reads.verify_all(request.anju.region)  # type: ignore[attr-defined]
    return {"lines": report.lines, "problems": [str(p) for p in report.problems]}
