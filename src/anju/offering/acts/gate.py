"""The gate (95% 锁定需求): judged once per project by the day of its announcement, from frozen facts; the database counts again."""

import hashlib
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, Refused, act, canonical
from anju.base.publication import release as publication
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.offering import reads
from anju.offering.acts import choose, earnest
from anju.offering.acts.common import GATE, STATES, batch_for
from anju.offering.jobs import refund_later
from anju.offering.models import Batch, Gate
from anju.policy.parameters import InForce, Unset
from anju.policy.rules import gate as rules
from anju.policy.verdict import Outcome, Verdict
from anju.reserve import acts as reserve


@act(clause=GATE, title="判定是否达标（95%）")
def judge_gate(*, ctx: ActContext, batch_id: UUID, special_reason: str = "") -> Gate:
    """Judge the batch's gate, once. Passed: the demand is locked. Failed: all earnest money goes back in the same act.

    ``special_reason``: why the case shall be put to 一事一议; then the money waits for that decision, at the longest for
    the days of refund. Raises Refused before the window has closed, while a failing batch still has days to pay, or where
    a parameter is not set.
    """
    batch = batch_for(ctx, batch_id)
    ctx.on(batch, number=batch.number)
    if Gate.objects.filter(region=ctx.region, batch=batch).exists():
        raise Conflict(f"批次 {batch.number} 已判定过，一个批次只判定一次，没有办理", clause=GATE)
    if ctx.today <= batch.apply_until:
        raise Refused(f"申请期限到 {batch.apply_until}，今天 {ctx.today} 还不能判定；请期满后再办", clause=GATE)
    inforce = ctx.inforce(batch.announced_on)
    verdict = rules.gate(reads.gate_facts(batch), inforce)
    if verdict.outcome is Outcome.UNKNOWN:
        ctx.require([verdict])
    passed = verdict.outcome is Outcome.PASS
    _time_is_up(ctx, batch, verdict, passed)
    gate = _keep(ctx, batch, verdict, inforce)
    ctx.entry.verdicts.append(verdict)
    ctx.on(gate, batch=batch.number, taken=gate.taken, offered=gate.offered, needed=gate.needed, passed=passed)
    close_tickets(ctx=ctx, obj=batch, outcome=verdict.sentence)
    STATES.move(batch, "passed" if passed else "failed", ctx)
    reserve.move_project(ctx=ctx, project_id=batch.project_id, to="locked" if passed else "failed")
    _publish(ctx, batch, gate, bool(special_reason.strip()))
    if not passed:
        _failed(ctx, batch, gate, special_reason.strip(), inforce)
    return gate


def _time_is_up(ctx: ActContext, batch: Batch, verdict: Verdict, passed: bool) -> None:
    """A batch that would fail is judged after its last day to pay; then what was not paid lapses first. Raises Refused."""
    if batch.earnest_until is None or passed:
        return
    if ctx.today <= batch.earnest_until:
        raise Refused(
            f"缴定金到 {batch.earnest_until} 截止，今天 {ctx.today} 判定会是未达标：{verdict.sentence}；请截止后再判",
            [verdict],
            GATE,
        )
    if batch.state == "choosing":
        choose.lapse_unpaid(ctx=ctx, batch_id=batch.pk)


def _keep(ctx: ActContext, batch: Batch, verdict: Verdict, inforce: InForce) -> Gate:
    """Both lists as they stand, hashed; nobody changes them afterwards."""
    facts, ratio = reads.gate_facts(batch), inforce.get("lock_ratio_min")
    offered = rules.offered(facts, inforce)
    if isinstance(offered, Unset) or isinstance(ratio, Unset):
        raise Refused(verdict.sentence, [verdict], GATE)
    snapshot: dict[str, Any] = {
        "batch": batch.number, "letter": batch.letter.number, "announced_on": batch.announced_on.isoformat(),
        "parameter": ratio.version, "units": reads.unit_lines(batch), "matches": reads.match_lines(batch),
    }  # fmt: skip
    return Gate.objects.create(
        region=ctx.region, batch=batch, taken=rules.taken(facts.matches, facts.units - facts.dropped), offered=offered,
        needed=rules.needed(offered, ratio.value), ratio=ratio.value, passed=verdict.outcome is Outcome.PASS,
        verdicts=[verdict.as_dict()], snapshot=snapshot,
        snapshot_sha256=hashlib.sha256(canonical(snapshot).encode()).hexdigest(), judged_at=ctx.now, maker=ctx.account,
    )  # fmt: skip


def _failed(ctx: ActContext, batch: Batch, gate: Gate, special_reason: str, inforce: InForce) -> None:
    if not special_reason:
        earnest.refund_earnest(ctx=ctx, batch_id=batch.pk)
        return
    days = inforce.get("earnest_refund_days")
    ticket = open_ticket(
        ctx=ctx, kind="purchase.record_special_decision",
        title=f"{batch.number}（{batch.project.name}）提请一事一议：{special_reason}", post="office_clerk", obj=batch,
        url=f"/purchase/special/{gate.pk}/", limit_days=None if isinstance(days, Unset) else int(days.value),
    )  # fmt: skip
    refund_later(ctx, batch, ticket.due_on)
    ctx.on(gate, special_reason=special_reason, refund_by=str(ticket.due_on))


@act(clause=GATE, title="按一事一议继续")
def accept_special(*, ctx: ActContext, gate_id: UUID) -> Batch:
    """A special decision has been taken on a failed gate: the demand counts as locked, the earnest money stays.

    Nobody holds the power: told by ``purchase`` inside the act that confirms the decision. Raises Refused once refunded.
    """
    gate = Gate.objects.get(region=ctx.region, id=gate_id)
    batch = batch_for(ctx, gate.batch_id)
    ctx.on(batch, number=batch.number)
    STATES.move(batch, "special", ctx)
    reserve.move_project(ctx=ctx, project_id=batch.project_id, to="locked")
    close_tickets(ctx=ctx, obj=batch, outcome="已一事一议")
    return batch


def _publish(ctx: ActContext, batch: Batch, gate: Gate, special: bool) -> None:
    refund = "定金全部原路退回" if not special else "提请一事一议，定金最迟在规定时限内退回"
    body: dict[str, Any] = {
        "batch_id": str(batch.pk), "region": ctx.region, "number": batch.number, "project": batch.project.name,
        "taken": gate.taken, "offered": gate.offered, "needed": gate.needed, "ratio": gate.ratio, "passed": gate.passed,
        "judged_at": ctx.now.isoformat(), "snapshot_sha256": gate.snapshot_sha256,
        "next": "收购主体与开发企业签订正式收购协议" if gate.passed else refund,
    }  # fmt: skip
    title = f"{batch.project.name}（{batch.number}）锁定需求{'达标' if gate.passed else '未达标'}"
    publication.release(ctx=ctx, kind="gate", title=title, slug=batch.number, body=body, obj=gate)
