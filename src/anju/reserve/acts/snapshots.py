"""Frozen stock (库存快照): planning refers to one, never to moving data (3.2-2)."""

import hashlib
from collections import Counter
from typing import Any

from anju.base.acts import ActContext, Refused, act, canonical
from anju.base.regions import region_range
from anju.reserve.acts.common import person
from anju.reserve.models import StockSnapshot, StockUnit, Unit

BAND_CM2 = 100_000


@act(clause="3.2-2", title="冻结库存快照")
def take_stock_snapshot(*, ctx: ActContext) -> StockSnapshot:
    """Freeze the homes now in the reserve and not yet under a letter, of the act's region and those it contains.

    Raises Refused where there is none: an empty stock supports no plan.
    """
    lo, hi = region_range(ctx.region)
    homes: list[Any] = list(
        Unit.objects.filter(region__gte=lo, region__lte=hi, state="reserved")
        .order_by("code", "id")
        .values("id", "region", "project_id", "project__stands_in", "code", "tenure", "rooms", "gross_cm2")
    )
    if not homes:
        raise Refused("储备库没有可供测算的房源（已入储备、未签意向），没有冻结；请先核查入库", clause="3.2-2")
    rows = stock_rows(homes)
    snapshot = StockSnapshot.objects.create(
        region=ctx.region,
        taken_on=ctx.today,
        units=len(homes),
        rows=rows,
        sha256=stock_hash(homes),
        maker=person(ctx, "3.2-2"),
    )
    StockUnit.objects.bulk_create(
        (
            StockUnit(
                region=ctx.region, snapshot=snapshot, managed_by=home["region"], project_id=home["project_id"], unit_id=home["id"],
                county=home["project__stands_in"], code=home["code"], tenure=home["tenure"], rooms=home["rooms"],
                gross_cm2=home["gross_cm2"],
            )
            for home in homes
        ),
        batch_size=2_000,
    )  # fmt: skip
    ctx.on(snapshot, units=len(homes), cells=len(rows), sha256=snapshot.sha256)
    return snapshot


def stock_rows(homes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cells of county × tenure × rooms × area band (its lower edge, cm²): units and their area; integers that add up."""
    counts: Counter[tuple[str, str, int, int]] = Counter()
    areas: Counter[tuple[str, str, int, int]] = Counter()
    for home in homes:
        cell = (
            home["project__stands_in"],
            home["tenure"],
            home["rooms"],
            home["gross_cm2"] - home["gross_cm2"] % BAND_CM2,
        )
        counts[cell] += 1
        areas[cell] += home["gross_cm2"]
    names = ("county", "tenure", "rooms", "area_band_cm2")
    return [
        {**dict(zip(names, cell, strict=True)), "units": counts[cell], "gross_cm2": areas[cell]}
        for cell in sorted(counts)
    ]


def stock_hash(homes: list[dict[str, Any]]) -> str:
    """SHA-256 over the homes by code: what a plan names as its stock."""
    lines = sorted(canonical([h["code"], h["tenure"], h["rooms"], h["gross_cm2"], str(h["project_id"])]) for h in homes)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
