"""Queries that this room's pages and acts and later rooms share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from anju.base.acts.context import SHANGHAI
from anju.needs.models import Application
from anju.negotiation.models import LetterUnit
from anju.offering import draw
from anju.offering.models import LIVE_CHOICE, Batch, BatchUnit, Choice, Draw, Gate, Subscription
from anju.policy.rules.gate import GateFacts, Match, needed
from anju.reserve.reads import in_region


def day_of(moment: datetime) -> date:
    """The day of a moment in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def batches(region: str) -> QuerySet[Batch, Any]:
    """The batches a post of ``region`` looks at, with their counts."""
    rows = in_region(Batch.objects.select_related("project", "letter"), region)
    return rows.annotate(
        # A closed batch has let its homes go: what it had announced.
        homes=Count("units", filter=Q(units__live=True) | Q(state="closed"), distinct=True),
        taken=Count("choices", filter=Q(choices__state__in=["taken", "contracted"]), distinct=True),
    )


def next_number(region: str, on: date) -> str:
    """The next batch number of a region and year: ``231200-2026-03``."""
    count = Batch.objects.filter(region=region, announced_on__year=on.year).count()
    return f"{region}-{on.year}-{count + 1:02d}"


def homes_of(batch: Batch) -> list[BatchUnit]:
    """The homes on offer that have not dropped out, by label."""
    rows = BatchUnit.objects.filter(region=batch.region, batch=batch, live=True).select_related("unit__building")
    return list(rows.order_by("label"))


def step_free(home: BatchUnit) -> bool:
    """Whether one gets in without steps: on the ground floor, or by a lift that is known to be there."""
    return home.unit.floor == 1 or home.unit.building.lift is True


class StepFree(NamedTuple):
    """What was frozen of step-free homes: which homes they are, and who comes first for them; both empty where it is not so decided."""

    homes: frozenset[str]
    needing: frozenset[str]


def frozen_step_free(batch: Batch) -> StepFree:
    """As the batch's lists were closed; a later change of a building or of a household's needs moves nobody."""
    last = last_round(batch)
    if last is None or draw.rule_of(last.homes) != draw.STEP_FREE_RULE:
        return StepFree(frozenset(), frozenset())
    return StepFree(
        frozenset(h.label for h in draw.read_homes(last.homes) if h.step_free),
        frozenset(e.number for e in draw.read_entrants(last.entrants) if e.needs),
    )


def free_homes(batch: Batch) -> list[BatchUnit]:
    """Those of them that no household holds."""
    held = Choice.objects.filter(region=batch.region, batch=batch, state__in=LIVE_CHOICE).values("batch_unit")
    rows = BatchUnit.objects.filter(region=batch.region, batch=batch, live=True).exclude(pk__in=held)
    return list(rows.select_related("unit__building").order_by("label"))


def subscriptions(batch: Batch) -> QuerySet[Subscription, Any]:
    """All subscriptions of a batch, withdrawn ones too."""
    return Subscription.objects.filter(region=batch.region, batch=batch).select_related("application")


def standing(batch: Batch) -> list[Subscription]:
    """Those that count: not withdrawn, the household still on the waiting list.

    The applications are read by their ids: a join under row-level security, planned without fresh statistics, went
    through every application of a county for each of 10,000 subscriptions.
    """
    rows = list(Subscription.objects.filter(region=batch.region, batch=batch, withdrawn_at__isnull=True).order_by("id"))
    found = Application.objects.filter(id__in=[row.application_id for row in rows], state="qualified")
    qualified = {a.pk: a for a in found.defer("verdicts")}
    kept = [row for row in rows if row.application_id in qualified]
    for row in kept:
        row.application = qualified[row.application_id]
    return kept


class Waiting(NamedTuple):
    """A household of the order that holds no home, as plain values: there may be thousands."""

    pk: UUID
    application_id: UUID
    draw_number: str
    priority: int
    wishes: list[str]


def waiting(batch: Batch, *conditions: Q) -> list[Waiting]:
    """Households of the order that hold no home and have not given one up here, first to last."""
    gone = set(Choice.objects.filter(region=batch.region, batch=batch).values_list("subscription_id", flat=True))
    live = Choice.objects.filter(region=batch.region, state__in=LIVE_CHOICE)
    housed = set(live.values_list("application_id", flat=True))
    rows = Subscription.objects.filter(*conditions, region=batch.region, batch=batch, withdrawn_at__isnull=True)
    ordered = rows.exclude(sort_key="").order_by("sort_key").values_list(*Waiting._fields)
    found = [Waiting(*row) for row in ordered if row[0] not in gone and row[1] not in housed]
    with connection.cursor() as cursor:
        # One array, not thousands of parameters.
        cursor.execute(
            "SELECT id FROM needs_application WHERE id = ANY(%s) AND state <> 'qualified'",
            [[row.application_id for row in found]],
        )
        off_the_list = {row[0] for row in cursor.fetchall()}
    return [row for row in found if row.application_id not in off_the_list]


