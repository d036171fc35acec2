"""The lists: payments, loans and offers, accounts, receipts, statement lines, subsidies, the sellers' uses."""

from collections.abc import Callable
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anju.funds import acts, reads
from anju.funds.models import (
    LOAN_KINDS,
    BankLine,
    Loan,
    LoanOffer,
    Payment,
    ProceedsUse,
    Receipt,
    Subsidy,
    SupervisedAccount,
)
from anju.funds.pages.common import BOOKS, VIEW, account_url, crumbs, loan_url, payment_url, project_url
from anju.parties.access import page
from anju.web.lists import NOBODY, PERSONS, Bulk, Col, Filter, bulk_key, list_page, within

TABS = [
    ("贷款", "funds:loans", VIEW), ("贷款方案", "funds:offers", VIEW), ("资金监管专户", "funds:accounts", VIEW),
    ("回款", "funds:receipts", BOOKS),
    ("银行流水", "funds:lines", BOOKS), ("补助资金", "funds:subsidies", BOOKS), ("房企资金使用", "funds:proceeds", VIEW),
]  # fmt: skip
PAYMENT_TONES = {"held": "info", "returned": "unk", "examined": "near", "reported": "waive"}


@page(power=VIEW)
def payments(request: HttpRequest) -> HttpResponse:
    """付款."""
    columns = [
        Col("笔次", "ordinal", link=payment_url, value=lambda p: f"{p.project.number} 第 {p.ordinal} 笔"),
        Col("项目", "project__name"), Col("收款单位", "payee__name"), Col("来源", "source", value=lambda p: p.get_source_display()),
        Col("用途", "use", value=lambda p: p.get_use_display()),
        Col("收购进度", "milestone__title"), Col("金额", "amount_fen", kind="fen", sort="amount_fen"),
        Col("申请日期", "requested_on", kind="date", sort="requested_on"), Col("支付日期", "paid_on", kind="date", sort="paid_on"),
        Col("状态", "state", kind="state", sort="state", tones=PAYMENT_TONES),
    ]  # fmt: skip
    rows = Payment.objects.select_related("project", "payee", "milestone")
    return list_page(
        request, people=NOBODY,
        title="付款", clause="4.3-5", sub="按收购进度申请，银行两人审核，受托支付给出卖方", rows=within(request, rows),
        columns=columns,
        order="-requested_on", export_name="付款",
        filters=[
            Filter("state", "状态", Payment.STATES), Filter("source", "来源", Payment.SOURCES),
            Filter("project__number", "项目编号", kind="begins"), Filter("requested_on", "申请日期从", kind="from"),
        ],
        search=("project__number", "bank_reference"), search_hint="项目编号或回单号的开头",
        views=[
            ("全部", {}), ("待银行审核", {"state": "requested"}), ("待银行复核", {"state": "examined"}), ("已冻结待付", {"state": "held"}),
        ],
        bulk=[
            Bulk("审核通过", "funds.examine_payment", _each(acts.examine_payment), explain="逐笔重新判断；有一笔不通过，全部不办。"),
            Bulk("复核放款", "funds.approve_payment", _each(acts.approve_payment), explain="放款并冻结；有一笔不能放款，全部不办。"),
        ],
        actions=[(title, reverse(name), power) for title, name, power in TABS],
        empty="还没有付款；达到收购进度后，从项目资金页申请",
    )  # fmt: skip


def _each(act: Callable[..., Payment]) -> Callable[[HttpRequest, list[UUID]], str]:
    """The act on each chosen payment, all or none."""

    def run(request: HttpRequest, ids: list[UUID]) -> str:
        rows = within(request, Payment.objects.filter(id__in=ids)).order_by("region", "project_id", "id")
        for at, row in enumerate(rows):
            ctx = request.anju.context(key=f"{bulk_key(request)}:{at}", region=row.region)  # type: ignore[attr-defined]
            act(ctx=ctx, payment_id=row.id)
        return f"办了 {len(ids)} 笔。"

    return run


def percent(rate_bp: int) -> str:
    """A yearly rate: ``3.45%``."""
    return f"{rate_bp // 100}.{rate_bp % 100:02d}%"


