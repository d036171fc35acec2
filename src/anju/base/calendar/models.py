"""Whose installation this is, which time it is there, and which days are worked."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anju.base.regions import RegionField


class Installation(models.Model):
    """The one row that says whether everything here is real or 合成; fixed when the database is made."""

    REAL, DEMONSTRATION = "real", "demonstration"

    id = models.SmallIntegerField(primary_key=True, default=1)
    kind = models.CharField(max_length=16, choices=[(REAL, "正式"), (DEMONSTRATION, "演示（合成数据）")])
    city = RegionField(verbose_name="城市")
    origin = models.CharField(max_length=120, help_text="name of the city's log, e.g. anju.example/231200")
    clock = models.DateTimeField(null=True, help_text="the demonstration's clock; NULL means the real one")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="one_installation"),
            models.CheckConstraint(condition=Q(clock__isnull=True) | Q(kind="demonstration"), name="only_a_demonstration_moves_its_clock"),
            models.CheckConstraint(condition=Q(kind__in=["real", "demonstration"]), name="installation_kind"),
        ]  # fmt: skip


class WorkingDay(models.Model):
    """One day of the State Council's calendar; ``provisional`` (暂定) until its year is published."""

    day = models.DateField(primary_key=True)
    working = models.BooleanField()
    provisional = models.BooleanField()
    source = models.CharField(max_length=120)
