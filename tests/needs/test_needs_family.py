"""What comes with an application, who acts for a family and how it hears of it, its letter, complaints; and what the database keeps."""

from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from anju.base.acts import Forbidden, InvalidInput, Refused
from anju.base.acts.models import Act
from anju.base.messages.models import Message
from anju.base.regions import PARTY, public_scope, scope, uuid7
from anju.base.secrets import blind
from anju.needs import acts, bring, consent
from anju.needs.acts.letters import withdraw_due
from anju.needs.acts.proxies import end_due
from anju.needs.models import Application, Attachment, Complaint, Consent, HomeVisit, Letter, MadeFor, Proxy, Wish
from anju.needs.pages.open import letter_of
from anju.needs.particulars import BenefitInput, HomeInput
from anju.parties.models import Account
from needs.helpers import (
    COUNTY,
    TOWN,
    WISH,
    book,
    ctx_of,
    household,
    later,
    member,
    qualified,
    submitted,
)
from support.db import open_act, raw
from support.desk import person, signed_in, text

pytestmark = pytest.mark.usefixtures("committed")
CITY, VERSION = "231200", "2025-1"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PAPER = ("委托书.pdf", PDF)


def account(phone: str) -> Account:
    """A family's account on its phone."""
    with open_act(CITY):
        return Account.objects.create(
            username=f"f{phone}", name="赵某", password="!", synthetic=True, phone_blind=blind("phone", phone)
        )


def family_ctx(phone: str, **changes: Any) -> Any:
    found = Account.objects.filter(phone_blind=blind("phone", phone)).first() or account(phone)
    return ctx_of("family", COUNTY, account=found.pk, **changes)


def told(phone: str) -> list[str]:
    """What was sent to a phone, oldest first."""
    with scope(CITY):
        return [str(m.text) for m in Message.objects.filter(to_blind=blind("phone", phone)).order_by("queued_at", "id")]


def phone_of(serial: int) -> str:
    return f"1990000{serial:04d}"


# --- the application's further fields ----------------------------------------------------------------

