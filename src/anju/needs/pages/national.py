"""The national list's file: the mapping with its preview, files compared with ours, what is taken in from them and given out."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.numbers import mask_document, mask_name, mask_phone
from anju.needs import forms_verify as forms
from anju.needs import national
from anju.needs.acts import national as acts
from anju.needs.models import Discrepancy, NationalFile, NationalMapping
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web.forms import ActForm, EmptyForm, act_form_page
from anju.web.lists import NOBODY, Col, Filter, families, list_page, regions, within
from anju.web.shown import file_url, names_of
from anju.web.things import thing_page

HERE = [*CRUMBS, ("国家库", "/needs/national/")]
PREVIEWED = 5
KIND_TONES = {"只在本地": "near", "只在国家库": "info", "内容不同": "bad"}
MASKS = {"document": mask_document, "phone": mask_phone, "name": mask_name}


class MappingForm(ActForm):
    """A mapping of columns."""

    columns = django_forms.CharField(
        label="列对照",
        widget=django_forms.Textarea(attrs={"rows": 24}),
        help_text="每行：国家库列名，本地列名（轮候申请表的列名）",
    )
    valid_from = django_forms.DateField(label="生效日", widget=django_forms.DateInput)
    note = django_forms.CharField(
        label="列名出处", max_length=200, help_text="如：国家轮候服务系统 2026 年 3 月导出样表"
    )


class FileForm(ActForm):
    """Their file."""

    file = forms.OneFile(label="文件", help_text="从国家轮候服务系统导出的 xlsx、xls 或 csv，不超过 50 MB")

    def arguments(self) -> dict[str, Any]:
        name, data = self.cleaned_data["file"]
        return {"name": name, "data": data}


class WhyForm(ActForm):
    """A reason."""

    reason = django_forms.CharField(label="导出事由", max_length=300)


@page(power="needs.view_national")
def index(request: HttpRequest) -> HttpResponse:
    """Files compared, newest first."""
    return list_page(
        request, people=NOBODY,
        title="国家轮候服务系统", rows=within(request, NationalFile.objects.all()), order="-received_on", clause="4.4",
        crumbs=CRUMBS, filters=[regions(request)], sub="没有公开的文件格式，列名由本地按样表对照；核对只比较，不改本地内容",
        columns=[
            Col("文件", "name", link=lambda f: reverse("needs:national_file", args=[f.id])), Col("区划", "region", kind="region"),
            Col("收到", "received_on", kind="date", sort="received_on"), Col("国家库户数", "households", kind="int"),
            Col("本地户数", "here", kind="int"), Col("一致", "same", kind="int"),
        ],
        actions=[
            ("带入并核对", reverse("needs:bring_national"), "needs.bring_national"),
            ("导出国家库格式", reverse("needs:export_national"), "needs.export_national"),
            ("列对照", reverse("needs:mappings"), "needs.view_national"),
        ],
        empty="还没有带入过国家库文件：先拟定并确认列对照，再带入",
    )  # fmt: skip


@page(power="needs.bring_national")
def bring(request: HttpRequest) -> HttpResponse:
    """Bring a file."""
    return act_form_page(
        request, title="带入国家库文件并核对", act=acts.bring_national, form_class=FileForm, back=reverse("needs:national"),
        done=lambda row: reverse("needs:national_file", args=[row.id]), clause="4.4", verb="带入并核对",
        said=lambda row: f"国家库 {row.households} 户，本地 {row.here} 户，{row.same} 户一致。", explain="只比较，不改本地内容",
    )  # fmt: skip


@page(power="needs.export_national")
def export(request: HttpRequest) -> HttpResponse:
    """Ours in their columns."""
    return act_form_page(
        request, title="导出国家库格式", act=acts.export_national, form_class=WhyForm, back=reverse("needs:national"),
        done=lambda row: file_url(row.id), clause="4.4", verb="导出", explain="含姓名、证件号码和手机号，谁导出、为什么记入日志",
    )  # fmt: skip


def _file(request: HttpRequest, key: UUID) -> NationalFile:
    row = within(request, NationalFile.objects.select_related("mapping")).filter(id=key).first()
    if row is None:
        raise Http404("没有这份国家库文件，或不在本岗位的区划内")
    return row


@page(power="needs.view_national")
def report(request: HttpRequest, key: UUID) -> HttpResponse:
    """The comparison: only here, only there, fields that differ; also as xlsx."""
    row = _file(request, key)
    rows = Discrepancy.objects.filter(region=row.region, file=row).select_related("application")
    actions = (
        []
        if row.load_id
        else [("收进只在国家库的家庭", reverse("needs:take_only_there", args=[key]), "needs.bring_national")]
    )
    if row.load_id:
        actions.append(("查看收进的导入", reverse("front:load", args=[row.load_id]), "needs.bring_national"))
    return list_page(
        request, people=families("application_id"), title=f"核对结果 {row.name}", rows=rows, order="kind", clause="4.4", crumbs=HERE,
        export_name=f"国家库核对_{row.received_on}",
        sub=f"{row.received_on} 收到；国家库 {row.households} 户，本地 {row.here} 户，{row.same} 户一致", actions=actions,
        filters=[Filter("kind", "结果", Discrepancy.KINDS)],
        views=[("全部", {}), *((words, {"kind": code}) for code, words in Discrepancy.KINDS)],
        columns=[
            Col("结果", "kind", kind="state", value=lambda d: d.get_kind_display(), tones=KIND_TONES),
            Col("申请人", "who"),
            Col("受理号", "application__number", link=_case),
            Col("国家库行号", "row", kind="int"),
            Col("不同之处", "fields", value=lambda d: "；".join(f"{t}：本地 {a}，国家库 {b}" for t, a, b in d.fields)),
        ],
        empty="没有不同",
    )  # fmt: skip


def _case(line: Discrepancy) -> str:
    return reverse("needs:thing", args=[line.application_id]) if line.application_id else ""


@page(power="needs.bring_national")
def take_only_there(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take in those only there."""
    row = _file(request, key)
    return act_form_page(
        request, title=f"收进只在国家库的家庭（{row.name}）", act=acts.take_only_there, form_class=EmptyForm, fixed={"file_id": key},
        back=reverse("needs:national_file", args=[key]), done=lambda load: reverse("front:load", args=[load.id]), region=row.region,
        clause="4.4", verb="生成导入", explain="生成一份轮候申请导入，校验后由您收下；不用再录一遍",
    )  # fmt: skip


