"""The announcement and who answers it: 3.5-2, and the first half of 3.5-3."""

from datetime import timedelta
from typing import Any

import pytest

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.papers.blocks import texts_of
from anju.base.publication.models import Publication
from anju.base.regions import scope, uuid7
from anju.base.secrets import blind
from anju.ledger import books
from anju.needs.models import Application
from anju.offering import acts, reads
from anju.offering.models import Batch, BatchUnit, Subscription
from anju.parties.models import Account
from anju.pricing.models import UnitPrice
from anju.reserve.models import Project, Unit
from offering.programme import (
    CITY,
    COUNTY,
    EARNEST,
    World,
    announced,
    drafted,
    fresh,
    households,
    params,
    refused_by_database,
    signed,
    sql,
    subscribed,
    world,
)
from support.db import open_act

pytestmark = pytest.mark.django_db


@pytest.mark.clause("3.5-2")
def test_an_announced_batch_offers_each_home_of_the_letter_with_label_price_and_earnest_money() -> None:
    found = world(4)
    batch = announced(found)
    assert batch.number == "231200-2026-01"
    with scope(CITY):
        homes = list(BatchUnit.objects.filter(batch=batch).order_by("label"))
        assert [home.label for home in homes] == ["1-1-100", "1-1-101", "1-1-102", "1-1-103"]
        assert {(h.programme, h.amount_fen, h.earnest_fen) for h in homes} == {("sale", 28_000_000, EARNEST)}
        assert set(Unit.objects.filter(project=found.project).values_list("state", flat=True)) == {"announced"}
        assert Project.objects.get(pk=found.project.pk).state == "announced"
        assert books.balance(books.find("earnest", batch.pk, region=CITY), "bank") == 0, "its own book is open"
        told = Publication.objects.get(kind="announcement", slug=batch.number).body
    assert (told["offered"], told["needed"], told["ratio"]) == (4, 4, 95)
    assert told["homes"][0]["amount_fen"] == 28_000_000


@pytest.mark.clause("3.5-2")
def test_the_printed_announcement_says_window_price_earnest_and_refund(real_papers: None) -> None:
    batch = announced(world(20))
    with scope(CITY):
        text = "\n".join(texts_of(Batch.objects.get(pk=batch.pk).paper.data["blocks"]))
    for said in (
        "2026-03-03 至 2026-03-12",
        "20 套的 95%，即 19 套",
        "5,000.00 元",
        "280,000.00 元",
        "5 个工作日内全部原路退回",
    ):
        assert said in text


@pytest.mark.clause("3.5-3")
def test_the_earnest_money_of_a_home_is_cut_to_the_share_of_its_contract_that_the_law_allows() -> None:
    found = world(2, tenure="rent")
    batch = announced(found)
    with scope(CITY):
        assert BatchUnit.objects.filter(batch=batch).first().earnest_fen == 60_000 * 36 * 200 // 1000  # 4,320 元


LATE = timedelta(days=30)
ANNOUNCEMENTS: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    # what, clause, parameters, arguments, says
    ("nine days", "3.5-2", {}, {"apply_until": timedelta(days=9)}, "不足 10 日"),
    ("a window before today", "3.5-2", {}, {"apply_from": timedelta(days=-1)}, "应从公告日"),
    ("no day to pay after the window", "3.5-2", {}, {"earnest_until": timedelta(days=10)}, "缴定金截止日"),
    ("another sum than the parameter's", "3.5-3", {}, {"earnest_fen": EARNEST - 1}, "与规定的 5,000.00 元 不同"),
    ("another order than the parameter's", "3.5-2", {}, {"method": "score"}, "规定为「摇号」"),
    ("no window set", "3.5-2", {"apply_window_days": None}, {}, "尚未设定"),
    ("no earnest rule set", "3.5-3", {"earnest_rule": None}, {}, "尚未设定"),
    ("no days of refund set", "3.5-3", {"earnest_refund_days": None}, {}, "尚未设定"),
    ("no denominator set", "3.5-3", {"gate_denominator": None}, {}, "尚未设定"),
    ("no order set", "3.5-2", {"order_method": {"public_rental": "score"}}, {}, "尚未设定"),
]


