"""Stage two of the demonstration: households apply in ten counties, two people review them, a list and a frozen demand result."""

import hashlib
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext
from anju.base.calendar.days import installation
from anju.base.files import store
from anju.base.messages.models import Message
from anju.base.sheets.out import workbook
from anju.base.sheets.template import header_of
from anju.front.demo import needs_life
from anju.front.demo.households import County, Household
from anju.needs import acts, consent, exports, reads, survey_text
from anju.needs.acts import callback
from anju.needs.acts.report import issue_report
from anju.needs.households import HouseholdInput, MemberInput, WishInput
from anju.needs.imports import ANSWERS, APPLICATIONS
from anju.needs.models import AGE_BANDS, Application, Call, Finding
from anju.parties import context as posts
from anju.parties import signin
from anju.parties.models import CensusFigure
from anju.policy.parameters import ParameterBook

CITY_PROPER, HOUSEHOLDS, COUNTY_HOUSEHOLDS, ANSWERS_COUNT = "231202", 4700, 380, 300
SURVEY = "2026 年保障性住房需求摸底"
LINK_ANSWERS, CALLED = 60, 200
ASKED = "多选 | 选房最看重什么？ | 价格 / 离单位近 / 离学校近 / 小区配套\n单选 | 打算什么时候入住？ | 半年内 / 一年内 / 再看看"
FAMILY_PHONE = "19900099901"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SCANS = [("2025年申请审批表（合成扫描件）.pdf", PDF)]


# --- files in ----------------------------------------------------------------------------------------


def files(demo: Any) -> None:
    """One applications file per county, some rows bad on purpose; one file of answers."""
    phone, twice = 0, None
    for code in demo.counties:
        county = _county(demo, code)
        count = HOUSEHOLDS if code == CITY_PROPER else COUNTY_HOUSEHOLDS
        found = [county.household(n, phone + n, demo.counties) for n in range(1, count + 1)]
        phone += count
        if code == CITY_PROPER:
            demo.state["made_up"], twice = county, found[0]
            _one_unknown_income(found)
            found += _bad_rows(county, count, demo)
        elif code == "231281" and twice:
            found.append(_again(county, twice, count + 1))
        _write(_path(demo, code), found)
    _answers(demo)


def _county(demo: Any, code: str) -> County:
    with demo.scope():
        rows = CensusFigure.objects.filter(area=code, year=reads.CENSUS_YEAR)
        figures = {name: int(value) for name, value in rows.values_list("name", "value")}
        return County(code, figures, list(reads.towns(code)), demo.rng)


def _path(demo: Any, code: str) -> Path:
    return demo.folder / f"轮候申请_{code}.xlsx"


def _write(path: Path, found: list[Household]) -> None:
    rows = ([row.get(column.field) for column in APPLICATIONS.columns] for one in found for row in one.rows())
    path.write_bytes(workbook(APPLICATIONS.title, [header_of(c) for c in APPLICATIONS.columns], rows, True))


def _one_unknown_income(found: list[Household]) -> None:
    """At least one household lacks nothing but its income: the one that is asked for a supplement."""
    for one in found[1:]:
        facts = one.cells
        plain = facts["home_area_cm2"] == 0 and facts["policy_homes"] == 0 and facts["residence_months"] >= 18
        if facts["programme"] == "公租房" and plain and len(one.persons) > 1:
            facts["income_month_fen"] = None
            return
    raise AssertionError("no household to ask for a supplement")


def _bad_rows(county: County, serial: int, demo: Any) -> list[Household]:
    """Households that must stay out, each for one reason."""
    found = [county.household(serial + n, 99_000 + n, (county.code,)) for n in range(1, 7)]
    checksum, birthday, wide, long, floats, missing = found
    number = checksum.persons[0].number
    checksum.persons[0].number = number[:17] + ("0" if number[17] != "0" else "1")
    birthday.persons[0].born = date(1991, 5, 5)
    wide.cells |= {
        "programme": "配售型保障性住房", "tenure_1": "配售", "area_from_1": 120, "area_to_1": 130, "ceiling_1": 400_000,
        "county_2": None, "tenure_2": None, "rooms_2": None, "area_from_2": None, "area_to_2": None, "ceiling_2": None,
    }  # fmt: skip
    long.persons[0].name = "长" * 3000
    floats.persons[0].number = float(floats.persons[0].number[:17])  # type: ignore[assignment]  # as Excel leaves it
    missing.cells["phone"] = None
    return found


