"""What happens on the green channel (绿色通道): procedures are opened, stopped, resumed, finished."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused, act
from anju.base.calendar.days import add_working_days, working_days_between
from anju.base.files.store import keep
from anju.base.tickets import clock, desk
from anju.base.tickets.models import Ticket
from anju.parties.models import Organisation
from anju.permits import reads
from anju.permits.models import FIRST_REGISTRATION, PROCEDURES, TAXES, TRANSFER_REGISTRATION, Permit
from anju.policy.parameters import Unset
from anju.policy.rules.contracts import closed_management
from anju.reserve.models import Project, Unit

CLAUSE, REGISTRATION = "3.6-1", "3.6-2"
TITLES = dict(PROCEDURES)
PURCHASED = ("purchased", "delivered")
REASON_MAX = 200
# No other registration before the first (不动产登记暂行条例实施细则 24); none before the tax is paid (契税法 11).
BEFORE = {TRANSFER_REGISTRATION: (FIRST_REGISTRATION, TAXES)}


@act(clause=CLAUSE, title="开通绿色通道")
def open_permits(*, ctx: ActContext, project_id: UUID, departments: Mapping[str, UUID]) -> int:
    """Open every procedure of ``departments`` (procedure → organisation) for a purchased project; how many.

    Limits are those of ``permit_days`` today. Raises Refused for a project not purchased or a limit not set, Conflict
    where one of them is open already.
    """
    project = Project.objects.filter(region=ctx.region, id=project_id).select_for_update().first()
    if project is None:
        raise Conflict(f"区划 {ctx.region} 没有这个项目，没有开通；请核对项目所属的区划", clause=CLAUSE)
    if project.state not in PURCHASED:
        raise Refused(
            f"项目 {project.name} 为「{project.get_state_display()}」，签订收购协议后才能开通绿色通道，没有开通",
            clause=CLAUSE,
        )
    days = limits(ctx)
    rows = [_permit(ctx, project, code, department, days) for code, department in sorted(departments.items())]
    _none_open(project, rows)
    Permit.objects.bulk_create(rows)
    for row in rows:
        _put_on_desk(ctx, row)
    ctx.on(project, number=project.number, procedures={r.procedure: r.limit_days for r in rows})
    ctx.items((r.id, f"{r.procedure} {r.department_id} {r.due_on}") for r in rows)
    return len(rows)


def limits(ctx: ActContext) -> dict[str, int]:
    """Working days of each procedure, as set. Raises Refused while nobody has set them."""
    value = ctx.inforce().get("permit_days")
    if isinstance(value, Unset):
        raise Refused(value.sentence, clause=CLAUSE)
    return {key: days for key, _, days in value.value}


def _permit(ctx: ActContext, project: Project, code: str, department: UUID, days: Mapping[str, int]) -> Permit:
    if code not in TITLES:
        raise InvalidInput(
            f"没有「{code}」这项手续，没有开通；可选：{'、'.join(TITLES.values())}", field=code, clause=CLAUSE
        )
    if code not in days:
        raise Refused(
            f"参数「手续办理时限」没有{TITLES[code]}的工作日数，没有开通；请专班在“参数”页补上后再办", clause=CLAUSE
        )
    if not Organisation.objects.filter(id=department, kind="department").exists():
        raise InvalidInput(f"{TITLES[code]}须交给职能部门办理，所选机构不是，没有开通", field=code, clause=CLAUSE)
    return Permit(
        region=ctx.region,
        project=project,
        procedure=code,
        department_id=department,
        opened_on=ctx.today,
        limit_days=days[code],
        due_on=add_working_days(ctx.today, days[code]),
        maker=_person(ctx),
    )


def _person(ctx: ActContext) -> UUID:
    if ctx.account is None:
        raise Forbidden("手续须由登录的人办理，没有办理；请登录后再办", clause=CLAUSE)
    return ctx.account


def _none_open(project: Project, rows: list[Permit]) -> None:
    if not rows:
        raise InvalidInput("没有选定手续，没有开通；请至少选一项", clause=CLAUSE)
    wanted = [row.procedure for row in rows]
    known = (
        Permit.objects.filter(region=project.region, project=project, procedure__in=wanted)
        .order_by("procedure")
        .first()
    )
    if known:
        raise Conflict(
            f"{project.name} 的{known.get_procedure_display()}已于 {known.opened_on} 开办，没有重复开通", clause=CLAUSE
        )


def _put_on_desk(ctx: ActContext, row: Permit) -> None:
    desk.open_ticket(
        ctx=ctx,
        kind="permit",
        title=f"{row.project.name}：{row.get_procedure_display()}",
        post="department_clerk",
        obj=row,
        url=f"/permits/{row.id}/",
        limit_days=row.limit_days,
        organisation=row.department_id,
    )


@act(clause=CLAUSE, title="办结手续")
def finish_permit(
    *,
    ctx: ActContext,
    permit_id: UUID,
    certificate: str,
    annotation: str = "",
    done_on: date | None = None,
    file_name: str = "",
    file_data: bytes = b"",
) -> Permit:
    """Finish a procedure with its certificate or receipt number (and its scan, where given).

    A transfer registration of homes for sale carries the annotation of closed management (3.6-2). Raises Forbidden for
    another department's clerk, Refused before what must come first is done.
    """
    row, day = _mine(ctx, permit_id), done_on or ctx.today
    if not certificate.strip() or len(certificate) > 80:
        raise InvalidInput("请填写证书号或受理号（1–80 字），没有办结", field="certificate", clause=CLAUSE)
    if not row.opened_on <= day <= ctx.today:
        raise InvalidInput(
            f"办结日期 {day} 应在 {row.opened_on} 至今天 {ctx.today} 之间，没有办结", field="done_on", clause=CLAUSE
        )
    ctx.on(row, procedure=row.procedure, certificate=certificate.strip(), annotation=annotation.strip(), due=row.due_on)
    _in_order(row)
    _annotated(ctx, row, annotation.strip())
    if file_data:
        row.evidence = keep(ctx=ctx, name=file_name, data=file_data, kind="certificate", case=row.project_id)
    row.certificate, row.annotation, row.done_on, row.finished_by = (
        certificate.strip(),
        annotation.strip(),
        day,
        ctx.account,
    )
    row.save(update_fields=["certificate", "annotation", "done_on", "finished_by", "evidence"])
    ctx.happened(day)
    desk.close_tickets(ctx=ctx, obj=row, outcome=f"已办结，{row.certificate}")
    return row


def _mine(ctx: ActContext, permit_id: UUID) -> Permit:
    """The open permit under its lock, at the actor's own department. Raises Conflict or Forbidden."""
    row = (
        Permit.objects.select_for_update(of=("self",))
        .select_related("project", "department")
        .filter(region=ctx.region, id=permit_id)
        .first()
    )
    if row is None:
        raise Conflict(f"区划 {ctx.region} 没有这件手续，没有办理；请刷新后重试", clause=CLAUSE)
    if ctx.organisation != row.department_id:
        raise Forbidden(f"这件手续由{row.department.name}办理，没有办理；请该部门的经办人办", clause=CLAUSE)
    if row.done_on:
        raise Conflict(
            f"{row.get_procedure_display()}已于 {row.done_on} 办结（{row.certificate}），没有重复办理", clause=CLAUSE
        )
    return row


