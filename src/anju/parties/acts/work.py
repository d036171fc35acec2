"""Open work (在办件): taken, assigned and handed on; leave cover (AB角); an account closes once its work has a new owner."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.tickets.models import Ticket
from anju.parties.acts.shared import filled, in_own_region, locked, person
from anju.parties.models import Account, Appointment, Cover
from anju.parties.posts import ADMINS, BY_CODE, FAMILY
from anju.parties.reads import live_appointments


def open_work(account_id: UUID) -> QuerySet[Ticket]:
    """The tickets in sight that an account has taken and not finished."""
    return Ticket.objects.filter(taken_by=account_id, done_on__isnull=True)


def keep_no_open_work(account: Account) -> None:
    """An account with open work is not closed. Raises Refused with the count and where it lies."""
    rows = open_work(account.pk).values("post").annotate(count=Count("id")).order_by("post")
    found = [(BY_CODE[row["post"]].title if row["post"] in BY_CODE else row["post"], row["count"]) for row in rows]
    if found:
        parts = "、".join(f"{title} {count} 件" for title, count in found)
        total = sum(count for _, count in found)
        raise Refused(
            f"账号「{account.username}」名下还有 {total} 件没有办结（{parts}），没有停用；请先移交给同岗位的同事",
            clause="4.5",
        )


@act(clause="4.5", title="移交全部在办件")
def hand_over_work(*, ctx: ActContext, account_id: UUID, to_id: UUID, reason: str) -> int:
    """Everything an account has taken and not finished goes to a colleague who holds the same posts; how many.

    Raises Refused naming the posts that the colleague does not hold: then nothing moves.
    """
    account = Account.objects.get(pk=account_id)
    rows = list(open_work(account_id).select_for_update().order_by("id"))
    if not rows:
        raise Refused(f"账号「{account.username}」名下没有在办件，没有移交", clause="4.5")
    why = filled(reason, "reason", "移交原因")
    done = _give(ctx, rows, to_id)
    ctx.on(account, to=str(to_id), reason=why, tickets=done)
    ctx.items((row.pk, f"{account_id}|{to_id}") for row in rows)
    return done


@act(clause="4.5", title="分派办件")
def assign_tickets(*, ctx: ActContext, ticket_ids: list[UUID], to_id: UUID) -> int:
    """Give open tickets to a colleague of their post: a head any, others those that nobody has or that are their own. How many."""
    rows = list(
        Ticket.objects.select_for_update().filter(id__in=ticket_ids, done_on__isnull=True).order_by("id")
    )  # fmt: skip
    if not rows:
        raise Refused("所选办件没有一件在办，没有分派；请刷新后再选", clause="4.5")
    others = [row for row in rows if row.taken_by not in (None, ctx.account)]
    if others and ctx.post != "office_head":
        raise Refused(
            f"「{others[0].title}」等 {len(others)} 件已由同事认领，没有分派；请该同事转交，或请专班办公室负责人分派",
            clause="4.5",
        )
    done = _give(ctx, rows, to_id)
    ctx.on(Account.objects.get(pk=to_id), tickets=done)
    ctx.items((row.pk, f"{row.title}|{to_id}") for row in rows)
    return done


def _give(ctx: ActContext, rows: Collection[Ticket], to_id: UUID) -> int:
    to = Account.objects.filter(pk=to_id, is_active=True).first()
    if to is None:
        raise InvalidInput("没有这个可用的账号，没有办理；请另选一人", field="to_id", clause="4.5")
    held = {(row.post_id, row.region) for row in live_appointments(ctx.today).filter(account=to)}
    short = _not_held(rows, held)
    if short:
        titles = "、".join(BY_CODE[post].title if post in BY_CODE else post for post in sorted(short))
        raise Refused(f"「{to.name}」不任{titles}，没有办理；请选任同一岗位的同事，或先授岗", clause="4.5")
    return Ticket.objects.filter(pk__in=[row.pk for row in rows]).update(taken_by=to_id)


def _not_held(rows: Iterable[Ticket], held: set[tuple[str, str]]) -> set[str]:
    """Posts of the tickets that ``held`` (post, region) does not cover, in the county itself or for its whole city."""
    places = {(row.post, row.region) for row in rows}
    return {post for post, region in places if not held & {(post, region), (post, region[:4] + "00")}}


def colleagues(ctx_region: str, post: str, on: date) -> list[Account]:
    """Who holds a post in a region's reach on a day, by name."""
    rows = live_appointments(on).filter(post=post, region__in={ctx_region, ctx_region[:4] + "00"})
    return sorted({row.account for row in rows}, key=lambda account: (account.name, str(account.pk)))


