"""Signing: a chosen home with its earnest money in becomes a sale contract or a lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused, Transitions, act
from anju.base.claims import seam
from anju.homes import judging, papers
from anju.homes.models import RENT, SALE, TENURES, Contract
from anju.ledger import books
from anju.needs import acts as needs
from anju.offering.models import Choice
from anju.parties.acts.acquirers import own_acquirer
from anju.permits import reads as permits
from anju.policy.rules import contracts as rules
from anju.policy.verdict import Verdict
from anju.purchase.models import Agreement
from anju.reserve import acts as reserve
from anju.reserve.models import Unit

SALE_CLAUSE, LEASE_CLAUSE = "3.6-3", "3.6-2"
# The one step of a choice that happens here; the database demands a passed gate or 一事一议 for it.
CHOICE = Transitions(titles=dict(Choice.STATES), table={"taken": frozenset({"contracted"})}, clause="3.5-3")


@dataclass(frozen=True)
class Case:
    """What a contract stands on: the choice with its home and household, the agreement by which the home is the acquirer's."""

    choice: Choice
    unit: Unit
    agreement: Agreement

    @property
    def application(self) -> Any:
        """The household's application, maybe of another region."""
        return self.choice.subscription.application

    @property
    def amount_fen(self) -> int:
        """The announced price, or monthly rent."""
        return self.choice.batch_unit.amount_fen


@act(clause=SALE_CLAUSE, title="签订配售合同")
def sign_sale_contract(*, ctx: ActContext, choice_id: UUID, down_payment_fen: int, provident_fund: bool) -> Contract:
    """Sign the sale of a chosen home at its announced price; the earnest money becomes part of it.

    ``down_payment_fen`` includes the earnest money. Raises Refused with the verdicts: down payment (3.6-3), one home a household
    (3.2-0), earnest money (3.5-3), annotation of closed management (3.6-2).
    """
    case = _case(ctx, choice_id, SALE)
    inforce = ctx.inforce()
    ctx.on(
        case.unit,
        choice=str(choice_id),
        price=case.amount_fen,
        down_payment=down_payment_fen,
        provident_fund=provident_fund,
    )
    verdicts = [
        rules.down_payment(case.amount_fen, down_payment_fen, inforce),
        rules.earnest_cap(case.choice.earnest_fen, case.amount_fen, inforce),
        judging.covers_earnest(down_payment_fen, case.choice.earnest_fen),
        rules.one_contract(_live_homes(case), inforce),
        rules.closed_management(permits.annotated(case.unit.project)),
    ]
    ctx.require(verdicts)
    return _sign(
        ctx,
        case,
        verdicts,
        tenure=SALE,
        price_fen=case.amount_fen,
        down_payment_fen=down_payment_fen,
        provident_fund=provident_fund,
    )


@act(clause=LEASE_CLAUSE, title="签订租赁合同")
def sign_lease(*, ctx: ActContext, choice_id: UUID, months: int, starts_on: date) -> Contract:
    """Let a chosen home at its announced rent for whole months; the earnest money becomes the tenancy deposit.

    Raises Refused with the verdicts: rent against the market (3.2-4), longest lease (3.6-2), one home a household (3.2-0).
    """
    case = _case(ctx, choice_id, RENT)
    if starts_on < ctx.today:
        raise InvalidInput(
            f"起租日 {starts_on} 不能早于今天 {ctx.today}，没有签订；请更正", field="starts_on", clause=LEASE_CLAUSE
        )
    inforce = ctx.inforce()
    ctx.on(case.unit, choice=str(choice_id), rent=case.amount_fen, months=months, starts_on=starts_on)
    verdicts = [
        rules.rent(case.amount_fen, judging.market_rent(case.unit), inforce),
        judging.lease_months(months, inforce),
        rules.one_contract(_live_homes(case), inforce),
    ]
    ctx.require(verdicts)
    ends_on = judging.last_day(starts_on, months)
    return _sign(ctx, case, verdicts, tenure=RENT, rent_fen=case.amount_fen, starts_on=starts_on, ends_on=ends_on)


