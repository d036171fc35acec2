"""What stands between a case and its review, of what departments check (核验、容缺) and of look-alikes: pure reads."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from anju.needs.facts import FACTS, HOUSEHOLD, TITLES
from anju.needs.models import APPLICANT, Application, Deferral, Likeness, Member, Verification
from anju.policy.parameters import InForce
from anju.policy.rules.verification import Asked, not_twice, verified, wanted
from anju.policy.verdict import Verdict

if TYPE_CHECKING:  # judging asks this module
    from anju.needs.judging import Days

Key = tuple[str, UUID]


def obstacles(application: Application, on: date, inforce: InForce) -> list[Verdict]:
    """The verdicts of one case's checks on a day; ``inforce`` is that of the case's own day."""
    return judged([application], {application.id: inforce}, on)[application.id]


def obstacles_of(rows: Sequence[Application], days: "Days") -> dict[UUID, list[Verdict]]:
    """The same for many, each by its own day; a fixed number of queries."""
    return judged(rows, {row.id: days[row.accepted_on] for row in rows}, days.today)


def judged(rows: Sequence[Application], inforce: dict[UUID, InForce], on: date) -> dict[UUID, list[Verdict]]:
    """Verdicts by case."""
    asked, twice = asked_of(rows, inforce), _twice([row.id for row in rows])
    return {
        row.id: [*verified(asked[row.id], row.programme, on, inforce[row.id]), *not_twice(twice.get(row.id, 0))] for row in rows
    }  # fmt: skip


def asked_of(rows: Sequence[Application], inforce: dict[UUID, InForce]) -> dict[UUID, list[Asked]]:
    """Each case's items: those its county asks for, and what was asked or deferred besides; the latest answer of each speaks."""
    ids = [row.id for row in rows]
    needs = {row.id: wanted(row.programme, inforce[row.id]) for row in rows}
    persons = _applicants(ids) if any(needs.values()) else {}
    latest: dict[UUID, dict[Key, Verification]] = {key: {} for key in ids}
    for check in Verification.objects.filter(application_id__in=ids).order_by("asked_on", "id"):
        latest[check.application_id][check.item, check.subject] = check
    deferred: dict[UUID, dict[Key, Deferral]] = {key: {} for key in ids}
    for one in Deferral.objects.filter(application_id__in=ids, state__in=("open", "made_good")).order_by(
        "granted_on", "id"
    ):
        deferred[one.application_id][one.item, one.subject] = one
    found = {}
    for row in rows:
        departments = {item: department for item, department, _ in needs[row.id]}
        keys: dict[Key, None] = dict.fromkeys((item, _subject(row, item, persons)) for item in departments)
        keys |= dict.fromkeys([*latest[row.id], *deferred[row.id]])
        found[row.id] = [
            _asked(key, latest[row.id].get(key), deferred[row.id].get(key), departments.get(key[0], "部门"))
            for key in keys
        ]
    return found


def _asked(key: Key, check: Verification | None, deferral: Deferral | None, department: str) -> Asked:
    open_day = deferral.good_by if deferral and deferral.state == "open" else None
    good = bool(deferral and deferral.state == "made_good")
    if check is None:
        return Asked(TITLES[key[0]], department, good_by=open_day, made_good=good)
    return Asked(
        TITLES[key[0]], check.department, result=check.result, value=check.value, settled=bool(check.decision), good_by=open_day,
        made_good=good,
    )  # fmt: skip


def _subject(row: Application, item: str, persons: dict[UUID, UUID]) -> UUID:
    return row.id if item in FACTS and FACTS[item].of == HOUSEHOLD else persons.get(row.id, row.id)


def _applicants(ids: Sequence[UUID]) -> dict[UUID, UUID]:
    rows = Member.objects.filter(application_id__in=ids, relation=APPLICANT)
    return dict(rows.values_list("application_id", "id"))


def _twice(ids: Sequence[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for key in Likeness.objects.filter(application_id__in=ids, decision="same").values_list(
        "application_id", flat=True
    ):
        found[key] = found.get(key, 0) + 1
    return found
