"""Two acquirers of one city: each acts on its own projects, letters, batches, agreements, accounts and contracts, never the other's."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from anju.base.acts import ActContext, Forbidden, Refused
from anju.base.regions import scope, uuid7
from anju.funds import acts as funds
from anju.homes import acts as homes
from anju.negotiation import acts as negotiation
from anju.offering import acts as offering
from anju.offering.models import BatchUnit, Choice, Draw, DrawSource, Subscription
from anju.parties.models import Admission, Organisation
from anju.pricing import acts as pricing
from anju.purchase import acts as purchase
from funds.world import CITY, DAY, World, loan, offer_values, world
from homes.test_homes_contracts import BOOK as LEASES
from support import laid
from support.db import NOON, context
from support.sold import sold

pytestmark = pytest.mark.usefixtures("committed")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def another(kind: str = "acquirer", *, admitted_from: date | None = date(2025, 1, 1), **changes: Any) -> Organisation:
    """A second body of the city, admitted as an acquirer from a day on."""
    found = laid.lay(
        Organisation(kind=kind, name=f"另一家{uuid7().hex[-6:]}", owner_region=CITY, synthetic=True, **changes)
    )
    if admitted_from:
        laid.lay(
            Admission(
                region=CITY, acquirer=found, document="测试", state="admitted", facts={}, valid_from=admitted_from, maker=uuid7(),
                checker=uuid7(),
            )
        )  # fmt: skip
    return found


def ids_of(found: World, lease: Any) -> dict[str, Any]:
    """The things that the acts below name: all of the tests' acquirer."""
    lent, batch = loan(found), found.agreement.gate.batch
    draw = Draw(
        region=CITY, batch=batch, method="draw", entrants="x", homes="x", freeze_sha256="0" * 64, homes_sha256="0" * 64, frozen_at=NOON
    )  # fmt: skip
    source = DrawSource(region=CITY, draw=draw, order=1, game="kl8", issue="2026070", entered_by=uuid7())
    laid.lay(draw)
    laid.lay(source)
    with scope(CITY):
        choice = Choice.objects.filter(batch=batch).order_by("id")[0]
        home = BatchUnit.objects.get(pk=choice.batch_unit_id)
        subscription = Subscription.objects.get(pk=choice.subscription_id)
    contract = homes.sign_lease(
        ctx=context("acquirer_clerk", params=LEASES), choice_id=lease.choices[1].id, months=12, starts_on=DAY
    )
    return {
        "project": found.project.id, "letter": found.agreement.letter.id, "batch": batch.id, "gate": found.agreement.gate_id,
        "loan": lent.id, "agreement": found.agreement.id, "milestone": found.steps[1].id, "account": lent.account_id,
        "source": source.id, "choice": choice.id, "lease": lease.choices[0].id, "home": home.id, "subscription": subscription.id,
        "contract": contract.id, "developer": found.developer.id, "agency": laid.organisation("appraisal_agency", "估价").id,
        "offer": offer_values(found),
        "own": funds.ask_own_funds(ctx=found.ctx(), project_id=found.project.id, amount_fen=1, document="决议").id,
    }  # fmt: skip


