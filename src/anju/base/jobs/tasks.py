"""The tasks of ``serve``'s worker. A job runs in its region's scope as the account that asked for it; periodic ones run city by city.

The last of six cron fields is seconds. Nothing re-queues a killed worker's job by itself: ``rescue`` does.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import close_old_connections
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from anju.base.calendar.days import installation, now_of
from anju.base.calendar.models import Installation
from anju.base.jobs import progress
from anju.base.jobs.context import context_of
from anju.base.jobs.work import WORK
from anju.base.regions import scope

log = logging.getLogger(__name__)
HEARTBEAT_SECONDS, STALLED_SECONDS = 2, 6
TRIES = 3


@app.task(name="work", queue="work", retry=RetryStrategy(max_attempts=TRIES, wait=5), pass_context=True)
def run_work(job: JobContext, kind: str, object_id: str, account: str, post: str, region: str) -> None:
    """Do one piece of deferred work; its progress row says where it stopped and why."""
    with _connection():
        try:
            ctx = context_of(UUID(account), post, region)
            WORK[kind](ctx, UUID(object_id))
        except Exception as error:
            # Any fault stops the job, never silently: the page shows it, the log keeps the traceback, the queue retries.
            progress.fail(region=region, kind=kind, object_id=UUID(object_id), note=f"后台任务中断：{error}")
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
    from anju.base.log import sequencer

    with _connection():
        sequencer.sequence()


@app.periodic(cron="* * * * * */2")
@app.task(name="deliver", queue="upkeep", queueing_lock="deliver", lock="deliver")
def deliver(timestamp: int) -> None:
    """Send what waits in the outbox."""
    from anju.base.messages import delivery

    with _city() as city:
        delivery.deliver_waiting(region=city.city, now=now_of(city))


@app.periodic(cron="7 * * * *")
@app.task(name="take-down", queue="upkeep", queueing_lock="take-down", lock="take-down")
def take_down(timestamp: int) -> None:
    """Hide publications whose last day has passed."""
    from anju.base.publication import release

    with _city() as city:
        release.take_down_due(region=city.city, now=now_of(city))


@contextmanager
def _connection() -> Iterator[None]:
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


@contextmanager
def _city() -> Iterator[Installation]:
    """The scope of the whole city, for upkeep that belongs to nobody's case."""
    with _connection():
        row = installation()
        with scope(row.city):
            yield row
