"""The programmes (住房类别) as a county keeps them: title, tenure, whether it takes applications, how it orders; dated, with their source.

All of it is parameters: proposed by one person, in force once another confirms, by county before city.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from anju.base.acts import Refused
from anju.needs.models import PROGRAMMES
from anju.policy.catalogue import Parameter, catalogue
from anju.policy.parameters import InForce, Unset, Value
from anju.policy.rules.eligibility import taken_in
from anju.policy.verdict import Outcome

TITLES = dict(PROGRAMMES)
TITLE, TENURE, OPEN, ORDER = "programme_title", "programme_tenure", "programme_open", "order_method"
# What is not asked of a household but says how the programme is run; the rest of what is kept by programme are its conditions.
RUN = (TITLE, TENURE, OPEN, "national_only", ORDER)


@dataclass(frozen=True)
class Line:
    """One value that is kept by programme: None in ``value`` while nobody has set it."""

    parameter: Parameter
    value: Any
    since: date | None
    source: str
    layer: str

    @property
    def is_set(self) -> bool:
        """Whether somebody has set it."""
        return self.since is not None


def title_of(programme: str, inforce: InForce) -> str:
    """What the county calls it; the national name where nobody says otherwise."""
    found = inforce.get(TITLE, programme)
    return TITLES[programme] if isinstance(found, Unset) else str(found.value)


def tenure_of(programme: str, inforce: InForce) -> str:
    """``sale`` or ``rent``. Raises Refused while nobody has set it: neither is taken for granted."""
    found = inforce.get(TENURE, programme)
    if isinstance(found, Unset):
        raise Refused(f"{TITLES[programme]}：{found.sentence}", clause=found.clause)
    return str(found.value)


def of_tenure(tenure: str, inforce: InForce) -> list[str]:
    """The programmes of a tenure, in their order."""
    found = ((code, inforce.get(TENURE, code)) for code in TITLES)
    return [code for code, value in found if isinstance(value, Value) and value.value == tenure]


def not_open(programme: str, inforce: InForce) -> str:
    """Why a new application is not taken in; empty where the programme is open. Unknown is not open."""
    found = taken_in(programme, inforce)
    return "" if found.outcome is Outcome.PASS else f"{title_of(programme, inforce)}：{found.sentence}"


def run_of(programme: str, inforce: InForce) -> list[Line]:
    """How the programme is run."""
    return [_line(catalogue()[name], programme, inforce) for name in RUN]


def conditions_of(programme: str, inforce: InForce) -> list[Line]:
    """What the programme asks of a household: whatever else is kept by programme, set or open."""
    return [_line(p, programme, inforce) for p in kept_by_programme() if p.name not in RUN]


def kept_by_programme() -> Iterator[Parameter]:
    """Every parameter whose value is each programme's own."""
    return (p for p in catalogue().values() if p.by == "programme")


def _line(parameter: Parameter, programme: str, inforce: InForce) -> Line:
    found = inforce.get(parameter.name, programme)
    if isinstance(found, Unset):
        return Line(parameter, None, None, "", "")
    return Line(parameter, found.value, found.valid_from, found.source, found.layer)
