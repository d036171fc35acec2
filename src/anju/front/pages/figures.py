"""The figures of the cockpit, each from the facts of the room that holds them; money is of one project, never summed over several."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from anju.base.tickets.models import Ticket
from anju.ledger.models import Account
from anju.needs.models import Application
from anju.offering.models import Batch, BatchUnit, Choice, Gate
from anju.parties.context import parameter_book
from anju.parties.models import Region
from anju.policy.parameters import Unset
from anju.policy.rules import gate as gate_rule
from anju.purchase.models import Agreement
from anju.reserve.models import Unit
from anju.web import shown

STOCK = ("reserved", "intended", "announced", "chosen")
TAKEN = ("taken", "contracted")
OPEN = ("announced", "frozen", "drawn", "choosing")
MOST_GATES, MOST_BOOKS = 12, 40
LEADER = "leader"


@dataclass(frozen=True)
class Figure:
    """One figure with the list it opens."""

    title: str
    value: int
    unit: str
    note: str
    room: str
    late: bool = False


def within(region: str) -> dict[str, str]:
    """The range of regions as filter arguments; row-level security holds it too, but alone it is slow."""
    return {"region__gte": region, "region__lte": region[:4] + "99" if region.endswith("00") else region}


def head(region: str, today: date) -> list[Figure]:
    """At most six figures."""
    here = within(region)
    waiting = Application.objects.filter(**here, state="qualified").count()
    units = Unit.objects.filter(**here).aggregate(all=Count("id"), stock=Count("id", filter=Q(state__in=STOCK)))
    offered = BatchUnit.objects.filter(**here, live=True).count()
    taken = Choice.objects.filter(**here, state__in=TAKEN).count()
    signed = Agreement.objects.filter(**here, state__in=("signed", "completed")).aggregate(
        n=Count("id"), units=Sum("units_count")
    )
    asked = Ticket.objects.filter(**here, post=LEADER, done_on__isnull=True).aggregate(
        n=Count("id"), late=Count("id", filter=Q(due_on__lt=today, stopped_on__isnull=True))
    )
    return [
        Figure("轮候需求", waiting, "户", "审核通过、等待配房", "needs"),
        Figure("可拟购房源", units["stock"], "套", f"储备登记 {units['all']:,} 套", "reserve"),
        Figure("已公告房源", offered, "套", "在各批次名单内", "offering"),
        Figure("已缴定金", taken, "套", f"占已公告 {_share(taken, offered)}", "offering"),
        Figure("已签协议", signed["units"] or 0, "套", f"{signed['n']} 份收购协议", "purchase"),
        Figure("要领导定的", asked["n"], "件", f"其中超期 {asked['late']} 件", "waiting", asked["late"] > 0),
    ]


def _share(part: int, whole: int) -> str:
    return f"{part * 1000 // whole / 10:.1f}%" if whole else "—"


@dataclass(frozen=True)
class GateLine:
    """One batch's gate: counts of homes, and the batch it belongs to."""

    batch: Batch
    name: str
    gate: shown.Gate | None
    clock: shown.Clock | None
    word: str
    tone: str
    mark: str = ""


def gates(region: str, today: date) -> list[GateLine]:
    """The batches of the region, the running ones first; each its own gate, never averaged (3.5)."""
    rows = list(
        Batch.objects.filter(**within(region)).select_related("project").order_by("-announced_on", "id")[:MOST_GATES]
    )
    ids = [b.id for b in rows]
    offered = dict(BatchUnit.objects.filter(batch__in=ids).values_list("batch").annotate(n=Count("id")))
    states = Choice.objects.filter(batch__in=ids).values_list("batch", "state").annotate(n=Count("id"))
    chosen: dict[Any, dict[str, int]] = {}
    for batch, state, n in states:
        chosen.setdefault(batch, {})[state] = n
    judged = {g.batch_id: g for g in Gate.objects.filter(batch__in=ids)}
    book = parameter_book()
    days = shown.WorkingDays(today, [b.apply_until for b in rows])
    lines = [_gate_line(b, offered.get(b.id, 0), chosen.get(b.id, {}), judged.get(b.id), book, days) for b in rows]
    return sorted(lines, key=lambda line: line.batch.state not in OPEN)


