"""The pages of things: a payment, a loan with its schedule, an offer, an account, a line, a subsidy, a use, a project's money."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.numbers import yuan
from anju.funds import reads
from anju.funds.models import (
    BankLine,
    Loan,
    LoanOffer,
    LoanTerms,
    OwnFunds,
    Payment,
    ProceedsUse,
    Receipt,
    Subsidy,
    SupervisedAccount,
)
from anju.funds.pages.common import (
    BOOKS,
    VIEW,
    account_url,
    crumbs,
    loan_url,
    own_url,
    payment_url,
    project_url,
    row_or_404,
    today_of,
)
from anju.funds.pages.lists import PAYMENT_TONES, percent
from anju.ledger import books
from anju.ledger import reads as ledger
from anju.ledger.models import Book
from anju.parties.access import page
from anju.reserve.models import Project
from anju.web import shown, tones
from anju.web.lists import within
from anju.web.things import thing_page

SHOWN = 20
STAGES = ("requested", "examined", "held", "paid")


def _party(request: HttpRequest) -> bool:
    return bool(request.anju.is_party)  # type: ignore[attr-defined]


@page(power=VIEW)
def payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """One payment: where it stands, what it was judged by, what may be done now."""
    row = row_or_404(request, Payment, payment_id, "笔付款", "project", "payee", "milestone", "agreement")
    words = dict(Payment.STATES)
    ended = row.state in ("refused", "returned")
    at = len(STAGES) if row.state == "paid" else STAGES.index(row.state) if row.state in STAGES else 0
    days = {0: row.requested_on, **({3: row.paid_on} if row.paid_on else {})}
    return thing_page(
        request, title=f"第 {row.ordinal} 笔付款", sub=f"{row.project.name}，{yuan(row.amount_fen)}", clause="4.3-5", obj=row,
        state=(tones.tone_of(row.state, PAYMENT_TONES), row.get_state_display()),
        steps=None if ended else shown.steps_of([words[code] for code in STAGES], at, days),
        note=("bad", f"{row.get_state_display()}：{row.end_reason}") if ended else None,
        facts=_payment_facts(request, row), verdicts=row.verdicts, crumbs=crumbs(), acts=_payment_acts(row),
    )  # fmt: skip


def _payment_facts(request: HttpRequest, row: Payment) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [
        ("项目", row.project.name), ("收购协议", row.agreement.number), ("收款单位", row.payee.name), ("金额", yuan(row.amount_fen)),
        ("资金来源", row.get_source_display()), ("用途", row.get_use_display()),
        ("收购进度", row.milestone.title if row.milestone else "—"), ("申请日期", row.requested_on), ("支付日期", row.paid_on or "未支付"),
        ("银行回单号", row.bank_reference or "—"),
    ]  # fmt: skip
    # The seller sees its payment, not the account and the loan behind it: row-level security hides them, so they are asked for apart.
    account = SupervisedAccount.objects.select_related("bank").filter(region=row.region, id=row.account_id).first()
    loan = Loan.objects.filter(region=row.region, id=row.loan_id).first() if row.loan_id else None
    if account:
        found.append(("资金监管专户", f"{account.bank.name} {account.number}"))
    if loan:
        found.append(("贷款合同", loan.number))
    if row.document:
        found.append(("合同或发票", row.document))
    if row.use_reason:
        found.append(("用途理由", row.use_reason))
    if not _party(request):
        names = shown.names_of([row.maker, row.examiner, row.checker])
        found += [
            ("经办", names.get(row.maker, "—")),
            ("银行审核", _who(names, row.examiner)),
            ("银行复核", _who(names, row.checker)),
        ]
    return found


def _who(names: Mapping[UUID | None, str], account: UUID | None) -> str:
    return names.get(account, "—") if account else "—"


def _payment_acts(row: Payment) -> list[tuple[Any, ...]]:
    def to(name: str) -> str:
        return reverse(f"funds:{name}", args=[row.id])

    now = row.state
    return [
        ("批准用途", to("approve_use"), "funds.approve_use", now == "reported", "不在待报批状态"),
        (
            "审核通过",
            to("examine"),
            "funds.examine_payment",
            now == "requested",
            f"当前为「{row.get_state_display()}」",
        ),
        ("复核放款", to("approve"), "funds.approve_payment", now == "examined", f"当前为「{row.get_state_display()}」"),
        ("登记支付结果", to("settle"), "funds.settle_payment", now == "held", f"当前为「{row.get_state_display()}」"),
        ("登记未付退回", to("return"), "funds.return_payment", now == "held", f"当前为「{row.get_state_display()}」"),
        ("退回申请", to("refuse"), "funds.refuse_payment", now in reads.ASKED, "放款后不能退回"),
    ]


def _terms(row: LoanTerms) -> list[tuple[str, Any]]:
    return [
        ("种类", row.get_kind_display()), ("批复文号", row.bank_decision), ("本金", yuan(row.principal_fen)),
        ("年利率", percent(row.rate_bp)),
        ("期限", f"{row.months} 个月"), ("还款方式", f"{row.get_method_display()}，每 {row.period_months} 个月"),
        ("结息日", f"每月 {row.settlement_day} 日"), ("计息与取整", f"{row.get_day_count_display()}，{row.get_rounding_display()}"),
    ]  # fmt: skip


@page(power=VIEW)
def loan(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """One loan with its schedule."""
    row = row_or_404(request, Loan, loan_id, "笔贷款", "project", "agreement", "account__bank", "offer")
    rows = list(within(request, Payment.objects.filter(loan=row)).order_by("ordinal"))
    context = {"schedule": reads.schedule_of(row), "payments": [(p, payment_url(p)) for p in rows]}
    # A bank does not read the books that the interest paid stands in; it counts its own.
    counted = row.state == "signed" and not _party(request)
    if counted:
        context |= _interest(row, today_of(request))

    def to(name: str) -> str:
        return reverse(f"funds:{name}", args=[row.id])

    draft = row.state == "drafted"
    return thing_page(
        request, title=row.number, sub=f"{row.project.name}，{row.account.bank.name}", clause="4.2-2", obj=row,
        state=(tones.tone_of(row.state), row.get_state_display()),
        figures=[
            ("本金", f"{row.principal_fen / 1_000_000:,.2f}", "万元"), ("已提款", f"{row.drawn_fen / 1_000_000:,.2f}", "万元"),
            ("已归还", f"{row.repaid_fen / 1_000_000:,.2f}", "万元"),
        ],
        facts=[
            *_terms(row), ("收购协议", row.agreement.number), ("资金监管专户", row.account.number),
            ("签署日期", row.signed_on or "待签署"),
        ],
        sections=[
            *([("利息", "funds/_interest.html")] if counted else []), ("提款", "funds/_payments.html"),
            ("还款计划（按全额本金）", "funds/_schedule.html"),
        ],
        context=context, crumbs=crumbs(("贷款", reverse("funds:loans"))),
        acts=[
            ("签署", to("sign_loan"), "funds.sign_loan", draft, "已办理"),
            ("登记利息", to("interest"), "funds.pay_interest", row.state == "signed", "签署后才有利息"),
            ("撤回", to("withdraw_loan"), "funds.withdraw_loan", draft, "签署后不能撤回"),
        ],
    )  # fmt: skip


def _interest(row: Loan, today: date) -> dict[str, Any]:
    """What the loan's page says of its interest: accrued to today, due, paid."""
    found, vouchers = reads.interest_of(row, today), list(reads.interest_vouchers(row))
    paid = sum(v.total_fen for v in vouchers)
    return {
        "accrued": found, "interest_paid": paid, "interest_left": found.total_fen - paid,
        "interest_due": max(0, found.due_fen - paid), "interest_vouchers": vouchers, "today": today,
    }  # fmt: skip


