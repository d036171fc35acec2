"""Planning's form: what a scenario is solved from."""

from decimal import Decimal
from typing import Any

from django import forms

from anju.web.forms import ActForm


class PlanForm(ActForm):
    """One scenario."""

    title = forms.CharField(label="方案名称", max_length=120)
    demand_id = forms.ChoiceField(label="需求快照")
    stock_id = forms.ChoiceField(label="库存快照")
    budget = forms.DecimalField(
        label="预算（万元）", min_value=Decimal("0.01"), max_digits=12, decimal_places=2, help_text="按收购价上限计"
    )
    least_units = forms.IntegerField(
        label="每个项目最少收购套数", min_value=1, max_value=5000, initial=1, help_text="不足的项目不收购"
    )

    def __init__(
        self, *args: Any, demands: list[tuple[str, str]], stocks: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["demand_id"].choices = demands  # type: ignore[attr-defined]
        self.fields["stock_id"].choices = stocks  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """The budget in fen."""
        found = dict(self.cleaned_data)
        budget = found.pop("budget")
        return {**found, "budget_fen": int(budget * 1_000_000)}