def _gate_line(
    batch: Batch, offered: int, chosen: Mapping[str, int], judged: Gate | None, book: Any, days: shown.WorkingDays
) -> GateLine:
    """A judged gate shows what was judged; a running one what stands now."""
    if judged:
        found = shown.gate(
            taken=judged.taken, held=0, offered=judged.offered, needed=judged.needed, percent=f"{judged.ratio}%"
        )  # fmt: skip
        tone, word = (
            ("ok", "已达标")
            if judged.passed
            else ("waive", "一事一议")
            if batch.state == "special"
            else ("bad", "未达标")
        )
        return GateLine(batch, batch.project.name, found, None, word, tone)
    ratio = book.on(batch.announced_on, batch.region).get("lock_ratio_min")
    if not offered or isinstance(ratio, Unset):
        return GateLine(batch, batch.project.name, None, None, "还没有名单" if not offered else "比例未设定", "unk")
    taken, held = sum(chosen.get(s, 0) for s in TAKEN), chosen.get("chosen", 0)
    found = shown.gate(
        taken=taken,
        held=held,
        offered=offered,
        needed=gate_rule.needed(offered, ratio.value),
        percent=f"{ratio.value}%",
    )
    clock = shown.clock_of(days.left(batch.apply_until), None)
    return GateLine(batch, batch.project.name, found, clock, batch.get_state_display(), clock.tone, clock.shape)


def by_county(region: str) -> dict[str, tuple[int, int]]:
    """County where the homes stand → (earnest money in, announced); a failed batch has let its homes go."""
    here = within(region)
    offered = BatchUnit.objects.filter(**here, live=True).values_list("project__stands_in").annotate(n=Count("id"))
    taken = (
        Choice.objects.filter(**here, state__in=TAKEN).values_list("batch__project__stands_in").annotate(n=Count("id"))
    )
    found = {code: (0, n) for code, n in offered}
    for code, n in taken:
        found[code] = (n, found.get(code, (0, n))[1])
    return found


def late_counties(region: str, today: date) -> frozenset[str]:
    """Regions with an overdue ticket."""
    rows = Ticket.objects.filter(**within(region), done_on__isnull=True, stopped_on__isnull=True, due_on__lt=today)
    return frozenset(rows.order_by().values_list("region", flat=True).distinct())


def counties(region: str) -> list[Region]:
    """The counties of a city, or the one county, in the order of their codes."""
    rows = Region.objects.filter(level="county")
    return list((rows.filter(parent=region) if region.endswith("00") else rows.filter(code=region)).order_by("code"))


@dataclass(frozen=True)
class BookLine:
    """One project's book: balances in fen by purpose; a purpose without an account is unknown, not nothing."""

    title: str
    object_id: Any
    bank: int | None
    homes: int | None
    loan: int | None
    sale: int | None
    rent: int | None


def books(region: str) -> list[BookLine]:
    """Each project's money, apart from every other's (4.3: 项目间资金不得混同)."""
    found: dict[Any, dict[str, int]] = {}
    heads: dict[Any, Any] = {}
    rows = (
        Account.objects.filter(**within(region), book_kind="project")
        .select_related("book")
        .order_by("book__title", "book_id", "purpose")
    )
    for row in rows:
        found.setdefault(row.book_id, {})[row.purpose] = row.balance_fen
        heads[row.book_id] = row.book
    lines = []
    for key, balances in list(found.items())[:MOST_BOOKS]:
        owed = {p: -balances[p] if p in balances else None for p in ("loan", "sale_income", "rent_income")}
        lines.append(
            BookLine(
                heads[key].title, heads[key].object_id, balances.get("bank"), balances.get("homes"), owed["loan"], owed["sale_income"],
                owed["rent_income"],
            )
        )  # fmt: skip
    return lines
