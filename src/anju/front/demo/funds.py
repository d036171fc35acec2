"""Stage of the money: supervised account, loans, entrusted payments, subsidy, the seller's use, the statement, the books."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anju.base.numbers import yuan
from anju.front.demo.reserve import paper, write
from anju.funds import acts, reads
from anju.funds.models import BankLine, Loan, LoanOffer, Payment, SupervisedAccount
from anju.ledger import exports, verify
from anju.ledger.models import Book, Voucher

if TYPE_CHECKING:
    from anju.front.demo.core import Demo

NUMBER = "23050166710199000001"
LENT_PERMILLE, OWN_PERMILLE = 800, 200  # 演示：贷款八成，自有资金两成
DUTIES_FEN, SUBSIDY_FEN, UNEXPLAINED_FEN = 200_000_00, 3_000_000_00, -12_50
OFFER_DAYS = 60
OPENING_FEN = 10_000_00  # what lay in the account before: only the bank knows of it
COMMON = {
    "method": "等额本金", "period_months": 3, "settlement_day": 21, "day_count": "实际天数/360", "rounding": "四舍五入到分",
}  # fmt: skip


def wan(fen: int) -> str:
    """Fen as 万元, exactly."""
    return str(Decimal(fen) / 1_000_000)


def files(demo: "Demo") -> None:
    """Two banks' offers on the projects that are bought, and lines that must stay out."""
    today, bodies = demo.ctx("finance").today, demo.state["organisations"]
    rows = []
    for kind in ("A", "C"):
        total = demo.state[kind]["agreement"].total_fen * LENT_PERMILLE // 1000
        for bank, loan_kind, rate, months in (
            ("bank_1", "保障性住房再贷款支持的贷款", "2.90", 60),
            ("bank_2", "政策性银行贷款", "3.05", 240),
        ):
            rows.append({
                **COMMON, "project": demo.state[kind]["project"].number, "uscc": bodies[bank].uscc, "kind": loan_kind,
                "bank_decision": f"演贷审〔2026〕{kind}{bank[-1]}号", "principal_fen": wan(total), "rate_bp": rate, "months": months,
                "offered_on": today, "valid_until": today + timedelta(days=OFFER_DAYS),
            })  # fmt: skip
    rows += [
        {**rows[0], "bank_decision": "演贷审〔2026〕错1号", "rate_bp": "31"},
        {**rows[0], "bank_decision": "演贷审〔2026〕错2号", "project": "231200-99"},
        {**rows[0], "bank_decision": "演贷审〔2026〕错3号", "period_months": 7},
    ]
    demo.state["loan_terms"] = write(demo, "loan_terms", "贷款方案表.xlsx", rows)


def run(demo: "Demo") -> None:
    """From the banks' offers to books that verify."""
    demo.import_file("loan_terms", demo.state["loan_terms"], "finance")
    account = _account(demo)
    for kind in ("A", "C"):
        demo.state[kind]["loan"] = _loan(demo, kind, account)
    _own_funds(demo)
    for kind in ("A", "C"):
        demo.state[kind]["payment"] = _payment(demo, kind)
    _subsidy(demo)
    _duties(demo)
    _proceeds(demo)
    reconcile(demo)
    write_books(demo)


def _account(demo: "Demo") -> SupervisedAccount:
    ctx = demo.ctx("finance")
    row = acts.open_supervised_account(
        ctx=ctx,
        bank_id=demo.state["organisations"]["bank_1"].pk,
        number=NUMBER,
        document="演监管〔2026〕1号",
        opened_on=ctx.today,
    )
    demo.state["account"] = row
    demo.say(f"在贷款银行开立资金监管专户 {row.number}，按项目分账")
    return row


def _offer(demo: "Demo", kind: str) -> LoanOffer:
    with demo.scope():
        rows = LoanOffer.objects.filter(project=demo.state[kind]["project"]).select_related("bank").order_by("rate_bp")
        for row in rows:
            terms = f"{yuan(row.principal_fen)}，年利率 {row.rate_bp / 100:.2f}%，{row.months} 个月"
            demo.say(f"{row.bank.name}：{terms}，利息合计 {yuan(reads.cost_of(row))}")
        return rows[0]


def _loan(demo: "Demo", kind: str, account: SupervisedAccount) -> Loan:
    project, offer = demo.state[kind]["project"], _offer(demo, kind)
    row = acts.draft_loan(
        ctx=demo.ctx("finance"), offer_id=offer.pk, account_id=account.pk, number=f"演贷合〔2026〕{kind}号"
    )
    if kind == "A":
        demo.expect_refusal(
            "起草人自己签署贷款合同",
            lambda: acts.sign_loan(ctx=replace(demo.ctx("finance_head"), account=row.maker), loan_id=row.pk),
        )
    row = acts.sign_loan(ctx=demo.ctx("finance_head"), loan_id=row.pk)
    demo.say(f"签署贷款合同 {row.number}（{project.name}）：{yuan(row.principal_fen)}，项目账按此设定提款上限")
    return row


