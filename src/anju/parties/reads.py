"""Queries that pages, the API, other rooms and the command line share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anju.base.calendar.days import add_working_days
from anju.base.regions import city_of, region_range
from anju.parties.context import parameter_book
from anju.parties.models import (
    Account,
    Admission,
    Appointment,
    CensusFigure,
    Organisation,
    PostPower,
    Rate,
    Region,
    Setting,
)
from anju.policy.parameters import InForce, ParameterBook, Unset
from anju.policy.rules.acquirer import AcquirerFacts, GroupMember, admission
from anju.policy.verdict import Verdict

Touch = Callable[[str, str, date], list[tuple[str, int]]]
_TOUCHES: list[Touch] = []


class NotEntered(LookupError):
    """A figure that is needed has not been entered; the message says which and where to enter it."""


# --- Parameters
# ---------------------------------------------------------------------------------------------------------


def register_touch(read: Touch) -> Touch:
    """A later room tells which of its cases a parameter touches: ``read(name, region, day)`` gives (title, count)
    rows."""
    if read not in _TOUCHES:
        _TOUCHES.append(read)
    return read


def touched(name: str, region: str, day: date) -> list[tuple[str, int]]:
    """The cases that a new value from ``day`` on would be judged by, as the rooms that hold them count."""
    return [row for read in _TOUCHES for row in read(name, region, day)]


def open_parameters(region: str, on: date) -> list[Unset]:
    """The parameters nobody has set for a region and day; each says what it blocks."""
    return parameter_book().open_on(on, region)


def settings_history(name: str, region: str) -> QuerySet[Setting]:
    """All values proposed for a parameter by a county and its city, the latest first."""
    return (
        Setting.objects.filter(name=name, owner_region__in={region, city_of(region)})
        .select_related("resolution")
        .order_by("-valid_from", "-proposed_at", "id")
    )


# --- Who may do what
# ----------------------------------------------------------------------------------------------------


def live_appointments(on: date) -> QuerySet[Appointment]:
    """Every post held on a day by an account that may sign in."""
    return (
        Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on, account__is_active=True)
        .select_related("account", "post", "organisation")
        .order_by("post__order", "region", "account__username", "id")
    )


def who_may(power: str, *, on: date, region: str | None = None) -> QuerySet[Appointment]:
    """Who may do this: the appointments whose post holds the power; ``region`` keeps those whose reach contains it."""
    rows = live_appointments(on).filter(post__powers__power=power)
    return rows.filter(region__in={region, city_of(region)}) if region else rows


@dataclass(frozen=True)
class Held:
    """One post of an account, and its powers."""

    appointment: Appointment
    powers: tuple[str, ...]


def powers_of_account(account_id: UUID, *, on: date) -> list[Held]:
    """What may this person do: each post held on the day with its powers."""
    rows = list(live_appointments(on).filter(account_id=account_id))
    found: dict[str, list[str]] = {}
    for post, power in (
        PostPower.objects.filter(post__in={r.post_id for r in rows}).order_by("power").values_list("post", "power")
    ):
        found.setdefault(post, []).append(power)
    return [Held(row, tuple(found.get(row.post_id, ()))) for row in rows]


def powers_table() -> dict[str, frozenset[str]]:
    """Power → posts: the one table of posts × acts."""
    found: dict[str, set[str]] = {}
    for post, power in PostPower.objects.values_list("post", "power"):
        found.setdefault(power, set()).add(post)
    return {power: frozenset(posts) for power, posts in sorted(found.items())}


def accounts(region: str, on: date) -> QuerySet[Account]:
    """Accounts with a post in a region's reach, and those that hold none yet."""
    lo, hi = region_range(region)
    live = Appointment.objects.filter(Q(until__isnull=True) | Q(until__gt=on))
    inside = live.filter(region__gte=lo, region__lte=hi).values("account_id")
    return Account.objects.filter(Q(pk__in=inside) | ~Q(pk__in=live.values("account_id"))).select_related(
        "organisation"
    )


