"""Opening a kept file: as a download, under its own name, checked against its digest."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.files import store
from anju.base.files.models import Evidence
from anju.base.sheets.kinds import KINDS
from anju.front import acts
from anju.needs.models import Application
from anju.parties.access import page
from anju.parties.posts import FAMILY
from anju.web.lists import XLSX, download
from anju.web.people import ask_why

MEDIA = {
    "pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "xlsx": XLSX,
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "text": "text/plain; charset=utf-8",
}  # fmt: skip


GONE, ERASED = "已删除", "这份材料已按规定删除，只留下摘要和行数"
PERSONAL, PERSONAL_KINDS = "needs.read_personal", frozenset({"supplement", "correction", "back_entry", "attachment"})
# What a party sees of its own case: papers, and what it brought itself.
OF_THE_CASE = frozenset({"paper", "signed"})


# Files of many households at once.
OF_MANY = frozenset({"verification_batch", "national_file", "national_export"})


def household_of(region: str, case: UUID | None) -> UUID | None:
    """The household's case that a file or paper is about, where it is about one."""
    lo, hi = region[:4] + "00", region[:4] + "99"
    found = Application.objects.filter(region__gte=lo, region__lte=hi, pk=case) if case else Application.objects.none()
    return found.values_list("pk", flat=True).first()


def is_personal(row: Evidence) -> bool:
    """Whether the file holds personal data, of one household or of many."""
    kind = KINDS.get(row.kind.removeprefix("load:")) if row.kind.startswith("load:") else None
    many = kind is not None and any(column.masked for column in kind.columns)
    return many or row.kind in PERSONAL_KINDS | OF_MANY or household_of(row.region, row.case_id) is not None


def why_open(
    request: HttpRequest, *, name: str, case: UUID | None, personal: bool, own: bool, verb: str
) -> str | HttpResponse:
    """Why a file about people is opened or printed, or the page that asks; of nobody, one's own, or by the family itself: not asked."""
    actor = request.anju  # type: ignore[attr-defined]
    if own or not personal or actor.post == FAMILY:
        return ""
    back = reverse("needs:thing", args=[case]) if case else reverse("front:loads")
    return ask_why(
        request, title=f"{verb}「{name}」", back=back, verb=verb,
        explain="内容含个人信息。经办人、时间和事由都留下记录，家庭取得自己的信息副本时能看到",
    )  # fmt: skip


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
    if row.name == GONE:
        raise Http404(ERASED)
    actor = request.anju  # type: ignore[attr-defined]
    case, own = household_of(row.region, row.case_id), row.uploaded_by == actor.account.id
    why = why_open(request, name=row.name, case=case, personal=is_personal(row), own=own, verb="查看")
    if isinstance(why, HttpResponse):
        return why
    acts.read_file(ctx=actor.context(region=row.region), evidence_id=row.id, reason=why, case=case if why else None)
    return download(store.read(row), row.name, MEDIA.get(row.media, "application/octet-stream"))
