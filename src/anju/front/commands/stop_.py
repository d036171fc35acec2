"""End the embedded PostgreSQL."""

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Stops it; says so where none runs."""
    from anju.front import postgres

    print("PostgreSQL stopped" if postgres.stop() else "no embedded PostgreSQL was running")
    return 0
