"""Sign-in: five wrong passwords lock a name for a quarter of an hour; a family's code is right once, for ten minutes."""

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from anju.base.acts import Refused
from anju.base.calendar.models import Installation
from anju.base.messages.models import Message
from anju.base.regions import scope
from anju.base.secrets import blind
from anju.parties import acts, signin, signins
from anju.parties.context import live_appointments
from anju.parties.models import Account, PhoneCode, SignIn, SignInTry
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


STRANGER, HOME = b"stranger", b"home"


def right(code: str, *, sender: bytes = HOME, at: datetime = NOW) -> bool:
    return signin.code_is_right(phone=PHONE, code=code, now=at, sender=sender)


def wrong_one(*codes: str) -> str:
    return next(text for text in ("000000", "000001", "000002", "000003", "000004", "000005") if text not in codes)


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_every_code_that_was_sent_stays_good_and_the_right_one_uses_the_others_up() -> None:
    codes = [code_sent(NOW + timedelta(seconds=n)) for n in range(3)]
    assert right(codes[0], at=NOW + timedelta(minutes=1)), "the first is as good as the last"
    assert not any(right(code, at=NOW + timedelta(minutes=1)) for code in codes), "and all are used up"


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_wrong_tries_are_counted_over_all_codes_of_the_phone_and_a_new_code_brings_no_new_tries() -> None:
    first = code_sent()
    assert not any(right(wrong_one(first)) for _ in range(3))
    second = code_sent(NOW + timedelta(seconds=1))
    assert not any(right(wrong_one(first, second)) for _ in range(signin.CODE_TRIES - 3))
    for code in (first, second):
        with pytest.raises(signin.TooMany, match="15 分钟"):
            right(code)


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_stranger_neither_by_asking_nor_by_guessing_keeps_the_family_from_the_code_it_has() -> None:
    code = code_sent()
    others = []
    for n in range(signin.CODES_AN_HOUR):
        try:
            signin.send_code(phone=PHONE, city=CITY, now=NOW + timedelta(seconds=n), sender=STRANGER)
        except signin.TooMany as many:
            others.append(str(many))
    assert len(others) == signin.CODES_AN_HOUR - signin.CODES_TO_ONE and "没有再发" in others[0]
    signin.send_code(phone=PHONE, city=CITY, now=NOW, sender=HOME)
    with pytest.raises(signin.TooMany, match="一小时内已发过 5 次"):
        signin.send_code(phone=PHONE, city=CITY, now=NOW, sender=HOME)
    with pytest.raises(signin.TooMany):
        for _ in range(signin.CODE_TRIES + 1):
            right("abc", sender=STRANGER)
    assert right(code), "neither shut the family out"
    code_sent(NOW + timedelta(minutes=61))


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_guesses_from_many_addresses_are_counted_for_the_phone() -> None:
    code = code_sent()
    for n in range(signin.CODE_TRIES_IN_ALL):
        assert not right(wrong_one(code), sender=b"%d" % n)
    with pytest.raises(signin.TooMany):
        right(code, sender=b"another")


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_one_address_asks_for_no_more_codes_than_a_hall_would() -> None:
    for n in range(signin.CODES_OF_ADDRESS):
        signin.send_code(phone=f"139{n:08d}", city=CITY, now=NOW, sender=STRANGER)
    with pytest.raises(signin.TooMany, match="所在的网络"):
        signin.send_code(phone=PHONE, city=CITY, now=NOW, sender=STRANGER)
    signin.send_code(phone=PHONE, city=CITY, now=NOW, sender=HOME)
    signin.send_code(phone="13900000099", city=CITY, now=NOW + timedelta(minutes=61), sender=STRANGER)


ADDRESSES = [
    # the setting, the header, the connection, whose address counts
    ("", "198.51.100.7", "10.0.0.1", "10.0.0.1"),
    ("HTTP_X_FORWARDED_FOR", "198.51.100.7", "10.0.0.1", "198.51.100.7"),
    ("HTTP_X_FORWARDED_FOR", "203.0.113.9, 198.51.100.7", "10.0.0.1", "198.51.100.7"),
    ("HTTP_X_FORWARDED_FOR", "<script>", "10.0.0.1", "10.0.0.1"),
    ("HTTP_X_FORWARDED_FOR", None, "10.0.0.1", "10.0.0.1"),
    ("", None, "", ""),
]


@pytest.mark.clause("4.5")
@pytest.mark.parametrize(("setting", "header", "connection", "counts"), ADDRESSES)
def test_an_address_is_taken_from_a_header_only_where_our_own_proxy_writes_it(
    settings: Any, setting: str, header: str | None, connection: str, counts: str
) -> None:
    settings.PROXY_HEADER = setting
    told = {"HTTP_X_FORWARDED_FOR": header} if header else {}
    request = RequestFactory().get("/", REMOTE_ADDR=connection, **told)
    assert signins.address_of(request) == counts


