"""Accounts (账号) and appointments (授岗): the system administrator opens, the security administrator grants."""

import re
from datetime import date
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused, act
from anju.base.numbers import mask_phone
from anju.base.regions import region_range, uuid7
from anju.base.secrets import blind
from anju.parties.acts.shared import filled, held_by, in_own_region, locked, person
from anju.parties.acts.work import keep_no_open_work
from anju.parties.models import Account, Appointment, Organisation, Region, SignInTry
from anju.parties.posts import BY_CODE, FAMILY, SECURITY_ADMIN
from anju.policy.rules.people import MOBILE

USERNAME = re.compile(r"[a-z][a-z0-9_.-]{1,39}")
TAKEN = {
    "parties_account_username_key": "这个登录名已有人使用，没有开户；请换一个登录名",
    "account_phone_once": "这个手机号已绑定另一账号，没有开户；一个手机号只能开一个账号",
}
HELD = {
    "one_live_appointment_per_post": "此人在该区划已任这个岗位，不必重复授岗",
    "admins_apart": "系统管理员、安全管理员、审计管理员须由三人分别担任，此人已任其一，没有授岗；请另选一人",
}


def phone_number(text: str) -> str:
    """Eleven digits. Raises InvalidInput."""
    number = re.sub(r"[\s-]", "", text)
    if not MOBILE.fullmatch(number):
        raise InvalidInput("手机号应为 11 位数字，以 13 至 19 开头；请核对后重填", "phone")
    return number


@act(clause="4.5", title="开立账号")
def open_account(
    *, ctx: ActContext, username: str, name: str, organisation_id: UUID | None = None, password_hash: str | None = None,
    phone: str | None = None, must_change: bool = True,
) -> Account:  # fmt: skip
    """Open an account for one person, with a password (its hash; the log never sees the word) or a phone.

    A password that another person chose must be changed at the first sign-in. Raises InvalidInput, Conflict.
    """
    username = username.strip()
    if not USERNAME.fullmatch(username):
        raise InvalidInput("登录名应为 2 至 40 个小写字母、数字或 _ . -，以字母开头；请改后重报", "username")
    if not (password_hash or phone):
        raise InvalidInput("账号须有初始密码或手机号，没有开户；请补填其一", "phone")
    with held_by(TAKEN):
        row = Account.objects.create(
            username=username, name=filled(name, "name", "姓名"), organisation_id=organisation_id,
            password=password_hash or make_password(None), phone_blind=blind("phone",
            phone_number(phone)) if phone else None,
            must_change=bool(password_hash) and must_change, synthetic=ctx.demonstration,
        )  # fmt: skip
    ctx.on(row, username=username, organisation=organisation_id)
    return row


@act(clause="3.2-0", title="家庭账号首次登录", power="parties.open_family")
def open_family(*, ctx: ActContext, phone: str) -> Account:
    """A family's account, bound to a phone whose code was right, with the one post it may hold. Once per phone."""
    number = phone_number(phone)
    with held_by(TAKEN):
        row = Account.objects.create(
            username=f"p-{uuid7().hex[-12:]}", name=f"手机 {mask_phone(number)}", password=make_password(None),
            phone_blind=blind("phone", number), synthetic=ctx.demonstration,
        )  # fmt: skip
    Appointment.objects.create(account=row, post_id=FAMILY, region=ctx.region, since=ctx.today)
    ctx.on(row)
    return row


@act(clause="4.5", title="停用账号")
def close_account(*, ctx: ActContext, account_id: UUID, reason: str) -> Account:
    """Nobody signs in by it any more, at once; its posts end today. Raises Forbidden where it holds a post
    elsewhere."""
    account = Account.objects.select_for_update().get(pk=account_id)
    for row in _live(ctx.today).filter(account=account):
        in_own_region(ctx, row.region, f"账号「{account.username}」的岗位")
    live = list(_live(ctx.today).filter(account=account).select_for_update().order_by("id"))
    for row in live:
        _keep_one_security_admin(row, ctx.today)
    keep_no_open_work(account)
    for row in live:
        row.until = max(row.since, ctx.today)
        row.save(update_fields=["until"])
    account.is_active = False
    account.save(update_fields=["is_active"])
    ctx.on(account, reason=filled(reason, "reason", "停用原因"), ended=[str(row.pk) for row in live])
    return account


@act(clause="4.5", title="重设密码")
def reset_password(*, ctx: ActContext, account_id: UUID, password_hash: str) -> Account:
    """A new first password, to be changed at the next sign-in; a lock for wrong tries is lifted."""
    account = Account.objects.select_for_update().get(pk=account_id)
    ctx.other_than(account.pk, "重设密码")
    for row in _live(ctx.today).filter(account=account):
        in_own_region(ctx, row.region, f"账号「{account.username}」的岗位")
    account.password, account.must_change = password_hash, True
    account.save(update_fields=["password", "must_change"])
    SignInTry.objects.filter(username=account.username).delete()
    ctx.on(account)
    return account


