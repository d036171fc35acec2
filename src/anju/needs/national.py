"""The file of the national waiting-list service (国家轮候服务系统): no public form is known, so a county keeps its own mapping of columns.

A mapping pairs their column titles with the fields of our applications sheet; the file is read, written and compared by it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from anju.base.acts import InvalidInput
from anju.base.numbers import mask_name
from anju.base.secrets import blind, unseal
from anju.base.sheets import Column, SheetKind
from anju.base.sheets.check import rows_of_table
from anju.base.sheets.edits import cell, words
from anju.base.sheets.read import Table, read_table
from anju.needs.imports import COLUMNS
from anju.needs.models import APPLICANT, LIVE, Application, Member, NationalMapping, OwnHome, PolicyBenefit, Wish

CLAUSE = "4.4"
BY_FIELD = {column.field: column for column in COLUMNS}
BY_TITLE = {column.title: column.field for column in COLUMNS}
NEEDED = ("household", "name", "relation", "document")
# What the comparison looks at beside who belongs to the household.
COMPARED = (
    "programme",
    "group",
    "town",
    "income_month_fen",
    "home_area_cm2",
    "residence_months",
    "policy_homes",
    "transferred",
)
Pairs = Sequence[Sequence[str]]


def read_pairs(text: str) -> list[list[str]]:
    """A mapping as a person types it: a line each, their title and ours. Raises InvalidInput with the line."""
    pairs: list[list[str]] = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        parts = [part.strip() for part in line.replace("，", ",").split(",")]
        if len(parts) != 2 or not all(parts):
            raise InvalidInput(f"第 {number} 行应为“国家库列名，本地列名”，收到「{line}」，没有保存", "columns", CLAUSE)
        if parts[1] not in BY_TITLE:
            raise InvalidInput(
                f"第 {number} 行的本地列名「{parts[1]}」不在轮候申请表里，没有保存；请照申请表的列名填写",
                "columns",
                CLAUSE,
            )
        pairs.append([parts[0], BY_TITLE[parts[1]]])
    for at, what in ((0, "国家库列名"), (1, "本地列名")):
        twice = {pair[at] for pair in pairs if [p[at] for p in pairs].count(pair[at]) > 1}
        if twice:
            raise InvalidInput(
                f"{what}「{'、'.join(sorted(map(_title, twice)))}」写了两次，没有保存；请删去一行", "columns", CLAUSE
            )
    lacking = [BY_FIELD[name].title for name in NEEDED if name not in {pair[1] for pair in pairs}]
    if lacking:
        raise InvalidInput(f"缺少「{'、'.join(lacking)}」，没有它们对不上家庭，没有保存；请补上", "columns", CLAUSE)
    return pairs


def _title(name: str) -> str:
    return BY_FIELD[name].title if name in BY_FIELD else name


def written(pairs: Pairs) -> str:
    """A mapping as it is typed."""
    return "\n".join(f"{theirs}，{BY_FIELD[name].title}" for theirs, name in pairs)


def default_pairs() -> list[list[str]]:
    """Our own titles: where a county begins."""
    return [[column.title, column.field] for column in COLUMNS]


def kind_of(pairs: Pairs) -> SheetKind:
    """Their file as a kind of sheet: our columns under their titles; never registered, since it is a county's own."""
    columns = tuple(replace(BY_FIELD[name], title=theirs) for theirs, name in pairs)
    return SheetKind(
        name="national_file", title="国家轮候服务系统文件", power="needs.bring_national", columns=columns, take=_nothing
    )


def _nothing(ctx: Any, rows: Any, load: Any) -> list[tuple[int, str]]:
    raise NotImplementedError("a national file is compared, not taken in")


# --- out -----------------------------------------------------------------------------------------------


def lines_of(region: str, pairs: Pairs, limit: int | None = None) -> list[list[Any]]:
    """Live applications of a county, a line a member, in the mapping's columns; numbers in full."""
    rows = list(Application.objects.filter(region=region, state__in=LIVE).defer("verdicts").order_by("number")[:limit])
    found = {model: _by_case(model, rows) for model in (Member, Wish, OwnHome, PolicyBenefit)}
    return [
        [_cell(name, row, member, {model: found[model].get(row.id, []) for model in found}) for _, name in pairs]
        for row in rows
        for member in found[Member].get(row.id, [])
    ]


def cases_of(region: str) -> list[UUID]:
    """The cases that a file of ours names."""
    return list(
        Application.objects.filter(region=region, state__in=LIVE).order_by("number").values_list("id", flat=True)
    )


