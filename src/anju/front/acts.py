"""Acts of the front doors: opening a kept file, which leaves an entry, since what it holds may be about people."""

from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, act
from anju.base.files.models import Evidence

CLAUSE = "4.5"


@act(clause=CLAUSE, title="查看材料")
def read_file(*, ctx: ActContext, evidence_id: UUID) -> Evidence:
    """Note who opened which file. The page has already seen the row in the actor's own scope. Raises InvalidInput."""
    row = Evidence.objects.filter(pk=evidence_id, region=ctx.region).first()
    if row is None:
        raise InvalidInput("没有这份材料，或它不在您的管辖范围内", field="evidence_id", clause=CLAUSE)
    ctx.on(row, name=row.name, sha256=row.sha256)
    return row
