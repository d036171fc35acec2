"""Stage one of the demonstration: the city, its bodies and people, the values of its open parameters, its acquirers."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from anju.base.calendar.models import Installation
from anju.parties import acts, reads
from anju.parties.models import Account, Organisation
from anju.parties.posts import BY_CODE
from anju.parties.setup import FIRST, init_city
from anju.policy.catalogue import catalogue
from anju.policy.rules.acquirer import CRITERIA

PLAN = "绥政发〔2025〕4号"
PLAN_ACQUIRER, PLAN_PARENT = "绥化市居安保障房建设投资发展有限公司", "绥化市创源城市发展投资有限公司"
PLAN_FROM = date(2025, 1, 1)
CITY_PROPER = "231202"  # the plan's acquirer serves it too
PLATFORM_COUNTY = "231221"
DEVELOPERS = ("云杉", "白桦", "沃野", "稻香", "寒地", "黑土", "松嫩", "呼兰河")

# The task force's values of what the plan leaves open (演示取值); eligibility was settled first, the rest with 2026.
ELIGIBILITY_FROM, REST_FROM = date(2025, 3, 1), date(2026, 1, 1)
ELIGIBILITY: dict[str, Any] = {
    "area_per_person_line_cm2": {"sale": 200_000, "affordable_rental": 200_000, "public_rental": 150_000},
    "income_line_fen": {"sale": "none", "affordable_rental": "none", "public_rental": 300_000},
    "insurance_months_min": 0,
    "min_single_age": {"sale": 25, "affordable_rental": 18, "public_rental": 25},
    "registration_rule": "none",
    "rooms_table": [
        ["sale", 1, 99, 0, "any", 1, 3, 120],
        ["affordable_rental", 1, 99, 0, "any", 1, 2, 80],
        ["public_rental", 1, 99, 0, "any", 1, 2, 80],
    ],
    "transfer_years": 0,
    "verification_items": "none",
    "residence_months_min": {"sale": 12, "affordable_rental": 3, "public_rental": 12},
}
REST: dict[str, Any] = {
    "abandon_ban_years": 2,
    "afterpurchase_days": 90,
    "apply_window_days": 10,
    "appraisal_valid_days": 365,
    "assessment_lines": [["purchase", "收购", 600], ["allotment", "配租配售", 900], ["operation", "租金收缴", 900]],
    "complaint_days": 15,
    "made_for_revoke_days": 15,
    "bond_terms": [[10, 173], [20, 190], [30, 202]],
    "buyback_rate": 10,
    "callback_valid_days": 180,
    "ceiling_valid_days": 180,
    "deferral_days_max": 20,
    "dti_month_max": 500,
    "earnest_refund_days": 10,
    "earnest_rule": 1_000_000,
    "false_papers_ban_years": 5,
    "first_review_days": 20,
    "gate_denominator": "letter",
    "lease_months_max": 36,
    "letter_valid_days": 180,
    "mortgage_term_max": 360,
    "objection_days": 5,
    "order_method": {"sale": "draw", "affordable_rental": "waiting_list", "public_rental": "waiting_list"},
    "permit_days": [
        ["filing", "网签备案", 3],
        ["loan", "个人贷款条件", 10],
        ["taxes", "税费缴纳", 3],
        ["first_registration", "首次登记", 10],
        ["transfer_registration", "转移登记", 5],
    ],
    "price_cap_test": "per_m2",
    "price_profit_base": "land_and_construction",
    "price_to_income_max": 8_000,
    "priority_groups": [["need", "wheelchair", "使用轮椅", 2], ["group", "low_income", "住房和收入困难家庭", 3]],
    "publicity_days": 7,
    "recheck_days": 20,
    "recheck_months": 12,
    "relook_days": 15,
    "relook_decision_days": 10,
    "rent_discount_max": 900,
    "rent_main_share_min": 510,
    "rent_rise_max": 50,
    "rent_to_income_max": 300,
    "second_review_days": 7,
    "special_decision_body": "task_force",
    "step_free_first": "yes",
    "vacate_days": 30,
}


@dataclass
class Cast:
    """The bodies by a short name, the accounts by their login name."""

    demo: Any
    password_hash: str
    bodies: dict[str, Organisation] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    codes: int = 0

    def body(self, key: str, kind: str, name: str, *, region: str = "", **more: Any) -> Organisation:
        """A body, with a credit code made up for it unless a public document names the body."""
        named = bool(more.get("source"))
        row = acts.open_organisation(
            ctx=self.demo.ctx("sys", region=region or self.demo.city), kind=kind, name=name,
            uscc=None if named else self._code(region or self.demo.city), **more,
        )  # fmt: skip
        self.bodies[key] = row
        return row

    def person(self, username: str, post: str, body: str, name: str, *, region: str = "", listed: bool = True) -> None:
        """An account of the system administrator's making, in a post of the security administrator's granting."""
        region = region or self.demo.city
        account = acts.open_account(
            ctx=self.demo.ctx("sys"), username=username, name=name, organisation_id=self.bodies[body].pk,
            password_hash=self.password_hash, must_change=False,
        )  # fmt: skip
        acts.appoint(ctx=self.demo.ctx("sec", region=region), account_id=account.pk, post=post, region=region)
        self.accounts[username] = account
        if listed:
            self.demo.sign_ins.append((username, BY_CODE[post].title, region))

    def _code(self, region: str) -> str:
        self.codes += 1
        return credit_code(region, self.codes)


def credit_code(region: str, number: int) -> str:
    """A made-up 统一社会信用代码 with both check characters right (GB 11714, GB 32100); its body number begins with MADEM."""
    from stdnum.cn import uscc

    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    stem = f"MADEM{number:03d}"
    check = 11 - sum(alphabet.index(c) * w for c, w in zip(stem, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    first = f"91{region}{stem}{ {10: 'X', 11: '0'}.get(check, str(check)) }"
    return first + uscc.calc_check_digit(first)


def run(demo: Any) -> None:
    """The city and everybody in it."""
    if not Installation.objects.exists():
        init_city(kind=Installation.DEMONSTRATION, city=demo.city, password=demo.password)
    demo.sign_ins += [(name, title, demo.city) for name, _, title in FIRST]
    cast = Cast(demo, make_password(demo.password))
    names = reads.region_names()
    _city_people(cast)
    for county in demo.progress(demo.counties, "县（市、区）专班、窗口和收购主体"):
        _county_people(cast, county, names[county])
    _parties(cast)
    demo.state.update(organisations=cast.bodies, accounts=cast.accounts, region_names=names)
    demo.say(f"单位 {len(cast.bodies)} 家，账号 {len(cast.accounts) + 3} 个；系统、安全、审计管理员由三人分别担任")
    _refused_grants(cast)
    _parameters(cast)
    _admissions(cast)


def _city_people(cast: Cast) -> None:
    cast.body("task_force", "task_force", "绥化市保障性住房工作专班", source=f"{PLAN} 四（一）")
    cast.body("plan_parent", "acquirer", PLAN_PARENT, source=f"{PLAN} 三（一）")
    cast.body("acquirer", "acquirer", PLAN_ACQUIRER, source=f"{PLAN} 三（一）", parent_id=cast.bodies["plan_parent"].pk)
    cast.body("audit", "auditor", "绥化市收购监督组（演示）")
    for username, post, body, name in (
        ("office", "office_clerk", "task_force", "关文静"),
        ("office_head", "office_head", "task_force", "石敬川"),
        ("leader", "leader", "task_force", "高远"),
        ("auditor", "auditor", "audit", "严正"),
        ("buyer", "acquirer_clerk", "acquirer", "孟小舟"),
        ("buyer_head", "acquirer_head", "acquirer", "周立新"),
        ("finance", "acquirer_finance", "acquirer", "钱素云"),
        ("finance_head", "acquirer_finance_head", "acquirer", "金守成"),
        ("operator", "operator", "acquirer", "安然"),
    ):
        cast.person(username, post, body, name)


def _county_people(cast: Cast, county: str, name: str) -> None:
    """Its task force and window; outside the city proper its own acquirer."""
    shown = county in (CITY_PROPER, PLATFORM_COUNTY)
    cast.body(f"task_force_{county}", "task_force", f"{name}保障性住房工作专班（演示）", region=county)
    cast.body(f"intake_{county}", "intake", f"{name}住房保障受理窗口（演示）", region=county)
    people = [
        (f"office_{county}", "office_clerk", f"task_force_{county}", "专班经办"),
        (f"head_{county}", "office_head", f"task_force_{county}", "专班负责人"),
        (f"intake_{county}", "intake_clerk", f"intake_{county}", "窗口经办"),
        (f"reviewer_{county}", "reviewer", f"task_force_{county}", "复审"),
    ]
    if county != CITY_PROPER:
        parent = cast.body(f"parent_{county}", "acquirer", f"{name}禾居演示城市建设集团有限公司", region=county)
        body = f"acquirer_{county}"
        cast.body(body, "acquirer", f"{name}禾居演示住房保障有限公司", region=county, parent_id=parent.pk)
        people += [
            (f"buyer_{county}", "acquirer_clerk", body, "收购经办"),
            (f"buyer_head_{county}", "acquirer_head", body, "收购负责人"),
        ]
    for username, post, key, title in people:
        cast.person(username, post, key, f"{name[:2]}{title}", region=county, listed=shown)


def _parties(cast: Cast) -> None:
    for key, name in (
        ("zj", "住房和城乡建设局"),
        ("zr", "自然资源局"),
        ("sw", "税务局"),
        ("gjj", "住房公积金管理中心"),
    ):
        cast.body(f"dept_{key}", "department", f"绥化市{name}（演示）")
        cast.person(f"dept_{key}", "department_clerk", f"dept_{key}", f"{name[:4]}经办")
    for number, name in enumerate(DEVELOPERS, 1):
        cast.body(f"dev_{number}", "developer", f"绥化市{name}演示房地产开发有限公司")
        cast.person(f"dev_{number}", "developer_agent", f"dev_{number}", f"{name}代理人", listed=number == 1)
    for number, (name, until) in enumerate((("诚信", date(2028, 12, 31)), ("明衡", date(2027, 6, 30))), 1):
        key = f"appraiser_{number}"
        cast.body(
            key, "appraisal_agency", f"黑龙江{name}演示房地产估价有限公司", qualified_until=until,
            qualification=f"房地产估价机构{'一' if number == 1 else '二'}级，演示证书第 {number:03d} 号",
        )  # fmt: skip
        cast.person(key, "appraiser", key, f"估价师{'甲乙'[number - 1]}")
    cast.body(
        "appraiser_expired", "appraisal_agency", "黑龙江旧约演示房地产估价有限公司",
        qualification="房地产估价机构三级，演示证书第 003 号", qualified_until=date(2025, 12, 31),
    )  # fmt: skip
    cast.body("bank_1", "bank", "演示商业银行股份有限公司绥化分行")
    cast.body("bank_2", "bank", "演示政策性银行黑龙江省分行")
    cast.person("bank_1", "bank_officer", "bank_1", "银行经办")
    cast.person("bank_1b", "bank_checker", "bank_1", "银行复核")
    cast.body("notary", "notary", "绥化市演示公证处")
    cast.person("notary", "notary", "notary", "公证员")
    cast.body("manager", "manager", "绥化市安居演示物业服务有限公司")


def _refused_grants(cast: Cast) -> None:
    """What the three roles and the regions keep apart."""
    demo = cast.demo
    sys = Account.objects.get(username="sys")
    demo.expect_refusal(
        "系统管理员兼任审计管理员",
        lambda: acts.appoint(ctx=demo.ctx("sec"), account_id=sys.pk, post="audit_admin", region=demo.city),
    )
    demo.expect_refusal(
        "专班经办自行授岗",
        lambda: acts.appoint(
            ctx=demo.ctx("office"), account_id=cast.accounts["buyer"].pk, post="acquirer_head", region=demo.city
        ),
    )


def _parameters(cast: Cast) -> None:
    demo = cast.demo
    open_before = len(reads.open_parameters(demo.city, REST_FROM))
    resolution = acts.propose_resolution(
        ctx=demo.ctx("office"), body_id=cast.bodies["task_force"].pk, number="绥保专演〔2025〕1号",
        title="方案未定事项的演示取值", decided_on=date(2025, 2, 26), votes_for=9, votes_against=0,
        minutes="会议逐项议定方案未定的参数。本决议及其取值仅用于演示，不是绥化市的决定。",
    )  # fmt: skip
    acts.adopt_resolution(ctx=demo.ctx("office_head"), resolution_id=resolution.pk)
    for values, since in ((ELIGIBILITY, ELIGIBILITY_FROM), (REST, REST_FROM)):
        for name, value in values.items():
            row = acts.propose_setting(
                ctx=demo.ctx("office"), name=name, value=value, valid_from=since, resolution_id=resolution.pk,
                document=f"{resolution.number}（演示取值）",
            )  # fmt: skip
            acts.confirm_setting(ctx=demo.ctx("office_head"), setting_id=row.pk)
    left = reads.open_parameters(demo.city, REST_FROM)
    demo.say(f"未定参数 {open_before} 项，按决议 {resolution.number} 逐项拟定、由另一人确认；尚未定 {len(left)} 项")
    demo.state["resolution"] = resolution
    title = catalogue()["sale_unit_area_max"].title
    demo.expect_refusal(
        f"把「{title}」放宽到 130㎡",
        lambda: acts.propose_setting(
            ctx=demo.ctx("office"),
            name="sale_unit_area_max",
            value=1_300_000,
            valid_from=demo.now.date(),
            document="无",
        ),
    )
    row = acts.propose_setting(
        ctx=demo.ctx("office"), name="letter_valid_days", value=150, valid_from=date(2027, 1, 1), document="演示"
    )
    demo.expect_refusal(
        "拟定人自行确认参数取值",
        lambda: acts.confirm_setting(ctx=demo.ctx("office"), setting_id=row.pk),
    )
    acts.withdraw_setting(ctx=demo.ctx("office"), setting_id=row.pk, reason="演示：没有另一人确认")


def _admissions(cast: Cast) -> None:
    demo = cast.demo
    for region, clerk, head in (
        (demo.city, "office", "office_head"),
        (CITY_PROPER, f"office_{CITY_PROPER}", f"head_{CITY_PROPER}"),
    ):
        row = acts.propose_admission(
            ctx=demo.ctx(clerk), acquirer_id=cast.bodies["acquirer"].pk, document=f"{PLAN} 三（一）",
            facts=_plan_facts(), valid_from=PLAN_FROM,
        )  # fmt: skip
        row = acts.decide_admission(ctx=demo.ctx(head), admission_id=row.pk)
        demo.state.setdefault("admissions", {})[region] = row
    checks = [v for v in row.verdicts if v["outcome"] != "pass"]
    demo.say(f"{PLAN_ACQUIRER}由方案选定，已准入（市本级、北林区）；{len(checks)} 项核查待补，留在专班办公室待办")
    for county in demo.counties:
        if county != CITY_PROPER:
            _admit_county(cast, county)
    demo.say(f"各县收购主体准入 {len(demo.counties) - 1} 家；{cast.bodies['candidate'].name}不予准入")


def _admit_county(cast: Cast, county: str) -> None:
    demo = cast.demo
    clerk, head = f"office_{county}", f"head_{county}"
    if county == PLATFORM_COUNTY:
        _refuse_platform(cast, clerk, head)
    body, parent = cast.bodies[f"acquirer_{county}"], cast.bodies[f"parent_{county}"]
    row = acts.propose_admission(
        ctx=demo.ctx(clerk), acquirer_id=body.pk, document="演示选定文件〔2025〕2号", valid_from=date(2025, 12, 1),
        facts=_facts([(body.name, False), (parent.name, False)]),
    )  # fmt: skip
    demo.state["admissions"][county] = acts.decide_admission(ctx=demo.ctx(head), admission_id=row.pk)


def _refuse_platform(cast: Cast, clerk: str, head: str) -> None:
    """A candidate whose group holds a financing platform: refused by the rule, then by the head in words."""
    demo = cast.demo
    name = demo.state["region_names"][PLATFORM_COUNTY]
    parent = cast.body("platform", "acquirer", f"{name}通达演示城市投资集团有限公司", region=PLATFORM_COUNTY)
    body = cast.body(
        "candidate", "acquirer", f"{name}通达演示置业有限公司", region=PLATFORM_COUNTY, parent_id=parent.pk
    )
    row = acts.propose_admission(
        ctx=demo.ctx(clerk), acquirer_id=body.pk, document="演示申报书〔2025〕1号", valid_from=date(2025, 12, 1),
        facts=_facts([(body.name, False), (parent.name, True)]),
    )  # fmt: skip
    demo.expect_refusal(f"准入{body.name}", lambda: acts.decide_admission(ctx=demo.ctx(head), admission_id=row.pk))
    acts.decide_admission(ctx=demo.ctx(head), admission_id=row.pk, admit=False, reason="所属集团为政府融资平台")


def _facts(group: list[tuple[str, bool]]) -> dict[str, Any]:
    return {
        "criteria": {key: {"answer": True, "evidence": f"合成：{title}证明"} for key, title in CRITERIA.items()},
        "group": [{"name": n, "financing_platform": p, "evidence": "合成：融资平台名单核查函"} for n, p in group],
        "group_complete": True,
        "hidden_debt_fen": 0,
    }


def _plan_facts() -> dict[str, Any]:
    """What the plan itself says of its acquirer; everything else is still to be checked."""
    return {
        "criteria": {"fair_competition": {"answer": True, "evidence": f"{PLAN} 三（一）“按照公平竞争程序，选定”"}},
        "group": [
            {"name": PLAN_ACQUIRER, "financing_platform": None},
            {"name": PLAN_PARENT, "financing_platform": None},
        ],
        "group_complete": None,
        "hidden_debt_fen": None,
    }
