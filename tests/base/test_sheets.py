"""Files in: every bad cell told with its place; nothing stored before it is accepted; nothing lost, nothing twice."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused
from anju.base.files.content import BadFile
from anju.base.regions import scope
from anju.base.sheets import Column, Problem, kind_named, loads, register_kind, template_of
from anju.base.sheets import kinds as kinds_
from anju.base.sheets.back import rows_left_out
from anju.base.sheets.check import Checked, by_chunks, check_table
from anju.base.sheets.kinds import Row, SheetKind
from anju.base.sheets.loads import (
    accept_load,
    bring_file,
    continue_load,
    left_out,
    ranges_of,
    reject_load,
    run_load,
    take_chunk,
)
from anju.base.sheets.models import Load
from anju.base.sheets.out import workbook
from anju.base.sheets.read import letter, read_table
from anju.policy.parameters import ParameterBook
from support.db import context, raw
from support.sheets import GOOD, HEAD, columns, csv, kind, ods, row, small_xlsx, xlsx, zipped


@pytest.fixture(autouse=True)
def _kinds_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds_, "KINDS", dict(kinds_.KINDS))
    for module in ("anju.base.sheets", "anju.base.sheets.kinds"):
        monkeypatch.setattr(f"{module}.KINDS", kinds_.KINDS)


def plain_context() -> ActContext:
    """A context for checks that read no database."""
    from datetime import UTC, datetime

    return ActContext(
        account=None, post="office_clerk", region="231200", powers=frozenset(), params=ParameterBook(),
        now=datetime(2026, 3, 2, 4, 0, tzinfo=UTC),
    )  # fmt: skip


def check(data: bytes, media: str = "xlsx", of: SheetKind | None = None) -> Checked:
    """What a file's check finds."""
    of = of or kind()
    return check_table(plain_context(), of, read_table(of, media, data))


def reasons(found: Checked) -> list[tuple[int, str, str]]:
    """Row, column letter and reason of each problem."""
    return [(one["row"], one["letter"], one["reason"]) for one in found.problems]


# -- The head is found -------------------------------------------------------------------------------------------------

MERGED_HEAD = ("受理号", "申请人", "", "", "面积", "", "", "", "", "", "")
LOWER_HEAD = ("", "", *HEAD[2:])


@pytest.mark.parametrize(
    ("what", "data", "media"),
    [
        ("the head is the first row", xlsx([GOOD]), "xlsx"),
        ("title and notes stand above it", xlsx([GOOD], above=[["绥化市样表"], [], ["填表说明：*为必填"], ["单位：某某"]]), "xlsx"),
        ("required columns carry a star", xlsx([GOOD], head=[f"{t}*" for t in HEAD]), "xlsx"),
        ("titles are broken over lines", xlsx([GOOD], head=[t.replace("(", "\n（").replace(")", "）") for t in HEAD]), "xlsx"),
        ("titles say 必填", xlsx([GOOD], head=[f" {t}（必填）" for t in HEAD]), "xlsx"),
        ("the head lies over two rows with merged groups", xlsx([GOOD], head=LOWER_HEAD, above=[MERGED_HEAD]), "xlsx"),
        ("the title is merged across", xlsx([GOOD], above=[["x"]], merge=[(0, 0, 0, 10, "绥化市样表")]), "xlsx"),
        ("columns are hidden", xlsx([GOOD], hidden=[2, 10]), "xlsx"),
        ("columns stand in another order", xlsx([GOOD[::-1]], head=HEAD[::-1]), "xlsx"),
        ("another sheet stands before it", xlsx([GOOD], sheet="数据", more={"说明": [["请填数据页"]]}), "xlsx"),
        ("it is UTF-8 text", csv([GOOD]), "csv"),
        ("it is UTF-8 text without a mark", csv([GOOD], encoding="utf-8"), "csv"),
        ("it is GB18030 text", csv([GOOD], encoding="gb18030"), "csv"),
        ("it is text with tabs", csv([GOOD]).replace(b",", b"\t"), "csv"),
        ("it is OpenDocument", ods([GOOD]), "ods"),
        ("blank rows lie between", xlsx([[], GOOD, [], ["", " ", ""]]), "xlsx"),
    ],
)  # fmt: skip
def test_the_head_is_found_by_its_titles(what: str, data: bytes, media: str) -> None:
    found = check(data, media)
    assert reasons(found) == [], what
    assert [dict(r.values) for r in found.good] == [
        {
            "number": "A001", "name": "王小明", "document": "231202199001011237", "phone": "13845501234", "gross_cm2": 700_200,
            "price_fen": 27_657_900, "loan_fen": 12_500_000, "built_on": date(2024, 5, 1), "lift": True, "use": "home", "note": None,
        }
    ]  # fmt: skip


