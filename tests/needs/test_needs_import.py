"""轮候申请表: each bad row gets its cell, value, reason and clause; a family stands or falls together; a chunk is one act."""

import io
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from anju.base.acts.models import Act, ActItem
from anju.base.regions import scope
from anju.base.sheets import loads
from anju.base.sheets.models import Load
from anju.base.sheets.out import workbook
from anju.base.sheets.template import header_of
from anju.base.tickets.models import Ticket
from anju.needs import acts
from anju.needs.imports import ANSWERS, COLUMNS
from anju.needs.models import Answer, Application, Member, Wish
from needs.helpers import COUNTY, TOWN, ctx_of, id_number, submitted

pytestmark = pytest.mark.django_db

HEAD: dict[str, Any] = {
    "手机号码": "19900000001", "申请类别": "配售型保障性住房", "保障对象群体": "工薪收入群体", "乡镇街道代码": TOWN,
    "家庭月收入(元)": 4000, "自有住房建筑面积(㎡)": 0, "居住或参保月数": 36, "已享受保障性住房套数": 0,
    "意向一区县代码": COUNTY, "意向一方式": "配售", "意向一室数": 2, "意向一面积下限(㎡)": 80, "意向一面积上限(㎡)": 90,
    "意向一总价或月租上限(元)": 300000,
}  # fmt: skip


def row(household: str, serial: int, relation: str = "本人", **changes: Any) -> dict[str, Any]:
    cells = {
        "家庭序号": household,
        "姓名": f"测试{serial}",
        "与申请人关系": relation,
        "身份证号码": id_number(serial),
        "婚姻状况": "已婚",
    }
    return {**cells, **(HEAD if relation == "本人" else {}), **changes}


