"""Departments' opinions (部门意见): given at each department's desk, once; asked anew where the facts changed."""

from collections.abc import Sequence
from uuid import UUID

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused, act
from anju.base.files import store
from anju.base.tickets.desk import close_tickets_of
from anju.needs.acts.steps import CLAUSE, locked, locked_many, route_of, who
from anju.needs.models import OPINIONS, Application, Opinion
from anju.needs.opinions import ask, kind_of
from anju.needs.route import step_of, waiting_at

RESULTS = dict(OPINIONS)
SAME, DIFFERS = "same", "differs"


@act(clause=CLAUSE, title="出具部门意见")
def give_opinion(
    *, ctx: ActContext, opinion_id: UUID, result: str, reason: str = "", scan: tuple[str, bytes] | None = None
) -> Opinion:
    """一致 or 不一致 with its reason, by the department's own clerk; another post enters it from the department's paper (``scan``).

    Raises Refused where the case has left the step, Conflict where it was given.
    """
    known = Opinion.objects.filter(region=ctx.region, id=opinion_id).values_list("application_id", flat=True).first()
    if known is None:
        raise Refused(f"{ctx.region} 没有这份部门意见，没有办理；请从部门意见清单重新打开", clause=CLAUSE)
    row = locked(ctx, known)
    found = Opinion.objects.select_for_update().get(region=ctx.region, id=opinion_id)
    ctx.on(found, application=str(row.id), department=found.department, result=result, reason=reason.strip())
    _open(ctx, row, found)
    if result not in RESULTS:
        raise InvalidInput(f"部门意见应为{'、'.join(RESULTS.values())}，没有办理", field="result", clause=CLAUSE)
    if result == DIFFERS and not reason.strip():
        raise InvalidInput("不一致须写明理由，没有办理；请填写查得的情况", field="reason", clause=CLAUSE)
    if ctx.post == "department_clerk":
        if found.organisation is None or found.organisation != ctx.organisation:
            raise Forbidden(f"这份意见由{found.department}出具，您所在的单位不能代办；请由该部门办理", clause=CLAUSE)
    elif scan is None:
        raise InvalidInput("代录部门意见须附部门盖章的书面意见，没有办理；请上传扫描件", field="scan", clause=CLAUSE)
    if scan is not None:
        found.evidence = store.keep(ctx=ctx, name=scan[0], data=scan[1], kind="opinion", case=row.id).id
    found.result, found.reason, found.given_on, found.given_by = result, reason.strip()[:300], ctx.today, who(ctx)
    found.save(update_fields=["result", "reason", "given_on", "given_by", "evidence"])
    _off_desk(ctx, [row], found.organisation)
    return found


def _open(ctx: ActContext, row: Application, found: Opinion) -> None:
    if found.given_on:
        raise Conflict(f"{found.department}已于 {found.given_on} 出具意见，没有再办；请刷新", clause=CLAUSE)
    step = waiting_at(route_of(ctx, row), row.state)
    if found.lapsed_on or step is None or step.code != found.step:
        raise Refused(
            f"申请 {row.number} 为「{row.get_state_display()}」，已不在征求意见的环节，没有办理；请刷新清单",
            clause=CLAUSE,
        )


@act(clause=CLAUSE, title="批量出具一致意见", power="needs.give_opinion")
def agree_opinions(*, ctx: ActContext, ids: list[UUID]) -> int:
    """The department's own clerk finds nothing against many cases at once; what is not its own or was given is left. How many."""
    mine = Opinion.objects.filter(region=ctx.region, id__in=ids, organisation=ctx.organisation)
    mine = mine.filter(given_on__isnull=True, lapsed_on__isnull=True)
    cases = dict(mine.values_list("application_id", "step"))
    if ctx.organisation is None or not cases:
        raise Refused("所选的没有一份待本部门出具意见，没有办理；请刷新清单后再选", clause=CLAUSE)
    rows = [row for state in ("first_passed", "second_passed") for row in locked_many(ctx, list(cases), state)]
    still = [row for row in rows if (step := waiting_at(route_of(ctx, row), row.state)) and step.code == cases[row.id]]
    done = list(mine.filter(application_id__in=[row.id for row in still]).values_list("id", "application_id"))
    Opinion.objects.filter(region=ctx.region, id__in=[key for key, _ in done]).update(
        result=SAME, given_on=ctx.today, given_by=who(ctx)
    )
    _off_desk(ctx, still, ctx.organisation)
    ctx.entry.object_kind = Application._meta.label_lower
    ctx.items((case, f"opinion|{SAME}") for _, case in done)
    return len(done)


def _off_desk(ctx: ActContext, rows: Sequence[Application], body: UUID | None) -> None:
    """Close the department's tickets of these cases, and of files none of whose cases waits for it any more."""
    if body is None:
        return
    loads = {row.load_id for row in rows if row.load_id}
    waiting = Opinion.objects.filter(
        region=ctx.region, organisation=body, given_on__isnull=True, lapsed_on__isnull=True
    )
    busy = set(waiting.filter(application__load_id__in=loads).values_list("application__load_id", flat=True))
    done = [*(row.id for row in rows), *(load for load in loads if load and load not in busy)]
    close_tickets_of(ctx=ctx, object_ids=done, kind=kind_of(body), outcome="已出具意见")


@act(clause=CLAUSE, title="征求部门意见")
def ask_opinions(*, ctx: ActContext, application_id: UUID) -> Application:
    """Ask the step's departments that were never asked: a case that waited before the county named them, or whose facts changed."""
    row = locked(ctx, application_id)
    step = waiting_at(route_of(ctx, row), row.state)
    ctx.on(row, step=step.code if step else "")
    if step is None or not step_of(route_of(ctx, row), step.code).departments:
        raise Refused(f"申请 {row.number} 所在环节没有要征求意见的部门，没有办理", clause=CLAUSE)
    ask(ctx, [row], step)
    return row
