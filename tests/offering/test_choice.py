"""Choice of home and earnest money: in the order, one a household, to the fen; what is given up passes to the next."""

from datetime import date, timedelta
from typing import Any

import pytest

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.regions import scope, uuid7
from anju.ledger import books
from anju.needs.models import Application, Member, MemberNeed
from anju.offering import acts, draw, reads, verify_draw
from anju.offering.models import Batch, BatchUnit, Choice, Subscription
from anju.reserve.models import Unit
from offering.programme import (
    CITY,
    COUNTY,
    EARNEST,
    World,
    announced,
    drawn,
    fresh,
    households,
    ordered,
    paid,
    params,
    refused_by_database,
    sql,
    subscribed,
    world,
)
from support.db import open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.5-3")]


def in_order(
    homes: int = 3, count: int = 3, wishes: int = 1, **changes: Any
) -> tuple[World, Batch, list[Subscription]]:
    """A batch ordered by the waiting list; its households first to last."""
    found = world(homes, **changes)
    batch = announced(found)
    subscribed(found, batch, households(count), wishes)
    if count > homes:
        drawn(found, batch)
    else:
        ordered(found, batch)
    with scope(CITY):
        return found, batch, list(reads.ranked(batch))


def live(batch: Batch) -> dict[str, str]:
    """Draw number → label of the homes held."""
    with scope(CITY):
        rows = reads.choices(batch, ["chosen", "taken", "contracted"])
        return {c.subscription.draw_number: c.batch_unit.label for c in rows}


def test_the_first_allotment_is_the_one_that_the_transcript_says() -> None:
    found, batch, _ = in_order(3, 8, 3)
    assert acts.allot(ctx=found.ctx(), batch_id=batch.pk) == 3
    with scope(CITY):
        told = draw.json.loads(batch.draws.get().transcript)
        assert live(batch) == told["allotment"]
        assert set(Unit.objects.filter(project=found.project).values_list("state", flat=True)) == {"chosen"}
    assert fresh(batch).state == "choosing"


def test_what_is_given_up_passes_to_the_next_in_the_same_order_and_nobody_else_moves() -> None:
    found, batch, rows = in_order(3, 8, 3)
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    before = live(batch)
    number, label = next(iter(before.items()))
    with scope(CITY):
        choice = Choice.objects.get(subscription__draw_number=number, batch=batch)
        waiting = [s for s in rows if s.draw_number not in before and label in s.wishes]
    with pytest.raises(InvalidInput, match="写明原因"):
        acts.drop_choice(ctx=found.ctx(), choice_id=choice.pk, reason="")
    acts.drop_choice(ctx=found.ctx(), choice_id=choice.pk, reason="另有打算")
    assert acts.allot(ctx=found.ctx(), batch_id=batch.pk) == 1
    assert live(batch) == {n: home for n, home in before.items() if n != number} | {waiting[0].draw_number: label}
    assert acts.allot(ctx=found.ctx(), batch_id=batch.pk) == 0, "who gave a home up is not asked again"


def test_a_household_chooses_in_its_turn_and_not_before_one_ahead_that_wants_the_same_home() -> None:
    found, batch, rows = in_order(3, 3, 3)
    first, second, third = rows
    with pytest.raises(Refused, match="排在前面"):
        acts.choose_home(ctx=found.ctx(), subscription_id=second.pk, label=first.wishes[0])
    acts.choose_home(ctx=found.ctx(), subscription_id=first.pk, label=first.wishes[0])
    with pytest.raises(Conflict, match="别的家庭选定"):
        acts.choose_home(ctx=found.ctx(), subscription_id=second.pk, label=first.wishes[0])
    with pytest.raises(Conflict, match="一户限一套"):
        acts.choose_home(ctx=found.ctx(), subscription_id=first.pk, label=first.wishes[1])
    left = [label for label in third.wishes if label != first.wishes[0]]
    acts.choose_home(ctx=found.ctx(), subscription_id=second.pk, label=left[0])
    acts.choose_home(ctx=found.ctx(), subscription_id=third.pk, label=left[1])
    assert len(live(batch)) == 3
    with pytest.raises(InvalidInput, match="不在本批次"):
        acts.choose_home(ctx=found.ctx(), subscription_id=third.pk, label="9-9-999")