def _own_funds(demo: "Demo") -> None:
    project, today = demo.state["A"]["project"], demo.ctx("finance").today
    amount = demo.state["A"]["agreement"].total_fen * OWN_PERMILLE // 1000
    acts.record_capital(ctx=demo.ctx("finance"), amount_fen=amount, received_on=today, bank_reference="ZB000001")
    much, right = (
        acts.ask_own_funds(
            ctx=demo.ctx("finance"), project_id=project.pk, amount_fen=fen, document="演董决〔2026〕自有资金1号"
        )
        for fen in (amount + 1, amount)
    )
    demo.expect_refusal(
        "投入多于自有资金账余额",
        lambda: acts.bring_own_funds(
            ctx=demo.ctx("finance_head"), own_funds_id=much.pk, moved_on=today, bank_reference="ZY000000"
        ),
    )
    acts.withdraw_own_funds(ctx=demo.ctx("finance"), own_funds_id=much.pk, reason="金额填错，另行申请")
    demo.expect_refusal(
        "申请人自己投入自有资金",
        lambda: acts.bring_own_funds(
            ctx=replace(demo.ctx("finance_head"), account=right.maker),
            own_funds_id=right.pk,
            moved_on=today,
            bank_reference="ZY1",
        ),
    )
    acts.bring_own_funds(ctx=demo.ctx("finance_head"), own_funds_id=right.pk, moved_on=today, bank_reference="ZY000001")
    demo.say(f"自有资金 {yuan(amount)} 经账簿间划转投入 {project.name}，两本账各记一张凭证；项目之间没有这条路")


def _payment(demo: "Demo", kind: str) -> Payment:
    here = demo.state[kind]
    project, loan = here["project"], here["loan"]
    with demo.scope():
        step = here["agreement"].milestones.order_by("order")[0]
    given = {
        "project_id": project.pk, "source": "loan", "use": "purchase", "payee_id": project.developer_id, "loan_id": loan.pk,
        "milestone_id": step.pk, "amount_fen": step.amount_fen,
    }  # fmt: skip
    if kind == "A":
        _refused(demo, given)
    row = acts.request_payment(ctx=demo.ctx("finance"), **given)
    row = acts.examine_payment(ctx=demo.ctx("bank_1"), payment_id=row.pk)
    if kind == "A":
        demo.expect_refusal(
            "银行一人既审核又复核",
            lambda: acts.approve_payment(ctx=replace(demo.ctx("bank_1b"), account=row.examiner), payment_id=row.pk),
        )
    acts.approve_payment(ctx=demo.ctx("bank_1b"), payment_id=row.pk)
    demo.say(f"{project.name} 第 {row.ordinal} 笔提款 {yuan(row.amount_fen)}，银行两人审核后放款并冻结给出卖方")
    row = acts.settle_payment(
        ctx=demo.ctx("bank_1"), payment_id=row.pk, paid_on=demo.ctx("bank_1").today, bank_reference=f"ST00000{kind}"
    )
    demo.say(f"受托支付 {yuan(row.amount_fen)} 给 {project.developer.name}，回单 {row.bank_reference}")
    return row


def _refused(demo: "Demo", given: dict[str, Any]) -> None:
    other = demo.state["C"]["project"].developer_id
    if other == given["payee_id"]:
        other = demo.state["organisations"]["bank_2"].pk
    wrong = [
        ("付给出卖方以外的单位", {"payee_id": other}),
        ("超过收购进度提款", {"amount_fen": given["amount_fen"] + 1}),
        ("贷款用于其他支出，没有报批", {"use": "other_reasonable", "milestone_id": None, "document": "演合同1号"}),
    ]
    for what, changes in wrong:
        values = {**given, **changes}
        demo.expect_refusal(what, lambda v=values: acts.request_payment(ctx=demo.ctx("finance"), **v))  # type: ignore[misc]


def _subsidy(demo: "Demo") -> None:
    project, today = demo.state["A"]["project"], demo.ctx("finance").today
    row = acts.apply_subsidy(
        ctx=demo.ctx("finance"),
        project_id=project.pk,
        level="central",
        document="演财建〔2026〕1号",
        amount_fen=SUBSIDY_FEN,
    )
    acts.grant_subsidy(ctx=demo.ctx("finance_head"), subsidy_id=row.pk, granted_on=today, bank_reference="BZ000001")
    demo.say(f"中央补助 {yuan(SUBSIDY_FEN)} 到账，记入 {project.name} 的账")


