"""The leader's map: counties by a ratio, bounds as published, never edited. For staff only until it has a 审图号."""

from collections.abc import Mapping
from dataclasses import dataclass

from anju.web.countymap import Shade, outlines


@dataclass(frozen=True)
class County(Shade):
    """One county as the leader's map shows it: also whether something there is overdue."""

    late: bool

    @property
    def title(self) -> str:
        """For screen readers and on hover."""
        return f"{super().title}{'，有超期事项' if self.late else ''}"


def step_of(ratio: tuple[int, int] | None) -> int:
    """The class of blue: 0 nothing there, 1 under 50 %, 2 under 75 %, 3 under 95 %, 4 from there; compared in integers."""
    if ratio is None or ratio[1] == 0:
        return 0
    part, whole = ratio
    return 1 + sum(100 * part >= line * whole for line in (50, 75, 95))


def drawn(city: str, ratios: Mapping[str, tuple[int, int]], late: frozenset[str], url: str) -> tuple[list[County], int]:
    """The counties with their ratio (part, whole) of something; ``url`` takes the code of the county in place of ``{}``."""
    lines, height = outlines(city)
    counties = []
    for line in lines:
        ratio = ratios.get(line.code)
        value = f"{100 * ratio[0] // ratio[1]}%" if ratio and ratio[1] else "—"
        counties.append(County(line, step_of(ratio), value, url.format(line.code), line.code in late))
    return counties, height
