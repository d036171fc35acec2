"""Kinds of work that a job can do: an upper package registers its own, since ``jobs`` may not import it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from anju.base.acts import ActContext

Work = Callable[[ActContext, UUID], None]
WORK: dict[str, Work] = {}
# What upper packages have done each hour: (region of the city, now) → how many things.
HOURLY: dict[str, Callable[[str, datetime], int]] = {}


def register(kind: str, fn: Work) -> None:
    """``fn(ctx, object_id)`` runs inside ``scope`` of the region; it must be safe to start again."""
    WORK[kind] = fn


def hourly(name: str, fn: Callable[[str, datetime], int]) -> None:
    """``fn(city, now)`` runs each hour; it does nothing, and leaves no entry, where nothing is due."""
    HOURLY[name] = fn


def defer(*, ctx: ActContext, kind: str, object_id: UUID) -> None:
    """Put work on the queue, in the running act's own transaction: it stands or falls with the act.

    It will run as the account of ``ctx``, in its post and region.
    """
    from anju.base.jobs.tasks import run_work  # importing tasks imports what they call

    if kind not in WORK:
        raise LookupError(f"no work of kind {kind}")
    run_work.configure(lock=f"{kind}:{object_id}").defer(
        kind=kind, object_id=str(object_id), account=str(ctx.account), post=ctx.post, region=ctx.region
    )
