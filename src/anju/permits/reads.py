"""What pages, the API and later rooms read of the green channel."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from anju.permits.models import FILING, FIRST_REGISTRATION, LOAN, TRANSFER_REGISTRATION, Permit
from anju.reserve.models import Project
from anju.reserve.reads import in_region

OPEN, OVER, STOPPED, DONE = "在办", "超期未办", "停表", "已办结"


def permits(region: str) -> QuerySet[Permit, Any]:
    """The procedures that a post of ``region`` looks at."""
    return in_region(Permit.objects.select_related("project", "department"), region)


def of_project(project: Project) -> QuerySet[Permit, Any]:
    """A project's procedures, in the order they fall due."""
    return (
        Permit.objects.filter(region=project.region, project=project)
        .select_related("department")
        .order_by("due_on", "id")
    )


def done(project: Project) -> dict[str, Permit]:
    """The finished procedures by code."""
    rows = Permit.objects.filter(region=project.region, project=project, done_on__isnull=False)
    return {row.procedure: row for row in rows}


def annotated(project: Project) -> bool | None:
    """Whether the transfer registration carries the annotation of closed management; None while it is not done."""
    row = done(project).get(TRANSFER_REGISTRATION)
    return None if row is None else bool(row.annotation)


def state_of(row: Permit, today: date) -> str:
    """How it stands on a day, in words."""
    if row.done_on:
        return DONE
    if row.stopped_on:
        return STOPPED
    return OVER if row.due_on < today else OPEN


def overdue(region: str, today: date) -> QuerySet[Permit, Any]:
    """The red list: open procedures past their day, the longest overdue first."""
    return (
        permits(region).filter(done_on__isnull=True, stopped_on__isnull=True, due_on__lt=today).order_by("due_on", "id")
    )


def readiness(project: Project) -> list[tuple[str, bool]]:
    """What 3.6-1 asks before homes are sold or let: (condition, whether it is met)."""
    found = done(project)
    return [
        ("具备配售配租条件（首次登记、转移登记）", {FIRST_REGISTRATION, TRANSFER_REGISTRATION} <= set(found)),
        ("具备网签备案条件", FILING in found),
        ("具备个人贷款条件", LOAN in found),
    ]
