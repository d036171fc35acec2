"""人口现状: published figures with year and source, an index with its formula, unknown stays unknown, a second person accepts."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from anju.base.acts import Refused
from anju.base.regions import scope
from anju.base.sheets import loads
from anju.base.sheets.out import workbook
from anju.base.sheets.template import header_of
from anju.needs import population
from anju.needs.acts.population import Figure, take_figures
from anju.needs.figure_sheet import FIGURES_KIND
from anju.parties.models import CensusFigure
from anju.web.countymap import class_of
from needs.helpers import COUNTY, ctx_of
from support.desk import signed_in, text

CITY = "231200"
pytestmark = pytest.mark.clause("3.2-1")


def line(code: str = COUNTY) -> population.Line:
    with scope(CITY):
        return next(one for one in population.lines(CITY) if one.code == code)


@pytest.mark.django_db
def test_the_shipped_census_gives_each_county_its_figures_with_their_years() -> None:
    found = line()
    shown = {code: (value.shown, value.years) for code, value in found.values.items()}
    assert shown["density"] == ("253.3", (2020,)) and shown["change"] == ("-20.4%", (2010, 2020))
    assert shown["urban"] == ("51.0%", (2020,)) and shown["size"] == ("2.26", (2020,))
    assert shown["migrants"][0] == "15.0%" and shown["old"][0] == "15.6%"
    # A = 100 × (105039 ÷ 440506) ÷ (698025 ÷ 3756167); B = 100 × (698025 ÷ 3756167) ÷ (877114 ÷ 5418153)
    assert shown["inflow"] == ("121.6", (2010, 2020))
    with scope(CITY):
        lines = population.lines(CITY)
    assert len(lines) == 11 and lines[-1].name == "全市" and lines[-1].values["change"].shown == "-30.7%"
    assert lines[-1].values["inflow"].number is None, "the city is not compared with itself"


@pytest.mark.django_db
def test_what_was_not_published_stays_unknown_and_is_named() -> None:
    ctx = ctx_of("office_clerk", CITY)
    figures = [Figure(1, COUNTY, 2025, "pop", Decimal(650_000), "2025 年统计公报")]
    assert take_figures(ctx=ctx, figures=figures) == {"taken": 1, "refused": []}
    found = line().values
    assert found["density"].shown == _tenths(10 * 650_000 / 2756.1) and found["density"].years == (2025,)
    assert found["change"].years == (2020, 2025)
    assert found["urban"].years == (2020,), "the urban share is of the last year that both were published"
    inflow = found["inflow"]
    assert inflow.number is None and inflow.shown == "—" and "同年" in inflow.missing
    empty = population.Facts({}, population.Facts({}))
    for one in population.INDICATORS.values():
        value = one.of(empty)
        assert value.number is None and value.shown == "—" and value.missing.startswith("缺"), one.code


def _tenths(value: float) -> str:
    return f"{round(value) / 10:,.1f}"


@pytest.mark.django_db
def test_another_value_of_the_same_year_needs_to_say_that_it_is_a_revision() -> None:
    ctx = ctx_of("office_clerk", CITY)
    with scope(CITY):
        was = CensusFigure.objects.get(area=COUNTY, year=2020, name="pop").value
    other = Figure(7, COUNTY, 2020, "pop", was + 5, "修订公报")
    told = take_figures(ctx=ctx, figures=[other])
    assert told["taken"] == 0 and told["refused"][0][0] == 7 and "已有数值 698025" in told["refused"][0][1]
    revised = Figure(7, COUNTY, 2020, "pop", was + 5, "修订公报", True)
    assert take_figures(ctx=ctx, figures=[revised])["taken"] == 1
    with scope(CITY):
        assert CensusFigure.objects.get(area=COUNTY, year=2020, name="pop").value == was + 5


def sheet(rows: list[list[Any]]) -> bytes:
    return workbook(FIGURES_KIND.title, [header_of(c) for c in FIGURES_KIND.columns], rows, True)


@pytest.mark.django_db
def test_a_file_of_figures_is_checked_and_taken_by_a_second_person() -> None:
    clerk, head = ctx_of("office_clerk", CITY), ctx_of("office_head", CITY)
    good = [COUNTY, 2025, "常住人口（人）", "650,000", "2025 年统计公报", ""]
    bad = [
        ["110101", 2025, "常住人口（人）", "1", "公报", ""], [COUNTY, 2031, "常住人口（人）", "1", "公报", ""],
        [COUNTY, 2024, "城镇人口（人）", "约三十万", "公报", ""], [COUNTY, 2024, "家庭户数（户）", "1.234", "公报", ""],
        [COUNTY, 2025, "常住人口（人）", "650001", "公报", ""], [COUNTY, 2024, "家庭户数（户）", "", "公报", ""],
    ]  # fmt: skip
    load = loads.bring_file(ctx=clerk, kind="population", name="人口.xlsx", data=sheet([good, *bad]))
    assert (load.good, load.bad) == (1, 6), load.errors
    with pytest.raises(Refused, match="同一人"):
        loads.accept_load(ctx=clerk, load_id=load.id)
    loads.accept_load(ctx=head, load_id=load.id)
    with scope(CITY):
        loads.run_load(head, load)
        row = CensusFigure.objects.get(area=COUNTY, year=2025, name="pop")
        assert (row.value, row.source) == (650_000, "2025 年统计公报")


def test_the_four_classes_hold_as_many_counties_as_can_be() -> None:
    known = list(range(10, 110, 10))
    assert [class_of(number, known) for number in known] == [1, 1, 1, 2, 2, 3, 3, 3, 4, 4]


@pytest.mark.usefixtures("committed")
def test_the_page_shows_map_ranking_formula_and_sources_and_gives_the_table() -> None:
    clerk = signed_in("office_clerk", CITY)
    shown = text(clerk.get(reverse("needs:people")))
    assert (
        "流入指数 =（A + B）÷ 2" in shown and "审图号" in shown and "第七次全国人口普查" in shown and "121.6" in shown
    )
    assert "10 个区县中 10 个人口减少" in text(clerk.get(reverse("needs:people") + "?show=change"))
    assert "导入新数字" in shown and "导入新数字" not in text(signed_in("auditor", CITY).get(reverse("needs:people")))
    book = clerk.get(reverse("needs:people") + "?export=xlsx")
    assert book.status_code == 200 and book.content[:2] == b"PK"
