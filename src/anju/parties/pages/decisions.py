"""Resolutions, and the parameters they set: every value by clause with its layers, what is open and what that blocks."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from anju.parties import acts, forms, reads, words
from anju.parties.access import page
from anju.parties.context import parameter_book
from anju.parties.models import Resolution, Setting
from anju.parties.pages.shared import HUB, address, chosen_region, mine, region, today
from anju.policy.parameters import Parameter, catalogue
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, Col, Filter, list_page
from anju.web.shown import names_of
from anju.web.things import thing_page

PARAMETERS = [*HUB, ("参数", "/parties/parameters/")]


@page(power="parties.view")
def resolutions(request: HttpRequest) -> HttpResponse:
    """The task force's resolutions."""
    lo, hi = mine(request)
    return list_page(
        request, people=NOBODY,
        title="决议", rows=Resolution.objects.filter(owner_region__gte=lo, owner_region__lte=hi).select_related("body"),
        order="-decided_on", crumbs=HUB, clause="4.1", export_name="决议",
        columns=[
            Col("编号", "number", link=lambda r: address("resolution", r.pk), sort="number"),
            Col("议题", "title"),
            Col("专班", "body__name"),
            Col("会议日期", "decided_on", kind="date", sort="decided_on"),
            Col("状态", "adopted_by", kind="state", value=lambda r: "已复核" if r.adopted_by else "待复核", tones=TONES),
        ],
        filters=[Filter("owner_region", "区划", lambda: reads.region_names().items())],
        search=("number", "title__contains"), search_hint="编号或议题",
        actions=[("登记决议", address("new_resolution"), "parties.propose_resolution")],
        empty_act=("登记决议", address("new_resolution"), "parties.propose_resolution"),
    )  # fmt: skip


TONES = {"已复核": "ok", "待复核": "near", "已生效": "ok", "待确认": "near", "已撤回": "unk"}


@page(power="parties.view")
def resolution(request: HttpRequest, key: UUID) -> HttpResponse:
    """One resolution with the values that rest on it."""
    lo, hi = mine(request)
    row = get_object_or_404(
        Resolution.objects.select_related("body"), pk=key, owner_region__gte=lo, owner_region__lte=hi
    )
    names = names_of([row.proposed_by, row.adopted_by])
    rests = Setting.objects.filter(resolution=row).order_by("name", "valid_from", "id")
    return thing_page(
        request, title=row.title, sub=row.number, crumbs=[*HUB, ("决议", address("resolutions"))], obj=row, clause="4.1",
        state=("ok", "已复核") if row.adopted_by else ("near", "待复核"),
        facts=[
            ("专班", row.body.name), ("会议日期", row.decided_on), ("表决", f"赞成 {row.votes_for}，反对 {row.votes_against}"),
            ("登记人", names.get(row.proposed_by)), ("复核人",
            names.get(row.adopted_by) if row.adopted_by else None), ("纪要", row.minutes),
        ],
        sections=[("据此设定的参数", "parties/_settings.html")],
        context={"settings": [_line(s) for s in rests]},
        acts=[("复核决议", address("adopt_resolution", key), "parties.adopt_resolution", row.adopted_by is None, "已复核")],
    )  # fmt: skip


@page(power="parties.propose_resolution")
def new_resolution(request: HttpRequest) -> HttpResponse:
    """Enter a resolution."""
    return act_form_page(
        request, title="登记决议", form_class=forms.ResolutionForm, form_kwargs={"region": region(request)}, act=acts.propose_resolution,
        clause="4.1", verb="登记决议", back=address("resolutions"), done=lambda r: address("resolution", r.pk),
        explain="登记后由另一人对照纪要原件复核；复核后不能更改。",
    )  # fmt: skip


@page(power="parties.adopt_resolution")
def adopt(request: HttpRequest, key: UUID) -> HttpResponse:
    """A second person confirms it."""
    row = get_object_or_404(Resolution, pk=key)
    return act_form_page(
        request, title=f"复核决议：{row.number}", act=acts.adopt_resolution, fixed={"resolution_id": key}, clause="4.1", verb="复核无误",
        irreversible=True, back=address("resolution", key), done=lambda r: address("resolution", r.pk),
        facts=[("议题", row.title), ("会议日期", row.decided_on), ("表决",
        f"赞成 {row.votes_for}，反对 {row.votes_against}"), ("纪要", row.minutes)],
    )  # fmt: skip


@page(power="parties.view")
def parameters(request: HttpRequest) -> HttpResponse:
    """Every parameter by clause: what holds, from which layer, how sure; the open ones with what they block."""
    here, on = chosen_region(request), today(request)
    rows = words.parameter_rows(parameter_book(), here, on)
    unset = [r for r in rows if r.open]
    view = request.GET.get("view", "")
    return render(request, "parties/parameters.html", {
        "title": "参数", "crumbs": HUB, "rows": unset if view == "open" else rows, "view": view, "unset": unset, "all": len(rows),
        "ignored": [(r, s) for r in rows for s in r.ignored], "region": here, "on": on,
        "regions": [(c, n) for c, n in reads.region_names().items() if mine(request)[0] <= c <= mine(request)[1]],
    })  # fmt: skip


@page(power="parties.view")
def parameter(request: HttpRequest, name: str) -> HttpResponse:
    """One parameter: its layers today and its history."""
    here, on = chosen_region(request), today(request)
    found = _parameter(name)
    inforce = parameter_book().on(on, here)
    row = words.parameter_row(found, inforce, inforce.ignored(), 0)
    history = reads.settings_history(name, here)
    return thing_page(
        request, title=found.title, sub=found.description, crumbs=PARAMETERS, clause=found.clause,
        state=("unk", "未定") if row.open else ("ok", "已定"),
        note=("near", "没有定，涉及的事项都在等。") if row.open else None,
        facts=[
            ("区划", here), ("现行取值", "；".join(f"{p} {v}".strip() for p, v in row.now)), ("单位", row.unit), ("来源", row.where),
            ("可靠程度", row.certainty), ("从严方向", DIRECTIONS[found.direction]), ("挡住",
            "、".join(words.blocked(found))), ("各地做法（参考）", found.hint),
        ],
        sections=[("各层取值", "parties/_layers.html"), ("历次设定", "parties/_settings.html")],
        context={"layers": row.layers, "ignored": row.ignored, "settings": [_line(s) for s in history]},
        acts=[("拟定取值", address("propose_setting", name) + f"?region={here}", "parties.propose_setting")],
    )  # fmt: skip


DIRECTIONS = {"max": "上限：下级只能设得更低", "min": "下限：下级只能设得更高", "none": "上级已定的不能另设"}


@page(power="parties.propose_setting")
def propose(request: HttpRequest, name: str) -> HttpResponse:
    """Propose a value; in force once a second person has seen the cases it touches and confirms."""
    found, here = _parameter(name), chosen_region(request)
    return act_form_page(
        request, title=f"拟定取值：{found.title}", form_class=forms.SettingForm, form_kwargs={"parameter": found, "region": here},
        act=acts.propose_setting, fixed={"name": name}, region=here, clause=found.clause, verb="拟定，交另一人确认",
        explain=found.description + ("；各地做法：" + found.hint if found.hint else ""),
        back=address("parameter", name), done=lambda s: address("setting", s.pk),
    )  # fmt: skip


@page(power="parties.view")
def settings(request: HttpRequest) -> HttpResponse:
    """Values proposed and confirmed in the region."""
    lo, hi = mine(request)
    rows = Setting.objects.filter(owner_region__gte=lo, owner_region__lte=hi).select_related("resolution")
    return list_page(
        request, people=NOBODY, title="参数取值", rows=rows, order="-proposed_at", crumbs=PARAMETERS, export_name="参数取值",
        columns=[
            Col("参数", "name", value=lambda s: _title(s.name), link=lambda s: address("setting", s.pk)),
            Col("取值", "value", value=lambda s: words.shown(catalogue()[s.name], s.value) if s.name in catalogue() else str(s.value)),
            Col("区划", "owner_region", sort="owner_region"),
            Col("生效日", "valid_from", kind="date", sort="valid_from"),
            Col("依据", "document"),
            Col("状态", "confirmed_by", kind="state", value=_state, tones=TONES),
        ],
        filters=[
            Filter("owner_region", "区划", lambda: reads.region_names().items()),
            Filter("name", "参数", lambda: [(p.name, p.title) for p in catalogue().values()]),
        ],
    )  # fmt: skip


