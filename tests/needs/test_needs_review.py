"""初审、复审、公示、轮候: two people, masked publication, an order nobody bends."""

import json
import re
from datetime import date

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.base.acts import InvalidInput, Refused
from anju.base.acts.act import items_root
from anju.base.acts.models import Act, ActItem
from anju.base.messages.models import Message
from anju.base.publication.models import Publication
from anju.base.publication.release import scan
from anju.base.regions import public_scope, scope
from anju.base.tickets.models import Ticket
from anju.needs import acts, order, reads
from anju.needs.models import Application, Finding, Review
from needs.helpers import (
    COUNTY,
    account_id,
    book,
    ctx_of,
    household,
    id_number,
    later,
    qualified,
    rent_household,
    submitted,
    through_reviews,
)
from support.db import open_act
from support.examples import many

pytestmark = pytest.mark.django_db


@pytest.mark.clause("3.2-0")
def test_first_and_second_review_are_two_people() -> None:
    clerk = account_id()
    row = submitted(1)
    acts.first_review(ctx=ctx_of(account=clerk), application_id=row.id, outcome="pass")
    with pytest.raises(Refused, match="同一人"):
        acts.second_review(ctx=ctx_of("reviewer", account=clerk), application_id=row.id, outcome="pass")
    answer = acts.bulk_second_review(ctx=ctx_of("reviewer", account=clerk), ids=[row.id])
    assert answer == {"passed": 0, "left": [[row.number, "初审人与复审人不能是同一人；请换一位同事复审"]]}
    assert acts.second_review(ctx=ctx_of("reviewer"), application_id=row.id, outcome="pass").state == "reviewed"


@pytest.mark.clause("3.2-0")
def test_a_no_needs_its_reason_tells_the_family_and_frees_its_members() -> None:
    row = submitted(1)
    for outcome in ("refuse", "supplement"):
        with pytest.raises(InvalidInput, match="理由"):
            acts.first_review(ctx=ctx_of(), application_id=row.id, outcome=outcome)
    acts.first_review(ctx=ctx_of(), application_id=row.id, outcome="refuse", reason="名下另有住房")
    with scope(COUNTY):
        message = Message.objects.get(template="needs.refuse")
        assert "名下另有住房" in message.text and message.to_phone == "19900000001"
        assert not Ticket.objects.filter(done_on__isnull=True).exists()
    assert submitted(1).state == "submitted"


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize("step", ["first", "second"])
def test_a_supplement_comes_back_to_the_step_that_asked_and_is_judged_anew(step: str) -> None:
    row = submitted(1, residence_months=36)
    if step == "second":
        acts.first_review(ctx=ctx_of(), application_id=row.id, outcome="pass")
    review = acts.first_review if step == "first" else acts.second_review
    review(ctx=ctx_of("reviewer"), application_id=row.id, outcome="supplement", reason="收入证明已过期")
    changed = acts.supplement(ctx=ctx_of(), application_id=row.id, facts={"income_month_fen": 1_200_000})
    assert changed.state == {"first": "submitted", "second": "first_passed"}[step]
    assert next(v for v in changed.verdicts if v["rule"] == "3.2-0-income")["outcome"] == "fail"
    with scope(COUNTY):
        assert Ticket.objects.get(done_on__isnull=True).kind == f"needs.{step}_review"


@pytest.mark.clause("3.2-0")
def test_a_case_out_of_its_step_is_refused_and_named() -> None:
    row = submitted(1)
    with pytest.raises(Refused, match=r"待初审.*复审"):
        acts.second_review(ctx=ctx_of("reviewer"), application_id=row.id, outcome="pass")
    with pytest.raises(Refused, match="没有一份"):
        acts.bulk_second_review(ctx=ctx_of("reviewer"), ids=[row.id])


@pytest.mark.clause("3.2-0")
def test_a_bulk_review_is_one_entry_whose_items_stand_for_each_case() -> None:
    rows = [submitted(serial) for serial in (1, 11, 21)]
    bad = submitted(31, income_month_fen=None)
    answer = acts.bulk_first_review(ctx=ctx_of(), ids=[row.id for row in [*rows, bad]])
    assert answer["passed"] == 3 and answer["left"][0][0] == bad.number
    with scope(COUNTY):
        entry = Act.objects.get(name="needs.bulk_first_review")
        items = list(ActItem.objects.filter(act=entry.id).order_by("idx"))
        root = items_root([bytes(item.hash) for item in items]).hex()
        assert json.loads(entry.body)["items"] == f"3:{root}"
        assert {item.object_id for item in items} == {row.id for row in rows}


