"""Draft a wording, release it by a second person, take a draft back."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.wordings.kinds import KINDS, WordingKind
from anju.base.wordings.models import Wording
from anju.base.wordings.text import faults

CLAUSE = "4.4"


@act(clause=CLAUSE, title="起草文字模板")
def draft_wording(*, ctx: ActContext, code: str, text: str, valid_from: date) -> Wording:
    """Keep a draft; it says nothing to anybody before a second person releases it.

    Raises InvalidInput for a placeholder that is not on the list (by name and place), a message without a next step, a day gone by.
    """
    kind = kind_named(code)
    found = faults(kind, text)
    if found:
        raise InvalidInput(f"没有保存：{'；'.join(found)}", field="text", clause=CLAUSE)
    _from_today(ctx, valid_from)
    if ctx.account is None:
        raise Refused("须由具名账号办理，没有保存；请登录后再办", clause=CLAUSE)
    row = Wording.objects.create(
        owner_region=ctx.region,
        code=code,
        text=text.strip(),
        valid_from=valid_from,
        drafted_by=ctx.account,
        drafted_at=ctx.now,
    )
    ctx.on(row, code=code, valid_from=valid_from, text=row.text)
    return row


@act(clause=CLAUSE, title="发布文字模板")
def release_wording(*, ctx: ActContext, wording_id: UUID, tried_on: str) -> Wording:
    """Put a draft in force from its day. Raises Refused for its own drafter, an unread preview, or another version of the same day."""
    row = _draft(ctx, wording_id)
    kind = kind_named(row.code)
    ctx.on(row, code=row.code, valid_from=row.valid_from, tried_on=tried_on)
    ctx.other_than(row.drafted_by, f"「{kind.title}」的模板")
    if not tried_on.strip():
        raise Refused("还没有在一个案件上预览，没有发布；请先选案件看效果", clause=CLAUSE)
    _from_today(ctx, row.valid_from)
    found = faults(kind, row.text)
    if found:
        raise Refused(f"没有发布：{'；'.join(found)}", clause=CLAUSE)
    row.state, row.released_by, row.released_at, row.tried_on = Wording.RELEASED, ctx.account, ctx.now, tried_on[:80]
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "released_by", "released_at", "tried_on"])
    except IntegrityError as error:
        raise Conflict(
            f"「{kind.title}」已有 {row.valid_from} 起施行的版本，没有发布；请改施行日期后重新起草", clause=CLAUSE
        ) from error
    return row


@act(clause=CLAUSE, title="撤回文字模板草稿")
def withdraw_wording(*, ctx: ActContext, wording_id: UUID) -> Wording:
    """Take a draft back; a released version stays, a later one follows it."""
    row = _draft(ctx, wording_id)
    row.state = Wording.WITHDRAWN
    row.save(update_fields=["state"])
    ctx.on(row, code=row.code)
    return row


def kind_named(code: str) -> WordingKind:
    """A kind. Raises InvalidInput."""
    if code not in KINDS:
        raise InvalidInput(f"没有「{code}」这种模板，没有办理；请从模板清单进入", field="code", clause=CLAUSE)
    return KINDS[code]


def _draft(ctx: ActContext, wording_id: UUID) -> Wording:
    row = Wording.objects.select_for_update().filter(owner_region=ctx.region, pk=wording_id).first()
    if row is None:
        raise InvalidInput(
            "没有这份草稿，或它不属于本区划，没有办理；请从模板清单进入", field="wording_id", clause=CLAUSE
        )
    if row.state != Wording.DRAFT:
        raise Conflict(f"这一版{row.get_state_display()}，没有办理；请刷新页面查看", clause=CLAUSE)
    return row


def _from_today(ctx: ActContext, valid_from: date) -> None:
    if valid_from < ctx.today:
        raise InvalidInput(
            f"施行日期 {valid_from} 早于今天 {ctx.today}，已发出的文字不能倒改，没有办理；请改为今天或以后",
            field="valid_from",
            clause=CLAUSE,
        )
