"""A chosen home becomes a contract: its terms, its price as announced, one live one a home and a household."""

import threading
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused
from anju.base.claims import seam
from anju.base.papers.blocks import texts_of
from anju.base.regions import scope, uuid7
from anju.homes import acts, judging
from anju.homes.models import Contract
from anju.ledger import books
from anju.ledger.models import Voucher
from anju.needs.models import Application
from anju.offering.models import Choice
from anju.policy.parameters import ParameterBook, Setting
from anju.reserve.models import Unit
from support import laid
from support.db import NOON, context, raw
from support.sold import CITY, EARNEST, MARKET_RENT, PRICE, RENT, Sold, sold

DAY = date(2026, 1, 1)
BOOK = ParameterBook(
    [Setting("lease_months_max", CITY, 36, DAY, "演示"), Setting("rent_discount_max", CITY, 900, DAY, "演示")]
)
DOWN = PRICE * 15 // 100

pytestmark = pytest.mark.usefixtures("committed")


def ctx(*, days: int = 0, **changes: Any) -> ActContext:
    return context("acquirer_clerk", **{"params": BOOK, "now": NOON + timedelta(days=days), **changes})


def buy(found: Sold, at: int = 0, *, down: int = DOWN, **changes: Any) -> Contract:
    return acts.sign_sale_contract(
        ctx=ctx(**changes), choice_id=found.choices[at].id, down_payment_fen=down, provident_fund=True
    )


def rent(found: Sold, at: int = 0, *, months: int = 12, starts_on: date = date(2026, 3, 2), **changes: Any) -> Contract:
    return acts.sign_lease(ctx=ctx(**changes), choice_id=found.choices[at].id, months=months, starts_on=starts_on)


@pytest.mark.clause("3.6-3")
def test_a_sale_moves_home_household_choice_and_earnest_money_at_once() -> None:
    found = sold()
    contract = buy(found)
    assert (contract.price_fen, contract.down_payment_fen, contract.earnest_fen) == (PRICE, DOWN, EARNEST)
    with scope(CITY):
        assert Unit.objects.get(id=found.units[0].id).state == "sold"
        assert Choice.objects.get(id=found.choices[0].id).state == "contracted"
        application = Application.objects.get(id=contract.application_id)
        assert application.state == "housed"
        project, earnest = (
            books.find("project", found.project.id, region=CITY),
            books.find("earnest", found.batch.id, region=CITY),
        )
        assert project and earnest
        assert books.balance(project, "sale_income") == -EARNEST, "the earnest money is part of the price"
        assert Voucher.objects.get(book=project).reference == contract.number, (
            "so the bank's line is matched without a doubt"
        )
        assert books.balance(earnest, "earnest_owed") == -EARNEST, "of two households one is still owed"
        persons = [bytes(p) for p in application.members.values_list("document_blind", flat=True)]
        assert len(seam.holders(seam.HOME, persons)) == 2


@pytest.mark.clause("3.6-2")
def test_a_lease_turns_the_earnest_money_into_the_deposit() -> None:
    found = sold(tenure="rent")
    contract = rent(found, months=12)
    assert (contract.rent_fen, contract.ends_on) == (RENT, date(2027, 3, 1))
    with scope(CITY):
        assert Unit.objects.get(id=found.units[0].id).state == "let"
        project = books.find("project", found.project.id, region=CITY)
        assert project
        assert (books.balance(project, "deposits"), books.balance(project, "rent_income")) == (-EARNEST, 0)


def test_the_paper_says_the_terms_and_masks_the_numbers() -> None:
    contract = buy(sold())
    with scope(CITY):
        paper = Contract.objects.select_related("paper").get(id=contract.id).paper
    said = "\n".join(texts_of(paper.data["blocks"]))
    for words in (
        "300,000.00 元",
        "叁拾万元整",
        "45,000.00 元",
        "20,000.00 元",
        "封闭管理，不得上市交易",
        "住房公积金贷款",
        "居安",
    ):
        assert words in said, words
    assert paper.number == contract.number and paper.number.startswith("售〔2026〕")
    assert "2312021990" not in said and "231202****" in said


SALE_REFUSALS = [
    ("3.6-3", "a down payment of 14.99 %", {"down": DOWN - 1}, {}, "3.6-3-down-payment"),
    ("3.6-3", "a down payment above the price", {"down": PRICE + 1}, {}, "3.6-3-down-payment"),
    ("3.6-2", "a registration without the annotation", {}, {"annotated": False}, "3.6-2-closed"),
]


@pytest.mark.parametrize(("clause", "what", "terms", "built", "rule"), SALE_REFUSALS, ids=[r[1] for r in SALE_REFUSALS])
def test_a_sale_is_refused_for(clause: str, what: str, terms: dict[str, Any], built: dict[str, Any], rule: str) -> None:
    found = sold(**built)
    with pytest.raises(Refused) as caught:
        buy(found, **terms)
    assert [v.rule for v in caught.value.verdicts] == [rule] and caught.value.clause == clause
    with scope(CITY):
        assert not Contract.objects.exists()
        assert Choice.objects.get(id=found.choices[0].id).state == "taken"


