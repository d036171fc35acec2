"""Measure: each figure a line with name, value, unit, against, ratio and goal."""

import argparse
import importlib
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


def arguments(parser: argparse.ArgumentParser) -> None:
    """``[NAME] [--json]``."""
    parser.add_argument("name", nargs="?", help="a file of bench/ or a figure's first word")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Runs one bench or all; seconds inform, ratios judge; a missed goal is marked, never an error.

    Of several each has a process of its own: Django is set up once in a process, on one database.
    """
    sys.path.insert(0, str(ROOT))
    names = sorted(p.stem for p in (ROOT / "bench").glob("*.py") if p.stem not in ("__init__", "core"))
    chosen = [n for n in names if not args.name or n == args.name.split(".")[0]]
    if not chosen:
        print(f"no bench {args.name}; there are: {', '.join(names)}", file=sys.stderr)
        return 1
    if len(chosen) > 1:
        one = [sys.executable, "-m", "anju.front.cli", "bench", *(["--json"] if args.json else [])]
        return max(subprocess.run([*one, name], check=False).returncode for name in chosen)
    for figure in importlib.import_module(f"bench.{chosen[0]}").run():
        print(json.dumps(asdict(figure), ensure_ascii=False) if args.json else figure.line(), flush=True)
    return 0