@page(power="needs.view_national")
def mappings(request: HttpRequest) -> HttpResponse:
    """Mappings, newest first."""
    return list_page(
        request, people=NOBODY,
        title="国家库列对照", rows=within(request, NationalMapping.objects.all()), order="-valid_from", clause="4.4", crumbs=HERE,
        columns=[
            Col("生效日", "valid_from", kind="date", link=lambda m: reverse("needs:mapping", args=[m.id]), sort="valid_from"),
            Col("列数", "columns", value=lambda m: len(m.columns)), Col("出处", "note"), Col("区划", "region", kind="region"),
            Col("状态", "confirmed_on", kind="state", value=lambda m: "已确认" if m.confirmed_on else "待确认",
                tones={"已确认": "ok", "待确认": "near"}),
        ],
        actions=[("拟定列对照", reverse("needs:propose_mapping"), "needs.propose_mapping")], empty="还没有列对照",
    )  # fmt: skip


@page(power="needs.propose_mapping")
def propose(request: HttpRequest) -> HttpResponse:
    """Draft a mapping: begun from the one in force, or from our own titles."""
    ctx = request.anju.context()  # type: ignore[attr-defined]
    held = national.mapping_on(ctx.region, ctx.today)
    return act_form_page(
        request, title="拟定国家库列对照", act=acts.propose_mapping, form_class=MappingForm, back=reverse("needs:mappings"),
        done=lambda row: reverse("needs:mapping", args=[row.id]), clause="4.4", verb="拟定",
        initial={"columns": national.written(held.columns if held else national.default_pairs()), "valid_from": ctx.today},
        explain="保存后可预览；由另一人确认后生效",
    )  # fmt: skip


def _mapping(request: HttpRequest, key: UUID) -> NationalMapping:
    row = within(request, NationalMapping.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份列对照，或不在本岗位的区划内")
    return row


@page(power="needs.view_national")
def mapping(request: HttpRequest, key: UUID) -> HttpResponse:
    """One mapping with what a few of our cases would look like in it, personal values masked."""
    row = _mapping(request, key)
    names = names_of([row.maker, row.confirmed_by])
    lines = [
        [_masked(name, value) for (_, name), value in zip(row.columns, line, strict=True)]
        for line in national.lines_of(row.region, row.columns, PREVIEWED)
    ]
    return thing_page(
        request, title=f"国家库列对照 {row.valid_from} 起", clause="4.4", crumbs=[*HERE, ("列对照", reverse("needs:mappings"))], obj=row,
        state=("ok", "已确认") if row.confirmed_on else ("near", "待确认"),
        facts=[
            ("出处", row.note), ("列数", len(row.columns)), ("拟定", names.get(row.maker)), ("拟定日期", row.proposed_on),
            ("确认", names.get(row.confirmed_by) if row.confirmed_by else "—"), ("确认日期", row.confirmed_on or "—"),
        ],
        sections=[("对照", "needs/_mapping.html"), ("预览", "needs/_preview.html")],
        context={"pairs": [(theirs, national.BY_FIELD[name].title) for theirs, name in row.columns], "lines": lines,
            "columns": row.columns},
        acts=[("确认列对照", reverse("needs:confirm_mapping", args=[key]), "needs.confirm_mapping", row.confirmed_on is None, "已确认")],
    )  # fmt: skip


def _masked(name: str, value: Any) -> str:
    if value is None:
        return ""
    return MASKS[name](str(value)) if name in MASKS else str(value)


@page(power="needs.confirm_mapping")
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """A second person confirms."""
    row, back = _mapping(request, key), reverse("needs:mapping", args=[key])
    return act_form_page(
        request, title=f"确认国家库列对照 {row.valid_from} 起", act=acts.confirm_mapping, form_class=EmptyForm, fixed={"mapping_id": key},
        back=back, done=lambda _: back, region=row.region, clause="4.4", verb="确认",
        facts=[("出处", row.note), ("列数", len(row.columns))],
    )  # fmt: skip
