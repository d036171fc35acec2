"""Run the demonstration city's whole programme, then serve it."""

import argparse
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    """``--no-serve``, ``--host``, ``--port``."""
    parser.add_argument("--no-serve", action="store_true", help="end after the run")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


def run(args: argparse.Namespace) -> int:
    """Begins the same city afresh; refuses a database that holds anything not labelled 合成."""
    from anju.front import postgres
    from anju.front.commands.serve_ import said_taken, serve

    postgres.ensure()
    postgres.make_roles()
    if not args.no_serve and said_taken(args.host, args.port):
        return 1
    name = postgres.database_name()
    if postgres.database_exists(name):
        why = _not_ours(name)
        if why:
            print(f"anju: database {name} {why}; ./anju demo begins afresh only what it made itself. "
                  "Use another database: ANJU_DB=anju_demo ./anju demo", file=sys.stderr)  # fmt: skip
            return 1
        postgres.drop_database(name)
    from anju.front.commands.start import house

    postgres.create_database(name)
    postgres.hurry(name)
    house()
    from anju.front.demo.core import run_programme

    run_programme()
    if args.no_serve:
        return 0
    return serve(args.host, args.port)


def _not_ours(name: str) -> str:
    """Why the database may not be emptied; empty where everything in it is labelled 合成."""
    import psycopg

    from anju.front import postgres

    with psycopg.connect(**postgres.admin_settings(name)) as connection:
        tables = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        if not tables:
            return ""
        if "base_installation" not in tables:
            return "holds tables that are not anju's"
        kinds = [row[0] for row in connection.execute("SELECT kind FROM base_installation")]
        if kinds not in ([], ["demonstration"]):
            return "is a real city's"
        if not kinds and connection.execute("SELECT 1 FROM base_act LIMIT 1").fetchone():
            return "holds acts but does not say that they are 合成"
    return ""
