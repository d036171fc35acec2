"""A small room of its own for the tests of the list, thing and form pages: tickets as rows, one act, one form."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from anju.base.acts import REGISTRY, ActContext, Refused, act
from anju.base.tickets.models import Ticket
from anju.parties.access import page
from anju.policy.verdict import failed, passed
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import NOBODY, Bulk, Col, Filter, bulk_key, list_page, within
from anju.web.things import thing_page

RENAMED: list[str] = []


@act(clause="4.1", title="改标题", power="front.desk")
def rename(*, ctx: ActContext, ticket_id: UUID, title: str) -> Ticket:
    """Refuses the title 不行, with two verdicts."""
    row = Ticket.objects.select_for_update().get(pk=ticket_id)
    ctx.on(row, title=title)
    ctx.require([
        passed("first", "4.1", measured="有", limit="有", sentence="标题已填"),
        *([failed("second", "3.3-3", measured="130.00 ㎡", limit="120.00 ㎡", sentence="建筑面积超过上限")] if title == "不行" else []),
    ])  # fmt: skip
    row.title = title
    row.save(update_fields=["title"])
    RENAMED.append(title)
    return row


@act(clause="4.1", title="批量办结", power="front.desk")
def close_many(*, ctx: ActContext, ids: list[UUID]) -> int:
    """Refuses a selection that holds a ticket named 不能办."""
    rows = Ticket.objects.filter(pk__in=ids)
    if rows.filter(title="不能办").exists():
        raise Refused("有一行不能办结，整批没有办理；请去掉「不能办」后再试", clause="4.1")
    ctx.items([(pk, "closed") for pk in ids])
    return rows.update(done_on=ctx.today)


# Of the tests alone: the table of powers knows no such room.
for _name in ("tests.rename", "tests.close_many"):
    del REGISTRY[_name]


def _close(request: HttpRequest, ids: list[UUID]) -> int:
    return close_many(ctx=request.anju.context(key=bulk_key(request)), ids=ids)  # type: ignore[attr-defined]


@page(power="front.desk")
def index(request: HttpRequest) -> HttpResponse:
    return list_page(
        request, people=NOBODY,
        title="办件", rows=within(request, Ticket.objects.all()), order="title", search=("title",), export_name="办件",
        columns=[
            Col("标题", "title", link=lambda r: f"/things/{r.id}/", sort="title"), Col("到期", "due_on", kind="clock", sort="due_on"),
            Col("岗位", "post"), Col("收到", "opened_on", kind="date", sort="opened_on"),
            Col("时限", "limit_days", kind="int", unit="工作日"),
        ],
        filters=[
            Filter("post", "岗位", [("reviewer", "复审"), ("leader", "领导")]), Filter("opened_on", "收到不早于", kind="from"),
            Filter("object_id", "事情", kind="is"),
            Filter("limit_days__isnull", "时限", [("True", "未设定"), ("False", "已设定")], name="limit"),
        ],
        bulk=[Bulk("办结", "front.desk", _close, explain="逐行办结。"), Bulk("删除", "nobody.may", _close)],
        actions=[("新办件", "/new/", "front.desk"), ("看不到的", "/x/", "nobody.may")],
    )  # fmt: skip


@page(power="front.desk")
def thing(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    row = Ticket.objects.get(pk=ticket_id)
    return thing_page(
        request, title=row.title, obj=row, facts=[("到期", row.due_on), ("时限", row.limit_days), ("原文", "<b>不是标签</b>")],
        acts=[("改标题", f"/things/{row.id}/rename/", "front.desk"), ("签约", "/s/", "front.desk", False, "还差 5 套"),
            ("无权的", "/n/", "nobody.may")],
        verdicts=[passed("a", "3.3-3", measured="89.32 ㎡", limit="120.00 ㎡", sentence="面积合规")],
    )  # fmt: skip


class TitleForm(ActForm):
    title = forms.CharField(label="标题", max_length=20)


@page(power="front.desk")
def rename_page(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    confirm = ("件数", "1") if "confirm" in request.GET else None
    return act_form_page(
        request, title="改标题", act=rename, form_class=TitleForm, fixed={"ticket_id": ticket_id}, clause="4.1", verb="改标题",
        back="/things/", done=lambda row: f"/things/{row.id}/", irreversible=confirm is not None, confirm=confirm,
    )  # fmt: skip


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("秘密的内部信息")


things: list[Any] = [
    path("things/", index, name="index"),
    path("things/<uuid:ticket_id>/", thing, name="thing"),
    path("things/<uuid:ticket_id>/rename/", rename_page, name="rename"),
    path("broken/", broken, name="broken"),
]
urlpatterns = [*things, path("", include("anju.front.urls"))]

from anju.web import errors  # noqa: E402

handler400, handler403, handler404, handler500 = (
    errors.bad_request,
    errors.permission_denied,
    errors.page_not_found,
    errors.server_error,
)
