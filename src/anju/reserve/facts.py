"""From rows to the facts that the rules of 3.3 take; nothing is judged here."""

from collections.abc import Iterable, Mapping
from typing import Any

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.screening import FIVE, ProjectFacts, UnitFacts
from anju.reserve.models import Check, Project, Unit

BUILT = "built"
GUARDS = "guards."
UNIT_FACTS = ("gross_cm2", "use", "mortgaged", "seized", "objected", "occupied", "release_plan")


def check_items(inforce: InForce) -> dict[str, str]:
    """The checks a project needs: 现房, the five of 3.3, and the guards (两防) as the task force keeps them; item → title."""
    guards = inforce.get("guards_checklist")
    found = {BUILT: "现房（已竣工）", **FIVE}
    if not isinstance(guards, Unset):
        found |= {f"{GUARDS}{key}": title for key, title in guards.value}
    return found


def unit_facts(unit: Unit) -> UnitFacts:
    """What is known of one home."""
    return UnitFacts(**{name: getattr(unit, name) for name in UNIT_FACTS})


def unit_facts_of(row: Mapping[str, Any]) -> UnitFacts:
    """The same from a row of ``values()``."""
    return UnitFacts(**{name: row[name] for name in UNIT_FACTS})


def project_facts(project: Project, checks: Iterable[Check]) -> ProjectFacts:
    """What is known of the project; a check that nobody recorded is unknown."""
    passed = {check.item: check.passed for check in checks}
    return ProjectFacts(
        completed=passed.get(BUILT),
        five={key: passed.get(key) for key in FIVE},
        guards={item.removeprefix(GUARDS): value for item, value in passed.items() if item.startswith(GUARDS)},
        price_fits=project.price_fits,
        place_fits=project.place_fits,
    )