@pytest.mark.clause("3.2-0")
def test_publicity_is_masked_whitelisted_and_runs_its_days() -> None:
    rows = through_reviews(1, 11)
    with pytest.raises(Refused, match="公示天数"):
        acts.publish_applications(
            ctx=ctx_of("reviewer", params=book(publicity_days=None)), ids=[rows[0].id], title="公示"
        )
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[row.id for row in rows], title="审核结果公示")
    with public_scope():
        body = Publication.objects.get(kind="qualified").body
    text, table = json.dumps(body, ensure_ascii=False), body["tables"][0]
    assert table["header"] == ["受理号", "姓名", "家庭人数", "申请类别"] and len(table["rows"]) == 2
    assert all(len(row) == 4 for row in table["rows"]) and "测试" not in text and "测*" in text
    assert not scan(body) and not re.search(r"\d{11,}", text.replace("-", "x"))
    assert shown.until_on == date(2026, 3, 9)
    with pytest.raises(Refused, match="还不能"):
        acts.end_publicity(ctx=ctx_of("reviewer", now=later(7)), publicity_id=shown.id)
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(8)), publicity_id=shown.id)
    with public_scope():
        assert not Publication.objects.filter(kind="qualified").exists(), "taken down by itself"
    with pytest.raises(Refused, match="已于"):
        acts.end_publicity(ctx=ctx_of("reviewer", now=later(9)), publicity_id=shown.id)


@pytest.mark.clause("3.2-0")
def test_publication_of_a_personal_number_is_refused() -> None:
    (row,) = through_reviews(1)
    with pytest.raises(Refused, match="身份证号"):
        acts.publish_applications(ctx=ctx_of("reviewer"), ids=[row.id], title=f"关于 {id_number(1)} 的公示")


@pytest.mark.clause("3.5-2")
def test_the_order_of_a_county_decides_the_list_and_an_unset_order_stops_it() -> None:
    rows = through_reviews(1)
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[rows[0].id], title="公示")
    unset = ctx_of("reviewer", now=later(8), params=book(order_method=None))
    with pytest.raises(Refused, match="选房顺序方式"):
        acts.end_publicity(ctx=unset, publicity_id=shown.id)


def test_positions_follow_qualified_date_then_accepted_date_then_number() -> None:
    second = qualified(1)[0]
    early = acts.submit_application(ctx=ctx_of(now=later(9)), household=household(11), accepted_on=date(2026, 1, 5))
    late = acts.submit_application(ctx=ctx_of(now=later(9)), household=household(21), accepted_on=date(2026, 2, 5))
    ids = [late.id, early.id]
    acts.bulk_first_review(ctx=ctx_of(now=later(9)), ids=ids)
    acts.bulk_second_review(ctx=ctx_of("reviewer", now=later(9)), ids=ids)
    shown = acts.publish_applications(ctx=ctx_of("reviewer", now=later(9)), ids=ids, title="公示")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(20)), publicity_id=shown.id)
    with scope(COUNTY):
        places = {row.id: row.place for row in reads.queue(COUNTY)}
        assert [places[key] for key in (second.id, early.id, late.id)] == [1, 2, 3]
        for key, place in places.items():
            found = reads.position(Application.objects.get(id=key))
            assert found and (found.place, found.waiting) == (place, 3)


@pytest.mark.clause("3.2-0")
def test_undoing_a_withdrawal_gives_the_old_place_back() -> None:
    rows = qualified(1, 11, 21)
    middle = rows[1]
    acts.withdraw(ctx=ctx_of(now=later(9)), application_id=middle.id)
    with scope(COUNTY):
        assert reads.position(Application.objects.get(id=middle.id)) is None
        assert reads.position(rows[2]).place == 2  # type: ignore[union-attr]
    acts.undo_withdrawal(ctx=ctx_of(now=later(10)), application_id=middle.id)
    with scope(COUNTY):
        assert [reads.position(row).place for row in rows] == [1, 2, 3]  # type: ignore[union-attr]


