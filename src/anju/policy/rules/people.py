"""Numbers that people and things carry: ID number, USCC, real-estate unit code, mobile phone."""

import re
from datetime import date
from functools import cache, lru_cache

from stdnum import numdb
from stdnum.cn import ric, uscc

from anju.policy.rules.base import judge, missing, rule
from anju.policy.verdict import Verdict

# GB/T 37346: county 6, cadastral area 3, sub-area 3, parcel feature 2 and number 5, fixture feature 1 and number 8.
UNIT_CODE = re.compile(r"[0-9]{12}[GJZ][A-Z][0-9]{5}[FLQW][0-9]{8}")
ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
MOBILE = re.compile(r"1[3-9][0-9]{9}")


def normal(text: str) -> str:
    """As stored: no blanks or hyphens, capitals."""
    if text.isalnum() and text.isascii():
        return text.upper()
    return re.sub(r"[\s-]", "", text).upper()


def birthday(id_number: str) -> date | None:
    """The birthday in an ID number; None where the number is not valid.

    The place need only be a code that was ever in force: numbers were first given in 1984, so that people born earlier
    carry a code younger than they are.
    """
    return _birthday(normal(id_number))


# A file's number is asked for by the cell, the household and the row: worked out once while it is at hand.
@lru_cache(maxsize=4096)
def _birthday(number: str) -> date | None:
    if not ID_NUMBER.fullmatch(number) or ric.calc_check_digit(number) != number[-1] or not _known_place(number[:6]):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


@cache
def _known_place(code: str) -> bool:
    return any("county" in facts for _, facts in numdb.get("cn/loc").info(code))


@rule("3.2-0-id-number", clause="3.2-0", title="身份证号码")
def id_number(text: str, on: date) -> Verdict:
    """GB 11643: 18 characters, a known place, a day not after ``on``, a right check digit. The number is not shown in
    full.
    """
    name, number = "3.2-0-id-number", normal(text)
    if not number:
        return missing(name, "身份证号码", limit="18 位")
    born = birthday(number)
    return judge(
        name,
        born is not None and born <= on,
        measured=f"{number[:6]}…{number[-2:]}（{len(number)} 位）",
        limit="18 位，校验码相符",
        good="身份证号码有效",
        bad=f"身份证号码 {number[:6]}…{number[-2:]} 的位数、地区、出生日期或校验码不符；请对照原件更正",
    )


@rule("3.1-1-uscc", clause="3.1-1", title="统一社会信用代码")
def credit_code(text: str) -> Verdict:
    """GB 32100: 18 characters with a right check character."""
    code = normal(text)
    if not code:
        return missing("3.1-1-uscc", "统一社会信用代码", limit="18 位")
    return judge(
        "3.1-1-uscc",
        uscc.is_valid(code),
        measured=code,
        limit="18 位，校验码相符",
        good="统一社会信用代码有效",
        bad=f"统一社会信用代码 {code} 的位数或校验码不符；请对照营业执照更正",
    )


@rule("3.3-1-unit-code", clause="3.3-1", title="不动产单元代码")
def unit_code(text: str, county: str = "") -> Verdict:
    """GB/T 37346: 28 characters in seven layers, a home is a fixture F; ``county`` is where it stands, where that is
    known.
    """
    name, code = "3.3-1-unit-code", normal(text)
    limit = f"28 位，{county or '县级区划代码'}开头，定着物特征码 F"
    if not code:
        return missing(name, "不动产单元代码", limit=limit)
    fits = UNIT_CODE.fullmatch(code) is not None and code[19] == "F" and code.startswith(county)
    return judge(
        name,
        fits,
        measured=f"{code}（{len(code)} 位）",
        limit=limit,
        good="不动产单元代码有效",
        bad=f"不动产单元代码 {code} 应为{limit}；请对照不动产权证或楼盘表更正",
    )


@rule("3.2-0-phone", clause="3.2-0", title="手机号码")
def phone(text: str) -> Verdict:
    """A mainland mobile number, since messages go to it; +86 is dropped. Not shown in full."""
    number = mobile(text)
    if not number:
        return missing("3.2-0-phone", "手机号码", limit="11 位")
    return judge(
        "3.2-0-phone",
        MOBILE.fullmatch(number) is not None,
        measured=f"{number[:3]}…（{len(number)} 位）",
        limit="1 开头的 11 位",
        good="手机号码有效",
        bad=f"手机号码 {number[:3]}…（{len(number)} 位）应为 1 开头的 11 位数字；请核对后更正",
    )


def mobile(text: str) -> str:
    """As stored: digits, no +86."""
    return re.sub(r"^(\+?86)(?=1[0-9]{10}$)", "", normal(text))
