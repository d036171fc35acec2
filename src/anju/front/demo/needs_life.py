"""What happens to cases between review and list: an objection, another look, a need, a split, a pause, a ban heard and decided."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from anju.needs import acts, reads
from anju.needs.models import Application, Publicity, Review

HERE = "231202"
PAPER = ("残疾证（合成扫描件）.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")


def during_publicity(demo: Any, publicity: Publicity) -> None:
    """Somebody objects to one case of those shown; a refused family asks for another look."""
    clerk, reviewer = f"intake_{HERE}", f"reviewer_{HERE}"
    with demo.scope(HERE):
        shown = Application.objects.filter(region=HERE, publicity=publicity).order_by("number").first()
        refused = Review.objects.filter(region=HERE, outcome="refuse").select_related("application").first()
    assert shown and refused
    said = {"text": "该户在邻县另有住房", "name": "合成甲", "phone": "19900099981"}
    one = acts.raise_objection(ctx=demo.ctx(clerk), number=shown.number, **said)
    demo.expect_refusal(
        "登记异议的岗位自行决定",
        lambda: acts.decide_objection(ctx=demo.ctx(clerk), objection_id=one.id, upheld=False, reason="查无此房"),
    )
    acts.decide_objection(ctx=demo.ctx(reviewer), objection_id=one.id, upheld=False, reason="邻县不动产登记查无此房")
    look = acts.ask_reconsideration(
        ctx=demo.ctx(clerk), application_id=refused.application_id, text="在本地居住已满年限，社保断缴两个月"
    )
    acts.decide_reconsideration(
        ctx=demo.ctx(reviewer), reconsideration_id=look.id, granted=False, reason="补交的材料仍不足年限"
    )
    demo.say(
        f"公示中收到对 {shown.number} 的异议，另一岗位核查不成立，两方都收到答复；{refused.application.number} 申请复核，维持不予通过"
    )


def on_the_list(demo: Any) -> None:
    """A member's wheelchair gives priority by its own act; a household splits; one is paused and resumed."""
    clerk, reviewer = f"intake_{HERE}", f"reviewer_{HERE}"
    with demo.scope(HERE):
        rows = list(reads.queue(HERE, "public_rental").filter(persons__gte=3).only("id", "number")[:60])
        first, last = rows[0], rows[-1]
        member = last.members.order_by("relation", "id").last()
        leaving = first.members.filter(relation__in=["20", "30"]).order_by("-born_on").first()
        before = reads.position(last)
    assert member and before
    need = acts.record_need(ctx=demo.ctx(clerk), member_id=member.id, kind="wheelchair", proof=PAPER)
    acts.confirm_need(ctx=demo.ctx(reviewer), need_id=need.id, confirmed=True)
    acts.recalculate_place(ctx=demo.ctx(reviewer), application_id=last.id, reason="成员使用轮椅，已核实")
    with demo.scope(HERE):
        after = reads.position(last)
    assert after
    acts.suspend_application(ctx=demo.ctx(reviewer), application_id=first.id, reason="连续三次联系不上")
    acts.resume_application(ctx=demo.ctx(reviewer), application_id=first.id, reason="家庭到窗口确认")
    if leaving:
        _split(demo, first.id, leaving.id)
    demo.say(
        f"{last.number} 的成员需要轮椅，核实后由第 {before.place} 位重算为第 {after.place} 位；{first.number} 暂停又恢复，位次不变"
    )


def _split(demo: Any, case: UUID, leaving: UUID) -> None:
    """A grown-up child leaves the household and applies for nothing: the place stays."""
    day = demo.now.date() - timedelta(days=3)
    acts.split_household(
        ctx=demo.ctx(f"intake_{HERE}"), application_id=case, leaving=[leaving], happened_on=day, reason="户口簿分户页（合成）",
        facts={"income_month_fen": 360_000, "home_area_cm2": 0},
    )  # fmt: skip
