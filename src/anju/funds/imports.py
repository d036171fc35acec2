"""Files in: banks' loan terms, and the bank's statement under the column names of a corporate account."""

import itertools
from collections import defaultdict
from typing import Any

from anju.base.acts import ActContext, Refused
from anju.base.numbers import yuan
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.funds import acts, reads
from anju.funds.models import LOAN_KINDS, BankLine, LoanOffer, SupervisedAccount
from anju.ledger.schedules import DAY_COUNTS, METHODS, ROUNDINGS, BadTerms
from anju.parties.models import Organisation
from anju.reserve.imports.common import UNKNOWN_PROJECT, projects_by_number

TERMS, LINES = "4.2-2", "4.3-1"


def codes(choices: list[tuple[str, str]]) -> dict[str, str]:
    """Words → code, for a column of choices."""
    return {title: code for code, title in choices}


OFFER_COLUMNS = (
    Column("项目编号", "project", "code", required=True, longest=24, clause=TERMS),
    Column("银行统一社会信用代码", "uscc", "uscc", required=True, clause=TERMS),
    Column("贷款种类", "kind", "choice", required=True, choices=codes(LOAN_KINDS), clause=TERMS),
    Column("批复文号", "bank_decision", required=True, longest=80, clause=TERMS),
    Column("贷款本金(万元)", "principal_fen", "wan", required=True, least=1, clause=TERMS),
    Column("年利率(%)", "rate_bp", "percent", required=True, most=2400, usual="loan_rate_bp", clause=TERMS),
    Column("期限(月)", "months", "int", required=True, least=1, most=600, usual="loan_months", clause=TERMS),
    Column("还款方式", "method", "choice", required=True, choices=codes(METHODS), clause=TERMS),
    Column("还款间隔(月)", "period_months", "int", required=True, least=1, most=12, clause=TERMS),
    Column("结息日", "settlement_day", "int", required=True, least=1, most=31, note="每月几日，如 21", clause=TERMS),
    Column("计息方式", "day_count", "choice", required=True, choices=codes(DAY_COUNTS), clause=TERMS),
    Column("取整方式", "rounding", "choice", required=True, choices=codes(ROUNDINGS), clause=TERMS),
    Column("报出日期", "offered_on", "date", required=True, clause=TERMS),
    Column("有效期至", "valid_until", "date", required=True, clause=TERMS),
)


