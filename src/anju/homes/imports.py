"""Files in: what the bank reports of rents and prices paid, one line a payment; rents come by the hundred every month."""

from collections import Counter

from anju.base.acts import ActContext, Refused
from anju.base.numbers import yuan
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.funds.models import Receipt
from anju.homes import acts
from anju.homes.models import SALE, Contract

CLAUSE = "4.3-2"
COLUMNS = (
    Column(
        "合同编号", "number", required=True, longest=60, note="配售或租赁合同的编号，如 租〔2026〕12号", clause=CLAUSE
    ),
    Column("到账金额(元)", "amount_fen", "yuan", required=True, least=1, clause=CLAUSE),
    Column("到账日期", "received_on", "date", required=True, clause=CLAUSE),
    Column("银行流水号", "reference", required=True, unique=True, longest=60, clause=CLAUSE),
)


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Live contracts of the region, days since the signing, numbers not booked before, sales not paid beyond their price."""
    contracts = _contracts(ctx, rows)
    booked = set(
        Receipt.objects.filter(region=ctx.region, bank_reference__in=[r["reference"] for r in rows]).values_list(
            "bank_reference", flat=True
        )
    )
    paid: Counter[str] = Counter()
    found: list[Problem] = []
    for row in rows:
        contract = contracts.get(row["number"])
        if contract is None:
            found.append(
                Problem(
                    row.number, "合同编号", row["number"], f"区划 {ctx.region} 没有这份有效合同；请核对编号", CLAUSE
                )
            )
            continue
        if not contract.signed_on <= row["received_on"] <= ctx.today:
            reason = f"到账日应在签订日 {contract.signed_on} 至今天 {ctx.today} 之间"
            found.append(Problem(row.number, "到账日期", str(row["received_on"]), reason, CLAUSE))
        if row["reference"] in booked:
            found.append(
                Problem(row.number, "银行流水号", row["reference"], "这笔流水已登记到账，不能重复登记", CLAUSE)
            )
        found += _beyond_price(row, contract, paid)
    return found


def _beyond_price(row: Row, contract: Contract, paid: Counter[str]) -> list[Problem]:
    if contract.tenure != SALE:
        return []
    paid[contract.number] += row["amount_fen"]
    left = (contract.price_fen or 0) - contract.earnest_fen - acts.received_fen(contract)
    if paid[contract.number] <= left:
        return []
    return [
        Problem(
            row.number,
            "到账金额(元)",
            yuan(row["amount_fen"]),
            f"本合同尚欠 {yuan(left)}，到账超出价款；请核对",
            CLAUSE,
        )
    ]


def _contracts(ctx: ActContext, rows: list[Row]) -> dict[str, Contract]:
    found = Contract.objects.filter(region=ctx.region, ended_on__isnull=True, number__in={r["number"] for r in rows})
    return {row.number: row for row in found}


def take(ctx: ActContext, rows: list[Row], load: object) -> list[tuple[int, str]]:
    """Record each payment; those refused meanwhile are named."""
    contracts, refused = _contracts(ctx, rows), []
    for row in rows:
        contract = contracts.get(row["number"])
        if contract is None:
            refused.append((row.number, f"合同 {row['number']} 已终止或不在本区划，没有登记"))
            continue
        try:
            acts.receive_payment(
                ctx=ctx,
                contract_id=contract.id,
                amount_fen=row["amount_fen"],
                received_on=row["received_on"],
                reference=row["reference"],
            )
        except Refused as error:
            refused.append((row.number, error.sentence))
    return refused


register_kind(
    SheetKind(
        "home_payments",
        "房款租金到账",
        "homes.receive_payment",
        COLUMNS,
        take,
        check,
        clause=CLAUSE,
        key=("reference",),
        chunk=200,
    )
)
