"""The public announcement (公告): homes, prices, timetable, rules of the earnest money; printed, published, frozen."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from anju.base import papers
from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.numbers import m2, yuan
from anju.base.papers import Block, clause, facts, para, table
from anju.base.papers.models import Paper
from anju.base.publication import release as publication
from anju.base.tickets.desk import open_ticket
from anju.ledger import books
from anju.needs import programmes
from anju.needs.models import PROGRAMMES
from anju.negotiation.acts.common import person
from anju.negotiation.acts.letters import letter_for
from anju.negotiation.models import Letter
from anju.negotiation.reads import units_of
from anju.offering import reads
from anju.offering.acts.common import CLAUSE, GATE
from anju.offering.models import METHODS, Batch, BatchUnit
from anju.parties.acts.acquirers import own_acquirer
from anju.parties.acts.shared import held_by
from anju.parties.models import Region
from anju.policy.parameters import InForce, Unset
from anju.policy.rules import contracts
from anju.policy.rules import offering as rules
from anju.policy.rules.gate import needed
from anju.pricing.models import UnitPrice
from anju.reserve import acts as reserve
from anju.reserve.models import Unit

TAKEN = {
    "batch_number_once": "同时有另一个批次公告，批次编号重复，没有发布；请再办一次",
    "one_batch_per_letter": "这份意向书已经公告过，没有再公告；未达标的请重新签订意向书",
    "unit_in_one_live_batch": "有的房源还在另一个批次中，没有发布；请先办结该批次",
}


@act(clause=CLAUSE, title="发布房源公告")
def announce_batch(
    *, ctx: ActContext, letter_id: UUID, apply_from: date, apply_until: date, method: str, earnest_fen: int,
    earnest_until: date | None = None, rent_programme: str = "affordable_rental", sale_programme: str = "sale",
    reserved: Sequence[tuple[UUID, int]] = (),
) -> Batch:  # fmt: skip
    """Offer a signed letter's homes to the public (向全社会发布), in a window as long as the parameter asks.

    ``earnest_fen`` is the parameter's sum a home, ``method`` the parameter's for each programme offered. The programmes are those
    that homes for sale and for rent go to, each of that tenure by the county's parameters. ``reserved``:
    (unit, the priority group that comes first for it). Opens the batch's earnest book. Raises Refused with what is not met.
    """
    letter = letter_for(ctx, letter_id)
    ctx.on(letter, number=letter.number)
    own_acquirer(ctx, letter.acquirer_id, f"意向书 {letter.number} ", CLAUSE)
    if letter.state != "signed":
        raise Refused(
            f"意向书 {letter.number} 为「{letter.get_state_display()}」，签署后才能公告，没有发布", clause="3.5-1"
        )
    _timetable(ctx, letter, apply_from, apply_until, earnest_until)
    units = [unit for unit in units_of(letter) if unit.state == "intended"]
    by_tenure = {"sale": sale_programme, "rent": rent_programme}
    homes = _homes(ctx, letter, units, by_tenure, earnest_fen, dict(reserved))
    _rules(ctx.inforce(), {home.programme for home in homes}, method, earnest_fen)
    batch = Batch(
        region=ctx.region, project=letter.project, letter=letter, number=reads.next_number(ctx.region, ctx.today),
        announced_on=ctx.today, apply_from=apply_from, apply_until=apply_until, earnest_until=earnest_until, method=method,
        earnest_fen=earnest_fen, maker=person(ctx),
    )  # fmt: skip
    batch.paper = paper = papers.issue(
        ctx=ctx, kind="announcement", title=f"关于收购{letter.project.name}房源用于配售配租的公告",
        blocks=_blocks(ctx, batch, homes), obj=batch, case=letter.project_id, prefix="公告", issuer=letter.acquirer.name,
    )  # fmt: skip
    with held_by(TAKEN):
        batch.save(force_insert=True)
        for home in homes:
            home.batch = batch
        BatchUnit.objects.bulk_create(homes)
    books.open_book(ctx=ctx, kind="earnest", object_id=batch.pk, title=f"{letter.project.name} {batch.number} 租购定金")
    _publish(ctx, batch, paper, homes)
    reserve.move_project(ctx=ctx, project_id=letter.project_id, to="announced")
    reserve.move_units(ctx=ctx, unit_ids=[home.unit_id for home in homes], to="announced")
    ctx.on(batch, number=batch.number, homes=len(homes), apply_from=apply_from, apply_until=apply_until, method=method)
    ctx.items((home.unit_id, f"{home.label} {home.tenure} {home.amount_fen}") for home in homes)
    open_ticket(
        ctx=ctx, kind="offering.freeze", title=f"{batch.number} 期满后封存名单（{letter.project.name}，至 {apply_until}）",
        post="acquirer_clerk", obj=batch, url=f"/offering/{batch.pk}/", limit_days=None, organisation=letter.acquirer_id,
    )  # fmt: skip
    return batch


def _timetable(
    ctx: ActContext, letter: Letter, apply_from: date, apply_until: date, earnest_until: date | None
) -> None:
    """Raises InvalidInput or Refused where the days cannot be or are too few."""
    if not ctx.today <= apply_from <= apply_until:
        raise InvalidInput(
            f"申请期 {apply_from} 至 {apply_until} 应从公告日 {ctx.today} 或以后开始，没有发布；请核对",
            field="apply_from",
            clause=CLAUSE,
        )
    if earnest_until and earnest_until <= apply_until:
        raise InvalidInput(
            f"缴定金截止日 {earnest_until} 应晚于申请截止日 {apply_until}，没有发布；请核对",
            field="earnest_until",
            clause=CLAUSE,
        )
    inforce = ctx.inforce()
    ctx.require([
        rules.letter_valid(letter.signed_on, ctx.today, ctx.inforce(letter.signed_on)),
        rules.window(apply_from, apply_until, inforce),
    ])  # fmt: skip


def _set(inforce: InForce, name: str, key: str | None = None) -> Any:
    """A parameter's value. Raises Refused where nobody has set it."""
    value = inforce.get(name, key)
    if isinstance(value, Unset):
        raise Refused(value.sentence, clause=value.clause)
    return value.value


