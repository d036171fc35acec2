"""Exact values as people read them, and masks for what only some may read."""

import cn2an

from anju.policy.amounts import m2, yuan

__all__ = ["capitals", "m2", "mask_document", "mask_name", "mask_phone", "wan", "yuan"]


def wan(fen: int) -> str:
    """Money in 万元 with two places, cut: ``1,234.56 万元``."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    hundredths = fen // 10_000
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02d} 万元"


def capitals(fen: int) -> str:
    """Money as a contract writes it (人民币大写): ``壹佰元整``. Raises ValueError for a negative sum."""
    if fen < 0:
        raise ValueError(f"大写金额不能为负数，收到 {fen} 分")
    whole, rest = divmod(fen, 100)
    head = cn2an.an2cn(whole, "up") + "元" if whole else ""
    jiao, cents = divmod(rest, 10)
    digits = "零壹贰叁肆伍陆柒捌玖"
    if not rest:
        return (head or "零元") + "整"
    tail = (digits[jiao] + "角" if jiao else ("零" if whole else "")) + (digits[cents] + "分" if cents else "整")
    return head + tail


def mask_name(name: str) -> str:
    """王某某 as the public reads it: the first character, then one star each."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def mask_document(number: str) -> str:
    """Six digits of place and the last two characters."""
    return number[:6] + "*" * max(len(number) - 8, 4) + number[-2:]


def mask_phone(number: str) -> str:
    """138****5678."""
    return number[:3] + "****" + number[-4:]
