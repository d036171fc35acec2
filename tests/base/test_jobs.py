"""Jobs: they stand or fall with their act, run as its account, and survive a killed worker without loss or doubling."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from anju.base.acts import Refused
from anju.base.acts.models import Act
from anju.base.jobs import context as jobs_context
from anju.base.jobs import progress, tasks, work
from anju.base.messages import outbox
from anju.base.messages.models import Message
from anju.base.regions import scope, uuid7
from anju.base.sheets import kinds as kinds_
from anju.base.sheets.loads import accept_load, bring_file
from anju.base.sheets.models import Load
from anju.base.tickets.models import Ticket
from support import worker
from support.db import context
from support.sheets import row, xlsx

ROWS = 400


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("anju.base.sheets", "anju.base.sheets.kinds"):
        monkeypatch.setattr(f"{module}.KINDS", dict(kinds_.KINDS))
    monkeypatch.setattr(jobs_context, "_registered", list(jobs_context._registered))
    monkeypatch.setattr(work, "WORK", dict(work.WORK))
    monkeypatch.setattr(tasks, "WORK", work.WORK)


def jobs() -> list[tuple[Any, ...]]:
    """The deferred work on the queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args, status, lock FROM procrastinate_jobs WHERE task_name = 'work' ORDER BY id"
        )
        return [(name, json.loads(args), status, lock) for name, args, status, lock in cursor.fetchall()]


def brought(count: int = ROWS) -> Load:
    """A checked load of the slow kind."""
    worker.register()
    data = xlsx([row(受理号=str(n)) for n in range(count)])
    return bring_file(ctx=context(), kind="slow", name="样表.xlsx", data=data)


def until(seconds: float, holds: Callable[[], bool]) -> None:
    """Wait for it. Raises AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def workers() -> Iterator[list[Any]]:
    found: list[Any] = []
    yield found
    for process in found:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.mark.usefixtures("committed")
def test_a_load_survives_a_killed_worker_without_loss_or_doubling(workers: list[Any], settings: Any) -> None:
    load = brought()
    accept_load(ctx=context(), load_id=load.id)

    def done() -> int:
        with scope("231200"):
            return Load.objects.get(pk=load.pk).done

    workers.append(worker.start(settings.FILES))
    until(120, lambda: done() >= 100)
    workers[0].send_signal(signal.SIGKILL)
    workers[0].wait()
    stopped_at = done()
    assert 100 <= stopped_at < ROWS, "the worker was killed in the middle"
    workers.append(worker.start(settings.FILES))
    until(180, lambda: done() == ROWS)
    with scope("231200"):
        titles = sorted(int(t) for t in Ticket.objects.values_list("title", flat=True))
        assert titles == list(range(ROWS))
        assert Load.objects.get(pk=load.pk).state == Load.ACCEPTED
        assert Act.objects.filter(name="base.take_chunk").count() == ROWS // worker.CHUNK
    until(10, lambda: progress_state(load) == "done")


def progress_state(load: Load) -> str:
    """The state of the load's progress row."""
    with scope("231200"):
        found = progress.of(region="231200", kind="load", object_id=load.id)
    assert found is not None
    return found.state


@pytest.mark.usefixtures("committed")
def test_the_worker_numbers_the_log_sends_messages_and_publishes(workers: list[Any], settings: Any) -> None:
    from anju.base.log.models import Leaf
    from anju.base.log.publish import published_folder

    brought(1)
    with scope("231200"):
        outbox.queue(region="231200", phone="13800000000", template="t", text="文", once_key="k", now=context().now)
    workers.append(worker.start(settings.FILES))

    def sent() -> bool:
        with scope("231200"):
            return Message.objects.filter(state=Message.SENT).exists() and Leaf.objects.exists()

    until(120, sent)
    until(120, lambda: (Path(settings.FILES).parent / "out" / published_folder().name / "checkpoint").exists())


@pytest.mark.django_db
def test_work_is_deferred_in_the_acts_own_transaction() -> None:
    load = brought(2)
    with pytest.raises(Refused), scope("231200"):
        accept_load(ctx=context(), load_id=UUID(int=1))
    assert jobs() == []
    ctx = context(post="office_head")
    accept_load(ctx=ctx, load_id=load.id)
    [(name, args, status, lock)] = jobs()
    assert (name, status, lock) == ("work", "todo", f"load:{load.id}")
    assert args == {
        "kind": "load",
        "object_id": str(load.id),
        "account": str(ctx.account),
        "post": "office_head",
        "region": "231200",
    }


@pytest.mark.django_db
def test_a_job_runs_as_the_account_that_asked_for_it() -> None:
    seen: list[tuple[Any, ...]] = []
    work.register("probe", lambda ctx, object_id: seen.append((ctx.account, ctx.post, ctx.region, object_id)))
    jobs_context.register(lambda account, post, region: context(account=account, post=post, region=region))
    account, thing = uuid7(), uuid7()
    tasks.do_work("probe", thing, account, "operator", "231202")
    assert seen == [(account, "operator", "231202", thing)]


@pytest.mark.django_db
def test_a_job_that_fails_says_why_on_its_progress_row_and_fails_aloud() -> None:
    thing = uuid7()

    def lost(account: UUID, post: str, region: str) -> Any:
        raise LookupError("账号 buyer 已不在岗位 acquirer_clerk")

    jobs_context.register(lost)
    work.register("probe", lambda ctx, object_id: None)
    with scope("231200"):
        progress.start(region="231200", kind="probe", object_id=thing, total=3)
    with pytest.raises(LookupError):
        tasks.do_work("probe", thing, uuid7(), "acquirer_clerk", "231200")
    with scope("231200"):
        row_ = progress.of(region="231200", kind="probe", object_id=thing)
    assert row_ is not None and row_.state == "failed" and "账号 buyer 已不在岗位" in row_.note


def test_work_of_a_kind_that_nobody_registered_is_a_fault() -> None:
    with pytest.raises(LookupError, match="no work of kind nothing"):
        work.defer(ctx=context_without_database(), kind="nothing", object_id=uuid7())


def context_without_database() -> Any:
    """Enough of a context to defer with."""
    from types import SimpleNamespace

    return SimpleNamespace(account=uuid7(), post="p", region="231200")


def test_a_job_without_a_registered_way_to_its_context_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_context, "_registered", [])
    with pytest.raises(jobs_context.NoContext):
        jobs_context.context_of(uuid7(), "p", "231200")
