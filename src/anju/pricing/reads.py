"""What pages, the API, exports and later rooms read of prices."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum

from anju.pricing.models import Appraisal, Ceiling, CostSheet, UnitPrice
from anju.reserve import reads as stock
from anju.reserve.models import Project


@dataclass(frozen=True)
class Offer:
    """One offer as a later room tells it: whose, when, how much a ㎡."""

    side: str
    on: date
    price_fen_m2: int


_OFFERS: list[Callable[[Project], list[Offer]]] = []


def register_offers(read: Callable[[Project], list[Offer]]) -> None:
    """A later room tells the offers of a project, newest first, for the three-line sheet."""
    if read not in _OFFERS:
        _OFFERS.append(read)


def offers(project: Project) -> list[Offer]:
    """The offers made so far, newest first; empty while no room has told any."""
    return sorted((one for read in _OFFERS for one in read(project)), key=lambda o: o.on, reverse=True)


def ceiling_in_force(project: Project, on: date) -> Ceiling | None:
    """The confirmed ceiling that holds on a day: the one of the latest value date; None where there is none."""
    return confirmed(project).filter(value_date__lte=on, valid_until__gte=on).order_by("-value_date", "-id").first()


def confirmed(project: Project) -> QuerySet[Ceiling, Any]:
    """The confirmed ceilings of a project; trials are none."""
    return Ceiling.objects.filter(region=project.region, project=project, trial=False, confirmed_by__isnull=False)


def ceilings_of(project: Project) -> QuerySet[Ceiling, Any]:
    """All ceilings of a project, trials too, newest first."""
    rows = Ceiling.objects.filter(region=project.region, project=project).select_related(
        "appraisal__agency", "cost_sheet"
    )
    return rows.order_by("-id")


def ceilings(region: str) -> QuerySet[Ceiling, Any]:
    """The ceilings a post of ``region`` sees."""
    return stock.in_region(Ceiling.objects.select_related("project", "appraisal__agency"), region)


def priced_projects(region: str, on: date) -> QuerySet[Project, Any]:
    """The projects a post of ``region`` sees, each with the ceiling in force, how many appraisals and prices it has."""
    live = Ceiling.objects.filter(
        project=OuterRef("pk"), trial=False, confirmed_by__isnull=False, value_date__lte=on, valid_until__gte=on
    ).order_by("-value_date", "-id")
    one = {name: Subquery(live.values(name)[:1]) for name in ("ceiling_fen_m2", "binding", "valid_until")}
    asked = Ceiling.objects.filter(project=OuterRef("pk"), trial=False, confirmed_by__isnull=True).order_by("-id")
    return stock.projects(region).annotate(**one, waiting=Subquery(asked.values("id")[:1]))


def prices_of(project: Project) -> QuerySet[UnitPrice, Any]:
    """The price list of a project."""
    rows = UnitPrice.objects.filter(region=project.region, project=project)
    return rows.select_related("unit__building").order_by("unit__code", "tenure")


def cost_sheets(project: Project) -> QuerySet[CostSheet, Any]:
    """The cost sheets, newest first."""
    return CostSheet.objects.filter(region=project.region, project=project).order_by("-id")


def appraisals(project: Project) -> QuerySet[Appraisal, Any]:
    """The appraisals, newest value date first."""
    rows = Appraisal.objects.filter(region=project.region, project=project).select_related("agency")
    return rows.order_by("-value_date", "-id")


@dataclass(frozen=True)
class Lines:
    """The three lines of a project (三线), in fen a ㎡; None where a figure has not been entered: then nothing is said of it."""

    floor_fen_m2: int | None
    asked_fen_m2: int | None
    ceiling_fen_m2: int | None
    sale_fen_m2: int | None
    offers: tuple[Offer, ...]

    @property
    def gap_fen_m2(self) -> int | None:
        """What the seller's floor lies above the ceiling (negative: there is room to agree)."""
        if self.floor_fen_m2 is None or self.ceiling_fen_m2 is None:
            return None
        return self.floor_fen_m2 - self.ceiling_fen_m2


def lines(project: Project, on: date) -> Lines:
    """Debt to release per ㎡, what the seller asks, the ceiling in force, what families pay, and the offers told."""
    area = stock.live_units(project).aggregate(area=Sum("gross_cm2"))["area"]
    held = ceiling_in_force(project, on)
    asked = stock.asked_fen(project)
    sale = UnitPrice.objects.filter(region=project.region, project=project, tenure="sale").aggregate(
        fen=Sum("amount_fen"), area=Sum("unit__gross_cm2"), n=Count("id")
    )
    return Lines(
        # The floor is rounded up: a price below it does not release the debt.
        floor_fen_m2=None if project.debt_fen is None or not area else -(-project.debt_fen * 10_000 // area),
        asked_fen_m2=None if asked is None else asked[0] // asked[1],
        ceiling_fen_m2=held.ceiling_fen_m2 if held else None,
        sale_fen_m2=sale["fen"] * 10_000 // sale["area"] if sale["n"] else None,
        offers=tuple(offers(project)),
    )  # fmt: skip


def limits(project_ids: list[Any], on: date) -> dict[Any, Ceiling]:
    """The ceiling in force of each of these projects, in one query."""
    rows = Ceiling.objects.filter(
        project_id__in=project_ids, trial=False, confirmed_by__isnull=False, value_date__lte=on, valid_until__gte=on
    )
    found: dict[Any, Ceiling] = {}
    for row in rows.order_by(F("value_date").asc(), "id"):
        found[row.project_id] = row
    return found
