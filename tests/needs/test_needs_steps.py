"""The steps a county adds, objections during publicity, another look after a refusal: other people, other posts, the first day."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from anju.base.acts import Forbidden, InvalidInput, Refused
from anju.base.messages.models import Message
from anju.base.publication.models import Publication
from anju.base.regions import public_scope, scope
from anju.base.tickets.models import Ticket
from anju.needs import acts, reads
from anju.needs.models import Application, CaseChange, Objection, Publicity, Review
from needs.helpers import COUNTY, account_id, book, ctx_of, household, later, submitted, through_reviews
from support.db import open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.2-0")]
THREE = [
    ["first", "初审", "intake_clerk", 20],
    ["second", "复审", "reviewer", 7],
    ["city", "市级联审", "department_clerk", 10],
]
SET = {"relook_days": 15, "relook_decision_days": 10, "objection_days": 5}


def three(post: str = "intake_clerk", **changes: Any) -> Any:
    return ctx_of(post, params=book(review_steps=THREE, **SET), **changes)


def two(post: str = "intake_clerk", **changes: Any) -> Any:
    return ctx_of(post, params=book(**SET), **changes)


def now_of(row: Application) -> Application:
    with scope(row.region):
        return Application.objects.get(id=row.id)


def test_a_county_with_three_steps_sends_each_case_to_the_third_post_with_its_days() -> None:
    row = submitted(1, ctx=three())
    acts.first_review(ctx=three(), application_id=row.id, outcome="pass")
    assert acts.second_review(ctx=three("reviewer"), application_id=row.id, outcome="pass").state == "second_passed"
    with scope(COUNTY):
        ticket = Ticket.objects.get(done_on__isnull=True)
        assert (ticket.kind, ticket.post, ticket.limit_days) == ("needs.city_review", "department_clerk", 10)
    with pytest.raises(Forbidden, match="职能部门经办"):
        acts.city_review(ctx=three("reviewer"), application_id=row.id, outcome="pass")
    asked = acts.city_review(
        ctx=three("department_clerk"), application_id=row.id, outcome="supplement", reason="缺不动产查询结果"
    )
    assert asked.state == "supplement"
    back = acts.supplement(ctx=three(), application_id=row.id, facts={"income_month_fen": 390_000})
    assert back.state == "second_passed", "it returns to the step that asked"
    done = acts.city_review(ctx=three("department_clerk"), application_id=row.id, outcome="pass")
    assert done.state == "reviewed" and done.steps_needed == 3
    assert acts.publish_applications(ctx=three("reviewer"), ids=[row.id], title="公示").households == 1


def test_the_third_step_is_a_third_person_alone_and_in_bulk_and_the_second_pass_alone_shows_nobody() -> None:
    rows = [submitted(serial, ctx=three()) for serial in (1, 11)]
    ids = [row.id for row in rows]
    clerk, second = account_id(), account_id()
    acts.bulk_first_review(ctx=three(account=clerk), ids=ids)
    acts.bulk_second_review(ctx=three("reviewer", account=second), ids=ids)
    with pytest.raises(Refused, match="没有一份待公示"):
        acts.publish_applications(ctx=three("reviewer"), ids=ids, title="公示")
    for mine in (clerk, second):
        with pytest.raises(Refused, match="同一人"):
            acts.city_review(ctx=three("department_clerk", account=mine), application_id=ids[0], outcome="pass")
    left = acts.bulk_city_review(ctx=three("department_clerk", account=clerk), ids=ids)
    assert left["passed"] == 0 and "同一人" in left["left"][0][1]
    assert acts.bulk_city_review(ctx=three("department_clerk"), ids=ids)["passed"] == 2
    assert {now_of(row).state for row in rows} == {"reviewed"}


def test_a_case_keeps_the_steps_of_the_day_it_was_accepted() -> None:
    row = submitted(1, ctx=two())
    acts.first_review(ctx=three(), application_id=row.id, outcome="pass")
    assert now_of(row).steps_needed == 3, "the same day's parameters, set by the county"
    with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute("UPDATE needs_application SET steps_needed = 2")
    assert caught.value.__cause__.sqlstate == "AJ102"  # type: ignore[union-attr]


@pytest.mark.parametrize("table", [[["second", "复审", "reviewer", 7]], [["first", "初审", "nobody", 1], THREE[1]]])
def test_a_table_of_steps_that_is_none_stops_the_review_by_name(table: list[Any]) -> None:
    with pytest.raises(Refused, match="审核环节"):
        submitted(1, ctx=ctx_of(params=book(review_steps=table)))


# --- objections --------------------------------------------------------------------------------------


def shown(*serials: int) -> tuple[list[Application], Publicity]:
    rows = through_reviews(*serials)
    found = acts.publish_applications(ctx=two("reviewer"), ids=[row.id for row in rows], title="审核结果公示")
    return rows, found


def object_to(row: Application, post: str = "intake_clerk", **changes: Any) -> Objection:
    said = {"text": "该户在邻县有一套住房", "name": "赵某", "phone": "19911112222"}
    return acts.raise_objection(ctx=two(post, now=later(2)), number=row.number, **{**said, **changes})


def test_an_objection_stops_its_own_case_and_no_other_until_another_post_decides() -> None:
    (mine, other), found = shown(1, 11)
    clerk = account_id()
    said = {"text": "有房", "name": "赵某", "phone": "19911112222"}
    one = acts.raise_objection(ctx=two(account=clerk, now=later(2)), number=mine.number, **said)
    acts.end_publicity(ctx=two("reviewer", now=later(8)), publicity_id=found.id)
    assert (now_of(mine).state, now_of(other).state) == ("publicity", "qualified")
    for ctx, why in ((two("reviewer", account=clerk), "同一人"), (two("intake_clerk"), "以外的岗位")):
        with pytest.raises(Refused, match=why):
            acts.decide_objection(ctx=ctx, objection_id=one.id, upheld=False, reason="查无此房")
    with pytest.raises(InvalidInput, match="理由"):
        acts.decide_objection(ctx=two("reviewer"), objection_id=one.id, upheld=False, reason=" ")
    acts.decide_objection(ctx=two("reviewer", now=later(12)), objection_id=one.id, upheld=False, reason="查无此房")
    row = now_of(mine)
    assert row.state == "qualified" and row.qualified_on == date(2026, 3, 10), "the day the others came onto the list"
    with scope(COUNTY):
        assert [r.id for r in reads.queue(COUNTY)] == [mine.id, other.id]
        told = {m.to_phone: m.text for m in Message.objects.filter(template__startswith="needs.objection")}
        assert "不成立" in told["19900000001"] and "不成立" in told["19911112222"] and "赵" not in told["19900000001"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT contact FROM needs_objection")
            assert b"1991111" not in bytes(cursor.fetchone()[0]), "sealed"
        assert not Ticket.objects.filter(kind="needs.objection", done_on__isnull=True).exists()
    with pytest.raises(Refused, match="没有再办"):
        acts.decide_objection(ctx=two("reviewer"), objection_id=one.id, upheld=True, reason="再来")


def test_an_objection_upheld_refuses_the_case_tells_why_and_leaves_the_way_to_another_look() -> None:
    (row,), found = shown(1)
    one = object_to(row, "family")
    acts.decide_objection(ctx=two("reviewer", now=later(3)), objection_id=one.id, upheld=True, reason="邻县有房属实")
    assert now_of(row).state == "refused"
    acts.end_publicity(ctx=two("reviewer", now=later(8)), publicity_id=found.id)
    assert now_of(row).state == "refused"
    look = acts.ask_reconsideration(ctx=two(now=later(9)), application_id=row.id, text="该房已于 2024 年过户")
    with pytest.raises(Refused, match="以外的岗位"):
        acts.decide_reconsideration(ctx=two("reviewer"), reconsideration_id=look.id, granted=True, reason="属实")
    acts.decide_reconsideration(ctx=two("office_head"), reconsideration_id=look.id, granted=True, reason="已过户")
    assert now_of(row).state == "reviewed", "shown again"


def test_an_objection_needs_its_time_its_reason_and_a_way_to_answer() -> None:
    (row,), _ = shown(1)
    with pytest.raises(Refused, match="不在公示中"):
        object_to(submitted(21))
    for wrong, why in (({"text": ""}, "事实和理由"), ({"name": ""}, "姓名"), ({"phone": "12"}, "手机号")):
        with pytest.raises(InvalidInput, match=why):
            object_to(row, **wrong)
    with public_scope():
        assert Publication.objects.filter(kind="qualified").count() == 1


# --- another look ------------------------------------------------------------------------------------


def refused_at(step: str, serial: int = 1, **who: Any) -> Application:
    row = submitted(serial, ctx=two())
    if step == "second":
        acts.first_review(ctx=two(), application_id=row.id, outcome="pass")
    act, post = (acts.first_review, "intake_clerk") if step == "first" else (acts.second_review, "reviewer")
    act(ctx=two(post, **who), application_id=row.id, outcome="refuse", reason="名下另有住房")
    return row


@pytest.mark.parametrize(
    ("step", "post", "state"), [("first", "reviewer", "first_passed"), ("second", "office_head", "reviewed")]
)
def test_another_look_is_by_another_post_and_restores_number_day_and_step(step: str, post: str, state: str) -> None:
    refuser = account_id()
    row = refused_at(step, account=refuser)
    look = acts.ask_reconsideration(
        ctx=two(now=later(15)), application_id=row.id, text="该房是他人的", facts={"home_area_cm2": 0}
    )
    with scope(COUNTY):
        assert Ticket.objects.get(kind="needs.reconsideration").post == post
    for ctx, why in (
        (two(post, account=refuser), "同一人"),
        (two({"first": "intake_clerk", "second": "reviewer"}[step]), "以外的岗位"),
    ):
        with pytest.raises(Refused, match=why):
            acts.decide_reconsideration(ctx=ctx, reconsideration_id=look.id, granted=True, reason="查实")
    acts.decide_reconsideration(
        ctx=two(post, now=later(16)), reconsideration_id=look.id, granted=True, reason="查实不是"
    )
    found = now_of(row)
    assert (found.state, found.accepted_on, found.number) == (state, row.accepted_on, row.number)
    with pytest.raises(Refused, match="一份有效申请"):
        submitted(1)
    with pytest.raises(Refused, match="没有再办"):
        acts.decide_reconsideration(ctx=two(post), reconsideration_id=look.id, granted=False, reason="再来")


def test_another_look_has_its_days_is_asked_once_and_may_stay_a_no() -> None:
    row = refused_at("first")
    with pytest.raises(Refused, match="申请复核期限"):
        acts.ask_reconsideration(ctx=ctx_of(), application_id=row.id, text="不服")
    with pytest.raises(Refused, match="到 2026-03-17 为止"):
        acts.ask_reconsideration(ctx=two(now=later(16)), application_id=row.id, text="不服")
    with pytest.raises(InvalidInput, match="理由"):
        acts.ask_reconsideration(ctx=two(), application_id=row.id, text="")
    look = acts.ask_reconsideration(ctx=two(), application_id=row.id, text="不服")
    with pytest.raises(Refused, match="已申请过复核"):
        acts.ask_reconsideration(ctx=two(), application_id=row.id, text="还不服")
    acts.decide_reconsideration(ctx=two("reviewer"), reconsideration_id=look.id, granted=False, reason="查实有房")
    assert now_of(row).state == "refused"


def test_who_applied_elsewhere_meanwhile_stops_another_look_by_the_clash() -> None:
    row = refused_at("first")
    look = acts.ask_reconsideration(ctx=two(), application_id=row.id, text="不服")
    submitted(1)
    with pytest.raises(Refused, match="每人只能在一份有效申请中"):
        acts.decide_reconsideration(ctx=two("reviewer"), reconsideration_id=look.id, granted=True, reason="查实")


def test_success_gives_the_place_of_the_first_publicity_it_would_have_stood_in() -> None:
    """Refused on the 2nd while others were passed and shown: once granted, it stands among them, not behind later ones."""
    wronged = refused_at("second")
    (peer,), first = shown(11)
    acts.end_publicity(ctx=two("reviewer", now=later(8)), publicity_id=first.id)
    look = acts.ask_reconsideration(ctx=two(now=later(9)), application_id=wronged.id, text="不服")
    later_row = acts.submit_application(ctx=two(now=later(9)), household=household(21))
    acts.bulk_first_review(ctx=two(now=later(9)), ids=[later_row.id])
    acts.bulk_second_review(ctx=two("reviewer", now=later(9)), ids=[later_row.id])
    second = acts.publish_applications(ctx=two("reviewer", now=later(9)), ids=[later_row.id], title="第二批")
    acts.end_publicity(ctx=two("reviewer", now=later(17)), publicity_id=second.id)
    acts.decide_reconsideration(
        ctx=two("office_head", now=later(18)), reconsideration_id=look.id, granted=True, reason="查实"
    )
    third = acts.publish_applications(ctx=two("reviewer", now=later(18)), ids=[wronged.id], title="第三批")
    acts.end_publicity(ctx=two("reviewer", now=later(26)), publicity_id=third.id)
    row = now_of(wronged)
    assert row.qualified_on == date(2026, 3, 28) and row.order_on == date(2026, 3, 10)
    with scope(COUNTY):
        assert [r.id for r in reads.queue(COUNTY)] == [wronged.id, peer.id, later_row.id]


# --- the database ------------------------------------------------------------------------------------

RAW = "INSERT INTO needs_objection (id, region, application_id, publicity_id, received_on, text, contact, maker, maker_post, reason,"
RAW += " decided_post) SELECT gen_random_uuid(), region, id, publicity_id, now(), 'x', 'x', gen_random_uuid(), 'a', '', '' FROM"
RAW += " needs_application"
LOOK = (
    "INSERT INTO needs_reconsideration (id, region, application_id, refusal_id, refuser, asked_on, maker, text, reason)"
)
ATTACKS = [
    ("onto the list with an open objection", "UPDATE needs_application SET state = 'qualified', qualified_on = now(), sort_key = '1'"
     " WHERE id IN (SELECT application_id FROM needs_objection)", "AJ103"),
    ("an objection outside publicity", RAW + " WHERE state = 'refused'", "AJ103"),
    ("decided by who received it", "UPDATE needs_objection SET decided_on = now(), decided_by = maker, decided_post = 'x',"
     " upheld = false, reason = 'x'", "23514"),
    ("decided by the same post", "UPDATE needs_objection SET decided_on = now(), decided_by = gen_random_uuid(),"
     " decided_post = maker_post, upheld = false, reason = 'x'", "23514"),
    ("decided without a reason", "UPDATE needs_objection SET decided_on = now(), decided_by = gen_random_uuid(), decided_post = 'x',"
     " upheld = false", "23514"),
    ("an objection rewritten", "UPDATE needs_objection SET text = 'y'", "AJ005"),
    ("an objection erased", "DELETE FROM needs_objection", "AJ005"),
    ("another look by who refused", "UPDATE needs_reconsideration SET decided_on = now(), decided_by = refuser, granted = true,"
     " reason = 'x'", "23514"),
    ("another refuser named", "UPDATE needs_reconsideration SET refuser = gen_random_uuid()", "AJ105"),
    ("another look at a pass", LOOK + " SELECT gen_random_uuid(), region, application_id, id, reviewer, now(), gen_random_uuid(), 'x', ''"
     " FROM needs_review WHERE outcome = 'pass' LIMIT 1", "AJ105"),
    ("a second look at one refusal", LOOK + " SELECT gen_random_uuid(), region, application_id, refusal_id, refuser, now(),"
     " gen_random_uuid(), 'x', '' FROM needs_reconsideration", "23505"),
    ("a change rewritten", "UPDATE needs_casechange SET to_state = 'housed'", "42501"),
    ("fewer steps than two", "UPDATE needs_application SET steps_needed = 1", "AJ102"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "statement", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_refuses_even_inside_an_act(what: str, statement: str, code: str) -> None:
    (row,), _ = shown(1)
    object_to(row)
    look = refused_at("first", 31)
    acts.ask_reconsideration(ctx=two(), application_id=look.id, text="不服")
    with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(caught.value.__cause__, psycopg.Error), caught.value
    assert caught.value.__cause__.sqlstate == code, what


def test_every_change_of_a_case_is_kept_by_the_database_with_who_and_when() -> None:
    clerk = account_id()
    row = submitted(1)
    acts.first_review(ctx=ctx_of(account=clerk), application_id=row.id, outcome="pass")
    acts.bulk_second_review(ctx=ctx_of("reviewer"), ids=[row.id])
    acts.withdraw(ctx=ctx_of(now=later(1)), application_id=row.id)
    with scope(COUNTY):
        found = list(CaseChange.objects.order_by("written_at"))
        assert [(c.from_state, c.to_state) for c in found] == [
            ("submitted", "first_passed"), ("first_passed", "reviewed"), ("reviewed", "withdrawn"),
        ]  # fmt: skip
        assert (found[0].account, found[0].act_name, found[1].act_name) == (
            clerk,
            "needs.first_review",
            "needs.bulk_second_review",
        )
        assert found[2].at - found[0].at == timedelta(days=1)
        assert Review.objects.filter(application=row).count() == 2
