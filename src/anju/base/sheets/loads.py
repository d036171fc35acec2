"""A load's life: brought and checked, accepted or rejected, taken in chunk by chunk. Nothing is stored before it is accepted."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anju.base.acts import ActContext, Conflict, Entry, Forbidden, InvalidInput, Refused, act
from anju.base.claims import seam
from anju.base.files import store
from anju.base.files.content import BadFile, check_upload
from anju.base.jobs import progress, work
from anju.base.regions import scope
from anju.base.sheets.check import Checked, by_chunks, check_table, rows_of_table
from anju.base.sheets.kinds import UNUSUAL, Row, SheetKind, kind_named
from anju.base.sheets.models import Load
from anju.base.sheets.read import SHEETS, read_table

CLAUSE = "4.4"
LATER_BYTES = 256 * 1024  # a larger file takes over a second to check, so nobody is kept waiting for it


@act(clause=CLAUSE, title="导入文件")
def bring_file(
    *, ctx: ActContext, kind: str, name: str, data: bytes, options: Mapping[str, Any] | None = None, later: bool = False
) -> Load:
    """Check a file and keep what was found; no row of it is stored. Raises BadFile, InvalidInput, Forbidden.

    ``later``: a file of more than ``LATER_BYTES`` is only kept, and checked by a job (``check_load``). The same file again (same
    bytes, kind, region and options) changes nothing: the earlier load comes back, checked anew while it still waits.
    """
    described = kind_for(ctx, kind)
    given = {str(key): str(value) for key, value in (options or {}).items()}
    media = check_upload(name, data, SHEETS, store.MAX_BYTES)
    load = _same_file(ctx, kind, store.digest_of(data), given)
    if load and load.state != Load.CHECKED:
        ctx.on(load, again=True)
        return load
    _require_options(described, given)
    by_job = later and len(data) > LATER_BYTES
    checked = Checked([], set()) if by_job else _check(ctx, described, media, data, given)
    load = load or _new_load(ctx, kind, name, data, given)
    _note(load, checked)
    load.state = Load.CHECKING if by_job else Load.CHECKED
    try:
        with transaction.atomic():
            load.save()
    except IntegrityError as error:
        raise Conflict("同一份文件刚刚由别人带入，没有重复收下；请从导入清单进入", clause=CLAUSE) from error
    if by_job:
        progress.start(region=load.region, kind="check_load", object_id=load.id, total=1)
        work.defer(ctx=ctx, kind="check_load", object_id=load.id)
    ctx.on(load, kind=kind, file=name, sha256=load.sha256, good=load.good, bad=load.bad, errors=load.errors_total)
    return load


@act(clause=CLAUSE, title="校验导入文件", power="base.bring_file")
def check_load(*, ctx: ActContext, load_id: UUID) -> Load:
    """Check a file that was only kept; what cannot be read at all is sent back with the reason. Twice changes nothing."""
    load = locked(ctx, load_id)
    if load.state != Load.CHECKING:
        ctx.on(load, again=True)
        return load
    evidence = load.evidence
    try:
        checked = _check(ctx, kind_for(ctx, load.kind), evidence.media, store.read(evidence), load.options)
    except BadFile as error:
        load.state, load.decided_at, load.reject_reason = Load.REJECTED, ctx.now, error.sentence[:200]
    else:
        _note(load, checked)
        load.state = Load.CHECKED
    load.save()
    ctx.on(load, state=load.state, good=load.good, bad=load.bad, errors=load.errors_total)
    return load


@act(clause=CLAUSE, title="收下导入")
def accept_load(*, ctx: ActContext, load_id: UUID, reasons: Mapping[str, str] | None = None) -> Load:
    """Take the good rows in, as a job; ``reasons`` says per column title (or ``row:title``) why unusual values are right.

    Raises Refused for no good row, a missing reason, or the same person where the kind needs two; Conflict where it was decided.
    """
    load = locked(ctx, load_id)
    described = kind_for(ctx, load.kind)
    if load.state != Load.CHECKED:
        raise Conflict(f"这份导入{load.get_state_display()}，没有再收；请刷新页面查看", clause=CLAUSE)
    if load.good == 0:
        raise Refused("没有一行可以收下；请按错误清单改正文件后重新导入", clause=CLAUSE)
    if described.second_person:
        ctx.other_than(load.maker, f"「{described.title}」的导入")
    given = {key: why.strip() for key, why in (reasons or {}).items() if why.strip()}
    _require_reasons(load, given)
    load.state, load.checker, load.decided_at, load.reasons = Load.ACCEPTING, ctx.account, ctx.now, given
    load.save(update_fields=["state", "checker", "decided_at", "reasons"])
    progress.start(region=load.region, kind="load", object_id=load.id, total=load.good)
    work.defer(ctx=ctx, kind="load", object_id=load.id)
    ctx.on(load, good=load.good, left_out=load.bad, reasons=given)
    return load


@act(clause=CLAUSE, title="退回导入")
def reject_load(*, ctx: ActContext, load_id: UUID, reason: str) -> Load:
    """Send a checked file back; nothing of it was stored. Raises Conflict where it was decided."""
    load = locked(ctx, load_id)
    kind_for(ctx, load.kind)
    if load.state not in (Load.CHECKING, Load.CHECKED):
        raise Conflict(f"这份导入{load.get_state_display()}，不能退回；请刷新页面查看", clause=CLAUSE)
    if not reason.strip():
        raise Refused("请填写退回理由", clause=CLAUSE)
    load.state, load.decided_at, load.reject_reason = Load.REJECTED, ctx.now, reason.strip()[:200]
    load.save(update_fields=["state", "decided_at", "reject_reason"])
    ctx.on(load, reason=load.reject_reason)
    return load


@act(clause=CLAUSE, title="继续收下导入", power="base.accept_load")
def continue_load(*, ctx: ActContext, load_id: UUID) -> Load:
    """Put a stopped load back on the queue, as this account (the one who accepted may have left the post)."""
    load = locked(ctx, load_id)
    kind_for(ctx, load.kind)
    if load.state != Load.ACCEPTING:
        raise Conflict(f"这份导入{load.get_state_display()}，不用继续；请刷新页面查看", clause=CLAUSE)
    progress.start(region=load.region, kind="load", object_id=load.id, total=load.good, done=load.done)
    work.defer(ctx=ctx, kind="load", object_id=load.id)
    ctx.on(load, done=load.done)
    return load


@act(clause=CLAUSE, title="收下一批行", power="base.accept_load")
def take_chunk(*, ctx: ActContext, load_id: UUID, start: int, rows: list[Row]) -> int:
    """Take ``rows``, which are the good ones from the ``start``-th on; how many are in afterwards. Twice changes nothing."""
    load = locked(ctx, load_id)
    if load.state != Load.ACCEPTING or load.done != start:
        ctx.on(load, done=load.done)
        return load.done
    refused = _take(ctx, kind_named(load.kind), rows, load)
    load.done = start + len(rows)
    load.refused = load.refused + [{"row": number, "reason": why} for number, why in refused]
    if load.done == load.good:
        load.state = Load.ACCEPTED
    load.save(update_fields=["done", "refused", "state"])
    ctx.on(load, rows=[rows[0].number, rows[-1].number], count=len(rows), refused=len(refused), done=load.done)
    return load.done


def run_load(ctx: ActContext, load: Load | UUID) -> Load:
    """Take an accepted load in, chunk by chunk, from where it stands; safe to start again after a kill.

    The body of the job. Outside any scope each chunk is committed on its own; inside one, all of it with that scope.
    """
    region, load_id = (load.region, load.pk) if isinstance(load, Load) else (ctx.region, load)
    ctx = ctx.at(region)
    with scope(region):  # closed again before the acts, so that each chunk is committed on its own
        load = Load.objects.select_related("evidence").get(pk=load_id)
        if load.state == Load.ACCEPTED:
            progress.finish(region=region, kind="load", object_id=load.id)
            return load
        described = kind_named(load.kind)
        rows = good_rows(load, described)
    if len(rows) != load.good:
        raise RuntimeError(f"load {load.id}: {len(rows)} rows now, {load.good} when it was checked")
    if load.state != Load.ACCEPTING:
        raise Conflict(f"这份导入{load.get_state_display()}，还没有人收下，不能入库；请先在导入页收下", clause=CLAUSE)
    done, plan = load.done, {}
    while done < load.good:
        if done not in plan:  # at the start, and where another worker went on with the same load
            plan = _by_start(rows, described, done)
        done = take_chunk(ctx=ctx, load_id=load.id, start=done, rows=plan[done])
        progress.step(region=region, kind="load", object_id=load.id, done=done)
    progress.finish(region=region, kind="load", object_id=load.id)
    with scope(region):
        return Load.objects.select_related("evidence").get(pk=load.pk)


def _by_start(rows: list[Row], kind: SheetKind, start: int) -> dict[int, list[Row]]:
    """The chunks from a row on, each by how many rows come before it."""
    found: dict[int, list[Row]] = {}
    for chunk in by_chunks(rows[start:], kind):
        found[start] = chunk
        start += len(chunk)
    return found


def good_rows(load: Load, kind: SheetKind) -> list[Row]:
    """The rows that were good when the file was checked, read again from the kept bytes, in the order they are taken."""
    table = read_table(kind, load.evidence.media, store.read(load.evidence))
    out = numbers_of(load.out)
    rows = [row for row in rows_of_table(kind, table) if row.number not in out]
    return [row for chunk in by_chunks(rows, kind) for row in chunk]


def left_out(load: Load) -> dict[int, list[str]]:
    """Row number → why it is not in: the checks' reasons, and those of the acts."""
    found: dict[int, list[str]] = {}
    for one in load.errors:
        if one["level"] != UNUSUAL and one["row"]:
            found.setdefault(one["row"], []).append(f"{one['column']}：{one['reason']}（第 {one['clause']} 条）")
    for number in numbers_of(load.out):
        found.setdefault(number, ["有错（错误太多，未逐一列出）"])
    for one in load.refused:
        found.setdefault(one["row"], []).append(one["reason"])
    return found


