"""A person's copy of the data, leaving (注销), and what goes when its days are over (保存期限)."""

import contextlib
from datetime import date, timedelta
from uuid import UUID

from django.db import connection, transaction

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.files.store import path_of
from anju.base.messages.models import Message
from anju.base.secrets import seal
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs import retention
from anju.needs.acts.steps import FAMILY, locked, who
from anju.needs.models import Application, Ban, Draft, Erasure, Objection, Reconsideration, Review
from anju.policy.parameters import Unset

CLAUSE = "4.5"
GONE = "已删除"
ENDED = ("refused", "withdrawn", "lapsed", "merged", "vacated")
REASON_MAX = 300


@act(clause=CLAUSE, title="取得个人信息副本")
def copy_my_data(*, ctx: ActContext, application_id: UUID, reason: str = "") -> Application:
    """Note that the household, or a clerk for one at the counter, took a copy of all that the house holds of it.

    The page makes the file (``needs.copies``): nothing of it stands in the log. Raises InvalidInput where a clerk gives no reason.
    """
    row = locked(ctx, application_id)
    text = "本人取得" if ctx.post == FAMILY and not reason.strip() else _reason(reason)
    ctx.on(row, reason=text)
    return row


@act(clause=CLAUSE, title="打印申请")
def print_case(*, ctx: ActContext, application_id: UUID, reason: str) -> Application:
    """Leave an entry that this person took the case to print, numbers in full, and why; the page then gives the sheet."""
    row = locked(ctx, application_id)
    ctx.on(row, reason=_reason(reason))
    return row


@act(clause=CLAUSE, title="申请注销个人信息")
def ask_erasure(*, ctx: ActContext, application_id: UUID, reason: str) -> Erasure:
    """The household, or a clerk for it, asks that its case be forgotten. Raises Refused for a case that is live or housed."""
    row = locked(ctx, application_id)
    ctx.on(row, reason=_reason(reason))
    _may_leave(row)
    if row.erasures.exists():
        raise Refused(f"申请 {row.number} 已提出过注销，没有重复登记；请等待办理", clause=CLAUSE)
    way = "portal" if ctx.post == FAMILY else "counter"
    found = Erasure.objects.create(
        region=ctx.region, application=row, way=way, reason=_reason(reason), asked_on=ctx.today, asked_by=who(ctx)
    )
    open_ticket(
        ctx=ctx, kind="needs.erasure", title=f"注销个人信息 {row.number}", post="reviewer", obj=found,
        url=f"/needs/erasures/{found.id}/", limit_days=None,
    )  # fmt: skip
    return found


@act(clause=CLAUSE, title="撤销注销申请")
def end_erasure(*, ctx: ActContext, erasure_id: UUID, reason: str) -> Application:
    """Nothing is to be forgotten after all: the household takes the question back, or a reviewer declines it with a reason."""
    found = _erasure(ctx, erasure_id)
    row = locked(ctx, found.application_id)
    ctx.on(row, reason=_reason(reason))
    close_tickets(ctx=ctx, obj=found, outcome="不再注销")
    found.delete()
    return row


@act(clause=CLAUSE, title="注销个人信息")
def erase_case(*, ctx: ActContext, erasure_id: UUID) -> Erasure:
    """Forget a case, by another person than who asked and who opened it; number, days, states and outcomes stay.

    Papers go too, unless a decision still rests on them: then the erasure says which rule keeps them and until when.
    Raises Refused for a live or housed case, and while an objection, another look or a ban is undecided.
    """
    found = _erasure(ctx, erasure_id)
    row = locked(ctx, found.application_id)
    ctx.on(found, application=str(row.id), way=found.way)
    ctx.other_than(found.asked_by, "注销")
    if row.maker is not None:
        ctx.other_than(row.maker, "注销")
    _may_leave(row)
    _nothing_open(row)
    found.kept_rule, found.kept_until = _kept(ctx, row)
    found.state, found.decided_on, found.decided_by = "erased", ctx.today, who(ctx)
    found.save()
    _forget(found)
    close_tickets(ctx=ctx, obj=found, outcome="已注销")
    close_tickets(ctx=ctx, obj=row, outcome="已注销")
    return found


@act(clause=CLAUSE, title="保存期满，成批注销")
def erase_due(*, ctx: ActContext, ids: list[UUID]) -> int:
    """Forget the cases among ``ids`` whose days are over by the county's own rule; how many. Raises Refused where none is set."""
    due = {row.id for row in retention.due(ctx)}
    chosen = [key for key in ids if key in due]
    if not chosen:
        raise Refused("所选申请没有保存期满的，或本地没有规定保存年限，没有注销", clause=CLAUSE)
    for key in sorted(chosen):
        row = locked(ctx, key)
        found = row.erasures.first() or Erasure.objects.create(
            region=ctx.region, application=row, way="retention", reason="保存期满", asked_on=ctx.today
        )
        erase_case(ctx=ctx, erasure_id=found.id)
    ctx.items([(key, "erased") for key in chosen])
    return len(chosen)


