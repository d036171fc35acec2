"""Set-up: an empty city with its public figures, its posts, and three administrators in separate roles. Nothing
else."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from anju.base.acts import ActContext
from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import now_of
from anju.base.calendar.models import Installation
from anju.base.regions import scope
from anju.parties import acts, suihua
from anju.parties.posts import AUDIT_ADMIN, SECURITY_ADMIN, SYSTEM_ADMIN
from anju.policy.parameters import ParameterBook

YEARS = range(2020, 2028)
DEMONSTRATION_START = datetime(2026, 3, 2, 8, 30, tzinfo=SHANGHAI)
FIRST = (("sys", SYSTEM_ADMIN, "系统管理员"), ("sec", SECURITY_ADMIN, "安全管理员"), ("aud", AUDIT_ADMIN, "审计管理员"))
INSTALLER = "installer"
INSTALLER_POWERS = frozenset({
    "parties.found_installation", "parties.import_regions", "parties.import_census", "parties.publish_calendar",
    "parties.load_rates", "parties.load_powers", "parties.open_account", "parties.appoint",
})  # fmt: skip


def installer(kind: str, city: str, now: datetime) -> ActContext:
    """Who lays the foundations: no account, and the powers of set-up alone."""
    return ActContext(
        account=None, post=INSTALLER, region=city, powers=INSTALLER_POWERS, now=now, params=ParameterBook(),
        demonstration=kind == Installation.DEMONSTRATION,
    )  # fmt: skip


def lay_foundations(*, kind: str, city: str = "231200", clock: datetime | None = None) -> ActContext:
    """The installation row, regions, census, calendar, rates, posts and powers. Raises Conflict where a city stands
    already."""
    if kind == Installation.DEMONSTRATION:
        clock = clock or DEMONSTRATION_START
    ctx = installer(kind, city, clock or timezone.now())
    with scope(city):
        acts.found_installation(ctx=ctx, kind=kind, city=city, origin=f"anju/{city}", clock=clock)
        acts.import_regions(ctx=ctx, rows=suihua.regions(city))
        acts.import_census(ctx=ctx, rows=suihua.figures(city))
        for year in YEARS:
            acts.publish_calendar(ctx=ctx, year=year)
        acts.load_rates(ctx=ctx, rows=suihua.rates())
        acts.load_powers(ctx=ctx)
    return ctx


def renew_powers() -> None:
    """Load the table posts × acts anew after the code changed; nothing where no city stands yet."""
    house = Installation.objects.filter(id=1).first()
    if house is not None:
        acts.load_powers(ctx=installer(house.kind, house.city, now_of(house)))


def init_city(
    *, kind: str = Installation.REAL, city: str = "231200", clock: datetime | None = None, password: str | None = None
) -> dict[str, str]:
    """Lay the foundations and open the three administrators' accounts; all or nothing.

    Returns login name → first password, which is stored nowhere and must be changed at the first sign-in.
    ``password`` is for
    a demonstration, where all share it and none need change it.
    """
    if password and kind != Installation.DEMONSTRATION:
        raise ValueError("a real installation's first passwords are generated, one for each")
    words = {name: password or secrets.token_urlsafe(12) for name, _, _ in FIRST}
    with scope(city):
        ctx = lay_foundations(kind=kind, city=city, clock=clock)
        for name, post, title in FIRST:
            account = acts.open_account(
                ctx=ctx,
                username=name,
                name=title,
                password_hash=make_password(words[name]),
                must_change=password is None,
            )
            acts.appoint(ctx=ctx, account_id=account.pk, post=post, region=city)
    return words