@page(power=VIEW)
def offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """One offer beside the others for the project."""
    row = row_or_404(request, LoanOffer, offer_id, "份贷款方案", "project", "bank")
    others = (
        within(request, LoanOffer.objects.filter(project=row.project)).select_related("bank").order_by("rate_bp", "id")
    )
    context = {
        "offers": [(o, percent(o.rate_bp), reads.cost_of(o), reverse("funds:offer", args=[o.id])) for o in others], "this": row.id,
        "schedule": reads.schedule_of(row),
    }  # fmt: skip
    open_ = row.state == "offered"
    return thing_page(
        request, title=row.bank_decision, sub=f"{row.project.name}，{row.bank.name}", clause="4.2-2", obj=row,
        state=(tones.tone_of(row.state), row.get_state_display()),
        facts=[*_terms(row), ("有效期至", row.valid_until), ("利息合计", yuan(reads.cost_of(row)))],
        sections=[("本项目各方案比较", "funds/_offers.html"), ("还款计划", "funds/_schedule.html")], context=context,
        crumbs=crumbs(("贷款方案", reverse("funds:offers"))),
        acts=[("采用并起草合同", reverse("funds:draft_loan", args=[row.id]), "funds.draft_loan", open_, row.get_state_display())],
    )  # fmt: skip


