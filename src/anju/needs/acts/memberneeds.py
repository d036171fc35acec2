"""What members need of a home (轮椅、不便上下楼、重病、高龄): recorded with its proof, confirmed by another person."""

from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.files import store
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs.acts.steps import CLAUSE, locked, who
from anju.needs.models import Application, Member, MemberNeed

KINDS = dict(MemberNeed.KINDS)


@act(clause=CLAUSE, title="登记成员需要")
def record_need(*, ctx: ActContext, member_id: UUID, kind: str, proof: tuple[str, bytes]) -> MemberNeed:
    """A member's need with its proof; it counts for nothing until another person has confirmed it."""
    member = Member.objects.filter(region=ctx.region, id=member_id).first()
    if member is None:
        raise Refused(f"{ctx.region} 没有这名家庭成员，没有登记；请从申请页重新打开", clause=CLAUSE)
    row = locked(ctx, member.application_id)
    ctx.on(row, member=str(member.id), kind=kind)
    if kind not in KINDS:
        raise InvalidInput(f"需要应为{'、'.join(KINDS.values())}，没有登记", field="kind", clause=CLAUSE)
    if row.state in ("refused", "withdrawn", "merged", "vacated", "housed"):
        raise Refused(f"申请 {row.number} 为「{row.get_state_display()}」，没有登记", clause=CLAUSE)
    open_ = MemberNeed.objects.filter(region=ctx.region, application=row, member=member.id, kind=kind)
    if open_.exclude(confirmed=False).exists():
        raise Refused(f"这名成员的「{KINDS[kind]}」已登记，没有再登记", clause=CLAUSE)
    name, data = proof
    kept = store.keep(ctx=ctx, name=name, data=data, kind="need", case=row.id)
    found = MemberNeed.objects.create(
        region=ctx.region, application=row, member=member.id, kind=kind, proof=kept.id, recorded_on=ctx.today, maker=who(ctx)
    )  # fmt: skip
    open_ticket(
        ctx=ctx, kind="needs.need", title=f"核实{KINDS[kind]}（{row.number}）", post="reviewer", obj=found,
        url=f"/needs/{row.id}/needs/{found.id}/", limit_days=None,
    )  # fmt: skip
    return found


@act(clause=CLAUSE, title="核实成员需要")
def confirm_need(*, ctx: ActContext, need_id: UUID, confirmed: bool, reason: str = "") -> MemberNeed:
    """Another person looks at the proof. A place changes only by its own act (重算位次)."""
    found = MemberNeed.objects.filter(region=ctx.region, id=need_id).first()
    if found is None:
        raise Refused(f"{ctx.region} 没有这项需要，没有办理；请从申请页重新打开", clause=CLAUSE)
    row: Application = locked(ctx, found.application_id)
    found.refresh_from_db()
    ctx.on(row, need=str(found.id), kind=found.kind, confirmed=confirmed, reason=reason.strip())
    if found.confirmed is not None:
        raise Refused(f"这项需要已于 {found.confirmed_on} 核实，没有再办", clause=CLAUSE)
    ctx.other_than(found.maker, "成员需要的核实")
    if not confirmed and not reason.strip():
        raise InvalidInput("不予认定须写明理由，没有办理", field="reason", clause=CLAUSE)
    found.confirmed, found.confirmed_on, found.confirmed_by = confirmed, ctx.today, who(ctx)
    found.reason = reason.strip()[:300]
    found.save(update_fields=["confirmed", "confirmed_on", "confirmed_by", "reason"])
    close_tickets(ctx=ctx, obj=found, outcome="属实" if confirmed else "不予认定")
    return found
