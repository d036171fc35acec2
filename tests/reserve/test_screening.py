"""3.3 judged on homes: each limit at its edge, by tenure, with the clause beside; and the sheet stays as it was judged."""

from typing import Any

import pytest

from anju.base.acts import Refused
from anju.base.regions import scope
from anju.policy.verdict import Outcome
from anju.reserve import acts, reads
from anju.reserve.models import Project, ProjectScreening, Screening
from reserve import make
from support.db import open_act

pytestmark = pytest.mark.django_db

# what, clause, what the line says, rule, outcome
EDGES: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("120.00 ㎡ for sale passes", "3.3-3", {"gross_cm2": 1_200_000}, "3.3-3-sale-area", "pass"),
    ("120.01 ㎡ for sale fails", "3.3-3", {"gross_cm2": 1_200_100}, "3.3-3-sale-area", "fail"),
    ("100.00 ㎡ for rent passes", "3.3-4", {"gross_cm2": 1_000_000, "tenure": "rent"}, "3.3-4-rent-area", "pass"),
    ("100.01 ㎡ for rent may be waived", "3.3-4", {"gross_cm2": 1_000_100, "tenure": "rent"}, "3.3-4-rent-area", "waivable"),
    ("a flat of another use fails", "3.3-2", {"use": "公寓式酒店"}, "3.3-2-size", "fail"),
    ("a seized home fails", "3.3-5", {"seized": True}, "3.3-5-rights", "fail"),
    ("an objection fails", "3.3-5", {"objected": True}, "3.3-5-rights", "fail"),
    ("an occupied home fails", "3.3-5", {"occupied": True}, "3.3-5-rights", "fail"),
    ("nobody asked about seizure: unknown", "3.3-5", {"seized": None}, "3.3-5-rights", "unknown"),
    ("a mortgage without a plan fails", "3.3-5", {"mortgaged": True}, "3.3-5-mortgage", "fail"),
    ("a mortgage with its plan passes", "3.3-5", {"mortgaged": True, "release_plan": "收购款受托支付解押"}, "3.3-5-mortgage", "pass"),
    ("nobody asked about the mortgage: unknown", "3.3-5", {"mortgaged": None}, "3.3-5-mortgage", "unknown"),
]  # fmt: skip


@pytest.mark.clause("3.3-3")
@pytest.mark.clause("3.3-4")
@pytest.mark.clause("3.3-5")
@pytest.mark.parametrize(("what", "clause", "line", "rule", "outcome"), EDGES, ids=[e[0] for e in EDGES])
def test_a_home_is_judged_at_the_limit(what: str, clause: str, line: dict[str, Any], rule: str, outcome: str) -> None:
    small = [make.row(at, gross_cm2=650_000, tenure="rent") for at in (2, 3, 4)]  # so that 以 70㎡ 为主 holds
    found = make.screened(rows=[make.row(1, **line), *small])
    home = make.units(found)[0]
    with scope(make.CITY):
        sheet = reads.sheet_of(home)
        assert sheet is not None
        said = [v for v in sheet.verdicts if v.rule == rule]
        worst = max(said, key=lambda v: ["pass", "waivable", "unknown", "fail"].index(v.outcome.value))
        assert (worst.outcome.value, worst.clause) == (outcome, clause), what
        assert sheet.screening.outcome == outcome


@pytest.mark.clause("3.3-4")
@pytest.mark.parametrize(("small", "large", "outcome"), [(51, 49, "pass"), (50, 50, "fail"), (1, 0, "pass")])
def test_homes_for_rent_are_mainly_of_70_square_metres(small: int, large: int, outcome: str) -> None:
    areas = [700_000] * small + [700_100] * large
    lines = [make.row(at, gross_cm2=area, tenure="rent", floors=60) for at, area in enumerate(areas, 1)]
    found = make.screened(rows=lines)
    with scope(make.CITY):
        said = [v for v in reads.project_verdicts(found_again(found)) if v.rule == "3.3-4-main-share"]
        assert [v.outcome.value for v in said] == [outcome]
        assert set(Screening.objects.values_list("outcome", flat=True)) == {outcome}