@page(power=VIEW)
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One supervised account: what is not reconciled first."""
    row = row_or_404(request, SupervisedAccount, account_id, "个资金监管专户", "acquirer", "bank")
    context: dict[str, Any] = {"party": _party(request)}
    figures: list[tuple[Any, ...]] = []
    if not _party(request):
        lines, vouchers = reads.open_lines(row), reads.open_vouchers(row)
        last = BankLine.objects.filter(region=row.region, account=row).order_by("-id").first()
        context |= {
            "lines": [(x, reverse("funds:line", args=[x.id])) for x in lines[:SHOWN]], "vouchers": vouchers.select_related("book")[:SHOWN],
            "books": reads.books_of_account(row),
        }  # fmt: skip
        cash = sum(books.balance(b, p) for b in context["books"] for p in books.CASH)
        figures = [
            ("未对上的流水", lines.count(), "笔"), ("未对上的凭证", vouchers.count(), "张"), ("账面余额合计", f"{cash / 100:,.2f}", "元"),
            ("银行余额", f"{last.balance_fen / 100:,.2f}" if last else None, "元"),
        ]  # fmt: skip
    return thing_page(
        request, title=row.number, sub=f"{row.acquirer.name}，{row.bank.name}", clause="4.3-1", obj=row, figures=figures,
        facts=[("开户银行", row.bank.name), ("监管协议", row.document), ("开户日期", row.opened_on)],
        sections=[] if _party(request) else [("未对上的流水", "funds/_lines.html"), ("未对上的凭证", "funds/_open_vouchers.html")],
        context=context, crumbs=crumbs(("资金监管专户", reverse("funds:accounts"))),
        acts=[
            ("自动对账", reverse("funds:match", args=[row.id]), "funds.match_lines"),
            ("全部流水", f"{reverse('funds:lines')}?account__number={row.number}", BOOKS),
        ],
    )  # fmt: skip


@page(power=BOOKS)
def line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """One line of the statement and what could explain it."""
    row = row_or_404(request, BankLine, line_id, "笔流水", "account", "voucher__book")
    open_ = row.voucher_id is None
    context = {"candidates": reads.candidates(row)[:SHOWN] if open_ else []}
    matched = f"{row.voucher.book.title} 第 {row.voucher.number} 号" if row.voucher else "未对上"
    return thing_page(
        request, title=row.reference, sub=f"{row.booked_on}，{yuan(row.amount_fen)}", clause="4.3-1", obj=row,
        state=("bad", "未对上") if open_ else ("ok", f"已对上（{row.get_how_display()}）"),
        facts=[
            ("专户", row.account.number), ("记账日期", row.booked_on), ("金额", yuan(row.amount_fen)), ("余额", yuan(row.balance_fen)),
            ("对方户名", row.counterparty or "—"), ("对方账号末四位", row.counterparty_tail or "—"), ("摘要", row.memo or "—"),
            ("凭证", matched),
            ("对账说明", row.reason or "—"),
        ],
        sections=[("金额相等、待对的凭证", "funds/_candidates.html")] if open_ else [], context=context,
        crumbs=crumbs(("银行流水", reverse("funds:lines"))),
        acts=[
            ("人工对账", reverse("funds:match_line", args=[row.id]), "funds.match_line", bool(context["candidates"]), "没有可对的凭证"),
            ("撤销对账", reverse("funds:unmatch", args=[row.id]), "funds.unmatch_line", not open_, "还没有对上"),
        ],
    )  # fmt: skip


@page(power=BOOKS)
def subsidy(request: HttpRequest, subsidy_id: UUID) -> HttpResponse:
    """One subsidy."""
    row = row_or_404(request, Subsidy, subsidy_id, "笔补助", "project")
    return thing_page(
        request, title=row.document, sub=f"{row.project.name}，{yuan(row.amount_fen)}", clause="4.2-1", obj=row,
        state=("ok", "已到账") if row.granted_on else ("near", "已申请"),
        facts=[
            ("层级", row.get_level_display()), ("金额", yuan(row.amount_fen)), ("申请日期", row.applied_on),
            ("到账日期", row.granted_on or "未到账"),
            ("银行回单号", row.bank_reference or "—"),
        ],
        crumbs=crumbs(("补助资金", reverse("funds:subsidies"))),
        acts=[("登记到账", reverse("funds:grant", args=[row.id]), "funds.grant_subsidy", not row.granted_on, "已到账")],
    )  # fmt: skip


@page(power=BOOKS)
def own_funds(request: HttpRequest, own_funds_id: UUID) -> HttpResponse:
    """Own funds for a project: asked for by one person, moved by another."""
    row = row_or_404(request, OwnFunds, own_funds_id, "笔自有资金投入", "project")
    names = shown.names_of([row.maker, row.checker])
    open_ = not (row.moved_on or row.withdrawn_on)
    state = ("near", "待投入") if open_ else ("ok", "已投入") if row.moved_on else ("unk", "已撤回")
    return thing_page(
        request, title=f"自有资金投入 {yuan(row.amount_fen)}", sub=f"{row.project.name}，{row.document}", clause="4.3-3", obj=row,
        state=state, note=("bad", f"已撤回：{row.end_reason}") if row.withdrawn_on else None,
        facts=[
            ("金额", yuan(row.amount_fen)), ("依据文件", row.document), ("申请日期", row.asked_on), ("申请人", names.get(row.maker, "—")),
            ("划转日期", row.moved_on or "未划转"), ("办理人", _who(names, row.checker)), ("银行回单号", row.bank_reference or "—"),
        ],
        crumbs=crumbs((f"{row.project.name}的资金", project_url(row.project))),
        acts=[
            ("投入", reverse("funds:bring_own_funds", args=[row.id]), "funds.bring_own_funds", open_, state[1]),
            ("撤回", reverse("funds:withdraw_own_funds", args=[row.id]), "funds.withdraw_own_funds", open_, state[1]),
        ],
    )  # fmt: skip


@page(power=VIEW)
def use(request: HttpRequest, use_id: UUID) -> HttpResponse:
    """One use of the seller's proceeds."""
    row = row_or_404(request, ProceedsUse, use_id, "笔资金使用", "project")
    facts = [
        ("用途", row.get_use_display()),
        ("资金去向", row.target),
        ("金额", yuan(row.amount_fen)),
        ("使用日期", row.used_on),
    ]
    return thing_page(
        request, title=row.get_use_display(), sub=f"{row.project.name}，{yuan(row.amount_fen)}", clause="4.3-6", obj=row, facts=facts,
        state=("ok", "符合规定"), verdicts=row.verdicts, crumbs=crumbs(("房企资金使用", reverse("funds:proceeds"))),
    )  # fmt: skip


