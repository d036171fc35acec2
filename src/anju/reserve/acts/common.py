"""What the reserve's acts share: finding and locking the project they stand on."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused
from anju.reserve.models import Project

DEVELOPER_AGENT = "developer_agent"
SURVEY = "3.3-1"


def project_for(ctx: ActContext, project: Project | UUID | str) -> Project:
    """The project under its row lock; a developer's agent only gets its own. Raises Conflict or Forbidden."""
    key = project.pk if isinstance(project, Project) else project
    found = Project.objects.filter(region=ctx.region, id=key).select_for_update(of=("self",)).first()
    if found is None:
        raise Conflict(f"区划 {ctx.region} 没有这个项目，没有办理；请核对项目所属的区划", clause=SURVEY)
    own_only(ctx, found.developer_id)
    return found


def own_only(ctx: ActContext, developer_id: UUID) -> None:
    """A developer's agent acts on its own company's projects only. Raises Forbidden."""
    if ctx.post == DEVELOPER_AGENT and developer_id != ctx.organisation:
        raise Forbidden("这个项目不是本企业申报的，没有办理；请用该企业的账号办理", clause=SURVEY)


def person(ctx: ActContext, clause: str = SURVEY) -> UUID:
    """Who does it: what a named person answers for is not done by the system. Raises Refused."""
    if ctx.account is None:
        raise Refused("这项须由具名的账号办理，没有办理；请登录后再办", clause=clause)
    return ctx.account


def live(project: Project) -> Project:
    """Raises Refused where the project has been withdrawn."""
    if project.state == "withdrawn":
        raise Refused(f"项目 {project.name} 已退出，不能再办理；需要重新收购的请另行申报", clause=SURVEY)
    return project


def not_later(day: date, ctx: ActContext, what: str, field: str, clause: str = SURVEY) -> date:
    """A fact cannot have happened after today. Raises InvalidInput."""
    if day > ctx.today:
        raise InvalidInput(f"{what} {day} 晚于今天 {ctx.today}，没有办理；请核对日期", field=field, clause=clause)
    return day


def with_reason(reason: str, what: str, clause: str) -> str:
    """The reason, stripped. Raises InvalidInput where there is none or it is longer than 300 characters."""
    text = reason.strip()
    if not text or len(text) > 300:
        raise InvalidInput(f"{what}须写明理由（1–300 字），没有办理；请补写后再办", field="reason", clause=clause)
    return text
