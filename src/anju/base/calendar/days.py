"""Working days (工作日), from the dated table; a day the table does not know is a clear error, never a guess."""

from datetime import date, datetime, timedelta

import chinese_calendar
from django.utils import timezone

from anju.base.calendar.models import Installation, WorkingDay

LAST_PUBLISHED_YEAR = 2026
SOURCE = "国务院办公厅节假日安排（chinesecalendar）"
SOURCE_PROVISIONAL = "尚未公布，按周一至周五暂定"


class UnknownDay(LookupError):
    """The calendar holds no such day."""


def installation() -> Installation:
    """The one installation row. Raises Installation.DoesNotExist before set-up."""
    return Installation.objects.get(id=1)


def now_of(row: Installation | None) -> datetime:
    """The installation's time: the demonstration's own clock where it has one, else the machine's."""
    return row.clock if row and row.clock else timezone.now()


def days_of_year(year: int) -> list[WorkingDay]:
    """The rows of one year: published ones from the library, later ones as weekdays marked 暂定."""
    day, rows = date(year, 1, 1), []
    published = year <= LAST_PUBLISHED_YEAR
    while day.year == year:
        working = chinese_calendar.is_workday(day) if published else day.weekday() < 5
        rows.append(
            WorkingDay(
                day=day, working=working, provisional=not published, source=SOURCE if published else SOURCE_PROVISIONAL
            )
        )
        day += timedelta(days=1)
    return rows


def add_working_days(start: date, count: int) -> date:
    """The day ``count`` working days after ``start`` (the day itself is not counted). Raises UnknownDay past the table."""
    if count == 0:
        return start
    rows = WorkingDay.objects.filter(day__gt=start, working=True).order_by("day").values_list("day", flat=True)
    found = list(rows[count - 1 : count])
    if not found:
        raise UnknownDay(f"工作日历没有 {start} 之后第 {count} 个工作日，请先在“工作日历”页补入该年安排")
    return found[0]


def working_days_between(start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before."""
    if end < start:
        return -working_days_between(end, start)
    return WorkingDay.objects.filter(day__gt=start, day__lte=end, working=True).count()


def is_provisional(day: date) -> bool:
    """Whether the calendar of that day's year is still 暂定."""
    return WorkingDay.objects.filter(day=day, provisional=True).exists()