Call = Callable[[ActContext, dict[str, Any]], Any]
CLERK, HEAD, MONEY, CHIEF = "acquirer_clerk", "acquirer_head", "acquirer_finance", "acquirer_finance_head"
PAID = {"received_on": DAY, "bank_reference": "R1"}
ACTS: list[tuple[str, str, Call]] = [
    # the clause, the post, the act
    ("3.4-1", CLERK, lambda c, i: pricing.commission_appraisal(ctx=c, project_id=i["project"], agency_id=i["agency"])),
    ("3.4-2", CLERK, lambda c, i: pricing.request_data(ctx=c, project_id=i["project"], asked_of="land", what="")),
    ("3.4-1", CLERK, lambda c, i: pricing.enter_cost_sheet(
        ctx=c, project_id=i["project"], land_fen=-1, construction_fen=1, profit_fen=1, gross_cm2=1)),
    ("3.4-1", CLERK, lambda c, i: pricing.enter_appraisal(
        ctx=c, project_id=i["project"], agency_id=i["agency"], appraiser="甲", appraiser_number="1", number="1", value_date=DAY,
        price_fen_m2=0, total_fen=0, gross_cm2=0)),
    ("3.4-1", CLERK, lambda c, i: pricing.propose_ceiling(ctx=c, project_id=i["project"])),
    ("3.2-4", CLERK, lambda c, i: pricing.set_unit_prices(ctx=c, project_id=i["project"], prices=[])),
    ("3.2-4", CLERK, lambda c, i: pricing.set_price_list(ctx=c, project_id=i["project"], base_fen_m2=0)),
    ("3.5-1", CLERK, lambda c, i: negotiation.make_offer(
        ctx=c, project_id=i["project"], side="acquirer", price_fen_m2=1, reason="还价")),
    ("3.5-1", HEAD, lambda c, i: negotiation.sign_letter(ctx=c, letter_id=i["letter"])),
    ("3.5-1", CLERK, lambda c, i: negotiation.lapse_letter(ctx=c, letter_id=i["letter"])),
    ("3.5-1", HEAD, lambda c, i: negotiation.release_letter(ctx=c, letter_id=i["letter"], reason="不要了")),
    ("3.5-2", CLERK, lambda c, i: offering.announce_batch(
        ctx=c, letter_id=i["letter"], apply_from=DAY, apply_until=DAY, method="draw", earnest_fen=1)),
    ("3.5-3", CLERK, lambda c, i: offering.subscribe(
        ctx=c, batch_id=i["batch"], application_id=uuid7(), application_region=CITY, wishes=[])),
    ("3.5-3", CLERK, lambda c, i: offering.subscribe_many(ctx=c, batch_id=i["batch"], rows=[])),
    ("3.5-3", CLERK, lambda c, i: offering.withdraw_subscription(ctx=c, subscription_id=i["subscription"])),
    ("3.5-2", CLERK, lambda c, i: offering.freeze(ctx=c, batch_id=i["batch"])),
    ("3.5-2", CLERK, lambda c, i: offering.fix_sources(
        ctx=c, batch_id=i["batch"], values=[], reveal_until=c.now, value_from=c.now)),
    ("3.5-2", CLERK, lambda c, i: offering.enter_public_value(ctx=c, source_id=i["source"], drums=[])),
    ("3.5-2", CLERK, lambda c, i: offering.draw_lots(ctx=c, batch_id=i["batch"])),
    ("3.5-2", CLERK, lambda c, i: offering.clear_public_value(ctx=c, source_id=i["source"])),
    ("3.5-2", CLERK, lambda c, i: offering.allot(ctx=c, batch_id=i["batch"])),
    ("3.5-2", CLERK, lambda c, i: offering.choose_home(ctx=c, subscription_id=i["subscription"], label="?")),
    ("3.5-2", CLERK, lambda c, i: offering.drop_choice(ctx=c, choice_id=i["choice"], reason="")),
    ("3.5-3", CLERK, lambda c, i: offering.lapse_unpaid(ctx=c, batch_id=i["batch"])),
    ("3.5-3", HEAD, lambda c, i: offering.withdraw_home(ctx=c, batch_unit_id=i["home"], reason="")),
    ("3.5-3", MONEY, lambda c, i: offering.record_earnest(
        ctx=c, choice_id=i["choice"], paid_on=DAY, reference="", amount_fen=1)),
    ("3.5-3", MONEY, lambda c, i: offering.record_earnest_many(ctx=c, batch_id=i["batch"], rows=[])),
    ("3.5-3", CHIEF, lambda c, i: offering.return_earnest(ctx=c, choice_id=i["choice"], reason="")),
    ("3.5-3", CHIEF, lambda c, i: offering.refund_earnest(ctx=c, batch_id=i["batch"])),
    ("3.5-3", HEAD, lambda c, i: offering.judge_gate(ctx=c, batch_id=i["batch"])),
    ("3.5-3", CLERK, lambda c, i: purchase.draft_agreement(
        ctx=c, gate_id=i["gate"], decision_id=uuid7(), milestones=[])),
    ("3.5-3", HEAD, lambda c, i: purchase.sign_agreement(ctx=c, agreement_id=i["agreement"])),
    ("3.5-3", HEAD, lambda c, i: purchase.rescind_agreement(ctx=c, agreement_id=i["agreement"], reason="重拟")),
    ("4.3-5", CLERK, lambda c, i: purchase.reach_milestone(
        ctx=c, milestone_id=i["milestone"], reached_on=DAY, evidence_name="x.pdf", evidence=b"")),
    ("4.2-2", MONEY, lambda c, i: funds.take_offers(ctx=c, offers=[i["offer"]])),
    ("4.2-2", CHIEF, lambda c, i: funds.withdraw_loan(ctx=c, loan_id=i["loan"], reason="不借了")),
    ("4.3-1", CHIEF, lambda c, i: funds.sign_loan(ctx=c, loan_id=i["loan"])),
    ("4.3-2", MONEY, lambda c, i: funds.pay_interest(
        ctx=c, loan_id=i["loan"], amount_fen=0, paid_on=DAY, bank_reference="R")),
    ("4.3-5", MONEY, lambda c, i: funds.request_payment(
        ctx=c, project_id=i["project"], source="", use="", payee_id=i["developer"], amount_fen=0)),
    ("4.3-2", MONEY, lambda c, i: funds.state_duties(ctx=c, project_id=i["project"], amount_fen=-1, document="x")),
    ("4.3-2", MONEY, lambda c, i: funds.record_receipt(ctx=c, project_id=i["project"], kind="?", amount_fen=1, **PAID)),
    ("4.3-2", "operator", lambda c, i: funds.record_receipt(
        ctx=c, project_id=i["project"], kind="?", amount_fen=1, **PAID)),
    ("4.3-2", MONEY, lambda c, i: funds.split_earnest(ctx=c, project_id=i["project"])),
    ("4.3-2", CHIEF, lambda c, i: funds.distribute_receipts(ctx=c, project_id=i["project"])),
    ("4.3-1", MONEY, lambda c, i: funds.take_lines(ctx=c, account_id=i["account"], lines=[])),
    ("4.3-1", MONEY, lambda c, i: funds.match_lines(ctx=c, account_id=i["account"])),
    ("4.2-1", MONEY, lambda c, i: funds.apply_subsidy(
        ctx=c, project_id=i["project"], level="?", document="x", amount_fen=1)),
    ("4.3-3", MONEY, lambda c, i: funds.ask_own_funds(ctx=c, project_id=i["project"], amount_fen=0, document="x")),
    ("4.3-3", CHIEF, lambda c, i: funds.bring_own_funds(
        ctx=c, own_funds_id=i["own"], moved_on=DAY, bank_reference="R")),
    ("4.3-3", MONEY, lambda c, i: funds.withdraw_own_funds(ctx=c, own_funds_id=i["own"], reason="")),
    ("3.6-3", "operator", lambda c, i: homes.sign_sale_contract(
        ctx=c, choice_id=i["choice"], down_payment_fen=1, provident_fund=False)),
    ("3.6-2", CLERK, lambda c, i: homes.sign_lease(ctx=c, choice_id=i["lease"], months=0, starts_on=DAY)),
    ("3.6-1", "operator", lambda c, i: homes.record_filing(ctx=c, contract_id=i["contract"], filing_number="")),
    ("4.3-2", MONEY, lambda c, i: homes.receive_payment(
        ctx=c, contract_id=i["contract"], amount_fen=0, received_on=DAY - timedelta(days=99), reference="")),
    ("3.6-2", "operator", lambda c, i: homes.end_lease(
        ctx=c, contract_id=i["contract"], ended_on=DAY, reason="")),
]  # fmt: skip


