"""The list of applications, and what many rows are done with at once."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.base.regions import region_range
from anju.base.secrets import blind
from anju.base.sheets.models import Load
from anju.needs import acts, forms, order, reads, route
from anju.needs.models import PROGRAMMES, Application, Finding
from anju.parties.access import page
from anju.parties.acts.work import colleagues
from anju.policy.rules import people
from anju.web.forms import dress
from anju.web.lists import Bulk, Col, Filter, bulk_key, families, list_page, typed, within

CRUMBS = [("需求与轮候", "/needs/")]
LOADS = 100
VIEWS = [
    ("全部", {}), ("待初审", {"state": "submitted"}), ("待复审", {"state": "first_passed"}), ("待联审", {"state": "second_passed"}),
    ("待公示", {"state": "reviewed"}),
    ("待补正", {"state": "supplement"}), ("公示中", {"state": "publicity"}), ("轮候中", {"state": "qualified"}),
    ("补录待查", {"state": "held"}), ("已暂停", {"state": "suspended"}),
]  # fmt: skip
SHOWN = (
    "id", "region", "number", "applicant_name", "programme", "group", "persons", "state", "accepted_on", "qualified_on",
    "back_entered",
)  # fmt: skip


def link(row: Application) -> str:
    """An application's page."""
    return reverse("needs:thing", args=[row.id])


def columns(names: dict[str, str]) -> list[Col]:
    """The list's columns; ``names`` of counties."""
    groups = dict(forms.GROUP_CHOICES)
    return [
        Col("受理号", "number", sort="number", link=link),
        Col("申请人", "applicant_name", kind="name"),
        Col("区县", "region", value=lambda r: names.get(r.region, r.region)),
        Col("申请类别", "programme", value=lambda r: r.get_programme_display()),
        Col("群体", "group", value=lambda r: groups.get(r.group, r.group)),
        Col("家庭人数", "persons", kind="int"),
        Col("状态", "state", kind="state"),
        Col("受理日期", "accepted_on", kind="date"),
        Col("取得资格", "qualified_on", kind="date"),
        Col("补录", "back_entered", value=lambda r: "补录" if r.back_entered else ""),
    ]


def loads_of(region: str) -> list[tuple[Any, str]]:
    """The files that applications came in by, newest first."""
    rows = Load.objects.filter(kind="applications", region__range=region_range(region)).order_by("-made_at", "id")
    return [(row.id, f"{row.name}（{row.made_at:%m-%d}）") for row in rows.only("id", "name", "made_at")[:LOADS]]


def filters(region: str, names: dict[str, str]) -> list[Filter]:
    """What the list narrows by."""
    found = [
        Filter("state", "状态", Application.STATES),
        Filter("programme", "申请类别", PROGRAMMES),
        Filter("group", "群体", forms.GROUP_CHOICES),
        Filter("load", "导入批", loads_of(region)),
    ]
    return [Filter("region", "区县", list(names.items())), *found] if len(names) > 1 else found


@page(power="needs.view")
def index(request: HttpRequest) -> HttpResponse:
    """Applications of the post's county, or of all counties for the city."""
    actor = request.anju  # type: ignore[attr-defined]
    names = reads.counties(actor.region)
    return list_page(
        request, people=families("pk"), title="轮候申请", rows=within(request, Application.objects.only(*SHOWN)), columns=columns(names),
        filters=filters(actor.region, names), search=_searched(request), search_hint="从头输入受理号或姓名", order="-number",
        bulk=_bulk(actor), actions=_actions(), views=VIEWS, export_name="轮候申请", clause="3.2-0", edits="applications_edited",
        empty="还没有轮候申请", empty_act=("导入轮候申请表", "/loads/bring/applications/", "needs.import_applications"),
    )  # fmt: skip


def _searched(request: HttpRequest) -> tuple[str, ...]:
    """A number begins with its county's code. What begins otherwise is a name: asked of names alone, one index finds and counts it."""
    asked = typed(request.GET.get("q", ""))
    return ("number", "applicant_name") if not asked or asked[0].isdecimal() else ("applicant_name",)


