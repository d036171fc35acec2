"""Freezing demand (需求快照): planning and purchase refer to a snapshot, never to moving data."""

from dataclasses import asdict

from anju.base.acts import ActContext, InvalidInput, act
from anju.needs import cells, reads, realness, snapshot_rows, waiting
from anju.needs.acts.steps import who
from anju.needs.models import DemandCell, DemandSnapshot


@act(clause="3.2-0", title="冻结需求快照")
def take_snapshot(*, ctx: ActContext, title: str) -> DemandSnapshot:
    """Freeze the demand of the act's region (the city: all its counties) as it stands, also where it is nothing.

    The anonymised rows, the cells counted from them (as ``cells.CELLS`` counts) and how real they are, in one digest: all of one
    reading, so that a case that moves meanwhile is in all of them or in none.
    """
    if not title.strip():
        raise InvalidInput("请填写快照名称，没有冻结", field="title", clause="3.2-0")
    everybody = waiting.read(ctx.region, ctx.today)
    found, count = everybody.cells(), len(everybody)
    rows_sha256, size = snapshot_rows.write(everybody)
    facts = facts_of(ctx, everybody)
    row = DemandSnapshot.objects.create(
        region=ctx.region, taken_on=ctx.today, title=title.strip()[:120], households=count, facts=facts, rows_sha256=rows_sha256,
        rows_bytes=size, maker=who(ctx),
        sha256=cells.digest(found, count, on=ctx.today.isoformat(), rows=rows_sha256, facts=facts),
    )  # fmt: skip
    DemandCell.objects.bulk_create(
        (DemandCell(region=ctx.region, snapshot=row, **asdict(cell)) for cell in found), batch_size=2_000
    )
    ctx.on(row, households=count, cells=len(found), rows=rows_sha256, sha256=row.sha256)
    return row


def facts_of(ctx: ActContext, everybody: waiting.Waiting) -> dict[str, object]:
    """What is frozen beside cells and rows."""
    counties = reads.counties(ctx.region)
    frozen = realness.frozen(everybody, ctx.region, ctx.today, counties, lambda code: ctx.inforce(ctx.today, code))
    months = cells.by_month(cells.moves(ctx.region, ctx.today), len(everybody))
    return {**frozen, "months": [list(month) for month in months[-realness.MONTHS :]]}
