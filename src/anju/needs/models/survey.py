"""Questionnaires (调查问卷), their versions as data, and their answers."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField

AGE_BANDS: list[tuple[str, str]] = [("20-34", "20—34 岁"), ("35-59", "35—59 岁"), ("60+", "60 岁以上")]
WHOLE_PPM = 1_000_000


class Survey(Placed):
    """A questionnaire: drafted, put before the public by another person for a window of days, then closed."""

    STATES: ClassVar = [("draft", "草稿"), ("open", "已发布"), ("closed", "已截止")]

    code = models.CharField(max_length=12, db_collation="C", help_text="its address, also behind the QR code")
    title = models.CharField(max_length=40)
    intro = models.CharField(max_length=600, blank=True)
    state = models.CharField(max_length=8, choices=STATES, default="draft")
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True, help_text="the last day")
    version = models.SmallIntegerField(default=1, help_text="the version that is asked now")
    answers_by_link = models.IntegerField(default=0, help_text="counted under its row lock: numbers of answers by link")
    maker = models.UUIDField(null=True)
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "code"], name="survey_address_once"),
            models.UniqueConstraint(fields=["region", "title"], name="survey_title_once"),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(opens_on__isnull=False, closes_on__isnull=False, closes_on__gte=F("opens_on")),
                name="survey_has_its_window",
            ),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="survey_published_by_another"
            ),
        ]


class SurveyVersion(Placed):
    """The questions of a survey as they were asked; a changed wording is another version."""

    survey = PlacedKey(Survey, related_name="versions")
    number = models.SmallIntegerField()
    questions = models.JSONField()
    made_on = models.DateField()
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "survey", "number"], name="survey_version_once")
        ]


class Answer(Placed):
    """One answer to a questionnaire (调查问卷); weighted to the census, never mixed with the list."""

    WAYS: ClassVar = [("file", "导入"), ("link", "扫码或链接"), ("family", "登录家庭")]

    survey = models.CharField(
        max_length=40, help_text="the survey's title; a file may bring answers of one held elsewhere"
    )
    version = PlacedKey(SurveyVersion, null=True, related_name="answers")
    number = models.IntegerField()
    way = models.CharField(max_length=8, choices=WAYS, default="file")
    county = RegionField(verbose_name="区县")
    age_band = models.CharField(max_length=8, choices=AGE_BANDS)
    household_size = models.SmallIntegerField()
    replies = models.JSONField(default=dict, help_text="question's code → choice, choices, number or text")
    application_region = RegionField(null=True)
    application = PlacedKey(
        "needs.Application", region_column="application_region", null=True, related_name="+"
    )  # fmt: skip
    device = models.BinaryField(null=True, help_text="keyed hash of the browser's cookie, within this survey")
    address = models.BinaryField(null=True, help_text="keyed hash of network address and day, within this survey")
    answered_at = models.DateTimeField(null=True)
    weight_ppm = models.BigIntegerField(null=True, help_text="households that this answer stands for, in millionths")
    load = PlacedKey("base.Load", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "survey", "number"], name="answer_once"),
            models.UniqueConstraint(
                fields=["region", "survey", "application"],
                condition=Q(application__isnull=False),
                name="one_answer_per_application",
            ),
            models.CheckConstraint(condition=Q(household_size__gte=1), name="answer_of_a_household"),
            models.CheckConstraint(condition=Q(weight_ppm__isnull=True) | Q(weight_ppm__gt=0), name="answer_weight"),
            models.CheckConstraint(
                condition=Q(way="family") & Q(application__isnull=False, application_region__isnull=False)
                | ~Q(way="family") & Q(application__isnull=True),
                name="answer_tied_or_anonymous",
            ),
        ]


CARRIES: dict[str, str] = {
    "survey_has_its_window": "3.2-1",
    "survey_published_by_another": "3.2-1",
    "one_answer_per_application": "3.2-1",
    "answer_tied_or_anonymous": "3.2-1",
    "answer_weight": "3.2-1",
}
