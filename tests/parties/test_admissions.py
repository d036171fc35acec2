"""Admission of an acquirer (3.1): all criteria together, two people, the plan's own with its open checks shown."""

from typing import Any

import pytest

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused
from anju.base.regions import scope
from anju.base.tickets.desk import waiting
from anju.parties import acts, reads
from anju.parties.models import Admission
from anju.policy.verdict import Outcome
from parties.cast import (
    CITY,
    COUNTY,
    MONDAY,
    PLAN_ACQUIRER,
    PLAN_PARENT,
    acquirer,
    acting,
    appointed,
    attack,
    candidate,
    proposed,
    task_force,
)

pytestmark = pytest.mark.django_db


def pair(region: str) -> tuple[ActContext, ActContext]:
    body = task_force(region)
    return (
        acting(appointed(f"office_{region}", "office_clerk", region, body)),
        acting(appointed(f"head_{region}", "office_head", region, body)),
    )


@pytest.mark.clause("3.1-1")
def test_a_candidate_that_meets_every_criterion_is_admitted_by_a_second_person() -> None:
    clerk, head = pair(COUNTY)
    key = proposed(clerk, acquirer())
    with scope(COUNTY):
        assert reads.live_admission(COUNTY, MONDAY) is None
    acts.decide_admission(ctx=head, admission_id=key)
    with scope(COUNTY):
        row = reads.live_admission(COUNTY, MONDAY)
        assert row is not None and row.pk == key and row.state == "admitted"
        assert {v["outcome"] for v in row.verdicts} == {"pass"}
        assert not row.appointed_by_plan


def group(platform: bool | None, evidence: str = "名单核查函") -> list[dict[str, Any]]:
    return [
        {"name": "望奎安居公司", "financing_platform": False, "evidence": "名单核查函"},
        {"name": "望奎城投集团", "financing_platform": platform, "evidence": evidence},
    ]


NOT_ADMITTED = [
    ({"group": group(True)}, "3.1-1-platform", "望奎城投集团为政府融资平台"),
    ({"group": group(None)}, "3.1-1-platform", "融资平台名单核查结果"),
    ({"group": group(False, evidence="")}, "3.1-1-platform", "融资平台名单核查结果"),
    ({"group_complete": None}, "3.1-1-platform", "完整的股权和集团关系"),
    ({"hidden_debt_fen": 100}, "3.1-1-hidden-debt", "地方隐性债务 1.00 元"),
    ({"hidden_debt_fen": None}, "3.1-1-hidden-debt", "隐性债务情况声明"),
    ({"criteria": {**candidate()["criteria"], "rated": False}}, "3.1-1-criteria", "不符合“评级优”"),
    ({"criteria": {**candidate()["criteria"], "rated": {"answer": True, "evidence": ""}}}, "3.1-1-criteria", "评级优"),
    ({"criteria": {}}, "3.1-1-criteria", "国有企业"),
]


@pytest.mark.clause("3.1-1")
@pytest.mark.parametrize(("changes", "rule", "sentence"), NOT_ADMITTED)
def test_one_criterion_that_fails_or_is_not_shown_stops_the_admission(
    changes: dict[str, Any], rule: str, sentence: str
) -> None:
    clerk, head = pair(COUNTY)
    key = proposed(clerk, acquirer(), **changes)
    with pytest.raises(Refused, match=sentence) as found:
        acts.decide_admission(ctx=head, admission_id=key)
    assert found.value.verdicts[0].rule == rule
    acts.decide_admission(ctx=head, admission_id=key, admit=False, reason="不符合准入条件")
    with scope(COUNTY):
        assert Admission.objects.get(region=COUNTY, pk=key).state == "refused"
        assert reads.live_admission(COUNTY, MONDAY) is None


@pytest.mark.clause("3.1-2")
def test_the_plans_own_acquirer_is_admitted_with_its_open_checks_shown_until_they_are_answered() -> None:
    clerk, head = pair(CITY)
    body = acquirer(PLAN_ACQUIRER, PLAN_PARENT, CITY)
    open_group = [{"name": PLAN_ACQUIRER}, {"name": PLAN_PARENT}]
    key = proposed(clerk, body, criteria={}, group=open_group, group_complete=None, hidden_debt_fen=None)
    acts.decide_admission(ctx=head, admission_id=key)
    with scope(CITY):
        row = reads.live_admission(CITY, MONDAY)
        assert row is not None and row.appointed_by_plan
        outcomes = [v.outcome for v in reads.admission_verdicts(row, MONDAY)]
        assert outcomes.count(Outcome.UNKNOWN) == 11 and Outcome.FAIL not in outcomes
        assert [t.kind for t in waiting(post="office_clerk", region=CITY, on=MONDAY)] == ["open_checks"]
    acts.answer_check(ctx=clerk, admission_id=key, key="state_owned", answer=True, evidence="国资委出资证明")
    acts.answer_check(ctx=clerk, admission_id=key, key=f"group:{PLAN_PARENT}", answer=False, evidence="名单核查函")
    acts.answer_check(ctx=clerk, admission_id=key, key="hidden_debt_fen", answer=0, evidence="财政部门声明")
    with scope(CITY):
        row = Admission.objects.get(region=CITY, pk=key)
        assert [v["outcome"] for v in row.verdicts].count("unknown") == 9
        assert waiting(post="office_clerk", region=CITY, on=MONDAY).get().title.endswith("有 9 项准入核查待补")


@pytest.mark.clause("3.1-1")
def test_the_plans_own_acquirer_is_stopped_by_a_check_that_fails() -> None:
    clerk, head = pair(CITY)
    body = acquirer(PLAN_ACQUIRER, PLAN_PARENT, CITY)
    key = proposed(clerk, body, group=[{"name": PLAN_PARENT, "financing_platform": True, "evidence": "名单"}])
    with pytest.raises(Refused, match="为政府融资平台"):
        acts.decide_admission(ctx=head, admission_id=key)


@pytest.mark.clause("3.1-2")
def test_where_the_plan_names_the_acquirer_another_is_refused() -> None:
    clerk, head = pair(CITY)
    key = proposed(clerk, acquirer("另一家公司", "另一集团", CITY))
    with pytest.raises(Refused, match="方案选定的收购主体为绥化市居安") as found:
        acts.decide_admission(ctx=head, admission_id=key)
    assert found.value.clause == "3.1-2"


@pytest.mark.clause("3.1-1")
def test_a_government_admits_no_third_acquirer() -> None:
    clerk, head = pair(COUNTY)
    for number in (1, 2):
        key = proposed(clerk, acquirer(f"公司{number}", f"集团{number}"))
        acts.decide_admission(ctx=head, admission_id=key)
    third = proposed(clerk, acquirer("公司3", "集团3"))
    with pytest.raises(Refused, match="将有 3 家收购主体，超过 2 家"):
        acts.decide_admission(ctx=head, admission_id=third)
    acts.lapse_admission(ctx=head, admission_id=key, reason="退出")
    acts.decide_admission(ctx=head, admission_id=third)


@pytest.mark.clause("3.1-1")
def test_the_maker_does_not_decide_and_the_database_holds_it() -> None:
    clerk, _ = pair(COUNTY)
    key = proposed(clerk, acquirer())
    for statement, name in (
        ("UPDATE parties_admission SET checker = maker WHERE id = %s", "admission_two_people"),
        ("UPDATE parties_admission SET state = 'admitted' WHERE id = %s", "admission_has_a_checker"),
    ):
        attack(statement, key, held_by=name, region=COUNTY)


def test_one_body_has_one_live_admission_in_a_region() -> None:
    clerk, _ = pair(COUNTY)
    body = acquirer()
    proposed(clerk, body)
    with pytest.raises(Conflict, match="已有待审或有效的准入"):
        proposed(clerk, body)


def test_only_a_body_registered_as_acquirer_is_put_forward() -> None:
    clerk, _ = pair(COUNTY)
    with pytest.raises(InvalidInput, match="登记为工作专班"):
        proposed(clerk, task_force("231223"))
