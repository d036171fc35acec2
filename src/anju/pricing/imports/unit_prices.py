"""The price list (一房一价 / 租金表): one line a home."""

from typing import Any

from anju.base.acts import ActContext
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.policy.rules import contracts as rules
from anju.policy.verdict import Outcome
from anju.pricing import acts
from anju.pricing.acts.prices import BEFORE_ANNOUNCEMENT
from anju.reserve.imports.common import UNKNOWN_PROJECT, projects_by_number
from anju.reserve.imports.units import by
from anju.reserve.models import Unit

AFFORD = "3.2-4"
COLUMNS = (
    Column("项目编号", "project", "code", required=True, longest=24, clause=AFFORD),
    Column("不动产单元代码", "code", "unitcode", required=True, clause=AFFORD),
    Column("用途", "tenure", "choice", required=True, choices={"配售": "sale", "配租": "rent"}, clause=AFFORD),
    Column("价格(元)", "amount_fen", "yuan", required=True, least=1, note="配售填总价，配租填月租金", clause=AFFORD),
    Column("市场价格(元)", "market_fen", "yuan", least=1, note="同地段同品质；配租必填月租金", clause=AFFORD),
)


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Known homes not yet announced; rents within their share of the market rent."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    units = Unit.objects.filter(region=ctx.region, code__in=[r["code"] for r in rows]).select_related("project")
    known = {u.code: u for u in units}
    inforce = ctx.inforce(ctx.today)
    found = []
    for row in rows:
        unit = known.get(row["code"])
        if row["project"] not in projects:
            found.append(
                Problem(row.number, "项目编号", row["project"], UNKNOWN_PROJECT.format(region=ctx.region), AFFORD)
            )
        elif unit is None or unit.project.number != row["project"]:
            found.append(Problem(row.number, "不动产单元代码", row["code"], "这个项目没有这套房源；请核对代码", AFFORD))
        elif unit.state not in BEFORE_ANNOUNCEMENT:
            why = f"为「{unit.get_state_display()}」，价格不能再改"
            found.append(Problem(row.number, "不动产单元代码", row["code"], why, "3.5-2"))
        if row["tenure"] == "rent":
            answer = rules.rent(row["amount_fen"], row.get("market_fen"), inforce)
            if answer.outcome is not Outcome.PASS:
                found.append(Problem(row.number, "价格(元)", answer.measured, answer.sentence, answer.clause))
    return found


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """Set the prices project by project; a refusal goes up, so that the chunk is halved until it is found."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    ids = dict(Unit.objects.filter(region=ctx.region, code__in=[r["code"] for r in rows]).values_list("code", "id"))
    for number, lines in by(rows, lambda r: r["project"]).items():
        prices = [
            {
                "unit_id": ids[line["code"]], "tenure": line["tenure"], "amount_fen": line["amount_fen"],
                "market_fen": line.get("market_fen"),
            }
            for line in lines
        ]  # fmt: skip
        acts.set_unit_prices(ctx=ctx, project_id=projects[number].id, prices=prices)
    return []


KIND = register_kind(
    SheetKind(
        name="unit_prices", title="一房一价表", power="pricing.set_unit_prices", columns=COLUMNS, check=check, take=take,
        key=("code", "tenure"), chunk=1_000, clause=AFFORD, note="公告前可以重新导入，公告后不再改变。",
    )
)  # fmt: skip
