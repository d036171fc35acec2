"""A purchased project whose homes families have chosen and paid earnest money for: what ``homes`` and ``oversight`` stand on."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from anju.base.regions import uuid7
from anju.base.secrets import blind, seal
from anju.ledger import books
from anju.ledger.books import Line
from support import laid
from support.db import NOON, open_act

CITY, COUNTY = "231200", "231202"
EARNEST = 2_000_000
PRICE, RENT, MARKET_RENT = 30_000_000, 60_000, 90_000


@dataclass
class Sold:
    """The rows, by name; ``choices`` are taken."""

    project: Any
    units: list[Any]
    acquirer: Any
    letter: Any
    batch: Any
    gate: Any
    agreement: Any
    choices: list[Any] = field(default_factory=list)


def household(number: int, *, region: str = COUNTY, persons: int = 2, state: str = "qualified") -> Any:
    """An application with its members."""
    from anju.needs.models import Application, Member

    row = Application(
        region=region, number=f"{region} 2603 {number:06d}", programme="sale", applicant_name=f"王{number}", phone=seal("13900000000"),
        phone_blind=blind("phone", f"139{number:08d}"), group="new_citizen", town=f"{region}001", income_month_fen=600_000, persons=persons,
        state=state, accepted_on=date(2026, 1, 10), qualified_on=date(2026, 2, 1), sort_key=f"{number:06d}",
        back_entered=True,
    )  # fmt: skip
    laid.lay(row)
    for at in range(persons):
        document = f"2312021990{number:06d}{at:02d}"
        member = Member(
            region=region, application=row, name=row.applicant_name if at == 0 else f"家人{number}{at}", relation="01" if at == 0 else "10",
            document=seal(document), document_blind=blind("document", document), born_on=date(1990, 1, 1),
        )  # fmt: skip
        laid.lay(member)
    return row


def sold(*, tenure: str = "sale", count: int = 2, annotated: bool = True, passed: bool = True, **changes: Any) -> Sold:
    """Lay it, with an open project book, the batch's earnest money in its book, and the transfer registration done."""
    from anju.negotiation.models import AcquirerDecision, Letter
    from anju.offering.models import Batch, BatchUnit, Choice, Gate, Subscription
    from anju.pricing.models import UnitPrice
    from anju.purchase.models import Agreement

    project = laid.project()
    units = laid.units(project, count, tenure=tenure, gross_cm2=890_000 if tenure == "sale" else 650_000)
    acquirer = laid.acquirer()
    decision = AcquirerDecision(
        region=CITY, organisation=acquirer.id, subject="签订收购协议", kind="agreement", studied_on=date(2026, 1, 20),
        decided_on=date(2026, 1, 21), number=uuid7().hex, object_id=project.id, maker=uuid7(), checker=uuid7(),
        confirmed_on=date(2026, 1, 21),
    )  # fmt: skip
    letter = Letter(
        region=CITY, project=project, ceiling_id=uuid7(), decision=decision, acquirer=acquirer, number=uuid7().hex, price_fen_m2=300_000,
        units_count=count, gross_cm2=sum(u.gross_cm2 for u in units), valid_until=date(2026, 12, 31), state="fulfilled",
        drafted_on=date(2026, 1, 22), signed_on=date(2026, 1, 23), maker=uuid7(), checker=uuid7(),
    )  # fmt: skip
    batch = Batch(
        region=CITY, project=project, letter=letter, number=uuid7().hex[:12], announced_on=date(2026, 1, 24), apply_from=date(2026, 1, 24),
        apply_until=date(2026, 2, 10), method="waiting_list", earnest_fen=EARNEST, state="passed" if passed else "failed", maker=uuid7(),
    )  # fmt: skip
    gate = Gate(
        region=CITY, batch=batch, taken=count if passed else 0, offered=count, needed=count, ratio=95, passed=passed, verdicts=[],
        snapshot={}, snapshot_sha256="0" * 64, judged_at=datetime.combine(date(2026, 2, 20), NOON.timetz()), maker=uuid7(),
    )  # fmt: skip
    agreement = Agreement(
        region=CITY, project=project, letter=letter, gate=gate, decision=decision, number=uuid7().hex, price_fen_m2=300_000,
        total_fen=300_000 * 89 * count, gross_cm2=letter.gross_cm2, units_count=count, state="signed", drafted_on=date(2026, 2, 21),
        signed_on=date(2026, 2, 24), maker=uuid7(), checker=uuid7(),
    )  # fmt: skip
    laid.lay(decision)
    laid.lay(letter)
    laid.lay(batch)
    laid.lay(gate)
    laid.lay(agreement)
    found = Sold(project, units, acquirer, letter, batch, gate, agreement)
    amount = PRICE if tenure == "sale" else RENT
    for number, unit in enumerate(units):
        home = BatchUnit(
            region=CITY, project=project, batch=batch, unit=unit, label=f"1-{unit.room}", tenure=tenure,
            programme="sale" if tenure == "sale" else "public_rental", amount_fen=amount, earnest_fen=EARNEST,
        )  # fmt: skip
        application = household(uuid7().int % 1_000_000, **changes)
        subscription = Subscription(
            region=CITY, batch=batch, application=application, application_region=application.region, wishes=[home.label], priority=9,
            draw_number=f"{number:04d}", sort_key=f"9/{number:04d}", subscribed_at=NOON,
        )  # fmt: skip
        choice = Choice(
            region=CITY, batch=batch, subscription=subscription, batch_unit=home, application_id=application.id, state="taken",
            chosen_at=NOON, earnest_fen=EARNEST, earnest_paid_on=date(2026, 2, 12), earnest_reference=uuid7().hex, earnest_voucher=uuid7(),
        )  # fmt: skip
        price = UnitPrice(
            region=CITY, project=project, unit=unit, tenure=tenure, amount_fen=amount, market_fen=None if tenure == "sale" else MARKET_RENT,
            set_on=date(2026, 1, 23),
        )  # fmt: skip
        for row in (home, subscription, choice, price):
            laid.lay(row)
        found.choices.append(choice)
    _books(found, count)
    _registered(found, annotated)
    return found


def _books(found: Sold, count: int) -> None:
    with open_act(CITY) as ctx:
        books.open_book(ctx=ctx, kind="project", object_id=found.project.id, title="项目账")
        earnest = books.open_book(ctx=ctx, kind="earnest", object_id=found.batch.id, title="定金账")
        books.post(
            ctx=ctx, book=earnest, kind="earnest_in", lines=[Line("bank", "earnest_owed", EARNEST)] * count, key=uuid7().hex,
            value_date=date(2026, 2, 12),
        )  # fmt: skip


def _registered(found: Sold, annotated: bool) -> None:
    from anju.permits.models import Permit

    office = laid.organisation("department", f"登记中心{uuid7().hex[-6:]}")
    for code, annotation in (
        ("first_registration", ""),
        ("transfer_registration", "封闭管理，不得上市交易" if annotated else ""),
    ):
        laid.lay(
            Permit(
                region=CITY, project=found.project, procedure=code, department=office, opened_on=date(2026, 2, 24), limit_days=5,
                due_on=date(2026, 3, 3), done_on=date(2026, 2, 27), certificate=f"黑（2026）{code}", annotation=annotation, maker=uuid7(),
                finished_by=uuid7(),
            )
        )  # fmt: skip
