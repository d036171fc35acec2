"""What a contract is judged by beside the plan's rules, and the facts those rules need."""

import calendar
from datetime import date, timedelta
from typing import Any

from anju.policy import verdict
from anju.policy.parameters import InForce, Unset
from anju.policy.verdict import Verdict
from anju.pricing.models import UnitPrice
from anju.reserve.models import Unit


def market_rent(unit: Unit) -> int | None:
    """The market rent that the announced rent was compared with, a month in fen; None unknown."""
    row = UnitPrice.objects.filter(region=unit.region, unit=unit, tenure="rent").order_by("-set_on").first()
    return row.market_fen if row else None


def lease_months(months: int, inforce: InForce) -> Verdict:
    """3.6-2: a lease runs for whole months and no longer than the parameter says."""
    name, clause = "3.6-2-lease-months", "3.6-2"
    most: Any = inforce.get("lease_months_max")
    if isinstance(most, Unset):
        return verdict.unknown(name, clause, measured="未判断", limit="未设定", sentence=most.sentence)
    ok, limit, measured = 1 <= months <= most.value, f"1–{most.value} 个月", f"{months} 个月"
    sentence = f"租期 {measured}" if ok else f"租期 {measured} 应在 {limit}之内；请改租期"
    answer = verdict.passed if ok else verdict.failed
    return answer(name, clause, measured=measured, limit=limit, sentence=sentence, evidence=most.version)


def covers_earnest(down_fen: int, earnest_fen: int) -> Verdict:
    """3.5-3: the earnest money is part of the down payment, so that is no less."""
    from anju.base.numbers import yuan

    ok, name, clause = down_fen >= earnest_fen, "3.5-3-earnest-in-price", "3.5-3"
    answer = verdict.passed if ok else verdict.failed
    sentence = (
        "首付款已含定金"
        if ok
        else f"首付款 {yuan(down_fen)} 少于已缴定金 {yuan(earnest_fen)}，定金抵作首付；请更正首付款"
    )
    return answer(name, clause, measured=yuan(down_fen), limit=f"≥ {yuan(earnest_fen)}", sentence=sentence)


def last_day(starts_on: date, months: int) -> date:
    """The last day of a term of whole months (民法典 202): from 31 January for one month it is the end of February."""
    year, month = divmod(starts_on.month - 1 + months, 12)
    year, month = starts_on.year + year, month + 1
    longest = calendar.monthrange(year, month)[1]
    if starts_on.day > longest:
        return date(year, month, longest)
    return date(year, month, starts_on.day) - timedelta(days=1)
