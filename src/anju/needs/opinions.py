"""Whom a step asks before its post decides (联审部门): rows asked as a case arrives, what stops a decision, when they lapse."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from anju.base.acts import ActContext
from anju.base.calendar.days import add_working_days
from anju.base.regions import city_of
from anju.base.sheets.models import Load
from anju.base.tickets.desk import open_ticket
from anju.needs import bulk
from anju.needs.models import Application, Opinion
from anju.needs.route import Step
from anju.parties.models import Organisation

PAGE = "/needs/opinions/"


def kind_of(organisation: UUID) -> str:
    """The kind of ticket on a department's desk: each department has its own."""
    return f"needs.opinion.{organisation.hex}"


def live(region: str, ids: Iterable[UUID], step: str) -> list[Opinion]:
    """What was asked of departments about these cases in this step and has not lapsed."""
    rows = Opinion.objects.filter(region=region, application_id__in=list(ids), step=step, lapsed_on__isnull=True)
    return list(rows.order_by("department", "id"))


def ask(ctx: ActContext, rows: Sequence[Application], step: Step, loads: Sequence[Load] = ()) -> None:
    """Ask every department of the step about these cases, once each, on its desk; of files, one thing a file. Inside an act."""
    if not step.departments or not rows:
        return
    bodies, asked = (
        _bodies(ctx.region, step),
        {(o.application_id, o.department) for o in live(ctx.region, _ids(rows), step.code)},
    )
    found = []
    for department, days in step.departments:
        due = add_working_days(ctx.today, days) if days else None
        found += [
            Opinion(
                region=ctx.region, application_id=row.id, step=step.code, department=department, organisation=bodies.get(department),
                asked_on=ctx.today, due_on=due,
            )
            for row in rows
            if (row.id, department) not in asked
        ]  # fmt: skip
    bulk.insert(found)
    for department, days in step.departments:
        if department in bodies:
            _on_desk(ctx, rows, step, loads, bodies[department], days or None)


def _ids(rows: Sequence[Application]) -> list[UUID]:
    return [row.id for row in rows]


def _bodies(region: str, step: Step) -> dict[str, UUID]:
    """The departments that are bodies of the county or its city, by name; the county's own goes before."""
    names = [department for department, _ in step.departments]
    rows = Organisation.objects.filter(kind="department", name__in=names, owner_region__in={region, city_of(region)})
    return dict(rows.order_by("owner_region").values_list("name", "id"))


def _on_desk(
    ctx: ActContext, rows: Sequence[Application], step: Step, loads: Sequence[Load], body: UUID, days: int | None
) -> None:
    for load in loads:
        open_ticket(
            ctx=ctx, kind=kind_of(body), title=f"{step.title}：一批导入的申请待出具部门意见", post="department_clerk", obj=load, url=PAGE,
            limit_days=days, organisation=body,
        )  # fmt: skip
    for row in rows:
        if not loads or row.load_id is None:
            open_ticket(
                ctx=ctx, kind=kind_of(body), title=f"{step.title}：{row.number} 待出具部门意见", post="department_clerk", obj=row, url=PAGE,
                limit_days=days, organisation=body,
            )  # fmt: skip


def obstacle(step: Step, found: Sequence[Opinion]) -> str:
    """Which departments have not answered, or were never asked; empty where all have. Unknown never passes."""
    answered = {one.department for one in found if one.given_on}
    missing = [department for department, _ in step.departments if department not in answered]
    if not missing:
        return ""
    nobody = [one.department for one in found if one.organisation is None and one.department in missing]
    more = (
        f"；“机构”里没有名为{'、'.join(nobody)}的部门，请先登记或更正参数「联审部门」" if nobody else "；请催办后再决定"
    )
    return f"{step.title}须先有部门意见，{'、'.join(missing)}还没有出具，没有办理{more}"


def differing(found: Sequence[Opinion]) -> list[str]:
    """The departments that say 不一致."""
    return [one.department for one in found if one.result == "differs"]


def lapse(ctx: ActContext, row: Application) -> int:
    """What departments said of facts that changed no longer holds: it is asked anew as the case arrives. How many lapsed."""
    rows = Opinion.objects.filter(region=ctx.region, application=row, lapsed_on__isnull=True)
    return rows.update(lapsed_on=ctx.today)