@pytest.mark.clause("3.6-3")
def test_a_down_payment_of_exactly_fifteen_per_cent_is_enough() -> None:
    assert buy(sold(), down=DOWN).down_payment_fen == DOWN


@pytest.mark.clause("3.5-3")
def test_a_down_payment_includes_the_earnest_money() -> None:
    verdict = judging.covers_earnest(EARNEST - 1, EARNEST)
    assert verdict.outcome.value == "fail" and "定金抵作首付" in verdict.sentence
    assert judging.covers_earnest(EARNEST, EARNEST).outcome.value == "pass"


LEASE_REFUSALS = [
    ("3.6-2", "37 months where 36 are the most", {"months": 37}, BOOK, "3.6-2-lease-months", "1–36 个月"),
    ("3.6-2", "no month at all", {"months": 0}, BOOK, "3.6-2-lease-months", "1–36 个月"),
    ("3.6-2", "a longest lease that nobody set", {}, ParameterBook([Setting("rent_discount_max", CITY, 900, DAY, "演示")]),
     "3.6-2-lease-months", "尚未设定"),
    ("3.2-4", "a rent above the share of the market's",
     {}, ParameterBook([Setting("lease_months_max", CITY, 36, DAY, "演示"), Setting("rent_discount_max", CITY, 600, DAY, "演示")]),
     "3.2-4-rent", "市场租金"),
    ("3.2-4", "a share that nobody set", {}, ParameterBook([Setting("lease_months_max", CITY, 36, DAY, "演示")]), "3.2-4-rent", "尚未设定"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("clause", "what", "terms", "book", "rule", "words"), LEASE_REFUSALS, ids=[r[1] for r in LEASE_REFUSALS]
)
def test_a_lease_is_refused_for(
    clause: str, what: str, terms: dict[str, Any], book: ParameterBook, rule: str, words: str
) -> None:
    assert 1000 * RENT <= 900 * MARKET_RENT, "the rent itself is lawful under the demonstration's share"
    with pytest.raises(Refused, match=words) as caught:
        rent(sold(tenure="rent"), params=book, **terms)
    assert [v.rule for v in caught.value.verdicts] == [rule] and caught.value.clause == clause


def test_a_lease_does_not_start_in_the_past() -> None:
    with pytest.raises(InvalidInput, match="不能早于今天"):
        rent(sold(tenure="rent"), starts_on=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [(date(2026, 3, 2), 12, date(2027, 3, 1)), (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2026, 1, 1), 1, date(2026, 1, 31)),
     (date(2027, 8, 31), 6, date(2028, 2, 29)), (date(2026, 12, 15), 1, date(2027, 1, 14))],
)  # fmt: skip
def test_a_term_of_whole_months_ends_the_day_before(start: date, months: int, last: date) -> None:
    assert judging.last_day(start, months) == last


def test_only_a_bought_home_with_its_earnest_money_in_gets_a_contract() -> None:
    found = sold(count=1)
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        database.execute("UPDATE reserve_unit SET state = 'chosen'")
    with pytest.raises(Refused, match="收购后才能") as caught:
        buy(found)
    assert caught.value.clause == "2-1"
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        database.execute("UPDATE reserve_unit SET state = 'purchased'")
        database.execute("UPDATE offering_choice SET state = 'chosen'")
    with pytest.raises(Refused, match="已缴定金"):
        buy(found)
    with pytest.raises(Conflict, match="没有这次选房"):
        acts.sign_sale_contract(ctx=ctx(), choice_id=uuid7(), down_payment_fen=DOWN, provident_fund=False)


@pytest.mark.clause("3.5-2")
def test_a_home_announced_for_rent_is_not_sold() -> None:
    with pytest.raises(Refused, match="公告为配租"):
        buy(sold(tenure="rent"))
    with pytest.raises(Refused, match="公告为配售"):
        rent(sold())


@pytest.mark.clause("3.5-3")
def test_below_the_gate_there_is_no_contract() -> None:
    found = sold(count=1, passed=False)
    with pytest.raises(Exception, match="no contract before the gate"):
        buy(found)
    with scope(CITY):
        assert not Contract.objects.exists()


@pytest.mark.clause("3.2-0")
def test_a_household_holds_one_home() -> None:
    found = sold()
    buy(found)
    with scope(CITY):
        first = Application.objects.get(id=found.choices[0].application_id)
        persons = [bytes(p) for p in first.members.values_list("document_blind", flat=True)]
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        database.execute(
            "UPDATE needs_member SET document_blind = %s WHERE application_id = %s AND relation = '01'",
            [persons[0], found.choices[1].application_id],
        )
    with pytest.raises(Refused, match="请先办理退出") as caught:
        buy(found, 1)
    assert [v.rule for v in caught.value.verdicts] == ["3.2-0-one-contract"]


