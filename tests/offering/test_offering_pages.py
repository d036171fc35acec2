"""The pages of negotiation, offering and purchase: each opens for the post that works there, and does what its act does."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anju.base.acts import REGISTRY
from anju.base.calendar.models import Installation
from anju.base.claims.seam import show_to
from anju.base.regions import scope, uuid7
from anju.base.secrets import blind
from anju.needs.models import Application
from anju.negotiation.models import AcquirerDecision, Letter, Offer
from anju.negotiation.reads import agreed as met
from anju.offering import acts, reads
from anju.offering.models import Batch, Choice, Subscription
from anju.parties.models import Organisation, PostPower, Resolution, Setting
from anju.purchase.models import Agreement
from anju.reserve.models import Project
from offering.programme import (
    CITY,
    EARNEST,
    PDF,
    PRICE,
    SET,
    World,
    announced,
    decision,
    fixed,
    fresh,
    households,
    judged,
    ordered,
    paid,
    signed,
    subscribed,
    up_to_gate,
    world,
)
from support.db import open_act
from support.desk import person, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _laid() -> None:
    """The city's parameters are set, and the clock can be moved."""
    with open_act(CITY):
        Setting.objects.bulk_create(
            [
                Setting(
                    owner_region=CITY, name=name, value=value, valid_from=date(2025, 1, 1), document="测试取值", demonstration=True,
                    proposed_by=uuid7(), proposed_at="2025-01-01T00:00Z", confirmed_by=uuid7(), confirmed_at="2025-01-01T00:00Z",
                )
                for name, value in SET.items()
            ]
        )  # fmt: skip


def clock(found: World) -> None:
    """The installation's clock shows the world's day."""
    with open_act(CITY):
        Installation.objects.update(clock=found.at(12))


def at(post: str, found: World, **changes: Any) -> Client:
    """A browser of somebody in a post, at the world's day."""
    clock(found)
    organisation = found.acquirer if post.startswith("acquirer") else changes.pop("organisation", None)
    return signed_in(post, CITY, username=f"{post}{uuid7().hex[-6:]}", organisation=organisation, **changes)


def post(browser: Client, url: str, **data: Any) -> str:
    """Fill in and send a form; the words of the page that follows."""
    page = text(browser.get(url))
    key = re.search(r'name="key" value="([^"]+)"', page)
    response = browser.post(url, {**data, **({"key": key[1]} if key else {})}, follow=True)
    assert response.status_code == 200, re.sub(r"<[^>]+>", " ", response.content.decode())[-3000:]
    return response.content.decode()


def test_each_power_of_these_rooms_is_an_act_or_a_view_that_pages_ask_for() -> None:
    rooms = ("negotiation", "offering", "purchase")
    acts_ = {name for name in REGISTRY if name.split(".")[0] in rooms}
    held = {p for p in PostPower.objects.values_list("power", flat=True) if p.split(".")[0] in rooms}
    told = {
        "negotiation.fulfil_letter", "offering.accept_special", "offering.contract_choice", "purchase.complete_agreement",
    }  # fmt: skip
    assert acts_ - held == told, "every act has its posts, but for those told by a later room"
    views = {
        "negotiation.view", "negotiation.view_decisions", "offering.view", "offering.mine", "purchase.view",
        "purchase.view_special", "offering.import_subscriptions", "offering.import_earnest",
    }  # fmt: skip
    assert held - acts_ == views


