"""Files out: the green channel's procedures with their clocks (红榜 of the task force's meeting)."""

from anju.base.acts import ActContext
from anju.base.sheets import register_export
from anju.base.sheets.out import workbook
from anju.permits import reads

COLUMNS = (
    ("项目", ""),
    ("手续", ""),
    ("承办部门", ""),
    ("开办日", ""),
    ("时限（工作日）", "开办当日的参数值"),
    ("到期日", "停表的工作日已顺延"),
    ("办结日", ""),
    ("状态", "到期未办结且未停表为超期"),
    ("证书号", ""),
    ("登记附记", "配售型房源须注记封闭管理"),
)


def permits(ctx: ActContext) -> tuple[str, bytes]:
    """One line a procedure."""
    rows = reads.permits(ctx.region).order_by("region", "project__number", "due_on", "id")
    lines = [
        (
            row.project.name,
            row.get_procedure_display(),
            row.department.name,
            row.opened_on,
            row.limit_days,
            row.due_on,
            row.done_on,
            reads.state_of(row, ctx.today),
            row.certificate,
            row.annotation,
        )
        for row in rows
    ]
    return "绿色通道办件.xlsx", workbook("绿色通道办件", COLUMNS, lines, ctx.demonstration)


register_export("permits", "绿色通道办件", "permits.view", permits, cases=None)
