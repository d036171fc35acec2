"""Rounds of offers (报价): each side once a round, the acquirer never above the ceiling."""

from uuid import UUID

from anju.base.acts import ActContext, Forbidden, InvalidInput, Refused, act
from anju.negotiation import reads
from anju.negotiation.acts.common import (
    CLAUSE,
    acquirer_of,
    admitted,
    ceiling_verdicts,
    person,
    project_for,
    with_reason,
)
from anju.negotiation.models import Offer
from anju.parties.acts.acquirers import of_project
from anju.pricing.reads import ceiling_in_force
from anju.reserve.models import Project

MAX_FEN_M2 = 10_000_000


@act(clause=CLAUSE, title="报价")
def make_offer(*, ctx: ActContext, project_id: UUID, side: str, price_fen_m2: int, reason: str) -> Offer:
    """One side's price a ㎡, with its reason. The acquirer's stays under a confirmed, valid ceiling; a seller offers its own.

    Raises Refused above the ceiling, out of turn or past the negotiation; Forbidden for the other side's post.
    """
    project = project_for(ctx, project_id)
    ctx.on(project, side=side, price_fen_m2=price_fen_m2)
    if side not in dict(Offer.SIDES):
        raise InvalidInput(f"没有「{side}」这一方，没有记录；可选：开发企业、收购主体", field="side", clause=CLAUSE)
    if not 0 < price_fen_m2 <= MAX_FEN_M2:
        raise InvalidInput(
            f"单价 {price_fen_m2 / 100:,.2f} 元/㎡ 应大于 0、不超过 {MAX_FEN_M2 // 100:,} 元/㎡，没有记录；请核对单位",
            field="price_fen_m2",
            clause=CLAUSE,
        )
    _may_speak(ctx, project, side)
    if project.state != "priced":
        raise Refused(
            f"项目 {project.name} 当前为「{project.get_state_display()}」，定价后、签意向书前才能报价，没有记录",
            clause=CLAUSE,
        )
    ceiling = ceiling_in_force(project, ctx.today) if side == "acquirer" else None
    if side == "acquirer":
        ctx.require(ceiling_verdicts(ctx, ceiling, price_fen_m2))
    offer = Offer.objects.create(
        region=ctx.region, project=project, ceiling=ceiling, round=_round(project, side), side=side,
        price_fen_m2=price_fen_m2, reason=with_reason(reason, "报价"), offered_on=ctx.today, maker=person(ctx),
    )  # fmt: skip
    ctx.on(project, round=offer.round, reason=offer.reason)
    return offer


def _may_speak(ctx: ActContext, project: Project, side: str) -> None:
    """Each side speaks for itself. Raises Forbidden."""
    if side == "acquirer":
        admitted(ctx, acquirer_of(ctx))
        of_project(ctx, project.pk, CLAUSE)
    elif ctx.post != "developer_agent" or ctx.organisation != project.developer_id:
        raise Forbidden("开发企业一方的报价由该企业自己的账号提出，没有记录", clause=CLAUSE)


def _round(project: Project, side: str) -> int:
    """The side's next round: one ahead of the other at the most. Raises Refused out of turn."""
    counts = reads.rounds(project)
    mine, other = counts.get(side, 0), counts.get("seller" if side == "acquirer" else "acquirer", 0)
    if mine > other:
        raise Refused(f"第 {mine} 轮对方还没有报价，不能连报，没有记录；请等对方报价", clause=CLAUSE)
    return mine + 1
