"""Places on the list: given when a household qualifies, kept whatever happens, moved by two acts alone that say so."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.needs import order
from anju.needs.acts.steps import CLAUSE, locked
from anju.needs.judging import Days
from anju.needs.models import PROGRAMMES, Application, ListOrder, Publicity, Reconsideration
from anju.needs.order import Rule

# Those whose place is kept, also while they are passed over: a way back leads to it.
KEPT = ("qualified", "suspended", "lapsed", "withdrawn")
TITLES = dict(PROGRAMMES)


def list_rule(ctx: ActContext, programme: str, on: date | None = None) -> Rule:
    """The rule of a list; where nobody stood on it before, what the county has set for today (or for ``on``) becomes it.

    Raises Refused while the order is not set.
    """
    held = locked_order(ctx, programme)
    if held is None:
        rule = _set(ctx, programme, on)
        row = ListOrder(
            region=ctx.region, programme=programme, serial=1, method=rule.method, groups=list(rule.groups),
            since=ctx.today, maker=ctx.account,
        )  # fmt: skip
        # Two acts may begin the list at once: the first one's rule holds for both.
        ListOrder.objects.bulk_create([row], ignore_conflicts=True)
        held = locked_order(ctx, programme)
        assert held
    return order.rule_of(held)


def locked_order(ctx: ActContext, programme: str) -> ListOrder | None:
    """The list's rule, locked: who qualifies while the list is ordered anew waits, and is placed by the new rule."""
    rows = ListOrder.objects.select_for_update().filter(region=ctx.region, programme=programme).order_by("-serial")
    held = rows.first()
    # A row waited for may no longer be the latest.
    while held and (latest := order.list_rule(ctx.region, programme)) and latest.pk != held.pk:
        held = rows.first()
    return held


def _set(ctx: ActContext, programme: str, on: date | None) -> Rule:
    days = Days(ctx)
    if on is None:
        return order.set_rule(programme, days[ctx.today])
    try:
        return order.set_rule(programme, days[ctx.today])
    except Refused:
        return order.set_rule(programme, days[on])


def give_places(ctx: ActContext, rows: Sequence[Application], on: date, *, state: str = "qualified") -> list[str]:
    """Put households on their lists, each with its key by the list's rule; the keys. Three statements whatever their number."""
    rules = {programme: list_rule(ctx, programme) for programme in sorted({row.programme for row in rows})}
    needs = order.needs_of(ctx.region, [row.id for row in rows])
    earlier = _restored(ctx, rows)
    keys = []
    for row in rows:
        row.qualified_on, row.order_on = on, earlier.get(row.id)
        row.priority, row.sort_key = order.placed(row, rules[row.programme], needs)
        keys.append(row.sort_key)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE needs_application a SET state = %s, qualified_on = %s, order_on = u.order_on, priority = u.priority,"
            " sort_key = u.key FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::date[])"
            " AS u (id, key, priority, order_on) WHERE a.region = %s AND a.id = u.id",
            [
                state, on, [row.id for row in rows], keys, [row.priority for row in rows],
                [row.order_on for row in rows], ctx.region,
            ],
        )  # fmt: skip
    for row in rows:
        row.state = state
    return keys


def _restored(ctx: ActContext, rows: Sequence[Application]) -> dict[UUID, date]:
    """After another look that succeeded, the place counts from the end of the first publicity it would have stood in.

    That is the earliest one of its programme that began on or after the day of the refusal: nobody loses by a wrong no.
    """
    found: dict[UUID, date] = {}
    granted = Reconsideration.objects.filter(
        region=ctx.region, application_id__in=[row.id for row in rows], granted=True
    ).select_related("refusal")
    programmes = {row.id: row.programme for row in rows}
    for look in granted:
        refused_on = look.refusal.reviewed_at.date()
        first = (
            Publicity.objects.filter(region=ctx.region, from_on__gte=refused_on, ended_on__isnull=False)
            .filter(applications__programme=programmes[look.application_id])
            .order_by("ended_on")
            .first()
        )
        if first and first.ended_on and first.ended_on < ctx.today:
            found[look.application_id] = min(first.ended_on, found.get(look.application_id, first.ended_on))
    return found


