"""What may be done with one case after it came in, and the panel of its life: every state and place, who and when."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from anju.base.acts import REGISTRY
from anju.needs import acts, forms, forms_life, programmes, reads
from anju.needs.acts.events import CHANGEABLE
from anju.needs.acts.standing import under_recheck
from anju.needs.models import Application, CaseChange, HouseholdEvent, MemberNeed, Objection, Pause, Reconsideration
from anju.needs.order import is_ranked
from anju.needs.route import SECOND, route, waiting_at
from anju.parties.access import page
from anju.parties.context import parameter_book
from anju.parties.posts import BY_CODE
from anju.web.forms import ActForm, EmptyForm, act_form_page
from anju.web.lists import within
from anju.web.shown import file_url, names_of

MOVED = {
    "housed": "户已配房", "withdrawn": "户已撤回", "suspended": "户已暂停", "lapsed": "户已失效", "merged": "户已并户",
    "vacated": "户已退房", "came_ahead": "户后来排到前面（恢复、优先或重排）",
}  # fmt: skip


def one(request: HttpRequest, key: UUID) -> Application:
    """An application in the actor's sight. Raises Http404."""
    row = within(request, Application.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份申请，或不在本岗位的区划内")
    return row


def panel(row: Application) -> dict[str, Any]:
    """What the case's page shows of its life."""
    own = {"region": row.region, "application": row}
    changes = list(CaseChange.objects.filter(**own).order_by("-written_at"))
    needs = list(MemberNeed.objects.filter(**own).order_by("recorded_on", "id"))
    members = dict(row.members.values_list("id", "name"))
    names = names_of(change.account for change in changes)
    return {
        "changes": [_line(change, names) for change in changes],
        "moves": [f"前面 {count} {MOVED.get(what, what)}" for what, count in reads.how_it_moved(row)],
        "events": list(HouseholdEvent.objects.filter(**own).select_related("other").order_by("-recorded_on", "-id")),
        "pauses": list(Pause.objects.filter(**own).order_by("-from_on", "-id")),
        "objections": list(Objection.objects.filter(**own).order_by("-received_on", "-id")),
        "looks": list(Reconsideration.objects.filter(**own).order_by("-asked_on", "-id")),
        "bans": list(row.bans.order_by("-proposed_on", "-id")),
        "needs": [(need, members.get(need.member, ""), file_url(need.proof)) for need in needs],
        "opinions": [(o, file_url(o.evidence) if o.evidence else "") for o in row.opinions.order_by("asked_on", "department", "id")],
        "vacates": row.vacates, "vacated_by": reads.to_vacate(row),
    }  # fmt: skip


def _line(change: CaseChange, names: Mapping[UUID | None, str]) -> dict[str, Any]:
    titles = dict(Application.STATES)
    known, post = REGISTRY.get(change.act_name), BY_CODE.get(change.post)
    moved = ""
    if change.from_key != change.to_key:
        moved = "进入轮候库" if not change.from_key else "位次重算" if is_ranked(change.to_key) else "改按摇号"
    return {
        "at": change.at, "from": titles.get(change.from_state, change.from_state), "moved": moved,
        "to": titles.get(change.to_state, change.to_state), "same": change.from_state == change.to_state,
        "act": known.title if known else change.act_name, "who": names.get(change.account, "系统"),
        "post": post.title if post else change.post,
    }  # fmt: skip


def stages(request: HttpRequest, row: Application) -> tuple[list[str], Mapping[str, int]]:
    """The stepper's stages by the county's steps, and which of them runs in which state."""
    steps = route(request.anju.context(region=row.region).inforce(row.accepted_on))  # type: ignore[attr-defined]
    titles = ["受理", *(step.title for step in steps), "公示", "轮候", "配房"]
    at = {step.waits: number for number, step in enumerate(steps, 1)}
    last = len(steps) + 1
    return titles, {
        **at,
        "supplement": 1,
        "reviewed": last,
        "publicity": last,
        "qualified": last + 1,
        "housed": last + 3,
    }


def doings(row: Application) -> list[tuple[Any, ...]]:
    """What may be done, in the order of a case's life; each with why not now."""

    def to(name: str) -> str:
        return reverse(f"needs:{name}", args=[row.id])

    at = f"当前为「{row.get_state_display()}」"
    listed, changeable = bool(row.sort_key), row.state in CHANGEABLE
    sale = row.programme in programmes.of_tenure("sale", parameter_book().on(row.accepted_on, row.region))
    return [
        ("市级联审", to("city"), "needs.city_review", row.state == "second_passed", f"{at}，不在市级联审环节"),
        ("征求部门意见", to("ask_opinions"), "needs.ask_opinions", row.state in ("first_passed", "second_passed"),
         f"{at}，不在征求意见的环节"),
        ("申请复核", to("ask_again"), "needs.ask_reconsideration", row.state == "refused", f"{at}，没有不予通过"),
        ("年审办结", to("recheck"), "needs.finish_recheck", bool(under_recheck(row.region, [row.id])), "没有在办的年审"),
        ("暂停轮候", to("suspend"), "needs.suspend_application", row.state == "qualified", f"{at}，不在轮候中"),
        ("恢复轮候", to("resume"), "needs.resume_application", row.state in ("suspended", "lapsed") and listed, f"{at}，没有暂停或失效"),
        ("资格失效", to("lapse"), "needs.lapse_application", listed and acts.may_move(row, "lapsed"), f"{at}，不在轮候库"),
        ("重算位次", to("place"), "needs.recalculate_place", listed and row.state in ("qualified", "suspended"), f"{at}，没有位次"),
        ("分户", to("split"), "needs.split_household", changeable, f"{at}，现在不能变更成员"),
        ("离婚", to("divorce"), "needs.record_divorce", changeable, f"{at}，现在不能变更成员"),
        ("结婚并户", to("join"), "needs.join_households", changeable, f"{at}，现在不能变更成员"),
        ("成员死亡", to("death"), "needs.record_death", changeable, f"{at}，现在不能变更成员"),
        ("登记成员需要", to("need"), "needs.record_need", changeable, f"{at}，现在不能登记"),
        ("承租家庭申购", to("tenant"), "needs.buy_as_tenant", sale and not row.vacates_id
         and row.state in ("submitted", "supplement", "first_passed", "second_passed"), "不是在审核中的购房申请"),
        ("登记已腾退", to("vacate"), "needs.vacate_tenancy", row.state == "housed", f"{at}，没有在住的住房"),
        ("提出限制申请", to("ban_new"), "needs.propose_ban", row.state not in ("merged", "vacated"), f"{at}"),
    ]  # fmt: skip


def _form(
    request: HttpRequest, key: UUID, title: str, act: Callable[..., Any], form: type[ActForm], *, named: bool = True, rows: bool = False,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    row = one(request, key)
    back = reverse("needs:thing", args=[row.id])
    return act_form_page(
        request, title=f"{title} {row.number}", act=act, form_class=form, fixed={"application_id": row.id} if named else {},
        back=back, done=lambda _: back, region=row.region, clause="3.2-0", verb=more.pop("verb", title),
        form_kwargs={"row": row} if rows else {}, **more,
    )  # fmt: skip


@page(power="needs.city_review")
def city(request: HttpRequest, key: UUID) -> HttpResponse:
    """The city's review, by the post that the county's steps name."""
    row = one(request, key)
    steps = route(request.anju.context(region=row.region).inforce(row.accepted_on))  # type: ignore[attr-defined]
    step = waiting_at(steps, row.state)
    why = f"由「{BY_CODE[step.post].title}」办理，与前面的审核人不能是同一人" if step and step.code != SECOND else ""
    return _form(request, key, "市级联审", acts.city_review, forms.ReviewForm, verb="提交联审", explain=why)


@page(power="needs.ask_opinions")
def ask_opinions(request: HttpRequest, key: UUID) -> HttpResponse:
    """The step's departments asked, where they were not."""
    return _form(
        request, key, "征求部门意见", acts.ask_opinions, EmptyForm, explain="只征求还没有征求过的部门；已出具的意见不变"
    )


@page(power="needs.ask_reconsideration")
def ask_again(request: HttpRequest, key: UUID) -> HttpResponse:
    """Another look asked for at the counter, or by the family itself."""
    family = request.anju.post == "family"  # type: ignore[attr-defined]
    row = get_object_or_404(Application, id=key) if family else one(request, key)
    back = reverse("needs:mine") if family else reverse("needs:thing", args=[row.id])
    shell = "web/portal.html" if family else "web/staff.html"
    return act_form_page(
        request, title=f"申请复核 {row.number}", act=acts.ask_reconsideration, form_class=forms_life.AskAgainForm, back=back,
        fixed={"application_id": row.id}, done=lambda _: back, region=row.region, clause="3.2-0", verb="申请复核",
        explain="由作出不予通过以外的岗位和人员复核；复核通过的，受理日期不变", shell=shell,
    )  # fmt: skip


@page(power="needs.finish_recheck")
def recheck(request: HttpRequest, key: UUID) -> HttpResponse:
    """The outcome of a re-check."""
    why = "暂停和失效的保留位次，可以恢复"
    return _form(request, key, "年审办结", acts.finish_recheck, forms_life.RecheckForm, verb="办结", explain=why)


@page(power="needs.suspend_application")
def suspend(request: HttpRequest, key: UUID) -> HttpResponse:
    """A suspension."""
    return _form(request, key, "暂停轮候", acts.suspend_application, forms.ReasonForm, explain="暂停期间跳过，位次保留")


@page(power="needs.resume_application")
def resume(request: HttpRequest, key: UUID) -> HttpResponse:
    """The way back."""
    why = "恢复原来的位次；失效的由另一人恢复"
    return _form(request, key, "恢复轮候", acts.resume_application, forms.ReasonForm, explain=why)


@page(power="needs.lapse_application")
def lapse(request: HttpRequest, key: UUID) -> HttpResponse:
    """A lapse."""
    why = "失效后成员可另行申请；另一人可以恢复"
    return _form(request, key, "资格失效", acts.lapse_application, forms.ReasonForm, explain=why)


@page(power="needs.recalculate_place")
def place(request: HttpRequest, key: UUID) -> HttpResponse:
    """A place made again by the list's rule."""
    why = "按轮候库现行规则和已更正的积分、已核实的需要重算；原位次留在记录里"
    return _form(request, key, "重算位次", acts.recalculate_place, forms.ReasonForm, explain=why)


KEEPS = "本申请的受理日期和位次留给没有离开的人；离开的人另立一户的，自今天起按新申请受理"


@page(power="needs.split_household")
def split(request: HttpRequest, key: UUID) -> HttpResponse:
    """A split."""
    return _form(request, key, "分户", acts.split_household, forms_life.SplitForm, rows=True, explain=KEEPS)


@page(power="needs.record_divorce")
def divorce(request: HttpRequest, key: UUID) -> HttpResponse:
    """A divorce."""
    return _form(request, key, "离婚", acts.record_divorce, forms_life.SplitForm, rows=True, explain=KEEPS)


@page(power="needs.join_households")
def join(request: HttpRequest, key: UUID) -> HttpResponse:
    """A marriage of two who both applied."""
    why = "保留本申请的受理日期和位次；并入的申请办结为已并户。要保留另一份的位次，请从那份申请进入"
    return _form(request, key, "结婚并户", acts.join_households, forms_life.JoinForm, rows=True, explain=why)


@page(power="needs.record_death")
def death(request: HttpRequest, key: UUID) -> HttpResponse:
    """A death."""
    why = "申请人去世的由另一名成年成员接续，位次不变；家中没有成年人的，申请失效"
    return _form(
        request,
        key,
        "成员死亡",
        acts.record_death,
        forms_life.DeathForm,
        rows=True,
        named=False,
        verb="登记",
        explain=why,
    )


@page(power="needs.buy_as_tenant")
def tenant(request: HttpRequest, key: UUID) -> HttpResponse:
    """A sitting tenant buys."""
    why = "在租的住房不计入已享受套数，购得的住房交付时退回"
    return _form(request, key, "承租家庭申购", acts.buy_as_tenant, forms_life.TenancyForm, verb="登记", explain=why)


@page(power="needs.vacate_tenancy")
def vacate(request: HttpRequest, key: UUID) -> HttpResponse:
    """The rented home is given back."""
    why = "有租赁合同的，由运营机构终止租赁时一并登记；没有合同在册的在这里登记"
    return _form(request, key, "登记已腾退", acts.vacate_tenancy, forms.ReasonForm, explain=why, irreversible=True)


@page(power="needs.record_need")
def need(request: HttpRequest, key: UUID) -> HttpResponse:
    """A member's need."""
    family = request.anju.post == "family"  # type: ignore[attr-defined]
    row = get_object_or_404(Application, id=key) if family else one(request, key)
    back = reverse("needs:mine") if family else reverse("needs:thing", args=[row.id])
    shell = "web/portal.html" if family else "web/staff.html"
    return act_form_page(
        request, title=f"登记成员需要 {row.number}", act=acts.record_need, form_class=forms_life.NeedForm, back=back,
        done=lambda _: back, region=row.region, clause="3.2-0", verb="登记", form_kwargs={"row": row},
        explain="由另一人核实后才作数；是否优先由本地参数决定", shell=shell,
    )  # fmt: skip


@page(power="needs.confirm_need")
def confirm_need(request: HttpRequest, key: UUID, need_id: UUID) -> HttpResponse:
    """Another person looks at a need's proof."""
    row = one(request, key)
    found = MemberNeed.objects.filter(region=row.region, application=row, id=need_id).first()
    if found is None:
        raise Http404("没有这项需要")
    back = reverse("needs:thing", args=[row.id])
    form = forms_life.decide_form("confirmed", "属实", "不予认定", "核实结果")
    return act_form_page(
        request, title=f"核实成员需要 {row.number}", act=acts.confirm_need, form_class=form, back=back, done=lambda _: back,
        fixed={"need_id": found.id}, region=row.region, clause="3.2-0", verb="核实",
        facts=[("需要", found.get_kind_display()), ("登记日期", found.recorded_on)], explain="登记人与核实人须是两个人",
    )  # fmt: skip


@page(power="needs.propose_ban")
def ban_new(request: HttpRequest, key: UUID) -> HttpResponse:
    """A ban proposed."""
    why = "先听取家庭陈述，再由另一人决定；决定后全市各县都不受理"
    return _form(request, key, "提出限制申请", acts.propose_ban, forms_life.BanForm, explain=why)
