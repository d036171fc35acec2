"""An empty real city: regions, calendar, rates, posts, and the first administrators in three separate roles."""

import argparse
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    """``--city``."""
    parser.add_argument("--city", default="231200", help="six-digit code of the city (default 231200 绥化市)")


def run(args: argparse.Namespace) -> int:
    """Lays the city once; a second call changes nothing and says so."""
    from anju.front.commands.start import house

    house()
    from anju.base.calendar.models import Installation
    from anju.parties.setup import init_city

    found = Installation.objects.filter(id=1).first()
    if found:
        print(f"already set up: {found.get_kind_display()}, city {found.city}; nothing was changed", file=sys.stderr)
        return 0 if found.kind == Installation.REAL else 1
    titles = {"sys": "系统管理员", "sec": "安全管理员", "aud": "审计管理员"}
    for username, password in init_city(kind="real", city=args.city).items():
        print(f"{titles.get(username, '')}  {username}  {password}")
    print(
        "write these passwords down now: they are not shown again; each administrator changes theirs after the first sign-in"
    )
    return 0
