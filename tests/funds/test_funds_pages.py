"""The pages of the money: every list and thing opens for those who may see it, forms call their acts, a party sees its own alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anju.base.regions import scope
from anju.funds import acts
from anju.funds.models import BankLine, Distribution, OwnFunds, Payment, ProceedsUse, Subsidy, SupervisedAccount
from anju.ledger.models import Book
from funds.world import CITY, DAY, PDF, World, account, loan, offer, paid, request, world
from support.desk import signed_in, text

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def full() -> tuple[World, dict[str, Any]]:
    """One of everything."""
    found = world()
    spare = offer(found)
    lent = loan(found)
    row = paid(found, lent, "P1")
    project = found.project.id
    acts.state_duties(ctx=found.ctx(), project_id=project, amount_fen=100, document="测算")
    acts.record_receipt(
        ctx=found.ctx(), project_id=project, kind="sale", amount_fen=900, received_on=DAY, bank_reference="R1"
    )
    acts.record_capital(ctx=found.ctx(), amount_fen=500, received_on=DAY, bank_reference="C0")
    subsidy = acts.apply_subsidy(ctx=found.ctx(), project_id=project, level="city", document="财 1", amount_fen=50)
    proof = {"evidence_name": "a.pdf", "evidence": PDF}
    use = acts.record_proceeds_use(
        ctx=found.ctx("developer_agent"),
        project_id=project,
        use="own_debt",
        target="工程款",
        amount_fen=10,
        used_on=DAY,
        **proof,
    )
    lines = [
        {"reference": r, "booked_on": DAY, "amount_fen": fen, "balance_fen": left, "counterparty": "合成"}
        for r, fen, left in (("R1", 900, 900), ("FEE", -5, 895))
    ]
    with scope(CITY):
        where = SupervisedAccount.objects.get()
    acts.take_lines(ctx=found.ctx(), account_id=where.id, lines=lines)
    acts.match_lines(ctx=found.ctx(), account_id=where.id)
    with scope(CITY):
        line = BankLine.objects.get(reference="FEE")
        book = Book.objects.get(kind="project")
    rows = {
        "offer": spare, "loan": lent, "payment": row, "subsidy": subsidy, "use": use, "account": where, "line": line, "book": book,
        "own": acts.ask_own_funds(ctx=found.ctx(), project_id=project, amount_fen=500, document="决 1"),
    }  # fmt: skip
    return found, {name: value.id for name, value in rows.items()}


LISTS = ["", "loans/", "offers/", "accounts/", "receipts/", "lines/", "subsidies/", "proceeds/"]


def test_every_list_opens_sorts_and_goes_out_as_a_sheet(full: Any) -> None:
    client = signed_in("acquirer_finance", organisation=full[0].acquirer)
    for path in LISTS:
        assert "<table" in text(client.get(f"/funds/{path}")), path
        assert client.post(f"/funds/{path}?export=xlsx", {"reason": "核对"}).content[:2] == b"PK", path


def test_every_thing_opens_with_what_it_says(full: Any) -> None:
    found, ids = full
    client = signed_in("acquirer_finance", organisation=found.acquirer)
    said = {
        f"/funds/payments/{ids['payment']}/": ["第 1 笔付款", "已支付", "累计提款", found.developer.name],
        f"/funds/loans/{ids['loan']}/": ["还款计划", "3.00%", "第 1 笔"], f"/funds/offers/{ids['offer']}/": ["方案比较", "利息合计"],
        f"/funds/accounts/{ids['account']}/": ["未对上的流水", "FEE"], f"/funds/lines/{ids['line']}/": ["未对上", "没有金额相等的凭证"],
        f"/funds/subsidies/{ids['subsidy']}/": ["已申请", "未到账"], f"/funds/proceeds/{ids['use']}/": ["偿还本项目债务", "符合规定"],
        f"/funds/own-funds/{ids['own']}/": ["待投入", "决 1", "未划转"],
        f"/funds/projects/{found.project.id}/": ["自有资金投入", "决 1", "待投入", "受托支付待付款", "在贷余额",
             "待分配回款", "1 笔，9.00 元"],
        f"/ledger/{ids['book']}/": ["核验相符", "收购房源", "配售回款"], "/ledger/": ["项目账"],
        f"/ledger/{ids['book']}/vouchers/": ["贷款发放"],
    }  # fmt: skip
    for path, words in said.items():
        page = text(client.get(path))
        for word in words:
            assert word in page, (path, word)


@pytest.mark.clause("4.3-1")
def test_what_is_not_reconciled_stands_first(full: Any) -> None:
    page = text(signed_in("acquirer_finance", organisation=full[0].acquirer).get("/funds/lines/"))
    rows = page[page.index("<tbody") :]  # a form's random token may spell a reference before it
    assert rows.index("FEE") < rows.index("R1")


def test_a_voucher_shows_its_lines_and_the_book_goes_out_as_text(full: Any) -> None:
    client = signed_in("auditor")
    with scope(CITY):
        voucher = Book.objects.get(id=full[1]["book"]).vouchers.order_by("number")[0]
    assert "受托支付待付款" in text(client.get(f"/ledger/vouchers/{voucher.id}/"))
    body = client.get(f"/ledger/{full[1]['book']}/beancount/").content.decode()
    assert "option" in body and "Assets:Homes" in body


PARTY = [("bank_officer", "bank", 200), ("bank_officer", "other_bank", 404), ("developer_agent", "developer", 200)]


@pytest.mark.parametrize(("post", "body", "status"), PARTY)
def test_a_party_opens_its_own_payment_and_no_books(full: Any, post: str, body: str, status: int) -> None:
    found, ids = full
    client = signed_in(post, organisation=getattr(found, body))
    assert client.get(f"/funds/payments/{ids['payment']}/").status_code == status
    assert client.get("/funds/").status_code == 200
    assert client.get("/funds/receipts/").status_code == client.get(f"/funds/lines/{ids['line']}/").status_code == 403
    assert client.get("/ledger/").status_code == 403


def test_the_bank_sees_its_loan_and_account_the_developer_neither(full: Any) -> None:
    found, ids = full
    bank = signed_in("bank_officer", organisation=found.bank)
    developer = signed_in("developer_agent", organisation=found.developer)
    for path in (
        f"/funds/loans/{ids['loan']}/",
        f"/funds/accounts/{ids['account']}/",
        f"/funds/offers/{ids['offer']}/",
    ):
        assert bank.get(path).status_code == 200, path
        assert developer.get(path).status_code == 404, path
    for path in ("loans/", "offers/", "accounts/", "proceeds/"):
        assert bank.get(f"/funds/{path}").status_code == developer.get(f"/funds/{path}").status_code == 200, path


def posted(client: Client, path: str, **data: Any) -> int:
    """The status of a posted form; a refusal's words are in the page."""
    return client.post(path, data).status_code


