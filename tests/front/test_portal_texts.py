"""The portal's own texts: scanned before anybody sees them, shown from their first to their last day, searched by anybody."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from anju.base.acts import InvalidInput, Refused
from anju.base.notices import acts
from anju.base.notices.models import PortalText
from anju.base.regions import scope
from support.db import NOON, context, open_act
from support.desk import signed_in, text

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def drafted(**changes: Any) -> PortalText:
    values = {"kind": "notice", "title": "系统维护", "body": "今晚 8 点停一小时。", "shown_from": TODAY, "until": TODAY}
    return acts.draft_text(ctx=context(), **{**values, **changes})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body": "请打 138 4550 1234"}, "手机号"),
        ({"title": "231202199001011237"}, "身份证号"),
        ({"until": None}, "最后一天"),
        ({"body": "长" * 201}, "最多 200 个字"),
        ({"until": date(2026, 3, 1)}, "早于"),
        ({"title": " "}, "都要填"),
        ({"order": 1000}, "次序"),
    ],
)  # fmt: skip
def test_what_may_not_be_shown_is_not_even_kept(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        drafted(**change)


def test_a_notice_is_on_every_page_of_the_portal_while_its_days_last() -> None:
    now = drafted()
    later = drafted(title="明天的事", shown_from=date(2026, 3, 3), until=date(2026, 3, 4))
    visitor = Client()
    assert "系统维护" not in text(visitor.get("/portal/"))
    for row in (now, later):
        acts.release_text(ctx=context("office_head"), text_id=row.id)
    for path in ("/portal/", "/portal/how/", "/portal/draws/"):
        page = text(visitor.get(path))
        assert "系统维护" in page and "今晚 8 点停一小时" in page and "明天的事" not in page
    assert "系统维护" not in text(visitor.get("/portal/news/")).split('id="main"')[1]
    acts.take_text_down(ctx=context("office_head"), text_id=now.id, reason="已恢复")
    assert "系统维护" not in text(visitor.get("/portal/"))
    with pytest.raises(Refused, match="不能再改"):
        drafted(text_id=later.id)


def test_guides_stand_in_the_offices_order_and_answers_are_found_by_their_words() -> None:
    for title, order in (("第二份", 20), ("第一份", 10)):
        row = drafted(kind="guide", title=title, body="第一段\n第二段", order=order, until=None)
        acts.release_text(ctx=context(), text_id=row.id)
    row = drafted(kind="answer", title="公积金能付首付吗？", body="可以，按公积金中心规定办理。", until=None)
    acts.release_text(ctx=context(), text_id=row.id)
    visitor = Client()
    page = text(visitor.get("/portal/how/"))
    assert page.index("第一份") < page.index("第二份") and "公积金能付首付吗" in page and "一家可以申请几套" in page
    found = text(visitor.get("/portal/how/", {"q": "公积金 首付"}))
    assert "公积金能付首付吗" in found and "一家可以申请几套" not in found
    assert "没有找到含「没有的词」的问答" in text(visitor.get("/portal/how/", {"q": "没有的词"}))
    with scope("231200"):
        slug = str(PortalText.objects.get(title="第一份").id)
    assert "<p>第二段</p>" in text(visitor.get(f"/portal/guides/{slug}/"))
    assert visitor.get("/portal/guides/x/").status_code == 404


def test_the_office_keeps_them_on_its_pages() -> None:
    clerk = signed_in("office_clerk")
    made = clerk.post("/portal-texts/new/", {
        "kind": "notice", "title": "放假安排", "body": "清明放假三天。", "shown_from": "2026-03-02", "until": "2026-04-06",
        "order": "5", "key": "a",
    })  # fmt: skip
    here = made["Location"]
    assert clerk.post(f"{here}release/", {"key": "b"}).status_code == 302
    assert "已发布" in text(clerk.get(here)) and "放假安排" in text(clerk.get("/portal-texts/"))
    assert "放假安排" in text(Client().get("/portal/"))
    assert signed_in("reviewer").get("/portal-texts/").status_code == 403


def test_the_database_asks_a_notice_for_its_last_day_and_a_shown_text_for_its_release() -> None:
    values = {
        "region": "231200", "kind": "notice", "title": "x", "body": "y", "shown_from": TODAY, "until": TODAY,
        "drafted_by": "018f0000-0000-7000-8000-000000000001", "drafted_at": NOON,
    }  # fmt: skip
    with open_act():
        PortalText.objects.create(**values)
        for changes in ({"until": None}, {"until": date(2026, 3, 1)}, {"state": "shown"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                PortalText.objects.create(**{**values, **changes})