def _rules(inforce: InForce, offered: set[str], method: str, earnest_fen: int) -> None:
    """The announced rules are the parameters': sum, refund days, order. Raises Refused."""
    earnest = _set(inforce, "earnest_rule")
    for name in ("earnest_refund_days", "gate_denominator"):
        _set(inforce, name)
    if earnest != earnest_fen:
        raise Refused(
            f"每套定金 {yuan(earnest_fen)} 与规定的 {yuan(earnest)} 不同，没有发布；请按规定填写，或请专班先调整参数",
            clause=GATE,
        )
    for programme in sorted(offered):
        wanted = _set(inforce, "order_method", programme)
        if wanted != method:
            raise Refused(
                f"{dict(PROGRAMMES)[programme]}的选房顺序规定为「{dict(METHODS)[wanted]}」，"
                f"不能用「{dict(METHODS).get(method, method)}」，没有发布；请按规定的方式公告",
                clause=CLAUSE,
            )


def _of_its_tenure(inforce: InForce, tenure: str, programme: str) -> None:
    """Raises InvalidInput where homes for sale would go to a programme that lets, or the other way round."""
    if programme not in programmes.of_tenure(tenure, inforce):
        said = "配售" if tenure == "sale" else "配租"
        raise InvalidInput(
            f"「{programmes.TITLES.get(programme, programme)}」不是{said}类别，没有发布；请改选，或在“住房类别”页核对租售方式",
            field=f"{tenure}_programme", clause=CLAUSE,
        )  # fmt: skip


def _homes(
    ctx: ActContext, letter: Letter, units: Sequence[Unit], by_tenure: Mapping[str, str], earnest_fen: int,
    reserved: Mapping[UUID, int],
) -> list[BatchUnit]:  # fmt: skip
    """The homes on offer, each with its label, price and earnest money. Raises Refused where one has no price."""
    for tenure in sorted({unit.tenure for unit in units}):
        _of_its_tenure(ctx.inforce(), tenure, by_tenure[tenure])
    rows = UnitPrice.objects.filter(region=ctx.region, project=letter.project)
    prices = {(unit, tenure): fen for unit, tenure, fen in rows.values_list("unit_id", "tenure", "amount_fen")}
    unpriced = [unit.code for unit in units if (unit.pk, unit.tenure) not in prices]
    if not units:
        raise Refused(f"意向书 {letter.number} 没有可公告的房源，没有发布；请核对房源状态", clause=CLAUSE)
    if unpriced:
        raise Refused(f"{len(unpriced)} 套还没有一房一价（{unpriced[0]} 等），没有发布；请先定价", clause=CLAUSE)
    return [
        BatchUnit(
            region=ctx.region, project=letter.project, unit=unit, label=label_of(unit), tenure=unit.tenure,
            programme=by_tenure[unit.tenure], amount_fen=prices[unit.pk, unit.tenure],
            earnest_fen=_earnest(ctx, unit, prices[unit.pk, unit.tenure], earnest_fen), reserved=reserved.get(unit.pk),
        )
        for unit in units
    ]  # fmt: skip


def _step_free(inforce: InForce, homes: Sequence[BatchUnit]) -> list[str]:
    """Who comes first for the step-free homes, where the county has decided that somebody does."""
    count = sum(reads.step_free(home) for home in homes)
    found = inforce.get("step_free_first")
    if not count or isinstance(found, Unset) or found.value != "yes":
        return []
    return [f"一层或有电梯的 {count} 套先由家庭成员有已核实行动需要（使用轮椅、不便上下楼）的家庭按次序选。"]