def test_a_payment_goes_through_the_forms_from_the_request_to_the_receipt_of_the_bank() -> None:
    found = world()
    lent = loan(found)
    finance = signed_in("acquirer_finance", organisation=found.acquirer)
    officer, checker = (
        signed_in("bank_officer", organisation=found.bank),
        signed_in("bank_checker", organisation=found.bank),
    )
    start = f"/funds/projects/{found.project.id}/payments/request/"
    assert found.developer.name in text(finance.get(start))
    values = {
        "source": "loan",
        "loan_id": lent.id,
        "use": "purchase",
        "milestone_id": found.steps[0].id,
        "payee_id": found.developer.id,
    }
    answer = finance.post(start, {**values, "amount_fen": "9999999"})
    assert answer.status_code == 422 and "收购进度" in answer.content.decode()
    assert posted(finance, start, **values, amount_fen="1000") == 302
    with scope(CITY):
        row = Payment.objects.get()
        assert row.amount_fen == 1_000_00
    there = f"/funds/payments/{row.id}/"
    assert posted(finance, f"{there}examine/") == 403
    for client, path in ((officer, "examine/"), (checker, "approve/")):
        assert client.get(there + path).status_code == 200
        assert posted(client, there + path) == 302, path
    assert posted(officer, there + "settle/", paid_on="2026-03-02", bank_reference="P1") == 302
    assert "已支付" in text(officer.get(there))


