"""The pages of a case's life: what a clerk decides is decided on a page, and the case tells its own story."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from anju.base.regions import scope, uuid7
from anju.needs import acts
from anju.needs.models import Application, Ban, HouseholdEvent, Objection
from anju.parties.models import Setting
from needs.helpers import COUNTY, NOON, VALUES, ctx_of, qualified, submitted, through_reviews
from support.desk import signed_in, text
from support.laid import lay

pytestmark = pytest.mark.usefixtures("committed")
SET = {"relook_days": 15, "objection_days": 5, "false_papers_ban_years": 5, "recheck_months": 1}


@pytest.fixture(autouse=True)
def county_parameters(committed: None) -> None:
    lay(*[
        Setting(
            owner_region="231200", name=name, value=value, valid_from=date(2025, 1, 1), document="演示〔2025〕1号", demonstration=True,
            proposed_by=uuid7(), proposed_at=NOON, confirmed_by=uuid7(), confirmed_at=NOON,
        )
        for name, value in {**VALUES, **SET}.items()
    ])  # fmt: skip


def now_of(row: Application) -> Application:
    with scope(COUNTY):
        return Application.objects.get(id=row.id)


def post_to(client: Any, name: str, key: Any, data: dict[str, Any]) -> str:
    answer = client.post(reverse(f"needs:{name}", args=[key] if key else []), data, follow=True)
    assert answer.status_code == 200, text(answer)
    return text(answer)


def test_an_objection_is_entered_decided_by_another_post_and_told_on_the_cases_page() -> None:
    (row,) = through_reviews(1)
    acts.publish_applications(ctx=ctx_of("reviewer"), ids=[row.id], title="公示")
    clerk, reviewer = signed_in("intake_clerk", COUNTY), signed_in("reviewer", COUNTY)
    said = {"number": row.number, "text": "邻县有房", "name": "赵某", "phone": "19911112222"}
    page = post_to(clerk, "objection_new", None, said)
    assert row.number in page and "在办" in page
    with scope(COUNTY):
        found = Objection.objects.get()
    shown = text(reviewer.get(reverse("needs:objection", args=[found.id])))
    assert "邻县有房" in shown and "赵某" not in shown and "19911112222" not in shown
    page = post_to(reviewer, "objection_decide", found.id, {"upheld": "yes", "reason": "属实"})
    assert "成立" in page and now_of(row).state == "refused"
    page = post_to(clerk, "ask_again", row.id, {"text": "已过户"})
    assert "复核" in page and "公示异议" in page and "公示中 → 不予通过" in page
    assert row.number in text(clerk.get(reverse("needs:reconsiderations")))


def test_the_order_page_shows_what_a_new_rule_would_do() -> None:
    qualified(1, 11)
    lay(Setting(
        owner_region="231202", name="priority_groups", value=[["group", "youth", "青年人", 1]], valid_from=date(2026, 1, 1),
        document="北住〔2026〕2号", demonstration=True, proposed_by=uuid7(), proposed_at=NOON, confirmed_by=uuid7(), confirmed_at=NOON,
    ))  # fmt: skip
    page = text(signed_in("office_head", COUNTY).get(reverse("needs:orders")))
    assert "参数已改，还没有重排" in page and "2 户中 0 户前移" in page
    answer = signed_in("office_head", COUNTY, username="head2").post(
        reverse("needs:reorder", args=["sale"]), {"reason": "北住〔2026〕2号", "typed": "配售型保障性住房"}, follow=True
    )
    assert "第 2 次" in text(answer)


def test_a_households_events_a_pause_and_a_ban_are_done_on_pages_and_stand_in_the_story() -> None:
    (row,) = qualified(1)
    with scope(COUNTY):
        second = row.members.get(relation="20")
    clerk, reviewer = signed_in("intake_clerk", COUNTY), signed_in("reviewer", COUNTY)
    given = {"happened_on": "2026-02-20", "reason": "户口簿分户页", "income_month_fen": "3000", "home_area_cm2": "0"}
    page = post_to(clerk, "split", row.id, {**given, "leaving": [str(second.id)]})
    assert "分户" in page and "户口簿分户页" in page
    with scope(COUNTY):
        assert HouseholdEvent.objects.get().kind == "split"
    assert "轮候中 → 已暂停" in post_to(reviewer, "suspend", row.id, {"reason": "联系不上"})
    assert "已暂停 → 轮候中" in post_to(reviewer, "resume", row.id, {"reason": "已联系"})
    post_to(clerk, "ban_new", row.id, {"ground": "false_papers", "facts": "收入证明系伪造"})
    with scope(COUNTY):
        ban = Ban.objects.get()
    post_to(clerk, "ban_hear", ban.id, {"heard_on": str(ban.proposed_on), "statement": "承认"})
    page = post_to(reviewer, "ban_decide", ban.id, {"imposed": "yes", "reason": "属实"})
    assert "限制中" in page and now_of(row).state == "lapsed"
    for name in ("rechecks", "bans", "objections", "reconsiderations", "orders"):
        assert clerk.get(reverse(f"needs:{name}")).status_code == 200


def test_cases_are_taken_in_bulk_from_the_list() -> None:
    rows = [submitted(serial) for serial in (1, 11)]
    clerk = signed_in("intake_clerk", COUNTY)
    page = clerk.post(
        reverse("needs:list"), {"bulk": "0", "ids": [str(r.id) for r in rows], "confirm": "1"}, follow=True
    )
    assert "认领 2 件" in text(page)
