"""The demand report (需求分析报告): a paper from a frozen snapshot, for the city or one county."""

from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, act
from anju.base.papers import issue
from anju.base.papers.models import Paper
from anju.needs import reads, report
from anju.needs.models import DemandSnapshot

KIND = "demand_report"


@act(clause="3.2-0", title="出具需求分析报告")
def issue_report(*, ctx: ActContext, snapshot_id: UUID, county: str = "") -> Paper:
    """Draw the report of a snapshot, of all its counties or of one. Raises InvalidInput for a county that is none of its own."""
    row = DemandSnapshot.objects.filter(region=ctx.region, id=snapshot_id).first()
    if row is None:
        raise InvalidInput("没有这份快照，没有出具；请从快照列表重新打开", field="snapshot_id", clause="3.2-0")
    names = reads.counties(ctx.region)
    if county and county not in names:
        raise InvalidInput(f"{county} 不是本区划的县（市、区），没有出具", field="county", clause="3.2-0")
    whose = names[county] if county else reads.region_name(ctx.region)
    paper = issue(
        ctx=ctx, kind=KIND, title=f"{whose}保障性住房需求分析报告", blocks=report.blocks(row, county, names, whose), obj=row,
        prefix="需", issuer="保障性住房工作专班办公室",
    )  # fmt: skip
    ctx.on(row, paper=paper.number, county=county, sha256=row.sha256)
    return paper
