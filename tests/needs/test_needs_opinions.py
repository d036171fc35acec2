"""The city with its departments: each named one says 一致 or 不一致 before the step's post decides; silence never passes."""

from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.regions import scope, uuid7
from anju.base.tickets.models import Ticket
from anju.needs import acts
from anju.needs.models import Application, Opinion
from anju.parties.models import Setting
from needs.helpers import COUNTY, NOON, VALUES, book, ctx_of, submitted
from support.db import open_act
from support.desk import signed_in, text
from support.laid import lay, organisation

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("3.2-0")]
THREE = [
    ["first", "初审", "intake_clerk", 20],
    ["second", "复审", "reviewer", 7],
    ["city", "市级联审", "office_clerk", 10],
]
ASKED = [["city", "公安局", 5], ["city", "民政局", 0]]


def at(post: str = "office_clerk", asked: Any = ASKED, **changes: Any) -> Any:
    return ctx_of(post, params=book(review_steps=THREE, review_departments=asked), **changes)


def lay_parameters() -> None:
    lay(*[
        Setting(
            owner_region="231200", name=name, value=value, valid_from=date(2025, 1, 1), document="演示〔2025〕1号", demonstration=True,
            proposed_by=uuid7(), proposed_at=NOON, confirmed_by=uuid7(), confirmed_at=NOON,
        )
        for name, value in {**VALUES, "review_steps": THREE, "review_departments": ASKED}.items()
    ])  # fmt: skip


def bodies() -> dict[str, Any]:
    return {name: organisation("department", name) for name in ("公安局", "民政局")}


def at_the_city(*serials: int, **changes: Any) -> list[Application]:
    rows = [submitted(serial, ctx=at("intake_clerk", **changes)) for serial in serials]
    ids = [row.id for row in rows]
    acts.bulk_first_review(ctx=at("intake_clerk", **changes), ids=ids)
    acts.bulk_second_review(ctx=at("reviewer", **changes), ids=ids)
    return rows


def asked_of(row: Application, department: str) -> Opinion:
    with scope(COUNTY):
        return Opinion.objects.get(application=row, department=department, lapsed_on=None)


def says(row: Application, department: str, body: Any, result: str = "same", **changes: Any) -> Opinion:
    given = {"opinion_id": asked_of(row, department).id, "result": result, **changes}
    return acts.give_opinion(ctx=at("department_clerk", organisation=body.id), **given)


def test_a_missing_opinion_blocks_a_yes_and_a_no_and_a_difference_asks_for_the_ground() -> None:
    there = bodies()
    (row,) = at_the_city(1)
    with scope(COUNTY):
        tickets = {
            t.organisation: (t.post, t.limit_days) for t in Ticket.objects.filter(kind__startswith="needs.opinion.")
        }
    assert tickets == {there["公安局"].id: ("department_clerk", 5), there["民政局"].id: ("department_clerk", None)}
    for outcome in ("pass", "refuse"):
        with pytest.raises(Refused, match="公安局、民政局还没有出具"):
            acts.city_review(ctx=at(), application_id=row.id, outcome=outcome, reason="缺")
    with pytest.raises(Forbidden, match="由公安局出具"):
        says(row, "公安局", there["民政局"])
    says(row, "公安局", there["公安局"])
    with pytest.raises(Conflict, match="已于"):
        says(row, "公安局", there["公安局"])
    with pytest.raises(Refused, match="民政局还没有出具"):
        acts.city_review(ctx=at(), application_id=row.id, outcome="pass")
    with pytest.raises(InvalidInput, match="不一致须写明理由"):
        says(row, "民政局", there["民政局"], "differs")
    says(row, "民政局", there["民政局"], "differs", reason="登记为已婚")
    with pytest.raises(InvalidInput, match="民政局的意见为不一致，通过须写明采信的依据"):
        acts.city_review(ctx=at(), application_id=row.id, outcome="pass")
    left = acts.bulk_city_review(ctx=at(), ids=[row.id])
    assert left["passed"] == 0 and "请逐件办理" in left["left"][0][1]
    assert acts.city_review(ctx=at(), application_id=row.id, outcome="pass", reason="已补离婚证").state == "reviewed"
    with scope(COUNTY):
        assert not Ticket.objects.filter(kind__startswith="needs.opinion.", done_on=None).exists()


