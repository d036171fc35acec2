"""Which texts may be worded by a post, with the built-in wording of each and the whitelist of its placeholders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

MESSAGE, PAPER = "message", "paper"
TITLES = {MESSAGE: "短信", PAPER: "文书段落"}
Cases = Callable[[str], list[tuple[UUID, str]]]
Values = Callable[[UUID], Mapping[str, str]]


@dataclass(frozen=True)
class WordingKind:
    """One text. ``default`` is said where no version is in force.

    ``placeholders``: name → (what it stands for, an example). ``cases(region)`` lists real cases to preview on, ``values(id)`` gives what
    such a case puts in, masked; a placeholder that no case carries before its day (a reason to come) keeps its example.
    """

    code: str
    title: str
    kind: str
    default: str
    placeholders: Mapping[str, tuple[str, str]]
    clause: str
    cases: Cases | None = None
    values: Values | None = None

    @property
    def examples(self) -> dict[str, str]:
        """The example of each placeholder."""
        return {name: example for name, (_, example) in self.placeholders.items()}


KINDS: dict[str, WordingKind] = {}


def register(kind: WordingKind) -> WordingKind:
    """Make it known. Raises ValueError where its own default would be refused."""
    from anju.base.wordings.text import faults

    found = faults(kind, kind.default)
    if found:
        raise ValueError(f"wording {kind.code}: {found[0]}")
    KINDS[kind.code] = kind
    return kind
