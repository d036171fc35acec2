"""3.2-4: what families pay; a price list sums to the fen, a rent stays under the market, nothing changes once announced."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.regions import scope
from anju.base.sheets import kind_named
from anju.base.sheets.loads import bring_file
from anju.base.sheets.models import Load
from anju.base.sheets.out import workbook
from anju.pricing import acts, price_list
from anju.pricing.models import UnitPrice
from anju.pricing.price_list import Home
from anju.reserve import acts as reserve
from pricing import make
from reserve import make as stock

db = pytest.mark.django_db
pytestmark = pytest.mark.clause("3.2-4")


def test_a_price_list_by_hand() -> None:
    homes = [Home("A", 890_000, 1), Home("B", 890_000, 2), Home("C", 1_000_000, 3)]
    # 89 + 89 + 100 = 278 ㎡ × 3,000.00 = 834,000.00 元; weights 89×0.98 : 89×1.00 : 100×1.02 = 87.22 : 89 : 102 of 278.22;
    # 83,400,000 ÷ 278.22 = 299,762.777…: A …309.47, B …887.16, C …803.25, cut; the one fen left goes to A
    found = price_list.spread(homes, 300_000, {1: 980, 2: 1_000, 3: 1_020})
    assert sum(found.values()) == 83_400_000
    assert found == {"A": 26_145_310, "B": 26_678_887, "C": 30_575_803}


HOMES = st.lists(
    st.tuples(st.integers(1, 3_000_000), st.integers(1, 34)), min_size=1, max_size=60
)  # fmt: skip


@given(
    homes=HOMES, base=st.integers(10_000, 2_000_000), weights=st.dictionaries(st.integers(1, 34), st.integers(1, 3_000))
)
def test_a_price_list_sums_to_base_times_area_to_the_fen(
    homes: list[tuple[int, int]], base: int, weights: dict[int, int]
) -> None:
    rows = [Home(f"{n:03d}", area, floor) for n, (area, floor) in enumerate(homes)]
    found = price_list.spread(rows, base, weights)
    assert sum(found.values()) == price_list.total_fen(rows, base) == base * sum(h.gross_cm2 for h in rows) // 10_000
    whole = sum(h.gross_cm2 * weights.get(h.floor, 1_000) for h in rows)
    total = sum(found.values())
    for home in rows:
        exact = total * home.gross_cm2 * weights.get(home.floor, 1_000)
        assert abs(found[home.name] * whole - exact) < whole, "no home is off by a fen or more"


@pytest.mark.parametrize("bad", [{"base": 0}, {"homes": []}, {"weights": {1: 0}}])
def test_a_price_list_of_nothing_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="大于 0"):
        price_list.spread(bad.get("homes", [Home("A", 1, 1)]), bad.get("base", 1), bad.get("weights", {}))


@db
def test_the_list_of_a_project_is_set_from_one_base_price() -> None:
    found = stock.reserved()
    assert (
        acts.set_price_list(
            ctx=make.ctx(), project_id=found.id, base_fen_m2=310_000, coefficients={"1": 980, "2": 1020}
        )
        == 4
    )
    with scope(stock.CITY):
        rows = list(UnitPrice.objects.order_by("unit__code"))
        assert sum(r.amount_fen for r in rows) == 310_000 * 356
        assert rows[0].amount_fen == rows[1].amount_fen < rows[2].amount_fen
    acts.set_price_list(ctx=make.ctx(), project_id=found.id, base_fen_m2=300_000)
    with scope(stock.CITY):
        assert UnitPrice.objects.count() == 4, "a later list replaces the earlier"
        assert {r.amount_fen for r in UnitPrice.objects.all()} == {26_700_000}


@db
@pytest.mark.parametrize(
    ("rent", "market", "sentence"),
    [(90_000, 100_000, ""), (90_001, 100_000, "不超过市场租金"), (50_000, None, "缺少"), (0, 100_000, "大于 0")],
    ids=["at 90 % of the market", "one fen above", "market unknown", "nothing"],
)
def test_a_rent_stays_under_its_share_of_the_market(rent: int, market: int | None, sentence: str) -> None:
    found = stock.reserved(rows=[stock.row(1, gross_cm2=600_000, tenure="rent")])
    prices = [{"unit_id": stock.units(found)[0].id, "amount_fen": rent, "market_fen": market}]
    if not sentence:
        assert acts.set_unit_prices(ctx=make.ctx(), project_id=found.id, prices=prices) == 1
        return
    with pytest.raises(Refused, match=sentence):
        acts.set_unit_prices(ctx=make.ctx(), project_id=found.id, prices=prices)


@db
@pytest.mark.clause("3.5-2")
def test_no_price_changes_once_it_is_announced() -> None:
    found = stock.reserved()
    homes = stock.units(found)
    prices = [{"unit_id": u.id, "amount_fen": 26_700_000} for u in homes]
    acts.set_unit_prices(ctx=make.ctx(), project_id=found.id, prices=prices)
    for to in ("intended", "announced"):
        reserve.move_units(ctx=make.ctx(), unit_ids=stock.ids(homes), to=to)
    with pytest.raises(Refused, match="公告后价格不能再改"):
        acts.set_unit_prices(ctx=make.ctx(), project_id=found.id, prices=prices)
    assert stock.attack("UPDATE pricing_unitprice SET amount_fen = 1") == "AJ035"
    assert stock.attack("DELETE FROM pricing_unitprice") == "AJ035"


@db
def test_a_home_of_another_project_has_no_price_here() -> None:
    found, other = stock.reserved(), stock.reserved("P-2", rows=[stock.row(1, parcel=2)])
    with pytest.raises(Conflict, match="不属于"):
        acts.set_unit_prices(
            ctx=make.ctx(), project_id=found.id, prices=[{"unit_id": stock.units(other)[0].id, "amount_fen": 1}]
        )
    with pytest.raises(InvalidInput):
        acts.set_unit_prices(ctx=make.ctx(), project_id=found.id, prices=[])


def bring(kind: str, rows: list[dict[str, Any]]) -> Load:
    """Bring a file in the kind's template."""
    described = kind_named(kind)
    body = [[row.get(c.field) for c in described.columns] for row in rows]
    data = workbook(described.title, [(c.title, "") for c in described.columns], body, True)
    assert io.BytesIO(data).read(2) == b"PK"
    return bring_file(ctx=make.ctx(), kind=kind, name=f"{kind}.xlsx", data=data)


