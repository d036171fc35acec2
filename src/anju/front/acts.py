"""Acts of the front doors: opening a kept file and printing a paper, which leave an entry, since what they hold may be about people."""

from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.files.models import Evidence
from anju.base.papers.models import Paper

CLAUSE = "4.5"
REASON_MAX = 300


@act(clause=CLAUSE, title="查看材料")
def read_file(*, ctx: ActContext, evidence_id: UUID, reason: str = "", case: UUID | None = None) -> Evidence:
    """Note who opened which file. The page has already seen the row in the actor's own scope. Raises InvalidInput.

    ``case``: the household that the file is about; then ``reason`` says why, and the household's own copy of the data tells it.
    """
    row = Evidence.objects.filter(pk=evidence_id, region=ctx.region).first()
    if row is None:
        raise InvalidInput("没有这份材料，或它不在您的管辖范围内", field="evidence_id", clause=CLAUSE)
    ctx.on(row, name=row.name, sha256=row.sha256, **_why(reason))
    _about(ctx, case)
    return row


@act(clause=CLAUSE, title="打印文书")
def print_paper(*, ctx: ActContext, paper_id: UUID, reason: str = "", case: UUID | None = None) -> Paper:
    """Note who took a paper to print, and why where it is about a household. Raises InvalidInput, Refused where it has no file."""
    row = Paper.objects.filter(pk=paper_id, region=ctx.region).first()
    if row is None:
        raise InvalidInput("没有这份文书，或它不在您的管辖范围内", field="paper_id", clause=CLAUSE)
    ctx.on(row, number=row.number, **_why(reason))
    if row.pdf_id is None:
        raise Refused(f"《{row.title}》{row.number} 的文件已按规定删除，没有打印", clause=CLAUSE)
    _about(ctx, case)
    return row


def _why(reason: str) -> dict[str, str]:
    return {"reason": reason.strip()[:REASON_MAX]} if reason.strip() else {}


def _about(ctx: ActContext, case: UUID | None) -> None:
    if case is None:
        return
    if not ctx.entry.facts.get("reason"):
        raise InvalidInput("内容含个人信息，请写明事由，没有打开", field="reason", clause=CLAUSE)
    ctx.items([(case, "read")])
