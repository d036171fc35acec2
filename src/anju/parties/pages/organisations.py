"""Bodies that take part."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from anju.parties import acts, forms, reads
from anju.parties.access import page
from anju.parties.models import Admission, Appointment, Organisation
from anju.parties.pages.shared import HUB, address, mine, today
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, Col, Filter, list_page
from anju.web.things import thing_page

CRUMBS = [*HUB, ("单位", "/parties/organisations/")]


@page(power="parties.view")
def index(request: HttpRequest) -> HttpResponse:
    """All bodies: they are shared by the city and its counties."""
    return list_page(
        request, people=NOBODY, title="单位", rows=Organisation.objects.select_related("parent"), crumbs=HUB, order="name",
        columns=[
            Col("名称", "name", link=lambda o: address("organisation", o.pk), sort="name"),
            Col("类别", "get_kind_display"),
            Col("统一社会信用代码", "uscc"),
            Col("母公司", "parent__name"),
            Col("所属区划", "owner_region", sort="owner_region"),
            Col("资质", "qualification"),
            Col("资质至", "qualified_until", kind="date"),
        ],
        filters=[
            Filter("kind", "类别", Organisation.KINDS),
            Filter("owner_region", "区划", lambda: reads.region_names().items()),
        ],
        search=("name__contains", "uscc"), search_hint="名称或信用代码",
        actions=[("登记单位", address("new_organisation"), "parties.open_organisation")], export_name="单位",
        empty_act=("登记单位", address("new_organisation"), "parties.open_organisation"),
    )  # fmt: skip


@page(power="parties.view")
def thing(request: HttpRequest, key: UUID) -> HttpResponse:
    """One body: what it is, its group, its people's posts, its admissions."""
    row = get_object_or_404(Organisation.objects.select_related("parent"), pk=key)
    lo, hi = mine(request)
    own = lo <= row.owner_region <= hi
    people = Appointment.objects.filter(organisation=row, until__isnull=True).values("account").distinct().count()
    children = "、".join(row.children.order_by("name").values_list("name", flat=True))
    admitted = "、".join(
        f"{a.region}（{a.get_state_display()}）"
        for a in Admission.objects.filter(region__gte=lo, region__lte=hi, acquirer=row).order_by("region", "id")
    )
    return thing_page(
        request, title=row.name, sub=row.get_kind_display(), crumbs=CRUMBS, obj=row,
        note=_expired(row, request),
        facts=[
            ("统一社会信用代码", row.uscc), ("所属区划", row.owner_region), ("母公司", row.parent.name if row.parent else None),
            ("子公司", children), ("资质", row.qualification), ("资质有效期至", row.qualified_until), ("来源", row.source),
            ("合成", row.synthetic), ("在任人数", people), ("收购主体准入", admitted),
        ],
        acts=[
            ("更名", address("rename_organisation", row.pk), "parties.rename_organisation", own, f"由 {row.owner_region} 办理"),
            ("查看任岗", f"{address('appointments')}?organisation={row.pk}", "parties.view_accounts"),
        ],
    )  # fmt: skip


def _expired(row: Organisation, request: HttpRequest) -> tuple[str, str] | None:
    if row.qualified_until and row.qualified_until < today(request):
        return ("bad", f"资质已于 {row.qualified_until} 到期，不能再委托；请核对新的资质证书。")
    return None


@page(power="parties.open_organisation")
def new(request: HttpRequest) -> HttpResponse:
    """Register a body."""
    return act_form_page(
        request, title="登记单位", form_class=forms.OrganisationForm, act=acts.open_organisation, clause="4.1", verb="登记单位",
        back=address("organisations"), done=lambda row: address("organisation", row.pk),
    )  # fmt: skip


@page(power="parties.rename_organisation")
def rename(request: HttpRequest, key: UUID) -> HttpResponse:
    """A new name by a document."""
    row = get_object_or_404(Organisation, pk=key)
    return act_form_page(
        request, title=f"更名：{row.name}", form_class=forms.RenameForm, act=acts.rename_organisation, fixed={"organisation_id": key},
        clause="4.1", verb="更名", back=reverse("parties:organisation", args=[key]), done=lambda o: address("organisation", o.pk),
    )  # fmt: skip