@pytest.mark.clause("3.5-2")
@pytest.mark.parametrize(
    ("what", "clause", "parameters", "changes", "says"), ANNOUNCEMENTS, ids=[row[0] for row in ANNOUNCEMENTS]
)
def test_no_batch_is_announced_with(
    what: str, clause: str, parameters: dict[str, Any], changes: dict[str, Any], says: str
) -> None:
    found = world(2)
    letter = signed(found)
    found.book = params(**parameters)
    days = {name: found.day + value if isinstance(value, timedelta) else value for name, value in changes.items()}
    with pytest.raises(Refused, match=says) as caught:
        announced(found, letter, **days)
    assert caught.value.clause == clause
    with scope(CITY):
        assert not Batch.objects.filter(letter=letter).exists()


@pytest.mark.clause("3.5-2")
def test_a_letter_must_be_signed_in_its_days_and_every_home_priced() -> None:
    unsigned = world(2)
    with pytest.raises(Refused, match="签署后才能公告"):
        announced(unsigned, drafted(unsigned))
    old = world(2)
    letter = signed(old)
    old.later(181)
    with pytest.raises(Refused, match="意向书有效期"):
        announced(old, letter)
    unpriced = world(2)
    with open_act(CITY):
        UnitPrice.objects.filter(unit=unpriced.units[0]).delete()
    with pytest.raises(Refused, match="一房一价"):
        announced(unpriced)


@pytest.mark.clause("3.5-3")
def test_a_letter_is_announced_once() -> None:
    found = world(2)
    batch = announced(found)
    with pytest.raises(Refused):
        announced(found, fresh(batch.letter))
    copy = {f.attname: getattr(batch, f.attname) for f in Batch._meta.local_fields if f.attname != "id"}
    twin = Batch(**{**copy, "number": "231200-2026-99"})
    assert refused_by_database(lambda: twin.save(force_insert=True)) == "one_batch_per_letter"


def offered(homes: int = 4, **changes: Any) -> tuple[World, Batch]:
    found = world(homes, **changes)
    batch = announced(found)
    found.day = batch.apply_from
    return found, batch


def subscribe(found: World, batch: Batch, row: Application, *wishes: str, **changes: Any) -> Subscription:
    values = {"batch_id": batch.pk, "application_id": row.pk, "application_region": row.region, "wishes": list(wishes)}
    return acts.subscribe(**{"ctx": found.ctx(), **values, **changes})


@pytest.mark.clause("3.5-3")
def test_a_household_of_another_county_subscribes_once_and_may_change_its_wishes_in_the_window() -> None:
    found, batch = offered()
    (row,) = households(1, region="231282")
    first = subscribe(found, batch, row, "1-1-100")
    again = subscribe(found, batch, row, "1-1-101", "1-1-100")
    assert first.pk == again.pk and fresh(again).wishes == ["1-1-101", "1-1-100"]
    assert again.application_region == "231282" and again.region == CITY
    acts.withdraw_subscription(ctx=found.ctx(), subscription_id=again.pk)
    assert subscribe(found, batch, row, "1-1-102").withdrawn_at is None, "and comes back within the window"


@pytest.mark.clause("3.5-3")
def test_a_family_subscribes_for_its_own_application_alone() -> None:
    found, batch = offered()
    mine, other = households(2)
    with open_act(CITY):
        phone = f"199{int(mine.number[-6:]):08d}"
        account = Account.objects.create(
            username="f1", name="赵某", password="!", synthetic=True, phone_blind=blind("phone", phone)
        )
    family = found.ctx("family", account=account.pk)
    assert subscribe(found, batch, mine, "1-1-100", ctx=family).application_id == mine.pk
    with pytest.raises(Forbidden, match="不是用本账号的手机号"):
        subscribe(found, batch, other, "1-1-100", ctx=family)


SUBSCRIPTIONS: list[tuple[str, dict[str, Any], tuple[str, ...], int, str]] = [
    # what, the application, wishes, days from the first day, says
    ("before its first day", {}, ("1-1-100",), -1, "申请期限为"),
    ("after its last day", {}, ("1-1-100",), 10, "申请期限为"),
    ("by a household that was not reviewed", {"state": "submitted"}, ("1-1-100",), 0, "进入轮候库后"),
    ("by a household for rent, of a home for sale", {"programme": "public_rental"}, ("1-1-100",), 0, "请选同类房源"),
    ("for no home", {}, (), 0, "志愿应为"),
    ("for a home twice", {}, ("1-1-100", "1-1-100"), 0, "志愿应为"),
    ("for a home that is not on offer", {}, ("9-9-999",), 0, "不在批次"),
]


