"""The two reviews (初审、复审): one case with any outcome, or many clean cases at once; two people, also by the database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.sheets.models import Load
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.base.tickets.models import Ticket
from anju.needs import bulk
from anju.needs.acts.steps import (
    CLAUSE,
    FIRST,
    SECOND,
    STATES,
    limit,
    locked,
    locked_many,
    put_on_desk,
    release,
    tell,
    who,
)
from anju.needs.judging import Days, blocking, frozen, judge_rows
from anju.needs.models import Application, Review

PASS, REFUSE, SUPPLEMENT = "pass", "refuse", "supplement"
OUTCOMES = dict(Review._meta.get_field("outcome").choices or ())
# step → the state it is done in, and the state a pass leads to
STEPS = {FIRST: ("submitted", "first_passed"), SECOND: ("first_passed", "reviewed")}
TITLES = {FIRST: "初审", SECOND: "复审"}


@act(clause=CLAUSE, title="初审")
def first_review(*, ctx: ActContext, application_id: UUID, outcome: str, reason: str = "") -> Application:
    """The intake's review: pass, refuse or ask for a supplement. A pass needs every verdict; a no needs its reason."""
    return _review(ctx, application_id, FIRST, outcome, reason)


@act(clause=CLAUSE, title="复审")
def second_review(*, ctx: ActContext, application_id: UUID, outcome: str, reason: str = "") -> Application:
    """The second review, by another person than the first."""
    return _review(ctx, application_id, SECOND, outcome, reason)


@act(clause=CLAUSE, title="批量初审通过")
def bulk_first_review(*, ctx: ActContext, ids: list[UUID]) -> dict[str, Any]:
    """Pass the clean ones of many: ``{"passed": n, "left": [[number, sentence], …]}``. One entry of the log, with its items."""
    return _bulk(ctx, ids, FIRST)


@act(clause=CLAUSE, title="批量复审通过")
def bulk_second_review(*, ctx: ActContext, ids: list[UUID]) -> dict[str, Any]:
    """The same for the second review; cases that the same person passed before are left."""
    return _bulk(ctx, ids, SECOND)


def _review(ctx: ActContext, application_id: UUID, step: str, outcome: str, reason: str) -> Application:
    row, reason = locked(ctx, application_id), reason.strip()
    ctx.on(row, step=step, outcome=outcome, reason=reason)
    state, passed = STEPS[step]
    if row.state != state:
        raise Refused(
            f"申请 {row.number} 当前为「{row.get_state_display()}」，不在{TITLES[step]}环节，没有办理；请刷新后再看",
            clause=CLAUSE,
        )
    if outcome not in OUTCOMES:
        raise InvalidInput(f"审核结论应为{'、'.join(OUTCOMES.values())}，没有办理", field="outcome", clause=CLAUSE)
    if outcome != PASS and not reason:
        raise InvalidInput(f"{OUTCOMES[outcome]}须写明理由，没有办理；请填写理由", field="reason", clause=CLAUSE)
    if step == SECOND:
        _other_person(ctx, row)
    if outcome == PASS:
        _require(ctx, row)
    review = Review.objects.create(
        region=ctx.region, application=row, step=step, outcome=outcome, reason=reason, reviewer=who(ctx),
        reviewed_at=ctx.now,
    )  # fmt: skip
    STATES.move(row, {PASS: passed, REFUSE: "refused", SUPPLEMENT: "supplement"}[outcome], ctx)
    _after(ctx, row, step, outcome, review)
    return row


def _other_person(ctx: ActContext, row: Application) -> None:
    first = Review.objects.filter(region=ctx.region, application=row, step=FIRST, outcome=PASS).first()
    ctx.other_than(first.reviewer if first else None, f"申请 {row.number} 的复审")


def _require(ctx: ActContext, row: Application) -> None:
    verdicts = judge_rows([row], Days(ctx))[row.id]
    row.verdicts = frozen(verdicts)
    row.save(update_fields=["verdicts"])
    ctx.require(verdicts)


