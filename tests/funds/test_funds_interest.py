"""A loan's interest: counted from what was really drawn and repaid, shown on its page, and never paid beyond what has run up."""

from datetime import date, timedelta
from typing import Any

import pytest

from anju.base.acts import Refused
from anju.base.regions import scope
from anju.funds import acts, reads
from anju.funds.models import Loan, LoanRepayment
from funds.world import CITY, DAY, World, held, loan, paid, world
from offering.programme import refused_by_database, sql
from support.desk import signed_in, text

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.3-2")]


def interest(lent: Any, until: date) -> Any:
    with scope(CITY):
        return reads.interest_of(Loan.objects.get(id=lent.id), until)


def received(found: World, amount_fen: int, reference: str) -> None:
    """Money of sales, paid on to the loan by another person."""
    acts.record_receipt(
        ctx=found.ctx(), project_id=found.project.id, kind="sale", amount_fen=amount_fen, received_on=found.today,
        bank_reference=reference,
    )  # fmt: skip
    acts.distribute_receipts(ctx=found.ctx("acquirer_finance_head"), project_id=found.project.id)


def pay(found: World, lent: Any, amount_fen: int, day: date, reference: str = "I1") -> Any:
    return acts.pay_interest(
        ctx=found.ctx(), loan_id=lent.id, amount_fen=amount_fen, paid_on=day, bank_reference=reference
    )


def test_interest_runs_on_what_was_drawn_and_less_on_what_was_repaid_and_is_settled_by_quarters() -> None:
    found = world()
    lent = loan(found)
    drawn = paid(found, lent).amount_fen
    acts.state_duties(ctx=found.ctx(), project_id=found.project.id, amount_fen=0, document="无")
    assert interest(lent, DAY).total_fen == 0, "nothing on the day it is drawn"
    found.later(30)
    back = drawn // 2
    received(found, back, "R1")
    # Settled on the 21st: 2 March to 21 March at all of it, to 1 April too; from then on half.
    assert interest(lent, date(2026, 4, 1)).due_fen == (drawn * 19 * 300 * 2 + 3_600_000) // 7_200_000
    by_hand = drawn * 11 * 300 + (drawn - back) * 81 * 300
    found.later(100)
    got = interest(lent, date(2026, 6, 30))
    assert [s.due_on for s in got.settlements] == [date(2026, 3, 21), date(2026, 6, 21)]
    assert got.settlements[1].interest_fen == (by_hand * 2 + 3_600_000) // 7_200_000
    with scope(CITY):
        rows = LoanRepayment.objects.filter(loan=lent.id)
        assert [(r.repaid_on, r.amount_fen) for r in rows] == [(DAY + timedelta(days=30), back)]
        assert sum(r.amount_fen for r in rows) == Loan.objects.get(id=lent.id).repaid_fen


def test_a_payment_that_came_back_bears_interest_for_the_days_it_was_drawn() -> None:
    found = world()
    lent = loan(found)
    row = held(found, lent)
    found.later(6)
    acts.return_payment(ctx=found.ctx("bank_officer"), payment_id=row.id, reason="退票")
    found.later(60)
    assert interest(lent, found.today).total_fen == (row.amount_fen * 6 * 300 * 2 + 3_600_000) // 7_200_000


def test_no_more_interest_is_paid_than_has_run_up_to_the_day() -> None:
    found = world()
    lent = loan(found)
    paid(found, lent)
    acts.state_duties(ctx=found.ctx(), project_id=found.project.id, amount_fen=0, document="无")
    acts.record_capital(ctx=found.ctx(), amount_fen=9_000_000_00, received_on=DAY, bank_reference="C1")
    asked = acts.ask_own_funds(ctx=found.ctx(), project_id=found.project.id, amount_fen=5_000_000_00, document="决议")
    acts.bring_own_funds(
        ctx=found.ctx("acquirer_finance_head"), own_funds_id=asked.id, moved_on=DAY, bank_reference="O1"
    )
    found.later(30)
    all_of_it = interest(lent, found.today).total_fen
    with pytest.raises(Refused, match="多于应计未付") as caught:
        pay(found, lent, all_of_it + 1, found.today)
    assert caught.value.clause == "4.3-2"
    with pytest.raises(Refused, match="多于应计未付"):
        pay(found, lent, all_of_it, found.today - timedelta(days=1))
    pay(found, lent, all_of_it - 1, found.today)
    with pytest.raises(Refused, match=r"多于应计未付 0\.01 元"):
        pay(found, lent, 2, found.today, "I2")
    pay(found, lent, 1, found.today, "I3")
    client = signed_in("acquirer_finance", organisation=found.acquirer)
    page = text(client.get(f"/funds/loans/{lent.id}/"))
    for said in ("应计至今天", "其中已到结息日", "到期未付", "I1", "I3"):
        assert said in page, said
    assert f"{all_of_it / 100:,.2f}" in page
    assert "应计未付" in text(client.get(f"/funds/loans/{lent.id}/interest/"))
    bank = text(signed_in("bank_officer", organisation=found.bank).get(f"/funds/loans/{lent.id}/"))
    assert "应计至今天" not in bank, "a bank does not read the acquirer's books"


def test_a_repayment_stays_as_it_was() -> None:
    found = world()
    lent = loan(found)
    paid(found, lent)
    acts.state_duties(ctx=found.ctx(), project_id=found.project.id, amount_fen=0, document="无")
    received(found, 1_000, "R1")
    for statement in ("UPDATE funds_loanrepayment SET amount_fen = 1", "DELETE FROM funds_loanrepayment"):
        assert refused_by_database(sql(statement)) == "AJ005"
