"""From one cell as calamine or csv read it to one value, by the column's kind. Anything that would be guessed is refused."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from stdnum.cn import uscc as uscc_
from stdnum.exceptions import ValidationError

from anju.base.sheets.kinds import Column

CELL_MAX = 2_000  # characters
NUMBER_MAX = 10**15
DAY_MIN, DAY_MAX = date(1900, 1, 1), date(2199, 12, 31)
EXACT_DIGITS = 15  # what Excel keeps of a number

_FORMULA = re.compile(r"[=@＝＠]|[+\-](?![\d.,\s]*%?\s*$)")
_ERROR_CELL = frozenset(
    {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"}
)
_INVISIBLE = dict.fromkeys(
    [*range(0x200B, 0x2010), 0xFEFF, 0x2060, 0xAD, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_HALF_WIDTH = {c: c - 0xFEE0 for c in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))} | {
    0x3000: 0x20
}
_CLEANED = _INVISIBLE | _HALF_WIDTH
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$")
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+[0:]+(?:\.0+)?)?$|(\d{4})(\d{2})(\d{2})$"
)
_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})$")
_UNIT_CODE = re.compile(r"\d{6}\d{3}\d{3}[A-Z]{2}\d{5}[A-Z]\d{8}$")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class BadCell(ValueError):
    """The value cannot be taken; the message is for the person."""


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could run it: begins with = or @, or with + or - and is not a plain number."""
    return bool(_FORMULA.match(text.lstrip())) and text.strip() not in ("-", "+")


def clean(value: Any) -> Any:
    """A cell without what cannot be seen: blanks around it, zero-width marks; full-width digits and letters made half-width."""
    if not isinstance(value, str):
        return value
    if value.isascii():
        return value.strip()
    return value.translate(_CLEANED).strip()


def parser_of(column: Column) -> Callable[[Any], Any]:
    """The reader of a column: takes a cleaned, non-empty cell, gives its value. It raises BadCell."""
    read = _READERS[column.kind](column)
    longest = min(column.longest, CELL_MAX) if column.kind in ("text", "code") else CELL_MAX

    def parse(value: Any) -> Any:
        if isinstance(value, str):
            _check_text(value.lstrip("+") if column.kind == "phone" else value, longest)
        return read(value)

    return parse


def _check_text(value: str, longest: int) -> None:
    if len(value) <= longest and value.isalnum():
        return  # letters, digits and characters only: the common case, and the fast one
    if len(value) > longest:
        raise BadCell(f"内容有 {len(value)} 个字，超过上限 {longest} 个字；请删减")
    if looks_like_formula(value):
        raise BadCell("内容像公式（以 =、@、+ 或 - 开头），不收；请改为数值或文字")
    if value in _ERROR_CELL:
        raise BadCell(f"公式出错（{value}）；请改为数值")
    if _CONTROL.search(value):
        raise BadCell("含有不可见的控制字符；请清除后重新输入")