def _by_case(model: Any, rows: Iterable[Application]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    order = {Member: ("relation", "id"), Wish: ("rank",)}.get(model, ("id",))
    for one in model.objects.filter(application_id__in=[row.id for row in rows]).order_by("application_id", *order):
        found.setdefault(one.application_id, []).append(one)
    return found


# Columns of the sheet whose field is named otherwise than the row's own: of a member, of the first home and benefit, of a wish.
OF_MEMBER = {
    **{name: name for name in ("name", "relation", "born_on", "marriage", "registration", "registered_on", "work", "employer")},
    "insured_months": "insured_months", "income_own_fen": "income_month_fen",
}  # fmt: skip
OF_HOME = {"home_kind": "kind", "home_place": "place", "home_cm2": "area_cm2", "home_on": "on"}
OF_BENEFIT = {"benefit_kind": "kind", "benefit_until": "until"}
OF_WISH = {"area_from": "area_from_cm2", "area_to": "area_to_cm2", "ceiling": "ceiling_fen"}


def _cell(name: str, row: Application, member: Member, parts: Mapping[Any, list[Any]]) -> Any:
    """One cell; what is the household's stands on the applicant's line alone."""
    column = BY_FIELD[name]
    if name == "household":
        return row.number
    if name == "document":
        return unseal(member.document)
    if name in OF_MEMBER:
        return cell(column, getattr(member, OF_MEMBER[name]))
    if member.relation != APPLICANT:
        return None
    if name == "phone":
        return unseal(row.phone)
    head, _, rank = name.rpartition("_")
    owner: Any = row
    field = name
    if rank.isdecimal():
        owner, field = next((one for one in parts[Wish] if one.rank == int(rank)), None), OF_WISH.get(head, head)
    elif name in OF_HOME:
        owner, field = next(iter(parts[OwnHome]), None), OF_HOME[name]
    elif name in OF_BENEFIT:
        owner, field = next(iter(parts[PolicyBenefit]), None), OF_BENEFIT[name]
    return None if owner is None else cell(column, getattr(owner, field))


# --- in: compared with ours ------------------------------------------------------------------------------


@dataclass
class Theirs:
    """One household of their file: ``rows`` are the numbers of its rows; ``documents`` blind index by relation order."""

    rows: list[int]
    values: dict[str, Any]
    applicant: bytes | None
    persons: set[bytes] = field(default_factory=set)

    @property
    def who(self) -> str:
        """The applicant, masked."""
        return mask_name(str(self.values.get("name") or "未填"))


@dataclass(frozen=True)
class Line:
    """One line of the comparison."""

    kind: str
    who: str
    application: UUID | None
    row: int | None
    fields: list[list[str]]


@dataclass(frozen=True)
class Compared:
    """What a comparison found."""

    households: int
    here: int
    same: int
    lines: list[Line]
    only_there: list[Theirs]


def table_of(pairs: Pairs, media: str, data: bytes) -> Table:
    """Their file as a table. Raises BadFile."""
    return read_table(kind_of(pairs), media, data)


def households_of(pairs: Pairs, table: Table) -> list[Theirs]:
    """Their households, grouped by their own serial; a cell that cannot be read is unknown."""
    found: dict[Any, Theirs] = {}
    for row in rows_of_table(kind_of(pairs), table):
        key = row.values.get("household") or f"row {row.number}"
        one = found.setdefault(key, Theirs([], {}, None))
        one.rows.append(row.number)
        number = row.values.get("document")
        index = blind("document", number) if number else None
        if index:
            one.persons.add(index)
        if row.values.get("relation") == APPLICANT or not one.values:
            one.values, one.applicant = row.values, index
    return list(found.values())


def compare(region: str, pairs: Pairs, theirs: Sequence[Theirs]) -> Compared:
    """Ours and theirs by the applicant's number: only here, only there, and what says something else."""
    rows = {row.id: row for row in Application.objects.filter(region=region, state__in=LIVE).defer("verdicts", "phone")}
    members = Member.objects.filter(application_id__in=rows).values_list("application_id", "relation", "document_blind")
    persons: dict[UUID, set[bytes]] = {}
    applicants: dict[bytes, UUID] = {}
    for case, relation, index in members:
        persons.setdefault(case, set()).add(bytes(index))
        if relation == APPLICANT:
            applicants[bytes(index)] = case
    lines: list[Line] = []
    only: list[Theirs] = []
    met: set[UUID] = set()
    same = 0
    for one in theirs:
        found = applicants.get(one.applicant) if one.applicant else None
        if found is None:
            only.append(one)
            lines.append(Line("only_there", one.who, None, one.rows[0], []))
            continue
        met.add(found)
        differing = _differences(rows[found], persons[found], one, {name for _, name in pairs})
        same += not differing
        if differing:
            lines.append(Line("differs", mask_name(rows[found].applicant_name), found, one.rows[0], differing))
    lines += [
        Line("only_here", mask_name(row.applicant_name), key, None, []) for key, row in rows.items() if key not in met
    ]
    return Compared(len(theirs), len(rows), same, lines, only)


def _differences(row: Application, mine: set[bytes], one: Theirs, mapped: set[str]) -> list[list[str]]:
    found = []
    for name in COMPARED:
        value = one.values.get(name)
        if name in mapped and value is not None and value != getattr(row, name):
            column: Column = BY_FIELD[name]
            found.append([column.title, words(column, getattr(row, name)), words(column, value)])
    if mine != one.persons:
        found.append(["家庭成员", f"{len(mine)} 人", f"{len(one.persons)} 人，其中 {len(one.persons & mine)} 人相同"])
    return found


def as_ours(pairs: Pairs, table: Table, wanted: Sequence[Theirs]) -> list[list[Any]]:
    """The rows of these households under our own columns, each cell as it stood in their file."""
    numbers = {number for one in wanted for number in one.rows}
    places: Mapping[str, int] = table.places
    return [
        [cells[places[column.field]] if column.field in places else None for column in COLUMNS]
        for number, cells in table.rows
        if number in numbers
    ]


def mapping_on(region: str, on: Any) -> NationalMapping | None:
    """The mapping in force: the latest confirmed one."""
    rows = NationalMapping.objects.filter(region=region, confirmed_on__isnull=False, valid_from__lte=on)
    return rows.order_by("-valid_from").first()
