"""Resolutions of a task force (专班决议) and the values it sets for parameters (参数取值): two people each."""

from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.tickets.desk import close_tickets
from anju.parties import reads
from anju.parties.acts.shared import filled, held_by, in_own_region, locked, person, put_on_desk
from anju.parties.context import parameter_book
from anju.parties.models import Organisation, Resolution, Setting
from anju.policy.parameters import BY, BadValue, Loosens, Value, catalogue, check_setting

NUMBER_TAKEN = {"resolution_number_once": "本地已有这个编号的决议，没有登记；请核对编号"}
DAY_TAKEN = {"setting_once_a_day": "这个参数同一日已有生效取值，没有确认；请撤回本件，改用另一生效日重报"}


@act(clause="4.1", title="登记决议")
def propose_resolution(
    *,
    ctx: ActContext,
    body_id: UUID,
    number: str,
    title: str,
    decided_on: date,
    minutes: str,
    votes_for: int,
    votes_against: int,
) -> Resolution:
    """Enter a meeting's resolution with its minutes and votes; a second person adopts it."""
    body = Organisation.objects.get(pk=body_id)
    in_own_region(ctx, body.owner_region, f"「{body.name}」")
    if body.kind != "task_force":
        raise InvalidInput(f"决议由工作专班作出；「{body.name}」不是专班，没有登记", "body_id")
    if decided_on > ctx.today:
        raise InvalidInput(f"会议日期 {decided_on} 在今日（{ctx.today}）之后，没有登记；请核对日期", "decided_on")
    with held_by(NUMBER_TAKEN):
        row = Resolution.objects.create(
            owner_region=body.owner_region, body=body, number=filled(number, "number", "决议编号"),
            title=filled(title, "title", "议题"), decided_on=decided_on, minutes=filled(minutes, "minutes", "会议纪要"),
            votes_for=votes_for, votes_against=votes_against, proposed_by=person(ctx),
        )  # fmt: skip
    ctx.on(row, number=row.number, title=row.title, votes=[votes_for, votes_against])
    ctx.happened(decided_on)
    put_on_desk(
        ctx.at(row.owner_region), kind="adopt_resolution", title=f"复核决议 {row.number}", post="office_head", obj=row,
        url=f"/parties/resolutions/{row.pk}/",
    )  # fmt: skip
    return row


@act(clause="4.1", title="复核决议")
def adopt_resolution(*, ctx: ActContext, resolution_id: UUID) -> Resolution:
    """A second person confirms that the resolution was so decided; it never changes afterwards."""
    row = locked(ctx, Resolution, resolution_id, "这项决议")
    if row.adopted_by:
        raise Conflict(f"决议「{row.number}」已复核")
    ctx.other_than(row.proposed_by, "决议")
    if row.votes_for <= row.votes_against:
        raise Refused(f"赞成 {row.votes_for} 票、反对 {row.votes_against} 票，没有过半，决议不成立；请核对纪要")
    row.adopted_by, row.adopted_at = ctx.account, ctx.now
    row.save(update_fields=["adopted_by", "adopted_at"])
    ctx.on(row, number=row.number)
    close_tickets(ctx=ctx.at(row.owner_region), obj=row, outcome="已复核")
    return row


@act(clause="4.1", title="拟定参数取值")
def propose_setting(
    *, ctx: ActContext, name: str, value: Any, valid_from: date, document: str, resolution_id: UUID | None = None
) -> Setting:
    """A city's or county's value for a parameter, from a day on, by a document; in force once a second person
    confirms it.

    Raises InvalidInput where the value is not of its kind, Refused where it loosens a layer above or would judge
    past cases anew.
    """
    if name not in catalogue():
        raise InvalidInput(f"没有参数「{name}」；请从参数页选择", "name")
    _check(ctx, name, value, valid_from)
    resolution = _adopted(ctx, resolution_id)
    row = Setting.objects.create(
        owner_region=ctx.region, name=name, value=value, valid_from=valid_from, document=filled(document, "document",
        "依据文件"),
        resolution=resolution, demonstration=ctx.demonstration, proposed_by=person(ctx), proposed_at=ctx.now,
    )  # fmt: skip
    touched = reads.touched(name, ctx.region, valid_from)
    ctx.on(row, name=name, value=value, valid_from=valid_from, document=document, touched=[[t, n] for t, n in touched])
    put_on_desk(
        ctx, kind="confirm_setting", title=f"复核参数「{catalogue()[name].title}」", post="office_head", obj=row,
        url=f"/parties/settings/{row.pk}/",
    )  # fmt: skip
    return row


