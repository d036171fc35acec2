"""Frozen demand (需求快照): what planning and purchase refer to."""

from typing import ClassVar

from django.db import models

from anju.base.regions import Placed, PlacedKey, RegionField
from anju.needs.models.application import TENURES


class DemandSnapshot(Placed):
    """Demand as it stood on a day, frozen and hashed; planning and purchase refer to one, never to moving data."""

    taken_on = models.DateField()
    title = models.CharField(max_length=120)
    households = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    maker = models.UUIDField()


class DemandCell(Placed):
    """Households of one cell: county × tenure × rooms × area band (lower edge)."""

    snapshot = PlacedKey(DemandSnapshot, related_name="cells")
    county = RegionField(verbose_name="区县")
    tenure = models.CharField(max_length=4, choices=TENURES)
    rooms = models.SmallIntegerField()
    area_band_cm2 = models.BigIntegerField()
    households = models.IntegerField()
    first_wishes = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "snapshot", "county", "tenure", "rooms", "area_band_cm2"], name="demand_cell_once"
            )
        ]


CARRIES: dict[str, str] = {
    "demand_cell_once": "3.2-0",
}