@page(power=VIEW)
def loans(request: HttpRequest) -> HttpResponse:
    """贷款."""
    columns = [
        Col("贷款合同号", "number", link=loan_url, sort="number"), Col("项目", "project__name"), Col("银行", "account__bank__name"),
        Col("种类", "kind", value=lambda r: r.get_kind_display()), Col("本金", "principal_fen", kind="wan"),
        Col("已提款", "drawn_fen", kind="wan"), Col("已归还", "repaid_fen", kind="wan"),
        Col("年利率", "rate_bp", value=lambda r: percent(r.rate_bp)),
        Col("期限", "months", kind="int", unit="月"), Col("签署日期", "signed_on", kind="date", sort="signed_on"),
        Col("状态", "state", kind="state", sort="state"),
    ]  # fmt: skip
    return list_page(
        request, people=NOBODY, title="贷款", clause="4.2-2", rows=within(request, Loan.objects.select_related("project", "account__bank")),
        columns=columns,
        order="number", filters=[Filter("state", "状态", Loan.STATES), Filter("kind", "种类", LOAN_KINDS)], search=("number",),
        search_hint="贷款合同号的开头", export_name="贷款", crumbs=crumbs(), empty="还没有贷款；从贷款方案采用一份后起草合同",
    )  # fmt: skip


@page(power=VIEW)
def offers(request: HttpRequest) -> HttpResponse:
    """贷款方案: side by side, with what each would cost in interest."""
    columns = [
        Col("批复文号", "bank_decision", link=lambda r: reverse("funds:offer", args=[r.id]), sort="bank_decision"),
        Col("项目", "project__name"),
        Col("银行", "bank__name"), Col("种类", "kind", value=lambda r: r.get_kind_display()),
        Col("本金", "principal_fen", kind="wan", sort="principal_fen"),
        Col("年利率", "rate_bp", value=lambda r: percent(r.rate_bp), sort="rate_bp"),
        Col("期限", "months", kind="int", unit="月", sort="months"),
        Col("还款方式", "method", value=lambda r: r.get_method_display()), Col("利息合计", "id", kind="wan", value=reads.cost_of),
        Col("有效期至", "valid_until", kind="date", sort="valid_until"), Col("状态", "state", kind="state"),
    ]  # fmt: skip
    rows = LoanOffer.objects.select_related("project", "bank")
    return list_page(
        request, people=NOBODY,
        title="贷款方案", clause="4.2-2", sub="由银行自主决策；比较期限、利率和利息合计后采用", rows=within(request, rows),
        columns=columns,
        order="rate_bp", filters=[Filter("state", "状态", LoanOffer.STATES), Filter("project__number", "项目编号", kind="begins")],
        search=("bank_decision",), search_hint="批复文号的开头", export_name="贷款方案", crumbs=crumbs(),
        empty="还没有贷款方案；请在“导入与导出”导入贷款方案表",
    )  # fmt: skip


@page(power=VIEW)
def accounts(request: HttpRequest) -> HttpResponse:
    """资金监管专户."""
    columns = [
        Col("账号", "number", link=account_url, sort="number"), Col("收购主体", "acquirer__name"), Col("开户银行", "bank__name"),
        Col("监管协议", "document"), Col("开户日期", "opened_on", kind="date", sort="opened_on"), Col("区划", "region", kind="region"),
    ]  # fmt: skip
    return list_page(
        request, people=NOBODY,
        title="资金监管专户", clause="4.3-1", rows=within(request, SupervisedAccount.objects.select_related("acquirer", "bank")),
        columns=columns, order="number", search=("number",), search_hint="账号的开头", export_name="资金监管专户", crumbs=crumbs(),
        actions=[("登记专户", reverse("funds:open_account"), "funds.open_supervised_account")],
        empty="还没有资金监管专户；请在贷款银行开立后登记",
        empty_act=("登记专户", reverse("funds:open_account"), "funds.open_supervised_account"),
    )  # fmt: skip


@page(power=BOOKS)
def receipts(request: HttpRequest) -> HttpResponse:
    """回款."""
    columns = [
        Col("到账日期", "received_on", kind="date", sort="received_on"),
        Col("项目", "project__name", link=lambda r: project_url(r.project)),
        Col("房源", "unit__code"), Col("种类", "kind", value=lambda r: r.get_kind_display()),
        Col("金额", "amount_fen", kind="fen", sort="amount_fen"),
        Col("法定义务", "statutory_fen", kind="fen"), Col("还贷", "loan_fen", kind="fen"), Col("余款", "remainder_fen", kind="fen"),
        Col("分配", "distribution__distributed_on", kind="date"), Col("银行回单号", "bank_reference"),
    ]  # fmt: skip
    rows = Receipt.objects.select_related("project", "unit", "distribution")
    return list_page(
        request, people=NOBODY,
        title="回款", clause="4.3-2", sub="先履行法定义务，再归还收购贷款，余款留在项目", rows=within(request, rows),
        columns=columns,
        order="-received_on", export_name="回款",
        filters=[
            Filter("kind", "种类", [("sale", "配售款"), ("rent", "租金")]), Filter("project__number", "项目编号", kind="begins"),
            Filter("received_on", "到账日期从", kind="from"), Filter("received_on", "到账日期到", kind="to"),
        ],
        search=("bank_reference",), search_hint="银行回单号的开头", crumbs=crumbs(),
        bulk=[Bulk("分配", "funds.distribute_receipts", distribute, explain="按登记时的拆分支付；登记人不能分配自己登记的。")],
        empty="还没有回款；配售、配租合同收款时登记",
    )  # fmt: skip


