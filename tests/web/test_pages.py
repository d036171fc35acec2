"""The thing page, the act page, the error pages: in words, with what blocks and why, and never a traceback."""

import re
from typing import Any

import pytest

from support.desk import signed_in, text, tickets
from support.small_room import RENAMED

pytestmark = [pytest.mark.django_db, pytest.mark.urls("support.small_room")]


def test_a_thing_shows_facts_verdicts_papers_history_and_what_blocks_an_act() -> None:
    row = tickets(1, due_on=None, limit_days=None)[0]
    page = text(signed_in("reviewer", "231202").get(f"/things/{row.id}/"))
    assert '<dt>到期</dt><dd><span class="c-unk">未知</span>' in page
    assert "面积合规" in page and "89.32 ㎡" in page and "还没有文书" in page
    assert 'aria-disabled="true"' in page and "还差 5 套" in page and "无权的" not in page
    assert "&lt;b&gt;不是标签&lt;/b&gt;" in page


def test_an_act_is_in_the_history_with_its_actor_and_clause() -> None:
    row = tickets(1)[0]
    client = signed_in("reviewer", "231202", name="赵复审")
    assert (
        client.post(f"/things/{row.id}/rename/", {"title": "新标题", "key": "a"}).headers["Location"]
        == f"/things/{row.id}/"
    )
    page = text(client.get(f"/things/{row.id}/"))
    assert "赵复审" in page and "4.1" in page and "已办：改标题" in page


def test_a_double_click_is_one_act() -> None:
    row = tickets(1)[0]
    client = signed_in("reviewer", "231202")
    before = len(RENAMED)
    for _ in range(2):
        assert client.post(f"/things/{row.id}/rename/", {"title": "一次", "key": "same"}).status_code == 302
    assert len(RENAMED) == before + 1


def test_a_refusal_keeps_the_input_and_shows_every_verdict_the_blocking_ones_first() -> None:
    row = tickets(1)[0]
    answer = signed_in("reviewer", "231202").post(f"/things/{row.id}/rename/", {"title": "不行", "key": "k"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="不行"' in page and "没有办理" in page and "建筑面积超过上限" in page and "130.00 ㎡" in page
    assert "3.3-3" in page


def test_a_refused_act_leaves_its_refusal_row() -> None:
    from anju.base.acts.models import Refusal
    from anju.base.regions import scope

    row = tickets(1)[0]
    signed_in("reviewer", "231202").post(f"/things/{row.id}/rename/", {"title": "不行", "key": "k"})
    with scope("231202"):
        assert Refusal.objects.get().object_id == row.id


def test_a_missing_value_is_listed_on_top_and_above_its_field() -> None:
    row = tickets(1)[0]
    answer = signed_in("reviewer", "231202").post(f"/things/{row.id}/rename/", {"title": "", "key": "k"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "有 1 处要改" in page
    assert 'href="#id_title"' in page and 'aria-invalid="true"' in page and 'aria-describedby="id_title_e"' in page


@pytest.mark.parametrize(("typed", "done"), [("1", True), ("", False), ("2", False)])
def test_an_act_that_cannot_be_undone_wants_the_number_typed(typed: str, done: bool) -> None:
    row = tickets(1)[0]
    answer = signed_in("reviewer", "231202").post(
        f"/things/{row.id}/rename/?confirm", {"title": "确认过", "key": "k", "typed": typed}
    )
    assert answer.status_code == (302 if done else 422)
    assert done or "请手输件数「1」再确认" in answer.content.decode()


def test_a_post_without_the_power_is_told_so_in_words() -> None:
    answer = signed_in("family").get("/things/")
    page = answer.content.decode()
    assert answer.status_code == 403 and "申请家庭" in page and "front.desk" in page


def test_a_page_that_is_not_there_says_so_in_words() -> None:
    answer = signed_in("reviewer", "231202").get("/no-such-page/")
    assert answer.status_code == 404 and "没有这一页" in answer.content.decode()


def test_a_fault_of_ours_is_a_number_not_a_traceback(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    client = signed_in("reviewer", "231202")
    client.raise_request_exception = False
    answer = client.get("/broken/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "秘密的内部信息" not in page and "Traceback" not in page
    number = re.search(r"E-[0-9A-F]{10}", page)
    assert number and number.group(0) in caplog.text


def test_a_form_without_its_token_is_answered_in_words() -> None:
    from django.test import Client

    from support.desk import person

    row = tickets(1)[0]
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("reviewer", "231202"), backend="anju.parties.signin.PasswordBackend")
    answer = client.post(f"/things/{row.id}/rename/", {"title": "x"})
    assert answer.status_code == 403 and "页面已过期" in answer.content.decode()


def test_the_rail_shows_rooms_by_power_in_the_plans_order_with_what_waits_there() -> None:
    tickets(2, url="/needs/x/")
    page = text(signed_in("reviewer", "231202").get("/things/"))
    links = re.findall(r"<span>([^<]+)</span>(?:<span class=\"ct[^>]*>.*?</span>(\d+)</span>)?</a>", page)
    names = [name for name, _ in links]
    assert names[0] == "工作台" and "驾驶舱" not in names
    assert dict(links)["工作台"] == "2"


def test_a_page_in_a_demonstration_says_so() -> None:
    page = text(signed_in("reviewer", "231202").get("/things/"))
    assert "合成数据提示" in page and '<html lang="zh-CN">' in page and 'href="#main">跳到正文' in page
