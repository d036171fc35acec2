"""The forms of this room's acts, each on a page of its own."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.numbers import yuan
from anju.funds import acts, forms, reads
from anju.funds.models import BankLine, Loan, LoanOffer, OwnFunds, Payment, Subsidy, SupervisedAccount
from anju.funds.pages.common import account_url, loan_url, own_url, payment_url, project_url, row_or_404, today_of
from anju.negotiation.models import AcquirerDecision
from anju.parties.access import page
from anju.parties.models import Organisation
from anju.purchase.models import Milestone
from anju.reserve.models import Project
from anju.web.forms import EmptyForm, act_form_page
from anju.web.lists import within


def _banks() -> list[tuple[str, str]]:
    return [(str(b.id), b.name) for b in Organisation.objects.filter(kind="bank").order_by("name")]


def _project(request: HttpRequest, project_id: UUID) -> Project:
    found = within(request, Project.objects.select_related("developer")).filter(id=project_id).first()
    if found is None:
        raise Http404("没有这个项目，或不在当前岗位的范围内")
    return found


@page(power="funds.open_supervised_account")
def open_account(request: HttpRequest) -> HttpResponse:
    """登记资金监管专户."""
    return act_form_page(
        request, title="登记资金监管专户", act=acts.open_supervised_account, form_class=forms.AccountForm, clause="4.3-1", verb="登记",
        form_kwargs={"choices": {"bank_id": _banks()}}, back=reverse("funds:accounts"), done=account_url,
        explain="一家贷款银行一个专户，按项目分账；贷款的发放、使用、回收都经专户。",
    )  # fmt: skip


@page(power="funds.draft_loan")
def draft_loan(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """起草贷款合同."""
    row = row_or_404(request, LoanOffer, offer_id, "份贷款方案", "project", "bank")
    accounts = (
        within(request, SupervisedAccount.objects.select_related("bank")).filter(region=row.region).order_by("number")
    )
    decisions = AcquirerDecision.objects.filter(
        region=row.region, object_id=row.project_id, kind="loan", checker__isnull=False
    )
    choices = {
        "account_id": [(str(a.id), f"{a.bank.name} {a.number}") for a in accounts],
        "decision_id": [(str(d.pk), f"{d.number} {d.subject}") for d in decisions.order_by("-decided_on")],
    }
    return act_form_page(
        request, title=f"起草贷款合同：{row.project.name}", act=acts.draft_loan, form_class=forms.LoanForm, clause="4.2-2", verb="起草",
        fixed={"offer_id": row.id}, form_kwargs={"choices": choices}, region=row.region, back=reverse("funds:offer", args=[row.id]),
        done=loan_url,
        facts=[("银行", row.bank.name), ("本金", yuan(row.principal_fen)), ("期限", f"{row.months} 个月")],
        explain="专户须在贷款银行；合同由另一人签署。",
    )  # fmt: skip


@page(power="funds.sign_loan")
def sign_loan(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """签署贷款合同."""
    row = row_or_404(request, Loan, loan_id, "笔贷款", "project")
    return act_form_page(
        request, title=f"签署贷款合同 {row.number}", act=acts.sign_loan, form_class=forms.SignForm, clause="4.3-1", verb="签署",
        fixed={"loan_id": row.id}, region=row.region, back=loan_url(row), done=loan_url, irreversible=True, confirm=("合同号", row.number),
        facts=[("项目", row.project.name), ("本金", yuan(row.principal_fen))], explain="签署后项目账按本金设定可提款的上限。",
    )  # fmt: skip


@page(power="funds.withdraw_loan")
def withdraw_loan(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """撤回贷款合同."""
    row = row_or_404(request, Loan, loan_id, "笔贷款")
    return act_form_page(
        request, title=f"撤回贷款合同 {row.number}", act=acts.withdraw_loan, form_class=forms.ReasonForm, clause="4.2-2", verb="撤回",
        fixed={"loan_id": row.id}, region=row.region, back=loan_url(row), done=loan_url,
    )  # fmt: skip


@page(power="funds.pay_interest")
def interest(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """登记贷款利息."""
    row = row_or_404(request, Loan, loan_id, "笔贷款")
    found, paid = reads.interest_of(row, today_of(request)), reads.total(reads.interest_vouchers(row), "total_fen")
    return act_form_page(
        request, title=f"登记利息：{row.number}", act=acts.pay_interest, form_class=forms.InterestForm, clause="4.3-2", verb="登记",
        fixed={"loan_id": row.id}, region=row.region, back=loan_url(row), done=loan_url,
        facts=[
            ("应计至今", yuan(found.total_fen)), ("其中已到结息日", yuan(found.due_fen)), ("已付", yuan(paid)),
            ("应计未付", yuan(found.total_fen - paid)),
        ],
        explain="按银行结息回单登记，从项目专户存款列支；多于应计未付的不予登记。",
    )  # fmt: skip


@page(power="funds.request_payment")
def request_payment(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """申请付款."""
    row = _project(request, project_id)
    agreement = reads.live_agreement(row)
    loans = Loan.objects.filter(region=row.region, project=row, state="signed").order_by("number")
    steps = Milestone.objects.filter(region=row.region, agreement=agreement, reached_on__isnull=False).order_by("order")
    payees = Organisation.objects.filter(kind__in=["developer", "manager"]).order_by("name")
    choices = {
        "loan_id": [(str(x.id), f"{x.number}，未提 {yuan(x.principal_fen - x.drawn_fen)}") for x in loans],
        "milestone_id": [(str(m.id), f"{m.title}，{yuan(m.amount_fen)}") for m in steps],
        "payee_id": [(str(o.id), o.name) for o in sorted(payees, key=lambda o: o.id != row.developer_id)],
    }
    return act_form_page(
        request, title=f"申请付款：{row.name}", act=acts.request_payment, form_class=forms.PaymentForm, clause="4.3-5", verb="申请",
        fixed={"project_id": row.id}, form_kwargs={"choices": choices}, region=row.region, back=project_url(row), done=payment_url,
        facts=[("出卖方", row.developer.name), ("收购协议", agreement.number if agreement else "未签署")],
        explain="收购款按已达到的进度申请，付给出卖方；贷款只能用于收购款和必要装修改造等合理支出。",
    )  # fmt: skip


def _of_payment(
    request: HttpRequest, payment_id: UUID, act: Callable[..., Payment], title: str, clause: str, form_class: Any = EmptyForm, **more: Any
) -> HttpResponse:  # fmt: skip
    row = row_or_404(request, Payment, payment_id, "笔付款", "project", "payee")
    return act_form_page(
        request, title=f"{title}：第 {row.ordinal} 笔", act=act, form_class=form_class, clause=clause, verb=title,
        fixed={"payment_id": row.id},
        region=row.region, back=payment_url(row), done=payment_url,
        facts=[("项目", row.project.name), ("收款单位", row.payee.name), ("金额", yuan(row.amount_fen))], **more,
    )  # fmt: skip


@page(power="funds.approve_use")
def approve_use(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """批准其他合理支出."""
    return _of_payment(
        request, payment_id, acts.approve_use, "批准用途", "4.3-4", explain="「等合理支出」逐笔批准；批准后交银行审核。"
    )


@page(power="funds.examine_payment")
def examine(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """银行审核付款."""
    return _of_payment(
        request,
        payment_id,
        acts.examine_payment,
        "审核通过",
        "4.3-5",
        explain="按进度、用途、收款人、额度重新判断；放款由另一人复核。",
    )


@page(power="funds.approve_payment")
def approve(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """银行复核放款."""
    return _of_payment(
        request,
        payment_id,
        acts.approve_payment,
        "复核放款",
        "4.3-5",
        irreversible=True,
        explain="放款后资金冻结，只能付给该收款单位，或原路退回贷款。",
    )


@page(power="funds.refuse_payment")
def refuse(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """退回付款申请."""
    return _of_payment(request, payment_id, acts.refuse_payment, "退回申请", "4.3-5", forms.ReasonForm)


@page(power="funds.settle_payment")
def settle(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """登记支付结果."""
    return _of_payment(
        request, payment_id, acts.settle_payment, "登记支付结果", "4.3-5", forms.SettleForm, irreversible=True
    )


@page(power="funds.return_payment")
def return_payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """登记未付退回."""
    return _of_payment(
        request,
        payment_id,
        acts.return_payment,
        "登记未付退回",
        "4.3-5",
        forms.ReasonForm,
        explain="冻结款解冻，已放的贷款退回贷款账户。",
    )


def _of_project(
    request: HttpRequest, project_id: UUID, act: Callable[..., Any], title: str, clause: str, form_class: Any = EmptyForm, **more: Any
) -> HttpResponse:  # fmt: skip
    row = _project(request, project_id)
    return act_form_page(
        request, title=f"{title}：{row.name}", act=act, form_class=form_class, clause=clause, verb=title, fixed={"project_id": row.id},
        region=row.region, back=project_url(row), done=lambda _made: project_url(row), **more,
    )  # fmt: skip


@page(power="funds.state_duties")
def duties(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """登记应履行的法定义务."""
    return _of_project(
        request,
        project_id,
        acts.state_duties,
        "登记法定义务",
        "4.3-2",
        forms.DutiesForm,
        explain="以后的回款先填补这里，再归还收购贷款。",
    )


@page(power="funds.record_receipt")
def receipt(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """登记回款."""
    return _of_project(
        request,
        project_id,
        acts.record_receipt,
        "登记回款",
        "4.3-2",
        forms.ReceiptForm,
        explain="有合同的回款请从合同页登记。",
    )


@page(power="funds.split_earnest")
def split_earnest(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """登记定金转入的回款."""
    return _of_project(
        request, project_id, acts.split_earnest, "登记定金转入", "4.3-2", said=lambda n: f"拆分了 {n} 笔定金转入。",
        explain="合同签订时转入项目的定金也是回款，按同样次序拆分。",
    )  # fmt: skip


@page(power="funds.distribute_receipts")
def distribute(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """分配回款."""
    return _of_project(
        request, project_id, acts.distribute_receipts, "分配回款", "4.3-2", irreversible=True,
        said=lambda d: f"{d.receipts_count} 笔：法定义务 {yuan(d.statutory_fen)}，还贷 {yuan(d.loan_fen)}，余款 {yuan(d.remainder_fen)}。",
        explain="全部待分配的回款按登记时的拆分支付；登记人不能分配自己登记的。",
    )  # fmt: skip


@page(power="funds.apply_subsidy")
def apply_subsidy(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """申请补助资金."""
    return _of_project(request, project_id, acts.apply_subsidy, "申请补助", "4.2-1", forms.SubsidyForm)


@page(power="funds.grant_subsidy")
def grant(request: HttpRequest, subsidy_id: UUID) -> HttpResponse:
    """登记补助到账."""
    row = row_or_404(request, Subsidy, subsidy_id, "笔补助", "project")
    there = reverse("funds:subsidy", args=[row.id])
    return act_form_page(
        request, title=f"登记补助到账：{row.document}", act=acts.grant_subsidy, form_class=forms.GrantForm, clause="4.2-1", verb="登记",
        fixed={"subsidy_id": row.id}, region=row.region, back=there, done=lambda _row: there, facts=[("金额", yuan(row.amount_fen))],
    )  # fmt: skip


@page(power="funds.record_capital")
def capital(request: HttpRequest) -> HttpResponse:
    """登记自有资金到账."""
    back = reverse("funds:list")
    return act_form_page(
        request, title="登记自有资金到账", act=acts.record_capital, form_class=forms.CapitalForm, clause="4.3-3", verb="登记", back=back,
        done=lambda _row: back, explain="先入本单位自有资金账，再按决议投入项目。",
    )  # fmt: skip


@page(power="funds.ask_own_funds")
def ask_own_funds(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """申请投入自有资金."""
    return _of_project(
        request, project_id, acts.ask_own_funds, "申请投入自有资金", "4.3-3", forms.OwnFundsForm,
        explain="由另一人核对依据文件后投入；不能从其他项目调用资金。",
    )  # fmt: skip


@page(power="funds.bring_own_funds")
def bring_own_funds(request: HttpRequest, own_funds_id: UUID) -> HttpResponse:
    """自有资金投入项目."""
    row = row_or_404(request, OwnFunds, own_funds_id, "笔自有资金投入", "project")
    return act_form_page(
        request, title=f"自有资金投入：{row.project.name}", act=acts.bring_own_funds, form_class=forms.MovedForm, clause="4.3-3",
        verb="投入", fixed={"own_funds_id": row.id}, region=row.region, back=own_url(row), done=own_url,
        facts=[("金额", yuan(row.amount_fen)), ("依据文件", row.document)], explain="从自有资金账划入本项目账，两本账各记一张凭证。",
    )  # fmt: skip


@page(power="funds.withdraw_own_funds")
def withdraw_own_funds(request: HttpRequest, own_funds_id: UUID) -> HttpResponse:
    """撤回自有资金申请."""
    row = row_or_404(request, OwnFunds, own_funds_id, "笔自有资金投入")
    return act_form_page(
        request, title=f"撤回自有资金申请：{yuan(row.amount_fen)}", act=acts.withdraw_own_funds, form_class=forms.ReasonForm,
        clause="4.3-3", verb="撤回", fixed={"own_funds_id": row.id}, region=row.region, back=own_url(row), done=own_url,
    )  # fmt: skip


@page(power="funds.record_proceeds_use")
def proceeds_use(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """登记房企资金使用."""
    return _of_project(
        request, project_id, acts.record_proceeds_use, "登记房企资金使用", "4.3-6", forms.ProceedsForm,
        explain="先还本项目债务；结余用于本企业或集团其他未建成项目；不得截留他用。不符合的不予登记并留痕。",
    )  # fmt: skip


@page(power="funds.match_lines")
def match(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """自动对账."""
    row = row_or_404(request, SupervisedAccount, account_id, "个资金监管专户")
    return act_form_page(
        request, title=f"自动对账：{row.number}", act=acts.match_lines, clause="4.3-1", verb="对账", fixed={"account_id": row.id},
        region=row.region,
        back=account_url(row), done=lambda _n: account_url(row), said=lambda n: f"对上 {n['matched']} 笔，还有 {n['open']} 笔未对上。",
        explain="先按回单号和金额，再按同日同额唯一；有两个可能的一律不猜，留给人工。",
    )  # fmt: skip


def _line_url(row: BankLine) -> str:
    return reverse("funds:line", args=[row.pk])


@page(power="funds.match_line")
def match_line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """人工对账."""
    row = row_or_404(request, BankLine, line_id, "笔流水", "account")
    options = [
        (str(v.id), f"{v.book.title} 第 {v.number} 号，{v.value_date}，{yuan(v.bank_fen)}")
        for v in reads.candidates(row)
    ]
    return act_form_page(
        request, title=f"人工对账：{row.reference}", act=acts.match_line, form_class=forms.MatchForm, clause="4.3-1", verb="对账",
        fixed={"line_id": row.id}, form_kwargs={"choices": {"voucher_id": options}}, region=row.region, back=_line_url(row), done=_line_url,
        facts=[("记账日期", row.booked_on), ("金额", yuan(row.amount_fen))],
    )  # fmt: skip


@page(power="funds.unmatch_line")
def unmatch(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """撤销对账."""
    row = row_or_404(request, BankLine, line_id, "笔流水")
    return act_form_page(
        request, title=f"撤销对账：{row.reference}", act=acts.unmatch_line, form_class=forms.ReasonForm, clause="4.3-1", verb="撤销",
        fixed={"line_id": row.id}, region=row.region, back=_line_url(row), done=_line_url,
    )  # fmt: skip
