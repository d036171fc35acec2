"""Receipts by the waterfall, subsidies, and what the seller does with its proceeds."""

from typing import Any

import pytest

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.acts.models import Refusal
from anju.base.regions import scope, uuid7
from anju.funds import acts
from anju.funds.models import Loan, ProceedsUse, Receipt
from anju.ledger import books, verify
from funds.world import CITY, DAY, PDF, World, loan, paid, world
from support.db import open_act, raw

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.3-2")]


def balance(found: World, purpose: str) -> int:
    with scope(CITY):
        book = books.find("project", found.project.id, region=CITY)
        assert book is not None
        return books.balance(book, purpose)


def problems() -> list[str]:
    with scope(CITY):
        return [str(p) for p in verify.verify_books(CITY)]


def duties(found: World, amount_fen: int) -> Any:
    return acts.state_duties(
        ctx=found.ctx(), project_id=found.project.id, amount_fen=amount_fen, document="税费测算 1 号"
    )


def receipt(found: World, amount_fen: int, **changes: Any) -> Receipt:
    values = {
        "project_id": found.project.id, "kind": "sale", "amount_fen": amount_fen, "received_on": DAY,
        "bank_reference": uuid7().hex[-12:],
    }  # fmt: skip
    return acts.record_receipt(ctx=found.ctx(), **{**values, **changes})


def parts(row: Receipt) -> tuple[int, int, int]:
    return row.statutory_fen, row.loan_fen, row.remainder_fen


def lent(found: World) -> int:
    """A loan drawn for the first step; what is owed."""
    paid(found, loan(found))
    return found.steps[0].amount_fen


def test_while_the_duties_are_not_stated_no_receipt_is_split_since_unknown_is_not_nothing() -> None:
    found = world()
    lent(found)
    with pytest.raises(Refused, match="法定义务") as caught:
        receipt(found, 100)
    assert caught.value.clause == "4.3-2"
    duties(found, 0)
    assert parts(receipt(found, 100)) == (0, 100, 0)


def test_receipts_fill_duties_then_the_loan_then_stay_with_the_project() -> None:
    found = world()
    owed = lent(found)
    duties(found, 1_500)
    rows = [receipt(found, 1_000), receipt(found, 1_000), receipt(found, owed)]
    assert [parts(r) for r in rows] == [(1_000, 0, 0), (500, 500, 0), (0, owed - 500, 500)]
    assert balance(found, "bank") == 2_000 + owed, "nothing is paid on before another person distributes it"
    made = acts.distribute_receipts(ctx=found.ctx("acquirer_finance_head"), project_id=found.project.id)
    assert (made.receipts_count, made.statutory_fen, made.loan_fen, made.remainder_fen) == (3, 1_500, owed, 500)
    assert [balance(found, p) for p in ("bank", "loan", "statutory")] == [500, 0, 1_500]
    with scope(CITY):
        assert Loan.objects.get().repaid_fen == owed
    assert problems() == []


def test_who_recorded_a_receipt_does_not_distribute_it_and_nothing_is_distributed_twice() -> None:
    found = world()
    lent(found)
    duties(found, 0)
    row = receipt(found, 100)
    with pytest.raises(Refused, match="另一人复核"):
        acts.distribute_receipts(ctx=found.ctx("acquirer_finance_head", account=row.maker), project_id=found.project.id)
    acts.distribute_receipts(ctx=found.ctx("acquirer_finance_head"), project_id=found.project.id, receipt_ids=[row.id])
    with pytest.raises(Refused, match="没有待分配"):
        acts.distribute_receipts(
            ctx=found.ctx("acquirer_finance_head"), project_id=found.project.id, receipt_ids=[row.id]
        )


def test_the_same_bank_number_is_one_receipt() -> None:
    found = world()
    duties(found, 0)
    receipt(found, 100, bank_reference="B1")
    with pytest.raises(Conflict):
        receipt(found, 200, bank_reference="B1")
    assert balance(found, "bank") == 100


BAD = [
    ({"amount_fen": 0}, "大于零"), ({"kind": "gift"}, "回款种类"), ({"received_on": DAY.replace(month=4)}, "到账日"),
    ({"unit_id": uuid7()}, "不在项目"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), BAD)
def test_a_receipt_that_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    found = world()
    duties(found, 0)
    with pytest.raises(InvalidInput, match=said):
        receipt(found, changes.pop("amount_fen", 100), **changes)


def test_earnest_money_that_a_contract_brought_in_is_a_receipt_too() -> None:
    found = world()
    owed = lent(found)
    duties(found, 0)
    with open_act(CITY) as ctx:
        from anju.ledger.models import Book

        earnest, project = Book.objects.get(kind="earnest"), books.find("project", found.project.id, region=CITY)
        assert project is not None
        for n, credit in enumerate(("sale_income", "deposits")):
            books.link(
                ctx=ctx, from_book=earnest, to_book=project, kind="earnest_to_project", amount_fen=1_000, document="合同", key=f"e{n}",
                to_credit=credit,
            )  # fmt: skip
    assert acts.split_earnest(ctx=found.ctx(), project_id=found.project.id) == 1, (
        "a tenancy deposit is owed back: no receipt"
    )
    assert acts.split_earnest(ctx=found.ctx(), project_id=found.project.id) == 0
    with scope(CITY):
        assert parts(Receipt.objects.get()) == (0, min(1_000, owed), 0)


