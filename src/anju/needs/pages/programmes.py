"""One page per programme (住房类别): how it is run, what it asks of a household, its list's order, what waits for confirmation."""

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.regions import city_of
from anju.needs import order, programmes, reads
from anju.needs.models import LIVE, TENURES
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.parties.models import Setting
from anju.parties.pages.shared import chosen_region
from anju.policy.parameters import LAYER_TITLES, InForce, Unset
from anju.policy.said import said
from anju.web.things import thing_page

TITLE = "住房类别"


@page(power="needs.view")
def index(request: HttpRequest) -> HttpResponse:
    """The programmes of a county or of the whole city: tenure, whether each takes applications, its order, how many wait."""
    region = chosen_region(request)
    inforce = request.anju.context().inforce(region=region)  # type: ignore[attr-defined]
    rows = [_row(code, region, inforce) for code in programmes.TITLES]
    return render(
        request, "needs/programmes.html",
        {"title": TITLE, "crumbs": CRUMBS, "rows": rows, "region": region, "regions": _regions(request), "clause_number": "3.2-0"},
    )  # fmt: skip


def _regions(request: HttpRequest) -> dict[str, str]:
    own = request.anju.region  # type: ignore[attr-defined]
    return {own: reads.region_name(own), **reads.counties(own)}


def _row(code: str, region: str, inforce: InForce) -> dict[str, Any]:
    run = {line.parameter.name: line for line in programmes.run_of(code, inforce)}
    tenure, taken = run[programmes.TENURE], run[programmes.OPEN]
    return {
        "code": code, "title": programmes.title_of(code, inforce), "tenure": dict(TENURES).get(tenure.value, "未定"),
        "open": not programmes.not_open(code, inforce), "since": taken.since, "order": _said(run[programmes.ORDER]),
        **_counts(code, region),
    }  # fmt: skip


def _counts(code: str, region: str) -> dict[str, int]:
    rows = reads.applications(region).filter(programme=code)
    return rows.aggregate(live=Count("id", filter=Q(state__in=LIVE)), waiting=Count("id", filter=Q(state="qualified")))


def _said(line: programmes.Line) -> str:
    return said(line.parameter, line.value) if line.is_set else "未定"


def _rule(held: Any, region: str) -> str:
    """By what the list is ordered; a city's counties have each their own."""
    if held:
        return order.METHODS[held.method] + f"，{held.since} 起"
    return "各县（市、区）分别确定" if region.endswith("00") else "还没有家庭进入轮候库"


@page(power="needs.view")
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """One programme in one county."""
    if code not in programmes.TITLES:
        raise Http404("没有这类住房")
    region = chosen_region(request)
    ctx = request.anju.context()  # type: ignore[attr-defined]
    inforce = ctx.inforce(region=region)
    shut, counts = programmes.not_open(code, inforce), _counts(code, region)
    lines = {"怎么办理": programmes.run_of(code, inforce), "申请条件": programmes.conditions_of(code, inforce)}
    held = order.list_rule(region, code)
    return thing_page(
        request, title=programmes.title_of(code, inforce), sub=reads.region_name(region), clause="3.2-0",
        crumbs=[*CRUMBS, (TITLE, f"{reverse('needs:programmes')}?region={region}")],
        state=("bad", "停止受理") if shut else ("ok", "开放受理"), note=("near", shut) if shut else None,
        facts=[
            ("租售方式", _tenure(code, inforce)), ("在办和轮候", f"{counts['live']} 份"), ("轮候中", f"{counts['waiting']} 户"),
            ("保障对象", "、".join(_groups(code, inforce)) or "未定"),
            ("轮候库现行规则", _rule(held, region)),
        ],
        sections=[(title, f"needs/{name}.html") for title, name in zip(lines, ("_run", "_conditions"), strict=True)]
        + [("等待确认的取值", "needs/_waiting_settings.html")],
        context={
            "run": _lines(lines["怎么办理"]), "conditions": _lines(lines["申请条件"]), "region": region,
            "waiting": _waiting(region),
        },
        acts=[
            ("看轮候次序", f"{reverse('needs:orders')}?region={region}", "needs.view"),
            ("拟定是否受理", _propose(programmes.OPEN, region), "parties.propose_setting"),
            ("拟定租售方式", _propose(programmes.TENURE, region), "parties.propose_setting"),
        ],
    )  # fmt: skip


def _propose(name: str, region: str) -> str:
    return f"{reverse('parties:propose_setting', args=[name])}?region={region}"


def _tenure(code: str, inforce: InForce) -> str:
    found = inforce.get(programmes.TENURE, code)
    return "未定" if isinstance(found, Unset) else dict(TENURES)[found.value]


def _groups(code: str, inforce: InForce) -> list[str]:
    found = inforce.get("eligible_groups")
    return [] if isinstance(found, Unset) else [title for name, _, title in found.value if name == code]


def _lines(lines: list[programmes.Line]) -> list[dict[str, Any]]:
    return [
        {
            "name": line.parameter.name, "title": line.parameter.title, "value": _said(line), "set": line.is_set, "since": line.since,
            "where": f"{LAYER_TITLES[line.layer]}：{line.source}" if line.is_set else "待专班设定，涉及的申请都在等",
        }
        for line in lines
    ]  # fmt: skip


def _waiting(region: str) -> list[dict[str, Any]]:
    """What somebody has proposed of all this and nobody has confirmed yet, for the county or its city."""
    titles = {p.name: p.title for p in programmes.kept_by_programme()}
    rows = Setting.objects.filter(owner_region__in={region, city_of(region)}, name__in=titles)
    rows = rows.filter(confirmed_by__isnull=True, withdrawn_by__isnull=True).order_by("valid_from", "id")
    return [{"id": s.id, "title": titles[s.name], "valid_from": s.valid_from, "document": s.document} for s in rows]
