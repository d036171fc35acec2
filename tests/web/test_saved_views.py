"""Columns that are picked and views that are kept: one person's own, one of them where the list opens."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from anju.base.listing.models import SavedView
from anju.base.regions import scope, uuid7
from support.db import open_act
from support.desk import signed_in, text, tickets

pytestmark = [pytest.mark.django_db, pytest.mark.urls("support.small_room")]
SAVE = {"save_view": "1", "view_title": "领导的", "view_default": "1"}


def heads(page: Any) -> list[str]:
    return [h.col.title for h in page.context["heads"]]


def test_the_columns_that_are_ticked_are_shown_and_the_first_always() -> None:
    tickets(2)
    client = signed_in("reviewer", "231202")
    assert heads(client.get("/things/?col=post&col=limit_days")) == ["标题", "岗位", "时限"]
    assert heads(client.get("/things/?col=no_such_column")) == ["标题", "到期", "岗位", "收到", "时限"]


def test_a_view_is_kept_under_its_name_and_the_default_one_is_where_the_list_opens() -> None:
    tickets(2)
    tickets(1, post="leader", title="领导的事项")
    client = signed_in("reviewer", "231202")
    saved = client.post("/things/?post=leader&order=-title&col=post", SAVE)
    assert saved.status_code == 302 and saved.headers["Location"] == "?order=-title&post=leader&col=post"
    opened = client.get("/things/")
    assert opened.status_code == 302 and "post=leader" in opened.headers["Location"]
    page = client.get("/things/" + opened.headers["Location"])
    assert heads(page) == ["标题", "岗位"] and "已保存视图「领导的」" in text(page)
    assert [(v.title, v.current, v.is_default) for v in page.context["own_views"]] == [("领导的", True, True)]
    assert len(client.get("/things/?all=1").context["lines"]) == 3


def test_a_view_of_the_same_name_is_replaced_and_a_second_default_takes_the_place_of_the_first() -> None:
    client = signed_in("reviewer", "231202")
    client.post("/things/?post=leader", SAVE)
    client.post("/things/?post=reviewer", SAVE)
    client.post("/things/?q=x", {**SAVE, "view_title": "另一个"})
    with scope("231202"):
        rows = list(SavedView.objects.order_by("title").values_list("title", "values", "is_default"))
    assert sorted(rows) == sorted([("领导的", {"post": "reviewer"}, False), ("另一个", {"q": "x"}, True)])


def test_a_view_is_its_owners_alone_and_only_the_owner_deletes_it() -> None:
    client = signed_in("reviewer", "231202")
    client.post("/things/?post=leader", SAVE)
    with scope("231202"):
        key = str(SavedView.objects.get().id)
    other = signed_in("reviewer", "231202", username="someone")
    assert other.get("/things/").context["own_views"] == []
    other.post("/things/", {"delete_view": key})
    assert "不是您的" in text(other.get("/things/"))
    assert "已删除视图" in text(
        client.get("/things/" + client.post("/things/?all=1", {"delete_view": key})["Location"])
    )
    with scope("231202"):
        assert not SavedView.objects.exists()


@pytest.mark.parametrize(("title", "said"), [("", "应为 1 至 20 个字"), ("长" * 21, "收到 21 个字")])
def test_a_view_without_a_name_is_not_kept(title: str, said: str) -> None:
    client = signed_in("reviewer", "231202")
    client.post("/things/", {**SAVE, "view_title": title})
    assert said in text(client.get("/things/?all=1"))


def test_the_database_holds_one_view_of_a_name_and_one_default_whatever_the_program_does() -> None:
    row = {
        "region": "231202",
        "account": uuid7(),
        "list": "x",
        "values": {},
        "columns": [],
        "made_at": "2026-03-02T00:00Z",
    }
    with open_act("231202"):
        SavedView.objects.create(**row, title="甲", is_default=True)
        for changes in ({"title": "甲"}, {"title": "乙", "is_default": True}, {"title": ""}):
            with pytest.raises(IntegrityError), transaction.atomic():
                SavedView.objects.create(**{**row, **changes})


def test_the_sheet_holds_the_picked_columns_and_a_second_sheet_explains_them() -> None:
    import io

    from python_calamine import CalamineWorkbook

    from anju.base.acts.models import Act

    tickets(3, post="leader")
    client = signed_in("reviewer", "231202", name="赵某")
    answer = client.get("/things/?post=leader&col=limit_days&order=-title&export=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["办件", "说明"]
    assert ["标题", "时限（工作日）"] in book.get_sheet_by_index(0).to_python()
    about = {row[0]: row[1:] for row in book.get_sheet_by_index(1).to_python() if row and row[0]}
    assert about["筛选条件"][0] == "岗位：领导" and about["行数"][0] == "3" and "赵某" in about["导出人"][0]
    assert about["时限"][:2] == ["工作日", "整数"] and "合成" in about["数据性质"][0] and "从大到小" in about["排序"][0]
    with scope("231202"):
        assert Act.objects.filter(name="base.export_list").count() == 1