def test_an_empty_template_has_the_head_and_says_that_rows_are_missing() -> None:
    found = check(template_of(kind()))
    assert reasons(found) == [(0, "A", "表头下面没有数据行；请填写后重新上传")]


def test_a_row_is_numbered_as_excel_numbers_it() -> None:
    found = check(xlsx([GOOD, row(受理号="A002", 申请人="")], above=[["题"], []]))
    assert reasons(found) == [(5, "B", "必填，不能为空")]


# -- Every bad cell is told --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        ({"申请人": ""}, "B", "必填，不能为空"),
        ({"申请人": "   "}, "B", "必填，不能为空"),
        ({"身份证号": 231202199001011237}, "C", "位数已丢失"),
        ({"身份证号": "231202199001011238"}, "C", "校验位不符"),
        ({"手机号": "123"}, "D", "11 位"),
        ({"建筑面积(㎡)": "约70"}, "E", "应为数字"),
        ({"建筑面积(㎡)": 70.025}, "E", "最多 2 位小数"),
        ({"总价(元)": "=SUM(A1:A9)"}, "F", "像公式"),
        ({"贷款(万元)": "十万"}, "G", "应为数字"),
        ({"竣工日期": "2024-02-30"}, "H", "没有这一天"),
        ({"竣工日期": 45413}, "H", "数字格式"),
        ({"有电梯": "大概"}, "I", "是”或“否"),
        ({"用途": "别墅"}, "J", "只能填：住宅、公寓"),
        ({"备注": "长" * 51}, "K", "超过上限 50 个字"),
        ({"备注": "x" * 5000}, "K", "超过上限 50 个字"),
        ({"申请人": "字" * 2001}, "B", "超过上限"),
        ({"申请人": "=cmd|' /C calc'!A0"}, "B", "像公式"),
        ({"总价(元)": "#REF!"}, "F", "公式出错"),
    ],
)
def test_a_bad_cell_is_told_with_its_place_and_reason(change: dict[str, Any], place: str, reason: str) -> None:
    found = check(xlsx([row(受理号="A000"), row(**change)]))
    assert found.errors == 1 and found.bad == {3} and [r.number for r in found.good] == [2]
    one = found.problems[0]
    assert (one["sheet"], one["row"], one["letter"], one["column"]) == ("Sheet1", 3, place, next(iter(change)))
    assert reason in one["reason"] and one["clause"]


def test_all_bad_cells_of_a_row_are_told_at_once() -> None:
    found = check(xlsx([row(身份证号="1", 手机号="2", **{"建筑面积(㎡)": "x"})]))
    assert [letter_ for _, letter_, _ in reasons(found)] == ["C", "D", "E"]


def test_the_clause_of_the_column_stands_beside_the_error() -> None:
    found = check(xlsx([row(**{"建筑面积(㎡)": "x"})]))
    assert found.problems[0]["clause"] == "3.3-3"


def test_personal_values_are_masked_in_the_report() -> None:
    found = check(xlsx([row(身份证号="231202199001011238", 手机号="13845501234567", 申请人="王" * 300)]))
    shown = {one["column"]: one["value"] for one in found.problems}
    assert shown["身份证号"] == "231202**********38"
    assert shown["手机号"] == "138****4567"
    assert shown["申请人"].startswith("王**") and len(shown["申请人"]) <= 61


def test_missing_and_unknown_columns_are_named() -> None:
    found = check(xlsx([[*GOOD[:4], *GOOD[5:], "x"]], head=[*HEAD[:4], *HEAD[5:], "身高"]))
    assert reasons(found) == [(0, "", "缺少必填列「建筑面积(㎡)」；请补上这一列后重新上传")]
    assert found.told == ["没有读「身高」列（K 列），本表不用这一列"] and found.good == []


