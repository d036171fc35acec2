"""Who acts, with which powers, when, and under which parameters: handed to every act as a value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models

from anju.base.acts.errors import Forbidden, Refused
from anju.base.regions import region_range
from anju.policy import verdict as verdicts_
from anju.policy.parameters import ParameterBook
from anju.policy.verdict import Verdict

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Entry:
    """What the running act will leave in the log."""

    object_kind: str = ""
    object_id: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    items: list[tuple[UUID, str]] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    happened_on: date | None = None


@dataclass(frozen=True)
class ActContext:
    """``now`` is read once at the edge; ``powers`` and ``params`` are filled by ``parties``.

    ``region`` is where the act takes place, within the post's own, ``home`` (set-up and tests have none); ``organisation``
    the one the account acts for.
    """

    account: UUID | None
    post: str
    region: str
    powers: frozenset[str]
    now: datetime
    params: ParameterBook
    organisation: UUID | None = None
    demonstration: bool = False
    home: str = ""
    key: str | None = None
    act: UUID | None = None
    entry: Entry = field(default_factory=Entry)

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    def at(self, region: str) -> Self:
        """The same actor, acting on an object that ``region`` manages. Raises Forbidden beyond the post's own region."""
        if self.home:
            lo, hi = region_range(self.home)
            if not lo <= region <= hi:
                raise Forbidden(f"当前岗位只管 {self.home}，不能办理 {region} 的事项；请由该地的岗位办理")
        return replace(self, region=region)

    def once(self, key: str) -> Self:
        """The same actor with an idempotency key: the act is done at most once under it."""
        return replace(self, key=key)

    def on(self, obj: models.Model, **facts: Any) -> None:
        """Name the object of the act and what the log keeps of it."""
        self.entry.object_kind = obj._meta.label_lower
        # A few tables are keyed by a code or a number: it stands among the facts.
        self.entry.object_id = obj.pk if isinstance(obj.pk, UUID) else None
        self.entry.facts.update(facts if isinstance(obj.pk, UUID) else {"object": str(obj.pk), **facts})

    def items(self, pairs: Iterable[tuple[UUID, str]]) -> None:
        """The items of a bulk act: (object id, what is hashed)."""
        self.entry.items.extend(pairs)

    def happened(self, on: date) -> None:
        """The day it happened, where that is not the day it is recorded (补录)."""
        self.entry.happened_on = on

    def require(self, found: Sequence[Verdict], *, waivers: frozenset[str] = frozenset(), sentence: str = "") -> None:
        """Refuse with the verdicts that block; unknown never passes. Raises Refused."""
        self.entry.verdicts.extend(found)
        blocking = verdicts_.blocks(found, waivers)
        if blocking:
            raise Refused(sentence or blocking[0].sentence, blocking, blocking[0].clause)

    def inforce(self, on: date | None = None, region: str | None = None) -> Any:
        """The parameters in force on a case's own day (today where it has none)."""
        return self.params.on(on or self.today, region or self.region)

    def other_than(self, maker: UUID | None, what: str) -> None:
        """Maker and checker are two people. Raises Refused."""
        if self.account is None or maker == self.account:
            raise Refused(f"{what}须由另一人复核：经办人与复核人不能是同一人，请换一位有权限的同事办理")
