"""``needs.submit.ratio``: applications taken in at the counter a second ÷ a plain Django form that writes the same rows.

A household of three with two wishes, one home and its consent, in one request through the whole WSGI stack: session, sign-in, CSRF, the
form of the page (all its fields, empty ones too, as a browser sends them), the act, a message, a redirect. The house opens the clerk's
scope, checks every number, place, wish and ban, claims the three persons in the whole city, judges the rules, seals numbers and phone,
writes under row-level security, guards and triggers, opens the ticket and closes the act with its log entry.

The plain side (``plain/needs.py``) has the same middleware but the one that opens scopes, the same form classes, one transaction, and
writes the same rows with ``bulk_create`` in copies of the tables that have their indexes, checks and foreign keys, and clear text. It
refuses what any such project refuses: a bad form, a number that is none, a person in another live application.

``needs.submit.bare.ratio`` is the same with requests that carry only what is filled in, without room for files: what reading a large form
costs both sides is least there, so it judges harder.

Eight clerks, each in its own county and on its own connection, a new household each time; requests are encoded before the clock runs.
Rounds of the two alternate; the log's sequencer runs beside the acts as it does beside ``serve``.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from bench.act import THREADS, _round, _sequencer, _session
from bench.core import Figure, database, middle
from bench.list import COUNTIES, _lay
from bench.sheets import WEIGHTS

ROUNDS, REQUESTS, WARM = 7, 25, 4
GOAL = 0.5
URLENCODED = "application/x-www-form-urlencoded"
PROGRAMME, GROUP = "public_rental", "wage_earner"


def run() -> list[Figure]:
    """Requests a second of each, and their ratio."""
    with database("needs_submit"):
        return _measure()


def _measure() -> list[Figure]:
    from bench.plain import needs

    clerks, households = _clerks(), itertools.count()
    house = [_Caller(session, "/needs/new/", region, households) for region, session in clerks]
    plain = [_Caller(session, f"/plain/{region}/", region, households, plain=True) for region, session in clerks]
    needs.lay_tables()
    _timed(house, WARM)
    needs.VERDICTS.extend(_written(COUNTIES[0]))
    _timed(plain, WARM)
    found: dict[tuple[str, bool], list[float]] = {}
    for bare in [False, True] * ROUNDS:
        with _sequencer():
            found.setdefault(("house", bare), []).append(_timed(house, REQUESTS, bare=bare))
        found.setdefault(("plain", bare), []).append(_timed(plain, REQUESTS, bare=bare))
    _same_rows(len(clerks) * (WARM + 2 * ROUNDS * REQUESTS))
    return [
        *_figures("needs.submit", found["house", False], found["plain", False], f"≥ {GOAL}"),
        *_figures("needs.submit.bare", found["house", True], found["plain", True], f"≥ {GOAL}"),
    ]


def _figures(name: str, house: list[float], plain: list[float], goal: str) -> list[Figure]:
    """A second, and the median of the rounds' ratios: what else the machine did in a round weighs on both sides of it."""
    ours, bare = middle(house), middle(plain)
    ratio = middle([a / b for a, b in zip(house, plain, strict=True)])
    against = f"plain form {bare:.0f}/s; {THREADS} connections"
    return [
        Figure(f"{name}.per_second", ours, "1/s", against, ratio),
        Figure(f"{name}.ratio", ratio, "ratio", against, ratio, goal),
    ]


def _clerks() -> list[tuple[str, str]]:
    """Region and session of somebody at each of eight counters."""
    from anju.parties.models import Account, Appointment

    found = []
    for region in COUNTIES[:THREADS]:
        account = Account(username=f"intake_{region}", name="合成", password="!", synthetic=True)
        _lay(account, Appointment(account=account, post_id="intake_clerk", region=region, since=date(2025, 1, 1)))
        found.append((region, _session(account)))
    return found


def _written(region: str) -> list[dict[str, Any]]:
    """The verdicts of an application that the house took in."""
    from anju.base.regions import scope
    from anju.needs.models import Application

    with scope(region):
        return list(Application.objects.filter(region=region).latest("number").verdicts)


def _same_rows(households: int) -> None:
    """A bench whose sides wrote different rows would measure nothing."""
    from django.db import connections

    from bench.plain.needs import TABLES

    with connections["owner"].cursor() as cursor:
        for copy, table in TABLES.items():
            cursor.execute(f"SELECT (SELECT count(*) FROM {copy}), (SELECT count(*) FROM {table})")
            plain, house = cursor.fetchone()
            least = (
                THREADS if table == "needs_applicationnumber" else households if table != "needs_policybenefit" else 0
            )
            if plain != house or house < least:
                raise RuntimeError(
                    f"{table}: the house wrote {house} rows, the plain form {plain}, of {households} households"
                )