def test_a_column_that_is_renamed_is_both_missing_and_unknown() -> None:
    found = check(xlsx([GOOD], head=["建筑面积" if t == "建筑面积(㎡)" else t for t in HEAD]))
    assert "缺少必填列「建筑面积(㎡)」" in found.problems[0]["reason"] and "没有读「建筑面积」列" in found.told[0]


def test_a_merged_cell_below_the_head_says_so() -> None:
    rows = [row(受理号="A1"), row(受理号="A2", 申请人=""), row(受理号="A3", 申请人="")]
    found = check(xlsx(rows, merge=[(1, 1, 2, 1, "王小明")]))
    assert reasons(found) == [
        (3, "B", "这是合并单元格；请取消合并后逐行填写"), (4, "B", "必填，不能为空"),
    ]  # fmt: skip


def test_a_total_row_is_not_read_and_told() -> None:
    found = check(xlsx([GOOD, ["合计", "", "", "", 70.02]]))
    assert found.errors == 0 and found.told == ["第 3 行是合计行，没有读"]


def test_doubled_rows_are_refused_but_for_the_first() -> None:
    twice = check(xlsx([row(受理号="A1"), row(受理号="A2"), row(受理号="A1")]))
    assert reasons(twice) == [(4, "A", "与第 2 行重复；请只留一行")]
    whole = check(xlsx([GOOD[1:], GOOD[1:]], head=HEAD[1:]), of=kind(columns=columns()[1:]))
    assert [(r, why) for r, _, why in reasons(whole)] == [(3, "与第 2 行重复；请只留一行")]
    keyed = check(xlsx([row(受理号="A1"), row(受理号="A2")]), of=kind(key=("document", "use")))
    assert [r for r, _, _ in reasons(keyed)] == [3]