@act(clause=CLAUSE, title="按新规则重排轮候库")
def reorder_list(*, ctx: ActContext, programme: str, reason: str) -> ListOrder:
    """Order a list anew by what the county has set for today: every key is made again, the old ones stay in the history.

    Raises Refused where the list is kept by that rule already, or where points decide and a household has none.
    """
    if programme not in TITLES:
        raise InvalidInput(f"申请类别应为{'、'.join(TITLES.values())}，没有重排", field="programme", clause=CLAUSE)
    if not reason.strip():
        raise InvalidInput("请写明重排的依据（文件和文号），没有重排", field="reason", clause=CLAUSE)
    held = locked_order(ctx, programme)
    if held is None:
        raise Refused(f"{TITLES[programme]}的轮候库还没有家庭，不用重排", clause=CLAUSE)
    rule = order.set_rule(programme, ctx.inforce())
    if rule == order.rule_of(held):
        raise Refused(
            f"{TITLES[programme]}的轮候库已按现行规则（{order.METHODS[rule.method]}）排序，没有重排；规则改了再办",
            clause=CLAUSE,
        )
    rows = list(
        Application.objects.select_for_update()
        .filter(region=ctx.region, programme=programme, state__in=KEPT)
        .exclude(sort_key="")
        .defer("phone", "verdicts")
        .order_by("id")
    )
    fresh = ListOrder.objects.create(
        region=ctx.region, programme=programme, serial=held.serial + 1, method=rule.method, groups=list(rule.groups),
        since=ctx.today, reason=reason.strip()[:300], maker=ctx.account,
    )  # fmt: skip
    old = {row.id: row.sort_key for row in rows}
    _move(ctx, rows, rule)
    ctx.on(fresh, programme=programme, was=held.method, now=rule.method, reason=fresh.reason, households=len(rows))
    ctx.items((row.id, f"{row.number}|{old[row.id]}|{row.sort_key}") for row in rows)
    return fresh


@act(clause=CLAUSE, title="重算位次")
def recalculate_place(*, ctx: ActContext, application_id: UUID, reason: str) -> Application:
    """Make one household's key again by the list's rule and its facts as they stand: corrected points, a confirmed need.

    Raises Refused where it has no place, or where nothing changes.
    """
    row = locked(ctx, application_id)
    ctx.on(row, reason=reason.strip(), was=row.sort_key)
    if not reason.strip():
        raise InvalidInput("请写明重算位次的原因，没有办理", field="reason", clause=CLAUSE)
    if not row.sort_key or row.state not in KEPT:
        raise Refused(f"申请 {row.number} 为「{row.get_state_display()}」，没有位次，没有办理", clause=CLAUSE)
    old = row.sort_key
    _move(ctx, [row], list_rule(ctx, row.programme))
    if row.sort_key == old:
        raise Refused(f"申请 {row.number} 按现有事实位次不变，没有办理；请先更正积分或确认需要", clause=CLAUSE)
    ctx.on(row, now=row.sort_key)
    return row


def _move(ctx: ActContext, rows: Sequence[Application], rule: Rule) -> None:
    needs = order.needs_of(ctx.region, [row.id for row in rows])
    for row in rows:
        row.priority, row.sort_key = order.placed(row, rule, needs)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE needs_application a SET priority = u.priority, sort_key = u.key"
            " FROM unnest(%s::uuid[], %s::text[], %s::smallint[]) AS u (id, key, priority)"
            " WHERE a.region = %s AND a.id = u.id AND a.sort_key <> u.key",
            [[row.id for row in rows], [row.sort_key for row in rows], [row.priority for row in rows], ctx.region],
        )