def test_a_price_is_offered_and_a_letter_drafted_and_signed_on_pages() -> None:
    found = world(2)
    clerk, head = at("acquirer_clerk", found), at("acquirer_head", found)
    talk = reverse("negotiation:talk", args=[found.project.pk])
    assert "合成家园" in text(clerk.get(reverse("negotiation:list")))
    assert "定价后" not in text(clerk.get(talk))
    refused = clerk.post(reverse("negotiation:offer", args=[found.project.pk]), {"price_fen_m2": "3301", "reason": "x"})
    assert refused.status_code == 422 and "高于收购价上限" in refused.content.decode()
    assert "3.4-1" in refused.content.decode()
    post(clerk, reverse("negotiation:offer", args=[found.project.pk]), price_fen_m2="3200", reason="测算")
    with open_act(CITY):
        show_to(found.developer.pk, [found.project.pk], region=CITY)
    seller = at("developer_agent", found, organisation=found.developer)
    page = text(seller.get(talk))
    assert "3,200.00" in page and "收购价上限" not in page, "a seller does not see the ceiling"
    post(seller, reverse("negotiation:offer", args=[found.project.pk]), price_fen_m2="3200", reason="同意")
    with scope(CITY):
        assert met(found.project) == PRICE
    post(
        clerk, reverse("negotiation:decide", args=[found.project.pk]), kind="letter", subject="签意向书", number="决〔2026〕1号",
        studied_on="2026-03-01", decided_on="2026-03-02",
    )  # fmt: skip
    assert "决〔2026〕1号" in text(head.get(reverse("negotiation:decisions")))
    with scope(CITY):
        made = Project.objects.get(pk=found.project.pk)
        row = AcquirerDecision.objects.get(object_id=made.pk)
    post(head, reverse("negotiation:confirm_decision", args=[row.pk]))
    post(clerk, reverse("negotiation:draft", args=[made.pk]), decision_id=str(row.pk), valid_until="2026-08-01")
    with scope(CITY):
        letter = Letter.objects.get(project=made)
    url = reverse("negotiation:sign", args=[letter.pk])
    assert "手输" in head.post(url, {"typed": "别的"}).content.decode()
    post(head, url, typed=letter.number)
    assert "已签署" in text(head.get(reverse("negotiation:thing", args=[letter.pk])))
    assert letter.number in text(seller.get(reverse("negotiation:letters")))
    with scope(CITY):
        assert Offer.objects.filter(project=made).count() == 2


def test_a_batch_goes_from_announcement_to_its_judged_gate_on_pages() -> None:
    found = world(2)
    letter = signed(found)
    clerk, head, finance = (at(p, found) for p in ("acquirer_clerk", "acquirer_head", "acquirer_finance"))
    assert letter.number in text(clerk.get(reverse("offering:ready")))
    first = found.day + timedelta(days=1)
    post(
        clerk, reverse("offering:announce", args=[letter.pk]), apply_from=first, apply_until=first + timedelta(days=9),
        earnest_until=first + timedelta(days=19), method="draw", earnest_fen="5000", rent_programme="affordable_rental",
        typed=letter.number,
    )  # fmt: skip
    with scope(CITY):
        batch = Batch.objects.get(letter=letter)
    found.day = first
    clock(found)
    one, two = households(2)
    url = reverse("offering:subscribe", args=[batch.pk])
    for row, label in ((one, "1-1-100"), (two, "1-1-101")):
        post(clerk, url, number=row.number, wish_1=label, wish_2="")
    missing = clerk.post(url, {"number": "没有", "wish_1": "1-1-100"})
    assert missing.status_code == 422 and "没有受理号" in missing.content.decode()
    assert one.number in text(clerk.get(reverse("offering:subscriptions", args=[batch.pk])))
    found.day = batch.apply_until + timedelta(days=1)
    clock(found)
    post(clerk, reverse("offering:freeze", args=[batch.pk]), typed=batch.number)
    assert "不摇号" in text(clerk.get(reverse("offering:draw", args=[batch.pk])))
    post(clerk, reverse("offering:draw_lots", args=[batch.pk]), typed=batch.number)
    post(clerk, reverse("offering:allot", args=[batch.pk]))
    page = text(clerk.get(reverse("offering:thing", args=[batch.pk])))
    assert "还差 2 套" in page and "催缴定金" in page
    with scope(CITY):
        rows = list(reads.choices(batch).order_by("batch_unit__label"))
    bulk = reverse("offering:earnest", args=[batch.pk])
    assert "1-1-100" in text(finance.get(bulk))
    empty = finance.post(bulk, {"paid_on": found.day.isoformat()})
    assert empty.status_code == 422 and "没有填任何银行回单号" in empty.content.decode()
    done = finance.post(bulk, {"paid_on": found.day.isoformat(), f"reference_{rows[0].pk}": "R-1"}, follow=True)
    assert "登记定金到账 1 笔" in text(done)
    pay = reverse("offering:pay", args=[rows[1].pk])
    short = finance.post(pay, {"paid_on": found.day.isoformat(), "reference": "R-2", "amount_fen": "4999.99"})
    assert short.status_code == 422 and "应缴定金 5,000.00 元" in short.content.decode()
    post(finance, pay, paid_on=found.day.isoformat(), reference="R-2", amount_fen="5000")
    assert "已缴定金" in text(finance.get(reverse("offering:choice", args=[rows[1].pk])))
    assert "R-1" in text(finance.get(reverse("offering:choices", args=[batch.pk])))
    post(head, reverse("offering:judge", args=[batch.pk]), typed=batch.number, special_reason="")
    assert "可以签订收购协议" in text(head.get(reverse("offering:thing", args=[batch.pk])))


