"""3.4: the ceiling by hand to the fen, what stops it, two people, and that it never changes."""

from datetime import date
from typing import Any

import pytest

from anju.base.acts import Conflict, Forbidden, InvalidInput, Refused
from anju.base.regions import scope
from anju.base.tickets.models import Ticket
from anju.pricing import acts, reads
from anju.pricing.models import Appraisal, Ceiling, CostSheet, DataRequest
from anju.reserve.models import Project
from pricing import make
from reserve import make as stock

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.4-1")]

# what, costs, appraisal → cost, appraised, ceiling a ㎡ (fen), total (fen), which binds. Reckoned by hand.
BY_HAND: list[tuple[str, dict[str, int], dict[str, int], tuple[int, int, int, int, str]]] = [
    # 3,560,000 + 89,000,000 + 4,628,000 = 97,188,000 fen ÷ 356 ㎡ = 2,730.00 元/㎡ < 2,800.00
    ("costs bind", {}, {}, (273_000, 280_000, 273_000, 97_188_000, "cost")),
    # 2,600.00 元/㎡ × 356 = 92,560,000 fen
    ("the appraisal binds", {}, {"price_fen_m2": 260_000, "total_fen": 92_560_000}, (273_000, 260_000, 260_000, 92_560_000, "appraisal")),
    # 5 % of 92,560,000 = 4,628,000: the limit itself passes; equal sums: the costs are named
    ("equal sums", {}, {"price_fen_m2": 273_000, "total_fen": 97_188_000}, (273_000, 273_000, 273_000, 97_188_000, "cost")),
    # 100,000,001 fen over 356 ㎡ = 280,898.87… fen/㎡: cut, never rounded up
    ("a price that does not divide is cut", {"land_fen": 6_372_001}, {"price_fen_m2": 290_000, "total_fen": 103_240_000},
     (280_898, 290_000, 280_898, 100_000_001, "cost")),
    # the report rounds its total up by 3 fen: the lower of total and price × area counts
    ("the report's own rounding never lifts it", {}, {"price_fen_m2": 270_000, "total_fen": 96_120_003},
     (273_000, 270_000, 270_000, 96_120_000, "appraisal")),
    # no profit, no land
    ("a project without land cost and profit", {"land_fen": 0, "profit_fen": 0, "transfer_land_fen": 0}, {},
     (250_000, 280_000, 250_000, 89_000_000, "cost")),
]  # fmt: skip


@pytest.mark.parametrize(("what", "costs", "report", "expected"), BY_HAND, ids=[b[0] for b in BY_HAND])
def test_the_ceiling_is_the_lower_of_both_to_the_fen(
    what: str, costs: dict[str, int], report: dict[str, int], expected: tuple[int, int, int, int, str]
) -> None:
    found = make.ceiling(stock.reserved(), **costs, **report)
    got = (found.cost_fen_m2, found.appraised_fen_m2, found.ceiling_fen_m2, found.total_fen, found.binding)
    assert got == expected, what


@pytest.mark.parametrize(
    ("what", "fields", "sentence"),
    [
        ("a land cost equal to the 出让 price", {"land_fen": 50_000_000}, "等于企业的出让价款"),
        ("a profit one fen above 5 %", {"profit_fen": 4_628_001}, "超过 5.00%"),
    ],
)
def test_a_cost_sheet_is_refused_with_the_figure_and_the_limit(
    what: str, fields: dict[str, int], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence) as caught:
        make.costs(stock.project(), **fields)
    assert caught.value.clause == "3.4-1", what


