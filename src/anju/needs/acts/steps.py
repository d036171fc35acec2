"""What the acts of this room share: the transition table, locking, numbers, clashes, whose case it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from anju.base.acts import ActContext, Forbidden, Refused, Transitions
from anju.base.claims import seam
from anju.base.claims.seam import Clash
from anju.base.messages import outbox
from anju.base.numbers import mask_name
from anju.base.regions import uuid7
from anju.base.secrets import unseal
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.base.tickets.models import Ticket
from anju.needs import opinions, proxies
from anju.needs.judging import Days
from anju.needs.models import Application, Proxy
from anju.needs.route import FIRST, SECOND, Step, route, step_of, waiting_at
from anju.needs.wordings import NUMBER
from anju.parties.models import Account, Region
from anju.policy.parameters import Unset

CLAUSE = "3.2-0"
FAMILY = "family"

__all__ = ["FIRST", "SECOND"]

STATES = Transitions(
    titles=dict(Application.STATES),
    table={
        "submitted": frozenset({"first_passed", "supplement", "refused", "withdrawn", "merged", "lapsed"}),
        "supplement": frozenset({"submitted", "first_passed", "second_passed", "reviewed", "refused", "withdrawn", "merged", "lapsed"}),
        "first_passed": frozenset({"second_passed", "reviewed", "supplement", "refused", "withdrawn", "merged", "lapsed"}),
        "second_passed": frozenset({"reviewed", "supplement", "refused", "withdrawn", "merged", "lapsed"}),
        "reviewed": frozenset({"publicity", "supplement", "refused", "withdrawn", "merged", "lapsed"}),
        "publicity": frozenset({"qualified", "supplement", "refused", "withdrawn", "lapsed"}),
        "qualified": frozenset({"housed", "suspended", "lapsed", "withdrawn", "merged"}),
        "suspended": frozenset({"qualified", "lapsed", "withdrawn", "merged"}),
        "held": frozenset({"submitted", "qualified", "housed", "refused", "withdrawn"}),
        "housed": frozenset({"vacated"}),
        # By another look alone (复核), and by the way back from a lapse.
        "refused": frozenset({"first_passed", "second_passed", "reviewed", "held"}),
        "lapsed": frozenset({"qualified"}),
        "withdrawn": frozenset({
            "submitted", "supplement", "first_passed", "second_passed", "reviewed", "publicity", "qualified", "suspended", "held",
        }),
    },
    clause=CLAUSE,
)  # fmt: skip


def may_move(row: Application, to: str) -> bool:
    """Whether the table has this step: what a page offers; the act asks again."""
    return to in STATES.table.get(row.state, frozenset())


def locked(ctx: ActContext, application_id: UUID, *, proxy: tuple[str, str] = ("", "")) -> Application:
    """One application of the act's region, locked; a family's only where it is its own. Raises Refused, Forbidden.

    ``proxy``: the scope that lets somebody do it for the family (代办), and what it is called in the message that tells the family;
    empty where only the family itself may.
    """
    row = Application.objects.select_for_update().filter(region=ctx.region, id=application_id).first()
    if row is None:
        raise Refused(f"{ctx.region} 没有这份申请，没有办理；请从申请列表重新打开", clause=CLAUSE)
    if ctx.post == FAMILY and not is_own(ctx, row) and not _acts_for(ctx, row, *proxy):
        raise Forbidden(
            "这份申请不是用本账号的手机号登记的，不能办理；请用登记的手机号登录，或到受理窗口办理", clause=CLAUSE
        )
    return row


def _acts_for(ctx: ActContext, row: Application, need: str, what: str) -> bool:
    """Whether the account acts by a live proxy that reaches so far; the family is told of what is done."""
    found = proxies.live_of(proxies.phone_of(ctx.account), row, ctx.today) if need else None
    if found is None or not proxies.may(found, need):
        return False
    ctx.entry.facts.update(proxy=str(found.id))
    if what:
        tell(
            ctx,
            row,
            "proxy-acted",
            {"代办人": mask_name(found.name), "事项": what},
            ctx.act,
        )
    return True


def locked_many(ctx: ActContext, ids: Iterable[UUID], state: str, *, unread: tuple[str, ...] = ()) -> list[Application]:
    """Those of the ids that stand in ``state`` in the act's region, locked in key order; ``unread`` fields stay behind."""
    rows = Application.objects.select_for_update().filter(region=ctx.region, id__in=list(ids), state=state)
    return list(rows.defer("phone", *unread).order_by("id"))


