"""Files in and out: bring a file, see every bad cell, accept or send it back, watch it come in; blank templates; exports."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.jobs import progress
from anju.base.sheets import EXPORTS, KINDS, SheetKind, loads, template_of, undo
from anju.base.sheets.back import rows_left_out
from anju.base.sheets.kinds import UNUSUAL
from anju.base.sheets.models import Load
from anju.front import acts
from anju.front.exporting import taken_out
from anju.front.pages.files import ERASED, GONE, is_personal, may_open, why_open
from anju.parties.access import page
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import NOBODY, XLSX, Col, Filter, download, list_page, within
from anju.web.people import ask_why
from anju.web.shown import file_url, names_of, words
from anju.web.things import thing_page

SHOWN_ERRORS = 200
STATES = {
    "checking": "info",
    "checked": "near",
    "accepting": "info",
    "accepted": "ok",
    "rejected": "bad",
    "rolled_back": "unk",
}
SHOWN_CHANGES = 300
ROWS_PAGE = 200


def title_of(kind: str) -> str:
    """A kind's title; its bare name where the room is gone."""
    return KINDS[kind].title if kind in KINDS else kind


def kinds_of(request: HttpRequest) -> list[SheetKind]:
    """The kinds this post may bring."""
    return [k for k in KINDS.values() if k.power in request.anju.powers]  # type: ignore[attr-defined]


COLUMNS = [
    Col("文件", "name", link=lambda r: reverse("front:load", args=[r.id])), Col("种类", "kind", value=lambda r: title_of(r.kind)),
    Col("状态", "state", kind="state", tones=STATES), Col("可收行", "good", kind="int"), Col("退回行", "bad", kind="int"),
    Col("已收行", "done", kind="int"),
    Col("不常见值", "unusual", kind="int"), Col("区划", "region", kind="region"), Col("带入时间", "made_at", sort="made_at", kind="moment"),
]  # fmt: skip


@page(power="base.view")
def index(request: HttpRequest) -> HttpResponse:
    """All loads of the region."""
    mine = kinds_of(request)
    rows = within(request, Load.objects.all())
    return list_page(
        request, people=NOBODY, title="导入与导出", rows=rows, columns=COLUMNS, order="-made_at", clause="4.4",
        sub="先校验、后收下；没有收下的一行都不入库",
        filters=[Filter("kind", "种类", [(k.name, k.title) for k in KINDS.values()]), Filter("state", "状态", Load.STATES)],
        search=("name__contains",),
        search_hint="文件名里的字", empty="还没有导入过文件", template="front/loads.html",
        context={"kinds": mine, "exports": [e for e in EXPORTS.values() if e.power in request.anju.powers]},  # type: ignore[attr-defined]
    )  # fmt: skip


