"""The desk, the cockpit, the search, files and loads: each shows what the post may see, and says why where it may not."""

import io
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anju.base.regions import scope, uuid7
from support.db import open_act
from support.desk import person, signed_in, text, tickets

pytestmark = pytest.mark.django_db


def test_the_desk_lists_what_waits_the_overdue_first_and_counts_by_light() -> None:
    tickets(1, title="快到期的", due_on=date(2026, 3, 3))
    tickets(1, title="超期的", due_on=date(2026, 2, 20))
    tickets(1, title="还早的", due_on=date(2026, 3, 30))
    tickets(1, title="没有时限的", due_on=None, limit_days=None)
    tickets(1, title="别人的", post="leader")
    page = signed_in("reviewer", "231202").get("/")
    body = text(page)
    assert [t.ticket.title for t in page.context["tasks"]] == ["超期的", "快到期的", "还早的", "没有时限的"]
    assert {k: page.context["lights"][k] for k in ("all", "over", "near", "ok", "still")} == {
        "all": 4,
        "over": 1,
        "near": 1,
        "ok": 1,
        "still": 1,
    }
    assert (
        "今天先办这 2 件" in body
        and "共 4 件" in body
        and "2026 年 3 月 2 日（星期一）" in body
        and "别人的" not in body
    )


