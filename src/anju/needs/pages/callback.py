"""Call-back (回访): the rounds of a county, one round with who was reached, what a household said."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.needs import call_sheet
from anju.needs.acts import callback as acts
from anju.needs.models import PROGRAMMES, Call, Campaign
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.parties.models import Account, Appointment
from anju.web import places
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import NOBODY, XLSX, Bulk, Col, Filter, download, families, list_page, regions, within
from anju.web.things import thing_page

HERE = [*CRUMBS, ("回访", "/needs/callback/")]
CALLERS = ("intake_clerk", "reviewer")


class RoundForm(ActForm):
    """The rule."""

    title = forms.CharField(label="名称", max_length=80)
    due_on = forms.DateField(label="完成日期", widget=forms.DateInput())
    programme = forms.ChoiceField(label="申请类别", choices=[("", "全部"), *PROGRAMMES], required=False)
    waited_days = forms.IntegerField(label="轮候满多少天", min_value=0, max_value=3650, initial=0)
    not_confirmed_since = forms.DateField(
        label="这一天以后没有确认过的", widget=forms.DateInput(), required=False, help_text="空为不论是否确认过"
    )
    most = forms.IntegerField(label="最多多少户", min_value=1, max_value=acts.MOST, initial=200)
    share = forms.BooleanField(label="平均分派给本区县的受理和复审人员", required=False, initial=True)

    def __init__(self, *args: Any, clerks: list[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clerks = clerks

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        return {**{k: v for k, v in found.items() if k != "share"}, "clerks": self.clerks if found["share"] else []}


class HeardForm(ActForm):
    """What a household said."""

    outcome = forms.ChoiceField(label="结果", choices=list(acts.SAID.items()), widget=forms.RadioSelect)
    tries = forms.IntegerField(label="联系次数", min_value=1, max_value=acts.TRIES_MAX, initial=1)
    note = forms.CharField(label="说明", max_length=acts.NOTE_MAX, required=False, help_text="要变更的写明变更什么")


class ReasonForm(ActForm):
    """What the list is for."""

    reason = forms.CharField(label="用途", max_length=200)


def callers(region: str) -> list[UUID]:
    """Who may call in a county, in the order of their accounts."""
    rows = Appointment.objects.filter(region=region, post_id__in=CALLERS, until=None).order_by("account_id")
    return list(dict.fromkeys(rows.values_list("account_id", flat=True)))


@page(power="needs.view")
def index(request: HttpRequest) -> HttpResponse:
    """Every round in sight."""
    names = dict(places.choices(request.anju.region))  # type: ignore[attr-defined]
    return list_page(
        request, people=NOBODY,
        title="回访", rows=within(request, Campaign.objects.all()), order="-opened_on", clause="3.2-0", crumbs=CRUMBS,
        sub="问轮候家庭是否仍然需要；放弃须由家庭本人撤回，不因电话离开名单",
        columns=[
            Col("名称", "title", link=lambda c: reverse("needs:campaign", args=[c.id])),
            Col("区县", "region", value=lambda c: names.get(c.region, c.region)),
            Col("户数", "households", kind="int"),
            Col("建立", "opened_on", kind="date", sort="opened_on"),
            Col("完成日期", "due_on", kind="date"),
            Col("办结", "closed_on", kind="date"),
        ],
        filters=[regions(request)], actions=[("建立回访名单", reverse("needs:open_campaign"), "needs.open_campaign")],
        empty="还没有回访过：按条件从轮候库列出名单，分派给人打电话",
    )  # fmt: skip


@page(power="needs.open_campaign")
def open_(request: HttpRequest) -> HttpResponse:
    """A new round, in the post's own county."""
    region = request.anju.region  # type: ignore[attr-defined]
    return act_form_page(
        request, title="建立回访名单", act=acts.open_campaign, form_class=RoundForm, form_kwargs={"clerks": callers(region)},
        back=reverse("needs:campaigns"), done=lambda row: reverse("needs:campaign", args=[row.id]), clause="3.2-0", verb="建立名单",
        explain="按轮候次序列出合于条件的家庭；已在未办结回访中的不重复列入",
    )  # fmt: skip


