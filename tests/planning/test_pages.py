"""Planning's pages: a scenario is solved on a form, its page says who is served and why others are not."""

import pytest

from anju.base.regions import scope
from anju.base.sheets import export_named
from anju.planning.models import Plan
from anju.reserve import acts as reserve
from planning.test_plan import demand, priced
from reserve import make as stock
from reserve.test_pages import set_parameters
from support.desk import signed_in, text

pytestmark = pytest.mark.django_db


def test_a_scenario_is_solved_shown_and_listed() -> None:
    set_parameters()
    priced()
    wanted = demand((stock.STANDS_IN, "sale", 2, 800_000, 5), ("231221", "rent", 1, 400_000, 2))
    snapshot = reserve.take_stock_snapshot(ctx=stock.ctx("office_clerk"))
    clerk = signed_in("office_clerk")
    assert "合成需求" in text(clerk.get("/planning/solve/"))
    given = {
        "title": "方案甲",
        "demand_id": str(wanted.id),
        "stock_id": str(snapshot.id),
        "budget": "50",
        "least_units": "1",
    }
    bad = clerk.post("/planning/solve/", {**given, "budget": "0"})
    assert bad.status_code == 422 and "方案甲" in bad.content.decode()
    assert clerk.post("/planning/solve/", given).status_code == 302
    with scope(stock.CITY):
        row = Plan.objects.get()
        assert row.households == 2, "50 万元 buys two of 24.297 万元"
        name, data = export_named("plan-units").function(stock.ctx())
        assert name.endswith(".xlsx") and data[:2] == b"PK"
    page = text(clerk.get(f"/planning/{row.id}/"))
    for words in (
        "2 / 5 户",
        "0 / 2 户",
        "预算不足",
        "储备库没有相符的房源",
        '<svg class="gbar"',
        "48.59",
        row.inputs_sha256,
    ):
        assert words in page, words
    assert "方案甲" in text(clerk.get("/planning/"))


def test_the_department_and_the_developer_do_not_see_plans() -> None:
    assert signed_in("department_clerk").get("/planning/").status_code == 403
    assert signed_in("developer_agent", organisation=stock.organisation()).get("/planning/").status_code == 403
