"""The keys: list them, or make a new version and seal everything by it while the house runs."""

import argparse
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    """``[rotate] [--as ACCOUNT]``."""
    parser.add_argument("what", nargs="?", choices=("list", "rotate", "reseal"), default="list")
    parser.add_argument("--as", dest="account", help="the security administrator who rotates")


def run(args: argparse.Namespace) -> int:
    """0 done; 1 refused; 2 where rows were held by others: run reseal again."""
    from anju.front.commands.start import actor, house

    house()
    from anju.base.acts import Refused
    from anju.base.secrets import keys, reseal

    if args.what == "list":
        for key in keys.inventory():
            state = "current" if key.current else "old"
            print(
                f"{key.name:<12} {key.algorithm:<14} {state:<8} {key.made_on:%Y-%m-%d} {key.fingerprint}  {key.purpose}"
            )
        return 0
    if not args.account:
        print("请用 --as 写明安全管理员的账号，没有更换密钥", file=sys.stderr)
        return 1
    who = actor(args.account)
    try:
        if args.what == "rotate":
            version = reseal.change_key(ctx=who.context())
            print(f"column key version {version} is current; older ones stay until nothing is sealed by them")
        return _reseal(who)
    except Refused as refused:
        print(refused.sentence, file=sys.stderr)
        return 1


def _reseal(who: object) -> int:
    from anju.base.regions import scope
    from anju.base.secrets import reseal

    context = who.context  # type: ignore[attr-defined]
    for model, columns in reseal.sealed_columns():
        for column in columns:
            done, last = reseal.reseal(ctx=context(), table=model._meta.db_table, column=column)
            while last:
                count, last = reseal.reseal(ctx=context(), table=model._meta.db_table, column=column, after=last)
                done += count
            print(f"{model._meta.db_table}.{column}: {done}")
    with scope(context().region):
        left = reseal.left()
    print(
        "all sealed by the current key"
        if not left
        else f"{left} values are held by others just now; run ./anju keys reseal again"
    )
    return 2 if left else 0
