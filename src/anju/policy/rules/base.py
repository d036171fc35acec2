"""What rules share: the registry, and short ways to answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from anju.policy import clauses, verdict
from anju.policy.amounts import m2 as m2
from anju.policy.amounts import percent as percent
from anju.policy.amounts import permille as permille
from anju.policy.amounts import yuan as yuan
from anju.policy.parameters import Unset, Value
from anju.policy.verdict import Verdict

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class RuleDef:
    """One rule as ``./anju clauses`` lists it."""

    name: str
    clause: str
    title: str
    function: Callable[..., Any]


REGISTRY: dict[str, RuleDef] = {}


def rule(name: str, *, clause: str, title: str) -> Callable[[F], F]:
    """Register a rule under its name, which begins with its clause. Raises UnknownClause, or ValueError for a name
    taken or ill-formed.
    """
    clauses.get(clause)
    if name in REGISTRY or not name.startswith(f"{clause}-"):
        raise ValueError(f"rule {name}: taken, or does not begin with its clause {clause}")

    def wrap(function: F) -> F:
        REGISTRY[name] = RuleDef(name, clause, title, function)
        return function

    return wrap


def by_clause(clause: str) -> list[RuleDef]:
    """The rules that carry a clause, by name. Raises UnknownClause."""
    clauses.get(clause)
    return sorted((r for r in REGISTRY.values() if r.clause == clause), key=lambda r: r.name)


def judge(
    name: str, ok: bool, *, measured: str, limit: str, good: str, bad: str, soft: bool = False, by: Value | None = None
) -> Verdict:
    """Pass, or fail (waivable where ``soft``), with the sentence for each. ``by`` is the parameter that it was judged
    by.
    """
    answer = verdict.passed if ok else verdict.waivable if soft else verdict.failed
    evidence = by.version if by else ""
    return answer(
        name, REGISTRY[name].clause, measured=measured, limit=limit, sentence=good if ok else bad, evidence=evidence
    )


def missing(name: str, what: str, *, limit: str = "") -> Verdict:
    """Unknown: a fact is missing; says which and what to do."""
    return verdict.unknown(name, REGISTRY[name].clause, limit=limit, sentence=f"缺少「{what}」，不能判断；请补充后再办")


def unset(name: str, parameter: Unset) -> Verdict:
    """Unknown: a parameter is not set."""
    return verdict.unknown(name, REGISTRY[name].clause, measured="未判断", limit="未设定", sentence=parameter.sentence)


def tri(name: str, fact: bool | None, *, what: str, good: str, bad: str) -> Verdict:
    """A yes/no fact that may be unknown."""
    if fact is None:
        return missing(name, what, limit="是")
    return judge(name, fact, measured="是" if fact else "否", limit="是", good=good, bad=bad)