@pytest.mark.clause("3.5-3")
@pytest.mark.parametrize(
    ("what", "changes", "wishes", "days", "says"), SUBSCRIPTIONS, ids=[row[0] for row in SUBSCRIPTIONS]
)
def test_no_subscription_is_taken(
    what: str, changes: dict[str, Any], wishes: tuple[str, ...], days: int, says: str
) -> None:
    found, batch = offered()
    (row,) = households(1, **({"programme": changes["programme"]} if "programme" in changes else {}))
    if "state" in changes:
        with open_act(COUNTY):
            Application.objects.filter(pk=row.pk).update(state=changes["state"])
    found.later(days)
    with pytest.raises(Refused, match=says):
        subscribe(found, batch, row, *wishes)
    if days == 0:
        answer = acts.subscribe_many(ctx=found.ctx(), batch_id=batch.pk, rows=[acts.Wanted(row.pk, row.region, wishes)])
        assert answer["taken"] == 0 and says in answer["refused"][0][1], "in bulk too"
    with scope(CITY):
        assert not Subscription.objects.filter(batch=batch).exists()


@pytest.mark.clause("3.5-3")
def test_a_bulk_subscription_takes_the_good_and_names_the_others() -> None:
    found, batch = offered()
    rows = households(3)
    wanted = [acts.Wanted(row.pk, row.region, ("1-1-100",)) for row in rows]
    wanted += [acts.Wanted(rows[0].pk, COUNTY, ("1-1-101",)), acts.Wanted(uuid7(), COUNTY, ("1-1-101",))]
    answer = acts.subscribe_many(ctx=found.ctx(), batch_id=batch.pk, rows=wanted)
    assert answer["taken"] == 3 and [at for at, _ in answer["refused"]] == [3, 4]


@pytest.mark.clause("3.5-3")
def test_the_database_keeps_window_list_and_announcement_whoever_writes() -> None:
    found, batch = offered()
    ready, unready, late = households(3)
    with open_act(COUNTY):
        Application.objects.filter(pk=unready.pk).update(state="submitted")
    subscribed(found, batch, [ready])
    with scope(CITY):
        mine = Subscription.objects.get(batch=batch)
        home = reads.homes_of(batch)[0]
    values: dict[str, Any] = {"region": CITY, "batch": batch, "wishes": ["1-1-100"], "priority": 9}
    inside, outside = found.at(12), found.at(12) + timedelta(days=11)

    def forged(row: Application, at: Any, **changes: Any) -> str:
        made = Subscription(
            **{**values, "application_id": row.pk, "application_region": row.region, "subscribed_at": at, **changes}
        )
        return refused_by_database(lambda: made.save(force_insert=True))

    assert forged(late, outside) == "AJ312", "out of the window"
    assert forged(unready, inside) == "AJ313", "not on the waiting list"
    assert forged(ready, inside) == "subscription_once", "twice"
    assert forged(late, inside, application_region="231282") in ("AJ313", "fk_offering_subscription_application_id")
    attacks = [
        (
            "a window made longer",
            "UPDATE offering_batch SET apply_until = '2027-01-01' WHERE id = %s",
            batch.pk,
            "AJ311",
        ),
        ("less earnest money", "UPDATE offering_batch SET earnest_fen = 1 WHERE id = %s", batch.pk, "AJ311"),
        ("a batch away", "DELETE FROM offering_batch WHERE id = %s", batch.pk, "AJ311"),
        ("another price", "UPDATE offering_batchunit SET amount_fen = 1 WHERE id = %s", home.pk, "AJ311"),
        ("a home away", "DELETE FROM offering_batchunit WHERE id = %s", home.pk, "AJ311"),
        ("a subscription away", "DELETE FROM offering_subscription WHERE id = %s", mine.pk, "AJ312"),
    ]
    for what, statement, key, code in attacks:
        assert refused_by_database(sql(statement, key)) == code, what
    swap = "UPDATE offering_subscription SET application_id = %s WHERE id = %s"
    assert refused_by_database(sql(swap, late.pk, mine.pk)) == "AJ312", "another household in its place"
    found.later(1)
    acts.withdraw_home(ctx=found.ctx("acquirer_head"), batch_unit_id=home.pk, reason="查封")
    back = "UPDATE offering_batchunit SET live = true WHERE id = %s"
    assert refused_by_database(sql(back, home.pk)) == "AJ311", "a home that left comes back"
    with pytest.raises(Conflict):
        acts.withdraw_home(ctx=found.ctx("acquirer_head"), batch_unit_id=home.pk, reason="再退")
    with pytest.raises(InvalidInput):
        subscribe(found, batch, late, home.label)
