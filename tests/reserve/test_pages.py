"""The reserve's pages: what each post sees, acts done through their forms, refusals shown with the input kept."""

from typing import Any

import pytest
from django.test import Client

from anju.base.regions import scope
from anju.reserve import acts
from anju.reserve.models import Check, Project, StockSnapshot, Unit, Waiver
from reserve import make
from support.desk import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    """A clerk of the city's office."""
    return signed_in("office_clerk")


def rent(at: int, area: int, **fields: Any) -> dict[str, Any]:
    """A line for rent."""
    return make.row(at, gross_cm2=area, tenure="rent", **fields)


def set_parameters(**changed: Any) -> None:
    """Confirmed values, as the pages read them."""
    from datetime import date, datetime

    from anju.base.regions import uuid7
    from anju.parties.models import Setting
    from support.db import NOON, open_act

    with open_act(make.CITY):
        for name, value in {**make.SET, **changed}.items():
            Setting.objects.create(
                owner_region=make.CITY, name=name, value=value, valid_from=date(2025, 1, 1), document="测试", demonstration=True,
                proposed_by=uuid7(), proposed_at=NOON, confirmed_by=uuid7(), confirmed_at=datetime.fromisoformat(NOON.isoformat()),
            )  # fmt: skip


def test_the_list_shows_projects_with_their_homes_and_goes_out_as_a_sheet(office: Client) -> None:
    make.reserved()
    page = text(office.get("/reserve/"))
    assert "合成小区 P-1" in page and "已入储备" in page
    sheet = office.get("/reserve/?export=xlsx")
    assert sheet.status_code == 200 and sheet.content[:2] == b"PK"


