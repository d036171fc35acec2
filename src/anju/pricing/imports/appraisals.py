"""The sheet of appraisals (估价报告表): one line a report."""

from typing import Any

from anju.base.acts import ActContext, Refused
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.parties.models import Organisation
from anju.policy.rules import pricing as rules
from anju.policy.verdict import Outcome
from anju.pricing import acts
from anju.pricing.models import Appraisal, Commission
from anju.reserve.imports.common import UNKNOWN_PROJECT, projects_by_number

PRICE = "3.4-1"
COLUMNS = (
    Column("项目编号", "project", "code", required=True, longest=24, clause=PRICE),
    Column("估价机构统一社会信用代码", "uscc", "uscc", required=True, clause=PRICE),
    Column("报告编号", "number", required=True, longest=60, clause=PRICE),
    Column("估价师", "appraiser", required=True, longest=60),
    Column("估价师注册号", "appraiser_number", "code", required=True, longest=40),
    Column("价值时点", "value_date", "date", required=True, clause=PRICE),
    Column("有效期至", "valid_until", "date", clause=PRICE),
    Column("评估单价(元/㎡)", "price_fen_m2", "yuan", required=True, least=1, clause=PRICE),
    Column("评估总价(元)", "total_fen", "yuan", required=True, least=1, clause=PRICE),
    Column("建筑面积(㎡)", "gross_cm2", "area", required=True, least=1, clause=PRICE),
)


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Known projects, a commissioned and qualified agency, a report that agrees with itself and is not entered yet."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    agencies = _agencies(rows)
    commissioned = set(
        Commission.objects.filter(region=ctx.region, project__in=projects.values()).values_list(
            "project_id", "agency_id"
        )
    )
    entered = set(Appraisal.objects.filter(region=ctx.region).values_list("agency_id", "number"))
    found: list[Problem] = []
    for row in rows:
        project, agency = projects.get(row["project"]), agencies.get(row["uscc"])
        if project is None:
            found.append(
                Problem(row.number, "项目编号", row["project"], UNKNOWN_PROJECT.format(region=ctx.region), PRICE)
            )
        if agency is None:
            found.append(Problem(row.number, "估价机构统一社会信用代码", row["uscc"], "没有登记这家估价机构", PRICE))
            continue
        if project and (project.id, agency.id) not in commissioned:
            why = "没有委托这家机构评估本项目的记录；请先办理委托"
            found.append(Problem(row.number, "估价机构统一社会信用代码", row["uscc"], why, PRICE))
        if (agency.id, row["number"]) in entered:
            found.append(Problem(row.number, "报告编号", row["number"], "这份报告已录入", PRICE))
        found += _report(ctx, row, agency)
    return found


def _agencies(rows: list[Row]) -> dict[str, Organisation]:
    found = Organisation.objects.filter(kind="appraisal_agency", uscc__in={r["uscc"] for r in rows})
    return {str(one.uscc): one for one in found}


def _report(ctx: ActContext, row: Row, agency: Organisation) -> list[Problem]:
    facts = rules.Appraised(
        row["price_fen_m2"], row["total_fen"], row["gross_cm2"], row["value_date"], agency.qualified_until
    )
    found = []
    if row["value_date"] > ctx.today:
        found.append(Problem(row.number, "价值时点", str(row["value_date"]), f"晚于今天 {ctx.today}", PRICE))
    answers = [
        ("估价机构统一社会信用代码", rules.agency_qualified(facts)),
        ("评估总价(元)", rules.consistent(rules.Costs(None, None, None, row["gross_cm2"]), facts)[0]),
    ]
    for title, answer in answers:
        if answer.outcome is not Outcome.PASS:
            found.append(Problem(row.number, title, answer.measured, answer.sentence, answer.clause))
    return found


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """Enter each report; those refused come back with their sentence."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    agencies = _agencies(rows)
    names = (
        "number", "appraiser", "appraiser_number", "value_date", "valid_until", "price_fen_m2", "total_fen", "gross_cm2"
    )  # fmt: skip
    refused = []
    for row in rows:
        try:
            acts.enter_appraisal(
                ctx=ctx, project_id=projects[row["project"]].id, agency_id=agencies[row["uscc"]].id,
                **{name: row.get(name) for name in names}, evidence_id=load.evidence_id,
            )  # fmt: skip
        except Refused as error:
            refused.append((row.number, error.sentence))
    return refused


KIND = register_kind(
    SheetKind(
        name="appraisals", title="估价报告表", power="pricing.enter_appraisal", columns=COLUMNS, check=check, take=take,
        key=("uscc", "number"), clause=PRICE, note="一行一份报告；机构须已受托，价值时点在其资质有效期内。",
    )
)  # fmt: skip
