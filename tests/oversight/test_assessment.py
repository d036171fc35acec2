"""The assessment of the acquirer: counted from the facts, by two people, never edited."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused
from anju.base.papers.blocks import texts_of
from anju.base.regions import scope, uuid7
from anju.funds.models import BankLine, Receipt, SupervisedAccount
from anju.homes.models import Contract
from anju.ledger.models import Voucher
from anju.oversight import acts, facts
from anju.oversight.models import Assessment
from anju.policy.parameters import ParameterBook, Setting
from homes.test_homes_contracts import BOOK, buy, rent  # type: ignore[import-not-found]
from support import laid
from support.db import NOON, context, raw
from support.sold import CITY, RENT, Sold, sold

LINES = [["purchase", "收购完成率", 900], ["allotment", "配售配租率", 500], ["operation", "租金收缴率", 950]]
FROM, UNTIL = date(2026, 2, 1), date(2026, 3, 31)
RULES = ParameterBook(
    [
        *(s for rows in BOOK._settings.values() for s in rows),
        Setting("assessment_lines", CITY, LINES, date(2026, 1, 1), "演示"),
    ]
)

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.5")]


def ctx(*, days: int = 30, **changes: Any) -> ActContext:
    return context(**{"params": RULES, "now": NOON + timedelta(days=days), **changes})


def assess(found: Sold, **changes: Any) -> Assessment:
    return acts.assess_acquirer(ctx=ctx(**changes), acquirer_id=found.acquirer.id, period_from=FROM, period_until=UNTIL)


def outcomes(row: Assessment) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for verdict in row.verdicts:
        found.setdefault(verdict["rule"], []).append(verdict["outcome"])
    return found


def received(found: Sold, amount: int, day: date) -> None:
    laid.lay(
        Receipt(
            region=CITY, project=found.project, unit=found.units[0], kind="rent", amount_fen=amount, received_on=day, statutory_fen=0,
            loan_fen=0, remainder_fen=amount, statement_id=uuid7(), voucher_id=uuid7(), maker=uuid7(), bank_reference=uuid7().hex,
        )
    )  # fmt: skip


def test_every_indicator_is_counted_from_what_the_rooms_recorded() -> None:
    found = sold(tenure="rent")
    rent(found)
    received(found, RENT, date(2026, 3, 5))
    row = assess(found)
    assert {name: row.indicators[name] for name in ("units_decided", "units_purchased", "units_allotted")} == {
        "units_decided": 2, "units_purchased": 2, "units_allotted": 1,
    }  # fmt: skip
    assert (row.indicators["rent_due_fen"], row.indicators["rent_received_fen"]) == (RENT, RENT)
    assert (row.indicators["commingled_fen"], row.indicators["misused_fen"]) == (0, 0)
    assert row.indicators["outside_account_fen"] is None, "no bank statement yet: unknown, never 0"
    assert outcomes(row) == {
        "4.5-purchase": ["pass"], "4.5-allotment": ["pass"], "4.5-operation": ["pass"], "4.5-money": ["pass", "unknown", "pass"],
    }  # fmt: skip


def test_a_month_late_shows_in_the_rent_and_fails_its_line() -> None:
    found = sold(tenure="rent")
    rent(found)
    received(found, RENT, date(2026, 3, 5))
    row = acts.assess_acquirer(
        ctx=ctx(days=60), acquirer_id=found.acquirer.id, period_from=FROM, period_until=date(2026, 4, 30)
    )
    assert row.indicators["rent_due_fen"] == 2 * RENT
    assert outcomes(row)["4.5-operation"] == ["fail"]


RENTS = [
    ("one month within", date(2026, 3, 2), date(2027, 3, 1), None, 1),
    ("the day it starts counts", date(2026, 3, 31), date(2027, 3, 30), None, 1),
    ("two months", date(2026, 2, 28), date(2027, 2, 27), None, 2),
    ("months before the period are not counted", date(2026, 1, 15), date(2027, 1, 14), None, 2),
    ("nothing after the end", date(2026, 2, 2), date(2027, 2, 1), date(2026, 2, 20), 1),
    ("not begun", date(2026, 4, 1), date(2027, 3, 31), None, 0),
]


@pytest.mark.parametrize(("what", "starts", "ends", "ended", "months"), RENTS, ids=[r[0] for r in RENTS])
def test_rent_falls_due_a_month_in_advance(
    what: str, starts: date, ends: date, ended: date | None, months: int
) -> None:
    lease = Contract(starts_on=starts, ends_on=ends, ended_on=ended, rent_fen=RENT, number="租 1")
    assert facts.rent_due(lease, FROM, UNTIL) == months * RENT


def test_nothing_let_is_unknown_never_full_marks() -> None:
    found = sold()
    buy(found)
    assert outcomes(assess(found))["4.5-operation"] == ["unknown"]


def test_lines_that_nobody_set_leave_the_indicators_unknown() -> None:
    found = sold()
    row = assess(found, params=BOOK)
    assert outcomes(row)["4.5-purchase"] == ["unknown"]


def test_a_movement_that_the_statement_does_not_bear_out_is_outside_the_account() -> None:
    found = sold(count=1)
    buy(found)
    account = laid.lay(
        SupervisedAccount(
            region=CITY,
            acquirer=found.acquirer,
            bank=laid.organisation("bank", "银行"),
            number="62",
            opened_on=FROM,
            maker=uuid7(),
        )
    )
    with scope(CITY):
        voucher = Voucher.objects.get(region=CITY, book__kind="project")
    values = {"region": CITY, "account": account, "balance_fen": 0, "counterparty": "x"}
    line = BankLine(
        booked_on=date(2026, 3, 2), reference="r1", amount_fen=voucher.bank_fen, voucher=voucher, how="reference",
        matched_on=date(2026, 3, 3), **values,
    )  # fmt: skip
    other = BankLine(booked_on=date(2026, 3, 3), reference="r2", amount_fen=1, **values)
    laid.lay(other)
    assert assess(found).indicators["outside_account_fen"] == abs(voucher.bank_fen) > 0
    laid.lay(line)
    assert assess(found).indicators["outside_account_fen"] == 0


def test_a_second_person_confirms_and_the_paper_is_issued() -> None:
    found = sold()
    buy(found)
    row = assess(found, account=(maker := uuid7()))
    with pytest.raises(Refused, match="不能是同一人"):
        acts.confirm_assessment(ctx=ctx(account=maker), assessment_id=row.id)
    done = acts.confirm_assessment(ctx=ctx(), assessment_id=row.id)
    assert done.checker and done.confirmed_on == date(2026, 4, 1)
    with scope(CITY):
        paper = Assessment.objects.select_related("paper").get(id=row.id).paper
        assert paper is not None
        said = "\n".join(texts_of(paper.data["blocks"]))
    assert "已收购套数" in said and "2 套" in said and found.acquirer.name in said
    with pytest.raises(Conflict, match="没有重复确认"):
        acts.confirm_assessment(ctx=ctx(), assessment_id=row.id)
    with pytest.raises(Refused, match="不能重算"):
        assess(found)


def test_facts_that_changed_meanwhile_are_not_confirmed() -> None:
    found = sold()
    row = assess(found)
    buy(found)
    with pytest.raises(Refused, match="已配售配租套数"):
        acts.confirm_assessment(ctx=ctx(), assessment_id=row.id)
    again = assess(found)
    assert again.id == row.id and again.indicators["units_allotted"] == 1
    acts.confirm_assessment(ctx=ctx(), assessment_id=row.id)


@pytest.mark.parametrize(("start", "end"), [(UNTIL, FROM), (FROM, date(2026, 4, 2))])
def test_a_period_that_is_not_over_is_refused(start: date, end: date) -> None:
    found = sold()
    with pytest.raises(InvalidInput, match="不晚于今天"):
        acts.assess_acquirer(ctx=ctx(), acquirer_id=found.acquirer.id, period_from=start, period_until=end)


def test_only_an_acquirer_is_assessed() -> None:
    with pytest.raises(InvalidInput, match="不是收购主体"):
        acts.assess_acquirer(
            ctx=ctx(), acquirer_id=laid.organisation("bank", "银行").id, period_from=FROM, period_until=UNTIL
        )


ATTACKS = [
    ("change a confirmed one", "UPDATE oversight_assessment SET indicators = '{}'", "AJ411"),
    ("delete one", "DELETE FROM oversight_assessment", "AJ411"),
]


@pytest.mark.parametrize(("what", "statement", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_keeps_a_confirmed_assessment(what: str, statement: str, code: str) -> None:
    row = assess(sold())
    acts.confirm_assessment(ctx=ctx(), assessment_id=row.id)
    with raw("admin") as database, pytest.raises(psycopg.Error) as caught:
        database.execute("ALTER TABLE oversight_assessment DISABLE TRIGGER guard")
        database.execute(statement)
    assert caught.value.sqlstate == code


SHAPES = [
    ("the same person twice", {"checker": "maker", "confirmed_on": date(2026, 4, 1)}, "assessment_two_people"),
    ("a checker without a day", {"checker": uuid7()}, "assessment_two_people"),
    ("a day without a checker", {"confirmed_on": date(2026, 4, 1)}, "assessment_two_people"),
    ("a period backwards", {"period_from": date(2026, 4, 1)}, "assessment_period"),
    ("a period that is not over", {"assessed_on": date(2026, 3, 1)}, "assessment_period"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changes", "constraint"), SHAPES, ids=[s[0] for s in SHAPES])
def test_the_database_refuses(what: str, changes: dict[str, Any], constraint: str) -> None:
    maker = uuid7()
    values = {
        "acquirer": laid.organisation("acquirer", "居安"), "period_from": FROM, "period_until": UNTIL, "indicators": {}, "verdicts": [],
        "assessed_on": date(2026, 4, 1), "maker": maker, **changes,
    }  # fmt: skip
    values["checker"] = maker if values.get("checker") == "maker" else values.get("checker")
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        laid.lay(Assessment(region=CITY, **values))
    assert caught.value.diag.constraint_name == constraint
