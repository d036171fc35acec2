"""What pages, the API, exports and later rooms read of the reserve."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from anju.base.regions import region_range
from anju.policy.rules import screening as rules
from anju.policy.verdict import ORDER, Outcome, Verdict
from anju.reserve.models import (
    OUTSIDE,
    Building,
    OtherSpace,
    Project,
    ProjectScreening,
    Screening,
    StockSnapshot,
    Unit,
    Waiver,
)


def in_region(rows: QuerySet[Any, Any], region: str) -> QuerySet[Any, Any]:
    """Those that a post of ``region`` looks at; row-level security is the net behind it."""
    lo, hi = region_range(region)
    return rows.filter(region=lo) if lo == hi else rows.filter(region__gte=lo, region__lte=hi)


def projects(region: str) -> QuerySet[Project, Any]:
    """The projects a post of ``region`` sees."""
    return in_region(Project.objects.select_related("developer"), region)


def counted(rows: QuerySet[Project, Any]) -> QuerySet[Project, Any]:
    """With ``homes``, ``inside`` (those in the reserve or further) and ``area_cm2``, none of them withdrawn."""
    live = ~Q(units__state="withdrawn")
    return rows.annotate(
        homes=Count("units", filter=live),
        inside=Count("units", filter=~Q(units__state__in=OUTSIDE)),
        area_cm2=Sum("units__gross_cm2", filter=live),
    )


def units(region: str) -> QuerySet[Unit, Any]:
    """The homes a post of ``region`` sees."""
    return in_region(Unit.objects.select_related("project", "building"), region)


def live_units(project: Project) -> QuerySet[Unit, Any]:
    """The project's homes that have not been withdrawn."""
    return Unit.objects.filter(region=project.region, project=project).exclude(state="withdrawn")


def waived(project: Project, unit_ids: Iterable[UUID]) -> dict[UUID, frozenset[tuple[str, str]]]:
    """Per home, what was waived: (rule, what was measured)."""
    found: dict[UUID, set[tuple[str, str]]] = {}
    rows = Waiver.objects.filter(region=project.region, project=project, unit_id__in=list(unit_ids))
    for unit_id, rule, measured in rows.values_list("unit_id", "rule", "measured"):
        found.setdefault(unit_id, set()).add((rule, measured))
    return {unit_id: frozenset(rows_) for unit_id, rows_ in found.items()}


