"""The seam by which other rooms report what became of a chance (3.2-1): a home chosen and kept to, or given up.

``entered`` when a household has a home within reach, ``settled`` when it kept to it or dropped out. Reported twice is reported once.
The rate is of the programme's own settled chances, with its 95 % interval; without any there is no rate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from anju.base.acts import ActContext
from anju.base.regions import region_range
from anju.needs import intervals
from anju.needs.models import Application, Chance

CHOICE, CONTRACT, HANDOVER = "choice", "contract", "handover"
KEPT, DROPPED, VOID = "kept", "dropped", "void"
NO_HISTORY = "还没有历史"


@dataclass(frozen=True)
class Rate:
    """One programme and stage: how many settled, how many of them dropped out, in ‰ with its interval; how many are open."""

    programme: str
    stage: str
    settled: int
    dropped: int
    open: int
    permille: int | None
    low: int | None
    high: int | None

    @property
    def words(self) -> str:
        """``19.9%（19.2–20.6%）``, or that there is no history."""
        if self.permille is None or self.low is None or self.high is None:
            return NO_HISTORY
        low, high = f"{self.low // 10}.{self.low % 10}", f"{self.high // 10}.{self.high % 10}"
        return f"{self.permille // 10}.{self.permille % 10}%（{low}–{high}%）"


def entered(*, ctx: ActContext, stage: str, chances: Iterable[tuple[UUID, Application]]) -> None:
    """(object, application) pairs that came within reach today; inside the act that makes them so."""
    Chance.objects.bulk_create(
        [
            Chance(
                region=ctx.region, stage=stage, programme=row.programme, application_region=row.region, application_id=row.id,
                object_id=key, entered_on=ctx.today,
            )
            for key, row in chances
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def settled(*, ctx: ActContext, stage: str, object_ids: Iterable[UUID], outcome: str, why: str = "") -> int:
    """What became of them; one that was settled before stays as it was. ``why`` is needed of a drop-out. How many."""
    if outcome == DROPPED and not why.strip():
        raise ValueError("a drop-out says why")
    rows = Chance.objects.filter(region=ctx.region, stage=stage, object_id__in=list(object_ids), outcome="")
    return rows.update(outcome=outcome, settled_on=ctx.today, why=why.strip()[:200])


def history(region: str, on: date) -> list[Rate]:
    """Per programme and stage up to a day, of a county or a city with its counties; a chance counts where its household is managed."""
    rows = (
        Chance.objects.filter(application_region__range=region_range(region), entered_on__lte=on)
        .order_by("programme", "stage")
        .values("programme", "stage")
        .annotate(
            kept=Count("id", filter=Q(outcome=KEPT, settled_on__lte=on)),
            dropped=Count("id", filter=Q(outcome=DROPPED, settled_on__lte=on)),
            open=Count("id", filter=Q(outcome="") | Q(settled_on__gt=on)),
        )
    )
    return [_rate(row["programme"], row["stage"], row["kept"], row["dropped"], row["open"]) for row in rows]


def _rate(programme: str, stage: str, kept: int, dropped: int, waiting: int) -> Rate:
    whole = kept + dropped
    if not whole:
        return Rate(programme, stage, 0, 0, waiting, None, None, None)
    low, high = intervals.wilson(dropped, whole, whole)
    return Rate(programme, stage, whole, dropped, waiting, 1000 * dropped // whole, low, high)
