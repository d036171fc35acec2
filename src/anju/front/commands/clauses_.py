"""Each clause of the plan with the rules, acts, constraints and tests that carry it."""

import argparse
import ast
from collections import defaultdict
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


def arguments(parser: argparse.ArgumentParser) -> None:
    """``--uncovered``."""
    parser.add_argument("--uncovered", action="store_true", help="only clauses carried by nothing")


def run(args: argparse.Namespace) -> int:
    """Exit code 1 with ``--uncovered`` where there is one."""
    import django

    django.setup()
    from anju.policy import clauses

    found = carriers()
    rows = [c for c in clauses.all() if not args.uncovered or not any(found[c.id].values())]
    for clause in rows:
        print(f"{clause.id}  {clause.title}（{clause.who}）")
        for kind, names in found[clause.id].items():
            if names and not args.uncovered:
                print(f"    {kind}: {'、'.join(sorted(names))}")
    return 1 if args.uncovered and rows else 0


def carriers() -> dict[str, dict[str, set[str]]]:
    """By clause: rules, acts, constraints of the database, tests."""
    from django.conf import settings

    from anju.base.acts import REGISTRY as ACTS
    from anju.policy import rules

    found: dict[str, dict[str, set[str]]] = defaultdict(
        lambda: {"规则": set(), "办理": set(), "约束": set(), "测试": set()}
    )
    for rule in rules.REGISTRY.values():
        found[rule.clause]["规则"].add(rule.name)
    for one in ACTS.values():
        found[one.clause]["办理"].add(one.name)
    for room in settings.ROOMS:
        models = ROOT / "src" / "anju" / room / "models.py"
        if models.exists():
            for constraint, clause in getattr(import_module(f"anju.{room}.models"), "CARRIES", {}).items():
                found[clause]["约束"].add(f"{room}.{constraint}")
    for clause, name in _tests():
        found[clause]["测试"].add(name)
    return found


def _tests() -> list[tuple[str, str]]:
    """(clause, test) for each ``@pytest.mark.clause`` in the tests' sources."""
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for mark in node.decorator_list:
                    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.clause":
                        found += [(ast.literal_eval(argument), node.name) for argument in mark.args]
    return found
