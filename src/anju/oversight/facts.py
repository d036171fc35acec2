"""The facts of an assessment (4.5), counted from what the rooms recorded; what cannot be known yet is None, never 0."""

import calendar
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet, Sum

from anju.base.acts.context import SHANGHAI
from anju.funds.models import BankLine, Payment, Receipt
from anju.homes.models import RENT, Contract
from anju.ledger.models import Link, Voucher
from anju.offering.models import Gate
from anju.policy.parameters import InForce
from anju.policy.rules.assessment import AssessmentFacts
from anju.policy.rules.money import loan_use
from anju.policy.verdict import Outcome
from anju.purchase.models import Agreement, SpecialDecision


def assessment_facts(region: str, acquirer: UUID, start: date, end: date, inforce: InForce) -> AssessmentFacts:
    """Count an acquirer's period in its managing region."""
    bought = Agreement.objects.filter(
        region=region, letter__acquirer=acquirer, state__in=["signed", "completed"], signed_on__range=(start, end)
    )
    projects = list(bought.values_list("project_id", flat=True))
    leases = Contract.objects.filter(
        region=region, project__in=_projects(region, acquirer), tenure=RENT, signed_on__lte=end
    )
    received = Receipt.objects.filter(
        region=region, project__in=_projects(region, acquirer), kind=RENT, received_on__range=(start, end)
    )
    return AssessmentFacts(
        units_decided=_decided(region, acquirer, start, end),
        units_purchased=_sum(bought, "units_count"),
        units_allotted=Contract.objects.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=end), region=region, project__in=projects, signed_on__lte=end
        ).count(),
        rent_due_fen=sum(rent_due(lease, start, end) for lease in leases),
        rent_received_fen=_sum(received, "amount_fen"),
        commingled_fen=_commingled(region, start, end),
        outside_account_fen=_outside(region, acquirer, start, end),
        misused_fen=_misused(region, acquirer, start, end, inforce),
    )


def _sum(rows: QuerySet[Any, Any], field: str) -> int:
    return rows.aggregate(total=Sum(field))["total"] or 0


def _projects(region: str, acquirer: UUID) -> QuerySet[Any, Any]:
    """The projects that the acquirer has agreements on, whenever signed."""
    rows = Agreement.objects.filter(region=region, letter__acquirer=acquirer, state__in=["signed", "completed"])
    return rows.values("project_id")


def _decided(region: str, acquirer: UUID, start: date, end: date) -> int:
    """Homes whose demand was locked in the period: a passed gate, or 一事一议 confirmed."""
    gates = Gate.objects.filter(region=region, batch__letter__acquirer=acquirer).select_related("batch__letter")
    special = dict(
        SpecialDecision.objects.filter(region=region, gate__in=gates, checker__isnull=False).values_list(
            "gate_id", "confirmed_on"
        )
    )
    total = 0
    for gate in gates:
        day = gate.judged_at.astimezone(SHANGHAI).date() if gate.passed else special.get(gate.id)
        if day and start <= day <= end:
            total += gate.batch.letter.units_count
    return total


def rent_due(lease: Contract, start: date, end: date) -> int:
    """Rent that fell due in the period, a month in advance, in fen."""
    first, last = lease.starts_on, min(d for d in (end, lease.ends_on, lease.ended_on) if d)
    if first is None or lease.rent_fen is None:
        raise ValueError(f"{lease.number} is no lease")
    due, months = 0, 0
    while (day := _month_after(first, months)) <= last:
        due += day >= start
        months += 1
    return due * lease.rent_fen


def _month_after(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _commingled(region: str, start: date, end: date) -> int:
    """Money that moved between two projects' books; the books refuse it, so this proves that they did."""
    rows = Link.objects.filter(
        region=region, from_kind="project", to_kind="project", recorded_at__date__range=(start, end)
    )
    return _sum(rows, "amount_fen")


def _outside(region: str, acquirer: UUID, start: date, end: date) -> int | None:
    """Money of the books that no line of the supervised account's statement bears out.

    None while there is no statement, or a movement is later than the last line: it may still come.
    """
    books = Voucher.objects.filter(
        region=region,
        book__kind="project",
        book__object_id__in=_projects(region, acquirer),
        value_date__range=(start, end),
    ).exclude(bank_fen=0)
    until = BankLine.objects.filter(region=region, account__acquirer=acquirer).aggregate(last=Max("booked_on"))["last"]
    if until is None or books.filter(value_date__gt=until).exists():
        return None
    matched = BankLine.objects.filter(region=region, voucher__isnull=False).values("voucher")
    open_ = books.exclude(id__in=matched).filter(reverses__isnull=True, reversed_by__isnull=True)
    return sum(abs(row.bank_fen) for row in open_)


def _misused(region: str, acquirer: UUID, start: date, end: date, inforce: InForce) -> int:
    """Loan money paid for what the plan does not allow; 等合理支出 counts as allowed where it was approved."""
    rows = Payment.objects.filter(
        region=region, project__in=_projects(region, acquirer), state="paid", paid_on__range=(start, end)
    )
    return sum(row.amount_fen for row in rows if loan_use(row.use, inforce).outcome is Outcome.FAIL)