DAY = date(2026, 3, 2)
CHILD = member(5, "测试子", "20", document="M123456789", document_kind="117", born_on=date(2024, 5, 1))
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("a passport says no birthday", {"members": (replace(member(1), document="E12345678", document_kind="414"),)}, "出生日期"),
    ("a birth paper is no applicant's", {"members": (replace(CHILD, relation="01"),)}, "申请人应持有本人证件"),
    ("a birth paper of another form", {"members": (member(1), replace(CHILD, document="123"))}, "位数或写法不符"),
    ("a registration that is no place", {"members": (replace(member(1), registration="99"),)}, "六位区划代码"),
    ("a registration of tomorrow", {"members": (replace(member(1), registered_on=date(2026, 3, 3)),)}, "晚于受理日期"),
    ("an income below zero", {"members": (replace(member(1), income_month_fen=-1),)}, "本人月收入"),
    ("members with more than the household", {"members": (replace(member(1), income_month_fen=500_000),)}, "大于填写的家庭月收入"),
    ("a transfer without its day", {"homes": (HomeInput("transferred", "康庄路 1 号"),)}, "转让日期"),
    ("homes larger than their sum", {"homes": (HomeInput("owned", "康庄路 1 号", 600_000),)}, "大于填写的自有住房"),
    ("no transfer, and one", {"transferred": False, "homes": (HomeInput("transferred", "甲路", None, DAY),)}, "又填了没有转让过"),
    ("a home still held, and none", {"benefits": (BenefitInput("public_rental"),)}, "多于「已享受保障性住房」0 套"),
    ("left before it came", {"benefits": (BenefitInput("subsidy", DAY, date(2020, 1, 1)),)}, "早于开始日期"),
    ("a floor that is none", {"wishes": (replace(WISH, floor="roof"),)}, "意向楼层"),
]  # fmt: skip


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("why", "changes", "said"), CASES, ids=[case[0] for case in CASES])
def test_what_cannot_be_of_an_application_is_refused_in_words(why: str, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        acts.submit_application(ctx=ctx_of(), household=household(1, **changes))


@pytest.mark.clause("3.2-0")
def test_further_fields_are_kept_as_they_were_said_and_what_was_not_said_stays_unknown() -> None:
    first = member(
        1, registration="231202", insured_months=40, work="employed", employer="某厂", income_month_fen=300_000
    )
    given = household(
        1, members=(first, CHILD), transferred=True, wishes=(replace(WISH, zone="城东", floor="low", lift=True),),
        homes=(HomeInput("transferred", "康庄路 1 号", 600_000, date(2019, 1, 1)),),
        benefits=(BenefitInput("public_rental", date(2015, 1, 1), date(2020, 1, 1)),),
    )  # fmt: skip
    row = acts.submit_application(ctx=ctx_of(), household=given)
    plain = submitted(11)
    with scope(COUNTY):
        kept = row.members.get(relation="01")
        assert (kept.registration, kept.insured_months, kept.work, kept.income_month_fen) == (
            "231202",
            40,
            "employed",
            300_000,
        )
        assert row.members.get(relation="20").born_on == date(2024, 5, 1)
        assert row.homes.get().on == date(2019, 1, 1) and row.benefits.get().until == date(2020, 1, 1)
        assert row.wishes.values_list("zone", "floor", "lift").get() == ("城东", "low", True)
        unsaid = plain.members.get(relation="01")
        assert (plain.transferred, unsaid.insured_months, unsaid.registration, unsaid.work) == (None, None, "", "")


@pytest.mark.clause("3.2-0")
def test_a_family_applies_only_with_todays_consent_and_the_consent_is_final() -> None:
    ctx = family_ctx(phone_of(1))
    for version, said in (("", "请先读过并勾选"), ("2019-1", "已更新")):
        with pytest.raises(InvalidInput, match=said):
            acts.submit_application(ctx=ctx, household=household(1), consent=version)
    row = acts.submit_application(ctx=ctx, household=household(1), consent=VERSION)
    with scope(COUNTY):
        kept = Consent.objects.get(application=row)
    assert (kept.way, kept.text_sha256) == ("portal", consent.current(DAY).sha256)
    with pytest.raises(DatabaseError, match="never changed"), open_act(COUNTY):
        Consent.objects.filter(pk=kept.pk).update(version="x")


@pytest.mark.clause("3.2-0")
def test_wishes_change_without_moving_the_place_and_the_old_ones_stay_in_the_log() -> None:
    first, second = qualified(1, 11)
    ctx = family_ctx(phone_of(1))
    acts.change_wishes(ctx=ctx, application_id=first.id, wishes=[replace(WISH, rooms=3), replace(WISH, lift=True)])
    with scope(COUNTY):
        assert list(Wish.objects.filter(application=first).order_by("rank").values_list("rooms", "lift")) == [
            (3, False),
            (2, True),
        ]
        assert Application.objects.get(id=first.id).sort_key == first.sort_key < second.sort_key
        entry = Act.objects.get(name="needs.change_wishes", object_id=first.id)
        assert entry.body
    with pytest.raises(InvalidInput, match="意向应为 1 至 5 个"):
        acts.change_wishes(ctx=ctx, application_id=first.id, wishes=[WISH] * 6)


# --- who acts for a family ----------------------------------------------------------------------------

PROXY = "19911110001"


def granted(row: Application, allows: str = "papers", until: date = date(2026, 6, 1), **changes: Any) -> Proxy:
    return acts.grant_proxy(
        ctx=ctx_of(**changes), application_id=row.id, name="钱代办", relation="20", phone=PROXY, allows=allows, until_on=until, paper=PAPER
    )  # fmt: skip


def seen(who: Account) -> set[Any]:
    with scope(CITY, party=who.pk, role=PARTY):
        return set(Application.objects.values_list("pk", flat=True))


@pytest.mark.clause("3.2-0")
def test_a_proxy_does_what_its_paper_says_until_its_day_and_the_family_hears_of_each_act() -> None:
    row, proxy = submitted(1), account(PROXY)
    ctx = ctx_of("family", COUNTY, account=proxy.pk)
    with pytest.raises(Forbidden):
        acts.attach_papers(ctx=ctx, application_id=row.id, kind="income", files=[PAPER])
    granted(row)
    assert seen(proxy) == {row.id}
    acts.attach_papers(ctx=ctx, application_id=row.id, kind="income", files=[PAPER])
    assert any("办理了「交材料」" in line for line in told(phone_of(1)))
    with pytest.raises(Forbidden):
        acts.withdraw(ctx=ctx, application_id=row.id)
    with pytest.raises(Forbidden):
        acts.attach_papers(ctx=replace(ctx, now=later(120)), application_id=row.id, kind="home", files=[PAPER])
    assert end_due(CITY, later(30)) == 0, "its last day has not passed"
    assert end_due(CITY, later(120)) == 1 and seen(proxy) == set()
    with scope(COUNTY):
        assert Attachment.objects.get(application=row).kind == "income"


@pytest.mark.clause("3.2-0")
def test_the_family_ends_a_proxy_at_once_and_no_one_ends_or_widens_it_past_the_acts() -> None:
    row, proxy = submitted(1), account(PROXY)
    made = granted(row, "all")
    with pytest.raises(Refused, match="已是本户的代办人"):
        granted(row)
    with pytest.raises(Forbidden):
        acts.end_proxy(ctx=ctx_of("family", COUNTY, account=proxy.pk), proxy_id=made.id)
    acts.end_proxy(ctx=family_ctx(phone_of(1)), proxy_id=made.id)
    assert seen(proxy) == set()
    with pytest.raises(Forbidden):
        acts.withdraw(ctx=ctx_of("family", COUNTY, account=proxy.pk), application_id=row.id)
    for change in ({"ended_on": None, "end_reason": ""}, {"scope": "view"}, {"until_on": date(2030, 1, 1)}):
        with pytest.raises(DatabaseError, match="has ended or says"), open_act(COUNTY):
            Proxy.objects.filter(pk=made.pk).update(**change)


@pytest.mark.clause("3.2-0")
def test_an_account_opened_later_finds_the_case_it_acts_for_while_the_paper_holds() -> None:
    row = submitted(1)
    granted(row)
    late = account(PROXY)
    assert seen(late) == set()
    assert acts.find_my_applications(ctx=ctx_of("family", CITY, account=late.pk)) == 1 and seen(late) == {row.id}
    assert acts.find_my_applications(ctx=ctx_of("family", CITY, account=late.pk, now=later(120))) == 0


@pytest.mark.clause("3.2-0")
def test_a_phone_bound_at_the_counter_tells_the_old_one_which_sees_the_case_no_more() -> None:
    row, old, new = submitted(1), account(phone_of(1)), account("19922220002")
    acts.find_my_applications(ctx=ctx_of("family", CITY, account=old.pk))
    with pytest.raises(InvalidInput, match="核对了哪种证件"):
        acts.bind_phone(ctx=ctx_of(), application_id=row.id, phone="19922220002", shown="", reason="换号")
    acts.bind_phone(ctx=ctx_of(), application_id=row.id, phone="19922220002", shown="identity", reason="换号")
    assert seen(old) == set() and seen(new) == {row.id}
    assert "改绑到手机号 199****0002" in told(phone_of(1))[-1] and "已绑定申请" in told("19922220002")[-1]


# --- the village or community worker -------------------------------------------------------------------


def worker(town: str = TOWN) -> Any:
    """A worker of a town, and its context."""
    found = person("village_worker", COUNTY, name="孙协理")
    acts.assign_town(ctx=ctx_of(), account_id=found.pk, town=town)
    return ctx_of("village_worker", COUNTY, account=found.pk, params=book(made_for_revoke_days=15))


@pytest.mark.clause("3.2-0")
def test_a_worker_applies_for_families_of_its_towns_alone_and_the_family_confirms_or_revokes() -> None:
    ctx = worker()
    stranger = ctx_of("village_worker", COUNTY, account=person("village_worker", COUNTY, username="w2").pk)
    with pytest.raises(Refused, match="不负责"):
        acts.submit_application(ctx=stranger, household=household(1), consent=VERSION)
    rows = [acts.submit_application(ctx=ctx, household=household(s), consent=VERSION) for s in (1, 11, 21)]
    assert all("可以撤销" in told(phone_of(s))[-1] for s in (1, 11, 21))
    acts.confirm_made_for(ctx=family_ctx(phone_of(1)), application_id=rows[0].id)
    with pytest.raises(InvalidInput, match="为什么撤销"):
        acts.revoke_made_for(ctx=family_ctx(phone_of(11)), application_id=rows[1].id, reason=" ")
    with pytest.raises(Forbidden):
        acts.revoke_made_for(ctx=family_ctx(phone_of(1)), application_id=rows[1].id, reason="不是我家")
    acts.revoke_made_for(ctx=family_ctx(phone_of(11)), application_id=rows[1].id, reason="没有同意过")
    with pytest.raises(Refused, match="已过期"):
        acts.revoke_made_for(ctx=family_ctx(phone_of(21), now=later(16)), application_id=rows[2].id, reason="晚了")
    with pytest.raises(Refused, match="家庭已确认"):
        acts.revoke_made_for(ctx=family_ctx(phone_of(1)), application_id=rows[0].id, reason="反悔")
    with scope(COUNTY):
        states = {m.application_id: m.state for m in MadeFor.objects.all()}
        assert [states[row.id] for row in rows] == ["confirmed", "revoked", "told"]
        assert Application.objects.get(id=rows[1].id).state == "withdrawn"
    again = acts.submit_application(ctx=family_ctx(phone_of(11)), household=household(11), consent=VERSION)
    assert again.state == "submitted", "its members are free again"
    with pytest.raises(DatabaseError, match="has ended or says"), open_act(COUNTY):
        MadeFor.objects.filter(application=rows[1]).update(state="confirmed")


@pytest.mark.clause("3.2-0")
def test_a_visit_is_recorded_once_shown_to_the_family_and_never_changed() -> None:
    ctx, row = worker(), submitted(1)
    given = {"number": row.number, "visited_on": DAY, "met": "测试1（本人）", "findings": "租住平房一间"}
    for changes, said in (
        ({"visited_on": date(2026, 3, 3)}, "晚于今天"),
        ({"met": ""}, "见到谁"),
        ({"latitude_e6": 1}, "一半"),
    ):
        with pytest.raises(InvalidInput, match=said):
            acts.record_visit(ctx=ctx, **(given | changes))
    place = {"latitude_e6": 46_637_000, "longitude_e6": 126_969_000}
    first = acts.record_visit(ctx=ctx.once("visit-1"), offline=True, **given, **place)
    assert acts.record_visit(ctx=ctx.once("visit-1"), offline=True, **given, **place).id == first.id
    with scope(COUNTY):
        assert HomeVisit.objects.count() == 1
    assert "入户走访了您家" in told(phone_of(1))[-1]
    with pytest.raises(DatabaseError, match="never changed"), open_act(COUNTY):
        HomeVisit.objects.filter(pk=first.pk).update(findings="改了")
    other = submitted(11, town=town_but(TOWN))
    with pytest.raises(Refused, match="不负责"):
        acts.record_visit(ctx=ctx, **(given | {"number": other.number}))


def town_but(town: str) -> str:
    from anju.needs import reads

    return next(code for code in reads.towns(COUNTY) if code != town)


# --- the letter ------------------------------------------------------------------------------------------


@pytest.mark.clause("3.2-0")
def test_the_letters_code_says_to_anybody_whether_it_holds_and_nothing_more() -> None:
    (row,), ctx = qualified(1), family_ctx(phone_of(1), now=later(9))
    waiting = submitted(11)
    with pytest.raises(Refused, match="没有轮候资格"):
        acts.issue_letter(ctx=ctx_of(), application_id=waiting.id)
    made = acts.issue_letter(ctx=ctx, application_id=row.id)
    assert acts.issue_letter(ctx=ctx_of(now=later(10)), application_id=row.id).id == made.id, (
        "the counter gives the same one"
    )
    with public_scope():
        shown = letter_of(made.code.lower().replace("-", ""))
        assert letter_of("AAAA-AAAA-AAAA") is None
    assert shown is not None and shown["holds"] and set(shown) == {
        "region", "masked_name", "programme", "qualified_on", "issued_on", "withdrawn_on", "holds",
    }  # fmt: skip
    assert shown["masked_name"] == "测**"
    page = text(Client().get(reverse("front:verify_letter", args=[made.code])))
    assert "有效" in page and "测**" in page and "测试1" not in page and row.number not in page
    acts.withdraw(ctx=replace(ctx, now=later(10)), application_id=row.id)
    with public_scope():
        shown = letter_of(made.code)
    assert shown is not None and not shown["holds"], "at once, before the hourly round"
    assert withdraw_due(CITY, later(10)) == 1 and withdraw_due(CITY, later(10)) == 0
    acts.undo_withdrawal(ctx=replace(ctx, now=later(11)), application_id=row.id)
    fresh = acts.issue_letter(ctx=replace(ctx, now=later(11)), application_id=row.id)
    assert fresh.code != made.code
    assert "已失效" in text(Client().get(reverse("front:verify_letter", args=[made.code])))
    with pytest.raises(DatabaseError, match="has ended or says"), open_act(COUNTY):
        Letter.objects.filter(pk=made.pk).update(withdrawn_on=None, reason="")


# --- complaints ------------------------------------------------------------------------------------------


def desk_ctx(**changes: Any) -> Any:
    return ctx_of("complaint_desk", CITY, account=None, **changes)


def filed(whom: str = "", story: str = "窗口要求先交五百元好处费", contact: str = "") -> Complaint:
    return acts.file_complaint(ctx=desk_ctx(), kind="complaint", about="staff", whom=whom, text=story, contact=contact)


@pytest.mark.clause("4.5")
def test_a_complaint_is_answered_by_another_and_read_by_its_receipt_alone() -> None:
    head = person("office_head", CITY, name="李主任")
    row = filed("窗口张三", contact="13900000000")
    browser = signed_in("office_head", CITY, username="head2", name="周主任")
    page = text(browser.get(reverse("needs:complaint", args=[row.id])))
    assert "好处费" in page and "13900000000" not in page
    answer = browser.post(reverse("needs:complaint_contact", args=[row.id]), {"reason": "核实情况"}, follow=True)
    assert "13900000000" in text(answer)
    acts.answer_complaint(ctx=ctx_of("office_head", CITY, account=head.pk), complaint_id=row.id, answer="已查实并退还")
    page = text(Client().get(reverse("needs:receipt"), {"code": row.receipt}))
    assert "已查实并退还" in page and "好处费" not in page and "张三" not in page
    with pytest.raises(Refused, match="已于"):
        acts.answer_complaint(ctx=ctx_of("office_head", CITY, account=head.pk), complaint_id=row.id, answer="再答")
    with pytest.raises(DatabaseError, match="stays as it was filed"), open_act(CITY):
        Complaint.objects.filter(pk=row.pk).update(answer="改了")


@pytest.mark.clause("4.5")
def test_whom_a_complaint_is_about_neither_sees_nor_answers_it() -> None:
    head = person("office_head", CITY, name="李主任")
    row = filed("李主任")
    assert row.post == "leader", "it goes above the head that is named"
    named, other = Client(), signed_in("leader", CITY, name="吴领导")
    named.force_login(head, backend="anju.parties.signin.PasswordBackend")
    assert "窗口要求" not in text(named.get(reverse("needs:complaints")))
    assert "还没有" not in text(other.get(reverse("needs:complaints"))) and "李主任" in text(
        other.get(reverse("needs:complaints"))
    )
    assert named.get(reverse("needs:complaint", args=[row.id])).status_code == 404
    with pytest.raises(Forbidden, match="与您有关"):
        acts.answer_complaint(ctx=ctx_of("leader", CITY, account=head.pk), complaint_id=row.id, answer="没有这回事")
    with raw(region=CITY) as database, pytest.raises(psycopg.DatabaseError, match="act"):
        database.execute(
            "UPDATE needs_complaint SET answer='x', answered_on='2026-03-02', answered_by=%s WHERE id=%s",
            [head.pk, row.pk],
        )
    with pytest.raises(DatabaseError, match="somebody it is about"), transaction.atomic(), open_act(CITY):
        Complaint.objects.filter(pk=row.pk).update(answer="x", answered_on=DAY, answered_by=head.pk)


@pytest.mark.clause("4.5")
def test_anybody_complains_without_a_name_and_too_little_is_refused_with_the_input_kept() -> None:
    browser = Client()
    short = browser.post(
        reverse("needs:complain"), {"kind": "tip_off", "about": "family", "whom": "某户", "text": "有房"}
    )
    assert short.status_code == 422 and "至" in short.content.decode() and "某户" in short.content.decode()
    page = text(browser.post(reverse("needs:complain"), {
        "kind": "tip_off", "about": "family", "whom": "某户", "text": "名下另有一套住房，没有申报", "contact": "",
    }))  # fmt: skip
    with scope(CITY):
        row = Complaint.objects.get()
    assert row.receipt in page and row.contact is None
    with scope(CITY, party=uuid7(), role=PARTY):
        assert not Complaint.objects.exists(), "no family sees any"


# --- before anything else ---------------------------------------------------------------------------------

ANSWERS = {
    "county": COUNTY, "programme": "sale", "group": "new_citizen", "persons": "3", "age": "30", "income_month_fen": "6000",
    "home_area_cm2": "0", "residence_months": "30", "policy_homes": "0", "marriage": "40", "work": "flexible", "registration": "else",
}  # fmt: skip


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(
    ("answers", "wanted", "spared"),
    [
        ({}, {"identity", "register", "consent", "income", "home"}, {"marriage", "proxy", "policy"}),
        ({"marriage": "20"}, {"marriage"}, {"need"}),
        ({"group": "new_citizen"}, {"insurance"}, {"proxy"}),
        (
            {"transferred": "yes", "policy_homes": 1, "ill": True, "proxy": True},
            {"home", "policy", "need", "proxy"},
            set(),
        ),
    ],
)
def test_the_papers_to_bring_follow_the_answers(answers: dict[str, Any], wanted: set[str], spared: set[str]) -> None:
    kinds = {paper.kind for paper in bring.papers_for(answers)}
    assert wanted <= kinds and not spared & kinds


def test_a_visitor_learns_what_to_bring_and_prints_a_filled_form_without_a_personal_number() -> None:
    page = text(Client().get(reverse("needs:may_i"), ANSWERS))
    assert "离婚证" in page and "居住证" in page and "身份证号码" not in page
    form = text(Client().get(reverse("needs:paper_form"), ANSWERS))
    assert "新市民" in form and "6,000.00 元" in form and "承诺和授权查询书" in form
    pdf = Client().get(reverse("needs:paper_form"), {**ANSWERS, "pdf": "1"})
    assert pdf.content.startswith(b"%PDF")
    assert Client().get(reverse("needs:paper_form")).status_code == 200, "without answers: the questions"


def test_a_clerk_sees_a_duplicate_before_the_rest_is_typed() -> None:
    row, client = submitted(1), signed_in("intake_clerk", COUNTY)
    number = member(1).document
    part = text(client.post(reverse("needs:check_number"), {"document_1": number}))
    assert "不要再录入" in part and row.number in part
    assert "没有重复" in text(client.post(reverse("needs:check_number"), {"document_1": member(500).document}))
    page = text(client.post(reverse("needs:new"), {"check": "1", "name_1": "测试甲", "document_1": number}))
    assert "不要再录入" in page and "测试甲" in page and "处要改" not in page
    with scope(COUNTY):
        entry = Act.objects.filter(name="needs.check_number").latest("id")
    assert number not in str(entry.body)


# --- the same by the portal's own process, whose role knows no account of staff ----------------------------

AT_THE_DOOR = """
import sys
import django; django.setup()
from django.test import Client
from anju.parties.models import Account
client = Client()
answer = client.post("/needs/complain/", {"kind": "complaint", "about": "staff", "whom": "李主任", "text": "窗口要求先交五百元好处费"})
print("complained", answer.status_code)
account = Account.objects.get(username=sys.argv[1])
client.force_login(account)
page = client.get(f"/needs/my/{sys.argv[2]}/").content.decode()
print("page", "第 1 位" in page, "发给您的短信" in page)
print("letter", client.post(f"/needs/my/{sys.argv[2]}/letter/").content[:4])
for path in ("/needs/new/", "/needs/new/check/", "/needs/complaints/", "/needs/village/"):
    print("closed", path, client.get(path).status_code)
"""


@pytest.mark.clause("4.5")
def test_the_portals_own_process_takes_complaints_and_draws_letters_and_a_named_head_is_still_kept_from_them() -> None:
    import os
    import subprocess
    import sys
    from pathlib import Path

    head = person("office_head", CITY, name="李主任")
    (row,) = qualified(1)
    granted(row, now=later(9))
    who = family_browser(1)
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_DOOR, who.username, str(row.id)], check=False, capture_output=True, text=True,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "ANJU_FACE": "portal", "PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "anju.front.settings"},
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "complained 200", "page True True", "letter b'%PDF'", "closed /needs/new/ 404", "closed /needs/new/check/ 404",
        "closed /needs/complaints/ 404", "closed /needs/village/ 404",
    ], done.stderr[-2000:]  # fmt: skip
    with scope(CITY):
        filed_one = Complaint.objects.get()
        assert filed_one.post == "leader" and filed_one.persons.get().account == head.pk


def family_browser(serial: int) -> Account:
    """A family's account on the phone of ``household(serial)`` with its post, which has found its cases."""
    from anju.parties.models import Appointment

    who = account(phone_of(serial))
    with open_act(CITY):
        Appointment.objects.create(account=who, post_id="family", region=CITY, since=date(2025, 1, 1))
    acts.find_my_applications(ctx=ctx_of("family", CITY, account=who.pk))
    return who


@pytest.mark.clause("4.5")
def test_no_family_asks_who_stands_in_which_application() -> None:
    client = Client()
    client.force_login(family_browser(1), backend="anju.parties.signin.PasswordBackend")
    for name in ("new", "check_number"):
        assert client.get(reverse(f"needs:{name}")).status_code == 403
