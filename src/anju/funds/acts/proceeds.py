"""What the seller does with its proceeds (房企所得资金): its own project's debts first, then unfinished projects; nothing else."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, Forbidden, act
from anju.base.files import store
from anju.funds import reads
from anju.funds.acts.common import filled, past_day, person, project_for
from anju.funds.models import ProceedsUse
from anju.policy.rules import money as rules

CLAUSE = "4.3-6"
DEVELOPER_AGENT = "developer_agent"


@act(clause=CLAUSE, title="登记房企资金使用")
def record_proceeds_use(
    *, ctx: ActContext, project_id: UUID, use: str, target: str, amount_fen: int, used_on: date, evidence_name: str, evidence: bytes,
    target_unfinished: bool | None = None, target_in_group: bool | None = None,
) -> ProceedsUse:  # fmt: skip
    """Record one use of the proceeds with its proof. ``use``: own_debt, unfinished_own or unfinished_group (then the two facts of
    the target are asked for); whatever else is refused, and the refusal kept.

    Raises Refused by 4.3-6 where debts of the project remain, the use is another one, or there is not so much; Forbidden.
    """
    project = project_for(ctx, project_id, CLAUSE)
    ctx.on(project, number=project.number, use=use, target=target[:120], amount_fen=amount_fen)
    if ctx.post == DEVELOPER_AGENT and project.developer_id != ctx.organisation:
        raise Forbidden("这不是本企业的项目，没有登记；请由该项目的开发企业办理", clause=CLAUSE)
    facts = rules.ProceedsUse(
        kind=use, amount_fen=amount_fen, own_debt_fen=reads.own_debt_left(project), proceeds_left_fen=reads.proceeds_left(project),
        target_unfinished=target_unfinished, target_in_group=target_in_group,
    )  # fmt: skip
    found = [rules.proceeds(facts)]
    ctx.require(found)
    row = ProceedsUse(
        region=ctx.region, project=project, use=use, target=filled(target, "target", "资金去向", CLAUSE)[:120], amount_fen=amount_fen,
        used_on=past_day(ctx, used_on, "used_on", "使用日", CLAUSE), verdicts=[v.as_dict() for v in found], maker=person(ctx),
        evidence=store.keep(ctx=ctx, name=evidence_name, data=evidence, kind="proceeds", case=project.id),
    )  # fmt: skip
    row.save(force_insert=True)
    ctx.on(row, project=project.number, use=use, amount_fen=amount_fen, proof=row.evidence.sha256)
    ctx.happened(used_on)
    return row
