"""Write a portal text, release it as a publication, take it down. What is released was scanned for numbers of persons."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.notices.models import PortalText
from anju.base.publication.models import Publication
from anju.base.publication.release import release, scan

CLAUSE = "3.5-2"
BODY_MAX = {PortalText.GUIDE: 8_000, PortalText.ANSWER: 2_000, PortalText.NOTICE: 200}
# The kinds of publication that these become; no news.
PUBLISHED = {kind: f"portal-{kind}" for kind, _ in PortalText.KINDS}


@act(clause=CLAUSE, title="起草门户文字")
def draft_text(
    *, ctx: ActContext, kind: str, title: str, body: str, shown_from: date, until: date | None = None, order: int = 100,
    text_id: UUID | None = None,
) -> PortalText:  # fmt: skip
    """Keep a draft, or change one that is not released yet (``text_id``).

    Raises InvalidInput for a personal number in it, a text too long, a notice without a last day, days that cannot be.
    """
    _check(ctx, kind, title, body, shown_from, until, order)
    if ctx.account is None:
        raise Refused("须由具名账号办理，没有保存；请登录后再办", clause=CLAUSE)
    row = _draft(ctx, text_id) if text_id else PortalText(region=ctx.region)
    row.kind, row.title, row.body = kind, title.strip(), body.strip()
    row.shown_from, row.until, row.order = shown_from, until, order
    row.drafted_by, row.drafted_at = ctx.account, ctx.now
    row.save()
    ctx.on(row, kind=kind, title=row.title, shown_from=shown_from, until=until)
    return row


@act(clause=CLAUSE, title="发布门户文字")
def release_text(*, ctx: ActContext, text_id: UUID) -> PortalText:
    """Show a draft on the portal from its first to its last day. Raises Refused where it holds a personal number or is over."""
    row = _draft(ctx, text_id)
    ctx.on(row, kind=row.kind, title=row.title)
    _check(ctx, row.kind, row.title, row.body, row.shown_from, row.until, row.order)
    body = {"text": row.body, "from": row.shown_from.isoformat(), "order": row.order}
    row.publication = release(
        ctx=ctx, kind=PUBLISHED[row.kind], title=row.title, slug=str(row.id), body=body, obj=row, until=row.until
    )
    row.state, row.released_by = PortalText.SHOWN, ctx.account
    row.save(update_fields=["state", "released_by", "publication"])
    return row


@act(clause=CLAUSE, title="撤下门户文字")
def take_text_down(*, ctx: ActContext, text_id: UUID, reason: str) -> PortalText:
    """Take one off the portal at once; what it said stays in the list. Raises Conflict where it is not shown."""
    row = _locked(ctx, text_id)
    ctx.on(row, title=row.title, reason=reason.strip()[:200])
    if row.state != PortalText.SHOWN:
        raise Conflict(f"「{row.title}」{row.get_state_display()}，没有撤下；请刷新页面查看", clause=CLAUSE)
    if not reason.strip():
        raise InvalidInput("请写明为什么撤下，没有撤下", field="reason", clause=CLAUSE)
    assert row.publication_id  # a shown text has its publication: a_shown_text_was_released
    Publication.objects.filter(region=ctx.region, pk=row.publication_id).update(visible=False)
    row.state = PortalText.DOWN
    row.save(update_fields=["state"])
    return row


def _check(
    ctx: ActContext, kind: str, title: str, body: str, shown_from: date, until: date | None, order: int
) -> None:  # fmt: skip
    if kind not in BODY_MAX:
        raise InvalidInput("种类应为指南、问答或通知，没有保存", field="kind", clause=CLAUSE)
    if not title.strip() or not body.strip():
        raise InvalidInput("标题和内容都要填，没有保存", field="title" if not title.strip() else "body", clause=CLAUSE)
    if len(title) > 100 or len(body) > BODY_MAX[kind]:
        raise InvalidInput(
            f"标题最多 100 个字、内容最多 {BODY_MAX[kind]} 个字，收到 {len(title)} 和 {len(body)} 个字，没有保存；请删减",
            field="body", clause=CLAUSE,
        )  # fmt: skip
    found = scan({"title": title, "text": body})
    if found:
        raise InvalidInput(f"内容含有{'、'.join(found)}，没有保存；请删去后再存", field="body", clause=CLAUSE)
    if kind == PortalText.NOTICE and until is None:
        raise InvalidInput("通知栏要写最后一天，到期自动撤下，没有保存", field="until", clause=CLAUSE)
    if until is not None and until < max(shown_from, ctx.today):
        raise InvalidInput(
            f"最后一天 {until} 早于第一天 {shown_from} 或今天 {ctx.today}，没有保存；请改日期",
            field="until",
            clause=CLAUSE,
        )
    if not 0 <= order <= 999:
        raise InvalidInput(f"次序应在 0 至 999 之间，收到 {order}，没有保存", field="order", clause=CLAUSE)


def _locked(ctx: ActContext, text_id: UUID) -> PortalText:
    row = PortalText.objects.select_for_update(of=("self",)).filter(region=ctx.region, pk=text_id).first()
    if row is None:
        raise InvalidInput("没有这段门户文字，或它不属于本区划，没有办理；请从清单进入", field="text_id", clause=CLAUSE)
    return row


def _draft(ctx: ActContext, text_id: UUID) -> PortalText:
    row = _locked(ctx, text_id)
    if row.state != PortalText.DRAFT:
        raise Conflict(f"「{row.title}」{row.get_state_display()}，不能再改；要改请撤下后重新起草", clause=CLAUSE)
    return row
