"""Loan and payment: at the supervised account, by progress, to the seller, by three people; the money is held until it is paid."""

from typing import Any

import psycopg
import pytest

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.acts.models import Refusal
from anju.base.regions import scope
from anju.base.tickets.models import Ticket
from anju.funds import acts
from anju.funds.models import Loan, LoanOffer, Payment
from anju.ledger import books, verify
from anju.ledger.models import Voucher
from anju.purchase.models import Agreement
from funds.world import CITY, DAY, World, account, held, loan, offer, paid, reach, request, world
from offering.programme import refused_by_database, sql
from support.db import raw

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.3-5")]


def balance(found: World, purpose: str) -> int:
    with scope(CITY):
        book = books.find("project", found.project.id, region=CITY)
        assert book is not None
        return books.balance(book, purpose)


def problems() -> list[str]:
    with scope(CITY):
        return [str(p) for p in verify.verify_books(CITY)]


# The account and the loan


@pytest.mark.clause("4.3-1")
def test_the_loan_is_drafted_into_the_supervised_account_at_the_lending_bank_alone() -> None:
    found = world()
    other = account(found, bank_id=found.other_bank.id)
    with pytest.raises(Refused, match=r"须经.*的资金监管专户") as caught:
        acts.draft_loan(ctx=found.ctx(), offer_id=offer(found).id, account_id=other.id, number="贷 1")
    assert caught.value.clause == "4.3-1"


