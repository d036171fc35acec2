"""The act: from two snapshots and the ceilings in force to advice, told to the reserve; the same inputs give it again."""

from typing import Any

import pytest

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.regions import scope
from anju.needs.models import DemandCell, DemandSnapshot
from anju.planning import acts, inputs, reads
from anju.planning.models import Plan, PlanUnit
from anju.reserve import acts as reserve
from anju.reserve.models import Project, StockSnapshot
from pricing import make as price
from reserve import make as stock
from support.db import open_act

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.2-3")]
YI = 10_000_000_000  # 1 亿元, in fen


def demand(*cells: tuple[str, str, int, int, int], region: str = stock.CITY) -> DemandSnapshot:
    """A frozen demand: (county, tenure, rooms, band, households by first wish)."""
    with open_act(region) as ctx:
        row = DemandSnapshot.objects.create(
            region=region, taken_on=ctx.today, title="合成需求", households=sum(c[4] for c in cells), sha256="0" * 64,
            maker=ctx.account,
        )  # fmt: skip
        for county, tenure, rooms, band, count in cells:
            DemandCell.objects.create(
                region=region, snapshot=row, county=county, tenure=tenure, rooms=rooms, area_band_cm2=band, households=count * 2,
                first_wishes=count,
            )  # fmt: skip
        return row


def priced(number: str = "P-1", **fields: Any) -> Project:
    """A project of four homes of 89 ㎡ with a confirmed ceiling of 2,730.00 元/㎡: 242,970.00 元 each."""
    found = stock.reserved(number, **fields)
    price.ceiling(found)
    return found


def plan(found: DemandSnapshot, budget_fen: int = YI, **fields: Any) -> Plan:
    """A plan on the stock as it stands."""
    snapshot = reserve.take_stock_snapshot(ctx=stock.ctx("office_clerk"))
    return acts.solve_plan(
        ctx=stock.ctx("office_clerk"),
        demand_id=found.id,
        stock_id=snapshot.id,
        budget_fen=budget_fen,
        title="方案一",
        **fields,
    )


def fits(found: Project) -> bool | None:
    """What the reserve was told of its place."""
    with scope(stock.CITY):
        return Project.objects.get(id=found.id).place_fits


def test_a_plan_buys_for_first_wishes_at_the_ceiling_and_tells_the_reserve() -> None:
    found = priced()
    row = plan(demand((stock.STANDS_IN, "sale", 2, 800_000, 3), ("231221", "sale", 2, 800_000, 2)))
    assert (row.households, row.cost_fen, row.status, row.gap_milli) == (3, 3 * 24_297_000, "optimal", 0)
    with scope(stock.CITY):
        bought = list(reads.chosen(row))
        assert [u.unit.code for u in bought] == [h.code for h in stock.units(found)][:3], (
            "of equal homes the first by code"
        )
        assert sum(u.price_fen for u in bought) == row.cost_fen
        assert reads.by_project(row)[0]["units"] == 3
    assert fits(found) is True
    assert {c["county"]: (c["households"], c["served"], c["why"]) for c in row.unserved} == {
        stock.STANDS_IN: (3, 3, ""), "231221": (2, 0, "储备库没有相符的房源"),
    }  # fmt: skip


@pytest.mark.clause("2-1")
@pytest.mark.parametrize(
    ("what", "wanted", "budget", "households", "why"),
    [
        ("money for two of three", 3, 2 * 24_297_000, 2, "预算不足"),
        ("one fen too few for the second", 3, 2 * 24_297_000 - 1, 1, "预算不足"),
        ("more households than homes", 6, YI, 4, "相符的房源已全部列入方案"),
    ],
)
def test_who_is_not_served_is_told_why(what: str, wanted: int, budget: int, households: int, why: str) -> None:
    priced()
    row = plan(demand((stock.STANDS_IN, "sale", 2, 800_000, wanted)), budget)
    assert row.households == households, what
    assert [c["why"] for c in row.unserved] == [why]
    with scope(stock.CITY):
        assert reads.reasons(row) == [(why, wanted - households)]


@pytest.mark.clause("3.4-1")
def test_a_project_without_a_confirmed_ceiling_is_not_bought_and_named() -> None:
    priced("P-1")
    bare = stock.reserved("P-2", rows=[stock.row(1, parcel=2, rooms=3)])
    price.ceiling(stock.reserved("P-3", rows=[stock.row(1, parcel=3, rooms=1)]), confirmed=False)
    row = plan(demand((stock.STANDS_IN, "sale", 3, 800_000, 1), (stock.STANDS_IN, "sale", 1, 800_000, 1)))
    assert row.households == 0
    assert {c["why"] for c in row.unserved} == {"有 1 套相符，但项目还没有收购价上限"}
    assert fits(bare) is None, "not priced: the question stays open"


