"""The waiting list (轮候库): applications, their members and wishes, publicity."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField
from anju.base.secrets.fields import SealedText

TENURES: list[tuple[str, str]] = [("sale", "配售"), ("rent", "配租")]
PROGRAMMES: list[tuple[str, str]] = [
    ("sale", "配售型保障性住房"),
    ("affordable_rental", "保障性租赁住房"),
    ("public_rental", "公租房"),
]
APPLICANT = "01"
# GB/T 4761, the codes that a household here may carry.
RELATIONS: list[tuple[str, str]] = [
    (APPLICANT, "本人"), ("10", "配偶"), ("20", "子"), ("30", "女"), ("40", "孙子女"), ("50", "父母"), ("60", "祖父母"),
    ("70", "兄弟姐妹"), ("80", "其他"),
]  # fmt: skip
# GB/T 2261.2
MARRIAGES: list[tuple[str, str]] = [("10", "未婚"), ("20", "已婚"), ("30", "丧偶"), ("40", "离婚"), ("90", "未说明")]
# GA/T 517, the documents that a household here may bring.
RESIDENT_ID = "111"
DOCUMENTS: list[tuple[str, str]] = [
    (RESIDENT_ID, "居民身份证"), ("117", "出生医学证明"), ("414", "护照"), ("511", "台湾居民来往大陆通行证"),
    ("516", "港澳居民来往内地通行证"),
]  # fmt: skip
WORKS: list[tuple[str, str]] = [
    ("employed", "单位职工"), ("flexible", "灵活就业"), ("business", "个体经营"), ("farming", "务农"), ("student", "在校学生"),
    ("retired", "离退休"), ("none", "无业或学龄前"),
]  # fmt: skip
FLOORS: list[tuple[str, str]] = [("low", "1 至 3 层"), ("middle", "4 至 6 层"), ("high", "7 层以上")]
MAX_WISHES = 5
PUBLICITY = "qualified"  # the kind of its publications
# The states in which the household's one live application is taken.
LIVE = (
    "submitted", "supplement", "first_passed", "second_passed", "reviewed", "publicity", "qualified", "suspended", "held",
)  # fmt: skip
# The states that need every passed review of the county's steps, by as many people, unless the case was back-entered.
REVIEWED = ("reviewed", "publicity", "qualified", "suspended", "housed")


class Publicity(Placed):
    """One publicity (公示) of reviewed applications: masked, for the days that the parameter says."""

    title = models.CharField(max_length=120)
    slug = models.CharField(max_length=60)
    households = models.IntegerField()
    from_on = models.DateField()
    until_on = models.DateField(help_text="the last day; it ends the day after at the earliest")
    ended_on = models.DateField(null=True)
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "slug"], name="publicity_once"),
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="publicity_lasts"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gt=F("until_on")), name="publicity_runs_its_days"
            ),
        ]


class Application(Placed):
    """One household's application (轮候申请); judged by the parameters of ``accepted_on``, for ever."""

    party_column = "id"
    sealed = ("phone",)

    STATES: ClassVar = [
        ("submitted", "待初审"), ("supplement", "待补正"), ("first_passed", "待复审"), ("second_passed", "待联审"),
        ("reviewed", "待公示"), ("publicity", "公示中"), ("qualified", "轮候中"), ("suspended", "已暂停"), ("housed", "已配房"),
        ("held", "补录待查"), ("refused", "不予通过"), ("withdrawn", "已撤回"), ("lapsed", "已失效"), ("merged", "已并户"),
        ("vacated", "已退房"),
    ]  # fmt: skip

    number = models.CharField(max_length=24, db_collation="C")
    programme = models.CharField(max_length=20, choices=PROGRAMMES)
    # Byte order, so that a prefix search by ^@ has an index under row-level security.
    applicant_name = models.CharField(max_length=60, db_collation="C")
    phone = models.BinaryField(help_text="sealed")
    phone_blind = models.BinaryField()
    group = models.CharField(max_length=20)
    town = models.CharField(max_length=9, db_collation="C")
    income_month_fen = models.BigIntegerField(
        null=True, help_text="household income a month; NULL is unknown, never zero"
    )
    home_area_cm2 = models.BigIntegerField(null=True, help_text="own homes' gross area")
    residence_months = models.IntegerField(null=True)
    policy_homes = models.SmallIntegerField(
        null=True, help_text="affordable homes that the household says it holds; NULL is unknown"
    )
    transferred = models.BooleanField(
        null=True, help_text="whether it says that it gave own homes away (转让); NULL is unknown"
    )
    score = models.IntegerField(null=True, help_text="points, where the county orders by them")
    persons = models.IntegerField()
    priority = models.SmallIntegerField(default=9, help_text="1 is first; 9 ordinary")
    state = models.CharField(max_length=14, choices=STATES, default="submitted")
    accepted_on = models.DateField(help_text="the case's own day")
    qualified_on = models.DateField(null=True)
    confirmed_on = models.DateField(
        null=True, help_text="last told at a call-back (回访) that it still wants this home"
    )
    sort_key = models.CharField(
        max_length=80, blank=True, db_collation="C", help_text="stored; the position is derived"
    )
    order_on = models.DateField(
        null=True, help_text="the day its place counts from, where it is not qualified_on (复核)"
    )
    steps_needed = models.SmallIntegerField(
        default=2, help_text="passed reviews before publicity, by the county's steps"
    )
    vacates = PlacedKey(
        "self", null=True, related_name="+", help_text="the tenancy given up when this home is handed over"
    )
    withdrawn_from = models.CharField(max_length=14, blank=True, help_text="the state to come back to")
    withdrawn_on = models.DateField(null=True)
    back_entered = models.BooleanField(default=False, help_text="补录")
    publicity = PlacedKey(Publicity, null=True, related_name="applications")
    verdicts = models.JSONField(default=list)
    load = PlacedKey("base.Load", null=True, related_name="+")
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="application_number_once"),
            models.CheckConstraint(condition=Q(persons__gte=1), name="application_has_a_person"),
            models.CheckConstraint(
                condition=~Q(state__in=["qualified", "suspended"]) | Q(qualified_on__isnull=False) & ~Q(sort_key=""),
                name="qualified_since",
            ),
            models.CheckConstraint(condition=Q(steps_needed__gte=2), name="at_least_two_reviews"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=9), name="priority_in_its_bounds"),
            models.UniqueConstraint(
                fields=["region", "programme", "sort_key"], condition=~Q(sort_key=""), name="one_household_a_place"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_from=""), name="withdrawn_from_somewhere"
            ),
            models.CheckConstraint(condition=~Q(state="held") | Q(back_entered=True), name="only_a_back_entry_is_held"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["region", "programme", "sort_key"], condition=Q(state="qualified"), name="application_queue"
            ),
            # What a list narrows by stands behind its order: rows that do not belong are left out, and counted, without being fetched,
            # also where all of a kind lie in the last county of a city.
            models.Index(fields=["region", "state", "-number", "programme", "group"], name="application_of_state"),
            models.Index(fields=["region", "-number", "programme", "group"], name="application_newest"),
            models.Index(fields=["applicant_name", "region"], name="application_of_name"),
            models.Index(fields=["number", "region", "state", "programme", "group"], name="application_by_number"),
            models.Index(fields=["phone_blind"], name="application_of_phone"),
        ]


