"""A list as a file: what it shows now, with a second sheet that explains it; a large one is made by a job."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from anju.base.acts.context import SHANGHAI
from anju.base.listing import acts
from anju.base.sheets.edits import EDITS, Edits
from anju.base.sheets.edits import sheet_rows as edit_rows
from anju.base.sheets.out import workbook
from anju.base.sheets.template import header_of
from anju.web import cells, saved
from anju.web.columns import Col
from anju.web.downloads import XLSX, download
from anju.web.people import People, ask_why

POWER = "base.export_list"
# Up to so many rows while one waits; more are made by a job, and past the last figure a sheet has no more rows to hold them.
NOW_MAX, JOB_MAX = 5_000, 500_000
STEP = 2_000
MEANINGS = {
    "date": "日期", "moment": "日期和时间（北京时间）", "clock": "到期日", "state": "当前所处状态", "region": "区划名称",
    "name": "姓名，按规定遮盖", "document": "证件号码，按规定遮盖", "bool": "是、否；空为未知", "fen": "金额，保留到分",
    "wan": "金额", "price": "单价", "cm2": "面积，保留两位小数", "int": "整数",
}  # fmt: skip


def may(request: HttpRequest) -> bool:
    """Whether the post may take lists out."""
    return POWER in request.anju.powers  # type: ignore[attr-defined]


def edits_of(request: HttpRequest, name: str) -> Edits | None:
    """What a sheet of the list may change, where this post may."""
    powers = request.anju.powers  # type: ignore[attr-defined]
    found = EDITS.get(name)
    return found if found and found.power in powers and "base.bring_file" in powers and may(request) else None


def export(
    request: HttpRequest, rows: models.QuerySet[Any], *, title: str, columns: Sequence[Col], name: str, filters: Sequence[tuple[str, str]],
    order: str, people: People, shell: str,
) -> HttpResponse:  # fmt: skip
    """The file, or the page that says where it will be. ``filters``: (title, value in words) of what narrows the list.

    Personal rows first ask why (``people``); the entry keeps the reason, and which households' cases the file holds.
    """
    if not may(request):
        raise PermissionDenied(f"当前岗位不能导出清单，没有导出；需要的权限：{POWER}。")
    job = getattr(request, "exporting", None)
    why = "" if job else _why(request, title, filters, people, shell)
    if isinstance(why, HttpResponse):
        return why
    if job is None:
        count = rows.order_by()[: JOB_MAX + 1].count()
        if count > NOW_MAX:
            return _ask(request, title, count, people, why)
    body = Body(rows, columns, job, people)
    actor = request.anju  # type: ignore[attr-defined]
    heads = [(c.title + cells.unit(c), meaning(c)) for c in columns]
    lines = about(actor, title, columns, filters, order, body)
    data = workbook(title, heads, body, actor.synthetic, about=lines)
    day = actor.now.astimezone(SHANGHAI).strftime("%Y%m%d")
    filename = f"{name}-{day}{'-合成' if actor.synthetic else ''}.xlsx"
    if job:
        job.made(filename, data, body.count, body.cases)
    else:
        _note(request, title, body.count, filters, people, why, body.cases)
    return download(data, filename, XLSX)


def edit_sheet(
    request: HttpRequest, rows: models.QuerySet[Any], *, name: str, filters: Sequence[tuple[str, str]], people: People, shell: str
) -> HttpResponse:  # fmt: skip
    """The rows that the list shows, in the form that comes back edited: key, label, and what may be changed."""
    edits, actor = EDITS[name], request.anju  # type: ignore[attr-defined]
    if not may(request) or edits.power not in actor.powers:
        raise PermissionDenied(f"当前岗位不能改「{edits.title}」，没有导出；需要的权限：{edits.power}。")
    ids = list(rows.values_list("pk", flat=True)[: NOW_MAX + 1])
    if len(ids) > NOW_MAX:
        messages.error(request, f"一次最多改 {NOW_MAX:,} 行，没有导出；请用筛选缩小范围。")
        return HttpResponseRedirect(_without_export(request))
    why = _why(request, edits.title, filters, people, shell)
    if isinstance(why, HttpResponse):
        return why
    body = edit_rows(edits, actor.context(), ids)
    cases = _distinct(people.case, rows[:NOW_MAX]) if people.case else []
    _note(request, edits.title, len(body), filters, people, why, cases)
    note = f"只改这几列，改好后到“导入与导出”收回。行标识和{edits.label}不要动；留空的格子不改。"
    data = workbook(edits.title, [header_of(c) for c in edits.all_columns], body, actor.synthetic, notes=[note])
    return download(data, f"{edits.title}-{actor.now.astimezone(SHANGHAI):%Y%m%d}.xlsx", XLSX)


class Body:
    """The rows of the sheet, counted as they go, with the households' cases that they name."""

    def __init__(self, rows: models.QuerySet[Any], columns: Sequence[Col], job: Any, people: People) -> None:
        self.rows, self.columns, self.job, self.path = rows, columns, job, people.case
        self.count = 0
        self._cases: dict[UUID, None] = {}

    @property
    def cases(self) -> list[UUID]:
        """Each household's case once, in the order of the rows."""
        return list(self._cases)

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows[:JOB_MAX].iterator(chunk_size=STEP):
            self.count += 1
            if self.job and self.count % STEP == 0:
                self.job.step(self.count)
            if self.path and (case := _case(row, self.path)):
                self._cases[case] = None
            yield [cells.exported(row, col) for col in self.columns]