def test_a_home_reserved_for_a_group_goes_to_it_before_the_others() -> None:
    found = world(2)
    letter_home = found.units[0].pk
    batch = announced(found, reserved=[(letter_home, 2)])
    rows = households(3)
    with open_act(COUNTY):
        for row, group in zip(rows, (1, 2, 9), strict=True):
            Application.objects.filter(pk=row.pk).update(priority=group)
    rows = [fresh(row) for row in rows]
    found.day = batch.apply_from
    wanted = [acts.Wanted(row.pk, row.region, ("1-1-100", "1-1-101")) for row in rows]
    acts.subscribe_many(ctx=found.ctx(), batch_id=batch.pk, rows=wanted)
    drawn(found, batch)
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    with scope(CITY):
        held = {c.subscription.priority: c.batch_unit.label for c in reads.choices(batch)}
    assert held == {1: "1-1-101", 2: "1-1-100"}, "group 1 comes first, but not for the home kept for group 2"


def two_homes_one_step_free(**parameters: Any) -> tuple[World, Batch, list[Any]]:
    """A home on the ground floor and one above without a lift; three households in their order, the last with a wheelchair."""
    found = world(2, **parameters)
    with open_act(CITY):
        Unit.objects.filter(pk=found.units[1].pk).update(floor=2)
        found.units[1].building.__class__.objects.filter(pk=found.units[1].building_id).update(lift=None)
    batch = announced(found)
    rows = households(3)
    member = Member(
        region=COUNTY, application_id=rows[2].pk, name="测试", relation="01", document=b"x", document_blind=b"x",
        born_on=date(1950, 1, 1),
    )  # fmt: skip
    need = MemberNeed(
        region=COUNTY, application_id=rows[2].pk, member=member.pk, kind="wheelchair", proof=uuid7(), recorded_on=found.day, maker=uuid7(),
        confirmed=True, confirmed_on=found.day, confirmed_by=uuid7(),
    )  # fmt: skip
    with open_act(COUNTY):
        member.save(force_insert=True)
        need.save(force_insert=True)
    found.day = batch.apply_from
    wanted = [acts.Wanted(row.pk, row.region, ("1-1-100", "1-1-101")) for row in rows]
    acts.subscribe_many(ctx=found.ctx(), batch_id=batch.pk, rows=wanted)
    return found, batch, rows


def test_a_step_free_home_goes_first_to_who_needs_it_through_draw_cascade_and_choice() -> None:
    found, batch, rows = two_homes_one_step_free(step_free_first="yes")
    drawn(found, batch)
    with scope(CITY):
        row = batch.draws.get()
        wheels = Subscription.objects.get(batch=batch, application_id=rows[2].pk)
        others = list(reads.ranked(batch).exclude(pk=wheels.pk))
    told = draw.json.loads(row.transcript)
    assert told["rule"] == "anju-draw/2" and all(ok for _, ok in verify_draw.checks(told))
    assert f"{wheels.draw_number}\t9\t1-1-100,1-1-101\t1\n" in row.entrants
    assert told["allotment"][wheels.draw_number] == "1-1-100"
    with pytest.raises(Refused, match=f"编号 {wheels.draw_number} 排在前面"):
        acts.choose_home(ctx=found.ctx(), subscription_id=others[0].pk, label="1-1-100")
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    assert live(batch) == {wheels.draw_number: "1-1-100", others[0].draw_number: "1-1-101"}
    # Given up, it passes on: nobody who needs it is left, so to the next of the order.
    with scope(CITY):
        choice = Choice.objects.get(batch=batch, subscription=wheels)
    acts.drop_choice(ctx=found.ctx(), choice_id=choice.pk, reason="另有打算")
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    assert live(batch)[others[1].draw_number] == "1-1-100"


def test_where_nobody_decided_the_list_is_not_closed_and_where_it_is_no_the_order_alone_counts() -> None:
    found, batch, _ = two_homes_one_step_free(step_free_first=None)
    found.day = batch.apply_until + timedelta(days=1)
    with pytest.raises(Refused, match="1 户认购家庭有已核实的行动需要：参数「无障碍房源优先」"):
        acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    found.book = params(step_free_first="no")
    row = drawn(found, batch)
    with scope(CITY):
        first = reads.ranked(batch)[0]
    told = draw.json.loads(row.transcript)
    assert told["rule"] == "anju-draw/1" and told["allotment"][first.draw_number] == "1-1-100"


