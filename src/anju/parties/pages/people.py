"""Accounts and posts, looked up both ways: who may do this; what may this person do."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from anju.base.acts import ActContext
from anju.base.acts.context import SHANGHAI
from anju.parties import acts, forms, reads
from anju.parties.access import page
from anju.parties.matrix import matrix, titles_of
from anju.parties.models import Account, Appointment, SignIn
from anju.parties.pages.shared import HUB, address, chosen_region, mine, region, today
from anju.parties.posts import FAMILY, POSTS
from anju.web.forms import act_form_page
from anju.web.lists import PERSONS, Col, Filter, list_page
from anju.web.things import thing_page

CRUMBS = [*HUB, ("账号", "/parties/accounts/")]
LOGIN, POST = "登录名", "岗位"


@page(power="parties.view_accounts")
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts of staff and bodies in the region's reach; families are counted, not listed."""
    on = today(request)
    live = Prefetch("appointments", queryset=reads.live_appointments(on), to_attr="live")
    rows = reads.accounts(region(request), on).exclude(username__startswith="p-").prefetch_related(live)
    return list_page(
        request, people=PERSONS, title="账号", rows=rows, order="username", crumbs=HUB, export_name="账号",
        columns=[
            Col(LOGIN, "username", link=lambda a: address("account", a.pk), sort="username"),
            Col("姓名", "name", sort="name"),
            Col("单位", "organisation__name"),
            Col(POST, "live", value=lambda a: "、".join(f"{r.post.title}（{r.region}）" for r in a.live) or "无"),
            Col("可登录", "is_active", kind="bool"),
        ],
        filters=[Filter("is_active", "可登录", kind="bool")],
        search=("username", "name"), search_hint="登录名或姓名",
        actions=[
            ("开立账号", address("new_account"), "parties.open_account"),
            ("任岗", address("appointments"), "parties.view_accounts"),
            ("岗位权限表", address("powers"), "parties.view"),
        ],
    )  # fmt: skip


@page(power="parties.view_sign_ins")
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Who signed in, from where, and who tried to; of families the outcome alone."""
    lo, hi = mine(request)
    rows = SignIn.objects.filter(region__gte=lo, region__lte=hi)
    return list_page(
        request, people=PERSONS, title="登录记录", rows=rows, order="-at", crumbs=HUB, export_name="登录记录",
        columns=[
            Col("时间", "at", value=lambda r: f"{r.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}", sort="at"),
            Col("方式", "get_way_display"),
            Col(LOGIN, "username", value=_who, link=lambda r: address("account", r.account) if r.account else ""),
            Col("结果", "get_outcome_display"),
            Col("地址", "address", value=lambda r: r.address or "—"),
            Col("区划", "region", sort="region"),
        ],
        filters=[
            Filter("outcome", "结果", SignIn.OUTCOMES), Filter("way", "方式", SignIn.WAYS),
            Filter("at__date", "自", kind="from", name="from"), Filter("at__date", "至", kind="to", name="to"),
        ],
        search=("username",), search_hint="登录名",
    )  # fmt: skip


def _who(row: SignIn) -> str:
    """The account; a name nobody has and a family's phone are not told, only that the same one comes again."""
    if row.username:
        return row.username
    return f"{'家庭' if row.way == 'phone' else '无此账号'} {bytes(row.name_blind or b'').hex()[2:10]}"


@page(power="parties.view_accounts")
def appointments(request: HttpRequest) -> HttpResponse:
    """Who holds which post where, today."""
    lo, hi = mine(request)
    rows = reads.live_appointments(today(request)).filter(region__gte=lo, region__lte=hi).exclude(post=FAMILY)
    if request.GET.get("power"):
        rows = rows.filter(post__powers__power=request.GET["power"])
    if body := request.GET.get("organisation"):
        rows = rows.filter(organisation=_key(body))
    return list_page(
        request, people=PERSONS, title="任岗", rows=rows, order="region", crumbs=HUB, export_name="任岗",
        columns=[
            Col(LOGIN, "account__username", link=lambda r: address("account", r.account_id)),
            Col("姓名", "account__name"),
            Col(POST, "post__title"),
            Col("区划", "region", sort="region"),
            Col("单位", "organisation__name"),
            Col("自", "since", kind="date", sort="since"),
        ],
        filters=[
            Filter("post_id", POST, [(p.code, p.title) for p in POSTS if p.code != FAMILY]),
            Filter("region", "区划", lambda: reads.region_names().items()),
        ],
        search=("account__username", "account__name"), search_hint="登录名或姓名",
    )  # fmt: skip


@page(power="parties.view_accounts")
def account(request: HttpRequest, key: UUID) -> HttpResponse:
    """What may this person do: each post with its powers."""
    row = get_object_or_404(reads.accounts(region(request), today(request)), pk=key)
    held = reads.powers_of_account(row.pk, on=today(request))
    lo, hi = mine(request)
    own = all(lo <= h.appointment.region <= hi for h in held)
    self_ = row.pk == request.anju.account.pk  # type: ignore[attr-defined]
    history = row.appointments.filter(until__lte=today(request)).select_related("post").order_by("-until", "id")
    return thing_page(
        request, title=row.name, sub=row.username, crumbs=CRUMBS, obj=row,
        state=("ok", "可登录") if row.is_active else ("bad", "已停用"),
        facts=[
            ("单位", row.organisation.name if row.organisation else None), ("登录方式",
            "密码" if row.has_usable_password() else "手机验证码"),
            ("首次登录须改密码", row.must_change), ("合成", row.synthetic),
            ("曾任", "、".join(f"{h.post.title}（{h.region}，至 {h.until}）" for h in history)),
        ],
        acts=[
            ("授岗", address("appoint", key), "parties.appoint", row.is_active and not self_, "不能给本人授岗" if self_ else "账号已停用"),
            ("重设密码", address("reset_password", key), "parties.reset_password", not self_ and own, "本人或外地账号"),
            ("移交在办件", address("hand_over", key), "parties.hand_over_work", row.is_active, "账号已停用"),
            ("停用账号", address("close_account", key), "parties.close_account", row.is_active and own, "已停用，或在外地任岗"),
        ],
        sections=[("能办什么", "parties/_held.html")],
        context={"held": [(h, titles_of(h.powers), lo <= h.appointment.region <= hi) for h in held]},
    )  # fmt: skip


