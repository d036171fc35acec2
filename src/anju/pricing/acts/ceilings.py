"""The ceiling (收购价上限): computed by the rules, proposed by one person, confirmed by another, never changed (3.4-1)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.tickets import desk
from anju.policy.parameters import Unset
from anju.policy.rules import pricing as rules
from anju.policy.verdict import Outcome, Verdict
from anju.pricing.acts.common import priced_for
from anju.pricing.acts.inputs import PRICE, facts_of, newest
from anju.pricing.models import Appraisal, Ceiling, CostSheet
from anju.reserve import acts as reserve
from anju.reserve import reads as stock
from anju.reserve.acts.common import person
from anju.reserve.models import Project

WHAT_IF = ("land_fen", "construction_fen", "profit_fen")


@act(clause="3.4-1", title="测算收购价上限")
def propose_ceiling(
    *, ctx: ActContext, project_id: UUID, cost_sheet_id: UUID | None = None, appraisal_id: UUID | None = None,
    trial: bool = False, what_if: Mapping[str, int] | None = None,
) -> Ceiling:  # fmt: skip
    """Compute the ceiling from a cost sheet and an appraisal (the newest, where none is named), by the value date's parameters.

    ``trial`` (试算) may take other costs by ``what_if``; it supports no letter. Raises Refused with the verdicts that block.
    """
    project = priced_for(ctx, project_id)
    if what_if and not trial:
        raise InvalidInput("改了假设的只能是试算，没有测算；请选试算，或先更正成本表", field="what_if", clause=PRICE)
    if set(what_if or {}) - set(WHAT_IF):
        raise InvalidInput(f"试算可改的是 {'、'.join(WHAT_IF)}，没有测算", field="what_if", clause=PRICE)
    sheet, appraisal = _inputs(ctx, project, cost_sheet_id, appraisal_id)
    ctx.on(project, number=project.number)
    found, verdicts = _compute(ctx, sheet, appraisal, dict(what_if or {}))
    row = Ceiling.objects.create(
        region=ctx.region, project=project, cost_sheet=sheet, appraisal=appraisal, value_date=appraisal.value_date,
        valid_until=_valid_until(ctx, appraisal), cost_fen_m2=found.cost_fen_m2, appraised_fen_m2=found.appraised_fen_m2,
        ceiling_fen_m2=found.ceiling_fen_m2, binding=found.binding, gross_cm2=found.gross_cm2, trial=trial,
        workings={**found.workings, "what_if": dict(what_if or {}), "verdicts": [v.as_dict() for v in verdicts]},
        maker=person(ctx, PRICE),
    )  # fmt: skip
    if not trial:
        desk.open_ticket(
            ctx=ctx, kind="pricing.ceiling", title=f"{project.name}：确认收购价上限", post="acquirer_head", obj=row,
            url=f"/pricing/ceilings/{row.id}/confirm/", limit_days=None,
        )  # fmt: skip
    ctx.on(row, project=project.number, ceiling_fen_m2=row.ceiling_fen_m2, binding=row.binding, trial=trial)
    ctx.happened(appraisal.value_date)
    return row


def _inputs(
    ctx: ActContext, project: Project, cost_sheet_id: UUID | None, appraisal_id: UUID | None
) -> tuple[CostSheet, Appraisal]:
    sheets = CostSheet.objects.filter(region=ctx.region, project=project)
    appraisals = Appraisal.objects.filter(region=ctx.region, project=project).select_related("agency")
    sheet = sheets.filter(id=cost_sheet_id).first() if cost_sheet_id else newest(CostSheet, project)
    appraisal = (
        appraisals.filter(id=appraisal_id) if appraisal_id else appraisals.order_by("-value_date", "-id")
    ).first()
    if sheet is None or appraisal is None:
        what = "成本表" if sheet is None else "估价报告"
        raise Refused(f"项目 {project.name} 没有{what}，不能测算收购价上限；请先录入{what}", clause=PRICE)
    return sheet, appraisal


def _compute(
    ctx: ActContext, sheet: CostSheet, appraisal: Appraisal, what_if: dict[str, Any]
) -> tuple[rules.Ceiling, list[Verdict]]:
    """By the parameters of the value date, for ever. Raises Refused."""
    costs, appraised = facts_of(sheet, appraisal, what_if)
    inforce = ctx.inforce(appraisal.value_date)
    found, verdicts = rules.compute_ceiling(costs, appraised, ctx.today, inforce)
    verdicts.append(rules.ceiling_valid(appraisal.value_date, ctx.today, inforce))
    ctx.require(verdicts)
    if found is None:
        raise Refused("收购价上限没有算出，没有办理；请核对成本表和估价报告", verdicts, PRICE)
    return found, verdicts


def _valid_until(ctx: ActContext, appraisal: Appraisal) -> Any:
    """The ceiling lasts no longer than its own days, the report's validity by the parameter, and the report's own end."""
    inforce = ctx.inforce(appraisal.value_date)
    days = [inforce.get(name) for name in ("ceiling_valid_days", "appraisal_valid_days")]
    ends = [appraisal.value_date + timedelta(days=d.value) for d in days if not isinstance(d, Unset)]
    return min([*ends, *([appraisal.valid_until] if appraisal.valid_until else [])])


@act(clause="3.4-1", title="确认收购价上限")
def confirm_ceiling(*, ctx: ActContext, ceiling_id: UUID) -> Ceiling:
    """A second person computes it again from the same inputs and confirms it; the reserve is told that price fits or not.

    Raises Refused for the proposer himself, a trial, or a result that is no longer the same; Conflict where it was confirmed.
    """
    row = Ceiling.objects.filter(region=ctx.region, id=ceiling_id).select_for_update(of=("self",)).first()
    if row is None or row.confirmed_by is not None:
        raise Conflict("没有这项待确认的收购价上限，没有办理；请刷新页面", clause=PRICE)
    project = priced_for(ctx, row.project_id)
    if row.trial:
        raise Refused("试算不能确认，也不能作为签订意向书的依据；请按成本表正式测算", clause=PRICE)
    ctx.other_than(row.maker, "收购价上限")
    appraisal = Appraisal.objects.select_related("agency").get(id=row.appraisal_id)
    again, verdicts = _compute(ctx, CostSheet.objects.get(id=row.cost_sheet_id), appraisal, {})
    if (again.total_fen, again.gross_cm2) != (row.total_fen, row.gross_cm2):
        raise Refused("按现有资料复算的上限与报送的不同，没有确认；请重新测算", verdicts, PRICE)
    row.confirmed_by, row.confirmed_at = ctx.account, ctx.now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    desk.close_tickets(ctx=ctx, obj=row, outcome="已确认")
    ctx.on(row, project=project.number, ceiling_fen_m2=row.ceiling_fen_m2, binding=row.binding)
    _tell(ctx, project, again, row)
    return row


def _tell(ctx: ActContext, project: Project, found: rules.Ceiling, row: Ceiling) -> None:
    """Tell the reserve how the seller's asked prices stand to the ceiling; what was not asked stays open."""
    units = stock.live_units(project).order_by("code")
    asked = [
        rules.UnitPrice(u.code, None if u.asked_fen_m2 is None else u.asked_fen_m2 * u.gross_cm2 // 10_000, u.gross_cm2)
        for u in units
    ]
    answer = rules.price(asked, found, ctx.inforce(row.value_date))
    if answer.outcome in (Outcome.PASS, Outcome.FAIL):
        reserve.tell_price(
            ctx=ctx, project_id=project.id, fits=answer.outcome is Outcome.PASS, why=f"上限 {row.id}：{answer.sentence}"
        )
    if project.state == "reserved":
        reserve.move_project(ctx=ctx, project_id=project.id, to="priced")
