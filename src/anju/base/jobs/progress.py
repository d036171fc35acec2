"""How far a job is: one row per object, outside acts (worker bookkeeping), in the region's scope."""

from uuid import UUID

from anju.base.jobs.models import Progress
from anju.base.regions import scope

NOTE_MAX = 300


def start(*, region: str, kind: str, object_id: UUID, total: int, done: int = 0) -> None:
    """It waits for a worker. Called inside the act that defers it, so that the two appear together."""
    Progress.objects.update_or_create(
        region=region,
        kind=kind,
        object_id=object_id,
        defaults={"total": total, "done": done, "state": "waiting", "note": ""},
    )


def step(*, region: str, kind: str, object_id: UUID, done: int) -> None:
    """So far."""
    _set(region, kind, object_id, done=done, state="running")


def finish(*, region: str, kind: str, object_id: UUID) -> None:
    """It is through."""
    _set(region, kind, object_id, state="done", note="")


def fail(*, region: str, kind: str, object_id: UUID, note: str) -> None:
    """It stopped; the note is for the person."""
    _set(region, kind, object_id, state="failed", note=note[:NOTE_MAX])


def _set(region: str, kind: str, object_id: UUID, **values: object) -> None:
    with scope(region):
        Progress.objects.filter(region=region, kind=kind, object_id=object_id).update(**values)


def of(*, region: str, kind: str, object_id: UUID) -> Progress | None:
    """The row, or None where no such job was asked for."""
    return Progress.objects.filter(region=region, kind=kind, object_id=object_id).first()
