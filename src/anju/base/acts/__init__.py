"""Acts (办理事项): state changes only inside one, held by the database. See ``sql/acts.sql``."""

from .act import REGISTRY, ActDef, act, canonical
from .context import ActContext, Entry
from .errors import Conflict, Forbidden, InvalidInput, Refused
from .transitions import Transitions

__all__ = [
    "REGISTRY", "ActContext", "ActDef", "Conflict", "Entry", "Forbidden", "InvalidInput", "Refused", "Transitions", "act",
    "canonical",
]  # fmt: skip
