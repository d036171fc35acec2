"""The employer's sheet (用人单位集体申报表): our applications sheet with the reference of each employee's consent paper."""

from typing import Any

from anju.base.acts import ActContext
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.needs import imports
from anju.needs.acts.employers import Entered, put_in_entries
from anju.needs.entrance import closed
from anju.needs.households import faults, places_of

CLAUSE = "3.2-0"
CONSENT = Column(
    "授权书编号", "consent", "text", note=f"职工本人签字的授权书编号，{imports.ON_APPLICANT}", clause=CLAUSE, longest=60
)
OWN = ("score", "accepted_on")
COLUMNS = (CONSENT, *(column for column in imports.COLUMNS if column.field not in OWN))


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """What the cells cannot say: the consent paper, the household as a whole, whether this way in is open.

    Whether a person stands in another application is not told to an employer: the clerk learns it.
    """
    inforce, places, problems = ctx.inforce(), places_of(ctx.region), []
    for family in imports.families_of(rows).values():
        head = imports.head_of(family)
        found = list(imports.missing_of(head))
        if not (head.get("consent") or "").strip():
            why = "缺授权书编号：须有职工本人签字的授权书，没有的不收；请补上编号"
            found.append(Problem(head.number, CONSENT.title, "", why, CLAUSE))
        problems += found
        if any(problem.column != CONSENT.title for problem in found):
            continue
        why = closed(head["programme"], inforce)
        if why:
            problems.append(Problem(head.number, imports.TITLES["programme"], "", why, "4.4"))
            continue
        given = imports.household_of(family)
        problems += [
            imports.placed(fault, family, head) for fault in faults(given, on=ctx.today, inforce=inforce, places=places)
        ]
    return problems


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """A chunk of the file."""
    entered = [
        Entered(imports.head_of(family).number, imports.head_of(family)["consent"], imports.household_of(family))
        for family in imports.families_of(rows).values()
    ]
    return [(number, why) for number, why in put_in_entries(ctx=ctx, load_id=load.id, entered=entered)["refused"]]


EMPLOYER_APPLICATIONS = register_kind(
    SheetKind(
        name="employer_applications", title="用人单位集体申报表", power="needs.put_in_entries", columns=COLUMNS, check=check, take=take,
        group="household", key=("document",), clause=CLAUSE, chunk=500,
        note="一人一行，同一户填同一家庭序号；每户须有职工本人签字的授权书。报送后由家庭在手机上确认，再由受理窗口受理。",
    )
)  # fmt: skip
