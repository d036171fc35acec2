"""Planning (以需定购): which homes to buy for the demand that is there. Its result is advice."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField


class Plan(Placed):
    """One solved scenario with its frozen inputs; the same inputs give the same plan."""

    demand = PlacedKey("needs.DemandSnapshot", related_name="+")
    stock = PlacedKey("reserve.StockSnapshot", related_name="+")
    title = models.CharField(max_length=120)
    budget_fen = models.BigIntegerField()
    inputs = models.JSONField()
    inputs_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=20, choices=[("optimal", "最优"), ("limit", "未证明最优")])
    households = models.IntegerField()
    cost_fen = models.BigIntegerField()
    bound_milli = models.BigIntegerField(help_text="the solver's dual bound, in thousandths of a household")
    unserved = models.JSONField(help_text="every demand cell: wanted, served, and why not all")
    solved_at = models.DateTimeField()
    maker = models.UUIDField()

    @property
    def gap_milli(self) -> int:
        """How far the bound lies above what was found, in thousandths of a household."""
        return self.bound_milli - 1000 * self.households

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(budget_fen__gt=0, cost_fen__lte=F("budget_fen")), name="plan_within_budget"
            ),
            models.CheckConstraint(condition=Q(bound_milli__gte=F("households") * 1000), name="plan_under_its_bound"),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "-solved_at"], name="plan_newest")]


class PlanUnit(Placed):
    """One home that a plan advises to buy; ``managed_by`` is the home's own managing region."""

    plan = PlacedKey(Plan, related_name="units")
    managed_by = RegionField(verbose_name="管理区划")
    unit = PlacedKey("reserve.Unit", region_column="managed_by", related_name="+")
    price_fen = models.BigIntegerField(help_text="at the ceiling of its project")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "plan", "unit"], name="plan_unit_once")]


CARRIES: dict[str, str] = {
    "plan_within_budget": "2-1",
    "plan_under_its_bound": "3.2-3",
    "plan_unit_once": "3.2-3",
}