def numbers_of(ranges: Iterable[list[int]]) -> set[int]:
    """The row numbers that [first, last] ranges hold."""
    return {number for first, last in ranges for number in range(first, last + 1)}


def ranges_of(numbers: Iterable[int]) -> list[list[int]]:
    """Row numbers as [first, last] ranges."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def _take(ctx: ActContext, kind: SheetKind, rows: list[Row], load: Load) -> list[tuple[int, str]]:
    """Call the room for these rows; where it refuses them together, halve until only the refused groups stay out."""
    inner = replace(ctx, entry=Entry())
    try:
        with transaction.atomic():
            refused = list(kind.take(inner, rows, load))
    except Refused as error:
        why = error.sentence + (f"（第 {error.clause} 条）" if error.clause else "")
    except IntegrityError as error:
        why = f"与已有数据冲突，没有收下：{str(error).splitlines()[0]}"
    else:
        ctx.items(inner.entry.items)
        return refused
    groups = by_chunks(rows, replace(kind, chunk=1))
    if len(groups) == 1:
        return [(row.number, why) for row in rows]
    half = len(groups) // 2
    parts = [[row for group in part for row in group] for part in (groups[:half], groups[half:])]
    return [one for part in parts for one in _take(ctx, kind, part, load)]


def kind_for(ctx: ActContext, name: str) -> SheetKind:
    """A kind that the post may bring. Raises Forbidden."""
    kind = kind_named(name)
    if kind.power not in ctx.powers:
        raise Forbidden(f"当前岗位没有「{kind.title}」的权限，请换岗位或请有权限的同事办理", clause=kind.clause)
    return kind


def _require_options(kind: SheetKind, options: Mapping[str, str]) -> None:
    lacking = [title for name, title in kind.options.items() if not options.get(name)]
    if lacking:
        raise InvalidInput(f"导入「{kind.title}」前请先选定：{'、'.join(lacking)}", field="options", clause=kind.clause)


def _check(ctx: ActContext, kind: SheetKind, media: str, data: bytes, options: Mapping[str, str]) -> Checked:
    return check_table(ctx, kind, read_table(kind, media, data), options)


def _same_file(ctx: ActContext, kind: str, sha256: str, options: dict[str, str]) -> Load | None:
    rows = Load.objects.select_for_update().filter(region=ctx.region, kind=kind, sha256=sha256, options=options)
    if ctx.organisation:  # another organisation's load is not this one's to see or judge again
        rows = rows.filter(organisation=ctx.organisation)
    return rows.exclude(state__in=(Load.REJECTED, Load.ROLLED_BACK)).first()


def _new_load(ctx: ActContext, kind: str, name: str, data: bytes, options: dict[str, str]) -> Load:
    load = Load(
        region=ctx.region, kind=kind, name=name, sha256=store.digest_of(data), options=options, synthetic=ctx.demonstration,
        maker=ctx.account, made_at=ctx.now, organisation=ctx.organisation,
    )  # fmt: skip
    load.evidence = store.keep(ctx=ctx, name=name, data=data, kind=f"load:{kind}", case=load.id, allowed=SHEETS)
    if ctx.organisation:
        seam.show_to(ctx.organisation, [load.id], region=ctx.region)
    return load


def _note(load: Load, checked: Checked) -> None:
    load.good, load.bad, load.out = len(checked.good), len(checked.bad), ranges_of(checked.bad)
    load.errors, load.errors_total, load.unusual, load.told = (
        checked.problems,
        checked.errors,
        checked.unusual,
        checked.told,
    )


def locked(ctx: ActContext, load_id: UUID) -> Load:
    """A load of the act's region, locked. Raises InvalidInput."""
    load = Load.objects.select_for_update(of=("self",)).filter(pk=load_id, region=ctx.region).first()
    if load is None:
        raise InvalidInput("没有这份导入，或它不属于本区划；请从导入清单进入", field="load_id", clause=CLAUSE)
    return load


def _require_reasons(load: Load, reasons: Mapping[str, str]) -> None:
    out = numbers_of(load.out)
    bare = [
        one for one in load.errors
        if one["level"] == UNUSUAL and one["row"] not in out
        and one["column"] not in reasons and f"{one['row']}:{one['column']}" not in reasons
    ]  # fmt: skip
    if bare:
        first = bare[0]
        raise Refused(
            f"有 {len(bare)} 处数值不常见，须先填写理由，如第 {first['row']} 行「{first['column']}」{first['value']}；"
            "请在页面逐列说明后再收下",
            clause=first["clause"],
        )
