"""Departments' checks, 容缺受理, locked facts: by act and by raw SQL; what a review asks of them."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from anju.base.acts import ActContext, InvalidInput, Refused
from anju.base.messages.models import Message
from anju.base.regions import scope
from anju.base.sheets import loads
from anju.base.sheets.out import workbook
from anju.base.sheets.template import header_of
from anju.base.tickets.models import Ticket
from anju.needs import acts, locks
from anju.needs.acts import batches, deferrals, likeness
from anju.needs.acts import verification as checks
from anju.needs.adapters import Answer, FileDrop, HttpJson, NoAnswer, Question, answers_of
from anju.needs.models import Application, Deferral, Likeness, LockedFact, Pause, Verification
from anju.policy.parameters import ParameterBook
from needs.helpers import COUNTY, account_id, book, ctx_of, later, member, qualified, submitted
from support.db import open_act

pytestmark = pytest.mark.django_db
PDF = ("回执.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
TABLE = [["sale", "property", "自然资源局", 5], ["sale", "marriage", "民政局", 3]]
ITEMS = ["property", "marriage"]


def params() -> ParameterBook:
    return book(verification_items=TABLE)


def by(post: str = "intake_clerk", days: int = 0, **more: Any) -> ActContext:
    return ctx_of(post, params=params(), now=later(days), **{"account": account_id(), **more})


def asked(serial: int = 1, method: str = "manual") -> tuple[Application, dict[str, Verification]]:
    row = submitted(serial, by())
    checks.ask_verification(ctx=by(), application_id=row.id, items=ITEMS, method=method)
    with scope(COUNTY):
        return row, {check.item: check for check in Verification.objects.filter(application=row)}


def answer(check: Verification, result: str = "same", value: str = "", **more: Any) -> Verification:
    return checks.enter_result(
        ctx=by("department_clerk", **more), verification_id=check.id, result=result, value=value, scan=PDF
    )


def stops(row: Application, step: str = "first", **more: Any) -> str:
    act, post = (acts.first_review, "intake_clerk") if step == "first" else (acts.second_review, "reviewer")
    with pytest.raises(Refused) as caught:
        act(ctx=by(post, **more), application_id=row.id, outcome="pass")
    return caught.value.sentence


@pytest.mark.clause("3.2-0")
def test_a_review_waits_until_each_item_is_confirmed_or_its_difference_decided_by_another_person() -> None:
    row, found = asked()
    with scope(COUNTY):
        tickets = {t.object_id: t for t in Ticket.objects.filter(kind="needs.verification")}
        assert {t.post for t in tickets.values()} == {"department_clerk"} and len(tickets) == 2
        assert tickets[found["property"].id].due_on == found["property"].due_on == date(2026, 3, 9)
    assert "已提出、未回复" in stops(row)
    clerk = by("department_clerk")
    with pytest.raises(InvalidInput, match="回执"):
        checks.enter_result(ctx=clerk, verification_id=found["marriage"].id, result="same")
    answer(found["marriage"])
    with pytest.raises(InvalidInput, match="㎡"):
        answer(found["property"], "differs", "很多")
    differing = checks.enter_result(
        ctx=clerk, verification_id=found["property"].id, result="differs", value="40.5", scan=PDF
    )
    assert "40.5" in stops(row)
    with pytest.raises(Refused, match="另一人"):
        checks.decide_difference(
            ctx=by("reviewer", account=clerk.account), verification_id=differing.id, decision="corrected", reason="簿册"
        )
    checks.decide_difference(
        ctx=by("reviewer"), verification_id=differing.id, decision="corrected", reason="不动产登记簿"
    )
    with scope(COUNTY):
        held = {lock.field: lock for lock in LockedFact.objects.filter(application=row)}
        assert Application.objects.get(id=row.id).home_area_cm2 == 405_000
    assert {field: lock.source for field, lock in held.items()} == {"home_area_cm2": "自然资源局", "marriage": "民政局"}
    assert "40.50㎡" in stops(row), "the corrected fact is judged by the county's line: 2 persons, 15 ㎡ each"


@pytest.mark.clause("3.2-0")
def test_a_county_that_has_not_said_what_to_check_leaves_every_case_waiting() -> None:
    open_ = ctx_of(params=book(verification_items=None))
    row = submitted(1, open_)
    with pytest.raises(Refused, match=r"须核验的项目.*尚未设定"):
        acts.first_review(ctx=open_, application_id=row.id, outcome="pass")
    answer_ = acts.bulk_first_review(ctx=open_, ids=[row.id])
    assert answer_["passed"] == 0 and "尚未设定" in answer_["left"][0][1]


@pytest.mark.clause("3.2-0")
def test_a_locked_fact_changes_by_a_new_check_or_a_correction_alone_and_the_old_one_stays_on_record() -> None:
    row, found = asked()
    answer(found["property"])
    answer(found["marriage"])
    acts.first_review(ctx=by(), application_id=row.id, outcome="supplement", reason="补材料")
    with pytest.raises(Refused, match=r"已由自然资源局于 2026-03-02 核验为 0.00㎡，不能补正"):
        acts.supplement(ctx=by(), application_id=row.id, facts={"home_area_cm2": 300_000})
    acts.supplement(ctx=by(), application_id=row.id, facts={"residence_months": 40})
    acts.correct_application(ctx=by(), application_id=row.id, facts={"home_area_cm2": 200_000}, reason="登记簿更正")
    with scope(COUNTY):
        lock = LockedFact.objects.get(application=row, field="home_area_cm2")
        assert (lock.value, lock.end_reason) == ("0.00㎡", "更正：登记簿更正") and lock.ended_on
    checks.ask_verification(ctx=by(days=1), application_id=row.id, items=["property"], method="manual")
    with scope(COUNTY):
        again = Verification.objects.get(application=row, answered_on=None)
        assert again.said == "20.00㎡"
    answer(again, days=1)
    with scope(COUNTY):
        assert [lock.value for lock in locks.locks_of(row, ["home_area_cm2"])] == ["20.00㎡"]


@pytest.mark.clause("3.2-0")
def test_what_the_household_says_anew_is_what_an_open_question_asks() -> None:
    row, found = asked()
    acts.correct_application(ctx=by(), application_id=row.id, facts={"home_area_cm2": 100_000}, reason="申报有误")
    with pytest.raises(Refused, match=r"已由「0.00㎡」改为「10.00㎡」"):
        checks.enter_result(
            ctx=by("department_clerk"), verification_id=found["property"].id, result="same", scan=PDF, said="0.00㎡"
        )
    answer(found["property"])


# --- by raw SQL, inside an act that is somebody else's ------------------------------------------------

ATTACKS = [
    ("a locked fact by hand", "UPDATE needs_application SET home_area_cm2 = 1 WHERE id = %(row)s", "AJ106"),
    ("a member's locked marriage", "UPDATE needs_member SET marriage = '10' WHERE application_id = %(row)s AND relation = '01'", "AJ106"),
    ("the lock taken away", "DELETE FROM needs_lockedfact WHERE application_id = %(row)s", "AJ106"),
    ("the lock ended by no right act", "UPDATE needs_lockedfact SET ended_on = current_date, ended_by = id, end_reason = 'x'", "AJ106"),
    ("another value into the lock", "UPDATE needs_lockedfact SET value = '99㎡'", "AJ106"),
    ("an answer rewritten", "UPDATE needs_verification SET result = 'missing' WHERE answered_on IS NOT NULL", "AJ005"),
    ("an answer removed", "DELETE FROM needs_verification", "AJ005"),
    ("a lock without a check", "INSERT INTO needs_lockedfact (id, region, application_id, subject, field, value, source, confirmed_on,"
     " verification_id, end_reason) SELECT gen_random_uuid(), region, application_id, gen_random_uuid(), 'policy_homes', '0', 'x',"
     " current_date, id, '' FROM needs_verification LIMIT 1", "AJ106"),
    ("an overdue paper on the list",
     "UPDATE needs_application SET state = 'qualified', qualified_on = current_date, sort_key = 'x'", "AJ107"),
    ("a day moved", "UPDATE needs_deferral SET good_by = good_by + 90", "AJ005"),
]  # fmt: skip


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("what", "statement", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_refuses_even_inside_an_act(what: str, statement: str, code: str) -> None:
    row, found = asked()
    answer(found["property"])
    answer(found["marriage"])
    deferrals.grant_deferral(
        ctx=by(), application_id=row.id, item="tax", good_by=date(2026, 3, 9), reason="收入证明在途"
    )
    with pytest.raises(Exception) as caught, open_act(COUNTY, now=later(8)), connection.cursor() as cursor:
        cursor.execute(statement, {"row": row.id})
    assert isinstance(caught.value.__cause__, psycopg.Error), caught.value
    assert caught.value.__cause__.sqlstate == code, what


# --- 容缺受理 ------------------------------------------------------------------------------------------


def deferred(serial: int = 1, days: int = 7) -> tuple[Application, Deferral]:
    row, found = asked(serial)
    answer(found["marriage"])
    answer(found["property"], "missing")
    one = deferrals.grant_deferral(
        ctx=by(),
        application_id=row.id,
        item="property",
        good_by=date(2026, 3, 2) + timedelta(days=days),
        reason="外地不动产证明在途",
    )
    return row, one


@pytest.mark.clause("3.2-0")
def test_a_paper_that_may_follow_lets_the_review_pass_and_comes_up_on_its_day() -> None:
    row, one = deferred()
    with scope(COUNTY):
        ticket = Ticket.objects.get(kind="needs.deferral")
        assert (ticket.due_on, ticket.post) == (one.good_by, "intake_clerk")
    with pytest.raises(Refused, match="已容缺至"):
        deferrals.grant_deferral(
            ctx=by(), application_id=row.id, item="property", good_by=date(2026, 3, 20), reason="再缓"
        )
    with pytest.raises(InvalidInput, match="最长期限"):
        deferrals.grant_deferral(ctx=by(), application_id=row.id, item="tax", good_by=date(2026, 6, 1), reason="缓")
    acts.first_review(ctx=by(), application_id=row.id, outcome="pass")
    assert deferrals.return_all_overdue("231200", later(7)) == 0, "its last day is still a day to come in"
    assert deferrals.return_all_overdue("231200", later(8)) == 1
    with scope(COUNTY):
        row.refresh_from_db()
        assert row.state == "supplement" and Deferral.objects.get().state == "failed"
        assert Message.objects.filter(template="needs.deferral_failed").count() == 1
    assert deferrals.return_all_overdue("231200", later(9)) == 0
    acts.supplement(ctx=by(days=9), application_id=row.id, facts={}, files=[PDF])
    with scope(COUNTY):
        row.refresh_from_db()
    assert row.state == "first_passed", "the first review stands: it goes on where it was"
    assert "没有查到" in stops(row, "second", days=9)


@pytest.mark.clause("3.2-0")
def test_a_paper_made_good_in_time_carries_the_case_on() -> None:
    row, one = deferred()
    with pytest.raises(InvalidInput, match="上传材料"):
        deferrals.make_good(ctx=by(days=3), deferral_id=one.id, outcome="补来了")
    deferrals.make_good(ctx=by(days=3), deferral_id=one.id, outcome="补来外地不动产证明", files=[PDF])
    acts.first_review(ctx=by(days=3), application_id=row.id, outcome="pass")
    with pytest.raises(Refused, match="已补齐"):
        deferrals.make_good(ctx=by(days=3), deferral_id=one.id, outcome="再来", files=[PDF])


@pytest.mark.clause("3.2-0")
def test_一致_within_its_days_makes_it_good_by_itself() -> None:
    row, one = deferred()
    checks.ask_verification(ctx=by(days=2), application_id=row.id, items=["property"], method="manual")
    with scope(COUNTY):
        again = Verification.objects.get(application=row, answered_on=None)
    answer(again, days=2)
    with scope(COUNTY):
        one.refresh_from_db()
        assert one.state == "made_good" and not Ticket.objects.filter(kind="needs.deferral", done_on=None).exists()


@pytest.mark.clause("3.2-0")
def test_an_overdue_paper_keeps_a_case_off_the_list_and_suspends_one_on_it() -> None:
    row, _ = deferred()
    acts.first_review(ctx=by(), application_id=row.id, outcome="pass")
    acts.second_review(ctx=by("reviewer"), application_id=row.id, outcome="pass")
    shown = acts.publish_applications(ctx=by("reviewer"), ids=[row.id], title="公示")
    acts.end_publicity(ctx=by("reviewer", days=8), publicity_id=shown.id)
    with scope(COUNTY):
        row.refresh_from_db()
        assert row.state == "publicity", "its paper was due the day before"
    assert deferrals.return_all_overdue("231200", later(8)) == 1
    acts.supplement(ctx=by(days=9), application_id=row.id, facts={}, files=[PDF])
    with scope(COUNTY):
        row.refresh_from_db()
    assert row.state == "reviewed", "all its reviews stand: back to be shown again"


@pytest.mark.clause("3.2-0")
def test_a_place_on_the_list_is_suspended_when_the_paper_does_not_come() -> None:
    row, _ = deferred(days=20)
    acts.first_review(ctx=by(), application_id=row.id, outcome="pass")
    acts.second_review(ctx=by("reviewer"), application_id=row.id, outcome="pass")
    shown = acts.publish_applications(ctx=by("reviewer"), ids=[row.id], title="公示")
    acts.end_publicity(ctx=by("reviewer", days=8), publicity_id=shown.id)
    with scope(COUNTY):
        row.refresh_from_db()
        assert row.state == "qualified"
    assert deferrals.return_all_overdue("231200", later(21)) == 1
    with scope(COUNTY):
        row.refresh_from_db()
        assert row.state == "suspended" and "没有补齐" in Pause.objects.get(application=row).reason


# --- by file and by interface --------------------------------------------------------------------------


def returned(rows: list[list[Any]]) -> bytes:
    return workbook("批量核验结果", [header_of(column) for column in batches.COLUMNS], rows, True)


@pytest.mark.clause("3.2-0")
def test_a_batch_goes_out_and_back_by_its_row_codes_and_refuses_foreign_rows() -> None:
    first, second = submitted(1, by()), submitted(11, by())
    assert checks.ask_waiting(ctx=by(), item="property") == 2
    with pytest.raises(Refused, match="没有待提出"):
        checks.ask_waiting(ctx=by(), item="property")
    batch = batches.send_batch(ctx=by(), item="property")
    assert batch.rows == 2
    with pytest.raises(Refused, match="没有等待发出"):
        batches.send_batch(ctx=by(), item="property")
    with scope(COUNTY):
        out = {c.application_id: c for c in Verification.objects.filter(batch=batch)}
    acts.correct_application(ctx=by(), application_id=second.id, facts={"home_area_cm2": 50_000}, reason="申报有误")
    ours, stale = out[first.id], out[second.id]
    data = returned([
        [str(ours.id), first.number, "", "", "不动产", ours.said, "一致", None],
        [str(stale.id), second.number, "", "", "不动产", stale.said, "一致", None],
        [str(account_id()), "", "", "", "不动产", "0", "一致", None],
        ["不是行标识", "", "", "", "不动产", "0", "一致", None],
    ])  # fmt: skip
    clerk = by("department_clerk")
    load = loads.bring_file(ctx=clerk, kind="verification_results", name="结果.xlsx", data=data)
    assert load.good == 4, load.errors
    loads.accept_load(ctx=clerk, load_id=load.id)
    with scope(COUNTY):
        done = loads.run_load(clerk, load)
    said = {one["row"]: one["reason"] for one in done.refused}
    assert len(said) == 3 and "改为「5.00㎡」" in said[5] and "不是本地发出" in said[6] and "不是系统发出" in said[7], (
        said
    )
    with scope(COUNTY):
        ours.refresh_from_db()
        stale.refresh_from_db()
        assert (
            (ours.result, ours.evidence) == ("same", load.evidence_id)
            and stale.answered_on is None
            and stale.batch_id is None
        )
        assert LockedFact.objects.filter(application=first, field="home_area_cm2").exists()


class Dead:
    """A department that never answers."""

    def ask(self, questions: list[Question]) -> list[Answer]:
        raise NoAnswer("部门接口 10 秒内没有接通或没有回复")


class Alive:
    """One that confirms everything."""

    def ask(self, questions: list[Question]) -> list[Answer]:
        return [Answer(q.key, "same") for q in questions]


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("adapter", "result", "method"), [(Alive, "same", "interface"), (Dead, "", "batch")])
def test_an_interface_answers_or_leaves_the_question_to_the_file(
    adapter: type, result: str, method: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "PAUSE_SECONDS", 0)
    row = submitted(1, by())
    with pytest.raises(Refused, match="没有配置部门接口"):
        checks.ask_verification(ctx=by(), application_id=row.id, items=["property"], method="interface")
    settings.VERIFICATION_ADAPTERS = {"property": {"class": f"{__name__}.{adapter.__name__}"}}
    ctx = by()
    checks.ask_verification(ctx=ctx, application_id=row.id, items=["property"], method="interface")
    with scope(COUNTY):
        check = Verification.objects.get(application=row)
    checks.ask_interface(ctx, check.id)
    checks.ask_interface(ctx, check.id)
    with scope(COUNTY):
        check.refresh_from_db()
    assert (check.result, check.method) == (result, method) and bool(check.note) == (adapter is Dead)


ASKED = [Question("k1", "property", "甲", "x", "0.00㎡")]
BODIES = [
    (b'[{"key": "k1", "result": "same"}]', ""),
    (b"<html>", "读不懂"),
    (b'[{"key": "k2", "result": "same"}]', "不是同一批"),
    (b'[{"key": "k1", "result": "perhaps"}]', "不在一致"),
    (b"[]", "不是同一批"),
    (b'{"key": "k1"}', "读不懂"),
]


@pytest.mark.parametrize(("body", "why"), BODIES)
def test_an_answer_that_is_not_to_the_question_is_not_taken(body: bytes, why: str) -> None:
    if not why:
        assert answers_of(body, ASKED) == [Answer("k1", "same")]
        return
    with pytest.raises(NoAnswer, match=why):
        answers_of(body, ASKED)


def test_adapters_that_reach_nobody_say_so(tmp_path: Any) -> None:
    with pytest.raises(NoAnswer, match="没有接通"):
        HttpJson("http://127.0.0.1:9/", timeout=1).ask(ASKED)
    with pytest.raises(ValueError, match="http"):
        HttpJson("file:///etc/passwd")
    drop = FileDrop(str(tmp_path / "out"), str(tmp_path / "back"))
    with pytest.raises(NoAnswer, match="还没有放回"):
        drop.ask(ASKED)
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "k1.json").write_bytes(BODIES[0][0])
    assert drop.ask(ASKED) == [Answer("k1", "same")]


# --- look-alikes ---------------------------------------------------------------------------------------


@pytest.mark.clause("3.2-0")
def test_a_look_alike_is_flagged_and_decided_and_the_same_person_stops_the_case() -> None:
    first = submitted(1, members=(member(1, "张测试"),))
    second = submitted(2, members=(member(2, "张测试"),))
    with scope(COUNTY):
        mine, other = second.members.get(), first.members.get()
    asked_of = {"application_id": second.id, "member_id": mine.id, "other_member_id": other.id}
    reviewer = ctx_of("reviewer")
    with pytest.raises(InvalidInput, match="依据"):
        likeness.decide_likeness(ctx=reviewer, **asked_of, decision="same", reason="")
    likeness.decide_likeness(ctx=reviewer, **asked_of, decision="same", reason="照片比对")
    with pytest.raises(Refused, match="同一人"):
        acts.first_review(ctx=ctx_of(), application_id=second.id, outcome="pass")
    acts.first_review(ctx=ctx_of(), application_id=first.id, outcome="pass")
    with pytest.raises(Refused, match="已经认定"):
        likeness.decide_likeness(ctx=reviewer, **asked_of, decision="other", reason="再看")
    with scope(COUNTY):
        assert Likeness.objects.count() == 1


def test_qualified_cases_of_a_county_that_asks_for_nothing_go_on_as_before() -> None:
    (row,) = qualified(1)
    assert row.state == "qualified"
