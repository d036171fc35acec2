"""Queries that this room's pages and acts and later rooms share."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anju.negotiation.reads import address_key
from anju.offering.models import Gate
from anju.purchase.models import Agreement, Milestone, SpecialDecision
from anju.reserve.models import Unit
from anju.reserve.reads import in_region


def by_address(units: Iterable[Unit]) -> list[Unit]:
    """Homes as a person would walk past them."""
    return sorted(units, key=address_key)


def agreements(region: str) -> QuerySet[Agreement, Any]:
    """The agreements a post of ``region`` looks at. The gate is left out: a developer sees its agreement and no gate."""
    return in_region(Agreement.objects.select_related("project", "letter"), region)


def agreement_of(region: str, project_id: UUID) -> Agreement | None:
    """A project's agreement that stands (drafted, signed or completed)."""
    return Agreement.objects.filter(region=region, project=project_id).exclude(state="rescinded").first()


def due_fen(agreement: Agreement) -> int:
    """What has fallen due by the milestones reached: the most that may be drawn and paid to the seller (4.3-5)."""
    rows = Milestone.objects.filter(region=agreement.region, agreement=agreement, reached_on__isnull=False)
    return sum(rows.values_list("amount_fen", flat=True))


def special_of(gate: Gate) -> SpecialDecision | None:
    """The special decision on a gate, confirmed or not."""
    return SpecialDecision.objects.filter(region=gate.region, gate=gate).select_related("resolution").first()


def ready_gates(region: str) -> QuerySet[Gate, Any]:
    """Gates that an agreement may stand on and that have none yet: passed, or opened by a special decision."""
    rows = in_region(Gate.objects.select_related("batch__project"), region)
    rows = rows.filter(batch__state__in=["passed", "special"])
    live = Agreement.objects.exclude(state="rescinded").values("gate")
    return rows.exclude(pk__in=live).order_by("judged_at")