@pytest.mark.parametrize("fields", [{"land_fen": -1}, {"construction_fen": 0}, {"profit_fen": -1}, {"gross_cm2": 0}])
def test_an_amount_that_cannot_be_is_refused(fields: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        make.costs(stock.project(), **fields)


@pytest.mark.parametrize("missing", ["land_fen", "construction_fen", "profit_fen", "gross_cm2", "transfer_land_fen"])
def test_a_figure_that_nobody_knows_is_entered_as_unknown_and_stops_the_ceiling(missing: str) -> None:
    found = stock.reserved()
    make.costs(found, **{missing: None})
    make.appraisal(found)
    with pytest.raises(Refused, match="缺少"):
        acts.propose_ceiling(ctx=make.ctx(), project_id=found.id)
    with scope(stock.CITY):
        assert CostSheet.objects.count() == 1 and Ceiling.objects.count() == 0


@pytest.mark.parametrize(
    ("what", "fields", "changed", "sentence"),
    [
        ("another area", {"gross_cm2": 3_570_000}, {}, "不一致"),
        ("the profit's base is not set", {}, {"price_profit_base": None}, "尚未设定"),
        ("the report's life is not set", {}, {"appraisal_valid_days": None}, "尚未设定"),
        ("the ceiling's life is not set", {}, {"ceiling_valid_days": None}, "尚未设定"),
    ],
)
def test_what_blocks_a_ceiling(what: str, fields: dict[str, int], changed: dict[str, Any], sentence: str) -> None:
    found = stock.reserved()
    make.costs(found, **fields)
    make.appraisal(found)
    with pytest.raises(Refused, match=sentence):
        acts.propose_ceiling(ctx=make.ctx(params=stock.params(**changed)), project_id=found.id)


def test_the_profit_is_measured_on_the_base_that_was_set() -> None:
    found = stock.reserved()
    # 5 % of construction alone is 4,450,000 fen
    make.appraisal(found)
    acts.enter_cost_sheet(
        ctx=make.ctx(params=stock.params(price_profit_base="construction")),
        project_id=found.id,
        **{**make.COSTS, "profit_fen": 4_450_000},
    )
    with pytest.raises(Refused, match="超过"):
        acts.enter_cost_sheet(
            ctx=make.ctx(params=stock.params(price_profit_base="construction")), project_id=found.id,
            **{**make.COSTS, "profit_fen": 4_450_001},
        )  # fmt: skip


def test_an_agency_is_commissioned_qualified_and_consistent() -> None:
    found = stock.project()
    lapsed = make.agency("过期估价", date(2026, 2, 28))
    with pytest.raises(Refused, match="到期"):
        acts.commission_appraisal(ctx=make.ctx(), project_id=found.id, agency_id=lapsed.id)
    unknown = make.agency("未知估价", None)
    with pytest.raises(Refused, match="缺少"):
        acts.commission_appraisal(ctx=make.ctx(), project_id=found.id, agency_id=unknown.id)
    good = make.agency()
    report: dict[str, Any] = {
        "project_id": found.id, "agency_id": good.id, "appraiser": "李某", "appraiser_number": "1", "number": "估 1",
        "value_date": make.VALUE_DATE, **make.REPORT,
    }  # fmt: skip
    with pytest.raises(Refused, match="没有委托"):
        acts.enter_appraisal(ctx=make.ctx(), **report)
    acts.commission_appraisal(ctx=make.ctx(), project_id=found.id, agency_id=good.id)
    with pytest.raises(Refused, match="不符"):
        acts.enter_appraisal(ctx=make.ctx(), **{**report, "total_fen": 99_680_357})
    with pytest.raises(InvalidInput, match="晚于今天"):
        acts.enter_appraisal(ctx=make.ctx(), **{**report, "value_date": date(2026, 3, 3)})
    with pytest.raises(Forbidden, match="本机构"):
        acts.enter_appraisal(ctx=make.ctx("appraiser", organisation=lapsed.id), **report)
    acts.enter_appraisal(ctx=make.ctx("appraiser", organisation=good.id), **report)
    with pytest.raises(Conflict, match="已录入"):
        acts.enter_appraisal(ctx=make.ctx(), **report)


def test_an_agency_sees_the_project_from_its_commission_on() -> None:
    found, body = stock.reserved(), make.agency()
    with scope(stock.CITY, party=body.id, role="anju_party"):
        assert not Project.objects.exists()
    make.appraisal(found, by=body)
    with scope(stock.CITY, party=body.id, role="anju_party"):
        assert Project.objects.get().id == found.id and Appraisal.objects.count() == 1


def test_the_proposer_does_not_confirm_and_a_trial_is_never_confirmed() -> None:
    found = stock.reserved()
    make.costs(found)
    make.appraisal(found)
    by = make.ctx()
    row = acts.propose_ceiling(ctx=by, project_id=found.id)
    with scope(stock.CITY):
        assert Ticket.objects.get(object_id=row.id, done_on__isnull=True).post == "acquirer_head"
    with pytest.raises(Refused, match="不能是同一人"):
        acts.confirm_ceiling(ctx=by, ceiling_id=row.id)
    trial = acts.propose_ceiling(ctx=by, project_id=found.id, trial=True, what_if={"profit_fen": 0})
    assert trial.total_fen == row.total_fen - make.COSTS["profit_fen"]
    with pytest.raises(Refused, match="试算不能确认"):
        acts.confirm_ceiling(ctx=make.ctx("acquirer_head"), ceiling_id=trial.id)
    with pytest.raises(InvalidInput, match="试算"):
        acts.propose_ceiling(ctx=by, project_id=found.id, what_if={"land_fen": 0})
    acts.confirm_ceiling(ctx=make.ctx("acquirer_head"), ceiling_id=row.id)
    with pytest.raises(Conflict):
        acts.confirm_ceiling(ctx=make.ctx("acquirer_head"), ceiling_id=row.id)
    with scope(stock.CITY):
        found = Project.objects.get(id=found.id)
        assert found.state == "priced"
        held = reads.ceiling_in_force(found, date(2026, 3, 2))
        assert held is not None and held.id == row.id
        assert reads.ceiling_in_force(found, date(2027, 3, 2)) is None, "a year after its value date"
        assert not Ticket.objects.filter(object_id=row.id, done_on__isnull=True).exists()


@pytest.mark.clause("3.3-2")
@pytest.mark.parametrize(
    ("asked", "fits"),
    [(273_000, True), (273_001, False), (None, None)],
    ids=["at the ceiling", "one fen above", "not asked"],
)
def test_the_reserve_is_told_whether_the_asked_price_fits(asked: int | None, fits: bool | None) -> None:
    found = stock.reserved(rows=[stock.row(at, asked_fen_m2=asked) for at in (1, 2, 3, 4)])
    make.ceiling(found)
    with scope(stock.CITY):
        assert Project.objects.get(id=found.id).price_fits is fits


COPY = (
    "INSERT INTO {0} SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), {1}))).* FROM {0} c"
)
HIGH = "'ceiling_fen_m2', appraised_fen_m2 + 1, 'cost_fen_m2', appraised_fen_m2 + 1"
TRIED = "'trial', true, 'confirmed_by', gen_random_uuid(), 'confirmed_at', now()"
ATTACKS = [
    ("a confirmed ceiling raised", "UPDATE pricing_ceiling SET ceiling_fen_m2 = ceiling_fen_m2 - 1", True, "AJ034"),
    ("a confirmed ceiling unconfirmed", "UPDATE pricing_ceiling SET confirmed_by = NULL, confirmed_at = NULL", True, "AJ034"),
    ("a confirmed ceiling deleted", "DELETE FROM pricing_ceiling", True, "AJ034"),
    ("a proposed ceiling's figures changed", "UPDATE pricing_ceiling SET valid_until = '2099-01-01'", False, "AJ034"),
    ("confirmed by its maker", "UPDATE pricing_ceiling SET confirmed_by = maker, confirmed_at = now()", False, "23514"),
    ("above the appraisal", COPY.format("pricing_ceiling", HIGH), False, "23514"),
    ("a trial confirmed", COPY.format("pricing_ceiling", TRIED), False, "23514"),
    ("the cost sheet under it changed", "UPDATE pricing_costsheet SET land_fen = 1", True, "AJ005"),
    ("the appraisal under it changed", "UPDATE pricing_appraisal SET price_fen_m2 = 999999", True, "AJ005"),
    ("a land cost equal to the transfer price", COPY.format("pricing_costsheet", "'land_fen', transfer_land_fen"), True, "23514"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "statement", "confirmed", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_refuses(what: str, statement: str, confirmed: bool, code: str) -> None:
    make.ceiling(stock.reserved(), confirmed=confirmed)
    assert stock.attack(statement) == code, what


@pytest.mark.clause("3.4-2")
def test_figures_are_asked_for_answered_once_and_leave_the_desk() -> None:
    found = stock.project()
    row = acts.request_data(ctx=make.ctx(), project_id=found.id, asked_of="land", what="划拨土地成本")
    with scope(stock.CITY):
        assert Ticket.objects.get(object_id=row.id, done_on__isnull=True).post == "department_clerk"
    with pytest.raises(InvalidInput):
        acts.answer_data(ctx=make.ctx("department_clerk"), request_id=row.id, answer=" ")
    acts.answer_data(
        ctx=make.ctx("department_clerk"),
        request_id=row.id,
        answer="每㎡ 100 元",
        file_name="复函.pdf",
        file_data=stock.PDF,
    )
    with pytest.raises(Conflict):
        acts.answer_data(ctx=make.ctx("department_clerk"), request_id=row.id, answer="再答")
    with scope(stock.CITY):
        done = DataRequest.objects.get()
        assert done.answered_on == done.asked_on and done.evidence_id
        assert not Ticket.objects.filter(object_id=row.id, done_on__isnull=True).exists()


def test_the_three_lines_say_nothing_of_what_nobody_entered() -> None:
    found = stock.reserved(rows=[stock.row(1, asked_fen_m2=None)], debt_fen=None)
    with scope(stock.CITY):
        bare = reads.lines(found, date(2026, 3, 2))
    assert (bare.floor_fen_m2, bare.asked_fen_m2, bare.ceiling_fen_m2, bare.sale_fen_m2, bare.gap_fen_m2) == (None,) * 5
    full = stock.reserved("P-2", rows=[stock.row(at, parcel=2) for at in (1, 2, 3, 4)], debt_fen=100_000_001)
    make.ceiling(full)
    with scope(stock.CITY):
        lines = reads.lines(Project.objects.get(id=full.id), date(2026, 3, 2))
    # 100,000,001 fen over 356 ㎡ is 280,898.87…: rounded up, since less does not release the debt.
    assert (lines.floor_fen_m2, lines.ceiling_fen_m2, lines.gap_fen_m2, lines.asked_fen_m2) == (
        280_899,
        273_000,
        7_899,
        300_000,
    )
