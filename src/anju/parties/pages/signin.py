"""Sign-in and out: staff by password, families by a code on their phone; the post one works in."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from anju.base.acts import InvalidInput
from anju.base.calendar.days import now_of
from anju.base.calendar.models import Installation
from anju.parties import acts, context, forms, signin, signins
from anju.parties.access import outside_scope
from anju.parties.acts.people import phone_number
from anju.parties.middleware import APPOINTMENT
from anju.parties.models import Account
from anju.web.forms import dress, problems

BACKEND = "anju.parties.signin.PasswordBackend"
PENDING, PHONE = "anju_pending", "anju_phone"
WRONG = "登录名或密码不对，没有登录；请重输，忘记密码请找安全管理员重设"
NO_POST = "这个账号没有在任的岗位，没有登录；请联系本地安全管理员授岗"


@outside_scope
@sensitive_post_parameters("password")
def password(request: HttpRequest) -> HttpResponse:
    """Name and password. Five wrong tries lock the name."""
    form = forms.SignInForm(request.POST or None)
    wrong, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            account = authenticate(request, **form.cleaned_data)
        except signin.TooMany as many:
            account, wrong = None, str(many)
        if isinstance(account, Account) and (done := _enter(request, account)):
            return done
        signins.note_staff(
            request, "locked" if wrong else "no_post" if account else "wrong", now=_now(),
            username=form.cleaned_data["username"],
        )  # fmt: skip
        wrong = wrong or (NO_POST if account else WRONG)
        status = 401
    return _page(request, "parties/signin.html", form, wrong, status, title="工作人员登录")


def _enter(request: HttpRequest, account: Account) -> HttpResponse | None:
    """Into the house, or first to a password of one's own; None for an account without a post."""
    if not _posts(account):
        return None
    if account.must_change:
        request.session[PENDING] = [account.username, account.get_session_auth_hash()]
        signins.note_staff(request, "first", now=_now(), account=account)
        return redirect(f"{_to('first_password')}?{request.GET.urlencode()}")
    return _in(request, account)


def _in(request: HttpRequest, account: Account) -> HttpResponse:
    signins.note_staff(request, "ok", now=_now(), account=account)
    login(request, account, backend=BACKEND)
    return redirect(_next(request))


@outside_scope
@sensitive_post_parameters("new", "again")
def first_password(request: HttpRequest) -> HttpResponse:
    """A password that another person chose is changed before anything else."""
    username, proof = request.session.get(PENDING, ("", ""))
    account = Account.objects.filter(username=username, is_active=True, must_change=True).first()
    # A password reset meanwhile ends what was begun with the old one.
    if account is None or not constant_time_compare(proof, account.get_session_auth_hash()):
        return redirect(_to("signin"))
    form = forms.NewPasswordForm(request.POST or None, account=account, ask_old=False)
    if request.method == "POST" and form.is_valid():
        acts.change_password(ctx=context.actor(account, _posts(account)[0]).context(), **form.arguments())
        account.refresh_from_db()
        del request.session[PENDING]
        return _in(request, account)
    return _page(request, "parties/signin.html", form, "", 200, title="请先设自己的密码", verb="设好密码并登录")


@outside_scope
@sensitive_post_parameters("old", "new", "again")
def own_password(request: HttpRequest) -> HttpResponse:
    """One's own password, at any time."""
    actor = request.anju  # type: ignore[attr-defined]
    if actor is None or not actor.account.has_usable_password():
        return redirect(_to("signin"))
    form = forms.NewPasswordForm(request.POST or None, account=actor.account)
    if request.method == "POST" and form.is_valid():
        account = acts.change_password(ctx=actor.context(), **form.arguments())
        update_session_auth_hash(request, account)
        messages.success(request, "密码已改。")
        return redirect("/")
    return _page(request, "parties/signin.html", form, "", 200, title="修改密码", verb="修改密码")


@outside_scope
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out of the house."""
    family = bool(request.anju and request.anju.post == context.FAMILY)  # type: ignore[attr-defined]
    if request.user.is_authenticated and not family:
        signins.note_staff(request, "out", now=_now(), account=Account.objects.get(pk=request.user.pk))
    logout(request)
    return redirect("/portal/" if family else _to("signin"))


@outside_scope
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Work in another of one's posts."""
    actor = request.anju  # type: ignore[attr-defined]
    wanted = request.POST.get("appointment", "")
    if actor and wanted in {str(row.pk) for row in _posts(actor.account)}:
        request.session[APPOINTMENT] = wanted
    return redirect("/")


