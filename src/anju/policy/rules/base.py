"""What rules share: the registry, and short ways to answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from anju.policy import clauses
from anju.policy.parameters import Unset, Value
from anju.policy.verdict import Outcome, Verdict

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
    """Register a rule under its name and clause. Raises UnknownClause."""
    clauses.get(clause)

    def wrap(function: F) -> F:
        REGISTRY[name] = RuleDef(name, clause, title, function)
        return function

    return wrap


def answer(name: str, outcome: Outcome, *, measured: str, limit: str, sentence: str, evidence: str = "") -> Verdict:
    """A verdict of a registered rule."""
    return Verdict(name, REGISTRY[name].clause, outcome, measured, limit, sentence, evidence)


def judge(
    name: str, ok: bool, *, measured: str, limit: str, good: str, bad: str, soft: bool = False, evidence: str = ""
) -> Verdict:
    """Pass, or fail (waivable where ``soft``), with the sentence for each."""
    outcome = Outcome.PASS if ok else Outcome.WAIVABLE if soft else Outcome.FAIL
    return answer(name, outcome, measured=measured, limit=limit, sentence=good if ok else bad, evidence=evidence)


def missing(name: str, what: str, *, limit: str = "") -> Verdict:
    """Unknown: a fact is missing; says which and what to do."""
    return answer(
        name, Outcome.UNKNOWN, measured="未知", limit=limit, sentence=f"缺少「{what}」，不能判断；请补充后再办"
    )


def unset(name: str, parameter: Unset) -> Verdict:
    """Unknown: a parameter is not set."""
    return answer(name, Outcome.UNKNOWN, measured="", limit="未设定", sentence=parameter.sentence)


def tri(name: str, fact: bool | None, *, what: str, good: str, bad: str, evidence: str = "") -> Verdict:
    """A yes/no fact that may be unknown."""
    if fact is None:
        return missing(name, what)
    return judge(name, fact, measured="是" if fact else "否", limit="是", good=good, bad=bad, evidence=evidence)


def is_unset(value: Value | Unset) -> bool:
    """Whether nobody has set it."""
    return isinstance(value, Unset)


def m2(area_cm2: int) -> str:
    """Area for a sentence: ``120.01㎡``."""
    return f"{area_cm2 // 10_000}.{area_cm2 % 10_000 // 100:02d}㎡"


def yuan(fen: int) -> str:
    """Money for a sentence: ``1,234.50 元``."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d} 元"
