"""What families pay: sale prices home by home, monthly rents under the market (3.2-4)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.policy.rules import contracts as rules
from anju.policy.verdict import Verdict
from anju.pricing import price_list
from anju.pricing.acts.common import priced_for
from anju.pricing.models import UnitPrice
from anju.reserve.models import Project, Unit

AFFORD = "3.2-4"
BEFORE_ANNOUNCEMENT = ("declared", "reserved", "intended")
MOST_ROWS = 5_000


@act(clause="3.2-4", title="核定配售配租价格")
def set_unit_prices(*, ctx: ActContext, project_id: UUID, prices: Sequence[Mapping[str, Any]]) -> int:
    """Set sale prices (total) and rents (a month) of homes not yet announced; a later list replaces an earlier one.

    A row has ``unit_id``, ``amount_fen``, ``market_fen`` (market price or rent, needed for rent) and may have ``tenure``
    (default: the one the home is for). Returns how many. Raises Refused for a rent above the share of the market.
    """
    project = priced_for(ctx, project_id)
    if not 0 < len(prices) <= MOST_ROWS or len({row["unit_id"] for row in prices}) != len(prices):
        raise InvalidInput(f"一次核定 1–{MOST_ROWS} 套、每套一行，没有办理", field="prices", clause=AFFORD)
    units = _units(ctx, project, [row["unit_id"] for row in prices])
    rows = [_row(ctx, project, units[row["unit_id"]], row) for row in prices]
    _judge(ctx, project, units, rows)
    _save(rows)
    ctx.on(project, number=project.number, prices=len(rows), total_fen=sum(r.amount_fen for r in rows))
    ctx.items((r.unit_id, f"{r.tenure} {r.amount_fen}") for r in rows)
    return len(rows)


@act(clause="3.2-4", title="按基准价生成一房一价", power="pricing.set_unit_prices")
def set_price_list(
    *, ctx: ActContext, project_id: UUID, base_fen_m2: int, coefficients: Mapping[str, int] | None = None
) -> int:
    """Set the sale prices of a project's homes for sale from a base price (fen a ㎡) and floor coefficients (floor → ‰).

    The list sums to base × area to the fen. Returns how many. Raises InvalidInput for what is not positive.
    """
    project = priced_for(ctx, project_id)
    rows = Unit.objects.filter(region=ctx.region, project=project, tenure="sale", state__in=BEFORE_ANNOUNCEMENT)
    units = {u.code: u for u in rows.select_for_update(of=("self",)).order_by("id")}
    homes = [price_list.Home(u.code, u.gross_cm2, u.floor) for u in units.values()]
    weights = {int(floor): permille for floor, permille in (coefficients or {}).items()}
    try:
        found = price_list.spread(homes, base_fen_m2, weights)
    except ValueError as error:
        raise InvalidInput(f"{error}，没有办理", field="base_fen_m2", clause=AFFORD) from error
    _save([_row(ctx, project, units[code], {"amount_fen": fen}) for code, fen in found.items()])
    ctx.on(project, number=project.number, base_fen_m2=base_fen_m2, coefficients=weights, total_fen=sum(found.values()))
    ctx.items((units[code].id, f"sale {fen}") for code, fen in found.items())
    return len(found)


def _units(ctx: ActContext, project: Project, ids: Sequence[UUID]) -> dict[UUID, Unit]:
    rows = Unit.objects.filter(region=ctx.region, project=project, id__in=list(ids))
    found = {u.id: u for u in rows.select_for_update(of=("self",)).order_by("id")}
    if len(found) != len(set(ids)):
        raise Conflict("名单里有不属于这个项目的房源，没有核定；请核对", clause=AFFORD)
    late = [u for u in found.values() if u.state not in BEFORE_ANNOUNCEMENT]
    if late:
        raise Refused(
            f"{late[0].code} 为「{late[0].get_state_display()}」，公告后价格不能再改（共 {len(late)} 套）",
            clause="3.5-2",
        )
    return found


def _row(ctx: ActContext, project: Project, unit: Unit, row: Mapping[str, Any]) -> UnitPrice:
    amount, market = row["amount_fen"], row.get("market_fen")
    if amount <= 0 or (market is not None and market <= 0):
        raise InvalidInput(f"{unit.code} 的价格须大于 0，收到 {amount}，没有核定", field="amount_fen", clause=AFFORD)
    return UnitPrice(
        region=ctx.region, project=project, unit=unit, tenure=row.get("tenure") or unit.tenure, amount_fen=amount,
        market_fen=market, set_on=ctx.today,
    )  # fmt: skip


def _judge(ctx: ActContext, project: Project, units: Mapping[UUID, Unit], rows: Sequence[UnitPrice]) -> None:
    """A rent stays under its share of the market rent; which row does not is said."""
    inforce = ctx.inforce(ctx.today)
    wrong: list[tuple[UnitPrice, Verdict]] = []
    for row in rows:
        if row.tenure == "rent":
            answer = rules.rent(row.amount_fen, row.market_fen, inforce)
            if answer.outcome.value != "pass":
                wrong.append((row, answer))
    if wrong:
        ctx.on(project, number=project.number)
        first, answer = wrong[0]
        ctx.entry.verdicts.append(answer)
        code = units[first.unit_id].code
        raise Refused(f"{code}：{answer.sentence}（共 {len(wrong)} 套）", [answer], answer.clause)


def _save(rows: Sequence[UnitPrice]) -> None:
    UnitPrice.objects.bulk_create(
        rows, batch_size=1_000, update_conflicts=True, unique_fields=["region", "unit", "tenure"],
        update_fields=["amount_fen", "market_fen", "set_on"],
    )  # fmt: skip
