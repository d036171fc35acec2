"""Files out: the homes of the newest plan."""

from decimal import Decimal

from anju.base.acts import ActContext, Refused
from anju.base.sheets import register_export
from anju.base.sheets.out import workbook
from anju.planning import reads

TENURE = {"sale": "配售", "rent": "配租"}


def plan_units(ctx: ActContext) -> tuple[str, bytes]:
    """One line a home that the newest plan of the region advises to buy. Raises Refused where there is no plan."""
    plan = reads.plans(ctx.region).filter(region=ctx.region).order_by("-solved_at", "-id").first()
    if plan is None:
        raise Refused("还没有拟购方案，没有导出；请先求解", clause="3.2-3")
    titles = (
        "项目编号",
        "项目名称",
        "不动产单元代码",
        "楼幢号",
        "房号",
        "申报用途",
        "居室数",
        "建筑面积(㎡)",
        "上限价(元)",
    )
    lines = (
        (
            r.unit.project.number, r.unit.project.name, r.unit.code, r.unit.building.number, r.unit.room, TENURE[r.unit.tenure],
            r.unit.rooms, Decimal(r.unit.gross_cm2) / 10_000, Decimal(r.price_fen) / 100,
        )
        for r in reads.chosen(plan)
    )  # fmt: skip
    title = f"拟购房源（{plan.title}）"
    return "拟购房源.xlsx", workbook(title, [(t, "") for t in titles], lines, ctx.demonstration)


register_export("plan-units", "拟购方案房源", "planning.view", plan_units, cases=None)