@page(power=VIEW)
def project(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """A project's money: its book, what is owed, what may be done."""
    row = within(request, Project.objects.select_related("developer")).filter(id=project_id).first()
    if row is None:
        raise Http404("没有这个项目，或不在当前岗位的范围内")
    party = _party(request)
    book = None if party else books.find("project", row.id, region=row.region)
    loans = within(request, Loan.objects.filter(project=row))
    context: dict[str, Any] = {
        "payments": [(p, payment_url(p)) for p in within(request, Payment.objects.filter(project=row)).order_by("ordinal")],
        "loans": [(x, loan_url(x)) for x in loans.select_related("account__bank").order_by("number")],
        "standing": ledger.standing(book) if book else [],
        "own": [] if party else [(x, own_url(x)) for x in OwnFunds.objects.filter(region=row.region, project=row).order_by("id")],
    }  # fmt: skip
    return thing_page(
        request, title=f"{row.name}的资金", sub=row.number, clause="4.3-3", facts=_project_facts(row, book), obj=None if party else row,
        note=None if party or book else ("near", "还没有项目账；签署收购协议后自动开立。"), context=context, crumbs=crumbs(),
        sections=[
            *([("项目账", "ledger/_accounts.html")] if book else []), ("贷款", "funds/_loans.html"), ("付款", "funds/_payments.html"),
            *([("自有资金投入", "funds/_own.html")] if context["own"] else []),
        ],
        acts=_project_acts(row, book),
    )  # fmt: skip


def _project_facts(row: Project, book: Book | None) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("出卖方", row.developer.name)]
    debt = reads.own_debt_left(row)
    found.append(("本项目债务余额", "未知" if debt is None else yuan(debt)))
    if book is None:
        return found
    stated = reads.latest_duties(row)
    waiting = Receipt.objects.filter(region=row.region, project=row, distribution__isnull=True)
    return [
        *found, ("在贷余额", yuan(-books.balance(book, "loan"))),
        ("应履行的法定义务", f"尚余 {yuan(reads.duties_left(stated))}（{stated.document}）" if stated else "未登记，回款不能拆分"),
        ("待分配回款", f"{waiting.count()} 笔，{yuan(reads.total(waiting))}"), ("出卖方未用的价款", yuan(reads.proceeds_left(row))),
    ]  # fmt: skip


