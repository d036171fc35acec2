"""The bank's statement: taken in as it is, whole, and matched to the fen or not at all."""

from datetime import date, timedelta
from typing import Any

import pytest

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.regions import scope
from anju.base.sheets import loads
from anju.base.sheets.check import Checked, check_table
from anju.base.sheets.kinds import kind_named
from anju.base.sheets.out import workbook
from anju.base.sheets.read import read_table
from anju.base.sheets.template import header_of
from anju.funds import acts, reads
from anju.funds.models import BankLine, LoanOffer, SupervisedAccount
from funds.world import CITY, DAY, NUMBER, World, account, loan, paid, world
from support.db import context, open_act

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.3-1")]


def line(reference: str, fen: int, balance: int, day: date = DAY, **changes: Any) -> dict[str, Any]:
    """A row of the statement as the bank prints it."""
    values = {
        "account": NUMBER, "name": "监管专户", "at": "20260302 10:00:00", "in_fen": money(fen) if fen > 0 else "",
        "out_fen": money(-fen) if fen < 0 else "", "balance_fen": money(balance), "currency": "人民币", "counterparty": "合成往来",
        "counterparty_account": "6222000011112222", "booked_on": day, "summary": "转账", "reference": reference,
    }  # fmt: skip
    return {**values, **changes}