def test_the_page_of_a_draw_shows_holders_values_and_what_each_may_do() -> None:
    found = world(2)
    batch = announced(found)
    subscribed(found, batch, households(4))
    fixed(found, batch)
    clerk = at("acquirer_clerk", found)
    page = text(clerk.get(reverse("offering:draw", args=[batch.pk])))
    for said in ("持有人1", "快乐8", "双色球", "未录入", "2026070"):
        assert said in page
    found.later(2)
    clock(found)
    with scope(CITY):
        source = batch.draws.get().sources.get(game="ssq")
    url = reverse("offering:value", args=[batch.pk, source.pk])
    wrong = clerk.post(url, {"numbers": "1 5 九 / 8"})
    assert "号码应为数字" in wrong.content.decode()
    post(clerk, url, numbers="1 5 9 17 26 33 / 8", issue="")
    assert "待第二人录入" in text(clerk.get(reverse("offering:draw", args=[batch.pk])))
    office = at("office_clerk", found)
    for name in ("holders", "plan", "redraw"):
        browser = office if name != "plan" else clerk
        assert browser.get(reverse(f"offering:{name}", args=[batch.pk])).status_code == 200
    assert office.get(reverse("offering:freeze", args=[batch.pk])).status_code == 403


def test_a_failed_gate_shows_what_comes_next_and_a_special_decision_is_recorded_on_its_page() -> None:
    found, batch = up_to_gate(21, 19)
    gate = judged(found, batch, special_reason="园区急需")
    office, head, clerk = (at(p, found) for p in ("office_clerk", "office_head", "acquirer_clerk"))
    assert "等待一事一议" in text(clerk.get(reverse("offering:thing", args=[batch.pk])))
    assert batch.number in text(office.get(reverse("purchase:specials")))
    assert "未登记" in text(office.get(reverse("purchase:special", args=[gate.pk])))
    with open_act(CITY) as ctx:
        body = Organisation.objects.create(owner_region=CITY, kind="task_force", name="专班甲", synthetic=True)
        resolution = Resolution.objects.create(
            owner_region=CITY, body=body, number="专班〔2026〕9号", title="一事一议", decided_on=found.day, minutes="纪要",
            votes_for=5, votes_against=0, proposed_by=uuid7(), adopted_by=uuid7(), adopted_at=ctx.now,
        )  # fmt: skip
    post(
        office, reverse("purchase:record_special", args=[gate.pk]), resolution_id=str(resolution.pk), reason="园区急需"
    )
    post(head, reverse("purchase:confirm_special", args=[gate.pk]))
    assert "已一事一议" in text(clerk.get(reverse("offering:thing", args=[batch.pk])))
    assert batch.number in text(clerk.get(reverse("purchase:ready")))


def test_an_agreement_is_drafted_signed_and_its_steps_reached_on_pages() -> None:
    found, batch = up_to_gate(2, 2)
    gate = judged(found, batch)
    made = decision(found, "agreement")
    clerk, head = at("acquirer_clerk", found), at("acquirer_head", found)
    post(
        clerk, reverse("purchase:draft", args=[gate.pk]), decision_id=str(made.pk), price_fen_m2="", step_1="签订", share_1="30",
        step_2="交付", share_2="70",
    )  # fmt: skip
    with scope(CITY):
        row = Agreement.objects.get(project=found.project)
    post(head, reverse("purchase:sign", args=[row.pk]), typed=row.number)
    with scope(CITY):
        step = row.milestones.order_by("order").first()
    proof = SimpleUploadedFile("交接单.pdf", PDF, "application/pdf")
    post(clerk, reverse("purchase:reach", args=[step.pk]), reached_on=found.day.isoformat(), file=proof)
    page = text(clerk.get(reverse("purchase:thing", args=[row.pk])))
    assert "交付" in page and "569,600.00 元" in page and "已到期应付" in page
    with open_act(CITY):
        show_to(found.developer.pk, [found.project.pk], region=CITY)
    seller = at("developer_agent", found, organisation=found.developer)
    assert row.number in text(seller.get(reverse("purchase:list")))
    assert "一事一议" not in text(seller.get(reverse("purchase:thing", args=[row.pk])))


