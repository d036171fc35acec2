"""Needs (需求): applications to the waiting list, their reviews, questionnaires, frozen demand."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField

TENURES: list[tuple[str, str]] = [("sale", "配售"), ("rent", "配租")]
PROGRAMMES: list[tuple[str, str]] = [("sale", "配售型保障性住房"), ("affordable_rental", "保障性租赁住房"), ("public_rental", "公租房")]


class Application(Placed):
    """One household's application (轮候申请); judged by the parameters of ``accepted_on``, for ever."""

    party_column = "id"

    STATES: ClassVar = [
        ("submitted", "待初审"), ("supplement", "待补正"), ("first_passed", "待复审"), ("publicity", "公示中"), ("qualified", "轮候中"),
        ("housed", "已配房"), ("refused", "不予通过"), ("withdrawn", "已撤回"),
    ]  # fmt: skip

    number = models.CharField(max_length=24)
    programme = models.CharField(max_length=20, choices=PROGRAMMES)
    applicant_name = models.CharField(max_length=60)
    phone = models.BinaryField(help_text="sealed")
    phone_blind = models.BinaryField()
    group = models.CharField(max_length=20)
    town = models.CharField(max_length=9, db_collation="C")
    income_month_fen = models.BigIntegerField(null=True, help_text="household income a month; NULL is unknown, never zero")
    home_area_cm2 = models.BigIntegerField(null=True, help_text="own homes' gross area")
    residence_months = models.IntegerField(null=True)
    persons = models.IntegerField()
    priority = models.SmallIntegerField(default=9, help_text="1 is first; 9 ordinary")
    state = models.CharField(max_length=14, choices=STATES, default="submitted")
    accepted_on = models.DateField(help_text="the case's own day")
    qualified_on = models.DateField(null=True)
    sort_key = models.CharField(max_length=80, blank=True, db_collation="C", help_text="stored; the position is derived")
    back_entered = models.BooleanField(default=False, help_text="补录")
    verdicts = models.JSONField(default=list)
    load = PlacedKey("base.Load", null=True, related_name="+")
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="application_number_once"),
            models.CheckConstraint(condition=Q(persons__gte=1), name="application_has_a_person"),
            models.CheckConstraint(condition=~Q(state="qualified") | Q(qualified_on__isnull=False), name="qualified_since"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "state", "sort_key"], name="application_queue"),
            models.Index(fields=["region", "-accepted_on", "id"], name="application_newest"),
            models.Index(fields=["phone_blind"], name="application_of_phone"),
        ]


class Member(Placed):
    """A member of the household, the applicant included (relation 01)."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="members")
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=2, help_text="GB/T 4761: 01 本人, 10 配偶, 20 子, 30 女 …")
    document = models.BinaryField(help_text="sealed document number")
    document_blind = models.BinaryField()
    born_on = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "application", "document_blind"], name="member_once")]
        indexes: ClassVar = [models.Index(fields=["document_blind"], name="member_of_document")]


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

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "application", "rank"], name="wish_rank_once"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=5), name="wish_rank"),
            models.CheckConstraint(condition=Q(area_to_cm2__gte=F("area_from_cm2"), ceiling_fen__gt=0), name="wish_bounds"),
        ]


class Review(Placed):
    """One step of the review: first (街道初审) and second (县级复审) are two people."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="reviews")
    step = models.CharField(max_length=8, choices=[("first", "初审"), ("second", "复审")])
    outcome = models.CharField(max_length=10, choices=[("pass", "通过"), ("refuse", "不予通过"), ("supplement", "补正")])
    reason = models.CharField(max_length=300, blank=True)
    reviewer = models.UUIDField()
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "application", "step"], condition=Q(outcome="pass"), name="one_pass_per_step"),
            models.UniqueConstraint(
                fields=["region", "application", "reviewer"], condition=Q(outcome="pass"), name="two_reviewers_are_two_people"
            ),
            models.CheckConstraint(condition=Q(outcome="pass") | ~Q(reason=""), name="a_no_has_a_reason"),
        ]


class Answer(Placed):
    """One answer to a questionnaire (调查问卷); weighted to the census, never mixed with the list."""

    survey = models.CharField(max_length=40)
    number = models.IntegerField()
    county = RegionField(verbose_name="区县")
    age_band = models.CharField(max_length=8)
    household_size = models.SmallIntegerField()
    wants = models.CharField(max_length=8, choices=[("sale", "配售"), ("rent", "配租"), ("none", "不需要")])
    rooms = models.SmallIntegerField(null=True)
    area_cm2 = models.BigIntegerField(null=True)
    weight_ppm = models.BigIntegerField(null=True, help_text="households that this answer stands for, in millionths")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "survey", "number"], name="answer_once")]


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
            models.UniqueConstraint(fields=["region", "snapshot", "county", "tenure", "rooms", "area_band_cm2"], name="demand_cell_once")
        ]
