"""Money on a contract: into the project's own book by the waterfall, never beyond the price, one line a payment from a file."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from anju.base.acts import InvalidInput, Refused
from anju.base.regions import scope
from anju.base.sheets import KINDS
from anju.base.sheets.loads import accept_load, bring_file, run_load
from anju.funds import acts as funds
from anju.funds.models import Receipt
from anju.homes import acts
from anju.homes.models import Contract
from anju.ledger import books
from homes.test_homes_contracts import DOWN, buy, ctx, rent  # type: ignore[import-not-found]
from support.desk import signed_in, text
from support.sheets import xlsx
from support.sold import CITY, EARNEST, PRICE, RENT, Sold, sold

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.3-2")]
DAY = date(2026, 3, 2)


def duties(found: Sold, amount: int = 0) -> Sold:
    funds.state_duties(ctx=ctx(), project_id=found.project.id, amount_fen=amount, document="演示说明")
    return found


def pay(contract: Contract, amount: int, *, reference: str = "r1", **changes: Any) -> Contract:
    values = {"received_on": DAY, **changes}
    return acts.receive_payment(
        ctx=ctx(days=5), contract_id=contract.id, amount_fen=amount, reference=reference, **values
    )


def test_a_payment_lands_in_the_projects_book_and_counts_on_its_contract() -> None:
    found = duties(sold())
    contract = buy(found)
    pay(contract, DOWN - EARNEST)
    with scope(CITY):
        row = Receipt.objects.get()
        assert (row.unit_id, row.kind, row.amount_fen) == (found.units[0].id, "sale", DOWN - EARNEST)
        assert acts.received_fen(contract) == DOWN - EARNEST
        project = books.find("project", found.project.id, region=CITY)
        assert project and books.balance(project, "sale_income") == -DOWN, (
            "earnest money and the rest of the down payment"
        )


def test_a_sale_is_never_paid_beyond_its_price_by_one_fen() -> None:
    contract = buy(duties(sold()))
    with pytest.raises(Refused, match="超出价款"):
        pay(contract, PRICE - EARNEST + 1)
    pay(contract, PRICE - EARNEST)
    with pytest.raises(Refused, match=r"尚欠 0\.00 元"):
        pay(contract, 1, reference="r2")


def test_a_rent_may_be_paid_every_month() -> None:
    contract = rent(duties(sold(tenure="rent")))
    for number in range(3):
        pay(contract, RENT, reference=f"r{number}")
    with scope(CITY):
        assert acts.received_fen(contract) == 3 * RENT


def test_duties_that_nobody_stated_block_the_split() -> None:
    with pytest.raises(Refused, match="法定义务"):
        pay(buy(sold()), 100)


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 8)])
def test_a_day_before_the_signing_or_after_today_is_refused(day: date) -> None:
    with pytest.raises(InvalidInput, match="2026-03-02 至今天 2026-03-07"):
        pay(buy(duties(sold())), 100, received_on=day)


def test_a_file_of_payments_names_every_bad_line_and_takes_the_good() -> None:
    found = duties(sold(tenure="rent"))
    first, second = rent(found, 0), rent(found, 1)
    titles = [c.title for c in KINDS["home_payments"].columns]
    rows = [
        [first.number, "600.00", "2026-03-02", "B1"], [second.number, "600", "2026-03-03", "B2"],
        ["租〔2026〕99号", "600", "2026-03-03", "B3"],
        [first.number, "600", "2026-03-01", "B4"], [first.number, "0", "2026-03-03", "B5"],
    ]  # fmt: skip
    who = ctx(days=5)
    load = bring_file(ctx=who, kind="home_payments", name="租金.xlsx", data=xlsx([titles, *rows]))
    said = {error["row"]: error["reason"] for error in load.errors}
    assert len(said) == 3 and any("没有这份有效合同" in reason for reason in said.values()), said
    run_load(who, accept_load(ctx=who, load_id=load.id))
    with scope(CITY):
        assert sorted(Receipt.objects.values_list("bank_reference", flat=True)) == ["B1", "B2"]
    again = bring_file(ctx=who, kind="home_payments", name="又一次.xlsx", data=xlsx([titles, rows[0]]))
    assert "已登记到账" in again.errors[0]["reason"]


def test_payments_together_beyond_the_price_are_told_before_anything_is_taken() -> None:
    contract = buy(duties(sold()))
    titles = [c.title for c in KINDS["home_payments"].columns]
    rows = [[contract.number, "200000", "2026-03-02", "B1"], [contract.number, "200000", "2026-03-02", "B2"]]
    load = bring_file(ctx=ctx(days=5), kind="home_payments", name="房款.xlsx", data=xlsx([titles, *rows]))
    assert [("超出价款" in e["reason"]) for e in load.errors] == [True]


def test_finance_enters_a_payment_on_the_page_and_others_may_not() -> None:
    contract = buy(duties(sold()))
    url = reverse("homes:pay", args=[contract.id])
    client = signed_in("acquirer_finance")
    assert "到账金额" in text(client.get(url))
    assert (
        client.post(
            url, {"amount_fen": "100.005", "received_on": "2026-03-02", "reference": "x", "key": "a"}
        ).status_code
        == 422
    )
    assert (
        client.post(
            url, {"amount_fen": "100.50", "received_on": "2026-03-02", "reference": "x", "key": "b"}
        ).status_code
        == 302
    )
    with scope(CITY):
        assert Receipt.objects.get().amount_fen == 10_050
    assert signed_in("operator").get(url).status_code == 403


def test_programs_read_contracts_with_masked_names_and_enter_payments_once() -> None:
    found = duties(sold())
    contract = buy(found)
    client = signed_in("acquirer_finance")
    rows = client.get("/api/homes/contracts").json()
    assert [r["number"] for r in rows] == [contract.number] and rows[0]["applicant"].endswith("*")
    body = {"amount_fen": 1000, "received_on": "2026-03-02", "reference": "API1"}
    for _ in range(2):
        answer = client.post(
            f"/api/homes/contracts/{contract.id}/payments",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": "once"},
        )
        assert answer.status_code == 200, answer.content.decode()
    with scope(CITY):
        assert Receipt.objects.count() == 1
    assert signed_in("auditor").post(
        f"/api/homes/contracts/{contract.id}/payments", body, content_type="application/json"
    ).status_code == 403  # fmt: skip