@page(power="parties.view")
def setting(request: HttpRequest, key: UUID) -> HttpResponse:
    """One proposed value: what it changes, which cases it touches, who confirms."""
    row = _setting(request, key)
    found = catalogue()[row.name]
    names = names_of([row.proposed_by, row.confirmed_by, row.withdrawn_by])
    open_ = row.confirmed_by is None and row.withdrawn_by is None
    self_ = row.proposed_by == request.anju.account.pk  # type: ignore[attr-defined]
    state = _state(row)
    return thing_page(
        request, title=f"{found.title}：{words.shown(found, row.value)}", sub=f"{row.owner_region}，自 {row.valid_from} 起", obj=row,
        crumbs=PARAMETERS, clause=found.clause, state=(TONES[state], state),
        facts=[
            ("依据文件", row.document), ("决议", row.resolution.number if row.resolution else None), ("演示取值", row.demonstration),
            ("拟定人", names.get(row.proposed_by)), ("拟定时间", row.proposed_at),
            ("确认人", names.get(row.confirmed_by) if row.confirmed_by else None), ("确认时间", row.confirmed_at),
        ],
        sections=[("生效后按它判的事项", "parties/_touched.html")],
        context={"touched": reads.touched(row.name, row.owner_region, row.valid_from), "since": row.valid_from},
        acts=[
            ("确认取值", address("confirm_setting", key), "parties.confirm_setting", open_ and not self_,
            "须由拟定人以外的人确认" if open_ else "已办结"),
            ("撤回", address("withdraw_setting", key), "parties.withdraw_setting", open_, "已办结"),
        ],
    )  # fmt: skip


@page(power="parties.confirm_setting")
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """The second person, with the preview."""
    row = _setting(request, key)
    found = catalogue()[row.name]
    touched = reads.touched(row.name, row.owner_region, row.valid_from)
    return act_form_page(
        request, title=f"确认取值：{found.title}", act=acts.confirm_setting, fixed={"setting_id": key},
        clause=found.clause, verb="确认取值",
        irreversible=True, back=address("setting", key), done=lambda s: address("setting", s.pk),
        facts=[
            ("取值", words.shown(found, row.value)), ("区划", row.owner_region), ("生效日", row.valid_from), ("依据文件", row.document),
            ("涉及事项", "；".join(f"{t} {n} 件" for t, n in touched) or "目前没有"),
        ],
    )  # fmt: skip


@page(power="parties.withdraw_setting")
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a proposal back, or send it back."""
    row = _setting(request, key)
    return act_form_page(
        request, title=f"撤回取值：{_title(row.name)}", form_class=forms.ReasonForm, act=acts.withdraw_setting, fixed={"setting_id": key},
        clause="4.1", verb="撤回", back=address("setting", key), done=lambda s: address("setting", s.pk),
    )  # fmt: skip


def _setting(request: HttpRequest, key: UUID) -> Setting:
    lo, hi = mine(request)
    row = get_object_or_404(
        Setting.objects.select_related("resolution"), pk=key, owner_region__gte=lo, owner_region__lte=hi
    )
    if row.name not in catalogue():
        raise Http404
    return row


def _parameter(name: str) -> Parameter:
    if name not in catalogue():
        raise Http404
    return catalogue()[name]


def _title(name: str) -> str:
    return catalogue()[name].title if name in catalogue() else name


def _state(row: Setting) -> str:
    return "已生效" if row.confirmed_by else "已撤回" if row.withdrawn_by else "待确认"


def _line(row: Setting) -> dict[str, object]:
    parameter = catalogue().get(row.name)
    return {
        "row": row, "title": _title(row.name), "value": words.shown(parameter, row.value) if parameter else str(row.value),
        "state": _state(row), "tone": TONES[_state(row)], "url": address("setting", row.pk),
    }  # fmt: skip