def money(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def sheet(kind: str, rows: list[dict[str, Any]]) -> bytes:
    described = kind_named(kind)
    body = [[row.get(c.field) for c in described.columns] for row in rows]
    return workbook(described.title, [header_of(c) for c in described.columns], body, True)


def checked(rows: list[dict[str, Any]], kind: str = "bank_statement") -> Checked:
    described = kind_named(kind)
    with scope(CITY):
        return check_table(context(), described, read_table(described, "xlsx", sheet(kind, rows)))


def reasons(found: Checked) -> list[str]:
    return [p["reason"] for p in found.problems]


def brought(found: World, rows: list[dict[str, Any]]) -> None:
    """The file through the users' own import."""
    ctx = found.ctx()
    load = loads.bring_file(ctx=ctx, kind="bank_statement", name="对账单.xlsx", data=sheet("bank_statement", rows))
    loads.accept_load(ctx=ctx, load_id=load.id)
    with scope(CITY):
        loads.run_load(ctx, load)


def kept() -> dict[str, BankLine]:
    with scope(CITY):
        return {r.reference: r for r in BankLine.objects.select_related("voucher")}


def where() -> SupervisedAccount:
    with scope(CITY):
        return SupervisedAccount.objects.get()


def test_a_statement_is_matched_by_number_then_by_the_one_voucher_of_that_day_and_amount() -> None:
    found = world()
    row = paid(found, loan(found), "P1")
    amount = row.amount_fen
    brought(found, [line("L1", amount, amount), line("P1", -amount, 0), line("FEE", 500, 500)])
    rows = kept()
    assert {r: (x.how, x.voucher_id is not None) for r, x in rows.items()} == {
        "L1": ("day", True),
        "P1": ("reference", True),
        "FEE": ("", False),
    }
    with scope(CITY):
        assert [x.reference for x in reads.open_lines(where())] == ["FEE"]
        assert not reads.open_vouchers(where()).exists()
        assert rows["P1"].counterparty_tail == "2222", "of an account number only the tail is kept"


def test_two_candidates_are_never_guessed_between() -> None:
    found = world(reached=2)
    lent = loan(found)
    for at in range(2):
        paid(found, lent, f"P{at}", milestone_id=found.steps[at].id, amount_fen=1_000)
    brought(found, [line("L1", 1_000, 1_000), line("L2", 1_000, 2_000)])
    assert {x.how for x in kept().values()} == {""}, "two drawdowns of one day and amount: a person decides"
    with scope(CITY):
        options = reads.candidates(kept()["L1"])
        assert len(options) == 2
    head = found.ctx("acquirer_finance_head")
    done = acts.match_line(ctx=head, line_id=kept()["L1"].id, voucher_id=options[0].id, reason="对照提款凭证")
    assert done.how == "hand"
    acts.match_lines(ctx=found.ctx(), account_id=where().id)
    assert kept()["L2"].how == "day", "with one taken, the other is the only one left"


def test_a_voucher_that_names_its_line_is_matched_to_no_other() -> None:
    found = world()
    row = paid(found, loan(found), "P1")
    amount = row.amount_fen
    brought(found, [line("L1", amount, amount), line("OTHER", -amount, 0)])
    assert kept()["OTHER"].how == ""


def test_the_contract_that_the_banks_remark_names_tells_equal_transfers_of_one_day_apart() -> None:
    found = world(units=3)
    loan(found)
    with open_act(CITY) as ctx:
        from anju.ledger import books
        from anju.ledger.models import Book

        earnest, project = Book.objects.get(kind="earnest"), Book.objects.get(kind="project")
        for n in (1, 10, 2):
            books.link(
                ctx=ctx, from_book=earnest, to_book=project, kind="earnest_to_project", amount_fen=1_000, document=f"售〔2026〕{n}号",
                key=f"e{n}", to_credit="sale_income",
            )  # fmt: skip
    rows = [
        line("L1", 1_000, 1_000, summary="售〔2026〕10号 定金"), line("L2", 1_000, 2_000, summary="转账", note="售〔2026〕1号"),
        line("L3", 1_000, 3_000, summary="售〔2026〕1号，售〔2026〕2号"),
    ]  # fmt: skip
    brought(found, rows)
    hows = {r: x.how for r, x in kept().items()}
    assert hows == {"L1": "document", "L2": "document", "L3": "day"}, (
        "a remark that names two contracts names none; then one voucher is left"
    )
    with scope(CITY):
        assert kept()["L1"].voucher.link.document == "售〔2026〕10号"


def test_the_same_file_and_overlapping_files_add_no_line_twice() -> None:
    found = world()
    account(found)
    rows = [line("L1", 100, 100), line("L2", 50, 150)]
    brought(found, rows)
    brought(found, [*rows, line("L3", -20, 130)])
    assert sorted(kept()) == ["L1", "L2", "L3"]
    with pytest.raises(Conflict, match="与本次的不同"):
        acts.take_lines(
            ctx=found.ctx(), account_id=where().id,
            lines=[{"reference": "L1", "booked_on": DAY, "amount_fen": 999, "balance_fen": 999, "counterparty": ""}],
        )  # fmt: skip


BAD = [
    ([line("L1", 100, 100), line("L2", 50, 151)], "中间缺流水"),
    ([line("L1", 100, 100, account="999999999999")], "不是已登记的资金监管专户"),
    ([line("L1", 100, 100, out_fen="3.00")], "有且只有一方"),
    ([line("L1", 100, 100, in_fen="")], "有且只有一方"),
    ([line("L1", 100, 100, DAY + timedelta(days=1))], "晚于今天"),
    ([line("L1", 100, 100, currency="美元")], "人民币"),
    ([line("L1", 100, 100), line("L1", 100, 200)], "重复"),
    ([line("L1", 100, 100, balance_fen="十元")], "应为数字"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "said"), BAD, ids=[str(n) + row[1] for n, row in enumerate(BAD)])
def test_a_bad_line_is_named_with_its_place_and_reason(rows: list[dict[str, Any]], said: str) -> None:
    account(world())
    assert any(said in reason for reason in reasons(checked(rows))), reasons(checked(rows))


def test_a_statement_listed_newest_first_is_read_in_the_order_of_time() -> None:
    account(world())
    assert reasons(checked([line("L2", 50, 150), line("L1", 100, 100)])) == []


def test_a_gap_between_two_files_is_found() -> None:
    found = world()
    account(found)
    brought(found, [line("L1", 100, 100)])
    assert any("中间缺流水" in r for r in reasons(checked([line("L3", 10, 200)])))
    assert reasons(checked([line("L2", 10, 110)])) == []


def test_another_amount_is_never_matched_by_hand_nor_by_sql() -> None:
    found = world()
    row = paid(found, loan(found), "P1")
    brought(found, [line("L1", row.amount_fen + 1, row.amount_fen + 1)])
    one = kept()["L1"]
    with pytest.raises(Refused, match="一分不差"):
        acts.match_line(
            ctx=found.ctx("acquirer_finance_head"), line_id=one.id, voucher_id=row.voucher_id, reason="差一分"
        )
    with pytest.raises(Exception, match="another amount"), open_act(CITY):
        BankLine.objects.filter(id=one.id).update(voucher=row.voucher_id, how="hand", reason="x", matched_on=DAY)
    for change in ({"amount_fen": 5}, {"booked_on": DAY - timedelta(days=1)}):
        with pytest.raises(Exception, match="never changed"), open_act(CITY):
            BankLine.objects.filter(id=one.id).update(**change)
    with pytest.raises(Exception, match="stays"), open_act(CITY):
        BankLine.objects.filter(id=one.id).delete()


def test_a_wrong_match_is_taken_back_with_its_reason_and_one_voucher_is_one_line() -> None:
    found = world()
    row = paid(found, loan(found), "P1")
    amount = row.amount_fen
    brought(found, [line("L1", amount, amount), line("P1", -amount, 0)])
    head = found.ctx("acquirer_finance_head")
    with pytest.raises(Conflict, match="已经对上"):
        acts.match_line(ctx=head, line_id=kept()["P1"].id, voucher_id=row.voucher_id, reason="x")
    acts.unmatch_line(ctx=head, line_id=kept()["P1"].id, reason="对错了")
    with pytest.raises(Refused, match="还没有对上"):
        acts.unmatch_line(ctx=head, line_id=kept()["P1"].id, reason="再撤")
    with pytest.raises(InvalidInput, match="待对之列"):
        acts.match_line(ctx=head, line_id=kept()["P1"].id, voucher_id=kept()["L1"].voucher_id, reason="x")
    acts.match_line(ctx=head, line_id=kept()["P1"].id, voucher_id=row.voucher_id, reason="核对回单")


# Banks' terms


def offer_row(found: World, **changes: Any) -> dict[str, Any]:
    values = {
        "project": found.project.number, "uscc": found.bank.uscc, "kind": "商业银行贷款", "bank_decision": "贷审 1", "principal_fen": "100",
        "rate_bp": "3.45", "months": 60, "method": "等额本金", "period_months": 3, "settlement_day": 21, "day_count": "实际天数/360",
        "rounding": "四舍五入到分", "offered_on": DAY, "valid_until": DAY + timedelta(days=30),
    }  # fmt: skip
    return {**values, **changes}


TERMS = [
    ({"project": "P-0"}, "没有这个项目编号"), ({"rate_bp": "31"}, ""), ({"period_months": 7}, "不能整除"),
    ({"valid_until": DAY - timedelta(days=1)}, "早于报出日期"), ({"offered_on": DAY + timedelta(days=1)}, "晚于今天"),
    ({"method": "随借随还"}, ""),
    ({"uscc": "91230000000000001X"}, ""),
]  # fmt: skip


def with_uscc() -> World:
    from support.db import raw

    found = world()
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        database.execute("UPDATE parties_organisation SET uscc = '91350100M000100Y43' WHERE id = %s", [found.bank.id])
    found.bank.uscc = "91350100M000100Y43"
    return found


@pytest.mark.clause("4.2-2")
def test_good_terms_come_in_with_a_rate_in_hundredths_of_a_per_cent() -> None:
    found = with_uscc()
    ctx = found.ctx()
    load = loads.bring_file(ctx=ctx, kind="loan_terms", name="方案.xlsx", data=sheet("loan_terms", [offer_row(found)]))
    assert load.errors == []
    loads.accept_load(ctx=ctx, load_id=load.id)
    with scope(CITY):
        loads.run_load(ctx, load)
        row = LoanOffer.objects.get()
        assert (row.rate_bp, row.principal_fen, row.kind, row.method) == (345, 1_000_000_00, "commercial", "principal")
        assert reads.cost_of(row) > 0


@pytest.mark.clause("4.2-2")
@pytest.mark.parametrize(("changes", "said"), TERMS)
def test_terms_that_cannot_be_are_named_cell_by_cell(changes: dict[str, Any], said: str) -> None:
    found = checked([offer_row(with_uscc(), **changes)], "loan_terms")
    assert found.errors >= 1 and not found.good
    assert any(said in reason for reason in reasons(found))


@pytest.mark.clause("4.2-2")
def test_an_unusual_rate_asks_for_a_reason_and_is_not_refused() -> None:
    found = checked([offer_row(with_uscc(), rate_bp="6.50")], "loan_terms")
    assert (found.errors, found.unusual) == (0, 1)