def _again(county: County, first: Household, serial: int) -> Household:
    """The household of another county, once more: the same applicant with a town and wish of this one."""
    found = county.household(serial, 99_100, (county.code,))
    found.persons = first.persons[:1]
    return found


def _answers(demo: Any) -> None:
    rows, rng = [], demo.rng
    for number in range(1, ANSWERS_COUNT + 1):
        county = rng.choice(demo.counties)
        band = rng.choices([title for _, title in AGE_BANDS], (40, 42, 18))[0]
        wants = rng.choices(("配售", "配租", "不需要"), (28, 38, 34))[0]
        rooms = None if wants == "不需要" else rng.choice((1, 2, 2, 3))
        area = None if rooms is None else {1: 45, 2: 65, 3: 95}[rooms] + rng.randrange(15)
        rows.append([number, county, band, rng.choices((1, 2, 3, 4, 5), (22, 34, 28, 12, 4))[0], wants, rooms, area])
    data = workbook(ANSWERS.title, [header_of(c) for c in ANSWERS.columns], rows, True)
    (demo.folder / "需求问卷.xlsx").write_bytes(data)


# --- the run -----------------------------------------------------------------------------------------


def run(demo: Any) -> None:
    """Everything from the files to the frozen demand."""
    _bring_in(demo)
    _family(demo)
    demo.advance(days=1)
    for code in demo.progress(demo.counties, "两级审核"):
        _review(demo, code)
    _single_cases(demo)
    _publicity(demo)
    needs_life.on_the_list(demo)
    _back_entry(demo)
    _survey(demo)
    _call_back(demo)
    _freeze(demo)


def _bring_in(demo: Any) -> None:
    taken = refused = 0
    for code in demo.progress(demo.counties, "导入轮候申请"):
        load = demo.import_file("applications", _path(demo, code), f"intake_{code}")
        taken, refused = taken + load.good, refused + load.bad
        for error in load.errors[4:]:
            if not error["reason"].startswith("同组"):
                where = f"{_path(demo, code).name} 第 {error['row']} 行「{error['column']}」{error['value']}"
                demo.refused(where, error["reason"], error["clause"])
    with demo.scope():
        count = reads.applications(demo.city).count()
    demo.say(f"导入 {len(demo.counties)} 个县（市、区）的轮候申请 {count} 户、{taken} 人；{refused} 行退回")


def _review(demo: Any, code: str) -> None:
    ids = _ids(demo, code, "submitted")
    first = acts.bulk_first_review(ctx=demo.ctx(f"intake_{code}"), ids=ids)
    second = acts.bulk_second_review(ctx=demo.ctx(f"reviewer_{code}"), ids=_ids(demo, code, "first_passed"))
    if code == CITY_PROPER:
        number, why = first["left"][0]
        clause = re.search(r"第 ([\d.-]+) 条", why)
        demo.refused(f"申请 {number} 初审", why, clause[1] if clause else "3.2-0")
        demo.say(
            f"北林区：初审 {len(ids)} 户，通过 {first['passed']}，{len(first['left'])} 户不通过；复审通过 {second['passed']}"
        )


def _ids(demo: Any, code: str, state: str) -> list[UUID]:
    with demo.scope(code):
        rows = Application.objects.filter(region=code, state=state).order_by("number")
        return list(rows.values_list("id", flat=True))


