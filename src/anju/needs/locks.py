"""Locked facts (锁定): what a department confirmed stays, until a new check or a correction ends the lock with its reason."""

from collections.abc import Iterable
from uuid import UUID

from anju.base.acts import ActContext, Refused
from anju.needs.facts import BY_FIELD, FACTS, owner_of, said_of, shown
from anju.needs.models import Application, LockedFact, Verification

CLAUSE = "3.2-0"


def locks_of(row: Application, fields: Iterable[str] | None = None) -> list[LockedFact]:
    """The open locks of a case, of all fields or of some."""
    rows = LockedFact.objects.filter(region=row.region, application=row, ended_on=None).order_by("field", "id")
    return list(rows if fields is None else rows.filter(field__in=list(fields)))


def refuse_locked(row: Application, fields: Iterable[str]) -> None:
    """Raises Refused where a department confirmed one of these facts: a supplement does not change it."""
    found = locks_of(row, fields)
    if found:
        lock = found[0]
        raise Refused(
            f"「{BY_FIELD[lock.field].title}」已由{lock.source}于 {lock.confirmed_on} 核验为 {lock.value}，不能补正，没有办理；"
            "有误的请到受理窗口办理更正，或重新核验",
            clause=CLAUSE,
        )


def end_locks(
    ctx: ActContext, row: Application, fields: Iterable[str], reason: str, subject: UUID | None = None
) -> int:
    """End the open locks of these facts (of one person, where named); the old value, source and day stay on record."""
    found = [lock for lock in locks_of(row, fields) if subject is None or lock.subject == subject]
    for lock in found:
        lock.ended_on, lock.ended_by, lock.end_reason = ctx.today, ctx.account, reason[:300]
        lock.save(update_fields=["ended_on", "ended_by", "end_reason"])
    if found:
        ctx.entry.facts["unlocked"] = [[lock.field, lock.value, lock.source] for lock in found]
    return len(found)


def lock(ctx: ActContext, row: Application, check: Verification) -> LockedFact | None:
    """Lock the fact that a check confirmed, as it stands; None where the item confirms none that is kept."""
    fact, owner = FACTS.get(check.item), owner_of(row, check.item, check.subject)
    if fact is None or owner is None:
        return None
    end_locks(ctx, row, [fact.field], "重新核验", check.subject)
    return LockedFact.objects.create(
        region=row.region, application=row, subject=check.subject, field=fact.field, value=shown(fact, getattr(owner, fact.field)),
        source=check.department, confirmed_on=ctx.today, verification=check,
    )  # fmt: skip


def said_again(row: Application) -> None:
    """Facts were changed: what open questions ask about is put right; one that is out in a file has to go out again."""
    for check in Verification.objects.filter(region=row.region, application=row, answered_on=None):
        said = said_of(row, check.item, check.subject)
        if said != check.said:
            check.said, check.batch = said, None
            check.save(update_fields=["said", "batch"])