# --- leave cover


@act(clause="4.5", title="提出代岗（AB角）")
def propose_cover(
    *, ctx: ActContext, appointment_id: UUID, by_id: UUID, from_on: date, until_on: date, reason: str
) -> Cover:
    """A names B to do A's post for some days; it holds once a head has confirmed it."""
    post = locked(ctx, Appointment, appointment_id, "这个岗位")
    account = person(ctx)
    if post.account_id != account:
        raise Refused("只能为本人的岗位提出代岗，没有办理；请由本人提出", clause="4.5")
    if post.post_id in ADMINS or post.post_id == FAMILY:
        raise Refused(f"「{BY_CODE[post.post_id].title}」不能代岗，没有办理；管理员缺岗请按授岗办理", clause="4.5")
    if not ctx.today <= from_on <= until_on:
        raise InvalidInput(
            f"代岗日期 {from_on} 至 {until_on} 应自今天 {ctx.today} 或以后起，没有办理", "from_on", "4.5"
        )
    by = Account.objects.filter(pk=by_id, is_active=True).exclude(pk=account).first()
    if by is None:
        raise InvalidInput("代岗人应是另一个可用的账号，没有办理", field="by_id", clause="4.5")
    row = Cover.objects.create(
        region=post.region, appointment=post, account_id=account, by=by, from_on=from_on, until_on=until_on,
        reason=filled(reason, "reason", "代岗原因")[:200], maker=account,
    )  # fmt: skip
    ctx.on(row, by=str(by_id), from_on=from_on, until_on=until_on)
    return row


@act(clause="4.5", title="确认代岗（AB角）")
def confirm_cover(*, ctx: ActContext, cover_id: UUID, agreed: bool) -> Cover:
    """A head agrees: B holds A's post for those days and sees its desk; what B did before in the own post B does not check."""
    row = locked(ctx, Cover, cover_id, "这项代岗")
    ctx.on(row, agreed=agreed)
    if row.state != "proposed":
        raise Refused(f"这项代岗为「{row.get_state_display()}」，没有再办", clause="4.5")
    ctx.other_than(row.maker, "代岗")
    ctx.other_than(row.by_id, "代岗")
    row.decided_by, row.state = person(ctx), "confirmed" if agreed else "refused"
    if agreed:
        if row.until_on < ctx.today:
            raise Refused(f"代岗期已于 {row.until_on} 过去，没有确认", clause="4.5")
        in_own_region(ctx, row.appointment.region, "这个岗位")
        row.granted = Appointment.objects.create(
            account=row.by, post_id=row.appointment.post_id, region=row.appointment.region,
            organisation_id=row.appointment.organisation_id, since=max(row.from_on, ctx.today),
            until=row.until_on + timedelta(days=1),
        )  # fmt: skip
    row.save(update_fields=["decided_by", "state", "granted"])
    return row


@act(clause="4.5", title="结束代岗（AB角）")
def end_cover(*, ctx: ActContext, cover_id: UUID) -> Cover:
    """A is back before the last day, or a head ends it: B no longer holds the post."""
    row = locked(ctx, Cover, cover_id, "这项代岗")
    ctx.on(row)
    if row.state != "confirmed" or row.granted is None:
        raise Refused(f"这项代岗为「{row.get_state_display()}」，没有可以结束的代岗", clause="4.5")
    if ctx.account != row.account_id and ctx.post != "office_head":
        raise Refused("代岗由本人或专班办公室负责人结束，没有办理", clause="4.5")
    row.granted.until = max(row.granted.since, ctx.today)
    row.granted.save(update_fields=["until"])
    row.state = "ended"
    row.save(update_fields=["state"])
    return row
