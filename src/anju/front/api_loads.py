"""Files in over the interface: what may be brought, bring one, see what was found, take it in or send it back. The acts are the pages'."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Router, Schema, UploadedFile

from anju.base.acts import ActContext, InvalidInput
from anju.base.sheets import KINDS, loads
from anju.base.sheets.models import Load
from anju.parties.access import need

router = Router()
SHOWN = 500


class ColumnOut(Schema):
    """One column of a kind; ``kind`` as in the templates."""

    title: str
    kind: str
    required: bool
    choices: list[str]
    note: str
    clause: str


class KindOut(Schema):
    """A kind of file that this post may bring."""

    name: str
    title: str
    second_person: bool
    options: dict[str, str]
    columns: list[ColumnOut]


class LoadOut(Schema):
    """A load: counts of rows and cells, and the first problems with sheet, row, column, value, reason and clause."""

    id: UUID
    kind: str
    name: str
    region: str
    state: str
    good: int
    bad: int
    done: int
    errors_total: int
    unusual: int
    made_at: datetime
    errors: list[dict[str, Any]]
    refused: list[dict[str, Any]]


class AcceptIn(Schema):
    """Why unusual values are right, by column title."""

    reasons: dict[str, str] = {}


class RejectIn(Schema):
    """Why the file goes back."""

    reason: str


def context(request: HttpRequest, region: str | None = None) -> ActContext:
    """The context of an act; the header ``Idempotency-Key`` makes a repeated call one act."""
    key = request.headers.get("Idempotency-Key", "")[:64]
    return request.anju.context(key=key or None, region=region)  # type: ignore[attr-defined]


def shown(row: Load) -> dict[str, Any]:
    """A load as the interface gives it."""
    found = {name: getattr(row, name) for name in LoadOut.model_fields if name not in ("errors", "refused")}
    return {**found, "errors": row.errors[:SHOWN], "refused": row.refused[:SHOWN]}


def one(load_id: UUID) -> Load:
    """A load that the post may see. Raises InvalidInput."""
    row = Load.objects.filter(pk=load_id).first()
    if row is None:
        raise InvalidInput("没有这份导入，或它不在您的管辖范围内；请核对编号", field="load_id", clause="4.4")
    return row


@router.get("kinds", response=list[KindOut], summary="可以导入的表")
def kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """The kinds this post may bring, with their columns."""
    mine = [k for k in KINDS.values() if k.power in request.anju.powers]  # type: ignore[attr-defined]
    return [
        {
            "name": k.name, "title": k.title, "second_person": k.second_person, "options": dict(k.options),
            "columns": [
                {"title": c.title, "kind": c.kind, "required": c.required, "choices": list(c.choices), "note": c.note, "clause": c.clause}
                for c in k.columns
            ],
        }
        for k in mine
    ]  # fmt: skip


@router.post("bring/{kind}", response=LoadOut, summary="带入文件并校验（不入库）")
def bring(request: HttpRequest, kind: str, file: UploadedFile = File(...), region: str = "") -> dict[str, Any]:  # noqa: B008
    """Check a file, a large one by a job (ask again while its state is ``checking``); nothing is stored until it is accepted.

    ``region`` where a city's post brings it for a county; further fields of the form are the kind's options.
    """
    options = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    row = loads.bring_file(
        ctx=context(request, region or None),
        kind=kind,
        name=file.name or "",
        data=file.read(),
        options=options,
        later=True,
    )
    return shown(row)


@router.get("{load_id}", response=LoadOut, summary="一份导入")
def read(request: HttpRequest, load_id: UUID) -> dict[str, Any]:
    """What was found, what is in."""
    need(request, "base.view")
    return shown(one(load_id))


@router.post("{load_id}/accept", response=LoadOut, summary="收下好的行")
def accept(request: HttpRequest, load_id: UUID, body: AcceptIn) -> dict[str, Any]:
    """Take the good rows in, as a job; a second person where the kind needs one."""
    row = one(load_id)
    return shown(loads.accept_load(ctx=context(request, row.region), load_id=row.id, reasons=body.reasons))


@router.post("{load_id}/reject", response=LoadOut, summary="退回")
def reject(request: HttpRequest, load_id: UUID, body: RejectIn) -> dict[str, Any]:
    """Send the file back; nothing of it was stored."""
    row = one(load_id)
    return shown(loads.reject_load(ctx=context(request, row.region), load_id=row.id, reason=body.reason))