def _case(ctx: ActContext, choice_id: UUID, tenure: str) -> Case:
    """The choice and its home under their locks, in the order choice, home. Raises Conflict or Refused."""
    rows = Choice.objects.select_for_update(of=("self",)).select_related("batch_unit", "subscription", "batch")
    choice = rows.filter(region=ctx.region, id=choice_id).first()
    if choice is None:
        raise Conflict(f"区划 {ctx.region} 没有这次选房，没有签订；请刷新后重试", clause=SALE_CLAUSE)
    if choice.state != "taken":
        raise Refused(f"这次选房为「{choice.get_state_display()}」，已缴定金的才能签订合同，没有签订", clause="3.5-3")
    homes = Unit.objects.select_for_update(of=("self",)).select_related("project__developer", "building")
    unit = homes.get(region=ctx.region, id=choice.batch_unit.unit_id)
    if choice.batch_unit.tenure != tenure:
        raise Refused(
            f"{unit} 公告为{'配售' if tenure == RENT else '配租'}，不能签订{dict(TENURES)[tenure]}，没有签订",
            clause="3.5-2",
        )
    agreement = (
        Agreement.objects.filter(region=ctx.region, project=unit.project, state__in=["signed", "completed"])
        .select_related("letter__acquirer")
        .first()
    )
    if unit.state != "purchased" or agreement is None:
        raise Refused(f"{unit} 为「{unit.get_state_display()}」，收购后才能与家庭签订合同，没有签订", clause="2-1")
    own_acquirer(ctx, agreement.letter.acquirer_id, f"{unit} ", "2-1")
    return Case(choice, unit, agreement)


def _live_homes(case: Case) -> int:
    """How many affordable homes members of the household hold already, in whatever region."""
    persons = [bytes(p) for p in case.application.members.values_list("document_blind", flat=True)]
    held = {clash.case for clash in seam.holders(seam.HOME, persons).values()}
    # The rented home that a sitting tenant gives back for this one does not count (3.2-0).
    return len(held - {case.application.id, case.application.vacates_id})


def _sign(ctx: ActContext, case: Case, verdicts: Sequence[Verdict], **terms: Any) -> Contract:
    application, choice = case.application, case.choice
    if ctx.account is None:
        raise Forbidden("合同须由登录的人签订，没有签订；请登录后再办", clause=SALE_CLAUSE)
    contract = Contract(
        region=ctx.region, unit=case.unit, project=case.unit.project, application=application, choice=choice, signed_on=ctx.today,
        application_region=choice.subscription.application_region, earnest_fen=choice.earnest_fen, maker=ctx.account,
        verdicts=[v.as_dict() for v in verdicts], **terms,
    )  # fmt: skip
    contract.paper = papers.issue_contract(ctx, contract, case.agreement.letter.acquirer.name)
    contract.number = contract.paper.number
    contract.save(force_insert=True)
    _tell(ctx, case, contract)
    ctx.on(contract, number=contract.number)
    return contract


def _tell(ctx: ActContext, case: Case, contract: Contract) -> None:
    """The other rooms: the earnest money changes books, the home its state, the household its place, the choice its end."""
    take_earnest(ctx, contract)
    CHOICE.move(case.choice, "contracted", ctx)
    reserve.move_units(ctx=ctx, unit_ids=[case.unit.id], to="sold" if contract.tenure == SALE else "let")
    needs.mark_housed(ctx=ctx.at(contract.application_region), application_id=contract.application_id)


def take_earnest(ctx: ActContext, contract: Contract) -> None:
    """Move the earnest money from the batch's book into the project's, as price or as tenancy deposit."""
    found = {
        kind: books.find(kind, object_id, region=ctx.region)
        for kind, object_id in (("earnest", contract.choice.batch_id), ("project", contract.project_id))
    }
    if found["earnest"] is None or found["project"] is None:
        raise Refused("定金账或项目账没有开立，没有签订；请财务先开立账簿", clause="4.3-3")
    books.link(
        ctx=ctx, from_book=found["earnest"], to_book=found["project"], kind="earnest_to_project", amount_fen=contract.earnest_fen,
        document=contract.number, key=f"contract:{contract.id}", to_credit="sale_income" if contract.tenure == SALE else "deposits",
        # The instruction to the bank carries the contract's number, so its statement line is matched without a doubt.
        reference=contract.number,
        memo=f"{contract.number} 定金{'转购房款' if contract.tenure == SALE else '转押金'}",
    )  # fmt: skip
