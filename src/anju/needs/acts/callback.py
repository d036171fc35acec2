"""Call-back (回访): a round of calls by a rule, what families say is kept; nobody leaves the list by a clerk's word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.tickets.desk import new_ticket, open_tickets
from anju.needs.acts.steps import who
from anju.needs.models import PROGRAMMES, Application, Call, Campaign

CLAUSE = "3.2-0"
MOST, TRIES_MAX, NOTE_MAX = 5_000, 99, 200
SAID = {"confirmed": "确认", "changed": "变更", "given_up": "放弃", "unreachable": "联系不上"}
# What a clerk does next, and whose desk it lies on. A household that gives up must say so itself: signed at a counter or on the portal.
NEXT = {
    "changed": ("needs.callback_changed", "回访：家庭要变更意向，请更正 {number}（{note}）"),
    "given_up": ("needs.callback_given_up", "回访：家庭说要放弃，须本人撤回或到窗口签字，请联系 {number}"),
}


@dataclass(frozen=True)
class Heard:
    """What was heard of one household: by its application's number."""

    row: int
    number: str
    outcome: str
    tries: int
    note: str = ""


@act(clause=CLAUSE, title="建立回访名单")
def open_campaign(
    *, ctx: ActContext, title: str, due_on: date, programme: str = "", waited_days: int = 0, not_confirmed_since: date | None = None,
    most: int = MOST, clerks: Sequence[UUID] = (),
) -> Campaign:  # fmt: skip
    """List the county's households by the rule, first on the waiting list first, and share them out among the clerks.

    A household whose call of another round is still open is left out. Raises Refused where the rule finds nobody.
    """
    if ctx.region.endswith("00"):
        raise InvalidInput("回访按区县建立，没有建立；请选区县", field="region", clause=CLAUSE)
    if not title.strip():
        raise InvalidInput("请填写回访名称，没有建立", field="title", clause=CLAUSE)
    if due_on < ctx.today:
        raise InvalidInput(f"完成日期 {due_on} 早于今天 {ctx.today}，没有建立", field="due_on", clause=CLAUSE)
    if programme and programme not in dict(PROGRAMMES):
        raise InvalidInput(f"没有「{programme}」这一类，没有建立", field="programme", clause=CLAUSE)
    if not 1 <= most <= MOST:
        raise InvalidInput(f"户数应在 1 至 {MOST} 之间，收到 {most}，没有建立", field="most", clause=CLAUSE)
    rows = Application.objects.filter(region=ctx.region, state="qualified").exclude(calls__outcome="")
    if programme:
        rows = rows.filter(programme=programme)
    if waited_days:
        rows = rows.filter(qualified_on__lte=ctx.today - timedelta(waited_days))
    if not_confirmed_since:
        rows = rows.filter(Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=not_confirmed_since))
    keys = list(rows.order_by("programme", "sort_key", "id").values_list("id", flat=True)[:most])
    if not keys:
        raise Refused("没有一户合于条件（或都已在未办结的回访中），没有建立；请放宽条件", clause=CLAUSE)
    rule = {
        "programme": programme, "waited_days": waited_days, "most": most,
        "not_confirmed_since": not_confirmed_since.isoformat() if not_confirmed_since else "",
    }  # fmt: skip
    row = Campaign(
        region=ctx.region,
        title=title.strip()[:80],
        rule=rule,
        households=len(keys),
        opened_on=ctx.today,
        due_on=due_on,
        maker=who(ctx),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            Call.objects.bulk_create(
                Call(
                    region=ctx.region, campaign=row, application_id=key, assigned_to=clerks[at % len(clerks)] if clerks else None
                )
                for at, key in enumerate(keys)
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("已有同名的回访，或名单刚刚被别的回访列入，没有建立；请换名称后重试", clause=CLAUSE) from error
    ctx.on(row, title=row.title, households=len(keys), rule=rule)
    return row


@act(clause=CLAUSE, title="分派回访")
def assign_calls(*, ctx: ActContext, ids: Sequence[UUID], account: UUID) -> int:
    """Give open calls to a clerk; how many."""
    rows = Call.objects.filter(region=ctx.region, id__in=list(ids), outcome="")
    count = rows.update(assigned_to=account)
    ctx.entry.facts.update(account=str(account), calls=count)
    return count


@act(clause=CLAUSE, title="领取回访名单")
def take_call_list(*, ctx: ActContext, campaign_id: UUID, reason: str) -> Campaign:
    """Leave an entry that this person took the list with its phone numbers, and why; the page then gives the file.

    Its items are the households that the list names, so that each one's copy of its data can tell.
    """
    row = _campaign(ctx, campaign_id)
    if not reason.strip():
        raise InvalidInput("名单含手机号，请写明用途，没有导出", field="reason", clause=CLAUSE)
    ctx.on(row, reason=reason.strip()[:NOTE_MAX], read="手机号", households=row.households)
    ctx.items((case, "taken out") for case in listed(row, ctx.account).values_list("application_id", flat=True))
    return row


def listed(row: Campaign, account: UUID | None) -> QuerySet[Call]:
    """The calls of a list that an account takes: its own, or all where none is given to it; those who were heard are not called again."""
    rows = Call.objects.filter(region=row.region, campaign=row, outcome__in=["", "unreachable"])
    own = account is not None and Call.objects.filter(region=row.region, campaign=row, assigned_to=account).exists()
    return rows.filter(assigned_to=account) if own else rows


@act(clause=CLAUSE, title="登记回访结果")
def record_call(*, ctx: ActContext, call_id: UUID, outcome: str, tries: int, note: str = "") -> Call:
    """What one household said. Raises Refused where it was recorded, InvalidInput for what is missing."""
    row = (
        Call.objects.select_for_update(of=("self",))
        .select_related("application")
        .filter(region=ctx.region, id=call_id)
        .first()
    )
    if row is None:
        raise InvalidInput("没有这一户的回访，没有登记；请从回访名单重新打开", field="call_id", clause=CLAUSE)
    why = _fault(row, outcome, tries, note)
    if why:
        raise Refused(f"{row.application.number}：{why}，没有登记", clause=CLAUSE)
    _record(ctx, [(row, Heard(0, row.application.number, outcome, tries, note))])
    ctx.on(row, application=row.application.number, outcome=outcome, tries=tries)
    return row


@act(clause=CLAUSE, title="导入回访结果")
def take_outcomes(*, ctx: ActContext, campaign_id: UUID, heard: Sequence[Heard]) -> dict[str, Any]:
    """Many outcomes of one round: ``{"taken": n, "refused": [[row, sentence], …]}``."""
    campaign = _campaign(ctx, campaign_id)
    numbers = {one.number for one in heard}
    rows = Call.objects.select_for_update(of=("self",)).select_related("application").order_by("id")
    known = {
        row.application.number: row
        for row in rows.filter(region=ctx.region, campaign=campaign, application__number__in=numbers)
    }
    refused, good = [], []
    for one in heard:
        row = known.get(one.number)
        why = "不在本次回访名单中" if row is None else _fault(row, one.outcome, one.tries, one.note)
        if why or row is None:
            refused.append([one.row, f"{one.number} {why}，没有登记"])
        else:
            good.append((row, one))
    _record(ctx, good)
    ctx.on(campaign, taken=len(good), refused=len(refused))
    ctx.items((row.id, f"{one.number}|{one.outcome}|{one.tries}") for row, one in good)
    return {"taken": len(good), "refused": refused}


@act(clause=CLAUSE, title="办结回访")
def close_campaign(*, ctx: ActContext, campaign_id: UUID) -> Campaign:
    """End a round; whom nobody called is said to be so, and is free for the next."""
    row = _campaign(ctx, campaign_id)
    if row.closed_on is not None:
        raise Refused(f"回访「{row.title}」已于 {row.closed_on} 办结，没有再办", clause=CLAUSE)
    left = Call.objects.filter(region=ctx.region, campaign=row, outcome="").update(outcome="lapsed")
    row.closed_on = ctx.today
    row.save(update_fields=["closed_on"])
    ctx.on(row, title=row.title, not_called=left)
    return row


def _campaign(ctx: ActContext, campaign_id: UUID) -> Campaign:
    row = Campaign.objects.select_for_update().filter(region=ctx.region, id=campaign_id).first()
    if row is None:
        raise InvalidInput("没有这次回访，没有办理；请从回访列表重新打开", field="campaign_id", clause=CLAUSE)
    return row


def _fault(row: Call, outcome: str, tries: int, note: str) -> str:
    if row.outcome not in ("", "unreachable"):
        return f"已登记为「{row.get_outcome_display()}」"
    if outcome not in SAID:
        return f"结果「{outcome}」不认识，可选 {'、'.join(SAID.values())}"
    if not 1 <= tries <= TRIES_MAX or tries < row.tries:
        return f"联系次数 {tries} 应在 {max(1, row.tries)} 至 {TRIES_MAX} 之间"
    if outcome == "changed" and not note.strip():
        return "要变更的请写明变更什么"
    return ""


def _record(ctx: ActContext, pairs: Sequence[tuple[Call, Heard]]) -> None:
    """Keep what was said: a confirmation stands on the application, a change or a giving-up lies on a clerk's desk."""
    me, tickets = who(ctx), []
    for row, one in pairs:
        row.outcome, row.tries, row.note = one.outcome, one.tries, one.note.strip()[:NOTE_MAX]
        row.called_on, row.recorded_by = ctx.today, me
        if one.outcome in NEXT:
            kind, words = NEXT[one.outcome]
            tickets.append(
                new_ticket(
                    ctx=ctx, kind=kind, title=words.format(number=one.number, note=row.note), post="intake_clerk",
                    obj=row.application, url=f"/needs/{row.application_id}/", limit_days=None, due_on=None,
                )
            )  # fmt: skip
    Call.objects.bulk_update(
        [row for row, _ in pairs], ["outcome", "tries", "note", "called_on", "recorded_by"], batch_size=500
    )
    sure = [row.application_id for row, one in pairs if one.outcome == "confirmed"]
    if sure:
        Application.objects.filter(region=ctx.region, id__in=sure).update(confirmed_on=ctx.today)
    if tickets:
        open_tickets(rows=tickets)


def tally(campaign: Campaign) -> Mapping[str, int]:
    """Outcome → households of a round."""
    found: dict[str, int] = {}
    for outcome in Call.objects.filter(region=campaign.region, campaign=campaign).values_list("outcome", flat=True):
        found[outcome] = found.get(outcome, 0) + 1
    return found
