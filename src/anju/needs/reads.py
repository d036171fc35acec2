"""Queries that pages, the API, reports and lower rooms share. Positions are derived at query time, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Count, F, Sum, Window
from django.db.models.functions import RowNumber

from anju.base.publication.models import Publication
from anju.base.regions import region_range
from anju.needs import order, weights
from anju.needs.models import (
    PUBLICITY,
    Answer,
    Application,
    DemandCell,
    DemandSnapshot,
    Finding,
    Likeness,
    Member,
    MemberNeed,
)  # fmt: skip
from anju.needs.questions import WANTS
from anju.parties.models import CensusFigure, Region
from anju.policy.parameters import InForce, Unset

CENSUS_YEAR = 2020
Rows = models.QuerySet[Application, Application]


def applications(region: str) -> Rows:
    """Applications of a county, or of all counties of a city."""
    lo, hi = region_range(region)
    if lo == hi:
        return Application.objects.filter(region=region)
    return Application.objects.filter(region__in=[region, *counties(region)])


def counties(region: str) -> dict[str, str]:
    """Code → name of a city's counties; of a county, itself."""
    lo, hi = region_range(region)
    rows = Region.objects.filter(level="county", code__gte=lo, code__lte=hi).order_by("code")
    return dict(rows.values_list("code", "name"))


def region_name(region: str) -> str:
    """The name of a city or county."""
    return Region.objects.filter(code=region).values_list("name", flat=True).first() or region


def towns(region: str) -> dict[str, str]:
    """Code → name of a county's towns."""
    return dict(Region.objects.filter(level="town", parent=region).order_by("code").values_list("code", "name"))


def queue(region: str, programme: str | None = None) -> Rows:
    """The waiting list in its order, each row with its ``place`` within county and programme, from 1.

    County, programme and sort key name a place once, and one index has them in this order: a page's rows are read from it as they
    come, however long the lists are. A range of counties keeps that order, a set of them does not.
    """
    rows = Application.objects.filter(region__range=region_range(region), state="qualified")
    if programme:
        rows = rows.filter(programme=programme)
    place = Window(RowNumber(), partition_by=[F("region"), F("programme")], order_by=F("sort_key").asc())
    return rows.annotate(place=place).order_by("region", "programme", "sort_key")


@dataclass(frozen=True)
class Place:
    """A place on the list; ``place`` is None where the county draws lots, so that nobody stands before another."""

    place: int | None
    waiting: int


