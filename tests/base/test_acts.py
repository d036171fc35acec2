"""Acts: nothing changes outside one; twice under one key is once; a refusal leaves its row."""

import threading
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from anju.base.acts import ActContext, Conflict, Forbidden, Refused, act
from anju.base.acts.models import Act, ActFacts, Refusal
from anju.base.files.models import Evidence
from anju.base.regions import NoScope, scope
from support.db import context, open_act, raw


@act(clause="3.3-5", title="登记材料（测试）", power="tests.keep")
def keep_row(*, ctx: ActContext, name: str) -> Evidence:
    """A small act of the tests."""
    row = Evidence.objects.create(
        region=ctx.region,
        sha256="0" * 64,
        size=1,
        media="pdf",
        name=name,
        kind="test",
        uploaded_by=ctx.account,
        uploaded_at=ctx.now,
    )
    ctx.on(row, name=name)
    return row


@act(clause="3.3-5", title="拒绝（测试）", power="tests.refuse")
def keep_and_refuse(*, ctx: ActContext) -> None:
    """Writes, then refuses: the write must be gone."""
    keep_row(ctx=ctx, name="不会留下")
    raise Refused("材料不全，没有办理；请补齐后再办")


@pytest.mark.django_db
def test_an_act_writes_its_row_its_facts_and_one_log_entry() -> None:
    row = keep_row(ctx=context(), name="验收备案")
    with scope("231200"):
        entry = Act.objects.get(object_id=row.id)
        assert entry.body and entry.leaf and entry.clause == "3.3-5"
        assert "验收备案" in ActFacts.objects.get(act=entry.id).facts
        assert "验收备案" not in entry.body, "the log itself carries no fact in clear"


@pytest.mark.django_db
def test_the_same_key_acts_once_and_another_body_under_it_is_refused() -> None:
    ctx = context().once("k-1")
    first = keep_row(ctx=ctx, name="甲")
    assert keep_row(ctx=ctx, name="甲").id == first.id
    with pytest.raises(Conflict, match="办理编号"):
        keep_row(ctx=ctx, name="乙")
    with scope("231200"):
        assert Evidence.objects.filter(region="231200").count() == 1


@pytest.mark.django_db
def test_a_refused_act_leaves_a_refusal_and_nothing_else() -> None:
    with pytest.raises(Refused):
        keep_and_refuse(ctx=context())
    with scope("231200"):
        assert not Evidence.objects.filter(region="231200").exists()
        assert Refusal.objects.get(region="231200").sentence.startswith("材料不全")


@pytest.mark.django_db
def test_a_post_without_the_power_is_refused() -> None:
    with pytest.raises(Forbidden, match="权限"):
        keep_row(ctx=context(powers=frozenset()), name="甲")


@pytest.mark.django_db
def test_a_county_act_cannot_reach_another_county() -> None:
    with scope("231221"), pytest.raises(Refused):
        keep_row(ctx=context(region="231222"), name="甲")
    with scope("231221"), pytest.raises(NoScope), scope("231200"):
        pass


ATTACKS = [
    ("insert outside an act", "INSERT INTO base_evidence (id, region, sha256, size, media, name, kind, uploaded_at)"
     " VALUES (gen_random_uuid(), '231200', '0', 1, 'pdf', 'x', 'x', now())", "AJ003"),
    ("update outside an act", "UPDATE base_evidence SET name = 'x'", "AJ003"),
    ("delete outside an act", "DELETE FROM base_evidence", "AJ003"),
    ("write an act directly", "UPDATE base_act SET body = 'x'", "42501"),
    ("write the queue directly", "DELETE FROM base_actqueue", "42501"),
    ("change a leaf", "UPDATE base_leaf SET seq = 9", "42501"),
    ("erase a refusal", "DELETE FROM base_refusal", "42501"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("what", "statement", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_refuses(what: str, statement: str, code: str) -> None:
    with raw(region="231200") as connection_, pytest.raises(psycopg.Error) as caught:
        connection_.execute(statement)
    assert caught.value.sqlstate == code, what


@pytest.mark.django_db
def test_a_forged_setting_opens_no_guard() -> None:
    with raw(region="231200") as connection_, pytest.raises(psycopg.Error) as caught:
        connection_.execute("SELECT set_config('anju.act', 'forged', true)")
        connection_.execute("DELETE FROM base_evidence")
    assert caught.value.sqlstate == "AJ003"


@pytest.mark.django_db
def test_a_transaction_with_an_open_act_cannot_commit() -> None:
    with raw(region="231200") as connection_, pytest.raises(psycopg.Error) as caught:
        connection_.execute(
            "SELECT act_begin(gen_random_uuid(), '231200', NULL, '\\x00', 'tests.x', '1', NULL, 'x', NULL, NULL, now(), current_date)"
        )
        connection_.commit()
    assert caught.value.sqlstate == "AJ004"


@pytest.mark.usefixtures("committed")
def test_eight_racing_requests_with_one_key_are_one_act() -> None:
    found: list[UUID] = []
    start = threading.Barrier(8)
    ctx = context(account=None).once("race")

    def go() -> None:
        start.wait()
        found.append(keep_row(ctx=ctx, name="同一份").id)
        connection.close()

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1
    with scope("231200"):
        assert Evidence.objects.filter(region="231200").count() == 1


@pytest.mark.django_db
def test_a_fixture_act_of_the_tests_is_an_act_like_any_other() -> None:
    with open_act("231202") as ctx:
        Evidence.objects.create(
            region="231202", sha256="0" * 64, size=1, media="pdf", name="x", kind="x", uploaded_at=ctx.now
        )
    with scope("231202"):
        assert Act.objects.filter(region="231202", name="tests.fixture").exists()
