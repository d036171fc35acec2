"""The pages of a batch, of its order and of a choice."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from anju.base.acts.context import SHANGHAI
from anju.base.numbers import yuan
from anju.ledger import books
from anju.offering import reads, sources
from anju.offering.models import Batch, Choice, Draw, Gate
from anju.offering.pages.lists import CRUMBS, TONES, VIEW, batch_or_404, batch_url
from anju.parties.access import page
from anju.policy.verdict import Verdict
from anju.reserve.pages.common import region_of
from anju.web import shown, tones
from anju.web.things import thing_page

STEPS = ("公告", "申请", "封存名单", "排定顺序", "选房缴定金", "判定", "收购")
AT = {"announced": 1, "frozen": 3, "drawn": 4, "choosing": 4, "passed": 6, "special": 6, "failed": 5, "closed": 5}


@page(power=VIEW)
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """One batch: stepper, gauge of the gate, timetable, what is missing and how to close it."""
    found = batch_or_404(request, batch_id)
    inforce = request.anju.context().inforce(found.announced_on, found.region)  # type: ignore[attr-defined]
    progress, gate = reads.progress(found, inforce), reads.gate_of(found)
    last = reads.last_round(found)
    book = books.find("earnest", found.pk, region=found.region)
    context = {
        "batch": found, "p": progress, "g": gate, "draw": last, "gaps": _gaps(found, progress),
        "funnel": [
            ("已认购", f"{progress.subscribed} 户"), ("已选房", f"{progress.chosen + progress.taken} 套"),
            ("定金到账", f"{progress.taken} 套"), ("达标需要", f"{progress.needed} 套"),
        ],
    }  # fmt: skip
    return thing_page(
        request, title=f"{found.project.name} {found.number}", clause="3.5-3", crumbs=CRUMBS, template="offering/batch.html",
        sub=f"{progress.offered} 套，{found.get_method_display()}，申请截止 {found.apply_until}", obj=found,
        state=(TONES.get(found.state) or tones.tone_of(found.state), found.get_state_display()),
        steps=_steps(found, last, gate), context=context, acts=_acts(request, found, last, progress),
        facts=[
            ("公告日", found.announced_on), ("申请期限", f"{found.apply_from} 至 {found.apply_until}"),
            ("缴定金截止", found.earnest_until or "未定"), ("选房顺序", found.get_method_display()), ("每套定金", yuan(found.earnest_fen)),
            ("意向书", found.letter.number), ("收购主体", found.letter.acquirer.name),
            ("定金账余额", yuan(books.balance(book, "bank")) if book else None),
        ],
        verdicts=[Verdict.from_dict(v) for v in gate.verdicts] if gate else None,
    )  # fmt: skip


def _steps(found: Batch, last: Draw | None, gate: Gate | None) -> list[shown.Step]:
    at = AT[found.state]
    dates: dict[int, Any] = {0: found.announced_on, 1: found.apply_until}
    if last:
        dates[2] = reads.day_of(last.frozen_at)
        if last.drawn_at:
            dates[3] = reads.day_of(last.drawn_at)
    if found.earnest_until:
        dates[4] = found.earnest_until
    if gate:
        dates[5] = reads.day_of(gate.judged_at)
    return shown.steps_of(STEPS, at, dates)


def _gaps(found: Batch, progress: reads.Progress) -> list[dict[str, Any]]:
    """What is missing, the cheapest to close first: unpaid choices, then homes that nobody holds."""
    if found.state in ("passed", "special", "failed", "closed"):
        return []
    rows = []
    choices = f"{reverse('offering:choices', args=[found.pk])}?state=chosen"
    if progress.chosen:
        rows.append({
            "what": "已选房，未缴定金", "homes": progress.chosen, "until": found.earnest_until, "how": "催缴定金", "url": choices,
            "after": progress.taken + progress.chosen,
        })  # fmt: skip
    free = len(reads.free_homes(found))
    if free and found.state != "announced":
        waiting = len(reads.waiting(found))
        rows.append({
            "what": "无人选的房源", "homes": free, "until": found.earnest_until, "how": f"候补 {waiting} 户，按顺序递补",
            "url": reverse("offering:allot", args=[found.pk]), "after": progress.taken + min(free, waiting),
        })  # fmt: skip
    return rows


def _acts(request: HttpRequest, found: Batch, last: Draw | None, progress: reads.Progress) -> list[tuple[Any, ...]]:
    def to(name: str) -> str:
        return reverse(f"offering:{name}", args=[found.pk])

    on = request.anju.now.astimezone(SHANGHAI).date()  # type: ignore[attr-defined]
    over = on > found.apply_until
    open_ = found.state == "announced" and found.apply_from <= on <= found.apply_until
    choosing = found.state in ("drawn", "choosing", "passed", "special")
    judged = found.state in ("passed", "failed", "special", "closed")
    why = f"申请期限到 {found.apply_until}"
    return [
        ("登记认购", to("subscribe"), "offering.subscribe", open_, f"申请期限为 {found.apply_from} 至 {found.apply_until}"),
        ("封存名单", to("freeze"), "offering.freeze", over and found.state == "announced", why if not over else "已封存"),
        ("排定顺序", to("draw"), VIEW, last is not None, "先封存名单"),
        ("认购家庭", to("subscriptions"), VIEW),
        ("选房与定金", to("choices"), VIEW, choosing or judged, "排定顺序后选房"),
        ("登记定金到账", to("earnest"), "offering.record_earnest_many", choosing and progress.chosen > 0, "没有待缴定金的选房"),
        ("判定是否达标", to("judge"), "offering.judge_gate", over and not judged, "已判定" if judged else why),
        ("退还全部定金", to("refund"), "offering.refund_earnest", found.state == "failed", "判定未达标、未一事一议才退还"),
    ]  # fmt: skip


@page(power=VIEW)
def draw(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The order of a batch: closed lists, holders, public values, transcript; and what may be done now."""
    found = batch_or_404(request, batch_id)
    row = reads.last_round(found)
    if row is None:
        raise Http404("这个批次还没有封存名单")
    holders, values = list(row.holders.order_by("order")), list(row.sources.order_by("order"))
    account = request.anju.account.pk  # type: ignore[attr-defined]
    mine = next((h for h in holders if h.account == account), None)
    told = json.loads(row.transcript) if row.transcript else None
    context = {
        "row": row, "holders": holders, "values": [(sources.GAMES[v.game].title, v) for v in values], "told": told,
        "order": told["order"][:200] if told else [], "allotted": len(told["allotment"]) if told else 0, "portal": _portal(row, found),
    }  # fmt: skip
    return thing_page(
        request, title=f"排定顺序 {found.number}", sub=f"{found.project.name}，第 {row.round} 轮，{row.get_method_display()}",
        clause="3.5-2", crumbs=[*CRUMBS, (found.number, batch_url(found))], obj=row, template="offering/draw.html",
        state=("ok", "已排定") if row.drawn_at else ("near", "待排定"), context=context,
        facts=[
            ("封存时间", row.frozen_at), ("参加家庭", f"{row.entrants.count(chr(10))} 户"), ("房源", f"{row.homes.count(chr(10))} 套"),
            ("家庭名单摘要", row.freeze_sha256), ("房源名单摘要", row.homes_sha256), ("公告安排", row.fixed_at or ""),
            ("揭开密数截止", row.reveal_until or ""), ("开奖时间", row.value_from or ""), ("排定时间", row.drawn_at or ""),
            ("记录摘要", row.transcript_sha256), ("重排理由", row.reason),
        ],
        acts=_draw_acts(found, row, mine),
    )  # fmt: skip