def test_no_home_is_chosen_before_the_order_is_known() -> None:
    found = world(2)
    batch = announced(found)
    subscribed(found, batch, households(2))
    with pytest.raises(Refused, match="公告中"):
        acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    with scope(CITY):
        row = Subscription.objects.filter(batch=batch).first()
    with pytest.raises(Refused, match="公告中"):
        acts.choose_home(ctx=found.ctx(), subscription_id=row.pk, label=row.wishes[0])


RECEIPTS: list[tuple[str, dict[str, Any], str]] = [
    ("one fen less", {"amount_fen": EARNEST - 1}, "应缴定金 5,000.00 元，回单为 4,999.99 元"),
    ("one fen more", {"amount_fen": EARNEST + 1}, "金额不符"),
    ("no number of the bank", {"reference": " "}, "银行回单号"),
    ("a day before the choice", {"days": -1}, "应在选房日"),
    ("a day after the last one", {"days": 11}, "应在选房日"),
]


@pytest.mark.parametrize(("what", "changes", "says"), RECEIPTS, ids=[r[0] for r in RECEIPTS])
def test_earnest_money_is_not_recorded_with(what: str, changes: dict[str, Any], says: str) -> None:
    found, batch, _ = in_order(1, 1)
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    with scope(CITY):
        choice = Choice.objects.get(batch=batch)
    days = changes.pop("days", 0)
    on = found.day + timedelta(days=days)
    found.later(max(days, 0))
    values = {"paid_on": on, "reference": "R1", "amount_fen": EARNEST, **changes}
    changes.update({"days": days} if days else {})
    with pytest.raises(Refused, match=says):
        acts.record_earnest(ctx=found.ctx("acquirer_finance"), choice_id=choice.pk, **values)
    assert fresh(choice).state == "chosen"


def test_earnest_money_is_in_the_batchs_own_book_by_one_receipt_each() -> None:
    found, batch, _ = in_order(3, 3)
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    with scope(CITY):
        one, two, three = reads.choices(batch).order_by("id")
    by = found.ctx("acquirer_finance")
    row = acts.record_earnest(ctx=by, choice_id=one.pk, paid_on=found.day, reference="R1", amount_fen=EARNEST)
    assert row.state == "taken" and row.earnest_voucher
    with pytest.raises(Refused, match="已缴定金"):
        acts.record_earnest(ctx=by, choice_id=one.pk, paid_on=found.day, reference="R2", amount_fen=EARNEST)
    with pytest.raises(Conflict, match="回单号"):
        acts.record_earnest(ctx=by, choice_id=two.pk, paid_on=found.day, reference="R1", amount_fen=EARNEST)
    both = [acts.Paid(c.pk, found.day, f"R{n}", EARNEST) for n, c in enumerate((two, three), 2)]
    assert acts.record_earnest_many(ctx=by, batch_id=batch.pk, rows=both) == 2
    with scope(CITY):
        book = books.find("earnest", batch.pk, region=CITY)
        assert books.balance(book, "bank") == 3 * EARNEST == -books.balance(book, "earnest_owed")


def test_a_bulk_record_is_all_or_nothing() -> None:
    found, batch, _ = in_order(2, 2)
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    with scope(CITY):
        one, two = reads.choices(batch).order_by("id")
    rows = [acts.Paid(one.pk, found.day, "R1", EARNEST), acts.Paid(two.pk, found.day, "R2", EARNEST - 1)]
    with pytest.raises(Refused):
        acts.record_earnest_many(ctx=found.ctx("acquirer_finance"), batch_id=batch.pk, rows=rows)
    with scope(CITY):
        assert books.balance(books.find("earnest", batch.pk, region=CITY), "bank") == 0
    assert fresh(one).state == "chosen"


def test_homes_chosen_and_not_paid_are_free_after_the_last_day() -> None:
    found, batch, _ = in_order(3, 3)
    paid(found, batch, 2)
    with pytest.raises(Refused, match="不能按逾期处理"):
        acts.lapse_unpaid(ctx=found.ctx(), batch_id=batch.pk)
    found.day = batch.earnest_until + timedelta(days=1)
    assert acts.lapse_unpaid(ctx=found.ctx(), batch_id=batch.pk) == 1
    with scope(CITY):
        assert len(reads.free_homes(batch)) == 1
        assert Unit.objects.filter(project=found.project, state="announced").count() == 1


