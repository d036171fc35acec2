"""Sign-in: staff by password with a lock-out, families by a code sent to their phone."""

import secrets as random_
from datetime import datetime, timedelta

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.http import HttpRequest

from anju.base.messages import outbox
from anju.base.regions import scope
from anju.base.secrets import blind
from anju.parties.models import Account, PhoneCode

TRIES, LOCK_SECONDS = 5, 900
CODE_MINUTES, CODE_TRIES, CODES_AN_HOUR = 10, 5, 5


class TooMany(Exception):
    """Too many tries; the sentence says when to come back."""


class PasswordBackend(BaseBackend):
    """Name and password; five wrong tries lock the name for a quarter of an hour."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: object
    ) -> Account | None:
        if not username or not password:
            return None
        key = f"signin:{username}"
        if cache.get(key, 0) >= TRIES:
            raise TooMany("连续 5 次密码错误，账号已锁定 15 分钟；请稍后再试，或请安全管理员解锁")
        account = Account.objects.filter(username=username, is_active=True).first()
        if account and account.has_usable_password() and account.check_password(password):
            cache.delete(key)
            return account
        if account is None:
            make_password(password)  # the same work for an unknown name, so that names cannot be told apart by time
        cache.set(key, cache.get(key, 0) + 1, LOCK_SECONDS)
        return None

    def get_user(self, user_id: object) -> Account | None:
        return Account.objects.filter(pk=user_id, is_active=True).first()


def send_code(*, phone: str, city: str, now: datetime) -> None:
    """Put a sign-in code into the outbox. Raises TooMany past five an hour."""
    index = blind("phone", phone)
    if PhoneCode.objects.filter(phone_blind=index, made_at__gt=now - timedelta(hours=1)).count() >= CODES_AN_HOUR:
        raise TooMany("这个手机号一小时内已发过 5 次验证码，请一小时后再试，或到受理窗口办理")
    code = f"{random_.randbelow(1_000_000):06d}"
    row = PhoneCode.objects.create(
        phone_blind=index, code_hash=make_password(code), made_at=now, expires_at=now + timedelta(minutes=CODE_MINUTES)
    )
    with scope(city, elevate=True):
        outbox.queue(
            region=city, phone=phone, template="signin-code", once_key=f"code:{row.pk}", now=now,
            text=f"您的登录验证码是 {code}，{CODE_MINUTES} 分钟内有效。不要告诉任何人。",
        )  # fmt: skip


def code_is_right(*, phone: str, code: str, now: datetime) -> bool:
    """Whether the latest live code of the phone matches; a wrong try is counted, a right one used up."""
    row = PhoneCode.objects.filter(phone_blind=blind("phone", phone), used=False, expires_at__gt=now).order_by("-made_at").first()
    if row is None or row.tries >= CODE_TRIES:
        return False
    right = check_password(code, row.code_hash)
    PhoneCode.objects.filter(pk=row.pk).update(tries=row.tries + 1, used=right)
    return right