def _portal(row: Draw, found: Batch) -> str:
    """The public page of the order, where the front door has one."""
    if not row.transcript:
        return ""
    try:
        return reverse("front:draw", args=[row.region, f"{found.number}-{row.round}"])
    except NoReverseMatch:
        return ""


def _draw_acts(found: Batch, row: Draw, mine: Any) -> list[tuple[Any, ...]]:
    def to(name: str) -> str:
        return reverse(f"offering:{name}", args=[found.pk])

    lots, done = row.method == "draw", row.drawn_at is not None
    open_ = lots and row.fixed_at is None and not done
    acts: list[tuple[Any, ...]] = []
    if lots and not done:
        acts = [
            ("指定密数持有人", to("holders"), "offering.name_holders", open_, "摇号安排已公告"),
            ("公告摇号安排", to("plan"), "offering.fix_sources", open_, "摇号安排已公告"),
        ]
        if mine:
            acts += [
                ("交存密数摘要", to("commit"), "offering.commit_secret", open_ and not mine.commitment, "已交存"),
                (
                    "揭开密数",
                    to("reveal"),
                    "offering.reveal_secret",
                    bool(row.fixed_at) and not mine.secret,
                    "公告安排后揭开一次",
                ),
            ]
    acts += [
        ("排定顺序", to("draw_lots"), "offering.draw_lots", not done, "已排定，一轮只排一次"),
        ("按顺序配房", to("allot"), "offering.allot", done, "先排定顺序"),
        ("重新排序", to("redraw"), "offering.redraw", done and found.state == "drawn", "排定后、选房前，凭专班决议"),
    ]
    return acts


