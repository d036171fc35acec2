"""A price list (一房一价) from one base price: floors weigh by coefficients, the list sums to base × area to the fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

M2 = 10_000
EVEN = 1_000


@dataclass(frozen=True)
class Home:
    """What a price depends on: a name to break ties, its area, its floor."""

    name: str
    gross_cm2: int
    floor: int


def total_fen(homes: Sequence[Home], base_fen_m2: int) -> int:
    """What all homes cost together: base × area, cut to the fen."""
    return base_fen_m2 * sum(home.gross_cm2 for home in homes) // M2


def spread(homes: Sequence[Home], base_fen_m2: int, coefficients: Mapping[int, int]) -> dict[str, int]:
    """The price of each home, in fen: its share by area × coefficient (‰ by floor, 1000 where none is given).

    Cut to the fen, then the fen left over go one each to the largest remainders, ties by name: the sum is exact, whatever
    the coefficients. Raises ValueError without homes or with a coefficient, base or area that is not positive.
    """
    weights = {home.name: home.gross_cm2 * coefficients.get(home.floor, EVEN) for home in homes}
    if not homes or len(weights) < len(homes) or base_fen_m2 <= 0 or min(weights.values()) <= 0:
        raise ValueError("一房一价须有房源，且基准价、面积、楼层系数都大于 0，房源不重复")
    total, whole = total_fen(homes, base_fen_m2), sum(weights.values())
    prices = {name: total * weight // whole for name, weight in weights.items()}
    left = total - sum(prices.values())
    by_remainder = sorted(weights, key=lambda name: (-(total * weights[name] % whole), name))
    for name in by_remainder[:left]:
        prices[name] += 1
    return prices
