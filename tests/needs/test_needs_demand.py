"""补录、问卷加权、需求快照: findings that stay open, weights that add up, cells that are frozen."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.base.acts import InvalidInput, Refused
from anju.base.acts.models import Act
from anju.base.files.models import Evidence
from anju.base.regions import scope
from anju.needs import acts, cells, reads, weights
from anju.needs.models import Answer, Application, DemandCell, Finding, Review
from needs.helpers import COUNTY, WISH, book, ctx_of, household, later, member, qualified, submitted
from support.db import open_act
from support.examples import many

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SCAN = ("审批表.pdf", PDF)
DAY, LISTED = date(2025, 6, 10), date(2025, 7, 1)


def back_entered(serial: int = 1, **changes: object) -> Application:
    return acts.back_enter(
        ctx=ctx_of(),
        household=household(serial, **changes),
        accepted_on=DAY,
        qualified_on=LISTED,
        scans=[SCAN],
        paper_number="北住〔2025〕7号",
    )


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_paper_case_that_meets_its_own_days_rules_takes_the_place_of_its_own_day() -> None:
    newer = qualified(11)[0]
    row = back_entered(1)
    assert row.state == "qualified" and row.number == "231202-2506-000001" and row.back_entered
    with scope(COUNTY):
        assert not Finding.objects.exists()
        assert reads.position(row).place == 1 and reads.position(newer).place == 2  # type: ignore[union-attr]
        assert Evidence.objects.filter(case_id=row.id, kind="back_entry").count() == 1
        assert Act.objects.get(name="needs.back_enter").happened_on == DAY


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_what_a_paper_case_does_not_meet_is_an_open_finding_never_a_pass_never_a_refusal() -> None:
    row = back_entered(1, residence_months=6)
    assert row.state == "held" and row.qualified_on == LISTED
    with scope(COUNTY):
        finding = Finding.objects.get()
        assert (finding.rule, finding.clause) == ("3.2-0-residence", "3.2-0") and finding.settled_on is None
        assert reads.position(row) is None
    with pytest.raises(Refused):
        submitted(1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "params", "rule"),
    [
        ({"wishes": (replace(WISH, area_to_cm2=1_300_000),)}, {}, "3.3-3-area_to_cm2"),
        ({}, {"order_method": None}, "3.5-2-order-method"),
        ({"income_month_fen": None}, {}, "3.2-0-income"),
    ],
)
def test_each_thing_a_paper_case_lacks_is_named_by_its_rule(changes: dict, params: dict, rule: str) -> None:
    row = acts.back_enter(
        ctx=ctx_of(params=book(**params)),
        household=household(1, **changes),
        accepted_on=DAY,
        qualified_on=LISTED,
        scans=[SCAN],
    )
    with scope(COUNTY):
        assert list(Finding.objects.filter(application=row).values_list("rule", flat=True)) == [rule]


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_paper_case_whose_member_applied_again_is_recorded_and_the_clash_is_its_finding() -> None:
    first = submitted(1)
    row = back_entered(2)
    with scope(COUNTY):
        finding = Finding.objects.get(application=row)
        assert finding.rule == "3.2-0-one-application" and first.number in finding.sentence
        assert Application.objects.get(id=row.id).state == "held"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scans": []}, "扫描件"),
        ({"accepted_on": date(2026, 3, 2)}, "以前受理"),
        ({"qualified_on": date(2025, 1, 1)}, "取得资格日期"),
    ],
)
def test_a_back_entry_without_scan_or_with_an_impossible_day_is_refused(changes: dict, words: str) -> None:
    given = {"household": household(1), "accepted_on": DAY, "qualified_on": LISTED, "scans": [SCAN], **changes}
    with pytest.raises(InvalidInput, match=words):
        acts.back_enter(ctx=ctx_of(), **given)
    with pytest.raises(InvalidInput, match="校验码"):
        acts.back_enter(ctx=ctx_of(), **{**given, "scans": [SCAN], "accepted_on": DAY, "qualified_on": LISTED,
                                         "household": household(1, members=(member(1, document="231202199001010019"),))})  # fmt: skip


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_finding_is_settled_by_another_person_and_the_last_one_gives_the_old_place() -> None:
    row = back_entered(1, residence_months=6)
    with scope(COUNTY):
        finding = Finding.objects.get()
    with pytest.raises(Refused, match="同一人"):
        acts.settle_finding(
            ctx=ctx_of("reviewer", account=finding.maker), finding_id=finding.id, upheld=False, outcome="查实"
        )
    with pytest.raises(InvalidInput, match="查实"):
        acts.settle_finding(ctx=ctx_of("reviewer"), finding_id=finding.id, upheld=False, outcome=" ")
    acts.settle_finding(
        ctx=ctx_of("reviewer"), finding_id=finding.id, upheld=False, outcome="社保记录补查为 30 个月，见附件"
    )
    with scope(COUNTY):
        found = Application.objects.get(id=row.id)
        assert found.state == "qualified" and found.sort_key.startswith("9-20250701-20250610-")
    with pytest.raises(Refused, match="已于"):
        acts.settle_finding(ctx=ctx_of("reviewer"), finding_id=finding.id, upheld=True, outcome="再办")


@pytest.mark.django_db
def test_an_upheld_finding_refuses_the_case_and_frees_its_members() -> None:
    back_entered(1, residence_months=6)
    with scope(COUNTY):
        finding = Finding.objects.get()
    acts.settle_finding(ctx=ctx_of("reviewer"), finding_id=finding.id, upheld=True, outcome="确未满 12 个月")
    assert submitted(1).state == "submitted"


@pytest.mark.django_db
def test_the_database_lets_nobody_settle_an_own_finding() -> None:
    back_entered(1, residence_months=6)
    with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute("UPDATE needs_finding SET settled_on = current_date, settled_by = maker, outcome = '已查'")
    assert caught.value.__cause__.sqlstate == "23514"  # type: ignore[union-attr]


# --- snapshots ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_snapshot_freezes_the_cells_and_later_changes_do_not_move_it() -> None:
    rows = qualified(1, 11)
    other = replace(WISH, county="231282", rooms=3, area_from_cm2=1_050_000, area_to_cm2=1_150_000)
    acts.submit_application(ctx=ctx_of(), household=household(21, wishes=(WISH, other)))
    taken = acts.take_snapshot(ctx=ctx_of("office_clerk", "231200", now=later(9)), title="三月需求")
    with scope("231200"):
        cell = DemandCell.objects.get(snapshot=taken)
        assert (cell.county, cell.programme, cell.tenure, cell.rooms) == ("231202", "sale", "sale", 2)
        assert (cell.area_band_cm2, cell.price_band_fen, cell.households, cell.first_wishes) == (
            800_000,
            30_000_000,
            2,
            2,
        )
        assert taken.households == 2 and reads.snapshot_sums(taken)[0]["first_wishes"] == 2
    acts.withdraw(ctx=ctx_of(now=later(10)), application_id=rows[0].id)
    with scope("231200"):
        assert DemandCell.objects.get(snapshot=taken).households == 2
    second = acts.take_snapshot(ctx=ctx_of("office_clerk", "231200", now=later(10)), title="撤回之后")
    assert second.households == 1 and second.sha256 != taken.sha256


@pytest.mark.django_db
def test_demand_of_nothing_may_be_frozen_too() -> None:
    taken = acts.take_snapshot(ctx=ctx_of("office_clerk", "231200"), title="尚无需求")
    assert taken.households == 0


@pytest.mark.django_db
def test_a_household_of_two_wishes_stands_in_two_cells_and_is_first_in_one() -> None:
    second = replace(WISH, area_from_cm2=1_050_000, area_to_cm2=1_150_000, rooms=3)
    row = acts.submit_application(ctx=ctx_of(), household=household(1, wishes=(WISH, second)))
    acts.bulk_first_review(ctx=ctx_of(), ids=[row.id])
    acts.bulk_second_review(ctx=ctx_of("reviewer"), ids=[row.id])
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[row.id], title="公示")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(8)), publicity_id=shown.id)
    with scope(COUNTY):
        on = later(8).date()
        found = [(c.rooms, c.area_band_cm2, c.households, c.first_wishes) for c in cells.cells(COUNTY, on)]
        assert found == [(2, 800_000, 1, 1), (3, 1_000_000, 1, 0)]
        assert cells.cells("231200", on) == cells.cells(COUNTY, on) != []
        assert cells.households("231200", on) == {(COUNTY, "sale"): 1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE needs_demandcell SET households = 99",
        "DELETE FROM needs_demandcell",
        "UPDATE needs_demandsnapshot SET households = 99",
    ],
)
def test_a_frozen_demand_is_not_changed_by_anybody(statement: str) -> None:
    qualified(1)
    acts.take_snapshot(ctx=ctx_of("office_clerk", "231200", now=later(9)), title="三月需求")
    with pytest.raises(Exception) as caught, open_act("231200"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert caught.value.__cause__.sqlstate == "AJ005"  # type: ignore[union-attr]


# --- questionnaires ----------------------------------------------------------------------------------

FIGURES = {
    "households": 1000,
    "single_hh": 300,
    **{f"{sex}_{g}": 10 for gs in weights.GROUPS.values() for g in gs for sex in ("男", "女")},
}


def respondent(key: int, county: str = "a", band: str = "20-34", size: int = 1) -> weights.Respondent:
    return weights.Respondent(key, county, band, size)


@pytest.mark.clause("3.2-1")
def test_weights_add_up_to_the_censuss_households_and_merged_strata_are_named() -> None:
    found = weights.weigh(
        [respondent(1), respondent(2, size=3), respondent(3, band="60+", size=2)], {"a": FIGURES, "b": FIGURES}
    )
    assert sum(found.weights.values()) == 1000 * weights.PPM
    assert found.weights[1] == 300 * weights.PPM, "the only one-person answer stands for all one-person households"
    assert found.uncovered == ["b"] and any("一人户" in line for line in found.merged)


def test_nothing_is_weighted_by_a_guess() -> None:
    with pytest.raises(weights.NoCensus, match="single_hh"):
        weights.weigh([respondent(1)], {"a": {"households": 5}})
    with pytest.raises(weights.NoCensus, match="b"):
        weights.weigh([respondent(1, "b")], {"a": FIGURES})


people = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(weights.BANDS), st.integers(1, 6)), min_size=1, max_size=60
)


@settings(max_examples=many(200), deadline=None)
@given(drawn=people, single=st.integers(0, 1000))
def test_weights_always_add_up_and_the_effective_size_is_at_most_the_answers(drawn: list, single: int) -> None:
    figures = {"a": {**FIGURES, "single_hh": single}, "b": FIGURES}
    found = weights.weigh([respondent(i, *one) for i, one in enumerate(drawn)], figures)
    counties = {one[0] for one in drawn}
    assert len(found.weights) == len(drawn) and sum(found.weights.values()) == 1000 * weights.PPM * len(counties)
    assert 1 <= weights.effective(found.weights.values()) <= len(drawn)


@settings(max_examples=many(200), deadline=None)
@given(total=st.integers(0, 10**12), parts=st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_a_split_loses_nothing_and_is_within_one_of_the_exact_share(total: int, parts: list[int]) -> None:
    found = weights.split(total, parts)
    assert sum(found) == total
    assert all(abs(share * sum(parts) - total * part) < sum(parts) for share, part in zip(found, parts, strict=True))


@pytest.mark.django_db
@pytest.mark.clause("3.2-1")
def test_a_survey_is_weighted_to_the_entered_census_and_stays_apart_from_the_list() -> None:
    ctx = ctx_of("office_clerk", "231200")
    answers = [acts.AnswerInput(n, n, county, "20-34", 1 + n % 3, ("sale", "rent", "none")[n % 3], 2, 800_000)
               for n, county in enumerate(["231202"] * 9 + ["231282"] * 6)]  # fmt: skip
    acts.take_answers(ctx=ctx, survey="摸底", answers=answers)
    with pytest.raises(Refused, match="还没有答卷"):
        acts.weigh_survey(ctx=ctx, survey="别的")
    with scope("231200"):
        assert reads.survey_result("231200", "摸底").permille is None
    told = acts.weigh_survey(ctx=ctx, survey="摸底")
    with scope("231200"):
        total = sum(Answer.objects.values_list("weight_ppm", flat=True))
        assert total == (284_491 + 265_367) * weights.PPM, "the households of the two counties that answered"
        shown = reads.survey_result("231200", "摸底")
        assert shown.effective == told["effective"] and 1 < shown.effective < 15
        assert shown.permille and 998 <= sum(shown.permille.values()) <= 1000
        assert len(told["uncovered"]) == 8


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_held_case_refused_may_ask_for_another_look_and_gets_its_own_days_place_back() -> None:
    row = back_entered(1, residence_months=6)
    with scope(COUNTY):
        finding = Finding.objects.get()
    refuser = ctx_of("reviewer")
    acts.settle_finding(ctx=refuser, finding_id=finding.id, upheld=True, outcome="确未满 12 个月")
    with scope(COUNTY):
        refusal = Review.objects.get(application_id=row.id)
        assert (refusal.step, refusal.outcome, refusal.reviewer) == ("held", "refuse", refuser.account)
    look = {"params": book(relook_days=15)}
    asked = acts.ask_reconsideration(ctx=ctx_of(**look), application_id=row.id, text="社保记录补查为 30 个月")
    with pytest.raises(Refused, match="同一人"):
        acts.decide_reconsideration(
            ctx=ctx_of("office_head", account=refuser.account, **look),
            reconsideration_id=asked.id,
            granted=True,
            reason="属实",
        )
    with pytest.raises(Refused, match="以外的岗位"):
        acts.decide_reconsideration(
            ctx=ctx_of("reviewer", **look), reconsideration_id=asked.id, granted=True, reason="属实"
        )
    acts.decide_reconsideration(
        ctx=ctx_of("office_head", **look), reconsideration_id=asked.id, granted=True, reason="属实"
    )
    with scope(COUNTY):
        found = Application.objects.get(id=row.id)
        assert found.state == "qualified" and found.sort_key.startswith("9-20250701-20250610-")
