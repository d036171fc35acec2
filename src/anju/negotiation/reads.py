"""Queries that this room's pages and acts and later rooms share."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from anju.negotiation.models import AcquirerDecision, Letter, Offer
from anju.parties.models import Admission
from anju.pricing import reads as prices
from anju.pricing.models import Ceiling
from anju.reserve.models import Project, Unit
from anju.reserve.reads import in_region


def admission_of(region: str, organisation: UUID, on: date) -> Admission | None:
    """This acquirer's admission by the government of ``region``, live on a day (3.1-1)."""
    rows = Admission.objects.filter(region=region, acquirer_id=organisation, state="admitted", valid_from__lte=on)
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on)).select_related("acquirer").first()


def rounds(project: Project) -> dict[str, int]:
    """How far each side has come."""
    rows = Offer.objects.filter(region=project.region, project=project)
    return dict(rows.order_by("side").values_list("side").annotate(last=Max("round")))


def last_offers(project: Project) -> dict[str, Offer]:
    """Each side's latest offer."""
    rows = Offer.objects.filter(region=project.region, project=project).order_by("round")
    return {offer.side: offer for offer in rows}


def agreed(project: Project) -> int | None:
    """The price a ㎡ on which both sides' latest offers meet; None while they do not."""
    last = last_offers(project)
    prices = {offer.price_fen_m2 for offer in last.values()}
    return prices.pop() if len(last) == 2 and len(prices) == 1 else None


def live_letter(project: Project) -> Letter | None:
    """The project's letter that still stands, drafted or signed."""
    return Letter.objects.filter(region=project.region, project=project, state__in=Letter.LIVE).first()


def fixed_acquirer(region: str, project_id: UUID) -> UUID | None:
    """Whose the project is: the acquirer of its letter that stands or was followed by an agreement."""
    rows = Letter.objects.filter(region=region, project_id=project_id, state__in=[*Letter.LIVE, "fulfilled"])
    return rows.order_by("-drafted_on", "-id").values_list("acquirer_id", flat=True).first()


def units_of(letter: Letter) -> list[Unit]:
    """The homes of a letter, in the order of their addresses."""
    rows = Unit.objects.filter(region=letter.region, letter_units__letter=letter).select_related("building")
    return sorted(rows, key=address_key)


def address_key(unit: Unit) -> tuple[Any, ...]:
    """Building, stairwell, floor, room, as a person would walk."""
    number = unit.building.number
    return (int(number) if number.isdigit() else 10**6, number, unit.stairwell, unit.floor, unit.room)


def total_fen(price_fen_m2: int, areas_cm2: Sequence[int]) -> int:
    """What homes cost at a price a ㎡: each cut to the fen, so that none and no sum lies above it."""
    return sum(price_fen_m2 * area // 10_000 for area in areas_cm2)


def talks(region: str) -> QuerySet[Project, Any]:
    """Projects that are negotiated on or were, with the offers' state."""
    rows = in_region(Project.objects.select_related("developer"), region)
    last = Offer.objects.filter(region=OuterRef("region"), project=OuterRef("pk")).order_by("-round")
    ceiling = Ceiling.objects.filter(
        region=OuterRef("region"), project=OuterRef("pk"), confirmed_by__isnull=False, trial=False
    ).order_by("-value_date", "-id")
    return rows.exclude(state__in=["declared", "reserved", "withdrawn"]).annotate(
        seller_fen_m2=Subquery(last.filter(side="seller").values("price_fen_m2")[:1]),
        acquirer_fen_m2=Subquery(last.filter(side="acquirer").values("price_fen_m2")[:1]),
        ceiling_fen_m2=Subquery(ceiling.values("ceiling_fen_m2")[:1]),
        rounds=Max("offers__round"),
        letters_live=Count("letters", filter=Q(letters__state__in=Letter.LIVE), distinct=True),
    )


def letters(region: str) -> QuerySet[Letter, Any]:
    """The letters a post of ``region`` looks at."""
    return in_region(Letter.objects.select_related("project", "acquirer", "paper"), region)


def decisions(region: str) -> QuerySet[AcquirerDecision, Any]:
    """The acquirers' decisions a post of ``region`` looks at."""
    return in_region(AcquirerDecision.objects.all(), region)


def told_offers(project: Project) -> list[prices.Offer]:
    """The offers, newest first, for the three-line sheet of ``pricing``."""
    rows = Offer.objects.filter(region=project.region, project=project).order_by("-round", "side")
    return [prices.Offer(row.get_side_display(), row.offered_on, row.price_fen_m2) for row in rows]
