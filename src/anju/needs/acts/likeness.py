"""Look-alikes (疑似同一人): two members with one name and birthday under two numbers; a reviewer says whether they are one person."""

from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.needs import reads
from anju.needs.acts.steps import CLAUSE, locked, who
from anju.needs.judging import Days, frozen, judge_rows
from anju.needs.models import Likeness


@act(clause=CLAUSE, title="认定是否同一人")
def decide_likeness(
    *, ctx: ActContext, application_id: UUID, member_id: UUID, other_member_id: UUID, decision: str, reason: str
) -> Likeness:
    """Same person: the case does not pass its review until the number is put right or one of the two is withdrawn. Decided once."""
    row = locked(ctx, application_id)
    pair = next((p for p in reads.alike_pairs(row) if (p[0].id, p[1].id) == (member_id, other_member_id)), None)
    ctx.on(row, member=str(member_id), other=str(other_member_id), decision=decision, reason=reason.strip())
    if pair is None:
        raise Refused(f"申请 {row.number} 没有这一对疑似同一人，没有认定；请刷新申请页", clause=CLAUSE)
    if decision not in dict(Likeness.DECISIONS) or not reason.strip():
        raise InvalidInput("请选择认定结论并写明依据，没有认定", field="reason", clause=CLAUSE)
    if Likeness.objects.filter(region=ctx.region, member=member_id, other_member=other_member_id).exists():
        raise Refused("这一对已经认定过，没有再办；请刷新申请页", clause=CLAUSE)
    found = Likeness.objects.create(
        region=ctx.region, application=row, member=member_id, other=pair[1].application, other_member=other_member_id,
        decision=decision, reason=reason.strip()[:300], decided_on=ctx.today, decided_by=who(ctx),
    )  # fmt: skip
    row.verdicts = frozen(judge_rows([row], Days(ctx))[row.id])
    row.save(update_fields=["verdicts"])
    return found