def _single_cases(demo: Any) -> None:
    """One case is asked for a supplement and gives it; one is refused; one is withdrawn and comes back to its place."""
    clerk = f"intake_{CITY_PROPER}"
    with demo.scope(CITY_PROPER):
        left = list(Application.objects.filter(region=CITY_PROPER, state="submitted").order_by("number"))
    unknown = next(row for row in left if _waits_for_income(row))
    short = next(row for row in left if _fails(row, "3.2-0-residence"))
    acts.first_review(
        ctx=demo.ctx(clerk),
        application_id=unknown.id,
        outcome="supplement",
        reason="缺家庭收入证明，请补交近三个月收入证明",
    )
    acts.supplement(
        ctx=demo.ctx(clerk), application_id=unknown.id, facts={"income_month_fen": 180_000 * unknown.persons}
    )
    acts.first_review(ctx=demo.ctx(clerk), application_id=unknown.id, outcome="pass")
    acts.second_review(ctx=demo.ctx(f"reviewer_{CITY_PROPER}"), application_id=unknown.id, outcome="pass")
    demo.expect_refusal(
        "初审通过不满年限的申请",
        lambda: acts.first_review(ctx=demo.ctx(clerk), application_id=short.id, outcome="pass"),
    )
    acts.first_review(
        ctx=demo.ctx(clerk), application_id=short.id, outcome="refuse", reason="居住或参保年限不足，满期后可再申请"
    )
    demo.say("补正一户后通过；不予通过一户，短信写明理由")


def _waits_for_income(row: Application) -> bool:
    stops = [verdict["rule"] for verdict in row.verdicts if verdict["outcome"] != "pass"]
    return stops == ["3.2-0-income"] and row.income_month_fen is None


def _fails(row: Application, rule: str) -> bool:
    return any(verdict["rule"] == rule and verdict["outcome"] == "fail" for verdict in row.verdicts)


def _publicity(demo: Any) -> None:
    shown = {}
    for code in demo.counties:
        title = f"{demo.state['region_names'][code]}保障性住房轮候资格审核结果公示"
        ids = _ids(demo, code, "reviewed")
        shown[code] = acts.publish_applications(ctx=demo.ctx(f"reviewer_{code}"), ids=ids, title=title)
    first = shown[CITY_PROPER]
    demo.say(
        f"公示 {sum(row.households for row in shown.values())} 户，只列受理号、遮盖的姓名、人数和类别，到 {first.until_on} 为止"
    )
    demo.expect_refusal(
        "公示期未满转入轮候库",
        lambda: acts.end_publicity(ctx=demo.ctx(f"reviewer_{CITY_PROPER}"), publicity_id=first.id),
    )
    needs_life.during_publicity(demo, first)
    demo.advance(days=8)
    for code in demo.progress(demo.counties, "公示期满，进入轮候库"):
        acts.end_publicity(ctx=demo.ctx(f"reviewer_{code}"), publicity_id=shown[code].id)
    with demo.scope():
        rows = reads.applications(demo.city).filter(state="qualified")
        demo.state["qualified"] = {
            tenure: list(
                rows.filter(region=CITY_PROPER, wishes__rank=1, wishes__county=CITY_PROPER, wishes__tenure=tenure)
                .order_by("sort_key")
                .values_list("id", flat=True)
            )
            for tenure in ("sale", "rent")
        }
        total = rows.count()
    demo.say(
        f"轮候库 {total} 户；北林区意向购买 {len(demo.state['qualified']['sale'])} 户、意向承租"
        f" {len(demo.state['qualified']['rent'])} 户"
    )


# --- one family by itself, one paper case of 2025 ------------------------------------------------------


def _family(demo: Any) -> None:
    """A family signs in by the code sent to its phone and applies; nobody else touches its case."""
    signin.send_code(phone=FAMILY_PHONE, city=demo.city, now=demo.now)
    with demo.scope():
        text = (
            Message.objects.filter(template="signin-code")
            .order_by("-queued_at", "-id")
            .values_list("text", flat=True)[0]
        )
    code = re.search(r"\d{6}", str(text))
    if code is None or not signin.code_is_right(phone=FAMILY_PHONE, code=code[0], now=demo.now):
        raise AssertionError("the code in the outbox does not sign in")
    account = signin.family_of(phone=FAMILY_PHONE, house=installation(), now=demo.now)
    post = posts.live_appointments(account, demo.now.date())[0]
    ctx = posts.actor(account, post, now=demo.now).context(region=CITY_PROPER)
    given = made_up(demo, FAMILY_PHONE, months=30)
    row = acts.submit_application(ctx=ctx, household=given, consent=consent.current(ctx.today).version)
    demo.state["family"] = row
    demo.sign_ins.append((FAMILY_PHONE, "申请家庭（凭短信验证码，见发件箱）", demo.city))
    demo.say(f"一个家庭用手机验证码登录，自己申请：受理号 {row.number}")
    demo.expect_refusal(
        "同一家庭再次申请",
        lambda: acts.submit_application(ctx=ctx, household=demo.state["family_household"]),
    )