@pytest.mark.clause("3.3-4")
def test_an_unset_share_is_unknown_and_blocks_never_passes() -> None:
    found = make.project()
    make.take(found, [make.row(1, gross_cm2=600_000, tenure="rent")])
    make.check(found)
    by = make.ctx(params=make.params(rent_main_share_min=None))
    assert acts.screen_project(ctx=by, project_id=found.id) == {"unknown": 1}
    with pytest.raises(Refused, match="尚未设定"):
        acts.admit_units(ctx=by, project_id=found.id)


@pytest.mark.clause("3.3-2")
@pytest.mark.clause("3.3-5")
@pytest.mark.parametrize(
    "item", ["built", "papers", "title", "risk", "accepted", "registrable", "guards.hidden_debt", "guards.long_vacancy"]
)
@pytest.mark.parametrize(("how", "outcome"), [("missing", "unknown"), ("failing", "fail")])
def test_a_check_that_is_missing_or_failed_blocks_every_home(item: str, how: str, outcome: str) -> None:
    found = make.project()
    make.take(found, [make.row(1), make.row(2)])
    make.check(found, **{how: [item]})
    assert acts.screen_project(ctx=make.ctx(), project_id=found.id) == {outcome: 2}
    with pytest.raises(Refused):
        acts.admit_units(ctx=make.ctx("acquirer_head"), project_id=found.id)


@pytest.mark.clause("3.3-5")
def test_each_check_is_shown_with_the_document_it_rests_on() -> None:
    found = make.project()
    make.take(found, [make.row(1)])
    items = [item for item in make.check_items(make.ctx().inforce()) if item != "risk"]
    for item in items:
        acts.record_check(
            ctx=make.ctx(),
            project_id=found.id,
            item=item,
            passed=True,
            document=f"文号 {item}",
            file_name="a.pdf",
            file_data=make.PDF,
        )
    acts.screen_project(ctx=make.ctx(), project_id=found.id)
    with scope(make.CITY):
        said = {v.sentence: v.evidence for v in reads.project_verdicts(found_again(found))}
    assert said["产权清晰：已核查"] == "文号 title" and said["已竣工，为现房"] == "文号 built"
    assert said["防道德风险：已核查"] == "文号 guards.moral_hazard"
    assert [e for s, e in said.items() if "风险可控" in s] == [""], "a check that nobody made rests on nothing"


@pytest.mark.clause("3.3-2")
def test_price_and_place_stay_open_and_do_not_keep_a_home_out() -> None:
    found = make.screened()
    with scope(make.CITY):
        said = {v.rule: v.outcome for v in reads.project_verdicts(found_again(found))}
    assert said["3.3-2-price"] is Outcome.UNKNOWN and said["3.3-2-place"] is Outcome.UNKNOWN
    assert acts.admit_units(ctx=make.ctx("acquirer_head"), project_id=found.id) == {"admitted": 4, "blocked": 0}


@pytest.mark.clause("3.3-2")
def test_a_price_told_too_high_keeps_homes_out() -> None:
    found = make.screened()
    acts.tell_price(ctx=make.ctx(), project_id=found.id, fits=False)
    with pytest.raises(Refused, match="报价高于收购价上限"):
        acts.admit_units(ctx=make.ctx("acquirer_head"), project_id=found.id)


