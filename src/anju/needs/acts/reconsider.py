"""Another look (复核): a refused applicant asks within the days, another post and person decides, success keeps the first date."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.files import store
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs.acts.back_entry import leave_hold
from anju.needs.acts.change import BY_FAMILY, File, change_facts, persons_of
from anju.needs.acts.review import PASS, REFUSE
from anju.needs.acts.steps import (
    CLAUSE,
    FAMILY,
    STATES,
    back_on_desk,
    limit,
    locked,
    reserve,
    route_of,
    tell,
    who,
)
from anju.needs.judging import Days, frozen, judge_rows
from anju.needs.models import Application, Reconsideration, Review
from anju.needs.route import FIRST, HELD, PASSED, SHOWN, Step, step_of
from anju.policy.parameters import Unset

# Who looks again: not the post that refused.
LOOKS_AGAIN = {FIRST: "reviewer"}
HEAD = "office_head"


@act(clause=CLAUSE, title="申请复核")
def ask_reconsideration(
    *, ctx: ActContext, application_id: UUID, text: str, facts: Mapping[str, Any] | None = None, files: Sequence[File] = ()
) -> Reconsideration:  # fmt: skip
    """Ask for another look at a refusal, with new papers, within the county's days. Once per refusal.

    Raises Refused past the days, or where nobody has set them.
    """
    row = locked(ctx, application_id)
    ctx.on(row, files=len(files))
    if row.state != "refused":
        raise Refused(f"申请 {row.number} 为「{row.get_state_display()}」，没有不予通过，不能申请复核", clause=CLAUSE)
    refusal = Review.objects.filter(region=ctx.region, application=row, outcome=REFUSE).order_by("-reviewed_at").first()
    if refusal is None:
        raise Refused(f"申请 {row.number} 没有可以复核的审核结论，没有受理；请到受理窗口咨询", clause=CLAUSE)
    _in_time(ctx, row, refusal)
    if not text.strip():
        raise InvalidInput("请写明申请复核的理由，没有受理", field="text", clause=CLAUSE)
    if ctx.post == FAMILY and not set(facts or {}) <= BY_FAMILY:
        raise InvalidInput("手机号和积分不能自行更改；请到受理窗口更正", field="facts", clause=CLAUSE)
    if facts:
        change_facts(ctx, row, facts)
    for name, data in files:
        store.keep(ctx=ctx, name=name, data=data, kind="reconsideration", case=row.id)
    found = Reconsideration.objects.create(
        region=ctx.region, application=row, refusal=refusal, refuser=refusal.reviewer, asked_on=ctx.today, maker=who(ctx),
        text=text.strip()[:2000],
    )  # fmt: skip
    open_ticket(
        ctx=ctx, kind="needs.reconsideration", title=f"复核 {row.number}", post=LOOKS_AGAIN.get(refusal.step, HEAD),
        obj=found, url=f"/needs/reconsiderations/{found.id}/", limit_days=limit(ctx, "relook_decision_days"),
    )  # fmt: skip
    return found


def _in_time(ctx: ActContext, row: Application, refusal: Review) -> None:
    if Reconsideration.objects.filter(region=ctx.region, refusal=refusal).exists():
        raise Refused(f"申请 {row.number} 的这次不予通过已申请过复核，没有再受理；请查看复核结果", clause=CLAUSE)
    days = ctx.inforce().get("relook_days")
    if isinstance(days, Unset):
        raise Refused(days.sentence, clause=days.clause)
    last = refusal.reviewed_at.date() + timedelta(days=int(days.value))
    if ctx.today > last:
        raise Refused(
            f"申请复核的期限为不予通过后 {days.value} 日，到 {last} 为止，今天是 {ctx.today}，没有受理；可以重新申请",
            clause=CLAUSE,
        )


@act(clause=CLAUSE, title="复核决定")
def decide_reconsideration(*, ctx: ActContext, reconsideration_id: UUID, granted: bool, reason: str) -> Reconsideration:
    """Another post and person than who refused. Granted, the refused step counts as passed by this person: the case goes on
    from there with its first day and number; a member who applied elsewhere meanwhile stops it.
    """
    found = Reconsideration.objects.select_related("refusal").filter(region=ctx.region, id=reconsideration_id).first()
    if found is None:
        raise Refused(f"{ctx.region} 没有这份复核申请，没有办理；请从复核列表重新打开", clause=CLAUSE)
    row = locked(ctx, found.application_id)
    found.refresh_from_db()
    ctx.on(found, application=str(row.id), granted=granted, reason=reason.strip())
    step = None if found.refusal.step in (SHOWN, HELD) else step_of(route_of(ctx, row), found.refusal.step)
    _may_decide(ctx, found, row, step, reason)
    found.granted, found.reason = granted, reason.strip()[:300]
    found.decided_on, found.decided_by = ctx.today, who(ctx)
    found.save(update_fields=["granted", "reason", "decided_on", "decided_by"])
    close_tickets(ctx=ctx, obj=found, outcome="复核通过" if granted else "维持不予通过")
    if granted:
        _restore(ctx, row, found, step)
    said = "复核通过，恢复办理，受理日期不变" if granted else f"复核维持不予通过：{found.reason}"
    tell(ctx, row, "needs.reconsidered", {"结果": said}, found.id)
    return found


def _may_decide(ctx: ActContext, found: Reconsideration, row: Application, step: Step | None, reason: str) -> None:
    if found.decided_on:
        raise Refused(f"这份复核已于 {found.decided_on} 决定，没有再办", clause=CLAUSE)
    if row.state != "refused":
        raise Refused(f"申请 {row.number} 为「{row.get_state_display()}」，不在复核环节，没有办理", clause=CLAUSE)
    ctx.other_than(found.refuser, f"申请 {row.number} 的复核")
    ctx.other_than(found.maker, f"申请 {row.number} 的复核")
    refusing = step.post if step else "reviewer"
    if ctx.post == refusing:
        raise Refused("复核须由作出不予通过以外的岗位办理，没有办理；请转另一岗位", clause=CLAUSE)
    if not reason.strip():
        raise InvalidInput("请写明复核情况和理由，没有办理", field="reason", clause=CLAUSE)


def _restore(ctx: ActContext, row: Application, found: Reconsideration, step: Step | None) -> None:
    if found.refusal.step == HELD:
        # The finding is held not to stand: as where it is settled so, the case takes its own day's place or begins its review.
        STATES.move(row, "held", ctx)
        leave_hold(ctx, row)
        return
    verdicts = judge_rows([row], Days(ctx))[row.id]
    row.verdicts = frozen(verdicts)
    row.save(update_fields=["verdicts"])
    ctx.require(verdicts)
    reserve(ctx, row.id, persons_of(row))
    if step is None:
        STATES.move(row, PASSED, ctx)
        return
    passed = Review.objects.filter(region=ctx.region, application=row, outcome=PASS, reviewer=who(ctx))
    ctx.other_than(ctx.account if passed.exists() else None, f"申请 {row.number} 的复核")
    Review.objects.create(
        region=ctx.region, application=row, step=step.code, outcome=PASS, reason=f"复核通过：{found.reason}"[:300],
        reviewer=who(ctx), reviewed_at=ctx.now,
    )  # fmt: skip
    needed = len(route_of(ctx, row))
    if row.steps_needed < needed:
        row.steps_needed = needed
        row.save(update_fields=["steps_needed"])
    STATES.move(row, step.passed, ctx)
    back_on_desk(ctx, row)