def xlsx(rows: list[dict[str, Any]], merged: tuple[int, int, int, int, str] | None = None) -> bytes:
    """As a user's own Excel would write it, apostrophes and safety nets of ours left out."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet, day = book.add_worksheet("申请"), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, column in enumerate(COLUMNS):
        sheet.write(0, at, header_of(column)[0])
    for line, cells in enumerate(rows, 1):
        for at, column in enumerate(COLUMNS):
            value = cells.get(column.title)
            if isinstance(value, date):
                sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif value is not None:
                sheet.write(line, at, value)
    if merged:
        sheet.merge_range(*merged)
    book.close()
    return buffer.getvalue()


def bring(rows: list[dict[str, Any]], data: bytes | None = None) -> Load:
    return loads.bring_file(ctx=ctx_of(), kind="applications", name="申请.xlsx", data=data or xlsx(rows))


def take(load: Load, **reasons: str) -> Load:
    ctx = ctx_of()
    loads.accept_load(ctx=ctx, load_id=load.id, reasons=reasons)
    with scope(COUNTY):
        return loads.run_load(ctx, load)


def test_the_good_rows_come_in_as_households_with_members_wishes_one_ticket_and_items() -> None:
    second = {"意向二区县代码": "231282", "意向二方式": "配售", "意向二室数": 3, "意向二面积下限(㎡)": 100, "意向二面积上限(㎡)": 110,
              "意向二总价或月租上限(元)": 350000}  # fmt: skip
    load = bring([row("1", 1, **second), row("1", 2, "配偶"), row("1", 3, "子"), row("2", 11)])
    assert (load.good, load.bad) == (4, 0), load.errors
    done = take(load)
    assert done.state == "accepted" and not done.refused
    with scope(COUNTY):
        assert Application.objects.count() == 2 and Member.objects.count() == 4 and Wish.objects.count() == 3
        first = Application.objects.get(persons=3)
        assert first.load_id == load.id and {v["outcome"] for v in first.verdicts} == {"pass"}
        assert first.income_month_fen == 400_000 and first.wishes.get(rank=2).area_from_cm2 == 1_000_000
        assert Ticket.objects.get().object_id == load.id
        entry = Act.objects.get(name="needs.take_applications")
        assert set(ActItem.objects.filter(act=entry.id).values_list("object_id", flat=True)) == set(
            Application.objects.values_list("id", flat=True)
        )


BAD = [
    ("checksum", [row("1", 1, 身份证号码="231202199001010019")], 2, "身份证号码", "校验", "3.2-0"),
    ("id as a float", [row("1", 1, 身份证号码=2.31202199001010012e17)], 2, "身份证号码", "位数已丢失", "3.2-0"),
    ("birthday contradicts", [row("1", 1, 出生日期=date(1991, 5, 5))], 2, "出生日期", "不一致", "3.2-0"),
    ("130 ㎡ for sale", [row("1", 1, **{"意向一面积上限(㎡)": 130})], 2, "意向一面积上限(㎡)", "120.00㎡", "3.3-3"),
    ("oversized cell", [row("1", 1, 姓名="长" * 3000)], 2, "姓名", "超过上限", "3.2-0"),
    ("formula as text", [row("1", 1, 姓名="=1+1")], 2, "姓名", "公式", "3.2-0"),
    ("no applicant", [row("1", 1, "配偶", **HEAD)], 2, "与申请人关系", "有且只有一名申请人", "3.2-0"),
    ("no phone", [row("1", 1, 手机号码=None)], 2, "手机号码", "不能为空", "3.2-0"),
    ("half a wish", [row("1", 1, 意向二区县代码=COUNTY)], 2, "意向二方式", "只填了一部分", "3.2-0"),
    ("impossible date", [row("1", 1, 受理日期="2026-02-30")], 2, "受理日期", "没有这一天", "3.2-0"),
    ("accepted tomorrow", [row("1", 1, 受理日期=date(2026, 3, 3))], 2, "受理日期", "晚于今天", "3.2-0"),
    ("town of another county", [row("1", 1, 乡镇街道代码="231221001")], 2, "乡镇街道代码", "231202 开头", "3.2-0"),
    ("a person in two families", [row("1", 1), row("1", 2, "配偶"), row("2", 2)], 4, "身份证号码", "重复", "3.2-0"),
    ("unknown relation", [row("1", 1), row("1", 2, "邻居")], 3, "与申请人关系", "只能填", "3.2-0"),
]  # fmt: skip


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("what", "rows", "line", "column", "words", "clause"), BAD, ids=[b[0] for b in BAD])
def test_each_bad_row_is_reported_with_its_cell_value_reason_and_clause(
    what: str, rows: list, line: int, column: str, words: str, clause: str
) -> None:
    load = bring([*rows, row("9", 900, 手机号码="19900000900")])
    found = [e for e in load.errors if e["column"] == column]
    assert found, load.errors
    assert any(words in e["reason"] and e["clause"] == clause and e["row"] == line for e in found), found
    assert all(id_number(1) not in str(e) for e in load.errors), "a report shows personal numbers masked"
    done = take(load)
    with scope(COUNTY):
        numbers = set(Member.objects.values_list("name", flat=True))
    assert done.state == "accepted" and "测试900" in numbers
    assert len(numbers) == 1 + (2 if what == "a person in two families" else 0)


@pytest.mark.clause("3.2-0")
def test_one_bad_member_keeps_the_whole_family_out() -> None:
    load = bring([row("1", 1), row("1", 2, "配偶", 身份证号码="1"), row("2", 11)])
    assert (load.good, load.bad) == (1, 2)
    assert any("整组" in e["reason"] for e in load.errors)


@pytest.mark.clause("3.2-0")
def test_a_household_that_applied_before_is_named_at_the_check_and_refused_at_the_taking() -> None:
    first = submitted(1)
    load = bring([row("1", 2), row("2", 11)])
    assert load.bad == 1 and first.number in load.errors[0]["reason"]
    clean = bring([row("1", 51), row("2", 61)])
    acts.submit_application(ctx=ctx_of(), household=_late(51))
    done = take(clean)
    assert len(done.refused) == 1 and "本地申请" in done.refused[0]["reason"]
    with scope(COUNTY):
        assert Application.objects.filter(load=clean.id).count() == 1


def _late(serial: int) -> Any:
    from needs.helpers import household

    return household(serial, persons=1)


def test_a_family_of_nine_is_unusual_and_needs_a_reason() -> None:
    load = bring([row("1", 1), *[row("1", 1 + n, "子") for n in range(1, 9)]])
    assert load.bad == 0 and load.unusual >= 1
    assert take(load, 家庭序号="三代同住，已核对户口簿").state == "accepted"


def test_a_sheet_with_merged_cells_and_full_width_digits_gets_a_clear_answer() -> None:
    rows = [row("1", 1, 居住或参保月数="３６"), row("1", 2, "配偶", 家庭序号=None)]
    load = bring([], xlsx(rows, (1, 0, 2, 0, "1")))
    assert any("合并单元格" in e["reason"] for e in load.errors), (load.errors, load.told, load.good)
    assert not any("居住" in e["column"] for e in load.errors)


@pytest.mark.clause("3.2-1")
def test_answers_come_in_once_and_a_doubled_number_is_left_out() -> None:
    ctx = ctx_of("office_clerk", "231200")
    titles = [column.title for column in ANSWERS.columns]

    def book(rows: list[list[Any]]) -> bytes:
        return workbook(ANSWERS.title, [(title, "") for title in titles], rows, True)

    lines = [
        [1, "231202", "20—34 岁", 1, "配租", 1, 45],
        [2, "231282", "60 岁以上", 2, "不需要", None, None],
        [3, "110101", "20—34 岁", 1, "配售", 2, 80],
    ]
    load = loads.bring_file(
        ctx=ctx, kind="survey_answers", name="问卷.xlsx", data=book(lines), options={"survey": "2026 摸底"}
    )
    assert load.bad == 1 and load.errors[0]["column"] == "区县代码"
    loads.accept_load(ctx=ctx, load_id=load.id)
    with scope("231200"):
        loads.run_load(ctx, load)
        assert Answer.objects.filter(region="231200").count() == 2
    again = acts.take_answers(
        ctx=ctx, survey="2026 摸底", answers=[acts.AnswerInput(9, 1, "231202", "20-34", 1, "rent", 1, 450_000)]
    )
    assert again == {"taken": 0, "refused": [[9, "问卷「2026 摸底」已有第 1 号答卷，没有收下；重复提交的只计一份"]]}