@pytest.mark.clause("3.3-2")
def test_both_tenures_are_tried_and_each_has_its_own_sheet() -> None:
    found = make.project()
    make.take(found, [make.row(1, gross_cm2=650_000), make.row(2, gross_cm2=1_250_000)])
    make.check(found)
    counts = acts.screen_project(ctx=make.ctx(), project_id=found.id, tenures=["sale", "rent"])
    assert counts == {"pass": 1, "fail": 1}, "counted for the tenure wanted"
    with scope(make.CITY):
        sheets = {(s.unit.code[-1], s.tenure): s.outcome for s in Screening.objects.select_related("unit")}
    assert sheets == {("1", "sale"): "pass", ("2", "sale"): "fail", ("1", "rent"): "fail", ("2", "rent"): "fail"}
    # For rent 1 of 2 is small: 50 % is not 51 %.


@pytest.mark.clause("3.3-2")
def test_a_new_round_leaves_the_earlier_sheets_as_they_were() -> None:
    found = make.screened(rows=[make.row(1, seized=None)])
    home = make.units(found)[0]
    acts.record_rights(
        ctx=make.ctx(),
        project_id=found.id,
        unit_ids=[home.id],
        reason="查询回执",
        queried_on=make.ctx().today,
        rights={"seized": False},
    )
    assert acts.screen_project(ctx=make.ctx(), project_id=found.id) == {"pass": 1}
    with scope(make.CITY):
        assert list(Screening.objects.order_by("round").values_list("round", "outcome")) == [
            (1, "unknown"),
            (2, "pass"),
        ]
        assert ProjectScreening.objects.count() == 2


@pytest.mark.clause("3.3-2")
def test_facts_that_changed_after_the_screening_need_a_new_one() -> None:
    found = make.screened(rows=[make.row(1)])
    home = make.units(found)[0]
    acts.record_rights(
        ctx=make.ctx(),
        project_id=found.id,
        unit_ids=[home.id],
        reason="查封",
        queried_on=make.ctx().today,
        rights={"seized": True},
    )
    with pytest.raises(Refused, match="重新核查"):
        acts.admit_units(ctx=make.ctx("acquirer_head"), project_id=found.id)
    again = make.screened("P-2", rows=[make.row(1, parcel=2)])
    acts.record_check(ctx=make.ctx(), project_id=again.id, item="risk", passed=False, note="新增诉讼")
    with pytest.raises(Refused, match="重新核查"):
        acts.admit_units(ctx=make.ctx("acquirer_head"), project_id=again.id)


@pytest.mark.clause("3.3-2")
def test_a_project_is_judged_by_the_parameters_of_its_own_day() -> None:
    from datetime import date

    from anju.policy.parameters import ParameterBook, Setting

    book = ParameterBook([
        *[Setting(n, make.CITY, v, date(2025, 1, 1), "测试取值") for n, v in make.SET.items()],
        Setting("sale_unit_area_max", make.CITY, 900_000, date(2026, 3, 1), "从严"),
    ])  # fmt: skip
    old = make.project("P-old", declared_on=date(2026, 2, 27))
    new = make.project("P-new")
    for at, one in enumerate((old, new), 1):
        make.take(one, [make.row(1, parcel=at, gross_cm2=900_100)])
        make.check(one)
    assert acts.screen_project(ctx=make.ctx(params=book), project_id=old.id) == {"pass": 1}
    assert acts.screen_project(ctx=make.ctx(params=book), project_id=new.id) == {"fail": 1}


@pytest.mark.clause("3.3-2")
@pytest.mark.parametrize("table", ["reserve_screening", "reserve_projectscreening"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET round = 9", "DELETE FROM {}"])
def test_a_sheet_once_written_is_final(table: str, statement: str) -> None:
    make.screened()
    assert make.attack(statement.format(table)) == "AJ005"


def found_again(found: Project) -> Project:
    """The row as it stands now."""
    with scope(found.region):
        return Project.objects.get(id=found.id)


def test_screening_needs_homes() -> None:
    found = make.project()
    with pytest.raises(Refused, match="没有可核查的房源"):
        acts.screen_project(ctx=make.ctx(), project_id=found.id)
    with open_act(make.CITY):
        assert Project.objects.get(id=found.id).round == 0
