"""The letter of intent (收购意向书): drafted with its homes and price frozen, signed by a second person, ended or followed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from anju.base import papers
from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, Transitions, act
from anju.base.claims.seam import show_to
from anju.base.numbers import m2, yuan
from anju.base.papers import Block, clause, facts, para, signatures, table
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.base.wordings.text import say
from anju.negotiation import reads
from anju.negotiation.acts.common import (
    CLAUSE,
    acquirer_of,
    admitted,
    ceiling_verdicts,
    person,
    project_for,
    with_reason,
)
from anju.negotiation.models import AcquirerDecision, Letter, LetterUnit
from anju.parties.acts.acquirers import own_acquirer
from anju.parties.models import Organisation
from anju.policy.rules import offering as rules
from anju.pricing.models import Ceiling
from anju.pricing.reads import ceiling_in_force
from anju.reserve import acts as reserve
from anju.reserve.models import Project, Unit
from anju.reserve.reads import letter_verdicts

STATES = Transitions(
    titles=dict(Letter.STATES),
    table={"drafted": frozenset({"signed", "lapsed"}), "signed": frozenset({"lapsed", "fulfilled"})},
    clause=CLAUSE,
)
SIGN = "negotiation.sign_letter"


@act(clause=CLAUSE, title="起草收购意向书")
def draft_letter(
    *, ctx: ActContext, project_id: UUID, ceiling_id: UUID, decision_id: UUID, price_fen_m2: int, valid_until: date,
    unit_ids: Sequence[UUID] | None = None,
) -> Letter:  # fmt: skip
    """Freeze homes (all in the reserve where none are named) and the agreed price, and print the letter.

    Asks for: an admission live today; both sides' latest offers at this price; a confirmed ceiling in its days that is not
    lower; the acquirer's confirmed decision; homes that 3.3 lets through, with price and place judged. Raises Refused.
    """
    project = project_for(ctx, project_id)
    ctx.on(project, price_fen_m2=price_fen_m2, valid_until=valid_until)
    organisation = admitted(ctx, acquirer_of(ctx)).acquirer
    if project.state != "priced" or reads.live_letter(project):
        raise Conflict(
            f"项目 {project.name} 当前为「{project.get_state_display()}」或已有意向书，没有起草；请先办结原意向书",
            clause=CLAUSE,
        )
    decision = decided(ctx, decision_id, "letter", project, organisation)
    ceiling = Ceiling.objects.filter(region=ctx.region, project=project, id=ceiling_id).first()
    _agreed(ctx, project, ceiling, price_fen_m2)
    units = _units(ctx, project, unit_ids)
    ctx.require(letter_verdicts(project, units, ctx.inforce(project.declared_on)))
    ctx.require([rules.letter_valid(ctx.today, valid_until, ctx.inforce())])
    letter = Letter(
        region=ctx.region, project=project, ceiling=ceiling, decision=decision, acquirer=organisation,
        price_fen_m2=price_fen_m2, units_count=len(units), gross_cm2=sum(u.gross_cm2 for u in units),
        valid_until=valid_until, drafted_on=ctx.today, maker=person(ctx),
    )  # fmt: skip
    letter.paper = papers.issue(
        ctx=ctx, kind="letter_of_intent", title="收购意向书", blocks=letter_blocks(ctx, letter, units),
        obj=letter, case=letter.pk, prefix="意", issuer=organisation.name,
    )  # fmt: skip
    # The paper as the letter: the seller's, and not that of all who see the project.
    show_to(project.developer_id, [letter.pk], region=ctx.region)
    letter.number = letter.paper.number
    letter.save(force_insert=True)
    LetterUnit.objects.bulk_create(
        [LetterUnit(region=ctx.region, project=project, letter=letter, unit=unit) for unit in units]
    )
    ctx.on(letter, number=letter.number, units=len(units), price_fen_m2=price_fen_m2, ceiling=str(ceiling_id))
    ctx.items((unit.id, f"{unit.code} {unit.gross_cm2}") for unit in units)
    open_ticket(
        ctx=ctx, kind=SIGN, title=f"签署意向书 {letter.number}（{project.name}）", post="acquirer_head", obj=letter,
        url=f"/negotiation/letters/{letter.pk}/", limit_days=None, organisation=organisation.pk,
    )  # fmt: skip
    return letter


def decided(
    ctx: ActContext, decision_id: UUID, kind: str, project: Project, organisation: Organisation
) -> AcquirerDecision:
    """The acquirer's confirmed decision of a kind on the project. Raises Refused."""
    row = AcquirerDecision.objects.filter(region=ctx.region, id=decision_id, organisation=organisation.pk).first()
    title = dict(AcquirerDecision.KINDS)[kind]
    if row is None or row.kind != kind or row.object_id != project.pk:
        raise Refused(f"没有本单位就该项目「{title}」的三重一大决定，没有办理；请先登记决定", clause=CLAUSE)
    if row.checker is None:
        raise Refused(f"三重一大决定 {row.number} 尚未复核，没有办理；请由另一人复核后再办", clause=CLAUSE)
    return row


