"""The demonstration's own work: seconds and memory of one run in a database of its own."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from bench.core import Figure

ROOT = Path(__file__).resolve().parents[1]


def run() -> list[Figure]:
    """``demo.seconds`` and ``demo.rss.mib``."""
    name = f"anju_bench_demo_{os.getpid()}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ANJU_DB": name, "ANJU_OUT": f"{folder}/out"}
        done = subprocess.run(
            [str(ROOT / "anju"), "demo", "--no-serve"], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the demonstration failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        report = json.loads(Path(folder, "out", "run.json").read_text())
    from anju.front import postgres

    postgres.drop_database(name)
    return [
        Figure("demo.seconds", report["seconds"], "s", "limit of the run's own work", report["seconds"] / 120, "≤ 120"),
        Figure("demo.rss.mib", report["rss_mib"], "MiB", "limit", report["rss_mib"] / 1536, "≤ 1536"),
    ]