def test_where_nobody_wants_such_homes_the_place_does_not_fit() -> None:
    found = priced()
    plan(demand((stock.STANDS_IN, "rent", 1, 400_000, 9)))
    assert fits(found) is False


def test_a_dearer_project_left_out_by_the_budget_keeps_its_question_open() -> None:
    cheap, dear = priced("P-1"), stock.reserved("P-2", rows=[stock.row(at, parcel=2) for at in (1, 2, 3, 4)])
    price.ceiling(dear, land_fen=5_000_000)
    row = plan(demand((stock.STANDS_IN, "sale", 2, 800_000, 8)), 4 * 24_297_000)
    assert row.households == 4 and fits(cheap) is True and fits(dear) is None


def test_a_city_plan_advises_a_county_on_its_own_project() -> None:
    county = priced("P-1", region="231221", rows=[stock.row(at, county="231221") for at in (1, 2, 3, 4)])
    row = plan(demand(("231221", "sale", 2, 800_000, 2)))
    with scope(stock.CITY):
        assert {u.managed_by for u in PlanUnit.objects.filter(plan=row)} == {"231221"}
    assert fits(county) is True


def test_the_same_inputs_give_the_same_plan_and_a_changed_one_is_found() -> None:
    priced()
    wanted = demand((stock.STANDS_IN, "sale", 2, 800_000, 3))
    first, second = plan(wanted), plan(wanted)
    assert first.inputs_sha256 == second.inputs_sha256 and first.unserved == second.unserved
    with scope(stock.CITY):
        stored = Plan.objects.get(id=first.id)
        assert reads.replay(stored)
        assert inputs.Given.from_json(stored.inputs).sha256 == first.inputs_sha256
        stored.inputs["city"]["budget_fen"] -= 1
        assert not reads.replay(stored)
    other = plan(wanted, YI - 1)
    assert other.inputs_sha256 != first.inputs_sha256


def test_a_plan_once_solved_is_final() -> None:
    priced()
    plan(demand((stock.STANDS_IN, "sale", 2, 800_000, 3)))
    for statement in (
        "UPDATE planning_plan SET households = 9",
        "DELETE FROM planning_plan",
        "DELETE FROM planning_planunit",
    ):
        assert stock.attack(statement) == "AJ005"


def test_what_cannot_be_solved_is_refused() -> None:
    found = demand((stock.STANDS_IN, "sale", 2, 800_000, 1))
    stock.reserved()
    snapshot = reserve.take_stock_snapshot(ctx=stock.ctx("office_clerk"))
    given: dict[str, Any] = {"demand_id": found.id, "stock_id": snapshot.id, "title": "方案", "budget_fen": YI}
    with pytest.raises(Refused, match="收购价上限"):
        acts.solve_plan(ctx=stock.ctx(), **given)
    with pytest.raises(InvalidInput, match="预算"):
        acts.solve_plan(ctx=stock.ctx(), **{**given, "budget_fen": 0})
    with pytest.raises(Conflict, match="需求快照"):
        acts.solve_plan(ctx=stock.ctx(), **{**given, "demand_id": snapshot.id})
    with scope(stock.CITY):
        assert StockSnapshot.objects.count() == 1 and not Plan.objects.exists()


@pytest.mark.clause("3.3-4")
def test_homes_for_rent_need_the_share_to_be_set() -> None:
    found = stock.reserved(rows=[stock.row(at, gross_cm2=650_000, tenure="rent") for at in (1, 2, 3, 4)])
    price.costs(found, gross_cm2=2_600_000)
    price.appraisal(found, gross_cm2=2_600_000, total_fen=72_800_000)
    row = price.acts.propose_ceiling(ctx=price.ctx(), project_id=found.id)
    price.acts.confirm_ceiling(ctx=price.ctx("acquirer_head"), ceiling_id=row.id)
    snapshot = reserve.take_stock_snapshot(ctx=stock.ctx("office_clerk"))
    wanted = demand((stock.STANDS_IN, "rent", 2, 600_000, 2))
    with pytest.raises(Refused, match="尚未设定"):
        acts.solve_plan(
            ctx=stock.ctx(params=stock.params(rent_main_share_min=None)),
            demand_id=wanted.id,
            stock_id=snapshot.id,
            budget_fen=YI,
            title="甲",
        )
    assert plan(wanted).households == 2