ATTACKS = [
    ("UPDATE funds_receipt SET loan_fen = 0, remainder_fen = remainder_fen + loan_fen", "frozen"),
    ("DELETE FROM funds_receipt", "stays"),
    ("UPDATE funds_dutystatement SET amount_fen = 0", "stays"),
    ("INSERT INTO funds_receipt (id, region, kind, amount_fen, received_on, statutory_fen, loan_fen, remainder_fen, bank_reference, maker,"
     " project_id, statement_id, voucher_id) SELECT gen_random_uuid(), region, kind, 5, received_on, 1, 1, 1, '', maker, project_id,"
     " statement_id, voucher_id FROM funds_receipt", "waterfall_adds_up"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "said"), ATTACKS)
def test_a_split_once_made_is_never_changed(statement: str, said: str) -> None:
    found = world()
    lent(found)
    duties(found, 10)
    receipt(found, 100)
    with pytest.raises(Exception, match=said), open_act(CITY):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement)


# Subsidies


@pytest.mark.clause("4.2-1")
def test_a_subsidy_is_applied_for_by_one_and_recorded_as_received_by_another() -> None:
    found = world()
    values = {"project_id": found.project.id, "level": "province", "document": "黑财〔2026〕1 号", "amount_fen": 700}
    row = acts.apply_subsidy(ctx=found.ctx(), **values)

    def head(**changes: Any) -> Any:
        return found.ctx("acquirer_finance_head", **changes)

    assert balance(found, "subsidy") == 0
    with pytest.raises(Refused, match="另一人复核"):
        acts.grant_subsidy(ctx=head(account=row.maker), subsidy_id=row.id, granted_on=DAY, bank_reference="S1")
    acts.grant_subsidy(ctx=found.ctx("acquirer_finance_head"), subsidy_id=row.id, granted_on=DAY, bank_reference="S1")
    assert (balance(found, "bank"), balance(found, "subsidy")) == (700, -700)
    with pytest.raises(Conflict, match="没有重复登记"):
        acts.grant_subsidy(
            ctx=found.ctx("acquirer_finance_head"), subsidy_id=row.id, granted_on=DAY, bank_reference="S2"
        )
    with pytest.raises(Conflict, match="已登记在本项目"):
        acts.apply_subsidy(ctx=found.ctx(), **values)


# The seller's proceeds


def use(found: World, **changes: Any) -> ProceedsUse:
    values = {
        "project_id": found.project.id, "use": "own_debt", "target": "工程款", "amount_fen": 1_000, "used_on": DAY,
        "evidence_name": "凭据.pdf",
        "evidence": PDF,
    }  # fmt: skip
    return acts.record_proceeds_use(ctx=found.ctx("developer_agent"), **{**values, **changes})


@pytest.mark.clause("4.3-6")
def test_the_sellers_money_repays_the_projects_debts_first_and_then_only_unfinished_projects() -> None:
    found = world(debt_fen=1_000)
    lent(found)
    other = {
        "use": "unfinished_group",
        "target": "集团另一项目",
        "target_unfinished": True,
        "target_in_group": True,
        "amount_fen": 100,
    }
    with pytest.raises(Refused, match="请先偿还本项目债务") as caught:
        use(found, **other)
    assert caught.value.clause == "4.3-6"
    use(found, amount_fen=1_000)
    use(found, **other)
    wrong = [
        ({"target_unfinished": False}, "已建成或不属于"),
        ({"target_in_group": None}, "缺少"),
        ({"use": "dividend"}, "截留他用"),
    ]
    for changes, said in wrong:
        with pytest.raises(Refused, match=said):
            use(found, **{**other, **changes})
    with scope(CITY):
        assert ProceedsUse.objects.count() == 2
        kept = Refusal.objects.filter(name="funds.record_proceeds_use")
        assert kept.count() == 4 and {r.object_id for r in kept} == {found.project.id}


@pytest.mark.clause("4.3-6")
@pytest.mark.parametrize(
    ("debt", "paid_out", "changes", "said"),
    [
        (None, True, {}, "缺少"),
        (1_000, True, {"amount_fen": 1_001}, "多于本项目债务"),
        (1_000, False, {}, "不在所得资金余额"),
    ],
)
def test_a_use_of_unknown_debts_of_too_much_or_of_money_not_received_is_refused(
    debt: int | None, paid_out: bool, changes: dict[str, Any], said: str
) -> None:
    found = world(debt_fen=debt)
    if paid_out:
        lent(found)
    with pytest.raises(Refused, match=said):
        use(found, **changes)


@pytest.mark.clause("4.3-6")
def test_a_developer_speaks_for_its_own_projects_only() -> None:
    found = world()
    lent(found)
    with pytest.raises(Forbidden, match="不是本企业"):
        acts.record_proceeds_use(
            ctx=found.ctx("developer_agent", organisation=found.other_bank.id), project_id=found.project.id, use="own_debt", target="x",
            amount_fen=1, used_on=DAY, evidence_name="x.pdf", evidence=PDF,
        )  # fmt: skip


TABLES = [
    "loan",
    "payment",
    "receipt",
    "bankline",
    "supervisedaccount",
    "subsidy",
    "proceedsuse",
    "dutystatement",
    "distribution",
]


def test_another_countys_scope_shows_none_of_the_money() -> None:
    found = world()
    lent(found)
    with raw("app", region="231221") as database:
        for table in TABLES:
            assert database.execute(f"SELECT count(*) FROM funds_{table}").fetchone() == (0,)
