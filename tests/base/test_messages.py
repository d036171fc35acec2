"""The outbox: sealed at rest, sent once each, tried again with waits, given up aloud."""

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from anju.base.calendar.models import Installation
from anju.base.messages import delivery, gateway, outbox
from anju.base.messages.gateway import FileGateway, NotSent
from anju.base.messages.models import Message
from anju.base.regions import scope, uuid7
from offering.programme import refused_by_database, sql
from support.db import NOON, open_act, raw

SENT: list[str] = []
FAIL: list[str] = []


class Probe:
    """A gateway that remembers, and fails as often as it is told to."""

    def send(self, *, message_id: str, phone: str, text: str, template: str, at: Any) -> None:
        if FAIL:
            raise NotSent(FAIL.pop())
        SENT.append(f"{phone}:{text}")


@pytest.fixture(autouse=True)
def _probe(settings: Any, tmp_path: Path) -> None:
    settings.MESSAGE_GATEWAY = f"{__name__}.Probe"
    settings.VAR = tmp_path
    SENT.clear()
    FAIL.clear()


def queued(key: str = "k", phone: str = "13800000001", region: str = "231202") -> Message:
    """A message that waits."""
    with scope(region):
        return outbox.queue(
            region=region, phone=phone, template="t", text=f"您的事项{key}已办结", once_key=key, now=NOON
        )


def deliver(minutes: int = 0) -> int:
    """What a worker does, so many minutes later."""
    return delivery.deliver_waiting(region="231200", now=NOON, clock=NOON + timedelta(minutes=minutes))


def state(message: Message) -> tuple[str, int]:
    """Its state and tries."""
    with scope("231200"):
        found = Message.objects.get(pk=message.pk)
    return found.state, found.tries


@pytest.mark.django_db
def test_a_message_is_queued_once_per_key_and_sent_once() -> None:
    first, again = queued(), queued()
    assert first.pk == again.pk
    assert (deliver(), deliver(), deliver(60)) == (1, 0, 0)
    assert SENT == ["13800000001:您的事项k已办结"] and state(first) == ("sent", 1)


@pytest.mark.django_db
def test_a_message_that_was_not_sent_is_tried_again_after_a_wait() -> None:
    message = queued()
    FAIL.append("网关忙")
    assert deliver() == 0 and state(message) == ("queued", 1)
    assert deliver() == 0 and SENT == []  # too early
    assert deliver(1) == 1 and state(message) == ("sent", 2)


@pytest.mark.django_db
def test_a_message_is_given_up_after_five_tries_and_says_why() -> None:
    message = queued()
    FAIL.extend(["空号"] * 9)
    for hours in range(5):
        deliver(60 * 24 * hours)
    assert state(message) == ("failed", 5)
    assert deliver(60 * 24 * 30) == 0 and len(FAIL) == 4
    with scope("231200"):
        assert Message.objects.get(pk=message.pk).last_error == "空号"


@pytest.mark.usefixtures("committed")
def test_two_workers_at_once_send_each_message_once() -> None:
    for number in range(20):
        queued(f"k{number}")
    gate = threading.Barrier(3)

    def run() -> None:
        gate.wait()
        deliver()
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(SENT) == sorted(f"13800000001:您的事项k{n}已办结" for n in range(20))


@pytest.mark.usefixtures("committed")
def test_phone_and_text_are_sealed_in_the_column() -> None:
    message = queued()
    with raw("admin") as attack:
        row = attack.execute("SELECT * FROM base_message WHERE id = %s", [message.pk]).fetchone()
    assert row is not None
    everything = b"".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row)
    assert b"13800000001" not in everything and "已办结".encode() not in everything


@pytest.mark.django_db
def test_another_countys_messages_are_not_seen() -> None:
    queued(region="231202")
    with scope("231221"):
        assert not Message.objects.exists()
    assert delivery.deliver_waiting(region="231221", now=NOON) == 0


