"""What a bench returns, and a fresh database for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One measured figure. ``ratio`` compares with ``against`` in the same run; ``goal`` is a sentence such as ``≤ 100``."""

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    goal: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one. A goal speaks of the ratio where the unit is ``ratio``, else of the value."""
        if not self.goal:
            return None
        sign, _, limit = self.goal.partition(" ")
        return self.value <= float(limit) if sign == "≤" else self.value >= float(limit)

    def line(self) -> str:
        """``name value unit against ratio goal`` with ✓ or ✕."""
        mark = {None: " ", True: "✓", False: "✕"}[self.met]
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return f"{mark} {self.name:<28} {self.value:>12.3f} {self.unit:<8} {self.against:<46} {ratio:>8} {self.goal}"


def middle(values: list[float]) -> float:
    """The median of the rounds."""
    return float(median(values))


def begin(name: str, *, template: str | None = None) -> None:
    """A database of this name with a city in it; ``template``: one that ``begin`` laid before, copied, since laying takes a while."""
    os.environ["ANJU_DB"] = name
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.front.settings")
    from anju.front import postgres

    postgres.ensure()
    postgres.make_roles()
    postgres.drop_database(name)
    if template:
        postgres.create_database(name, template=template)
    from anju.front.commands.start import house

    house()
    from anju.parties.setup import init_city

    if not template:
        init_city(kind="demonstration", city="231200")


@contextmanager
def database(name: str) -> Iterator[None]:
    """A fresh demonstration database of its own, dropped afterwards; Django is set up on it, so one per process."""
    from anju.front import postgres

    begin(f"anju_bench_{name}_{os.getpid()}", template=os.environ.get("ANJU_BENCH_TEMPLATE"))
    try:
        yield
    finally:
        from django.db import connections

        for one in connections.all():
            one.close()
            if hasattr(one, "close_pool"):
                one.close_pool()
        postgres.drop_database(os.environ["ANJU_DB"])
