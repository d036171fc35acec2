"""The plan's rules: pure functions of facts and of the parameters in force on a day. Importing this fills the
registry.
"""

from anju.policy.rules import (
    acquirer,
    assessment,
    contracts,
    eligibility,
    gate,
    money,
    offering,
    people,
    pricing,
    rooms,
    screening,
    verification,
)
from anju.policy.rules.base import REGISTRY, RuleDef, by_clause, rule

__all__ = [
    "REGISTRY",
    "RuleDef",
    "acquirer",
    "assessment",
    "by_clause",
    "contracts",
    "eligibility",
    "gate",
    "money",
    "offering",
    "people",
    "pricing",
    "rooms",
    "rule",
    "screening",
    "verification",
]
