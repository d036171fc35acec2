"""The letter of qualification (轮候资格通知书): drawn when first asked for, withdrawn where the qualification no longer is."""

from datetime import datetime
from uuid import UUID

from django.db import models

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.jobs import work
from anju.base.jobs.context import upkeep_context
from anju.base.numbers import mask_document, mask_name
from anju.base.papers import facts, issue, note, para, table
from anju.base.regions import region_range, scope
from anju.base.secrets import unseal
from anju.needs.acts.change import REASON_MAX
from anju.needs.acts.steps import CLAUSE, locked, tell
from anju.needs.models import Application, Letter
from anju.needs.programmes import title_of
from anju.needs.proxies import VIEW
from anju.parties.models import Region

HOLDS = ("qualified", "suspended")  # a suspension keeps the qualification; the letter says so by its state
KIND, PREFIX, TITLE = "qualification_letter", "轮候", "轮候资格通知书"


@act(clause=CLAUSE, title="出具轮候资格通知书")
def issue_letter(*, ctx: ActContext, application_id: UUID) -> Letter:
    """The case's letter: the one there is, or a new one. Raises Refused where the household is not on the list."""
    row = locked(ctx, application_id, proxy=(VIEW, ""))
    if row.state != "qualified" or row.qualified_on is None:
        raise Refused(
            f"申请 {row.number} 当前为「{row.get_state_display()}」，没有轮候资格，没有出具通知书；进入轮候后再领取",
            clause=CLAUSE,
        )
    found = Letter.objects.filter(region=ctx.region, application=row, withdrawn_on=None).first()
    if found:
        ctx.on(found, application=str(row.id), again=True)
        return found
    county = Region.objects.filter(code=row.region).values_list("name", flat=True).first() or row.region
    blocks = _blocks(row, county, title_of(row.programme, ctx.inforce()))
    paper = issue(
        ctx=ctx, kind=KIND, title=TITLE, blocks=blocks, obj=row, case=row.id, prefix=PREFIX,
        issuer=f"{county}保障性住房工作专班",
    )  # fmt: skip
    made = Letter.objects.create(
        region=ctx.region, application=row, paper=paper, code=paper.code, masked_name=mask_name(row.applicant_name),
        programme=row.programme, qualified_on=row.qualified_on, issued_on=ctx.today,
    )  # fmt: skip
    tell(ctx, row, "letter", {"文号": paper.number}, made.id)
    ctx.on(made, application=str(row.id), number=paper.number, code=paper.code)
    return made


def _blocks(row: Application, county: str, programme: str) -> list[dict[str, object]]:
    people = [
        (m.name, m.get_relation_display(), mask_document(unseal(m.document)))
        for m in row.members.order_by("relation", "id")
    ]
    return [
        para(f"{row.applicant_name}：", indent=False),
        para(
            f"你户于 {row.accepted_on} 提出的{programme}轮候申请（受理号 {row.number}），经审核并公示，"
            f"自 {row.qualified_on} 起取得轮候资格，列入{county}保障性住房轮候库。"
        ),
        facts([
            ("受理号", row.number), ("住房类别", programme), ("家庭人数", f"{row.persons} 人"),
            ("取得资格日期", row.qualified_on), ("管理地", county),
        ]),
        table(["姓名", "与申请人关系", "证件号码"], people, title="共同申请的家庭成员", widths=[2, 2, 4]),
        para("有合适房源公告时，请在公告期内申请认购。家庭人口、收入、住房等情况变化的，请及时变更；不再符合条件的，资格终止，本通知书失效。"),
        note("本通知书只证明轮候资格，不是购房或租房合同，不得转让、质押。是否有效，请在门户“验真”页输入文书码核对。"),
    ]  # fmt: skip


@act(clause=CLAUSE, title="收回轮候资格通知书")
def withdraw_letter(*, ctx: ActContext, application_id: UUID, reason: str) -> Letter:
    """Take the letter back: its code then says so. Raises Refused where there is none."""
    row = locked(ctx, application_id)
    found = Letter.objects.select_for_update().filter(region=ctx.region, application=row, withdrawn_on=None).first()
    if found is None:
        raise Refused(f"申请 {row.number} 没有有效的轮候资格通知书，没有办理", clause=CLAUSE)
    if not reason.strip():
        raise InvalidInput("请写明收回事由，没有办理", field="reason", clause=CLAUSE)
    _withdraw(ctx, found, reason.strip()[:REASON_MAX])
    tell(ctx, row, "letter-withdrawn", {"文书码": found.code, "原因": found.reason}, found.id)
    ctx.on(found, application=str(row.id), reason=found.reason)
    return found


@act(clause=CLAUSE, title="资格终止收回通知书")
def withdraw_letters_due(*, ctx: ActContext) -> int:
    """Take back the letters of cases that are no longer on the list; the worker calls it each hour. How many.

    Their codes say so at once, before this round comes: it only keeps the day and the reason.
    """
    rows = list(_due(ctx.region).select_related("application").select_for_update(of=("self",)).order_by("id"))
    for row in rows:
        _withdraw(ctx, row, f"申请已「{row.application.get_state_display()}」")
    ctx.items([(row.pk, row.reason) for row in rows])
    return len(rows)


def withdraw_due(region: str, now: datetime) -> int:
    """What the hourly round calls; it leaves no entry where nothing is due."""
    with scope(region):
        if not _due(region).exists():
            return 0
    return withdraw_letters_due(ctx=upkeep_context(region=region, now=now, power="needs.withdraw_letters_due"))


work.hourly("withdraw-letters", withdraw_due)


def _due(region: str) -> models.QuerySet[Letter, Letter]:
    rows = Letter.objects.filter(region__range=region_range(region), withdrawn_on=None)
    return rows.exclude(application__state__in=HOLDS)


def _withdraw(ctx: ActContext, letter: Letter, reason: str) -> None:
    letter.withdrawn_on, letter.reason = ctx.today, reason
    letter.save(update_fields=["withdrawn_on", "reason"])