@outside_scope
def phone(request: HttpRequest) -> HttpResponse:
    """A family's phone: a code is sent to it."""
    form = forms.PhoneForm(request.POST or None)
    house, wrong = _house(request), ""
    if request.method == "POST" and form.is_valid():
        try:
            number = phone_number(form.cleaned_data["phone"])
        except InvalidInput as bad:
            form.add_error("phone", bad.sentence)
        else:
            wrong = _send(request, number, house)
            if not wrong:
                request.session[PHONE] = number
                return redirect(f"{_to('code')}?{request.GET.urlencode()}")
    return _page(
        request, "parties/phone.html", form, wrong, 200, title="用手机号登录", verb="发送验证码",
        explain="我们会发一条短信，里面有 6 位验证码。第一次登录不用注册。",
    )  # fmt: skip


def _send(request: HttpRequest, number: str, house: Installation) -> str:
    """Send a code; what is wrong, nothing where one that was sent already can be entered."""
    now = _now()
    try:
        signin.send_code(phone=number, city=house.city, now=now, sender=signins.sender_of(request))
    except signin.TooMany as many:
        signins.note_phone(request, "too_many", now=now, phone=number)
        if not signin.live_codes(number, now).exists():
            return str(many)
        messages.warning(
            request, "没有再发验证码：这个手机号索要过多。最近 10 分钟内收到的任何一个验证码都有效，请直接填写。"
        )
    else:
        signins.note_phone(request, "sent", now=now, phone=number)
    return ""


@outside_scope
def code(request: HttpRequest) -> HttpResponse:
    """The code; right once, for ten minutes."""
    number = request.session.get(PHONE)
    if not number:
        return redirect(_to("phone"))
    form = forms.CodeForm(request.POST or None)
    house, wrong = _house(request), ""
    if request.method == "POST" and form.is_valid():
        account, wrong = _by_code(request, number, form.cleaned_data["code"], house)
        if account:
            del request.session[PHONE]
            login(request, account, backend=BACKEND)
            return redirect(_next(request))
    shown = signin.code_of_demonstration(phone=number, house=house)
    return _page(
        request, "parties/phone.html", form, wrong, 401 if wrong else 200, title="填写验证码", verb="登录",
        explain=f"验证码已发到 {number[:3]}****{number[-4:]}，10 分钟内有效。", again=True, shown=shown,
    )  # fmt: skip


def _by_code(request: HttpRequest, number: str, typed: str, house: Installation) -> tuple[Account | None, str]:
    """The account that the code opens, or what is wrong; recorded either way."""
    now, account = _now(), None
    try:
        right = signin.code_is_right(phone=number, code=typed, now=now, sender=signins.sender_of(request))
    except signin.TooMany as many:
        outcome, wrong = "locked", str(many)
    else:
        account = signin.family_of(phone=number, house=house, now=now_of(house)) if right else None
        if account is None:
            outcome, wrong = "wrong", "验证码不对或已过期，没有登录；请重输，或返回重新发送"
        elif account.is_active:
            outcome, wrong = "ok", ""
        else:
            outcome, wrong = "closed", "这个手机号的账号已停用，没有登录；请到受理窗口办理"
    signins.note_phone(request, outcome, now=now, phone=number, account=account)
    return (account if outcome == "ok" else None), wrong


def _page(request: HttpRequest, template: str, form: Any, wrong: str, status: int, **more: Any) -> HttpResponse:
    if form.errors:
        status = 422
        dress(form)
    values = {"form": form, "wrong": wrong, "problems": problems(form), "verb": "登录", **more}
    return render(request, template, values, status=status)


def _posts(account: Account) -> list[Any]:
    house = Installation.objects.filter(id=1).first()
    return context.live_appointments(account, context.day_of(now_of(house)))


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else "/"


def _house(request: HttpRequest) -> Installation:
    return Installation.objects.get(id=1)


def _now() -> datetime:
    """The machine's time: locks and codes run by it even where a demonstration's clock stands still."""
    return timezone.now()


def _to(name: str) -> str:
    from anju.parties.pages.shared import address

    return address(name)
