"""Assessing the acquirer (考核): computed by one person, confirmed by another who computes it again."""

from datetime import date
from uuid import UUID

from anju.base import numbers
from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused, act
from anju.base.papers import facts as fact_block
from anju.base.papers import issue, para, signatures, table
from anju.base.papers.models import Paper
from anju.oversight.facts import assessment_facts
from anju.oversight.models import Assessment
from anju.parties.models import Organisation
from anju.policy.rules.assessment import assess
from anju.policy.verdict import Verdict

CLAUSE = "4.5"
# Field of the facts → (words, whether it is money).
TITLES = {
    "units_decided": ("已锁定需求、应收购套数", False), "units_purchased": ("已收购套数", False),
    "units_allotted": ("已配售配租套数", False),
    "rent_due_fen": ("应收租金", True), "rent_received_fen": ("实收租金", True), "commingled_fen": ("项目间混同资金", True),
    "outside_account_fen": ("专户外收付资金", True), "misused_fen": ("违规使用资金", True),
}  # fmt: skip


@act(clause=CLAUSE, title="计算收购主体考核")
def assess_acquirer(*, ctx: ActContext, acquirer_id: UUID, period_from: date, period_until: date) -> Assessment:
    """Compute an acquirer's period from the facts, by the parameters of its last day; an unconfirmed one is computed anew.

    Raises InvalidInput for a period that is not over, Refused for one confirmed already.
    """
    acquirer = Organisation.objects.filter(id=acquirer_id, kind="acquirer").first()
    if acquirer is None:
        raise InvalidInput("所选机构不是收购主体，没有计算；请重选", field="acquirer_id", clause=CLAUSE)
    if not period_from <= period_until <= ctx.today:
        raise InvalidInput(
            f"考核期 {period_from} 至 {period_until} 应先后有序且不晚于今天 {ctx.today}，没有计算",
            field="period_until",
            clause=CLAUSE,
        )
    row = Assessment.objects.select_for_update().filter(
        region=ctx.region, acquirer=acquirer, period_from=period_from, period_until=period_until
    ).first()  # fmt: skip
    if row and row.checker:
        raise Refused(f"{acquirer.name} 该期考核已于 {row.confirmed_on} 确认，不能重算", clause=CLAUSE)
    found, verdicts = _computed(ctx, acquirer.id, period_from, period_until)
    row = row or Assessment(region=ctx.region, acquirer=acquirer, period_from=period_from, period_until=period_until)
    row.indicators, row.verdicts, row.maker, row.assessed_on = (
        found,
        [v.as_dict() for v in verdicts],
        _person(ctx),
        ctx.today,
    )
    row.save()
    ctx.entry.verdicts.extend(verdicts)
    ctx.on(row, acquirer=acquirer.name, period=[period_from, period_until], indicators=found)
    return row


@act(clause=CLAUSE, title="确认收购主体考核")
def confirm_assessment(*, ctx: ActContext, assessment_id: UUID) -> Assessment:
    """Confirm what another person computed; it is computed again and must come out the same. Issues the paper."""
    row = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("acquirer")
        .filter(region=ctx.region, id=assessment_id)
        .first()
    )
    if row is None:
        raise Conflict(f"区划 {ctx.region} 没有这份考核，没有确认；请刷新后重试", clause=CLAUSE)
    if row.checker:
        raise Conflict(f"这份考核已于 {row.confirmed_on} 确认，没有重复确认", clause=CLAUSE)
    ctx.other_than(row.maker, "考核")
    found, verdicts = _computed(ctx, row.acquirer_id, row.period_from, row.period_until)
    ctx.on(row, acquirer=row.acquirer.name, indicators=found)
    if found != row.indicators or [v.as_dict() for v in verdicts] != row.verdicts:
        changed = [TITLES[name][0] for name in TITLES if found[name] != row.indicators.get(name)]
        raise Refused(
            f"计算后事实有变化（{'、'.join(changed) or '考核线'}），没有确认；请经办人重新计算", clause=CLAUSE
        )
    row.checker, row.confirmed_on = _person(ctx), ctx.today
    row.paper = _paper(ctx, row, verdicts)
    row.save()
    return row


def _computed(ctx: ActContext, acquirer: UUID, start: date, end: date) -> tuple[dict[str, int | None], list[Verdict]]:
    inforce = ctx.inforce(end)
    found = assessment_facts(ctx.region, acquirer, start, end, inforce)
    return {name: getattr(found, name) for name in TITLES}, assess(found, inforce)


def _person(ctx: ActContext) -> UUID:
    if ctx.account is None:
        raise Forbidden("考核须由登录的人办理", clause=CLAUSE)
    return ctx.account


def said(name: str, value: int | None) -> str:
    """An indicator in words."""
    if value is None:
        return "未知"
    return numbers.yuan(value) if TITLES[name][1] else f"{value:,} 套"


def _paper(ctx: ActContext, row: Assessment, verdicts: list[Verdict]) -> Paper:
    blocks = [
        fact_block([("收购主体", row.acquirer.name), ("考核期", f"{row.period_from} 至 {row.period_until}")]),
        table(
            ["事实", "数值"],
            [[title, said(name, row.indicators[name])] for name, (title, _) in TITLES.items()],
            title="一、事实",
        ),
        table(
            ["条款", "结论", "实测", "考核线", "说明"],
            [[v.clause, v.title, v.measured, v.limit, v.sentence] for v in verdicts],
            title="二、逐项结论",
        ),
        para("以上数值由系统按各环节登记的事实计算，经办、确认两人各算一次，结果一致；待查项在补齐事实后另行考核。"),
        signatures(["专班办公室（盖章）"]),
    ]
    return issue(
        ctx=ctx,
        kind="assessment",
        title="收购主体考核表",
        blocks=blocks,
        obj=row,
        case=row.acquirer_id,
        prefix="考",
        red_head="保障性住房工作专班",
    )
