"""The reviews (初审、复审、联审): one case with any outcome, or many clean cases at once; each by another person, also by the database."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Forbidden, InvalidInput, Refused, act
from anju.base.sheets.models import Load
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.base.tickets.models import Ticket
from anju.needs import bulk, opinions
from anju.needs.acts.steps import CLAUSE, STATES, locked, locked_many, put_on_desk, release, route_of, tell, who
from anju.needs.judging import Days, blocking, frozen, judge_rows
from anju.needs.models import Application, Opinion, Review
from anju.needs.route import CITY, FIRST, SECOND, TITLES, WAITS, Step, route, step_of, waiting_at
from anju.parties.posts import BY_CODE

PASS, REFUSE, SUPPLEMENT = "pass", "refuse", "supplement"
OUTCOMES = dict(Review._meta.get_field("outcome").choices or ())
STATE_OF = dict(zip((FIRST, SECOND, CITY), WAITS, strict=True))
SAME = "前面环节的审核人与本环节不能是同一人；请换一位同事办理"


@act(clause=CLAUSE, title="初审")
def first_review(*, ctx: ActContext, application_id: UUID, outcome: str, reason: str = "") -> Application:
    """The intake's review: pass, refuse or ask for a supplement. A pass needs every verdict; a no needs its reason."""
    return _review(ctx, application_id, FIRST, outcome, reason)


@act(clause=CLAUSE, title="复审")
def second_review(*, ctx: ActContext, application_id: UUID, outcome: str, reason: str = "") -> Application:
    """The second review, by another person than the first."""
    return _review(ctx, application_id, SECOND, outcome, reason)


@act(clause=CLAUSE, title="市级联审")
def city_review(*, ctx: ActContext, application_id: UUID, outcome: str, reason: str = "") -> Application:
    """The city's review with its departments, where the county's steps say so: by the post named there, a third person."""
    return _review(ctx, application_id, CITY, outcome, reason)


@act(clause=CLAUSE, title="批量初审通过")
def bulk_first_review(*, ctx: ActContext, ids: list[UUID]) -> dict[str, Any]:
    """Pass the clean ones of many: ``{"passed": n, "left": [[number, sentence], …]}``. One entry of the log, with its items."""
    return _bulk(ctx, ids, FIRST)


@act(clause=CLAUSE, title="批量复审通过")
def bulk_second_review(*, ctx: ActContext, ids: list[UUID]) -> dict[str, Any]:
    """The same for the second review; cases that the same person passed before are left."""
    return _bulk(ctx, ids, SECOND)


@act(clause=CLAUSE, title="批量市级联审通过", power="needs.city_review")
def bulk_city_review(*, ctx: ActContext, ids: list[UUID]) -> dict[str, Any]:
    """The same for the city's review."""
    return _bulk(ctx, ids, CITY)


def _review(ctx: ActContext, application_id: UUID, code: str, outcome: str, reason: str) -> Application:
    row, reason = locked(ctx, application_id), reason.strip()
    ctx.on(row, step=code, outcome=outcome, reason=reason)
    if row.state != STATE_OF[code]:
        raise Refused(
            f"申请 {row.number} 当前为「{row.get_state_display()}」，不在{TITLES[code]}环节，没有办理；请刷新后再看",
            clause=CLAUSE,
        )
    if outcome not in OUTCOMES:
        raise InvalidInput(f"审核结论应为{'、'.join(OUTCOMES.values())}，没有办理", field="outcome", clause=CLAUSE)
    if outcome != PASS and not reason:
        raise InvalidInput(f"{OUTCOMES[outcome]}须写明理由，没有办理；请填写理由", field="reason", clause=CLAUSE)
    steps = route_of(ctx, row)
    step = step_of(steps, code)
    _by_its_post(ctx, step)
    if step is not steps[0]:
        _other_person(ctx, row, step)
    if outcome != SUPPLEMENT:
        _opinions(ctx, row, step, outcome, reason)
    if outcome == PASS:
        _require(ctx, row)
    review = Review.objects.create(
        region=ctx.region, application=row, step=code, outcome=outcome, reason=reason, reviewer=who(ctx),
        reviewed_at=ctx.now,
    )  # fmt: skip
    if outcome == PASS and row.steps_needed < len(steps):
        row.steps_needed = len(steps)
        row.save(update_fields=["steps_needed"])
    STATES.move(row, {PASS: step.passed, REFUSE: "refused", SUPPLEMENT: "supplement"}[outcome], ctx)
    _after(ctx, row, steps, step, outcome, review)
    return row


