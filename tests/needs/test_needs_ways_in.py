"""Ways in that nobody types twice: the national list's file and an employer's sheet; one entrance alone; what a clash tells whom."""

import io
from datetime import date
from typing import Any

import pytest
import python_calamine as calamine
from django.db import connection

from anju.base.acts import ActContext, InvalidInput, Refused
from anju.base.files import store
from anju.base.files.models import Evidence
from anju.base.messages.models import Message
from anju.base.regions import scope
from anju.base.sheets import loads
from anju.base.sheets.models import Load
from anju.base.sheets.out import workbook
from anju.needs import acts, national
from anju.needs.acts import employers
from anju.needs.acts import national as bridge
from anju.needs.employer_sheet import COLUMNS as EMPLOYER_COLUMNS
from anju.needs.models import Application, Discrepancy, EmployerEntry, Member
from anju.parties.models import Account, Organisation
from anju.policy.parameters import ParameterBook, Setting
from needs.helpers import COUNTY, OTHER, VALUES, account_id, book, ctx_of, household, submitted
from needs.test_needs_import import row as sheet_row
from needs.test_needs_once import town_of
from support.db import open_act

pytestmark = pytest.mark.django_db

# A form of their own: other words, another order, and a column of theirs that we do not know is left out.
TEXT = """户编号，家庭序号
人员姓名，姓名
公民身份号码，身份证号码
与户主关系，与申请人关系
联系电话，手机号码
保障方式，申请类别
对象类别，保障对象群体
乡镇代码，乡镇街道代码
月收入，家庭月收入(元)
住房面积，自有住房建筑面积(㎡)
居住月数，居住或参保月数
已享受套数，已享受保障性住房套数
意向县，意向一区县代码
意向方式，意向一方式
意向室数，意向一室数
面积下限，意向一面积下限(㎡)
面积上限，意向一面积上限(㎡)
价格上限，意向一总价或月租上限(元)"""


def mapped() -> list[list[str]]:
    row = bridge.propose_mapping(
        ctx=ctx_of("office_clerk", account=account_id()), columns=TEXT, valid_from=date(2026, 3, 2), note="样表"
    )
    bridge.confirm_mapping(ctx=ctx_of("office_head", account=account_id()), mapping_id=row.id)
    return row.columns


def their_file(rows: list[dict[str, Any]], pairs: list[list[str]]) -> bytes:
    """Their file, from rows under our titles."""
    lines = [[cells.get(national.BY_FIELD[name].title) for _, name in pairs] for cells in rows]
    return workbook("国家轮候服务系统", [(theirs, "") for theirs, _ in pairs], lines, False)


