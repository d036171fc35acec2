"""One cell to one value: exact, or refused with the reason."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.base.sheets.cells import BadCell, clean, looks_like_formula, parser_of, shown
from anju.base.sheets.kinds import Column


def read(kind: str, value: Any, **changes: Any) -> Any:
    """A cell through a column of a kind."""
    return parser_of(Column("列", "field", kind, **changes))(clean(value))


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("area", 70.02, 700_200),
        ("area", "７０．０２", 700_200),
        ("area", "70.02㎡", 700_200),
        ("area", "70.02 平方米", 700_200),
        ("area", 0.1 + 0.2, 3_000),
        ("area", 100, 1_000_000),
        ("yuan", 276579, 27_657_900),
        ("yuan", "276,579.50", 27_657_950),
        ("yuan", "¥1,234.5元", 123_450),
        ("yuan", "0", 0),
        ("yuan", 19.99, 1_999),
        ("yuan", 1e7, 1_000_000_000),
        ("wan", 12.5, 12_500_000),
        ("wan", "27.6579", 27_657_900),
        ("wan", "0.000001", 1),
        ("int", 12.0, 12),
        ("int", "１２层", 12),
        ("percent", 3.45, 345),
        ("percent", "3.45%", 345),
        ("percent", "0.5%", 50),
        ("percent", 0, 0),
        ("date", date(2026, 3, 2), date(2026, 3, 2)),
        ("date", datetime(2026, 3, 2, 8, 30), date(2026, 3, 2)),  # noqa: DTZ001 as Excel types a day
        ("date", "2026-03-02", date(2026, 3, 2)),
        ("date", "2026/3/2", date(2026, 3, 2)),
        ("date", "2026.3.2", date(2026, 3, 2)),
        ("date", "２０２６年３月２日", date(2026, 3, 2)),
        ("date", "20260302", date(2026, 3, 2)),
        ("date", 20260302.0, date(2026, 3, 2)),
        ("date", "2026-03-02 00:00:00", date(2026, 3, 2)),
        ("bool", "是", True),
        ("bool", "否", False),
        ("bool", True, True),
        ("idnumber", "231202199001011237", "231202199001011237"),
        ("idnumber", " ２３１２０２ １９９００１０１ １２３７ ", "231202199001011237"),
        ("idnumber", "11010519491231002x", "11010519491231002X"),
        ("phone", 13845501234.0, "13845501234"),
        ("phone", "+86 138-4550-1234", "13845501234"),
        ("uscc", "91110000600037341L", "91110000600037341L"),
        ("unitcode", "231202001001GB00001F00010001", "231202001001GB00001F00010001"),
        ("code", 101.0, "101"),
        ("code", "0101", "0101"),
        ("text", "王　小明\u200b", "王 小明"),
        ("text", "第一行\n第二行", "第一行 第二行"),
        ("text", "𠮷野㐂䶮", "𠮷野㐂䶮"),
        ("text", 3.0, "3"),
        ("text", "-", "-"),
        ("text", "-5", "-5"),
    ],
)
def test_a_cell_is_read_exactly(kind: str, cell: Any, value: Any) -> None:
    assert read(kind, cell) == value


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        ("area", "70.025", "最多 2 位小数"),
        ("area", "约70", "应为数字"),
        ("area", "七十", "应为数字"),
        ("area", "-1", "不能小于 0"),
        ("area", True, "应为数字"),
        ("area", date(2026, 1, 1), "应为数字"),
        ("area", "1e3", "应为数字"),
        ("yuan", "1,23.5", "应为数字"),
        ("yuan", 0.001, "最多 2 位小数"),
        ("yuan", float("nan"), "无法精确保存"),
        ("yuan", float("inf"), "无法精确保存"),
        ("yuan", 1e16, "无法精确保存"),
        ("yuan", "9" * 40, "无法精确保存"),
        ("yuan", "", "应为数字"),
        ("wan", "1.0000001", "最多 6 位小数"),
        ("int", 1.5, "应为整数"),
        ("int", "12.5", "应为整数"),
        ("percent", 0.05, "有歧义"),
        ("percent", "3.456%", "最多 2 位小数"),
        ("date", 46083.0, "数字格式"),
        ("date", "2026-02-30", "没有这一天"),
        ("date", "明年", "应为日期"),
        ("date", "1026-03-02", "1900 年至 2199 年"),
        ("date", time(8, 0), "应为日期"),
        ("date", timedelta(days=1), "应为日期"),
        ("bool", "也许", "应填“是”或“否”"),
        ("bool", 1.0, "应填“是”或“否”"),
        ("idnumber", 231202199001011237.0, "位数已丢失"),
        ("idnumber", 2.31202199001011e17, "位数已丢失"),
        ("idnumber", "2.31202E+17", "科学计数法"),
        ("idnumber", "231202199001011238", "校验位不符"),
        ("idnumber", "231202199002301237", "出生日期不存在"),
        ("idnumber", "231202900101123", "15 位旧证号"),
        ("idnumber", "23120219900101123", "收到 17 位"),
        ("idnumber", "231202189001011237", "早于 1900"),
        ("phone", "0455-8888888", "以 1 开头"),
        ("phone", "1384550123", "11 位"),
        ("uscc", "91110000600037341M", "校验位"),
        ("uscc", 9.1110000600037e17, "位数已丢失"),
        ("unitcode", "231202001001GB00001F0001", "28 位"),
        ("code", 1234567890123456789.0, "位数已丢失"),
        ("code", 1.5, "位数已丢失"),
        ("code", True, "应为编号"),
        ("choice", "别墅", "只能填：住宅"),
        ("text", "=1+1", "像公式"),
        ("text", "＝HYPERLINK(1)", "像公式"),
        ("text", "@SUM(A1)", "像公式"),
        ("text", "-2+3+cmd|' /C calc'!A0", "像公式"),
        ("text", "+cmd|'x'", "像公式"),
        ("text", "\t=1+1", "像公式"),
        ("text", "#REF!", "公式出错"),
        ("text", "a\x07b", "控制字符"),
        ("text", "x" * 201, "超过上限 200 个字"),
        ("yuan", "1" * 2001, "超过上限 2000 个字"),
    ],
)
def test_a_cell_that_would_be_guessed_is_refused(kind: str, cell: Any, reason: str) -> None:
    with pytest.raises(BadCell, match=reason):
        read(kind, cell, **({"choices": {"住宅": "home"}} if kind == "choice" else {}))


def test_what_is_impossible_names_the_limit() -> None:
    with pytest.raises(BadCell, match=r"不能大于 2000 ㎡"):
        read("area", 2000.01, most=20_000_000)
    with pytest.raises(BadCell, match=r"不能小于 1"):
        read("int", 0, least=1)
    assert read("yuan", "-5.00", least=None) == -500


@given(st.integers(min_value=0, max_value=10**13), st.sampled_from([("yuan", 2, 1), ("area", 2, 100), ("wan", 6, 1)]))
def test_a_number_written_out_reads_as_itself(number: int, kind: tuple[str, int, int]) -> None:
    name, places, times = kind
    text = f"{Decimal(number).scaleb(-places):,f}"
    assert read(name, text) == number * times
    assert read(name, text.translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，"))) == number * times


@given(st.integers(min_value=0, max_value=10**12))
def test_a_float_of_money_reads_as_the_fen_it_shows(fen: int) -> None:
    assert read("yuan", fen / 100) == fen


@given(st.text(max_size=30))
def test_any_text_reads_as_a_number_or_is_refused_never_anything_else(text: str) -> None:
    for kind in (
        "yuan",
        "area",
        "wan",
        "int",
        "percent",
        "date",
        "idnumber",
        "phone",
        "uscc",
        "unitcode",
        "code",
        "bool",
    ):
        try:
            found = read(kind, text)
        except BadCell as error:
            assert str(error)
        else:
            assert isinstance(found, int | str | date)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_float_reads_exactly_or_is_refused(number: float) -> None:
    try:
        found = read("yuan", number, least=None)
    except BadCell:
        return
    assert f"{Decimal(found).scaleb(-2):.15g}" == f"{number + 0.0:.15g}" or abs(
        Decimal(found) / 100 - Decimal(number)
    ) < Decimal("0.01")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("=1", True), ("@x", True), ("+x", True), ("-x(1)", True), ("-1.5", False), ("-", False), ("+5%", False), ("3-1", False), ("", False)],
)  # fmt: skip
def test_what_a_spreadsheet_could_run_is_told(text: str, is_one: bool) -> None:
    assert looks_like_formula(text) is is_one


@pytest.mark.parametrize(
    ("kind", "number", "words"),
    [
        ("area", 700_200, "70.02 ㎡"),
        ("yuan", 123_450, "1234.5 元"),
        ("wan", 12_500_000, "12.5 万元"),
        ("int", 12, "12"),
        ("yuan", 5, "0.05 元"),
    ],
)
def test_a_limit_is_shown_in_the_clerks_unit(kind: str, number: int, words: str) -> None:
    assert shown(Column("列", "field", kind), number) == words
