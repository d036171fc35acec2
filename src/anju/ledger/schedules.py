"""Repayment schedules of a loan, in integer fen; each closes exactly on the principal.

Three methods: 等额本息 (equal instalments), 等额本金 (equal principal), 按期付息到期还本 (interest each period, principal at the end).
Day count, settlement day, period and rounding are fields of the contract, never of this file.
"""

import calendar
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

METHODS = [("instalment", "等额本息"), ("principal", "等额本金"), ("bullet", "按期付息到期还本")]
DAY_COUNTS = [("30/360", "按月（30/360）"), ("act/360", "实际天数/360"), ("act/365", "实际天数/365")]
ROUNDINGS = [("half_up", "四舍五入到分"), ("half_even", "四舍六入五成双到分"), ("down", "舍去不足一分")]
MOST_MONTHS = 600


class BadTerms(ValueError):
    """Terms that cannot be scheduled; the message is for the person."""


@dataclass(frozen=True)
class Terms:
    """A loan's terms. ``rate_bp`` is the yearly rate in hundredths of a per cent; ``period_months`` is how often is repaid.

    ``starts_on`` is the day interest runs from; each period ends on ``settlement_day`` of its month (its last day where shorter),
    the last one on the day of maturity. Raises BadTerms.
    """

    principal_fen: int
    rate_bp: int
    months: int
    method: str
    starts_on: date
    settlement_day: int
    day_count: str
    rounding: str
    period_months: int

    def __post_init__(self) -> None:
        checks = [
            (self.principal_fen > 0, f"贷款本金须大于零，收到 {self.principal_fen} 分"),
            (0 <= self.rate_bp <= 2400, f"年利率应在 0 到 24% 之间，收到 {self.rate_bp / 100:.2f}%"),
            (1 <= self.months <= MOST_MONTHS, f"期限应在 1 到 {MOST_MONTHS} 个月之间，收到 {self.months}"),
            (1 <= self.settlement_day <= 31, f"结息日应为 1 到 31，收到 {self.settlement_day}"),
            (
                self.period_months >= 1 and self.months % self.period_months == 0,
                f"还款间隔 {self.period_months} 个月不能整除期限 {self.months} 个月",
            ),
            (self.method in dict(METHODS), f"没有还款方式「{self.method}」"),
            (self.day_count in dict(DAY_COUNTS), f"没有计息方式「{self.day_count}」"),
            (self.rounding in dict(ROUNDINGS), f"没有取整方式「{self.rounding}」"),
        ]  # fmt: skip
        for good, sentence in checks:
            if not good:
                raise BadTerms(f"{sentence}；请按合同改正")


@dataclass(frozen=True)
class Instalment:
    """One period: what falls due on ``due_on``, in fen, and what is left of the principal afterwards."""

    number: int
    due_on: date
    principal_fen: int
    interest_fen: int
    left_fen: int

    @property
    def total_fen(self) -> int:
        """Principal and interest."""
        return self.principal_fen + self.interest_fen


def schedule(terms: Terms) -> list[Instalment]:
    """Every instalment of the loan; the principal parts sum to the principal exactly. Raises BadTerms where a period's interest
    exceeds the equal instalment, so that nothing would be repaid.
    """
    periods = terms.months // terms.period_months
    equal = _instalment(terms, periods)
    found: list[Instalment] = []
    left, since = terms.principal_fen, terms.starts_on
    for number in range(1, periods + 1):
        due = _due(terms, number, periods)
        interest = rounded(left * share(terms, since, due), terms.rounding)
        part = _part(terms, number, periods, left, equal - interest)
        left -= part
        found.append(Instalment(number, due, part, interest, left))
        since = due
    return found


def interest_between(terms: Terms, left_fen: int, since: date, until: date) -> int:
    """The interest on ``left_fen`` from one day to another, rounded as the contract says; by days even where the contract counts
    months (30/360 then counts 30-day months).
    """
    return rounded(left_fen * share(terms, since, until), terms.rounding)


def _part(terms: Terms, number: int, periods: int, left: int, of_equal: int) -> int:
    """The principal part of a period; the last one takes all that is left, so the schedule closes exactly."""
    if number == periods:
        return left
    if terms.method == "bullet":
        return 0
    if terms.method == "principal":
        return terms.principal_fen // periods
    if of_equal <= 0:
        raise BadTerms("首期利息已不少于等额还款额，本金还不下来；请核对利率、期限和计息方式后改正")
    return min(of_equal, left)


def _instalment(terms: Terms, periods: int) -> int:
    """The equal instalment: P·r·(1+r)^n / ((1+r)^n − 1), exactly, then rounded once."""
    if terms.method != "instalment":
        return 0
    rate = Fraction(terms.rate_bp * terms.period_months, 120_000)
    if rate == 0:
        return rounded(Fraction(terms.principal_fen, periods), terms.rounding)
    grown = (1 + rate) ** periods
    return rounded(terms.principal_fen * rate * grown / (grown - 1), terms.rounding)


def share(terms: Terms, since: date, until: date) -> Fraction:
    """The part of the principal that is interest for the days between, by the contract's day count."""
    rate = Fraction(terms.rate_bp, 10_000)
    if terms.day_count == "30/360":
        return rate * Fraction(_days_30(since, until), 360)
    return rate * Fraction((until - since).days, int(terms.day_count.removeprefix("act/")))


def _days_30(since: date, until: date) -> int:
    """Days between as 30/360 counts: the last day of any month is the 30th."""
    return (until.year - since.year) * 360 + (until.month - since.month) * 30 + _day_30(until) - _day_30(since)


def _day_30(day: date) -> int:
    return 30 if day.day == calendar.monthrange(day.year, day.month)[1] else min(day.day, 30)


def _due(terms: Terms, number: int, periods: int) -> date:
    """The settlement day of the period; the last period ends at maturity."""
    months = number * terms.period_months
    return _in_months(terms.starts_on, months, terms.starts_on.day if number == periods else terms.settlement_day)


def _in_months(start: date, months: int, day: int) -> date:
    month = start.month - 1 + months
    return day_in_month(start.year + month // 12, month % 12 + 1, day)


def day_in_month(year: int, month: int, day: int) -> date:
    """The day of the month, its last one where it is shorter."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def rounded(value: Fraction, how: str) -> int:
    """An exact amount as whole fen. ``value`` is never negative."""
    if how == "down":
        return value.numerator // value.denominator
    if how == "half_even":
        return round(value)
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