def _by_its_post(ctx: ActContext, step: Step) -> None:
    """The step that a county added is done by the post it named; the first two have theirs in the table of powers."""
    if step.code == CITY and ctx.post != step.post:
        raise Forbidden(
            f"本地的{step.title}由「{BY_CODE[step.post].title}」办理，当前岗位不能办理；请换岗位，或请该岗位的同事办理",
            clause=CLAUSE,
        )


def _opinions(ctx: ActContext, row: Application, step: Step, outcome: str, reason: str) -> None:
    """Every department has answered before the post decides; to pass against a 不一致 it says why. Raises Refused, InvalidInput."""
    found = opinions.live(ctx.region, [row.id], step.code) if step.departments else []
    stops = opinions.obstacle(step, found)
    if stops:
        raise Refused(stops, clause=CLAUSE)
    against = opinions.differing(found)
    if outcome == PASS and against and not reason:
        raise InvalidInput(
            f"{'、'.join(against)}的意见为不一致，通过须写明采信的依据，没有办理；请填写理由",
            field="reason",
            clause=CLAUSE,
        )
    ctx.other_than(
        ctx.account if any(one.given_by == ctx.account for one in found) else None, f"申请 {row.number} 的{step.title}"
    )


def _other_person(ctx: ActContext, row: Application, step: Step) -> None:
    mine = Review.objects.filter(region=ctx.region, application=row, outcome=PASS, reviewer=who(ctx))
    ctx.other_than(ctx.account if mine.exists() else None, f"申请 {row.number} 的{step.title}")


def _require(ctx: ActContext, row: Application) -> None:
    verdicts = judge_rows([row], Days(ctx))[row.id]
    row.verdicts = frozen(verdicts)
    row.save(update_fields=["verdicts"])
    ctx.require(verdicts)


def _after(ctx: ActContext, row: Application, steps: Sequence[Step], step: Step, outcome: str, review: Review) -> None:
    if outcome == PASS:
        follows = waiting_at(steps, step.passed)
        if follows:
            put_on_desk(ctx, row, follows.code)
        else:
            close_tickets(ctx=ctx, obj=row, outcome=f"{step.title}通过")
        return
    close_tickets(ctx=ctx, obj=row, outcome=OUTCOMES[outcome])
    opinions.lapse(ctx, row)
    if outcome == REFUSE:
        tell_refused(ctx, row, review)
        return
    tell(ctx, row, f"needs.{outcome}", {"原因": review.reason}, review.id)


def tell_refused(ctx: ActContext, row: Application, review: Review) -> None:
    """The household is free to apply anew, and is told why, and that it may ask for another look."""
    release(ctx, row.id)
    tell(ctx, row, "needs.refuse", {"原因": review.reason}, review.id)


