"""Back-entry (补录): a case that ran on paper is recorded with its scans and judged by its own day's rules.

What it does not meet becomes an open finding: never a pass, and never a refusal to record.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.claims import seam
from anju.base.files import store
from anju.base.tickets.desk import close_tickets
from anju.needs import order
from anju.needs.acts.apply import digest, names_of, save_each
from anju.needs.acts.change import persons_of
from anju.needs.acts.places import list_rule
from anju.needs.acts.review import tell_refused
from anju.needs.acts.steps import (
    CLAUSE,
    FIRST,
    STATES,
    clash_sentence,
    locked,
    next_numbers,
    put_on_desk,
    reserve,
    who,
)
from anju.needs.banned import refuse_banned
from anju.needs.findings import open_findings
from anju.needs.households import (
    Fault,
    HouseholdInput,
    Prepared,
    application_row,
    faults,
    home_rows,
    member_rows,
    places_of,
    prepare,
    refuse_faults,
    wish_rows,
)
from anju.needs.judging import Days, blocking, frozen, judge_prepared
from anju.needs.models import Application, Finding, Member, Review, Wish
from anju.needs.route import HELD
from anju.policy.parameters import InForce
from anju.policy.rules.eligibility import taken_in
from anju.policy.verdict import Verdict, failed, unknown

ONE_APPLICATION = "3.2-0-one-application"
ORDER = "3.5-2-order-method"
# A fault of these clauses is what a rule says of a right entry; every other fault is a slip of the pen, and is refused.
RULED = frozenset({"3.3-3"})


@act(clause=CLAUSE, title="补录申请")
def back_enter(
    *,
    ctx: ActContext,
    household: HouseholdInput,
    accepted_on: date,
    scans: Sequence[tuple[str, bytes]],
    qualified_on: date | None = None,
    paper_number: str = "",
) -> Application:
    """Record a paper case of ``accepted_on``; ``qualified_on`` where it stood on the list by then.

    With nothing open it takes its place (or its review); else it is held with its findings. Raises InvalidInput without
    a scan, for a day that is not past, or for values that cannot be read off any paper (a wrong check digit).
    """
    _check(ctx, accepted_on, qualified_on, scans)
    inforce = Days(ctx)[accepted_on]
    found = faults(household, on=accepted_on, inforce=inforce, places=places_of(ctx.region))
    refuse_faults([fault for fault in found if fault.clause not in RULED])
    ready = prepare(household)
    refuse_banned(names_of(ready), accepted_on)
    clash = _clash(ctx, ready)
    homes = len({one.case for one in seam.holders(seam.HOME, ready.blinds).values()})
    verdicts = judge_prepared(ready, on=accepted_on, inforce=inforce, others=1 if clash else 0, homes=homes)
    taken = taken_in(household.programme, inforce)
    stops = [*_ruled(found), *blocking([taken, *verdicts]), *_order(inforce, household.programme, qualified_on)]
    if clash:
        stops = [clash if stop.rule == ONE_APPLICATION else stop for stop in stops]
    row = _store(ctx, ready, accepted_on, qualified_on, verdicts, held=bool(stops))
    for name, data in scans:
        store.keep(ctx=ctx, name=name, data=data, kind="back_entry", case=row.id)
    open_findings(ctx, row, stops)
    if row.state == "submitted":
        put_on_desk(ctx, row, FIRST)
    ctx.happened(accepted_on)
    ctx.entry.verdicts.extend(verdicts)
    ctx.on(row, number=row.number, paper_number=paper_number, facts=digest(ready), scans=len(scans), state=row.state)
    return row


@act(clause=CLAUSE, title="办结待查事项")
def settle_finding(*, ctx: ActContext, finding_id: UUID, upheld: bool, outcome: str) -> Finding:
    """Another person settles a finding: ``upheld`` means the case does not meet the rule and is refused.

    With its last finding settled otherwise, a held case takes the place of its own qualified day.
    """
    finding = Finding.objects.filter(region=ctx.region, id=finding_id).first()
    if finding is None:
        raise Refused(f"{ctx.region} 没有这条待查事项，没有办理", clause=CLAUSE)
    row = locked(ctx, finding.application_id)
    finding.refresh_from_db()
    ctx.on(finding, application=str(row.id), upheld=upheld, outcome=outcome.strip())
    if finding.settled_on:
        raise Refused(f"这条待查事项已于 {finding.settled_on} 办结，没有再办", clause=CLAUSE)
    ctx.other_than(finding.maker, "待查事项")
    if not outcome.strip():
        raise InvalidInput("请写明查实情况和依据，没有办结", field="outcome", clause=CLAUSE)
    finding.settled_on, finding.settled_by, finding.outcome = ctx.today, ctx.account, outcome.strip()[:300]
    finding.save(update_fields=["settled_on", "settled_by", "outcome"])
    if row.state == "held" and upheld:
        _refuse(ctx, row, finding)
    elif row.state == "held":
        leave_hold(ctx, row)
    return finding


def _refuse(ctx: ActContext, row: Application, finding: Finding) -> None:
    """A refusal like any other: with its person and reason, told to the household, which may ask for another look."""
    review = Review.objects.create(
        region=ctx.region, application=row, step=HELD, outcome="refuse", reason=finding.outcome, reviewer=who(ctx),
        reviewed_at=ctx.now,
    )  # fmt: skip
    STATES.move(row, "refused", ctx)
    close_tickets(ctx=ctx, obj=row, outcome="待查属实，不予通过")
    tell_refused(ctx, row, review)


def leave_hold(ctx: ActContext, row: Application) -> None:
    """With nothing open any more, a held case takes the place of its own qualified day, or begins its review. Inside an act."""
    if Finding.objects.filter(region=ctx.region, application=row, settled_on=None).exists():
        return
    reserve(ctx, row.id, persons_of(row))
    close_tickets(ctx=ctx, obj=row, outcome="待查事项已办结")
    if row.qualified_on is None:
        STATES.move(row, "submitted", ctx)
        put_on_desk(ctx, row, FIRST)
        return
    row.priority, row.sort_key = _place(ctx, row)
    row.save(update_fields=["priority", "sort_key"])
    STATES.move(row, "qualified", ctx)


def _check(ctx: ActContext, accepted_on: date, qualified_on: date | None, scans: Sequence[tuple[str, bytes]]) -> None:
    if accepted_on >= ctx.today:
        why = f"补录只收今天（{ctx.today}）以前受理的纸质件，受理日期 {accepted_on} 不符；当天的请按正常申请办理"
        raise InvalidInput(why, field="accepted_on", clause=CLAUSE)
    if qualified_on and not accepted_on <= qualified_on <= ctx.today:
        why = f"取得资格日期 {qualified_on} 应在受理日期 {accepted_on} 与今天 {ctx.today} 之间，没有补录"
        raise InvalidInput(why, field="qualified_on", clause=CLAUSE)
    if not scans:
        raise InvalidInput("补录须附纸质件扫描件，没有补录；请上传申请表或审批表", field="scans", clause=CLAUSE)


def _clash(ctx: ActContext, ready: Prepared) -> Verdict | None:
    """Take the members' claims; where another case holds one, take none and say who."""
    names = names_of(ready)
    clashes = seam.reserve_many(seam.LIVE_APPLICATION, [(p, ready.id) for p in ready.blinds], region=ctx.region)
    if not clashes:
        return None
    found = clashes[ready.id]
    return failed(
        ONE_APPLICATION,
        CLAUSE,
        measured=f"{len(found)} 人",
        limit="0 人",
        sentence=clash_sentence(found, names, ctx.region),
    )