def test_a_county_that_draws_ranks_nobody_before_the_draw() -> None:
    row = acts.submit_application(ctx=ctx_of(), household=rent_household(1))
    acts.bulk_first_review(ctx=ctx_of(), ids=[row.id])
    acts.bulk_second_review(ctx=ctx_of("reviewer"), ids=[row.id])
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[row.id], title="公示")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(8)), publicity_id=shown.id)
    with scope(COUNTY):
        found = reads.position(Application.objects.get(id=row.id))
        assert found and found.place is None and found.waiting == 1


def test_points_order_the_list_and_a_household_without_points_stops_the_act_by_name() -> None:
    rows = [acts.submit_application(ctx=ctx_of(), household=rent_household(s, "public_rental", score=p, income_month_fen=300_000))
            for s, p in ((1, 60), (11, 90), (21, None))]  # fmt: skip
    ids = [row.id for row in rows]
    acts.bulk_first_review(ctx=ctx_of(), ids=ids)
    acts.bulk_second_review(ctx=ctx_of("reviewer"), ids=ids)
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=ids, title="公示")
    with pytest.raises(Refused, match=f"{rows[2].number} 没有积分"):
        acts.end_publicity(ctx=ctx_of("reviewer", now=later(8)), publicity_id=shown.id)
    acts.correct_application(ctx=ctx_of(now=later(8)), application_id=ids[2], facts={"score": 75}, reason="补录积分")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(8)), publicity_id=shown.id)
    with scope(COUNTY):
        assert [row.id for row in reads.queue(COUNTY, "public_rental")] == [ids[1], ids[2], ids[0]]


facts = st.tuples(st.integers(1, 9), st.integers(0, 99_999), st.dates(date(2025, 1, 1), date(2026, 12, 31)),
                  st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(1, 999_999))  # fmt: skip