def answer(act: Call, ctx: ActContext, ids: dict[str, Any]) -> str:
    """forbidden, or done where it was not (done, or refused for what the call says)."""
    try:
        act(ctx, ids)
    except Forbidden as error:
        assert "属于收购主体「居安」" in error.sentence, error.sentence
        return "forbidden"
    except Refused:
        return "done"
    return "done"


@pytest.mark.clause("3.5-1")
def test_people_of_another_acquirer_are_turned_away_from_each_act_and_its_own_are_not() -> None:
    found, lease = world(), sold(tenure="rent", count=2)
    ids, other = ids_of(found, lease), another()
    theirs = [(at, answer(act, context(post, organisation=other.pk), ids)) for at, (_, post, act) in enumerate(ACTS)]
    assert [at for at, got in theirs if got != "forbidden"] == [], "let another acquirer's people through"
    own = [(at, answer(act, context(post), ids)) for at, (_, post, act) in enumerate(ACTS)]
    assert [at for at, got in own if got == "forbidden"] == [], "turned the acquirer's own people away"


@pytest.mark.clause("3.1-1")
def test_before_its_letter_a_project_is_priced_by_admitted_acquirers_alone() -> None:
    project = laid.project(state="reserved")
    laid.acquirer()

    def ask(organisation: Any, post: str = CLERK) -> None:
        pricing.request_data(
            ctx=context(post, organisation=organisation), project_id=project.id, asked_of="land", what="划拨成本"
        )

    ask(another().pk)
    for stranger in (another(admitted_from=None).pk, another(admitted_from=DAY + timedelta(days=1)).pk, None):
        with pytest.raises(Forbidden, match="不是 231200 已准入的收购主体"):
            ask(stranger)
    ask(None, "office_clerk")


@pytest.mark.clause("3.6-2")
def test_a_managers_operator_acts_for_the_acquirer_that_it_belongs_to() -> None:
    lease = sold(tenure="rent")
    ids = {"choice": lease.choices[0].id}
    sign: Call = lambda c, i: homes.sign_lease(ctx=c, choice_id=i["choice"], months=0, starts_on=DAY)  # noqa: E731
    own = another("manager", admitted_from=None, parent=lease.acquirer)
    assert answer(sign, context("operator", organisation=own.pk), ids) == "done"
    assert answer(sign, context("acquirer_clerk", organisation=own.pk), ids) == "forbidden", "an operator alone"
    stranger = another("manager", admitted_from=None, parent=another())
    assert answer(sign, context("operator", organisation=stranger.pk), ids) == "forbidden"