def _agreed(ctx: ActContext, project: Project, ceiling: Ceiling | None, price_fen_m2: int) -> None:
    """The price is the one both sides came to, under the ceiling in force. Tells the reserve that it fits. Raises Refused."""
    usable = ceiling if ceiling and ceiling.confirmed_by and not ceiling.trial else None
    _under(ctx, project, usable, price_fen_m2)
    met = reads.agreed(project)
    if met != price_fen_m2:
        said = "双方最后报价还不一致" if met is None else f"双方商定的单价是 {yuan(met)}/㎡"
        raise Refused(f"{said}，与意向书单价 {yuan(price_fen_m2)}/㎡ 不符，没有起草；请先完成协商", clause=CLAUSE)
    if not project.price_fits:
        reserve.tell_price(
            ctx=ctx, project_id=project.pk, fits=True, why=f"商定单价 {yuan(price_fen_m2)}/㎡ 不高于上限"
        )
        project.refresh_from_db(fields=["price_fits"])


def _under(ctx: ActContext, project: Project, ceiling: Ceiling | None, price_fen_m2: int) -> None:
    """Raises Refused where the ceiling does not hold today, is lower, or has been followed by another."""
    ctx.require(ceiling_verdicts(ctx, ceiling, price_fen_m2))
    if ceiling != ceiling_in_force(project, ctx.today):
        raise Refused("这项收购价上限已被新的上限取代，没有办理；请按最新的上限重新协商、起草", clause="3.4-1")


def _units(ctx: ActContext, project: Project, unit_ids: Sequence[UUID] | None) -> list[Unit]:
    """The homes under their locks, all of them in the reserve. Raises Refused or Conflict."""
    rows = Unit.objects.filter(region=ctx.region, project=project).select_related("building")
    rows = rows.filter(state="reserved") if unit_ids is None else rows.filter(id__in=list(unit_ids))
    found = list(rows.select_for_update(of=("self",)).order_by("id"))
    if not found or (unit_ids is not None and len(found) != len(set(unit_ids))):
        raise Conflict("选定的房源为空，或有的不在这个项目里，没有起草；请刷新后重选", clause=CLAUSE)
    outside = [unit for unit in found if unit.state != "reserved"]
    if outside:
        raise Refused(
            f"{outside[0].code} 为「{outside[0].get_state_display()}」，不在储备库（共 {len(outside)} 套），没有起草；请从名单中去掉",
            clause="3.3-1",
        )
    return sorted(found, key=reads.address_key)


