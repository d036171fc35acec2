"""The forms of pricing's acts."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from anju.base import numbers
from anju.parties.access import page
from anju.parties.models import Organisation
from anju.pricing import acts, forms
from anju.pricing.acts.inputs import APPRAISER
from anju.pricing.models import Ceiling, Commission, DataRequest
from anju.pricing.pages.lists import url_of
from anju.reserve import reads as stock
from anju.reserve.models import Project
from anju.reserve.pages.common import project_or_404, region_of
from anju.web.forms import act_form_page


def doing(request: HttpRequest, found: Project, *, title: str, act: Any, **options: Any) -> HttpResponse:
    """The form of one act on a project."""
    fixed = {"project_id": found.id, **options.pop("fixed", {})}
    back = url_of(found)
    return act_form_page(
        request, title=f"{title}：{found.name}", act=act, fixed=fixed, region=found.region, back=back, done=lambda _row: back,
        **{"clause": "3.4-1", **options},
    )  # fmt: skip


def agencies(request: HttpRequest, among: Any = None) -> list[tuple[str, str]]:
    """The appraisal agencies an actor may name: an appraiser only its own."""
    actor = request.anju  # type: ignore[attr-defined]
    rows = Organisation.objects.filter(kind="appraisal_agency").order_by("name")
    if among is not None:
        rows = rows.filter(id__in=among)
    if actor.post == APPRAISER:
        rows = rows.filter(id=actor.appointment.organisation_id)
    return [(str(a.id), f"{a.name}（资质至 {a.qualified_until or '未登记'}）") for a in rows]


@page(power="pricing.commission_appraisal")
def commission(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """委托估价."""
    return doing(
        request, project_or_404(request, project_id), title="委托估价", act=acts.commission_appraisal, form_class=forms.CommissionForm,
        form_kwargs={"agencies": agencies(request)}, verb="委托", explain="受托机构从此可以看到本项目。",
    )  # fmt: skip


@page(power="pricing.request_data")
def request_data(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """索要估价资料."""
    return doing(
        request, project_or_404(request, project_id), title="索要估价资料", act=acts.request_data, form_class=forms.RequestForm,
        verb="发出", clause="3.4-2", explain="办件到对方桌面，答复前一直挂着。",
    )  # fmt: skip


@page(power="pricing.answer_data")
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """提供估价资料."""
    rows = stock.in_region(DataRequest.objects.select_related("project"), region_of(request))
    row = rows.filter(id=request_id).first()
    if row is None:
        raise Http404("没有这项资料请求，或不在当前岗位的范围内")
    return act_form_page(
        request, title=f"提供资料：{row.what}", act=acts.answer_data, form_class=forms.AnswerForm, clause="3.4-2", verb="提供",
        fixed={"request_id": row.id}, region=row.region, back=url_of(row.project), done=lambda _row: url_of(row.project),
        facts=[("项目", row.project.name), ("索要日期", row.asked_on), ("资料", row.what)],
    )  # fmt: skip


@page(power="pricing.enter_cost_sheet")
def costs(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """录入成本表."""
    return doing(
        request, project_or_404(request, project_id), title="录入成本表", act=acts.enter_cost_sheet, form_class=forms.CostForm,
        verb="录入", explain="录入后不改；更正须另录一份。划拨土地成本不能等于企业的出让价款。",
    )  # fmt: skip


@page(power="pricing.enter_appraisal")
def appraise(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """录入估价报告."""
    found = project_or_404(request, project_id)
    among = Commission.objects.filter(region=found.region, project=found).values_list("agency_id", flat=True)
    return doing(
        request, found, title="录入估价报告", act=acts.enter_appraisal, form_class=forms.AppraisalForm, verb="录入",
        form_kwargs={"agencies": agencies(request, list(among))}, explain="只列出已受托的机构；按同地段保障性住房重置价格评估。",
    )  # fmt: skip


@page(power="pricing.propose_ceiling")
def propose(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """测算收购价上限."""
    return doing(
        request, project_or_404(request, project_id), title="测算收购价上限", act=acts.propose_ceiling, verb="测算",
        explain="按最新的成本表和估价报告、价值时点生效的参数计算，报另一人确认；确认后不再改变。",
    )  # fmt: skip


@page(power="pricing.propose_ceiling")
def trial(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """改假设试算."""
    return doing(
        request, project_or_404(request, project_id), title="改假设试算", act=acts.propose_ceiling, form_class=forms.TrialForm,
        verb="试算", explain="空着的按成本表。试算不能确认，也不能作为签订意向书的依据。",
    )  # fmt: skip


@page(power="pricing.confirm_ceiling")
def confirm(request: HttpRequest, ceiling_id: UUID) -> HttpResponse:
    """确认收购价上限."""
    rows = stock.in_region(Ceiling.objects.select_related("project"), region_of(request))
    row = rows.filter(id=ceiling_id).first()
    if row is None:
        raise Http404("没有这项上限，或不在当前岗位的范围内")
    price = f"{numbers.yuan(row.ceiling_fen_m2)}/㎡"
    return act_form_page(
        request, title=f"确认收购价上限：{row.project.name}", act=acts.confirm_ceiling, clause="3.4-1", verb="确认上限",
        fixed={"ceiling_id": row.id}, region=row.region, back=url_of(row.project), done=lambda _row: url_of(row.project),
        irreversible=True, explain="系统按原资料复算，结果一致才能确认；确认后不再改变，新的上限另行测算。",
        facts=[
            ("收购价上限", price), ("总额", numbers.yuan(row.total_fen)), ("取低者", row.get_binding_display()),
            ("价值时点", row.value_date), ("有效期至", row.valid_until),
        ],
    )  # fmt: skip


@page(power="pricing.set_unit_prices")
def list_prices(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """生成一房一价."""
    return doing(
        request, project_or_404(request, project_id), title="生成一房一价", act=acts.set_price_list, form_class=forms.ListForm,
        verb="生成", clause="3.2-4", said=lambda n: f"核定 {n} 套配售价格。",
        explain="按面积和楼层系数分摊，合计等于基准价乘总面积，分毫不差。公告前可以重新生成。",
    )  # fmt: skip
