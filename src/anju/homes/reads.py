"""What pages, the register and oversight read of homes and their contracts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from anju.homes.models import RENT, SALE, Contract
from anju.offering.models import Choice
from anju.policy.parameters import InForce
from anju.policy.rules.offering import after_purchase
from anju.policy.verdict import Verdict
from anju.purchase.models import Agreement
from anju.reserve.models import Project, Unit
from anju.reserve.reads import in_region

OURS = ("purchased", "sold", "let")


def homes(region: str) -> QuerySet[Unit, Any]:
    """The acquirer's homes: bought, sold and let."""
    return in_region(Unit.objects.filter(state__in=OURS).select_related("project", "building"), region)


def contracts(region: str) -> QuerySet[Contract, Any]:
    """The contracts that a post of ``region`` looks at."""
    return in_region(Contract.objects.select_related("unit__building", "project", "application"), region)


def live_contract(unit: Unit) -> Contract | None:
    """The home's live contract."""
    return contracts(unit.region).filter(region=unit.region, unit=unit, ended_on__isnull=True).first()


def lease_given_up(bought: Contract) -> Contract | None:
    """The live lease of the home that a tenant who bought gives back; None where there is none in this house."""
    tenancy = bought.application.vacates_id
    if tenancy is None:
        return None
    rows = Contract.objects.filter(region=bought.region, application_region=bought.application_region, tenure=RENT)
    return rows.filter(application_id=tenancy, ended_on__isnull=True).first()


def bought_instead(lease: Contract) -> Contract | None:
    """The live contract by which this lease's household bought a home, and gives the rented one back."""
    rows = Contract.objects.filter(region=lease.region, application_region=lease.application_region, tenure=SALE)
    return rows.filter(application__vacates_id=lease.application_id, ended_on__isnull=True).first()


def waiting(region: str) -> QuerySet[Choice, Any]:
    """Chosen homes, bought and with the earnest money in, that wait for their contract."""
    rows = Choice.objects.filter(state="taken", batch_unit__unit__state="purchased")
    return in_region(
        rows.select_related(
            "batch", "batch_unit__unit__building", "batch_unit__unit__project", "subscription__application"
        ),
        region,
    )


def agreements(units: QuerySet[Unit, Any]) -> dict[UUID, Agreement]:
    """The live agreement of each project of these homes."""
    rows = Agreement.objects.filter(state__in=["signed", "completed"], project__in=units.order_by().values("project"))
    return {row.project_id: row for row in rows}


@dataclass(frozen=True)
class Vacant:
    """A home that is nobody's: since when, how many days, and the verdict of 3.5-4."""

    unit: Unit
    since: date
    days: int
    verdict: Verdict


def vacant_units(region: str) -> QuerySet[Unit, Any]:
    """Bought homes without a live contract."""
    live = Contract.objects.filter(region=OuterRef("region"), unit=OuterRef("pk"), ended_on__isnull=True)
    return homes(region).filter(Q(state="purchased") & ~Exists(live))


def vacant(region: str, today: date, inforce: InForce) -> list[Vacant]:
    """The early list of vacancies (空置预警), the longest first; a home counts from its agreement or from its last contract's end."""
    rows = vacant_units(region)
    signed = {key: row.signed_on for key, row in agreements(rows).items()}
    ended = last_ends(region)
    found = []
    for unit in rows:
        since = max((day for day in (signed.get(unit.project_id), ended.get(unit.id)) if day), default=None)
        if since:
            found.append(Vacant(unit, since, (today - since).days, after_purchase(since, None, today, inforce)))
    return sorted(found, key=lambda v: (-v.days, v.unit.code))


def last_ends(region: str) -> Mapping[UUID, date]:
    """The last end of a contract, by home."""
    rows = (
        in_region(Contract.objects.filter(ended_on__isnull=False), region)
        .order_by("ended_on")
        .values_list("unit_id", "ended_on")
    )
    return {unit: day for unit, day in rows if day}


def counts(project: Project) -> dict[str, int]:
    """The project's homes by state, those that are the acquirer's."""
    rows = Unit.objects.filter(region=project.region, project=project, state__in=OURS).values_list("state", flat=True)
    found = dict.fromkeys(OURS, 0)
    for state in rows:
        found[state] += 1
    return found
