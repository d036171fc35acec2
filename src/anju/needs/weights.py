"""Post-stratification of a questionnaire to the census (3.2.1), in integers: households in millionths.

A stratum is county × age band × household size (one person, more). The census publishes households by size and persons by age for a
county, not both at once; so a county's households of each size are split by the ages of its adults, as if independent. That is an
assumption, and the page says so. An empty stratum is merged with its neighbour and named; a county without answers stays uncovered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anju.needs.models import AGE_BANDS

PPM = 1_000_000
BANDS = tuple(code for code, _ in AGE_BANDS)
ONE, MORE = "1", "2+"
SIZES = (ONE, MORE)
# The census's five-year groups of each band.
GROUPS: dict[str, tuple[str, ...]] = {
    "20-34": ("20到24岁", "25到29岁", "30到34岁"),
    "35-59": ("35到39岁", "40到44岁", "45到49岁", "50到54岁", "55到59岁"),
    "60+": ("60到64岁", "65到69岁", "70到74岁", "75到79岁", "80到84岁", "85岁以上"),
}
Cell = tuple[str, str, str]


class NoCensus(LookupError):
    """A county's census figures are not entered: nothing is weighted by a guess."""


@dataclass(frozen=True)
class Respondent:
    """One answer's stratum; ``share``: how much of an answer it is, in millionths (less where one browser answers often)."""

    key: Any
    county: str
    age_band: str
    household_size: int
    share: int = PPM

    @property
    def cell(self) -> Cell:
        """County, age band, size class."""
        return self.county, self.age_band, ONE if self.household_size == 1 else MORE


@dataclass
class Weighing:
    """Weights in millionths of a household; ``merged`` strata in words, ``uncovered`` counties without an answer."""

    weights: dict[Any, int] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)


def split(total: int, parts: Sequence[int]) -> list[int]:
    """An integer split in proportion to ``parts``, to the unit: the largest remainders get what is left over."""
    whole = sum(parts)
    if whole <= 0:
        raise NoCensus("年龄构成合计为 0，不能加权；请核对人口普查数据")
    shares = [total * part // whole for part in parts]
    rest = sorted(range(len(parts)), key=lambda i: (-(total * parts[i] % whole), i))
    for index in rest[: total - sum(shares)]:
        shares[index] += 1
    return shares


def targets(county: str, figures: Mapping[str, int]) -> dict[Cell, int]:
    """Households of each stratum of a county, in millionths. ``figures`` by the census columns' names. Raises NoCensus."""
    try:
        single, every = figures["single_hh"], figures["households"]
        adults = [sum(figures[f"{sex}_{group}"] for group in GROUPS[band] for sex in ("男", "女")) for band in BANDS]
    except KeyError as error:
        raise NoCensus(f"{county} 缺少人口普查数据「{error.args[0]}」，不能加权；请先导入") from error
    found = {}
    for size, count in ((ONE, single), (MORE, every - single)):
        for band, share in zip(BANDS, split(count * PPM, adults), strict=True):
            found[county, band, size] = share
    return found


def weigh(answers: Iterable[Respondent], figures: Mapping[str, Mapping[str, int]]) -> Weighing:
    """Weights that add up to the census's households of every county that answered. ``figures`` by county."""
    found, cells = Weighing(), _by_cell(answers)
    for county, known in sorted(figures.items()):
        mine = {cell: rows for cell, rows in cells.items() if cell[0] == county}
        if not mine:
            found.uncovered.append(county)
            continue
        for cell, total in _merged(county, targets(county, known), set(mine), found.merged).items():
            rows = mine[cell]
            for row, weight in zip(rows, split(total, [row.share for row in rows]), strict=True):
                found.weights[row.key] = weight
    stray = sorted({cell[0] for cell in cells} - set(figures))
    if stray:
        raise NoCensus(f"{'、'.join(stray)} 没有人口普查数据，不能加权；请先导入")
    return found


def _by_cell(answers: Iterable[Respondent]) -> dict[Cell, list[Respondent]]:
    cells: dict[Cell, list[Respondent]] = {}
    for answer in sorted(answers, key=lambda a: str(a.key)):
        cells.setdefault(answer.cell, []).append(answer)
    return cells


def _merged(county: str, wanted: dict[Cell, int], filled: set[Cell], notes: list[str]) -> dict[Cell, int]:
    """The strata with answers, each with the households of the empty ones next to it."""
    totals = dict.fromkeys(filled, 0)
    for cell, households in wanted.items():
        home = _nearest(cell, filled)
        totals[home] += households
        if home != cell:
            notes.append(f"{county}：{_words(cell)} 并入 {_words(home)}")
    return totals


def _nearest(cell: Cell, filled: set[Cell]) -> Cell:
    """The same size first, then the nearest age, the younger of two equally near."""
    county, band, size = cell

    def distance(other: Cell) -> tuple[int, int, int]:
        return int(other[2] != size), abs(BANDS.index(other[1]) - BANDS.index(band)), BANDS.index(other[1])

    return min((other for other in filled if other[0] == county), key=distance)


def _words(cell: Cell) -> str:
    return f"{dict(AGE_BANDS)[cell[1]]}、{'一人户' if cell[2] == ONE else '二人以上户'}"


def effective(weights: Iterable[int]) -> int:
    """Kish's effective sample size, (Σw)² ÷ Σw², to the nearest whole number. 0 without answers."""
    known = list(weights)
    squares = sum(weight * weight for weight in known)
    return (2 * sum(known) ** 2 + squares) // (2 * squares) if squares else 0