@page(power="parties.open_account")
def new_account(request: HttpRequest) -> HttpResponse:
    """Open an account; its first password is shown once."""
    word = secrets.token_urlsafe(12)

    def open_(*, ctx: ActContext, **given: Any) -> Account:
        return acts.open_account(ctx=ctx, password_hash=make_password(word), **given)

    return act_form_page(
        request, title="开立账号", form_class=forms.AccountForm, act=open_, clause="4.5", verb="开立账号",
        explain="开户后由安全管理员授岗。初始密码由系统生成，只显示一次，本人首次登录时须更换。",
        back=address("accounts"), done=lambda a: address("account", a.pk),
        said=lambda a: f"已开立 {a.username}，初始密码 {word}，只显示这一次。",
    )  # fmt: skip


@page(power="parties.appoint")
def appoint(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a post in a region within one's own."""
    row = get_object_or_404(reads.accounts(region(request), today(request)), pk=key)
    return act_form_page(
        request, title=f"授岗：{row.name}", form_class=forms.AppointForm, form_kwargs={"regions": mine(request)}, act=acts.appoint,
        fixed={"account_id": key}, clause="4.5", verb="授岗", back=address("account", key), done=lambda a: address("account", key),
        explain="只能授本人所管区划的岗位；系统、安全、审计管理员须由三人分别担任。",
    )  # fmt: skip


@page(power="parties.end_appointment")
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a post, from now."""
    row = get_object_or_404(Appointment.objects.select_related("account", "post"), pk=key)
    return act_form_page(
        request, title=f"免岗：{row.account.name}，{row.post.title}", form_class=forms.ReasonForm, act=acts.end_appointment,
        fixed={"appointment_id": key}, clause="4.5", verb="免岗", back=address("account", row.account_id),
        done=lambda a: address("account", a.account_id), explain="即刻生效，此人正在办的页面也随之失去权限。",
    )  # fmt: skip


@page(power="parties.close_account")
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop an account."""
    row = get_object_or_404(reads.accounts(region(request), today(request)), pk=key)
    return act_form_page(
        request, title=f"停用账号：{row.name}", form_class=forms.ReasonForm, act=acts.close_account, fixed={"account_id": key},
        clause="4.5", verb="停用账号", irreversible=True, confirm=(LOGIN, row.username), back=address("account", key),
        done=lambda a: address("accounts"),
        facts=[(LOGIN, row.username), ("姓名", row.name), ("随之终止的岗位", len(reads.powers_of_account(key, on=today(request))))],
    )  # fmt: skip


@page(power="parties.reset_password")
def reset(request: HttpRequest, key: UUID) -> HttpResponse:
    """A new first password, shown once."""
    row = get_object_or_404(reads.accounts(region(request), today(request)), pk=key)
    word = secrets.token_urlsafe(12)

    def reset_(*, ctx: ActContext, account_id: UUID) -> Account:
        return acts.reset_password(ctx=ctx, account_id=account_id, password_hash=make_password(word))

    return act_form_page(
        request, title=f"重设密码：{row.name}", act=reset_, fixed={"account_id": key}, clause="4.5", verb="重设密码",
        explain="原密码即刻失效，密码错误造成的锁定一并解除；新的初始密码只显示一次。", back=address("account", key),
        done=lambda a: address("account", key), said=lambda a: f"{a.username} 的新初始密码 {word}，只显示这一次。",
    )  # fmt: skip


@page(power="parties.view")
def powers(request: HttpRequest) -> HttpResponse:
    """The one table of posts × acts."""
    post = request.GET.get("post", "")
    return render(request, "parties/powers.html", {
        "title": "岗位权限表", "crumbs": HUB, "rooms": matrix(post), "posts": [p for p in POSTS if not post or p.code == post],
        "chosen": post, "every": POSTS, "actor_sees_accounts": "parties.view_accounts" in request.anju.powers,  # type: ignore[attr-defined]
    })  # fmt: skip


@page(power="parties.view_accounts")
def who(request: HttpRequest, power: str) -> HttpResponse:
    """Who may do this, in a region's reach."""
    rows = [line for room in matrix("") for line in room.lines if line.power == power]
    if not rows:
        raise Http404
    here = chosen_region(request)
    found = reads.who_may(power, on=today(request), region=here).exclude(post=FAMILY)
    return render(request, "parties/who.html", {
        "title": f"谁能办：{rows[0].title}", "crumbs": [*HUB, ("岗位权限表", address("powers"))], "line": rows[0], "rows": found,
        "region": here, "regions": [(c, n) for c, n in reads.region_names().items() if mine(request)[0] <= c <= mine(request)[1]],
    })  # fmt: skip


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
