"""What an act can answer instead of doing: each has a sentence for the person and data for the program."""

from collections.abc import Sequence

from anju.policy.verdict import Verdict


class Refused(Exception):
    """The act was refused; nothing changed. ``verdicts`` say why, ``sentence`` what to do next."""

    def __init__(self, sentence: str, verdicts: Sequence[Verdict] = (), clause: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.verdicts = tuple(verdicts)
        self.clause = clause


class Forbidden(Refused):
    """The post does not hold the power, or the object lies outside its region."""


class Conflict(Refused):
    """Somebody else changed the object first, or an idempotency key came back with another request."""


class InvalidInput(Refused):
    """A value that cannot be; ``field`` names it."""

    def __init__(self, sentence: str, field: str = "", clause: str = "") -> None:
        super().__init__(sentence, clause=clause)
        self.field = field
