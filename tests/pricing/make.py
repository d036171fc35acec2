"""Cost sheets and appraisals for tests, made by pricing's own acts."""

import contextlib
from datetime import date
from typing import Any

from anju.base.acts import ActContext
from anju.parties.models import Organisation
from anju.pricing import acts
from anju.pricing.models import Appraisal, Ceiling, CostSheet
from anju.reserve.models import Project
from reserve import make as stock
from support import laid

VALUE_DATE = date(2026, 3, 1)
# Four homes of 89.00 ㎡: 356.00 ㎡. Land 100.00, construction 2,500.00, profit 130.00 a ㎡ = 2,730.00; appraised 2,800.00.
COSTS = {
    "land_fen": 3_560_000, "construction_fen": 89_000_000, "profit_fen": 4_628_000, "gross_cm2": 3_560_000, "transfer_land_fen": 50_000_000,
}  # fmt: skip
REPORT: dict[str, Any] = {"price_fen_m2": 280_000, "total_fen": 99_680_000, "gross_cm2": 3_560_000}


def ctx(post: str = "acquirer_clerk", region: str = stock.CITY, **changes: Any) -> ActContext:
    """Somebody with every power; each call is another account."""
    laid.acquirer(region=region)
    return stock.ctx(post, region, **changes)


def agency(name: str = "合成估价", qualified_until: date | None = date(2027, 12, 31)) -> Organisation:
    """An appraisal agency."""
    return stock.organisation("appraisal_agency", name, qualified_until=qualified_until)


def costs(project: Project, **fields: Any) -> CostSheet:
    """A cost sheet."""
    return acts.enter_cost_sheet(ctx=ctx(region=project.region), project_id=project.id, **{**COSTS, **fields})


def appraisal(
    project: Project, number: str = "估 2026-1", *, by: Organisation | None = None, **fields: Any
) -> Appraisal:
    """A commissioned appraisal."""
    from anju.base.acts import Conflict

    body = by or agency()
    with contextlib.suppress(Conflict):  # commissioned by an earlier call of the same test
        acts.commission_appraisal(ctx=ctx(region=project.region), project_id=project.id, agency_id=body.id)
    given = {"appraiser": "李某", "appraiser_number": "2320260001", "value_date": VALUE_DATE, **REPORT, **fields}
    return acts.enter_appraisal(
        ctx=ctx(region=project.region), project_id=project.id, agency_id=body.id, number=number, **given
    )


def ceiling(project: Project, *, confirmed: bool = True, **fields: Any) -> Ceiling:
    """A ceiling from a cost sheet and an appraisal, confirmed by a second person."""
    costs(project, **{k: v for k, v in fields.items() if k in COSTS})
    appraisal(project, f"估 {project.number}", **{k: v for k, v in fields.items() if k in REPORT and k != "gross_cm2"})
    row = acts.propose_ceiling(ctx=ctx(region=project.region), project_id=project.id)
    return acts.confirm_ceiling(ctx=ctx("acquirer_head", project.region), ceiling_id=row.id) if confirmed else row