# --- Admission of acquirers
# ---------------------------------------------------------------------------------------------


def live_admission(region: str, on: date) -> Admission | None:
    """The acquirer that a government has admitted and that is so on the day; the earliest where there are two
    (3.1-1)."""
    return (
        Admission.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on), region=region, state="admitted")
        .filter(valid_from__lte=on)
        .select_related("acquirer")
        .order_by("valid_from", "id")
        .first()
    )


def admission_verdicts(row: Admission, on: date, *, book: ParameterBook | None = None) -> list[Verdict]:
    """Every rule of 3.1 for the candidate as known now, by the parameters of a day; nothing is stored."""
    return admission(admission_facts(row, on), (book or parameter_book()).on(on, row.region))


def admission_facts(row: Admission, on: date) -> AcquirerFacts:
    """What the rules are asked about. A yes without its evidence is not known yet."""
    parent = row.acquirer.parent
    return AcquirerFacts(
        name=row.acquirer.name,
        region=row.region,
        criteria={key: _shown(said["answer"], said["evidence"]) for key, said in row.facts["criteria"].items()},
        group=tuple(GroupMember(m["name"], _platform(m)) for m in row.facts["group"]),
        group_complete=row.facts["group_complete"],
        hidden_debt_fen=row.facts["hidden_debt_fen"],
        acquirers_of_government=_others_admitted(row, on) + 1,
        parent=parent.name if parent else "",
    )


def appointed_by_plan(acquirer: Organisation, region: str, inforce: InForce) -> bool:
    """Whether the plan itself names this body for the region, with its parent (3.1-2)."""
    table = inforce.get("appointed_acquirers")
    if isinstance(table, Unset) or acquirer.parent is None:
        return False
    return [region, acquirer.name, acquirer.parent.name] in [list(line) for line in table.value]


def _others_admitted(row: Admission, on: date) -> int:
    others = Admission.objects.filter(region=row.region, state="admitted").exclude(acquirer=row.acquirer_id)
    return others.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on)).count()


def _shown(answer: bool | None, evidence: str) -> bool | None:
    return None if answer and not evidence else answer


def _platform(member: Mapping[str, Any]) -> bool | None:
    """ "Not a platform" must be shown; that it is one need not be."""
    answer = member["financing_platform"]
    return None if answer is False and not member["evidence"] else answer


# --- Places and figures
# -------------------------------------------------------------------------------------------------


def counties(city: str) -> QuerySet[Region]:
    """The county-level units of a city, by code."""
    return Region.objects.filter(level="county", parent=city).order_by("code")


def towns(county: str) -> QuerySet[Region]:
    """Towns and streets of a county, by code."""
    return Region.objects.filter(level="town", parent=county).order_by("code")


def region_names() -> dict[str, str]:
    """Code → name of the city and its counties."""
    return dict(Region.objects.filter(level__in=("city", "county")).order_by("code").values_list("code", "name"))


def census(area: str, name: str, year: int) -> Decimal:
    """One published figure. Raises NotEntered."""
    row = CensusFigure.objects.filter(area=area, name=name, year=year).first()
    if row is None:
        raise NotEntered(f"没有 {area} {year} 年的「{name}」，请先导入人口普查数据")
    return row.value


def lpr(name: str, on: date) -> Rate:
    """The loan prime rate (``lpr_1y``, ``lpr_5y``) in force on a day. Raises NotEntered where its month was never
    entered.

    It is published on the 20th or the next working day; an older month's rate is never carried on in its place.
    """
    row = Rate.objects.filter(name=name, valid_from__lte=on).order_by("-valid_from").first()
    due = on.replace(day=1)
    if on.day < 20 or add_working_days(on.replace(day=19), 1) > on:
        due = (due - timedelta(days=1)).replace(day=1)
    if row is None or row.valid_from < due:
        raise NotEntered(f"没有 {due.year} 年 {due.month} 月公布的 LPR（{name}），不能用前月的代替；请先在“利率”页录入")
    return row
