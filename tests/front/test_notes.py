"""Notes and calls: by staff who may view the thing, never seen by a party, never edited, the next step on the desk."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from anju.base.acts.models import Act
from anju.base.notes.models import Note
from anju.base.regions import PARTY, scope
from anju.base.tickets.models import Ticket
from needs.helpers import COUNTY, submitted
from support.db import open_act
from support.desk import person, signed_in, text

pytestmark = pytest.mark.django_db
CALL = {
    "kind": "call", "text": "说明要补的收入证明", "called": "申请人", "phone": "13845501234", "outcome": "later",
    "next_step": "再打一次", "next_on": "2026-03-05", "key": "k1",
}  # fmt: skip


@pytest.fixture
def case() -> Any:
    with scope(COUNTY):
        return submitted(1)


def where(case: Any) -> str:
    return f"/notes/needs.application/{case.id}/"


def test_a_call_is_kept_masked_with_its_outcome_and_its_next_step_comes_up_on_the_desk(case: Any) -> None:
    client = signed_in("intake_clerk", COUNTY, name="李受理")
    answer = client.post(where(case), {**CALL, "back": f"/needs/{case.id}/"})
    assert answer.status_code == 302 and answer["Location"] == f"/needs/{case.id}/#notes"
    page = text(client.get(f"/needs/{case.id}/"))
    for words in ("备注与通话", "138****1234", "已接通，约定再联系", "再打一次", "李受理"):
        assert words in page, words
    assert "13845501234" not in page
    desk = text(client.get("/"))
    assert "再打一次" in desk and case.number in desk
    with scope(COUNTY):
        assert Ticket.objects.get(kind="base.note_next").due_on == date(2026, 3, 5)
        assert Act.objects.filter(name="base.add_note").count() == 1
    client.post(where(case), {"kind": "note", "text": "已补", "key": "k2", "back": "/"})
    with scope(COUNTY):
        assert Ticket.objects.get(kind="base.note_next").done_on is not None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": ""}, "内容"), ({"called": ""}, "请写通话的对方"), ({"outcome": ""}, "请选通话结果"),
        ({"next_step": ""}, "请写下一步做什么"), ({"next_on": "2026-03-01"}, "早于今天"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_kept(case: Any, change: dict[str, str], said: str) -> None:
    answer = signed_in("intake_clerk", COUNTY).post(where(case), {**CALL, **change})
    assert answer.status_code == 422 and said in answer.content.decode()
    with scope(COUNTY):
        assert not Note.objects.exists()


def test_a_note_is_put_right_by_a_further_one_and_both_stay(case: Any) -> None:
    client = signed_in("intake_clerk", COUNTY)
    client.post(where(case), {"kind": "note", "text": "收入 3000", "key": "a"})
    with scope(COUNTY):
        first = Note.objects.get()
    client.post(f"{where(case)}?corrects={first.id}", {"kind": "note", "text": "收入 4000", "key": "b"})
    page = text(client.get(f"/needs/{case.id}/"))
    assert "收入 3000" in page and "收入 4000" in page and "已被更正" in page


@pytest.mark.parametrize(
    ("post", "region", "status"),
    [
        ("reviewer", COUNTY, 200), ("reviewer", "231221", 404), ("bank_officer", COUNTY, 403), ("developer_agent", COUNTY, 403),
        ("family", COUNTY, 403), ("notary", COUNTY, 403),
    ],
)  # fmt: skip
def test_only_staff_who_may_view_the_thing_may_write_about_it(case: Any, post: str, region: str, status: int) -> None:
    assert signed_in(post, region).get(where(case)).status_code == status


def test_an_organisation_carries_notes_too_and_a_party_never_sees_any(case: Any) -> None:
    from anju.parties.models import Organisation

    with open_act("231200"):
        body = Organisation.objects.create(kind="developer", name="甲开发", owner_region="231200", synthetic=True)
    client = signed_in("office_clerk")
    client.post(f"/notes/parties.organisation/{body.id}/", {"kind": "note", "text": "资料常缺", "key": "o"})
    assert "资料常缺" in text(client.get(f"/parties/organisations/{body.id}/"))
    party = Client()
    party.force_login(person("developer_agent", organisation=body), backend="anju.parties.signin.PasswordBackend")
    page = party.get(f"/parties/organisations/{body.id}/")
    assert page.status_code == 403 or "资料常缺" not in page.content.decode()
    with scope("231200", party=body.id, role=PARTY):
        assert not Note.objects.exists()


def test_the_database_keeps_a_note_as_it_was_written() -> None:
    values = {
        "region": COUNTY, "object_kind": "x", "object_id": "018f0000-0000-7000-8000-000000000000", "kind": "note", "text": "a",
        "account": "018f0000-0000-7000-8000-000000000001", "post": "p", "made_at": "2026-03-02T00:00Z",
    }  # fmt: skip
    with open_act(COUNTY):
        row = Note.objects.create(**values)
    for statement in ("UPDATE base_note SET text = 'b' WHERE id = %s", "DELETE FROM base_note WHERE id = %s"):
        with open_act(COUNTY), pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(statement, [row.id])
