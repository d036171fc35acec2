"""What the auditor opens: log, receipts, proofs, verification by a button, refusals, assessments, dossiers. All of it reads only."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from anju.base.acts import Refused
from anju.base.acts.models import Act
from anju.base.calendar.days import installation
from anju.base.log import note
from anju.base.log.publish import check_proof, publish
from anju.base.log.sequencer import sequence
from anju.base.regions import scope, uuid7
from anju.base.secrets import log_key, make_keys
from anju.homes import acts as homes
from anju.offering import draw
from anju.offering.draw import Entrant, Frozen, Holder, Home, Source
from anju.offering.models import Batch, Draw, DrawHolder, DrawSource, Subscription
from anju.oversight.dossier import dossier
from anju.oversight.verification import draw_problems, verify_all
from homes.test_homes_contracts import buy, ctx  # type: ignore[import-not-found]
from support import laid
from support.db import NOON, raw
from support.desk import signed_in, text
from support.sold import CITY, COUNTY, Sold, sold

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.5")]


@pytest.fixture
def found() -> Sold:
    """One home sold, one refused, the log published."""
    make_keys()
    row = sold()
    buy(row)
    with pytest.raises(Refused):
        homes.sign_sale_contract(ctx=ctx(), choice_id=row.choices[1].id, down_payment_fen=1, provident_fund=False)
    published()
    return row


def published() -> note.Checkpoint:
    with scope(CITY):
        return publish(key=log_key(), origin=installation().origin, now=NOON)


def tamper(statement: str, values: list[Any]) -> None:
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        database.execute(statement, values)


def verified() -> list[str]:
    with scope(CITY):
        return [str(problem) for problem in verify_all(CITY).problems]


def test_everything_verifies_and_says_what_was_checked(found: Sold) -> None:
    with scope(CITY):
        report = verify_all(CITY)
    assert report.problems == []
    assert [line.partition("：")[0].split(" ")[0] for line in report.lines] == ["日志", "账簿", "摇号"]
    assert all("全部相符" in line for line in report.lines)


def test_a_changed_entry_and_a_changed_voucher_are_named(found: Sold) -> None:
    with scope(CITY):
        act = Act.objects.get(name="homes.sign_sale_contract")
    tamper("UPDATE base_act SET body = replace(body, '3.6-3', '3.6-1') WHERE id = %s", [act.id])
    assert any(line.startswith("日志：") and "被改动" in line for line in verified())
    tamper("UPDATE base_act SET body = %s WHERE id = %s", [act.body, act.id])
    assert verified() == []
    tamper("UPDATE ledger_transfer SET amount_fen = amount_fen + 1 WHERE kind = %s", ["earnest_received"])
    assert any(line.startswith("账簿：") for line in verified())


def finished(method: str) -> tuple[Batch, Draw]:
    """A finished round, with its households, holders and public values as its room would store them."""
    entrants = [Entrant("0001", 1, ("A", "B")), Entrant("0002", 1, ("A",))]
    lists = (
        draw.entrants_file(entrants, [Home("A", "u1"), Home("B", "u2")]),
        draw.homes_file([Home("A", "u1"), Home("B", "u2")]),
    )
    basis = "" if method == "draw" else draw.basis_file({"0001": "a", "0002": "b"})
    secrets = [b"\x01" * 32, b"\x02" * 32] if method == "draw" else []
    holders = [Holder(f"持有人{at}", hashlib.sha256(s).hexdigest(), s.hex()) for at, s in enumerate(secrets, 1)]
    values = (
        [Source("双色球", "2026031", ((1, 5, 9, 17, 26, 33), (8,)), announced="2026030")] if method == "draw" else []
    )
    result = draw.run(Frozen("P1", 1, method, *lists, basis), holders, values)
    batch = Batch(
        region=CITY, project_id=uuid7(), letter_id=uuid7(), number="P1", announced_on=date(2026, 1, 1), apply_from=date(2026, 1, 1),
        apply_until=date(2026, 2, 1), method=method, earnest_fen=1, state="drawn", maker=uuid7(),
    )  # fmt: skip
    row = Draw(
        region=CITY, batch=batch, round=1, method=method, entrants=lists[0], homes=lists[1], basis=basis,
        freeze_sha256=draw.sha256(lists[0]), homes_sha256=draw.sha256(lists[1]), frozen_at=NOON, fixed_at=NOON, reveal_until=NOON,
        value_from=NOON, transcript=result.transcript, transcript_sha256=result.sha256, drawn_at=NOON,
    )  # fmt: skip
    laid.lay(batch)
    laid.lay(row)
    for at, held in enumerate(holders, 1):
        laid.lay(DrawHolder(
            region=CITY, draw=row, order=at, title=held.holder, account=uuid7(), commitment=held.commitment, committed_at=NOON,
            secret=held.secret, revealed_at=NOON,
        ))  # fmt: skip
    for value in values:
        laid.lay(DrawSource(
            region=CITY, draw=row, order=1, game="ssq", issue=value.announced, drawn_issue=value.issue, drums=[[33, 26, 17, 9, 5, 1], [8]],
            entered_by=uuid7(), entered_for=uuid7(), confirmed_by=uuid7(), confirmed_for=uuid7(), confirmed_at=NOON,
        ))  # fmt: skip
    for entrant in entrants:
        laid.lay(Subscription(
            region=CITY, batch=batch, application_id=uuid7(), application_region=COUNTY, wishes=list(entrant.wishes), priority=1,
            draw_number=entrant.number, sort_key=f"01/{result.keys[entrant.number]}", subscribed_at=NOON,
        ))  # fmt: skip
    return batch, row


def found_wrong(row: Draw) -> list[str]:
    with scope(CITY):
        return draw_problems(Draw.objects.select_related("batch").get(pk=row.pk))


def test_a_draw_is_verified_against_its_own_transcript_and_the_stored_order() -> None:
    _, row = finished("waiting_list")
    assert found_wrong(row) == []
    tamper("UPDATE offering_subscription SET sort_key = '00' WHERE draw_number = %s", ["0002"])
    assert found_wrong(row) == ["批次 P1 第 1 轮：库中的排序与记录不一致"]
    with scope(CITY):
        said = row.transcript
        row.transcript = said.replace('"0002"', '"0003"', 1)
        assert draw_problems(row) == ["批次 P1 第 1 轮的记录与其摘要不符"]
        body = {**json.loads(said), "order": ["0002", "0001"]}
        row.transcript = draw.canonical(body)
        row.transcript_sha256 = draw.sha256(row.transcript)
        assert any("次序" in problem for problem in draw_problems(row))


HOLDERS, VALUES, ORDER = "密数持有人、摘要或密数与记录", "彩种、期号、号码", "库中的排序"
TAMPERED = [
    ("drawholder", "commitment = overlay(commitment placing '0000' from 1)", HOLDERS),
    ("drawholder", "secret = repeat('0', 64)", HOLDERS),
    ("drawholder", "secret = '', revealed_at = NULL", HOLDERS),
    ("drawholder", "title = title || 'x'", HOLDERS),
    ("drawholder", '"order" = 9 - "order"', HOLDERS),
    ("drawholder", "draw_id = gen_random_uuid()", HOLDERS),
    ("drawholder", "revealed_at = revealed_at + interval '1 second'", "「持有人1」揭开密数的时间不在截止之前"),
    ("drawsource", "game = 'kl8'", VALUES),
    ("drawsource", "issue = '1'", VALUES),
    ("drawsource", "drawn_issue = issue", VALUES),
    ("drawsource", "drums = '[[1, 5, 9, 17, 26, 33], [9]]'", VALUES),
    ("drawsource", "draw_id = gen_random_uuid()", VALUES),
    ("drawsource", "confirmed_by = NULL", "「双色球」没有两人录定"),
    ("draw", "basis = 'x'", "封存的名单"),
    ("draw", "method = 'score'", "批次、轮次或排序方式"),
    ("subscription", "sort_key = ''", ORDER),
]


def test_whatever_of_a_draw_is_changed_behind_it_is_named_with_the_draw() -> None:
    _, row = finished("draw")
    assert found_wrong(row) == []
    for table, change, says in TAMPERED:
        kept = f"CREATE TEMP TABLE kept AS SELECT * FROM offering_{table}"
        with raw("admin") as database:
            database.execute("SET session_replication_role = replica")
            database.execute(kept)
            assert database.execute(f"UPDATE offering_{table} SET {change}").rowcount
            database.commit()
            wrong = found_wrong(row)
            database.execute(f"DELETE FROM offering_{table}")
            database.execute(f"INSERT INTO offering_{table} SELECT * FROM kept")
        assert any(says in line for line in wrong) and all(line.startswith("批次 P1 第 1 轮") for line in wrong), (
            change,
            wrong,
        )
    assert found_wrong(row) == []


def test_a_later_round_that_is_not_drawn_does_not_switch_the_stored_order_off() -> None:
    batch, row = finished("waiting_list")
    tamper("UPDATE offering_subscription SET sort_key = '00' WHERE draw_number = %s", ["0002"])
    laid.lay(Draw(
        region=CITY, batch=batch, round=2, method=row.method, reason="重排", resolution_id=uuid7(), entrants=row.entrants,
        homes=row.homes, basis=row.basis, freeze_sha256=row.freeze_sha256, homes_sha256=row.homes_sha256, frozen_at=NOON,
    ))  # fmt: skip
    assert found_wrong(row) == ["批次 P1 第 1 轮：库中的排序与记录不一致"]
    tamper("UPDATE offering_subscription SET sort_key = '' WHERE batch_id = %s", [batch.pk])
    assert found_wrong(row) == [], "a redraw took the places away, as it does"


# Pages


def test_the_log_is_filtered_by_clause_actor_and_object(found: Sold) -> None:
    client = signed_in("auditor")
    page = text(client.get(reverse("oversight:log")))
    assert "签订配售合同" in page and "变更房源状态" in page
    with scope(CITY):
        act = Act.objects.get(name="homes.sign_sale_contract")
    by_object = text(client.get(reverse("oversight:log"), {"object_id": str(act.object_id)}))
    assert "签订配售合同" in by_object and "变更房源状态" not in by_object.split("<tbody>")[1]
    by_actor = text(client.get(reverse("oversight:log"), {"account": str(act.account), "clause": "3.6-3"}))
    assert "签订配售合同" in by_actor
    odd = text(client.get(reverse("oversight:log"), {"account": "没有这个编号"}))
    assert "没有这样的筛选值" in odd
    assert client.get(reverse("oversight:log"), {"export": "xlsx"}).content[:2] == b"PK"


def test_an_entry_shows_its_receipt_and_hands_out_a_proof_that_holds(found: Sold) -> None:
    client = signed_in("auditor")
    with scope(CITY):
        act = Act.objects.get(name="homes.sign_sale_contract")
    page = text(client.get(reverse("oversight:thing", args=[act.id])))
    assert act.leaf is not None and bytes(act.leaf).hex() in page and "首付" in page and "取证明文件" in page
    with scope(CITY):
        from anju.base.log.models import Leaf

        seq = Leaf.objects.get(act=act.id).seq
    answer = client.get(reverse("oversight:proof", args=[seq]))
    known = [note.verifier_of(installation().origin, log_key())]
    assert check_proof(answer.content.decode(), bytes(act.leaf), known).size > seq
    assert client.get(reverse("oversight:proof", args=[10**6])).status_code == 404


def test_facts_erased_by_law_are_said_to_be_so(found: Sold) -> None:
    with scope(CITY):
        act = Act.objects.get(name="homes.sign_sale_contract")
    tamper("DELETE FROM base_actfacts WHERE act = %s", [act.id])
    assert "已依法删除" in text(signed_in("auditor").get(reverse("oversight:thing", args=[act.id])))
    assert verified() == []


def test_the_button_recomputes_and_shows_what_does_not_stand(found: Sold) -> None:
    client = signed_in("auditor")
    url = reverse("oversight:verify")
    assert "还没有重算" in text(client.get(url))
    assert "全部相符" in text(client.post(url))
    tamper("UPDATE base_act SET clause = '1' WHERE name = %s", ["homes.sign_sale_contract"])
    page = text(client.post(url))
    assert "不相符" in page and "与日志条目不符" in page


def test_refusals_stand_in_a_list_with_their_clause(found: Sold) -> None:
    page = text(signed_in("auditor").get(reverse("oversight:refusals")))
    assert "签订配售合同" in page and "3.6-3" in page and "首付" in page


def test_the_desk_counts_and_links(found: Sold) -> None:
    page = text(signed_in("auditor").get(reverse("oversight:list")))
    for words in ("日志条目", "已公布到", "不予办理", "手续超期", "空置房源", "核验日志、账簿、摇号"):
        assert words in page


def test_an_assessment_is_computed_on_one_page_and_confirmed_on_another(found: Sold) -> None:
    clerk = signed_in("office_clerk")
    form = {
        "acquirer_id": str(found.acquirer.id),
        "period_from": "2026-02-01",
        "period_until": "2026-03-02",
        "key": "a",
    }
    assert found.acquirer.name in text(clerk.get(reverse("oversight:assess")))
    done = clerk.post(reverse("oversight:assess"), form)
    assert done.status_code == 302
    page = text(clerk.get(done["Location"]))
    assert "已收购套数" in page and "2 套" in page and "专户外收付资金" in page
    head = signed_in("office_head")
    answer = head.post(done["Location"] + "confirm/", {"key": "b"})
    assert answer.status_code == 302
    assert "已确认" in text(head.get(done["Location"]))
    assert "已确认" in text(head.get(reverse("oversight:assessments")))


def test_the_dossier_tells_a_projects_story_in_order(found: Sold) -> None:
    with scope(CITY):
        told = dossier(found.project)
    titles = [line.title for line in told.lines]
    assert titles.index("签订配售合同") < len(titles)
    assert any(line.kind == "paper" and line.title.startswith("保障性住房配售合同") for line in told.lines)
    assert any(line.kind == "refusal" and "首付" in line.sentence for line in told.lines)
    assert any(line.kind == "resolution" and "签订收购协议" in line.title for line in told.lines) is False, (
        "no act recorded that decision"
    )
    signing = next(line for line in told.lines if line.title == "签订配售合同" and line.kind == "act")
    assert {v["rule"] for v in signing.verdicts} >= {"3.6-3-down-payment", "3.6-2-closed"}
    assert [line.at for line in told.lines] == sorted(line.at for line in told.lines)
    page = text(signed_in("auditor").get(reverse("oversight:dossier", args=[found.project.id])))
    assert "签订配售合同" in page and "不予办理" in page
    assert found.project.number in text(signed_in("leader").get(reverse("oversight:dossiers")))


def test_a_dossier_holds_nothing_of_another_project(found: Sold) -> None:
    other = sold()
    buy(other)
    sequence()
    with scope(CITY):
        mine = {line.act for line in dossier(found.project).lines if line.act}
        theirs = {line.act for line in dossier(other.project).lines if line.act}
    assert mine and theirs and not mine & theirs


@pytest.mark.parametrize(
    ("post", "status"),
    [("auditor", 200), ("audit_admin", 200), ("leader", 200), ("operator", 403), ("developer_agent", 403)],
)
def test_oversight_is_for_those_who_supervise(post: str, status: int) -> None:
    assert signed_in(post).get(reverse("oversight:log")).status_code == status


def test_a_county_sees_its_own_entries_alone(found: Sold) -> None:
    page = text(signed_in("office_clerk", "231221").get(reverse("oversight:log")))
    assert "签订配售合同" not in page.split("</form>")[-1]