@pytest.mark.django_db
def test_the_demonstrations_gateway_writes_one_line_per_message(settings: Any, tmp_path: Path) -> None:
    settings.MESSAGE_GATEWAY = gateway.DEFAULT
    first, second = queued("a"), queued("b")
    assert deliver() == 2
    FileGateway().send(message_id=str(first.id), phone="13800000001", text="再来一次", template="t", at=NOON)
    path = tmp_path / "outbox" / "2026-03-02.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in lines] == [str(first.id), str(second.id)] and lines[0]["to"] == "13800000001"
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.django_db
def test_a_real_city_without_a_gateway_sends_nothing_into_a_file(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MESSAGE_GATEWAY = gateway.DEFAULT
    monkeypatch.setattr(gateway, "installation", lambda: Installation(id=1, kind="real", city="231200", origin="x"))
    message = queued()
    assert deliver() == 0 and state(message) == ("queued", 1) and not (tmp_path / "outbox").exists()


@pytest.mark.usefixtures("committed")
def test_the_database_refuses_a_message_sent_without_its_time_and_one_queued_twice() -> None:
    message = queued()
    with raw("admin") as attack:
        for change, name in (
            ("state = 'sent'", "a_sent_message_has_its_time"),
            ("sent_at = now()", "a_sent_message_has_its_time"),
        ):
            with pytest.raises(Exception, match=name), attack.transaction():
                attack.execute(f"UPDATE base_message SET {change} WHERE id = %s", [message.pk])
        with pytest.raises(Exception, match="message_once"), attack.transaction():
            attack.execute(
                "INSERT INTO base_message SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid()))).*"
                " FROM base_message m"
            )


STAYS = [
    "UPDATE base_message SET text = '\\x00'",
    "UPDATE base_message SET to_phone = '\\x00'",
    "UPDATE base_message SET to_blind = '\\x00'",
    "UPDATE base_message SET template = 'x'",
    "UPDATE base_message SET once_key = 'x'",
    "UPDATE base_message SET queued_at = queued_at - interval '1 year'",
    "UPDATE base_message SET case_id = gen_random_uuid()",
    "UPDATE base_message SET state = 'queued', sent_at = NULL",
    "DELETE FROM base_message",
    "SELECT set_config('anju.tending', 'on', true); DELETE FROM base_message",
]


@pytest.mark.usefixtures("committed")
def test_a_message_stays_as_it_was_queued_and_sent_within_an_act_and_without() -> None:
    queued()
    assert deliver() == 1
    for statement in STAYS:
        assert refused_by_database(sql(statement), region="231200") == "AJ005", statement
        with raw(region="231200") as database, pytest.raises(psycopg.Error) as caught:
            database.execute(statement)
        assert caught.value.sqlstate == "AJ005", statement


@pytest.mark.django_db
def test_retention_takes_no_message_of_the_last_thirty_days_nor_one_that_waits_nor_another_act_any() -> None:
    queued()
    with pytest.raises(Exception, match="stays as it was queued"):
        dropped("needs.drop_old", 400)  # it waits still
    assert deliver() == 1
    for name, days in (("needs.drop_old", 29), ("tests.fixture", 400)):
        with pytest.raises(Exception, match="stays as it was queued"):
            dropped(name, days)
    assert dropped("needs.drop_old", 31) == 1


def dropped(name: str, days: int) -> int:
    """Delete every message in an act of that name, so many days after they were queued; how many."""
    act = uuid7()
    with scope("231200", elevate=True), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT act_begin(%s, '231200', %s, '\\x00', %s, '4.5', NULL, 'upkeep', NULL, NULL, %s, '2026-03-02')",
            [act, str(act), name, NOON + timedelta(days=days)],
        )
        cursor.execute("DELETE FROM base_message")
        count = int(cursor.rowcount)
        cursor.execute(
            "SELECT act_end('231200', %s, '{}', '{}', '', NULL, '\\x00', '{}', '2026-03-02', '{}', '{}')", [act]
        )
    return count


@pytest.mark.django_db
def test_an_act_that_falls_takes_its_message_with_it() -> None:
    with pytest.raises(ZeroDivisionError), open_act():
        outbox.queue(region="231200", phone="13800000001", template="t", text="x", once_key="k", now=NOON)
        raise ZeroDivisionError
    assert deliver() == 0 and SENT == []
