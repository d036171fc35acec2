"""Files out: ceilings with their workings, and the price list."""

from decimal import Decimal

from anju.base.acts import ActContext
from anju.base.sheets import register_export
from anju.base.sheets.out import workbook
from anju.pricing import reads
from anju.pricing.models import UnitPrice
from anju.reserve import reads as stock

TENURE = {"sale": "配售", "rent": "配租"}
BINDING = {"cost": "成本加利润", "appraisal": "评估价"}


def yuan(fen: int | None) -> Decimal | None:
    """Fen as yuan; unknown stays empty."""
    return None if fen is None else Decimal(fen) / 100


def ceilings(ctx: ActContext) -> tuple[str, bytes]:
    """One line a ceiling, trials too, with what it was computed from."""
    titles = (
        "区划", "项目编号", "项目名称", "价值时点", "有效期至", "划拨土地成本(元)", "建安成本(元)", "利润(元)",
        "评估总价(元)", "建筑面积(㎡)", "成本单价(元/㎡)", "评估单价(元/㎡)", "收购价上限(元/㎡)", "取低者", "试算", "已确认",
    )  # fmt: skip
    lines = [
        (
            c.region, c.project.number, c.project.name, c.value_date, c.valid_until, yuan(c.workings["land_fen"]),
            yuan(c.workings["construction_fen"]), yuan(c.workings["profit_fen"]), yuan(c.workings["appraised_total_fen"]),
            Decimal(c.gross_cm2) / 10_000, yuan(c.cost_fen_m2), yuan(c.appraised_fen_m2), yuan(c.ceiling_fen_m2),
            BINDING[c.binding], c.trial, c.confirmed_by is not None,
        )
        for c in reads.ceilings(ctx.region).order_by("region", "project__number", "id")
    ]  # fmt: skip
    return "收购价上限.xlsx", workbook("收购价上限", [(t, "") for t in titles], lines, ctx.demonstration)


def prices(ctx: ActContext) -> tuple[str, bytes]:
    """One line a home and tenure: what families pay."""
    titles = (
        "区划",
        "项目编号",
        "不动产单元代码",
        "楼幢号",
        "房号",
        "建筑面积(㎡)",
        "用途",
        "价格或月租金(元)",
        "市场价格(元)",
        "核定日期",
    )
    rows = stock.in_region(UnitPrice.objects.select_related("project", "unit__building"), ctx.region)
    lines = (
        (
            p.region, p.project.number, p.unit.code, p.unit.building.number, p.unit.room, Decimal(p.unit.gross_cm2) / 10_000,
            TENURE[p.tenure], yuan(p.amount_fen), yuan(p.market_fen), p.set_on,
        )
        for p in rows.order_by("region", "project__number", "unit__code").iterator(chunk_size=2_000)
    )  # fmt: skip
    return "一房一价.xlsx", workbook("一房一价", [(t, "") for t in titles], lines, ctx.demonstration)


register_export("ceilings", "收购价上限", "pricing.view", ceilings, cases=None)
register_export("unit_prices", "一房一价", "pricing.view", prices, cases=None)
