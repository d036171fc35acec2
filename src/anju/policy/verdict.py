"""Verdicts: what a rule answers. Unknown never passes; only what the plan says 原则上 may be waived."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """pass 通过, fail 不通过, waivable 可豁免 (原则上), unknown 待查 (a fact or parameter is missing)."""

    PASS = "pass"
    FAIL = "fail"
    WAIVABLE = "waivable"
    UNKNOWN = "unknown"


ORDER = {Outcome.PASS: 0, Outcome.WAIVABLE: 1, Outcome.UNKNOWN: 2, Outcome.FAIL: 3}
TITLES = {Outcome.PASS: "通过", Outcome.FAIL: "不通过", Outcome.WAIVABLE: "可豁免", Outcome.UNKNOWN: "待查"}


@dataclass(frozen=True)
class Verdict:
    """One rule's answer: what was measured, against which limit, and one sentence a clerk can read.

    ``evidence`` names what it was judged by: a document, or the version of the parameter in force.
    """

    rule: str
    clause: str
    outcome: Outcome
    measured: str
    limit: str
    sentence: str
    evidence: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a log entry or a JSON column."""
        return {**asdict(self), "outcome": self.outcome.value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Verdict":
        """The verdict that ``as_dict`` wrote."""
        return cls(**{**data, "outcome": Outcome(data["outcome"])})

    @property
    def title(self) -> str:
        """The outcome in words."""
        return TITLES[self.outcome]


def passed(rule: str, clause: str, *, measured: str, limit: str, sentence: str, evidence: str = "") -> Verdict:
    """The rule holds."""
    return Verdict(rule, clause, Outcome.PASS, measured, limit, sentence, evidence)


def failed(rule: str, clause: str, *, measured: str, limit: str, sentence: str, evidence: str = "") -> Verdict:
    """The rule does not hold and nobody may waive it."""
    return Verdict(rule, clause, Outcome.FAIL, measured, limit, sentence, evidence)


def waivable(rule: str, clause: str, *, measured: str, limit: str, sentence: str, evidence: str = "") -> Verdict:
    """The rule does not hold; the plan says 原则上, so a named post may waive it with a reason."""
    return Verdict(rule, clause, Outcome.WAIVABLE, measured, limit, sentence, evidence)


def unknown(
    rule: str, clause: str, *, measured: str = "未知", limit: str = "", sentence: str, evidence: str = ""
) -> Verdict:
    """A fact or a parameter is missing: the case waits."""
    return Verdict(rule, clause, Outcome.UNKNOWN, measured, limit, sentence, evidence)


def worst(found: Iterable[Verdict]) -> Outcome:
    """The worst outcome; an empty list is unknown, since nothing was judged."""
    return max((v.outcome for v in found), key=ORDER.__getitem__, default=Outcome.UNKNOWN)


def blocks(found: Iterable[Verdict], waivers: frozenset[str] = frozenset()) -> tuple[Verdict, ...]:
    """Those that stop an act: fail and unknown always, waivable unless its rule was waived."""
    return tuple(v for v in found if _stops(v, waivers))


def _stops(verdict: Verdict, waivers: frozenset[str]) -> bool:
    if verdict.outcome is Outcome.WAIVABLE:
        return verdict.rule not in waivers
    return verdict.outcome is not Outcome.PASS