def decimal_text(value: Any, what: str = "数值") -> str:
    """A number, as Excel shows it (15 digits) or as typed, in plain decimal notation. Raises BadCell."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadCell(f"{what}应为数字")
    if isinstance(value, str):
        return unicodedata.normalize("NFKC", value).replace(" ", "")
    if isinstance(value, int):
        return str(value)
    if value != value or value in (float("inf"), float("-inf")) or abs(value) > NUMBER_MAX:
        raise BadCell(f"{what}过大，无法精确保存；请核对单位")
    text = f"{value:.{EXACT_DIGITS}g}"
    return f"{value:.12f}".rstrip("0").rstrip(".") if "e" in text else text


def scaled(value: Any, places: int, what: str) -> int:
    """A number times 10**places, exactly. Raises BadCell where it is none, has more places or is too large."""
    text = decimal_text(value, what)
    found = _NUMBER.match(text)
    if not found:
        raise BadCell(f"{what}应为数字")
    sign, whole, rest = found[1], found[2].replace(",", ""), (found[3] or "").rstrip("0")
    if len(rest) > places:
        raise BadCell(f"{what}最多 {places} 位小数" if places else f"{what}应为整数")
    if len(whole.lstrip("0")) > EXACT_DIGITS:
        raise BadCell(f"{what}过大，无法精确保存；请核对单位")
    number = int(whole + rest.ljust(places, "0"))
    if number > NUMBER_MAX:
        raise BadCell(f"{what}过大，无法精确保存；请核对单位")
    return -number if sign == "-" else number


def _number(what: str, places: int, times: int = 1, units: str = "") -> Callable[[Column], Callable[[Any], int]]:
    unit = re.compile(f"(?:{units})$") if units else None

    def of(column: Column) -> Callable[[Any], int]:
        def read(value: Any) -> int:
            if isinstance(value, str):
                value = unicodedata.normalize("NFKC", value).strip().lstrip("¥￥")
                value = unit.sub("", value) if unit else value
            number = scaled(value, places, what) * times
            _in_bounds(column, number, what)
            return number

        return read

    return of


def _in_bounds(column: Column, number: int, what: str) -> None:
    if column.least is not None and number < column.least:
        raise BadCell(f"{what}不能小于 {shown(column, column.least)}")
    if column.most is not None and number > column.most:
        raise BadCell(f"{what}不能大于 {shown(column, column.most)}")


def shown(column: Column, number: int) -> str:
    """A value of a numeric column in the unit its clerk writes."""
    places = {"area": 4, "yuan": 2, "wan": 6, "percent": 2}.get(column.kind, 0)
    unit = {"area": "㎡", "yuan": "元", "wan": "万元", "percent": "%"}.get(column.kind, "")
    sign, digits = ("-" if number < 0 else ""), str(abs(number)).rjust(places + 1, "0")
    whole, rest = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    return f"{sign}{whole}{'.' + rest if rest else ''} {unit}".rstrip()


def _percent(column: Column) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).strip().removesuffix("%")
        elif isinstance(value, float) and 0 < abs(value) < 1:
            # A cell formatted as a percentage holds 0.05 for 5 %; nobody can tell it from 0.05 %.
            raise BadCell("小于 1 的比例有歧义；请把单元格设为文本，写成带百分号的形式，如 5% 或 0.5%")
        number = scaled(value, 2, "比例")
        _in_bounds(column, number, "比例")
        return number

    return read


def _text(column: Column) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, datetime | date):
            return value.isoformat()[:10]
        if isinstance(value, int | float):
            return decimal_text(value)
        if not isinstance(value, str):
            raise BadCell("应为文字")
        return re.sub(r"\s*[\r\n]+\s*", " ", value)

    return read


def _code(column: Column) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise BadCell("应为编号；请把单元格设为文本格式后重填")
        if isinstance(value, str):
            return unicodedata.normalize("NFKC", value).replace(" ", "")
        if not float(value).is_integer() or abs(value) >= 10**EXACT_DIGITS:
            raise BadCell("编号以数字格式录入，位数已丢失；请把单元格设为文本格式后重填")
        return str(int(value))

    return read


def _day(column: Column) -> Callable[[Any], date]:
    def read(value: Any) -> date:
        if isinstance(value, datetime):
            value = value.date()
        elif isinstance(value, float) and 19_000_000 < value < 22_000_000 and value.is_integer():
            value = _day_of(str(int(value)))
        elif isinstance(value, str):
            value = _day_of(unicodedata.normalize("NFKC", value))
        if not isinstance(value, date):
            raise BadCell("应为日期，如 2026-03-02；单元格是数字格式，请设为日期格式或写成文字")
        if not DAY_MIN <= value <= DAY_MAX:
            raise BadCell(f"日期应在 {DAY_MIN.year} 年至 {DAY_MAX.year} 年之间")
        return value

    return read


def _day_of(text: str) -> date:
    found = _DAY.match(text)
    if not found:
        raise BadCell("应为日期，如 2026-03-02")
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadCell("没有这一天，请核对月和日") from error


def _bool(column: Column) -> Callable[[Any], bool]:
    words = {"是": True, "否": False, "有": True, "无": False, "√": True, "×": False, "Y": True, "N": False}

    def read(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.upper() in words:
            return words[value.upper()]
        raise BadCell("应填“是”或“否”")

    return read


def _choice(column: Column) -> Callable[[Any], str]:
    plain = {_plain(word): code for word, code in column.choices.items()}
    plain |= {_plain(code): code for code in column.choices.values()}

    def read(value: Any) -> str:
        word = _plain(decimal_text(value) if isinstance(value, float) else str(value))
        if word not in plain:
            raise BadCell(f"只能填：{'、'.join(column.choices)}")
        return plain[word]

    return read


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def _digits(what: str) -> Callable[[Any], str]:
    """A long number that must have come as text: as a number Excel keeps 15 digits and drops the rest."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise BadCell(f"{what}以数字格式录入，位数已丢失；请把单元格设为文本格式后重填")
        text = unicodedata.normalize("NFKC", value).replace(" ", "").upper()
        if re.match(r"[\d.]+E\+\d+$", text):
            raise BadCell(f"{what}成了科学计数法，位数已丢失；请把单元格设为文本格式后重填")
        return text

    return read


