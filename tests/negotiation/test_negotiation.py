"""Offers, the acquirer's own decisions, letters of intent: what 3.4 and 3.5 allow, and what the database refuses by itself."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.claims.seam import show_to
from anju.base.papers.blocks import texts_of
from anju.base.regions import PARTY, scope, uuid7
from anju.base.tickets.models import Ticket
from anju.negotiation import acts, reads
from anju.negotiation.models import AcquirerDecision, Letter, LetterUnit, Offer
from anju.parties.models import Admission
from anju.pricing.reads import lines
from anju.reserve.models import Project, Unit
from offering.programme import (
    CEILING,
    CITY,
    PDF,
    PRICE,
    START,
    World,
    agreed,
    announced,
    ceiling_of,
    decision,
    drafted,
    fresh,
    refused_by_database,
    signed,
    sql,
    world,
)
from support.db import open_act

pytestmark = pytest.mark.django_db


def offer(found: World, side: str = "acquirer", price: int = PRICE, **changes: Any) -> Offer:
    by = found.ctx() if side == "acquirer" else found.seller()
    values = {"ctx": by, "project_id": found.project.pk, "side": side, "price_fen_m2": price, "reason": "测算"}
    return acts.make_offer(**{**values, **changes})


@pytest.mark.clause("3.4-1")
def test_the_acquirer_may_offer_the_ceiling_itself_and_not_one_fen_more() -> None:
    found = world()
    with pytest.raises(Refused, match="高于收购价上限") as caught:
        offer(found, price=CEILING + 1)
    assert caught.value.clause == "3.4-1"
    row = offer(found, price=CEILING)
    assert (row.round, row.ceiling_id) == (1, found.ceiling.pk)


@pytest.mark.clause("3.4-1")
@pytest.mark.parametrize(
    ("what", "changes", "says"),
    [
        ("unconfirmed", {"confirmed_by": None, "confirmed_at": None}, "已确认的收购价上限"),
        ("a trial", {"confirmed_by": None, "confirmed_at": None, "trial": True}, "已确认的收购价上限"),
        ("expired", {"valid_until": START - timedelta(days=1), "value_date": START - timedelta(days=400)}, "上限"),
    ],
)
def test_no_offer_of_the_acquirer_stands_on_a_ceiling_that_is(what: str, changes: dict[str, Any], says: str) -> None:
    found = world(ceiling=changes)
    with pytest.raises(Refused, match=says):
        offer(found)


@pytest.mark.clause("3.5-1")
def test_a_seller_may_ask_more_than_the_ceiling_and_rounds_alternate() -> None:
    found = world()
    assert offer(found, "seller", CEILING + 50_000).ceiling_id is None
    with pytest.raises(Refused, match="对方还没有报价"):
        offer(found, "seller", CEILING)
    offer(found, "acquirer", PRICE)
    assert offer(found, "seller", PRICE).round == 2
    with scope(CITY):
        assert reads.agreed(found.project) == PRICE
        told = lines(found.project, found.day).offers
        assert next((o.side, o.price_fen_m2) for o in told) == ("开发企业", PRICE), (
            "pricing's three lines show the offers"
        )


@pytest.mark.clause("3.5-1")
def test_each_side_speaks_for_itself() -> None:
    found, other = world(), world()
    for by, side in ((found.ctx(), "seller"), (found.seller(), "acquirer"), (other.seller(), "seller")):
        with pytest.raises(Forbidden):
            offer(found, side, ctx=by)
    with pytest.raises(Forbidden, match="收购主体自己的岗位"):
        offer(found, ctx=found.ctx("office_clerk"))


@pytest.mark.clause("3.1-1")
def test_an_acquirer_that_is_not_admitted_on_the_day_makes_no_offer() -> None:
    found = world()
    with open_act(CITY):
        Admission.objects.filter(acquirer=found.acquirer).update(valid_until=START - timedelta(days=1))
    with pytest.raises(Refused, match="有效准入"):
        offer(found)


@pytest.mark.clause("3.5-1")
def test_an_offer_says_why_and_how_much() -> None:
    found = world()
    for changes, says in (
        ({"reason": " "}, "理由"),
        ({"price_fen_m2": 0}, "大于 0"),
        ({"side": "bank"}, "没有「bank」"),
    ):
        with pytest.raises(InvalidInput, match=says):
            offer(found, **changes)


@pytest.mark.clause("3.5-1")
def test_the_acquirer_decides_by_two_of_its_own_people_and_no_government_post_holds_the_power() -> None:
    found = world()
    values = {
        "subject": "签订意向书",
        "kind": "letter",
        "object_id": found.project.pk,
        "number": "决1",
        "studied_on": found.day,
    }
    with pytest.raises(Forbidden):
        acts.decide(ctx=found.ctx("office_head"), decided_on=found.day, **values)
    with pytest.raises(InvalidInput, match="依次不晚于"):
        acts.decide(ctx=found.ctx(), decided_on=found.day - timedelta(days=1), **values)
    maker = found.ctx()
    row = acts.decide(ctx=maker, decided_on=found.day, **values)
    with pytest.raises(Refused, match="另一人复核"):
        acts.confirm_decision(ctx=maker, decision_id=row.pk)
    assert acts.confirm_decision(ctx=found.ctx("acquirer_head"), decision_id=row.pk).confirmed_on == found.day
    with pytest.raises(Conflict):
        acts.confirm_decision(ctx=found.ctx("acquirer_head"), decision_id=row.pk)
    with pytest.raises(Conflict, match="文号"):
        acts.decide(ctx=found.ctx(), decided_on=found.day, **values)
    powers = yaml.safe_load((Path(acts.__file__).parents[1] / "powers.yaml").read_text())
    own = ("decide", "confirm_decision", "draft_letter", "sign_letter", "release_letter")
    assert all(post.startswith("acquirer") for name in own for post in powers[f"negotiation.{name}"])


@pytest.mark.clause("3.5-1")
def test_a_letter_freezes_homes_and_price_and_a_second_person_signs_it() -> None:
    found = world(4)
    letter = drafted(found)
    assert (letter.units_count, letter.gross_cm2, letter.state) == (4, 4 * 890_000, "drafted")
    with scope(CITY):
        assert Ticket.objects.get(object_id=letter.pk).post == "acquirer_head"
        assert letter.maker
    with pytest.raises(Refused, match="另一人复核"):
        acts.sign_letter(ctx=found.ctx("acquirer_head", account=letter.maker), letter_id=letter.pk)
    scan = acts.sign_letter(ctx=found.ctx("acquirer_head"), letter_id=letter.pk, scan_name="意向书.pdf", scan=PDF)
    assert (scan.state, scan.signed_on) == ("signed", found.day)
    with scope(CITY):
        assert Letter.objects.get(pk=letter.pk).paper.scan_id, "the scan is bound to the paper"
        assert set(Unit.objects.filter(project=found.project).values_list("state", flat=True)) == {"intended"}
        assert Project.objects.get(pk=found.project.pk).state == "intended"
        assert Ticket.objects.get(object_id=letter.pk).done_on == found.day


@pytest.mark.clause("3.5-1")
def test_the_printed_letter_says_what_is_frozen(real_papers: None) -> None:
    found = world(2)
    letter = drafted(found)
    with scope(CITY):
        text = "\n".join(texts_of(Letter.objects.get(pk=letter.pk).paper.data["blocks"]))
    for said in ("3,200.00 元/㎡", "共 2 套", "178.00㎡", "569,600.00 元", "95%", found.units[0].code, "不得据此融资"):
        assert said in text


def no_admission(found: World) -> dict[str, Any]:
    Admission.objects.filter(acquirer=found.acquirer).update(state="lapsed")
    return {}


def no_place(found: World) -> dict[str, Any]:
    Project.objects.filter(pk=found.project.pk).update(place_fits=None)
    return {}


def seized_home(found: World) -> dict[str, Any]:
    Unit.objects.filter(pk=found.units[0].pk).update(seized=True)
    return {}


def home_outside(found: World) -> dict[str, Any]:
    Unit.objects.filter(pk=found.units[0].pk).update(state="withdrawn")
    return {}


def later_ceiling(found: World) -> dict[str, Any]:
    ceiling_of(found.project, CEILING - 1_000, value_date=START)
    return {}


def unconfirmed_decision(found: World) -> dict[str, Any]:
    row = AcquirerDecision.objects.create(
        region=CITY, organisation=found.acquirer.pk, subject="x", kind="letter", object_id=found.project.pk, number="未复核",
        studied_on=START, decided_on=START, maker=uuid7(),
    )  # fmt: skip
    return {"decision_id": row.pk}


def trial_ceiling(found: World) -> dict[str, Any]:
    return {"ceiling_id": ceiling_of(found.project, CEILING, confirmed=False, trial=True).pk}


def unconfirmed_ceiling(found: World) -> dict[str, Any]:
    return {"ceiling_id": ceiling_of(found.project, CEILING, confirmed=False).pk}


LETTERS: list[tuple[str, str, Callable[[World], dict[str, Any]], str]] = [
    ("an acquirer that is not admitted", "3.1-1", no_admission, "有效准入"),
    ("a project whose place was not judged", "3.3-2", no_place, "位置"),
    ("a home under seizure", "3.3-5", seized_home, "查封"),
    ("a home that is not in the reserve", "3.3-1", home_outside, "不在储备库"),
    ("a ceiling that was followed by another", "3.4-1", later_ceiling, "已被新的上限取代"),
    ("a trial ceiling", "3.4-1", trial_ceiling, "已确认的收购价上限"),
    ("an unconfirmed ceiling", "3.4-1", unconfirmed_ceiling, "已确认的收购价上限"),
    ("a decision that nobody confirmed", "3.5-1", unconfirmed_decision, "尚未复核"),
    ("another price than the agreed one", "3.5-1", lambda _: {"price_fen_m2": PRICE - 1}, "双方商定的单价"),
    ("a price above the ceiling", "3.4-1", lambda _: {"price_fen_m2": CEILING + 1}, "高于收购价上限"),
    ("more days than the parameter gives", "3.5-1", lambda w: {"valid_until": w.day + timedelta(days=181)}, "有效期"),
    ("a home of another project", "3.5-1", lambda _: {"unit_ids": [uuid7()]}, "不在这个项目里"),
]


@pytest.mark.clause("3.5-1")
@pytest.mark.parametrize(("what", "clause", "make", "says"), LETTERS, ids=[row[0] for row in LETTERS])
def test_no_letter_is_drafted_on(what: str, clause: str, make: Callable[[World], dict[str, Any]], says: str) -> None:
    found = world(2)
    agreed(found)
    made = decision(found)
    with open_act(CITY):
        changes = make(found)
    values = {
        "ceiling_id": found.ceiling.pk, "decision_id": made.pk, "price_fen_m2": PRICE, "valid_until": found.day,
        "unit_ids": [u.pk for u in found.units],
    }  # fmt: skip
    with pytest.raises(Refused, match=says) as caught:
        acts.draft_letter(ctx=found.ctx(), project_id=found.project.pk, **{**values, **changes})
    assert (caught.value.clause or clause) == clause
    with scope(CITY):
        assert not Letter.objects.filter(project=found.project).exists()


@pytest.mark.clause("3.5-1")
def test_a_decision_of_another_kind_or_project_carries_no_letter() -> None:
    found, other = world(2), world(2)
    agreed(found)
    for row in (decision(found, "agreement"), decision(other)):
        with pytest.raises(Refused, match="三重一大决定"):
            redraft(found, row)


def redraft(found: World, row: AcquirerDecision) -> Letter:
    return acts.draft_letter(
        ctx=found.ctx(), project_id=found.project.pk, ceiling_id=found.ceiling.pk, decision_id=row.pk, price_fen_m2=PRICE,
        valid_until=found.day,
    )  # fmt: skip


@pytest.mark.clause("3.5-1")
def test_a_price_under_the_ceiling_tells_the_reserve_that_it_fits() -> None:
    found = world(2)
    with scope(CITY):
        assert Project.objects.get(pk=found.project.pk).price_fits is None
    drafted(found)
    with scope(CITY):
        assert Project.objects.get(pk=found.project.pk).price_fits is True


@pytest.mark.clause("3.4-1")
def test_a_letter_is_not_signed_once_its_ceiling_was_followed_by_another() -> None:
    found = world(2)
    letter = drafted(found)
    with open_act(CITY):
        ceiling_of(found.project, CEILING - 20_000)
    with pytest.raises(Refused, match="已被新的上限取代"):
        acts.sign_letter(ctx=found.ctx("acquirer_head"), letter_id=letter.pk)


@pytest.mark.clause("3.5-1")
def test_a_released_or_lapsed_letter_gives_its_homes_back_and_the_project_can_be_negotiated_again() -> None:
    found = world(2)
    letter = signed(found)
    with pytest.raises(Refused, match="还不能作期满处理"):
        acts.lapse_letter(ctx=found.ctx(), letter_id=letter.pk)
    with pytest.raises(InvalidInput, match="理由"):
        acts.release_letter(ctx=found.ctx("acquirer_head"), letter_id=letter.pk, reason="")
    acts.release_letter(ctx=found.ctx("acquirer_head"), letter_id=letter.pk, reason="企业撤回")
    with scope(CITY):
        assert set(Unit.objects.filter(project=found.project).values_list("state", flat=True)) == {"reserved"}
        assert Project.objects.get(pk=found.project.pk).state == "priced"
    again = redraft(found, decision(found))
    acts.sign_letter(ctx=found.ctx("acquirer_head"), letter_id=again.pk)
    found.later(1)
    assert acts.lapse_letter(ctx=found.ctx(), letter_id=again.pk).state == "lapsed"
    with pytest.raises(Refused):
        acts.release_letter(ctx=found.ctx("acquirer_head"), letter_id=again.pk, reason="再解除")


@pytest.mark.clause("3.5-1")
def test_a_letter_under_an_announced_batch_is_not_released() -> None:
    found = world(2)
    batch = announced(found)
    with pytest.raises(Refused, match="公告未办结"):
        acts.release_letter(ctx=found.ctx("acquirer_head"), letter_id=batch.letter_id, reason="企业撤回")


@pytest.mark.clause("3.5-1")
def test_one_project_has_one_live_letter_and_one_home_is_in_one_letter() -> None:
    found = world(2)
    letter = drafted(found)
    with pytest.raises(Conflict, match="已有意向书"):
        redraft(found, decision(found))
    copy = {f.attname: getattr(letter, f.attname) for f in Letter._meta.local_fields if f.attname != "id"}
    again = Letter(**{**copy, "number": "另一份"})
    assert refused_by_database(lambda: again.save(force_insert=True)) == "one_live_letter_per_project"
    twice = LetterUnit(region=CITY, project=found.project, letter=letter, unit=found.units[0])
    assert refused_by_database(lambda: twice.save(force_insert=True)) in ("letter_unit_once", "unit_in_one_live_letter")


def forged(found: World, **changes: Any) -> Callable[[], None]:
    """A letter written past the act."""
    values: dict[str, Any] = {
        "region": CITY, "project_id": found.project.pk, "ceiling_id": found.ceiling.pk, "acquirer_id": found.acquirer.pk,
        "number": uuid7().hex, "price_fen_m2": PRICE, "units_count": 1, "gross_cm2": 890_000, "valid_until": found.day,
        "drafted_on": found.day, "maker": uuid7(), **changes,
    }  # fmt: skip
    return lambda: Letter(**values).save(force_insert=True)


@pytest.mark.clause("3.4-1")
def test_the_database_refuses_a_letter_or_offer_without_its_ceiling_whoever_writes() -> None:
    found, other = world(2), world(2)
    good = decision(found).pk
    with open_act(CITY):
        trial = ceiling_of(found.project, CEILING, confirmed=False, trial=True)
        open_ = ceiling_of(found.project, CEILING, confirmed=False)
    late = found.ceiling.valid_until + timedelta(days=1)
    cases = [
        ("above", {"price_fen_m2": CEILING + 1}, "AJ301"),
        ("trial", {"ceiling_id": trial.pk}, "AJ301"),
        ("unconfirmed", {"ceiling_id": open_.pk}, "AJ301"),
        ("expired", {"drafted_on": late, "valid_until": late}, "AJ301"),
        ("another project's", {"ceiling_id": other.ceiling.pk}, "AJ301"),
        ("no decision of its kind", {"decision_id": decision(found, "loan").pk}, "AJ302"),
        ("another acquirer", {"acquirer_id": other.acquirer.pk}, "AJ302"),
        ("not signed by anybody", {"state": "signed"}, "a_signed_letter_has_its_day_and_checker"),
    ]
    for what, changes, code in cases:
        assert refused_by_database(forged(found, **{"decision_id": good, **changes})) == code, what
    values = {
        "region": CITY,
        "project": found.project,
        "round": 1,
        "reason": "x",
        "offered_on": found.day,
        "maker": uuid7(),
    }
    high = Offer(side="acquirer", ceiling=found.ceiling, price_fen_m2=CEILING + 1, **values)
    assert refused_by_database(lambda: high.save(force_insert=True)) == "AJ301"
    free = Offer(side="acquirer", price_fen_m2=1, **values)
    assert refused_by_database(lambda: free.save(force_insert=True)) in (
        "AJ301", "the_acquirers_offer_names_its_ceiling",
    )  # fmt: skip


@pytest.mark.clause("3.5-1")
def test_the_database_keeps_what_was_said() -> None:
    found, other = world(3), world(2)
    letter = drafted(found, unit_ids=[u.pk for u in found.units[:2]])
    attacks = [
        ("a letter's price", "UPDATE negotiation_letter SET price_fen_m2 = 1 WHERE id = %s", letter.pk, "AJ303"),
        ("a letter's day", "UPDATE negotiation_letter SET valid_until = '2030-01-01' WHERE id = %s", letter.pk, "AJ303"),
        ("a letter away", "DELETE FROM negotiation_letter WHERE id = %s", letter.pk, "AJ303"),
        ("a draft to an agreement", "UPDATE negotiation_letter SET state = 'fulfilled' WHERE id = %s", letter.pk, "AJ303"),
        ("a home away", "DELETE FROM negotiation_letterunit WHERE letter_id = %s", letter.pk, "AJ303"),
        ("an offer", "UPDATE negotiation_offer SET price_fen_m2 = 1 WHERE project_id = %s", found.project.pk, "AJ005"),
        ("an offer away", "DELETE FROM negotiation_offer WHERE project_id = %s", found.project.pk, "AJ005"),
        ("a decision", "UPDATE negotiation_acquirerdecision SET kind = 'loan' WHERE id = %s", letter.decision_id, "AJ005"),
        ("a decision twice", "UPDATE negotiation_acquirerdecision SET checker = id WHERE id = %s", letter.decision_id, "AJ005"),
        ("a decision away", "DELETE FROM negotiation_acquirerdecision WHERE id = %s", letter.decision_id, "AJ005"),
    ]  # fmt: skip
    for what, statement, key, code in attacks:
        assert refused_by_database(sql(statement, key)) == code, what
    open_ = acts.decide(
        ctx=found.ctx(), subject="签订协议", kind="agreement", object_id=found.project.pk, number="决9", studied_on=found.day,
        decided_on=found.day,
    )  # fmt: skip
    no_day = sql("UPDATE negotiation_acquirerdecision SET checker = gen_random_uuid() WHERE id = %s", open_.pk)
    assert refused_by_database(no_day) == "decision_two_people", "a checker without a day"
    foreign = LetterUnit(region=CITY, project=found.project, letter=letter, unit=other.units[0])
    assert refused_by_database(lambda: foreign.save(force_insert=True)) == "AJ303", "a home of another project"
    acts.sign_letter(ctx=found.ctx("acquirer_head"), letter_id=letter.pk)
    late = LetterUnit(region=CITY, project=found.project, letter=letter, unit=found.units[2])
    assert refused_by_database(lambda: late.save(force_insert=True)) == "AJ303", "a home after the signing"
    back = "UPDATE negotiation_letter SET state = 'drafted' WHERE id = %s"
    assert refused_by_database(sql(back, letter.pk)) == "AJ303", "nobody unsigns"
    assert fresh(letter).price_fen_m2 == PRICE


@pytest.mark.clause("3.5-1")
def test_the_seller_alone_reads_the_negotiation_though_a_bank_and_an_agency_were_shown_the_project() -> None:
    found, other = world(2), world(2)
    letter = drafted(found)
    bank, agency = uuid7(), uuid7()
    with open_act(CITY):
        for party in (found.developer.pk, other.developer.pk, bank, agency):
            show_to(party, [found.project.pk], region=CITY)
    tables = ("negotiation_offer", "negotiation_letter", "negotiation_letterunit", "base_paper", "base_evidence")
    for who, party, seen in (
        ("the seller", found.developer.pk, [2, 1, 2, 1, 2]),
        ("another developer that was shown it", other.developer.pk, [0] * 5),
        ("a bank", bank, [0] * 5),
        ("an agency", agency, [0] * 5),
    ):
        with scope(CITY, party=party, role=PARTY), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM reserve_project")
            assert cursor.fetchone() == (1,), who
            counts = []
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM {table}")
                counts.append(cursor.fetchone()[0])
            assert counts == seen, (who, dict(zip(tables, counts, strict=True)))
    assert letter.paper is not None and letter.paper.case_id == letter.pk
