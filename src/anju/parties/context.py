"""From an account's post to an ``ActContext``: powers, parameters and the time, read once at the edge."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from anju.base.acts import ActContext, Forbidden
from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import installation, now_of
from anju.base.calendar.models import Installation
from anju.base.regions import APP, PARTY, city_of, region_range, scope
from anju.parties.models import Account, Appointment, PostPower, Region, Setting
from anju.parties.posts import FAMILY, PARTY_POSTS
from anju.policy.parameters import ParameterBook
from anju.policy.parameters import Setting as BookSetting

__all__ = ["FAMILY", "PARTY_POSTS", "Actor", "actor", "actor_named", "live_appointments", "parameter_book", "powers_of"]


class StoredBook(ParameterBook):
    """The book of this installation; its settings are read when the first parameter is asked for, so an act without
    one is cheap."""

    def __init__(self) -> None:
        pass

    @cached_property
    def _settings(self) -> dict[str, list[BookSetting]]:  # type: ignore[override]
        found: dict[str, list[BookSetting]] = {}
        for row in Setting.objects.filter(confirmed_by__isnull=False).order_by("valid_from", "id"):
            one = BookSetting(row.name, row.owner_region, row.value, row.valid_from, row.document)
            found.setdefault(row.name, []).append(one)
        return found


def parameter_book() -> ParameterBook:
    """The plan's, the province's and the nation's values with all confirmed settings of the city and its counties."""
    return StoredBook()


@dataclass(frozen=True)
class Actor:
    """Who is at the page: the account in one of its posts."""

    account: Account
    appointment: Appointment
    powers: frozenset[str]
    now: datetime
    installation: Installation

    @cached_property
    def region_name(self) -> str:
        """The name of the post's region."""
        return Region.objects.filter(code=self.region).values_list("name", flat=True).first() or self.region

    @property
    def post(self) -> str:
        """The post's code."""
        return self.appointment.post_id

    @property
    def post_title(self) -> str:
        """The post's title."""
        return self.appointment.post.title

    @property
    def region(self) -> str:
        """The post's region."""
        return self.appointment.region

    @property
    def synthetic(self) -> bool:
        """Whether everything here is 合成."""
        return self.installation.kind == Installation.DEMONSTRATION

    @property
    def is_party(self) -> bool:
        """Whether the post sees only its own cases."""
        return self.post in PARTY_POSTS

    @property
    def party(self) -> UUID | None:
        """Whose cases: the organisation's, or the family's own account."""
        if not self.is_party:
            return None
        return self.account.id if self.post == FAMILY else self.appointment.organisation_id

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What this actor may see."""
        if self.is_party:
            with scope(city_of(self.region), party=self.party, role=PARTY):
                yield
        else:
            with scope(self.region, role=APP):
                yield

    def context(self, *, key: str | None = None, region: str | None = None) -> ActContext:
        """The context of an act by this actor, in its own region or in one it contains. Raises Forbidden for
        another."""
        home = city_of(self.region) if self.is_party else self.region
        lo, hi = region_range(home)
        if region is not None and not lo <= region <= hi:
            raise Forbidden(
                f"岗位「{self.post_title}」只管 {self.region_name}（{self.region}），不能办理 {region} 的事项"
            )
        return ActContext(
            account=self.account.id, post=self.post, region=region or self.region, powers=self.powers, now=self.now,
            params=parameter_book(), organisation=self.appointment.organisation_id, demonstration=self.synthetic,
            home=home, key=key or None,
        )  # fmt: skip


def day_of(now: datetime) -> date:
    """The day in Asia/Shanghai, by which posts begin and end."""
    return now.astimezone(SHANGHAI).date()


def powers_of(post: str) -> frozenset[str]:
    """What the post may do and see."""
    return frozenset(PostPower.objects.filter(post=post).values_list("power", flat=True))


def live_appointments(account: Account, on: date) -> list[Appointment]:
    """The posts an account holds on a day, in the order of the posts' table; the day named ``until`` is no longer
    one."""
    powers = ArraySubquery(PostPower.objects.filter(post=OuterRef("post")).values("power"))
    rows = Appointment.objects.filter(account=account, since__lte=on).select_related("post", "organisation")
    rows = rows.annotate(powers=powers)
    return sorted(
        (r for r in rows if r.until is None or r.until > on), key=lambda r: (r.post.order, r.region, str(r.id))
    )


def actor(
    account: Account, appointment: Appointment, *, now: datetime | None = None, house: Installation | None = None
) -> Actor:
    """The actor for a request, a command or a job."""
    row = house or installation()
    known = getattr(appointment, "powers", None)  # as ``live_appointments`` brings it, in the same query
    powers = powers_of(appointment.post_id) if known is None else frozenset(known)
    return Actor(account, appointment, powers, now or now_of(row), row)


def actor_named(username: str, *, post: str | None = None, region: str | None = None) -> Actor:
    """The actor behind ``--as ACCOUNT``. Raises Account.DoesNotExist or LookupError with a sentence."""
    account = Account.objects.get(username=username, is_active=True)
    house = installation()
    now = now_of(house)
    for row in live_appointments(account, day_of(now)):
        if (post is None or row.post_id == post) and (region is None or row.region == region):
            return actor(account, row, now=now, house=house)
    raise LookupError(f"账号 {username} 没有这个岗位（{post or '任一岗位'}，{region or '任一区划'}）")


def context_of_job(account: UUID, post: str, region: str) -> ActContext:
    """The context of a deferred job: the account that asked, if it still holds the post over that region.

    Raises LookupError where it does not, so that the job stops and its page says so.
    """
    found = Account.objects.get(id=account, is_active=True)
    now = now_of(installation())
    for row in live_appointments(found, day_of(now)):
        lo, hi = region_range(row.region)
        if row.post_id == post and lo <= region <= hi:
            return actor(found, row, now=now).context(region=region)
    raise LookupError(f"账号 {found.username} 已不在岗位 {post}，后台任务没有继续；请由在岗的同事点“继续”")
