"""Accounts and posts: granted in one's own region, by another, the three administrators apart."""

import pytest
from django.db import connection

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.regions import scope
from anju.parties import acts, reads
from anju.parties.context import live_appointments
from anju.parties.models import Account, Appointment
from anju.parties.posts import ADMINS
from parties.cast import CITY, COUNTY, HASH, MONDAY, OTHER, account, acting, appointed, attack, task_force
from support.db import context

pytestmark = pytest.mark.django_db


@pytest.mark.clause("4.5")
def test_a_county_security_administrator_grants_posts_in_its_own_county_only() -> None:
    granting = appointed("wk_sec", "security_admin", COUNTY)
    clerk = account("wk_clerk", task_force(COUNTY))
    row = acts.appoint(ctx=acting(granting), account_id=clerk.pk, post="office_clerk", region=COUNTY)
    assert row.organisation_id == clerk.organisation_id
    for region in (OTHER, CITY):
        with pytest.raises(Forbidden, match=f"不能授 {region} 的岗位"):
            acts.appoint(ctx=acting(granting), account_id=clerk.pk, post="office_clerk", region=region)
    with pytest.raises(Forbidden, match="只管"):
        acting(granting, region=OTHER)


@pytest.mark.clause("4.5")
def test_the_citys_security_administrator_grants_posts_in_its_counties() -> None:
    granting = appointed("city_sec", "security_admin")
    clerk = account("wk_clerk", task_force(COUNTY))
    acts.appoint(ctx=acting(granting), account_id=clerk.pk, post="office_clerk", region=COUNTY)
    assert [a.region for a in live_appointments(clerk, MONDAY)] == [COUNTY]


def test_nobody_grants_a_post_to_oneself() -> None:
    granting = appointed("city_sec", "security_admin")
    with pytest.raises(Refused, match="不能给本人授岗"):
        acts.appoint(ctx=acting(granting), account_id=granting.pk, post="auditor", region=CITY)


def test_a_post_without_the_power_grants_nothing() -> None:
    clerk = appointed("clerk", "office_clerk", CITY, task_force())
    with pytest.raises(Forbidden, match="没有「授岗」的权限"):
        acts.appoint(ctx=acting(clerk), account_id=clerk.pk, post="office_head", region=CITY)


CANNOT_BE = [
    ("acquirer_clerk", CITY, "只授给收购主体的人员"),
    ("family", CITY, "没有可授的岗位"),
    ("mayor", CITY, "没有可授的岗位"),
    ("office_clerk", "231299", "区划表没有 231299"),
]


@pytest.mark.parametrize(("post", "region", "sentence"), CANNOT_BE)
def test_a_post_that_the_persons_body_or_the_place_does_not_have_is_refused(
    post: str, region: str, sentence: str
) -> None:
    who = account("someone", task_force())
    with pytest.raises(InvalidInput, match=sentence):
        acts.appoint(ctx=context(), account_id=who.pk, post=post, region=region)


@pytest.mark.clause("4.5")
@pytest.mark.parametrize("second", ADMINS)
def test_one_person_holds_one_administrator_post(second: str) -> None:
    first = next(post for post in ADMINS if post != second)
    who = appointed("admin", first)
    with pytest.raises(Conflict, match="须由三人分别担任"):
        acts.appoint(ctx=context(), account_id=who.pk, post=second, region=COUNTY)
    acts.end_appointment(
        ctx=_other_security_admin(), appointment_id=live_appointments(who, MONDAY)[0].pk, reason="换岗"
    )
    acts.appoint(ctx=context(), account_id=who.pk, post=second, region=CITY)


def _other_security_admin():  # type: ignore[no-untyped-def]
    return acting(appointed("another_sec", "security_admin"))


@pytest.mark.clause("4.5")
def test_the_last_security_administrator_is_not_ended() -> None:
    last = appointed("sec", "security_admin")
    (row,) = live_appointments(last, MONDAY)
    with pytest.raises(Refused, match="最后一位安全管理员"):
        acts.end_appointment(ctx=context(), appointment_id=row.pk, reason="离任")
    with pytest.raises(Refused, match="最后一位安全管理员"):
        acts.close_account(ctx=context(), account_id=last.pk, reason="离任")


def test_a_post_ends_at_once_and_its_row_stays() -> None:
    who = appointed("clerk", "office_clerk", CITY, task_force())
    (row,) = live_appointments(who, MONDAY)
    acts.end_appointment(ctx=context(), appointment_id=row.pk, reason="调离")
    assert live_appointments(who, MONDAY) == []
    assert Appointment.objects.get(pk=row.pk).until == MONDAY
    with pytest.raises(Conflict, match="已于"):
        acts.end_appointment(ctx=context(), appointment_id=row.pk, reason="调离")