def _project_acts(row: Project, book: Book | None) -> list[tuple[Any, ...]]:
    def to(name: str) -> str:
        return reverse(f"funds:{name}", args=[row.id])

    open_, why = book is not None, "还没有项目账"
    found: list[tuple[Any, ...]] = [
        ("申请付款", to("request_payment"), "funds.request_payment", open_, why),
        ("登记回款", to("receipt"), "funds.record_receipt", open_, why),
        ("登记法定义务", to("duties"), "funds.state_duties", open_, why),
        ("登记定金转入", to("split_earnest"), "funds.split_earnest", open_, why),
        ("分配回款", to("distribute"), "funds.distribute_receipts", open_, why),
        ("申请补助", to("apply_subsidy"), "funds.apply_subsidy", open_, why),
        ("申请投入自有资金", to("ask_own_funds"), "funds.ask_own_funds", open_, why),
        ("登记房企资金使用", to("proceeds_use"), "funds.record_proceeds_use"),
    ]  # fmt: skip
    if book:
        found.append(("项目账簿", reverse("ledger:thing", args=[book.id]), "ledger.view"))
    return found


__all__ = [
    "account",
    "account_url",
    "line",
    "loan",
    "offer",
    "own_funds",
    "payment",
    "project",
    "project_url",
    "subsidy",
    "use",
]
