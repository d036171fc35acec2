"""A household's copy of its data, leaving for good, retention by rule; with raw attacks on what an erased case may not do."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.urls import reverse

from anju.base.acts import Refused
from anju.base.acts.models import ActFacts
from anju.base.regions import scope, uuid7
from anju.base.secrets import blind, keys, reseal, unseal
from anju.needs import acts, copies, retention
from anju.needs.models import Application, Erasure, Member, Objection
from needs.helpers import COUNTY, NOON, book, ctx_of, id_number, later, qualified, submitted
from support.db import open_act, raw
from support.desk import signed_in, text

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.5")]


def withdrawn(serial: int = 1) -> Application:
    row = submitted(serial)
    acts.withdraw(ctx=ctx_of(), application_id=row.id, reason="不需要了")
    return row


def erased(row: Application) -> Erasure:
    asked = acts.ask_erasure(ctx=ctx_of(), application_id=row.id, reason="请删除")
    return acts.erase_case(ctx=ctx_of("reviewer"), erasure_id=asked.id)


def test_a_copy_holds_own_numbers_in_full_and_who_looked() -> None:
    row = submitted(1)
    acts.read_personal(ctx=ctx_of(), application_id=row.id, reason="核对原件")
    with pytest.raises(Refused, match="事由"):
        acts.copy_my_data(ctx=ctx_of(), application_id=row.id)
    acts.copy_my_data(ctx=ctx_of(), application_id=row.id, reason="本人到窗口领取")
    with scope(COUNTY):
        found = copies.gather(row)
    said = json.dumps(found, ensure_ascii=False, default=str)
    assert id_number(1) in said and id_number(2) in said and "19900000001" in said
    assert [one["事由"] for one in found["谁看过、导出或打印过您的个人信息"]] == ["核对原件", "本人到窗口领取"]
    assert any(id_number(1) in line for line in map(str, copies.lines(found)))
    with scope("231200", party=uuid7(), role="anju_party"):
        assert copies._call("case_lookers", row) == [] and copies._call("case_messages", row) == []


def test_at_the_counter_the_copy_is_a_file_with_its_reason_and_the_page_stays_masked() -> None:
    row = submitted(1)
    clerk = signed_in("intake_clerk", COUNTY)
    assert id_number(1) not in text(clerk.get(reverse("needs:thing", args=[row.id])))
    assert clerk.post(reverse("needs:copy", args=[row.id]), {"reason": ""}).status_code == 422
    answer = clerk.post(reverse("needs:copy", args=[row.id]), {"reason": "本人没有手机"})
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert answer.headers["Cache-Control"] == "no-store"
    assert id_number(1) in archive.read(f"{row.number}.json").decode()
    assert archive.read(f"{row.number}.xlsx")[:2] == b"PK"


def test_an_erased_case_keeps_number_dates_and_states_and_nothing_of_people() -> None:
    row = withdrawn()
    with scope(COUNTY):
        before = Application.objects.get(id=row.id)
    found = erased(row)
    assert (found.state, found.kept_rule) == ("erased", "")
    with scope(COUNTY):
        after = Application.objects.get(id=row.id)
        assert (after.number, after.accepted_on, after.state) == (before.number, before.accepted_on, "withdrawn")
        assert after.applicant_name == "已删除" and after.income_month_fen is None and after.town == ""
        assert [v["outcome"] for v in after.verdicts] == [v["outcome"] for v in before.verdicts]
        assert {m.name for m in after.members.all()} == {"已删除"} and not after.wishes.exists()
        assert not Member.objects.filter(document_blind=blind("document", id_number(1))).exists()
        assert not Application.objects.filter(phone_blind=blind("phone", "19900000001")).exists()
        assert not ActFacts.objects.filter(facts__contains="不需要了").exists()
    assert submitted(1).state == "submitted", "the person is free to apply again"


@pytest.mark.parametrize(
    ("make", "why"),
    [(lambda: submitted(1), "先撤回申请"), (lambda: qualified(1)[0], "先撤回申请")],
)
def test_a_live_case_is_not_forgotten(make: Any, why: str) -> None:
    row = make()
    with pytest.raises(Refused, match=why):
        acts.ask_erasure(ctx=ctx_of(), application_id=row.id, reason="请删除")


def test_who_asked_does_not_carry_it_out_and_a_question_may_be_taken_back() -> None:
    row = withdrawn()
    clerk = ctx_of()
    asked = acts.ask_erasure(ctx=clerk, application_id=row.id, reason="请删除")
    with pytest.raises(Refused, match="另一人"):
        acts.erase_case(ctx=clerk, erasure_id=asked.id)
    with pytest.raises(Refused, match="没有重复登记"):
        acts.ask_erasure(ctx=clerk, application_id=row.id, reason="再删")
    acts.end_erasure(ctx=ctx_of("reviewer"), erasure_id=asked.id, reason="本人改变主意")
    with scope(COUNTY):
        assert not Erasure.objects.exists()


ATTACKS = {
    "state": "UPDATE needs_application SET state = 'submitted' WHERE id = '{case}'",
    "name": "UPDATE needs_application SET applicant_name = '张三' WHERE id = '{case}'",
    "member": "UPDATE needs_member SET name = '张三' WHERE application_id = '{case}'",
    "undo": "DELETE FROM needs_erasure WHERE application_id = '{case}'",
    "reopen": "UPDATE needs_erasure SET state = 'asked', decided_on = NULL, decided_by = NULL WHERE application_id = '{case}'",
    "flag": "SELECT set_config('anju.tending', 'on', true); UPDATE needs_application SET state = 'submitted' WHERE id = '{case}'",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_erased_case_never_comes_back_by_raw_sql(attack: str) -> None:
    from django.db import DatabaseError, connection

    row = withdrawn()
    erased(row)
    with (
        pytest.raises(DatabaseError, match=r"never comes back|stays as it was"),
        open_act(COUNTY),
        connection.cursor() as cursor,
    ):
        cursor.execute(ATTACKS[attack].format(case=row.id))


def test_a_flag_alone_neither_changes_what_is_final_nor_marks_a_live_case() -> None:
    from django.db import DatabaseError, connection

    live, gone = submitted(1), withdrawn(11)
    asked = acts.ask_erasure(ctx=ctx_of(), application_id=gone.id, reason="请删除")
    done = f"UPDATE needs_erasure SET state = 'erased', decided_on = now(), decided_by = '{uuid7()}' WHERE id = '{asked.id}'"
    insert = (
        "INSERT INTO needs_erasure (id, region, application_id, way, reason, asked_on, state, kept_rule) VALUES"
        f" ('{uuid7()}', '{COUNTY}', '{live.id}', 'retention', 'x', now(), 'erased', '')"
    )
    blank = f"SELECT set_config('anju.tending', 'on', true), case_blank('{COUNTY}', '{live.id}', '\\x00', '\\x00')"
    for attack in (done, insert, blank, f"SELECT case_erase('{asked.id}', '\\x00')"):
        with pytest.raises(DatabaseError), open_act(COUNTY), connection.cursor() as cursor:
            cursor.execute(attack)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(psycopg.Error, match="outside an act"), raw("app", region=COUNTY) as connection_:
        connection_.execute("DELETE FROM needs_erasure")


def test_an_unset_rule_lets_nothing_go_and_a_set_one_what_is_due() -> None:
    row = withdrawn()
    late = NOON + timedelta(days=800)
    unset = ctx_of("reviewer", now=late)
    with scope(COUNTY):
        assert not retention.due(unset).exists()
    with pytest.raises(Refused, match="没有规定保存年限"):
        acts.erase_due(ctx=unset, ids=[row.id])
    for years, count in ((3, 0), (2, 1)):
        ctx = ctx_of("reviewer", now=late, params=book(retention_withdrawn_years=years))
        with scope(COUNTY):
            assert retention.due(ctx).count() == count, years
    assert acts.erase_due(ctx=ctx, ids=[row.id]) == 1
    with scope(COUNTY):
        assert Erasure.objects.get().way == "retention" and not retention.due(ctx).exists()
    page = text(signed_in("reviewer", COUNTY).get(reverse("needs:retention")))
    assert "没有规定保存期限的不注销" in page
    assert text(signed_in("intake_clerk", COUNTY).get(reverse("needs:erasures")))


@pytest.mark.clause("4.5")
def test_a_change_of_key_reaches_what_never_changes_otherwise_and_opens_to_the_same(
    settings: Any, tmp_path: Any
) -> None:
    from needs.test_needs_steps import object_to, shown

    settings.KEYS = tmp_path / "keys"
    keys.make_keys()
    (objected, *_), _found = shown(21)
    one = object_to(objected)
    acts.decide_objection(ctx=ctx_of("reviewer", now=later(3)), objection_id=one.id, upheld=False, reason="查无此房")
    gone = withdrawn(31)
    erased(gone)
    by = ctx_of("security_admin", "231200")
    reseal.change_key(ctx=by)
    for model, columns in reseal.sealed_columns():
        for column in columns:
            reseal.reseal(ctx=by, table=model._meta.db_table, column=column)
    with scope("231200"):
        assert reseal.left() == 0
        assert "赵某" in Objection.objects.get(pk=one.pk).contact
        assert unseal(Application.objects.get(pk=objected.pk).phone) == "19900000021"
        assert unseal(Application.objects.get(pk=gone.pk).phone) == "已删除"
