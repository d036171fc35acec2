"""Raw SQL by the application's own role, inside an act: no round loses what was announced for it, no batch takes a step of its own."""

import json
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection

from anju.base.regions import scope
from anju.offering import acts, draw
from anju.offering.acts.common import STATES
from anju.offering.models import Batch, Draw, DrawHolder, DrawSource, Subscription
from offering.programme import (
    CITY,
    ONE,
    TWO,
    World,
    announced,
    fixed,
    fresh,
    households,
    judged,
    person,
    refused_by_database,
    sql,
    subscribed,
    up_to_gate,
    valued,
    world,
)
from support.db import open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.5-2")]


def wished(homes: int, count: int) -> tuple[World, Batch]:
    found = world(homes)
    batch = announced(found)
    subscribed(found, batch, households(count), wishes=2)
    return found, batch


def frozen(homes: int, count: int) -> tuple[World, Batch, Draw]:
    found, batch = wished(homes, count)
    found.day = batch.apply_until + timedelta(days=1)
    return found, batch, acts.freeze(ctx=found.ctx(), batch_id=batch.pk)


def test_holders_and_public_values_stay_with_their_round() -> None:
    elsewhere, _, other = frozen(2, 3)
    names = [("甲", person("甲")), ("乙", person("乙"))]
    acts.name_holders(ctx=elsewhere.ctx("office_clerk"), batch_id=other.batch_id, holders=names)
    found, batch = wished(2, 3)
    holders = fixed(found, batch)
    with scope(CITY):
        row = Draw.objects.get(batch=batch)
        mine, second = (DrawHolder.objects.get(draw=row, account=account) for account in holders)
        source = DrawSource.objects.get(draw=row, game="ssq")
        open_one = DrawHolder.objects.filter(draw=other).first()
    move = "UPDATE offering_{} SET draw_id = %s WHERE id = %s"
    attacks = [
        ("a holder out of an announced round", sql(move.format("drawholder"), other.pk, mine.pk), "AJ315"),
        ("a holder into it", sql(move.format("drawholder"), row.pk, open_one.pk), "AJ315"),
        ("a public value out of it", sql(move.format("drawsource"), other.pk, source.pk), "AJ316"),
    ]
    for what, attack, code in attacks:
        assert refused_by_database(attack) == code, what
    acts.reveal_secret(ctx=found.ctx("notary", account=mine.account), batch_id=batch.pk, secret=ONE.hex())
    valued(found, batch)
    acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    late = "UPDATE offering_drawholder SET secret = %s, revealed_at = %s WHERE id = %s"
    attacks = [
        ("a secret, dated back, after the draw", sql(late, TWO.hex(), row.reveal_until, second.pk), "AJ315"),
        ("a holder away", sql("DELETE FROM offering_drawholder WHERE id = %s", mine.pk), "AJ315"),
        ("a public value away", sql("DELETE FROM offering_drawsource WHERE id = %s", source.pk), "AJ316"),
        ("a holder out of a drawn round", sql(move.format("drawholder"), other.pk, mine.pk), "AJ315"),
        ("a public value out of it", sql(move.format("drawsource"), other.pk, source.pk), "AJ316"),
    ]
    for what, attack, code in attacks:
        assert refused_by_database(attack) == code, what


def test_a_round_that_draws_nothing_gets_no_holder_and_no_value_once_it_is_drawn() -> None:
    found, batch, row = frozen(3, 3)
    acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    holder = DrawHolder(region=CITY, draw=row, order=1, title="甲", account=person("甲"))
    source = DrawSource(region=CITY, draw=row, order=1, game="ssq", issue="1")
    assert refused_by_database(lambda: holder.save(force_insert=True)) == "AJ315"
    assert refused_by_database(lambda: source.save(force_insert=True)) == "AJ316"


def finish(row: Draw, order: list[str]) -> Any:
    """End a round by a transcript of this order, with its digest."""
    text = draw.canonical({"order": order})
    return sql(
        "UPDATE offering_draw SET transcript = %s, transcript_sha256 = %s, drawn_at = now() WHERE id = %s",
        text, draw.sha256(text), row.pk,
    )  # fmt: skip


def test_the_place_of_a_household_is_given_once_by_its_round_and_is_the_transcripts() -> None:
    _, batch, row = frozen(3, 3)
    with scope(CITY):
        subs = list(Subscription.objects.filter(batch=batch).order_by("draw_number"))
    numbers = [s.draw_number for s in subs]
    key = "UPDATE offering_subscription SET sort_key = %s WHERE id = %s"

    def forged(order: list[str]) -> None:
        for at, sub in enumerate(subs):
            sql(key, f"01/{at}", sub.pk)()
        finish(row, order)()

    assert refused_by_database(lambda: forged(numbers[::-1])) == "AJ314", "keys of another order than the transcript's"
    assert refused_by_database(finish(row, numbers)) == "AJ314", "a transcript without keys"
    given = [sql(key, "01/1", subs[0].pk), sql(key, "01/2", subs[0].pk)]
    assert refused_by_database(lambda: [step() for step in given]) == "AJ312", "a key twice in one round"
    with open_act(CITY):
        forged(numbers)
    assert fresh(row).drawn_at, "the right order stands, so it was the order that was refused"
    number = "UPDATE offering_subscription SET draw_number = %s WHERE id = %s"
    attacks = [
        ("another place", sql(key, "00/0", subs[2].pk)), ("no place any more", sql(key, "", subs[0].pk)),
        ("another number", sql(number, "9999", subs[0].pk)), ("no number any more", sql(number, "", subs[0].pk)),
    ]  # fmt: skip
    for what, attack in attacks:
        assert refused_by_database(attack) == "AJ312", what


