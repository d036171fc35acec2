"""4.3: the money, its account, its use, its order, its pace, its payee."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.policy.rules import money
from anju.policy.rules.money import Drawdown, ProceedsUse, Split
from anju.policy.verdict import Outcome
from support.book import inforce

P, F, W, U = Outcome.PASS, Outcome.FAIL, Outcome.WAIVABLE, Outcome.UNKNOWN


@pytest.mark.clause("4.3-1")
@pytest.mark.parametrize(
    ("loan_bank", "account_bank", "supervised", "outcome"),
    [
        ("甲行", "甲行", True, P),
        ("甲行", "乙行", True, F),
        ("甲行", "甲行", False, F),
        ("甲行", "甲行", None, U),
        ("", "甲行", True, U),
    ],
)
def test_money_goes_through_the_supervised_account_of_the_lending_bank(
    loan_bank: str, account_bank: str, supervised: bool | None, outcome: Outcome
) -> None:
    assert money.account(loan_bank, account_bank, supervised).outcome is outcome


SPLITS = [
    (100, 10, 200, Split(10, 90, 0)),
    (100, 10, 50, Split(10, 50, 40)),
    (5, 10, 50, Split(5, 0, 0)),
    (0, 10, 50, Split(0, 0, 0)),
    (100, 0, 0, Split(0, 0, 100)),
]


@pytest.mark.clause("4.3-2")
@pytest.mark.parametrize(("amount", "duty", "owed", "right"), SPLITS)
def test_a_receipt_serves_statutory_duties_then_the_loan_then_the_rest(
    amount: int, duty: int, owed: int, right: Split
) -> None:
    assert money.split(amount, statutory_due_fen=duty, loan_owed_fen=owed) == right
    assert money.waterfall(right, amount, statutory_due_fen=duty, loan_owed_fen=owed).outcome is P


@pytest.mark.clause("4.3-2")
def test_another_order_is_refused_and_an_unknown_loan_waits() -> None:
    assert money.waterfall(Split(0, 0, 100), 100, statutory_due_fen=0, loan_owed_fen=50).outcome is F
    assert money.waterfall(Split(0, 0, 100), 100, statutory_due_fen=0, loan_owed_fen=None).outcome is U


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_no_fen_of_a_receipt_is_lost(amount: int, duty: int, owed: int) -> None:
    found = money.split(amount, statutory_due_fen=duty, loan_owed_fen=owed)
    assert found.statutory_fen + found.loan_fen + found.remainder_fen == amount
    assert min(found.statutory_fen, found.loan_fen, found.remainder_fen) >= 0


@pytest.mark.clause("4.3-3")
@pytest.mark.parametrize(("one", "other", "outcome"), [("甲", "甲", P), ("甲", "乙", F), ("", "乙", U)])
def test_projects_never_share_money(one: str, other: str, outcome: Outcome) -> None:
    assert money.one_project(one, other).outcome is outcome


@pytest.mark.clause("4.3-4")
@pytest.mark.parametrize(
    ("use", "outcome"),
    [("purchase", P), ("renovation", P), ("other_reasonable", W), ("land", F), ("salary", F), ("", U)],
)
def test_loan_money_buys_homes_or_renovates_them(use: str, outcome: Outcome) -> None:
    assert money.loan_use(use, inforce()).outcome is outcome


@pytest.mark.clause("4.3-5")
@pytest.mark.parametrize(
    ("amount", "drawn", "reached", "outcome"),
    [(100, 0, 100, P), (101, 0, 100, F), (1, 100, 100, F), (0, 0, 100, F), (1, None, 9, U), (1, 0, None, U)],
)
def test_a_drawdown_keeps_to_the_progress_of_the_purchase(
    amount: int, drawn: int | None, reached: int | None, outcome: Outcome
) -> None:
    assert money.progress(Drawdown(amount, drawn, 1_000, reached)).outcome is outcome


@pytest.mark.clause("4.3-5")
@pytest.mark.parametrize(("amount", "outcome"), [(1_000, P), (1_001, F)])
def test_a_drawdown_keeps_within_the_loan(amount: int, outcome: Outcome) -> None:
    assert money.within_principal(Drawdown(amount, 0, 1_000, 9_999)).outcome is outcome


@pytest.mark.clause("4.3-5")
@pytest.mark.parametrize(
    ("to", "entitled", "outcome"), [("卖方", (), P), ("抵押行", ("抵押行",), P), ("中介", (), F), ("", (), U)]
)
def test_the_bank_pays_the_seller_or_one_entitled(to: str, entitled: tuple[str, ...], outcome: Outcome) -> None:
    assert money.payee(to, "卖方", entitled).outcome is outcome


USES = [
    ("own debt", ProceedsUse("own_debt", 100, 100, 500), P),
    ("more than the debt", ProceedsUse("own_debt", 101, 100, 500), F),
    ("an unfinished project of the group, debts paid", ProceedsUse("unfinished_group", 100, 0, 500, True, True), P),
    ("an unfinished project while debts stand", ProceedsUse("unfinished_own", 100, 1, 500, True, True), F),
    ("a finished project", ProceedsUse("unfinished_own", 100, 0, 500, False, True), F),
    ("outside the group", ProceedsUse("unfinished_group", 100, 0, 500, True, False), F),
    ("a dividend", ProceedsUse("dividend", 100, 0, 500), F),
    ("more than there is", ProceedsUse("own_debt", 600, 600, 500), F),
    ("debts unknown", ProceedsUse("own_debt", 100, None, 500), U),
    ("nobody knows whether it is finished", ProceedsUse("unfinished_own", 100, 0, 500, None, True), U),
]


@pytest.mark.clause("4.3-6")
@pytest.mark.parametrize(("why", "use", "outcome"), USES, ids=[u[0] for u in USES])
def test_the_sellers_proceeds_pay_this_projects_debts_first_then_unfinished_projects(
    why: str, use: ProceedsUse, outcome: Outcome
) -> None:
    assert money.proceeds(use).outcome is outcome, why