def _actions() -> list[tuple[str, str, str]]:
    return [
        ("受理申请", reverse("needs:new"), "needs.check_number"),
        ("导入申请表", "/loads/bring/applications/", "needs.import_applications"),
        ("补录纸质件", reverse("needs:back_enter"), "needs.back_enter"),
        ("轮候库", reverse("needs:queue"), "needs.view"),
        ("公示", reverse("needs:publicities"), "needs.view"),
        ("待查事项", reverse("needs:findings"), "needs.view"),
        ("公示异议", reverse("needs:objections"), "needs.view"),
        ("复核", reverse("needs:reconsiderations"), "needs.view"),
        ("部门核验", reverse("needs:checks"), "needs.view_verification"),
        ("容缺清单", reverse("needs:deferrals"), "needs.view_verification"),
        ("国家库", reverse("needs:national"), "needs.view_national"),
        ("单位报送", reverse("needs:entries"), "needs.view_entries"),
        ("年审", reverse("needs:rechecks"), "needs.view"),
        ("注销和保存期", reverse("needs:erasures"), "needs.view"),
        ("限制申请", reverse("needs:bans"), "needs.view"),
        ("住房类别", reverse("needs:programmes"), "needs.view"),
        ("轮候次序", reverse("needs:orders"), "needs.view"),
        ("需求分析", reverse("needs:analysis"), "needs.view_demand"),
        ("需求快照", reverse("needs:snapshots"), "needs.view_demand"),
        ("问卷", reverse("needs:surveys"), "needs.view_demand"),
        ("按证件号查", reverse("needs:find"), "needs.read_personal"),
    ]


def _bulk(actor: Any) -> list[Bulk]:
    return [
        *_whose(actor),
        Bulk("初审通过", "needs.bulk_first_review", _first, "逐条结论全部通过的才会通过；其余留在待初审并说明原因。"),
        Bulk("复审通过", "needs.bulk_second_review", _second, "初审人与复审人须是两个人；未通过的留在待复审。"),
        Bulk("市级联审通过", "needs.city_review", _city, "由本地参数指定的岗位办理；前面环节的审核人不能办理。"),
        Bulk(
            "公示", "needs.publish_applications", _publish, "公示只含受理号、遮盖的姓名、家庭人数和类别，期满自动撤下。"
        ),
    ]


COLLEAGUES = 8


def _whose(actor: Any) -> list[Bulk]:
    """Cases taken by oneself, or given to a colleague of the post: one line each."""
    if actor.post not in route.POSTS:
        return []
    found = [Bulk("认领", "needs.take_cases", _take, "认领后在工作台显示由您办理。")]
    for account in colleagues(actor.region, actor.post, actor.context().today)[:COLLEAGUES]:
        if account.pk != actor.account.pk:
            found.append(
                Bulk(
                    f"转给{account.name}", "needs.assign_cases", _to(account), "对方在工作台看到；已由别人认领的不转。"
                )
            )
    return found


def _take(request: HttpRequest, ids: list[UUID]) -> str:
    return f"认领 {acts.take_cases(ctx=_ctx(request), ids=ids)} 件。"


def _to(account: Any) -> Any:
    def run(request: HttpRequest, ids: list[UUID]) -> str:
        return f"转给{account.name} {acts.assign_cases(ctx=_ctx(request), ids=ids, to_id=account.pk)} 件。"

    return run


def _city(request: HttpRequest, ids: list[UUID]) -> str:
    return _said(acts.bulk_city_review(ctx=_ctx(request), ids=ids), "市级联审")


def _first(request: HttpRequest, ids: list[UUID]) -> str:
    return _said(acts.bulk_first_review(ctx=_ctx(request), ids=ids), "初审")


def _second(request: HttpRequest, ids: list[UUID]) -> str:
    return _said(acts.bulk_second_review(ctx=_ctx(request), ids=ids), "复审")


def _publish(request: HttpRequest, ids: list[UUID]) -> str:
    actor = request.anju  # type: ignore[attr-defined]
    title = f"{actor.region_name}保障性住房轮候资格审核结果公示"
    row = acts.publish_applications(ctx=_ctx(request), ids=ids, title=title)
    return f"已公示 {row.households} 户，到 {row.until_on} 为止。"


