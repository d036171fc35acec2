"""Parameters: layers, days, what is open, and that a lower layer never loosens."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.parties import words
from anju.policy import clauses
from anju.policy.parameters import BadValue, Loosens, ParameterBook, Setting, Unset, Value, catalogue, check_setting
from anju.policy.rules import REGISTRY
from anju.policy.said import said
from support.book import CITY, COUNTY, DAY, OPEN, inforce


def book(*rows: tuple[str, str, object, date]) -> ParameterBook:
    """A book of (name, region, value, valid from)."""
    return ParameterBook(Setting(name, region, value, day, "文号") for name, region, value, day in rows)


def test_the_plans_numbers_stand_in_files_each_with_clause_and_source() -> None:
    for parameter in catalogue().values():
        clauses.get(parameter.clause)
        assert parameter.open == (not parameter.values)
        for value in parameter.values:
            assert value.source and value.certainty in "abc"


@pytest.mark.clause("2-1")
def test_what_nobody_has_set_is_unset_and_says_what_it_blocks() -> None:
    found = book().on(DAY, COUNTY).get("earnest_rule")
    assert isinstance(found, Unset) and found.blocks == ("offering.announce",) and "尚未设定" in found.sentence


def test_every_open_parameter_of_the_tests_is_one_of_the_catalogue() -> None:
    assert set(OPEN) <= {p.name for p in catalogue().values() if p.open}


@pytest.mark.clause("2-2")
def test_a_case_is_judged_by_the_value_of_its_own_day_for_ever() -> None:
    found = book(("publicity_days", CITY, 7, date(2025, 6, 1)), ("publicity_days", CITY, 10, date(2026, 1, 1)))
    values = [
        found.on(day, COUNTY).get("publicity_days")
        for day in (date(2025, 5, 31), date(2025, 6, 1), date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert isinstance(values[0], Unset)
    assert [v.value for v in values[1:] if isinstance(v, Value)] == [7, 7, 10]


def test_a_county_falls_back_to_its_city_and_never_to_another_county() -> None:
    found = book(("publicity_days", CITY, 7, DAY), ("publicity_days", "231221", 9, DAY))
    assert found.on(DAY, COUNTY).get("publicity_days").value == 7  # type: ignore[union-attr]
    assert found.on(DAY, "231221").get("publicity_days").value == 9  # type: ignore[union-attr]


TIGHTER = [("sale_unit_area_max", 1_100_000, True), ("sale_unit_area_max", 1_200_000, True), ("sale_unit_area_max", 1_200_001, False),
           ("lock_ratio_min", 96, True), ("lock_ratio_min", 94, False)]  # fmt: skip


@pytest.mark.clause("3.3-3", "3.5-3")
@pytest.mark.parametrize(("name", "value", "allowed"), TIGHTER)
def test_a_city_tightens_a_limit_and_never_loosens_it(name: str, value: int, allowed: bool) -> None:
    if allowed:
        check_setting(name, value, CITY, DAY, book())
        return
    with pytest.raises((Loosens, BadValue)):
        check_setting(name, value, CITY, DAY, book())


def test_a_looser_value_below_a_layer_that_became_stricter_is_shown_and_not_applied() -> None:
    found = book(("publicity_days", CITY, 10, DAY), ("publicity_days", COUNTY, 7, DAY)).on(DAY, COUNTY)
    assert found.get("publicity_days").value == 10  # type: ignore[union-attr]
    assert [i.value for i in found.ignored()] == [7]


SAID = [
    ("sale_unit_area_max", 1_200_001, ("120.00㎡", "120.0001㎡")),
    ("lock_ratio_min", 94, ("95%", "94%")),
    ("price_profit_max", 501, ("5%", "5.01%")),
    ("abandon_ban_years", "两年", ("年",)),
    ("earnest_rule", -1, ("0.00 元", "-0.01 元")),
    ("area_per_person_line_cm2", {"sale": 10_000_001}, ("1000.00㎡", "1000.0001㎡")),
    ("eligible_groups", [["sale", "youth"]], ("住房类别、群体代码、群体",)),
    ("permit_days", [["filing", "网签备案", "十"]], ("工作日",)),
]


@pytest.mark.parametrize(("name", "value", "said"), SAID, ids=[row[0] for row in SAID])
def test_a_refusal_says_limit_and_value_in_the_units_people_write(
    name: str, value: object, said: tuple[str, ...]
) -> None:
    with pytest.raises((Loosens, BadValue)) as caught:
        check_setting(name, value, CITY, DAY, book())
    for part in said:
        assert part in str(caught.value)
    assert not any(kept in str(caught.value) for kept in ("cm²", "‰", "‱", "programme", "days", " 分"))


def test_a_value_passed_over_is_said_as_people_write_it() -> None:
    found = book(("rent_discount_max", CITY, 900, DAY), ("rent_discount_max", COUNTY, 955, DAY)).on(DAY, COUNTY)
    [passed_over] = found.ignored()
    assert "市定为 90%" in passed_over.sentence and "县（区）设为 95.5% 属于放宽" in passed_over.sentence


def test_no_parameter_is_shown_in_codes_or_in_the_units_it_is_kept_in() -> None:
    shown = {p.name: [said(p, dated.value) for dated in p.values] for p in catalogue().values()}
    shown |= {name: [said(catalogue()[name], value)] for name, value in OPEN.items()}
    for name, values in shown.items():
        for text in values:
            assert not re.search(r"[a-z]{2}|cm²|‰|‱", text), (name, text)
    assert shown["eligible_groups"][0].startswith("配售型保障性住房 新市民；")
    assert shown["usual_ranges"][0].startswith("每套建筑面积 30.00㎡ 160.00㎡；")
    assert shown["assessment_lines"] == ["收购完成率 90%；配售配租率 80%；租金收缴率 95%"]


@given(st.integers(-(10**6), 10**9))
def test_a_ratio_typed_as_it_is_shown_is_the_ratio_that_was_kept(kept: int) -> None:
    for name in ("price_profit_max", "rent_discount_max", "relending_rate", "rent_rise_max"):
        parameter = catalogue()[name]
        assert words.read(parameter, words.written(parameter, kept)) == kept
        assert words.unit_of(parameter)[0] == "%"


@given(st.integers(1, 60), st.integers(1, 60))
def test_whatever_two_layers_set_the_stricter_holds(city: int, county: int) -> None:
    found = (
        book(("publicity_days", CITY, city, DAY), ("publicity_days", COUNTY, county, DAY))
        .on(DAY, COUNTY)
        .get("publicity_days")
    )
    assert isinstance(found, Value) and found.value == max(city, county)


@pytest.mark.parametrize(
    ("name", "value"),
    [("publicity_days", 0), ("publicity_days", "七"), ("publicity_days", True), ("order_method", "luck"), ("assessment_lines", []),
     ("assessment_lines", [["a", "b"]]), ("income_line_fen", {"villa": 1})],
)  # fmt: skip
def test_a_value_that_is_not_of_its_kind_is_refused_with_the_limit_named(name: str, value: object) -> None:
    with pytest.raises(BadValue, match="请"):
        check_setting(name, value, CITY, DAY, book())


def test_a_parameter_kept_by_programme_is_open_until_each_has_its_value() -> None:
    assert isinstance(inforce(income_line_fen={"sale": "none"}).get("income_line_fen", "public_rental"), Unset)


def test_every_rule_cites_a_clause_and_begins_with_it() -> None:
    for rule in REGISTRY.values():
        clauses.get(rule.clause)
        assert rule.name.startswith(rule.clause + "-")