class _Caller:
    """One browser: hands in another household each time, through the WSGI handler; ``prepare`` first, then ``post``."""

    def __init__(
        self, session: str, path: str, region: str, households: Iterator[int], *, plain: bool = False
    ) -> None:  # fmt: skip
        from django.core.wsgi import get_wsgi_application

        from bench.plain.act import plain_handler
        from bench.plain.needs import NeedsUrls

        self.handler: Callable[..., Any] = plain_handler(NeedsUrls) if plain else get_wsgi_application()
        self.cookie = f"sessionid={session}; csrftoken={'a' * 32}"
        self.path, self.region, self.households = path, region, households
        self.form = {**_empty(region), "csrfmiddlewaretoken": "a" * 32}
        self.ready: list[dict[str, Any]] = []

    def prepare(self, requests: int, *, bare: bool = False) -> None:
        """Encode so many requests: as the page's multipart form; ``bare``: only what is filled in, without room for files."""
        from django.test import RequestFactory

        for number in itertools.islice(self.households, requests):
            fields = {**self.form, **_household(number, self.region)}
            if bare:
                data, kind = urlencode({name: value for name, value in fields.items() if value}), URLENCODED
                asked = RequestFactory().post(self.path, data, content_type=kind)
            else:
                asked = RequestFactory().post(self.path, fields)
            self.ready.append({**asked.environ, "HTTP_COOKIE": self.cookie})

    def post(self) -> None:
        """One request; anything but a redirect is a fault of the bench."""
        status: list[str] = []
        body = self.handler(self.ready.pop(), lambda line, headers: status.append(line))
        text = b"".join(body)
        body.close()
        if not status[0].startswith("302"):
            said = " ".join(re.sub(r"<[^>]*>", " ", text.decode(errors="replace")).split())
            raise RuntimeError(f"{self.path}: {status[0]} {said[:600]}")


def _timed(callers: list[_Caller], requests: int, *, bare: bool = False) -> float:
    """Requests a second, all threads together."""
    for caller in callers:
        caller.prepare(requests, bare=bare)
    return _round(callers, requests)


def _empty(region: str) -> dict[str, str]:
    """Every field of the page but files and boxes that are not ticked, the chosen ones with their choice."""
    from django import forms

    from anju.base.regions import scope
    from anju.needs import reads
    from anju.needs.household_forms import FactsForm, HomesForm, NumberFirst, PlaceForm, WishesForm

    with scope(region):
        towns, counties = reads.towns(region), reads.counties(region[:4] + "00")
    parts = (
        NumberFirst(), PlaceForm(counties=counties), FactsForm(towns=towns), HomesForm(), WishesForm(counties=counties, sale=None)
    )  # fmt: skip
    silent = (forms.FileField, forms.BooleanField)
    empty = {
        name: str(part.get_initial_for_field(field, name) or "")
        for part in parts
        for name, field in part.fields.items()
        if not isinstance(field, silent)
    }
    return {**empty, "key": "", "town": min(towns)}


def _household(number: int, region: str) -> dict[str, str]:
    """Three persons whom no other request names, their home, two wishes and the signature."""
    found = {
        "key": f"bench-{number}", "county": region, "programme": PROGRAMME, "group": GROUP, "phone": f"139{number:08d}",
        "income_month_fen": "4,800.00", "home_area_cm2": "38.5", "residence_months": "60", "policy_homes": "0", "transferred": "no",
        "home_kind_1": "owned", "home_place_1": "合成路 1 号", "home_cm2_1": "38.5", "home_on_1": "2010-05-01", "signed": "on",
    }  # fmt: skip
    for at, (name, relation) in enumerate((("王小明", "01"), ("李小红", "10"), ("王小", "20")), 1):
        found |= {
            f"document_{at}": citizen(region, 3 * number + at), f"name_{at}": name, f"relation_{at}": relation, f"marriage_{at}": "20",
            f"registration_{at}": region, f"work_{at}": "employed", f"employer_{at}": "合成单位", f"income_{at}": "1600",
            f"insured_{at}": "60",
        }  # fmt: skip
    found["marriage_3"] = "10"
    for at in (1, 2):
        found |= {
            f"county_{at}": region, f"rooms_{at}": str(at), f"area_from_{at}": "30", f"area_to_{at}": "50", f"ceiling_{at}": f"{at}00",
        }  # fmt: skip
    return {name: value for name, value in found.items() if name != "relation_1"}


def citizen(region: str, number: int) -> str:
    """The ``number``-th valid ID number of a county (合成): a birthday of 12,000, an order of the day, the check digit."""
    born = date(1955, 1, 1) + timedelta(days=number % 12_000)
    body = f"{region}{born:%Y%m%d}{number // 12_000:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]