def check_id_number(text: str) -> str:
    """An 18-digit citizen number (GB 11643) with a real birthday and a right check digit. Raises BadCell."""
    if re.match(r"\d{15}$", text):
        raise BadCell("是 15 位旧证号；请按现行 18 位身份证号填写")
    if not re.match(r"[1-9]\d{16}[\dX]$", text):
        raise BadCell(f"身份证号应为 18 位，收到 {len(text)} 位；请核对")
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError as error:
        raise BadCell("身份证号中的出生日期不存在；请核对") from error
    if born < DAY_MIN:
        raise BadCell("身份证号中的出生日期早于 1900 年；请核对")
    if "10X98765432"[sum(int(d) * w for d, w in zip(text[:17], _WEIGHTS, strict=True)) % 11] != text[17]:
        raise BadCell("身份证号校验位不符；请核对是否录错")
    return text


def _id_number(column: Column) -> Callable[[Any], str]:
    read = _digits("身份证号")
    return lambda value: check_id_number(read(value))


def _phone(column: Column) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = re.sub(r"[\s\-]", "", decimal_text(value, "手机号"))
        found = _PHONE.match(text)
        if not found:
            raise BadCell("手机号应为 11 位，以 1 开头；请核对")
        return found[1]

    return read


def _uscc(column: Column) -> Callable[[Any], str]:
    read = _digits("统一社会信用代码")

    def check(value: Any) -> str:
        text = read(value)
        try:
            return uscc_.validate(text)
        except ValidationError as error:
            raise BadCell("统一社会信用代码应为 18 位且校验位相符；请核对") from error

    return check


def _unit_code(column: Column) -> Callable[[Any], str]:
    read = _digits("不动产单元号")

    def check(value: Any) -> str:
        text = read(value)
        if not _UNIT_CODE.match(text):
            raise BadCell(f"不动产单元号应为 28 位（如 231202001001GB00001F00010001），收到 {len(text)} 位；请核对")
        return text

    return check


_READERS: dict[str, Callable[[Column], Callable[[Any], Any]]] = {
    "text": _text,
    "code": _code,
    "int": _number("数值", 0, units="套|户|人|层|室|个|年|月|天|次"),
    "area": _number("面积", 2, 100, units="m2|平方米|平米|平"),
    "yuan": _number("金额", 2, units="元|元整"),
    "wan": _number("金额", 6, units="万元|万"),
    "percent": _percent,
    "date": _day,
    "bool": _bool,
    "choice": _choice,
    "idnumber": _id_number,
    "phone": _phone,
    "uscc": _uscc,
    "unitcode": _unit_code,
}