def _in_order(row: Permit) -> None:
    if row.stopped_on:
        raise Refused(
            f"{row.get_procedure_display()}自 {row.stopped_on} 停表（{row.stop_reason}），请先恢复计时再办结",
            clause=CLAUSE,
        )
    done = reads.done(row.project)
    missing = [TITLES[code] for code in BEFORE.get(row.procedure, ()) if code not in done]
    if missing:
        raise Refused(
            f"{row.get_procedure_display()}须在{'、'.join(missing)}办结之后，没有办结；请先办结前项", clause=CLAUSE
        )


def _annotated(ctx: ActContext, row: Permit, annotation: str) -> None:
    """封闭管理: required where homes of the project are for sale."""
    if row.procedure != TRANSFER_REGISTRATION:
        return
    homes = Unit.objects.filter(region=row.region, project_id=row.project_id, tenure="sale")
    if homes.exclude(state__in=["declared", "refused", "withdrawn"]).exists():
        ctx.require([closed_management(bool(annotation))])


@act(clause=CLAUSE, title="停表")
def stop_clock(*, ctx: ActContext, permit_id: UUID, reason: str) -> Permit:
    """Stop the clock while others must do something first (补件、等待), with the reason; the ticket shows it."""
    row = _mine(ctx, permit_id)
    if row.stopped_on:
        raise Conflict(f"已自 {row.stopped_on} 停表，没有重复办理", clause=CLAUSE)
    if not reason.strip() or len(reason) > REASON_MAX:
        raise InvalidInput(f"停表须写明原因（1–{REASON_MAX} 字），没有停表", field="reason", clause=CLAUSE)
    ticket = clock.stop(ctx=ctx, ticket=_ticket(row), reason=reason)
    row.stopped_on, row.stop_reason = ticket.stopped_on, ticket.stop_reason
    row.save(update_fields=["stopped_on", "stop_reason"])
    ctx.on(row, procedure=row.procedure, reason=row.stop_reason)
    return row


@act(clause=CLAUSE, title="恢复计时")
def resume_clock(*, ctx: ActContext, permit_id: UUID) -> Permit:
    """Let the clock run again; the due day moves on by the working days for which it stood."""
    row = _mine(ctx, permit_id)
    if not row.stopped_on:
        raise Conflict("这件手续没有停表，没有办理", clause=CLAUSE)
    stood = working_days_between(row.stopped_on, ctx.today)
    ticket = clock.start(ctx=ctx, ticket=_ticket(row))
    row.due_on, row.stopped_days = ticket.due_on or row.due_on, row.stopped_days + stood
    row.stopped_on, row.stop_reason = None, ""
    row.save(update_fields=["due_on", "stopped_days", "stopped_on", "stop_reason"])
    ctx.on(row, procedure=row.procedure, stood=stood, due=row.due_on)
    return row


def _ticket(row: Permit) -> Ticket:
    """The permit's thing on the department's desk; its clock and the permit's are one."""
    return Ticket.objects.get(region=row.region, kind="permit", object_id=row.id, done_on__isnull=True)


def keep_days(ctx: ActContext, moved: Sequence[clock.Moved]) -> None:
    """A year was published: the last days of open procedures are those of their tickets."""
    days = {one.ticket.object_id: one.ticket.due_on for one in moved if one.ticket.kind == "permit"}
    rows = list(Permit.objects.filter(id__in=days, done_on__isnull=True).select_for_update().order_by("id"))
    for row in rows:
        row.due_on = days[row.id] or row.due_on
    Permit.objects.bulk_update(rows, ["due_on"], batch_size=500)


clock.follow(keep_days)
