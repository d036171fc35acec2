"""What the reserve's files share: a project named by its number."""

from collections.abc import Iterable

from anju.base.acts import ActContext
from anju.reserve.acts.common import DEVELOPER_AGENT
from anju.reserve.models import Project

UNKNOWN_PROJECT = "区划 {region} 没有这个项目编号（或不是本企业的项目）；请先申报项目，或核对编号"


def projects_by_number(ctx: ActContext, numbers: Iterable[str]) -> dict[str, Project]:
    """The projects of the act's region by their numbers; a developer's agent finds its own only."""
    rows = Project.objects.filter(region=ctx.region, number__in=set(numbers))
    if ctx.post == DEVELOPER_AGENT:
        rows = rows.filter(developer_id=ctx.organisation)
    return {p.number: p for p in rows.order_by("number")}