@act(clause="4.5", title="修改本人密码")
def change_password(*, ctx: ActContext, password_hash: str) -> Account:
    """One's own password, whose hash this is; the old one was checked at the page."""
    account = Account.objects.select_for_update().get(pk=person(ctx))
    account.password, account.must_change = password_hash, False
    account.save(update_fields=["password", "must_change"])
    ctx.on(account)
    return account


@act(clause="4.5", title="授岗")
def appoint(
    *,
    ctx: ActContext,
    account_id: UUID,
    post: str,
    region: str,
    organisation_id: UUID | None = None,
    since: date | None = None,
) -> Appointment:
    """Give an account a post in a region within the granting post's own, from today or a later day on.

    ``organisation_id`` defaults to the account's own body; its kind must be one whose people may hold the post.
    Raises Forbidden for another region, Refused for oneself, Conflict for a second administrator post.
    """
    if post not in BY_CODE or post == FAMILY:
        raise InvalidInput(f"没有可授的岗位「{post}」；请从岗位表选择", "post")
    account = Account.objects.select_for_update().get(pk=account_id)
    _may_grant(ctx, account, region)
    organisation_id = organisation_id or account.organisation_id
    _fits(post, organisation_id)
    start = since or ctx.today
    if start < ctx.today:
        raise InvalidInput(f"授岗自今日（{ctx.today}）或以后生效，不能写成 {start}；请改日期", "since")
    with held_by(HELD):
        row = Appointment.objects.create(
            account=account, post_id=post, region=region, organisation_id=organisation_id, since=start
        )
    ctx.on(row, account=account_id, post=post, region=region, organisation=organisation_id, since=start)
    return row


@act(clause="4.5", title="免岗")
def end_appointment(*, ctx: ActContext, appointment_id: UUID, reason: str) -> Appointment:
    """The post is no longer held from this moment. Raises Refused for the last security administrator."""
    row = locked(ctx, Appointment, appointment_id, "这个岗位")
    if row.until is not None and row.until <= ctx.today:
        raise Conflict(f"这个岗位已于 {row.until} 终止")
    _keep_one_security_admin(row, ctx.today)
    row.until = max(row.since, ctx.today)
    row.save(update_fields=["until"])
    ctx.on(
        row, account=row.account_id, post=row.post_id, region=row.region, reason=filled(reason, "reason", "免岗原因")
    )
    return row


def _live(on: date) -> QuerySet[Appointment]:
    """Appointments held on a day or later."""
    return Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=on))


def _may_grant(ctx: ActContext, account: Account, region: str) -> None:
    lo, hi = region_range(ctx.region)
    if not lo <= region <= hi:
        raise Forbidden(f"{ctx.region} 的安全管理员不能授 {region} 的岗位，没有授岗；请由该地的安全管理员办理")
    if not Region.objects.filter(code=region, level__in=("city", "county")).exists():
        raise InvalidInput(f"区划表没有 {region}，没有授岗；请从区划表选择市或县（市、区）", "region")
    if account.pk == ctx.account:
        raise Refused("不能给本人授岗，没有办理；请由另一位安全管理员办理")
    if not account.is_active:
        raise Refused(f"账号「{account.username}」已停用，没有授岗；请先另开账号")


def _fits(post: str, organisation_id: UUID | None) -> None:
    """The body's people may hold the post. Raises InvalidInput."""
    kinds = BY_CODE[post].organisation_kinds
    if not kinds:
        return
    titles = "、".join(dict(Organisation.KINDS)[k] for k in kinds)
    body = Organisation.objects.filter(pk=organisation_id).first() if organisation_id else None
    if body is None or body.kind not in kinds:
        found = f"「{body.name}」是{dict(Organisation.KINDS)[body.kind]}" if body else "账号没有所属单位"
        raise InvalidInput(f"岗位「{BY_CODE[post].title}」只授给{titles}的人员；{found}，没有授岗", "organisation_id")


def _keep_one_security_admin(row: Appointment, on: date) -> None:
    """Somebody can still grant posts. The region's rows are locked, so that two may not end each other at once.
    Raises Refused."""
    if row.post_id != SECURITY_ADMIN:
        return
    held = _live(on).filter(post_id=SECURITY_ADMIN, account__is_active=True, since__lte=on).order_by("id")
    list(held.select_for_update(of=("self",)))
    if not held.exclude(pk=row.pk).exists():
        raise Refused("这是最后一位安全管理员，终止后无人能授岗，没有办理；请先授给另一人")