def family_of(found: World, row: Application) -> Client:
    """The family's browser on its phone, signed in by the application's number."""
    clock(found)
    account = person("family", CITY, username=f"f{uuid7().hex[-8:]}", name="赵某")
    with open_act(CITY):
        type(account).objects.filter(pk=account.pk).update(phone_blind=blind("phone", f"199{int(row.number[-6:]):08d}"))
    with open_act(row.region):
        show_to(account.pk, [row.pk], region=row.region)
    browser = Client()
    browser.force_login(account, backend="anju.parties.signin.PasswordBackend")
    return browser


def test_a_family_subscribes_from_its_phone_sees_its_place_and_gives_its_home_up() -> None:
    found = world(2)
    batch = announced(found)
    found.day = batch.apply_from
    mine, other = households(2)
    browser = family_of(found, mine)
    url = reverse("offering:mine")
    assert "我要认购" in text(browser.get(url)) and "合成家园" in text(browser.get(url))
    post(browser, reverse("offering:my_subscribe", args=[batch.pk]), wish_1="1-1-100", wish_2="1-1-101")
    assert "1-1-100、1-1-101" in text(browser.get(url))
    subscribe = [acts.Wanted(other.pk, other.region, ("1-1-100",))]
    acts.subscribe_many(ctx=found.ctx(), batch_id=batch.pk, rows=subscribe)
    ordered(found, batch)
    clock(found)
    page = text(browser.get(url))
    assert "我的次序" in page and "选房" in page
    with scope(CITY):
        own = Subscription.objects.get(application_id=mine.pk)
        foreign = Subscription.objects.get(application_id=other.pk)
    post(browser, reverse("offering:my_choose", args=[own.pk]), label="1-1-100")
    assert "待缴定金" in text(browser.get(url))
    with scope(CITY):
        choice = Choice.objects.get(subscription=own)
    post(browser, reverse("offering:my_drop", args=[choice.pk]), reason="另有打算")
    assert fresh(choice).state == "dropped"
    assert browser.get(reverse("offering:my_withdraw", args=[foreign.pk])).status_code == 404, "another family's"
    assert browser.get(reverse("offering:thing", args=[batch.pk])).status_code == 403


def test_the_interface_gives_what_pages_give_and_takes_subscriptions_and_receipts() -> None:
    found = world(2)
    batch = announced(found)
    found.day = batch.apply_from
    rows = households(2)
    clerk = at("acquirer_clerk", found)
    assert [b["number"] for b in clerk.get("/api/offering/batches").json()] == [batch.number]
    said = [{"application_id": str(r.pk), "application_region": r.region, "wishes": ["1-1-100"]} for r in rows]
    body = clerk.post(f"/api/offering/batches/{batch.pk}/subscriptions", json.dumps(said), "application/json").json()
    assert body == {"taken": 2, "refused": []}
    early = clerk.get(f"/api/offering/batches/{batch.pk}/transcript")
    assert early.status_code == 409 and early.json()["clause"] == "3.5-2"
    ordered(found, batch)
    paid(found, batch, 0)
    clock(found)
    told = clerk.get(f"/api/offering/batches/{batch.pk}/transcript").json()
    assert told["transcript"]["batch"] == batch.number
    finance = at("acquirer_finance", found)
    (choice,) = finance.get(f"/api/offering/batches/{batch.pk}/choices?state=chosen").json()
    receipt = [{"choice_id": choice["id"], "paid_on": found.day.isoformat(), "reference": "R1", "amount_fen": EARNEST}]
    url = f"/api/offering/batches/{batch.pk}/earnest"
    assert clerk.post(url, json.dumps(receipt), "application/json").status_code == 403
    assert finance.post(url, json.dumps(receipt), "application/json").json() == {"recorded": 1}
    assert [row["state"] for row in clerk.get("/api/negotiation/letters").json()] == ["signed"]
    assert clerk.get("/api/purchase/agreements").json() == []


def test_lists_take_the_same_number_of_queries_however_many_rows(django_assert_max_num_queries: Any) -> None:
    found, batch = up_to_gate(8, 8)
    judged(found, batch)
    clerk = at("acquirer_clerk", found)
    for url in (
        reverse("negotiation:list"), reverse("negotiation:letters"), reverse("offering:list"),
        reverse("offering:subscriptions", args=[batch.pk]), reverse("offering:choices", args=[batch.pk]),
        reverse("purchase:list"), reverse("purchase:ready"), reverse("purchase:specials"),
    ):  # fmt: skip
        clerk.get(url)
        with django_assert_max_num_queries(25):
            assert clerk.get(url).status_code == 200, url