def label_of(unit: Unit) -> str:
    """How families name a home: building, stairwell, room. ``3-1-502``."""
    return f"{unit.building.number}-{unit.stairwell}-{unit.room}"


def _earnest(ctx: ActContext, unit: Unit, amount_fen: int, earnest_fen: int) -> int:
    """The announced sum, cut where the law's share of this home's contract is lower (超过部分不产生定金效力). Raises Refused."""
    inforce = ctx.inforce()
    contract = amount_fen
    if unit.tenure == "rent":
        contract = amount_fen * int(_set(inforce, "lease_months_max"))
    most = inforce.get("earnest_cap_ratio")
    share = earnest_fen if isinstance(most, Unset) else contract * most.value // 1000
    earnest = min(earnest_fen, share)
    ctx.require([contracts.earnest_cap(earnest, contract, inforce)])
    return earnest


def _blocks(ctx: ActContext, batch: Batch, homes: Sequence[BatchUnit]) -> list[Block]:
    """The announcement's text."""
    inforce, project = ctx.inforce(), batch.project
    ratio, refund = inforce.get("lock_ratio_min").value, inforce.get("earnest_refund_days").value
    county = Region.objects.filter(code=project.stands_in).values_list("name", flat=True).first() or project.stands_in
    rows = [
        (
            home.label, "配售" if home.tenure == "sale" else "配租", home.unit.rooms, m2(home.unit.gross_cm2),
            yuan(home.amount_fen) + ("" if home.tenure == "sale" else "/月"), yuan(home.earnest_fen),
        )
        for home in homes
    ]  # fmt: skip
    until = f"，缴纳定金截止 {batch.earnest_until}" if batch.earnest_until else ""
    return [
        para(
            f"收购主体拟收购{county}{project.name}（{project.address}）已建成房源 {len(homes)} 套，用于配售配租，现向全社会公告。"
        ),
        facts(
            (
                ("批次编号", batch.number),
                ("申请期限", f"{batch.apply_from} 至 {batch.apply_until}（首尾两日都计）"),
                ("选房顺序", batch.get_method_display()),
                ("每套定金", yuan(batch.earnest_fen)),
                ("锁定需求", f"{len(homes)} 套的 {ratio}%，即 {needed(len(homes), ratio)} 套"),
            )
        ),
        clause(
            "一、申请条件", "已进入轮候库、审核符合保障对象条件的家庭，在申请期限内选报志愿房源；一个家庭限申请一套。"
        ),
        clause(
            "二、选房与定金",
            "期满封存名单后排定选房顺序；申请家庭不多于房源的，按轮候顺序选房。",
            *_step_free(inforce, homes),
            f"选房后缴纳定金{until}，一套一户。定金不超过合同价款的法定比例，明细见附表。",
        ),
        clause(
            "三、收购与退款",
            f"已缴定金的房源达到 {ratio}% 以上，收购主体与开发企业签订正式收购协议，定金抵作价款或租金。",
            f"达不到的，本项目不收购，定金在 {refund} 个工作日内全部原路退回；特殊情况按“一事一议”决定办理。",
        ),
        table(("房源", "类别", "户型（室）", "建筑面积", "价格或月租金", "定金"), rows, title="房源明细"),
    ]


def _publish(ctx: ActContext, batch: Batch, paper: Paper, homes: Sequence[BatchUnit]) -> None:
    """The whitelisted copy for the portal: no person is in it."""
    project, ratio = batch.project, ctx.inforce().get("lock_ratio_min").value
    body: dict[str, Any] = {
        "batch_id": str(batch.pk), "region": ctx.region, "number": batch.number, "paper": paper.number,
        "project": project.name, "address": project.address, "stands_in": project.stands_in,
        "acquirer": batch.letter.acquirer.name, "announced_on": batch.announced_on.isoformat(),
        "apply_from": batch.apply_from.isoformat(), "apply_until": batch.apply_until.isoformat(),
        "earnest_until": batch.earnest_until.isoformat() if batch.earnest_until else None,
        "method": batch.method, "method_title": batch.get_method_display(), "earnest_fen": batch.earnest_fen,
        "offered": len(homes), "needed": needed(len(homes), ratio), "ratio": ratio,
        "refund_days": ctx.inforce().get("earnest_refund_days").value,
        "homes": [
            {
                "label": home.label, "unit_id": str(home.unit_id), "tenure": home.tenure, "programme": home.programme,
                "rooms": home.unit.rooms, "gross_cm2": home.unit.gross_cm2, "floor": home.unit.floor,
                "floors": home.unit.building.floors, "building": home.unit.building.number,
                "stairwell": home.unit.stairwell, "room": home.unit.room,
                "orientation": home.unit.orientation, "amount_fen": home.amount_fen, "earnest_fen": home.earnest_fen,
                "reserved": home.reserved,
            }
            for home in homes
        ],
    }  # fmt: skip
    publication.release(ctx=ctx, kind="announcement", title=paper.title, slug=batch.number, body=body, obj=batch)
