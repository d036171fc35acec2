"""Files in: applications (one row per member, grouped by 家庭序号) and questionnaire answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from anju.base.acts import ActContext
from anju.base.claims import seam
from anju.base.numbers import mask_name
from anju.base.secrets import blind
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.needs import acts, columns
from anju.needs.acts import AnswerInput, Brought
from anju.needs.households import Fault, HouseholdInput, MemberInput, WishInput, faults, places_of
from anju.needs.judging import Days
from anju.needs.models import AGE_BANDS, APPLICANT, MARRIAGES, PROGRAMMES, RELATIONS, TENURES
from anju.needs.reads import WANTS, counties
from anju.needs.undo import take_back
from anju.policy.catalogue import catalogue

WISHES = (1, 2)
GROUPS = {title: code for _, code, title in catalogue()["eligible_groups"].values[-1].value}
ON_APPLICANT = "填在申请人（本人）一行"


def _words(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {title: code for code, title in pairs}


def _wish_columns(rank: int) -> tuple[Column, ...]:
    head = f"意向{'一二三四五'[rank - 1]}"
    note = ON_APPLICANT if rank == 1 else f"{ON_APPLICANT}；没有可空"
    return (
        Column(f"{head}区县代码", f"county_{rank}", "code", note=f"六位区划代码，{note}", clause="3.2-0", longest=6),
        Column(f"{head}方式", f"tenure_{rank}", "choice", choices=_words(TENURES), note=note, clause="3.2-0"),
        Column(f"{head}室数", f"rooms_{rank}", "int", note=note, clause="3.2-0"),
        Column(f"{head}面积下限(㎡)", f"area_from_{rank}", "area", note=note, clause="3.2-0"),
        Column(f"{head}面积上限(㎡)", f"area_to_{rank}", "area", note=note, clause="3.3-3"),
        Column(
            f"{head}总价或月租上限(元)",
            f"ceiling_{rank}",
            "yuan",
            note=f"配售填总价，配租填月租，{note}",
            clause="3.2-4",
        ),
        *columns.wish_columns(rank, head),
    )


COLUMNS = (
    Column("家庭序号", "household", "code", True, note="同一户各成员填同一序号", clause="3.2-0", longest=20),
    Column("姓名", "name", "text", True, clause="3.2-0", personal=True, longest=60),
    Column("与申请人关系", "relation", "choice", True, choices=_words(RELATIONS), note="GB/T 4761", clause="3.2-0"),
    Column("身份证号码", "document", "idnumber", True, clause="3.2-0"),
    Column("出生日期", "born_on", "date", note="可空；填写的须与身份证号码一致", clause="3.2-0"),
    Column("婚姻状况", "marriage", "choice", choices=_words(MARRIAGES), note="GB/T 2261.2", clause="3.2-0"),
    Column("手机号码", "phone", "phone", note=ON_APPLICANT, clause="3.2-0"),
    Column("申请类别", "programme", "choice", choices=_words(PROGRAMMES), note=ON_APPLICANT, clause="3.2-0"),
    Column("保障对象群体", "group", "choice", choices=GROUPS, note=ON_APPLICANT, clause="1"),
    Column("乡镇街道代码", "town", "code", note=f"九位代码，{ON_APPLICANT}", clause="3.2-0", longest=9),
    Column("家庭月收入(元)", "income_month_fen", "yuan", note=f"不详留空，不填 0；{ON_APPLICANT}", clause="3.2-0"),
    Column("自有住房建筑面积(㎡)", "home_area_cm2", "area", note=f"无房填 0，不详留空；{ON_APPLICANT}", clause="3.2-0"),
    Column("居住或参保月数", "residence_months", "int", note=f"不详留空；{ON_APPLICANT}", clause="3.2-0"),
    Column("已享受保障性住房套数", "policy_homes", "int", note=f"没有填 0，不详留空；{ON_APPLICANT}", clause="3.2-0"),
    Column("积分", "score", "int", note="按积分排序的县填写", clause="3.5-2"),
    Column("受理日期", "accepted_on", "date", note="空为导入当日；按这一天的规定审核", clause="3.2-0"),
    *columns.MEMBER_COLUMNS,
    *columns.HOME_COLUMNS,
    *_wish_columns(1),
    *_wish_columns(2),
)
TITLES = {column.field: column.title for column in COLUMNS}
CLAUSES = {column.field: column.clause for column in COLUMNS}
# Cells that the applicant's row must carry; those of wish one among them.
NEEDED = (
    "phone",
    "programme",
    "group",
    "town",
    "county_1",
    "tenure_1",
    "rooms_1",
    "area_from_1",
    "area_to_1",
    "ceiling_1",
)
WISH_FIELDS = ("county", "tenure", "rooms", "area_from", "area_to", "ceiling")
FAULT_FIELDS = {
    "area_from_cm2": "area_from", "area_to_cm2": "area_to", "ceiling_fen": "ceiling", "homes": "home_place", "benefits": "benefit_kind",
}  # fmt: skip


def families_of(rows: list[Row]) -> dict[str, list[Row]]:
    """The rows of each family, by its serial in the file."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["household"], []).append(row)
    return found


