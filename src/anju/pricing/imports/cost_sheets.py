"""The sheet of costs (成本表): one line a project."""

from typing import Any

from anju.base.acts import ActContext, Refused
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.policy.rules import pricing as rules
from anju.policy.verdict import Outcome
from anju.pricing import acts
from anju.reserve.imports.common import UNKNOWN_PROJECT, projects_by_number

PRICE = "3.4-1"
COLUMNS = (
    Column("项目编号", "project", "code", required=True, longest=24, clause=PRICE),
    Column("划拨土地成本(万元)", "land_fen", "wan", note="按自然资源部门提供的划拨口径；不知道的留空", clause=PRICE),
    Column("出让价款(万元)", "transfer_land_fen", "wan", note="企业取得土地的出让价款；没有的填 0", clause=PRICE),
    Column("建安成本(万元)", "construction_fen", "wan", least=1, clause=PRICE),
    Column("利润(万元)", "profit_fen", "wan", note="不超过 5%", clause=PRICE),
    Column("建筑面积(㎡)", "gross_cm2", "area", least=1, clause=PRICE),
    Column("资料来源及文号", "document", longest=120, clause="3.4-2"),
)
FIGURES = ("land_fen", "transfer_land_fen", "construction_fen", "profit_fen", "gross_cm2")


def costs_of(row: Row) -> rules.Costs:
    """The facts of the rules in a line."""
    return rules.Costs(**{name: row.get(name) for name in FIGURES})


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Known projects; a land cost that is not the 出让 price; a profit within its limit."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    found = []
    for row in rows:
        if row["project"] not in projects:
            found.append(
                Problem(row.number, "项目编号", row["project"], UNKNOWN_PROJECT.format(region=ctx.region), PRICE)
            )
        costs = costs_of(row)
        for title, answer in (
            ("划拨土地成本(万元)", rules.land(costs)), ("利润(万元)", rules.profit(costs, ctx.inforce(ctx.today)))
        ):  # fmt: skip
            if answer.outcome is Outcome.FAIL:
                found.append(Problem(row.number, title, answer.measured, answer.sentence, answer.clause))
    return found


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """Enter each line; those refused come back with their sentence."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    refused = []
    for row in rows:
        try:
            acts.enter_cost_sheet(
                ctx=ctx, project_id=projects[row["project"]].id, **{name: row.get(name) for name in FIGURES},
                document=row.get("document", ""), evidence_id=load.evidence_id,
            )  # fmt: skip
        except Refused as error:
            refused.append((row.number, error.sentence))
    return refused


KIND = register_kind(
    SheetKind(
        name="cost_sheets", title="成本表", power="pricing.enter_cost_sheet", columns=COLUMNS, check=check, take=take,
        key=("project",), clause=PRICE, note="一行一个项目。不知道的金额留空，不填 0。",
    )
)  # fmt: skip
