"""The list page: filters, order, pages, xlsx, bulk acts; on real rows under row-level security."""

import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anju.base.regions import uuid7
from support.desk import signed_in, text, tickets

pytestmark = [pytest.mark.django_db, pytest.mark.urls("support.small_room")]


def titles(response: Any) -> list[str]:
    return [line.name for line in response.context["lines"]]


def test_a_page_holds_fifty_rows_and_says_which_of_how_many() -> None:
    tickets(60)
    client = signed_in("reviewer", "231202")
    page = client.get("/things/")
    assert titles(page) == [f"事项 {n:04d}" for n in range(50)]
    assert "第 1–50 条，共 60 条" in text(page) and 'href="?page=2"' in text(page)
    assert titles(client.get("/things/?page=2")) == [f"事项 {n:04d}" for n in range(50, 60)]


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999", "²"])
def test_a_page_number_that_is_none_is_answered_with_a_page(page: str) -> None:
    tickets(3)
    assert signed_in("reviewer", "231202").get("/things/", {"page": page}).status_code == 200


def test_a_county_sees_its_own_rows_and_the_city_all_of_them() -> None:
    tickets(3)
    tickets(2, "231221", title="望奎的")
    assert len(titles(signed_in("reviewer", "231202").get("/things/"))) == 3
    assert len(titles(signed_in("reviewer", "231221").get("/things/"))) == 2
    assert len(titles(signed_in("reviewer", "231200").get("/things/"))) == 5


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?post=leader", 2), ("?post=reviewer", 3), ("?q=领导", 2), ("?q=导的", 0), ("?limit=True", 2), ("?limit=False", 3),
        ("?opened_on_from=2026-02-03", 3), ("?post=leader&q=领导的事项", 2),
    ],
)  # fmt: skip
def test_filters_and_the_search_by_the_beginning_narrow_the_rows(query: str, count: int) -> None:
    tickets(3, opened_on=date(2026, 2, 3))
    tickets(2, post="leader", title="领导的事项", limit_days=None, due_on=None, opened_on=date(2026, 2, 1))
    assert len(titles(signed_in("reviewer", "231202").get("/things/" + query))) == count


@pytest.mark.parametrize("query", ["?post=nobody", "?opened_on_from=昨天", "?limit=maybe", "?object_id=不是编号"])
def test_a_value_that_is_no_value_is_left_out_and_said(query: str) -> None:
    tickets(3)
    page = signed_in("reviewer", "231202").get("/things/" + query)
    assert len(titles(page)) == 3 and "没有这样的筛选值" in text(page)


def test_a_like_wildcard_in_the_search_is_a_letter_like_any_other() -> None:
    tickets(2)
    tickets(1, title="100%的")
    assert titles(signed_in("reviewer", "231202").get("/things/", {"q": "100%"})) == ["100%的"]
    assert titles(signed_in("reviewer", "231202", username="b").get("/things/", {"q": "%"})) == []


def test_a_head_orders_and_turns_round_and_the_state_stays_in_the_address() -> None:
    tickets(3)
    client = signed_in("reviewer", "231202")
    page = client.get("/things/?order=-title&post=reviewer")
    assert titles(page) == ["事项 0002", "事项 0001", "事项 0000"]
    assert 'aria-sort="descending"' in text(page) and "?order=title&amp;post=reviewer" in text(page)


def test_an_order_that_no_column_offers_is_ignored() -> None:
    tickets(2)
    assert titles(signed_in("reviewer", "231202").get("/things/?order=region")) == ["事项 0000", "事项 0001"]


def test_clocks_count_working_days_from_the_installations_own_day() -> None:
    tickets(1, due_on=date(2026, 2, 26), title="超期的")  # a Thursday; Saturday the 28th is worked
    tickets(1, due_on=date(2026, 3, 3), title="临期的")
    tickets(1, due_on=None, limit_days=None, title="没有时限的")
    tickets(1, due_on=date(2026, 3, 20), title="停表的", stopped_on=date(2026, 3, 1), stop_reason="等补正")
    page = text(signed_in("reviewer", "231202").get("/things/"))
    for words in ("超 3 个工作日", "剩 1 个工作日", "时限参数未设定", "等补正"):
        assert words in page