FORMS: list[tuple[str, str, Callable[[World, dict[str, Any]], str], dict[str, Any], Any]] = [
    ("acquirer_finance", "acquirer", lambda w, i: f"projects/{w.project.id}/duties/", {"amount_fen": "0", "document": "x"}, None),
    ("acquirer_finance", "acquirer", lambda w, i: f"projects/{w.project.id}/receipts/record/",
     {"kind": "rent", "amount_fen": "6", "received_on": "2026-03-02", "bank_reference": "R9"}, None),
    ("acquirer_finance", "acquirer", lambda w, i: f"projects/{w.project.id}/subsidies/apply/",
     {"level": "city", "document": "财 9", "amount_fen": "6"}, Subsidy),
    ("acquirer_finance", "acquirer", lambda w, i: f"projects/{w.project.id}/earnest/", {}, None),
    ("acquirer_finance", "acquirer", lambda w, i: f"accounts/{i['account']}/match/", {}, None),
    ("acquirer_finance", "acquirer", lambda w, i: "capital/",
     {"amount_fen": "6", "received_on": "2026-03-02", "bank_reference": "C"}, None),
    ("acquirer_finance", "acquirer", lambda w, i: f"projects/{w.project.id}/own-funds/", {"amount_fen": "6", "document": "决 9"}, OwnFunds),
    ("acquirer_finance_head", "acquirer", lambda w, i: f"own-funds/{i['own']}/bring/",
     {"moved_on": "2026-03-02", "bank_reference": "O"}, None),
    ("acquirer_finance", "acquirer", lambda w, i: f"own-funds/{i['own']}/withdraw/", {"reason": "填错"}, None),
    ("acquirer_finance_head", "acquirer", lambda w, i: f"projects/{w.project.id}/distribute/", {}, Distribution),
    ("acquirer_finance_head", "acquirer", lambda w, i: f"subsidies/{i['subsidy']}/grant/",
     {"granted_on": "2026-03-02", "bank_reference": "S"}, None),
    ("developer_agent", "developer", lambda w, i: f"projects/{w.project.id}/proceeds/",
     {"use": "own_debt", "target": "工程款", "amount_fen": "0.01", "used_on": "2026-03-02", "file": PDF}, ProceedsUse),
]  # fmt: skip


@pytest.mark.parametrize(
    ("post", "body", "path", "data", "model"), FORMS, ids=[f"{row[0]}-{n}" for n, row in enumerate(FORMS)]
)
def test_each_form_shows_and_does_its_act(
    full: Any, post: str, body: str, path: Any, data: dict[str, Any], model: Any
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    found, ids = full
    client = signed_in(post, organisation=getattr(found, body))
    address = f"/funds/{path(found, ids)}"
    assert client.get(address).status_code == 200
    given = {**data, **({"file": SimpleUploadedFile("a.pdf", data["file"])} if "file" in data else {})}
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    if model:
        with scope(CITY):
            assert model.objects.exists()


def test_a_loan_is_drafted_and_signed_on_its_pages_with_the_number_typed_by_hand() -> None:
    found = world()
    made, where = offer(found), account(found)
    finance = signed_in("acquirer_finance", organisation=found.acquirer)
    head = signed_in("acquirer_finance_head", organisation=found.acquirer)
    there = f"/funds/offers/{made.id}/draft/"
    assert finance.get(there).status_code == 200
    assert posted(finance, there, account_id=where.id, number="贷 7", decision_id="") == 302
    with scope(CITY):
        row = made.loans.get()
    sign = f"/funds/loans/{row.id}/sign/"
    assert posted(head, sign, signed_on="2026-03-02") == 422
    assert posted(head, sign, signed_on="2026-03-02", typed="贷 7") == 302


def test_bulk_examining_passes_all_or_none() -> None:
    found = world()
    row = request(found, loan(found))
    client = signed_in("bank_officer", organisation=found.bank)
    page = client.post("/funds/", {"bulk": "0", "ids": [str(row.id)]})
    assert page.status_code == 200 and "审核通过" in page.content.decode()
    assert client.post("/funds/", {"bulk": "0", "ids": [str(row.id)], "confirm": "1", "key": "k"}).status_code == 302
    with scope(CITY):
        assert Payment.objects.get().state == "examined"


@pytest.mark.parametrize("path", ["payments", "loans", "receipts"])
def test_the_api_answers_with_the_same_rows(full: Any, path: str) -> None:
    client = signed_in("acquirer_finance", organisation=full[0].acquirer)
    answer = client.get(f"/api/funds/{path}")
    assert answer.status_code == 200 and len(answer.json()) == 1
    assert client.get("/api/ledger/verify").json() == []
    assert {a["purpose"] for a in client.get(f"/api/ledger/books/{full[1]['book']}/accounts").json()} >= {
        "bank",
        "loan",
    }
