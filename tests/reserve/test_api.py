"""The OpenAPI of reserve, pricing and planning: the same acts, powers and refusals as the pages."""

from typing import Any

import pytest
from django.test import Client

from anju.base.regions import scope
from anju.pricing.models import Appraisal, CostSheet, UnitPrice
from anju.reserve.models import Project, Unit
from pricing import make as price
from reserve import make
from support.desk import signed_in

pytestmark = pytest.mark.django_db


def post(client: Client, url: str, body: Any, **headers: str) -> Any:
    """A JSON call."""
    return client.post(url, body, content_type="application/json", headers=headers)


def test_a_project_is_declared_filled_and_read() -> None:
    clerk = signed_in("acquirer_clerk")
    body = {
        "number": "A-1", "name": "接口项目", "developer_id": str(make.organisation().id), "stands_in": "231202", "address": "合成路 3 号",
    }  # fmt: skip
    made = post(clerk, "/api/reserve/projects", body, **{"Idempotency-Key": "one"})
    assert made.status_code == 200 and made.json()["debt_fen"] is None
    assert post(clerk, "/api/reserve/projects", body, **{"Idempotency-Key": "one"}).json()["id"] == made.json()["id"]
    again = post(clerk, "/api/reserve/projects", body)
    assert again.status_code == 409 and again.json()["clause"] == "3.3-1"
    key = made.json()["id"]
    lines = [make.row(1), make.row(2, code="230102003004GB00001F00010002")]
    bad = post(clerk, f"/api/reserve/projects/{key}/units", lines)
    assert bad.status_code == 422 and "231202开头" in bad.json()["sentence"] and bad.json()["verdicts"]
    assert post(clerk, f"/api/reserve/projects/{key}/units", lines[:1]).json() == {"units": 1, "spaces": 0}
    assert [u["gross_cm2"] for u in clerk.get(f"/api/reserve/projects/{key}/units").json()] == [890_000]
    assert post(clerk, f"/api/reserve/projects/{key}/screen", {}).json() == {"unknown": 1}
    home = clerk.get(f"/api/reserve/projects/{key}/units").json()[0]["id"]
    assert "3.3-5-five" in {v["rule"] for v in clerk.get(f"/api/reserve/units/{home}/verdicts").json()}
    with scope(make.CITY):
        assert Project.objects.count() == 1 and Unit.objects.count() == 1


def test_who_does_not_hold_the_power_is_refused_in_words() -> None:
    found = make.reserved()
    auditor = signed_in("auditor")
    assert auditor.get("/api/reserve/projects").status_code == 200
    refused = post(auditor, f"/api/reserve/projects/{found.id}/screen", {})
    assert refused.status_code == 403 and "权限" in refused.json()["sentence"]
    assert Client().get("/api/reserve/projects").status_code == 401
    assert signed_in("office_clerk", "231221").get(f"/api/reserve/projects/{found.id}/units").status_code == 404


def test_costs_reports_and_prices_come_in() -> None:
    found, body = make.reserved(), price.agency()
    clerk = signed_in("acquirer_clerk")
    price.acts.commission_appraisal(ctx=price.ctx(), project_id=found.id, agency_id=body.id)
    assert post(clerk, f"/api/pricing/projects/{found.id}/costs", price.COSTS).status_code == 200
    wrong = post(clerk, f"/api/pricing/projects/{found.id}/costs", {**price.COSTS, "land_fen": 50_000_000})
    assert wrong.status_code == 422 and wrong.json()["clause"] == "3.4-1"
    report = {
        "agency_id": str(body.id),
        "appraiser": "李某",
        "appraiser_number": "1",
        "number": "估 1",
        "value_date": "2026-03-01",
    }
    assert post(clerk, f"/api/pricing/projects/{found.id}/appraisals", {**report, **price.REPORT}).status_code == 200
    homes = make.units(found)
    given = [{"unit_id": str(u.id), "amount_fen": 26_700_000} for u in homes]
    assert post(clerk, f"/api/pricing/projects/{found.id}/prices", given).json() == {"prices": 4}
    with scope(make.CITY):
        assert (CostSheet.objects.count(), Appraisal.objects.count(), UnitPrice.objects.count()) == (1, 1, 4)
    row = price.acts.propose_ceiling(ctx=price.ctx(), project_id=found.id)
    said = clerk.get(f"/api/pricing/projects/{found.id}/ceilings").json()
    assert [(c["id"], c["ceiling_fen_m2"], c["confirmed"]) for c in said] == [(str(row.id), 273_000, False)]


def test_a_plan_is_read() -> None:
    from planning.test_plan import demand, plan, priced

    priced()
    row = plan(demand((make.STANDS_IN, "sale", 2, 800_000, 2)))
    clerk = signed_in("office_clerk")
    assert [p["households"] for p in clerk.get("/api/planning/plans").json()] == [2]
    assert len(clerk.get(f"/api/planning/plans/{row.id}").json()["units"]) == 2
    assert clerk.get("/api/planning/plans/00000000-0000-0000-0000-000000000000").status_code == 404
