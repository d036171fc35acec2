"""The pages: sign-in, people looked up both ways, parameters proposed and confirmed, admission; no post sees what it may not."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anju.base.regions import scope
from anju.parties import acts, reads
from anju.parties.context import live_appointments, parameter_book
from anju.parties.models import Account, Setting
from anju.parties.posts import POSTS
from anju.parties.urls import urlpatterns
from parties.cast import (
    CITY,
    COUNTY,
    MONDAY,
    OTHER,
    PASSWORD,
    account,
    acquirer,
    acting,
    appointed,
    proposed,
    task_force,
)
from support.db import context

pytestmark = pytest.mark.django_db
NEW = "另一个足够长的口令-2026"


def signed_in(name: str, *, password: str = PASSWORD) -> Client:
    client = Client()
    answer = client.post(reverse("parties:signin"), {"username": name, "password": password})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def office() -> tuple[Client, Client]:
    """The clerk and the head of the city's office, signed in."""
    body = task_force()
    appointed("office", "office_clerk", CITY, body)
    appointed("office_head", "office_head", CITY, body)
    return signed_in("office"), signed_in("office_head")


# --- Sign-in ------------------------------------------------------------------------------------------------------------


def test_a_page_sends_a_stranger_to_sign_in_and_back() -> None:
    appointed("office", "office_clerk", CITY, task_force())
    client = Client()
    answer = client.get(reverse("parties:parameters"))
    assert answer.status_code == 302 and answer.url.startswith(reverse("parties:signin"))
    answer = client.post(answer.url, {"username": "office", "password": PASSWORD})
    assert answer.url == reverse("parties:parameters")
    answer = client.post(
        f"{reverse('parties:signin')}?next=https://elsewhere.example/", {"username": "office", "password": PASSWORD}
    )
    assert answer.url == "/"


@pytest.mark.clause("4.5")
def test_a_wrong_password_says_what_to_do_and_five_lock_the_name() -> None:
    appointed("office", "office_clerk", CITY, task_force())
    client = Client()
    for _ in range(5):
        answer = client.post(reverse("parties:signin"), {"username": "office", "password": "错"})
        assert answer.status_code == 401 and "登录名或密码不对" in text(answer)
    answer = client.post(reverse("parties:signin"), {"username": "office", "password": PASSWORD})
    assert answer.status_code == 401 and "已锁定 15 分钟" in text(answer)


def test_an_account_without_a_post_is_told_so() -> None:
    account("office")
    answer = Client().post(reverse("parties:signin"), {"username": "office", "password": PASSWORD})
    assert answer.status_code == 401 and "没有在任的岗位" in text(answer)


@pytest.mark.clause("4.5")
def test_a_first_password_is_changed_before_anything_else() -> None:
    who = appointed("office", "office_clerk", CITY, task_force())
    acts.reset_password(ctx=context(), account_id=who.pk, password_hash=who.password)
    client = Client()
    answer = client.post(reverse("parties:signin"), {"username": "office", "password": PASSWORD})
    assert answer.url.startswith(reverse("parties:first_password"))
    assert client.get(reverse("parties:parameters")).status_code == 302
    for new, again, sentence in (("短", "短", "密码"), (NEW, NEW + "x", "两次输入不一样")):
        assert sentence in text(client.post(reverse("parties:first_password"), {"new": new, "again": again}))
    assert client.post(reverse("parties:first_password"), {"new": NEW, "again": NEW}).url == "/"
    assert client.get(reverse("parties:parameters")).status_code == 200
    signed_in("office", password=NEW)


