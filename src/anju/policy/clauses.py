"""The plan's clauses as rows: id, title, the plan's own words, who. Ids are those of the clause table: ``3.3-3`` is
三（三）-3.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Clause:
    """One row of the clause table; ``quote`` is the plan's own wording."""

    id: str
    title: str
    who: str
    quote: str


class UnknownClause(LookupError):
    """A rule or act cites a clause that the table does not have."""


@cache
def all_clauses() -> dict[str, Clause]:
    """Every row by its id, in the plan's order."""
    rows = yaml.safe_load(Path(__file__).with_name("clauses.yaml").read_text(encoding="utf-8"))
    return {row["id"]: Clause(**row) for row in rows}


def all() -> tuple[Clause, ...]:
    """Every row, in the plan's order."""
    return tuple(all_clauses().values())


def get(clause: str) -> Clause:
    """One row. Raises UnknownClause."""
    try:
        return all_clauses()[clause]
    except KeyError as error:
        raise UnknownClause(f"没有第 {clause} 条；可用：{'、'.join(all_clauses())}") from error
