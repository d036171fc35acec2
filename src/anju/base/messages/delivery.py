"""Deliver what waits: each message is marked as tried and committed before it is sent, so no two workers send it."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from anju.base.messages.gateway import Gateway, NotSent, gateway
from anju.base.messages.models import Message
from anju.base.regions import scope

log = logging.getLogger(__name__)
BATCH = 200
WAITS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


def deliver_waiting(*, region: str, now: datetime, clock: datetime | None = None) -> int:
    """Send the messages of ``region`` (a city: with its counties) that are due; how many went out.

    ``now`` is the installation's time, which the message keeps; ``clock`` the machine's, by which a retry waits.
    Must not run inside a transaction: each mark is committed on its own.
    """
    clock = clock or timezone.now()
    with scope(region):
        waiting = Message.objects.filter(state=Message.QUEUED).filter(_due(clock)).order_by("queued_at", "id")
        ids = list(waiting.values_list("id", flat=True)[:BATCH])
    adapter = gateway() if ids else None
    return sum(_deliver(adapter, region, one, now, clock) for one in ids) if adapter else 0


def _due(clock: datetime) -> Q:
    return Q(next_try_at__isnull=True) | Q(next_try_at__lte=clock)


def _deliver(adapter: Gateway, region: str, message_id: UUID, now: datetime, clock: datetime) -> bool:
    message = _claim(region, message_id, clock)
    if message is None:
        return False
    try:
        adapter.send(
            message_id=str(message.id),
            phone=str(message.to_phone),
            text=str(message.text),
            template=message.template,
            at=now,
        )
    except (NotSent, OSError) as error:
        log.warning("message %s was not sent (try %s): %s", message.id, message.tries, error)
        failed = message.tries >= len(WAITS)
        _mark(region, message_id, True, state=Message.FAILED if failed else Message.QUEUED, last_error=str(error)[:200])
        return False
    _mark(region, message_id, False, state=Message.SENT, sent_at=now, last_error="")
    return True


def _claim(region: str, message_id: UUID, clock: datetime) -> Message | None:
    """Count the try and say when the next one may be, before sending; None where another worker has it."""
    with scope(region):
        rows = Message.objects.select_for_update(skip_locked=True).filter(pk=message_id, state=Message.QUEUED)
        message = rows.filter(_due(clock)).first()
        if message:
            message.next_try_at = clock + WAITS[min(message.tries, len(WAITS) - 1)]
            message.tries += 1
            message.save(update_fields=["tries", "next_try_at"])
        return message


def _mark(region: str, message_id: UUID, waiting: bool, **values: object) -> None:
    """``waiting``: only while it still waits, so that one moved to another phone meanwhile is not tried at the wrong one again."""
    with scope(region):
        rows = Message.objects.filter(pk=message_id)
        (rows.filter(state=Message.QUEUED) if waiting else rows).update(**values)