def test_the_list_takes_the_same_queries_for_one_project_and_for_many(
    office: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(6):
        make.project(f"P-{n}")
    with django_assert_max_num_queries(25):
        office.get("/reserve/")


def test_a_project_page_has_its_grid_as_a_table_its_checks_and_its_verdicts(office: Client) -> None:
    found = make.reserved(
        rows=[make.row(1), make.row(2, gross_cm2=1_300_000), make.row(3, stairwells=2), make.row(4, stairwell=1)][:2]
    )
    page = text(office.get(f"/reserve/{found.id}/"))
    assert '<table class="bld">' in page and 'scope="row">1<' in page and "data-k" in page
    assert "不通过" in page and "手续齐备" in page and "89.00" in page
    assert 'aria-current="step"' in page


def test_a_verdict_sheet_names_the_measure_the_limit_and_the_clause(office: Client) -> None:
    found = make.screened(rows=[make.row(1, gross_cm2=1_250_000)])
    home = make.units(found)[0]
    page = text(office.get(f"/reserve/units/{home.id}/"))
    assert "125.00㎡" in page and "≤ 120.00㎡" in page and "3.3-3" in page and "不能入库" in page


def test_only_the_head_of_the_office_is_offered_a_waiver() -> None:
    found = make.screened(rows=[rent(1, 1_000_100), *[rent(at, 600_000) for at in (2, 3)]])
    home = make.units(found)[0]
    assert "申请豁免" not in text(signed_in("office_clerk").get(f"/reserve/units/{home.id}/"))
    head = signed_in("office_head")
    assert "申请豁免" in text(head.get(f"/reserve/units/{home.id}/"))
    done = head.post(f"/reserve/{found.id}/waive/", {"unit_ids": [str(home.id)], "reason": "四代同住"})
    assert done.status_code == 302, done.content.decode()
    with scope(make.CITY):
        assert Waiver.objects.get().reason == "四代同住"
    refused = head.post(f"/reserve/units/{home.id}/waive/", {"reason": "再来一次"})
    assert refused.status_code == 422 and "已经豁免" in refused.content.decode()


def test_a_clerk_declares_checks_and_screens_through_the_forms_and_the_head_admits() -> None:
    set_parameters()
    body = make.organisation()
    clerk, head = signed_in("acquirer_clerk"), signed_in("acquirer_head")
    given = {
        "number": "W-1",
        "name": "网上申报",
        "developer_id": str(body.id),
        "stands_in": "231202",
        "address": "合成路 9 号",
        "debt": "12.5",
    }
    bad = clerk.post("/reserve/declare/", {**given, "completed_on": "2026-03-09"})
    assert bad.status_code == 422 and "晚于申报日期" in bad.content.decode() and "网上申报" in bad.content.decode()
    assert clerk.post("/reserve/declare/", given).status_code == 302
    with scope(make.CITY):
        found = Project.objects.get(number="W-1")
        assert found.debt_fen == 12_500_000
    make.take(found, [make.row(1)])
    no = clerk.post(f"/reserve/{found.id}/check/", {"item": "papers", "result": "pass"})
    assert no.status_code == 422 and "须附材料" in no.content.decode()
    assert (
        clerk.post(
            f"/reserve/{found.id}/check/", {"item": "papers", "result": "fail", "note": "缺规划核实"}
        ).status_code
        == 302
    )
    with scope(make.CITY):
        assert Check.objects.get(item="papers", live=True).passed is False
    assert clerk.post(f"/reserve/{found.id}/screen/", {"tenures": ["rent"]}).status_code == 302
    assert clerk.get(f"/reserve/{found.id}/admit/").status_code == 403
    refused = head.post(f"/reserve/{found.id}/admit/")
    assert refused.status_code == 422 and "不能入库" in refused.content.decode()


def test_homes_are_admitted_in_bulk_after_a_confirm_page() -> None:
    set_parameters()
    found = make.screened()
    head = signed_in("acquirer_head")
    ids = [str(u.id) for u in make.units(found)[:2]]
    page = head.post("/reserve/units/", {"bulk": "0", "ids": ids})
    assert page.status_code == 200 and "入储备库" in page.content.decode()
    assert head.post("/reserve/units/", {"bulk": "0", "ids": ids, "confirm": "1", "key": "k"}).status_code == 302
    with scope(make.CITY):
        assert Unit.objects.filter(state="reserved").count() == 2


def test_a_snapshot_is_taken_and_shown(office: Client) -> None:
    make.reserved()
    assert office.post("/reserve/snapshots/take/").status_code == 302
    with scope(make.CITY):
        row = StockSnapshot.objects.get()
    assert "356.00" in text(office.get(f"/reserve/snapshots/{row.id}/"))
    assert "4" in text(office.get("/reserve/snapshots/"))


def test_a_county_sees_its_own_projects_only() -> None:
    make.project("P-city")
    own = make.project("P-county", region="231221")
    client = signed_in("office_clerk", "231221")
    page = text(client.get("/reserve/"))
    assert "P-county" in page and "P-city" not in page
    with scope(make.CITY):
        other = Project.objects.get(number="P-city")
    assert client.get(f"/reserve/{other.id}/").status_code == 404
    assert client.get(f"/reserve/{own.id}/").status_code == 200


def test_a_developers_agent_sees_and_acts_on_its_own_project_only() -> None:
    mine, other = make.organisation(), make.organisation(name="另一家")
    own, strange = make.reserved("P-1", developer_id=mine.id), make.project("P-2", developer_id=other.id)
    agent = signed_in("developer_agent", organisation=mine)
    page = text(agent.get("/reserve/"))
    assert "P-1" in page and "P-2" not in page
    assert "房态图" in text(agent.get(f"/reserve/{own.id}/"))
    assert agent.get(f"/reserve/{strange.id}/").status_code == 404
    home = make.units(own)[0]
    assert agent.get(f"/reserve/units/{home.id}/").status_code == 200


def test_a_withdrawal_asks_for_the_number_by_hand() -> None:
    found = make.reserved()
    head = signed_in("acquirer_head")
    wrong = head.post(f"/reserve/{found.id}/withdraw/", {"reason": "卖方退出", "typed": "P-9"})
    assert wrong.status_code == 422 and "P-1" in wrong.content.decode()
    assert head.post(f"/reserve/{found.id}/withdraw/", {"reason": "卖方退出", "typed": "P-1"}).status_code == 302
    with scope(make.CITY):
        assert Project.objects.get().state == "withdrawn" and set(Unit.objects.values_list("state", flat=True)) == {
            "withdrawn"
        }


def test_rights_are_recorded_through_the_form() -> None:
    found = make.reserved()
    home = make.units(found)[0]
    clerk = signed_in("acquirer_clerk")
    done = clerk.post(
        f"/reserve/units/{home.id}/rights/", {"queried_on": "2026-03-02", "seized": "yes", "reason": "查询回执 1 号"}
    )
    assert done.status_code == 302
    with scope(make.CITY):
        again = Unit.objects.get(id=home.id)
        assert again.seized is True and again.mortgaged is False and again.state == "reserved"


def test_every_export_gives_a_sheet() -> None:
    from anju.base.sheets import export_named

    make.reserved()
    acts.take_stock_snapshot(ctx=make.ctx("office_clerk"))
    with scope(make.CITY):
        for name in ("projects", "units"):
            file, data = export_named(name).function(make.ctx())
            assert file.endswith(".xlsx") and data[:2] == b"PK"