class ApplicationNumber(Placed):
    """The last number given in a region and month; counted under its row lock at the end of an act, so without gaps."""

    month = models.CharField(max_length=4, db_collation="C", help_text="YYMM")
    last = models.IntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "month"], name="application_number_series")]


class Draft(Placed):
    """A family's form as far as it is filled in; sealed, seen by its own account alone."""

    party_column = "id"

    account = models.UUIDField()
    body = SealedText()
    step = models.SmallIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "account"], name="one_draft_per_account")]


class Member(Placed):
    """A member of the household, the applicant included (relation 01)."""

    party_column = "application_id"
    sealed = ("document",)

    application = PlacedKey(Application, related_name="members")
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=2, choices=RELATIONS, help_text="GB/T 4761")
    marriage = models.CharField(max_length=2, choices=MARRIAGES, default="90", help_text="GB/T 2261.2")
    document = models.BinaryField(help_text="sealed document number")
    document_blind = models.BinaryField()
    document_kind = models.CharField(max_length=3, choices=DOCUMENTS, default=RESIDENT_ID, help_text="GA/T 517")
    born_on = models.DateField()
    registration = models.CharField(
        max_length=6, blank=True, db_collation="C", help_text="户籍所在地, GB/T 2260; empty is unknown"
    )
    registered_on = models.DateField(null=True, help_text="户籍迁入日期")
    work = models.CharField(max_length=10, choices=WORKS, blank=True)
    employer = models.CharField(max_length=120, blank=True)
    income_month_fen = models.BigIntegerField(null=True, help_text="own income a month; NULL is unknown")
    insured_months = models.IntegerField(null=True, help_text="months of social insurance; NULL is unknown")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "application", "document_blind"], name="member_once"),
            models.CheckConstraint(
                condition=Q(income_month_fen__isnull=True) | Q(income_month_fen__gte=0),
                name="member_income_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(insured_months__isnull=True) | Q(insured_months__gte=0, insured_months__lte=1200),
                name="member_insured_months_possible",
            ),
            models.UniqueConstraint(
                fields=["region", "application"], condition=Q(relation=APPLICANT), name="one_applicant"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["document_blind"], name="member_of_document"),
            models.Index(fields=["region", "name", "born_on"], name="member_alike"),
        ]


class Wish(Placed):
    """What the household wants, ranked (意向): where, tenure, rooms, area band, ceiling of price or monthly rent."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="wishes")
    rank = models.SmallIntegerField()
    county = RegionField(verbose_name="意向区县")
    tenure = models.CharField(max_length=4, choices=TENURES)
    rooms = models.SmallIntegerField()
    area_from_cm2 = models.BigIntegerField()
    area_to_cm2 = models.BigIntegerField()
    ceiling_fen = models.BigIntegerField(help_text="sale: total price; rent: a month")
    zone = models.CharField(max_length=40, blank=True, help_text="town or part of the county; empty is anywhere there")
    floor = models.CharField(max_length=6, choices=FLOORS, blank=True, help_text="empty is any")
    lift = models.BooleanField(default=False, help_text="only where there is a lift")
    twin = models.BooleanField(
        default=False,
        help_text="an earlier wish of the household lies in the same demand cell; kept by a trigger, so that cells count once",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "application", "rank"], name="wish_rank_once"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=MAX_WISHES), name="wish_rank"),
            models.CheckConstraint(
                condition=Q(area_to_cm2__gte=F("area_from_cm2"), ceiling_fen__gt=0), name="wish_bounds"
            ),
        ]


CARRIES: dict[str, str] = {
    "application_number_once": "3.2-0",
    "qualified_since": "3.2-0",
    "at_least_two_reviews": "3.2-0",
    "priority_in_its_bounds": "3.2-0",
    "one_household_a_place": "3.2-0",
    "only_a_back_entry_is_held": "3.2-0",
    "member_once": "3.2-0",
    "one_applicant": "3.2-0",
    "publicity_runs_its_days": "3.2-0",
    "wish_bounds": "3.2-0",
    "member_income_not_below_zero": "3.2-0",
    "member_insured_months_possible": "3.2-0",
}