def _bulk(ctx: ActContext, ids: Sequence[UUID], code: str) -> dict[str, Any]:
    rows = locked_many(ctx, ids, STATE_OF[code])
    if not rows:
        raise Refused(f"所选申请没有一份在{TITLES[code]}环节，没有办理；请刷新列表后再选", clause=CLAUSE)
    days = Days(ctx)
    routes = {day: route(days[day]) for day in {row.accepted_on for row in rows}}
    for steps in routes.values():
        _by_its_post(ctx, step_of(steps, code))
    left = _not_theirs(ctx, rows, code) | _unopined(ctx, rows, routes, code)
    good = _judged(ctx, [row for row in rows if row.id not in left], left)
    bulk.insert(
        [
            Review(
                region=ctx.region, application_id=row.id, step=code, outcome=PASS, reviewer=who(ctx),
                reviewed_at=ctx.now,
            )
            for row in good
        ]
    )  # fmt: skip
    for steps in set(routes.values()):
        done = [row.id for row in good if routes[row.accepted_on] == steps]
        passed = step_of(steps, code).passed
        Application.objects.filter(region=ctx.region, id__in=done).update(state=passed, steps_needed=len(steps))
        _desks(ctx, [row for row in good if routes[row.accepted_on] == steps], code, waiting_at(steps, passed))
    ctx.entry.object_kind = Application._meta.label_lower
    ctx.entry.facts.update(step=code, asked=len(ids), passed=len(good), left=len(left))
    ctx.items((row.id, f"{row.number}|{code}|pass") for row in good)
    numbers = {row.id: row.number for row in rows}
    return {"passed": len(good), "left": [[numbers[key], why] for key, why in left.items()]}


def _not_theirs(ctx: ActContext, rows: list[Application], code: str) -> dict[UUID, str]:
    """Later steps only: the cases that this very person passed at an earlier one."""
    if code == FIRST:
        return {}
    mine = Review.objects.filter(
        region=ctx.region, application_id__in=[row.id for row in rows], outcome=PASS, reviewer=who(ctx)
    )
    why = "初审人与复审人不能是同一人；请换一位同事复审" if code == SECOND else SAME
    return dict.fromkeys(mine.values_list("application_id", flat=True), why)


def _unopined(
    ctx: ActContext, rows: list[Application], routes: Mapping[date, Sequence[Step]], code: str
) -> dict[UUID, str]:
    """The cases that a department has not answered, or speaks against: those are decided one by one."""
    asking = [row for row in rows if step_of(routes[row.accepted_on], code).departments]
    found: dict[UUID, list[Opinion]] = {}
    for one in opinions.live(ctx.region, [row.id for row in asking], code) if asking else ():
        found.setdefault(one.application_id, []).append(one)
    left = {}
    for row in asking:
        mine = found.get(row.id, [])
        why = opinions.obstacle(step_of(routes[row.accepted_on], code), mine)
        against = opinions.differing(mine)
        if why or against:
            left[row.id] = why or f"{'、'.join(against)}的意见为不一致；请逐件办理并写明依据"
    return left


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


def _desks(ctx: ActContext, rows: list[Application], code: str, follows: Step | None) -> None:
    """Close the tickets of these cases, and of loads that have none left in the step; open the next step's."""
    kind = f"needs.{code}_review"
    open_ = Ticket.objects.filter(region=ctx.region, kind=kind, done_on__isnull=True)
    open_.filter(object_id__in=[row.id for row in rows]).update(done_on=ctx.today, outcome=f"{TITLES[code]}通过")
    loads = {row.load_id for row in rows if row.load_id}
    waiting = Application.objects.filter(region=ctx.region, load_id__in=loads, state=STATE_OF[code])
    empty = loads - set(waiting.values_list("load_id", flat=True))
    open_.filter(object_id__in=empty).update(done_on=ctx.today, outcome=f"{TITLES[code]}办结")
    if follows is None:
        return
    files = list(Load.objects.filter(region=ctx.region, id__in=loads))
    opinions.ask(ctx, [row for row in rows if row.load_id], follows, files)
    for load in files:
        open_ticket(
            ctx=ctx, kind=f"needs.{follows.code}_review", title=f"{follows.title}一批导入的申请", post=follows.post,
            obj=load, url=f"/needs/?state={follows.waits}&load={load.id}", limit_days=follows.days,
        )  # fmt: skip
    for row in rows:
        if row.load_id is None:
            put_on_desk(ctx, row, follows.code)