@dataclass(frozen=True)
class Sheet:
    """One home's verdict sheet (准入结论): frozen verdicts, price and place as they stand now, and what was waived."""

    screening: Screening
    verdicts: tuple[Verdict, ...]
    waived: tuple[Waiver, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each outcome, the blocking ones first."""
        found = Counter(v.outcome.value for v in self.verdicts)
        return {o: found[o] for o in ("fail", "unknown", "waivable", "pass")}

    def is_waived(self, verdict: Verdict) -> bool:
        """Whether this verdict, as measured, was waived."""
        return any((w.rule, w.measured) == (verdict.rule, verdict.measured) for w in self.waived)


def sheet_of(unit: Unit, tenure: str | None = None) -> Sheet | None:
    """The latest sheet of a home for a tenure (the one wanted, where none is named); None where it was never screened."""
    rows = Screening.objects.filter(region=unit.region, unit=unit, tenure=tenure or unit.tenure)
    found = rows.select_related("part", "project").order_by("-round").first()
    if found is None:
        return None
    frozen = [Verdict.from_dict(v) for v in [*found.verdicts, *found.part.verdicts]]
    shown = [v for v in frozen if v.rule not in rules.OPEN_UNTIL] + fits_of(found.project)
    granted = tuple(Waiver.objects.filter(region=unit.region, unit=unit).order_by("granted_on", "id"))
    return Sheet(found, tuple(sorted(shown, key=lambda v: -ORDER[v.outcome])), granted)


def fits_of(project: Project) -> list[Verdict]:
    """Price and place (三合适) as told by now: unknown while open; both must pass before a letter of intent."""
    return [rules.price_fits(project.price_fits), rules.place_fits(project.place_fits)]


def project_verdicts(project: Project) -> list[Verdict]:
    """What the latest round said of the project itself, each rule once, price and place as they stand now."""
    rows = ProjectScreening.objects.filter(region=project.region, project=project, round=project.round).order_by(
        "-tenure"
    )
    found: dict[tuple[str, str], Verdict] = {}
    for row in rows:
        for verdict in map(Verdict.from_dict, row.verdicts):
            if verdict.rule not in rules.OPEN_UNTIL:
                found.setdefault((verdict.rule, verdict.sentence), verdict)
    shown = [*found.values(), *fits_of(project)] if found else []
    return sorted(shown, key=lambda v: -ORDER[v.outcome])


def outcomes(project: Project) -> dict[UUID, str]:
    """The latest outcome of each home for the tenure wanted; ``waived`` where all that was waivable has been waived."""
    rows = Screening.objects.filter(
        region=project.region, project=project, round=project.round, tenure=F("unit__tenure")
    )
    found = dict(rows.values_list("unit_id", "outcome"))
    open_ = rows.filter(outcome="waivable").values_list("unit_id", "verdicts")
    let = waived(project, [unit_id for unit_id, _ in open_])
    for unit_id, verdicts in open_:
        found[unit_id] = _after_waivers("waivable", verdicts, let.get(unit_id, frozenset()))
    return found


def _after_waivers(outcome: str, verdicts: Sequence[Mapping[str, Any]], let: frozenset[tuple[str, str]]) -> str:
    if outcome != "waivable":
        return outcome
    open_ = [v for v in verdicts if v["outcome"] == "waivable" and (v["rule"], v["measured"]) not in let]
    return "waivable" if open_ else "waived"


def counts_of(project: Project) -> dict[str, int]:
    """Homes by outcome of the latest round."""
    return dict(Counter(outcomes(project).values()))


def states_of(project: Project) -> dict[str, int]:
    """Homes by state."""
    rows = Unit.objects.filter(region=project.region, project=project)
    return dict(rows.order_by("state").values_list("state").annotate(n=Count("id")))


def main_share(unit_rows: Iterable[Unit], inforce: Any) -> Verdict:
    """以 70㎡ 为主, over a set of homes for rent: for a letter or an agreement that takes some of a project's homes."""
    return rules.main_share([u.gross_cm2 for u in unit_rows], inforce)


def letter_verdicts(project: Project, unit_rows: Sequence[Unit], inforce: Any) -> list[Verdict]:
    """What 3.3 still asks before a letter of intent: rights as they stand now, price and place, the share of small homes."""
    from anju.reserve.facts import unit_facts

    found = fits_of(project)
    for unit in unit_rows:
        facts = unit_facts(unit)
        found += [v for v in [*rules.rights(facts), rules.mortgage(facts)] if v.outcome is not Outcome.PASS]
    rent = [u for u in unit_rows if u.tenure == "rent"]
    return [*found, main_share(rent, inforce)] if rent else found


def other_spaces(project: Project) -> dict[str, int]:
    """Parking places, shops and the like by use: in the unit table, never homes."""
    rows = OtherSpace.objects.filter(region=project.region, project=project).order_by("use")
    return dict(rows.values_list("use").annotate(n=Count("id")))


def buildings_of(project: Project) -> list[Building]:
    """The project's buildings, in the order of their numbers."""
    rows = Building.objects.filter(region=project.region, project=project)
    return sorted(rows, key=lambda b: (int(b.number) if b.number.isdigit() else 10**6, b.number))


def asked_fen(project: Project) -> tuple[int, int] | None:
    """What the seller asks for its live homes: (fen × cm², cm²), whose quotient is the average a ㎡; None where one has no price."""
    rows = list(live_units(project).values_list("asked_fen_m2", "gross_cm2"))
    asked = [fen * area for fen, area in rows if fen is not None]
    if not rows or len(asked) < len(rows):
        return None
    return sum(asked), sum(area for _, area in rows)


def latest_stock(region: str) -> StockSnapshot | None:
    """The newest frozen stock of a region."""
    return StockSnapshot.objects.filter(region=region).order_by("-taken_on", "-id").first()
