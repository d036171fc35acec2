"""受理: what is taken in, what is refused and by which clause; one person once."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from anju.base.acts import InvalidInput, Refused
from anju.base.acts.models import Act, ActFacts, Refusal
from anju.base.regions import scope
from anju.base.secrets import unseal
from anju.base.tickets.models import Ticket
from anju.needs import acts
from anju.needs.models import Application, Member
from anju.parties.models import Region
from anju.policy.verdict import Outcome
from needs.helpers import COUNTY, NOON, OTHER, WISH, book, ctx_of, household, id_number, later, member, submitted

pytestmark = pytest.mark.django_db


def outcomes(row: Application) -> dict[str, str]:
    return {verdict["rule"]: verdict["outcome"] for verdict in row.verdicts}


@pytest.mark.clause("3.2-0")
def test_an_application_is_taken_in_with_its_verdicts_its_number_and_a_ticket() -> None:
    row = submitted(1)
    with scope(COUNTY):
        assert row.number == "231202-2603-000001" and row.state == "submitted"
        assert set(outcomes(row).values()) == {"pass"}, row.verdicts
        assert Ticket.objects.get(object_id=row.id).due_on is not None
        assert submitted(3).number == "231202-2603-000002"


@pytest.mark.clause("3.2-0")
def test_numbers_and_phone_are_sealed_and_stand_nowhere_in_clear() -> None:
    row = submitted(1)
    number = id_number(1)
    with scope(COUNTY), connection.cursor() as cursor:
        found = Member.objects.get(application=row, relation="01")
        assert unseal(found.document) == number
        assert unseal(Application.objects.get(id=row.id).phone) == "19900000001"
        for table in ("needs_application", "needs_member", "base_act", "base_actfacts", "base_ticket"):
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s OR t::text LIKE %s",
                [f"%{number}%", "%19900000001%"],
            )
            assert cursor.fetchone()[0] == 0, table


FAULTS = [
    ("checksum", {"members": (member(1, document="231202199001010019"),)}, "校验码", "3.2-0"),
    ("no applicant", {"members": (member(1, relation="20"),)}, "申请人", "3.2-0"),
    ("two applicants", {"members": (member(1), member(2))}, "申请人", "3.2-0"),
    ("birthday contradicts", {"members": (member(1, born_on=date(1991, 1, 1)),)}, "不一致", "3.2-0"),
    ("same number twice", {"members": (member(1), member(1, relation="10"))}, "相同", "3.2-0"),
    ("phone", {"phone": "12345678901"}, "手机号码", "3.2-0"),
    ("town of another county", {"town": "231221001"}, "乡镇", "3.2-0"),
    ("no wish", {"wishes": ()}, "意向", "3.2-0"),
    ("six wishes", {"wishes": (WISH,) * 6}, "1 至 5", "3.2-0"),
    ("130 ㎡ for sale", {"wishes": (replace(WISH, area_to_cm2=1_300_000),)}, "120.00㎡", "3.3-3"),
    ("rent wish in a sale programme", {"wishes": (replace(WISH, tenure="rent"),)}, "意向方式", "3.2-0"),
    ("area upside down", {"wishes": (replace(WISH, area_to_cm2=700_000),)}, "由小到大", "3.2-0"),
    ("negative income", {"income_month_fen": -1}, "家庭月收入", "3.2-0"),
]


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("what", "changes", "words", "clause"), FAULTS, ids=[f[0] for f in FAULTS])
def test_what_cannot_be_is_refused_with_value_limit_and_clause(
    what: str, changes: dict, words: str, clause: str
) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        acts.submit_application(ctx=ctx_of(), household=household(1, **changes))
    assert caught.value.clause == clause
    with scope(COUNTY):
        assert not Application.objects.filter(region=COUNTY).exists()
        assert Refusal.objects.filter(region=COUNTY, name="needs.submit_application").count() == 1


def test_an_application_of_tomorrow_is_refused() -> None:
    with pytest.raises(InvalidInput, match="晚于今天"):
        acts.submit_application(ctx=ctx_of(), household=household(1), accepted_on=date(2026, 3, 3))


# changes of the household, changes of the parameters, rule, outcome, words of the sentence, clause
ELIGIBILITY = [
    ({"group": "retired"}, {}, "1-group", Outcome.FAIL, "保障对象", "1"),
    ({"income_month_fen": 1_000_002}, {}, "3.2-0-income", Outcome.FAIL, "超过收入线", "3.2-0"),
    ({"income_month_fen": 1_000_000}, {}, "3.2-0-income", Outcome.PASS, "不超过", "3.2-0"),
    ({"income_month_fen": None}, {}, "3.2-0-income", Outcome.UNKNOWN, "缺少", "3.2-0"),
    ({}, {"income_line_fen": None}, "3.2-0-income", Outcome.UNKNOWN, "尚未设定", "3.2-0"),
    ({"home_area_cm2": 300_100}, {}, "3.2-0-home-area", Outcome.FAIL, "人均超过", "3.2-0"),
    ({"residence_months": 11}, {}, "3.2-0-residence", Outcome.FAIL, "不足 12 个月", "3.2-0"),
    ({"members": (member(1, document=id_number(1, date(2001, 3, 3))),)}, {}, "3.2-0-age", Outcome.FAIL, "25 周岁", "3.2-0"),
    ({"members": (member(1, document=id_number(1, date(2001, 3, 2))),)}, {}, "3.2-0-age", Outcome.PASS, "25 周岁", "3.2-0"),
    ({"policy_homes": 1}, {}, "3.2-0-one-home", Outcome.FAIL, "每户限 1 套", "3.2-0"),
    ({"policy_homes": None}, {}, "3.2-0-one-home", Outcome.UNKNOWN, "缺少", "3.2-0"),
]  # fmt: skip


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("changes", "params", "rule", "outcome", "words", "clause"), ELIGIBILITY)
def test_each_rule_judges_and_what_blocks_is_refused_by_the_review(
    changes: dict, params: dict, rule: str, outcome: Outcome, words: str, clause: str
) -> None:
    ctx = ctx_of(params=book(**params))
    row = acts.submit_application(ctx=ctx, household=household(1, **changes))
    found = next(v for v in row.verdicts if v["rule"] == rule)
    assert found["outcome"] == outcome.value and words in found["sentence"] and found["clause"] == clause
    if outcome is Outcome.PASS:
        acts.first_review(ctx=ctx, application_id=row.id, outcome="pass")
        return
    with pytest.raises(Refused) as caught:
        acts.first_review(ctx=ctx, application_id=row.id, outcome="pass")
    assert caught.value.clause == clause and caught.value.verdicts[0].rule == rule
    answer = acts.bulk_first_review(ctx=ctx, ids=[row.id])
    assert answer["passed"] == 0 and clause in answer["left"][0][1]


@pytest.mark.clause("3.2-0")
def test_a_case_is_judged_by_the_parameters_of_its_own_day() -> None:
    from anju.policy.parameters import ParameterBook, Setting

    settings = [
        Setting(r.name, r.region, r.value, r.valid_from, r.document) for rows in book()._settings.values() for r in rows
    ]
    stricter = Setting("residence_months_min", "231200", 60, date(2026, 3, 1), "演示〔2026〕9号")
    ctx = ctx_of(params=ParameterBook([*settings, stricter]))
    old = acts.submit_application(ctx=ctx, household=household(1), accepted_on=date(2026, 2, 27))
    new = acts.submit_application(ctx=ctx, household=household(11), accepted_on=date(2026, 3, 1))
    assert outcomes(old)["3.2-0-residence"] == "pass" and outcomes(new)["3.2-0-residence"] == "fail"
    much_later = replace(ctx, now=later(300))
    assert acts.first_review(ctx=much_later, application_id=old.id, outcome="pass").state == "first_passed"


@pytest.mark.clause("3.2-0")
def test_a_person_in_two_counties_is_refused_with_enough_to_resolve_it_and_no_more() -> None:
    first = submitted(1, persons=3)
    with scope("231200"):
        town = Region.objects.filter(level="town", parent=OTHER).order_by("code").first()
    assert town
    again = household(50, town=town.code, members=(member(50), member(2, "张三丰", "20")))
    with pytest.raises(Refused) as caught:
        acts.submit_application(ctx=ctx_of(region=OTHER), household=again)
    sentence = caught.value.sentence
    assert "北林区（231202）" in sentence and "张**" in sentence and "撤回" in sentence
    assert id_number(2) not in sentence and first.number not in sentence and "测试" not in sentence
    with scope(OTHER):
        assert not Application.objects.filter(region=OTHER).exists()
    # The person who did not clash is free again: the refused act took nothing with it.
    assert (
        acts.submit_application(ctx=ctx_of(region=OTHER), household=household(50, town=town.code)).state == "submitted"
    )


@pytest.mark.clause("3.2-0")
def test_within_a_county_the_clash_names_the_other_application() -> None:
    first = submitted(1)
    with pytest.raises(Refused, match=first.number):
        submitted(2)


@pytest.mark.clause("3.2-0")
def test_withdrawing_frees_the_members_and_undoing_takes_them_back() -> None:
    first = submitted(1)
    acts.withdraw(ctx=ctx_of(), application_id=first.id, reason="家庭申请")
    second = submitted(2, persons=1)
    with pytest.raises(Refused, match=second.number):
        acts.undo_withdrawal(ctx=ctx_of(), application_id=first.id)
    acts.withdraw(ctx=ctx_of(), application_id=second.id)
    assert acts.undo_withdrawal(ctx=ctx_of(), application_id=first.id).state == "submitted"


def test_reading_personal_data_leaves_an_entry_with_the_reason() -> None:
    row = submitted(1)
    with pytest.raises(InvalidInput, match="事由"):
        acts.read_personal(ctx=ctx_of(), application_id=row.id, reason=" ")
    acts.read_personal(ctx=ctx_of(), application_id=row.id, reason="核对原件")
    with scope(COUNTY):
        entry = Act.objects.get(name="needs.read_personal")
        assert "核对原件" in ActFacts.objects.get(act=entry.id).facts and entry.object_id == row.id
        assert entry.recorded_at == NOON
