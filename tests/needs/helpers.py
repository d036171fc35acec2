"""Made-up households for the tests of the waiting list: valid numbers of nobody, parameters of a county that has set them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from stdnum.cn import ric

from anju.base.acts import REGISTRY, ActContext
from anju.base.regions import scope, uuid7
from anju.base.sheets import KINDS
from anju.needs import acts
from anju.needs.households import HouseholdInput, MemberInput, WishInput
from anju.needs.models import Application
from anju.policy.parameters import ParameterBook, Setting
from support.db import context

COUNTY, TOWN = "231202", "231202001"
OTHER, OTHER_TOWN = "231282", ""
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ROOMS = [[programme, 1, 99, 0, "any", 1, 9, 200] for programme in ("sale", "affordable_rental", "public_rental")]
VALUES: dict[str, Any] = {
    "income_line_fen": {"sale": 500_000, "affordable_rental": "none", "public_rental": 200_000},
    "area_per_person_line_cm2": {"sale": 150_000, "affordable_rental": 200_000, "public_rental": 130_000},
    "residence_months_min": {"sale": 12, "affordable_rental": 3, "public_rental": 12},
    "min_single_age": 25,
    "order_method": {"sale": "waiting_list", "affordable_rental": "draw", "public_rental": "score"},
    "registration_rule": "none",
    "insurance_months_min": 0,
    "transfer_years": 0,
    "rooms_table": ROOMS,
    "verification_items": "none",
    "deferral_days_max": 20,
    "publicity_days": 7,
    "first_review_days": 20,
    "second_review_days": 7,
}


def book(**changes: Any) -> ParameterBook:
    """The parameters of a city that has set them from 2025 on; a change of None leaves one unset."""
    values = {**VALUES, **changes}
    return ParameterBook(
        Setting(name, "231200", value, date(2025, 1, 1), "演示〔2025〕1号")
        for name, value in values.items()
        if value is not None
    )


def ctx_of(post: str = "intake_clerk", region: str = COUNTY, **changes: Any) -> ActContext:
    """A context with every power and the set parameters."""
    powers = frozenset(d.power for d in REGISTRY.values()) | {kind.power for kind in KINDS.values()}
    return context(post, region, **{"params": book(), "now": NOON, "powers": powers, **changes})


def id_number(serial: int, born: date = date(1990, 1, 1), place: str = "231202") -> str:
    """A valid number of nobody: ``serial`` 0 to 999."""
    body = f"{place}{born:%Y%m%d}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def member(serial: int, name: str = "测试甲", relation: str = "01", **changes: Any) -> MemberInput:
    """One person."""
    return replace(MemberInput(name, relation, id_number(serial)), **changes)


WISH = WishInput(COUNTY, "sale", 2, 800_000, 900_000, 30_000_000)


def household(serial: int = 1, persons: int = 2, **changes: Any) -> HouseholdInput:
    """A household that meets every rule of ``VALUES``; its members' serials begin at ``serial``."""
    members = tuple(member(serial + i, f"测试{i + 1}", "01" if i == 0 else "20") for i in range(persons))
    given = HouseholdInput(
        programme="sale", group="wage_earner", town=TOWN, phone=f"1990000{serial:04d}", members=members, wishes=(WISH,),
        income_month_fen=400_000, home_area_cm2=0, residence_months=36, policy_homes=0,
    )  # fmt: skip
    return replace(given, **changes)


def rent_household(serial: int = 1, programme: str = "affordable_rental", **changes: Any) -> HouseholdInput:
    """The same for rent."""
    wish = WishInput(COUNTY, "rent", 1, 400_000, 500_000, 60_000)
    return household(serial, programme=programme, wishes=(wish,), **changes)


def submitted(serial: int = 1, ctx: ActContext | None = None, **changes: Any) -> Application:
    """An application handed in."""
    return acts.submit_application(ctx=ctx or ctx_of(), household=household(serial, **changes))


def through_reviews(
    *serials: int, first: ActContext | None = None, second: ActContext | None = None
) -> list[Application]:
    """Applications that two people passed."""
    rows = [submitted(serial) for serial in serials]
    ids = [row.id for row in rows]
    acts.bulk_first_review(ctx=first or ctx_of(), ids=ids)
    acts.bulk_second_review(ctx=second or ctx_of("reviewer"), ids=ids)
    with scope(COUNTY):
        return [Application.objects.get(id=key) for key in ids]


def qualified(*serials: int, **changes: Any) -> list[Application]:
    """Applications on the waiting list, a week after the tests' day."""
    rows = through_reviews(*serials)
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[row.id for row in rows], title="审核结果公示")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(8), **changes), publicity_id=shown.id)
    with scope(COUNTY):
        return [Application.objects.get(id=row.id) for row in rows]


def later(days: int) -> datetime:
    """Noon, ``days`` after the tests' day."""
    return datetime.fromtimestamp(NOON.timestamp() + 86_400 * days, UTC)


def account_id() -> Any:
    """A fresh account's key."""
    return uuid7()
