"""Pricing's pages: the three lines, the workings, two people, a list from one base price."""

import pytest

from anju.base.regions import scope
from anju.pricing.models import Ceiling, CostSheet, DataRequest, UnitPrice
from pricing import make
from reserve import make as stock
from reserve.test_pages import set_parameters
from support.desk import signed_in, text

pytestmark = pytest.mark.django_db


def test_the_list_shows_ceilings_and_goes_out_as_a_sheet() -> None:
    make.ceiling(stock.reserved())
    client = signed_in("acquirer_clerk")
    page = text(client.get("/pricing/"))
    assert "合成小区 P-1" in page and "2,730.00" in page and "成本加利润" in page
    assert client.get("/pricing/?export=xlsx").content[:2] == b"PK"


def test_the_page_shows_the_lines_and_how_the_ceiling_was_computed() -> None:
    found = stock.reserved(debt_fen=110_000_000)
    make.ceiling(found)
    page = text(signed_in("acquirer_clerk").get(f"/pricing/{found.id}/"))
    for words in ("卖方底价", "3,089.89", "2,730.00", "971,880.00", "890,000.00", "高于上限", "比收购价上限高 359.89"):
        assert words in page, words


def test_a_page_without_any_figure_says_so_and_shows_no_zero() -> None:
    found = stock.reserved(rows=[stock.row(1, asked_fen_m2=None)], debt_fen=None)
    page = text(signed_in("acquirer_clerk").get(f"/pricing/{found.id}/"))
    assert "未录入" in page and "还没有在有效期内的收购价上限" in page and "0.00 元" not in page


def test_costs_are_entered_a_ceiling_proposed_and_confirmed_by_another() -> None:
    set_parameters()
    found = stock.reserved()
    make.appraisal(found)
    clerk, head = signed_in("acquirer_clerk"), signed_in("acquirer_head")
    costs = {"land": "3.56", "transfer": "50", "construction": "89", "profit": "4.628", "area": "356.00"}
    bad = clerk.post(f"/pricing/{found.id}/costs/", {**costs, "land": "50"})
    assert bad.status_code == 422 and "出让价款" in bad.content.decode()
    assert clerk.post(f"/pricing/{found.id}/costs/", costs).status_code == 302
    with scope(stock.CITY):
        assert CostSheet.objects.get().land_fen == 3_560_000
    assert clerk.post(f"/pricing/{found.id}/trial/", {"profit": "0"}).status_code == 302
    assert clerk.post(f"/pricing/{found.id}/propose/").status_code == 302
    with scope(stock.CITY):
        row = Ceiling.objects.get(trial=False)
        assert Ceiling.objects.get(trial=True).total_fen == 92_560_000
    assert clerk.get(f"/pricing/ceilings/{row.id}/confirm/").status_code == 403
    assert "待另一人确认" in text(head.get(f"/pricing/{found.id}/"))
    assert "2,730.00" in text(head.get(f"/pricing/ceilings/{row.id}/confirm/"))
    assert head.post(f"/pricing/ceilings/{row.id}/confirm/").status_code == 302
    assert "已确认" in text(head.get(f"/pricing/{found.id}/"))


def test_a_price_list_is_made_and_a_bad_line_named() -> None:
    set_parameters()
    found = stock.reserved()
    clerk = signed_in("acquirer_clerk")
    bad = clerk.post(f"/pricing/{found.id}/prices/", {"base": "3000", "coefficients": "1 98%"})
    assert bad.status_code == 422 and "1 98%" in bad.content.decode()
    assert (
        clerk.post(f"/pricing/{found.id}/prices/", {"base": "3000", "coefficients": "1 980\n2 1020"}).status_code == 302
    )
    with scope(stock.CITY):
        assert sum(UnitPrice.objects.values_list("amount_fen", flat=True)) == 300_000 * 356
    assert "261" in text(clerk.get("/pricing/prices/"))


def test_a_department_answers_what_it_was_asked() -> None:
    found = stock.reserved()
    clerk = signed_in("acquirer_clerk")
    assert clerk.post(f"/pricing/{found.id}/request/", {"asked_of": "land", "what": "划拨土地成本"}).status_code == 302
    with scope(stock.CITY):
        row = DataRequest.objects.get()
    department = signed_in("department_clerk")
    assert "提供资料" in text(department.get(f"/pricing/{found.id}/"))
    assert department.post(f"/pricing/requests/{row.id}/", {"answer": "每㎡ 100 元"}).status_code == 302
    with scope(stock.CITY):
        assert DataRequest.objects.get().answer == "每㎡ 100 元"


def test_an_appraiser_enters_its_report_for_a_project_it_was_commissioned_for() -> None:
    found, body = stock.reserved(), make.agency()
    clerk = signed_in("acquirer_clerk")
    appraiser = signed_in("appraiser", organisation=body)
    assert appraiser.get(f"/pricing/{found.id}/appraise/").status_code == 404
    assert clerk.post(f"/pricing/{found.id}/commission/", {"agency_id": str(body.id)}).status_code == 302
    report = {
        "agency_id": str(body.id), "number": "估 7", "appraiser": "李某", "appraiser_number": "1", "value_date": "2026-03-01",
        "price": "2800", "total": "996800", "area": "356",
    }  # fmt: skip
    assert appraiser.post(f"/pricing/{found.id}/appraise/", report).status_code == 302
    assert "估 7" in text(appraiser.get(f"/pricing/{found.id}/"))


def test_every_export_gives_a_sheet() -> None:
    from anju.base.sheets import export_named

    make.ceiling(stock.reserved())
    with scope(stock.CITY):
        for name in ("ceilings", "unit_prices"):
            file, data = export_named(name).function(make.ctx())
            assert file.endswith(".xlsx") and data[:2] == b"PK"