def who(ctx: ActContext) -> UUID:
    """The account behind the act. Raises Refused where there is none: these acts are answered for by a person."""
    if ctx.account is None:
        raise Refused("须由具名账号办理，没有办理；请登录后再办", clause=CLAUSE)
    return ctx.account


def is_own(ctx: ActContext, row: Application) -> bool:
    """Whether the acting account is bound to the application's phone.

    Having made it does not suffice: a number that was given back goes to a stranger, and the old account with it.
    """
    if ctx.account is None:
        return False
    phone = Account.objects.filter(pk=ctx.account).values_list("phone_blind", flat=True).first()
    return phone is not None and bytes(phone) == bytes(row.phone_blind)


def show_to_family(ctx: ActContext, rows: Iterable[Application]) -> None:
    """The account of the application's phone, where there is one, sees its case; one opened later finds it by itself."""
    cases = list(rows)
    accounts = Account.objects.filter(phone_blind__in=[row.phone_blind for row in cases], is_active=True)
    by_phone = {bytes(phone): account for account, phone in accounts.values_list("id", "phone_blind") if phone}
    for row in cases:
        account = by_phone.get(bytes(row.phone_blind))
        if account:
            seam.show_to(account, [row.id], region=ctx.region)


def hide_from_phone(ctx: ActContext, row: Application, phone_blind: bytes) -> None:
    """The account of a phone that is no longer the application's sees it no more, unless it is the household's proxy (代办) today."""
    proxies = Proxy.objects.filter(region=row.region, application=row, phone_blind=phone_blind, ended_on__isnull=True)
    if proxies.filter(since__lte=ctx.today, until_on__gte=ctx.today).exists():
        return
    for account in Account.objects.filter(phone_blind=phone_blind).values_list("id", flat=True):
        seam.hide_from(account, row.id, region=ctx.region)


def next_numbers(region: str, on: date, count: int) -> list[str]:
    """``count`` new numbers, ``231202-2603-000731``. Called last in an act: other acts of the region wait for its end."""
    month = f"{on:%y%m}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO needs_applicationnumber AS n (id, region, month, last) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (region, month) DO UPDATE SET last = n.last + excluded.last RETURNING last",
            [uuid7(), region, month, count],
        )
        last = cursor.fetchone()[0]
    return [f"{region}-{month}-{number:06d}" for number in range(last - count + 1, last + 1)]


def clash_sentence(
    clashes: Sequence[Clash], names: dict[bytes, str], region: str, ctx: ActContext | None = None
) -> str:
    """Enough to resolve the clash, and no more: which member, which county, and for a clerk the other case's masked number, its
    state and the office's phone. A family learns the county and the phone."""
    parts = []
    for clash in clashes[:3]:
        who = names.get(clash.person, "一名家庭成员")
        parts.append(f"{who}已在{_where(clash, region, ctx)}")
    more = f"等 {len(clashes)} 人" if len(clashes) > 3 else ""
    return f"{'；'.join(parts)}{more}，每人只能在一份有效申请中，没有受理；请先撤回原申请，或与该受理窗口核对证件号码"


def _where(clash: Clash, region: str, ctx: ActContext | None) -> str:
    if clash.region != region:
        name = Region.objects.filter(code=clash.region).values_list("name", flat=True).first() or clash.region
        return f"{name}（{clash.region}）的一份有效申请中{_glimpse(clash, ctx)}"
    number = Application.objects.filter(region=region, id=clash.case).values_list("number", flat=True).first()
    return f"本地申请 {number} 中" if number else "本地正在办理的另一份申请中"


