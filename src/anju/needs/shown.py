"""The analysis ready to show (3.2): bars, tables and sentences from cells and facts, the same for page, sheet and paper."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anju.base.numbers import yuan
from anju.needs import dropouts, snapshot_rows
from anju.needs.models import PROGRAMMES, TENURES, Chance

PROGRAMME, TENURE, STAGE = dict(PROGRAMMES), dict(TENURES), dict(Chance.STAGES)
SHORT = {"sale": "配售", "affordable_rental": "保租房", "public_rental": "公租房", "": "未分类"}
BARS = 12


@dataclass(frozen=True)
class Bar:
    """A line of a chart: its words, the households, the width in thousandths of the longest."""

    title: str
    value: int
    width: int


def bars(values: Iterable[tuple[str, int]]) -> list[Bar]:
    """Bars for a server-drawn chart."""
    found = list(values)
    most = max((value for _, value in found), default=0)
    return [Bar(title, value, 1000 * value // most if most else 0) for title, value in found]


def area_words(cm2: int) -> str:
    """``80—90 ㎡``."""
    return f"{cm2 // 10_000}—{cm2 // 10_000 + 10} ㎡"


def price_words(tenure: str, fen: int | None) -> str:
    """``30—35 万元`` of a total price, ``600—700 元/月`` of rent."""
    if fen is None:
        return "未记录"
    if tenure == "rent":
        return f"{fen // 100}—{fen // 100 + 100} 元/月"
    return f"{fen // 1_000_000}—{fen // 1_000_000 + 5} 万元"


def kind_words(cell: Any) -> str:
    """``配售 2 室 80—90 ㎡``."""
    return f"{SHORT[cell.programme]} {cell.rooms} 室 {area_words(cell.area_band_cm2)}"


def sums(found: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, int]:
    """First wishes by something, most first: of cells only first wishes add up."""
    totals: dict[Any, int] = defaultdict(int)
    for cell in found:
        totals[key(cell)] += cell.first_wishes
    return dict(sorted(totals.items(), key=lambda pair: (-pair[1], str(pair[0]))))


def charts(found: Sequence[Any], names: Mapping[str, str]) -> dict[str, Any]:
    """By county, by kind of home, by price: what a page draws."""
    counties = sums(found, lambda c: names.get(c.county, c.county))
    kinds = sums(found, kind_words)
    prices = {
        tenure: sorted(sums((c for c in found if c.tenure == tenure), lambda c: c.price_band_fen or 0).items())
        for tenure in TENURE
    }
    return {
        "counties_bars": bars(counties.items()), "top": next(iter(counties), ""),
        "kinds_bars": bars(list(kinds.items())[:BARS]), "kinds_more": max(0, len(kinds) - BARS), "kinds_top": next(iter(kinds), ""),
        "sale_bars": bars((price_words("sale", fen), value) for fen, value in prices["sale"]),
        "rent_bars": bars((price_words("rent", fen), value) for fen, value in prices["rent"]),
    }  # fmt: skip


def table(found: Iterable[Any], names: Mapping[str, str]) -> list[list[Any]]:
    """The cells as rows: county, programme, tenure, rooms, area, price, households, first wishes."""
    return [
        [
            names.get(c.county, c.county), PROGRAMME.get(c.programme, "未分类"), TENURE[c.tenure], c.rooms, area_words(c.area_band_cm2),
            price_words(c.tenure, c.price_band_fen), c.households, c.first_wishes,
        ]
        for c in found
    ]  # fmt: skip


@dataclass(frozen=True)
class RealLine:
    """One programme: on the list, confirmed lately, able to pay by what is known."""

    title: str
    qualified: int
    confirmed: int | None
    able: int
    unable: int
    unknown: int

    @property
    def confirmed_words(self) -> str:
        """Or that nobody has set how long a confirmation holds."""
        return "未设定有效期" if self.confirmed is None else f"{self.confirmed:,}"


def real_lines(facts: Mapping[str, Any], county: str = "") -> list[RealLine]:
    """By programme, and all together last; of a county's own households where one is named."""
    rows = [row for row in facts.get("realness", ()) if not county or row["region"] == county]
    found = [_real(SHORT[code], [row for row in rows if row["programme"] == code]) for code in PROGRAMME]
    return [*(line for line in found if line.qualified), _real("合计", rows)]


def _real(title: str, rows: Sequence[Mapping[str, Any]]) -> RealLine:
    sure = [row["confirmed"] for row in rows]
    confirmed = None if not rows or any(one is None for one in sure) else sum(sure)
    return RealLine(title, *(sum(row["qualified"] for row in rows),), confirmed, *(
        sum(row[name] for row in rows) for name in ("able", "unable", "unknown")
    ))  # fmt: skip


def unserved(facts: Mapping[str, Any], names: Mapping[str, str], county: str = "") -> list[tuple[str, str, str, int]]:
    """(county, why, clause, wishes)."""
    return [
        (names.get(row["county"], row["county"]), row["why"], row["clause"], row["wishes"])
        for row in facts.get("unserved", ())
        if not county or row["county"] == county
    ]


def rates(facts: Mapping[str, Any]) -> list[tuple[str, str, dropouts.Rate]]:
    """(programme, stage, rate) that other rooms reported; empty where there is no history."""
    found = [dropouts.Rate(**row) for row in facts.get("dropouts", ())]
    return [(SHORT[rate.programme], STAGE[rate.stage], rate) for rate in found]


def months(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Month by month: came, left, on the list at its end; with widths for a chart."""
    rows = facts.get("months", ())
    most = max((left for *_, left in rows), default=0)
    return [
        {"month": month, "came": came, "went": went, "left": left, "width": 1000 * left // most if most else 0}
        for month, came, went, left in rows
    ]


def few(count: int) -> str:
    """A number for a paper that may go further: one that is too small to hide anybody in is not said."""
    return f"不足 {snapshot_rows.FEW}" if 0 < count < snapshot_rows.FEW else f"{count:,}"


def ceiling(fen: int) -> str:
    """A ceiling in words."""
    return yuan(fen)


@dataclass(frozen=True)
class Change:
    """One cell of two snapshots whose first wishes differ."""

    title: str
    before: int
    after: int

    @property
    def by(self) -> str:
        """``+3``."""
        return f"{self.after - self.before:+,}" if self.after != self.before else "不变"


def compared(old: Sequence[Any], new: Sequence[Any], key: Callable[[Any], Any]) -> list[Change]:
    """First wishes by something in two snapshots, the largest changes first."""
    before, after = sums(old, key), sums(new, key)
    found = [Change(str(title), before.get(title, 0), after.get(title, 0)) for title in {**before, **after}]
    return sorted(found, key=lambda c: (-abs(c.after - c.before), c.title))
