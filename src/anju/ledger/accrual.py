"""Interest that has run up on a loan (应计利息), day by day on what was owed each day, in integer fen.

Each day's balance counts: from the day of a drawdown on, up to the day before a repayment (算头不算尾). The products of balance
and days are added up exactly, as the contract's day count says, and rounded once per settlement by the contract's rounding; so no
fen comes or goes with the number of movements.

An assumption, as banks usually do and contracts here leave open: interest is settled on the contract's settlement day (the 20th or
21st) of March, June, September and December; every month where the loan is repaid every month or two. Penalty interest is not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from anju.ledger.schedules import Terms, day_in_month, rounded, share

QUARTER = 3


@dataclass(frozen=True)
class Movement:
    """What changed the principal on a day: drawn is positive, repaid negative."""

    on: date
    amount_fen: int


@dataclass(frozen=True)
class Settlement:
    """The interest of one settlement period, due at its end."""

    since: date
    due_on: date
    interest_fen: int


@dataclass(frozen=True)
class Accrued:
    """Interest up to a day: what fell due, and what has run up since and is not due yet."""

    settlements: tuple[Settlement, ...]
    running_fen: int

    @property
    def due_fen(self) -> int:
        """What has fallen due so far."""
        return sum(one.interest_fen for one in self.settlements)

    @property
    def total_fen(self) -> int:
        """Due and running."""
        return self.due_fen + self.running_fen


def accrued(terms: Terms, movements: Sequence[Movement], *, until: date) -> Accrued:
    """The interest up to ``until`` (that day not counted). Raises ValueError where more was repaid than drawn."""
    moves = sorted((m for m in movements if m.on < until), key=lambda m: m.on)
    if not moves:
        return Accrued((), 0)
    ends = settlement_days(terms, moves[0].on, until)
    found = [
        Settlement(since, due, rounded(_interest(terms, moves, since, due), terms.rounding))
        for since, due in pairwise([moves[0].on, *ends])
    ]
    open_since = ends[-1] if ends else moves[0].on
    return Accrued(tuple(found), rounded(_interest(terms, moves, open_since, until), terms.rounding))


def settlement_days(terms: Terms, since: date, until: date) -> list[date]:
    """The days after ``since`` and up to ``until`` on which interest is settled."""
    found, year, month = [], since.year, since.month
    while (day := day_in_month(year, month, terms.settlement_day)) <= until:
        if day > since and (terms.period_months < QUARTER or month % QUARTER == 0):
            found.append(day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _interest(terms: Terms, moves: Sequence[Movement], since: date, until: date) -> Fraction:
    """The exact interest of a period: each stretch of one balance by its days."""
    days = sorted({since, until, *(m.on for m in moves if since < m.on < until)})
    total = Fraction(0)
    for start, end in pairwise(days):
        owed = sum(m.amount_fen for m in moves if m.on <= start)
        if owed < 0:
            raise ValueError(f"{-owed} fen more repaid than drawn by {start}")
        total += owed * share(terms, start, end)
    return total