def test_a_household_that_paid_gets_its_earnest_money_back_by_finance_and_its_home_is_free() -> None:
    found, batch, _ = in_order(2, 2)
    choice, _ = paid(found, batch, 2)
    with pytest.raises(Refused, match="缴定金前才能直接放弃"):
        acts.drop_choice(ctx=found.ctx(), choice_id=choice.pk, reason="不要了")
    head = found.ctx("acquirer_finance_head")
    back = acts.return_earnest(ctx=head, choice_id=choice.pk, reason="复核不再符合条件")
    assert back.state == "refunded" and back.refund_voucher
    with scope(CITY):
        assert books.balance(books.find("earnest", batch.pk, region=CITY), "bank") == EARNEST
        assert len(reads.free_homes(batch)) == 1
    with pytest.raises(Refused):
        acts.return_earnest(ctx=head, choice_id=choice.pk, reason="再退一次")


def test_one_household_holds_one_home_over_all_batches() -> None:
    found, batch, rows = in_order(2, 2)
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    other = world(2)
    second = announced(other)
    other.day = second.apply_from
    with pytest.raises(Refused, match="一户限一套"):
        acts.subscribe(
            ctx=other.ctx(),
            batch_id=second.pk,
            application_id=rows[0].application_id,
            application_region=COUNTY,
            wishes=["1-1-100"],
        )


def test_the_database_keeps_choices_in_their_batch_and_moving_forward_only() -> None:
    found, batch, _ = in_order(3, 3)
    choice, second = paid(found, batch, 2)
    other = world(1)
    foreign = announced(other)
    with scope(CITY):
        strange = BatchUnit.objects.get(batch=foreign)
        third = reads.choices(batch, ["chosen"]).get()
        free = third.batch_unit
    acts.drop_choice(ctx=found.ctx(), choice_id=third.pk, reason="放弃")

    def forged(**changes: Any) -> str:
        values: dict[str, Any] = {
            "region": CITY, "batch": batch, "subscription_id": third.subscription_id, "application_id": third.application_id,
            "batch_unit": free, "chosen_at": found.at(12), "earnest_fen": free.earnest_fen, **changes,
        }  # fmt: skip
        return refused_by_database(lambda: Choice(**values).save(force_insert=True))

    assert forged(batch_unit=strange) == "AJ317", "a home of another batch"
    assert forged(application_id=uuid7()) == "AJ317", "another household than the subscription's"
    assert forged(state="taken") in ("AJ317", "taken_means_paid"), "taken without a choice and a payment"
    assert forged(earnest_fen=1) == "AJ317", "another sum"
    assert forged(batch_unit_id=choice.batch_unit_id) == "one_live_choice_per_home"
    assert (
        forged(subscription_id=choice.subscription_id, application_id=choice.application_id)
        == "one_live_choice_per_household"
    )
    attacks = [
        ("a receipt", "UPDATE offering_choice SET earnest_reference = 'x' WHERE id = %s", choice.pk, "AJ317"),
        ("back to unpaid", "UPDATE offering_choice SET state = 'chosen' WHERE id = %s", choice.pk, "AJ317"),
        ("dropped after paying", "UPDATE offering_choice SET state = 'dropped' WHERE id = %s", choice.pk, "AJ317"),
        ("a contract before the gate", "UPDATE offering_choice SET state = 'contracted' WHERE id = %s", choice.pk, "AJ317"),
        ("refunded without a voucher", "UPDATE offering_choice SET state = 'refunded', ended_on = now(), end_reason = 'x'"
         " WHERE id = %s", choice.pk, "refunded_means_paid_back"),
        ("alive again", "UPDATE offering_choice SET state = 'chosen' WHERE id = %s", third.pk, "AJ317"),
        ("a choice away", "DELETE FROM offering_choice WHERE id = %s", third.pk, "AJ317"),
        ("another home", "UPDATE offering_choice SET batch_unit_id = gen_random_uuid() WHERE id = %s", second.pk, "AJ317"),
    ]  # fmt: skip
    for what, statement, key, code in attacks:
        assert refused_by_database(sql(statement, key)) == code, what
