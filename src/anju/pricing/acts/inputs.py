"""What a ceiling is computed from: commissioned appraisals, cost sheets, and the figures that others supply (3.4)."""

from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused, act
from anju.base.claims.seam import show_to
from anju.base.files.store import keep
from anju.base.tickets import desk
from anju.parties.models import Organisation
from anju.policy.rules import pricing as rules
from anju.policy.verdict import Outcome
from anju.pricing.acts.common import priced_for
from anju.pricing.models import Appraisal, Commission, CostSheet, DataRequest
from anju.reserve.acts.common import not_later, project_for
from anju.reserve.models import Project

PRICE = "3.4-1"
APPRAISER = "appraiser"
ASKED_POST = {"housing": "department_clerk", "land": "department_clerk", "developer": "developer_agent"}


def _agency(agency_id: UUID) -> Organisation:
    found = Organisation.objects.filter(id=agency_id, kind="appraisal_agency").first()
    if found is None:
        raise InvalidInput("没有登记这家估价机构，没有办理；请先登记机构及资质", field="agency_id", clause=PRICE)
    return found


@act(clause="3.4-1", title="委托估价")
def commission_appraisal(*, ctx: ActContext, project_id: UUID, agency_id: UUID) -> Commission:
    """Commission a qualified agency (具有资质的房地产估价机构); it sees the project from then on.

    Raises Refused where the agency is not qualified today, Conflict where it was commissioned before.
    """
    project = priced_for(ctx, project_id)
    agency = _agency(agency_id)
    facts = rules.Appraised(None, None, None, ctx.today, agency.qualified_until)
    ctx.require([rules.agency_qualified(facts)])
    if Commission.objects.filter(region=ctx.region, project=project, agency=agency).exists():
        raise Conflict(f"已委托 {agency.name} 评估本项目，没有重复委托；请直接录入报告", clause=PRICE)
    row = Commission.objects.create(
        region=ctx.region, project=project, agency=agency, commissioned_on=ctx.today, maker=ctx.account
    )
    show_to(agency.id, [project.id], region=ctx.region)
    ctx.on(row, project=project.number, agency=agency.name)
    return row


@act(clause="3.4-2", title="索要估价资料")
def request_data(*, ctx: ActContext, project_id: UUID, asked_of: str, what: str) -> DataRequest:
    """Ask 住建, 自然资源 or the developer for figures; it waits on their desk until answered."""
    project = priced_for(ctx, project_id)
    if asked_of not in ASKED_POST or not what.strip():
        raise InvalidInput("请选择向谁索要，并写明要什么资料，没有办理", field="what", clause="3.4-2")
    row = DataRequest.objects.create(
        region=ctx.region, project=project, asked_of=asked_of, what=what.strip(), asked_on=ctx.today, maker=ctx.account
    )
    desk.open_ticket(
        ctx=ctx, kind="pricing.data", title=f"{project.name}：提供{row.what}", post=ASKED_POST[asked_of], obj=row,
        url=f"/pricing/{project.id}/", limit_days=None,
        organisation=project.developer_id if asked_of == "developer" else None,
    )  # fmt: skip
    ctx.on(row, project=project.number, asked_of=asked_of, what=row.what)
    return row


@act(clause="3.4-2", title="提供估价资料")
def answer_data(
    *, ctx: ActContext, request_id: UUID, answer: str, file_name: str = "", file_data: bytes = b""
) -> DataRequest:
    """Answer a request, once, with the figures or the file that holds them."""
    row = DataRequest.objects.filter(region=ctx.region, id=request_id).select_for_update().first()
    if row is None or row.answered_on is not None:
        raise Conflict("没有这项待答复的资料请求，没有办理；请刷新页面", clause="3.4-2")
    if ctx.post != ASKED_POST[row.asked_of]:
        raise Forbidden("这项资料是向别的单位要的，不能代为答复；请由被请求的单位提供", clause="3.4-2")
    project = project_for(ctx, row.project_id)
    if not answer.strip():
        raise InvalidInput("请写明提供了什么，没有办理", field="answer", clause="3.4-2")
    if file_data:
        row.evidence = keep(ctx=ctx, name=file_name, data=file_data, kind="appraisal-data", case=project.id)
    row.answer, row.answered_on, row.answered_by = answer.strip(), ctx.today, ctx.account
    row.save(update_fields=["answer", "answered_on", "answered_by", "evidence"])
    desk.close_tickets(ctx=ctx, obj=row, outcome="已提供")
    ctx.on(row, project=project.number, answer=row.answer, days=(row.answered_on - row.asked_on).days)
    return row