def position(application: Application) -> Place | None:
    """Where an application stands in its county and programme; None while it is not on the list."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, waiting FROM application_position(%s)", [application.id])
        row = cursor.fetchone()
    if row is None:
        return None
    return Place(row[0] if order.is_ranked(application.sort_key) else None, row[1])


def alike(application: Application) -> list[Member]:
    """Members of other applications in sight that look like one of this and that nobody has decided about."""
    decided = Likeness.objects.filter(region=application.region, application=application)
    known = set(decided.values_list("member", "other_member"))
    return [other for mine, other in alike_pairs(application) if (mine.id, other.id) not in known]


def alike_pairs(application: Application) -> list[tuple[Member, Member]]:
    """(member, another application's member) with one name and birthday but two numbers: flagged, decided by a reviewer."""
    found: list[tuple[Member, Member]] = []
    for member in application.members.order_by("id"):
        same = Member.objects.filter(region=application.region, name=member.name, born_on=member.born_on)
        same = same.exclude(application=application).exclude(document_blind=member.document_blind)
        found += [(member, other) for other in same.select_related("application").order_by("id")[:5]]
    return found


def of_document(region: str, blind_index: bytes) -> list[UUID]:
    """Applications in sight that a document number stands in."""
    rows = Member.objects.filter(document_blind=blind_index, region__range=region_range(region))
    return list(rows.values_list("application_id", flat=True))


def open_findings(region: str) -> models.QuerySet[Finding, Finding]:
    """Findings that nobody has settled, oldest first."""
    rows = Finding.objects.filter(region__range=region_range(region), settled_on=None)
    return rows.select_related("application").order_by("opened_on", "id")


def counts(region: str) -> dict[str, int]:
    """How many applications stand in each state."""
    rows = applications(region).values("state").annotate(count=Count("id")).order_by("state")
    return {row["state"]: row["count"] for row in rows}


def census_of_counties(city: str) -> dict[str, dict[str, int]]:
    """The census figures that weighting needs, by county and column name; a county without any is left out."""
    wanted = ["households", "single_hh"]
    wanted += [f"{sex}_{group}" for groups in weights.GROUPS.values() for group in groups for sex in ("男", "女")]
    rows = CensusFigure.objects.filter(area__in=list(counties(city)), year=CENSUS_YEAR, name__in=wanted)
    found: dict[str, dict[str, int]] = {}
    for area, name, value in rows.order_by("area", "name").values_list("area", "name", "value"):
        found.setdefault(area, {})[name] = int(value)
    return found


@dataclass(frozen=True)
class SurveyResult:
    """What a survey says: counts, weighted households and permille by want; None while it is not weighted."""

    survey: str
    answers: int
    effective: int | None
    households: dict[str, int] | None
    permille: dict[str, int] | None
    by_county: list[tuple[str, int, dict[str, int] | None]]


def surveys(region: str) -> list[str]:
    """Names of the surveys of a region."""
    rows = Answer.objects.filter(region=region).values_list("survey", flat=True)
    return sorted(set(rows.distinct()))


def survey_result(region: str, survey: str) -> SurveyResult:
    """The result of a survey, weighted where it was; shares in permille, cut."""
    rows = list(Answer.objects.filter(region=region, survey=survey).order_by("county", "number"))
    names = counties(region)
    by_county: dict[str, list[Answer]] = {}
    for row in rows:
        by_county.setdefault(row.county, []).append(row)
    weighted = bool(rows) and all(row.weight_ppm is not None for row in rows)
    table = [
        (names.get(county, county), len(found), _permille(found) if weighted else None)
        for county, found in by_county.items()
    ]
    return SurveyResult(
        survey, len(rows), weights.effective(row.weight_ppm or 0 for row in rows) if weighted else None,
        {want: total // weights.PPM for want, total in _totals(rows).items()} if weighted else None,
        _permille(rows) if weighted else None, table,
    )  # fmt: skip


def _totals(rows: Iterable[Answer]) -> dict[str, int]:
    totals = dict.fromkeys(dict(WANTS), 0)
    for row in rows:
        want = row.replies.get("wants")
        if want in totals:
            totals[want] += row.weight_ppm or 0
    return totals


def _permille(rows: Iterable[Answer]) -> dict[str, int]:
    totals = _totals(rows)
    whole = sum(totals.values())
    return {want: 1000 * total // whole for want, total in totals.items()} if whole else totals


def snapshots(region: str) -> models.QuerySet[DemandSnapshot, DemandSnapshot]:
    """Frozen demand in sight, newest first."""
    return DemandSnapshot.objects.filter(region__range=region_range(region)).order_by("-taken_on", "-id")


def snapshot_cells(snapshot: DemandSnapshot) -> models.QuerySet[DemandCell, DemandCell]:
    """A snapshot's cells in their order."""
    rows = DemandCell.objects.filter(region=snapshot.region, snapshot=snapshot)
    return rows.order_by("county", "programme", "tenure", "rooms", "area_band_cm2", "price_band_fen")


def snapshot_sums(snapshot: DemandSnapshot) -> list[dict[str, Any]]:
    """First wishes of a snapshot by county, tenure, rooms and area band: over programmes and prices only first wishes add up."""
    rows = DemandCell.objects.filter(region=snapshot.region, snapshot=snapshot)
    keys = ("county", "tenure", "rooms", "area_band_cm2")
    return list(rows.order_by(*keys).values(*keys).annotate(first_wishes=Sum("first_wishes")))


def live_publicities(city: str | None = None) -> list[dict[str, Any]]:
    """Publicity now shown to the public (works under the public role)."""
    rows = Publication.objects.filter(kind=PUBLICITY, visible=True)
    if city:
        rows = rows.filter(region__range=region_range(city))
    return [
        dict(row)
        for row in rows.order_by("-published_at", "id").values("region", "title", "slug", "published_at", "until")
    ]


def how_it_moved(application: Application) -> list[tuple[str, int]]:
    """What became of those who stood ahead since it came onto the list (by state), and how many came ahead: counts only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, households FROM application_moves(%s)", [application.id])
        return [(what, count) for what, count in cursor.fetchall() if count]


def step_free_first(region: str, ids: Iterable[UUID], inforce: InForce) -> set[UUID] | None:
    """Which of these households get step-free homes before others: a confirmed need, where the county so decides.

    None while nobody has decided: whoever gives such a home asks the task force first.
    """
    found = inforce.get("step_free_first")
    if isinstance(found, Unset):
        return None
    if found.value != "yes":
        return set()
    return needing_step_free(region, ids)


def needing_step_free(region: str, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these households have a member whose need of a step-free home was confirmed."""
    needs = order.needs_of(region, ids)
    return {key for key, kinds in needs.items() if kinds & set(MemberNeed.STEP_FREE)}


def to_vacate(tenancy: Application) -> Application | None:
    """The application by which this tenancy's household buys, and gives the rented home back; the homes room shows it."""
    rows = Application.objects.filter(region=tenancy.region, vacates=tenancy)
    return rows.exclude(state__in=["refused", "withdrawn", "lapsed", "merged"]).order_by("-accepted_on", "id").first()