def head_of(rows: list[Row]) -> Row:
    """The applicant's row, or the first where nobody or more than one is."""
    return next((row for row in rows if row["relation"] == APPLICANT), rows[0])


def household_of(rows: list[Row]) -> HouseholdInput:
    """One family's rows as an application; ``missing_of`` was asked first."""
    head = head_of(rows)
    members = tuple(
        MemberInput(
            row["name"],
            row["relation"],
            row["document"],
            row.get("marriage", "90"),
            row.get("born_on"),
            **columns.member_of(row),
        )
        for row in rows
    )
    wishes = tuple(
        WishInput(*(head[f"{name}_{rank}"] for name in WISH_FIELDS), **columns.wish_of(head, rank))
        for rank in WISHES
        if head.get(f"county_{rank}") is not None
    )
    facts = ("income_month_fen", "home_area_cm2", "residence_months", "policy_homes", "score")
    return HouseholdInput(
        programme=head["programme"], group=head["group"], town=head["town"], phone=head["phone"], members=members,
        wishes=wishes, transferred=head.get("transferred"), homes=columns.homes_of(head), benefits=columns.benefits_of(head),
        **{name: head.get(name) for name in facts},
    )  # fmt: skip


def missing_of(head: Row) -> Iterator[Problem]:
    """What the applicant's row must carry and does not."""
    for name in NEEDED:
        if head.get(name) is None:
            yield Problem(head.number, TITLES[name], "", f"「{TITLES[name]}」{ON_APPLICANT}，不能为空", CLAUSES[name])
    for rank in WISHES[1:]:
        filled = [name for name in WISH_FIELDS if head.get(f"{name}_{rank}") is not None]
        for name in WISH_FIELDS:
            if filled and name not in filled:
                title = TITLES[f"{name}_{rank}"]
                yield Problem(head.number, title, "", f"意向只填了一部分，缺「{title}」；请补全或整个留空", "3.2-0")


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """What the cells cannot say by themselves: the family as a whole, and a person twice in one file."""
    days, places, problems = Days(ctx), places_of(ctx.region), []
    seen: dict[str, Row] = {}
    most = _usual_persons(ctx)
    for family in families_of(rows).values():
        head = head_of(family)
        missing = list(missing_of(head))
        problems += missing + list(_twice(family, seen))
        if missing:
            continue
        on = head.get("accepted_on", ctx.today)
        if on > ctx.today:
            problems.append(Problem(head.number, "受理日期", str(on), f"晚于今天 {ctx.today}；请更正", "3.2-0"))
            continue
        found = faults(household_of(family), on=on, inforce=days[on], places=places)
        problems += [placed(fault, family, head) for fault in found]
        if most and len(family) > most:
            why = f"家庭人数 {len(family)} 人，超过常见的 {most} 人；如属实，收下时请填写理由"
            problems.append(Problem(head.number, "家庭序号", head["household"], why, "3.2-0", level="unusual"))
    return problems + _claimed(ctx, rows)