def ranked(batch: Batch) -> QuerySet[Subscription, Any]:
    """The ordered households with their place in the one order, derived."""
    rows = subscriptions(batch).exclude(sort_key="")
    return rows.annotate(place=Window(RowNumber(), order_by=F("sort_key").asc())).order_by("sort_key")


def last_round(batch: Batch) -> Draw | None:
    """The running or latest round."""
    return Draw.objects.filter(region=batch.region, batch=batch).order_by("-round").first()


def gate_of(batch: Batch) -> Gate | None:
    """The gate as judged, None before."""
    return Gate.objects.filter(region=batch.region, batch=batch).first()


def gate_facts(batch: Batch) -> GateFacts:
    """What 3.5-3 is judged by: the letter's homes, those that dropped out, and who has paid for which."""
    rows = LetterUnit.objects.filter(region=batch.region, letter_id=batch.letter_id)
    units = {str(pk) for pk in rows.values_list("unit_id", flat=True)}
    live = BatchUnit.objects.filter(region=batch.region, batch=batch, live=True)
    on_offer = {str(pk) for pk in live.values_list("unit_id", flat=True)}
    return GateFacts(frozenset(units), [_match(batch, c) for c in _taken(batch)], frozenset(units - on_offer))


def _taken(batch: Batch) -> QuerySet[Choice, Any]:
    rows = Choice.objects.filter(region=batch.region, batch=batch, state__in=["taken", "contracted"])
    return rows.select_related("subscription__application", "batch_unit__unit").defer(
        "subscription__application__verdicts"
    )


def _match(batch: Batch, choice: Choice) -> Match:
    return Match(
        unit=str(choice.batch_unit.unit_id),
        household=str(choice.application_id),
        qualified=choice.subscription.application.state == "qualified",
        in_window=batch.apply_from <= day_of(choice.subscription.subscribed_at) <= batch.apply_until,
        earnest_paid=choice.earnest_voucher is not None,
    )


def unit_lines(batch: Batch) -> list[dict[str, Any]]:
    """The homes' list of a gate's snapshot."""
    rows = BatchUnit.objects.filter(region=batch.region, batch=batch).select_related("unit").order_by("label")
    return [{"label": u.label, "code": u.unit.code, "live": u.live} for u in rows]


def match_lines(batch: Batch) -> list[dict[str, Any]]:
    """The matches' list of a gate's snapshot: numbers and ids, no names."""
    return [
        {
            "label": c.batch_unit.label, "draw_number": c.subscription.draw_number, "application": str(c.application_id),
            "application_number": c.subscription.application.number, "state": c.subscription.application.state,
            "subscribed_on": day_of(c.subscription.subscribed_at).isoformat(), "earnest_fen": c.earnest_fen,
            "paid_on": c.earnest_paid_on.isoformat() if c.earnest_paid_on else None, "voucher": str(c.earnest_voucher),
        }
        for c in _taken(batch).order_by("batch_unit__label")
    ]  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """How far a batch has come; homes and households."""

    offered: int
    needed: int
    ratio: int
    subscribed: int
    chosen: int
    taken: int

    @property
    def short(self) -> int:
        """Homes that are missing to the gate."""
        return max(0, self.needed - self.taken)


def progress(batch: Batch, inforce: Any) -> Progress:
    """The counts that the batch's page shows; after the gate its own denominator."""
    judged = gate_of(batch)
    facts = gate_facts(batch)
    ratio = judged.ratio if judged else int(inforce.get("lock_ratio_min").value)
    offered = judged.offered if judged else len(facts.units)
    states = dict(
        Choice.objects.filter(region=batch.region, batch=batch)
        .order_by("state")
        .values_list("state")
        .annotate(n=Count("id"))
    )
    return Progress(
        offered=offered,
        needed=needed(offered, ratio),
        ratio=ratio,
        subscribed=subscriptions(batch).filter(withdrawn_at__isnull=True).count(),
        chosen=states.get("chosen", 0),
        taken=states.get("taken", 0) + states.get("contracted", 0),
    )


def choices(batch: Batch, states: Iterable[str] = ()) -> QuerySet[Choice, Any]:
    """The choices of a batch."""
    rows = Choice.objects.filter(region=batch.region, batch=batch)
    rows = rows.filter(state__in=list(states)) if states else rows
    return rows.select_related("subscription__application", "batch_unit__unit")
