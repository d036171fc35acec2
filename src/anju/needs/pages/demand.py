"""Publicity (公示) of reviewed applications."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.needs import acts
from anju.needs.models import Publicity
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, Col, Filter, list_page, today_of, within
from anju.web.things import thing_page


@page(power="needs.view")
def publicities(request: HttpRequest) -> HttpResponse:
    """Publicity, running and ended."""
    return list_page(
        request, people=NOBODY,
        title="公示", rows=within(request, Publicity.objects.all()), order="-from_on", clause="3.2-0", crumbs=CRUMBS,
        filters=[Filter("ended_on__isnull", "状态", [("True", "未办结"), ("False", "已办结")])],
        columns=[
            Col("标题", "title", link=lambda p: reverse("needs:publicity", args=[p.id])),
            Col("区划", "region"),
            Col("户数", "households", kind="int"),
            Col("起", "from_on", kind="date", sort="from_on"),
            Col("止", "until_on", kind="date"),
            Col("办结", "ended_on", kind="date"),
        ],
        empty="还没有公示：复审通过的申请在列表里批量公示",
    )  # fmt: skip


def _publicity(request: HttpRequest, key: UUID) -> Publicity:
    row = within(request, Publicity.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份公示")
    return row


@page(power="needs.view")
def publicity(request: HttpRequest, key: UUID) -> HttpResponse:
    """One publicity."""
    row, today = _publicity(request, key), today_of(request)
    over = row.ended_on is None and today > row.until_on
    why = f"已于 {row.ended_on} 办结" if row.ended_on else f"公示到 {row.until_on} 为止，期满后才能办"
    state = ("ok", "已转入轮候库") if row.ended_on else ("near", "期满待办") if over else ("info", "公示中")
    return thing_page(
        request, title=row.title, state=state, clause="3.2-0", obj=row, crumbs=[*CRUMBS, ("公示", reverse("needs:publicities"))],
        facts=[
            ("区划", row.region), ("户数", row.households), ("公示期", f"{row.from_on} 至 {row.until_on}"),
            ("公开页", f"/portal/news/qualified/{row.region}/{row.slug}/"), ("办结", row.ended_on or "—"),
        ],
        acts=[("期满，转入轮候库", reverse("needs:end_publicity", args=[row.id]), "needs.end_publicity", over, why)],
    )  # fmt: skip


@page(power="needs.end_publicity")
def end_publicity(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a publicity whose days are over."""
    row = _publicity(request, key)
    back = reverse("needs:publicity", args=[row.id])
    return act_form_page(
        request, title="公示期满，转入轮候库", act=acts.end_publicity, fixed={"publicity_id": row.id}, back=back,
        done=lambda _: back, region=row.region, clause="3.2-0", verb=f"转入 {row.households} 户", irreversible=True,
        facts=[("公示", row.title), ("户数", row.households), ("办完后", "公示撤下；各户按本地次序方式取得位次，位次不能再改")],
    )  # fmt: skip