@settings(max_examples=many(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=facts, two=facts)
def test_sort_keys_order_as_their_facts_do(one: tuple, two: tuple) -> None:
    def row(f: tuple) -> Application:
        return Application(priority=f[0], score=f[1], accepted_on=f[3], number=f"231202-2603-{f[4]:06d}")

    a, b = row(one), row(two)
    by_day = [(f[0], f[2], f[3], f[4]) for f in (one, two)]
    by_points = [(f[0], -f[1], f[2], f[3], f[4]) for f in (one, two)]
    for method, keys in ((order.WAITING, by_day), (order.SCORE, by_points)):
        left, right = order.sort_key(a, method, one[2]), order.sort_key(b, method, two[2])
        assert (left < right) == (keys[0] < keys[1]), method


@pytest.mark.clause("3.2-0")
def test_a_housed_household_holds_one_home_and_may_not_apply_for_another() -> None:
    (row,) = qualified(1)
    ctx = ctx_of("operator", now=later(30))
    assert acts.mark_housed(ctx=ctx, application_id=row.id).state == "housed"
    again = acts.submit_application(ctx=ctx_of(now=later(31)), household=household(2, persons=1, phone="19900000002"))
    assert next(v for v in again.verdicts if v["rule"] == "3.2-0-one-home")["outcome"] == "fail"


@pytest.mark.clause("3.2-0")
def test_a_correction_keeps_old_and_new_in_the_log_and_opens_a_finding_past_the_reviews() -> None:
    (row,) = qualified(1)
    with pytest.raises(InvalidInput, match="事由"):
        acts.correct_application(ctx=ctx_of(), application_id=row.id, facts={"residence_months": 6}, reason="")
    acts.correct_application(ctx=ctx_of(), application_id=row.id, facts={"residence_months": 6}, reason="社保记录更正")
    with scope(COUNTY):
        finding = Finding.objects.get(application=row)
        assert finding.rule == "3.2-0-residence" and finding.settled_on is None
        assert Application.objects.get(id=row.id).state == "qualified", "a clerk's edit throws nobody off the list"


def test_a_wrong_number_is_put_right_and_the_claim_goes_with_it() -> None:
    row = submitted(1, persons=1)
    with scope(COUNTY):
        person = row.members.get()
    acts.correct_member(ctx=ctx_of(), member_id=person.id, name="测试乙", document=id_number(500), reason="录错")
    assert submitted(1, persons=1).state == "submitted", "the wrong number is free"
    with pytest.raises(Refused, match=row.number):
        submitted(500, persons=1)


ATTACKS = [
    ("a second pass of one step", "INSERT INTO needs_review (id, region, application_id, step, outcome, reason, reviewer, reviewed_at)"
     " SELECT gen_random_uuid(), region, application_id, step, 'pass', '', gen_random_uuid(), now() FROM needs_review LIMIT 1", "23505"),
    ("one person for both steps", "INSERT INTO needs_review (id, region, application_id, step, outcome, reason, reviewer, reviewed_at)"
     " SELECT gen_random_uuid(), region, application_id, 'second', 'pass', '', reviewer, now() FROM needs_review LIMIT 1", "23505"),
    ("a no without a reason", "INSERT INTO needs_review (id, region, application_id, step, outcome, reason, reviewer, reviewed_at)"
     " SELECT gen_random_uuid(), region, application_id, 'first', 'refuse', '', gen_random_uuid(), now() FROM needs_review LIMIT 1",
     "23514"),
    ("rewriting a review", "UPDATE needs_review SET reviewer = gen_random_uuid()", "AJ005"),
    ("erasing a review", "DELETE FROM needs_review", "AJ005"),
    ("on the list without two reviews", "UPDATE needs_application SET state = 'reviewed'", "AJ101"),
    ("qualified without a place", "UPDATE needs_application SET state = 'qualified', back_entered = back_entered", "23514"),
    ("another own day", "UPDATE needs_application SET accepted_on = accepted_on - 400", "AJ102"),
    ("back-entered afterwards", "UPDATE needs_application SET back_entered = true", "AJ102"),
    ("a member twice", "INSERT INTO needs_member SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(),"
     " 'relation', '20'))).* FROM needs_member m LIMIT 1", "23505"),
    ("a second applicant", "UPDATE needs_member SET relation = '01'", "23505"),
    ("a member gone without an event", "DELETE FROM needs_member; SET CONSTRAINTS member_left_a_trace IMMEDIATE",
     "AJ005"),
    ("an application gone", "DELETE FROM needs_wish; DELETE FROM needs_member; DELETE FROM needs_application", "AJ005"),
    ("a wish upside down", "UPDATE needs_wish SET area_to_cm2 = area_from_cm2 - 1", "23514"),
    ("an own claim", "INSERT INTO base_claim (kind, person, token, region) VALUES ('application', '\\x00', gen_random_uuid(), '231202')",
     "42501"),
    ("another county's row", "INSERT INTO needs_draft (id, region, account, body, step, saved_at)"
     " VALUES (gen_random_uuid(), '231221', gen_random_uuid(), '\\x00', 1, now())", "42501"),
]  # fmt: skip


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("what", "statement", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_refuses_even_inside_an_act(what: str, statement: str, code: str) -> None:
    row = submitted(1)
    acts.first_review(ctx=ctx_of(), application_id=row.id, outcome="pass")
    with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(caught.value.__cause__, psycopg.Error), caught.value
    assert caught.value.__cause__.sqlstate == code, what


@pytest.mark.clause("3.2-0")
def test_outside_an_act_nothing_of_the_room_changes() -> None:
    submitted(1)
    for table in (
        "application",
        "member",
        "wish",
        "review",
        "publicity",
        "finding",
        "answer",
        "demandsnapshot",
        "demandcell",
    ):
        with pytest.raises(Exception) as caught, scope(COUNTY), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM needs_{table}")
        assert caught.value.__cause__.sqlstate == "AJ003", table  # type: ignore[union-attr]


def test_a_place_once_given_is_not_moved() -> None:
    (row,) = qualified(1)
    with pytest.raises(Exception) as caught, open_act(COUNTY):
        Application.objects.filter(id=row.id).update(sort_key="0-first")
    assert caught.value.__cause__.sqlstate == "AJ102"  # type: ignore[union-attr]


def test_reviewers_of_another_county_do_not_see_the_case() -> None:
    row = submitted(1)
    with pytest.raises(Refused, match="没有这份申请"):
        acts.first_review(ctx=ctx_of(region="231221"), application_id=row.id, outcome="pass")
    with scope("231221"):
        assert not Application.objects.exists() and not Review.objects.exists()
