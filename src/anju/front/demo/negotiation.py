"""Stage of negotiation: both sides bid, the ceiling holds, the acquirer decides for itself, three letters are signed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from anju.base.numbers import yuan
from anju.front.demo.reserve import paper
from anju.negotiation import acts
from anju.negotiation.models import AcquirerDecision, Letter
from anju.reserve.models import Project

BATCHES = ("A", "B", "C")
LETTER_DAYS = 150


def run(demo: Any) -> None:
    """Offers, decisions and letters of the three batches' projects."""
    for kind in BATCHES:
        _bargain(demo, kind)
    for kind in BATCHES:
        demo.state[kind]["letter"] = _letter(demo, kind)
    letters = [demo.state[kind]["letter"] for kind in BATCHES]
    demo.say(f"签署收购意向书 {len(letters)} 份，房源 {sum(row.units_count for row in letters)} 套，单价和名单冻结")


def _offer(demo: Any, who: str, project: Project, price: int, reason: str) -> Any:
    side = "acquirer" if who == "buyer" else "seller"
    return acts.make_offer(ctx=demo.ctx(who), project_id=project.pk, side=side, price_fen_m2=price, reason=reason)


def _bargain(demo: Any, kind: str) -> None:
    """Two rounds; a bid over the ceiling and a price spoken for the other side are refused."""
    project, ceiling = demo.state[kind]["project"], demo.state[kind]["ceiling"].ceiling_fen_m2
    seller = next(f"dev_{p.developer}" for p in demo.state["stock"] if p.kind == kind)
    _offer(demo, seller, project, ceiling + 8_000, "按开发成本和债务测算")
    if kind == "A":
        demo.expect_refusal("收购主体报价高于上限", lambda: _offer(demo, "buyer", project, ceiling + 1, "企业要求提价"))
        demo.expect_refusal("开发企业连报两轮", lambda: _offer(demo, seller, project, ceiling, "再让一步"))
    low, met = ceiling * 94 // 100, ceiling * 98 // 100
    _offer(demo, "buyer", project, low, "按评估价和成本加利润的低者留出余量")
    _offer(demo, seller, project, met, "同意降价，希望尽快签约")
    _offer(demo, "buyer", project, met, "接受，不高于上限")
    demo.state[kind]["price_fen_m2"] = met
    demo.say(f"{project.name}：两轮协商，商定 {yuan(met)}/㎡，上限 {yuan(ceiling)}/㎡")


def decide(demo: Any, kind: str, what: str, subject: str) -> AcquirerDecision:
    """The acquirer's own decision on a batch's project, entered by its clerk and confirmed by its head."""
    project, today = demo.state[kind]["project"], demo.ctx("buyer").today
    title = dict(AcquirerDecision.KINDS)[what]
    row = acts.decide(
        ctx=demo.ctx("buyer"), subject=f"{project.name}：{subject}", kind=what, object_id=project.pk,
        number=f"演董决〔{today.year}〕{title}{kind}号", studied_on=today, decided_on=today,
    )  # fmt: skip
    return acts.confirm_decision(ctx=demo.ctx("buyer_head"), decision_id=row.pk)


def _letter(demo: Any, kind: str) -> Letter:
    project, today = demo.state[kind]["project"], demo.ctx("buyer").today
    if kind == "A":
        demo.expect_refusal(
            "专班办公室替收购主体作决定",
            lambda: acts.decide(
                ctx=demo.ctx("office"), subject="代为决定", kind="letter", object_id=project.pk, number="演〔2026〕代1号",
                studied_on=today, decided_on=today,
            ),
        )  # fmt: skip
    decision = decide(demo, kind, "letter", "与开发企业签订收购意向书")
    given: dict[str, Any] = {
        "project_id": project.pk, "ceiling_id": demo.state[kind]["ceiling"].pk, "decision_id": decision.pk,
        "price_fen_m2": demo.state[kind]["price_fen_m2"], "valid_until": today + timedelta(days=LETTER_DAYS),
    }  # fmt: skip
    if kind == "A":
        over = {**given, "price_fen_m2": demo.state[kind]["ceiling"].ceiling_fen_m2 + 1}
        demo.expect_refusal("按高于上限的价格起草意向书", lambda: acts.draft_letter(ctx=demo.ctx("buyer"), **over))
    letter = acts.draft_letter(ctx=demo.ctx("buyer"), **given)
    if kind == "A":
        demo.expect_refusal(
            "起草人自己签署意向书",
            lambda: acts.sign_letter(ctx=replace(demo.ctx("buyer_head"), account=letter.maker), letter_id=letter.pk),
        )
    return acts.sign_letter(
        ctx=demo.ctx("buyer_head"), letter_id=letter.pk, scan_name=f"意向书-{project.name}.pdf",
        scan=paper(f"{project.name}收购意向书签章件（合成）"),
    )  # fmt: skip