def distribute(request: HttpRequest, ids: list[UUID]) -> str:
    """Distribute the chosen receipts, project by project."""
    rows = within(request, Receipt.objects.filter(id__in=ids)).order_by("region", "project_id", "id")
    for at, ((region, project_id), group) in enumerate(groupby(rows, key=lambda r: (r.region, r.project_id))):
        ctx = request.anju.context(key=f"{bulk_key(request)}:{at}", region=region)  # type: ignore[attr-defined]
        acts.distribute_receipts(ctx=ctx, project_id=project_id, receipt_ids=[r.id for r in group])
    return f"分配了 {len(ids)} 笔回款。"


@page(power=BOOKS)
def lines(request: HttpRequest) -> HttpResponse:
    """银行流水: what no voucher explains yet stands first."""
    columns = [
        Col("流水号", "reference", link=lambda r: reverse("funds:line", args=[r.id])),
        Col("记账日期", "booked_on", kind="date", sort="booked_on"),
        Col("专户", "account__number"), Col("金额", "amount_fen", kind="fen", sort="amount_fen"),
        Col("对方户名", "counterparty", kind="name"),
        Col("摘要", "memo"),
        Col("对账", "how", kind="state", sort="how", tones={"未对上": "bad", "人工": "waive"},
            value=lambda r: r.get_how_display() if r.how else "未对上"),
    ]  # fmt: skip
    return list_page(
        request, people=PERSONS, title="银行流水", clause="4.3-1", sub="未对上的在前；对账须一分不差",
        rows=within(request, BankLine.objects.select_related("account")),
        columns=columns, order="how", export_name="银行流水",
        filters=[
            Filter("voucher__isnull", "未对上", kind="bool"), Filter("booked_on", "记账日期从", kind="from"),
            Filter("booked_on", "记账日期到", kind="to"), Filter("account__number", "专户账号", kind="begins"),
        ],
        search=("reference",), search_hint="流水号的开头", crumbs=crumbs(), empty="还没有银行流水；请在“导入与导出”导入银行对账单",
    )  # fmt: skip


@page(power=BOOKS)
def subsidies(request: HttpRequest) -> HttpResponse:
    """补助资金."""
    columns = [
        Col("文号", "document", link=lambda r: reverse("funds:subsidy", args=[r.id]), sort="document"), Col("项目", "project__name"),
        Col("层级", "level", value=lambda r: r.get_level_display()), Col("金额", "amount_fen", kind="fen", sort="amount_fen"),
        Col("申请日期", "applied_on", kind="date", sort="applied_on"), Col("到账日期", "granted_on", kind="date", sort="granted_on"),
    ]  # fmt: skip
    return list_page(
        request, people=NOBODY,
        title="补助资金", clause="4.2-1", rows=within(request, Subsidy.objects.select_related("project")), columns=columns,
        order="-applied_on", filters=[Filter("level", "层级", Subsidy.LEVELS)], search=("document",), search_hint="文号的开头",
        export_name="补助资金", crumbs=crumbs(), empty="还没有补助资金；从项目资金页申请",
    )  # fmt: skip


@page(power=VIEW)
def proceeds(request: HttpRequest) -> HttpResponse:
    """房企资金使用."""
    columns = [
        Col("项目", "project__name", link=lambda r: reverse("funds:use", args=[r.id])),
        Col("用途", "use", value=lambda r: r.get_use_display()),
        Col("资金去向", "target"), Col("金额", "amount_fen", kind="fen", sort="amount_fen"),
        Col("使用日期", "used_on", kind="date", sort="used_on"),
    ]  # fmt: skip
    return list_page(
        request, people=NOBODY,
        title="房企资金使用", clause="4.3-6", sub="先还本项目债务，结余用于本企业或集团其他未建成项目；不得截留他用",
        rows=within(request, ProceedsUse.objects.select_related("project")), columns=columns, order="-used_on",
        filters=[Filter("use", "用途", ProceedsUse.USES), Filter("project__number", "项目编号", kind="begins")], export_name="房企资金使用",
        crumbs=crumbs(), empty="还没有登记；开发企业收到价款后，从项目资金页登记使用",
    )  # fmt: skip
