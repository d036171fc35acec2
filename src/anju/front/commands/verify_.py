"""Verify the log, the books and the draws; every fault on a line of its own."""

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when all stands."""
    from anju.front.commands.start import house

    house()
    from anju.base.calendar.days import installation
    from anju.base.regions import scope
    from anju.oversight.reads import verify_all

    with scope(installation().city):
        report = verify_all(installation().city)
    for line in report.lines:
        print(line)
    for problem in report.problems:
        print(f"✕ {problem}")
    print("all stands" if not report.problems else f"{len(report.problems)} fault(s)")
    return 1 if report.problems else 0