def check_offers(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Known projects and banks, days in order, terms that give a schedule, and no offer twice."""
    projects, banks = projects_by_number(ctx, (r["project"] for r in rows)), _banks(rows)
    known = set(LoanOffer.objects.filter(region=ctx.region).values_list("project_id", "bank_id", "bank_decision"))
    found: list[Problem] = []
    for row in rows:
        project, bank = projects.get(row["project"]), banks.get(row["uscc"])
        if project is None:
            found.append(
                Problem(row.number, "项目编号", row["project"], UNKNOWN_PROJECT.format(region=ctx.region), TERMS)
            )
        if bank is None:
            found.append(
                Problem(row.number, "银行统一社会信用代码", row["uscc"], "没有登记这家银行；请先登记机构", TERMS)
            )
        if project and bank and (project.id, bank.id, row["bank_decision"]) in known:
            found.append(Problem(row.number, "批复文号", row["bank_decision"], "这份方案已登记", TERMS))
        found += _days_and_terms(ctx, row)
    return found


def _days_and_terms(ctx: ActContext, row: Row) -> list[Problem]:
    found = []
    if row["offered_on"] > ctx.today:
        found.append(Problem(row.number, "报出日期", str(row["offered_on"]), f"晚于今天 {ctx.today}", TERMS))
    if row["valid_until"] < row["offered_on"]:
        found.append(
            Problem(row.number, "有效期至", str(row["valid_until"]), f"早于报出日期 {row['offered_on']}", TERMS)
        )
    try:
        reads.schedule_of(LoanOffer(offered_on=row["offered_on"], **{name: row[name] for name in reads.TERMS}))
    except BadTerms as error:
        found.append(Problem(row.number, "期限(月)", str(row["months"]), str(error), TERMS))
    return found


def _banks(rows: list[Row]) -> dict[str, Organisation]:
    found = Organisation.objects.filter(kind="bank", uscc__in={r["uscc"] for r in rows})
    return {str(one.uscc): one for one in found}


def take_offers(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """Record the offers of a chunk."""
    projects, banks = projects_by_number(ctx, (r["project"] for r in rows)), _banks(rows)
    names = (*reads.TERMS, "offered_on", "valid_until")
    acts.take_offers(
        ctx=ctx,
        offers=[
            {
                "project_id": projects[r["project"]].id,
                "bank_id": banks[r["uscc"]].id,
                **{name: r[name] for name in names},
            }
            for r in rows
        ],
    )
    return []


LINE_COLUMNS = (
    Column("账号", "account", "code", required=True, longest=32, clause=LINES),
    Column("账户名称", "name", longest=120, clause=LINES),
    Column("交易时间", "at", longest=40, clause=LINES),
    Column("借方发生额（支取）", "out_fen", "yuan", note="付出；没有的留空或填 0", clause=LINES),
    Column("贷方发生额（收入）", "in_fen", "yuan", note="收入；没有的留空或填 0", clause=LINES),
    Column("余额", "balance_fen", "yuan", required=True, clause=LINES),
    Column(
        "币种",
        "currency",
        "choice",
        required=True,
        choices={"人民币": "CNY", "人民币元": "CNY", "CNY": "CNY"},
        clause=LINES,
    ),
    Column("对方户名", "counterparty", longest=120, personal=True, clause=LINES),
    Column("对方账号", "counterparty_account", "code", longest=40, personal=True, clause=LINES),
    Column("对方开户机构", "counterparty_bank", longest=120, clause=LINES),
    Column("记账日期", "booked_on", "date", required=True, clause=LINES),
    Column("摘要", "summary", longest=100, clause=LINES),
    Column("备注", "note", longest=100, clause=LINES),
    Column("账户明细编号-交易流水号", "reference", "code", required=True, unique=True, longest=60, clause=LINES),
)
BROKEN = "上一笔余额 {before}，加减本笔应为 {wanted}；中间缺流水或次序不对，请向银行重新下载完整对账单"


def moved(row: Row) -> int:
    """A line's movement as the account sees it: money in positive, out negative, in fen."""
    return row.get("in_fen", 0) - row.get("out_fen", 0)


def check_lines(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Supervised accounts of this region, one side of each line, and balances that follow from one another without a gap."""
    accounts = _accounts(ctx, rows)
    found: list[Problem] = []
    of_account: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["account"] not in accounts:
            found.append(
                Problem(row.number, "账号", row["account"], "不是已登记的资金监管专户；请先登记专户，或核对账号", LINES)
            )
            continue
        sides = (row.get("in_fen", 0), row.get("out_fen", 0))
        if (sides[0] == 0) == (sides[1] == 0):
            found.append(Problem(row.number, "贷方发生额（收入）", "", "借方、贷方应有且只有一方有金额", LINES))
        if row["booked_on"] > ctx.today:
            found.append(Problem(row.number, "记账日期", str(row["booked_on"]), f"晚于今天 {ctx.today}", LINES))
        of_account[row["account"]].append(row)
    for number, lines in of_account.items():
        found += _chain(lines, _last_balance(accounts[number], lines))
    return found


def _accounts(ctx: ActContext, rows: list[Row]) -> dict[str, SupervisedAccount]:
    found = SupervisedAccount.objects.filter(region=ctx.region, number__in={r["account"] for r in rows})
    return {one.number: one for one in found}


def _last_balance(account: SupervisedAccount, lines: list[Row]) -> int | None:
    """The balance after the last line kept before these; None where there is none, or these overlap with what is kept."""
    kept = BankLine.objects.filter(region=account.region, account=account)
    if kept.filter(reference__in=[r["reference"] for r in lines]).exists():
        return None
    return kept.order_by("-id").values_list("balance_fen", flat=True).first()


def in_order(lines: list[Row]) -> list[Row]:
    """A bank lists either way: the direction in which the balances follow from one another better is the order of time."""
    back = lines[::-1]
    return back if len(_breaks(back)) < len(_breaks(lines)) else lines


def _breaks(lines: list[Row]) -> list[tuple[Row, Row]]:
    return [(a, b) for a, b in itertools.pairwise(lines) if a["balance_fen"] + moved(b) != b["balance_fen"]]


def _chain(lines: list[Row], before: int | None) -> list[Problem]:
    ordered = in_order(lines)
    found = [(row, earlier["balance_fen"]) for earlier, row in _breaks(ordered)]
    first = ordered[0]
    if before is not None and before + moved(first) != first["balance_fen"]:
        found.insert(0, (first, before))
    return [
        Problem(
            row.number, "余额", yuan(row["balance_fen"]), BROKEN.format(before=yuan(last), wanted=yuan(last + moved(row))), LINES
        )
        for row, last in found
    ]  # fmt: skip


def take_lines(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """Keep the lines of a chunk in the order of time, then match what is beyond doubt."""
    accounts = _accounts(ctx, rows)
    of_account: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_account[row["account"]].append(row)
    refused = []
    for number, lines in of_account.items():
        try:
            acts.take_lines(
                ctx=ctx, account_id=accounts[number].id, lines=[_line(r) for r in in_order(lines)], load_id=load.id
            )
        except Refused as error:
            refused += [(row.number, error.sentence) for row in lines]
            continue
        acts.match_lines(ctx=ctx, account_id=accounts[number].id)
    return refused


def _line(row: Row) -> dict[str, Any]:
    words = "；".join(part for part in (row.get("summary", ""), row.get("note", "")) if part)
    return {
        "booked_on": row["booked_on"], "reference": row["reference"], "amount_fen": moved(row), "balance_fen": row["balance_fen"],
        "counterparty": row.get("counterparty", ""), "counterparty_tail": row.get("counterparty_account", "")[-4:], "memo": words[:200],
    }  # fmt: skip


OFFERS = register_kind(
    SheetKind(
        name="loan_terms", title="贷款方案表", power="funds.take_offers", columns=OFFER_COLUMNS, check=check_offers, take=take_offers,
        key=("project", "uscc", "bank_decision"), clause=TERMS, note="一行一家银行对一个项目的一份方案。",
    )
)  # fmt: skip
STATEMENT = register_kind(
    SheetKind(
        name="bank_statement", title="银行对账单", power="funds.take_lines", columns=LINE_COLUMNS, check=check_lines, take=take_lines,
        key=("reference",), clause=LINES, chunk=2_000, note="按银行下载的对公账户明细原样上传；余额须前后相接，一笔不缺。",
    )
)  # fmt: skip
