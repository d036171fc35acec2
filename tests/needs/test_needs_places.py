"""Places: one rule a list until an act changes it, priority as data, re-checks and pauses that keep the place, nobody bent ahead."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.base.acts import InvalidInput, Refused
from anju.base.messages.models import Message
from anju.base.regions import scope
from anju.base.tickets.models import Ticket
from anju.needs import acts, order, reads
from anju.needs.models import Application, CaseChange, ListOrder, Member, Pause, Recheck
from needs.helpers import COUNTY, account_id, book, ctx_of, household, later, submitted, through_reviews
from support.db import open_act
from support.examples import many

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.2-0")]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
GROUPS = [["need", "wheelchair", "使用轮椅", 2], ["group", "low_income", "困难", 3]]
SCORE = {"order_method": {"sale": "score", "affordable_rental": "draw", "public_rental": "score"}}


def listed(*serials: int, day: int = 0, params: Any = None, **facts: Any) -> list[Application]:
    """Households that came onto the list eight days after ``day``."""
    given = {"params": params or book(recheck_months=12, recheck_days=20)}
    rows = [
        acts.submit_application(ctx=ctx_of(now=later(day), **given), household=household(s, **facts)) for s in serials
    ]
    ids = [row.id for row in rows]
    acts.bulk_first_review(ctx=ctx_of(now=later(day), **given), ids=ids)
    acts.bulk_second_review(ctx=ctx_of("reviewer", now=later(day), **given), ids=ids)
    shown = acts.publish_applications(ctx=ctx_of("reviewer", now=later(day), **given), ids=ids, title="公示")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(day + 8), **given), publicity_id=shown.id)
    return [now_of(row) for row in rows]


def now_of(row: Application) -> Application:
    with scope(COUNTY):
        return Application.objects.get(id=row.id)


def queue() -> list[Any]:
    with scope(COUNTY):
        return [row.id for row in reads.queue(COUNTY)]


def test_a_new_setting_changes_no_place_until_an_act_orders_the_list_anew_and_says_why() -> None:
    low, high = listed(1, score=10)[0], listed(11, score=90)[0]
    scored = book(**SCORE)
    third = listed(21, day=10, params=scored, score=99)[0]
    assert queue() == [low.id, high.id, third.id], "whoever comes meanwhile is placed by the list's own rule"
    with scope(COUNTY):
        effect = order.preview(COUNTY, "sale", order.set_rule("sale", ctx_of(params=scored).inforce()))
    assert (effect.households, effect.ahead, effect.back) == (3, 1, 1)
    assert [(m["number"], m["before"], m["after"]) for m in effect.moves] == [(low.number, 1, 3), (third.number, 3, 1)]
    with pytest.raises(InvalidInput, match="依据"):
        acts.reorder_list(ctx=ctx_of("office_head", params=scored), programme="sale", reason="")
    with pytest.raises(Refused, match="已按现行规则"):
        acts.reorder_list(ctx=ctx_of("office_head"), programme="sale", reason="再排一次")
    acts.reorder_list(
        ctx=ctx_of("office_head", params=scored, now=later(30)), programme="sale", reason="北住〔2026〕3号"
    )
    assert queue() == [third.id, high.id, low.id]
    with scope(COUNTY):
        assert [(o.serial, o.method) for o in ListOrder.objects.order_by("serial")] == [
            (1, "waiting_list"),
            (2, "score"),
        ]
        moved = CaseChange.objects.get(application=third, act_name="needs.reorder_list")
        assert (moved.from_key, moved.to_key) == (third.sort_key, now_of(third).sort_key)
        assert reads.how_it_moved(low) == [("came_ahead", 2)] and reads.how_it_moved(third) == []


def test_points_missing_stop_the_new_order_by_name_and_nothing_moves() -> None:
    first = listed(1)[0]
    with pytest.raises(Refused, match=f"{first.number} 没有积分"):
        acts.reorder_list(ctx=ctx_of("office_head", params=book(**SCORE)), programme="sale", reason="改积分")
    assert now_of(first).sort_key == first.sort_key


def test_a_confirmed_need_gives_priority_only_by_the_act_that_says_so() -> None:
    params = book(priority_groups=GROUPS)
    one, two = listed(1, 11, params=params)
    with scope(COUNTY):
        person = Member.objects.filter(application=two).first()
    assert person
    clerk = account_id()
    need = acts.record_need(
        ctx=ctx_of(account=clerk), member_id=person.id, kind="wheelchair", proof=("残疾证.pdf", PDF)
    )
    with pytest.raises(Refused, match="已登记"):
        acts.record_need(ctx=ctx_of(), member_id=person.id, kind="wheelchair", proof=("残疾证.pdf", PDF))
    with pytest.raises(Refused, match="位次不变"):
        acts.recalculate_place(ctx=ctx_of("reviewer", params=params), application_id=two.id, reason="登记了需要")
    with pytest.raises(Refused, match="同一人"):
        acts.confirm_need(ctx=ctx_of("reviewer", account=clerk), need_id=need.id, confirmed=True)
    acts.confirm_need(ctx=ctx_of("reviewer"), need_id=need.id, confirmed=True)
    assert queue() == [one.id, two.id], "confirming moves nobody"
    with pytest.raises(Refused, match="没有再办"):
        acts.confirm_need(ctx=ctx_of("reviewer"), need_id=need.id, confirmed=False, reason="反悔")
    acts.recalculate_place(ctx=ctx_of("reviewer", params=params), application_id=two.id, reason="使用轮椅已核实")
    assert queue() == [two.id, one.id] and now_of(two).priority == 2
    with scope(COUNTY):
        yes = ctx_of(params=book(step_free_first="yes")).inforce()
        assert reads.step_free_first(COUNTY, [one.id, two.id], yes) == {two.id}
        assert (
            reads.step_free_first(COUNTY, [one.id, two.id], ctx_of(params=book(step_free_first="no")).inforce())
            == set()
        )
        assert reads.step_free_first(COUNTY, [one.id, two.id], ctx_of().inforce()) is None, "nobody has decided"


@pytest.mark.parametrize("row", [["income", "x", "困难", 3], ["group", "low_income", "困难", 0]])
def test_a_table_of_priority_that_is_none_stops_the_list_by_name(row: list[Any]) -> None:
    with pytest.raises(Refused, match="优先对象"):
        listed(1, params=book(priority_groups=[row]))


def test_a_recheck_lists_whom_a_year_has_passed_and_its_outcomes_keep_the_place() -> None:
    rows = listed(1, 11, 21)
    params = book(recheck_months=12, recheck_days=20)
    with pytest.raises(Refused, match="没有开展"):
        acts.open_rechecks(ctx=ctx_of("reviewer", params=params, now=later(300)), title="2026 年年审")
    with pytest.raises(Refused, match="年审间隔"):
        acts.open_rechecks(ctx=ctx_of("reviewer", now=later(374)), title="2027 年年审")
    year = acts.open_rechecks(ctx=ctx_of("reviewer", params=params, now=later(374)), title="2027 年年审")
    assert year.households == 3
    with scope(COUNTY):
        assert Ticket.objects.filter(kind="needs.recheck", done_on__isnull=True, due_on__isnull=False).count() == 3
        ids = list(Recheck.objects.values_list("id", flat=True))
    with pytest.raises(InvalidInput, match="理由"):
        acts.finish_recheck(ctx=ctx_of(), application_id=rows[0].id, outcome="suspended")
    acts.finish_recheck(ctx=ctx_of(now=later(375)), application_id=rows[0].id, outcome="suspended", reason="联系不上")
    assert queue() == [rows[1].id, rows[2].id], "passed over"
    assert acts.keep_rechecked(ctx=ctx_of("reviewer", now=later(375)), ids=ids) == 2
    with pytest.raises(Refused, match="没有在办的年审"):
        acts.finish_recheck(ctx=ctx_of(), application_id=rows[1].id, outcome="kept")
    acts.resume_application(ctx=ctx_of("reviewer", now=later(380)), application_id=rows[0].id, reason="已到窗口确认")
    assert queue() == [row.id for row in rows], "the old place"
    with pytest.raises(Refused, match="没有开展"):
        acts.open_rechecks(ctx=ctx_of("reviewer", params=params, now=later(500)), title="再来")
    with scope(COUNTY):
        assert Message.objects.filter(template="needs.suspended").count() == 1
        pause = Pause.objects.get()
        assert (pause.kind, pause.reason, pause.end_reason) == ("suspended", "联系不上", "已到窗口确认")


def test_a_lapse_frees_the_members_and_another_person_may_undo_it_while_they_are_free() -> None:
    one, other = listed(1, 11)
    reviewer = account_id()
    acts.lapse_application(ctx=ctx_of("reviewer", account=reviewer), application_id=one.id, reason="收入已超标")
    with pytest.raises(Refused, match="同一人"):
        acts.resume_application(ctx=ctx_of("reviewer", account=reviewer), application_id=one.id, reason="算错")
    acts.resume_application(ctx=ctx_of("office_head"), application_id=one.id, reason="算错了")
    assert queue() == [one.id, other.id]
    acts.lapse_application(ctx=ctx_of("reviewer"), application_id=one.id, reason="收入已超标")
    submitted(1)
    with pytest.raises(Refused, match="每人只能在一份有效申请中"):
        acts.resume_application(ctx=ctx_of("office_head"), application_id=one.id, reason="算错了")


# Whatever is done to whom, only the acts that say so move anybody ahead of anybody.
Doing = Callable[[Application, int], None]
DOINGS: dict[str, Doing] = {
    "withdraw": lambda r, d: acts.withdraw(ctx=ctx_of(now=later(d)), application_id=r.id) and None,
    "undo": lambda r, d: acts.undo_withdrawal(ctx=ctx_of(now=later(d)), application_id=r.id) and None,
    "suspend": lambda r, d: acts.suspend_application(ctx=ctx_of(now=later(d)), application_id=r.id, reason="x") and None,
    "resume": lambda r, d: acts.resume_application(ctx=ctx_of(now=later(d)), application_id=r.id, reason="x") and None,
    "lapse": lambda r, d: acts.lapse_application(ctx=ctx_of(now=later(d)), application_id=r.id, reason="x") and None,
    "correct": lambda r, d: acts.correct_application(
        ctx=ctx_of(now=later(d)), application_id=r.id, facts={"score": d, "group": "youth"}, reason="x"
    ) and None,
    "house": lambda r, d: acts.mark_housed(ctx=ctx_of(now=later(d)), application_id=r.id) and None,
    "again": lambda r, d: acts.recalculate_place(ctx=ctx_of(now=later(d)), application_id=r.id, reason="x") and None,
}  # fmt: skip


@settings(
    max_examples=many(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(DOINGS)), st.integers(0, 3)), max_size=12))
def test_no_sequence_of_acts_moves_anybody_ahead_but_those_that_say_so(steps: list[tuple[str, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT example")
    try:
        rows = listed(1, 11, 21, 31)
        first = [row.id for row in rows]
        for day, (what, who) in enumerate(steps, 10):
            try:
                DOINGS[what](rows[who], day)
            except Refused:
                continue
            left = queue()
            assert left == [key for key in first if key in left], (what, who)
            with scope(COUNTY):
                keys = list(Application.objects.exclude(sort_key="").values_list("sort_key", flat=True))
            assert len(keys) == len(set(keys)) == 4
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT example")


def test_a_place_moves_in_no_act_but_the_two_not_even_raw() -> None:
    row = listed(1)[0]
    for change in (
        "sort_key = '0-first'",
        "sort_key = ''",
        "qualified_on = qualified_on - 1",
        "order_on = '2020-01-01'",
    ):
        with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
            cursor.execute(f"UPDATE needs_application SET {change} WHERE id = %s", [row.id])
        assert caught.value.__cause__.sqlstate in ("AJ102", "23514"), change  # type: ignore[union-attr]
    pauses = [("Pause without a reason", "INSERT INTO needs_pause (id, region, application_id, kind, reason, from_on, maker, end_reason)"
               " SELECT gen_random_uuid(), region, id, 'suspended', '', now(), gen_random_uuid(), '' FROM needs_application")]  # fmt: skip
    for what, statement in pauses:
        with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
            cursor.execute(statement)
        assert caught.value.__cause__.sqlstate == "23514", what  # type: ignore[union-attr]


def test_how_a_place_moved_is_told_by_what_became_of_those_ahead() -> None:
    rows = listed(1, 11, 21, 31)
    acts.mark_housed(ctx=ctx_of("operator", now=later(20)), application_id=rows[0].id)
    acts.withdraw(ctx=ctx_of(now=later(21)), application_id=rows[1].id)
    with scope(COUNTY):
        assert sorted(reads.how_it_moved(rows[3])) == [("housed", 1), ("withdrawn", 1)]
        assert reads.position(rows[3]).place == 2  # type: ignore[union-attr]
    assert now_of(rows[3]).qualified_on == date(2026, 3, 10)
    assert through_reviews(41)[0].state == "reviewed"
