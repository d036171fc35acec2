"""Official papers: all of the region (or of one's own cases), one of them, its signed scan, and whether a printed code is genuine."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.files import store
from anju.base.papers.desk import plain_code, sign_paper
from anju.base.papers.models import Paper
from anju.front import acts
from anju.front.pages.files import household_of, why_open
from anju.parties.access import page, public
from anju.web.downloads import to_print
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import NOBODY, Col, Filter, list_page, typed, within
from anju.web.shown import file_url
from anju.web.things import thing_page

COLUMNS = [
    Col("文号", "number", link=lambda r: reverse("front:paper", args=[r.id])), Col("标题", "title"),
    Col("签章件", "signed_on", kind="state", value=lambda r: "已回传" if r.scan_id else "待回传", tones={"已回传": "ok", "待回传": "near"}),
    Col("出具", "issued_at", sort="issued_at", kind="moment"), Col("签署日", "signed_on", kind="date"), Col("文书码", "code"),
    Col("区划", "region", kind="region"),
]  # fmt: skip


@page(power="base.view")
def index(request: HttpRequest) -> HttpResponse:
    """All papers one may see."""
    return list_page(
        request, people=NOBODY, title="文书", rows=within(request, Paper.objects.all()), columns=COLUMNS, order="-issued_at", clause="4.4",
        export_name="文书",
        filters=[
            Filter("scan__isnull", "签章件", [("True", "待回传"), ("False", "已回传")], name="scan"),
            Filter("issued_at__date", "出具不早于", kind="from"),
        ],
        views=[("全部", {}), ("待回传签章件", {"scan": "True"})], search=("number__exact", "code__exact", "title__begins"),
        search_hint="文号、文书码写全，标题从头写", empty="还没有文书：意向书、公告、协议等由各房间出具",
    )  # fmt: skip


def _paper(paper_id: UUID) -> Paper:
    row = Paper.objects.filter(pk=paper_id).first()
    if row is None:
        raise Http404("没有这份文书")
    return row


@page(power="base.view")
def paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One paper with its files."""
    row = _paper(paper_id)
    links = [
        (t, file_url(k))
        for t, k in (("Word（据以签署）", row.docx_id), ("PDF", row.pdf_id), ("签章扫描件", row.scan_id))
        if k
    ]
    return thing_page(
        request, title=row.title, sub=row.number, state=("ok", "已回传签章件") if row.scan_id else ("near", "待回传签章件"), clause="4.4",
        facts=[
            ("文号", row.number), ("文书码", row.code), ("出具", row.issued_at), ("签署日", row.signed_on or "还没有签署"),
            ("区划", row.region),
            ("冻结数据摘要", row.data_sha256),
        ],
        crumbs=[("文书", reverse("front:papers"))], obj=row, template="front/paper.html", context={"links": links},
        acts=[
            ("打印", reverse("front:print_paper", args=[row.id]), "front.print_paper", row.pdf_id is not None, "文件已按规定删除"),
            ("回传签章扫描件", reverse("front:sign", args=[row.id]), "base.sign_paper", not row.scan_id, "已经回传，不能再换"),
        ],
    )  # fmt: skip


@page(power="front.print_paper")
def print_(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The paper's PDF, to print from the browser; the entry in the log first, with the reason where it is about a household."""
    row = _paper(paper_id)
    case = household_of(row.region, row.case_id)
    why = why_open(request, name=row.title, case=case, personal=case is not None, own=False, verb="打印")
    if isinstance(why, HttpResponse):
        return why
    row = acts.print_paper(ctx=request.anju.context(region=row.region), paper_id=row.id, reason=why, case=case)  # type: ignore[attr-defined]
    assert row.pdf  # the act refuses one without
    return to_print(store.read(row.pdf), f"{row.number}.pdf")


class SignForm(ActForm):
    """The scan and what stands on it."""

    code = forms.CharField(label="文书码", max_length=20, help_text="照纸上印的抄，核对是不是同一份")
    signed_on = forms.DateField(label="签署日", widget=forms.DateInput)
    scan = forms.FileField(label="签章扫描件", help_text="PDF 或图片，全部页面")

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data["scan"]
        return {
            "scan_name": given.name, "scan": given.read(), "signed_on": self.cleaned_data["signed_on"], "code": self.cleaned_data["code"],
        }  # fmt: skip


@page(power="base.sign_paper")
def sign(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Bring the signed scan back."""
    row = _paper(paper_id)
    here = reverse("front:paper", args=[row.id])
    return act_form_page(
        request, title=f"回传签章扫描件：{row.title}", act=sign_paper, form_class=SignForm, fixed={"paper_id": row.id}, clause="4.4",
        verb="回传", back=here, done=lambda _: here, region=row.region, facts=[("文号", row.number)],
        explain="回传后不能再换；有误的，出具更正文书。", said="已回传签章扫描件。",
    )  # fmt: skip


@dataclass(frozen=True)
class Genuine:
    """What a printed code proves: that this paper was issued, and the digest of its data."""

    title: str
    number: str
    issued_at: datetime
    signed_on: date | None
    data_sha256: str


def by_code(code: str) -> Genuine | None:
    """The paper of a whole code, however its dashes were typed."""
    letters = plain_code(code)
    dashed = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, number, issued_at, signed_on, data_sha256 FROM paper_by_code(%s)", [dashed])
        found = cursor.fetchone()
    return Genuine(*found) if found else None


@public
def check(request: HttpRequest) -> HttpResponse:
    """公文验真, for anybody."""
    code = typed(request.GET.get("code", ""))[:20]
    return render(request, "front/check.html", {"code": code, "p": by_code(code) if code else None})
