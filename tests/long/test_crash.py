"""The database server killed under posting load, again and again: the books balance after it and nothing that was told is lost.

The server is a cluster of this test's own, which waits for the disk at each commit; the shared one is not touched.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from long.seeds import dice

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1200),
    pytest.mark.xdist_group("kills"),
    pytest.mark.clause("4.3-2"),
]
ROOT = Path(__file__).resolve().parents[2]
CRASHES = 6


class Cluster:
    """The test's own server, and the processes that speak to it."""

    def __init__(self, var: Path) -> None:
        self.told = var / "told"
        self.environment = {
            **os.environ, "ANJU_VAR": str(var), "ANJU_KEYS": str(var / "keys"), "ANJU_OUT": str(var / "out"), "ANJU_DB": "anju_crash",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}", "DJANGO_SETTINGS_MODULE": "anju.front.settings",
        }  # fmt: skip
        self.environment.pop("DATABASE_URL", None)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """One of ``support.crash``'s doings."""
        return subprocess.Popen(
            [sys.executable, "-m", "support.crash", *arguments],
            cwd=ROOT, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: str) -> str:
        """The same to its end. Raises AssertionError with what it said where it fails."""
        process = self.start(*arguments)
        out, said = process.communicate(timeout=600)
        assert process.returncode == 0, f"{arguments}: {out[-2000:]}{said[-4000:]}"
        return out

    def server(self, what: str) -> str:
        """``ensure`` or ``stop`` the server, or say where its data lie."""
        code = {
            "ensure": "postgres.ensure()", "stop": "postgres.stop()", "data": "print(postgres.place().data)",
        }[what]  # fmt: skip
        return subprocess.run(
            [sys.executable, "-c", f"from anju.front import postgres; {code}"],
            cwd=ROOT, env=self.environment, text=True, capture_output=True, check=True, timeout=300,
        ).stdout.strip()  # fmt: skip

    def kill(self) -> None:
        """End the server as a power cut would: its first process first, and with it all others."""
        pid = int((Path(self.server("data")) / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path / "var")
    yield found
    found.server("stop")


def told(cluster: Cluster) -> int:
    return len(cluster.told.read_text().split()) if cluster.told.exists() else 0


def test_the_books_balance_and_lose_nothing_after_each_crash_of_the_server(cluster: Cluster) -> None:
    chance = dice("crash")
    cluster.run("lay")
    for crash in range(CRASHES):
        before, posting = told(cluster), cluster.start("post", str(crash), str(cluster.told))
        end = time.monotonic() + 60
        while told(cluster) == before and posting.poll() is None:
            assert time.monotonic() < end, "nothing was posted"
            time.sleep(0.05)
        time.sleep(chance.uniform(0.05, 4))
        assert posting.poll() is None, posting.communicate()[1][-3000:]
        cluster.kill()
        _, said = posting.communicate(timeout=60)
        assert posting.returncode == 0, f"posting ended otherwise than by losing the server: {said[-3000:]}"
        cluster.server("ensure")
        print(f"crash {crash}: {cluster.run('check', str(cluster.told)).strip()}")
    assert told(cluster) > CRASHES * 20