@pytest.mark.parametrize(
    ("data", "media", "word"),
    [
        (xlsx([["a", "b"]], head=["甲", "乙"]), "xlsx", "没有找到「样表」的表头（应有：受理号、申请人"),
        (xlsx([GOOD], above=[["x"]] * 31), "xlsx", "前 30 行里没有找到"),
        (xlsx([GOOD], head=["受理号", *HEAD[1:10], "受理号"]), "xlsx", "表头里有重复的列：受理号"),
        (xlsx([GOOD], more={"第二页": [HEAD, GOOD]}), "xlsx", "2 个工作表都像「样表」：「Sheet1」、「第二页」"),
        (b"PK\x03\x04 broken", "xlsx", "已损坏"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "xls", "已损坏"),
        ('受理号,申请人\n"没有收口,王'.encode(), "csv", "引号不成对"),
        (("受理号,申请人,身份证号\n" + "x" * 200_000).encode(), "csv", "一格超过 2000 个字"),
        (xlsx([[*GOOD, *[""] * 600, "x"]]), "xlsx", "超过上限 500 列"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, media: str, word: str) -> None:
    with pytest.raises(BadFile) as refused:
        check(data, media)
    assert word in refused.value.sentence and "没有收下" in refused.value.sentence


SPARSE = b'<worksheet><sheetData><row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row></sheetData></worksheet>'
REPEATED = (
    b'<office:spreadsheet><table:table table:name="S"><table:table-row table:number-rows-repeated="1048576">'
    b'<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    b"</table:table-row></table:table></office:spreadsheet>"
)


@pytest.mark.parametrize(
    ("data", "media"),
    [(small_xlsx(**{"xl__worksheets__sheet1.xml": SPARSE}), "xlsx"), (zipped({"content.xml": REPEATED}), "ods")],
)
def test_a_cell_far_out_cannot_fill_the_memory(data: bytes, media: str) -> None:
    with pytest.raises(BadFile, match="超过上限"):
        read_table(kind(), media, data)


def test_a_hidden_sheet_is_not_read_and_told() -> None:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for name, hide in (("数据", False), ("草稿", True)):
        page = book.add_worksheet(name)
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, [str(cell) for cell in row(受理号=name, 竣工日期="2024-05-01")])
        if hide:
            page.hide()
    book.close()
    found = check(buffer.getvalue())
    assert [r["number"] for r in found.good] == ["数据"] and found.told == ["没有读工作表「草稿」（隐藏）"]


def test_only_the_first_5000_problems_are_kept_and_all_are_counted() -> None:
    found = check(xlsx([row(受理号=f"A{n}", 申请人="", 手机号="1") for n in range(3000)]))
    assert (found.errors, len(found.problems), len(found.bad), found.good) == (6000, 5000, 3000, [])


# -- Usual and impossible ----------------------------------------------------------------------------------------------


@pytest.mark.clause("3.3-1")
def test_an_unusual_value_is_good_but_needs_a_reason() -> None:
    found = check(xlsx([row(**{"建筑面积(㎡)": 170})]))
    assert (found.errors, found.unusual, len(found.good)) == (0, 1, 1)
    one = found.problems[0]
    assert one["level"] == "unusual" and one["value"] == "170 ㎡" and "30 ㎡ 至 160 ㎡" in one["reason"]


def test_past_the_5000_kept_each_unusual_column_is_still_named() -> None:
    rows = [row(受理号=f"A{n}", 申请人="", 手机号="1", 用途="?") for n in range(1700)]
    found = check(xlsx([*rows, row(受理号="B1", **{"建筑面积(㎡)": 170}), row(受理号="B2", **{"建筑面积(㎡)": 171})]))
    assert (found.errors, found.unusual, len(found.good)) == (5100, 2, 2)
    assert [(one["row"], one["level"]) for one in found.problems[5000:]] == [(1702, "unusual")]


# -- Groups ------------------------------------------------------------------------------------------------------------


def test_a_group_stands_or_falls_together() -> None:
    grouped = kind(group="note", key=("number",))
    rows = [
        row(受理号="1", 备注="甲户"),
        row(受理号="2", 备注="乙户", 手机号="1"),
        row(受理号="3", 备注="乙户"),
        row(受理号="4", 备注="丙户"),
    ]
    found = check(xlsx(rows), of=grouped)
    assert [r["number"] for r in found.good] == ["1", "4"]
    assert "同组的第 3 行有错，整组暂不收" in found.problems[-1]["reason"]


def test_a_group_is_never_cut_by_a_chunk() -> None:
    rows = [Row(n, {"household": n // 3}) for n in range(20)]
    chunks = by_chunks(
        rows, SheetKind("s", "表", "p", (Column("户", "household"),), lambda *_: [], group="household", chunk=4)
    )
    assert [len(c) for c in chunks] == [3, 3, 3, 3, 3, 3, 2]
    assert [r.number for c in chunks for r in c] == list(range(20))


# -- A room's own check ------------------------------------------------------------------------------------------------


def test_a_kinds_own_check_sees_only_good_rows_and_is_reported_alike() -> None:
    seen: list[int] = []

    def look(ctx: ActContext, rows: list[Row]) -> list[Problem]:
        seen.extend(r.number for r in rows)
        return [Problem(rows[0].number, "受理号", "A001", "该受理号已办结；请核对", "3.2-0")]

    found = check(xlsx([GOOD, row(受理号="A2", 手机号="1")]), of=kind(check=look))
    assert seen == [2] and found.good == []
    assert found.problems[-1]["letter"] == "A" and found.problems[-1]["clause"] == "3.2-0"


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": (Column("甲", "a"), Column("甲", "b"))},
        {"columns": (Column("甲", "a"), Column("乙", "a"))},
        {"group": "x"},
        {"key": ("x",)},
    ],
)
def test_a_kind_that_cannot_work_is_not_registered(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="sheet kind sample"):
        register_kind(kind(**wrong))


def test_a_choice_without_choices_and_an_unknown_kind_of_cell_are_faults() -> None:
    with pytest.raises(ValueError, match="needs its choices"):
        Column("用途", "use", "choice")
    with pytest.raises(ValueError, match="unknown kind"):
        Column("用途", "use", "colour")


# -- Out ---------------------------------------------------------------------------------------------------------------


def test_what_goes_out_comes_back_the_same_and_runs_nothing() -> None:
    titles = [(title, "") for title in HEAD]
    rows = [
        [
            "A001",
            "=cmd|'x'!A0",
            "231202199001011237",
            "13845501234",
            70,
            276579,
            12,
            date(2024, 5, 1),
            True,
            "住宅",
            "@x",
        ]
    ]
    data = workbook("样表", titles, rows, True)
    table = read_table(kind(), "xlsx", data)
    assert table.rows[0][1][1] == "'=cmd|'x'!A0" and table.rows[0][1][10] == "'@x"
    assert "合成" in str(table.rows) or "合成" in str(read_titles(data))
    assert b"<f>" not in all_parts(data)


def all_parts(data: bytes) -> bytes:
    """Everything inside an xlsx."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def read_titles(data: bytes) -> list[str]:
    """The first rows as read."""
    import python_calamine

    with python_calamine.CalamineWorkbook.from_object(io.BytesIO(data)) as book:
        return [str(line[0]) for line in book.get_sheet_by_index(0).to_python()[:3]]


def test_a_synthetic_file_says_so_above_its_head() -> None:
    assert read_titles(workbook("样表", [("甲", "")], [], True))[:2] == [
        "样表（合成）",
        "合成数据，仅供演示，不代表任何真实的人、房屋或单位",
    ]
    assert read_titles(workbook("样表", [("甲", "")], [], False))[0] == "样表"


@pytest.mark.parametrize(("at", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_excel_does(at: int, name: str) -> None:
    assert letter(at) == name


def test_ranges_say_row_numbers_shortly() -> None:
    assert ranges_of([5, 3, 4, 9]) == [[3, 5], [9, 9]]


# -- A load's life -----------------------------------------------------------------------------------------------------

TAKEN: list[tuple[str, str]] = []


def taking(ctx: ActContext, rows: list[Row], load: Load) -> list[tuple[int, str]]:
    """Takes rows; refuses number 拒 one by one, number 炸 by a refusal of the whole chunk."""
    if any(r["number"] == "炸" for r in rows):
        raise Refused("这一户已有在办申请；请核对", clause="3.2-0")
    TAKEN.extend((str(load.id), r["number"]) for r in rows if r["number"] != "拒")
    return [(r.number, "台账里没有这套房") for r in rows if r["number"] == "拒"]


@pytest.fixture
def taken() -> list[tuple[str, str]]:
    TAKEN.clear()
    return TAKEN


def register(**changes: Any) -> SheetKind:
    """The sample kind, taking into ``TAKEN``."""
    return register_kind(
        kind(take=taking, chunk=2, columns=(replace(columns()[0], unique=False), *columns()[1:]), **changes)
    )


@pytest.mark.django_db
def test_nothing_is_taken_before_it_is_accepted_and_then_only_the_good_rows(taken: list[tuple[str, str]]) -> None:
    register()
    rows = [row(受理号=f"A{n}", 备注=str(n)) for n in range(5)] + [row(受理号="坏", 手机号="1")]
    load = bring_file(ctx=context(), kind="sample", name="样表.xlsx", data=xlsx(rows))
    assert (load.state, load.good, load.bad, load.errors_total, load.synthetic) == ("checked", 5, 1, 1, True)
    assert taken == []
    ctx = context()
    accept_load(ctx=ctx, load_id=load.id)
    with scope("231200"):
        load = run_load(ctx, load)
    assert (load.state, load.done, load.refused) == ("accepted", 5, [])
    assert [number for _, number in taken] == ["A0", "A1", "A2", "A3", "A4"]
    assert left_out(load) == {7: ["手机号：手机号应为 11 位，以 1 开头；请核对（第 4.4 条）"]}


@pytest.mark.django_db
def test_a_refused_row_stays_out_alone_with_its_sentence_and_clause(taken: list[tuple[str, str]]) -> None:
    register()
    numbers = ["1", "2", "炸", "4", "拒", "6"]
    ctx = context()
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([row(受理号=n, 备注=n) for n in numbers]))
    accept_load(ctx=ctx, load_id=load.id)
    with scope("231200"):
        load = run_load(ctx, load)
    assert [number for _, number in taken] == ["1", "2", "4", "6"]
    assert load.refused == [
        {"row": 4, "reason": "这一户已有在办申请；请核对（第 3.2-0 条）"}, {"row": 6, "reason": "台账里没有这套房"},
    ]  # fmt: skip
    assert (load.state, load.done) == ("accepted", 6)


@pytest.mark.django_db
def test_running_a_load_again_takes_nothing_twice(taken: list[tuple[str, str]]) -> None:
    register()
    ctx = context()
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([row(受理号="1"), row(受理号="2")]))
    accept_load(ctx=ctx, load_id=load.id)
    with scope("231200"):
        run_load(ctx, load)
        run_load(ctx, load)
    assert take_chunk(ctx=ctx, load_id=load.id, start=0, rows=[Row(2, {"number": "1"})]) == 2
    assert len(taken) == 2


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing(taken: list[tuple[str, str]]) -> None:
    register()
    data, ctx = xlsx([GOOD]), context()
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=data)
    again = bring_file(ctx=ctx, kind="sample", name="改名.xlsx", data=data)
    assert again.id == load.id and again.name == "样表.xlsx"
    accept_load(ctx=ctx, load_id=load.id)
    with scope("231200"):
        run_load(ctx, load)
    third = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=data)
    assert (third.id, third.state) == (load.id, "accepted") and len(taken) == 1
    elsewhere = bring_file(ctx=ctx.at("231202"), kind="sample", name="样表.xlsx", data=data)
    assert elsewhere.id != load.id


@pytest.mark.django_db
def test_a_large_file_is_kept_at_once_and_checked_by_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    register()
    monkeypatch.setattr(loads, "LATER_BYTES", 100)
    ctx = context()
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([GOOD, row(手机号="1")]), later=True)
    assert (load.state, load.good, load.bad) == ("checking", 0, 0)
    with pytest.raises(Conflict, match="正在校验"):
        accept_load(ctx=ctx, load_id=load.id)
    for _ in range(2):
        load = loads.check_load(ctx=ctx, load_id=load.id)
        assert (load.state, load.good, load.bad) == ("checked", 1, 1)
    assert accept_load(ctx=ctx, load_id=load.id).state == "accepting"


@pytest.mark.django_db
def test_a_large_file_that_cannot_be_read_is_sent_back_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    register()
    monkeypatch.setattr(loads, "LATER_BYTES", 100)
    ctx, data = context(), xlsx([("一", "二")], head=("甲", "乙"))
    load = bring_file(ctx=ctx, kind="sample", name="别的表.xlsx", data=data, later=True)
    load = loads.check_load(ctx=ctx, load_id=load.id)
    assert load.state == "rejected" and "没有找到「样表」的表头" in load.reject_reason
    assert bring_file(ctx=ctx, kind="sample", name="别的表.xlsx", data=data, later=True).id != load.id


@pytest.mark.django_db
def test_a_rejected_file_may_come_again() -> None:
    register()
    ctx = context()
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([GOOD]))
    reject_load(ctx=ctx, load_id=load.id, reason="表填错了")
    assert bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([GOOD])).id != load.id
    with pytest.raises(Conflict, match="已退回"):
        accept_load(ctx=ctx, load_id=load.id)


@pytest.mark.django_db
def test_where_two_people_are_needed_the_bringer_cannot_accept() -> None:
    register(second_person=True)
    ctx = context()
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([GOOD]))
    with pytest.raises(Refused, match="须由另一人复核"):
        accept_load(ctx=ctx, load_id=load.id)
    assert accept_load(ctx=context(), load_id=load.id).state == "accepting"


@pytest.mark.django_db
@pytest.mark.clause("3.3-1")
def test_unusual_values_are_accepted_only_with_a_reason() -> None:
    register()
    ctx = context()
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([row(**{"建筑面积(㎡)": 170})]))
    with pytest.raises(Refused, match=r"有 1 处数值不常见，须先填写理由，如第 2 行「建筑面积\(㎡\)」170 ㎡"):
        accept_load(ctx=ctx, load_id=load.id, reasons={"建筑面积(㎡)": "  "})
    load = accept_load(ctx=ctx, load_id=load.id, reasons={"建筑面积(㎡)": "复式，已核产权证"})
    assert load.reasons == {"建筑面积(㎡)": "复式，已核产权证"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "error", "word"),
    [
        ({"kind": "nothing"}, InvalidInput, "没有「nothing」这种表"),
        ({"name": "样表.pdf"}, BadFile, "扩展名是 .pdf"),
        ({"data": b"MZ\x00"}, BadFile, "不是可以识别的文件"),
    ],
)
def test_a_file_that_is_not_taken_leaves_no_load(change: dict[str, Any], error: type[Refused], word: str) -> None:
    register()
    values = {"kind": "sample", "name": "样表.xlsx", "data": xlsx([GOOD]), **change}
    with pytest.raises(error, match=word):
        bring_file(ctx=context(), **values)
    with scope("231200"):
        assert not Load.objects.exists()


@pytest.mark.django_db
def test_a_kind_needs_its_rooms_power_and_its_options() -> None:
    register(options={"project": "项目"})
    poor = replace(context(), powers=frozenset({"base.bring_file"}))
    register_kind(kind(name="other", power="reserve.import_units"))
    with pytest.raises(Forbidden, match="没有「样表」的权限"):
        bring_file(ctx=poor, kind="other", name="样表.xlsx", data=xlsx([GOOD]))
    with pytest.raises(InvalidInput, match="请先选定：项目"):
        bring_file(ctx=context(), kind="sample", name="样表.xlsx", data=xlsx([GOOD]))


@pytest.mark.django_db
def test_a_file_without_a_good_row_is_not_accepted() -> None:
    register()
    load = bring_file(ctx=context(), kind="sample", name="样表.xlsx", data=xlsx([row(手机号="1")]))
    with pytest.raises(Refused, match="没有一行可以收下"):
        accept_load(ctx=context(), load_id=load.id)


@pytest.mark.django_db
def test_another_countys_load_is_not_found() -> None:
    register()
    load = bring_file(ctx=context(region="231202"), kind="sample", name="样表.xlsx", data=xlsx([GOOD]))
    with pytest.raises(InvalidInput, match="没有这份导入"):
        accept_load(ctx=context(region="231221"), load_id=load.id)


@pytest.mark.django_db
def test_a_stopped_load_is_continued_by_somebody_who_is_there(taken: list[tuple[str, str]]) -> None:
    register()
    ctx = context()
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([row(受理号=str(n)) for n in range(5)]))
    with pytest.raises(Conflict, match="不用继续"):
        continue_load(ctx=ctx, load_id=load.id)
    accept_load(ctx=ctx, load_id=load.id)
    take_chunk(ctx=ctx, load_id=load.id, start=0, rows=[Row(2, {"number": "0"}), Row(3, {"number": "1"})])
    assert continue_load(ctx=context(), load_id=load.id).done == 2
    with scope("231200"):
        assert run_load(context(), load).done == 5
    assert [number for _, number in taken] == ["0", "1", "2", "3", "4"]


@pytest.mark.django_db
def test_two_workers_on_one_load_share_its_chunks_and_double_none(
    taken: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker thought dead may still run: here another takes the second chunk while the first is at work."""
    register()
    ctx = context()
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([row(受理号=str(n)) for n in range(7)]))
    accept_load(ctx=ctx, load_id=load.id)
    real, meddled = loads.take_chunk, []

    def meddling(**kwargs: Any) -> int:
        done = real(**kwargs)
        if not meddled:
            meddled.append(real(ctx=ctx, load_id=load.id, start=2, rows=[Row(4, {"number": "2"})]))
        return done

    monkeypatch.setattr(loads, "take_chunk", meddling)
    with scope("231200"):
        assert run_load(ctx, load).state == "accepted"
    assert meddled == [3] and [number for _, number in taken] == [str(n) for n in range(7)]


@pytest.mark.django_db
def test_a_load_that_nobody_accepted_is_not_run() -> None:
    register()
    load = bring_file(ctx=context(), kind="sample", name="样表.xlsx", data=xlsx([GOOD]))
    with pytest.raises(Conflict, match="还没有人收下"), scope("231200"):
        run_load(context(), load)


@pytest.mark.django_db
def test_a_kind_that_nobody_registers_is_told_with_those_that_are() -> None:
    register()
    with pytest.raises(InvalidInput, match="sample（样表）"):
        kind_named("nothing")


@pytest.mark.django_db
def test_the_rows_left_out_come_back_as_the_same_sheet_and_can_be_brought_again(taken: list[tuple[str, str]]) -> None:
    register()
    ctx = context()
    rows = [
        row(受理号="1"),
        row(受理号="2", 手机号="x"),
        row(受理号="拒", 备注="乙"),
        row(受理号="4", 身份证号=231202199001011237),
    ]
    load = bring_file(ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx(rows, above=[["题"]]))
    accept_load(ctx=ctx, load_id=load.id)
    with scope("231200"):
        load = run_load(ctx, load)
        data = rows_left_out(load)
    assert "合成" in read_titles(data)[0]
    back = read_table(kind(), "xlsx", data)
    assert [cells[0] for _, cells in back.rows] == [4, 5, 6]
    assert [cells[1] for _, cells in back.rows] == [
        "手机号：手机号应为 11 位，以 1 开头；请核对（第 4.4 条）", "台账里没有这套房",
        "身份证号：身份证号以数字格式录入，位数已丢失；请把单元格设为文本格式后重填（第 3.2-0 条）",
    ]  # fmt: skip
    assert [cells[back.places["gross_cm2"]] for _, cells in back.rows] == [70.02] * 3
    again = bring_file(ctx=ctx, kind="sample", name="改正.xlsx", data=data)
    assert (again.good, again.bad) == (1, 2)
    assert [t for t in again.told if "没有读" in t] == [
        "没有读「原行号」列（A 列），本表不用这一列", "没有读「没有收下的原因」列（B 列），本表不用这一列",
    ]  # fmt: skip


# -- The database ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("done = good + 1", "load_counts"),
        ("good = -1, done = -1", "load_counts"),
        ("state = 'accepted', checker = gen_random_uuid()", "an_accepted_load_is_all_in"),
        ("state = 'accepting'", "somebody_accepted_the_load"),
    ],
)
def test_the_database_refuses_a_load_that_cannot_be(change: str, constraint: str) -> None:
    register()
    load = bring_file(ctx=context(), kind="sample", name="样表.xlsx", data=xlsx([GOOD]))
    with raw("admin") as attack:
        attack.execute("SET session_replication_role = replica")  # past the guard, not past the constraint
        with pytest.raises(Exception, match=constraint):
            attack.execute(f"UPDATE base_load SET {change} WHERE id = %s", [load.id])


