"""Write a file that a room exports."""

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """``KIND --as --region --to --why``."""
    parser.add_argument("kind")
    parser.add_argument("--as", dest="account", required=True)
    parser.add_argument("--region")
    parser.add_argument("--why", default="", help="事由；表里有个人信息的必须写")
    parser.add_argument("--to", type=Path, default=Path("out"))


def run(args: argparse.Namespace) -> int:
    """Writes it and prints its path."""
    from anju.front.commands.start import actor, house

    house()
    from anju.base.acts import Refused
    from anju.base.sheets.kinds import EXPORTS
    from anju.front.exporting import taken_out

    if args.kind not in EXPORTS:
        print(f"没有「{args.kind}」这种导出；可用：{'、'.join(sorted(EXPORTS))}", file=sys.stderr)
        return 1
    who, kind = actor(args.account, region=args.region), EXPORTS[args.kind]
    if kind.power not in who.powers:
        print(f"账号 {args.account} 没有导出「{kind.title}」的权限（{kind.power}）", file=sys.stderr)
        return 1
    try:
        with who.scope():
            name, data = taken_out(kind, who.context(), args.why)
    except Refused as refused:
        print(refused.sentence, file=sys.stderr)
        return 1
    args.to.mkdir(parents=True, exist_ok=True)
    (args.to / name).write_bytes(data)
    print(args.to / name)
    return 0