def test_the_desks_queries_do_not_grow_with_what_waits() -> None:
    counts = []
    client = signed_in("reviewer", "231202")
    # The first page of a process fills the house's caches of places and content types.
    client.get("/")
    for more in (1, 200):
        tickets(more)
        with CaptureQueriesContext(connection) as queries:
            text(client.get("/"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_i_did_and_what_was_refused_is_on_my_desk() -> None:
    from anju.base.acts import Refused
    from anju.parties.context import actor, live_appointments
    from support.small_room import rename

    who = person("reviewer", "231202", name="赵复审")
    row = tickets(1)[0]
    ctx = actor(who, live_appointments(who, date(2026, 3, 2))[0]).context()
    with scope("231202"):
        rename(ctx=ctx, ticket_id=row.id, title="好")
        with pytest.raises(Refused):
            rename(ctx=ctx, ticket_id=row.id, title="不行")
    client = Client()
    client.force_login(who, backend="anju.parties.signin.PasswordBackend")
    page = text(client.get("/"))
    assert "没有办成的" in page and "建筑面积超过上限" in page and "3.3-3" in page


def test_a_family_goes_to_its_own_pages_not_to_a_desk() -> None:
    assert signed_in("family").get("/").status_code == 302


@pytest.mark.parametrize(
    ("post", "status"), [("leader", 200), ("auditor", 200), ("reviewer", 403), ("developer_agent", 403)]
)
def test_the_cockpit_is_for_those_who_answer_for_the_whole(post: str, status: int) -> None:
    answer = signed_in(post).get("/cockpit/")
    assert answer.status_code == status
    assert status == 200 or "没有权限" in answer.content.decode()


def test_the_cockpit_draws_ten_counties_on_the_server_and_says_where_the_bounds_come_from() -> None:
    page = text(signed_in("leader").get("/cockpit/"))
    for name in ("北林区", "望奎县", "兰西县", "青冈县", "庆安县", "明水县", "绥棱县", "安达市", "肇东市", "海伦市"):
        assert page.count(name) >= 2, name
    assert "天地图" in page and "审图号" in page and page.count("<path ") == 10


@pytest.mark.parametrize(
    ("ratio", "step"),
    [(None, 0), ((0, 0), 0), ((0, 10), 1), ((49, 100), 1), ((1, 2), 2), ((3, 4), 3), ((113, 120), 3), ((114, 120), 4)],
)
def test_a_county_is_coloured_by_integers(ratio: Any, step: int) -> None:
    from anju.front.countymap import step_of

    assert step_of(ratio) == step


def test_the_search_finds_by_the_beginning_and_never_outside_the_region() -> None:
    with open_act("231202") as ctx:
        from anju.needs.models import Application

        values = {
            "programme": "sale", "applicant_name": "王小明", "phone": b"x", "phone_blind": b"y", "group": "new", "town": "231202001",
            "persons": 1, "accepted_on": ctx.today, "state": "submitted",
        }  # fmt: skip
        Application.objects.create(region="231202", number="231202 2603 000001", **values)
    page = text(signed_in("reviewer", "231202").get("/search/", {"q": "231202 2603"}))
    assert "231202 2603 000001" in page and "王某" in page and "王小明" not in page
    assert "没有找到" in text(signed_in("reviewer", "231221").get("/search/", {"q": "231202 2603"}))
    assert "没有找到" in text(signed_in("reviewer", "231202", username="x").get("/search/", {"q": "2603"}))


@pytest.mark.parametrize("q", ["'", "%", "\\", "<script>", "a" * 500, "\u0000", "🏠"])
def test_the_search_answers_whatever_is_typed(q: str) -> None:
    assert signed_in("office_clerk").get("/search/", {"q": q}).status_code in (200, 400)


def test_the_search_uses_no_like(django_assert_max_num_queries: Any) -> None:
    client = signed_in("office_clerk")
    with CaptureQueriesContext(connection) as queries:
        client.get("/search/", {"q": "2312"})
    assert not [q["sql"] for q in queries if " LIKE " in q["sql"].upper()]


def test_opening_a_file_leaves_an_entry_and_another_region_does_not_find_it() -> None:
    from anju.base.acts.models import Act
    from anju.base.files import store

    with open_act("231202") as ctx:
        row = store.keep(ctx=ctx, name="说明.txt", data="材料".encode(), kind="proof")
    answer = signed_in("reviewer", "231202").get(f"/files/{row.id}/")
    assert answer.status_code == 200 and answer.content.decode() == "材料"
    assert "attachment" in answer.headers["Content-Disposition"]
    with scope("231202"):
        assert Act.objects.get(name="front.read_file").object_id == row.id
    assert signed_in("reviewer", "231221").get(f"/files/{row.id}/").status_code == 404
    assert signed_in("reviewer", "231202", username="z").get(f"/files/{uuid7()}/").status_code == 404


def test_every_signed_in_post_may_see_the_interface_and_its_schema() -> None:
    client = signed_in("office_clerk")
    page = text(client.get("/api/docs"))
    assert "/api/me" in page and '<script src="http' not in page
    schema = client.get("/api/openapi.json").json()
    assert schema["openapi"].startswith("3.") and "/api/me" in schema["paths"]
    assert client.get("/api/me").json()["post"] == "office_clerk"
    assert Client().get("/api/me").status_code == 401


def test_the_csp_stands_on_every_page() -> None:
    for path in ("/portal/", "/no-such-page/"):
        policy = Client().get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy


def _sheet(rows: list[list[Any]], titles: list[str]) -> SimpleUploadedFile:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("表")
    for at, row in enumerate([titles, *rows]):
        sheet.write_row(at, 0, row)
    book.close()
    return SimpleUploadedFile("表.xlsx", buffer.getvalue())


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A kind of file of the tests' own, brought by office clerks, accepted by another person."""
    from anju.base.sheets import kinds

    found = kinds.SheetKind(
        name="test", title="测试表", power="front.desk", second_person=True, clause="4.4", note="每行一个名称。",
        columns=(kinds.Column("名称", "name", required=True), kinds.Column("面积", "area", kind="area", clause="3.3-3")), take=lambda ctx,
        rows, load: [],
    )  # fmt: skip
    monkeypatch.setitem(kinds.KINDS, "test", found)
    return found


def test_a_file_is_brought_checked_cell_by_cell_and_not_stored_until_another_accepts_it(kind: Any) -> None:
    powers = signed_in("office_clerk").get("/api/me").json()["powers"]
    if "base.bring_file" not in powers:
        pytest.skip("no post holds base.bring_file in this table of powers")
    client = signed_in("office_clerk", username="clerk2")
    answer = client.post(
        "/loads/bring/test/",
        {"file": _sheet([["甲", "89.32"], ["乙", "不是数"], ["", "1"]], ["名称", "面积"]), "key": "k"},
    )
    assert answer.status_code == 302, answer.content.decode()
    page = text(client.get(answer.headers["Location"]))
    for words in ("B3", "不是数", "A4", "3.3-3", "校验完：1 行可以收下，2 行退回", "须由另一人收下"):
        assert words in page, words


def test_a_large_file_is_checked_behind_the_page_which_shows_the_result_by_itself(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anju.base.jobs.work import WORK
    from anju.base.sheets import loads
    from anju.parties.context import actor_named

    monkeypatch.setattr(loads, "LATER_BYTES", 100)
    client = signed_in("office_clerk", username="clerk3")
    sheet = _sheet([["甲", "89.32"], ["乙", "不是数"]], ["名称", "面积"])
    here = client.post("/loads/bring/test/", {"file": sheet, "key": "k"}).headers["Location"]
    assert "正在校验" in text(client.get(here))
    asked = here + "job/?checking"
    assert "HX-Refresh" not in client.get(asked).headers
    WORK["check_load"](actor_named("clerk3").context(), UUID(here.strip("/").split("/")[-1]))
    assert client.get(asked).headers["HX-Refresh"] == "true"
    assert "B3" in text(client.get(here))


def test_a_file_comes_in_over_the_interface_as_it_does_on_the_pages(kind: Any) -> None:
    client = signed_in("office_clerk")
    titles = [c["title"] for k in client.get("/api/loads/kinds").json() if k["name"] == "test" for c in k["columns"]]
    assert titles == ["名称", "面积"]
    found = client.post("/api/loads/bring/test", {"file": _sheet([["甲", "1"], ["乙", "不是数"]], ["名称", "面积"])})
    assert found.status_code == 200, found.content.decode()
    body = found.json()
    assert (body["good"], body["bad"], body["state"]) == (1, 1, "checked")
    assert body["errors"][0]["column"] == "面积" and body["errors"][0]["clause"] == "3.3-3"
    own = client.post(f"/api/loads/{body['id']}/accept", {"reasons": {}}, content_type="application/json")
    assert own.status_code == 422 and "另一人" in own.json()["sentence"]
    back = client.post(f"/api/loads/{body['id']}/reject", {"reason": "填错了"}, content_type="application/json")
    assert back.json()["state"] == "rejected"
    assert client.get(f"/api/loads/{uuid7()}").status_code == 400


def test_the_interface_wants_the_csrf_token_of_a_session(kind: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("office_clerk"), backend="anju.parties.signin.PasswordBackend")
    assert client.post("/api/loads/bring/test", {"file": _sheet([["甲", "1"]], ["名称", "面积"])}).status_code == 403


def test_a_post_that_may_not_bring_this_kind_is_told_so(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from anju.base.sheets import kinds

    monkeypatch.setitem(kinds.KINDS, "test", replace(kind, power="nobody.may"))
    client = signed_in("office_clerk")
    if "base.bring_file" not in client.get("/api/me").json()["powers"]:
        pytest.skip("no post holds base.bring_file in this table of powers")
    answer = client.get("/loads/bring/test/")
    assert answer.status_code == 403 and "测试表" in answer.content.decode()


def test_a_connection_that_comes_back_to_the_pool_still_tells_the_time_as_django_reads_it(
    django_db_setup: None,
) -> None:
    from anju.front import postgres
    from support.db import raw

    with raw() as used:
        used.execute("SET TIME ZONE 'Asia/Shanghai'")
        postgres._reset(used)
        assert used.execute("SHOW TimeZone").fetchone() == ("UTC",)


@pytest.mark.parametrize("post", ["developer_agent", "appraiser", "bank_officer", "bank_checker"])
@pytest.mark.parametrize(
    "path", ["/", "/waiting/", "/waiting/done/", "/search/?q=2312", "/loads/", "/papers/", "/api/docs"]
)
def test_a_party_gets_its_own_desk_and_never_a_fault_of_the_database(post: str, path: str) -> None:
    from anju.parties.models import Organisation

    with open_act("231200"):
        body = Organisation.objects.create(kind="developer", name="开发甲", owner_region="231200", synthetic=True)
    assert signed_in(post, organisation=body).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/portal/", "/portal/news/", "/portal/draws/", "/portal/check/", "/portal/how/"])
def test_a_family_reads_the_portal_as_a_visitor_does(path: str) -> None:
    assert signed_in("family").get(path).status_code == 200