@act(clause=CLAUSE, title="清除到期的留存材料")
def clear_kept(*, ctx: ActContext, erasure_id: UUID) -> Erasure:
    """What a rule kept goes once its last day has passed. Raises Refused before."""
    found = Erasure.objects.select_for_update().filter(region=ctx.region, id=erasure_id, state="erased").first()
    if found is None or found.kept_until is None or found.cleared_on is not None:
        raise Refused("没有这项待清除的留存材料，没有办理；请刷新清单", clause=CLAUSE)
    ctx.on(found, rule=found.kept_rule, until=str(found.kept_until))
    if ctx.today <= found.kept_until:
        raise Refused(f"材料按「{found.kept_rule}」留存到 {found.kept_until}，没有清除；请期满后再办", clause=CLAUSE)
    found.cleared_on = ctx.today
    found.save(update_fields=["cleared_on"])
    _forget(found)
    return found


@act(clause=CLAUSE, title="清除到期的草稿、短信、登录记录、导入文件和单位报送")
def drop_old(*, ctx: ActContext) -> dict[str, int]:
    """Drafts nobody touched, texts long sent, old sign-ins, brought files and employers' entries that led to nothing: each by its own rule.

    A rule that is not set drops nothing.
    """
    days = {name: retention.last_day(ctx, name) for name in retention.BY_WORKER}
    gone = {"drafts": 0, "messages": 0, "sign_ins": 0, "loads": 0, "entries": 0}
    if before := days["retention_draft_days"]:
        gone["drafts"] = retention.old_drafts(ctx.region, before).delete()[1].get(Draft._meta.label, 0)
    if before := days["retention_message_days"]:
        gone["messages"] = retention.old_messages(ctx.region, before).delete()[1].get(Message._meta.label, 0)
    if before := days["retention_signin_months"]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sign_ins_drop(%s)", [retention.midnight(before)])
            gone["sign_ins"] = cursor.fetchone()[0]
    if before := days["retention_load_days"]:
        gone["loads"] = retention.old_loads(ctx.region, before).count()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sha256 FROM loads_drop(%s, %s)", [retention.midnight(before), retention.personal_kinds()]
            )
            _off_the_disk([digest for (digest,) in cursor.fetchall()])
    if before := days["retention_entry_days"]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT entries_drop(%s)", [before])
            gone["entries"] = cursor.fetchone()[0]
    ctx.entry.facts.update(gone, before={name: str(day) for name, day in days.items()})
    return gone


def _forget(found: Erasure) -> None:
    """Let the database blank the case; files of nobody leave the disk once that stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256 FROM case_erase(%s, %s)", [found.id, seal(GONE)])
        _off_the_disk([digest for (digest,) in cursor.fetchall()])


def _off_the_disk(digests: list[str]) -> None:
    """Once the act stands: bytes that no row names any more."""

    def unlink() -> None:
        for digest in digests:
            with contextlib.suppress(FileNotFoundError):
                path_of(digest).unlink()

    transaction.on_commit(unlink)


def _erasure(ctx: ActContext, key: UUID) -> Erasure:
    found = Erasure.objects.select_for_update().filter(region=ctx.region, id=key).first()
    if found is None:
        raise Refused(f"{ctx.region} 没有这项注销申请，没有办理；请从注销清单重新打开", clause=CLAUSE)
    if found.state != "asked":
        raise Refused(f"这项注销已于 {found.decided_on} 办结，没有再办", clause=CLAUSE)
    return found


def _may_leave(row: Application) -> None:
    if row.state not in ENDED:
        why = (
            "住房合同还在履行，退房后再办"
            if row.state == "housed"
            else "申请还在办理或轮候，先撤回申请（撤回后不再轮候）"
        )
        raise Refused(f"申请 {row.number} 当前为「{row.get_state_display()}」，不能注销：{why}", clause=CLAUSE)


def _nothing_open(row: Application) -> None:
    own = {"region": row.region, "application": row, "decided_on__isnull": True}
    for model, what in ((Objection, "公示异议"), (Reconsideration, "复核"), (Ban, "限制申请")):
        if model._default_manager.filter(**own).exists():
            raise Refused(f"申请 {row.number} 有没有决定的{what}，没有注销；请先办结", clause=CLAUSE)


def _kept(ctx: ActContext, row: Application) -> tuple[str, date | None]:
    """Which rule still keeps the papers, and its last day: the latest of those that do."""
    found: list[tuple[date, str]] = []
    for ban in Ban.objects.filter(region=row.region, application=row, state="imposed", until_on__gte=ctx.today):
        assert ban.until_on
        found.append((ban.until_on, f"限制申请（{ban.get_ground_display()}）的决定"))
    refusal = (
        Review.objects.filter(region=row.region, application=row, outcome="refuse").order_by("-reviewed_at").first()
    )
    days = ctx.inforce().get("relook_days")
    if row.state == "refused" and refusal and not isinstance(days, Unset):
        found.append((refusal.reviewed_at.date() + timedelta(days=int(days.value)), "不予通过的复核期"))
    live = [(day, rule) for day, rule in found if day >= ctx.today]
    return (max(live)[1], max(live)[0]) if live else ("", None)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("请写明事由，没有办理", field="reason", clause=CLAUSE)
    return reason.strip()[:REASON_MAX]