def test_ones_own_password_needs_the_old_one_and_the_session_stays() -> None:
    appointed("office", "office_clerk", CITY, task_force())
    client = signed_in("office")
    page = reverse("parties:own_password")
    assert "现在的密码不对" in text(client.post(page, {"old": "错", "new": NEW, "again": NEW}))
    assert client.post(page, {"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 302
    assert client.get(reverse("parties:list")).status_code == 200


def test_signing_out_ends_it() -> None:
    appointed("office", "office_clerk", CITY, task_force())
    client = signed_in("office")
    assert client.get(reverse("parties:signout")).status_code == 405, "a link must not sign anybody out"
    client.post(reverse("parties:signout"))
    assert client.get(reverse("parties:list")).status_code == 302


def test_one_works_in_one_post_at_a_time_and_switches() -> None:
    body = task_force()
    who = appointed("both", "office_clerk", CITY, body)
    acts.appoint(ctx=context(), account_id=who.pk, post="leader", region=CITY)
    client = signed_in("both")
    assert client.get(reverse("parties:new_resolution")).status_code == 200
    leader = next(a for a in live_appointments(who, MONDAY) if a.post_id == "leader")
    client.post(reverse("parties:switch"), {"appointment": str(leader.pk)})
    assert client.get(reverse("parties:new_resolution")).status_code == 403
    stranger = appointed("stranger", "office_head", CITY, body)
    client.post(reverse("parties:switch"), {"appointment": str(live_appointments(stranger, MONDAY)[0].pk)})
    assert client.get(reverse("parties:new_resolution")).status_code == 403, "another's post is not taken"


def test_a_closed_account_is_out_at_its_next_click() -> None:
    who = appointed("office", "office_clerk", CITY, task_force())
    client = signed_in("office")
    acts.close_account(ctx=context(), account_id=who.pk, reason="离职")
    assert client.get(reverse("parties:list")).status_code == 302


@pytest.mark.clause("3.2-0")
def test_a_family_signs_in_by_phone_in_two_steps() -> None:
    client = Client()
    assert client.get(reverse("parties:code")).status_code == 302
    assert "11 位数字" in text(client.post(reverse("parties:phone"), {"phone": "123"}))
    answer = client.post(reverse("parties:phone"), {"phone": "139 1234 5678"})
    assert answer.url.startswith(reverse("parties:code"))
    page = text(client.get(reverse("parties:code")))
    assert "139****5678" in page and "13912345678" not in page
    code = re.search(r"<b>([0-9]{6})</b>", page)[1]  # type: ignore[index]
    wrong = "000000" if code != "000000" else "000001"
    assert "验证码不对" in text(client.post(reverse("parties:code"), {"code": wrong}))
    assert client.post(reverse("parties:code"), {"code": code}).url == "/"
    who = Account.objects.get(username__startswith="p-")
    assert [a.post_id for a in live_appointments(who, MONDAY)] == ["family"]
    assert client.get(reverse("parties:list")).status_code == 403, "a family sees nothing of the staff's pages"
    assert client.post(reverse("parties:signout")).status_code == 302


# --- Every page, every post ---------------------------------------------------------------------------------------------


@pytest.fixture
def city() -> dict[str, Any]:
    """Everybody, and one thing of each kind."""
    bodies: dict[str, Any] = {"task_force": task_force()}
    for kind in (
        "department",
        "intake",
        "developer",
        "appraisal_agency",
        "bank",
        "notary",
        "auditor",
        "manager",
        "employer",
    ):
        bodies[kind] = acts.open_organisation(ctx=context(), kind=kind, name=f"甲{kind}")
    bodies["acquirer"] = acquirer("甲公司", "甲集团", CITY)
    people = {}
    for post in POSTS:
        if post.code != "family":
            body = bodies[post.organisation_kinds[0]] if post.organisation_kinds else None
            people[post.code] = appointed(post.code, post.code, CITY, body)
    clerk = acting(people["office_clerk"])
    resolution = acts.propose_resolution(
        ctx=clerk, body_id=bodies["task_force"].pk, number="1号", title="议题", decided_on=MONDAY, minutes="纪要",
        votes_for=3, votes_against=0,
    )  # fmt: skip
    setting = acts.propose_setting(ctx=clerk, name="apply_window_days", value=10, valid_from=MONDAY, document="决议")
    mine = live_appointments(people["office_clerk"], MONDAY)[0]
    cover = acts.propose_cover(
        ctx=clerk, appointment_id=mine.pk, by_id=people["office_head"].pk, from_on=MONDAY, until_on=MONDAY + timedelta(days=5),
        reason="休假",
    )  # fmt: skip
    keys = {
        "cover": cover.pk,
        "organisation": bodies["acquirer"].pk, "account": people["reviewer"].pk, "resolution": resolution.pk, "setting": setting.pk,
        "admission": proposed(clerk, bodies["acquirer"]), "appointment": live_appointments(people["reviewer"], MONDAY)[0].pk,
    }  # fmt: skip
    return {"people": people, "keys": keys}


ARGUMENTS = {"code": "231202", "power": "parties.appoint", "name": "order_method"}
OWN_KEY = {"adopt": "resolution", "confirm": "setting", "withdraw": "setting"}


def addresses(keys: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Name, address and power of every page of the room that is read by GET."""
    found = []
    for route in urlpatterns:
        power = route.callback.power  # type: ignore[union-attr]
        name, pattern = str(route.name), str(route.pattern)
        if name in ("signout", "switch"):
            continue
        values: dict[str, Any] = {k: v for k, v in ARGUMENTS.items() if f":{k}>" in pattern}
        if "<uuid:key>" in pattern:
            thing = pattern.split("/")[0].rstrip("s")
            values["key"] = keys[thing]
        found.append((name, reverse(f"parties:{name}", kwargs=values), power))
    return found


# ``tests/front/test_routes.py`` walks every route as every post; here those that this room's pages tell apart.
WALKERS = ("system_admin", "security_admin", "audit_admin", "office_clerk", "office_head", "developer_agent")


@pytest.mark.parametrize("post", WALKERS)
def test_every_page_answers_a_post_by_its_powers_and_none_with_a_fault(city: dict[str, Any], post: str) -> None:
    client = signed_in(post)
    for name, url, power in addresses(city["keys"]):
        answer = client.get(url)
        may = power == "sign-in" or power in acting(city["people"][post]).powers
        expected = (200, 302) if power == "sign-in" else (200,) if may else (403,)
        assert answer.status_code in expected, f"{post} {name} {url}: {answer.status_code}"


def test_a_countys_office_does_not_open_the_citys_or_another_countys_things(city: dict[str, Any]) -> None:
    body = task_force(COUNTY)
    appointed("wk_office", "office_clerk", COUNTY, body)
    appointed("wk_sec", "security_admin", COUNTY)
    for who in ("wk_office", "wk_sec"):
        client = signed_in(who)
        for name, url, _ in addresses(city["keys"]):
            if name in (
                "resolution",
                "setting",
                "admission",
                "account",
                "adopt_resolution",
                "confirm_setting",
                "answer_check",
                "appoint",
            ):
                assert client.get(url).status_code in (403, 404), f"{who} {name}"
        assert client.get(reverse("parties:parameters"), {"region": OTHER}).status_code == 404
        assert client.get(reverse("parties:parameters"), {"region": COUNTY}).status_code == 200


# --- The work ------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("4.1")
def test_a_value_is_proposed_on_one_page_and_confirmed_on_another_by_another(office: tuple[Client, Client]) -> None:
    clerk, head = office
    page = reverse("parties:propose_setting", args=["earnest_rule"])
    given = {"value_": "10000.00", "valid_from": "2026-03-02", "document": "决议", "key": "k1"}
    answer = clerk.post(page, given)
    assert answer.status_code == 302, text(answer)
    (row,) = Setting.objects.all()
    assert row.value == 1_000_000
    assert clerk.get(reverse("parties:confirm_setting", args=[row.pk])).status_code == 403
    assert "10,000.00 元" in text(head.get(answer.url))
    head.post(reverse("parties:confirm_setting", args=[row.pk]), {"key": "k2"})
    assert str(parameter_book().on(MONDAY, CITY).get("earnest_rule")) == "1000000"
    page_now = text(clerk.get(reverse("parties:parameters")))
    assert "10,000.00 元" in page_now and "演示取值" in text(
        clerk.get(reverse("parties:parameter", args=["earnest_rule"]))
    )


WRITTEN = [
    (
        "area_per_person_line_cm2",
        {"value_sale": "20", "value_public_rental": "15.5"},
        {"sale": 200_000, "public_rental": 155_000},
    ),
    ("income_line_fen", {"value_sale": "不设"}, {"sale": "none"}),
    ("order_method", {"value_sale": "draw"}, {"sale": "draw"}),
    (
        "permit_days",
        {"value_": "filing，网签备案，3\ntaxes,税费缴纳,2"},
        [["filing", "网签备案", 3], ["taxes", "税费缴纳", 2]],
    ),
    ("rent_main_share_min", {"value_": "51"}, 510),
    ("rent_main_share_min", {"value_": "50.5%"}, 505),
    ("price_profit_max", {"value_": "3.75"}, 375),
    ("eligible_groups", {"value_": "公租房，youth，青年人"}, [["public_rental", "youth", "青年人"]]),
]


@pytest.mark.parametrize(("name", "given", "value"), WRITTEN)
def test_a_value_is_written_in_the_units_people_use(
    office: tuple[Client, Client], name: str, given: dict[str, str], value: Any
) -> None:
    answer = office[0].post(
        reverse("parties:propose_setting", args=[name]), {**given, "valid_from": "2026-03-02", "document": "决议"}
    )
    assert answer.status_code == 302, text(answer)
    assert Setting.objects.get().value == value


REFUSED = [
    ("sale_unit_area_max", {"value_": "130"}, "属于放宽"),
    ("earnest_rule", {"value_": "一万"}, "应为数字"),
    ("rent_main_share_min", {"value_": "50.55"}, "应为百分数，至多 1 位小数"),
    ("order_method", {}, "至少填一项"),
    ("permit_days", {"value_": "filing，网签备案"}, "应有 3 项"),
    ("apply_window_days", {"value_": "400"}, "不小于 1 日、不大于 365 日"),
]


@pytest.mark.parametrize(("name", "given", "sentence"), REFUSED)
def test_what_cannot_be_is_said_on_the_form_with_the_input_kept(
    office: tuple[Client, Client], name: str, given: dict[str, str], sentence: str
) -> None:
    answer = office[0].post(
        reverse("parties:propose_setting", args=[name]), {**given, "valid_from": "2026-03-03", "document": "决议文件"}
    )
    assert answer.status_code == 422
    assert sentence in text(answer) and "决议文件" in text(answer)


def test_the_parameter_page_lists_what_is_open_and_what_it_blocks(office: tuple[Client, Client]) -> None:
    page = text(office[0].get(reverse("parties:parameters"), {"view": "open"}))
    count = len(reads.open_parameters(CITY, MONDAY))
    assert count > 30, "no value has been set yet"
    assert f"还没有定的，{count} 项" in page and "95% 锁定需求" in page
    assert "120.00㎡" in text(office[0].get(reverse("parties:parameters")))


@pytest.mark.clause("4.5")
def test_the_system_administrator_opens_and_the_security_administrator_grants(office: tuple[Client, Client]) -> None:
    appointed("sys", "system_admin")
    appointed("sec", "security_admin")
    sys, sec = signed_in("sys"), signed_in("sec")
    answer = sys.post(reverse("parties:new_account"), {"username": "zhang3", "name": "张三", "key": "k1"}, follow=True)
    word = re.search(r"初始密码 ([\w-]+)，", text(answer))[1]  # type: ignore[index]
    who = Account.objects.get(username="zhang3")
    page = reverse("parties:appoint", args=[who.pk])
    assert sys.get(page).status_code == 403
    refused = sec.post(page, {"post": "office_clerk", "region": CITY, "key": "k2"})
    assert refused.status_code == 422 and "账号没有所属单位" in text(refused)
    assert sec.post(page, {"post": "audit_admin", "region": CITY, "key": "k3"}).status_code == 302
    refused = sec.post(page, {"post": "system_admin", "region": CITY, "key": "k4"})
    assert refused.status_code == 422 and "须由三人分别担任" in text(refused)
    answer = Client().post(reverse("parties:signin"), {"username": "zhang3", "password": word})
    assert answer.url.startswith(reverse("parties:first_password"))


@pytest.mark.clause("4.5")
def test_who_may_do_this_and_what_may_this_person_do_are_both_on_a_page(city: dict[str, Any]) -> None:
    client = signed_in("audit_admin")
    who = text(client.get(reverse("parties:who", args=["parties.confirm_setting"])))
    assert "office_head" in who and "office_clerk" not in who
    person = text(client.get(reverse("parties:account", args=[city["people"]["office_head"].pk])))
    assert "确认参数取值" in person and "拟定参数取值" not in person
    table = text(client.get(reverse("parties:powers"), {"post": "office_head"}))
    assert "确认参数取值" in table and "开立账号" not in table
    assert client.get(reverse("parties:who", args=["no.such"])).status_code == 404


@pytest.mark.clause("3.1-1")
def test_an_admission_goes_through_its_pages(office: tuple[Client, Client]) -> None:
    clerk, head = office
    body = acquirer("乙公司", "乙集团", CITY)
    given = {
        "acquirer_id": str(body.pk), "document": "文件", "valid_from": "2026-03-02", "group": "乙公司，否，名单\n乙集团，是，名单",
        "group_complete": "yes", "hidden_debt": "0", "key": "k1",
    }  # fmt: skip
    answer = clerk.post(reverse("parties:new_admission"), given)
    assert answer.status_code == 302, text(answer)
    key = answer.url.split("/")[-2]
    assert "乙集团为政府融资平台" in text(head.get(answer.url))
    refused = head.post(reverse("parties:decide_admission", args=[key]), {"key": "k2"})
    assert refused.status_code == 422 and "乙集团为政府融资平台" in text(refused)
    page = reverse("parties:answer_check", args=[key])
    for said, evidence in (("是", "名单"), ("否", "更正函")):
        given = {"check": "group:乙集团", "answer": said, "evidence": evidence, "key": f"k-{said}"}
        assert clerk.post(page, given).status_code == 302
    assert (
        head.post(reverse("parties:refuse_admission", args=[key]), {"reason": "条件不齐", "key": "k4"}).status_code
        == 302
    )
    assert "条件不齐" in text(head.get(answer.url))


def test_the_api_answers_staff_and_refuses_others(office: tuple[Client, Client]) -> None:
    with scope(CITY):
        pass
    clerk, _ = office
    counties = clerk.get("/api/parties/regions", {"level": "county"}).json()
    assert len(counties) == 10
    rows = {r["name"]: r for r in clerk.get("/api/parties/parameters").json()}
    assert rows["sale_unit_area_max"]["value"] == 1_200_000 and rows["earnest_rule"]["value"] is None
    assert clerk.get("/api/parties/parameters", {"region": "230100"}).status_code == 400
    assert clerk.get("/api/parties/rates/lpr_5y").json()["basis_points"] > 0
    answer = clerk.get("/api/parties/rates/lpr_5y", {"on": "2027-03-01"})
    assert answer.status_code == 400 and "不能用前月的代替" in answer.json()["sentence"]
    assert Client().get("/api/parties/regions").status_code == 401
    appointed("dev", "developer_agent", CITY, acts.open_organisation(ctx=context(), kind="developer", name="甲房企"))
    assert signed_in("dev").get("/api/parties/regions").status_code == 403