def made_up(demo: Any, phone: str, *, months: int) -> HouseholdInput:
    """A household of three for the counter and the portal."""
    county = demo.state["made_up"]
    town = county.towns[0]
    born = date(1988, 4, 17) if phone == FAMILY_PHONE else date(1983, 9, 2)
    given = HouseholdInput(
        programme="sale", group="wage_earner", town=town, phone=phone, income_month_fen=720_000, home_area_cm2=0,
        residence_months=months, policy_homes=0,
        members=(
            MemberInput("林晓梅", "01", county.number(born), "20"),
            MemberInput("高志强", "10", county.number(born.replace(day=20)), "20"),
            MemberInput("高子涵", "30", county.number(born.replace(year=2015)), "10"),
        ),
        wishes=(WishInput(CITY_PROPER, "sale", 2, 800_000, 900_000, 30_000_000),),
    )  # fmt: skip
    if phone == FAMILY_PHONE:
        demo.state["family_household"] = given
    return given


def _back_entry(demo: Any) -> None:
    """补录: accepted on paper in June 2025, judged by that day's rules; what it lacks stays open."""
    row = acts.back_enter(
        ctx=demo.ctx(f"intake_{CITY_PROPER}"), household=made_up(demo, "19900099902", months=10), accepted_on=date(2025, 6, 10),
        scans=SCANS, paper_number="北住保〔2025〕纸 0017 号",
    )  # fmt: skip
    with demo.scope(CITY_PROPER):
        findings = list(Finding.objects.filter(region=CITY_PROPER, application=row, settled_on=None))
    if len(findings) != 1:
        raise AssertionError(f"one open finding expected, got {[finding.rule for finding in findings]}")
    demo.state["back_entered"] = row
    demo.say(f"补录 2025-06-10 的纸质申请 {row.number}（扫描件 {len(SCANS)} 份），留下一项待查：{findings[0].sentence}")


# --- demand ------------------------------------------------------------------------------------------


def _survey(demo: Any) -> None:
    """Asked on paper and by link; one browser that answers ten times counts once."""
    asked = survey_text.parsed(f"{survey_text.STANDARD_LINE}\n{ASKED}")
    row = acts.draft_survey(
        ctx=demo.ctx("office"), title=SURVEY, intro="了解住房需求，两分钟填完；不影响轮候。", asked=asked
    )
    today = demo.ctx("office").today
    acts.publish_survey(ctx=demo.ctx("office_head"), survey_id=row.id, opens_on=today, closes_on=today + timedelta(60))
    demo.import_file("survey_answers", demo.folder / "需求问卷.xlsx", "office", survey=SURVEY)
    for number in range(LINK_ANSWERS):
        _answer_by_link(demo, row.code, number)
    told = acts.weigh_survey(ctx=demo.ctx("office"), survey=SURVEY)
    demo.say(f"网上答卷 {LINK_ANSWERS} 份；同一浏览器反复填写的，{told['damped']} 份减了权重")
    with demo.scope():
        result = reads.survey_result(demo.city, SURVEY)
    shares = result.permille or {}
    words = "、".join(f"{title} {shares[code] / 10:.1f}%" for code, title in reads.WANTS if code in shares)
    demo.say(f"问卷 {told['answers']} 份，按人口普查加权，有效样本量 {told['effective']}；{words}")


