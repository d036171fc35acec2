"""The auditor's pages: the log, its verification, refusals, assessments, dossiers. All of them only read, but the assessment."""

import json
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from anju.base.acts import REGISTRY
from anju.base.acts.models import ActFacts, ActItem
from anju.base.log.models import Checkpoint
from anju.base.log.publish import proof as proof_of
from anju.base.log.publish import receipt
from anju.base.log.sequencer import log_size
from anju.homes import reads as homes
from anju.oversight import acts, forms, reads
from anju.oversight.dossier import dossier as dossier_of
from anju.oversight.models import Assessment
from anju.parties.access import page
from anju.permits import reads as permits
from anju.policy import clauses
from anju.reserve.models import Project
from anju.reserve.reads import projects
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, PERSONS, Col, Filter, download, list_page
from anju.web.shown import names_of, words
from anju.web.things import thing_page

CRUMBS = [("核验与考核", "/oversight/")]


class IdFilter(Filter):
    """A filter by an identifier; what is none is dropped and named."""

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Raises ValueError for what is not a UUID."""
        return rows.filter(**{self.field: UUID(value)})


def _region(request: HttpRequest) -> str:
    return request.anju.region  # type: ignore[attr-defined]


@page(power="oversight.view")
def index(request: HttpRequest) -> HttpResponse:
    """The desk of supervision: what is red, and the ways in."""
    region, today = _region(request), request.anju.context().today  # type: ignore[attr-defined]
    last = Checkpoint.objects.order_by("-size").first()
    figures = [
        ("日志条目", log_size(), "条", reverse("oversight:log")),
        ("已公布到", last.size if last else None, "条", reverse("oversight:verify")),
        ("不予办理", reads.refusals(region).count(), "件", reverse("oversight:refusals")),
        ("手续超期", permits.overdue(region, today).count(), "件", reverse("permits:list")),
        ("空置房源", homes.vacant_units(region).count(), "套", reverse("homes:vacant")),
        ("考核", reads.assessments(region).count(), "份", reverse("oversight:assessments")),
    ]
    return thing_page(
        request,
        title="核验与考核",
        sub="日志、账簿、摇号可当场重算；每个项目有一份决策卷宗",
        clause="4.5",
        figures=figures,
        acts=[
            ("核验日志、账簿、摇号", reverse("oversight:verify"), "oversight.verify"),
            ("办理日志", reverse("oversight:log"), "oversight.view"),
            ("不予办理", reverse("oversight:refusals"), "oversight.view"),
            ("考核", reverse("oversight:assessments"), "oversight.view"),
            ("决策卷宗", reverse("oversight:dossiers"), "oversight.view"),
        ],
        facts=[
            ("最近公布", last.signed_at if last else None),
            ("公布的根", last.root.hex() if last else "还没有公布"),
        ],
    )


@page(power="oversight.view")
def log(request: HttpRequest) -> HttpResponse:
    """The log of acts: by clause, actor, object."""
    known = sorted(REGISTRY.values(), key=lambda d: d.title)
    return list_page(
        request,
        people=NOBODY,
        title="办理日志",
        rows=reads.entries(_region(request)),
        order="-id",
        crumbs=CRUMBS,
        clause="4.5",
        columns=[
            Col("序号", "seq", kind="int"),
            Col(
                "办理",
                "name",
                value=lambda a: reads.title_of(a.name),
                link=lambda a: reverse("oversight:thing", args=[a.id]),
            ),
            Col("条款", "clause"),
            Col("区划", "region"),
            Col("岗位", "post"),
            Col("记录时间", "recorded_at", kind="moment", sort="id"),
            Col("发生日", "happened_on", kind="date"),
            Col("对象", "object_kind"),
            Col("条目哈希", "leaf", value=lambda a: bytes(a.leaf).hex()[:16]),
        ],
        filters=[
            Filter("clause", "条款", [(c.id, f"{c.id} {c.title}") for c in clauses.all()]),
            Filter("name", "办理", [(d.name, d.title) for d in known]),
            IdFilter("account", "经办账号编号", kind="is"),
            IdFilter("object_id", "对象编号", kind="is"),
            Filter("happened_on", "发生不早于", kind="from"),
            Filter("happened_on", "发生不晚于", kind="to"),
        ],
        export_name="办理日志",
        empty="日志还没有条目",
    )


@page(power="oversight.view")
def entry(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """One entry: what was hashed, what it says, its receipt and proof."""
    row = get_object_or_404(reads.entries(_region(request)), id=act_id)
    found = receipt(row.id)
    kept = ActFacts.objects.filter(act=row.id).first()
    body = json.loads(kept.facts) if kept else {}
    verdicts = body.pop("verdicts", None)
    items = ActItem.objects.filter(act=row.id).count()
    who = names_of([row.account]).get(row.account, "系统") if row.account else "系统"
    return thing_page(
        request,
        title=reads.title_of(row.name),
        sub=f"{row.region} {row.post}",
        crumbs=[*CRUMBS, ("办理日志", reverse("oversight:log"))],
        clause=row.clause,
        verdicts=verdicts,
        facts=[
            ("经办", format_html('<a href="{}?account={}">{}</a>', reverse("oversight:log"), row.account or "", who)),
            ("记录时间", row.recorded_at),
            ("发生日", row.happened_on),
            (
                "对象",
                format_html(
                    '<a href="{}?object_id={}">{}</a>',
                    reverse("oversight:log"),
                    row.object_id or "",
                    row.object_kind or "无",
                ),
            ),
            ("批量件数", items or "不是批量"),
            ("日志序号", found.index if found.index is not None else "等待编号"),
            ("条目哈希（回执）", found.leaf.hex()),
            ("已公布到", f"{found.size} 条的检查点" if found.size else "等待下一次公布"),
        ],
        sections=[
            ("办理内容", _pairs(body) if kept else "办理内容已依法删除，日志仍可核验"),
            ("日志原文", format_html('<p class="mono small wrap">{}</p>', row.body or "")),
        ],
        acts=[("取证明文件", reverse("oversight:proof", args=[found.index]), "oversight.view")]
        if found.size and found.index is not None
        else [],
    )


def _pairs(body: dict[str, Any]) -> Any:
    rows = format_html_join("", "<dt>{}</dt><dd>{}</dd>", ((name, words(value)[:2000]) for name, value in body.items()))
    return format_html('<dl class="kv">{}</dl>', rows) if body else "没有另记内容"


@page(power="oversight.view")
def proof(request: HttpRequest, seq: int) -> HttpResponse:
    """The proof file of an entry, to be checked offline."""
    try:
        text = proof_of(seq)
    except Checkpoint.DoesNotExist as error:
        raise Http404(str(error)) from error
    return download(text.encode(), f"日志第{seq}条.tlog-proof", "text/plain; charset=utf-8")


@page(power="oversight.verify")
def verify(request: HttpRequest) -> HttpResponse:
    """GET explains; the button (POST) recomputes everything. Nothing is changed."""
    report = reads.verify_all(_region(request)) if request.method == "POST" else None
    last = Checkpoint.objects.order_by("-size").first()
    return render(
        request, "oversight/verify.html", {"report": report, "last": last, "crumbs": CRUMBS, "size": log_size()}
    )


@page(power="oversight.view")
def refusals(request: HttpRequest) -> HttpResponse:
    """What was not done, by which clause, and why."""
    return list_page(
        request,
        people=PERSONS,
        title="不予办理",
        rows=reads.refusals(_region(request)),
        order="-id",
        crumbs=CRUMBS,
        clause="4.5",
        columns=[
            Col("时间", "refused_at", kind="moment", sort="id"),
            Col("办理", "name", value=lambda r: reads.title_of(r.name)),
            Col("条款", "clause"),
            Col("区划", "region"),
            Col("岗位", "post"),
            Col("原因", "sentence"),
        ],
        filters=[
            Filter("clause", "条款", [(c.id, f"{c.id} {c.title}") for c in clauses.all()]),
            IdFilter("account", "账号编号", kind="is"),
            IdFilter("object_id", "对象编号", kind="is"),
        ],
        export_name="不予办理",
        empty="没有不予办理的记录",
    )


@page(power="oversight.view")
def assessments(request: HttpRequest) -> HttpResponse:
    """The assessments of acquirers."""
    return list_page(
        request,
        people=NOBODY,
        title="收购主体考核",
        rows=reads.assessments(_region(request)),
        order="-period_until",
        crumbs=CRUMBS,
        clause="4.5",
        columns=[
            Col("收购主体", "acquirer__name", link=lambda a: reverse("oversight:assessment", args=[a.id])),
            Col("考核期自", "period_from", kind="date", sort="period_from"),
            Col("考核期至", "period_until", kind="date", sort="period_until"),
            Col("状态", "state", kind="state", value=_state, tones={"已确认": "ok", "待确认": "near"}),
            Col("不通过", "failed", kind="int", value=lambda a: sum(v["outcome"] == "fail" for v in a.verdicts)),
            Col("待查", "unknown", kind="int", value=lambda a: sum(v["outcome"] == "unknown" for v in a.verdicts)),
        ],
        actions=[("计算考核", reverse("oversight:assess"), "oversight.assess_acquirer")],
        export_name="收购主体考核",
        empty="还没有考核：由专班办公室经办计算",
    )


def _state(row: Assessment) -> str:
    return "已确认" if row.checker else "待确认"


@page(power="oversight.assess_acquirer")
def assess(request: HttpRequest) -> HttpResponse:
    """Compute an assessment."""
    return act_form_page(
        request,
        title="计算收购主体考核",
        act=acts.assess_acquirer,
        form_class=forms.AssessForm,
        form_kwargs={"region": _region(request)},
        clause="4.5",
        verb="计算",
        back=reverse("oversight:assessments"),
        done=lambda row: reverse("oversight:assessment", args=[row.id]),
        explain="指标由各环节登记的事实算出，不能填写；按考核期最后一天的考核线判断，由另一人确认。",
    )


@page(power="oversight.view")
def assessment(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """One assessment: facts, verdicts, who confirmed."""
    row = get_object_or_404(reads.assessments(_region(request)), id=assessment_id)
    names = names_of([row.maker, row.checker])
    mine = row.maker == request.anju.account.id  # type: ignore[attr-defined]
    why = "已确认" if row.checker else "须由另一人确认" if mine else ""
    return thing_page(
        request,
        title=f"{row.acquirer.name} 考核",
        sub=f"{row.period_from} 至 {row.period_until}",
        obj=row,
        crumbs=[*CRUMBS, ("考核", reverse("oversight:assessments"))],
        clause="4.5",
        state=("ok" if row.checker else "near", _state(row)),
        verdicts=row.verdicts,
        facts=[
            *((title, acts.said(name, row.indicators.get(name))) for name, (title, _) in acts.TITLES.items()),
            ("计算", f"{names.get(row.maker, '')} {row.assessed_on}"),
            ("确认", f"{names.get(row.checker, '')} {row.confirmed_on}" if row.checker else "待确认"),
        ],
        acts=[("确认考核", reverse("oversight:confirm", args=[row.id]), "oversight.confirm_assessment", not why, why)],
    )


@page(power="oversight.confirm_assessment")
def confirm(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Confirm what another computed."""
    row = get_object_or_404(reads.assessments(_region(request)), id=assessment_id)
    back = reverse("oversight:assessment", args=[row.id])
    return act_form_page(
        request,
        title=f"确认考核：{row.acquirer.name}",
        act=acts.confirm_assessment,
        fixed={"assessment_id": row.id},
        clause="4.5",
        verb="确认考核",
        irreversible=True,
        back=back,
        done=lambda _: back,
        region=row.region,
        explain="系统再算一次，与经办人算得的一致才会确认；确认后出具考核表，不能再改。",
        facts=[("考核期", f"{row.period_from} 至 {row.period_until}")],
    )


@page(power="oversight.view")
def dossiers(request: HttpRequest) -> HttpResponse:
    """Projects, each with its dossier."""
    return list_page(
        request,
        people=NOBODY,
        title="决策卷宗",
        rows=projects(_region(request)),
        order="number",
        crumbs=CRUMBS,
        clause="4.5",
        columns=[
            Col("编号", "number", sort="number", link=lambda p: reverse("oversight:dossier", args=[p.id])),
            Col("项目", "name"),
            Col("开发企业", "developer__name"),
            Col("状态", "state", kind="state"),
        ],
        filters=[Filter("state", "状态", Project.STATES)],
        search=("number",),
        empty="还没有项目",
    )


@page(power="oversight.view")
def dossier(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Every act, verdict, paper and resolution of a project, in order."""
    project = get_object_or_404(projects(_region(request)), id=project_id)
    crumbs = [*CRUMBS, ("决策卷宗", reverse("oversight:dossiers"))]
    return render(request, "oversight/dossier.html", {"d": dossier_of(project), "crumbs": crumbs, "project": project})