def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    counts = []
    client = signed_in("reviewer", "231202")
    for more in (2, 300):
        tickets(more, title=f"批 {more}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            text(client.get("/things/"))
        counts.append(len([q for q in queries if "SELECT" in q["sql"]]))
    assert counts[1] - counts[0] <= 1, counts  # past one page, one capped count


def test_no_rows_at_all_says_what_is_missing_and_no_match_says_to_change_the_filter() -> None:
    client = signed_in("reviewer", "231202")
    assert "还没有办件" in text(client.get("/things/"))
    tickets(1)
    assert "没有符合条件的" in text(client.get("/things/?q=无"))


def test_an_action_without_the_power_is_not_shown() -> None:
    page = text(signed_in("reviewer", "231202").get("/things/"))
    assert "新办件" in page and "看不到的" not in page


def test_the_sheet_holds_what_the_filter_shows_numbers_as_numbers() -> None:
    from python_calamine import CalamineWorkbook

    tickets(3)
    tickets(2, post="leader", title="领导的事项")
    answer = signed_in("reviewer", "231202").get("/things/?post=leader&export=xlsx")
    assert (
        answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
        and "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "办件（合成）"
    assert [r[0] for r in rows if r[0] == "领导的事项"] == ["领导的事项"] * 2
    assert [r[4] for r in rows if r[0] == "领导的事项"] == [10.0, 10.0]


def test_a_bulk_act_asks_first_then_does_it_once_and_comes_back_to_the_same_list() -> None:
    from anju.base.acts.models import Act

    rows = tickets(3)
    client = signed_in("reviewer", "231202")
    ids = [str(r.id) for r in rows[:2]]
    asked = client.post("/things/?post=reviewer", {"bulk": "0", "ids": ids})
    assert "办结：2 行" in text(asked) and "逐行办结" in text(asked)
    done = {"bulk": "0", "ids": ids, "confirm": "1", "key": asked.context["key"]}
    for _ in range(2):  # a double click
        answer = client.post("/things/?post=reviewer", done)
        assert answer.status_code == 302 and answer.headers["Location"] == "/things/?post=reviewer"
    from anju.base.regions import scope

    with scope("231202"):
        assert [t.done_on is not None for t in type(rows[0]).objects.order_by("title")] == [True, True, False]
        assert Act.objects.filter(name__endswith=".close_many").count() == 1


def test_a_refused_bulk_act_changes_nothing_and_says_why() -> None:
    from anju.base.regions import scope

    rows = tickets(2) + tickets(1, title="不能办")
    client = signed_in("reviewer", "231202")
    answer = client.post("/things/", {"bulk": "0", "ids": [str(r.id) for r in rows], "confirm": "1", "key": "k"})
    assert answer.status_code == 422 and "有一行不能办结" in answer.content.decode()
    with scope("231202"):
        assert not type(rows[0]).objects.filter(done_on__isnull=False).exists()


def test_all_that_the_filter_shows_may_be_taken_at_once() -> None:
    tickets(60)
    tickets(3, post="leader", title="领导的事项")
    asked = signed_in("reviewer", "231202").post("/things/?post=reviewer", {"bulk": "0", "all": "1"})
    assert "办结：60 行" in text(asked)


@pytest.mark.parametrize("ids", [[], ["not-a-uuid"], [str(uuid7())]])
def test_a_bulk_act_on_nothing_is_not_done(ids: list[str]) -> None:
    tickets(1)
    client = signed_in("reviewer", "231202")
    assert client.post("/things/", {"bulk": "0", "ids": ids, "confirm": "1"}).status_code == 302
    assert "没有选中任何一行" in text(client.get("/things/"))


def test_rows_of_another_region_cannot_be_slipped_into_a_bulk_act() -> None:
    from anju.base.regions import scope

    mine, other = tickets(1), tickets(1, "231221", title="望奎的")
    client = signed_in("reviewer", "231202")
    client.post("/things/", {"bulk": "0", "ids": [str(mine[0].id), str(other[0].id)], "confirm": "1", "key": "k"})
    with scope("231221"):
        assert type(other[0]).objects.get(pk=other[0].pk).done_on is None


@pytest.mark.parametrize("number", ["1", "7", "x", ""])
def test_a_bulk_act_without_its_power_is_forbidden_in_words(number: str) -> None:
    rows = tickets(1)
    answer = signed_in("reviewer", "231202").post(
        "/things/", {"bulk": number, "ids": [str(rows[0].id)], "confirm": "1"}
    )
    assert answer.status_code == 403 and "没有这项批量办理的权限" in answer.content.decode()


def test_a_cell_is_escaped() -> None:
    tickets(1, title="<script>alert(1)</script>")
    page = text(signed_in("reviewer", "231202").get("/things/"))
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