@page(power=VIEW)
def choice(request: HttpRequest, choice_id: UUID) -> HttpResponse:
    """One household's choice and its earnest money."""
    found = choice_or_404(request, choice_id)
    home, application = found.batch_unit, found.subscription.application
    before = found.state == "taken" and found.batch.state == "choosing"

    def to(name: str) -> str:
        return reverse(f"offering:{name}", args=[found.pk])

    return thing_page(
        request, title=f"选房 {home.label}", sub=f"{found.batch.project.name} {found.batch.number}", clause="3.5-3", obj=found,
        state=(tones.tone_of(found.state), found.get_state_display()),
        crumbs=[*CRUMBS, (found.batch.number, batch_url(found.batch)), ("选房与定金", reverse("offering:choices", args=[found.batch_id]))],
        facts=[
            ("受理号", application.number), ("编号", found.subscription.draw_number), ("志愿", "、".join(found.subscription.wishes)),
            ("房源", f"{home.label}，{home.unit.rooms} 室 {home.unit.gross_cm2 / 10_000:.2f} ㎡"),
            ("价格" if home.tenure == "sale" else "月租金", yuan(home.amount_fen)), ("应缴定金", yuan(found.earnest_fen)),
            ("选房时间", found.chosen_at), ("到账日期", found.earnest_paid_on or ""), ("银行回单号", found.earnest_reference),
            ("结束", found.ended_on or ""), ("原因", found.end_reason),
        ],
        acts=[
            ("登记定金到账", to("pay"), "offering.record_earnest", found.state == "chosen", "不在待缴定金"),
            ("放弃", to("drop"), "offering.drop_choice", found.state == "chosen", "缴定金前才能直接放弃"),
            ("退还定金", to("return"), "offering.return_earnest", before, "已缴定金、判定之前才能单户退还"),
        ],
    )  # fmt: skip


def choice_or_404(request: HttpRequest, choice_id: UUID) -> Choice:
    """The choice, where the actor may see it."""
    rows = Choice.objects.select_related("batch__project", "batch_unit__unit", "subscription__application")
    found = rows.filter(pk=choice_id).first()
    region = region_of(request)
    if found is None or not (found.region == region or (region.endswith("00") and found.region[:4] == region[:4])):
        raise Http404("没有这笔选房，或不在当前岗位的范围内")
    return found
