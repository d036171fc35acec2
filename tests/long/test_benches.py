"""Each bench runs, at a size of a few rows: what it measures is not looked at, but that it still can measure."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from anju.front import postgres

pytestmark = [pytest.mark.long, pytest.mark.timeout(600), pytest.mark.xdist_group("benches")]
ROOT = Path(__file__).resolve().parents[2]
# Bench → module → what its sizes become. The demonstration's is the number of its stages (``ANJU_DEMO_STAGES``).
SIZES: dict[str, dict[str, dict[str, float]]] = {
    "act": {"act": {"THREADS": 2, "ROUNDS": 1, "REQUESTS": 2}},
    "demo": {},
    "draw": {"draw": {"ENTRANTS": 60, "HOMES": 6, "ROUNDS": 1}},
    "ledger": {"ledger": {"CONNECTIONS": 2, "ROUNDS": 1, "SECONDS": 0.2, "BOOKS": 4}},
    "list": {"list": {"ROWS": 300, "SMALL": 100, "ROUNDS": 1}},
    "needs": {"needs": {"ROWS": 120, "OTHERS": 540, "FILE_ROWS": 60, "ROUNDS": 1}},
    "needs_cells": {"needs_cells": {"HOUSEHOLDS": 500, "ROUNDS": 1}},
    "needs_import": {"needs_import": {"ROWS": 120}, "needs_cells": {"HOUSEHOLDS": 500}},
    "needs_submit": {"needs_submit": {"THREADS": 2, "ROUNDS": 1, "REQUESTS": 2, "WARM": 1}},
    "reserve": {"reserve": {"PROJECTS": 2}},
    "sheets": {"sheets": {"ROWS": 300}},
}
RUN = """
import importlib, json, sys
name, sizes = sys.argv[1], json.loads(sys.argv[2])
for module, named in sizes.items():
    for constant, value in named.items():
        assert hasattr(importlib.import_module(f"bench.{module}"), constant), f"bench.{module} has no {constant}"
        setattr(importlib.import_module(f"bench.{module}"), constant, value)
print(json.dumps([[figure.name, figure.value, figure.line()] for figure in importlib.import_module(f"bench.{name}").run()]))
"""


def _alone(*arguments: str, template: str = "") -> str:
    """In a process of its own, as ``./anju bench`` runs them: Django is set up once in a process, on one database."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "ANJU_BENCH_TEMPLATE": template,
        "ANJU_DEMO_STAGES": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", *arguments], cwd=ROOT, env=environment, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, f"{arguments[1:]}\n{done.stdout[-1000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def template() -> Iterator[str]:
    """The schema and the city, laid once for all of them."""
    name = f"anju_bench_template_{os.getpid()}"
    _alone(f"from bench.core import begin; begin({name!r})")
    yield name
    postgres.drop_database(name)


def test_every_bench_is_run_here() -> None:
    names = {path.stem for path in (ROOT / "bench").glob("*.py")} - {"__init__", "core"}
    assert names == set(SIZES)


@pytest.mark.parametrize("name", SIZES)
def test_a_bench_still_measures(name: str, template: str) -> None:
    said = _alone(RUN, name, json.dumps(SIZES[name]), template=template)
    figures = json.loads(said.strip().splitlines()[-1])
    assert figures, "a bench without figures measures nothing"
    for figure, value, line in figures:
        assert value > 0 and figure in line
        assert figure.split(".")[0] in (name.split("_")[0], "planning", "papers")
