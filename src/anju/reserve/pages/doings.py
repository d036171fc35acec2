"""The forms of the reserve's acts, each on a page of its own."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anju.parties.access import page
from anju.parties.models import Organisation
from anju.reserve import acts, forms, reads
from anju.reserve.acts.common import DEVELOPER_AGENT
from anju.reserve.facts import check_items
from anju.reserve.imports.projects import counties_of
from anju.reserve.models import Screening
from anju.reserve.pages.common import project_or_404, unit_or_404, url_of
from anju.web.forms import act_form_page

RENT_AREA = "3.3-4-rent-area"


@page(power="reserve.declare_project")
def declare(request: HttpRequest) -> HttpResponse:
    """申报项目."""
    actor = request.anju  # type: ignore[attr-defined]
    bodies = Organisation.objects.filter(kind="developer").order_by("name")
    if actor.post == DEVELOPER_AGENT:
        bodies = bodies.filter(id=actor.appointment.organisation_id)
    counties = [(code, name) for name, code in counties_of(actor.region).items() if name != code]
    return act_form_page(
        request, title="申报项目", act=acts.declare_project, form_class=forms.DeclareForm, clause="3.3-1", verb="申报",
        form_kwargs={"developers": [(str(b.id), b.name) for b in bodies], "counties": counties},
        back=reverse("reserve:list"), done=url_of, explain="项目由当前岗位的区划管理；房源随后用楼盘表导入。",
    )  # fmt: skip


@page(power="reserve.record_check")
def check(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """登记核查结果."""
    found = project_or_404(request, project_id)
    inforce = request.anju.context().inforce(found.declared_on, found.region)  # type: ignore[attr-defined]
    return act_form_page(
        request, title=f"登记核查结果：{found.name}", act=acts.record_check, form_class=forms.CheckForm, clause="3.3-5", verb="登记",
        fixed={"project_id": found.id}, form_kwargs={"items": list(check_items(inforce).items())}, region=found.region,
        back=url_of(found), done=lambda _row: url_of(found), explain="核查人为当前账号；新的结果替换该项原结果，原结果留存。",
    )  # fmt: skip


@page(power="reserve.screen_project")
def screen(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """准入核查."""
    found = project_or_404(request, project_id)

    def said(counts: dict[str, int]) -> str:
        words = {"pass": "通过", "waivable": "可豁免", "unknown": "待查", "fail": "不通过"}
        return "核查完成：" + "，".join(f"{words[code]} {n} 套" for code, n in sorted(counts.items())) + "。"

    return act_form_page(
        request, title=f"准入核查：{found.name}", act=acts.screen_project, form_class=forms.ScreenForm, clause="3.3-2", verb="核查",
        fixed={"project_id": found.id}, region=found.region, back=url_of(found), done=lambda _row: url_of(found), said=said,
        explain=f"按申报日 {found.declared_on} 生效的参数逐套逐条判断，结论冻结，不再改变；再次核查另起一轮。",
    )  # fmt: skip


@page(power="reserve.admit_units")
def admit(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """入储备库."""
    found = project_or_404(request, project_id)
    counts = reads.counts_of(found)
    return act_form_page(
        request, title=f"入储备库：{found.name}", act=acts.admit_units, clause="3.3-1", verb="入库", region=found.region,
        fixed={"project_id": found.id}, back=url_of(found), done=lambda _row: url_of(found),
        said=lambda n: f"入储备库 {n['admitted']} 套，{n['blocked']} 套不能入库。",
        facts=[("通过", f"{counts.get('pass', 0)} 套"), ("已豁免", f"{counts.get('waived', 0)} 套")],
        explain="通过核查和已豁免的房源全部入库；价格、位置是否合适以后由定价和规划记录，不挡入库。",
    )  # fmt: skip


@page(power="reserve.waive")
def waive(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """办理豁免, for one home."""
    found = unit_or_404(request, unit_id)
    rule = request.GET.get("rule", RENT_AREA)[:60]
    return act_form_page(
        request, title=f"办理豁免：{found.code}", act=acts.waive, form_class=forms.WaiveForm, clause="3.3-4", verb="豁免",
        fixed={"unit_id": found.id, "rule": rule}, region=found.region, back=url_of(found), done=lambda _row: url_of(found),
        explain="只有方案写明「原则上」的可以豁免；豁免只对核查时测得的数值有效，理由随结论公开给监督部门。",
    )  # fmt: skip


@page(power="reserve.waive")
def waive_many(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """办理豁免, for many homes of a project with one reason."""
    found = project_or_404(request, project_id)
    open_ = [unit_id for unit_id, outcome in reads.outcomes(found).items() if outcome == "waivable"]
    homes = reads.live_units(found).filter(id__in=open_).select_related("building").order_by("code")
    choices = [(str(u.id), f"{u.building.number} 号楼 {u.room}，{u.gross_cm2 / 10_000:.2f} ㎡") for u in homes]
    return act_form_page(
        request, title=f"办理豁免：{found.name}", act=acts.waive_units, form_class=forms.WaiveManyForm, clause="3.3-4", verb="豁免",
        fixed={"project_id": found.id, "rule": _rule(found.region, open_)}, form_kwargs={"homes": choices}, region=found.region,
        back=url_of(found), done=lambda _row: url_of(found), said=lambda n: f"已豁免 {n} 套。",
        explain="配租型原则上不超过 100 ㎡；确需纳入的写明理由。",
    )  # fmt: skip


def _rule(region: str, unit_ids: list[UUID]) -> str:
    """The rule that waits for a waiver, as the latest sheet names it."""
    rows = Screening.objects.filter(region=region, unit_id__in=unit_ids, outcome="waivable").order_by("-round")[:1]
    return next((v["rule"] for s in rows for v in s.verdicts if v["outcome"] == "waivable"), RENT_AREA)


@page(power="reserve.refuse_units")
def refuse(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """不予入库, for every declared home that failed."""
    found = project_or_404(request, project_id)
    failed = [unit_id for unit_id, outcome in reads.outcomes(found).items() if outcome == "fail"]
    ids = list(
        reads.live_units(found).filter(id__in=failed, state="declared").order_by("id").values_list("id", flat=True)
    )
    return act_form_page(
        request, title=f"不予入库：{found.name}", act=acts.refuse_units, form_class=forms.ReasonForm, clause="3.3-1", verb="不予入库",
        fixed={"project_id": found.id, "unit_ids": ids}, region=found.region, back=url_of(found), done=lambda _row: url_of(found),
        facts=[("不通过的房源", f"{len(ids)} 套")], said=lambda n: f"不予入库 {n} 套。",
        explain="补齐或更正后可以重新申报、重新核查。",
    )  # fmt: skip


@page(power="reserve.withdraw_project")
def withdraw(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """项目退出."""
    found = project_or_404(request, project_id)
    return act_form_page(
        request, title=f"项目退出：{found.name}", act=acts.withdraw_project, form_class=forms.ReasonForm, clause="3.3-1", verb="退出",
        fixed={"project_id": found.id}, region=found.region, back=url_of(found), done=url_of, irreversible=True,
        confirm=("项目编号", found.number), explain="全部房源一并退出；退出后不能恢复，重新收购须另行申报。",
    )  # fmt: skip


@page(power="reserve.record_rights")
def rights(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """登记权利状况."""
    found = unit_or_404(request, unit_id)
    fixed: dict[str, Any] = {"project_id": found.project_id, "unit_ids": [found.id]}
    return act_form_page(
        request, title=f"登记权利状况：{found.code}", act=acts.record_rights, form_class=forms.RightsForm, clause="3.3-5", verb="登记",
        fixed=fixed, region=found.region, back=url_of(found), done=lambda _row: url_of(found), said="已登记权利状况。",
        explain="没有查到的留「未查」。未入库的房源登记后须重新核查。",
    )  # fmt: skip


@page(power="reserve.take_stock_snapshot")
def take_snapshot(request: HttpRequest) -> HttpResponse:
    """冻结库存快照."""
    return act_form_page(
        request, title="冻结库存快照", act=acts.take_stock_snapshot, clause="3.2-2", verb="冻结", back=reverse("reserve:snapshots"),
        done=lambda row: reverse("reserve:snapshot", args=[row.id]),
        explain="记下本区划（含下辖县）已入储备、未签意向的每一套；拟购方案以快照为依据，冻结后不再改变。",
    )  # fmt: skip