def _glimpse(clash: Clash, ctx: ActContext | None) -> str:
    """The other county's case as far as a clerk needs it; the function behind it answers only who names the person."""
    if ctx is None:
        return ""
    phone = ctx.inforce(region=clash.region).get("intake_phone")
    office = "" if isinstance(phone, Unset) else f"受理窗口电话 {phone.value}"
    if ctx.post == FAMILY:
        return f"（{office}）" if office else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, state FROM application_glimpse(%s, %s)", [clash.case, clash.person])
        found = cursor.fetchone()
    seen = f"受理号 {found[0]}，{STATES.titles.get(found[1], found[1])}" if found else "正在办理"
    return f"（{'，'.join(filter(None, [seen, office]))}）"


def reserve(ctx: ActContext, application: UUID, names: dict[bytes, str]) -> None:
    """Take the one live application of each member. Raises Refused with the clash."""
    clashes = seam.reserve(seam.LIVE_APPLICATION, names, case=application, region=ctx.region)
    if clashes:
        raise Refused(clash_sentence(clashes, names, ctx.region, ctx), clause=CLAUSE)


def release(ctx: ActContext, application: UUID) -> None:
    """Give the members' one live application back."""
    seam.release(seam.LIVE_APPLICATION, case=application, region=ctx.region)


def limit(ctx: ActContext, name: str) -> int | None:
    """A time limit in working days that runs from today; None while nobody has set it."""
    value = ctx.inforce().get(name)
    return None if isinstance(value, Unset) else int(value.value)


def tell(ctx: ActContext, row: Application, template: str, values: Mapping[str, str], once: object) -> None:
    """Put a message to the household into the outbox, once per ``once``; ``values`` are its wording's beside the case's number."""
    outbox.queue(
        region=ctx.region,
        phone=unseal(row.phone),
        template=template,
        values={NUMBER: row.number, **values},
        once_key=f"{template}:{once}",
        now=ctx.now,
        case=row.id,
    )


def follow_phone(ctx: ActContext, row: Application, old_phone: bytes) -> None:
    """What still waits for a phone that is no longer the household's goes to the one it has now, under the log entry of this act.

    A message that a worker is handing over at this very moment may still go out: it was claimed before the act.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT messages_follow(%s, %s)", [row.id, old_phone])
        if moved := cursor.fetchone()[0]:
            ctx.entry.facts["messages_moved"] = moved


def route_of(ctx: ActContext, row: Application, days: Days | None = None) -> tuple[Step, ...]:
    """The steps of a case: those of the day it was accepted, for ever."""
    return route((days or Days(ctx))[row.accepted_on])


def put_on_desk(ctx: ActContext, row: Application, step: str, days: Days | None = None) -> None:
    """One ticket for the step that waits, its clock by the county's limit; earlier ones of the case are closed."""
    close_tickets(ctx=ctx, obj=row, outcome=row.get_state_display())
    found = step_of(route_of(ctx, row, days), step)
    open_step(ctx, row, found)
    opinions.ask(ctx, [row], found)


def open_step(ctx: ActContext, row: Application, step: Step) -> Ticket:
    """The step's ticket of one case, opened where it is not; its days by what holds today."""
    now = waiting_at(route(ctx.inforce()), step.waits) or step
    return open_ticket(
        ctx=ctx, kind=f"needs.{step.code}_review", title=f"{step.title} {row.number}（{row.get_programme_display()}）",
        post=step.post, obj=row, url=f"/needs/{row.id}/", limit_days=now.days,
    )  # fmt: skip


def back_on_desk(ctx: ActContext, row: Application) -> None:
    """The ticket of whatever step the case waits for now, if it waits for one."""
    step = waiting_at(route_of(ctx, row), row.state)
    if step:
        put_on_desk(ctx, row, step.code)
