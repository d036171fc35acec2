"""Reserve (储备库): projects, buildings and units, their evidence, verdicts and waivers."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField, SharedKey

TENURES: list[tuple[str, str]] = [("sale", "配售"), ("rent", "配租")]
OUTCOMES: list[tuple[str, str]] = [("pass", "通过"), ("waivable", "可豁免"), ("unknown", "待查"), ("fail", "不通过")]
# A unit in one of these states is outside the reserve; in any other it has passed its screening.
OUTSIDE: tuple[str, ...] = ("declared", "refused", "withdrawn")


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
    round = models.IntegerField(default=0, help_text="the latest screening; 0 is never screened")
    price_fits = models.BooleanField(null=True, help_text="told by pricing; NULL is open")
    price_told_on = models.DateField(null=True)
    place_fits = models.BooleanField(null=True, help_text="told by planning; NULL is open")
    place_told_on = models.DateField(null=True)
    load = PlacedKey("base.Load", null=True, related_name="+")
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="project_number_once"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(name="") & ~Q(address=""), name="project_is_named"),
            models.CheckConstraint(
                condition=Q(debt_fen__isnull=True) | Q(debt_fen__gte=0), name="project_debt_not_negative"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "state", "number"], name="project_by_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


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
            models.CheckConstraint(
                condition=Q(floors__gte=1, floors__lte=100, stairwells__gte=1), name="building_shape"
            ),
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
    note = models.CharField(max_length=200, blank=True, help_text="why an unusual value is right")
    load = PlacedKey("base.Load", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "code"], name="unit_code_once"),
            models.UniqueConstraint(
                fields=["region", "building", "stairwell", "floor", "room"], name="unit_place_once"
            ),
            models.CheckConstraint(condition=Q(gross_cm2__gt=0), name="unit_area"),
            models.CheckConstraint(
                condition=Q(inner_cm2__isnull=True) | Q(inner_cm2__lte=F("gross_cm2")), name="unit_inner_area"
            ),
            models.CheckConstraint(
                condition=~Q(tenure="sale") | Q(state__in=OUTSIDE) | Q(gross_cm2__lte=1_200_000),
                name="no_sale_unit_over_120_in_the_reserve",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "state", "project"], name="unit_by_state"),
            models.Index(fields=["region", "project", "building"], name="unit_of_project"),
        ]

    def __str__(self) -> str:
        return f"{self.stairwell}-{self.room}"


class OtherSpace(Placed):
    """A parking place, garage, shop or store room of the unit table (楼盘表): it stands there and is never a home."""

    party_column = "project_id"

    project = PlacedKey(Project, related_name="other_spaces")
    building = PlacedKey(Building, null=True, related_name="other_spaces")
    code = models.CharField(max_length=28)
    label = models.CharField(max_length=24)
    use = models.CharField(max_length=20)
    gross_cm2 = models.BigIntegerField()
    load = PlacedKey("base.Load", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "code"], name="space_code_once"),
            models.CheckConstraint(condition=Q(gross_cm2__gt=0), name="space_area"),
        ]


class Check(Placed):
    """One evidenced check of a project: the five of 3.3, the built one (一现), the guards (两防); a later one replaces it."""

    party_column = "project_id"

    project = PlacedKey(Project, related_name="checks")
    item = models.CharField(max_length=40)
    passed = models.BooleanField(null=True)
    note = models.CharField(max_length=200, blank=True)
    document = models.CharField(max_length=120, blank=True, help_text="材料名称及文号")
    evidence = PlacedKey("base.Evidence", null=True, related_name="+")
    checker = models.UUIDField()
    checked_on = models.DateField()
    live = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "project", "item"], condition=Q(live=True), name="one_live_check_an_item"
            ),
            models.CheckConstraint(
                condition=~Q(passed=True) | (Q(evidence__isnull=False) & ~Q(document="")),
                name="a_passed_check_has_evidence",
            ),
            models.CheckConstraint(condition=~Q(passed=False) | ~Q(note=""), name="a_failed_check_says_why"),
        ]


class ProjectScreening(Placed):
    """The part of a screening that is the same for all homes of a project; frozen, one per round and tenure."""

    party_column = "project_id"

    project = PlacedKey(Project, related_name="project_screenings")
    tenure = models.CharField(max_length=4, choices=TENURES)
    round = models.IntegerField()
    verdicts = models.JSONField()
    case_date = models.DateField()
    screened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "tenure", "round"], name="project_screening_once")
        ]


class Screening(Placed):
    """One frozen document per unit, tenure and round: the verdicts of 3.3 on this home, and the project's part beside them.

    ``outcome`` is the worst of both, price and place left open; ``facts`` are what was judged.
    """

    party_column = "project_id"

    project = PlacedKey(Project, related_name="screenings")
    unit = PlacedKey(Unit, related_name="screenings")
    part = PlacedKey(ProjectScreening, related_name="units")
    tenure = models.CharField(max_length=4, choices=TENURES)
    round = models.IntegerField()
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    gross_cm2 = models.BigIntegerField()
    facts = models.JSONField()
    verdicts = models.JSONField()
    case_date = models.DateField()
    screened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "unit", "tenure", "round"], name="screening_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "project", "round", "outcome"], name="screening_of_project")
        ]


class Waiver(Placed):
    """A waiver (豁免) of an in-principle rule (原则上) for one unit as measured, by a named post with a reason."""

    party_column = "project_id"

    project = PlacedKey(Project, related_name="waivers")
    unit = PlacedKey(Unit, related_name="waivers")
    rule = models.CharField(max_length=60)
    measured = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    granted_by = models.UUIDField()
    granted_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "unit", "rule", "measured"], name="waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_a_reason"),
        ]


class StockSnapshot(Placed):
    """The reserve as it stood on a day: ``rows`` of county × tenure × rooms × area band (lower edge), hashed."""

    taken_on = models.DateField()
    units = models.IntegerField()
    rows = models.JSONField()
    sha256 = models.CharField(max_length=64)
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(units__gte=0), name="stock_count")]


class StockUnit(Placed):
    """One home of a frozen snapshot, as it stood; ``managed_by`` is its own managing region."""

    snapshot = PlacedKey(StockSnapshot, related_name="items")
    managed_by = RegionField(verbose_name="管理区划")
    project = PlacedKey(Project, region_column="managed_by", related_name="+")
    unit = PlacedKey(Unit, region_column="managed_by", related_name="+")
    county = RegionField(verbose_name="坐落区县")
    code = models.CharField(max_length=28)
    tenure = models.CharField(max_length=4, choices=TENURES)
    rooms = models.SmallIntegerField()
    gross_cm2 = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "snapshot", "unit"], name="stock_unit_once")]


CARRIES: dict[str, str] = {
    "project_number_once": "3.3-1",
    "unit_code_once": "3.3-1",
    "unit_steps": "3.3-1",
    "unit_steps_begin": "3.3-1",
    "unit_place_once": "3.3-1",
    "space_code_once": "3.3-1",
    "one_live_check_an_item": "3.3-5",
    "a_passed_check_has_evidence": "3.3-5",
    "a_failed_check_says_why": "3.3-2",
    "no_sale_unit_over_120_in_the_reserve": "3.3-3",
    "screening_once": "3.3-2",
    "waiver_once": "3.3-4",
    "waiver_has_a_reason": "3.3-4",
    "stock_unit_once": "3.2-2",
}