def test_the_same_choice_is_signed_once() -> None:
    found = sold()
    first = buy(found)
    with pytest.raises(Refused, match="已转合同"):
        buy(found)
    with scope(CITY):
        assert [c.id for c in Contract.objects.all()] == [first.id]


@pytest.mark.clause("3.2-0")
def test_eight_windows_that_sign_one_home_sign_it_once() -> None:
    found = sold(count=1)
    start, outcomes = threading.Barrier(8), []

    def go() -> None:
        start.wait()
        try:
            outcomes.append(buy(found).number)
        except Refused as refused:
            outcomes.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8 and sum(isinstance(o, str) for o in outcomes) == 1
    with scope(CITY):
        project = books.find("project", found.project.id, region=CITY)
        assert project and books.balance(project, "sale_income") == -EARNEST


def contract_row(found: Sold, **changes: Any) -> Contract:
    """A contract as the database would take it, to be spoiled."""
    choice = found.choices[0]
    values = {
        "tenure": "sale", "unit": found.units[0], "project": found.project, "application_id": choice.application_id,
        "application_region": "231202", "choice": choice, "number": uuid7().hex, "signed_on": date(2026, 3, 2), "earnest_fen": EARNEST,
        "verdicts": [], "paper_id": uuid7(), "maker": uuid7(), "price_fen": PRICE, "down_payment_fen": DOWN, "provident_fund": False,
    }  # fmt: skip
    return Contract(region=CITY, **{**values, **changes})


SHAPES = [
    ("a sale without a price", {"price_fen": None}, "contract_has_the_terms_of_its_kind"),
    ("a sale with a rent", {"rent_fen": RENT}, "contract_has_the_terms_of_its_kind"),
    ("a down payment above the price", {"down_payment_fen": PRICE + 1}, "contract_has_the_terms_of_its_kind"),
    ("a lease without a term", {"tenure": "rent", "price_fen": None, "down_payment_fen": None, "provident_fund": None, "rent_fen": RENT},
     "contract_has_the_terms_of_its_kind"),
    ("earnest money above the down payment", {"earnest_fen": DOWN + 1}, "contract_earnest"),
    ("a filing without its day", {"filing_number": "1"}, "a_filed_contract_has_its_day"),
    ("an end without a reason", {"ended_on": date(2026, 4, 1)}, "an_ended_contract_says_why"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changes", "constraint"), SHAPES, ids=[s[0] for s in SHAPES])
def test_the_database_refuses(what: str, changes: dict[str, Any], constraint: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        laid.lay(contract_row(sold(count=1), **changes))
    assert caught.value.diag.constraint_name == constraint


@pytest.mark.clause("3.2-0")
def test_the_database_holds_one_live_contract_a_home_a_household_and_a_choice() -> None:
    found = sold(count=2)
    laid.lay(contract_row(found))
    for changes, constraint in [
        ({"application_id": uuid7(), "choice": found.choices[1]}, "one_live_contract_per_home"),
        ({"unit": found.units[1], "choice": found.choices[1]}, "one_live_contract_per_household"),
        ({"unit": found.units[1], "application_id": uuid7()}, "one_contract_per_choice"),
    ]:
        with pytest.raises(psycopg.errors.UniqueViolation) as caught:
            laid.lay(contract_row(found, **changes))
        assert caught.value.diag.constraint_name == constraint


SQL_ATTACKS = [
    ("change the price of a signed contract", "UPDATE homes_contract SET price_fen = price_fen - 1", "AJ401"),
    ("give it to another household", "UPDATE homes_contract SET application_id = gen_random_uuid()", "AJ401"),
    ("delete it", "DELETE FROM homes_contract", "AJ401"),
    ("sell at another price than announced", "INSERT", "AJ402"),
]


@pytest.mark.clause("3.5-2")
@pytest.mark.parametrize(("what", "statement", "code"), SQL_ATTACKS, ids=[a[0] for a in SQL_ATTACKS])
def test_the_database_keeps_a_contract_as_announced_and_signed(what: str, statement: str, code: str) -> None:
    found = sold()
    contract = buy(found)
    with raw("admin") as database, pytest.raises(psycopg.Error) as caught:
        database.execute("ALTER TABLE homes_contract DISABLE TRIGGER guard")
        if statement != "INSERT":
            database.execute(statement)
        else:
            names = [f.column for f in Contract._meta.local_fields]
            changed = {
                "id": "gen_random_uuid()", "number": "'x'", "unit_id": f"'{found.units[1].id}'", "choice_id": f"'{found.choices[1].id}'",
                "application_id": f"'{found.choices[1].application_id}'", "price_fen": "price_fen - 1",
            }  # fmt: skip
            database.execute(
                f"INSERT INTO homes_contract ({', '.join(names)}) SELECT {', '.join(changed.get(n, n) for n in names)}"
                " FROM homes_contract WHERE id = %s",
                [contract.id],
            )
    assert caught.value.sqlstate == code


def test_a_county_cannot_sign_the_citys_contract() -> None:
    with pytest.raises(Conflict, match="没有这次选房"):
        buy(sold(), region="231221")
