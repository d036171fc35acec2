"""New figures of the population, brought by a file that a second person accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from anju.base.acts import ActContext, act
from anju.base.regions import uuid7
from anju.parties.models import CensusFigure

CLAUSE = "3.2-1"


@dataclass(frozen=True)
class Figure:
    """One published figure; ``revised``: it may take the place of another value of the same year."""

    row: int
    area: str
    year: int
    name: str
    value: Decimal
    source: str
    revised: bool = False


@act(clause=CLAUSE, title="导入人口统计数据")
def take_figures(*, ctx: ActContext, figures: Sequence[Figure]) -> dict[str, Any]:
    """Take figures in: ``{"taken": n, "refused": [[row, sentence], …]}``. The same value again changes nothing.

    Another value of the same area, year and name is refused unless the row says that it is a revision; the log keeps the old one.
    """
    keys = {(one.area, one.year, one.name) for one in figures}
    rows = CensusFigure.objects.filter(area__in={area for area, _, _ in keys}).select_for_update().order_by("id")
    known = {(row.area, row.year, row.name): row for row in rows if (row.area, row.year, row.name) in keys}
    refused, items, taken = [], [], 0
    for one in figures:
        row = known.get((one.area, one.year, one.name))
        was = ""
        if row is None:
            row = CensusFigure(area=one.area, year=one.year, name=one.name)
            known[one.area, one.year, one.name] = row
        elif row.value != one.value and not one.revised:
            said = f"{one.area} {one.year} 年已有数值 {row.value.normalize():f}（{row.source}）"
            refused.append([one.row, f"{said}，没有收下；确系修订的请在“修订”列填 是"])
            continue
        else:
            was = f"{row.value} {row.source}"
        row.value, row.source = one.value, one.source
        row.save()
        taken += 1
        items.append((uuid7(), f"{one.area}|{one.year}|{one.name}|{one.value}|{one.source}|was {was}"))
    ctx.entry.facts.update(taken=taken, refused=len(refused))
    ctx.items(items)
    return {"taken": taken, "refused": refused}
