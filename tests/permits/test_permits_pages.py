"""The green channel's pages and interface: who sees what, which act is offered, and that a refused one says why."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from anju.base.regions import scope, uuid7
from anju.parties.models import Setting
from anju.permits import acts
from anju.permits.models import Permit
from support import laid
from support.db import NOON, context
from support.desk import signed_in, text

CITY = "231200"
DAYS = [["filing", "网签备案", 2], ["taxes", "税费缴纳", 3]]

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("3.6-1")]


@pytest.fixture
def permit() -> Permit:
    """One open procedure of a purchased project, at 税务局."""
    laid.lay(
        Setting(
            owner_region=CITY, name="permit_days", value=DAYS, valid_from=date(2026, 1, 1), document="演示", demonstration=True,
            proposed_by=uuid7(), proposed_at=NOON, confirmed_by=uuid7(), confirmed_at=NOON,
        )
    )  # fmt: skip
    project = laid.project()
    acts.open_permits(
        ctx=context(), project_id=project.id, departments={"taxes": laid.organisation("department", "税务局").id}
    )
    with scope(CITY):
        return Permit.objects.select_related("project", "department").get(project=project)


def clerk(permit: Permit) -> Client:
    return signed_in("department_clerk", organisation=permit.department, username="tax")


def test_the_list_shows_the_clock_in_words_and_filters_by_it(permit: Permit) -> None:
    client = signed_in("office_clerk")
    page = text(client.get(reverse("permits:list")))
    assert "税费缴纳" in page and "在办" in page and "2026-03-05" in page
    assert "税费缴纳" in text(client.get(reverse("permits:list"), {"open": "True"}))
    done = text(client.get(reverse("permits:list"), {"open": "False"}))
    assert "没有符合条件的" in done
    assert client.get(reverse("permits:list"), {"export": "xlsx"}).content[:2] == b"PK"


def test_the_ticket_leads_to_the_page(permit: Permit) -> None:
    assert reverse("permits:thing", args=[permit.id]) == f"/permits/{permit.id}/"


def test_the_department_finishes_on_the_page_and_the_paper_trail_stands(permit: Permit) -> None:
    client = clerk(permit)
    page = text(client.get(reverse("permits:thing", args=[permit.id])))
    assert "剩 3 个工作日" in page
    url = reverse("permits:finish", args=[permit.id])
    assert "证书号或受理号" in text(client.get(url))
    bad = client.post(url, {"certificate": "", "key": "k1"})
    assert bad.status_code == 422 and "证书号" in bad.content.decode()
    assert client.post(url, {"certificate": "完税 1 号", "key": "k2"}).status_code == 302
    assert "已办结" in text(client.get(reverse("permits:thing", args=[permit.id])))
    again = client.post(url, {"certificate": "完税 2 号", "key": "k3"})
    assert again.status_code == 422 and "没有重复办理" in again.content.decode()


def test_another_departments_clerk_is_told_whose_it_is(permit: Permit) -> None:
    client = signed_in("department_clerk", organisation=laid.organisation("department", "公积金中心"), username="fund")
    assert "由税务局办理" in text(client.get(reverse("permits:thing", args=[permit.id])))
    answer = client.post(reverse("permits:finish", args=[permit.id]), {"certificate": "1", "key": "k"})
    assert answer.status_code == 422 and "税务局" in answer.content.decode()


def test_the_clock_is_stopped_and_resumed_on_the_pages(permit: Permit) -> None:
    client = clerk(permit)
    assert client.post(reverse("permits:stop", args=[permit.id]), {"reason": "等补件", "key": "a"}).status_code == 302
    page = text(client.get(reverse("permits:thing", args=[permit.id])))
    assert "停表" in page and "等补件" in page and "恢复计时" in page
    assert client.post(reverse("permits:resume", args=[permit.id]), {"key": "b"}).status_code == 302


def test_the_acquirer_opens_what_is_not_open_yet(permit: Permit) -> None:
    client = signed_in("acquirer_clerk")
    assert permit.project.number in text(client.get(reverse("permits:choose")))
    url = reverse("permits:open", args=[permit.project_id])
    assert "税费缴纳" in text(client.get(url))
    assert client.post(url, {"filing": str(permit.department_id), "key": "k"}).status_code == 302
    with scope(CITY):
        assert set(Permit.objects.values_list("procedure", flat=True)) == {"filing", "taxes"}


@pytest.mark.parametrize(("post", "status"), [("auditor", 200), ("intake_clerk", 403), ("appraiser", 403)])
def test_the_page_is_for_those_it_concerns(permit: Permit, post: str, status: int) -> None:
    client = signed_in(post)
    assert client.get(reverse("permits:list")).status_code == status
    assert client.get(reverse("permits:finish", args=[permit.id])).status_code == 403


def test_a_county_does_not_find_the_citys_procedure(permit: Permit) -> None:
    assert signed_in("office_clerk", "231221").get(reverse("permits:thing", args=[permit.id])).status_code == 404


def test_a_departments_system_reads_and_finishes_over_the_interface(permit: Permit) -> None:
    client = clerk(permit)
    rows = client.get("/api/permits").json()
    assert [(r["procedure"], r["state"], r["due_on"]) for r in rows] == [("taxes", "在办", "2026-03-05")]
    answer = client.post(
        f"/api/permits/{permit.id}/finish", {"certificate": "完税 1 号"}, content_type="application/json"
    )
    assert answer.status_code == 200 and answer.json()["state"] == "已办结"
    refused = client.post(f"/api/permits/{permit.id}/finish", {"certificate": "x"}, content_type="application/json")
    assert refused.status_code == 409 and "没有重复办理" in refused.json()["sentence"]
    assert client.get("/api/permits").json() == []


def test_somebody_not_signed_in_gets_nothing(permit: Permit) -> None:
    assert Client().get("/api/permits").status_code == 401
    assert Client().get(reverse("permits:list")).status_code == 302
