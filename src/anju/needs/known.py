"""What the rows of a case say for the rules (3.2): its applicant, its make-up, its wishes; a fixed number of queries for many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from anju.needs.models import APPLICANT, Application, Member, OwnHome, Wish
from anju.policy.rules.rooms import MakeUp, Wanted, make_up


@dataclass
class Known:
    """One case's facts beside its own columns. None is unknown."""

    born_on: date | None = None
    registration: str | None = None
    insurance_months: int | None = None
    relations: list[str] = field(default_factory=list)
    wishes: list[Wanted] = field(default_factory=list)
    transfers: tuple[date, ...] | None = None

    @property
    def family(self) -> MakeUp:
        """Its make-up by the members' relations."""
        return make_up(self.relations)


def known(rows: Sequence[Application]) -> dict[UUID, Known]:
    """By case."""
    ids = [row.id for row in rows]
    found = {key: Known() for key in ids}
    columns = ("application_id", "relation", "born_on", "registration", "insured_months")
    members = Member.objects.filter(application_id__in=ids).order_by("application_id", "id")
    for case, relation, born_on, registration, months in members.values_list(*columns):
        one = found[case]
        one.relations.append(relation)
        if relation == APPLICANT:
            one.born_on, one.registration, one.insurance_months = born_on, registration or None, months
    wishes = Wish.objects.filter(application_id__in=ids).order_by("application_id", "rank")
    for case, rooms, area in wishes.values_list("application_id", "rooms", "area_to_cm2"):
        found[case].wishes.append(Wanted(rooms, area))
    for row in rows:
        found[row.id].transfers = () if row.transferred is False else None
    for case, on in _transfers(row.id for row in rows if row.transferred):
        found[case].transfers = (*(found[case].transfers or ()), on)
    return found


def _transfers(ids: Iterable[UUID]) -> Iterable[tuple[UUID, date]]:
    """Days on which a household gave a home away, as it says; it said that it did, so none at all leaves it unknown."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = OwnHome.objects.filter(application_id__in=wanted, kind="transferred", on__isnull=False).order_by("on", "id")
    return [(case, on) for case, on in rows.values_list("application_id", "on") if on]