class BringForm(ActForm):
    """The file, and what its kind needs beside its rows."""

    file = forms.FileField(label="文件", help_text="xlsx、xls 或 csv，不超过 50 MB")

    def __init__(self, *args: Any, kind: SheetKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, title in kind.options.items():
            self.fields[f"option_{name}"] = forms.CharField(label=title, max_length=80)

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data["file"]
        options = {
            name.removeprefix("option_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("option_")
        }
        return {"name": given.name, "data": given.read(), "options": options}


def _kind(request: HttpRequest, name: str) -> SheetKind:
    kind = KINDS.get(name)
    if kind is None:
        raise Http404("没有这种表")
    if kind.power not in request.anju.powers:  # type: ignore[attr-defined]
        raise PermissionDenied(f"当前岗位不能导入「{kind.title}」；需要的权限：{kind.power}。")
    return kind


@page(power="base.bring_file")
def bring(request: HttpRequest, name: str) -> HttpResponse:
    """Bring one file of a kind."""
    kind = _kind(request, name)
    return act_form_page(
        request, title=f"导入{kind.title}", act=loads.bring_file, form_class=BringForm, form_kwargs={"kind": kind},
        fixed={"kind": kind.name, "later": True},
        clause=kind.clause, verb="上传并校验", back=reverse("front:loads"), done=lambda row: reverse("front:load", args=[row.id]),
        said=brought, explain=kind.note, template="front/bring.html",
        region=region_option(request), context={"kind": kind},
    )  # fmt: skip


def brought(row: Load) -> str:
    """What came of bringing the file; one that was taken in before is told, since it changes nothing."""
    if row.state == Load.CHECKING:
        return "文件已收到，正在后台校验，结果会显示在本页；可以先办别的事。"
    if row.state != Load.CHECKED:
        return f"同一份文件已于 {row.made_at:%Y-%m-%d} 带入（{row.get_state_display()}），这次没有重复收下。"
    return f"校验完：{row.good} 行可以收下，{row.bad} 行退回。还没有入库。"


def region_option(request: HttpRequest) -> str | None:
    """The region that the file belongs to, where a city's post brings it for a county (``?region=``)."""
    text = request.GET.get("region", "")
    return text if len(text) == 6 and text.isdecimal() else None


@page(power="base.bring_file")
def template(request: HttpRequest, name: str) -> HttpResponse:
    """The blank template of a kind."""
    kind = _kind(request, name)
    return download(template_of(kind), f"{kind.title}-模板.xlsx", XLSX)


@page(power="base.view")
def export(request: HttpRequest, name: str) -> HttpResponse:
    """One registered export."""
    found = EXPORTS.get(name)
    if found is None:
        raise Http404("没有这种导出")
    if found.power not in request.anju.powers:  # type: ignore[attr-defined]
        raise PermissionDenied(f"当前岗位不能导出「{found.title}」；需要的权限：{found.power}。")
    why = "" if found.cases is None else ask_why(
        request, title=f"导出「{found.title}」", back=reverse("front:loads"), verb="导出",
        explain="表里有个人信息。导出人、时间、事由和所含家庭都留下记录，家庭取得自己的信息副本时能看到",
    )  # fmt: skip
    if isinstance(why, HttpResponse):
        return why
    filename, data = taken_out(found, request.anju.context(), why)  # type: ignore[attr-defined]
    return download(data, filename, XLSX)


def _load(load_id: UUID) -> Load:
    row = Load.objects.select_related("evidence").filter(pk=load_id).first()
    if row is None:
        raise Http404("没有这份导入")
    return row


def _open_rows(request: HttpRequest, row: Load) -> None:
    """The rows themselves are for those who may bring the kind, and for whoever brought them. Raises Http404."""
    if not may_open(request.anju, row.evidence):  # type: ignore[attr-defined]
        raise Http404("没有这份导入")
    if row.evidence.name == GONE:
        raise Http404(ERASED)


@page(power="base.view")
def load(request: HttpRequest, load_id: UUID) -> HttpResponse:
    """One load: what was found, what is in, what is to be decided."""
    row = _load(load_id)
    kind = KINDS.get(row.kind)
    names = names_of([row.maker, row.checker]) if not request.anju.is_party else {}  # type: ignore[attr-defined]
    waits = row.state == Load.CHECKED
    second = bool(kind and kind.second_person and row.maker == request.anju.account.id)  # type: ignore[attr-defined]
    reason = "" if waits else f"这份导入{row.get_state_display()}"
    stopped = _job_of(request, row)
    acts: list[tuple[Any, ...]] = [
        (f"收下 {row.good} 行", reverse("front:accept", args=[row.id]), "base.accept_load", waits and row.good > 0 and not second,
         reason or ("没有一行可以收下" if not row.good else "这种表须由另一人收下，您是带入的人")),
        ("退回", reverse("front:reject", args=[row.id]), "base.reject_load", waits or row.state == Load.CHECKING, reason),
    ]  # fmt: skip
    if row.state == Load.ACCEPTED:
        why = "" if kind and kind.undo else "这种表收下后不能整份撤销，有误的行请逐行更正"
        acts.append(("撤销这次导入", reverse("front:roll_back", args=[row.id]), "base.roll_back_load", not why, why))
    if stopped and stopped.state == "failed" and row.state == Load.ACCEPTING:
        acts.append(("继续收下", reverse("front:resume", args=[row.id]), "base.accept_load"))
    return thing_page(
        request, title=row.name, sub=f"{title_of(row.kind)}，{row.region}", state=(STATES[row.state], row.get_state_display()), obj=row,
        clause=kind.clause if kind else "4.4", crumbs=[("导入与导出", reverse("front:loads"))],
        figures=[("可以收下", row.good, "行"), ("退回", row.bad, "行"), ("有错的单元格", row.errors_total, "处"),
            ("不常见的值", row.unusual, "处"), ("已收下", row.done, "行")],
        facts=[
            ("带入", f"{names.get(row.maker, '')} {words(row.made_at)}"), ("收下", names.get(row.checker) if row.checker else ""),
            ("文件摘要", row.sha256[:16]), ("退回理由", row.reject_reason), *_undone(row),
            *[(f"不常见值的理由：{k}", v) for k, v in row.reasons.items()],
        ],
        acts=acts, template="front/load.html",
        context={
            "load": row, "job": stopped, "errors": row.errors[:SHOWN_ERRORS], "refused": row.refused[:SHOWN_ERRORS],
            "file": file_url(row.evidence_id), "tells": row.told, "changes": _changes(request, row, kind),
            "shown_changes": SHOWN_CHANGES,
        },
    )  # fmt: skip


def _undone(row: Load) -> list[tuple[str, Any]]:
    if row.state != Load.ROLLED_BACK:
        return []
    who = names_of([row.undone_by]).get(row.undone_by, "")
    return [("撤销", f"{who} {words(row.undone_at)}"), ("撤销理由", row.undo_reason)]


def _changes(request: HttpRequest, row: Load, kind: SheetKind | None) -> list[Any] | None:
    """What accepting would change, cell by cell, for those who may bring the kind; None where the kind shows no such thing."""
    actor = request.anju  # type: ignore[attr-defined]
    if kind is None or kind.preview is None or row.state != Load.CHECKED or kind.power not in actor.powers:
        return None
    return kind.preview(actor.context(region=row.region), loads.good_rows(row, kind))


@page(power="base.view")
def rows(request: HttpRequest, load_id: UUID) -> HttpResponse:
    """What became of each row."""
    row = _load(load_id)
    _open_rows(request, row)
    wanted = request.GET.get("outcome", "")
    found = [one for one in undo.outcomes(row) if not wanted or one[1] == wanted]
    text = request.GET.get("page", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
    first = (number - 1) * ROWS_PAGE
    return render(request, "front/load_rows.html", {
        "load": row, "rows": [(n, undo.OUTCOMES[o], OUTCOME_TONES[o], why) for n, o, why in found[first : first + ROWS_PAGE]],
        "outcomes": list(undo.OUTCOMES.items()), "outcome": wanted, "page": number, "more": len(found) > first + ROWS_PAGE,
        "count": len(found), "crumbs": [("导入与导出", reverse("front:loads")), (row.name, reverse("front:load", args=[row.id]))],
        "title": "逐行结果",
    })  # fmt: skip


OUTCOME_TONES = {"in": "ok", "out": "bad", "refused": "bad", "waiting": "near", "back": "unk"}


class UndoForm(ActForm):
    """Why it is taken back."""

    reason = forms.CharField(label="撤销理由", max_length=200, widget=forms.Textarea)


@page(power="base.roll_back_load")
def roll_back(request: HttpRequest, load_id: UUID) -> HttpResponse:
    """Take back what the load brought."""
    row = _load(load_id)
    here = reverse("front:load", args=[row.id])
    return act_form_page(
        request, title=f"撤销导入：{row.name}", act=undo.roll_back_load, form_class=UndoForm, fixed={"load_id": row.id}, clause="4.4",
        verb=f"撤销 {row.done - len(row.refused)} 行", back=here, done=lambda _: here, region=row.region, irreversible=True,
        explain="这次导入带来的内容全部撤回；已有后续办理的不能撤销，页面会说明是哪一件。文件和校验结果仍保留。",
        said="已撤销，这次导入带来的内容都撤回了；改好的文件可以重新导入。",
    )  # fmt: skip


@page(power="front.read_file")
def back(request: HttpRequest, load_id: UUID) -> HttpResponse:
    """The rows that stayed out, as the same sheet with the reasons. Opening it leaves an entry, as opening the file does."""
    row = _load(load_id)
    _open_rows(request, row)
    actor = request.anju  # type: ignore[attr-defined]
    own = row.evidence.uploaded_by == actor.account.id
    why = why_open(request, name=row.name, case=None, personal=is_personal(row.evidence), own=own, verb="查看")
    if isinstance(why, HttpResponse):
        return why
    acts.read_file(ctx=actor.context(region=row.region), evidence_id=row.evidence_id, reason=why)
    return download(rows_left_out(row), f"{title_of(row.kind)}-没有收下的行.xlsx", XLSX)


@page(power="base.view")
def job(request: HttpRequest, load_id: UUID) -> HttpResponse:
    """How far a load has come; the page asks every two seconds while it runs."""
    row = _load(load_id)
    if "checking" in request.GET and row.state != Load.CHECKING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "front/_job.html", {"load": row, "job": _job_of(request, row)})


def _job_of(request: HttpRequest, row: Load) -> Any:
    """How far the work behind it is; who is no staff sees the load's own state and rows."""
    if request.anju.is_party:  # type: ignore[attr-defined]
        return None
    kind = "check_load" if row.state == Load.CHECKING else "load"
    return progress.of(region=row.region, kind=kind, object_id=row.id)


def columns_unusual(errors: Iterable[dict[str, Any]]) -> list[str]:
    """The columns with a value that needs a reason, in the order they were met."""
    return list(dict.fromkeys(e["column"] for e in errors if e["level"] == UNUSUAL))


class AcceptForm(ActForm):
    """One reason per column with unusual values."""

    def __init__(self, *args: Any, columns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        for at, title in enumerate(columns):
            self.fields[f"reason_{at}"] = forms.CharField(label=f"「{title}」的值不常见，为什么是对的", max_length=200)

    def arguments(self) -> dict[str, Any]:
        return {"reasons": {title: self.cleaned_data[f"reason_{at}"] for at, title in enumerate(self.columns)}}


@page(power="base.accept_load")
def accept(request: HttpRequest, load_id: UUID) -> HttpResponse:
    """Take the good rows in."""
    row = _load(load_id)
    here = reverse("front:load", args=[row.id])
    return act_form_page(
        request, title=f"收下导入：{row.name}", act=loads.accept_load, form_class=AcceptForm,
        form_kwargs={"columns": columns_unusual(row.errors)},
        fixed={"load_id": row.id}, clause="4.4", verb=f"收下 {row.good} 行", back=here, done=lambda _: here, region=row.region,
        said=f"已开始收下 {row.good} 行，进度在本页。", explain=f"{row.good} 行入库，{row.bad} 行退回不入库。",
        facts=[("种类", title_of(row.kind)), ("可以收下", f"{row.good} 行"), ("退回", f"{row.bad} 行")],
    )  # fmt: skip


class RejectForm(ActForm):
    """Why the file goes back."""

    reason = forms.CharField(label="退回理由", max_length=200, widget=forms.Textarea)


@page(power="base.reject_load")
def reject(request: HttpRequest, load_id: UUID) -> HttpResponse:
    """Send a file back."""
    row = _load(load_id)
    here = reverse("front:load", args=[row.id])
    return act_form_page(
        request, title=f"退回导入：{row.name}", act=loads.reject_load, form_class=RejectForm, fixed={"load_id": row.id}, clause="4.4",
        verb="退回", back=here, done=lambda _: here, region=row.region, said="已退回，没有入库。",
    )  # fmt: skip


@page(power="base.accept_load")
def resume(request: HttpRequest, load_id: UUID) -> HttpResponse:
    """Go on with a load that stopped."""
    row = _load(load_id)
    here = reverse("front:load", args=[row.id])
    return act_form_page(
        request, title=f"继续收下：{row.name}", act=loads.continue_load, fixed={"load_id": row.id}, clause="4.4", verb="继续收下",
        back=here,
        done=lambda _: here, region=row.region, explain=f"从第 {row.done + 1} 行继续，已收下的不会重复。",
    )  # fmt: skip
