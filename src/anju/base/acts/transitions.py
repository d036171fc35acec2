"""One transition table per entity: a status moves along it, in an act, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from anju.base.acts.context import ActContext
from anju.base.acts.errors import Refused


@dataclass(frozen=True)
class Transitions:
    """``table`` maps a state to those it may become; ``titles`` are the words people use; ``clause`` the rule behind them."""

    titles: Mapping[str, str]
    table: Mapping[str, frozenset[str]]
    clause: str = ""
    field: str = "state"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """For a model field."""
        return list(self.titles.items())

    def move(self, row: models.Model, to: str, ctx: ActContext) -> None:
        """Move ``row`` and save that field. Raises Refused where the table has no such step."""
        self.check(row, to)
        ctx.entry.facts.setdefault("moved", {})[str(row.pk)] = [getattr(row, self.field), to]
        setattr(row, self.field, to)
        row.save(update_fields=[self.field])

    def check(self, row: models.Model, to: str) -> None:
        """Raises Refused where the row may not become ``to``."""
        now = getattr(row, self.field)
        if to not in self.table.get(now, frozenset()):
            raise Refused(
                f"当前状态为「{self.titles[now]}」，不能变为「{self.titles[to]}」；"
                f"可办：{'、'.join(self.titles[s] for s in self.table.get(now, ())) or '无'}",
                clause=self.clause,
            )
