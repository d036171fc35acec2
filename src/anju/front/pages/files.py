"""Opening a kept file: as a download, under its own name, checked against its digest."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from anju.base.files import store
from anju.base.files.models import Evidence
from anju.front import acts
from anju.parties.access import page
from anju.web.lists import XLSX, download

MEDIA = {
    "pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "xlsx": XLSX,
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "text": "text/plain; charset=utf-8",
}  # fmt: skip


@page(power="front.read_file")
def file(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """The bytes. A file of another region or case is 404, as if it were not there."""
    row = Evidence.objects.filter(pk=evidence_id).first()
    if row is None:
        raise Http404("没有这份材料")
    acts.read_file(ctx=request.anju.context(region=row.region), evidence_id=row.id)  # type: ignore[attr-defined]
    return download(store.read(row), row.name, MEDIA.get(row.media, "application/octet-stream"))