@pytest.mark.clause("4.4")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("户编号，家庭序号", "缺少「姓名、与申请人关系、身份证号码」"),
        ("户编号 家庭序号", "第 1 行应为"),
        ("户编号，家庭编号", "「家庭编号」不在轮候申请表里"),
        (TEXT + "\n另一列，姓名", "写了两次"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_with_its_line(text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        bridge.propose_mapping(ctx=ctx_of("office_clerk"), columns=text, valid_from=date(2026, 3, 2), note="样表")


@pytest.mark.clause("4.4")
def test_a_mapping_is_in_force_once_another_person_confirmed_it() -> None:
    maker = ctx_of("office_clerk", account=account_id())
    row = bridge.propose_mapping(ctx=maker, columns=TEXT, valid_from=date(2026, 3, 5), note="样表")
    with pytest.raises(Refused, match="还没有生效"):
        bridge.bring_national(ctx=ctx_of(), name="国家库.xlsx", data=b"x")
    with pytest.raises(Refused, match="另一人"):
        bridge.confirm_mapping(ctx=ctx_of("office_head", account=maker.account), mapping_id=row.id)
    bridge.confirm_mapping(ctx=ctx_of("office_head", account=account_id()), mapping_id=row.id)
    with scope(COUNTY):
        assert national.mapping_on(COUNTY, date(2026, 3, 4)) is None
        assert national.mapping_on(COUNTY, date(2026, 3, 5)) == row


@pytest.mark.clause("4.4")
def test_the_national_file_is_compared_and_those_only_there_come_in_without_typing() -> None:
    pairs = mapped()
    same, here, differs = submitted(1, persons=1), submitted(11, persons=1), submitted(21, persons=1)
    data = their_file([sheet_row("A", 1, **{"家庭月收入(元)": 4000}), sheet_row("B", 21, **{"家庭月收入(元)": 5000}),
                       sheet_row("C", 51), sheet_row("C", 52, "配偶")], pairs)  # fmt: skip
    found = bridge.bring_national(ctx=ctx_of(), name="国家库.xlsx", data=data)
    assert (found.households, found.here, found.same) == (3, 3, 1)
    with scope(COUNTY):
        lines = {d.kind: d for d in Discrepancy.objects.filter(file=found)}
        assert Discrepancy.objects.filter(file=found).count() == 3 and Application.objects.count() == 3
    assert lines["only_here"].application_id == here.id and lines["differs"].application_id == differs.id
    assert lines["differs"].fields == [["家庭月收入(元)", "4000 元", "5000 元"]], lines["differs"].fields
    assert lines["only_there"].application_id is None and "测试51" not in lines["only_there"].who
    load = bridge.take_only_there(ctx=ctx_of(), file_id=found.id)
    assert (load.good, load.bad) == (2, 0), load.errors
    loads.accept_load(ctx=ctx_of(), load_id=load.id)
    with scope(COUNTY):
        assert not loads.run_load(ctx_of(), load).refused
        assert Application.objects.get(load=load).persons == 2
    with pytest.raises(Refused, match="已经带入"):
        bridge.take_only_there(ctx=ctx_of(), file_id=found.id)
    assert same.id not in {d.application_id for d in lines.values()}


@pytest.mark.clause("4.4")
def test_what_goes_out_in_their_form_comes_back_as_the_same() -> None:
    pairs = mapped()
    submitted(1)
    kept = bridge.export_national(ctx=ctx_of(), reason="月报")
    with scope(COUNTY):
        data = store.read(Evidence.objects.get(id=kept.id))
    sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    heads = [cell for line in sheet.to_python() for cell in line]
    assert "公民身份号码" in heads and "身份证号码" not in heads
    back = bridge.bring_national(ctx=ctx_of(), name="回.xlsx", data=data)
    assert (back.households, back.here, back.same) == (1, 1, 1)
    assert len(pairs) == 18
    with pytest.raises(InvalidInput, match="事由"):
        bridge.export_national(ctx=ctx_of(), reason=" ")


# --- one entrance -------------------------------------------------------------------------------------


def shut() -> ParameterBook:
    return book(national_only={"sale": "national"})


@pytest.mark.clause("4.4")
def test_where_the_national_file_is_the_only_entrance_every_other_way_says_so() -> None:
    pairs = mapped()
    for post in ("intake_clerk", "family"):
        with pytest.raises(Refused, match="只从国家轮候服务系统收进申请"):
            acts.submit_application(ctx=ctx_of(post, params=shut()), household=household(1))
    assert acts.submit_application(ctx=ctx_of(params=shut()), household=rent(1)).number, (
        "another programme's entrance is open"
    )
    data = their_file([sheet_row("A", 51)], pairs)
    found = bridge.bring_national(ctx=ctx_of(params=shut()), name="国家库.xlsx", data=data)
    load = bridge.take_only_there(ctx=ctx_of(params=shut()), file_id=found.id)
    loads.accept_load(ctx=ctx_of(params=shut()), load_id=load.id)
    with scope(COUNTY):
        assert not loads.run_load(ctx_of(params=shut()), load).refused
    typed = loads.bring_file(
        ctx=ctx_of(params=shut()), kind="applications", name="手工.xlsx", data=ours([sheet_row("1", 61)])
    )
    loads.accept_load(ctx=ctx_of(params=shut()), load_id=typed.id)
    with scope(COUNTY):
        done = loads.run_load(ctx_of(params=shut()), typed)
    assert "不用再报" in done.refused[0]["reason"]


def rent(serial: int) -> Any:
    from needs.helpers import rent_household

    return rent_household(serial)


def ours(rows: list[dict[str, Any]]) -> bytes:
    from needs.test_needs_import import xlsx

    return xlsx(rows)


# --- an employer's sheet --------------------------------------------------------------------------------


def employer() -> tuple[Organisation, ActContext]:
    with open_act("231200"):
        body = Organisation.objects.create(
            owner_region="231200", kind="employer", name="测试公司（合成）", synthetic=True
        )
    return body, ctx_of("employer_agent", organisation=body.id, account=account_id())


def family_ctx(phone: str, **more: Any) -> ActContext:
    from anju.base.secrets import blind

    with open_act("231200"):
        found = Account.objects.create(
            username=f"f{phone}", name="家庭", phone_blind=blind("phone", phone), synthetic=True
        )
    return ctx_of("family", account=found.id, **more)


def put_in(ctx: ActContext, rows: list[dict[str, Any]]) -> Load:
    lines = [[cells.get(column.title) for column in EMPLOYER_COLUMNS] for cells in rows]
    data = workbook("用人单位集体申报表", [(column.title, "") for column in EMPLOYER_COLUMNS], lines, False)
    load = loads.bring_file(ctx=ctx, kind="employer_applications", name="申报.xlsx", data=data)
    if load.good:
        loads.accept_load(ctx=ctx, load_id=load.id)
        with scope(COUNTY):
            load = loads.run_load(ctx, load)
    return load


@pytest.mark.clause("3.2-0")
def test_an_employers_entry_counts_once_the_family_confirmed_and_a_clerk_accepted() -> None:
    _, ctx = employer()
    rows = [
        sheet_row("1", 1, 授权书编号="授-001"),
        sheet_row("1", 2, "配偶"),
        sheet_row("2", 11, 手机号码="19900000011"),
    ]
    load = put_in(ctx, rows)
    assert load.good == 2 and load.bad == 1 and "缺授权书编号" in load.errors[0]["reason"]
    with scope(COUNTY):
        entry = EmployerEntry.objects.get()
        assert Application.objects.count() == 0 and "测试1" not in entry.who
        told = Message.objects.get(template="needs.employer_entry")
        assert "不同意" in str(told.text) and "测试公司" in str(told.text)
    with pytest.raises(Refused, match="家庭确认后"):
        employers.accept_entry(ctx=ctx_of(), entry_id=entry.id)
    with pytest.raises(Refused, match="不是您登录用的手机号"):
        employers.answer_entry(ctx=family_ctx("19900000099"), entry_id=entry.id, agree=True)
    family = family_ctx("19900000001")
    assert employers.find_my_entries(ctx=family) == 1
    employers.answer_entry(ctx=family, entry_id=entry.id, agree=True)
    employers.accept_entry(ctx=ctx_of(), entry_id=entry.id)
    with scope(COUNTY):
        entry.refresh_from_db()
        assert entry.application and entry.application.persons == 2
    with pytest.raises(Refused, match="已受理"):
        employers.answer_entry(ctx=family, entry_id=entry.id, agree=False)


@pytest.mark.clause("3.2-0")
def test_a_family_that_does_not_agree_ends_it_also_after_it_agreed() -> None:
    _, ctx = employer()
    put_in(ctx, [sheet_row("1", 1, 授权书编号="授-001")])
    family = family_ctx("19900000001")
    with scope(COUNTY):
        entry = EmployerEntry.objects.get()
    employers.answer_entry(ctx=family, entry_id=entry.id, agree=True)
    employers.answer_entry(ctx=family, entry_id=entry.id, agree=False)
    with pytest.raises(Refused, match="家庭不同意"):
        employers.accept_entry(ctx=ctx_of(), entry_id=entry.id)


@pytest.mark.clause("3.2-0")
def test_only_an_employer_puts_in_and_is_not_told_who_applied_elsewhere() -> None:
    submitted(1)
    _, ctx = employer()
    load = put_in(ctx, [sheet_row("1", 1, 授权书编号="授-001", 手机号码="19900000001")])
    assert load.bad == 0 and not load.refused
    with pytest.raises(Refused, match="只有用人单位"):
        employers.put_in_entries(ctx=ctx_of(), load_id=load.id, entered=[])


ATTACKS = [
    (
        "accepted without the family",
        "UPDATE needs_employerentry SET state = 'accepted', decided_by = id, decided_on = current_date",
        "AJ108",
    ),
    ("the consent rewritten", "UPDATE needs_employerentry SET consent = 'x'", "AJ108"),
    ("an entry removed", "DELETE FROM needs_employerentry", "AJ108"),
    (
        "confirmed by its maker",
        "UPDATE needs_employerentry SET state = 'confirmed', answered_by = maker, answered_on = current_date",
        "23514",
    ),
]


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("what", "statement", "code"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_keeps_an_entry_to_its_way(what: str, statement: str, code: str) -> None:
    _, ctx = employer()
    put_in(ctx, [sheet_row("1", 1, 授权书编号="授-001")])
    with pytest.raises(Exception) as caught, open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(statement)
    assert caught.value.__cause__.sqlstate == code, what  # type: ignore[union-attr]


# --- what a clash tells whom ------------------------------------------------------------------------------


@pytest.mark.clause("3.2-0")
def test_a_clash_with_another_county_tells_a_clerk_enough_and_a_family_less() -> None:
    first = submitted(1)
    phones = ParameterBook(
        [Setting(n, "231200", v, date(2025, 1, 1), "文") for n, v in VALUES.items()]
        + [Setting("intake_phone", COUNTY, "0455-8123456", date(2025, 1, 1), "文")]
    )
    given = household(1, town=town_of(OTHER), phone="19900000001")
    with pytest.raises(Refused) as clerk:
        acts.submit_application(ctx=ctx_of(region=OTHER, params=phones), household=given)
    said = clerk.value.sentence
    masked = first.number[:12] + "****" + first.number[-2:]
    assert masked in said and "待初审" in said and "0455-8123456" in said and "北林区" in said
    assert first.number not in said and "19900000001" not in said and "测试1" not in said
    with pytest.raises(Refused) as family:
        acts.submit_application(ctx=ctx_of("family", region=OTHER, params=phones), household=given)
    assert (
        "0455-8123456" in family.value.sentence
        and "待初审" not in family.value.sentence
        and masked not in family.value.sentence
    )


@pytest.mark.clause("3.2-0")
def test_the_glimpse_answers_only_who_names_the_person() -> None:
    row = submitted(1)
    with scope(COUNTY):
        person = bytes(row.members.get(relation="01").document_blind)
    with scope(OTHER, elevate=True), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM application_glimpse(%s, %s)", [row.id, b"somebody else"])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT number FROM application_glimpse(%s, %s)", [row.id, person])
        assert cursor.fetchone()[0].startswith("231202-2603-") and row.number not in str(cursor.fetchone())


# --- what the county asks for, from rows -----------------------------------------------------------------


FROM_ROWS = [
    ({"registration_rule": "county"}, {"registration": "231202"}, {}, True, ""),
    ({"registration_rule": "county"}, {"registration": "230103"}, {}, False, "须有本县"),
    ({"registration_rule": "county"}, {}, {}, False, "户籍所在地"),
    ({"insurance_months_min": 12}, {"insured_months": 12}, {}, True, ""),
    ({"insurance_months_min": 12}, {"insured_months": 11}, {}, False, "不足 12 个月"),
    ({"transfer_years": 2}, {}, {"transferred": False}, True, ""),
    ({"transfer_years": 2}, {}, {}, False, "近年是否转让"),
    ({"transfer_years": 2}, {}, {"transferred": True}, False, "近年是否转让"),
    ({"rooms_table": None}, {}, {}, False, "户型面积标准」（第 3.2-0 条）尚未设定"),
]


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("values", "member_facts", "case_facts", "passes", "why"), FROM_ROWS)
def test_a_case_is_judged_by_what_its_rows_say(
    values: dict[str, Any], member_facts: dict[str, Any], case_facts: dict[str, Any], passes: bool, why: str
) -> None:
    row = submitted(1, ctx_of(params=book(**values)))
    with open_act(COUNTY):
        Member.objects.filter(application=row, relation="01").update(**member_facts or {"work": ""})
        Application.objects.filter(id=row.id).update(**case_facts or {"back_entered": False})
    ctx = ctx_of(params=book(**values))
    if passes:
        assert acts.first_review(ctx=ctx, application_id=row.id, outcome="pass").state == "first_passed"
        return
    with pytest.raises(Refused, match=why):
        acts.first_review(ctx=ctx, application_id=row.id, outcome="pass")


@pytest.mark.clause("3.2-0")
def test_a_wish_beyond_the_countys_table_is_refused_with_the_limit_and_an_open_table_refuses_nothing() -> None:
    table = [["sale", 1, 2, 0, "any", 1, 1, 60], ["sale", 3, 99, 0, "any", 1, 3, 120]]
    with pytest.raises(InvalidInput, match=r"2 人家庭的意向 2 室、至 90.00㎡，超出户型面积标准（1 室、不超过 60㎡）"):
        submitted(1, ctx_of(params=book(rooms_table=table)))
    assert submitted(1, ctx_of(params=book(rooms_table=table)), persons=3).state == "submitted"
    open_ = submitted(11, ctx_of(params=book(rooms_table=None)))
    found = next(v for v in open_.verdicts if v["rule"] == "3.2-0-rooms")
    assert found["outcome"] == "unknown" and "尚未设定" in found["sentence"]
