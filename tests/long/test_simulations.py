"""The simulations and properties of the ordinary tests, with many times the examples, from one seed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from long.seeds import SEED

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]
ROOT = Path(__file__).resolve().parents[2]
# What is simulated, where, and how many times the ordinary number of examples.
SIMULATIONS = [
    ("the books under any sequence of wishes", "ledger/test_money.py", 10),
    ("schedules and interest", "ledger/test_schedules.py ledger/test_accrual.py", 20),
    ("the draw against its second implementation", "offering/test_draw.py", 15),
    ("homes on their way into the reserve", "reserve/test_reserve.py", 4),
    ("places on the waiting list under any sequence of acts", "needs/test_needs_places.py", 8),
    ("the order of the waiting list", "needs/test_needs_review.py", 10),
    ("weights and shares of a questionnaire", "needs/test_needs_demand.py", 10),
    ("price lists, cells and sealed texts", "pricing/test_prices.py base/test_cells.py base/test_secrets.py", 20),
    ("the gate, ceilings, the waterfall, parameters", "policy", 30),
]


@pytest.mark.parametrize(("what", "where", "times"), SIMULATIONS, ids=[row[0] for row in SIMULATIONS])
def test_with_many_examples(what: str, where: str, times: int) -> None:
    ended = subprocess.run(
        [
            sys.executable, "-m", "pytest", *(f"tests/{name}" for name in where.split()), "-q", "-m", "not long",
            f"--hypothesis-seed={SEED}", "-o", "timeout=1200", "-k", simulated(where),
        ],
        cwd=ROOT, env={**os.environ, "ANJU_EXAMPLES": str(times)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, f"{what}, seed {SEED}:\n{ended.stdout[-6000:]}\n{ended.stderr[-1000:]}"


def simulated(where: str) -> str:
    """The tests there that draw examples, by name: the rest has run in its own place."""
    names: list[str] = []
    paths = [ROOT / "tests" / name for name in where.split()]
    for path in (file for one in paths for file in (sorted(one.glob("test_*.py")) if one.is_dir() else [one])):
        given = False
        for line in path.read_text(encoding="utf-8").splitlines():
            given = given or line.startswith("@given")
            if line.startswith("def "):
                if given:
                    names.append(line[4:].partition("(")[0])
                given = False
    assert names, where
    return " or ".join(names)
