"""The forms of the acts on a batch, each on a page of its own."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.base.acts import ActContext, InvalidInput, Refused
from anju.base.acts.context import SHANGHAI
from anju.base.numbers import yuan
from anju.needs.models import Application
from anju.negotiation.pages.things import letter_or_404
from anju.offering import acts, forms, reads
from anju.offering.models import Batch, Subscription
from anju.offering.pages.lists import batch_or_404, batch_url, home_choices
from anju.offering.pages.things import choice_or_404
from anju.parties.access import page
from anju.policy.parameters import Unset
from anju.policy.rules.gate import needed
from anju.reserve.reads import in_region
from anju.web.forms import act_form_page


@page(power="offering.announce_batch")
def announce(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """发布公告."""
    found = letter_or_404(request, letter_id)
    inforce = request.anju.context().inforce(region=found.region)  # type: ignore[attr-defined]
    earnest, days = inforce.get("earnest_rule"), inforce.get("apply_window_days")
    initial = {} if isinstance(earnest, Unset) else {"earnest_fen": f"{earnest.value / 100:.2f}"}
    return act_form_page(
        request, title=f"发布公告：{found.project.name}", act=acts.announce_batch, form_class=forms.AnnounceForm,
        form_kwargs={"inforce": inforce}, clause="3.5-2",
        verb="发布公告", fixed={"letter_id": found.pk}, region=found.region, back=reverse("offering:ready"), done=batch_url,
        initial=initial, irreversible=True, confirm=("意向书文号", found.number), said="公告已发布。",
        facts=[
            ("意向书", found.number), ("房源", f"{found.units_count} 套"),
            ("达标线", f"{needed(found.units_count, inforce.get('lock_ratio_min').value)} 套"),
            ("申请期限", None if isinstance(days, Unset) else f"不少于 {days.value} 日"),
        ],
        explain="发布后时间、价格、定金都不能更改；向全社会公布，门户同时可查。",
    )  # fmt: skip


def _act(request: HttpRequest, found: Batch, title: str, act: Any, **more: Any) -> HttpResponse:
    """A page of an act on a batch; back to the batch."""
    values: dict[str, Any] = {
        "clause": "3.5-2", "fixed": {"batch_id": found.pk}, "back": batch_url(found), "done": lambda _row: batch_url(found),
        "region": found.region, **more,
    }  # fmt: skip
    return act_form_page(request, title=f"{title}：{found.number}", act=act, **values)


@page(power="offering.subscribe")
def subscribe(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """登记认购, by a clerk for a household."""
    found = batch_or_404(request, batch_id)

    def record(*, ctx: ActContext, number: str, wishes: list[str]) -> Subscription:
        row = in_region(Application.objects.filter(number=number.strip()), found.region).first()
        if row is None:
            raise InvalidInput(f"没有受理号「{number}」，没有登记；请核对", field="number", clause="3.5-3")
        return acts.subscribe(
            ctx=ctx, batch_id=found.pk, application_id=row.pk, application_region=row.region, wishes=wishes
        )

    class Form(forms.SubscribeForm):
        def arguments(self) -> dict[str, Any]:
            return {**super().arguments(), "number": self.cleaned_data["number"]}

    return _act(
        request, found, "登记认购", record, form_class=Form, form_kwargs={"homes": home_choices(found)}, fixed={}, clause="3.5-3",
        verb="登记", said="已登记认购。", explain="已进入轮候库的家庭可以认购；截止前可以改、可以撤回。",
    )  # fmt: skip


@page(power="offering.freeze")
def freeze(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """封存名单."""
    found = batch_or_404(request, batch_id)
    count = len(reads.standing(found))
    homes = len(reads.homes_of(found))
    return _act(
        request, found, "封存名单", acts.freeze, verb="封存", irreversible=True, confirm=("批次编号", found.number),
        facts=[
            ("符合条件的家庭", f"{count} 户"), ("房源", f"{homes} 套"),
            ("方式", found.get_method_display() if count > homes else "按轮候顺序（家庭不多于房源）"),
        ],
        said="名单已封存，摘要已公布。", done=lambda _row: reverse("offering:draw", args=[found.pk]),
        explain="封存后任何人不能再进入、退出或更改志愿；编号随机给出，名单摘要先于随机数公布。",
    )  # fmt: skip


def _draw_act(request: HttpRequest, found: Batch, title: str, act: Any, **more: Any) -> HttpResponse:
    url = reverse("offering:draw", args=[found.pk])
    return _act(request, found, title, act, **{"back": url, "done": lambda _row: url, **more})


@page(power="offering.name_holders")
def holders(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """指定密数持有人."""
    found = batch_or_404(request, batch_id)
    return _draw_act(
        request, found, "指定密数持有人", acts.name_holders, form_class=forms.HoldersForm, verb="指定",
        explain="两位以上独立的人：公证员、市民代表等，不得是收购主体的人员。重新指定时，先前的指定和摘要作废。",
    )  # fmt: skip


@page(power="offering.commit_secret")
def commit(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """交存密数摘要."""
    found = batch_or_404(request, batch_id)
    return _draw_act(
        request,
        found,
        "交存密数摘要",
        acts.commit_secret,
        form_class=forms.CommitmentForm,
        verb="交存",
        said="摘要已收下，请妥善保存密数。",
    )


@page(power="offering.fix_sources")
def plan(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """公告摇号安排."""
    found = batch_or_404(request, batch_id)
    return _draw_act(
        request, found, "公告摇号安排", acts.fix_sources, form_class=forms.PlanForm, verb="公告", irreversible=True,
        confirm=("批次编号", found.number), said="摇号安排已公告。",
        explain="公告后名单摘要、密数摘要、公共随机值和时间都不能更改。先揭开密数，后开奖：谁也看不到结果再决定交不交。",
    )  # fmt: skip


@page(power="offering.reveal_secret")
def reveal(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """揭开密数."""
    found = batch_or_404(request, batch_id)
    return _draw_act(
        request, found, "揭开密数", acts.reveal_secret, form_class=forms.SecretForm, verb="揭开", said="密数已收下。",
        explain="逾期不揭开的剔除并公布名称，摇号照常进行。",
    )  # fmt: skip


@page(power="offering.enter_public_value")
def value(request: HttpRequest, batch_id: UUID, source_id: UUID) -> HttpResponse:
    """录入公共随机值."""
    found = batch_or_404(request, batch_id)
    return _draw_act(
        request, found, "录入公共随机值", acts.enter_public_value, form_class=forms.ValueForm, fixed={"source_id": source_id},
        verb="录入", said="已录入。", explain="开奖满 24 小时后，由两人分别对照官方公告录入，一致才算数。",
    )  # fmt: skip


@page(power="offering.clear_public_value")
def clear_value(request: HttpRequest, batch_id: UUID, source_id: UUID) -> HttpResponse:
    """更正未确认的公共随机值."""
    found = batch_or_404(request, batch_id)
    return _draw_act(
        request,
        found,
        "更正未确认的公共随机值",
        acts.clear_public_value,
        fixed={"source_id": source_id},
        verb="清除重录",
    )


@page(power="offering.draw_lots")
def draw_lots(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """排定选房顺序."""
    found = batch_or_404(request, batch_id)
    return _draw_act(
        request, found, "排定选房顺序", acts.draw_lots, verb="排定", irreversible=True, confirm=("批次编号", found.number),
        said="选房顺序已排定，全过程数据已公布。", explain="一轮只排一次，数据库拒绝第二次。",
    )  # fmt: skip


@page(power="offering.redraw")
def redraw(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """重新排序."""
    found = batch_or_404(request, batch_id)
    return _draw_act(
        request, found, "重新排序", acts.redraw, form_class=forms.RedrawForm, verb="重新排序",
        form_kwargs={"region": found.region, "since": found.announced_on}, irreversible=True, confirm=("批次编号", found.number),
        explain="须有专班决议和理由；原记录继续公布，新一轮用新的密数和公共随机值。",
    )  # fmt: skip


@page(power="offering.allot")
def allot(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """按顺序配房."""
    found = batch_or_404(request, batch_id)
    return _act(
        request, found, "按顺序配房", acts.allot, verb="配房", said=lambda n: f"配出 {n} 套，已通知家庭缴定金。",
        facts=[("无人选的房源", f"{len(reads.free_homes(found))} 套"), ("候补家庭", f"{len(reads.waiting(found))} 户")],
        done=lambda _row: reverse("offering:choices", args=[found.pk]),
        explain="按排定的顺序和志愿配房；放弃、逾期的由后面的家庭递补，别人不变。",
    )  # fmt: skip


@page(power="offering.judge_gate")
def judge(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """判定是否达标."""
    found = batch_or_404(request, batch_id)
    inforce = request.anju.context().inforce(found.announced_on, found.region)  # type: ignore[attr-defined]
    progress = reads.progress(found, inforce)
    return _act(
        request, found, "判定是否达标", acts.judge_gate, form_class=forms.GateForm, clause="3.5-3", verb="判定", irreversible=True,
        confirm=("批次编号", found.number), said=lambda gate: "已达标，需求已锁定。" if gate.passed else "未达标。",
        facts=[
            ("意向房源", f"{progress.offered} 套"), ("已缴定金", f"{progress.taken} 套"),
            ("达标需要", f"{progress.needed} 套（{progress.ratio}%）"), ("还差", f"{progress.short} 套"),
        ],
        explain="一个批次只判定一次，按公告日的参数。未达标又不提请一事一议的，定金当即全部退回。",
    )  # fmt: skip


@page(power="offering.refund_earnest")
def refund(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """退还全部定金."""
    found = batch_or_404(request, batch_id)
    rows = reads.choices(found, ["taken"])
    total = sum(rows.values_list("earnest_fen", flat=True))
    return _act(
        request, found, "退还全部定金", acts.refund_earnest, clause="3.5-3", verb="退还", irreversible=True,
        confirm=("批次编号", found.number), said=lambda n: f"已退还 {n} 户定金，批次办结。",
        facts=[("户数", f"{rows.count()} 户"), ("金额", yuan(total))], explain="全部原路退回，房源退出意向书，批次办结。",
    )  # fmt: skip


@page(power="offering.record_earnest")
def pay(request: HttpRequest, choice_id: UUID) -> HttpResponse:
    """登记一笔定金到账."""
    found = choice_or_404(request, choice_id)
    url = reverse("offering:choice", args=[found.pk])
    return act_form_page(
        request, title=f"登记定金到账：{found.batch_unit.label}", act=acts.record_earnest, form_class=forms.EarnestForm, clause="3.5-3",
        verb="登记", fixed={"choice_id": found.pk}, region=found.region, back=url, done=lambda _row: url,
        initial={"amount_fen": f"{found.earnest_fen / 100:.2f}"}, facts=[("应缴定金", yuan(found.earnest_fen))],
        explain="以银行回单为准，金额须与公告一致。",
    )  # fmt: skip


@page(power="offering.drop_choice")
def drop(request: HttpRequest, choice_id: UUID) -> HttpResponse:
    """放弃所选房源."""
    found = choice_or_404(request, choice_id)
    url = reverse("offering:choice", args=[found.pk])
    return act_form_page(
        request, title=f"放弃所选房源：{found.batch_unit.label}", act=acts.drop_choice, form_class=forms.ReasonForm, clause="3.5-2",
        verb="放弃", fixed={"choice_id": found.pk}, region=found.region, back=url, done=lambda _row: url, irreversible=True,
        explain="放弃后由后面的家庭递补，本批次不再配房。",
    )  # fmt: skip


@page(power="offering.return_earnest")
def give_back(request: HttpRequest, choice_id: UUID) -> HttpResponse:
    """退还一户定金."""
    found = choice_or_404(request, choice_id)
    url = reverse("offering:choice", args=[found.pk])
    return act_form_page(
        request, title=f"退还定金：{found.batch_unit.label}", act=acts.return_earnest, form_class=forms.ReasonForm, clause="3.5-3",
        verb="退还", fixed={"choice_id": found.pk}, region=found.region, back=url, done=lambda _row: url, irreversible=True,
        facts=[("定金", yuan(found.earnest_fen)), ("回单号", found.earnest_reference)],
    )  # fmt: skip


@page(power="offering.record_earnest_many")
def earnest(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """登记定金到账, many at once: the bank's receipt number beside each home that waits for its money."""
    found = batch_or_404(request, batch_id)
    rows = list(reads.choices(found, ["chosen"]).order_by("batch_unit__label"))
    refused: Refused | None = None
    if request.method == "POST":
        try:
            count = _record(request, found, rows)
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"登记定金到账 {count} 笔。")
            return HttpResponseRedirect(reverse("offering:choices", args=[found.pk]))
    typed = {c.pk: request.POST.get(f"reference_{c.pk}", "") for c in rows}
    on = request.anju.now.astimezone(SHANGHAI).date()  # type: ignore[attr-defined]
    return render(
        request,
        "offering/earnest.html",
        {
            "batch": found, "rows": [(c, typed[c.pk]) for c in rows], "refused": refused, "back": batch_url(found),
            "paid_on": request.POST.get("paid_on") or on.isoformat(),
        },
        status=422 if refused else 200,
    )  # fmt: skip


def _record(request: HttpRequest, found: Batch, rows: list[Any]) -> int:
    """Record those with a receipt number. Raises Refused."""
    day = _day(request.POST.get("paid_on", ""))
    paid = [
        acts.Paid(c.pk, day, number, c.earnest_fen)
        for c in rows
        if (number := request.POST.get(f"reference_{c.pk}", "").strip())
    ]
    if not paid:
        raise InvalidInput("没有填任何银行回单号，没有登记；请在到账的房源后面填回单号", clause="3.5-3")
    ctx = request.anju.context(region=found.region)  # type: ignore[attr-defined]
    return acts.record_earnest_many(ctx=ctx, batch_id=found.pk, rows=paid)


def _day(text: str) -> date:
    """A day as the browser sends it. Raises InvalidInput."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput(
            f"到账日期「{text[:20]}」不是日期，没有登记；请按 2026-03-02 填写", clause="3.5-3"
        ) from error
