"""Lint, formats, types, import contracts, then unit, property, database and browser tests; last, what could not be run here."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
SEED = "20250005"
DEBIAN = Path("/usr/lib/postgresql")


def arguments(parser: argparse.ArgumentParser) -> None:
    """``--long`` and what is handed to pytest."""
    parser.add_argument("--long", action="store_true", help="only what takes longer: kills, long simulations, fuzzing")
    parser.add_argument("--fast", action="store_true", help="no second PostgreSQL, no types")
    parser.add_argument("rest", nargs="*", help="handed to pytest")


def run(args: argparse.Namespace) -> int:
    """0 when everything passed."""
    environment = {
        **os.environ,
        "ANJU_VAR": str(ROOT / "var" / "test"),
        "ANJU_OUT": str(ROOT / "var" / "test" / "out"),
        "PYTHONPATH": "src",
    }
    environment.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / "var" / "test" / "hypothesis"))
    missing: list[str] = []
    failed: list[str] = []
    for title, command, extra in steps(args, missing):
        started = time.monotonic()
        print(f"== {title}", flush=True)
        code = subprocess.run(command, cwd=ROOT, env={**environment, **extra}, check=False).returncode
        print(f"== {title}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
        if code:
            failed.append(title)
    for line in missing:
        print(f"not run here: {line}")
    print(f"failed: {', '.join(failed)}" if failed else "all passed")
    return 1 if failed else 0


def steps(args: argparse.Namespace, missing: list[str]) -> list[tuple[str, list[str], dict[str, str]]]:
    """(title, command, environment); what cannot be run is added to ``missing``."""
    python = sys.executable
    pytest = [python, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *args.rest]
    if not browser():
        missing.append("browser tests (no Chromium: install Debian's chromium, or run playwright install chromium)")
    if args.long:
        seed = os.environ.get("ANJU_SEED", SEED)
        print(f"ANJU_SEED={seed}: with the same seed the same dice fall again, with another others")
        return [("long tests", [*pytest, "-m", "long"], {"ANJU_SEED": seed})]
    marks = "not long" if browser() else "not long and not browser"
    found: list[tuple[str, list[str], dict[str, str]]] = [
        ("lint", [python, "-m", "ruff", "check", "src", "tests", "bench"], {}),
        ("format", [python, "-m", "ruff", "format", "--check", "src", "tests", "bench"], {}),
        ("import contracts", [str(Path(python).parent / "lint-imports"), "--no-cache"], {}),
    ]
    if not args.fast:
        found.append(("types", [python, "-m", "mypy", "--cache-dir", "var/test/mypy"], {}))
    found.append(("tests on PostgreSQL 18", [*pytest, "-m", marks], {}))
    second = debian_server()
    if args.fast:
        return found
    if second is None:
        missing.append("the database tests on PostgreSQL 15 (not installed here)")
    else:
        chosen = [
            *pytest,
            "-m",
            f"({marks}) and not browser",
            *["tests/" + name for name in DATABASE_TESTS if (ROOT / "tests" / name).exists()],
        ]
        found.append((f"database tests on PostgreSQL {second.name}", chosen, {"ANJU_PG_BIN": str(second)}))
    return found


# What speaks SQL of its own: constraints, functions, policies. The rest is the same on every server.
DATABASE_TESTS = ("base", "ledger", "offering", "needs", "parties")


def debian_server() -> Path | None:
    """The oldest other PostgreSQL on this machine."""
    found = sorted(p for p in DEBIAN.glob("1[5-7]") if (p / "bin" / "initdb").exists())
    return found[0] if found else None


def browser() -> str | None:
    """A Chromium that Playwright may drive."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    cached = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(cached[-1]) if cached else None
