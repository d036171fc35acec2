"""Races with real connections: one home, one household; one draw; nobody enters a list while it is being closed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from anju.base.acts import Conflict, Refused
from anju.base.regions import scope
from anju.ledger import books
from anju.offering import acts, reads
from anju.offering.models import Batch, Choice, Draw, Subscription
from anju.reserve import acts as reserve
from offering.programme import (
    CITY,
    COUNTY,
    World,
    announced,
    households,
    ordered,
    subscribed,
    up_to_gate,
    world,
)
from support.db import raw

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("3.5-3")]
THREADS = 8


def race(tasks: list[Callable[[], Any]]) -> list[Any]:
    """Run each on a connection of its own, all at once: what each returned or was refused with."""
    start, found = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(at: int) -> None:
        start.wait()
        try:
            found[at] = tasks[at]()
        except Refused as refused:
            found[at] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def eight_for_one_home() -> tuple[World, Batch, list[Subscription], str]:
    """Eight households in their turn, each wishing for its own home; all of them go for one that nobody wished for."""
    found = world(THREADS + 1)
    batch = announced(found)
    rows = households(THREADS)
    found.day = batch.apply_from
    with scope(CITY):
        labels = [home.label for home in reads.homes_of(batch)]
    wanted = [acts.Wanted(row.pk, row.region, (labels[at],)) for at, row in enumerate(rows)]
    acts.subscribe_many(ctx=found.ctx(), batch_id=batch.pk, rows=wanted)
    ordered(found, batch)
    with scope(CITY):
        return found, batch, list(reads.ranked(batch)), labels[-1]


def choose(found: World, row: Subscription, label: str) -> Callable[[], Any]:
    return lambda: acts.choose_home(ctx=found.ctx(), subscription_id=row.pk, label=label)


def holders(batch: Batch, label: str) -> int:
    with scope(CITY):
        return Choice.objects.filter(batch=batch, batch_unit__label=label, state="chosen").count()


def test_eight_connections_choose_the_same_home_and_one_gets_it() -> None:
    found, batch, rows, label = eight_for_one_home()
    answers = race([choose(found, row, label) for row in rows])
    assert holders(batch, label) == 1
    assert sum(isinstance(a, Choice) for a in answers) == 1
    assert all(isinstance(a, Conflict) and "家庭选定" in a.sentence for a in answers if not isinstance(a, Choice))


@contextmanager
def without(index: str, table: str, definition: str) -> Iterator[None]:
    """The guard off, for showing that it is the guard that holds."""
    with raw("admin", autocommit=True) as database:
        database.execute(f"DROP INDEX {index}")
        try:
            yield
        finally:
            database.execute("SET session_replication_role = replica")
            database.execute(f"DELETE FROM {table}")
            database.execute(f"CREATE UNIQUE INDEX {index} ON {table} {definition}")


LIVE = "WHERE state IN ('chosen', 'taken', 'contracted')"


def second_chooser(found: World, rows: list[Subscription], label: str) -> Any:
    """One has chosen and not committed; another goes for the same home meanwhile. What the other got."""
    answer: list[Any] = []
    go = threading.Event()

    def other() -> None:
        go.wait()
        try:
            answer.append(choose(found, rows[1], label)())
        except Refused as refused:
            answer.append(refused)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    with transaction.atomic():
        choose(found, rows[0], label)()
        go.set()
        thread.join(timeout=1.5)
    thread.join()
    return answer[0]


def test_the_second_chooser_is_refused_by_the_unique_index_and_with_it_off_both_get_the_home(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The home's own state would stop the second one too; it is taken out of both halves, so that the index stands alone."""
    found, batch, rows, label = eight_for_one_home()
    other = eight_for_one_home()
    monkeypatch.setattr(reserve, "move_units", lambda **_: 0)
    assert isinstance(second_chooser(found, rows, label), Conflict)
    assert holders(batch, label) == 1
    found, batch, rows, label = other
    with without("one_live_choice_per_home", "offering_choice", f"(region, batch_unit_id) {LIVE}"):
        assert isinstance(second_chooser(found, rows, label), Choice)
        assert holders(batch, label) == 2, "the unique index is what keeps one home for one household"


def test_one_household_choosing_two_homes_at_once_gets_one() -> None:
    found = world(THREADS)
    batch = announced(found)
    subscribed(found, batch, households(1), wishes=1)
    ordered(found, batch)
    with scope(CITY):
        row = reads.ranked(batch).get()
        labels = [home.label for home in reads.homes_of(batch)]
    answers = race([choose(found, row, label) for label in labels])
    assert sum(isinstance(a, Choice) for a in answers) == 1


def test_eight_draws_of_one_round_are_one_draw() -> None:
    found = world(3)
    batch = announced(found)
    subscribed(found, batch, households(3))
    found.day = batch.apply_until + timedelta(days=1)
    acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    answers = race([lambda: acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)] * THREADS)
    assert sum(isinstance(a, Draw) for a in answers) == 1
    assert sum(isinstance(a, Conflict) for a in answers) == THREADS - 1


def test_nobody_slips_into_the_list_while_it_is_being_frozen() -> None:
    """The subscriber began within the window; the freeze commits in between. The trigger sees it."""
    found = world(2)
    batch = announced(found)
    subscribed(found, batch, households(3))
    (late,) = households(1)
    inside = found.ctx()
    found.day = batch.apply_until + timedelta(days=1)
    outcome: list[Any] = []

    def slip() -> None:
        try:
            outcome.append(
                acts.subscribe(
                    ctx=inside, batch_id=batch.pk, application_id=late.pk, application_region=COUNTY, wishes=["1-1-100"]
                )
            )
        except Exception as error:  # noqa: BLE001  either the act's refusal or the trigger's
            outcome.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        row = acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
        thread = threading.Thread(target=slip)
        thread.start()
        thread.join(timeout=1.5)
        assert not outcome, "the subscriber waits for the freeze"
    thread.join()
    assert isinstance(outcome[0], Exception)
    with scope(CITY):
        assert Subscription.objects.filter(batch=batch).count() == 3 == row.entrants.count("\n")


def test_two_receipts_for_one_home_at_once_are_one_earnest_payment() -> None:
    found = world(1)
    batch = announced(found)
    subscribed(found, batch, households(1), wishes=1)
    ordered(found, batch)
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    with scope(CITY):
        choice = Choice.objects.get(batch=batch)
    pay = [
        lambda number=number: acts.record_earnest(
            ctx=found.ctx("acquirer_finance"), choice_id=choice.pk, paid_on=found.day, reference=f"R{number}",
            amount_fen=choice.earnest_fen,
        )
        for number in range(THREADS)
    ]  # fmt: skip
    answers = race(pay)
    assert sum(isinstance(a, Choice) for a in answers) == 1
    with scope(CITY):
        assert books.balance(books.find("earnest", batch.pk, region=CITY), "bank") == choice.earnest_fen


def test_a_gate_judged_by_eight_at_once_is_judged_once_and_its_money_goes_back_once() -> None:
    found, batch = up_to_gate(4, 3)
    found.day = batch.earnest_until + timedelta(days=1)
    answers = race([lambda: acts.judge_gate(ctx=found.ctx("acquirer_head"), batch_id=batch.pk)] * THREADS)
    assert sum(not isinstance(a, Refused) for a in answers) == 1
    with scope(CITY):
        assert books.balance(books.find("earnest", batch.pk, region=CITY), "bank") == 0
        assert Choice.objects.filter(batch=batch, state="refunded").count() == 3
