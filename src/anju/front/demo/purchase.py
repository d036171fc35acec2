"""Stage of the purchase: no agreement without its gate; C by a recorded 一事一议; A and C signed, their first step reached."""

from dataclasses import replace
from typing import Any

from anju.base.numbers import yuan
from anju.front.demo.negotiation import decide
from anju.front.demo.reserve import paper
from anju.offering.models import Batch
from anju.parties import acts as parties
from anju.purchase import acts
from anju.purchase.models import Agreement
from anju.reserve.models import Project

STEPS = [("签订收购协议", 300), ("交付房屋及资料", 600), ("办结不动产登记", 100)]


def run(demo: Any) -> None:
    """Refusals first, then the special decision, then both agreements."""
    decisions = {kind: decide(demo, kind, "agreement", "签订收购协议") for kind in ("A", "B", "C")}
    for kind, why in (("B", "未达标批次签收购协议"), ("C", "未达标、未一事一议就签收购协议")):
        demo.expect_refusal(
            why,
            lambda k=kind: acts.draft_agreement(
                ctx=demo.ctx("buyer"), gate_id=demo.state[k]["gate"].pk, decision_id=decisions[k].pk, milestones=STEPS
            ),
        )
    _special(demo)
    for kind in ("A", "C"):
        demo.state[kind]["agreement"] = _agreement(demo, kind, decisions[kind])
    _refresh(demo)


def _special(demo: Any) -> None:
    """The task force's resolution with its minutes, entered by one of its office and confirmed by another."""
    gate, today = demo.state["C"]["gate"], demo.ctx("office").today
    name = demo.state["C"]["project"].name
    resolution = parties.propose_resolution(
        ctx=demo.ctx("office"), body_id=demo.state["organisations"]["task_force"].pk, number=f"演专班〔{today.year}〕一事一议1号",
        title=f"{name}一事一议", decided_on=today, votes_for=7, votes_against=1,
        minutes=(
            f"会议听取 {name} 锁定需求情况：已锁定 {gate.taken} 套，差 {gate.needed - gate.taken} 套。"
            "紧邻产业园区，申请集中，同意收购（合成）。"
        ),
    )  # fmt: skip
    given = {
        "gate_id": gate.pk,
        "resolution_id": resolution.pk,
        "reason": "紧邻产业园区，园区职工申请集中，差额可在收购后三个月内配出",
    }
    demo.expect_refusal(
        "决议未复核就登记一事一议", lambda: acts.record_special_decision(ctx=demo.ctx("office"), **given)
    )
    parties.adopt_resolution(ctx=demo.ctx("office_head"), resolution_id=resolution.pk)
    passed = {**given, "gate_id": demo.state["A"]["gate"].pk}
    demo.expect_refusal(
        "对已达标的批次一事一议", lambda: acts.record_special_decision(ctx=demo.ctx("office"), **passed)
    )
    row = acts.record_special_decision(ctx=demo.ctx("office"), **given)
    demo.state["C"]["special"] = acts.confirm_special_decision(ctx=demo.ctx("office_head"), decision_id=row.pk)
    demo.say(f"{name}经专班一事一议（{resolution.number}，7 票赞成、1 票反对）继续收购，会议纪要留存")


def _agreement(demo: Any, kind: str, decision: Any) -> Agreement:
    gate, project = demo.state[kind]["gate"], demo.state[kind]["project"]
    given: dict[str, Any] = {"gate_id": gate.pk, "decision_id": decision.pk, "milestones": STEPS}
    if kind == "A":
        over = {**given, "price_fen_m2": demo.state[kind]["price_fen_m2"] + 1}
        demo.expect_refusal("协议单价高于意向书单价", lambda: acts.draft_agreement(ctx=demo.ctx("buyer"), **over))
    row = acts.draft_agreement(ctx=demo.ctx("buyer"), **given)
    if kind == "A":
        demo.expect_refusal(
            "起草人自己签署收购协议",
            lambda: acts.sign_agreement(ctx=replace(demo.ctx("buyer_head"), account=row.maker), agreement_id=row.pk),
        )
    row = acts.sign_agreement(
        ctx=demo.ctx("buyer_head"), agreement_id=row.pk, scan_name=f"收购协议-{project.name}.pdf",
        scan=paper(f"{project.name}收购协议签章件（合成）"),
    )  # fmt: skip
    with demo.scope():
        steps = list(row.milestones.order_by("order"))
    proof: dict[str, Any] = {
        "evidence_name": "协议签署证明.pdf",
        "evidence": paper(f"{project.name}协议签署证明（合成）"),
    }
    today = demo.ctx("buyer").today
    if kind == "A":
        demo.expect_refusal(
            "跳过前一步登记收购进度",
            lambda: acts.reach_milestone(ctx=demo.ctx("buyer"), milestone_id=steps[1].pk, reached_on=today, **proof),
        )
    acts.reach_milestone(ctx=demo.ctx("buyer"), milestone_id=steps[0].pk, reached_on=today, **proof)
    demo.say(
        f"签订收购协议 {row.number}（{project.name}）：{row.units_count} 套，{yuan(row.total_fen)}，已开立项目账簿，"
        f"首步应付 {yuan(steps[0].amount_fen)}"
    )
    return row


def _refresh(demo: Any) -> None:
    """The rows as they stand now, for the stages that follow."""
    with demo.scope():
        for kind in ("A", "B", "C"):
            here = demo.state[kind]
            here["project"] = Project.objects.select_related("developer").get(pk=here["project"].pk)
            here["batch"] = Batch.objects.select_related("project").get(pk=here["batch"].pk)
