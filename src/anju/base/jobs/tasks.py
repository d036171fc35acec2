"""The tasks of ``serve``'s worker: work behind an act runs as its account in its region; upkeep goes over the whole city.

The last of six cron fields is seconds. Nothing re-queues a killed worker's job by itself: ``rescue`` does.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import close_old_connections
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import installation, now_of
from anju.base.calendar.models import Installation
from anju.base.jobs import progress
from anju.base.jobs.context import context_of, upkeep_context
from anju.base.jobs.work import HOURLY, WORK
from anju.base.log import publish, sequencer
from anju.base.messages import delivery
from anju.base.publication import release
from anju.base.regions import scope
from anju.base.secrets.keys import log_key

log = logging.getLogger(__name__)
STALLED_SECONDS = 6
TRIES = 3


@app.task(name="work", queue="work", retry=RetryStrategy(max_attempts=TRIES, wait=5))
def run_work(kind: str, object_id: str, account: str, post: str, region: str) -> None:
    """Do one piece of deferred work, on a connection of this task's thread."""
    with _connection():
        do_work(kind, UUID(object_id), UUID(account), post, region)


def do_work(kind: str, object_id: UUID, account: UUID, post: str, region: str) -> None:
    """Do it as that account; the progress row says where it stopped and why. Raises whatever stopped it."""
    try:
        WORK[kind](context_of(account, post, region), object_id)
    except Exception as error:
        # Any fault stops the job, never silently: the page shows it, the log keeps the traceback, the queue tries again.
        progress.fail(region=region, kind=kind, object_id=object_id, note=f"后台任务中断：{error}")
        raise


@app.periodic(cron="* * * * * */5")
@app.task(name="rescue", queue="upkeep", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Put the jobs of killed workers back on the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        log.warning("job %s of a lost worker is queued again", job.id)
        await manager.retry_job(job)


@app.periodic(cron="* * * * * */1")
@app.task(name="sequence", queue="upkeep", queueing_lock="sequence", lock="sequence")
def sequence(timestamp: int) -> None:
    """Number committed acts in the city's log."""
    with _connection():
        sequencer.sequence()


@app.periodic(cron="* * * * * */10")
@app.task(name="publish-log", queue="upkeep", queueing_lock="publish-log", lock="publish-log")
def publish_log(timestamp: int) -> None:
    """Sign the log's root and publish checkpoint and tiles, so that what came before can no longer be rewritten unseen."""
    with _city() as city:
        publish.publish(key=log_key(), origin=city.origin, now=now_of(city))


@app.periodic(cron="* * * * * */2")
@app.task(name="deliver", queue="upkeep", queueing_lock="deliver", lock="deliver")
def deliver(timestamp: int) -> None:
    """Send what waits in the outbox."""
    with _city() as city:
        delivery.deliver_waiting(region=city.city, now=now_of(city))


@app.periodic(cron="7 * * * *")
@app.task(name="take-down", queue="upkeep", queueing_lock="take-down", lock="take-down")
def take_down(timestamp: int) -> None:
    """Hide publications whose last day has passed."""
    with _city() as city:
        take_down_in(city.city, city)


def take_down_in(region: str, city: Installation) -> int:
    """The same as a plain call; leaves no entry where nothing is due."""
    now = now_of(city)
    with scope(region):
        waiting = release.due(region, now.astimezone(SHANGHAI).date()).exists()
    if not waiting:
        return 0
    return release.take_down_due(ctx=upkeep_context(region=region, now=now, power="base.take_down_due"))


@app.periodic(cron="17 * * * *")
@app.task(name="hourly", queue="upkeep", queueing_lock="hourly", lock="hourly")
def hourly(timestamp: int) -> None:
    """What upper packages registered to be done each hour."""
    with _city() as city:
        for fn in HOURLY.values():
            fn(city.city, now_of(city))


@contextmanager
def _connection() -> Iterator[None]:
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


@contextmanager
def _city() -> Iterator[Installation]:
    """The city's installation row, on a connection of this task's thread."""
    with _connection():
        yield installation()
