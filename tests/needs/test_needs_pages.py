"""The pages: what staff see and may do, what a family sees of its own case and no other, and what anybody may ask."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anju.base.acts.models import Act
from anju.base.calendar.models import Installation
from anju.base.regions import scope, uuid7
from anju.base.secrets import blind
from anju.needs import acts
from anju.needs.models import Application, Draft, Finding
from anju.parties.models import Account, Setting
from needs.helpers import (
    COUNTY,
    NOON,
    TOWN,
    VALUES,
    ctx_of,
    household,
    id_number,
    later,
    qualified,
    submitted,
    through_reviews,
)
from support.desk import person, signed_in, text
from support.laid import lay

pytestmark = pytest.mark.usefixtures("committed")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def county_parameters(committed: None) -> None:
    """The city has set its parameters (演示取值)."""
    lay(*[
        Setting(
            owner_region="231200", name=name, value=value, valid_from=date(2025, 1, 1), document="演示〔2025〕1号", demonstration=True,
            proposed_by=uuid7(), proposed_at=NOON, confirmed_by=uuid7(), confirmed_at=NOON,
        )
        for name, value in VALUES.items()
    ])  # fmt: skip


def family(serial: int = 1) -> Client:
    """A browser signed in with the phone of ``household(serial)``."""
    account = person("family", "231200", username=f"family{serial}")
    with open_fixture():
        Account.objects.filter(pk=account.pk).update(phone_blind=blind("phone", f"1990000{serial:04d}"))
    client = Client()
    client.force_login(account, backend="anju.parties.signin.PasswordBackend")
    return client


def open_fixture() -> Any:
    from support.db import open_act

    return open_act("231200")


def test_the_list_filters_searches_and_reviews_in_bulk() -> None:
    rows = [submitted(serial) for serial in (1, 11, 21)]
    bad = submitted(31, residence_months=1)
    client = signed_in("intake_clerk", COUNTY)
    page = text(client.get(reverse("needs:list")))
    assert all(row.number in page for row in rows) and "测**" in page and "测试1" not in page
    assert bad.number not in text(client.get(reverse("needs:list"), {"q": rows[0].number}))
    assert "没有符合条件的" in text(client.get(reverse("needs:list"), {"state": "qualified"}))
    chosen = {"bulk": "1", "ids": [str(row.id) for row in [*rows, bad]]}
    assert "确认" in text(client.post(reverse("needs:list"), chosen)) or "初审" in text(
        client.post(reverse("needs:list"), chosen)
    )
    done = client.post(reverse("needs:list"), {**chosen, "confirm": "1", "key": "k1"}, follow=True)
    assert "初审通过 3 户" in text(done) and bad.number in text(done)
    reviewer = signed_in("reviewer", COUNTY)
    done = reviewer.post(
        reverse("needs:list"), {"bulk": "1", "ids": [str(r.id) for r in rows], "confirm": "1"}, follow=True
    )
    assert "复审通过 3 户" in text(done)
    done = reviewer.post(
        reverse("needs:list"), {"bulk": "3", "ids": [str(r.id) for r in rows], "confirm": "1"}, follow=True
    )
    assert "已公示 3 户" in text(done)
    assert client.post(reverse("needs:list") + "?export=xlsx", {"reason": "核对"}).content[:2] == b"PK"


def test_a_page_of_a_case_masks_what_is_personal_and_a_look_leaves_an_entry() -> None:
    row = submitted(1)
    client = signed_in("intake_clerk", COUNTY)
    url = reverse("needs:thing", args=[row.id])
    page = text(client.get(url))
    assert (
        id_number(1) not in page and "19900000001" not in page and "231202**********" in page and "199****0001" in page
    )
    reveal = reverse("needs:reveal", args=[row.id])
    assert client.post(reveal, {"reason": ""}).status_code == 422
    shown = client.post(reveal, {"reason": "核对原件"})
    assert id_number(1) in text(shown) and "19900000001" in text(shown) and shown["Cache-Control"] == "no-store"
    with scope(COUNTY):
        assert Act.objects.filter(name="needs.read_personal", object_id=row.id).count() == 1
    assert signed_in("intake_clerk", "231221").get(url).status_code == 404


def test_a_review_on_its_page_shows_why_it_is_refused_and_keeps_the_input() -> None:
    row = submitted(1, income_month_fen=None)
    client = signed_in("intake_clerk", COUNTY)
    answer = client.post(reverse("needs:first", args=[row.id]), {"outcome": "pass", "reason": "看过原件"})
    assert answer.status_code == 422 and "缺少" in answer.content.decode() and "看过原件" in answer.content.decode()
    answer = client.post(
        reverse("needs:first", args=[row.id]), {"outcome": "supplement", "reason": "补收入证明"}, follow=True
    )
    assert "待补正" in text(answer)
    fixed = {
        "town": TOWN,
        "group": "wage_earner",
        "income_month_fen": "4000",
        "home_area_cm2": "0",
        "residence_months": "36",
        "policy_homes": "0",
    }
    assert "待初审" in text(client.post(reverse("needs:supplement", args=[row.id]), fixed, follow=True))
    with scope(COUNTY):
        assert Application.objects.get(id=row.id).income_month_fen == 400_000


def intake(serial: int) -> dict[str, str]:
    return {
        "county": COUNTY, "programme": "sale", "group": "youth", "phone": f"1990000{serial:04d}", "town": TOWN,
        "income_month_fen": "4,000.50", "home_area_cm2": "0", "residence_months": "36", "policy_homes": "0",
        "name_1": "测试甲", "document_1": id_number(serial), "marriage_1": "20",
        "name_2": "测试乙", "document_2": id_number(serial + 1), "relation_2": "10",
        "county_1": COUNTY, "rooms_1": "2", "area_from_1": "80", "area_to_1": "90", "ceiling_1": "300000",
    }  # fmt: skip


def test_a_clerk_takes_an_application_in_and_back_enters_a_paper_one() -> None:
    client = signed_in("intake_clerk", COUNTY)
    assert "家庭成员 2" in text(client.get(reverse("needs:new")))
    wrong = client.post(reverse("needs:new"), {**intake(1), "document_1": "231202199001010019"})
    assert wrong.status_code == 422 and "校验码" in wrong.content.decode() and "测试乙" in wrong.content.decode()
    assert "已受理" in text(client.post(reverse("needs:new"), intake(1), follow=True))
    paper = {
        **intake(11),
        "residence_months": "6",
        "accepted_on": "2025-06-10",
        "qualified_on": "2025-07-01",
        "scans": _pdf(),
    }
    page = text(client.post(reverse("needs:back_enter"), paper, follow=True))
    assert "补录待查" in page and "不足 12 个月" in page and "审批表.pdf" in page
    with scope(COUNTY):
        assert Application.objects.get(back_entered=False).income_month_fen == 400_050
        finding = Finding.objects.get()
    assert "待查" in text(client.get(reverse("needs:findings")))
    reviewer = signed_in("reviewer", COUNTY)
    settle = reverse("needs:settle", args=[finding.application_id, finding.id])
    assert "轮候中" in text(reviewer.post(settle, {"upheld": "no", "outcome": "社保补查 30 个月"}, follow=True))


def _pdf() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("审批表.pdf", PDF, "application/pdf")


def test_a_number_is_found_by_a_post_only_and_leaves_an_entry() -> None:
    row = submitted(1)
    client = signed_in("intake_clerk", COUNTY)
    answer = client.post(reverse("needs:find"), {"document": id_number(2), "reason": "来访查询"})
    assert answer.status_code == 302 and str(row.id) in answer["Location"] and id_number(2) not in answer["Location"]
    assert "没有这个证件号" in text(
        client.post(reverse("needs:find"), {"document": id_number(900), "reason": "来访查询"})
    )
    assert client.post(reverse("needs:find"), {"document": "123", "reason": "x"}).status_code == 422


def test_publicity_queue_snapshot_and_survey_have_their_pages() -> None:
    rows = qualified(1, 11)
    waiting = through_reviews(31)
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[waiting[0].id], title="第二批公示")
    reviewer, office = signed_in("reviewer", COUNTY), signed_in("office_clerk", "231200")
    assert "第二批公示" in text(reviewer.get(reverse("needs:publicities")))
    assert "期满后才能办" in text(reviewer.get(reverse("needs:publicity", args=[shown.id])))
    assert reviewer.post(reverse("needs:end_publicity", args=[shown.id]), {"key": "e"}).status_code == 422
    page = text(office.get(reverse("needs:queue"), {"region": COUNTY, "programme": "sale"}))
    assert page.index(rows[0].number) < page.index(rows[1].number)
    # Demand is that of a day: the pages' clock goes on to one after the households came onto the list.
    with open_fixture():
        Installation.objects.update(clock=NOON + timedelta(days=30))
    taken = office.post(reverse("needs:take_snapshot"), {"title": "三月需求"}, follow=True)
    assert "北林区" in text(taken) and "2 户" in text(taken) and "gbar" in text(taken)
    assert office.get(f"{taken.redirect_chain[-1][0]}?export=xlsx").content[:2] == b"PK"
    assert "三月需求" in text(office.get(reverse("needs:snapshots")))
    assert "还没有问卷" in text(office.get(reverse("needs:surveys")))
    answers = [acts.AnswerInput(n, n, COUNTY, "20-34", 2, "rent", 1, 450_000) for n in range(3)]
    acts.take_answers(ctx=ctx_of("office_clerk", "231200"), survey="摸底", answers=answers)
    assert "只有导入" in text(office.get(reverse("needs:surveys")))
    assert "还没有加权" in text(office.get(reverse("needs:survey_result", args=["摸底"])))
    page = text(office.post(reverse("needs:weigh", args=["摸底"]), {}, follow=True))
    assert "有效样本量 3" in page and "100.0%" in page


def test_a_family_applies_in_small_steps_and_sees_its_own_case_and_no_other() -> None:
    other = submitted(51)
    client = family(1)
    assert "还没有申请" in text(client.get(reverse("needs:mine")))
    assert "开始填写" in text(client.get(reverse("needs:apply")))
    body = intake(1)
    assert client.get(reverse("needs:step", args=[3]))["Location"] == reverse("needs:step", args=[1])
    bad = client.post(reverse("needs:step", args=[1]), {"county": COUNTY})
    assert bad.status_code == 422 and "没有保存" in bad.content.decode()
    for number in (1, 2, 3, 4, 5):
        answer = client.post(reverse("needs:step", args=[number]), body)
        assert answer.status_code == 302, answer.content.decode()
    assert "测试甲" in text(client.get(reverse("needs:step", args=[3]))), "what was typed is kept"
    page = text(client.get(reverse("needs:confirm")))
    assert "231202**********" in page and id_number(1) not in page
    assert client.post(reverse("needs:confirm"), {}).status_code == 422
    page = text(client.post(reverse("needs:confirm"), {"promise": "2025-1", "key": "once"}, follow=True))
    with scope(COUNTY):
        row = Application.objects.get(phone_blind=blind("phone", "19900000001"))
        assert not Draft.objects.exists()
    assert row.number in page and "待初审" in page and other.number not in page
    stranger = family(71)
    assert row.number not in text(stranger.get(reverse("needs:mine")))
    for name in ("my_supplement", "my_withdraw", "my_undo"):
        assert stranger.get(reverse(f"needs:{name}", args=[row.id])).status_code == 404
    assert stranger.get(reverse("needs:thing", args=[row.id])).status_code == 403


def test_a_family_finds_what_the_counter_entered_sees_its_place_supplements_and_withdraws() -> None:
    rows = qualified(1, 11)
    client = family(11)
    assert rows[1].number not in text(client.get(reverse("needs:mine")))
    page = text(client.post(reverse("needs:find_mine"), follow=True))
    assert rows[1].number in page and "第 2 位" in page and "共 2 户" in page
    page = text(client.post(reverse("needs:my_withdraw", args=[rows[1].id]), {"reason": "暂不需要"}, follow=True))
    assert "已撤回" in page
    page = text(client.post(reverse("needs:my_undo", args=[rows[1].id]), {}, follow=True))
    assert "第 2 位" in page and "没有变动" not in page
    third = submitted(21)
    acts.first_review(ctx=ctx_of(), application_id=third.id, outcome="supplement", reason="收入证明过期")
    client = family(21)
    assert "收入证明过期" in text(client.post(reverse("needs:find_mine"), follow=True))
    fixed = {
        "town": TOWN,
        "group": "wage_earner",
        "income_month_fen": "4200",
        "home_area_cm2": "0",
        "residence_months": "36",
        "policy_homes": "0",
    }
    assert "待初审" in text(client.post(reverse("needs:my_supplement", args=[third.id]), fixed, follow=True))


def test_a_family_cannot_act_on_another_familys_case_even_past_the_pages() -> None:
    from anju.base.acts import Forbidden

    row = submitted(1)
    stranger = person("family", "231200", username="stranger")
    ctx = ctx_of("family", COUNTY, account=stranger.pk)
    for act in (acts.withdraw, acts.supplement):
        more = {"facts": {"residence_months": 99}} if act is acts.supplement else {}
        with pytest.raises(Forbidden, match="本账号的手机号"):
            act(ctx=ctx, application_id=row.id, **more)
    from anju.base.acts import InvalidInput

    with pytest.raises(InvalidInput, match="登录用的手机号"):
        acts.submit_application(ctx=ctx, household=household(11))


def test_anybody_may_ask_whether_they_may_apply_without_a_personal_number() -> None:
    url = reverse("needs:may_i")
    assert "我能申请吗" in text(Client().get(url))
    asked = {"county": COUNTY, "programme": "sale", "group": "youth", "persons": "1", "age": "24", "income_month_fen": "4000",
             "home_area_cm2": "0", "residence_months": "", "policy_homes": "0"}  # fmt: skip
    page = text(Client().get(url, asked))
    assert "25 周岁" in page and "缺少" in page
    assert Client().get(url, {**asked, "age": "x"}).status_code == 422
    assert "25 周岁" in text(signed_in("intake_clerk", "231221").get(url, asked))


def test_the_interface_reads_masked_and_checks_a_file() -> None:
    row = qualified(1)[0]
    client = signed_in("intake_clerk", COUNTY)
    found = client.get("/api/needs/applications", {"state": "qualified"}).json()
    assert found["rows"][0]["number"] == row.number and found["rows"][0]["name"] == "测**" and found["next"] == ""
    assert client.get(f"/api/needs/applications/{row.number}").json()["place"] == 1
    assert client.get("/api/needs/applications", {"state": "nothing"}).status_code == 400
    assert client.get("/api/needs/applications/231202-0000-000000").status_code == 400
    acts.take_snapshot(ctx=ctx_of("office_clerk", COUNTY, now=later(9)), title="县需求")
    assert client.get("/api/needs/snapshots").json()[0]["cells"][0]["households"] == 1
    assert signed_in("developer_agent", "231200").get("/api/needs/applications").status_code == 403
