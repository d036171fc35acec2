"""The bank's statement: its lines taken in as they are, matched to vouchers to the fen, whatever is open shown first."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.numbers import yuan
from anju.funds import reads
from anju.funds.acts.common import filled, locked, person
from anju.funds.models import BankLine, SupervisedAccount
from anju.ledger.models import Voucher
from anju.parties.acts.shared import held_by

CLAUSE = "4.3-1"
SEPARATORS = re.compile(r"[\s；;，,]+")  # a contract's number stands in the bank's remark as a word of its own
TAKEN = {
    "voucher_matched_once": "这张凭证已对上另一笔流水，没有办理；请核对",
    "matched_to_the_fen": "流水与凭证金额不等，没有办理；对账须一分不差",
}


@act(clause=CLAUSE, title="收下银行流水")
def take_lines(
    *, ctx: ActContext, account_id: UUID, lines: Sequence[Mapping[str, Any]], load_id: UUID | None = None
) -> int:
    """Keep lines of the account's statement, each once by its number (a line known already is passed over); how many are new.

    Raises Conflict where a known number comes with another amount or day.
    """
    account = locked(ctx, SupervisedAccount, account_id, "个专户", CLAUSE)
    known = {
        r.reference: r
        for r in BankLine.objects.filter(
            region=ctx.region, account=account, reference__in=[x["reference"] for x in lines]
        )
    }
    fresh = []
    for given in lines:
        old = known.get(given["reference"])
        if old is None:
            fresh.append(BankLine(region=ctx.region, account=account, load_id=load_id, **given))
        elif (old.amount_fen, old.booked_on) != (given["amount_fen"], given["booked_on"]):
            raise Conflict(
                f"流水 {old.reference} 已有一笔 {old.booked_on} {yuan(old.amount_fen)}，与本次的不同，没有收下；请向银行核实",
                clause=CLAUSE,
            )
    BankLine.objects.bulk_create(fresh, batch_size=1_000)
    ctx.on(account, number=account.number, lines=len(fresh), known=len(lines) - len(fresh))
    ctx.items((r.id, f"{r.reference} {r.amount_fen} {r.booked_on}") for r in fresh)
    return len(fresh)


@act(clause=CLAUSE, title="自动对账")
def match_lines(*, ctx: ActContext, account_id: UUID) -> dict[str, int]:
    """Match what can be matched without a doubt, always to the fen: by the bank's number, by the contract that the bank's remark
    names, else the one voucher of that day and amount.

    A line or voucher with two candidates stays open. How many were matched and how many lines are open.
    """
    account = locked(ctx, SupervisedAccount, account_id, "个专户", CLAUSE)
    lines = list(
        BankLine.objects.select_for_update()
        .filter(region=ctx.region, account=account, voucher__isnull=True)
        .order_by("id")
    )
    vouchers = list(reads.open_vouchers(account).select_related("link"))
    pairs = pair_up(lines, vouchers)
    for line, voucher, how in pairs:
        line.voucher, line.how, line.matched_on, line.matched_by = voucher, how, ctx.today, ctx.account
    with held_by(TAKEN):
        BankLine.objects.bulk_update(
            [line for line, *_ in pairs], ["voucher", "how", "matched_on", "matched_by"], batch_size=1_000
        )
    ctx.on(account, number=account.number, matched=len(pairs), open=len(lines) - len(pairs))
    ctx.items((line.id, f"{line.reference} {voucher.id}") for line, voucher, _ in pairs)
    return {"matched": len(pairs), "open": len(lines) - len(pairs)}


def pair_up(lines: Sequence[BankLine], vouchers: Sequence[Voucher]) -> list[tuple[BankLine, Voucher, str]]:
    """Lines and vouchers that fit each other alone, by the strongest evidence first; a pair leaves the field before the next is asked."""
    found: list[tuple[BankLine, Voucher, str]] = []
    used: set[UUID] = set()
    for how in ("reference", "document", "day"):
        left = [x for x in lines if x.id not in used]
        right = [v for v in vouchers if v.id not in used]
        for line, voucher in _alone(left, right, how):
            found.append((line, voucher, how))
            used |= {line.id, voucher.id}
    return found


def _alone(lines: Sequence[BankLine], vouchers: Sequence[Voucher], how: str) -> list[tuple[BankLine, Voucher]]:
    """The pairs of a key that one line and one voucher have, the line no second such key."""
    by_line: dict[Any, list[BankLine]] = defaultdict(list)
    by_voucher: dict[Any, list[Voucher]] = defaultdict(list)
    for row in vouchers:
        for key in _said_by_voucher(row, how):
            by_voucher[key, row.bank_fen].append(row)
    for line in lines:
        keys = [(key, line.amount_fen) for key in _said_by_line(line, how) if (key, line.amount_fen) in by_voucher]
        if len(keys) == 1:
            by_line[keys[0]].append(line)
    return [(rows[0], by_voucher[key][0]) for key, rows in by_line.items() if len(rows) == len(by_voucher[key]) == 1]


def _said_by_line(line: BankLine, how: str) -> set[Any]:
    if how == "document":
        return set(SEPARATORS.split(line.memo)) - {""}
    return {line.reference if how == "reference" else line.booked_on}


def _said_by_voucher(row: Voucher, how: str) -> set[Any]:
    """A voucher that names its line by the bank's number is sought by nothing else: another number is another movement."""
    if how == "reference" or row.reference:
        return {row.reference} if how == "reference" and row.reference else set()
    if how == "document":
        return {row.link.document} if row.link else set()
    return {row.value_date}


