"""Rolling a load back, as long as nothing rests on what it brought; and what became of each of its rows."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction

from anju.base.acts import ActContext, Conflict, Entry, InvalidInput, Refused, act
from anju.base.files import store
from anju.base.sheets.kinds import kind_named
from anju.base.sheets.loads import CLAUSE, kind_for, left_out, locked, numbers_of
from anju.base.sheets.models import Load
from anju.base.sheets.read import read_table

IN, OUT, REFUSED, WAITING, BACK = "in", "out", "refused", "waiting", "back"
OUTCOMES = {IN: "已收下", OUT: "校验退回", REFUSED: "不予办理", WAITING: "待收下", BACK: "已撤销"}


@act(clause=CLAUSE, title="撤销导入")
def roll_back_load(*, ctx: ActContext, load_id: UUID, reason: str) -> Load:
    """Take back all that an accepted load brought. Raises Refused where something rests on it, naming what; Conflict where it is not in.

    The kind's ``undo`` does it; the file, its checks and this entry stay.
    """
    load = locked(ctx, load_id)
    kind = kind_for(ctx, load.kind)
    ctx.on(load, reason=reason.strip()[:200])
    if not reason.strip():
        raise InvalidInput("请写明为什么撤销，没有撤销", field="reason", clause=CLAUSE)
    if load.state != Load.ACCEPTED:
        raise Conflict(f"这份导入{load.get_state_display()}，不能撤销；请刷新页面查看", clause=CLAUSE)
    if kind.undo is None:
        raise Refused(f"「{kind.title}」收下后不能整份撤销；有误的行请逐行更正", clause=CLAUSE)
    inner = replace(ctx, entry=Entry())
    try:
        with transaction.atomic():
            count = kind.undo(inner, load)
    except IntegrityError as error:
        raise Refused(
            f"这份导入带来的内容已被后面的办理引用，没有撤销；请逐行更正（{str(error).splitlines()[0][:120]}）",
            clause=CLAUSE,
        ) from error
    load.state, load.undone_by, load.undone_at, load.undo_reason = (
        Load.ROLLED_BACK,
        ctx.account,
        ctx.now,
        reason.strip()[:200],
    )
    load.save(update_fields=["state", "undone_by", "undone_at", "undo_reason"])
    ctx.items(inner.entry.items)
    ctx.entry.facts.update(rows=count)
    return load


def outcomes(load: Load) -> Iterator[tuple[int, str, str]]:
    """(row number, outcome, why) of each row of the file, in its order; the file is read again."""
    kind = kind_named(load.kind)
    table = read_table(kind, load.evidence.media, store.read(load.evidence))
    why, out = left_out(load), numbers_of(load.out)
    refused = {one["row"] for one in load.refused}
    rest = {Load.ACCEPTED: IN, Load.ROLLED_BACK: BACK}.get(load.state, WAITING)
    for number, _ in table.rows:
        outcome = REFUSED if number in refused else OUT if number in out else rest
        yield number, outcome, "；".join(why.get(number, []))