@pytest.mark.usefixtures("committed")
def test_the_database_holds_the_same_file_once() -> None:
    register()
    load = bring_file(ctx=context(), kind="sample", name="样表.xlsx", data=xlsx([GOOD]))
    with raw("admin") as attack:
        attack.execute("SET session_replication_role = replica")
        with pytest.raises(Exception, match="the_same_file_once"):
            attack.execute(
                "INSERT INTO base_load SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid()))).*"
                " FROM base_load l WHERE id = %s",
                [load.id],
            )


@pytest.mark.django_db
def test_a_load_changes_only_inside_an_act() -> None:
    register()
    load = bring_file(ctx=context(), kind="sample", name="样表.xlsx", data=xlsx([GOOD]))
    with pytest.raises(Exception, match="outside an act"), scope("231200"):
        Load.objects.filter(pk=load.pk).update(state="rejected")


@pytest.mark.django_db
def test_an_organisation_sees_its_own_loads_and_nobody_elses() -> None:
    from anju.base.regions import PARTY, uuid7

    register()
    mine, other = uuid7(), uuid7()
    load = bring_file(ctx=context(organisation=mine), kind="sample", name="样表.xlsx", data=xlsx([GOOD]))
    for party, seen in ((mine, 1), (other, 0)):
        with scope("231200", party=party, role=PARTY):
            assert Load.objects.filter(pk=load.pk).select_related("evidence").count() == seen
            assert len(Load.objects.filter(pk=load.pk).values_list("evidence__sha256")) == seen


@pytest.mark.django_db
def test_a_refused_chunk_leaves_no_item_of_a_room_behind(taken: list[tuple[str, str]]) -> None:
    from anju.base.acts.models import ActItem

    def with_items(ctx: ActContext, rows: list[Row], load: Load) -> list[tuple[int, str]]:
        ctx.items([(load.id, r["number"]) for r in rows])
        return taking(ctx, rows, load)

    register_kind(kind(take=with_items, chunk=4, columns=(replace(columns()[0], unique=False), *columns()[1:])))
    ctx = context()
    load = bring_file(
        ctx=ctx, kind="sample", name="样表.xlsx", data=xlsx([row(受理号=n, 备注=n) for n in ("1", "炸", "3", "4")])
    )
    accept_load(ctx=ctx, load_id=load.id)
    with scope("231200"):
        run_load(ctx, load)
        assert ActItem.objects.filter(object_id=load.id).count() == 3
    assert len(taken) == 3
