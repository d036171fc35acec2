"""The purchase: 一事一议 for a failed gate, the agreement behind its gate and under its ceiling, milestones with their proof."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.files.content import BadFile
from anju.base.numbers import capitals
from anju.base.papers.blocks import texts_of
from anju.base.regions import scope, uuid7
from anju.base.tickets.models import Ticket
from anju.ledger import books
from anju.negotiation.models import Letter
from anju.offering import acts as offering
from anju.offering.models import Gate
from anju.parties.models import Admission, Organisation, Resolution
from anju.purchase import acts, reads
from anju.purchase.models import Agreement, AgreementUnit, Milestone, SpecialDecision
from anju.reserve.models import Project, Unit
from offering.programme import (
    CEILING,
    CITY,
    PDF,
    PRICE,
    World,
    decision,
    fresh,
    judged,
    params,
    refused_by_database,
    sql,
    up_to_gate,
    world,
)
from support.db import open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.5-3")]
STEPS = [("签订协议", 300), ("交付房屋", 600), ("办结登记", 100)]


def resolved(kind: str = "task_force", **changes: Any) -> Resolution:
    """A resolution, adopted unless told otherwise."""
    with open_act(CITY) as ctx:
        body = Organisation.objects.create(
            owner_region=CITY, kind=kind, name=f"合成{kind}{uuid7().hex[-6:]}", synthetic=True
        )
        values: dict[str, Any] = {
            "owner_region": CITY, "body": body, "number": f"专班〔2026〕{uuid7().hex[-6:]}", "title": "一事一议",
            "decided_on": ctx.today, "minutes": "到会 7 人，一致同意", "votes_for": 7, "votes_against": 0, "proposed_by": uuid7(),
            "adopted_by": uuid7(), "adopted_at": ctx.now,
        }  # fmt: skip
        return Resolution.objects.create(**{**values, **changes})


def passed(homes: int = 2, **parameters: Any) -> tuple[World, Gate]:
    found, batch = up_to_gate(homes, homes, **parameters)
    return found, judged(found, batch)


def failed(special: str = "产业园区急需") -> tuple[World, Gate]:
    """Nineteen of twenty-one homes: one too few; the money waits for a special decision where there is a reason."""
    found, batch = up_to_gate(21, 19)
    return found, judged(found, batch, special_reason=special)


def draft(found: World, gate: Gate, **changes: Any) -> Agreement:
    values = {"gate_id": gate.pk, "milestones": STEPS}
    if "decision_id" not in changes:
        values["decision_id"] = decision(found, "agreement").pk
    return acts.draft_agreement(**{"ctx": found.ctx(), **values, **changes})


def signed(found: World, gate: Gate) -> Agreement:
    row = draft(found, gate)
    return acts.sign_agreement(ctx=found.ctx("acquirer_head"), agreement_id=row.pk)


def decided(found: World, gate: Gate) -> SpecialDecision:
    row = acts.record_special_decision(
        ctx=found.ctx("office_clerk"), gate_id=gate.pk, resolution_id=resolved().pk, reason="产业园区急需"
    )
    return acts.confirm_special_decision(ctx=found.ctx("office_head"), decision_id=row.pk)


@pytest.mark.clause("2-1")
def test_behind_a_passed_gate_the_agreement_is_the_letters_price_times_each_homes_area() -> None:
    found, gate = passed(3)
    row = draft(found, gate)
    each = PRICE * 890_000 // 10_000
    assert (row.total_fen, row.units_count, row.gross_cm2, row.special_id) == (3 * each, 3, 3 * 890_000, None)
    with scope(CITY):
        assert {u.price_fen for u in row.units.all()} == {each}
        sums = list(row.milestones.order_by("order").values_list("amount_fen", flat=True))
        assert sums[0] == 3 * each * 300 // 1000 and sum(sums) == row.total_fen, "the last step takes the fen left over"
        assert Ticket.objects.get(object_id=row.pk).post == "acquirer_head"


def test_a_second_person_signs_the_homes_are_bought_and_the_projects_own_book_is_open() -> None:
    found, gate = passed(2)
    row = draft(found, gate)
    with pytest.raises(Refused, match="另一人复核"):
        acts.sign_agreement(ctx=found.ctx("acquirer_head", account=row.maker), agreement_id=row.pk)
    acts.sign_agreement(ctx=found.ctx("acquirer_head"), agreement_id=row.pk, scan_name="协议.pdf", scan=PDF)
    with scope(CITY):
        assert Agreement.objects.get(pk=row.pk).paper.scan_id
        assert Letter.objects.get(pk=row.letter_id).state == "fulfilled"
        assert set(Unit.objects.filter(project=found.project).values_list("state", flat=True)) == {"purchased"}
        assert Project.objects.get(pk=found.project.pk).state == "purchased"
        assert books.balance(books.find("project", found.project.pk, region=CITY), "bank") == 0
    with pytest.raises(Refused, match="不能变为"):
        acts.sign_agreement(ctx=found.ctx("acquirer_head"), agreement_id=row.pk)


def test_the_printed_agreement_says_ground_price_in_words_and_instalments(real_papers: None) -> None:
    found, gate = passed(2)
    row = draft(found, gate)
    with scope(CITY):
        text = "\n".join(texts_of(Agreement.objects.get(pk=row.pk).paper.data["blocks"]))
    for said in (
        capitals(row.total_fen),
        "2/2 套，达到 95%",
        "受托支付",
        "不得截留他用",
        "办结登记",
        found.units[0].code,
    ):
        assert said in text


def test_without_a_passed_gate_there_is_no_agreement_and_the_refusal_says_how_many_homes_are_missing() -> None:
    found, gate = failed()
    made = decision(found, "agreement")
    with pytest.raises(Refused, match="锁定 19 套，未达到 20 套") as caught:
        draft(found, gate, decision_id=made.pk)
    assert caught.value.clause == "3.5-3" and caught.value.verdicts[0].rule == "3.5-3-gate"


@pytest.mark.clause("3.5-3")
def test_a_special_decision_of_the_body_named_by_the_parameter_opens_a_failed_gate() -> None:
    found, gate = failed()
    clerk = found.ctx("office_clerk")
    row = acts.record_special_decision(ctx=clerk, gate_id=gate.pk, resolution_id=resolved().pk, reason="园区急需")
    with pytest.raises(Refused, match="一事一议决定，不能签订"):
        draft(found, gate, decision_id=decision(found, "agreement").pk)
    with pytest.raises(Refused, match="另一人复核"):
        acts.confirm_special_decision(ctx=found.ctx("office_head", account=clerk.account), decision_id=row.pk)
    acts.confirm_special_decision(ctx=found.ctx("office_head"), decision_id=row.pk)
    with scope(CITY):
        assert gate.batch.__class__.objects.get(pk=gate.batch_id).state == "special"
        assert Project.objects.get(pk=found.project.pk).state == "locked"
    agreement = draft(found, gate)
    assert (agreement.special_id, agreement.units_count) == (row.pk, 21)
    with pytest.raises(Refused, match="判定未达标才退还"):
        offering.refund_earnest(ctx=found.ctx("acquirer_head"), batch_id=gate.batch_id)


SPECIALS: list[tuple[str, Callable[[], Any], str, str]] = [
    ("without a resolution", uuid7, "急需", "尚未复核"),
    ("by a resolution that nobody adopted", lambda: resolved(adopted_by=None, adopted_at=None).pk, "急需", "尚未复核"),
    ("of another body", lambda: resolved("department").pk, "急需", "应由工作专班决定"),
    ("without minutes", lambda: resolved(minutes="").pk, "急需", "会议纪要"),
    ("without a reason", lambda: resolved().pk, " ", "须写明理由"),
]


@pytest.mark.parametrize(("what", "resolution", "reason", "says"), SPECIALS, ids=[s[0] for s in SPECIALS])
def test_no_special_decision_is_recorded(what: str, resolution: Callable[[], Any], reason: str, says: str) -> None:
    found, gate = failed()
    with pytest.raises(Refused, match=says):
        acts.record_special_decision(
            ctx=found.ctx("office_clerk"), gate_id=gate.pk, resolution_id=resolution(), reason=reason
        )


def test_a_special_decision_comes_before_the_money_went_back_and_not_on_a_passed_gate() -> None:
    for found, gate in (failed(special=""), passed(2)):
        with pytest.raises(Refused, match="可以一事一议"):
            acts.record_special_decision(
                ctx=found.ctx("office_clerk"), gate_id=gate.pk, resolution_id=resolved().pk, reason="急需"
            )


def not_admitted(found: World) -> dict[str, Any]:
    Admission.objects.filter(acquirer=found.acquirer).update(state="lapsed")
    return {}


AGREEMENTS: list[tuple[str, str, Callable[[World], dict[str, Any]], str]] = [
    ("by an acquirer not admitted that day", "3.1-1", not_admitted, "有效准入"),
    ("above the letter's price", "3.4-1", lambda _: {"price_fen_m2": PRICE + 1}, "不高于意向书单价"),
    ("at no price", "3.4-1", lambda _: {"price_fen_m2": 0}, "大于 0"),
    ("with steps of 99 %", "4.3-5", lambda _: {"milestones": [("一次付清", 990)]}, "合计 100%"),
    ("with a step of nothing", "4.3-5", lambda _: {"milestones": [("一", 1000), ("二", 0)]}, "比例大于 0"),
    ("with no step", "4.3-5", lambda _: {"milestones": []}, "步"),
    ("by a post outside the acquirer", "3.5-1", lambda w: {"ctx": w.ctx("office_clerk")}, "收购主体自己的岗位"),
]


@pytest.mark.parametrize(("what", "clause", "make", "says"), AGREEMENTS, ids=[a[0] for a in AGREEMENTS])
def test_no_agreement_is_drafted(what: str, clause: str, make: Callable[[World], dict[str, Any]], says: str) -> None:
    found, gate = passed(2)
    made = decision(found, "agreement")
    with open_act(CITY):
        changes = make(found)
    with pytest.raises(Refused, match=says) as caught:
        draft(found, gate, **{"decision_id": made.pk, **changes})
    assert caught.value.clause == clause


def test_an_agreement_asks_for_its_own_decision_and_a_letter_in_its_days() -> None:
    found, gate = passed(2)
    with scope(CITY):
        letters_decision = Letter.objects.get(pk=gate.batch.letter_id).decision_id
    with pytest.raises(Refused, match="签订收购协议"):
        draft(found, gate, decision_id=letters_decision)
    made = decision(found, "agreement")
    found.book = params(letter_valid_days=10)
    with pytest.raises(Refused, match="意向书有效期"):
        draft(found, gate, decision_id=made.pk)
    found.book = params(price_cap_test=None)
    with pytest.raises(Refused, match="尚未设定"):
        draft(found, gate, decision_id=made.pk)


def test_a_project_has_one_agreement_and_a_draft_can_be_taken_back() -> None:
    found, gate = passed(2)
    row = draft(found, gate)
    with pytest.raises(Conflict, match="已有收购协议"):
        draft(found, gate)
    acts.rescind_agreement(ctx=found.ctx("acquirer_head"), agreement_id=row.pk, reason="价款分期有误")
    again = signed(found, gate)
    with pytest.raises(Refused, match="签署后的解除"):
        acts.rescind_agreement(ctx=found.ctx("acquirer_head"), agreement_id=again.pk, reason="不想买了")


@pytest.mark.clause("4.3-5")
def test_milestones_are_reached_in_their_order_with_a_proof_and_fall_due() -> None:
    found, gate = passed(2)
    row = draft(found, gate)
    with scope(CITY):
        one, two, three = row.milestones.order_by("order")

    def reach(step: Milestone, **changes: Any) -> Milestone:
        values = {"reached_on": found.day, "evidence_name": "交接单.pdf", "evidence": PDF}
        return acts.reach_milestone(ctx=found.ctx(), milestone_id=step.pk, **{**values, **changes})

    with pytest.raises(Refused, match="签署后才有进度"):
        reach(one)
    acts.sign_agreement(ctx=found.ctx("acquirer_head"), agreement_id=row.pk)
    with pytest.raises(Refused, match="前一步「签订协议」"):
        reach(two)
    with pytest.raises(InvalidInput, match="应在签署日"):
        reach(one, reached_on=found.day + timedelta(days=1))
    with pytest.raises(BadFile):
        reach(one, evidence=b"")
    reach(one)
    with pytest.raises(Conflict):
        reach(one)
    with scope(CITY):
        assert reads.due_fen(row) == one.amount_fen
    reach(two)
    with pytest.raises(Refused, match="还没有达到"):
        acts.complete_agreement(ctx=found.ctx(), agreement_id=row.pk)
    reach(three)
    assert acts.complete_agreement(ctx=found.ctx(), agreement_id=row.pk).state == "completed"
    with scope(CITY):
        assert reads.due_fen(row) == row.total_fen
        assert Project.objects.get(pk=found.project.pk).state == "delivered"


def agreement_like(row: Agreement, **changes: Any) -> Callable[[], None]:
    """An agreement written past the act, its homes and steps with it, and signed."""
    values = {f.attname: getattr(row, f.attname) for f in Agreement._meta.local_fields if f.attname != "id"}
    made = Agreement(
        **{**values, "number": uuid7().hex, "state": "drafted", "ended_on": None, "end_reason": "", **changes}
    )

    def run() -> None:
        made.save(force_insert=True)
        for unit in AgreementUnit.objects.filter(agreement=row):
            AgreementUnit.objects.create(
                region=CITY, project_id=row.project_id, agreement=made, unit_id=unit.unit_id, gross_cm2=unit.gross_cm2,
                price_fen=unit.price_fen,
            )  # fmt: skip

        for step in Milestone.objects.filter(agreement=row):
            Milestone.objects.create(
                region=CITY, project_id=row.project_id, agreement=made, order=step.order, title=step.title,
                amount_fen=step.amount_fen,
            )  # fmt: skip
        sql(
            "UPDATE purchase_agreement SET state = 'signed', signed_on = drafted_on, checker = gen_random_uuid() WHERE id = %s",
            made.pk,
        )()

    return run


@pytest.mark.clause("2-1")
def test_the_database_refuses_an_agreement_without_gate_under_ceiling_decision_or_admission_whoever_writes() -> None:
    found, gate = passed(2)
    row = draft(found, gate)
    acts.rescind_agreement(ctx=found.ctx("acquirer_head"), agreement_id=row.pk, reason="重拟")
    other, closed = failed()
    special = acts.record_special_decision(
        ctx=other.ctx("office_clerk"), gate_id=closed.pk, resolution_id=resolved().pk, reason="急需"
    )
    with scope(CITY):
        theirs = {"project_id": other.project.pk, "letter_id": closed.batch.letter_id, "gate_id": closed.pk}
    made = decision(other, "agreement").pk
    over = CEILING * row.gross_cm2 // 10_000 + 1
    cases = [
        ("behind a failed gate", {**theirs, "decision_id": made}, "AJ323"),
        ("behind a decision nobody confirmed", {**theirs, "decision_id": made, "special_id": special.pk}, "AJ323"),
        ("behind another project's gate", {"gate_id": closed.pk}, "AJ323"),
        ("a fen above the ceiling", {"total_fen": over}, "AJ324"),
        ("above the letter's price", {"price_fen_m2": PRICE + 1}, "AJ324"),
        ("without a decision of its kind", {"decision_id": row.letter.decision_id}, "AJ325"),
        ("homes that do not make the total", {"total_fen": row.total_fen - 1}, "AJ327"),
    ]
    for what, changes, code in cases:
        assert refused_by_database(agreement_like(row, **changes)) == code, what
    with open_act(CITY):
        agreement_like(row)()
        sql(
            "UPDATE purchase_agreement SET state = 'rescinded', ended_on = current_date, end_reason = 'x' WHERE state = 'signed'"
        )()
    with open_act(CITY):
        Admission.objects.filter(acquirer=found.acquirer).update(state="lapsed")
    assert refused_by_database(agreement_like(row)) == "AJ326", "by an acquirer that is not admitted"
    wrong = SpecialDecision(
        region=CITY, project=found.project, gate=gate, resolution=special.resolution, reason="x", decided_on=found.day,
        maker=uuid7(),
    )  # fmt: skip
    assert refused_by_database(lambda: wrong.save(force_insert=True)) == "AJ321", "on a gate that passed"
    unread = "UPDATE purchase_specialdecision SET reason = 'y' WHERE id = %s"
    assert refused_by_database(sql(unread, special.pk)) == "AJ321"
    alone = "UPDATE purchase_specialdecision SET checker = maker, confirmed_on = current_date WHERE id = %s"
    assert refused_by_database(sql(alone, special.pk)) == "special_decision_two_people"
    no_day = "UPDATE purchase_specialdecision SET checker = gen_random_uuid(), confirmed_on = NULL WHERE id = %s"
    assert refused_by_database(sql(no_day, special.pk)) == "special_decision_two_people", "a checker without a day"


def test_the_database_keeps_the_agreement_its_homes_and_its_steps() -> None:
    found, gate = passed(2)
    row = draft(found, gate)
    with scope(CITY):
        one, two, _ = row.milestones.order_by("order")
        home = row.units.first()
    early = "UPDATE purchase_milestone SET reached_on = current_date, evidence_id = (SELECT docx_id FROM base_paper LIMIT 1) WHERE id = %s"
    attacks = [
        ("another total", "UPDATE purchase_agreement SET total_fen = 1 WHERE id = %s", row.pk, "AJ322"),
        ("signed by nobody", "UPDATE purchase_agreement SET state = 'signed' WHERE id = %s", row.pk,
         "a_signed_agreement_has_its_day_and_checker"),
        ("completed unsigned", "UPDATE purchase_agreement SET state = 'completed' WHERE id = %s", row.pk, "AJ322"),
        ("away", "DELETE FROM purchase_agreement WHERE id = %s", row.pk, "AJ322"),
        ("another price of a home", "UPDATE purchase_agreementunit SET price_fen = 1 WHERE id = %s", home.pk, "AJ005"),
        ("a step before the signing", early, one.pk, "AJ328"),
        ("another instalment", "UPDATE purchase_milestone SET amount_fen = 1 WHERE id = %s", one.pk, "AJ328"),
        ("a step away", "DELETE FROM purchase_milestone WHERE id = %s", one.pk, "AJ328"),
    ]  # fmt: skip
    for what, statement, key, code in attacks:
        assert refused_by_database(sql(statement, key)) == code, what
    acts.sign_agreement(ctx=found.ctx("acquirer_head"), agreement_id=row.pk)
    assert refused_by_database(sql(early, two.pk)) == "AJ328", "a step out of turn"
    bare = "UPDATE purchase_milestone SET reached_on = %s WHERE id = %s"
    assert refused_by_database(sql(bare, found.day, one.pk)) == "a_reached_milestone_has_its_proof"
    more = Milestone(region=CITY, project=found.project, agreement=row, order=9, title="加付", amount_fen=1)
    assert refused_by_database(lambda: more.save(force_insert=True)) == "AJ327", "an instalment after the signing"
    unsign = "UPDATE purchase_agreement SET state = 'drafted' WHERE id = %s"
    assert refused_by_database(sql(unsign, row.pk)) == "AJ322"
    assert fresh(row).state == "signed"


def test_other_posts_do_not_decide_for_the_acquirer() -> None:
    found, gate = passed(2)
    row = draft(found, gate)
    other = world(1)
    with pytest.raises(Forbidden):
        acts.sign_agreement(ctx=found.ctx("office_head"), agreement_id=row.pk)
    with pytest.raises(Forbidden, match="属于收购主体「合成收购主体"):
        acts.sign_agreement(ctx=found.ctx("acquirer_head", organisation=other.acquirer.pk), agreement_id=row.pk)