@pytest.mark.clause("4.5")
def test_one_network_of_ipv6_counts_as_one_sender() -> None:
    one, same, other = (
        signins.sender_of(RequestFactory().get("/", REMOTE_ADDR=text))
        for text in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")
    )
    assert one == same != other


# --- The record ---------------------------------------------------------------------------------------------------------


def recorded() -> list[tuple[str, str, str, str | None]]:
    rows = SignIn.objects.order_by("id")
    return [(row.way, row.outcome, row.username, row.address) for row in rows]


@pytest.mark.django_db
@pytest.mark.clause("4.5")
def test_each_sign_in_of_staff_and_each_that_failed_is_recorded_with_its_address() -> None:
    appointed("clerk", "system_admin")
    account("idle")
    client, page = Client(REMOTE_ADDR="10.1.2.3"), "/parties/signin/"
    client.post(page, {"username": "no-such-name", "password": "错"})
    client.post(page, {"username": " Clerk ", "password": "错"})
    client.post(page, {"username": "idle", "password": PASSWORD})
    assert client.post(page, {"username": "clerk", "password": PASSWORD}).status_code == 302
    client.post("/parties/signout/")
    for _ in range(signin.TRIES + 1):
        client.post(page, {"username": "clerk", "password": "错"})
    found = recorded()
    assert [row[1:3] for row in found[:5]] == [
        ("wrong", ""), ("wrong", "clerk"), ("no_post", "idle"), ("ok", "clerk"), ("out", "clerk"),
    ]  # fmt: skip
    assert [row[1] for row in found[5:]] == ["wrong"] * signin.TRIES + ["locked"]
    assert {row[3] for row in found} == {"10.1.2.3"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM parties_signin s WHERE s::text LIKE '%no-such-name%'")
        assert cursor.fetchone() == (0,), "what may be a password in the wrong box is not kept"


@pytest.mark.django_db
@pytest.mark.clause("4.5")
def test_of_a_family_the_record_keeps_a_blind_index_and_nothing_else() -> None:
    client = Client(REMOTE_ADDR="10.1.2.3")
    page = client.post("/parties/phone/", {"phone": PHONE}, follow=True).content.decode()
    code = re.search(r"<b>([0-9]{6})</b>", page)[1]  # type: ignore[index]
    client.post("/parties/phone/code/", {"code": wrong_one(code)})
    assert client.post("/parties/phone/code/", {"code": code}).status_code == 302
    client.post("/parties/signout/")
    assert recorded() == [("phone", outcome, "", None) for outcome in ("sent", "wrong", "ok")]
    assert {bytes(row.name_blind or b"") for row in SignIn.objects.all()} == {blind("phone", PHONE)}
    assert not SignIn.objects.filter(account__isnull=False).exists()


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_family_that_is_asked_for_too_often_still_comes_to_the_page_of_its_code() -> None:
    for n in range(signin.CODES_AN_HOUR):
        code = code_sent(timezone.now() - timedelta(seconds=9 - n))
    client = Client()
    page = client.post("/parties/phone/", {"phone": PHONE}, follow=True).content.decode()
    assert "任何一个验证码都有效" in page
    assert client.post("/parties/phone/code/", {"code": code}).status_code == 302
    assert client.get("/parties/phone/").status_code == 200
    assert "一小时内已发过 5 次" in Client().post("/parties/phone/", {"phone": PHONE}).content.decode(), "none is left"


@pytest.mark.django_db
@pytest.mark.clause("4.5")
def test_the_record_is_read_by_those_who_watch_over_accounts_each_of_the_own_region_and_never_changed() -> None:
    appointed("clerk", "system_admin")
    appointed("far", "system_admin", "231282")
    for name in ("clerk", "far"):
        Client().post("/parties/signin/", {"username": name, "password": "错"})
    readers = {
        "security_admin": (CITY, {"clerk", "far"}),
        "audit_admin": ("231282", {"far"}),
        "system_admin": (CITY, None),
    }
    for post, (region, seen) in readers.items():
        client = Client()
        client.force_login(appointed(f"x-{post}", post, region), backend="anju.parties.signin.PasswordBackend")
        answer = client.get("/parties/sign-ins/", {"outcome": "wrong", "from": "2026-01-01"})
        page = answer.content.decode()
        assert answer.status_code == (403 if seen is None else 200), post
        assert seen is None or {name for name in ("clerk", "far") if f">{name}<" in page} == seen, post
    for statement in ("UPDATE parties_signin SET outcome = 'ok'", "DELETE FROM parties_signin"):
        with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert caught.value.__cause__.sqlstate == "AJ005", statement  # type: ignore[union-attr]
    told = "INSERT INTO parties_signin (at, region, way, outcome, username, name_blind, address)"
    for values, name in (
        ("'phone', 'ok', '', 'x', '10.0.0.1'", "sign_in_of_a_family_has_no_address"),
        ("'password', 'wrong', 'hunter2', NULL, NULL", "sign_in_names_an_account_or_is_blind"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{told} VALUES (now(), '231200', {values})")