def test_many_are_agreed_at_once_by_their_own_department_and_pass_in_bulk() -> None:
    there = bodies()
    rows = at_the_city(1, 11, 21)
    for name, body in there.items():
        keys = [asked_of(row, name).id for row in rows[:2]] + [asked_of(rows[2], "公安局").id]
        done = acts.agree_opinions(ctx=at("department_clerk", organisation=body.id), ids=keys)
        assert done == (3 if name == "公安局" else 2), "another department's is left"
    found = acts.bulk_city_review(ctx=at(), ids=[row.id for row in rows])
    assert found["passed"] == 2 and "民政局还没有出具" in found["left"][0][1]


def test_a_correction_asks_anew_and_a_department_without_a_body_answers_by_paper() -> None:
    body = organisation("department", "公安局")
    (row,) = at_the_city(1)
    says(row, "公安局", body)
    with pytest.raises(Refused, match="没有名为民政局的部门"):
        acts.city_review(ctx=at(), application_id=row.id, outcome="pass")
    key = asked_of(row, "民政局").id
    with pytest.raises(InvalidInput, match="盖章的书面意见"):
        acts.give_opinion(ctx=at("intake_clerk"), opinion_id=key, result="same")
    paper = ("意见.pdf", b"%PDF-1.4\n%%EOF\n")
    acts.give_opinion(ctx=at("intake_clerk"), opinion_id=key, result="same", scan=paper)
    acts.correct_application(
        ctx=at("intake_clerk"), application_id=row.id, facts={"residence_months": 40}, reason="录错"
    )
    with pytest.raises(Refused, match="公安局、民政局还没有出具"):
        acts.city_review(ctx=at(), application_id=row.id, outcome="pass")
    # Refused for lack of papers, it may go back for a supplement without waiting for anybody.
    assert acts.city_review(ctx=at(), application_id=row.id, outcome="supplement", reason="缺").state == "supplement"


def test_a_departments_desk_lists_its_own_and_the_case_shows_what_was_said() -> None:
    there = bodies()
    (row,) = at_the_city(1)
    lay_parameters()
    police = signed_in("department_clerk", COUNTY, organisation=there["公安局"])
    listed = text(police.get(reverse("needs:opinions")))
    assert row.number in listed and "公安局" in listed and "民政局" not in listed
    page = reverse("needs:opinion", args=[asked_of(row, "公安局").id])
    assert police.get(reverse("needs:opinion", args=[asked_of(row, "民政局").id])).status_code == 404
    assert police.post(page, {"result": "differs", "reason": "户籍已迁出"}).status_code == 302
    shown = text(signed_in("reviewer", COUNTY).get(reverse("needs:thing", args=[row.id])))
    assert "户籍已迁出" in shown and "不一致" in shown and "待出具" in shown


def test_a_case_that_waited_before_the_departments_were_named_is_held_until_they_are_asked() -> None:
    there = bodies()
    (row,) = at_the_city(1, asked="none")
    with pytest.raises(Refused, match="还没有出具"):
        acts.city_review(ctx=at(), application_id=row.id, outcome="pass")
    acts.ask_opinions(ctx=at(), application_id=row.id)
    for name, body in there.items():
        says(row, name, body)
    assert acts.city_review(ctx=at(), application_id=row.id, outcome="pass").state == "reviewed"


def test_a_table_that_names_a_step_the_county_has_not_is_refused() -> None:
    row = submitted(1, ctx=at("intake_clerk"))
    with pytest.raises(Refused, match="公安局写的环节是「初审」"):
        acts.first_review(ctx=at("intake_clerk", [["first", "公安局", 5]]), application_id=row.id, outcome="pass")


ATTACKS = [
    ("decided before the answer", "INSERT INTO needs_review (id, region, application_id, step, outcome, reason, reviewer, reviewed_at)"
     " SELECT gen_random_uuid(), region, id, 'city', 'pass', '', gen_random_uuid(), now() FROM needs_application", "AJ120"),
    ("an opinion withdrawn", "DELETE FROM needs_opinion", "AJ005"),
    ("an answer rewritten", "UPDATE needs_opinion SET result = 'differs', reason = 'x' WHERE given_on IS NOT NULL", "AJ005"),
    ("a no without its reason", "UPDATE needs_opinion SET result = 'differs', given_on = asked_on, given_by = gen_random_uuid()"
     " WHERE given_on IS NULL", "23514"),
    ("asked twice", "INSERT INTO needs_opinion SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid()))).*"
     " FROM needs_opinion o", "23505"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "statement", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_refuses(what: str, statement: str, code: str) -> None:
    there = bodies()
    (row,) = at_the_city(1)
    says(row, "公安局", there["公安局"])
    with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(caught.value.__cause__, psycopg.Error) and caught.value.__cause__.sqlstate == code, what