def letter_blocks(ctx: ActContext, letter: Letter, units: Sequence[Unit]) -> list[Block]:
    """The letter's text, from what is frozen in it."""
    price, area, seller = f"{yuan(letter.price_fen_m2)}/㎡", m2(letter.gross_cm2), letter.project.developer
    ratio = ctx.inforce().get("lock_ratio_min")
    total = reads.total_fen(letter.price_fen_m2, [unit.gross_cm2 for unit in units])
    rows = [
        (at, unit.building.number, unit.stairwell, unit.floor, unit.room, m2(unit.gross_cm2), unit.code)
        for at, unit in enumerate(units, 1)
    ]
    return [
        facts(
            [
                ("甲方（收购主体）", letter.acquirer.name),
                ("乙方（开发企业）", seller.name),
                ("项目", letter.project.name),
                ("坐落", letter.project.address),
                ("三重一大决定", letter.decision.number),
            ]
        ),
        para("甲乙双方按市场化原则自主协商，就甲方拟收购乙方已建成存量商品房用作保障性住房，达成以下意向。"),
        clause(
            "一、意向房源",
            f"共 {len(units)} 套，建筑面积合计 {area}，明细见附表。签署后乙方不得另行出售、出租或设定抵押。",
        ),
        clause(
            "二、意向价格",
            f"单价 {price}，按附表面积合计 {yuan(total)}。",
            "单价不高于评估确定的收购价上限，正式协议不得高于本意向书单价。",
        ),
        clause(
            "三、收购条件",
            "甲方向全社会公告房源；审核符合条件、期限内申请并已缴定金的家庭与房源一一对应，达到意向房源 "
            f"{ratio.value}% 以上的，双方签订正式收购协议。",
            "达不到的，本意向书自行失效，双方互不承担责任；特殊情况按“一事一议”决定办理。",
        ),
        clause("四、风险防范", say("negotiation.risk", region=ctx.region, on=ctx.today, values={}).text),
        clause("五、有效期", f"自签署之日起至 {letter.valid_until} 止。"),
        table(
            ("序号", "楼号", "单元", "层", "房号", "建筑面积", "不动产单元代码"),
            rows,
            title="意向房源明细",
            widths=(1, 2, 1, 1, 2, 3, 6),
        ),
        signatures(["甲方（盖章）", "乙方（盖章）"]),
    ]


def letter_for(ctx: ActContext, letter_id: UUID) -> Letter:
    """The letter under its lock, after its project's. Raises Conflict."""
    known = Letter.objects.filter(region=ctx.region, id=letter_id).values_list("project_id", flat=True).first()
    if known is None:
        raise Conflict(f"区划 {ctx.region} 没有这份意向书，没有办理；请从意向书列表重新打开", clause=CLAUSE)
    project_for(ctx, known)
    return Letter.objects.select_for_update(of=("self",)).select_related("project", "acquirer", "ceiling").get(
        region=ctx.region, id=letter_id
    )  # fmt: skip


@act(clause=CLAUSE, title="签署收购意向书")
def sign_letter(
    *, ctx: ActContext, letter_id: UUID, signed_on: date | None = None, scan_name: str = "", scan: bytes = b""
) -> Letter:
    """A second person of the acquirer records the signing; the homes are bound from then on. ``scan``: the signed paper.

    Judged again on the day of signing: admission, ceiling, validity. Raises Refused.
    """
    letter = letter_for(ctx, letter_id)
    ctx.on(letter, number=letter.number)
    acquirer_of(ctx)
    own_acquirer(ctx, letter.acquirer_id, f"意向书 {letter.number} ", CLAUSE)
    STATES.check(letter, "signed")
    ctx.other_than(letter.maker, "收购意向书")
    day = signed_on or ctx.today
    if not letter.drafted_on <= day <= ctx.today:
        raise InvalidInput(
            f"签署日 {day} 应在起草日 {letter.drafted_on} 与今天 {ctx.today} 之间，没有办理；请核对",
            field="signed_on",
            clause=CLAUSE,
        )
    admitted(ctx, letter.acquirer_id)
    _under(ctx, letter.project, letter.ceiling, letter.price_fen_m2)
    ctx.require([rules.letter_valid(day, letter.valid_until, ctx.inforce(day))])
    if scan and letter.paper_id:
        papers.sign(ctx=ctx, paper_id=letter.paper_id, scan_name=scan_name, scan=scan, signed_on=day)
    letter.signed_on, letter.checker = day, ctx.account
    letter.state = "signed"
    letter.save(update_fields=["signed_on", "checker", "state"])
    reserve.move_units(ctx=ctx, unit_ids=live_unit_ids(letter), to="intended")
    reserve.move_project(ctx=ctx, project_id=letter.project_id, to="intended")
    ctx.happened(day)
    close_tickets(ctx=ctx, obj=letter, outcome="已签署")
    return letter


