"""From a text to exact fen or cm². Full-width digits and thousands commas are read; anything that would be rounded is refused."""

import unicodedata
from decimal import Decimal, InvalidOperation

MAX_FEN = 10**15


class BadNumber(ValueError):
    """Not a number that can be kept exactly; the message is for the person."""


def _decimal(text: object, what: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", str(text)).strip().replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise BadNumber(f"{what}应为数字，收到「{text}」") from error
    if not value.is_finite():
        raise BadNumber(f"{what}应为数字，收到「{text}」")
    return value


def _whole(value: Decimal, scale: int, what: str, text: object, places: int) -> int:
    scaled = value * scale
    if scaled != scaled.to_integral_value():
        raise BadNumber(f"{what}最多 {places} 位小数，收到「{text}」")
    if abs(scaled) > MAX_FEN:
        raise BadNumber(f"{what}数值过大，收到「{text}」；请核对单位")
    return int(scaled)


def parse_yuan(text: object) -> int:
    """Yuan with at most two places, as fen. Raises BadNumber."""
    return _whole(_decimal(text, "金额"), 100, "金额", text, 2)


def parse_m2(text: object) -> int:
    """Square metres with at most two places, as cm². Raises BadNumber."""
    return _whole(_decimal(text, "面积"), 100, "面积", text, 2) * 100
