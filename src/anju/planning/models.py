"""Planning (以需定购): which homes to buy for the demand that is there. Its result is advice."""

from typing import ClassVar

from django.db import models

from anju.base.regions import Placed, PlacedKey


class Plan(Placed):
    """One solved scenario with its frozen inputs; the same inputs give the same plan."""

    demand = PlacedKey("needs.DemandSnapshot", related_name="+")
    stock = PlacedKey("reserve.StockSnapshot", related_name="+")
    title = models.CharField(max_length=120)
    budget_fen = models.BigIntegerField()
    inputs = models.JSONField()
    inputs_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=20)
    households = models.IntegerField()
    cost_fen = models.BigIntegerField()
    bound_milli = models.BigIntegerField(help_text="the solver's dual bound, in thousandths of a household")
    unserved = models.JSONField()
    solved_at = models.DateTimeField()
    maker = models.UUIDField()


class PlanUnit(Placed):
    """One home that a plan advises to buy."""

    plan = PlacedKey(Plan, related_name="units")
    unit = PlacedKey("reserve.Unit", related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "plan", "unit"], name="plan_unit_once")]