def _answer_by_link(demo: Any, code: str, number: int) -> None:
    """An anonymous answer; the last ten come from one browser."""
    rng = demo.rng
    desk = ActContext(
        account=None, post="survey_desk", region=demo.city, powers=frozenset({"needs.answer_survey"}), now=demo.now,
        params=ParameterBook(), demonstration=True, home=demo.city,
    )  # fmt: skip
    same = number >= LINK_ANSWERS - 10
    wants = "sale" if same else rng.choices(("sale", "rent", "none"), (25, 40, 35))[0]
    replies = {"wants": wants, "q2": rng.sample(["c1", "c2", "c3", "c4"], 2), "q3": rng.choice(["c1", "c2", "c3"])}
    if wants != "none":
        replies |= {"rooms": rng.choice((1, 2, 2, 3)), "area": rng.randrange(45, 110)}
    given = acts.Given(rng.choice(demo.counties), rng.choice([b for b, _ in AGE_BANDS]), rng.randint(1, 4), replies)
    device = hashlib.sha256(b"same" if same else str(number).encode()).digest()
    acts.answer_survey(ctx=desk, code=code, version=1, given=given, device=device)


def _call_back(demo: Any) -> None:
    """A round of calls in the city proper: most still want a home, a few changed, gave up or were not reached."""
    clerk = f"intake_{CITY_PROPER}"
    ctx = demo.ctx(f"reviewer_{CITY_PROPER}")
    row = callback.open_campaign(
        ctx=ctx,
        title="2026 年 3 月回访",
        due_on=ctx.today + timedelta(30),
        most=CALLED,
        clerks=[demo.ctx(clerk).account],
    )
    with demo.scope(CITY_PROPER):
        rows = Call.objects.filter(region=CITY_PROPER, campaign=row).order_by("id")
        numbers = list(rows.values_list("application__number", flat=True))
    heard = []
    for at, number in enumerate(numbers, 2):
        outcome = demo.rng.choices(("confirmed", "changed", "given_up", "unreachable"), (78, 6, 6, 10))[0]
        heard.append(
            callback.Heard(at, number, outcome, demo.rng.randint(1, 3), "改要小一点的" if outcome == "changed" else "")
        )
    callback.take_outcomes(ctx=demo.ctx(clerk), campaign_id=row.id, heard=heard)
    with demo.scope(CITY_PROPER):
        counts = callback.tally(row)
    words = "、".join(f"{callback.SAID[code]} {counts.get(code, 0)}" for code in callback.SAID)
    demo.say(f"北林区回访 {len(numbers)} 户：{words}；说放弃的须本人撤回，位次先保留")


def _report(demo: Any, row: Any, folder: Path) -> None:
    """The report of the city and of the city proper, as their papers."""
    for county in ("", CITY_PROPER):
        paper = issue_report(ctx=demo.ctx("office"), snapshot_id=row.id, county=county)
        with demo.scope():
            assert paper.pdf
            data = store.read(paper.pdf)
        path = folder / f"{paper.title}.pdf"
        path.write_bytes(data)
        demo.paper(path, paper.title, "3.2-0")
    demo.say("出具全市和北林区的需求分析报告（PDF，见 out/needs）")


def _freeze(demo: Any) -> None:
    row = acts.take_snapshot(ctx=demo.ctx("office"), title="2026 年 3 月保障性住房需求")
    demo.state["demand"] = row
    folder = demo.out / "needs"
    folder.mkdir(parents=True, exist_ok=True)
    with demo.scope():
        found = [exports.cells_file(row, synthetic=True), exports.waiting_list(demo.ctx(f"intake_{CITY_PROPER}"))]
        cells = reads.snapshot_cells(row).count()
    for (name, data), title in zip(found, ("需求快照单元", "北林区轮候库名单（姓名已遮盖）"), strict=True):
        path = folder / name.replace(" ", "_")
        path.write_bytes(data)
        demo.paper(path, title, "3.2-0")
    demo.say(f"冻结需求快照：{row.households} 户、{cells} 个单元，摘要 {row.sha256[:16]}…")
    _report(demo, row, folder)
