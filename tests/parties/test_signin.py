"""Sign-in: five wrong passwords lock a name for a quarter of an hour; a family's code is right once, for ten minutes."""

import re
import threading
from datetime import datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import connections
from django.utils import timezone

from anju.base.acts import Refused
from anju.base.calendar.models import Installation
from anju.base.messages.models import Message
from anju.base.regions import scope
from anju.parties import acts, signin
from anju.parties.context import live_appointments
from anju.parties.models import Account, PhoneCode, SignInTry
from parties.cast import CITY, HASH, MONDAY, PASSWORD, account, acting, appointed
from support.db import context

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.get_fixed_timezone(480))
PHONE = "13912345678"


def tries(name: str, *words: str) -> list[Account | None]:
    return [authenticate(None, username=name, password=word) for word in words]


@pytest.mark.django_db
@pytest.mark.clause("4.5")
def test_the_right_password_signs_in_and_a_wrong_one_does_not() -> None:
    who = account("clerk")
    assert tries("clerk", "错", PASSWORD) == [None, who]
    assert tries("nobody", PASSWORD) == [None]
    assert not SignInTry.objects.filter(username="clerk").exists(), "a right word clears what was counted"


@pytest.mark.django_db
@pytest.mark.clause("4.5")
def test_five_wrong_passwords_lock_the_name_even_for_the_right_one_until_a_quarter_of_an_hour_is_over() -> None:
    who = account("clerk")
    assert tries("clerk", *["错"] * 5) == [None] * 5
    for name in ("clerk", " CLERK "):
        with pytest.raises(signin.TooMany, match="锁定 15 分钟"):
            tries(name, PASSWORD)
    SignInTry.objects.update(last_at=timezone.now() - signin.LOCK - timedelta(seconds=1))
    assert tries("clerk", PASSWORD) == [who]


@pytest.mark.django_db
def test_a_reset_by_the_security_administrator_lifts_the_lock_and_asks_for_a_new_password() -> None:
    who = account("clerk")
    tries("clerk", *["错"] * 5)
    sec = appointed("sec", "security_admin")
    acts.reset_password(ctx=acting(sec), account_id=who.pk, password_hash=HASH)
    assert tries("clerk", PASSWORD) == [who]
    who.refresh_from_db()
    assert who.must_change
    acts.change_password(ctx=context(account=who.pk), password_hash=HASH)
    who.refresh_from_db()
    assert not who.must_change


@pytest.mark.django_db
def test_nobody_resets_the_own_password_past_the_check_of_the_old_one() -> None:
    sec = appointed("sec", "security_admin")
    with pytest.raises(Refused, match="不能是同一人"):
        acts.reset_password(ctx=acting(sec), account_id=sec.pk, password_hash=HASH)


@pytest.mark.django_db
def test_a_closed_account_does_not_sign_in() -> None:
    who = account("clerk")
    acts.close_account(ctx=context(), account_id=who.pk, reason="离职")
    assert tries("clerk", PASSWORD) == [None]
    assert signin.PasswordBackend().get_user(who.pk) is None


@pytest.mark.clause("4.5")
def test_many_guesses_at_once_are_no_way_round_the_lock(committed: None) -> None:
    account("clerk")
    start, outcomes = threading.Barrier(8), []

    def guess() -> None:
        start.wait()
        try:
            outcomes.append(authenticate(None, username="clerk", password="错"))
        except signin.TooMany:
            outcomes.append("locked")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count(None), outcomes.count("locked")) == (signin.TRIES, 8 - signin.TRIES)


# --- Families -----------------------------------------------------------------------------------------------------------


def code_sent(now: datetime = NOW) -> str:
    signin.send_code(phone=PHONE, city=CITY, now=now)
    with scope(CITY):
        text = Message.objects.filter(region=CITY, template="signin-code").latest("id").text
    return re.search(r"[0-9]{6}", text)[0]  # type: ignore[index]


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_family_signs_in_by_the_code_once() -> None:
    code = code_sent()
    assert PhoneCode.objects.get().code_hash != code
    assert signin.code_is_right(phone=PHONE, code=code, now=NOW)
    assert not signin.code_is_right(phone=PHONE, code=code, now=NOW), "a code is used up"
    house = Installation.objects.get()
    who = signin.family_of(phone=PHONE, house=house, now=NOW)
    assert signin.family_of(phone="139 1234 5678", house=house, now=NOW).pk == who.pk
    assert [a.post_id for a in live_appointments(who, MONDAY)] == ["family"]
    assert not who.has_usable_password() and PHONE not in who.name


WRONG = [
    ("a wrong code", "000000", timedelta()),
    ("a code of eleven minutes ago", None, timedelta(minutes=11)),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("what", "given", "later"), WRONG)
def test_a_code_that_is_wrong_or_old_does_not_open(what: str, given: str | None, later: timedelta) -> None:
    code = code_sent()
    given = given if given != code else "000001"
    assert not signin.code_is_right(phone=PHONE, code=given or code, now=NOW + later), what


@pytest.mark.django_db
def test_five_wrong_tries_use_a_code_up_and_five_codes_an_hour_are_the_most() -> None:
    code = code_sent()
    wrong = "000000" if code != "000000" else "000001"
    assert not any(signin.code_is_right(phone=PHONE, code=wrong, now=NOW) for _ in range(signin.CODE_TRIES))
    assert not signin.code_is_right(phone=PHONE, code=code, now=NOW)
    for _ in range(signin.CODES_AN_HOUR - 1):
        code_sent()
    with pytest.raises(signin.TooMany, match="一小时内已发过 5 次"):
        code_sent()
    code_sent(NOW + timedelta(minutes=61))


@pytest.mark.django_db
def test_the_latest_code_is_the_one_that_counts() -> None:
    first = code_sent()
    second = code_sent(NOW + timedelta(seconds=1))
    assert second == first or not signin.code_is_right(phone=PHONE, code=first, now=NOW + timedelta(seconds=2))
    assert signin.code_is_right(phone=PHONE, code=second, now=NOW + timedelta(seconds=2))
