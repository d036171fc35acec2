"""The 95 % gate at its limits, frozen, counted again by the database; money back to the fen; the door of 一事一议."""

import hashlib
from typing import Any

import pytest

from anju.base.acts import Conflict, Refused, canonical
from anju.base.messages.models import Message
from anju.base.publication.models import Publication
from anju.base.regions import scope, uuid7
from anju.base.tickets.models import Ticket
from anju.ledger import books
from anju.ledger.models import Voucher
from anju.needs.models import Application
from anju.offering import acts, jobs, reads
from anju.offering.models import BatchUnit, Choice, Gate
from anju.reserve.models import Project, Unit
from offering.programme import (
    CITY,
    COUNTY,
    EARNEST,
    announced,
    fresh,
    households,
    judged,
    ordered,
    paid,
    params,
    refused_by_database,
    sql,
    subscribed,
    up_to_gate,
    world,
)
from support.db import open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.5-3")]
# homes, the fewest that make 95 %
LIMITS = [(19, 19), (20, 19), (21, 20), (73, 70), (120, 114)]


@pytest.mark.parametrize(("homes", "least"), LIMITS)
def test_the_gate_passes_with_the_fewest_homes_that_make_95_per_cent(homes: int, least: int) -> None:
    found, batch = up_to_gate(homes, least)
    gate = judged(found, batch)
    assert (gate.passed, gate.taken, gate.needed, gate.offered) == (True, least, least, homes)
    with scope(CITY):
        assert Project.objects.get(pk=found.project.pk).state == "locked"
        assert Publication.objects.get(kind="gate").body["passed"] is True
    assert fresh(batch).state == "passed"


@pytest.mark.parametrize(("homes", "least"), LIMITS)
def test_with_one_home_less_it_fails_and_every_fen_goes_back_in_the_same_act(homes: int, least: int) -> None:
    found, batch = up_to_gate(homes, least - 1)
    gate = judged(found, batch)
    assert (gate.passed, gate.taken, gate.needed) == (False, least - 1, least)
    with scope(CITY):
        book = books.find("earnest", batch.pk, region=CITY)
        assert books.balance(book, "bank") == books.balance(book, "earnest_owed") == 0
        back = Voucher.objects.filter(region=CITY, book=book, kind="earnest_refund")
        assert (back.count(), sum(back.values_list("total_fen", flat=True))) == (least - 1, (least - 1) * EARNEST)
        assert not Choice.objects.filter(batch=batch, state__in=["chosen", "taken"]).exists()
        assert Message.objects.filter(template="earnest-back").count() == least - 1
        assert set(Unit.objects.filter(project=found.project).values_list("state", flat=True)) == {"reserved"}
        assert Project.objects.get(pk=found.project.pk).state == "failed"
    assert fresh(batch).state == "closed" and fresh(batch.letter).state == "lapsed"


def test_a_gate_keeps_both_lists_hashed_and_is_judged_once() -> None:
    found, batch = up_to_gate(4, 4)
    gate = judged(found, batch)
    assert hashlib.sha256(canonical(gate.snapshot).encode()).hexdigest() == gate.snapshot_sha256
    assert len(gate.snapshot["matches"]) == len(gate.snapshot["units"]) == 4
    assert gate.snapshot["parameter"].startswith("lock_ratio_min=95@plan")
    with pytest.raises(Conflict, match="只判定一次"):
        acts.judge_gate(ctx=found.ctx("acquirer_head"), batch_id=batch.pk)


def test_no_gate_is_judged_in_the_window_nor_failed_while_there_are_days_to_pay() -> None:
    found, batch = up_to_gate(4, 3)
    window = batch.apply_until
    found.day = window
    with pytest.raises(Refused, match="还不能判定"):
        acts.judge_gate(ctx=found.ctx("acquirer_head"), batch_id=batch.pk)
    found.day = batch.earnest_until
    with pytest.raises(Refused, match="请截止后再判") as caught:
        acts.judge_gate(ctx=found.ctx("acquirer_head"), batch_id=batch.pk)
    assert "还差 1 套" in caught.value.sentence and caught.value.verdicts
    with scope(CITY):
        choice = Choice.objects.get(batch=batch, state="chosen")
    acts.record_earnest(
        ctx=found.ctx("acquirer_finance"), choice_id=choice.pk, paid_on=found.day, reference="R9", amount_fen=EARNEST
    )
    assert acts.judge_gate(ctx=found.ctx("acquirer_head"), batch_id=batch.pk).passed, "a full gate need not wait"


def test_a_batch_that_nobody_answered_fails() -> None:
    found = world(2)
    gate = judged(found, announced(found))
    assert (gate.passed, gate.taken) == (False, 0)


def test_a_household_that_left_the_waiting_list_does_not_count() -> None:
    found, batch = up_to_gate(4, 4)
    with open_act(COUNTY):
        row = Application.objects.filter(region=COUNTY).first()
        Application.objects.filter(pk=row.pk).update(
            state="withdrawn", withdrawn_from="qualified", withdrawn_on=found.day
        )
    assert judged(found, batch).taken == 3


