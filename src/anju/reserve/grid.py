"""The unit grid (房态图): a real table per building, floors down, units across, as plain values for a template."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from anju.reserve.models import OUTSIDE, Building, Unit

# Kind → (shape, words). The shape says it without colour.
KINDS: dict[str, tuple[str, str]] = {
    "free": ("ring", "已入储备"), "lock": ("key", "已签意向或更后"), "hold": ("half", "待入库"), "waive": ("waive", "可豁免"),
    "unk": ("unk", "待查"), "no": ("bad", "不通过"), "out": ("dash", "已退出"),
}  # fmt: skip
# ``waive`` has no colour of its own in the grid: it is drawn as the open one, with its diamond.
CLASS = {"waive": "unk"}


@dataclass(frozen=True)
class Cell:
    """One home in the grid."""

    unit: Unit
    kind: str
    url: str
    current: bool = False

    @property
    def css(self) -> str:
        """The class of its square."""
        return CLASS.get(self.kind, self.kind)

    @property
    def area(self) -> str:
        """Its area in ㎡, two places."""
        return f"{self.unit.gross_cm2 // 10_000}.{self.unit.gross_cm2 % 10_000 // 100:02d}"

    @property
    def shape(self) -> str:
        """The shape in it."""
        return KINDS[self.kind][0]

    @property
    def words(self) -> str:
        """What the shape says."""
        return KINDS[self.kind][1]


@dataclass(frozen=True)
class Block:
    """One building: ``wells`` are (number, columns), ``lines`` are (floor, wells of cells or None), top floor first."""

    building: Building
    wells: tuple[tuple[int, tuple[str, ...]], ...]
    lines: tuple[tuple[int, tuple[tuple[Cell | None, ...], ...]], ...]
    homes: int


@dataclass(frozen=True)
class Grid:
    """All buildings of a project, and how many homes are of which kind."""

    blocks: tuple[Block, ...]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def legend(self) -> list[tuple[str, str, str, str, int]]:
        """(kind, class, shape, words, how many), those that occur."""
        return [(k, CLASS.get(k, k), *KINDS[k], self.counts[k]) for k in KINDS if self.counts.get(k)]


def kind_of(unit: Unit, outcome: str | None) -> str:
    """Where a home stands, in one word; ``outcome`` is that of its latest screening."""
    if unit.state == "withdrawn":
        return "out"
    if unit.state not in OUTSIDE:
        return "free" if unit.state == "reserved" else "lock"
    if unit.state == "refused" or outcome == "fail":
        return "no"
    return {"pass": "hold", "waived": "hold", "waivable": "waive"}.get(outcome or "", "unk")


def build(
    buildings: Sequence[Building], units: Sequence[Unit], outcomes: Mapping[UUID, str], url: Callable[[Unit], str],
    current: UUID | None = None,
) -> Grid:  # fmt: skip
    """The grid of a project's homes. Columns are the last two places of a room's number, under each stairwell."""
    cells = {u.id: Cell(u, kind_of(u, outcomes.get(u.id)), url(u), u.id == current) for u in units}
    of_building: dict[UUID, list[Unit]] = {}
    for unit in units:
        of_building.setdefault(unit.building_id, []).append(unit)
    blocks = tuple(_block(b, of_building[b.id], cells) for b in buildings if b.id in of_building)
    return Grid(blocks, dict(Counter(cell.kind for cell in cells.values())))


def _block(building: Building, units: Sequence[Unit], cells: Mapping[UUID, Cell]) -> Block:
    at = {(u.stairwell, u.floor, column_of(u)): cells[u.id] for u in units}
    wells = tuple(
        (well, tuple(sorted({column for w, _, column in at if w == well}))) for well in sorted({w for w, _, _ in at})
    )
    floors = sorted({floor for _, floor, _ in at}, reverse=True)
    lines = tuple(
        (floor, tuple(tuple(at.get((well, floor, column)) for column in columns) for well, columns in wells))
        for floor in floors
    )
    return Block(building, wells, lines, len(units))


def column_of(unit: Unit) -> str:
    """The column a home stands in: its room number without the floor (``1102`` on floor 11 is ``02``)."""
    floor, room = str(unit.floor), unit.room
    return room[len(floor) :] if room.startswith(floor) and len(room) > len(floor) else room
