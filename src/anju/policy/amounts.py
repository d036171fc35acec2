"""Exact integers as a sentence says them: ㎡ for cm², 元 for fen, % for ‰ and ‱."""

from collections.abc import Callable

AREA = "cm²"


def m2(area_cm2: int) -> str:
    """Area for a sentence, never rounded over a limit: ``120.01㎡``, and ``120.0050㎡`` where two places would hide
    the rest.
    """
    sign, area_cm2 = ("-", -area_cm2) if area_cm2 < 0 else ("", area_cm2)
    whole, rest = divmod(area_cm2, 10_000)
    return f"{sign}{whole}.{rest:04d}㎡" if rest % 100 else f"{sign}{whole}.{rest // 100:02d}㎡"


def yuan(fen: int) -> str:
    """Money for a sentence: ``1,234.50 元``."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d} 元"


def percent(part: int, whole: int) -> str:
    """A share for a sentence, cut (never rounded up) at two places: ``94.99%``."""
    hundredths = part * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def permille(value: int) -> str:
    """A ratio kept in ‰ as per cent, exactly: 150 is ``15%``, 505 is ``50.5%``."""
    return per_cent(value, 1)


def per_cent(value: int, places: int) -> str:
    """A ratio kept in the ``10**places``-th part of a per cent, exactly and without idle zeros: (375, 2) is ``3.75%``."""
    return f"{decimal(value, places)}%"


def decimal(value: int, places: int) -> str:
    """``value`` / 10**``places`` as a decimal without idle zeros."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(value, 10**places)
    tail = f"{rest:0{places}d}".rstrip("0") if rest else ""
    return f"{sign}{whole}.{tail}" if tail else f"{sign}{whole}"


# Units that nobody reads as they are kept.
_FORMS: dict[str, Callable[[int], str]] = {
    AREA: m2,
    "分": yuan,
    "分/套": lambda v: f"{yuan(v)}/套",
    "%": lambda v: f"{v}%",
    "‰": permille,
    "‰/年": lambda v: f"{permille(v)}/年",
    "‱": lambda v: per_cent(v, 2),
    "‱/年": lambda v: f"{per_cent(v, 2)}/年",
    "年": lambda v: f"{v} 年",
}


def with_unit(value: int, unit: str) -> str:
    """A whole number kept in ``unit``, as people read it."""
    form = _FORMS.get(unit)
    return form(value) if form else f"{value:,} {unit}".strip()