@pytest.mark.clause("4.3-1")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"number": "12ab"}, InvalidInput),
        ({"number": "123"}, InvalidInput),
        ({"document": " "}, InvalidInput),
        ({"opened_on": DAY.replace(month=4)}, InvalidInput),
    ],
)
def test_an_account_that_cannot_be_is_refused(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        account(world(), **changes)


def test_one_supervised_account_per_bank() -> None:
    found = world()
    account(found)
    with pytest.raises(Conflict, match="一家贷款银行一个专户"):
        account(found, number="23050166710100000002")


@pytest.mark.clause("4.2-2")
def test_a_second_person_signs_the_loan_and_the_book_has_room_for_it_from_then_on() -> None:
    found = world()
    row = acts.draft_loan(ctx=found.ctx(), offer_id=offer(found).id, account_id=account(found).id, number="贷 1")
    with pytest.raises(Refused, match="另一人复核"):
        acts.sign_loan(ctx=found.ctx("acquirer_finance_head", account=row.maker), loan_id=row.id)
    with scope(CITY):
        assert books.available(books.find("project", found.project.id, region=CITY), "loan") == 0
        assert LoanOffer.objects.get().state == "accepted"
    acts.sign_loan(ctx=found.ctx("acquirer_finance_head"), loan_id=row.id)
    with scope(CITY):
        assert books.available(books.find("project", found.project.id, region=CITY), "loan") == row.principal_fen
    with pytest.raises(Refused, match="不能变为"):
        acts.sign_loan(ctx=found.ctx("acquirer_finance_head"), loan_id=row.id)


@pytest.mark.clause("4.2-2")
@pytest.mark.parametrize(
    "changes",
    [{"months": 0}, {"rate_bp": 2401}, {"period_months": 7}, {"valid_until": DAY.replace(month=1)}, {"method": "x"}],
)
def test_terms_that_give_no_schedule_are_not_taken(changes: dict[str, Any]) -> None:
    found = world()
    with pytest.raises(InvalidInput):
        offer(found, **changes)
    with scope(CITY):
        assert LoanOffer.objects.count() == 0


@pytest.mark.clause("4.2-2")
def test_an_offer_past_its_days_and_one_taken_before_cannot_be_taken() -> None:
    found = world()
    first, where = offer(found), account(found)
    acts.draft_loan(ctx=found.ctx(), offer_id=first.id, account_id=where.id, number="贷 1")
    with pytest.raises(Refused, match="已采用"):
        acts.draft_loan(ctx=found.ctx(), offer_id=first.id, account_id=where.id, number="贷 2")
    second = offer(found)
    found.later(91)
    with pytest.raises(Refused, match="有效期"):
        acts.draft_loan(ctx=found.ctx(), offer_id=second.id, account_id=where.id, number="贷 3")


def test_a_draft_taken_back_frees_its_offer() -> None:
    found = world()
    row = acts.draft_loan(ctx=found.ctx(), offer_id=offer(found).id, account_id=account(found).id, number="贷 1")
    acts.withdraw_loan(ctx=found.ctx(), loan_id=row.id, reason="改用另一家")
    with scope(CITY):
        assert (Loan.objects.get().state, LoanOffer.objects.get().state) == ("withdrawn", "offered")


# The payment


def test_a_payment_passes_three_people_is_held_and_posted_when_the_bank_has_paid() -> None:
    found = world()
    lent = loan(found)
    row = request(found, lent)
    with scope(CITY):
        assert list(Ticket.objects.filter(object_id=row.id, done_on=None).values_list("post", "organisation")) == [
            ("bank_officer", found.bank.id)
        ]
    acts.examine_payment(ctx=found.ctx("bank_officer"), payment_id=row.id)
    acts.approve_payment(ctx=found.ctx("bank_checker"), payment_id=row.id)
    assert (balance(found, "loan"), balance(found, "entrusted"), balance(found, "homes")) == (
        -row.amount_fen,
        row.amount_fen,
        0,
    )
    with scope(CITY):
        assert books.available(books.find("project", found.project.id, region=CITY), "entrusted") == 0, (
            "held for the seller"
        )
    acts.settle_payment(ctx=found.ctx("bank_officer"), payment_id=row.id, paid_on=DAY, bank_reference="P1")
    assert (balance(found, "entrusted"), balance(found, "homes")) == (0, row.amount_fen)
    with scope(CITY):
        row = Payment.objects.select_related("voucher", "loan").get(id=row.id)
        assert (row.state, row.voucher.bank_fen, row.voucher.reference, row.loan.drawn_fen) == (
            "paid",
            -row.amount_fen,
            "P1",
            row.amount_fen,
        )
        assert row.voucher.maker == row.maker and row.voucher.checker == row.checker
        assert not Ticket.objects.filter(object_id=row.id, done_on=None).exists()
    assert problems() == []


def refused(found: World, lent: Any, **changes: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        request(found, lent, **changes)
    return caught.value


def test_a_payment_beyond_the_milestones_reached_is_refused_and_the_refusal_kept() -> None:
    found = world()
    lent = loan(found)
    error = refused(found, lent, amount_fen=found.steps[0].amount_fen + 1)
    assert (error.clause, error.verdicts[0].rule) == ("4.3-5", "4.3-5-progress")
    assert "收购进度为" in error.sentence
    with scope(CITY):
        kept = Refusal.objects.get(name="funds.request_payment")
        assert (kept.object_id, kept.clause) == (found.project.id, "4.3-5")
        assert not Payment.objects.exists()


def test_a_payee_who_is_not_the_seller_is_refused() -> None:
    found = world()
    error = refused(found, loan(found), payee_id=found.other_bank.id)
    assert error.verdicts[0].rule == "4.3-5-payee"


def test_a_step_not_reached_pays_nothing() -> None:
    found = world(reached=0)
    assert refused(found, loan(found)).verdicts[0].rule == "4.3-5-progress"


def test_more_than_the_loan_is_refused_even_when_progress_allows_it() -> None:
    found = world()
    lent = loan(found, principal_fen=found.steps[0].amount_fen - 1)
    assert refused(found, lent).verdicts[0].rule == "4.3-5-principal"


def test_what_others_have_asked_for_counts_against_the_loan() -> None:
    found = world(reached=2)
    lent = loan(found, principal_fen=found.steps[0].amount_fen + 10)
    request(found, lent)
    error = refused(found, lent, milestone_id=found.steps[1].id, amount_fen=11)
    assert error.verdicts[0].rule == "4.3-5-principal"


def test_a_step_is_paid_once_from_one_source() -> None:
    found = world()
    lent = loan(found)
    request(found, lent, amount_fen=1)
    with pytest.raises(Conflict, match="没有重复申请"):
        request(found, lent, amount_fen=1)


@pytest.mark.clause("4.3-4")
def test_renovation_needs_its_contract_and_another_use_an_approval_each_time() -> None:
    found = world()
    lent = loan(found)
    builder = found.other_bank
    values = {"milestone_id": None, "payee_id": builder.id, "amount_fen": 500}
    with pytest.raises(InvalidInput, match="合同或发票号"):
        request(found, lent, use="renovation", **values)
    acts.approve_payment(
        ctx=found.ctx("bank_checker"),
        payment_id=acts.examine_payment(
            ctx=found.ctx("bank_officer"),
            payment_id=request(found, lent, use="renovation", document="装修合同 1", **values).id,
        ).id,
    )
    with pytest.raises(Refused, match="逐笔报批"):
        request(found, lent, use="other_reasonable", document="检测合同", **values)
    row = request(found, lent, use="other_reasonable", document="检测合同", use_reason="入住前检测", **values)
    assert row.state == "reported"
    with pytest.raises(Refused, match="不能变为"):
        acts.examine_payment(ctx=found.ctx("bank_officer"), payment_id=row.id)
    acts.approve_use(ctx=found.ctx("office_head"), payment_id=row.id)
    acts.examine_payment(ctx=found.ctx("bank_officer"), payment_id=row.id)
    acts.approve_payment(ctx=found.ctx("bank_checker"), payment_id=row.id)
    acts.settle_payment(ctx=found.ctx("bank_officer"), payment_id=row.id, paid_on=DAY, bank_reference="P9")
    assert balance(found, "operating") == 500
    assert problems() == []


@pytest.mark.parametrize("who", ["maker examines", "maker approves", "examiner approves"])
def test_nobody_stands_in_two_places(who: str) -> None:
    found = world()
    row = request(found, loan(found))
    maker = row.maker
    if who == "maker examines":
        with pytest.raises(Refused, match="另一人复核"):
            acts.examine_payment(ctx=found.ctx("bank_officer", account=maker), payment_id=row.id)
        return
    row = acts.examine_payment(ctx=found.ctx("bank_officer"), payment_id=row.id)
    with pytest.raises(Refused, match="另一人复核"):
        acts.approve_payment(
            ctx=found.ctx("bank_checker", account=maker if who == "maker approves" else row.examiner), payment_id=row.id
        )


def test_another_banks_people_do_nothing_here() -> None:
    found = world()
    row = request(found, loan(found))
    for act, post in ((acts.examine_payment, "bank_officer"), (acts.approve_payment, "bank_checker")):
        with pytest.raises(Forbidden, match="不是本行"):
            act(ctx=found.ctx(post, organisation=found.other_bank.id), payment_id=row.id)
    with pytest.raises(Forbidden):
        acts.refuse_payment(
            ctx=found.ctx("bank_officer", organisation=found.other_bank.id), payment_id=row.id, reason="x"
        )


def test_a_request_sent_back_leaves_room_for_another() -> None:
    found = world()
    lent = loan(found)
    row = request(found, lent)
    acts.refuse_payment(ctx=found.ctx("bank_officer"), payment_id=row.id, reason="证明不全")
    with scope(CITY):
        assert Payment.objects.get(id=row.id).end_reason == "证明不全"
    assert request(found, lent).ordinal == 2


def test_a_payment_that_came_back_unpaid_goes_back_to_the_loan() -> None:
    found = world()
    lent = loan(found)
    row = held(found, lent)
    acts.return_payment(ctx=found.ctx("bank_officer"), payment_id=row.id, reason="账号不符退票")
    assert (balance(found, "loan"), balance(found, "entrusted"), balance(found, "homes")) == (0, 0, 0)
    with scope(CITY):
        assert Loan.objects.get(id=lent.id).drawn_fen == 0
    paid(found, lent)
    assert balance(found, "homes") == row.amount_fen
    assert problems() == []


def own_funds(found: World, amount_fen: int, reference: str = "O0") -> Any:
    """Own funds asked for by one person and moved by another."""
    asked = acts.ask_own_funds(
        ctx=found.ctx(), project_id=found.project.id, amount_fen=amount_fen, document="董事会决议 1 号"
    )
    return acts.bring_own_funds(
        ctx=found.ctx("acquirer_finance_head"), own_funds_id=asked.id, moved_on=DAY, bank_reference=reference
    )


@pytest.mark.clause("4.3-3")
def test_own_funds_are_moved_by_another_person_than_asked_for_them_once_and_as_they_were_asked_for() -> None:
    found = world()
    loan(found)
    acts.record_capital(ctx=found.ctx(), amount_fen=5_000, received_on=DAY, bank_reference="C1")
    asked = acts.ask_own_funds(ctx=found.ctx(), project_id=found.project.id, amount_fen=3_000, document="决议 1 号")
    head = found.ctx("acquirer_finance_head")
    moved = {"own_funds_id": asked.id, "moved_on": DAY, "bank_reference": "O1"}
    with scope(CITY):
        assert Ticket.objects.get(object_id=asked.id).post == "acquirer_finance_head"
    with pytest.raises(Refused, match="另一人"):
        acts.bring_own_funds(ctx=found.ctx("acquirer_finance_head", account=asked.maker), **moved)
    for what, statement, held_by in (
        (
            "by one person",
            "UPDATE funds_ownfunds SET checker = maker, moved_on = asked_on, voucher_id = id",
            "own_funds_two_people",
        ),
        (
            "without a voucher",
            "UPDATE funds_ownfunds SET checker = gen_random_uuid(), moved_on = asked_on",
            "moved_own_funds_are_posted",
        ),
        ("another sum", "UPDATE funds_ownfunds SET amount_fen = 4000", "AJ005"),
        ("away", "DELETE FROM funds_ownfunds", "AJ005"),
    ):
        assert refused_by_database(sql(f"{statement} WHERE id = %s", asked.id)) == held_by, what
    row = acts.bring_own_funds(ctx=head, **moved)
    assert row.voucher_id and (balance(found, "bank"), balance(found, "capital")) == (3_000, -3_000)
    with scope(CITY):
        voucher = Voucher.objects.get(id=row.voucher_id)
    assert (voucher.maker, voucher.checker) == (asked.maker, head.account)
    for again in (
        lambda: acts.bring_own_funds(ctx=head, **{**moved, "bank_reference": "O2"}),
        lambda: acts.withdraw_own_funds(ctx=found.ctx(), own_funds_id=asked.id, reason="重报"),
    ):
        with pytest.raises(Conflict, match="已于 2026-03-02 投入"):
            again()
    other = acts.ask_own_funds(ctx=found.ctx(), project_id=found.project.id, amount_fen=1, document="决议 2 号")
    acts.withdraw_own_funds(ctx=found.ctx(), own_funds_id=other.id, reason="填错")
    with pytest.raises(Conflict, match="已于 2026-03-02 撤回"):
        acts.bring_own_funds(ctx=head, own_funds_id=other.id, moved_on=DAY, bank_reference="O3")
    with scope(CITY):
        assert not Ticket.objects.filter(kind="funds.bring_own_funds", done_on__isnull=True).exists()


@pytest.mark.clause("4.3-3")
def test_own_funds_come_from_the_acquirers_own_book_and_pay_a_step_too() -> None:
    found = world()
    loan(found)
    acts.record_capital(ctx=found.ctx(), amount_fen=9_000_000_00, received_on=DAY, bank_reference="C1")
    with pytest.raises(Refused, match="不足以支出"):
        own_funds(found, 9_000_000_01)
    own_funds(found, found.steps[0].amount_fen, "O1")
    row = acts.request_payment(
        ctx=found.ctx(), project_id=found.project.id, source="own", use="purchase", payee_id=found.developer.id,
        milestone_id=found.steps[0].id, amount_fen=found.steps[0].amount_fen,
    )  # fmt: skip
    acts.examine_payment(ctx=found.ctx("bank_officer"), payment_id=row.id)
    acts.approve_payment(ctx=found.ctx("bank_checker"), payment_id=row.id)
    acts.settle_payment(ctx=found.ctx("bank_officer"), payment_id=row.id, paid_on=DAY, bank_reference="P1")
    assert (balance(found, "bank"), balance(found, "homes"), balance(found, "loan")) == (
        0,
        found.steps[0].amount_fen,
        0,
    )
    assert problems() == []


def test_with_the_last_step_paid_the_agreement_is_done() -> None:
    found = world()
    lent = loan(found)
    for at in range(3):
        reach(found, at)
        paid(found, lent, milestone_id=found.steps[at].id, amount_fen=found.steps[at].amount_fen)
    with scope(CITY):
        row = Agreement.objects.select_related("project").get(id=found.agreement.id)
        assert (row.state, row.project.state) == ("completed", "delivered")


# Against the database


SECOND = (
    "INSERT INTO funds_supervisedaccount (id, region, number, document, opened_on, maker, acquirer_id, bank_id)"
    " SELECT gen_random_uuid(), region, '99999999', document, opened_on, maker, acquirer_id, bank_id FROM funds_supervisedaccount"
)
PAID = "UPDATE funds_payment SET state = 'paid', paid_on = now(), bank_reference = 'x'"
ATTACKS = [
    ("held without the bank", "UPDATE funds_payment SET state = 'held'", "no_payment_without_the_bank"),
    ("paid without a voucher", PAID, "a_paid_payment_has_its_voucher"),
    (
        "the maker as checker",
        "UPDATE funds_payment SET checker = maker, examiner = gen_random_uuid()",
        "payment_three_people",
    ),
    ("no amount", "UPDATE funds_payment SET amount_fen = 0", "payment_amount"),
    ("a loan payment without a loan", "UPDATE funds_payment SET loan_id = NULL", "payment_source"),
    ("a purchase without a milestone", "UPDATE funds_payment SET milestone_id = NULL", "payment_has_its_ground"),
    ("drawn beyond the principal", "UPDATE funds_loan SET drawn_fen = principal_fen + 1", "loan_drawn_within"),
    ("repaid more than drawn", "UPDATE funds_loan SET repaid_fen = 1", "loan_drawn_within"),
    ("one person's loan", "UPDATE funds_loan SET checker = maker", "loan_two_people"),
    ("an impossible term", "UPDATE funds_loan SET months = 0", "loan_terms"),
    ("a second account at the bank", SECOND, "one_supervised_account_per_bank"),
]


@pytest.mark.parametrize(("what", "statement", "constraint"), ATTACKS, ids=[row[0] for row in ATTACKS])
def test_the_database_refuses_it_even_inside_an_act(what: str, statement: str, constraint: str) -> None:
    found = world()
    request(found, loan(found))
    from support.db import open_act

    with pytest.raises(Exception, match=constraint), open_act(CITY):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement)


def test_money_rows_change_inside_acts_only() -> None:
    found = world()
    request(found, loan(found))
    for table in ("payment", "loan", "loanoffer", "supervisedaccount"):
        with raw("app", region=CITY) as database, pytest.raises(psycopg.Error) as caught:
            database.execute(f"UPDATE funds_{table} SET id = id")
        assert caught.value.sqlstate == "AJ003"


def test_a_bank_sees_its_own_payments_and_loans_and_the_developer_never_sees_the_loan() -> None:
    found = world()
    lent = loan(found)
    row = request(found, lent)
    for party, loans, payments in ((found.bank, 1, 1), (found.other_bank, 0, 0), (found.developer, 0, 1)):
        with scope(CITY, party=party.id, role="anju_party"):
            assert (Loan.objects.count(), Payment.objects.filter(id=row.id).count()) == (loans, payments), party.name
