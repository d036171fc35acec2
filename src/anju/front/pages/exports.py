"""我的导出: the large exports that I asked for, how far they are, and fetching them while their days last."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from anju.base.jobs.models import Progress
from anju.base.listing import acts
from anju.base.listing.models import ExportFile
from anju.parties.access import page
from anju.web.lists import NOBODY, XLSX, Col, Filter, download, list_page

TONES = {"waiting": "info", "ready": "ok", "failed": "bad", "gone": "unk"}


def mine(actor: Any) -> Any:
    """My own exports, in the post's region."""
    return ExportFile.objects.filter(region=actor.region, account=actor.account.id)


def ready(actor: Any, count: int = 3) -> list[ExportFile]:
    """Those that may be fetched now, the newest first: what the desk tells."""
    rows = mine(actor).filter(state=ExportFile.READY, expires_on__gte=actor.now.date())
    return list(rows.order_by("-ready_at", "id")[:count])


@page(power="base.export_list")
def index(request: HttpRequest) -> HttpResponse:
    """The list."""
    actor = request.anju  # type: ignore[attr-defined]
    rows = mine(actor)
    jobs = {} if actor.is_party else _jobs(actor.region, rows)
    return list_page(
        request, people=NOBODY, title="我的导出", rows=rows, columns=_columns(jobs), order="-asked_at", clause="4.4",
        filters=[Filter("state", "状态", ExportFile.STATES)],
        sub=f"超过 5,000 行的清单在后台生成；生成后保存 {acts.DAYS_KEPT} 天，到期自动删除",
        empty="还没有后台导出：在任何清单页点“导出 XLSX”，超过 5,000 行的会出现在这里",
    )  # fmt: skip


def _jobs(region: str, rows: Any) -> dict[UUID, Progress]:
    """How far they are; the workers' bookkeeping is no party's to read."""
    found = Progress.objects.filter(region=region, kind="export", object_id__in=rows.values("id"))
    return {row.object_id: row for row in found}


def _columns(jobs: dict[UUID, Progress]) -> list[Col]:
    return [
        Col("清单", "title"), Col("状态", "state", kind="state", tones=TONES),
        Col("进度", "id", value=lambda r: _progress(r, jobs.get(r.id))),
        Col("下载", "id", value=_link), Col("行数", "rows", kind="int"), Col("申请时间", "asked_at", kind="moment", sort="asked_at"),
        Col("保存到", "expires_on", kind="date"),
        Col("打开清单", "address", value=lambda r: format_html('<a href="{}">清单</a>', r.address)),
    ]  # fmt: skip


def _progress(row: ExportFile, job: Progress | None) -> str:
    if row.state != ExportFile.WAITING or job is None:
        return ""
    return job.note or f"{job.done:,} / {job.total:,} 行"


def _link(row: ExportFile) -> Any:
    if row.state != ExportFile.READY:
        return ""
    return format_html(
        '<a href="{}">下载<span class="vh">{}</span></a>', reverse("front:export_file", args=[row.id]), row.name
    )


@page(power="base.export_list")
def file(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The file: one's own, while it lasts, and while one may see the list. Fetching it leaves an entry."""
    actor = request.anju  # type: ignore[attr-defined]
    if not mine(actor).filter(pk=export_id).exists():
        raise Http404("没有这份导出文件")
    row = acts.fetch_export(ctx=actor.context(), export_id=export_id)
    return download(acts.path_of(row.id).read_bytes(), row.name, XLSX)
