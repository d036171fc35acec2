"""A Python shell in a region's scope."""

import argparse
import code


def arguments(parser: argparse.ArgumentParser) -> None:
    """``--region``."""
    parser.add_argument("--region", default="231200")


def run(args: argparse.Namespace) -> int:
    """Interactive; rolled back at the end, since changes go through acts alone."""
    from anju.front.commands.start import house

    house()
    from django.db import transaction

    from anju.base.regions import scope

    with transaction.atomic(), scope(args.region):
        code.interact(banner=f"scope {args.region}; changes only through acts; rolled back on exit", local={})
        transaction.set_rollback(True)
    return 0
