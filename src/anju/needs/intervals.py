"""Intervals of shares (Wilson, 95 %), in integers: a share of an estimate is never shown without how far it may be off."""

from fractions import Fraction
from math import isqrt

Z_SQUARED = Fraction(38416, 10_000)  # 1.96²
DIGITS = 10**9


def wilson(part: int, whole: int, size: int, *, scale: int = 1000) -> tuple[int, int]:
    """The 95 % interval of the share ``part`` ÷ ``whole`` seen in a sample of (effective) ``size``, cut outwards to ‰.

    Raises ValueError for a share that is none, or an empty sample: nothing is said of nobody.
    """
    if not 0 <= part <= whole or whole <= 0 or size <= 0:
        raise ValueError(f"{part} of {whole} in a sample of {size} has no interval")
    share, n = Fraction(part, whole), Fraction(size)
    centre = share + Z_SQUARED / (2 * n)
    under = Z_SQUARED * (share * (1 - share) / n + Z_SQUARED / (4 * n * n))
    half = _root(under)
    divisor = 1 + Z_SQUARED / n
    low = max(Fraction(0), (centre - half) / divisor)
    high = min(Fraction(1), (centre + half) / divisor)
    return _floor(low * scale), -_floor(-high * scale)


def _root(value: Fraction) -> Fraction:
    """The square root, a little too large rather than too small."""
    return Fraction(isqrt(value.numerator * DIGITS * DIGITS // value.denominator) + 1, DIGITS)


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator
