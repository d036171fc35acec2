"""From rows to facts to verdicts: an application is judged by the parameters of the day it was accepted, for ever (3.2)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext
from anju.base.claims import seam
from anju.needs.households import Prepared
from anju.needs.known import known
from anju.needs.models import Application, Member
from anju.needs.particulars import judged_of
from anju.needs.verify import obstacles_of
from anju.policy.parameters import InForce
from anju.policy.rules import rooms
from anju.policy.rules.eligibility import HouseholdFacts, eligible
from anju.policy.verdict import Verdict, blocks


class Days:
    """The parameters in force by day, resolved once each for the length of an act."""

    def __init__(self, ctx: ActContext) -> None:
        self._ctx = ctx
        self._found: dict[date, InForce] = {}

    @property
    def today(self) -> date:
        """The day of the act."""
        return self._ctx.today

    def __getitem__(self, day: date) -> InForce:
        if day not in self._found:
            self._found[day] = self._ctx.inforce(day)
        return self._found[day]


def frozen(found: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Verdicts as plain values for a column: what ``Verdict.as_dict`` gives, without its deep copy."""
    return [{**vars(verdict), "outcome": verdict.outcome.value} for verdict in found]


def thawed(rows: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """Stored verdicts."""
    return [Verdict.from_dict(row) for row in rows]


def judge_prepared(ready: Prepared, *, on: date, inforce: InForce, others: int, homes: int) -> list[Verdict]:
    """Verdicts of a household before it has rows. ``others``: live applications of its members; ``homes``: homes claimed."""
    given = ready.given
    facts = HouseholdFacts(
        programme=given.programme, group=given.group, persons=len(given.members),
        applicant_born_on=ready.applicant_born_on, income_month_fen=given.income_month_fen,
        home_area_cm2=given.home_area_cm2, residence_months=given.residence_months, other_applications=others,
        policy_homes=_homes(given.policy_homes, homes), **judged_of(given),
    )  # fmt: skip
    family = rooms.make_up([member.relation for member in given.members])
    wanted = [rooms.Wanted(wish.rooms, wish.area_to_cm2) for wish in given.wishes]
    return [*eligible(facts, on, inforce), rooms.wishes(family, given.programme, wanted, inforce)]


def judge_rows(rows: Sequence[Application], days: Days) -> dict[UUID, list[Verdict]]:
    """Verdicts of stored applications as their facts stand now, each by its own day; as many queries for one as for many.

    What departments check and deferrals are among them: nothing passes a review by its own words alone.
    """
    vacated = {row.id: row.vacates_id for row in rows if row.vacates_id}
    facts_of, checks = known(rows), obstacles_of(rows, days)
    homes = homes_claimed([row.id for row in rows], vacated)
    found = {}
    for row in rows:
        one, inforce = facts_of[row.id], days[row.accepted_on]
        facts = HouseholdFacts(
            programme=row.programme, group=row.group, persons=row.persons, applicant_born_on=one.born_on,
            income_month_fen=row.income_month_fen, home_area_cm2=row.home_area_cm2,
            residence_months=row.residence_months, other_applications=0,
            policy_homes=_homes(_said(row), homes.get(row.id, 0)), registration=one.registration,
            insurance_months=one.insurance_months, transfers=one.transfers,
        )  # fmt: skip
        fits = rooms.wishes(one.family, row.programme, one.wishes, inforce)
        found[row.id] = [*eligible(facts, row.accepted_on, inforce), fits, *checks[row.id]]
    return found


def blocking(found: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Those that keep an application from passing: fail, and unknown, which never passes."""
    return blocks(list(found))


def _homes(said: int | None, claimed: int) -> int | None:
    """Homes held: what the register of claims knows, or more if the household says so; unknown where it has not said."""
    if claimed:
        return max(claimed, said or 0)
    return said


def _said(row: Application) -> int | None:
    """What the household said it holds, without the tenancy that it gives up for this home."""
    return max(row.policy_homes - 1, 0) if row.vacates_id and row.policy_homes else row.policy_homes


def homes_claimed(applications: Iterable[UUID], vacated: Mapping[UUID, UUID] | None = None) -> dict[UUID, int]:
    """How many homes the members of each application hold by the claims, without their own application's and the tenancy that
    it vacates."""
    given_up = vacated or {}
    members = Member.objects.filter(application_id__in=list(applications))
    pairs = [(case, bytes(person)) for case, person in members.values_list("application_id", "document_blind")]
    held = seam.holders(seam.HOME, [person for _, person in pairs]) if pairs else {}
    homes: dict[UUID, set[UUID]] = {}
    for case, person in pairs:
        if person in held and held[person].case not in (case, given_up.get(case)):
            homes.setdefault(case, set()).add(held[person].case)
    return {case: len(found) for case, found in homes.items()}
