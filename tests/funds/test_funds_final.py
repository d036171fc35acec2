"""What was made of the money stays as it was made, against anybody who holds an open act and writes the tables himself."""

import pytest
from django.db import connection

from anju.base.regions import scope
from anju.funds import acts
from anju.ledger import books
from funds.test_funds_receipts import duties, lent, receipt
from funds.world import CITY, DAY, held, loan, request, world
from offering.programme import refused_by_database, sql
from support.db import open_act

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.3-5")]

ALWAYS = [
    "DELETE FROM funds_payment",
    "UPDATE funds_payment SET amount_fen = amount_fen + 1",
    "UPDATE funds_payment SET payee_id = (SELECT bank_id FROM funds_supervisedaccount LIMIT 1)",
    "UPDATE funds_payment SET requested_on = requested_on - 1",
    "UPDATE funds_payment SET use_reason = '另一个用途'",
    "DELETE FROM funds_loan",
    "UPDATE funds_loan SET principal_fen = principal_fen * 2",
    "UPDATE funds_loan SET rate_bp = rate_bp + 1",
    "UPDATE funds_loan SET months = months + 12",
    "UPDATE funds_loan SET number = number || '改'",
    "UPDATE funds_loan SET signed_on = signed_on - 1",
    "UPDATE funds_loan SET checker = gen_random_uuid()",
    "UPDATE funds_loan SET state = 'drafted', drawn_fen = 0, repaid_fen = 0",
    "DELETE FROM funds_loanoffer",
    "UPDATE funds_loanoffer SET rate_bp = 0",
    "DELETE FROM funds_subsidy",
    "UPDATE funds_subsidy SET amount_fen = amount_fen + 1",
    "UPDATE funds_subsidy SET document = '另一份文件'",
]
HELD = [
    "UPDATE funds_payment SET state = 'requested'",
    "UPDATE funds_payment SET checker = gen_random_uuid()",
    "UPDATE funds_payment SET examiner = gen_random_uuid()",
    "UPDATE funds_payment SET drawdown_voucher_id = NULL",
]
PAID = [
    "UPDATE funds_payment SET state = 'returned'",
    "UPDATE funds_payment SET bank_reference = '另一张回单'",
    "UPDATE funds_payment SET paid_on = paid_on - 1",
    "UPDATE funds_payment SET end_reason = '改'",
    "UPDATE funds_subsidy SET bank_reference = '另一张回单'",
    "UPDATE funds_subsidy SET granted_on = granted_on - 1",
]


def refuse(*statements: str) -> None:
    for statement in statements:
        assert refused_by_database(sql(statement)) == "AJ005", statement


@pytest.mark.clause("4.2-1")
@pytest.mark.clause("4.2-2")
def test_a_payment_a_loan_and_a_subsidy_stay_as_they_were_made_and_end_once() -> None:
    found = world()
    signed = loan(found)
    given = acts.apply_subsidy(
        ctx=found.ctx(), project_id=found.project.id, level="province", document="黑财〔2026〕1 号", amount_fen=700
    )
    row = held(found, signed)
    refuse(*ALWAYS, *HELD)
    acts.settle_payment(ctx=found.ctx("bank_officer"), payment_id=row.id, paid_on=DAY, bank_reference="P1")
    acts.grant_subsidy(ctx=found.ctx("acquirer_finance_head"), subsidy_id=given.id, granted_on=DAY, bank_reference="S1")
    refuse(*ALWAYS, *PAID)
    refuse("DELETE FROM funds_supervisedaccount", "UPDATE funds_supervisedaccount SET number = '88888888'")


def test_a_request_sent_back_is_not_raised_again_by_hand() -> None:
    found = world()
    row = request(found, loan(found))
    acts.refuse_payment(ctx=found.ctx("bank_officer"), payment_id=row.id, reason="材料不全")
    refuse("UPDATE funds_payment SET state = 'examined'", "UPDATE funds_payment SET end_reason = ''")


def test_a_distribution_stays_as_it_was_paid_on() -> None:
    found = world()
    lent(found)
    duties(found, 10)
    receipt(found, 100)
    acts.distribute_receipts(ctx=found.ctx("acquirer_finance_head"), project_id=found.project.id)
    refuse("DELETE FROM funds_distribution", "UPDATE funds_distribution SET loan_fen = 0")


def test_a_book_has_no_more_room_for_loans_than_the_loans_that_were_signed() -> None:
    found = world()
    with scope(CITY):
        book = books.find("project", found.project.id, region=CITY)
    assert book is not None

    def limit(fen: int) -> None:
        with open_act(CITY) as ctx, connection.cursor() as cursor:
            cursor.execute("SELECT ledger_set_limit(%s, %s, %s, 'loan', %s)", [CITY, ctx.act, book.id, fen])

    with pytest.raises(Exception, match="its signed loans are of 0 fen"):
        limit(1)  # none is signed yet
    principal = loan(found).principal_fen
    limit(principal - 1)
    limit(principal)
    with pytest.raises(Exception, match=f"its signed loans are of {principal} fen") as caught:
        limit(principal + 1)
    assert caught.value.__cause__.diag.constraint_name == "limit_within_loans"  # type: ignore[union-attr]