@act(clause="3.4-1", title="录入成本表")
def enter_cost_sheet(
    *, ctx: ActContext, project_id: UUID, land_fen: int | None, construction_fen: int | None, profit_fen: int | None,
    gross_cm2: int | None, transfer_land_fen: int | None = None, document: str = "", evidence_id: UUID | None = None,
    file_name: str = "", file_data: bytes = b"",
) -> CostSheet:  # fmt: skip
    """Enter the costs of a project; None is unknown and stops the ceiling later, never zero.

    Raises Refused for a land cost equal to the seller's 出让 price, or a profit above 5 %; InvalidInput for what cannot be.
    """
    project = priced_for(ctx, project_id)
    costs = rules.Costs(land_fen, construction_fen, profit_fen, gross_cm2, transfer_land_fen)
    possible(costs)
    # The project's own day stands in for the value date, which only the appraisal brings.
    found = [rules.land(costs), rules.profit(costs, ctx.inforce(ctx.today))]
    wrong = [v for v in found if v.outcome is Outcome.FAIL]
    if wrong:
        ctx.on(project, number=project.number)
        ctx.require(wrong)
    if file_data:
        evidence_id = keep(ctx=ctx, name=file_name, data=file_data, kind="cost-sheet", case=project.id).id
    row = CostSheet.objects.create(
        region=ctx.region, project=project, land_fen=land_fen, transfer_land_fen=transfer_land_fen,
        construction_fen=construction_fen, profit_fen=profit_fen, gross_cm2=gross_cm2, document=document.strip(),
        evidence_id=evidence_id, entered_on=ctx.today, maker=ctx.account,
    )  # fmt: skip
    ctx.on(row, project=project.number, costs=costs)
    return row


def possible(costs: rules.Costs) -> None:
    """Raises InvalidInput for an amount that cannot be."""
    least = {"land_fen": ("划拨土地成本", 0), "transfer_land_fen": ("出让价款", 0), "profit_fen": ("利润", 0)}
    least |= {"construction_fen": ("建安成本", 1), "gross_cm2": ("建筑面积", 1)}
    for field, (what, low) in least.items():
        value = getattr(costs, field)
        if value is not None and value < low:
            raise InvalidInput(
                f"{what}不能为 {value}，没有录入；不知道的请留空，不要填 0 或负数", field=field, clause=PRICE
            )


@act(clause="3.4-1", title="录入估价报告")
def enter_appraisal(
    *, ctx: ActContext, project_id: UUID, agency_id: UUID, appraiser: str, appraiser_number: str, number: str,
    value_date: date, price_fen_m2: int, total_fen: int, gross_cm2: int, valid_until: date | None = None,
    evidence_id: UUID | None = None, file_name: str = "", file_data: bytes = b"",
) -> Appraisal:  # fmt: skip
    """Enter an appraisal by the commissioned agency, qualified on its value date.

    Raises Refused where the agency was not commissioned or is not qualified, or the report contradicts itself.
    """
    project = priced_for(ctx, project_id)
    agency = _agency(agency_id)
    if ctx.post == APPRAISER and ctx.organisation != agency.id:
        raise Forbidden("只能录入本机构的估价报告，没有录入；请用该机构的账号办理", clause=PRICE)
    not_later(value_date, ctx, "价值时点", "value_date", PRICE)
    if min(price_fen_m2, total_fen, gross_cm2) <= 0:
        raise InvalidInput("评估单价、总价、面积都须大于 0，没有录入；请核对报告", field="price_fen_m2", clause=PRICE)
    if not Commission.objects.filter(region=ctx.region, project=project, agency=agency).exists():
        raise Refused(f"没有委托 {agency.name} 评估本项目的记录，没有录入；请先办理委托", clause=PRICE)
    facts = rules.Appraised(price_fen_m2, total_fen, gross_cm2, value_date, agency.qualified_until)
    itself = rules.Costs(None, None, None, gross_cm2)
    ctx.require([rules.agency_qualified(facts), *rules.consistent(itself, facts)])
    if Appraisal.objects.filter(region=ctx.region, agency=agency, number=number.strip()).exists():
        raise Conflict(f"{agency.name} 的报告 {number} 已录入，没有重复录入；请核对报告编号", clause=PRICE)
    if file_data:
        evidence_id = keep(ctx=ctx, name=file_name, data=file_data, kind="appraisal", case=project.id).id
    row = Appraisal.objects.create(
        region=ctx.region, project=project, agency=agency, appraiser=appraiser.strip(), number=number.strip(),
        appraiser_number=appraiser_number.strip(), value_date=value_date, valid_until=valid_until,
        price_fen_m2=price_fen_m2, total_fen=total_fen, gross_cm2=gross_cm2, evidence_id=evidence_id, maker=ctx.account,
    )  # fmt: skip
    ctx.on(row, project=project.number, agency=agency.name, number=row.number, price_fen_m2=price_fen_m2)
    ctx.happened(value_date)
    return row


def facts_of(sheet: CostSheet, appraisal: Appraisal, what_if: dict[str, Any]) -> tuple[rules.Costs, rules.Appraised]:
    """The facts of the rules from what was entered; ``what_if`` replaces figures of a trial."""
    figures = {
        name: getattr(sheet, name)
        for name in ("land_fen", "construction_fen", "profit_fen", "gross_cm2", "transfer_land_fen")
    }
    costs = rules.Costs(**{**figures, **what_if})
    return costs, rules.Appraised(
        price_fen_m2=appraisal.price_fen_m2, total_fen=appraisal.total_fen, gross_cm2=appraisal.gross_cm2,
        value_date=appraisal.value_date, qualified_until=appraisal.agency.qualified_until,
    )  # fmt: skip


def newest(model: Any, project: Project) -> Any:
    """The newest row of a project, None where there is none."""
    return model.objects.filter(region=project.region, project=project).order_by("-id").first()