def _claimed(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Persons who stand in another live application already, in whatever county; taking in asks again, under the lock."""
    blinds = {row.number: blind("document", row["document"]) for row in rows}
    held = seam.holders(seam.LIVE_APPLICATION, set(blinds.values()))
    problems = []
    for row in rows:
        clash = held.get(blinds[row.number])
        if clash:
            why = acts.clash_sentence([clash], {clash.person: mask_name(row["name"])}, ctx.region, ctx)
            problems.append(Problem(row.number, TITLES["document"], row["document"], why, "3.2-0"))
    return problems


def _twice(family: list[Row], seen: dict[str, Row]) -> Iterator[Problem]:
    for row in family:
        first = seen.setdefault(row["document"], row)
        if first is not row and first["household"] != row["household"]:
            why = f"同一身份证号已在第 {first.number} 行（家庭序号 {first['household']}）；每人只能在一份申请中"
            yield Problem(row.number, TITLES["document"], row["document"], why, "3.2-0")


def placed(fault: Fault, family: list[Row], head: Row) -> Problem:
    """A fault at its row and column."""
    row = family[fault.member] if fault.member is not None else head
    name = FAULT_FIELDS.get(fault.field, fault.field)
    if fault.member is not None and name == "income_month_fen":
        name = "income_own_fen"
    field = f"{name}_{fault.wish + 1}" if fault.wish is not None else name
    title = TITLES.get(field, TITLES["household"])
    value = row.values.get(field)
    return Problem(
        row.number, title, str(value if field == "document" and value else fault.value), fault.reason, fault.clause
    )


def _usual_persons(ctx: ActContext) -> int | None:
    found = ctx.inforce().get("usual_ranges")
    table: Any = getattr(found, "value", ())
    return next((row[3] for row in table if row[0] == "household_persons"), None)


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """One chunk is one act."""
    brought = []
    for family in families_of(rows).values():
        head = head_of(family)
        brought.append(Brought(head.number, household_of(family), head.get("accepted_on")))
    answer = acts.take_applications(ctx=ctx, load_id=load.id, brought=brought)
    by_head = {head_of(family).number: family for family in families_of(rows).values()}
    return [(row.number, why) for number, why in answer["refused"] for row in by_head[number]]


APPLICATIONS = register_kind(
    SheetKind(
        name="applications", title="轮候申请表", power="needs.import_applications", columns=COLUMNS, check=check, take=take,
        group="household", chunk=1500, key=("document",), clause="3.2-0", undo=take_back,
        note="一行一名家庭成员，申请人也占一行；家庭和意向各列填在申请人一行。",
    )
)  # fmt: skip

ANSWER_COLUMNS = (
    Column("问卷编号", "number", "int", True, clause="3.2-1", unique=True),
    Column("区县代码", "county", "code", True, note="六位区划代码", clause="3.2-1", longest=6),
    Column("年龄段", "age_band", "choice", True, choices=_words(AGE_BANDS), clause="3.2-1"),
    Column("家庭人数", "household_size", "int", True, clause="3.2-1", usual="household_persons"),
    Column(
        "住房需求",
        "wants",
        "choice",
        True,
        choices=_words(WANTS),
        clause="3.2-1",
    ),
    Column("意向室数", "rooms", "int", note="不需要的可空", clause="3.2-1"),
    Column("意向面积(㎡)", "area_cm2", "area", note="不需要的可空", clause="3.2-1"),
)


def check_answers(ctx: ActContext, rows: list[Row], options: Mapping[str, str]) -> list[Problem]:
    """Known counties, possible sizes."""
    known = counties(ctx.region)
    problems = []
    for row in rows:
        if row["county"] not in known:
            why = f"应为本地区划代码：{'、'.join(f'{code} {name}' for code, name in known.items())}"
            problems.append(Problem(row.number, "区县代码", row["county"], why, "3.2-1"))
        if row["household_size"] < 1:
            problems.append(Problem(row.number, "家庭人数", str(row["household_size"]), "家庭人数至少 1 人", "3.2-1"))
        if row["wants"] != "none" and row.get("rooms") is None:
            problems.append(Problem(row.number, "意向室数", "", "需要住房的请填写意向室数", "3.2-1"))
    return problems


def take_answer_rows(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """One chunk is one act; the survey's name is an option of the load."""
    answers = [
        AnswerInput(
            row=row.number, number=row["number"], county=row["county"], age_band=row["age_band"],
            household_size=row["household_size"], wants=row["wants"], rooms=row.get("rooms"), area_cm2=row.get("area_cm2"),
        )
        for row in rows
    ]  # fmt: skip
    answer = acts.take_answers(ctx=ctx, survey=load.options["survey"], answers=answers, load_id=load.id)
    return [(number, why) for number, why in answer["refused"]]


ANSWERS = register_kind(
    SheetKind(
        name="survey_answers", title="问卷答卷表", power="needs.import_answers", columns=ANSWER_COLUMNS, check=check_answers,
        take=take_answer_rows, key=("number",), clause="3.2-1", options={"survey": "问卷名称"}, chunk=2000,
    )
)  # fmt: skip