@act(clause="4.1", title="确认参数取值")
def confirm_setting(*, ctx: ActContext, setting_id: UUID) -> Setting:
    """A second person puts the value in force, after seeing which cases it touches. Checked again, since layers may
    have moved."""
    row = _open_setting(ctx, setting_id)
    ctx.other_than(row.proposed_by, "参数取值")
    own = ctx.at(row.owner_region)
    _check(own, row.name, row.value, row.valid_from)
    row.confirmed_by, row.confirmed_at = ctx.account, ctx.now
    with held_by(DAY_TAKEN):
        row.save(update_fields=["confirmed_by", "confirmed_at"])
    touched = reads.touched(row.name, row.owner_region, row.valid_from)
    ctx.on(row, name=row.name, value=row.value, valid_from=row.valid_from, touched=[[t, n] for t, n in touched])
    close_tickets(ctx=own, obj=row, outcome="已确认")
    return row


@act(clause="4.1", title="撤回参数取值")
def withdraw_setting(*, ctx: ActContext, setting_id: UUID, reason: str) -> Setting:
    """A proposal is taken back or sent back, with a reason; a value in force is followed by a later one instead."""
    row = _open_setting(ctx, setting_id)
    row.withdrawn_by, row.withdrawn_at = ctx.account, ctx.now
    row.save(update_fields=["withdrawn_by", "withdrawn_at"])
    ctx.on(row, name=row.name, reason=filled(reason, "reason", "撤回原因"))
    close_tickets(ctx=ctx.at(row.owner_region), obj=row, outcome="已撤回")
    return row


def _open_setting(ctx: ActContext, setting_id: UUID) -> Setting:
    row = locked(ctx, Setting, setting_id, "这项参数取值")
    if row.confirmed_by or row.withdrawn_by:
        raise Conflict("这项参数取值已确认或已撤回，没有办理；请另行拟定")
    return row


def _adopted(ctx: ActContext, resolution_id: UUID | None) -> Resolution | None:
    if resolution_id is None:
        return None
    row = Resolution.objects.get(pk=resolution_id)
    in_own_region(ctx, row.owner_region, f"决议「{row.number}」")
    if row.adopted_by is None:
        raise Refused(f"决议「{row.number}」尚未复核，不能作为依据；请先由另一人复核决议")
    return row


def _check(ctx: ActContext, name: str, value: Any, valid_from: date) -> None:
    """Kind, layers, and that no day already judged is judged anew."""
    parameter, book = catalogue()[name], parameter_book()
    try:
        check_setting(name, value, ctx.region, valid_from, book)
    except BadValue as error:
        raise InvalidInput(str(error), "value", parameter.clause) from error
    except Loosens as error:
        raise Refused(str(error), clause=parameter.clause) from error
    if valid_from >= ctx.today:
        return
    keys = [k for k in BY[parameter.by] if not isinstance(value, dict) or k in value] if parameter.by else [None]
    for key in keys:
        held = book.on(valid_from, ctx.region).get(name, key)
        if isinstance(held, Value):
            raise Refused(
                f"「{parameter.title}」自 {held.valid_from} 起已有取值 {held}，不能把生效日写到过去的 {valid_from}："
                "已判的事项按当日取值，永不重判；请改为今日或以后生效",
                clause=parameter.clause,
            )