def _ruled(found: Sequence[Fault]) -> list[Verdict]:
    return [
        failed(f"{fault.clause}-{fault.field}", fault.clause, measured=fault.value, limit="", sentence=fault.reason)
        for fault in found
        if fault.clause in RULED
    ]


def _order(inforce: InForce, programme: str, qualified_on: date | None) -> list[Verdict]:
    """A place of that day needs the order of that day."""
    if qualified_on is None:
        return []
    try:
        order.method_of(programme, inforce)
    except Refused as refused:
        return [unknown(ORDER, refused.clause, sentence=refused.sentence)]
    return []


def _place(ctx: ActContext, row: Application) -> tuple[int, str]:
    """By the list's own rule; where the list begins with it, by today's, or by that of its own day."""
    return order.placed(row, list_rule(ctx, row.programme, row.qualified_on), order.needs_of(ctx.region, [row.id]))


def _store(
    ctx: ActContext,
    ready: Prepared,
    accepted_on: date,
    qualified_on: date | None,
    verdicts: list[Verdict],
    *,
    held: bool,
) -> Application:
    (number,) = next_numbers(ctx.region, accepted_on, 1)
    row = application_row(
        ready, ctx=ctx, number=number, accepted_on=accepted_on, verdicts=frozen(verdicts), back_entered=True,
        qualified_on=qualified_on, state="held" if held else "qualified" if qualified_on else "submitted",
    )  # fmt: skip
    if row.state == "qualified":
        assert qualified_on
        row.priority, row.sort_key = _place(ctx, row)
    row.save(force_insert=True)
    Member.objects.bulk_create(member_rows(ready, ctx.region))
    Wish.objects.bulk_create(wish_rows(ready, ctx.region))
    save_each(home_rows(ready, ctx.region))
    return row
