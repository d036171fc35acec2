"""Checks by file (批量核验): one workbook of questions to a department goes out; it comes back through the page of loads."""

from typing import Any

from anju.base.acts import ActContext, Refused, act
from anju.base.files import store
from anju.base.regions import uuid7
from anju.base.secrets import unseal
from anju.base.sheets import Column, Row, SheetKind, register_kind
from anju.base.sheets.out import workbook
from anju.base.sheets.template import header_of
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs.acts.steps import CLAUSE, who
from anju.needs.acts.verification import BATCH, MANY, POST, Returned, close_asked, take_results
from anju.needs.facts import FACTS, TITLES
from anju.needs.models import APPLICANT, RESULTS, Member, Verification, VerificationBatch

TICKET = "needs.verification_batch"
COLUMNS = (
    Column("行标识", "key", "code", required=True, unique=True, longest=36, note="系统识别这一行用，请勿改动", clause=CLAUSE),
    Column("受理号", "number", "text", note="对照用", clause=CLAUSE),
    Column("姓名", "name", "text", note="对照用", clause=CLAUSE, personal=True),
    Column("证件号码", "document", "text", note="对照用", clause=CLAUSE, personal=True),
    Column("核验项目", "item", "text", note="对照用", clause=CLAUSE),
    Column("申报内容", "said", "text", note="对照用，请勿改动", clause=CLAUSE),
    Column("核验结果", "result", "choice", choices={title: code for code, title in RESULTS}, note="没有查完的留空", clause=CLAUSE),
    Column("部门查得内容", "value", "text", note="不一致的必填：㎡、元、月数、婚姻状况或户籍代码", clause=CLAUSE, longest=80),
)  # fmt: skip


@act(clause=CLAUSE, title="发出批量核验文件")
def send_batch(*, ctx: ActContext, item: str) -> VerificationBatch:
    """Put every open question of an item that waits for a file into one workbook, kept as evidence; a ticket waits for its return.

    It carries names and numbers in full: the entry in the log says who took it out. Raises Refused where nothing waits.
    """
    rows = Verification.objects.select_for_update(of=("self",)).filter(
        region=ctx.region, item=item, method=BATCH, batch=None
    )
    checks = list(rows.filter(answered_on=None).select_related("application").order_by("asked_on", "id")[:MANY])
    if not checks:
        raise Refused(f"没有等待发出的「{TITLES.get(item, item)}」批量核验，没有生成文件；请先提出核验", clause=CLAUSE)
    department, persons = checks[0].department, _persons(checks)
    title = f"{TITLES[item]}批量核验 {ctx.region} {ctx.today}"
    lines = [[str(c.id), c.application.number, *persons[c.id], TITLES[item], c.said, None, None] for c in checks]
    data = workbook(title, [header_of(column) for column in COLUMNS], lines, ctx.demonstration)
    batch = VerificationBatch(
        id=uuid7(), region=ctx.region, item=item, department=department, rows=len(checks), sent_on=ctx.today
    )
    evidence = store.keep(ctx=ctx, name=f"{title}.xlsx", data=data, kind="verification_batch", case=batch.id)
    batch.maker, batch.evidence = who(ctx), evidence.id
    batch.save(force_insert=True)
    keys = [check.id for check in checks]
    Verification.objects.filter(region=ctx.region, id__in=keys).update(batch=batch)
    close_asked(ctx, keys, "并入批量核验")
    open_ticket(
        ctx=ctx, kind=TICKET, title=f"回复{TITLES[item]}批量核验 {len(checks)} 项（{department}）", post=POST, obj=batch,
        url=f"/needs/verify/?batch={batch.id}", limit_days=None,
    )  # fmt: skip
    ctx.on(batch, item=item, rows=len(checks), department=department, sha256=evidence.sha256)
    ctx.items((check.id, check.application.number) for check in checks)
    return batch


def _persons(checks: list[Verification]) -> dict[Any, tuple[str, str]]:
    """Name and number by question: of the household's items the members one after another, the applicant first."""
    cases = {check.application_id for check in checks}
    members: dict[Any, list[Member]] = {}
    for member in Member.objects.filter(application_id__in=cases).order_by("relation", "id"):
        members.setdefault(member.application_id, []).append(member)
    found = {}
    for check in checks:
        mine = members[check.application_id]
        asked = [m for m in mine if m.id == check.subject] or mine
        if check.item not in FACTS and len(asked) > 1:
            asked = [m for m in mine if m.relation == APPLICANT]
        found[check.id] = ("、".join(m.name for m in asked), "、".join(unseal(m.document) for m in asked))
    return found


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """A chunk of a file that came back; rows without a result say nothing yet."""
    returned, refused = [], []
    for row in rows:
        if row.get("result") is None:
            continue
        key = _key(row["key"])
        if key is None:
            refused.append((row.number, f"行标识「{row['key']}」不是系统发出的，没有收下；请用发出的文件填写"))
        else:
            returned.append(Returned(row.number, key, row["result"], row.get("value", ""), row.get("said")))
    answer = take_results(ctx=ctx, returned=returned, evidence_id=load.evidence_id)
    _close_batches(ctx)
    return sorted([*refused, *((number, why) for number, why in answer["refused"])])


def _key(text: str) -> Any:
    from uuid import UUID

    try:
        return UUID(text)
    except ValueError:
        return None


def _close_batches(ctx: ActContext) -> None:
    """A batch whose rows all came back is off the desk."""
    waiting = Verification.objects.filter(region=ctx.region, answered_on=None, batch__isnull=False).values("batch_id")
    for batch in VerificationBatch.objects.filter(region=ctx.region).exclude(id__in=waiting):
        close_tickets(ctx=ctx, obj=batch, kind=TICKET, outcome="已全部回复")


VERIFICATION_RESULTS = register_kind(
    SheetKind(
        name="verification_results", title="批量核验结果", power="needs.take_results", columns=COLUMNS, take=take, key=("key",),
        clause=CLAUSE, note="用系统发出的核验文件填写“核验结果”和“部门查得内容”后交回；没有查完的行留空，下次再交。",
    )
)  # fmt: skip