def live_unit_ids(letter: Letter) -> list[UUID]:
    """The homes that the letter still binds."""
    rows = LetterUnit.objects.filter(region=letter.region, letter=letter, live=True).order_by("unit_id")
    return list(rows.values_list("unit_id", flat=True))


@act(clause=CLAUSE, title="意向书期满失效")
def lapse_letter(*, ctx: ActContext, letter_id: UUID) -> Letter:
    """A letter past its last day, with no offer to the public running, binds nothing any more. Raises Refused before."""
    letter = letter_for(ctx, letter_id)
    own_acquirer(ctx, letter.acquirer_id, f"意向书 {letter.number} ", CLAUSE)
    if ctx.today <= letter.valid_until:
        raise Refused(
            f"意向书 {letter.number} 有效至 {letter.valid_until}，今天 {ctx.today} 还不能作期满处理", clause=CLAUSE
        )
    return end_letter(ctx, letter, f"有效期至 {letter.valid_until}，期满未签正式协议")


@act(clause=CLAUSE, title="解除收购意向书")
def release_letter(*, ctx: ActContext, letter_id: UUID, reason: str) -> Letter:
    """End a letter before its day, with the reason: its homes are back in the reserve, the project can be negotiated again."""
    letter = letter_for(ctx, letter_id)
    own_acquirer(ctx, letter.acquirer_id, f"意向书 {letter.number} ", CLAUSE)
    return end_letter(ctx, letter, with_reason(reason, "解除"))


def end_letter(ctx: ActContext, letter: Letter, reason: str) -> Letter:
    """What both have in common. Raises Refused while a batch runs on the letter."""
    ctx.on(letter, number=letter.number, reason=reason)
    if letter.project.state in ("announced", "locked"):
        raise Refused(
            f"项目 {letter.project.name} 为「{letter.project.get_state_display()}」，公告未办结不能解除意向书；请先判定并办结批次",
            clause="3.5-3",
        )
    STATES.check(letter, "lapsed")
    unit_ids = live_unit_ids(letter)
    bound = Unit.objects.filter(region=ctx.region, id__in=unit_ids, state__in=["intended", "announced", "chosen"])
    moving = list(bound.values_list("id", flat=True))
    LetterUnit.objects.filter(region=ctx.region, letter=letter, live=True).update(live=False)
    letter.ended_on, letter.end_reason, letter.state = ctx.today, reason, "lapsed"
    letter.save(update_fields=["ended_on", "end_reason", "state"])
    if moving:
        reserve.move_units(ctx=ctx, unit_ids=moving, to="reserved")
    if letter.project.state == "intended":
        reserve.move_project(ctx=ctx, project_id=letter.project_id, to="priced")
    close_tickets(ctx=ctx, obj=letter, outcome="已失效")
    return letter


@act(clause=CLAUSE, title="意向书转正式协议")
def fulfil_letter(*, ctx: ActContext, letter_id: UUID) -> Letter:
    """The agreement follows the letter. Nobody holds the power: it is told inside the act that signs the agreement."""
    letter = letter_for(ctx, letter_id)
    STATES.move(letter, "fulfilled", ctx)
    ctx.on(letter, number=letter.number)
    return letter
