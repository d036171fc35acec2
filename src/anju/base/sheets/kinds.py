"""What a room says about a file it takes in or gives out: its columns, its checks, who may bring it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput

CELL_KINDS = frozenset({
    "text", "int", "area", "yuan", "wan", "date", "bool", "choice", "idnumber", "phone", "uscc", "unitcode", "code", "percent",
})  # fmt: skip
PERSONAL_KINDS = frozenset({"idnumber", "phone"})
ERROR, UNUSUAL = "error", "unusual"


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    ``kind`` of the value handed on: text str; int int; area 平方米 → cm²; yuan 元 and wan 万元 → fen; date date; bool 是/否;
    choice 中文 → code by ``choices``; idnumber, phone, uscc, unitcode, code str; percent % → ‱.
    ``least`` and ``most`` are what is possible at all (in the value's own unit); ``usual`` names the row of the parameter
    ``usual_ranges`` outside of which a value needs a confirmed reason. ``personal`` values are masked in reports;
    ``unique`` ones stand once in a file; ``longest`` is in characters.
    """

    title: str
    field: str
    kind: str = "text"
    required: bool = False
    choices: Mapping[str, str] = made(default_factory=dict)
    note: str = ""
    clause: str = ""
    usual: str = ""
    personal: bool = False
    unique: bool = False
    longest: int = 200
    least: int | None = 0
    most: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in CELL_KINDS:
            raise ValueError(f"column {self.title}: unknown kind {self.kind}")
        if self.kind == "choice" and not self.choices:
            raise ValueError(f"column {self.title}: a choice needs its choices")

    @property
    def masked(self) -> bool:
        """Whether a report shows the value masked."""
        return self.personal or self.kind in PERSONAL_KINDS


@dataclass(frozen=True)
class Row:
    """One row whose cells are good: ``number`` is the row in the file, as Excel counts."""

    number: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A value, or ``default`` where the column is not there or empty."""
        found = self.values.get(name)
        return default if found is None else found


@dataclass(frozen=True)
class Problem:
    """One bad (or unusual) cell. ``value`` as it stood in the file; the report masks personal ones itself."""

    row: int
    column: str
    value: str
    reason: str
    clause: str = ""
    level: str = ERROR


Check = Callable[..., list[Problem]]
Take = Callable[[ActContext, list[Row], Any], list[tuple[int, str]]]


@dataclass(frozen=True)
class SheetKind:
    """One kind of file. ``check`` looks across rows and into the database; ``take`` calls the room's acts for a chunk.

    ``take`` returns the refused rows as (row number, sentence); where it lets a ``Refused`` through, the chunk is halved until
    only the refused rows stay out. ``group``: rows with the same value of that field stand or fall together.
    ``key``: the fields that make a row the same as another (default: all). ``options``: what the file needs beside its rows (the
    project it belongs to …), name → title; ``check`` then gets them as its third argument, ``take`` finds them in ``load.options``.
    ``preview(ctx, rows)``: what would change (``edits.Change``), shown before the file is accepted. ``undo(ctx, load)``: take back all that
    the load brought and say how many rows; it raises Refused, naming what rests on it.
    """

    name: str
    title: str
    power: str
    columns: tuple[Column, ...]
    take: Take
    check: Check | None = None
    group: str | None = None
    second_person: bool = False
    chunk: int = 500
    key: tuple[str, ...] = ()
    clause: str = "4.4"
    note: str = ""
    options: Mapping[str, str] = made(default_factory=dict)
    preview: Callable[[ActContext, list[Row]], list[Any]] | None = None
    undo: Callable[[ActContext, Any], int] | None = None

    def column(self, name: str) -> Column:
        """The column of a field. Raises KeyError."""
        return next(c for c in self.columns if c.field == name)


@dataclass(frozen=True)
class Export:
    """One file that goes out: ``function(ctx)`` gives its name and bytes.

    ``cases(ctx)``: the households' cases that it names; such a file goes out only with a reason. None: it names nobody.
    """

    name: str
    title: str
    power: str
    function: Callable[[ActContext], tuple[str, bytes]]
    cases: Callable[[ActContext], list[UUID]] | None


KINDS: dict[str, SheetKind] = {}
EXPORTS: dict[str, Export] = {}


def register_kind(kind: SheetKind) -> SheetKind:
    """Make a kind known under its name. Raises ValueError for a doubled title or an unknown group or key."""
    titles = [c.title for c in kind.columns]
    fields = {c.field for c in kind.columns}
    if len(set(titles)) != len(titles) or len(fields) != len(titles):
        raise ValueError(f"sheet kind {kind.name}: a title or field stands twice")
    if (kind.group and kind.group not in fields) or not set(kind.key) <= fields:
        raise ValueError(f"sheet kind {kind.name}: group or key names no column")
    KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> SheetKind:
    """A kind. Raises InvalidInput with the known ones."""
    if name not in KINDS:
        known = "、".join(f"{k.name}（{k.title}）" for k in KINDS.values())
        raise InvalidInput(f"没有「{name}」这种表，没有收下；可以导入：{known or '暂无'}", field="kind")
    return KINDS[name]


def register_export(
    name: str, title: str, power: str, function: Callable[[ActContext], tuple[str, bytes]], *,
    cases: Callable[[ActContext], list[UUID]] | None,
) -> Export:  # fmt: skip
    """Make an export known under its name. ``cases`` must be said: whose data it holds, or None."""
    EXPORTS[name] = Export(name, title, power, function, cases)
    return EXPORTS[name]


def export_named(name: str) -> Export:
    """An export. Raises InvalidInput with the known ones."""
    if name not in EXPORTS:
        known = "、".join(f"{e.name}（{e.title}）" for e in EXPORTS.values())
        raise InvalidInput(f"没有「{name}」这种导出；可以导出：{known or '暂无'}", field="kind")
    return EXPORTS[name]


def rows_of(numbers: Sequence[tuple[int, dict[str, Any]]]) -> list[Row]:
    """Rows from (number, values) pairs: for callers without a file (the API)."""
    return [Row(number, values) for number, values in numbers]
