"""3.2: which rooms and area a household of its make-up may have, by the county's dated table. An open table checks nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, m2, missing, rule, unset
from anju.policy.verdict import Outcome, Verdict

NAME = "3.2-0-rooms"
ANY, SAME, MIXED = "any", "same", "mixed"
# GB/T 4761 → the generation beside the applicant's own. 其他 says none.
GENERATION = {"01": 0, "10": 0, "70": 0, "20": 1, "30": 1, "40": 2, "50": -1, "60": -2}
SON, DAUGHTER = "20", "30"


@dataclass(frozen=True)
class MakeUp:
    """Who lives together. ``generations`` is None where a relation tells no generation; ``children``: same, mixed, or none ("")."""

    persons: int
    generations: int | None
    children: str


@dataclass(frozen=True)
class Wanted:
    """What one wish asks for: rooms, and the largest area in cm²."""

    rooms: int
    area_to_cm2: int


@dataclass(frozen=True)
class Line:
    """One line of the table, its area in whole ㎡; ``generations`` 0 and ``children`` any ask for nothing."""

    programme: str
    persons_from: int
    persons_to: int
    generations: int
    children: str
    rooms_from: int
    rooms_to: int
    area_to_m2: int

    def fits(self, family: MakeUp) -> bool | None:
        """Whether the line is for this family; None where that cannot be told."""
        if not self.persons_from <= family.persons <= self.persons_to:
            return False
        if self.children != ANY and self.children != family.children:
            return False
        if self.generations == 0:
            return True
        return None if family.generations is None else family.generations == self.generations

    def allows(self, wanted: Wanted) -> bool:
        """Whether a home like this is within the line."""
        return self.rooms_from <= wanted.rooms <= self.rooms_to and wanted.area_to_cm2 <= self.area_to_m2 * 10_000

    @property
    def words(self) -> str:
        """The limit as a clerk says it."""
        rooms = (
            f"{self.rooms_from} 室" if self.rooms_from == self.rooms_to else f"{self.rooms_from} 至 {self.rooms_to} 室"
        )
        return f"{rooms}、不超过 {self.area_to_m2}㎡"


def make_up(relations: Sequence[str]) -> MakeUp:
    """The make-up of a household from its members' relations to the applicant (GB/T 4761); son and daughter say the sex."""
    levels = [GENERATION.get(relation) for relation in relations]
    known = {level for level in levels if level is not None}
    children = {relation for relation in relations if relation in (SON, DAUGHTER)}
    kind = MIXED if len(children) == 2 else SAME if children else ""
    return MakeUp(len(relations), None if None in levels else len(known), kind)


def wish(family: MakeUp, programme: str, wanted: Wanted, inforce: InForce) -> Verdict:
    """One wish against the table; unknown where the table is open, has no line for the family, or its generations are not known."""
    table = inforce.get("rooms_table")
    if isinstance(table, Unset):
        return unset(NAME, table)
    lines = [line for line in (Line(*row) for row in table.value) if line.programme == programme]
    mine = [line for line in lines if line.fits(family)]
    limit = "，或 ".join(dict.fromkeys(line.words for line in mine))
    asked = f"{wanted.rooms} 室、至 {m2(wanted.area_to_cm2)}"
    good = any(line.allows(wanted) for line in mine)
    if not good and any(line.fits(family) is None for line in lines):
        return missing(NAME, "家庭代数（成员与申请人的关系）", limit=limit)
    if not mine:
        return missing(NAME, f"户型面积标准中 {family.persons} 人家庭的一行", limit="未列")
    return judge(
        NAME,
        good,
        by=table,
        measured=f"{family.persons} 人，意向 {asked}",
        limit=limit,
        good=f"{family.persons} 人家庭，意向 {asked}，在标准内",
        bad=f"{family.persons} 人家庭的意向 {asked}，超出户型面积标准（{limit}）；请改意向后再报",
    )


@rule(NAME, clause="3.2-0", title="户型面积标准")
def wishes(family: MakeUp, programme: str, wanted: Iterable[Wanted], inforce: InForce) -> Verdict:
    """All wishes of a household: the first that is not within the table speaks for them."""
    found = [wish(family, programme, one, inforce) for one in wanted]
    if not found:
        return missing(NAME, "住房意向")
    return next((verdict for verdict in found if verdict.outcome is not Outcome.PASS), found[0])