def _campaign(request: HttpRequest, key: UUID) -> Campaign:
    row = within(request, Campaign.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这次回访")
    return row


@page(power="needs.view")
def campaign(request: HttpRequest, key: UUID) -> HttpResponse:
    """One round: how many were reached and what they said."""
    row = _campaign(request, key)
    counts, titles = acts.tally(row), dict(Call.OUTCOMES)
    open_ = row.closed_on is None
    return thing_page(
        request, title=row.title, state=("ok", "已办结") if row.closed_on else ("info", "进行中"), clause="3.2-0", obj=row, crumbs=HERE,
        figures=[(titles[code], counts.get(code, 0), "户", f"{reverse('needs:calls', args=[row.id])}?outcome={code or 'open'}")
                 for code in ("", "confirmed", "changed", "given_up", "unreachable")],
        facts=[
            ("区县", places.name(row.region)), ("户数", row.households), ("期限", f"{row.opened_on} 至 {row.due_on}"),
            ("办结", row.closed_on or ""),
            ("条件", _rule(row.rule)),
        ],
        acts=[
            ("看名单", reverse("needs:calls", args=[row.id]), "needs.view"),
            ("领取名单", reverse("needs:call_list", args=[row.id]), "needs.take_call_list", open_, "已办结"),
            ("导入结果", "/loads/bring/callbacks/", "needs.import_callbacks", open_, "已办结"),
            ("办结", reverse("needs:close_campaign", args=[row.id]), "needs.close_campaign", open_, "已办结"),
        ],
    )  # fmt: skip


def _rule(rule: dict[str, Any]) -> str:
    parts = [dict(PROGRAMMES)[rule["programme"]]] if rule["programme"] else ["各类"]
    if rule["waited_days"]:
        parts.append(f"轮候满 {rule['waited_days']} 天")
    if rule["not_confirmed_since"]:
        parts.append(f"{rule['not_confirmed_since']} 以后没有确认过")
    return "，".join([*parts, f"最多 {rule['most']} 户"])


@page(power="needs.view")
def calls(request: HttpRequest, key: UUID) -> HttpResponse:
    """The households of a round."""
    row = _campaign(request, key)
    found = Call.objects.filter(region=row.region, campaign=row).select_related("application")
    names = dict(Account.objects.filter(id__in=callers(row.region)).values_list("id", "name"))
    wanted = request.GET.get("outcome", "")
    found = found.filter(outcome="") if wanted == "open" else found
    return list_page(
        request, people=families("application_id"),
        title=f"{row.title}：名单", rows=found, order="id", clause="3.2-0", crumbs=[*HERE, (row.title, reverse("needs:campaign",
            args=[row.id]))],
        columns=[
            Col("受理号", "application", value=lambda c: c.application.number, link=_link(row)),
            Col("申请人", "name", value=lambda c: c.application.applicant_name, kind="name"),
            Col("分派给", "assigned_to", value=lambda c: names.get(c.assigned_to, "")),
            Col("次数", "tries", kind="int", sort="tries"),
            Col("结果", "outcome", value=lambda c: c.get_outcome_display()),
            Col("说明", "note"),
            Col("日期", "called_on", kind="date"),
        ],
        filters=[Filter("outcome", "结果", [(code or "open", words) for code, words in Call.OUTCOMES if code])],
        bulk=[Bulk("分派给我", "needs.assign_calls", _assign_to_me)],
    )  # fmt: skip


def _link(campaign: Campaign) -> Any:
    return lambda call: reverse("needs:call", args=[campaign.id, call.id]) if campaign.closed_on is None else ""


def _assign_to_me(request: HttpRequest, ids: list[UUID]) -> str:
    first = Call.objects.filter(id__in=ids).order_by("id").values_list("region", flat=True).first()
    ctx = request.anju.context(region=first)  # type: ignore[attr-defined]
    count = acts.assign_calls(ctx=ctx, ids=ids, account=ctx.account)
    return f"已分派给您 {count} 户。"


@page(power="needs.record_call")
def call(request: HttpRequest, key: UUID, call_id: UUID) -> HttpResponse:
    """What one household said."""
    row = _campaign(request, key)
    one = Call.objects.select_related("application").filter(region=row.region, campaign=row, id=call_id).first()
    if one is None:
        raise Http404("名单里没有这一户")
    back = reverse("needs:calls", args=[row.id])
    return act_form_page(
        request, title=f"登记回访：{one.application.number}", act=acts.record_call, form_class=HeardForm, fixed={"call_id": one.id},
        back=back, done=lambda _: back, clause="3.2-0", verb="登记结果", region=row.region,
        facts=[
            ("申请类别", one.application.get_programme_display()), ("取得资格", one.application.qualified_on or "—"),
            ("上次确认", one.application.confirmed_on or "没有"),
            ("登记后", "确认：记在申请上；变更：转受理更正；放弃：须家庭本人撤回，位次先保留"),
        ],
    )  # fmt: skip


@page(power="needs.take_call_list")
def call_list(request: HttpRequest, key: UUID) -> HttpResponse:
    """The list with its phone numbers, after the reason is in the log."""
    row, actor = _campaign(request, key), request.anju  # type: ignore[attr-defined]
    if request.method == "POST" and request.POST.get("reason", "").strip():
        acts.take_call_list(ctx=actor.context(region=row.region), campaign_id=row.id, reason=request.POST["reason"])
        name, data = call_sheet.call_list(row, actor.account.id, synthetic=actor.synthetic)
        return download(data, name, XLSX)
    back = reverse("needs:campaign", args=[row.id])
    return act_form_page(
        request, title=f"领取名单：{row.title}", act=acts.take_call_list, form_class=ReasonForm, fixed={"campaign_id": row.id}, back=back,
        done=lambda _: back, clause="3.2-0", verb="领取并下载", region=row.region,
        explain="名单含手机号，领取会留痕；分派给您的只给您那一部分",
    )  # fmt: skip


@page(power="needs.close_campaign")
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a round."""
    row = _campaign(request, key)
    back, left = reverse("needs:campaign", args=[row.id]), acts.tally(row).get("", 0)
    return act_form_page(
        request, title=f"办结「{row.title}」", act=acts.close_campaign, fixed={"campaign_id": row.id}, back=back, done=lambda _: back,
        clause="3.2-0", verb="办结回访", region=row.region, irreversible=True, facts=[("还没有联系的", f"{left} 户，记为“未联系”")],
    )  # fmt: skip
