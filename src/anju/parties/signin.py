"""Sign-in: staff by password with a lock-out, families by a code sent to their phone.

A try is counted before it is judged. What a stranger does with a family's phone number does not lock the family out: every code
that was sent stays good for its ten minutes, and asking and trying are limited for one address before they are for the phone.
"""

import hashlib
import re
import secrets as random_
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from anju.base.acts import ActContext
from anju.base.calendar.models import Installation
from anju.base.messages import outbox
from anju.base.messages.models import Message
from anju.base.regions import scope
from anju.base.secrets import blind
from anju.parties.acts import people
from anju.parties.context import parameter_book
from anju.parties.models import Account, PhoneCode, SignInTry

TRIES, LOCK = 5, timedelta(minutes=15)
CODE_MINUTES = 10
# Codes an hour: of a phone in all, of a phone to one address, to one address in all (a hall or a mobile network shares one).
CODES_AN_HOUR, CODES_TO_ONE, CODES_OF_ADDRESS = 5, 3, 30
# Wrong codes in a row: from one address, and for the phone from wherever.
CODE_TRIES, CODE_TRIES_IN_ALL = 5, 10
LOCKED = "连续 5 次密码错误，账号已锁定 15 分钟；请稍后再试，或请安全管理员重设密码"
CODES_WRONG = "验证码连续输错，15 分钟内不能再试，没有登录；请稍后再试，或到受理窗口办理"


class TooMany(Exception):
    """Too many tries; the sentence says when to come back."""


class PasswordBackend(BaseBackend):
    """Name and password; five wrong tries lock the name for a quarter of an hour, whichever server process they met."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: object
    ) -> Account | None:
        if not username or not password:
            return None
        name = username.strip().lower()[:60]
        count_try(name, timezone.now())
        account = Account.objects.filter(username=name, is_active=True).first()
        if account is None:
            make_password(password)  # the same work for an unknown name, so that names cannot be told apart by time
            return None
        if not account.has_usable_password() or not check_password(password, account.password):
            return None
        SignInTry.objects.filter(username=name).delete()
        return account

    def get_user(self, user_id: Any) -> Account | None:
        return Account.objects.filter(pk=user_id, is_active=True).first()


def count_try(name: str, now: datetime, most: int = TRIES, sentence: str = LOCKED) -> None:
    """Count a try before it is judged, so that many at once are no way round. Raises TooMany past ``most`` in a row."""
    SignInTry.objects.filter(last_at__lt=now - LOCK).delete()
    SignInTry.objects.get_or_create(username=name, defaults={"last_at": now})
    if not SignInTry.objects.filter(username=name, tries__lt=most).update(tries=F("tries") + 1, last_at=now):
        raise TooMany(sentence)


def send_code(*, phone: str, city: str, now: datetime, sender: bytes = b"") -> None:
    """Put a sign-in code into the outbox; ``sender`` is the blind index of the address that asks. Raises TooMany."""
    index = blind("phone", phone)
    recent = PhoneCode.objects.filter(made_at__gt=now - timedelta(hours=1))
    if sender and recent.filter(sender_blind=sender).count() >= CODES_OF_ADDRESS:
        raise TooMany("您所在的网络一小时内索要的验证码过多，没有发送；请一小时后再试，或到受理窗口办理")
    if sender and recent.filter(sender_blind=sender, phone_blind=index).count() >= CODES_TO_ONE:
        raise TooMany(
            f"您一小时内已向这个手机号发过 {CODES_TO_ONE} 次验证码，没有再发；请一小时后再试，或到受理窗口办理"
        )
    if recent.filter(phone_blind=index).count() >= CODES_AN_HOUR:
        raise TooMany(f"这个手机号一小时内已发过 {CODES_AN_HOUR} 次验证码，请一小时后再试，或到受理窗口办理")
    code = f"{random_.randbelow(1_000_000):06d}"
    row = PhoneCode.objects.create(
        phone_blind=index, sender_blind=sender, code_hash=make_password(code), made_at=now,
        expires_at=now + timedelta(minutes=CODE_MINUTES),
    )  # fmt: skip
    with scope(city, elevate=True):
        outbox.queue(
            region=city, phone=phone, template="signin-code", once_key=f"code:{row.pk}", now=now,
            values={"验证码": code, "分钟": str(CODE_MINUTES)},
        )  # fmt: skip


def live_codes(phone: str, now: datetime) -> QuerySet[PhoneCode]:
    """The phone's codes that are still good, the latest first."""
    rows = PhoneCode.objects.filter(phone_blind=blind("phone", phone), used=False, expires_at__gt=now)
    return rows.order_by("-made_at", "-id")


def code_is_right(*, phone: str, code: str, now: datetime, sender: bytes = b"") -> bool:
    """Whether a live code of the phone matches; a right one is used up, and the phone's others with it.

    Wrong tries are counted over all its codes: from one address, and from wherever. Raises TooMany past either.
    """
    live = list(live_codes(phone, now))
    if not live:
        return False
    index = blind("phone", phone)
    here, anywhere = (f"code-{hashlib.sha256(index + mark).hexdigest()[:40]}" for mark in (b"\x00" + sender, b"\x01"))
    count_try(here, now, CODE_TRIES, CODES_WRONG)
    count_try(anywhere, now, CODE_TRIES_IN_ALL, CODES_WRONG)
    right = next((row for row in live if check_password(code.strip(), row.code_hash)), None)
    if right is None or PhoneCode.objects.filter(pk=right.pk, used=False).update(used=True) != 1:
        return False
    PhoneCode.objects.filter(pk__in=[row.pk for row in live]).update(used=True)
    SignInTry.objects.filter(username__in=[here, anywhere]).delete()
    return True


def family_of(*, phone: str, house: Installation, now: datetime) -> Account:
    """The account of a phone whose code was right, opened at the first sign-in. Raises Refused where it was closed."""
    number = people.phone_number(phone)
    found = Account.objects.filter(phone_blind=blind("phone", number)).first()
    if found is not None:
        return found
    desk = ActContext(
        account=None, post="signin_desk", region=house.city, powers=frozenset({"parties.open_family"}), now=now,
        params=parameter_book(), demonstration=house.kind == Installation.DEMONSTRATION,
    )  # fmt: skip
    return people.open_family(ctx=desk, phone=number)


def code_of_demonstration(*, phone: str, house: Installation) -> str:
    """The code that the outbox holds, which a demonstration shows on the page since it sends nothing; else empty."""
    if house.kind != Installation.DEMONSTRATION:
        return ""
    with scope(house.city, elevate=True):
        row = (
            Message.objects.filter(region=house.city, template="signin-code", to_blind=blind("phone", phone))
            .order_by("-queued_at", "-id")
            .first()
        )
    found = re.search(r"[0-9]{6}", str(row.text)) if row else None
    return found[0] if found else ""
