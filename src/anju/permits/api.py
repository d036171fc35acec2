"""The green channel over the interface: a department's own system reads its procedures and finishes them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from anju.permits import acts, reads
from anju.permits.models import Permit
from anju.reserve.api import acting, need

router = Router()


class PermitOut(Schema):
    """One procedure with its clock."""

    id: UUID
    project: str
    procedure: str
    title: str
    department: str
    opened_on: date
    limit_days: int
    due_on: date
    done_on: date | None
    state: str
    certificate: str
    annotation: str


class FinishIn(Schema):
    """What finishing takes."""

    certificate: str
    annotation: str = ""
    done_on: date | None = None


def _out(row: Permit, today: date) -> dict[str, Any]:
    return {
        "id": row.id, "project": row.project.number, "procedure": row.procedure, "title": row.get_procedure_display(),
        "department": row.department.name, "opened_on": row.opened_on, "limit_days": row.limit_days, "due_on": row.due_on,
        "done_on": row.done_on, "state": reads.state_of(row, today), "certificate": row.certificate, "annotation": row.annotation,
    }  # fmt: skip


@router.get("", response=list[PermitOut], summary="绿色通道办件")
def permits(request: HttpRequest, open: bool = True) -> list[dict[str, Any]]:
    """The procedures that the post sees, by due day; only the open ones unless asked otherwise. At most 1,000."""
    actor = need(request, "permits.view")
    rows = reads.permits(actor.region).order_by("due_on", "id")
    rows = rows.filter(done_on__isnull=True) if open else rows
    today = actor.context().today
    return [_out(row, today) for row in rows[:1_000]]


@router.post("{permit_id}/finish", response=PermitOut, summary="办结手续")
def finish(request: HttpRequest, permit_id: UUID, body: FinishIn) -> dict[str, Any]:
    """Finish a procedure of one's own department."""
    need(request, "permits.finish_permit")
    ctx = acting(request)
    row = acts.finish_permit(
        ctx=ctx, permit_id=permit_id, certificate=body.certificate, annotation=body.annotation, done_on=body.done_on
    )
    return _out(Permit.objects.select_related("project", "department").get(pk=row.pk), ctx.today)
