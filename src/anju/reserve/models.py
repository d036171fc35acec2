"""Reserve (储备库): projects, buildings and units, their evidence, verdicts and waivers."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField, SharedKey

TENURES: list[tuple[str, str]] = [("sale", "配售"), ("rent", "配租")]


class Project(Placed):
    """A built housing project (项目) that may be bought; judged by the day of its declaration."""

    party_column = "id"

    STATES: ClassVar = [
        ("declared", "已申报"), ("reserved", "已入储备"), ("priced", "已定价"), ("intended", "已签意向"), ("announced", "已公告"),
        ("locked", "需求已锁定"), ("failed", "未达标"), ("purchased", "已签协议"), ("delivered", "已交付"), ("withdrawn", "已退出"),
    ]  # fmt: skip

    number = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    developer = SharedKey("parties.Organisation", related_name="projects")
    stands_in = RegionField(verbose_name="坐落区县")
    address = models.CharField(max_length=160)
    longitude = models.DecimalField(max_digits=9, decimal_places=5, null=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    declared_on = models.DateField()
    completion_record = models.CharField(max_length=60, blank=True, help_text="竣工验收备案号")
    completed_on = models.DateField(null=True)
    first_registered_on = models.DateField(null=True)
    debt_fen = models.BigIntegerField(null=True, help_text="this project's debts; NULL unknown")
    state = models.CharField(max_length=10, choices=STATES, default="declared")
    price_fits = models.BooleanField(null=True, help_text="told by pricing; NULL is open")
    place_fits = models.BooleanField(null=True, help_text="told by planning; NULL is open")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "number"], name="project_number_once")]


class Building(Placed):
    """A building (楼幢) of a project."""

    party_column = "project_id"

    project = PlacedKey(Project, related_name="buildings")
    number = models.CharField(max_length=12)
    floors = models.SmallIntegerField()
    stairwells = models.SmallIntegerField()
    lift = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "number"], name="building_number_once"),
            models.CheckConstraint(condition=Q(floors__gte=1, floors__lte=100, stairwells__gte=1), name="building_shape"),
        ]


class Unit(Placed):
    """One home (套). ``region`` manages it; ``code`` says where it stands."""

    party_column = "project_id"

    STATES: ClassVar = [
        ("declared", "已申报"), ("refused", "不符合"), ("reserved", "已入储备"), ("intended", "已签意向"), ("announced", "已公告"),
        ("chosen", "已选定"), ("purchased", "已收购"), ("sold", "已配售"), ("let", "已配租"), ("withdrawn", "已退出"),
    ]  # fmt: skip

    project = PlacedKey(Project, related_name="units")
    building = PlacedKey(Building, related_name="units")
    code = models.CharField(max_length=28, help_text="不动产单元代码, GB/T 37346")
    stairwell = models.SmallIntegerField()
    floor = models.SmallIntegerField()
    room = models.CharField(max_length=12)
    use = models.CharField(max_length=20)
    rooms = models.SmallIntegerField()
    gross_cm2 = models.BigIntegerField()
    inner_cm2 = models.BigIntegerField(null=True)
    orientation = models.CharField(max_length=8, blank=True)
    mortgaged = models.BooleanField(null=True)
    seized = models.BooleanField(null=True)
    objected = models.BooleanField(null=True)
    occupied = models.BooleanField(null=True)
    release_plan = models.CharField(max_length=200, blank=True)
    asked_fen_m2 = models.BigIntegerField(null=True)
    tenure = models.CharField(max_length=4, choices=TENURES)
    state = models.CharField(max_length=10, choices=STATES, default="declared")
    load = PlacedKey("base.Load", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "code"], name="unit_code_once"),
            models.UniqueConstraint(fields=["region", "building", "stairwell", "floor", "room"], name="unit_place_once"),
            models.CheckConstraint(condition=Q(gross_cm2__gt=0), name="unit_area"),
            models.CheckConstraint(condition=Q(inner_cm2__isnull=True) | Q(inner_cm2__lte=F("gross_cm2")), name="unit_inner_area"),
            models.CheckConstraint(
                condition=~Q(tenure="sale") | Q(state__in=["declared", "refused", "withdrawn"]) | Q(gross_cm2__lte=1_200_000),
                name="no_sale_unit_over_120_in_the_reserve",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "state", "project"], name="unit_by_state")]


class Check(Placed):
    """One evidenced check of a project: the five of 3.3, the built one, the guards (两防)."""

    party_column = "project_id"

    project = PlacedKey(Project, related_name="checks")
    item = models.CharField(max_length=40)
    passed = models.BooleanField(null=True)
    note = models.CharField(max_length=200, blank=True)
    evidence = PlacedKey("base.Evidence", null=True, related_name="+")
    checker = models.UUIDField()
    checked_on = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "project", "item"], name="check_once")]


class Screening(Placed):
    """One frozen document per unit and tenure: every verdict of 3.3 and what it was judged by."""

    party_column = "project_id"

    project = PlacedKey(Project, related_name="screenings")
    unit = PlacedKey(Unit, related_name="screenings")
    tenure = models.CharField(max_length=4, choices=TENURES)
    outcome = models.CharField(max_length=10)
    verdicts = models.JSONField()
    case_date = models.DateField()
    screened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "unit", "tenure"], name="screening_once")]
        indexes: ClassVar = [models.Index(fields=["region", "project", "outcome"], name="screening_of_project")]


class Waiver(Placed):
    """A waiver (豁免) of an in-principle rule for one unit, by a named post with a reason."""

    party_column = "project_id"

    project = PlacedKey(Project, related_name="waivers")
    unit = PlacedKey(Unit, related_name="waivers")
    rule = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    granted_by = models.UUIDField()
    granted_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "unit", "rule"], name="waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_a_reason"),
        ]


class StockSnapshot(Placed):
    """The reserve as it stood on a day: ``rows`` of county × tenure × rooms × area band, hashed."""

    taken_on = models.DateField()
    units = models.IntegerField()
    rows = models.JSONField()
    sha256 = models.CharField(max_length=64)
    maker = models.UUIDField()
