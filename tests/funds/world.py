"""A bought project with its bank, and the people who move its money; for ``committed`` tests."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from anju.base.claims import seam
from anju.base.regions import uuid7
from anju.funds import acts
from support import laid
from support.db import NOON, context, open_act, raw
from support.sold import sold

CITY = "231200"
DAY = date(2026, 3, 2)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NUMBER = "23050166710100000001"


@dataclass
class World:
    """The rows by name; ``ctx(post)`` is one person per post, of the right body, on the day ``today``."""

    project: Any
    agreement: Any
    developer: Any
    acquirer: Any
    bank: Any
    other_bank: Any
    steps: list[Any]
    units: list[Any]
    today: date = DAY
    people: dict[str, UUID] = field(default_factory=dict)

    def ctx(self, post: str = "acquirer_finance", **changes: Any) -> Any:
        """The context of an act by the one person of the post."""
        body = {"bank_officer": self.bank, "bank_checker": self.bank, "developer_agent": self.developer}.get(
            post, self.acquirer
        )
        values = {
            "account": self.people.setdefault(post, uuid7()), "organisation": body.id,
            "now": NOON + (self.today - DAY),
        }  # fmt: skip
        return context(post, CITY, **{**values, **changes})

    def later(self, days: int) -> None:
        """Let days pass."""
        self.today += timedelta(days=days)


def world(
    *, debt_fen: int | None = 1_000_000, reached: int = 1, units: int = 2, shares: tuple[int, ...] = (30, 60, 10)
) -> World:
    """A signed agreement over ``units`` homes, its milestones of which the first ``reached`` are reached, and an open book."""
    from anju.purchase.models import Milestone

    found = sold(count=units)
    total = found.agreement.total_fen
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        database.execute("UPDATE reserve_project SET debt_fen = %s WHERE id = %s", [debt_fen, found.project.id])
    laid.lay(_ceiling(found))
    steps = [
        Milestone(
            region=CITY, project=found.project, agreement=found.agreement, order=n + 1, title=f"进度{n + 1}",
            amount_fen=total * share // 100, reached_on=DAY if n < reached else None, evidence_id=uuid7(),
        )
        for n, share in enumerate(shares)
    ]  # fmt: skip
    laid.lay(*steps)
    bank, other = (
        laid.organisation("bank", f"建行{uuid7().hex[-6:]}"),
        laid.organisation("bank", f"农行{uuid7().hex[-6:]}"),
    )
    with open_act(CITY):
        seam.show_to(found.project.developer.id, [found.project.id], region=CITY)  # as its declaration does
    return World(
        found.project, found.agreement, found.project.developer, found.acquirer, bank, other, steps, found.units
    )


def _ceiling(found: Any) -> Any:
    """The ceiling that the laid letter names: acts that look up the letter read it too."""
    from anju.pricing.models import Ceiling

    price, area = found.letter.price_fen_m2, found.letter.gross_cm2
    return Ceiling(
        id=found.letter.ceiling_id, region=CITY, project=found.project, cost_sheet_id=uuid7(), appraisal_id=uuid7(),
        value_date=date(2026, 1, 10), valid_until=date(2026, 12, 31), cost_fen_m2=price, appraised_fen_m2=price, ceiling_fen_m2=price,
        binding="cost", gross_cm2=area, workings={"total_fen": price * area // 10_000}, maker=uuid7(), confirmed_by=uuid7(),
        confirmed_at=NOON,
    )  # fmt: skip


def reach(found: World, at: int) -> None:
    """The step is reached (as ``purchase`` would record it)."""
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        database.execute(
            "UPDATE purchase_milestone SET reached_on = %s WHERE id = %s", [found.today, found.steps[at].id]
        )


def offer_values(found: World, **changes: Any) -> dict[str, Any]:
    """A lawful offer of the lending bank."""
    values = {
        "project_id": found.project.id, "bank_id": found.bank.id, "kind": "relending", "bank_decision": f"贷审{uuid7().hex[-8:]}",
        "principal_fen": found.agreement.total_fen, "rate_bp": 300, "months": 60, "method": "principal", "period_months": 3,
        "settlement_day": 21, "day_count": "act/360", "rounding": "half_up", "offered_on": DAY, "valid_until": DAY + timedelta(days=90),
    }  # fmt: skip
    return {**values, **changes}


def account(found: World, **changes: Any) -> Any:
    """The supervised account at the lending bank."""
    values = {"bank_id": found.bank.id, "number": NUMBER, "document": "监管〔2026〕1 号", "opened_on": DAY}
    return acts.open_supervised_account(ctx=found.ctx(), **{**values, **changes})


def offer(found: World, **changes: Any) -> Any:
    """An offer taken in."""
    from anju.base.regions import scope
    from anju.funds.models import LoanOffer

    values = offer_values(found, **changes)
    acts.take_offers(ctx=found.ctx(), offers=[values])
    with scope(CITY):
        return LoanOffer.objects.get(bank_decision=values["bank_decision"])


def loan(found: World, **changes: Any) -> Any:
    """A signed loan with its supervised account."""
    row = acts.draft_loan(
        ctx=found.ctx(),
        offer_id=offer(found, **changes).id,
        account_id=account(found).id,
        number=f"贷{uuid7().hex[-8:]}",
    )
    return acts.sign_loan(ctx=found.ctx("acquirer_finance_head"), loan_id=row.id)


def request(found: World, lent: Any, **changes: Any) -> Any:
    """A payment of the first step to the seller."""
    values = {
        "project_id": found.project.id, "source": "loan", "use": "purchase", "payee_id": found.developer.id, "loan_id": lent.id,
        "milestone_id": found.steps[0].id, "amount_fen": found.steps[0].amount_fen,
    }  # fmt: skip
    return acts.request_payment(ctx=found.ctx(), **{**values, **changes})


def held(found: World, lent: Any, **changes: Any) -> Any:
    """A payment that both people of the bank passed."""
    row = request(found, lent, **changes)
    acts.examine_payment(ctx=found.ctx("bank_officer"), payment_id=row.id)
    return acts.approve_payment(ctx=found.ctx("bank_checker"), payment_id=row.id)


def paid(found: World, lent: Any, reference: str = "", **changes: Any) -> Any:
    """A payment that was made."""
    row = held(found, lent, **changes)
    return acts.settle_payment(
        ctx=found.ctx("bank_officer"),
        payment_id=row.id,
        paid_on=found.today,
        bank_reference=reference or f"P{uuid7().hex[-10:]}",
    )
