"""Freezing demand (需求快照): planning and purchase refer to a snapshot, never to moving data."""

from anju.base.acts import ActContext, InvalidInput, act
from anju.needs import cells
from anju.needs.acts.steps import who
from anju.needs.models import DemandCell, DemandSnapshot


@act(clause="3.2-0", title="冻结需求快照")
def take_snapshot(*, ctx: ActContext, title: str) -> DemandSnapshot:
    """Freeze the demand of the act's region (the city: all its counties) as it stands, also where it is nothing."""
    if not title.strip():
        raise InvalidInput("请填写快照名称，没有冻结", field="title", clause="3.2-0")
    found, count = cells.cells(ctx.region), cells.households(ctx.region)
    row = DemandSnapshot.objects.create(
        region=ctx.region, taken_on=ctx.today, title=title.strip()[:120], households=count,
        sha256=cells.digest(found, count), maker=who(ctx),
    )  # fmt: skip
    DemandCell.objects.bulk_create(
        DemandCell(
            region=ctx.region, snapshot=row, county=cell.county, tenure=cell.tenure, rooms=cell.rooms,
            area_band_cm2=cell.area_band_cm2, households=cell.households, first_wishes=cell.first_wishes,
        )
        for cell in found
    )  # fmt: skip
    ctx.on(row, households=count, cells=len(found), sha256=row.sha256)
    return row