def about(
    actor: Any, title: str, columns: Sequence[Col], filters: Sequence[tuple[str, str]], order: str, body: Body
) -> Iterator[list[str]]:  # fmt: skip
    """What stands on the second sheet: of what, by whom, when, narrowed how; then each column. Read once the rows are written."""
    yield from [
        ["表", title], ["导出人", f"{actor.account.name}（{actor.post_title}）"],
        ["导出时间", f"{actor.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"], ["区划", f"{actor.region_name}（{actor.region}）"],
        ["筛选条件", "；".join(f"{t}：{v}" for t, v in filters) or "没有筛选"], ["排序", order], ["行数", f"{body.count:,}"],
        ["数据性质", "合成，不代表任何真实的人、房屋或单位" if actor.synthetic else "工作数据，按内部资料保管"], [],
        ["列", "单位", "说明", "依据"],
    ]  # fmt: skip
    for col in columns:
        yield [col.title, col.measure, meaning(col), f"实施方案第 {col.clause} 条" if col.clause else ""]


def meaning(col: Col) -> str:
    """What a column means: its own note, else what its kind says."""
    return col.note or MEANINGS.get(col.kind, "文字")


def _distinct(path: str, rows: models.QuerySet[Any]) -> list[UUID]:
    return list(dict.fromkeys(case for row in rows if (case := _case(row, path))))


def _case(row: Any, path: str) -> UUID | None:
    for name in path.split("__"):
        row = getattr(row, name) if row is not None else None
    return row


def _why(
    request: HttpRequest, title: str, filters: Sequence[tuple[str, str]], people: People, shell: str
) -> str | HttpResponse:  # fmt: skip
    """Why personal rows go out, or the page that asks; nothing is asked where the rows are about nobody."""
    if not people.personal:
        return ""
    return ask_why(
        request, title=f"导出「{title}」", back=_without_export(request), verb="导出", shell=shell,
        facts=[("筛选条件", "；".join(f"{t}：{v}" for t, v in filters) or "没有筛选")],
        explain="清单里有个人信息。导出人、时间、事由和所含家庭都留下记录，家庭取得自己的信息副本时能看到",
    )  # fmt: skip


def _note(
    request: HttpRequest, title: str, count: int, filters: Sequence[tuple[str, str]], people: People, why: str, cases: Sequence[UUID]
) -> None:  # fmt: skip
    acts.export_list(
        ctx=request.anju.context(), page=saved.page_name(request), title=title, rows=count,  # type: ignore[attr-defined]
        shown=[f"{t}：{v}" for t, v in filters], personal=people.personal, reason=why, cases=cases,
    )  # fmt: skip


def _ask(request: HttpRequest, title: str, count: int, people: People, why: str) -> HttpResponse:
    """Too many to wait for: a job, once for the same list in the same minute."""
    actor = request.anju  # type: ignore[attr-defined]
    if count > JOB_MAX:
        messages.error(
            request, f"符合条件的超过 {JOB_MAX:,} 行，一张表放不下，没有导出；请用筛选缩小范围（如按区县）。"
        )
        return HttpResponseRedirect(_without_export(request))
    address = request.path + _without_export(request)
    mark = hashlib.sha256(f"{actor.account.id} {address} {actor.now:%Y%m%d%H%M}".encode()).hexdigest()[:32]
    match = request.resolver_match
    acts.ask_export(
        ctx=actor.context(key=f"export:{mark}"), page=saved.page_name(request), title=title, address=address,
        needs=getattr(match.func if match else None, "power", ""), rows=count, personal=people.personal, reason=why,
    )  # fmt: skip
    messages.success(request, f"「{title}」共 {count:,} 行，正在后台生成；好了以后在这里下载，工作台也会提示。")
    return HttpResponseRedirect(reverse("front:exports"))


def _without_export(request: HttpRequest) -> str:
    found = [(k, v) for k, values in request.GET.lists() for v in values if k != "export"]
    return "?" + urlencode(found or [(saved.ALL, "1")])
