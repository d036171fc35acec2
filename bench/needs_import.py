"""A county's 100,000 rows from xlsx into a city that has 1,000,000 households already: brought, checked by the job, accepted, taken in."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.core import Figure, database

ROWS, COUNTY = 100_000, "231202"
# Three persons of each household that the city has already hold a claim.
CLAIMS = """
INSERT INTO base_claim (region, kind, person, token)
SELECT a.region, 'application', '\\x01'::bytea || sha256((a.number || '-' || p)::bytea), a.id
  FROM needs_application a, generate_series(1, 3) AS p
"""


def run() -> list[Figure]:
    """``needs.import.100k``: seconds from the file to the last row in, and the greatest memory of the process that did it."""
    from bench import needs_cells

    with database("needs_import"), tempfile.TemporaryDirectory() as folder:
        needs_cells._fill()
        with needs_cells._admin() as connection:
            connection.execute(CLAIMS)
            connection.execute("VACUUM ANALYZE base_claim")
            connection.execute("CHECKPOINT")
        path = Path(folder) / "申请.xlsx"
        _alone("write", path)
        seconds, taken, mib = _alone("take", path).split()
    what = f"{ROWS:,} rows, {int(taken):,} in; {needs_cells.HOUSEHOLDS:,} households before them"
    return [
        Figure("needs.import.100k.seconds", float(seconds), "s", what, float(seconds) / 60, "≤ 60"),
        Figure(
            "needs.import.100k.mib",
            float(mib),
            "MiB",
            "of the process that checks and takes in",
            float(mib) / 1024,
            "≤ 1024",
        ),
    ]


def _alone(step: str, path: Path) -> str:
    """A step in a process of its own, so that what one holds is not counted with the other; its last line."""
    command = [sys.executable, "-m", "bench.needs_import", step, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "ROWS": str(ROWS)})
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def write(path: Path) -> None:
    """The file, of households such as the demonstration's."""
    from bench import needs

    needs.FILE_ROWS = int(os.environ["ROWS"])
    path.write_bytes(needs._file())


def take(path: Path) -> str:
    """Bring it, check it, accept it, take it in; seconds, rows that came in, MiB."""
    started = time.perf_counter()
    done = bring(path.read_bytes())
    seconds = time.perf_counter() - started
    if done.done - len(done.refused) < int(os.environ["ROWS"]) * 95 // 100:
        raise RuntimeError(f"{done.done} rows, {len(done.refused)} refused: {done.errors[:3]} {done.refused[:3]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{seconds} {done.done - len(done.refused)} {peak}"


def bring(data: bytes) -> Any:
    """By the users' own acts and the worker's own jobs."""
    from datetime import UTC, datetime

    from anju.base.acts import REGISTRY, ActContext
    from anju.base.jobs.work import WORK
    from anju.base.regions import scope, uuid7
    from anju.base.sheets import KINDS, loads
    from anju.base.sheets.models import Load
    from anju.parties.context import parameter_book

    powers = frozenset(d.power for d in REGISTRY.values()) | {kind.power for kind in KINDS.values()}
    ctx = ActContext(
        account=uuid7(), post="intake_clerk", region=COUNTY, powers=powers, now=datetime(2026, 3, 2, 4, tzinfo=UTC),
        params=parameter_book(), demonstration=True,
    )  # fmt: skip
    key = loads.bring_file(ctx=ctx, kind="applications", name="申请.xlsx", data=data, later=True).id
    WORK["check_load"](ctx, key)
    with scope(COUNTY):
        errors = Load.objects.get(id=key).errors
    loads.accept_load(ctx=ctx, load_id=key, reasons={error["column"]: "压测" for error in errors})
    WORK["load"](ctx, key)
    with scope(COUNTY):
        return Load.objects.get(id=key)


def _main(step: str, path: Path) -> Any:
    from anju.front.commands.start import house

    house(migrate=False)
    return {"write": write, "take": take}[step](path)


if __name__ == "__main__":
    print(_main(sys.argv[1], Path(sys.argv[2])) or "")