def test_a_home_that_dropped_out_counts_as_the_parameter_of_the_announcement_says() -> None:
    for how, offered, passed in (("letter", 20, False), ("remaining", 18, True)):
        found = world(20, gate_denominator=how)
        batch = announced(found)
        subscribed(found, batch, households(18), wishes=1)
        ordered(found, batch)
        paid(found, batch, 18)
        found.book = params(gate_denominator="letter")
        with scope(CITY):
            free = reads.free_homes(batch)
        assert len(free) == 2
        found.book = params(gate_denominator=how)
        for home in free:
            acts.withdraw_home(ctx=found.ctx("acquirer_head"), batch_unit_id=home.pk, reason="查封")
        gate = judged(found, batch)
        assert (gate.offered, gate.passed) == (offered, passed), how


def test_a_gate_without_its_denominator_set_is_unknown_and_blocks() -> None:
    found = world(20)
    batch = announced(found)
    with scope(CITY):
        home = BatchUnit.objects.filter(batch=batch).first()
    acts.withdraw_home(ctx=found.ctx("acquirer_head"), batch_unit_id=home.pk, reason="查封")
    found.book = params(gate_denominator=None)
    with pytest.raises(Refused, match="尚未设定"):
        judged(found, batch)
    with scope(CITY):
        assert not Gate.objects.filter(batch=batch).exists()


def test_money_waits_for_a_special_decision_at_the_longest_for_the_days_of_refund() -> None:
    found, batch = up_to_gate(20, 18)
    gate = judged(found, batch, special_reason="产业园区急需")
    assert not gate.passed and fresh(batch).state == "failed"
    with scope(CITY):
        ticket = Ticket.objects.get(object_id=batch.pk, done_on__isnull=True)
        assert (ticket.post, ticket.limit_days) == ("office_clerk", 5)
        book = books.find("earnest", batch.pk, region=CITY)
        assert books.balance(book, "bank") == 18 * EARNEST
    by = found.ctx("acquirer_head")
    with scope(CITY):
        jobs.refund(by, batch.pk)
    assert fresh(batch).state == "failed", "not before its last day"
    found.day = ticket.due_on
    with scope(CITY):
        jobs.refund(found.ctx("acquirer_head"), batch.pk)
        assert books.balance(book, "bank") == 0
    assert fresh(batch).state == "closed"
    with scope(CITY):
        jobs.refund(found.ctx("acquirer_head"), batch.pk)
    with pytest.raises(Refused, match="判定未达标才退还"):
        acts.refund_earnest(ctx=found.ctx("acquirer_head"), batch_id=batch.pk)


def test_a_passed_batch_is_not_refunded_and_its_choice_becomes_a_contract() -> None:
    found, batch = up_to_gate(2, 2)
    with scope(CITY):
        choice = Choice.objects.filter(batch=batch).first()
    with pytest.raises(Refused, match="已缴定金且批次达标"):
        acts.contract_choice(ctx=found.ctx(), choice_id=choice.pk)
    judged(found, batch)
    with pytest.raises(Refused):
        acts.refund_earnest(ctx=found.ctx("acquirer_head"), batch_id=batch.pk)
    assert acts.contract_choice(ctx=found.ctx(), choice_id=choice.pk).state == "contracted"


def test_the_database_counts_the_gate_again_and_keeps_it() -> None:
    found, batch = up_to_gate(20, 18)
    values: dict[str, Any] = {
        "region": CITY, "batch": batch, "verdicts": [], "snapshot": {}, "snapshot_sha256": "0" * 64, "judged_at": found.at(12),
        "maker": uuid7(), "ratio": 95,
    }  # fmt: skip

    def forged(**changes: Any) -> str:
        return refused_by_database(lambda: Gate(**{**values, **changes}).save(force_insert=True))

    assert forged(taken=19, offered=20, needed=19, passed=True) == "AJ318", "a home more than was taken"
    assert forged(taken=18, offered=18, needed=18, passed=True) == "AJ318", "fewer homes than the letter has"
    assert forged(taken=18, offered=20, needed=18, passed=True) == "AJ318", "fewer than 95 % needed"
    assert forged(taken=18, offered=20, needed=18, ratio=90, passed=True) == "gate_counts", "a lower ratio"
    assert forged(taken=18, offered=20, needed=19, passed=True) == "gate_passes_by_its_counts"
    gate = judged(found, batch, special_reason="等一事一议")
    assert forged(taken=18, offered=20, needed=19, passed=False) == "one_gate_per_batch"
    for statement in (
        "UPDATE offering_gate SET passed = true WHERE id = %s",
        "DELETE FROM offering_gate WHERE id = %s",
    ):
        assert refused_by_database(sql(statement, gate.pk)) == "AJ005"
