"""Write a note or a call down; what was wrong in one, a further one says. Nothing is ever edited."""

from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from anju.base.acts import ActContext, Forbidden, InvalidInput, Refused, act
from anju.base.calendar.days import working_days_between
from anju.base.notes.models import Note
from anju.base.numbers import mask_phone
from anju.base.tickets.desk import close_tickets_of, open_ticket

CLAUSE = "3.2-0"
NEXT = "base.note_next"
TEXT_MAX = 1000


@act(clause=CLAUSE, title="记备注或通话")
def add_note(
    *, ctx: ActContext, kind: str, object_kind: str, object_id: UUID, text: str, called: str = "", phone: str = "", outcome: str = "",
    next_step: str = "", next_on: date | None = None, corrects_id: UUID | None = None, url: str = "",
) -> Note:  # fmt: skip
    """Keep a note or a call about something the post may view; of the number only its mask is kept.

    A next step with its day comes up on the post's desk; a further note about the same thing closes it.
    Raises Forbidden where the post may not view the thing, InvalidInput for what is missing.
    """
    thing = thing_of(ctx, object_kind, object_id)
    _check(ctx, kind, text, called, outcome, next_step, next_on)
    if ctx.account is None:
        raise Refused("须由具名账号办理，没有记下；请登录后再办", clause=CLAUSE)
    earlier = _corrected(ctx, object_id, corrects_id)
    call = kind == Note.CALL
    row = Note.objects.create(
        region=ctx.region, object_kind=object_kind, object_id=object_id, kind=kind, text=text.strip(), account=ctx.account, post=ctx.post,
        called=called.strip() if call else "", phone=_masked(phone) if call else "", outcome=outcome if call else "",
        next_step=next_step.strip(), next_on=next_on, made_at=ctx.now, corrects=earlier,
    )  # fmt: skip
    before = Note.objects.filter(region=ctx.region, object_id=object_id).exclude(pk=row.pk).exclude(next_step="")
    close_tickets_of(ctx=ctx, object_ids=list(before.values_list("id", flat=True)), kind=NEXT, outcome="已有新的记录")
    if next_on is not None:
        open_ticket(
            ctx=ctx, kind=NEXT, title=f"{row.next_step}（{label(thing)}）", post=ctx.post,
            obj=row, url=url or "/", limit_days=max(0, working_days_between(ctx.today, next_on)),
        )  # fmt: skip
    ctx.on(row, about=f"{object_kind}:{object_id}", kind=kind, outcome=row.outcome)
    return row


def label(thing: models.Model) -> str:
    """How a thing is named on the desk: its number, name or title."""
    for name in ("number", "code", "name", "title"):
        found = getattr(thing, name, "")
        if found:
            return str(found)
    return str(thing.pk)[:8]


def thing_of(ctx: ActContext, object_kind: str, object_id: UUID) -> Any:
    """The thing, where the post may view its room and sees it. Raises Forbidden, InvalidInput."""
    try:
        model = apps.get_model(object_kind)
    except (LookupError, ValueError) as error:
        raise InvalidInput("没有这种事项，没有记下；请从事项的页面进入", field="object_kind", clause=CLAUSE) from error
    if view_power(model) not in ctx.powers:
        raise Forbidden("当前岗位不能查看这件事项，没有记下；请换岗位，或请安全管理员授权", clause=CLAUSE)
    found = model._default_manager.filter(pk=object_id).first()
    if found is None or getattr(found, "region", ctx.region) != ctx.region:
        raise InvalidInput(
            "没有这件事项，或它不在本区划，没有记下；请从事项的页面进入", field="object_id", clause=CLAUSE
        )
    return found


def view_power(model: type[models.Model]) -> str:
    """What it takes to see things of a kind: the view of their room."""
    return f"{model._meta.app_label}.view"


def _check(
    ctx: ActContext, kind: str, text: str, called: str, outcome: str, next_step: str, next_on: date | None
) -> None:  # fmt: skip
    if kind not in dict(Note.KINDS):
        raise InvalidInput("只能记备注或通话，没有记下", field="kind", clause=CLAUSE)
    if not text.strip() or len(text.strip()) > TEXT_MAX:
        raise InvalidInput(
            f"内容应为 1 至 {TEXT_MAX} 个字，收到 {len(text.strip())} 个字，没有记下", field="text", clause=CLAUSE
        )
    if kind == Note.CALL and not called.strip():
        raise InvalidInput("请写通话的对方，没有记下", field="called", clause=CLAUSE)
    if kind == Note.CALL and outcome not in dict(Note.OUTCOMES):
        raise InvalidInput("请选通话结果，没有记下", field="outcome", clause=CLAUSE)
    if next_on is not None and not next_step.strip():
        raise InvalidInput("填了日期，请写下一步做什么，没有记下", field="next_step", clause=CLAUSE)
    if next_on is not None and next_on < ctx.today:
        raise InvalidInput(
            f"下一步的日期 {next_on} 早于今天 {ctx.today}，没有记下；请改日期", field="next_on", clause=CLAUSE
        )
    if ctx.account is None:
        raise Refused("须由具名账号办理，没有记下；请登录后再办", clause=CLAUSE)


def _corrected(ctx: ActContext, object_id: UUID, corrects_id: UUID | None) -> Note | None:
    if corrects_id is None:
        return None
    found = Note.objects.filter(region=ctx.region, object_id=object_id, pk=corrects_id).first()
    if found is None:
        raise InvalidInput("没有要更正的那条记录，没有记下；请刷新页面", field="corrects_id", clause=CLAUSE)
    return found


def _masked(phone: str) -> str:
    digits = "".join(c for c in phone if c.isdigit())
    if not digits:
        return ""
    return mask_phone(digits) if len(digits) >= 8 else "****"
