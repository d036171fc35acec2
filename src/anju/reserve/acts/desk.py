"""What waits for whom after a screening: a waiver for the head of the office, admission for the head of the acquirer."""

from anju.base.acts import ActContext
from anju.base.tickets import desk
from anju.reserve import reads
from anju.reserve.models import Project

WAIVE, ADMIT = "reserve.waive", "reserve.admit"
# Nobody has set a time for either: the ticket says so and runs without a clock.
NO_LIMIT = None


def put(ctx: ActContext, project: Project) -> None:
    """Open what waits now and close what no longer does; called after what changes it."""
    if project.state not in ("declared", "reserved"):
        desk.close_tickets(ctx=ctx, obj=project, outcome="项目已进入下一阶段")
        return
    found = reads.outcomes(project)
    declared = set(reads.live_units(project).filter(state="declared", id__in=list(found)).values_list("id", flat=True))
    waivable = sum(found[unit_id] == "waivable" for unit_id in declared)
    ready = sum(found[unit_id] in ("pass", "waived") for unit_id in declared)
    _ticket(ctx, project, WAIVE, "office_head", waivable, f"{project.name}：豁免原则性条件 {waivable} 套", "waive/")
    _ticket(ctx, project, ADMIT, "acquirer_head", ready, f"{project.name}：入储备库 {ready} 套", "admit/")


def _ticket(ctx: ActContext, project: Project, kind: str, post: str, count: int, title: str, page: str) -> None:
    if count:
        desk.open_ticket(
            ctx=ctx,
            kind=kind,
            title=title,
            post=post,
            obj=project,
            url=f"/reserve/{project.id}/{page}",
            limit_days=NO_LIMIT,
        )
    else:
        desk.close_tickets(ctx=ctx, obj=project, kind=kind, outcome="已办")
