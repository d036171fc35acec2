"""What pages, the API and exports read of plans."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from anju.planning import inputs, solver
from anju.planning.models import Plan, PlanUnit
from anju.reserve import reads as stock


def plans(region: str) -> QuerySet[Plan, Any]:
    """The plans a post of ``region`` sees."""
    return stock.in_region(Plan.objects.select_related("demand", "stock").defer("inputs"), region)


def chosen(plan: Plan) -> QuerySet[PlanUnit, Any]:
    """The homes a plan advises to buy, by project and code."""
    rows = PlanUnit.objects.filter(region=plan.region, plan=plan).select_related("unit__project", "unit__building")
    return rows.order_by("unit__project__number", "unit__code")


def by_project(plan: Plan) -> list[dict[str, Any]]:
    """Per project: how many homes, their area and what they cost at the ceiling, most homes first."""
    rows = PlanUnit.objects.filter(region=plan.region, plan=plan)
    names = (
        "unit__project_id",
        "unit__project__name",
        "unit__project__number",
        "unit__project__stands_in",
        "managed_by",
    )
    return list(
        rows.values(*names)
        .annotate(units=Count("id"), area_cm2=Sum("unit__gross_cm2"), cost_fen=Sum("price_fen"))
        .order_by("-units", "unit__project__number")
    )


@dataclass(frozen=True)
class Bar:
    """One bar of the chart: households of a county and tenure, and how many are served."""

    county: str
    tenure: str
    wanted: int
    served: int
    width: str
    filled: str

    @property
    def short(self) -> int:
        """Households not served."""
        return self.wanted - self.served


def bars(plan: Plan) -> list[Bar]:
    """Served and wanted by county and tenure; widths in hundredths of the longest."""
    wanted: dict[tuple[str, str], int] = defaultdict(int)
    served: dict[tuple[str, str], int] = defaultdict(int)
    for cell in plan.unserved:
        key = (cell["county"], cell["tenure"])
        wanted[key] += cell["households"]
        served[key] += cell["served"]
    most = max(wanted.values(), default=1)
    return [
        Bar(*key, wanted[key], served[key], f"{100 * wanted[key] / most:.2f}", f"{100 * served[key] / most:.2f}")
        for key in sorted(wanted)
    ]


def reasons(plan: Plan) -> list[tuple[str, int]]:
    """Why households are not served: words and how many, most first."""
    found: dict[str, int] = defaultdict(int)
    for cell in plan.unserved:
        if cell["served"] < cell["households"]:
            found[cell["why"]] += cell["households"] - cell["served"]
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def replay(plan: Plan) -> bool:
    """Whether the frozen inputs still have their hash and give the same plan when they are solved again."""
    given = inputs.Given.from_json(plan.inputs)
    if given.sha256 != plan.inputs_sha256:
        return False
    answer = solver.solve(given.city)
    same = (answer.status, answer.households, answer.cost_fen, answer.bound_milli)
    if same != (plan.status, plan.households, plan.cost_fen, plan.bound_milli):
        return False
    return inputs.unserved(given, answer) == plan.unserved
