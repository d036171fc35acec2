"""A large list becomes a job: asked as the person, fetched by that person alone, gone after seven days, each step in the log."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anju.base.acts.models import Act
from anju.base.jobs import progress, tasks
from anju.base.listing import acts, upkeep
from anju.base.listing.models import ExportFile
from anju.base.regions import scope
from anju.web import exports
from support.db import NOON, open_act
from support.desk import person, text, tickets

pytestmark = pytest.mark.django_db


def browser(who: Any) -> Client:
    client = Client()
    client.force_login(who, backend="anju.parties.signin.PasswordBackend")
    return client


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[Client, Any, ExportFile]:
    """Three rows where two are the limit: the reviewer's list went to the job."""
    monkeypatch.setattr(exports, "NOW_MAX", 2)
    monkeypatch.setattr(exports, "STEP", 2)
    tickets(3)
    who = person("reviewer", "231202", name="赵某")
    client = browser(who)
    for _ in range(2):  # a double click
        answer = client.post("/waiting/?export=xlsx&opened_on_from=2026-01-01", {"reason": "整理待办"})
        assert answer.status_code == 302 and answer["Location"] == "/exports/"
    assert "正在后台生成" in text(client.get("/exports/"))
    with scope("231202"):
        return client, who, ExportFile.objects.get()


def test_the_job_makes_the_file_as_the_person_who_asked_and_the_desk_tells(asked: Any) -> None:
    from python_calamine import CalamineWorkbook

    client, who, row = asked
    tasks.do_work("export", row.id, who.id, "reviewer", "231202")
    tasks.do_work("export", row.id, who.id, "reviewer", "231202")  # started again after a kill
    assert "导出好了" in text(client.get("/"))
    answer = client.get(f"/exports/{row.id}/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["等我办的", "说明"]
    assert [r[0] for r in book.get_sheet_by_index(0).to_python() if str(r[0]).startswith("事项 ")] == [
        "事项 0000", "事项 0001", "事项 0002"
    ]  # fmt: skip
    with scope("231202"):
        row.refresh_from_db()
        assert (row.rows, row.state) == (3, "ready") and row.expires_on == NOON.date() + timedelta(days=7)
        assert progress.of(region="231202", kind="export", object_id=row.id).state == "done"  # type: ignore[union-attr]
        names = list(Act.objects.filter(object_id=row.id).order_by("id").values_list("name", flat=True))
    assert names == ["base.ask_export", "base.finish_export", "base.fetch_export"]


def test_a_file_is_its_owners_alone_and_only_while_the_list_may_be_seen(asked: Any) -> None:
    client, who, row = asked
    tasks.do_work("export", row.id, who.id, "reviewer", "231202")
    assert browser(person("reviewer", "231202", username="other")).get(f"/exports/{row.id}/").status_code == 404
    with open_act("231202"):
        ExportFile.objects.filter(pk=row.id).update(power="nobody.may")
    refused = client.get(f"/exports/{row.id}/")
    assert refused.status_code == 403 and "已不能查看" in refused.content.decode()


def test_after_its_last_day_the_file_is_deleted_and_the_page_says_so(asked: Any) -> None:
    client, who, row = asked
    tasks.do_work("export", row.id, who.id, "reviewer", "231202")
    assert upkeep.drop_due("231200", NOON + timedelta(days=7)) == 0 and acts.path_of(row.id).exists()
    assert upkeep.drop_due("231200", NOON + timedelta(days=8)) == 1 and not acts.path_of(row.id).exists()
    gone = client.get(f"/exports/{row.id}/")
    assert gone.status_code == 422 and "已到期删除" in gone.content.decode()
    assert "已到期删除" in text(client.get("/exports/"))


def test_who_lost_the_post_gets_no_file_and_the_page_says_why(asked: Any) -> None:
    from anju.parties.models import Appointment

    _, who, row = asked
    with open_act("231202"):
        Appointment.objects.filter(account=who).update(until=NOON.date())
    with pytest.raises(LookupError):
        tasks.do_work("export", row.id, who.id, "reviewer", "231202")
    with scope("231202"):
        assert "后台任务没有继续" in progress.of(region="231202", kind="export", object_id=row.id).note  # type: ignore[union-attr]