COSTS = {
    "project": "P-1",
    "land_fen": "356",
    "transfer_land_fen": "5000",
    "construction_fen": "8900",
    "profit_fen": "462.8",
    "gross_cm2": "356.00",
}
BAD_COSTS = [
    ("an unknown project", {"project": "P-9"}, "项目编号"),
    ("land at the transfer price", {"land_fen": "5000"}, "划拨土地成本(万元)"),
    ("a profit above 5 %", {"profit_fen": "462.800001"}, "利润(万元)"),
    ("a negative land cost", {"land_fen": "-1"}, "划拨土地成本(万元)"),
    ("words for a sum", {"construction_fen": "约九千"}, "建安成本(万元)"),
]


@db
@pytest.mark.clause("3.4-1")
@pytest.mark.parametrize(("what", "fields", "column"), BAD_COSTS, ids=[b[0] for b in BAD_COSTS])
def test_a_bad_cell_of_the_cost_sheet_is_named(what: str, fields: dict[str, Any], column: str) -> None:
    stock.project()
    load = bring("cost_sheets", [{**COSTS, **fields}])
    assert [(e["column"], e["clause"]) for e in load.errors] == [(column, "3.4-1")], what
    assert bring("cost_sheets", [COSTS]).good == 1


@db
@pytest.mark.clause("3.4-1")
def test_bad_cells_of_the_appraisal_sheet_are_named() -> None:
    from reserve.test_imports import uscc

    found, body = (
        stock.project(),
        stock.organisation("appraisal_agency", "合成估价", uscc=uscc(), qualified_until=make.VALUE_DATE),
    )
    row = {
        "project": "P-1", "uscc": uscc(), "number": "估 1", "appraiser": "李某", "appraiser_number": "123", "value_date": "2026-03-01",
        "price_fen_m2": "2800", "total_fen": "996800", "gross_cm2": "356.00",
    }  # fmt: skip
    first = bring(
        "appraisals",
        [row, {**row, "number": "估 2", "total_fen": "999999"}, {**row, "number": "估 3", "value_date": "2026-03-02"}],
    )
    assert [e["column"] for e in first.errors if e["row"] == first.errors[0]["row"]] == ["估价机构统一社会信用代码"], (
        "not commissioned"
    )
    from anju.pricing.models import Commission
    from support.db import open_act

    with open_act(stock.CITY):
        Commission.objects.create(region=stock.CITY, project=found, agency=body, commissioned_on=make.VALUE_DATE)
    again = bring(
        "appraisals",
        [row, {**row, "number": "估 2", "total_fen": "999999"}, {**row, "number": "估 3", "value_date": "2026-03-02"}],
    )
    assert again.good == 1
    assert {e["column"] for e in again.errors} == {"评估总价(元)", "估价机构统一社会信用代码"}


@db
def test_bad_cells_of_the_price_list_are_named() -> None:
    found = stock.reserved(rows=[stock.row(1, gross_cm2=600_000, tenure="rent")])
    code = stock.units(found)[0].code
    rows = [
        {"project": "P-1", "code": code, "tenure": "配租", "amount_fen": "900.01", "market_fen": "1000"},
        {"project": "P-1", "code": code[:-1] + "9", "tenure": "配售", "amount_fen": "300000"},
    ]
    load = bring("unit_prices", rows)
    assert [(e["column"], e["clause"]) for e in load.errors] == [("价格(元)", "3.2-4"), ("不动产单元代码", "3.2-4")]
    assert bring("unit_prices", [{**rows[0], "amount_fen": "900.00"}]).good == 1