@act(clause=CLAUSE, title="人工对账")
def match_line(*, ctx: ActContext, line_id: UUID, voucher_id: UUID, reason: str) -> BankLine:
    """Match one line by hand, with the reason; amounts must be equal to the fen. Raises Refused, Conflict."""
    line = locked(ctx, BankLine, line_id, "笔流水", CLAUSE)
    ctx.on(line, reference=line.reference, amount_fen=line.amount_fen)
    if line.voucher_id:
        raise Conflict("这笔流水已经对上，没有重复办理；请刷新", clause=CLAUSE)
    voucher = reads.open_vouchers(line.account).filter(id=voucher_id).first()
    if voucher is None:
        raise InvalidInput("这张凭证不在本专户待对之列，没有办理；请从待对凭证中选择", "voucher_id", CLAUSE)
    if voucher.bank_fen != line.amount_fen:
        raise Refused(
            f"流水 {yuan(line.amount_fen)} 与凭证 {yuan(voucher.bank_fen)} 不等，没有办理；对账须一分不差，差额请查明后补记凭证",
            clause=CLAUSE,
        )
    line.reason = filled(reason, "reason", "对账说明", CLAUSE)
    line.voucher, line.how, line.matched_on, line.matched_by = voucher, "hand", ctx.today, person(ctx)
    with held_by(TAKEN):
        line.save(update_fields=["voucher", "how", "matched_on", "matched_by", "reason"])
    return line


@act(clause=CLAUSE, title="撤销对账")
def unmatch_line(*, ctx: ActContext, line_id: UUID, reason: str) -> BankLine:
    """Take a wrong match back, with the reason; the line is open again. Raises Refused where it is not matched."""
    line = locked(ctx, BankLine, line_id, "笔流水", CLAUSE)
    if line.voucher_id is None:
        raise Refused("这笔流水还没有对上，不用撤销", clause=CLAUSE)
    ctx.on(
        line, reference=line.reference, was=str(line.voucher_id), reason=filled(reason, "reason", "撤销说明", CLAUSE)
    )
    line.voucher, line.how, line.matched_on, line.matched_by, line.reason = None, "", None, None, ""
    line.save(update_fields=["voucher", "how", "matched_on", "matched_by", "reason"])
    return line
