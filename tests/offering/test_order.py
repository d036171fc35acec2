"""The order: the list is closed before any randomness, secrets before values, one draw a round, all published."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.messages.models import Message
from anju.base.publication.models import Publication
from anju.base.regions import scope, uuid7
from anju.needs.models import Application
from anju.offering import acts, draw, reads, verify_draw
from anju.offering.models import Batch, Draw, DrawHolder, DrawSource, Subscription
from anju.parties.models import Account, Organisation, Resolution
from offering.programme import (
    CITY,
    COUNTY,
    KL8,
    ONE,
    SSQ,
    TWO,
    World,
    announced,
    drawn,
    fixed,
    fresh,
    households,
    ordered,
    person,
    refused_by_database,
    sql,
    subscribed,
    valued,
    world,
)
from support.db import open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.5-2")]


def wanted(homes: int = 3, count: int = 8, **changes: Any) -> tuple[World, Batch]:
    """More households than homes."""
    found = world(homes, **changes)
    batch = announced(found)
    subscribed(found, batch, households(count, **({"score": 60} if changes.get("tenure") == "rent" else {})))
    return found, batch


def test_the_list_is_closed_after_the_window_and_nobody_enters_any_more() -> None:
    found, batch = wanted()
    found.day = batch.apply_until
    with pytest.raises(Refused, match="不能封存名单"):
        acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    found.later(1)
    row = acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    assert row.method == "draw" and row.freeze_sha256 == draw.sha256(row.entrants)
    assert row.entrants.count("\n") == 8 and row.homes.count("\n") == 3
    with scope(CITY):
        numbers = sorted(Subscription.objects.filter(batch=batch).values_list("draw_number", flat=True))
        assert numbers == [f"{n:04d}" for n in range(1, 9)]
        told = Publication.objects.get(kind="draw_list").body
        assert told["entrants_sha256"] == row.freeze_sha256
        assert Message.objects.filter(template="draw-number").count() == 8
        assert "测试" not in row.entrants and COUNTY not in row.entrants, "no name, no number of a person"
    (late,) = households(1)
    with pytest.raises(Refused, match="不能认购"):
        acts.subscribe(
            ctx=found.ctx(), batch_id=batch.pk, application_id=late.pk, application_region=COUNTY, wishes=["1-1-100"]
        )


def test_a_household_that_left_the_waiting_list_is_left_out_at_the_freeze() -> None:
    found, batch = wanted()
    with open_act(COUNTY):
        first = Application.objects.filter(region=COUNTY).order_by("number").first()
        Application.objects.filter(pk=first.pk).update(state="housed")
    found.day = batch.apply_until + timedelta(days=1)
    assert acts.freeze(ctx=found.ctx(), batch_id=batch.pk).entrants.count("\n") == 7


def test_with_no_more_households_than_homes_nothing_is_drawn_the_waiting_list_decides() -> None:
    found, batch = wanted(homes=3, count=3)
    ordered(found, batch)
    with scope(CITY):
        told = json.loads(Draw.objects.get(batch=batch).transcript)
        places = [s.application.number for s in reads.ranked(batch)]
    assert told["method"] == "waiting_list" and places == sorted(places), "in the order of the waiting list"
    assert all(ok for _, ok in verify_draw.checks(told))


def test_scores_order_the_list_where_the_parameter_says_so_and_an_unknown_score_is_not_zero() -> None:
    found = world(2, order_method={"sale": "score"})
    batch = announced(found, method="score")
    rows = households(3)
    with open_act(COUNTY):
        for row, score in zip(rows, (60, 90, 75), strict=True):
            Application.objects.filter(pk=row.pk).update(score=score)
    subscribed(found, batch, rows)
    ordered(found, batch)
    with scope(CITY):
        assert [s.score for s in reads.ranked(batch)] == [90, 75, 60]
    other = world(2, order_method={"sale": "score"})
    batch = announced(other, method="score")
    subscribed(other, batch, households(2))
    other.day = batch.apply_until + timedelta(days=1)
    with pytest.raises(Refused, match="没有积分"):
        acts.freeze(ctx=other.ctx(), batch_id=batch.pk)


def test_a_draw_by_two_holders_and_two_public_values_is_ordered_published_and_verified_by_anyone() -> None:
    found, batch = wanted()
    row = drawn(found, batch)
    told = json.loads(row.transcript)
    assert [h["secret"] for h in told["holders"]] == [ONE.hex(), TWO.hex()]
    assert told["values"] == draw.encode(
        [draw.Source("快乐8", "1", (tuple(KL8[0]),)), draw.Source("双色球", "1", tuple(map(tuple, SSQ)))]
    )
    assert all(ok for _, ok in verify_draw.checks(told, row.freeze_sha256))
    with scope(CITY):
        keys = list(reads.ranked(batch).values_list("draw_number", flat=True))
        assert keys == told["order"], "the stored sort keys give the published order"
        body = Publication.objects.get(kind="draw").body
        assert draw.sha256(body["transcript"]) == body["transcript_sha256"] == row.transcript_sha256
        plan = Publication.objects.get(kind="draw_plan").body
        assert plan["entrants_sha256"] == row.freeze_sha256 and len(plan["holders"]) == 2
    assert fresh(batch).state == "drawn"


def test_a_second_draw_of_the_round_is_refused_by_the_act_and_by_the_database() -> None:
    found, batch = wanted()
    row = drawn(found, batch)
    with pytest.raises(Conflict, match="不能再排"):
        acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    values = {f.attname: getattr(row, f.attname) for f in Draw._meta.local_fields if f.attname != "id"}
    empty = {"transcript": "", "transcript_sha256": "", "drawn_at": None, "fixed_at": None}
    twin = Draw(**{**values, **empty})
    assert refused_by_database(lambda: twin.save(force_insert=True)) == "one_draw_a_round"
    again = Draw(**{**values, **empty, "round": 2})
    assert refused_by_database(lambda: again.save(force_insert=True)) == "a_redraw_has_a_reason"


def test_a_holder_that_does_not_reveal_by_t1_is_dropped_and_named_and_the_draw_goes_on() -> None:
    found, batch = wanted()
    holders = fixed(found, batch)
    notary = found.ctx("notary", account=holders[0])
    with pytest.raises(Refused, match="与交存的摘要不符"):
        acts.reveal_secret(ctx=notary, batch_id=batch.pk, secret=TWO.hex())
    acts.reveal_secret(ctx=notary, batch_id=batch.pk, secret=ONE.hex())
    with pytest.raises(Refused, match="时限未到"):
        acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    valued(found, batch)
    with pytest.raises(Refused, match="截止"):
        acts.reveal_secret(ctx=found.ctx("notary", account=holders[1]), batch_id=batch.pk, secret=TWO.hex())
    row = acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    assert [h["secret"] for h in json.loads(row.transcript)["holders"]] == [ONE.hex(), ""]
    with scope(CITY):
        assert Publication.objects.get(kind="draw").body["dropped"] == ["持有人2"]


def test_a_public_value_is_entered_a_day_after_the_lottery_by_two_people_who_agree() -> None:
    found, batch = wanted()
    fixed(found, batch)
    with scope(CITY):
        kl8, ssq = DrawSource.objects.filter(draw__batch=batch).order_by("order")
    with pytest.raises(Refused, match="24 小时"):
        acts.enter_public_value(ctx=found.ctx(), source_id=ssq.pk, drums=SSQ)
    found.later(2)
    wrong = [[[1, 5, 9, 17, 26, 33]], [[1, 5, 9, 17, 26, 34], [8]], [[1, 5, 9, 17, 26, 26], [8]]]
    for drums in wrong:
        with pytest.raises(InvalidInput):
            acts.enter_public_value(ctx=found.ctx(), source_id=ssq.pk, drums=drums)
    clerk = found.ctx()
    acts.enter_public_value(ctx=clerk, source_id=ssq.pk, drums=[[33, 1, 5, 9, 26, 17], [8]])
    with pytest.raises(Refused, match="另一人"):
        acts.enter_public_value(ctx=clerk, source_id=ssq.pk, drums=SSQ)
    with pytest.raises(Refused, match="不一致"):
        acts.enter_public_value(ctx=found.ctx("notary"), source_id=ssq.pk, drums=[SSQ[0], [9]])
    with pytest.raises(Refused, match="另一单位"):
        acts.enter_public_value(ctx=found.ctx(), source_id=ssq.pk, drums=SSQ)
    assert acts.enter_public_value(ctx=found.ctx("notary"), source_id=ssq.pk, drums=SSQ).confirmed_by
    with pytest.raises(Conflict):
        acts.clear_public_value(ctx=found.ctx(), source_id=ssq.pk)
    with pytest.raises(Refused, match="快乐8"):
        acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    acts.enter_public_value(ctx=found.ctx(), source_id=kl8.pk, drums=[list(range(2, 22))])
    acts.clear_public_value(ctx=found.ctx(), source_id=kl8.pk)
    with pytest.raises(InvalidInput, match="官方公告"):
        acts.enter_public_value(ctx=found.ctx(), source_id=kl8.pk, drums=KL8, issue="2026071")
    paper = {"notice_name": "停售公告.txt", "notice": "快乐8 第 2026070 期停售（合成）".encode()}
    for post in ("notary", "office_clerk"):
        acts.enter_public_value(ctx=found.ctx(post), source_id=kl8.pk, drums=KL8, issue="2026071", **paper)
    row = acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    told = json.loads(row.transcript)["sources"]
    assert [(s["game"], s["announced"], s["issue"]) for s in told] == [
        ("快乐8", "2026070", "2026071"), ("双色球", "2026030", "2026030"),
    ]  # fmt: skip
    with scope(CITY):
        shown = Publication.objects.get(kind="draw")
    assert shown.body["sources"][0] == {"game": "快乐8", "issue": "2026070", "drawn": "2026071"}
    page = Client().get(f"/portal/draws/{shown.region}/{shown.slug}/").content.decode()
    assert "第 2026071 期（公告的第 2026070 期未开奖，改用此期）" in page and "双色球第 2026030 期" in page
    assert "第 2026071 期（公告期未开奖，改用此期）" in page, "and in the table of sources"


@pytest.mark.clause("3.5-2")
def test_whoever_acts_for_nobody_enters_no_public_value() -> None:
    found, batch = wanted()
    fixed(found, batch)
    found.later(2)
    with scope(CITY):
        kl8 = DrawSource.objects.filter(draw__batch=batch).order_by("order")[0]
    with pytest.raises(Forbidden, match="没有所属单位"):
        acts.enter_public_value(ctx=found.ctx("notary", organisation=None), source_id=kl8.pk, drums=KL8)
    acts.enter_public_value(ctx=found.ctx(), source_id=kl8.pk, drums=KL8)
    second = "UPDATE offering_drawsource SET confirmed_by = %s, confirmed_for = %s, confirmed_at = now() + interval '1 year' WHERE id = %s"
    for body in (found.acquirer.pk, None):
        assert refused_by_database(sql(second, uuid7(), body, kl8.pk)) == "public_value_two_bodies", body
    both = second.replace("SET", "SET entered_for = gen_random_uuid(),")
    assert refused_by_database(sql(both, uuid7(), found.acquirer.pk, kl8.pk)) == "AJ316", (
        "the first entry's body changed"
    )


PLANS = [
    ("too weak values", {"values": [("pl5", "1")]}, "不足 24 比特"),
    ("an unknown lottery", {"values": [("dice", "1")]}, "公共随机值应从"),
    ("one lottery twice", {"values": [("ssq", "1"), ("ssq", "2")]}, "公共随机值应从"),
    ("a value less than an hour after the secrets", {"value": 59}, "至少再晚 1 小时"),
    ("secrets due in the past", {"reveal": -24 * 60}, "应晚于现在"),
]


@pytest.mark.parametrize(("what", "changes", "says"), PLANS, ids=[p[0] for p in PLANS])
def test_no_plan_of_a_draw_is_announced_with(what: str, changes: dict[str, Any], says: str) -> None:
    found, batch = wanted()
    found.day = batch.apply_until + timedelta(days=1)
    acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    reveal = found.at(20) + timedelta(minutes=changes.get("reveal", 0))
    plan = {
        "values": changes.get("values", [("kl8", "1"), ("ssq", "2")]),
        "reveal_until": reveal, "value_from": reveal + timedelta(minutes=changes.get("value", 60)),
    }  # fmt: skip
    with pytest.raises(Refused, match="至少 2 位持有人"):
        acts.fix_sources(ctx=found.ctx(), batch_id=batch.pk, **plan)
    people = [("公证处", person("甲")), ("市民代表", person("乙"))]
    acts.name_holders(ctx=found.ctx("office_clerk"), batch_id=batch.pk, holders=people)
    for (_, account), secret in zip(people, (ONE, TWO), strict=True):
        acts.commit_secret(
            ctx=found.ctx("notary", account=account),
            batch_id=batch.pk,
            commitment=draw.hashlib.sha256(secret).hexdigest(),
        )
    with pytest.raises(Refused, match=says):
        acts.fix_sources(ctx=found.ctx(), batch_id=batch.pk, **plan)


def test_holders_are_independent_distinct_and_commit_once_each() -> None:
    found, batch = wanted()
    found.day = batch.apply_until + timedelta(days=1)
    acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    with open_act(CITY):
        inside = Account.objects.create(
            username="inside", name="收购主体人员", password="!", synthetic=True, organisation=found.acquirer
        )
    one, two = person("甲"), person("乙")
    by = found.ctx("office_clerk")
    for holders in ([("甲", one)], [("甲", one), ("甲二", one)], [("甲", one), ("无", uuid7())]):
        with pytest.raises(InvalidInput, match="密数持有人应为"):
            acts.name_holders(ctx=by, batch_id=batch.pk, holders=holders)
    with pytest.raises(Refused, match="不能持有密数"):
        acts.name_holders(ctx=by, batch_id=batch.pk, holders=[("甲", one), ("内", inside.pk)])
    acts.name_holders(ctx=by, batch_id=batch.pk, holders=[("甲", one), ("乙", two)])
    first = found.ctx("notary", account=one)
    with pytest.raises(InvalidInput, match="64 位"):
        acts.commit_secret(ctx=first, batch_id=batch.pk, commitment="abc")
    with pytest.raises(Forbidden):
        acts.commit_secret(ctx=found.ctx("notary"), batch_id=batch.pk, commitment="0" * 64)
    acts.commit_secret(ctx=first, batch_id=batch.pk, commitment="0" * 64)
    with pytest.raises(Conflict, match="不能更换"):
        acts.commit_secret(ctx=first, batch_id=batch.pk, commitment="1" * 64)
    with pytest.raises(Conflict, match="同一个摘要"):
        acts.commit_secret(ctx=found.ctx("notary", account=two), batch_id=batch.pk, commitment="0" * 64)


def resolved(**changes: Any) -> Resolution:
    with open_act(CITY):
        body, _ = Organisation.objects.get_or_create(
            owner_region=CITY, kind="task_force", name="合成专班", defaults={"synthetic": True}
        )
        return Resolution.objects.create(
            **{
                "owner_region": CITY, "body": body, "number": uuid7().hex[:12], "title": "决议", "decided_on": "2026-03-01",
                "minutes": "纪要", "votes_for": 5, "votes_against": 0, "proposed_by": uuid7(), "adopted_by": uuid7(), **changes,
            }
        )  # fmt: skip


def test_a_redraw_is_a_new_round_with_reason_and_resolution_and_the_old_transcript_stays() -> None:
    found, batch = wanted()
    first = drawn(found, batch)
    by = found.ctx("office_clerk")
    for reason, resolution in (("", resolved().pk), ("机器故障", uuid7()), ("机器故障", resolved(adopted_by=None).pk)):
        with pytest.raises(Refused, match="专班已复核的决议"):
            acts.redraw(ctx=by, batch_id=batch.pk, reason=reason, resolution_id=resolution)
    second = acts.redraw(ctx=by, batch_id=batch.pk, reason="公证程序有瑕疵", resolution_id=resolved().pk)
    assert (second.round, second.freeze_sha256, second.transcript) == (2, first.freeze_sha256, "")
    assert fresh(first).transcript == first.transcript and fresh(batch).state == "frozen"
    with scope(CITY):
        assert not reads.ranked(batch).exists(), "the old order holds no more"
        assert Publication.objects.get(kind="draw").visible


def test_after_the_first_choice_there_is_no_redraw() -> None:
    found, batch = wanted()
    drawn(found, batch)
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    with pytest.raises(Refused, match="已按原顺序选房"):
        acts.redraw(ctx=found.ctx("office_clerk"), batch_id=batch.pk, reason="想重来", resolution_id=resolved().pk)


def test_the_database_keeps_the_frozen_list_the_plan_the_secrets_and_the_transcript() -> None:
    found, batch = wanted()
    holders = fixed(found, batch)
    with scope(CITY):
        row = Draw.objects.get(batch=batch)
        mine = DrawHolder.objects.get(draw=row, account=holders[0])
        source = DrawSource.objects.get(draw=row, game="ssq")
        sub = Subscription.objects.filter(batch=batch).first()
    attacks = [
        ("an entrant more", "UPDATE offering_draw SET entrants = entrants || 'x' WHERE id = %s", row.pk, "AJ314"),
        (
            "another list with its digest",
            "UPDATE offering_draw SET entrants = '', freeze_sha256 = encode(sha256(''), 'hex') WHERE id = %s",
            row.pk,
            "AJ314",
        ),
        ("another time", "UPDATE offering_draw SET reveal_until = now() WHERE id = %s", row.pk, "AJ314"),
        (
            "an order before the values",
            "UPDATE offering_draw SET transcript = 'x', transcript_sha256 = encode(sha256('x'), 'hex'), drawn_at = now() WHERE id = %s",
            row.pk,
            "AJ314",
        ),
        ("a round away", "DELETE FROM offering_draw WHERE id = %s", row.pk, "AJ314"),
        ("a commitment", "UPDATE offering_drawholder SET commitment = repeat('0', 64) WHERE id = %s", mine.pk, "AJ315"),
        (
            "a wrong secret",
            "UPDATE offering_drawholder SET secret = repeat('0', 64), revealed_at = now() WHERE id = %s",
            mine.pk,
            "AJ315",
        ),
        ("a holder away", "DELETE FROM offering_drawholder WHERE id = %s", mine.pk, "AJ315"),
        ("another lottery", "UPDATE offering_drawsource SET game = 'fc3d' WHERE id = %s", source.pk, "AJ316"),
        ("a source away", "DELETE FROM offering_drawsource WHERE id = %s", source.pk, "AJ316"),
        ("another number", "UPDATE offering_subscription SET draw_number = '9999' WHERE id = %s", sub.pk, "AJ312"),
        ("another wish", "UPDATE offering_subscription SET wishes = '[]' WHERE id = %s", sub.pk, "AJ312"),
    ]  # fmt: skip
    for what, statement, key, code in attacks:
        assert refused_by_database(sql(statement, key)) == code, what
    extra = DrawHolder(region=CITY, draw=row, order=9, title="第三人", account=uuid7())
    assert refused_by_database(lambda: extra.save(force_insert=True)) == "AJ315", "a holder after the announcement"
    late = "UPDATE offering_drawholder SET secret = %s, revealed_at = %s WHERE id = %s"
    after = row.reveal_until + timedelta(seconds=1)
    assert refused_by_database(sql(late, ONE.hex(), after, mine.pk)) == "AJ315", "the right secret, too late"
    alone = "UPDATE offering_drawsource SET drums = '[[1],[2]]', entered_by = %s, confirmed_by = %s, confirmed_at = now() WHERE id = %s"
    one = uuid7()
    assert refused_by_database(sql(alone, one, one, source.pk)) in ("AJ316", "public_value_two_people")
    for account, secret in zip(holders, (ONE, TWO), strict=True):
        acts.reveal_secret(ctx=found.ctx("notary", account=account), batch_id=batch.pk, secret=secret.hex())
    valued(found, batch)
    acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)
    for what, statement in (
        ("a transcript", "UPDATE offering_draw SET transcript = 'x' WHERE id = %s"),
        ("its day", "UPDATE offering_draw SET drawn_at = now() WHERE id = %s"),
    ):
        assert refused_by_database(sql(statement, row.pk)) == "AJ314", what
    value = "UPDATE offering_drawsource SET drums = '[[1],[2]]' WHERE id = %s"
    assert refused_by_database(sql(value, source.pk)) == "AJ316", "a value that two people confirmed"