def _after(ctx: ActContext, row: Application, step: str, outcome: str, review: Review) -> None:
    if outcome == PASS:
        if step == FIRST:
            put_on_desk(ctx, row, SECOND)
        else:
            close_tickets(ctx=ctx, obj=row, outcome="复审通过")
        return
    close_tickets(ctx=ctx, obj=row, outcome=OUTCOMES[outcome])
    if outcome == REFUSE:
        release(ctx, row.id)
        text = f"您的住房保障申请 {row.number} 审核不予通过：{review.reason}。如有异议，请到受理窗口咨询。"
    else:
        text = f"您的住房保障申请 {row.number} 需要补正：{review.reason}。请登录“我的申请”或到受理窗口补交。"
    tell(ctx, row, f"needs.{outcome}", text, review.id)


def _bulk(ctx: ActContext, ids: Sequence[UUID], step: str) -> dict[str, Any]:
    state, passed = STEPS[step]
    rows = locked_many(ctx, ids, state)
    if not rows:
        raise Refused(f"所选申请没有一份在{TITLES[step]}环节，没有办理；请刷新列表后再选", clause=CLAUSE)
    left = _not_theirs(ctx, rows, step)
    good = _judged(ctx, [row for row in rows if row.id not in left], left)
    bulk.insert(
        [
            Review(
                region=ctx.region, application_id=row.id, step=step, outcome=PASS, reviewer=who(ctx),
                reviewed_at=ctx.now,
            )
            for row in good
        ]
    )  # fmt: skip
    done = [row.id for row in good]
    Application.objects.filter(region=ctx.region, id__in=done).update(state=passed)
    _desks(ctx, good, step)
    ctx.entry.object_kind = Application._meta.label_lower
    ctx.entry.facts.update(step=step, asked=len(ids), passed=len(done), left=len(left))
    ctx.items((row.id, f"{row.number}|{step}|pass") for row in good)
    numbers = {row.id: row.number for row in rows}
    return {"passed": len(done), "left": [[numbers[key], why] for key, why in left.items()]}


def _not_theirs(ctx: ActContext, rows: Sequence[Application], step: str) -> dict[UUID, str]:
    """Second review only: the cases that this very person passed at the first."""
    if step == FIRST:
        return {}
    mine = Review.objects.filter(
        region=ctx.region, application_id__in=[row.id for row in rows], step=FIRST, outcome=PASS, reviewer=who(ctx)
    )
    return dict.fromkeys(mine.values_list("application_id", flat=True), "初审人与复审人不能是同一人；请换一位同事复审")


def _judged(ctx: ActContext, rows: list[Application], left: dict[UUID, str]) -> list[Application]:
    """Those that pass every verdict; the others join ``left`` with the sentence that stops them. New verdicts are stored."""
    found, changed, good = judge_rows(rows, Days(ctx)), [], []
    for row in rows:
        verdicts = frozen(found[row.id])
        if verdicts != row.verdicts:
            row.verdicts = verdicts
            changed.append(row)
        stops = blocking(found[row.id])
        if stops:
            left[row.id] = f"{stops[0].sentence}（第 {stops[0].clause} 条）"
        else:
            good.append(row)
    if changed:
        Application.objects.bulk_update(changed, ["verdicts"], batch_size=500)
    return good


def _desks(ctx: ActContext, rows: list[Application], step: str) -> None:
    """Close the tickets of these cases, and of loads that have none left in the step; open the next step's."""
    kind = f"needs.{step}_review"
    open_ = Ticket.objects.filter(region=ctx.region, kind=kind, done_on__isnull=True)
    open_.filter(object_id__in=[row.id for row in rows]).update(done_on=ctx.today, outcome=f"{TITLES[step]}通过")
    loads = {row.load_id for row in rows if row.load_id}
    waiting = Application.objects.filter(region=ctx.region, load_id__in=loads, state=STEPS[step][0])
    empty = loads - set(waiting.values_list("load_id", flat=True))
    open_.filter(object_id__in=empty).update(done_on=ctx.today, outcome=f"{TITLES[step]}办结")
    if step == SECOND:
        return
    days = limit(ctx, "second_review_days")
    for load in Load.objects.filter(region=ctx.region, id__in=loads):
        open_ticket(
            ctx=ctx, kind="needs.second_review", title="复审一批导入的申请", post="reviewer", obj=load,
            url=f"/needs/?state=first_passed&load={load.id}", limit_days=days,
        )  # fmt: skip
    for row in rows:
        if row.load_id is None:
            put_on_desk(ctx, row, SECOND)
