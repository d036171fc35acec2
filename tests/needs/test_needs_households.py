"""Households split, join and lose members with their claims in one step; tenants buy and vacate; bans bind in every county."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from anju.base.acts import InvalidInput, Refused
from anju.base.claims import seam
from anju.base.files import store
from anju.base.regions import scope
from anju.base.tickets.models import Ticket
from anju.needs import acts, reads
from anju.needs.acts.apply import Brought
from anju.needs.acts.change import owe_vacating
from anju.needs.models import Application, Ban, Finding, FormerMember, HouseholdEvent, Member, MemberNeed
from anju.parties.models import Region
from needs.helpers import (
    COUNTY,
    OTHER,
    account_id,
    book,
    ctx_of,
    household,
    id_number,
    later,
    member,
    qualified,
    rent_household,
    submitted,
)
from support.db import open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.2-0")]
ON = date(2026, 2, 20)
FACTS = {"income_month_fen": 300_000, "home_area_cm2": 0}


def now_of(row: Application) -> Application:
    with scope(row.region):
        return Application.objects.get(id=row.id)


def people_of(row: Application) -> dict[str, UUID]:
    with scope(row.region):
        return dict(Member.objects.filter(application=row).values_list("name", "id"))


def claims_of(row: Application, kind: str = seam.LIVE_APPLICATION) -> int:
    with scope(row.region):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT document_blind FROM needs_member UNION SELECT document_blind FROM needs_formermember"
            )
            persons = [bytes(r[0]) for r in cursor.fetchall()]
        return sum(clash.case == row.id for clash in seam.holders(kind, persons).values())


def split(row: Application, leaving: list[str], **changes: Any) -> HouseholdEvent:
    who = people_of(row)
    given = {"happened_on": ON, "reason": "户口簿分户页", "facts": FACTS}
    return acts.split_household(
        ctx=ctx_of(), application_id=row.id, leaving=[who[n] for n in leaving], **{**given, **changes}
    )


def test_a_split_leaves_the_place_with_those_who_stay_and_makes_a_new_case_for_those_who_go() -> None:
    row = qualified(1)[0]
    who = people_of(row)
    new = acts.NewHousehold(applicant=who["测试2"], phone="19900007777", facts={**FACTS, "policy_homes": 0})
    split(row, ["测试2"], new=new)
    found = now_of(row)
    assert (found.persons, found.sort_key, found.state) == (1, row.sort_key, "qualified")
    with scope(COUNTY):
        made = Application.objects.exclude(id=row.id).get()
        assert (made.state, made.accepted_on, made.persons, made.applicant_name) == (
            "submitted",
            date(2026, 3, 2),
            1,
            "测试2",
        )
        assert Member.objects.get(application=made).relation == "01" and made.wishes.count() == 1
        assert FormerMember.objects.get(application=row).name == "测试2"
        assert Ticket.objects.filter(kind="needs.first_review", object_id=made.id, done_on__isnull=True).exists()
        assert HouseholdEvent.objects.count() == 2, "each case tells it"
    assert (claims_of(row), claims_of(made)) == (1, 1)
    with pytest.raises(Refused, match="一份有效申请"):
        submitted(2, persons=1)


def test_the_older_place_goes_to_whom_the_act_leaves_in_it_also_when_the_applicant_goes() -> None:
    row = submitted(1, members=(member(1, "甲"), member(2, "乙", "10"), member(3, "丙", "20")))
    who = people_of(row)
    with pytest.raises(InvalidInput, match="指定申请人"):
        split(row, ["甲"])
    acts.record_divorce(
        ctx=ctx_of(), application_id=row.id, leaving=[who["甲"]], happened_on=ON, reason="离婚证", facts=FACTS,
        stays_applicant=who["乙"],
    )  # fmt: skip
    found = now_of(row)
    assert (found.applicant_name, found.persons, found.accepted_on) == ("乙", 2, row.accepted_on)
    assert claims_of(row) == 2
    assert submitted(1, persons=1).state == "submitted", "who left is free to apply"


@pytest.mark.parametrize(
    ("leaving", "changes", "why"),
    [
        (["测试1", "测试2"], {}, "全部离开"),
        ([], {}, "其中一部分"),
        (["测试2"], {"happened_on": date(2026, 3, 9)}, "晚于今天"),
        (["测试2"], {"reason": " "}, "依据"),
        (["测试2"], {"stays_applicant": UUID(int=1)}, "不用另指定"),
    ],
)
def test_a_split_that_cannot_be_is_refused_in_words(leaving: list[str], changes: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        split(submitted(1), leaving, **changes)


def test_what_is_not_said_anew_is_unknown_and_past_the_reviews_a_finding_not_a_loss() -> None:
    row = qualified(1)[0]
    split(row, ["测试2"], facts={})
    found = now_of(row)
    assert found.income_month_fen is None and found.state == "qualified"
    with scope(COUNTY):
        assert {f.rule for f in Finding.objects.filter(application=row)} >= {"3.2-0-income"}


def test_a_marriage_keeps_the_named_place_ends_the_other_case_and_moves_every_claim() -> None:
    first, second = qualified(1, 11)
    acts.join_households(
        ctx=ctx_of(), application_id=first.id, other_number=second.number, happened_on=ON, reason="结婚证", facts=FACTS
    )
    found, ended = now_of(first), now_of(second)
    assert (found.persons, found.sort_key, found.state) == (4, first.sort_key, "qualified")
    assert ended.state == "merged" and (claims_of(first), claims_of(second)) == (4, 0)
    with scope(COUNTY):
        assert sorted(Member.objects.filter(application=first).values_list("relation", flat=True)) == [
            "01",
            "10",
            "20",
            "80",
        ]
        assert reads.queue(COUNTY).count() == 1
        assert FormerMember.objects.filter(application=second).count() == 2
    with pytest.raises(Refused, match="没有另一份申请"):
        acts.join_households(
            ctx=ctx_of(), application_id=first.id, other_number=first.number, happened_on=ON, reason="x"
        )


def test_when_the_applicant_dies_another_adult_applies_on_and_with_nobody_grown_up_it_lapses() -> None:
    child = member(3, "丙", "20", document=id_number(3, date(2015, 1, 1)))
    row = submitted(1, members=(member(1, "甲"), member(2, "乙", "10"), child))
    who = people_of(row)
    dies = {"happened_on": ON, "reason": "死亡证明", "facts": FACTS}
    with pytest.raises(InvalidInput, match="未成年"):
        acts.record_death(ctx=ctx_of(), member_id=who["甲"], stays_applicant=who["丙"], **dies)
    with pytest.raises(InvalidInput, match="手机号"):
        acts.record_death(ctx=ctx_of(), member_id=who["甲"], stays_applicant=who["乙"], **dies)
    acts.record_death(ctx=ctx_of(), member_id=who["甲"], stays_applicant=who["乙"], phone="19900008888", **dies)
    found = now_of(row)
    assert (found.applicant_name, found.persons) == ("乙", 2) and found.phone_blind != row.phone_blind
    acts.record_death(ctx=ctx_of(), member_id=people_of(row)["乙"], **dies)
    assert now_of(row).state == "lapsed" and claims_of(row) == 0
    with scope(COUNTY):
        assert [f.name for f in FormerMember.objects.all()] == ["甲"], "who died last still stands in the closed case"


def test_a_need_goes_with_its_member() -> None:
    row = submitted(1)
    who = people_of(row)
    need = acts.record_need(ctx=ctx_of(), member_id=who["测试2"], kind="stairs", proof=("证.pdf", b"%PDF-1.4\n%%EOF\n"))
    acts.confirm_need(ctx=ctx_of("reviewer"), need_id=need.id, confirmed=True)
    split(row, ["测试2"], new=acts.NewHousehold(applicant=who["测试2"], phone="19900007777", facts=FACTS))
    with scope(COUNTY):
        assert MemberNeed.objects.get().application_id != row.id


# --- a sitting tenant buys ---------------------------------------------------------------------------


def tenant() -> Application:
    row = acts.submit_application(ctx=ctx_of(), household=rent_household(1))
    acts.bulk_first_review(ctx=ctx_of(), ids=[row.id])
    acts.bulk_second_review(ctx=ctx_of("reviewer"), ids=[row.id])
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[row.id], title="公示")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(8)), publicity_id=shown.id)
    return acts.mark_housed(ctx=ctx_of("operator", now=later(20)), application_id=row.id)


def test_a_sitting_tenant_applies_to_buy_and_vacates_when_the_bought_home_is_handed_over() -> None:
    tenancy = tenant()
    buys = submitted(1, ctx=ctx_of(now=later(30)), policy_homes=1)
    assert next(v for v in buys.verdicts if v["rule"] == "3.2-0-one-home")["outcome"] == "fail"
    acts.buy_as_tenant(ctx=ctx_of(now=later(30)), application_id=buys.id, tenancy_number=tenancy.number)
    acts.first_review(ctx=ctx_of(now=later(31)), application_id=buys.id, outcome="pass")
    acts.second_review(ctx=ctx_of("reviewer", now=later(31)), application_id=buys.id, outcome="pass")
    shown = acts.publish_applications(ctx=ctx_of("reviewer", now=later(31)), ids=[buys.id], title="公示")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(40)), publicity_id=shown.id)
    with scope(COUNTY):
        assert reads.to_vacate(now_of(tenancy)).id == buys.id  # type: ignore[union-attr]
    assert (claims_of(tenancy, seam.HOME), now_of(tenancy).state) == (2, "housed"), "until then it lives where it rents"
    acts.mark_housed(ctx=ctx_of("operator", now=later(60)), application_id=buys.id)
    assert (claims_of(tenancy, seam.HOME), claims_of(buys, seam.HOME)) == (0, 2)
    assert (now_of(tenancy).state, now_of(buys).state) == ("housed", "housed"), "it signed; the keys come later"
    with open_act(COUNTY, now=later(70)) as ctx:
        owe_vacating(ctx, now_of(buys), 30)
    with scope(COUNTY):
        ticket = Ticket.objects.get(kind="needs.vacate")
        assert (ticket.post, ticket.limit_days, ticket.object_id) == ("intake_clerk", 30, tenancy.id)
    with pytest.raises(InvalidInput, match="事由"):
        acts.vacate_tenancy(ctx=ctx_of(now=later(80)), application_id=tenancy.id, reason=" ")
    assert (
        acts.vacate_tenancy(ctx=ctx_of(now=later(80)), application_id=tenancy.id, reason="钥匙已收").state == "vacated"
    )
    with scope(COUNTY):
        assert Ticket.objects.get(kind="needs.vacate").done_on
    with pytest.raises(Refused, match="没有在住的住房"):
        acts.vacate_tenancy(ctx=ctx_of(now=later(80)), application_id=tenancy.id, reason="再办")


def test_another_familys_tenancy_cannot_be_given_up() -> None:
    tenancy = tenant()
    stranger = submitted(51)
    with pytest.raises(Refused, match=r"不是 .* 的承租人"):
        acts.buy_as_tenant(ctx=ctx_of(), application_id=stranger.id, tenancy_number=tenancy.number)
    with pytest.raises(Refused, match="没有在租的申请"):
        acts.buy_as_tenant(ctx=ctx_of(), application_id=stranger.id, tenancy_number=stranger.number)


# --- bans --------------------------------------------------------------------------------------------
YEARS = {"false_papers_ban_years": 5, "abandon_ban_years": 2}


def with_years(post: str = "intake_clerk", **changes: Any) -> Any:
    return ctx_of(post, params=book(**YEARS), **changes)


def imposed(row: Application, ground: str = "false_papers", on: int = 0) -> Ban:
    ban = acts.propose_ban(ctx=with_years(now=later(on)), application_id=row.id, ground=ground, facts="收入证明系伪造")
    acts.hear_ban(
        ctx=with_years(now=later(on)), ban_id=ban.id, heard_on=date(2026, 3, 2) + timedelta(on), statement="承认"
    )
    return acts.decide_ban(ctx=with_years("reviewer", now=later(on)), ban_id=ban.id, imposed=True, reason="属实")


def test_a_ban_follows_hearing_and_another_persons_decision_and_takes_the_case_off() -> None:
    row = submitted(1)
    clerk = account_id()
    ban = acts.propose_ban(ctx=with_years(account=clerk), application_id=row.id, ground="false_papers", facts="伪造")
    with pytest.raises(Refused, match="听取陈述"):
        acts.decide_ban(ctx=with_years("reviewer"), ban_id=ban.id, imposed=True, reason="属实")
    acts.hear_ban(ctx=with_years(), ban_id=ban.id, heard_on=date(2026, 3, 2), statement="通知后没有到场")
    with pytest.raises(Refused, match="同一人"):
        acts.decide_ban(ctx=with_years("reviewer", account=clerk), ban_id=ban.id, imposed=True, reason="属实")
    with pytest.raises(Refused, match="虚假材料后限制申请年限"):
        acts.decide_ban(ctx=ctx_of("reviewer"), ban_id=ban.id, imposed=True, reason="属实")
    found = acts.decide_ban(ctx=with_years("reviewer"), ban_id=ban.id, imposed=True, reason="属实")
    assert found.until_on == date(2031, 3, 2) and now_of(row).state == "lapsed" and claims_of(row) == 0


def test_a_banned_person_is_refused_with_clause_and_end_in_every_county_until_the_end() -> None:
    imposed(submitted(1))
    with scope(OTHER):
        town = Region.objects.filter(level="town", parent=OTHER).order_by("code").values_list("code", flat=True)[0]
    there = replace(household(1), town=town, members=(member(1, "测试1"),))
    with pytest.raises(Refused, match=r"提供虚假材料.*北林区.*2031-03-02.*3\.2-0"):
        acts.submit_application(ctx=ctx_of(region=OTHER), household=there)
    with pytest.raises(Refused, match="限制申请"):
        acts.back_enter(
            ctx=ctx_of(now=later(9)), household=household(1), accepted_on=date(2026, 3, 5), scans=[("a.pdf", b"%PDF-1.4\n%%EOF\n")]
        )  # fmt: skip
    other = submitted(31)
    with pytest.raises(Refused, match="限制申请"):
        acts.correct_member(
            ctx=ctx_of(), member_id=people_of(other)["测试1"], name="测试1", document=id_number(1), reason="录错"
        )
    after = ctx_of(region=OTHER, now=later(365 * 5 + 2), params=book(first_review_days=None))
    assert acts.submit_application(ctx=after, household=there).state == "submitted"


def test_a_file_with_a_banned_person_is_taken_without_it() -> None:
    from anju.base.sheets.models import Load

    imposed(submitted(1))
    with open_act(COUNTY) as ctx:
        kept = store.keep(ctx=ctx, name="a.pdf", data=b"%PDF-1.4\n%%EOF\n", kind="load", case=None)
        load = Load.objects.create(
            region=COUNTY, kind="applications", name="a.xlsx", evidence=kept, made_at=ctx.now, sha256="0" * 64, good=2,
            bad=0, errors=[], synthetic=True,
        )  # fmt: skip
    done = acts.take_applications(
        ctx=ctx_of(), load_id=load.id, brought=[Brought(1, household(1)), Brought(3, household(41))]
    )
    assert done["taken"] == 1 and done["refused"][0][0] == 1 and "限制申请" in done["refused"][0][1]


ATTACKS = [
    ("a banned member raw", "INSERT INTO needs_member SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(),"
     " 'relation', '80', 'document_blind', p.document_blind))).* FROM needs_member m JOIN needs_application a"
     " ON a.id = m.application_id AND a.state = 'submitted' CROSS JOIN needs_banperson p LIMIT 1", "AJ104"),
    ("a number changed to a banned one", "UPDATE needs_member SET document_blind = (SELECT document_blind FROM needs_banperson LIMIT 1)"
     " WHERE id IN (SELECT m.id FROM needs_member m JOIN needs_application a ON a.id = m.application_id AND a.state = 'submitted'"
     " LIMIT 1)", "AJ104"),
    ("a ban shortened", "UPDATE needs_ban SET until_on = until_on - 1", "AJ005"),
    ("a person let off", "DELETE FROM needs_banperson", "AJ005"),
    ("decided by who proposed it", "INSERT INTO needs_ban (id, region, application_id, ground, facts, state, proposed_on, maker,"
     " heard_on, statement, reason, decided_on, decided_by, until_on) SELECT gen_random_uuid(), region, application_id, ground, facts,"
     " state, proposed_on, maker, heard_on, statement, reason, decided_on, maker, until_on FROM needs_ban", "23514"),
    ("imposed without a hearing", "INSERT INTO needs_ban (id, region, application_id, ground, facts, state, proposed_on, maker,"
     " statement, reason, decided_on, decided_by, until_on) SELECT gen_random_uuid(), region, application_id, ground, facts, state,"
     " proposed_on, maker, '', reason, decided_on, decided_by, until_on FROM needs_ban", "23514"),
    ("imposed without an end", "INSERT INTO needs_ban (id, region, application_id, ground, facts, state, proposed_on, maker, heard_on,"
     " statement, reason, decided_on, decided_by) SELECT gen_random_uuid(), region, application_id, ground, facts, state, proposed_on,"
     " maker, heard_on, statement, reason, decided_on, decided_by FROM needs_ban", "23514"),
    ("a need confirmed by who recorded it", "UPDATE needs_memberneed SET confirmed = true, confirmed_on = now(), confirmed_by = maker",
     "23514"),
    ("an event rewritten", "UPDATE needs_householdevent SET reason = 'y'", "AJ005"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "statement", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_refuses_even_inside_an_act(what: str, statement: str, code: str) -> None:
    row = submitted(31)
    acts.record_need(
        ctx=ctx_of(), member_id=people_of(row)["测试2"], kind="age", proof=("证.pdf", b"%PDF-1.4\n%%EOF\n")
    )
    split(submitted(41), ["测试2"])
    imposed(submitted(1))
    with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(caught.value.__cause__, psycopg.Error), caught.value
    assert caught.value.__cause__.sqlstate == code, what