def _ctx(request: HttpRequest) -> Any:
    return request.anju.context(key=bulk_key(request))  # type: ignore[attr-defined]


def _said(answer: dict[str, Any], step: str) -> str:
    left = answer["left"]
    if not left:
        return f"{step}通过 {answer['passed']} 户。"
    shown = "；".join(f"{number}：{why}" for number, why in left[:3])
    return f"{step}通过 {answer['passed']} 户，{len(left)} 户没有通过：{shown}{' 等' if len(left) > 3 else ''}"


@page(power="needs.view")
def queue(request: HttpRequest) -> HttpResponse:
    """The waiting list in its order; a place is counted within county and programme."""
    actor = request.anju  # type: ignore[attr-defined]
    names = reads.counties(actor.region)
    narrow = [Filter("programme", "申请类别", PROGRAMMES)]
    if len(names) > 1:
        narrow.insert(0, Filter("region", "区县", list(names.items())))
    return list_page(
        request, people=families("pk"), title="轮候库", rows=reads.queue(actor.region).defer("verdicts", "phone"), order="",
        clause="3.2-0", crumbs=CRUMBS, filters=narrow, export_name="轮候库",
        sub="位次由取得资格日期或积分推出，不能人为调整；按摇号的县没有位次",
        columns=[
            Col("受理号", "number", link=link),
            Col("位次", "place", value=lambda r: r.place if order.is_ranked(r.sort_key) else "摇号确定"),
            Col("申请人", "applicant_name", kind="name"),
            Col("区县", "region", value=lambda r: names.get(r.region, r.region)),
            Col("申请类别", "programme", value=lambda r: r.get_programme_display()),
            Col("家庭人数", "persons", kind="int"),
            Col("受理日期", "accepted_on", kind="date"),
            Col("取得资格", "qualified_on", kind="date"),
        ],
        empty="还没有取得资格的家庭：公示期满后出现在这里",
    )  # fmt: skip


@page(power="needs.view")
def findings(request: HttpRequest) -> HttpResponse:
    """What back-entered and corrected cases do not meet."""
    rows = within(request, Finding.objects.select_related("application"))
    return list_page(
        request, people=families("application_id"), title="待查事项", rows=rows, order="-opened_on", clause="3.2-0", crumbs=CRUMBS,
        filters=[Filter("settled_on__isnull", "状态", [("True", "待查"), ("False", "已办结")])],
        views=[("全部", {}), ("待查", {"settled_on__isnull": "True"})],
        columns=[
            Col("受理号", "application__number", link=lambda f: link(f.application)),
            Col("事项", "sentence"),
            Col("条款", "clause"),
            Col("提出", "opened_on", kind="date", sort="opened_on"),
            Col("办结", "settled_on", kind="date"),
            Col("结果", "outcome"),
        ],
        empty="没有待查事项",
    )  # fmt: skip


@page(power="needs.read_personal")
def find(request: HttpRequest) -> HttpResponse:
    """Find a person's application by document number: posted, with a reason, and logged where one is found."""
    form = forms.FindForm(request.POST or None)
    found: list[Application] | None = None
    if request.method == "POST" and form.is_valid():
        actor = request.anju  # type: ignore[attr-defined]
        number = people.normal(form.cleaned_data["document"])
        if people.birthday(number) is None:
            form.add_error("document", "身份证号码的位数、地区、出生日期或校验码不符；请对照原件")
        else:
            ids = reads.of_document(actor.region, blind("document", number))
            found = list(Application.objects.filter(id__in=ids).only(*SHOWN).order_by("-number"))
            for row in found:
                acts.read_personal(
                    ctx=actor.context(region=row.region), application_id=row.id, reason=form.cleaned_data["reason"]
                )
            if len(found) == 1:
                return HttpResponseRedirect(link(found[0]))
    dress(form)
    return render(
        request, "needs/find.html", {"form": form, "found": found, "crumbs": CRUMBS, "title": "按证件号查申请"},
        status=422 if form.errors else 200,
    )  # fmt: skip