def test_nobody_subscribes_with_a_number_gets_one_after_the_freeze_or_chooses_before_the_draw() -> None:
    found, batch = wished(3, 3)
    with scope(CITY):
        first, second = Subscription.objects.filter(batch=batch)[:2]
    (late,) = households(1)
    born = Subscription(
        region=CITY, batch=batch, application_id=late.pk, application_region=late.region, wishes=["1-1-100"], priority=9,
        subscribed_at=found.at(12), draw_number="0009", sort_key="00/0",
    )  # fmt: skip
    assert refused_by_database(lambda: born.save(force_insert=True)) == "AJ312"
    early = sql("UPDATE offering_subscription SET sort_key = '00/0' WHERE id = %s", first.pk)
    assert refused_by_database(early) == "AJ312", "a place before the list is closed"
    acts.withdraw_subscription(ctx=found.ctx(), subscription_id=first.pk)
    found.day = batch.apply_until + timedelta(days=1)
    acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    number = sql("UPDATE offering_subscription SET draw_number = '0009' WHERE id = %s", first.pk)
    assert refused_by_database(number) == "AJ312", "a number for one who was left out"
    choose = sql(
        "INSERT INTO offering_choice (id, region, batch_id, subscription_id, batch_unit_id, application_id, state, chosen_at,"
        " earnest_fen, earnest_reference, end_reason) SELECT gen_random_uuid(), s.region, s.batch_id, s.id, u.id, s.application_id,"
        " 'chosen', now(), u.earnest_fen, '', '' FROM offering_subscription s JOIN offering_batchunit u USING (region, batch_id)"
        " WHERE s.id = %s LIMIT 1",
        second.pk,
    )  # fmt: skip
    place = sql("UPDATE offering_subscription SET sort_key = '00/0' WHERE id = %s", second.pk)
    assert refused_by_database(lambda: (place(), choose())) == "AJ317", "a home chosen while the round runs"


def test_a_round_is_drawn_again_only_after_it_was_drawn_and_on_the_same_lists() -> None:
    found, batch, row = frozen(3, 3)
    copy = (
        "INSERT INTO offering_draw (id, region, batch_id, round, method, reason, resolution_id, entrants, homes, basis, freeze_sha256,"
        " homes_sha256, frozen_at, transcript, transcript_sha256) SELECT gen_random_uuid(), region, batch_id, 2, method, 'x', id, {},"
        " homes, basis, {}, homes_sha256, now(), '', '' FROM offering_draw WHERE id = %s"
    )
    same, empty = copy.format("entrants", "freeze_sha256"), copy.format("''", "encode(sha256(''), 'hex')")
    assert refused_by_database(sql(same, row.pk)) == "AJ314", "the first round is not drawn"
    acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    assert refused_by_database(sql(empty, row.pk)) == "AJ314", "another list"
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    assert refused_by_database(sql(same, row.pk)) == "AJ314", "homes have been chosen"


@pytest.mark.clause("3.5-3")
def test_the_database_knows_the_steps_of_a_batch_that_the_room_knows() -> None:
    states = list(STATES.table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f, t FROM unnest(%s::text[]) f, unnest(%s::text[]) t WHERE batch_may_become(f, t)", [states] * 2
        )
        assert set(cursor.fetchall()) == {(a, b) for a, b in product(states, states) if b in STATES.table[a]}


@pytest.mark.clause("3.5-3")
def test_a_batch_takes_no_step_without_its_round_or_its_gate() -> None:
    move = "UPDATE offering_batch SET state = %s WHERE id = %s"

    def cannot(batch: Batch, *states: str) -> None:
        for state in states:
            assert refused_by_database(sql(move, state, batch.pk)) == "AJ319", f"{fresh(batch).state} → {state}"

    found, batch = wished(2, 2)
    cannot(batch, "frozen", "failed", "passed", "closed")
    found.day = batch.apply_until + timedelta(days=1)
    acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    cannot(batch, "drawn", "announced", "passed")
    acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    cannot(batch, "frozen", "passed", "failed")
    born = "INSERT INTO offering_batch SELECT (jsonb_populate_record(b, %s)).* FROM offering_batch b WHERE id = %s"
    twin = json.dumps({"id": str(found.project.pk), "number": "X", "state": "passed"})
    assert refused_by_database(sql(born, twin, batch.pk)) == "AJ319", "born passed"
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    cannot(batch, "passed", "failed", "drawn")
    found, batch = up_to_gate(2, 0)
    judged(found, batch, special_reason="需求仍在")
    assert fresh(batch).state == "failed"
    cannot(batch, "passed", "choosing", "announced")
