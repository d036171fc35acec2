"""Files out: the project list and the unit table with its outcomes, as a person of the region sees them."""

from decimal import Decimal

from anju.base.acts import ActContext
from anju.base.sheets import register_export
from anju.base.sheets.out import workbook
from anju.reserve import reads
from anju.reserve.models import Project, Unit

TENURE = {"sale": "配售", "rent": "配租"}


def projects(ctx: ActContext) -> tuple[str, bytes]:
    """One line a project, with its homes and those in the reserve."""
    columns = [
        (t, "")
        for t in (
            "区划",
            "项目编号",
            "项目名称",
            "开发企业",
            "坐落区县",
            "地址",
            "状态",
            "住宅套数",
            "已入储备套数",
            "建筑面积(㎡)",
        )
    ]
    rows = reads.counted(reads.projects(ctx.region)).order_by("region", "number")
    states = dict(Project.STATES)
    lines = [
        (
            p.region, p.number, p.name, p.developer.name, p.stands_in, p.address, states[p.state], p.homes, p.inside,
            None if p.area_cm2 is None else Decimal(p.area_cm2) / 10_000,
        )
        for p in rows
    ]  # fmt: skip
    return "储备项目.xlsx", workbook("储备项目", columns, lines, ctx.demonstration)


def units(ctx: ActContext) -> tuple[str, bytes]:
    """One line a home, as the unit table has it and where it stands now."""
    titles = (
        "区划", "项目编号", "项目名称", "不动产单元代码", "楼幢号", "单元", "所在层", "房号", "规划用途",
        "居室数", "建筑面积(㎡)", "申报用途", "状态",
    )  # fmt: skip
    states = dict(Unit.STATES)
    rows = reads.units(ctx.region).order_by("region", "project__number", "code")
    lines = (
        (
            u.region, u.project.number, u.project.name, u.code, u.building.number, u.stairwell, u.floor, u.room, u.use, u.rooms,
            Decimal(u.gross_cm2) / 10_000, TENURE[u.tenure], states[u.state],
        )
        for u in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return "房源名单.xlsx", workbook("房源名单", [(t, "") for t in titles], lines, ctx.demonstration)


register_export("projects", "储备项目", "reserve.view", projects, cases=None)
register_export("units", "房源名单", "reserve.view", units, cases=None)
