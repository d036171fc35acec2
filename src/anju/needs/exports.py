"""Files out: the waiting list in its order and a snapshot's cells; personal numbers never leave in an export."""

from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Refused
from anju.base.numbers import mask_name
from anju.base.sheets import register_export
from anju.base.sheets.out import workbook
from anju.needs import order, reads, shown
from anju.needs.models import DemandSnapshot

QUEUE_COLUMNS = [
    ("位次", "由取得资格日期或积分推出；按摇号的县没有位次"), ("受理号", ""), ("姓名", "已遮盖"), ("申请类别", ""), ("家庭人数", ""),
    ("受理日期", ""), ("取得资格日期", ""),
]  # fmt: skip
CELL_COLUMNS = [
    ("区县", "意向所在"), ("申请类别", ""), ("方式", ""), ("室数", ""), ("面积段", "每段 10 ㎡"),
    ("价格段", "配售每段 5 万元，配租每段 100 元"),
    ("家庭数", "有此意向的家庭；一户有几个意向的计入几个单元，不能相加"), ("第一意向", "可以相加"),
]  # fmt: skip


def waiting_list(ctx: ActContext) -> tuple[str, bytes]:
    """The waiting list of the region, names masked."""
    queue: Any = reads.queue(ctx.region)
    rows = (
        (
            row.place if order.is_ranked(row.sort_key) else "摇号确定", row.number, mask_name(row.applicant_name),
            row.get_programme_display(), row.persons, row.accepted_on, row.qualified_on,
        )
        for row in queue.iterator(2000)
    )  # fmt: skip
    title = f"保障性住房轮候库 {ctx.region} {ctx.today}"
    return f"{title}.xlsx", workbook(title, QUEUE_COLUMNS, rows, ctx.demonstration)


def waiting_cases(ctx: ActContext) -> list[UUID]:
    """The cases that the waiting list names."""
    return list(reads.applications(ctx.region).filter(state="qualified").order_by("id").values_list("id", flat=True))


def snapshot_cells(ctx: ActContext) -> tuple[str, bytes]:
    """The cells of the region's latest snapshot. Raises Refused where none was taken."""
    snapshot = reads.snapshots(ctx.region).filter(region=ctx.region).first()
    if snapshot is None:
        raise Refused(f"{ctx.region} 还没有冻结的需求快照，没有导出；请先在“需求快照”页冻结一份", clause="3.2-1")
    return cells_file(snapshot, synthetic=ctx.demonstration)


def cells_file(snapshot: DemandSnapshot, *, synthetic: bool) -> tuple[str, bytes]:
    """One snapshot's cells as a file that says its digest."""
    rows = shown.table(reads.snapshot_cells(snapshot), reads.counties(snapshot.region))
    title = f"需求快照 {snapshot.taken_on} {snapshot.region}"
    notes = [f"{snapshot.title}；{snapshot.households} 户；摘要 SHA-256 {snapshot.sha256}"]
    return f"{title}.xlsx", workbook(title, CELL_COLUMNS, rows, synthetic, notes=notes)


register_export("waiting_list", "轮候库名单", "needs.export", waiting_list, cases=waiting_cases)
register_export("demand_cells", "需求快照", "needs.view_demand", snapshot_cells, cases=None)