def _duties(demo: "Demo") -> None:
    """Until the duties are stated no receipt can be split: unknown is not nothing."""
    project = demo.state["A"]["project"]
    given = {"project_id": project.pk, "kind": "rent", "amount_fen": 60_000, "received_on": demo.ctx("finance").today}
    demo.expect_refusal(
        "法定义务没有登记就拆分回款",
        lambda: acts.record_receipt(ctx=demo.ctx("finance"), bank_reference="HK000000", **given),
    )
    for kind in ("A", "C"):
        acts.state_duties(
            ctx=demo.ctx("finance"),
            project_id=demo.state[kind]["project"].pk,
            amount_fen=DUTIES_FEN,
            document="演税费测算〔2026〕1号",
        )
    demo.say(f"登记应履行的法定义务各 {yuan(DUTIES_FEN)}；以后每笔回款先填补它，再还收购贷款")


def _proceeds(demo: "Demo") -> None:
    project = demo.state["A"]["project"]
    seller = next(f"dev_{p.developer}" for p in demo.state["stock"] if p.kind == "A")
    with demo.scope():
        owed, left = reads.own_debt_left(project), reads.proceeds_left(project)
    assert owed is not None and owed > 1, "the demonstration's project A declares its debts"
    given = {
        "project_id": project.pk, "use": "own_debt", "target": "本项目工程款（合成）", "amount_fen": min(owed // 2, left // 2),
        "used_on": demo.ctx(seller).today, "evidence_name": "付款凭据.pdf", "evidence": paper("付款凭据（合成）"),
    }  # fmt: skip
    row = acts.record_proceeds_use(ctx=demo.ctx(seller), **given)
    demo.say(f"出卖方用价款偿还本项目债务 {yuan(row.amount_fen)}，符合规定")
    other = {
        **given,
        "use": "unfinished_group",
        "target": "集团另一在建项目（合成）",
        "target_unfinished": True,
        "target_in_group": True,
    }
    demo.expect_refusal(
        "本项目债务未清就投入集团其他项目", lambda: acts.record_proceeds_use(ctx=demo.ctx(seller), **other)
    )
    demo.expect_refusal(
        "使用多于所得价款",
        lambda: acts.record_proceeds_use(ctx=demo.ctx(seller), **{**given, "amount_fen": left + 1}),
    )


def reconcile(demo: "Demo") -> None:
    """The bank's statement of all that moved since the last one; the first also holds a fee that nobody has recorded."""
    account = demo.state["account"]
    with demo.scope():
        last = BankLine.objects.filter(account=account).order_by("-id").first()
        moved = list(reads.open_vouchers(account).order_by("value_date", "recorded_at", "number"))
    path = _statement(demo, moved, last)
    demo.import_file("bank_statement", path, "finance")
    with demo.scope():
        total, open_ = BankLine.objects.filter(account=account).count(), reads.open_lines(account).count()
        vouchers = reads.open_vouchers(account).count()
    demo.say(
        f"银行对账单 {total} 笔对上 {total - open_} 笔，一分不差；未对上的流水 {open_} 笔、凭证 {vouchers} 张，列在最前"
    )


def _statement(demo: "Demo", moved: list[Voucher], last: BankLine | None) -> Path:
    balance = last.balance_fen if last else OPENING_FEN
    number = demo.state["statements"] = demo.state.get("statements", 0) + 1
    movements = [
        (v.bank_fen, v.reference or f"YH{number:02d}{at:06d}", v.value_date, v.memo) for at, v in enumerate(moved)
    ]
    if last is None:
        movements.append((UNEXPLAINED_FEN, "YH99000001", demo.ctx("finance").today, "手续费"))
    rows = []
    for fen, reference, day, memo in movements:
        balance += fen
        rows.append({
            "account": NUMBER, "name": "演示监管专户（合成）", "at": f"{day:%Y%m%d} 10:00:00", "out_fen": money(-fen) if fen < 0 else "",
            "in_fen": money(fen) if fen > 0 else "", "balance_fen": money(balance), "currency": "人民币", "counterparty": "演示往来单位",
            "booked_on": day, "summary": memo, "reference": reference,
        })  # fmt: skip
    if last is None:
        rows.append({**rows[-1], "account": "62220000000000001", "reference": "YH99000002"})
    return write(demo, "bank_statement", f"银行对账单-{number}.xlsx", rows)


def money(fen: int) -> str:
    """Fen as the bank prints it."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def write_books(demo: "Demo") -> None:
    """Verify the books and write each as beancount text under ``out/books``; again later, as they stand then."""
    with demo.scope():
        report = verify.report(demo.city)
        if report.problems:
            raise AssertionError(f"账簿核验不通过：{report.problems[0]}")
        folder = demo.out / "books"
        folder.mkdir(parents=True, exist_ok=True)
        for book in Book.objects.filter(kind="project").order_by("region", "id"):
            path = folder / f"{book.title}.beancount"
            path.write_text(exports.beancount(book, synthetic=True), encoding="utf-8")
    demo.say(f"{report.line}；每个项目一个 beancount 文件，在 {folder.relative_to(demo.out)}")
