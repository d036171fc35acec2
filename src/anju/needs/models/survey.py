"""Questionnaires (调查问卷) and their answers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anju.base.regions import Placed, PlacedKey, RegionField

AGE_BANDS: list[tuple[str, str]] = [("20-34", "20—34 岁"), ("35-59", "35—59 岁"), ("60+", "60 岁以上")]


class Answer(Placed):
    """One answer to a questionnaire (调查问卷); weighted to the census, never mixed with the list."""

    survey = models.CharField(max_length=40)
    number = models.IntegerField()
    county = RegionField(verbose_name="区县")
    age_band = models.CharField(max_length=8, choices=AGE_BANDS)
    household_size = models.SmallIntegerField()
    wants = models.CharField(max_length=8, choices=[("sale", "配售"), ("rent", "配租"), ("none", "不需要")])
    rooms = models.SmallIntegerField(null=True)
    area_cm2 = models.BigIntegerField(null=True)
    weight_ppm = models.BigIntegerField(null=True, help_text="households that this answer stands for, in millionths")
    load = PlacedKey("base.Load", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "survey", "number"], name="answer_once"),
            models.CheckConstraint(condition=Q(household_size__gte=1), name="answer_of_a_household"),
            models.CheckConstraint(condition=Q(weight_ppm__isnull=True) | Q(weight_ppm__gt=0), name="answer_weight"),
        ]


CARRIES: dict[str, str] = {
    "answer_weight": "3.2-1",
}
