"""Frozen demand (需求快照): what planning and purchase refer to; since when a household waits; which chances were given up."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField
from anju.needs.models.application import PROGRAMMES, TENURES, Application


class DemandSnapshot(Placed):
    """Demand as it stood on a day, frozen and hashed; planning and purchase refer to one, never to moving data.

    The rows behind it lie in a file named by its digest: one line of canonical JSON per household, without a name, number, phone
    or town, under a pseudonym of this snapshot alone.
    """

    taken_on = models.DateField()
    title = models.CharField(max_length=120)
    households = models.IntegerField()
    rows_sha256 = models.CharField(max_length=64, blank=True)
    rows_bytes = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict, help_text="realness, moves, wishes no cell serves, drop-outs: as of the day")
    sha256 = models.CharField(max_length=64)
    maker = models.UUIDField()


class DemandCell(Placed):
    """Households of one cell: county × programme × tenure × rooms × area band × price band (bands by their lower edge)."""

    snapshot = PlacedKey(DemandSnapshot, related_name="cells")
    county = RegionField(verbose_name="区县")
    programme = models.CharField(
        max_length=20, choices=PROGRAMMES, blank=True, help_text="empty: frozen before cells knew it"
    )
    tenure = models.CharField(max_length=4, choices=TENURES)
    rooms = models.SmallIntegerField()
    area_band_cm2 = models.BigIntegerField()
    price_band_fen = models.BigIntegerField(
        null=True, help_text="sale: total price; rent: a month; NULL: frozen before cells knew it"
    )
    households = models.IntegerField()
    first_wishes = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "region", "snapshot", "county", "programme", "tenure", "rooms", "area_band_cm2", "price_band_fen",
                ],
                nulls_distinct=False,
                name="demand_cell_once",
            )
        ]  # fmt: skip


class Stay(Placed):
    """From when until when a household stood on the list; written by a trigger on the application, whichever act moved it."""

    functions_only = True

    application = PlacedKey(Application, related_name="stays")
    programme = models.CharField(max_length=20, choices=PROGRAMMES)
    since = models.DateField()
    until = models.DateField(null=True, help_text="the day it left; NULL while it waits")
    left_to = models.CharField(max_length=14, blank=True, help_text="the state it left for")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application"], condition=Q(until__isnull=True), name="one_open_stay"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="stay_ends_after_it_began"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "since"], name="stay_since")]


class Chance(Placed):
    """A home was within a household's reach (选房 …) and it kept to it, or dropped out; other rooms report it by ``needs.dropouts``."""

    STAGES: ClassVar = [("choice", "选房后缴定金"), ("contract", "缴定金后签约"), ("handover", "签约后入住")]
    OUTCOMES: ClassVar = [("", "未定"), ("kept", "履行"), ("dropped", "放弃"), ("void", "不计")]

    stage = models.CharField(max_length=10, choices=STAGES)
    programme = models.CharField(max_length=20, choices=PROGRAMMES)
    application_region = RegionField()
    application = PlacedKey(Application, region_column="application_region", related_name="+")
    object_id = models.UUIDField(help_text="the choice, contract … of the reporting room")
    entered_on = models.DateField()
    outcome = models.CharField(max_length=8, choices=OUTCOMES, blank=True)
    settled_on = models.DateField(null=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "stage", "object_id"], name="chance_once"),
            models.CheckConstraint(
                condition=Q(outcome="", settled_on__isnull=True)
                | ~Q(outcome="") & Q(settled_on__isnull=False, settled_on__gte=F("entered_on")),
                name="chance_settled_on_a_day",
            ),
            models.CheckConstraint(condition=~Q(outcome="dropped") | ~Q(why=""), name="a_drop_out_says_why"),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "programme", "stage"], name="chance_of_programme")]


CARRIES: dict[str, str] = {
    "demand_cell_once": "3.2-0",
    "one_open_stay": "3.2-0",
    "stay_ends_after_it_began": "3.2-0",
    "chance_once": "3.2-1",
    "a_drop_out_says_why": "3.2-1",
}