def test_a_closed_account_holds_no_post_and_gets_none() -> None:
    who = appointed("clerk", "office_clerk", CITY, task_force())
    acts.close_account(ctx=context(), account_id=who.pk, reason="离职")
    assert live_appointments(who, MONDAY) == []
    assert not Account.objects.get(pk=who.pk).is_active
    with pytest.raises(Refused, match="已停用"):
        acts.appoint(ctx=context(), account_id=who.pk, post="office_clerk", region=CITY)


BAD_ACCOUNTS = [
    ({"username": "王五"}, InvalidInput, "登录名应为"),
    ({"username": "x"}, InvalidInput, "登录名应为"),
    ({"username": "fine", "name": "  "}, InvalidInput, "没有填写姓名"),
    ({"username": "fine", "password_hash": None}, InvalidInput, "须有初始密码或手机号"),
    ({"username": "fine", "phone": "12345678901"}, InvalidInput, "手机号应为 11 位"),
    ({"username": "taken"}, Conflict, "已有人使用"),
    ({"username": "fine", "phone": "138-0013 8000"}, Conflict, "已绑定另一账号"),
]


@pytest.mark.parametrize(("changes", "error", "sentence"), BAD_ACCOUNTS)
def test_an_account_that_cannot_be_is_refused_in_words(
    changes: dict[str, str], error: type[Refused], sentence: str
) -> None:
    acts.open_account(ctx=context(), username="taken", name="甲", password_hash=HASH, phone="13800138000")
    with pytest.raises(error, match=sentence):
        acts.open_account(ctx=context(), **{"name": "乙", "password_hash": HASH, **changes})


def test_the_log_of_an_account_carries_neither_password_nor_phone() -> None:
    acts.open_account(ctx=context(), username="taken", name="甲", password_hash=HASH, phone="13800138000")
    with scope(CITY), connection.cursor() as cursor:
        cursor.execute("SELECT body, result::text, facts FROM base_act a JOIN base_actfacts f ON f.act = a.id")
        said = str(cursor.fetchall())
    assert "taken" in said
    assert "13800138000" not in said and HASH not in said


def test_a_wrong_credit_code_is_refused_and_a_right_one_is_held_once() -> None:
    with pytest.raises(InvalidInput, match="校验码不符"):
        acts.open_organisation(ctx=context(), kind="bank", name="甲银行", uscc="91231200MA1BQ4XJ0A")
    acts.open_organisation(ctx=context(), kind="bank", name="甲银行", uscc="91110000600037341L")
    with pytest.raises(Conflict, match="已登记给另一单位"):
        acts.open_organisation(ctx=context(), kind="bank", name="乙银行", uscc="91110000600037341L")


def test_a_county_does_not_rename_the_citys_body() -> None:
    body = task_force()
    with pytest.raises(Forbidden, match="属于 231200"):
        acts.rename_organisation(ctx=context(region=COUNTY), organisation_id=body.pk, name="别名", document="文件")
    acts.rename_organisation(ctx=context(), organisation_id=body.pk, name="新名", document="编委文件")
    body.refresh_from_db()
    assert body.name == "新名"


def test_who_may_do_this_and_what_may_this_person_do() -> None:
    head = appointed("head", "office_head", COUNTY, task_force(COUNTY))
    city = appointed("city_head", "office_head", CITY, task_force())
    may = {a.account.username for a in reads.who_may("parties.confirm_setting", on=MONDAY, region=COUNTY)}
    assert may == {"head", "city_head"}
    assert [a.account.username for a in reads.who_may("parties.confirm_setting", on=MONDAY, region=OTHER)] == [
        "city_head"
    ]
    (held,) = reads.powers_of_account(head.pk, on=MONDAY)
    assert held.appointment.region == COUNTY and "parties.confirm_setting" in held.powers
    assert "parties.appoint" not in held.powers
    assert city.pk != head.pk


# --- Attacks by raw SQL: the database holds it, whatever the acts do -----------------------------------------------------


INSERT = (
    "INSERT INTO parties_appointment (id, account_id, post_id, region, since)"
    " VALUES (gen_random_uuid(), %s, %s, %s, '2026-03-02')"
)


@pytest.mark.clause("4.5")
def test_the_database_refuses_two_administrator_posts_of_one_account() -> None:
    who = appointed("admin", "system_admin")
    attack(INSERT, who.pk, "audit_admin", CITY, held_by="two of the three administrator posts")


@pytest.mark.clause("4.5")
def test_the_database_refuses_a_county_that_grants_in_another() -> None:
    who = account("someone")
    attack(INSERT, who.pk, "notary", OTHER, held_by="row-level security", region=COUNTY)


def test_the_database_refuses_a_post_granted_outside_an_act() -> None:
    who = account("someone")
    with connection.cursor() as cursor, pytest.raises(Exception, match="outside an act"):
        cursor.execute(INSERT, [who.pk, "notary", CITY])
