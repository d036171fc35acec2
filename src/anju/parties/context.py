"""From an account's post to an ``ActContext``: powers, parameters and the time, read once at the edge."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection

from anju.base.acts import ActContext, Forbidden
from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import installation, now_of
from anju.base.calendar.models import Installation
from anju.base.regions import APP, PARTY, city_of, region_range, scope
from anju.parties.models import Account, Appointment, Post, PostPower, Region, Setting
from anju.parties.posts import FAMILY, PARTY_POSTS
from anju.policy.parameters import InForce, ParameterBook
from anju.policy.parameters import Setting as BookSetting

__all__ = ["FAMILY", "PARTY_POSTS", "Actor", "actor", "actor_named", "live_appointments", "parameter_book", "powers_of"]


class StoredBook(ParameterBook):
    """The book of this installation; its settings are read when the first parameter is asked for, so an act without
    one is cheap."""

    def __init__(self) -> None:
        self._days: dict[tuple[date, str], InForce] = {}

    @cached_property
    def _settings(self) -> dict[str, list[BookSetting]]:  # type: ignore[override]
        found: dict[str, list[BookSetting]] = {}
        columns = ("name", "owner_region", "value", "valid_from", "document")
        rows = Setting.objects.filter(confirmed_by__isnull=False).order_by("valid_from", "id").values_list(*columns)
        for row in rows:
            found.setdefault(row[0], []).append(BookSetting(*row))
        return found

    def on(self, day: date, region: str) -> InForce:
        """As the book says; a day asked for again is not worked out again."""
        if (day, region) not in self._days:
            if len(self._days) >= DAYS_KEPT:
                self._days.clear()
            self._days[day, region] = super().on(day, region)
        return self._days[day, region]


BOOKS_KEPT, DAYS_KEPT = 4, 400
_books: dict[str, StoredBook] = {}


def parameter_book(version: str = "") -> ParameterBook:
    """The plan's, the province's and the nation's values with all confirmed settings of the city and its counties.

    ``version`` names the confirmed settings as the request met them at the door: a book of the same ones is used again.
    """
    if not version:
        return StoredBook()
    if version not in _books:
        if len(_books) >= BOOKS_KEPT:
            _books.clear()
        _books[version] = StoredBook()
    return _books[version]


@dataclass(frozen=True)
class Actor:
    """Who is at the page: the account in one of its posts."""

    account: Account
    appointment: Appointment
    powers: frozenset[str]
    now: datetime
    installation: Installation
    settings_version: str = ""

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
            params=parameter_book(self.settings_version), organisation=self.appointment.organisation_id, demonstration=self.synthetic,
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
    return _live(Appointment.objects.filter(account=account).select_related("post"), on)


def _live(rows: Iterable[Appointment], on: date) -> list[Appointment]:
    found = (r for r in rows if r.since <= on and (r.until is None or r.until > on))
    return sorted(found, key=lambda r: (r.post.order, r.region, str(r.id)))


# Every request asks it, in one round trip: whose installation, which posts, which powers, which settings (confirmed ones are
# never changed or removed, so that their ids name them).
AT_THE_DOOR = """
SELECT i.id, i.kind, i.city, i.origin, i.clock,
       a.id, a.account_id, a.post_id, a.region, a.organisation_id, a.since, a.until,
       p.code, p.title, p.organisation_kinds::text, p.party, p."order",
       ARRAY(SELECT w.power FROM parties_postpower w WHERE w.post_id = a.post_id),
       (SELECT count(*) || ':' || coalesce(bit_xor(hashtextextended(s.id::text, 0)), 0)
          FROM parties_setting s WHERE s.confirmed_by IS NOT NULL)
  FROM base_installation i
  LEFT JOIN (parties_appointment a JOIN parties_post p ON p.code = a.post_id) ON a.account_id = %s
 WHERE i.id = 1
"""
HOUSE = ("id", "kind", "city", "origin", "clock")
HELD = ("id", "account_id", "post_id", "region", "organisation_id", "since", "until")
POST = ("code", "title", "organisation_kinds", "party", "order")


def at_the_door(account: Account, wanted: str | None) -> Actor | None:
    """The actor of a request: the account in the post it chose, else in its first; None without a live post."""
    with connection.cursor() as cursor:
        cursor.execute(AT_THE_DOOR, [account.pk])
        rows = cursor.fetchall()
    if not rows or rows[0][5] is None:
        return None
    house = Installation.from_db("default", HOUSE, rows[0][:5])
    powers = {row[5]: frozenset(row[17]) for row in rows}
    now = now_of(house)
    held = _live([_appointment(row) for row in rows], day_of(now))
    chosen = next((r for r in held if str(r.id) == wanted), held[0] if held else None)
    return Actor(account, chosen, powers[chosen.id], now, house, rows[0][18]) if chosen else None


def _appointment(row: Sequence[Any]) -> Appointment:
    found = Appointment.from_db("default", HELD, row[5:12])
    found.post = Post.from_db("default", POST, [*row[12:14], json.loads(row[14]), *row[15:17]])
    return found


def actor(
    account: Account, appointment: Appointment, *, now: datetime | None = None, house: Installation | None = None
) -> Actor:
    """The actor for a command or a job."""
    row = house or installation()
    return Actor(account, appointment, powers_of(appointment.post_id), now or now_of(row), row)


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
