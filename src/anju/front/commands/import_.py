"""Bring a file as an account; validates, stores nothing yet; ``--accept`` takes the good rows where the kind needs no second person."""

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """``KIND FILE --as --region``."""
    parser.add_argument("kind")
    parser.add_argument("file", type=Path)
    parser.add_argument("--as", dest="account", required=True)
    parser.add_argument("--region")
    parser.add_argument("--post")
    parser.add_argument(
        "--accept", action="store_true", help="take the good rows now (kinds that need no second person)"
    )


def run(args: argparse.Namespace) -> int:
    """Exit code 0 all rows good, 2 some bad, 1 refused."""
    from anju.front.commands.start import actor, house

    house()
    from anju.base.acts import Refused
    from anju.base.regions import scope
    from anju.base.sheets import loads
    from anju.base.sheets.kinds import KINDS

    if args.kind not in KINDS:
        print(f"没有「{args.kind}」这种导入；可用：{'、'.join(sorted(KINDS))}", file=sys.stderr)
        return 1
    who = actor(args.account, post=args.post, region=args.region)
    try:
        load = loads.bring_file(ctx=who.context(), kind=args.kind, name=args.file.name, data=args.file.read_bytes())
        for error in load.errors:
            print(
                f"第 {error['row']} 行「{error['column']}」{error['value']}：{error['reason']}（{error['clause'] or '–'}）"
            )
        print(f"{load.good} 行可收下，{load.bad} 行有误；编号 {load.id}")
        if args.accept:
            loads.accept_load(ctx=who.context(), load_id=load.id)
            with scope(load.region):
                load = loads.run_load(who.context(), load)
            print(f"已收下 {load.done} 行，退回 {len(load.refused)} 行")
    except Refused as refused:
        print(refused.sentence, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"读不到文件 {args.file}：{error.strerror}", file=sys.stderr)
        return 1
    return 2 if load.bad or load.refused else 0
