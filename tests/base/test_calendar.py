"""Working days: published ones with make-up days, 暂定 for a year to come, computed again when it is published."""

from datetime import date, datetime, timedelta, timezone

import pytest

from anju.base.acts import InvalidInput, Refused
from anju.base.calendar import days
from anju.base.calendar.days import (
    UnknownDay,
    add_working_days,
    days_of_year,
    is_provisional,
    now_of,
    working_days_between,
)
from anju.base.calendar.models import Installation, WorkingDay
from anju.base.tickets import clock, desk
from anju.base.tickets.models import Ticket
from anju.parties import acts
from offering.programme import refused_by_database, sql
from support.db import context, open_act

LATE = datetime(2027, 1, 25, 4, 0, tzinfo=timezone(timedelta(0)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "working", "why"),
    [
        (date(2026, 1, 1), False, "元旦"),
        (date(2026, 1, 4), True, "周日补班"),
        (date(2026, 2, 17), False, "春节"),
        (date(2026, 2, 28), True, "周六补班"),
        (date(2026, 3, 2), True, "周一"),
        (date(2026, 3, 7), False, "周六"),
        (date(2026, 10, 1), False, "国庆"),
    ],
)
def test_the_state_councils_days_hold_make_up_days_too(day: date, working: bool, why: str) -> None:
    row = WorkingDay.objects.get(day=day)
    assert (row.working, row.provisional) == (working, False), why


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
    ],
)
def test_the_nth_working_day_and_the_days_between_agree(start: date, count: int, end: date) -> None:
    assert add_working_days(start, count) == end
    assert working_days_between(start, end) == count
    assert working_days_between(end, start) == -count


@pytest.mark.django_db
def test_a_day_past_the_table_is_a_clear_error_never_a_guess() -> None:
    last = WorkingDay.objects.order_by("-day").values_list("day", flat=True)[0]
    with pytest.raises(UnknownDay, match=r"没有 .* 之后第 30 个工作日，请先在“工作日历”页补入"):
        add_working_days(last - timedelta(days=3), 30)


def test_a_year_not_yet_published_counts_weekdays_and_says_so() -> None:
    rows = days_of_year(2027)
    assert len(rows) == 365 and all(r.provisional and r.working == (r.day.weekday() < 5) for r in rows)
    assert not any(r.provisional for r in days_of_year(2026))


def opened_late() -> Ticket:
    """A ticket of twenty days that runs over the next year's spring festival."""
    with open_act(now=LATE) as ctx:
        return desk.open_ticket(ctx=ctx, kind="k", title="办件", post="p", obj=Ticket(), url="/", limit_days=20)


@pytest.mark.django_db
@pytest.mark.clause("3.6-1")
def test_when_a_year_is_published_open_limits_are_counted_again() -> None:
    with open_act():
        WorkingDay.objects.bulk_create(days_of_year(2027), ignore_conflicts=True)
    assert is_provisional(date(2027, 2, 8))
    plain, stopped, done = (opened_late() for _ in range(3))
    with open_act(now=LATE + timedelta(days=1)) as ctx:
        clock.stop(ctx=ctx, ticket=stopped, reason="补正")
        desk.close_tickets_of(ctx=ctx, object_ids=[done.object_id])
    with open_act(now=LATE + timedelta(days=3)) as ctx:
        clock.start(ctx=ctx, ticket=stopped)
    before = {t.pk: due(t) for t in (plain, stopped, done)}
    off = [date(2027, 2, d) for d in range(5, 13)]
    acts.publish_calendar(ctx=context(), year=2027, source="国办发明电〔2026〕9号", off=off, on=[date(2027, 2, 20)])
    assert not is_provisional(date(2027, 2, 8))
    # Six working days of the week fell away, one Saturday came: five days later.
    assert due(plain) == add_working_days(date(2027, 1, 25), 20) > before[plain.pk]
    assert due(stopped) == add_working_days(date(2027, 1, 25), 22) > before[stopped.pk]
    assert due(done) == before[done.pk]
    with pytest.raises(Refused, match="已按「国办发明电〔2026〕9号」公布，不能改写"):
        acts.publish_calendar(ctx=context(), year=2027, source="另一号")


def due(ticket: Ticket) -> date:
    """Its last day now."""
    with open_act():
        found = Ticket.objects.get(pk=ticket.pk).due_on
    assert found is not None
    return found


@pytest.mark.django_db
def test_a_holiday_of_another_year_is_refused() -> None:
    with open_act():
        WorkingDay.objects.bulk_create(days_of_year(2028), ignore_conflicts=True)
    with pytest.raises(InvalidInput, match="不在 2028 年内"):
        acts.publish_calendar(ctx=context(), year=2028, source="文", off=[date(2027, 1, 1)])


def test_the_demonstrations_clock_counts_and_the_machines_where_there_is_none() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    assert now_of(Installation(id=1, kind="demonstration", city="231200", origin="x", clock=at)) == at
    real = now_of(Installation(id=1, kind="real", city="231200", origin="x"))
    assert abs((real - now_of(None)).total_seconds()) < 60 and real.tzinfo is not None


@pytest.mark.django_db
def test_days_change_only_inside_an_act() -> None:
    with pytest.raises(Exception, match=r"outside an act|permission denied"):
        WorkingDay.objects.filter(day=date(2026, 3, 2)).update(working=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE base_workingday SET working = NOT working WHERE day = '2026-03-02'",
        "UPDATE base_workingday SET provisional = true WHERE day = '2026-03-02'",
        "UPDATE base_workingday SET day = '2099-01-01' WHERE provisional",
        "DELETE FROM base_workingday WHERE day = '2026-03-02'",
        "DELETE FROM base_workingday WHERE provisional",
    ],
)
def test_a_published_day_never_changes_and_no_day_goes_even_inside_an_act(statement: str) -> None:
    with open_act():
        WorkingDay.objects.bulk_create(days_of_year(2027), ignore_conflicts=True)
    assert refused_by_database(sql(statement)) == "AJ005"


def test_the_library_knows_the_years_that_are_called_published() -> None:
    import chinese_calendar

    assert chinese_calendar.is_holiday(date(days.LAST_PUBLISHED_YEAR, 10, 1))
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(days.LAST_PUBLISHED_YEAR + 1, 10, 1))
