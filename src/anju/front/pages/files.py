"""Opening a kept file: as a download, under its own name, checked against its digest."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from anju.base.files import store
from anju.base.files.models import Evidence
from anju.base.sheets.kinds import KINDS
from anju.front import acts
from anju.parties.access import page
from anju.web.lists import XLSX, download

MEDIA = {
    "pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "xlsx": XLSX,
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "text": "text/plain; charset=utf-8",
}  # fmt: skip


PERSONAL, PERSONAL_KINDS = "needs.read_personal", frozenset({"supplement", "correction", "back_entry", "attachment"})
# What a party sees of its own case: papers, and what it brought itself.
OF_THE_CASE = frozenset({"paper", "signed"})


def may_open(actor: Any, row: Evidence) -> bool:
    """Whether this post may open the file: a load by its kind's power, families' papers by that of reading personal data."""
    own = row.uploaded_by == actor.account.id
    if row.kind.startswith("load:"):
        kind = KINDS.get(row.kind.removeprefix("load:"))
        return own or PERSONAL in actor.powers or (kind is not None and kind.power in actor.powers)
    if row.kind in PERSONAL_KINDS:
        return own or PERSONAL in actor.powers
    return own or not actor.is_party or row.kind in OF_THE_CASE


@page(power="front.read_file")
def file(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """The bytes. A file of another region or case is 404, as if it were not there."""
    row = Evidence.objects.filter(pk=evidence_id).first()
    if row is None or not may_open(request.anju, row):  # type: ignore[attr-defined]
        raise Http404("没有这份材料")
    acts.read_file(ctx=request.anju.context(region=row.region), evidence_id=row.id)  # type: ignore[attr-defined]
    return download(store.read(row), row.name, MEDIA.get(row.media, "application/octet-stream"))
