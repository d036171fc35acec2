"""Tickets: one open kind per thing, a working-day clock that stops with a reason, most urgent first."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.regions import PARTY, scope, uuid7
from anju.base.tickets import clock, desk
from anju.base.tickets.models import Ticket
from support.db import NOON, context, open_act, raw

pytestmark = pytest.mark.clause("3.6-1")
MONDAY = NOON  # 2026-03-02; the days to 2026-03-31 are plain weeks


@contextmanager
def on(days: int = 0, region: str = "231200") -> Iterator[Any]:
    """An act so many days after that Monday."""
    with open_act(region, now=MONDAY + timedelta(days=days)) as ctx:
        yield ctx


def opened(ctx: Any, *, of: Ticket | None = None, **changes: Any) -> Ticket:
    """A ticket about something."""
    values = {
        "kind": "review",
        "title": "初审",
        "post": "reviewer",
        "obj": of or Ticket(),
        "url": "/needs/1",
        "limit_days": 5,
    }
    return desk.open_ticket(ctx=ctx, **{**values, **changes})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limit", "due"),
    [(0, date(2026, 3, 2)), (1, date(2026, 3, 3)), (5, date(2026, 3, 9)), (10, date(2026, 3, 16)), (None, None)],
)
def test_a_limit_counts_working_days_after_the_day_it_opened(limit: int | None, due: date | None) -> None:
    with on() as ctx:
        assert opened(ctx, limit_days=limit).due_on == due


@pytest.mark.django_db
def test_the_same_open_kind_for_the_same_thing_is_opened_once_and_again_after_it_is_done() -> None:
    thing = Ticket()
    with on() as ctx:
        first, again = opened(ctx, of=thing), opened(ctx, of=thing, title="另一个题")
        assert first.pk == again.pk and again.title == "初审"
        assert opened(ctx, of=thing, kind="second").pk != first.pk
        assert desk.close_tickets(ctx=ctx, obj=thing, kind="review", outcome="通过") == 1
        assert opened(ctx, of=thing).pk != first.pk


@pytest.mark.django_db
def test_a_stopped_clock_gives_the_days_back() -> None:
    with on() as ctx:
        ticket = opened(ctx)  # due on Monday the 9th
    with on(1) as ctx:  # Tuesday
        clock.stop(ctx=ctx, ticket=ticket, reason="等待补正：收入证明")
    with on(8) as ctx:  # Tuesday after: five working days stood still
        assert clock.start(ctx=ctx, ticket=ticket).due_on == date(2026, 3, 16)
    with on(9) as ctx:  # a second stop over a weekend
        clock.stop(ctx=ctx, ticket=ticket, reason="等待外部核验")
    with on(14) as ctx:
        row = clock.start(ctx=ctx, ticket=ticket)
    assert row.due_on == date(2026, 3, 19) and len(row.stops) == 2 and row.stop_reason == ""


@pytest.mark.django_db
def test_a_clock_is_not_stopped_without_reason_or_twice_or_when_done() -> None:
    with on() as ctx:
        ticket = opened(ctx)
        with pytest.raises(Refused, match="停表须写明理由"):
            clock.stop(ctx=ctx, ticket=ticket, reason="  ")
        with pytest.raises(Refused, match="没有停表，不用恢复"):
            clock.start(ctx=ctx, ticket=ticket)
        clock.stop(ctx=ctx, ticket=ticket, reason="补正")
        with pytest.raises(Refused, match="已停表"):
            clock.stop(ctx=ctx, ticket=ticket, reason="补正")
        desk.close_tickets_of(ctx=ctx, object_ids=[ticket.object_id])
        with pytest.raises(Refused, match="已办结"):
            clock.stop(ctx=ctx, ticket=ticket, reason="补正")


@pytest.mark.django_db
def test_what_waits_comes_most_urgent_first_and_without_limit_last() -> None:
    with on() as ctx:
        late, soon, none = opened(ctx, limit_days=9), opened(ctx, limit_days=1), opened(ctx, limit_days=None)
        opened(ctx, post="other")
        done = opened(ctx)
        desk.close_tickets_of(ctx=ctx, object_ids=[done.object_id])
    with on(region="231202") as ctx:
        county = opened(ctx, limit_days=3)
    with scope("231200"):
        rows = desk.waiting(post="reviewer", region="231200", on=date(2026, 3, 2))
        assert [r.pk for r in rows] == [soon.pk, county.pk, late.pk, none.pk]
        assert [r.pk for r in desk.waiting(post="reviewer", region="231202", on=date(2026, 3, 2))] == [county.pk]


@pytest.mark.django_db
def test_a_ticket_is_taken_by_one_colleague() -> None:
    with on() as ctx:
        ticket = opened(ctx)
    mine, other = context(post="reviewer"), context(post="reviewer")
    assert desk.take_ticket(ctx=mine, ticket_id=ticket.id).taken_by == mine.account
    assert desk.take_ticket(ctx=mine, ticket_id=ticket.id).taken_by == mine.account
    with pytest.raises(Conflict, match="已由同事认领"):
        desk.take_ticket(ctx=other, ticket_id=ticket.id)
    with pytest.raises(InvalidInput, match="不归本岗位"):
        desk.take_ticket(ctx=replace(mine, post="operator"), ticket_id=ticket.id)
    with pytest.raises(InvalidInput, match="没有这件办件"):
        desk.take_ticket(ctx=mine, ticket_id=UUID(int=3))


@pytest.mark.django_db
def test_many_tickets_are_opened_at_once_and_those_open_stay() -> None:
    things = [Ticket() for _ in range(3)]
    with on() as ctx:
        first = opened(ctx, of=things[0], title="原来的")
        rows = [
            desk.new_ticket(
                ctx=ctx,
                kind="review",
                title="批量",
                post="reviewer",
                obj=t,
                url="/x",
                limit_days=5,
                due_on=first.due_on,
            )
            for t in things
        ]
        desk.open_tickets(rows=rows)
        titles = sorted(Ticket.objects.filter(object_id__in=[t.pk for t in things]).values_list("title", flat=True))
        assert titles == ["原来的", "批量", "批量"]
        assert desk.close_tickets_of(ctx=ctx, object_ids=[t.pk for t in things], outcome="通过") == 3


@pytest.mark.django_db
def test_an_organisation_sees_its_own_tickets() -> None:
    mine = uuid7()
    with on() as ctx:
        opened(ctx, organisation=mine)
        opened(ctx, organisation=uuid7())
    with scope("231200", party=mine, role=PARTY):
        assert Ticket.objects.count() == 1


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("stopped_on = '2026-03-02'", "a_stopped_clock_has_its_reason"),
        ("due_on = NULL", "a_ticket_with_a_limit_is_due"),
        ("limit_days = NULL", "a_ticket_with_a_limit_is_due"),
        ("limit_days = -1", "a_ticket_with_a_limit_is_due"),
    ],
)
def test_the_database_refuses_a_ticket_that_cannot_be(change: str, constraint: str) -> None:
    with on() as ctx:
        ticket = opened(ctx)
    with raw("admin") as attack, pytest.raises(Exception, match=constraint):
        attack.execute("SET session_replication_role = replica")  # past the guard, not past the constraint
        attack.execute(f"UPDATE base_ticket SET {change} WHERE id = %s", [ticket.pk])


@pytest.mark.usefixtures("committed")
def test_the_database_holds_one_open_ticket_of_a_kind_per_thing() -> None:
    with on() as ctx:
        opened(ctx)
    with raw("admin") as attack, pytest.raises(Exception, match="one_open_ticket_of_a_kind"):
        attack.execute("SET session_replication_role = replica")
        attack.execute(
            "INSERT INTO base_ticket SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()))).* FROM base_ticket t"
        )
