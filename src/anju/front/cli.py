"""``./anju``: one subcommand per file of ``front/commands``."""

import argparse
import importlib
import os
import sys

COMMANDS = {
    "demo": "run the demonstration city's whole programme, then serve it",
    "init": "make an empty real city: regions, calendar, first administrators",
    "serve": "serve the web and run the worker",
    "stop": "end the embedded PostgreSQL",
    "import": "bring a file: import KIND FILE --as ACCOUNT --region CODE",
    "export": "write a file: export KIND",
    "verify": "verify the log, the books and the draws",
    "keys": "list the keys, or change the key of personal data while the house runs",
    "clauses": "each clause of the plan with what carries it",
    "bench": "measure and print the figures",
    "test": "lint, types, contracts, unit, property, database and browser tests",
    "shell": "a Python shell in a region's scope",
}


def main(arguments: list[str] | None = None) -> int:
    """Parse and run; the exit code."""
    parser = argparse.ArgumentParser(
        prog="./anju", description="安居: a city's programme of buying unsold homes as affordable housing"
    )
    chosen = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, line in COMMANDS.items():
        sub = chosen.add_parser(name, help=line, description=line)
        module = importlib.import_module(f"anju.front.commands.{name}_")
        module.arguments(sub)
        sub.set_defaults(run=module.run)
    args = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.front.settings")
    from anju.front.postgres import ServerProblem

    try:
        return int(args.run(args) or 0)
    except ServerProblem as problem:
        print(f"anju: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
