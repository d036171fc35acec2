"""Bans (限制申请): proposed with what was found, heard, decided by another person, with an end; they bind in every county."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs.acts.standing import LAPSED, pause
from anju.needs.acts.steps import CLAUSE, STATES, locked, may_move, release, tell, who
from anju.needs.banned import GROUNDS
from anju.needs.models import Application, Ban, BanPerson
from anju.policy.parameters import Unset

YEARS = {"false_papers": "false_papers_ban_years", "gave_up": "abandon_ban_years"}


@act(clause=CLAUSE, title="提出限制申请")
def propose_ban(*, ctx: ActContext, application_id: UUID, ground: str, facts: str) -> Ban:
    """Say what a household did; it is heard before anybody decides."""
    row = locked(ctx, application_id)
    ctx.on(row, ground=ground)
    if ground not in GROUNDS:
        raise InvalidInput(f"限制的事由应为{'、'.join(GROUNDS.values())}，没有提出", field="ground", clause=CLAUSE)
    if not facts.strip():
        raise InvalidInput("请写明查明的事实和证据，没有提出", field="facts", clause=CLAUSE)
    if Ban.objects.filter(region=ctx.region, application=row, ground=ground, state__in=["proposed", "heard"]).exists():
        raise Refused(f"对申请 {row.number} 的这项限制已在办理，没有再提出", clause=CLAUSE)
    found = Ban.objects.create(
        region=ctx.region, application=row, ground=ground, facts=facts.strip()[:2000], proposed_on=ctx.today, maker=who(ctx)
    )  # fmt: skip
    _on_desk(ctx, found, row, "听取陈述", "intake_clerk")
    tell(ctx, row, "needs.ban_proposed", {"事由": GROUNDS[ground]}, found.id)
    return found


@act(clause=CLAUSE, title="记录陈述申辩")
def hear_ban(*, ctx: ActContext, ban_id: UUID, heard_on: date, statement: str) -> Ban:
    """What the household said, or that it was called and did not come."""
    found, row = _found(ctx, ban_id)
    ctx.on(found, application=str(row.id), heard_on=heard_on)
    if found.state != "proposed":
        raise Refused(f"这项限制为「{found.get_state_display()}」，不在听取陈述环节，没有办理", clause=CLAUSE)
    if not found.proposed_on <= heard_on <= ctx.today:
        raise InvalidInput(
            f"陈述日期 {heard_on} 应在提出之日 {found.proposed_on} 与今天 {ctx.today} 之间，没有办理",
            "heard_on",
            CLAUSE,
        )
    if not statement.strip():
        raise InvalidInput("请写明陈述内容；通知后没有到场的也请写明，没有办理", field="statement", clause=CLAUSE)
    found.state, found.heard_on, found.statement = "heard", heard_on, statement.strip()[:2000]
    found.save(update_fields=["state", "heard_on", "statement"])
    _on_desk(ctx, found, row, "决定", "reviewer")
    return found


@act(clause=CLAUSE, title="限制申请决定")
def decide_ban(*, ctx: ActContext, ban_id: UUID, imposed: bool, reason: str) -> Ban:
    """Another person decides after the hearing. Imposed, it binds every member until its end and takes the live application off.

    Raises Refused before the hearing, by who proposed it, or while the county's years are not set.
    """
    found, row = _found(ctx, ban_id)
    ctx.on(found, application=str(row.id), imposed=imposed, reason=reason.strip())
    if found.state != "heard":
        raise Refused(f"这项限制为「{found.get_state_display()}」，须先听取陈述再决定，没有办理", clause=CLAUSE)
    ctx.other_than(found.maker, "限制申请的决定")
    if not reason.strip():
        raise InvalidInput("请写明决定的理由，没有办理", field="reason", clause=CLAUSE)
    found.reason, found.decided_on, found.decided_by = reason.strip()[:300], ctx.today, who(ctx)
    if imposed:
        found.until_on = _until(ctx, found)
        BanPerson.objects.bulk_create(
            BanPerson(region=ctx.region, ban=found, document_blind=bytes(blind))
            for blind in row.members.order_by("id").values_list("document_blind", flat=True)
        )
    found.state = "imposed" if imposed else "dropped"
    found.save(update_fields=["state", "reason", "decided_on", "decided_by", "until_on"])
    close_tickets(ctx=ctx, obj=found, outcome=found.get_state_display())
    if imposed:
        _take_off(ctx, row, found)
    said = f"在 {found.until_on} 以前不得再申请" if imposed else "不予限制"
    tell(
        ctx,
        row,
        "needs.ban_decided",
        {"事由": GROUNDS[found.ground], "结果": said, "原因": found.reason},
        found.id,
    )
    return found


def _until(ctx: ActContext, found: Ban) -> date:
    years = ctx.inforce().get(YEARS[found.ground])
    if isinstance(years, Unset):
        raise Refused(years.sentence, clause=years.clause)
    if not years.value:
        raise Refused(f"本地对「{GROUNDS[found.ground]}」的限制年限为 0 年，没有办理；请选不予限制", clause=CLAUSE)
    day = ctx.today
    return date(day.year + int(years.value), day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def _take_off(ctx: ActContext, row: Application, found: Ban) -> None:
    why = f"限制申请至 {found.until_on}（{GROUNDS[found.ground]}）"
    if may_move(row, LAPSED):
        pause(ctx, row, LAPSED, why)
    elif may_move(row, "refused"):
        STATES.move(row, "refused", ctx)
        release(ctx, row.id)
        close_tickets(ctx=ctx, obj=row, outcome=why)


def _found(ctx: ActContext, ban_id: UUID) -> tuple[Ban, Application]:
    found = Ban.objects.filter(region=ctx.region, id=ban_id).first()
    if found is None:
        raise Refused(f"{ctx.region} 没有这项限制，没有办理；请从列表重新打开", clause=CLAUSE)
    row = locked(ctx, found.application_id)
    found.refresh_from_db()
    return found, row


def _on_desk(ctx: ActContext, found: Ban, row: Application, what: str, post: str) -> None:
    close_tickets(ctx=ctx, obj=found, outcome=found.get_state_display())
    open_ticket(
        ctx=ctx, kind="needs.ban", title=f"限制申请：{what}（{row.number}）", post=post, obj=found,
        url=f"/needs/bans/{found.id}/", limit_days=None,
    )  # fmt: skip
