"""Pages of the books: the list, one book with its accounts and vouchers, one voucher with its lines."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.ledger import acts, exports, forms, reads, verify
from anju.ledger.models import Book, Link, Voucher
from anju.parties.access import page
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, Col, Filter, download, list_page
from anju.web.shown import names_of
from anju.web.things import thing_page

VIEW = "ledger.view"
RECENT = 20


def url_of(book: Book) -> str:
    """The page of a book."""
    return reverse("ledger:thing", args=[book.id])


def voucher_url(row: Voucher) -> str:
    """The page of a voucher."""
    return reverse("ledger:voucher", args=[row.id])


def book_or_404(request: HttpRequest, book_id: UUID) -> Book:
    """The book, where the actor may see it."""
    found = reads.books_of(request.anju.region).filter(id=book_id).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404("没有这本账簿，或不在当前岗位的范围内")
    return found


def voucher_or_404(request: HttpRequest, voucher_id: UUID) -> Voucher:
    """The voucher, where the actor may see its book."""
    books = reads.books_of(request.anju.region)  # type: ignore[attr-defined]
    found = Voucher.objects.filter(id=voucher_id, book__in=books).select_related("book", "reverses", "link").first()
    if found is None:
        raise Http404("没有这张凭证，或不在当前岗位的范围内")
    return found


@page(power=VIEW)
def books_list(request: HttpRequest) -> HttpResponse:
    """账簿."""
    columns = [
        Col("账簿", "title", link=url_of, sort="title"), Col("种类", "kind", value=lambda b: b.get_kind_display()),
        Col("区划", "region", sort="region"),
        Col("末张凭证", "last_number", kind="int", sort="last_number"), Col("已结账至", "closed_through", kind="date"),
        Col("开立日期", "opened_on", kind="date", sort="opened_on"),
    ]  # fmt: skip
    return list_page(
        request, people=NOBODY, title="账簿", clause="4.3-3", sub="一个项目一本账，项目间资金不得混同；账由资金业务自动记，不能手改。",
        rows=reads.books_of(request.anju.region), columns=columns, order="-opened_on", export_name="账簿",  # type: ignore[attr-defined]
        filters=[Filter("kind", "种类", Book.KINDS)], search=("title",), search_hint="账簿名称的开头",
        empty="还没有账簿；签署收购协议时自动开立项目账，公告批次时开立定金账",
    )  # fmt: skip


def _vouchers_of(book: Book) -> Any:
    return Voucher.objects.filter(region=book.region, book=book)


def _voucher_columns() -> list[Col]:
    titles = reads.kind_titles()
    return [
        Col("凭证号", "number", link=voucher_url, sort="number", kind="int"),
        Col("日期", "value_date", kind="date", sort="value_date"),
        Col("事项", "kind", value=lambda v: ("冲销：" if v.reversal else "") + titles.get(v.kind, v.kind)),
        Col("金额", "total_fen", kind="fen"),
        Col("摘要", "memo"),
        Col("银行回单号", "reference"),
    ]


@page(power=VIEW)
def vouchers(request: HttpRequest, book_id: UUID) -> HttpResponse:
    """凭证."""
    book = book_or_404(request, book_id)
    return list_page(
        request, people=NOBODY,
        title="凭证", sub=book.title, clause="4.3-2", rows=_vouchers_of(book), columns=_voucher_columns(), order="-number",
        filters=[
            Filter("kind", "事项", lambda: reads.kind_titles().items()), Filter("value_date", "日期从", kind="from"),
            Filter("value_date", "日期到", kind="to"),
        ],
        search=("reference",), search_hint="银行回单号的开头", export_name="凭证",
        crumbs=[("账簿", reverse("ledger:list")), (book.title, url_of(book))],
        empty="这本账簿还没有凭证",
    )  # fmt: skip


@page(power=VIEW)
def thing(request: HttpRequest, book_id: UUID) -> HttpResponse:
    """One book."""
    book = book_or_404(request, book_id)
    checked = verify.report_of(book)
    titles = reads.kind_titles()
    recent = list(_vouchers_of(book).order_by("-number")[:RECENT])
    context: dict[str, Any] = {
        "standing": reads.standing(book), "recent": [(v, titles.get(v.kind, v.kind)) for v in recent], "book": book,
        "problems": checked.problems, "all_url": reverse("ledger:vouchers", args=[book.id]),
    }  # fmt: skip
    closed = all(s.account.closed_on for s in context["standing"])
    return thing_page(
        request, title=book.title, sub=f"{book.get_kind_display()} · 区划 {book.region}", clause="4.3-3", obj=book,
        state=("ok", "核验相符") if not checked.problems else ("bad", f"{len(checked.problems)} 处不符"),
        facts=[
            ("末张凭证", f"第 {book.last_number} 号，无缺号"), ("已结账至", book.closed_through or "未结账"), ("开立日期", book.opened_on),
            ("账簿摘要", bytes(book.hash).hex()),
        ],
        sections=[("科目", "ledger/_accounts.html"), (f"最近 {RECENT} 张凭证", "ledger/_vouchers.html")], context=context,
        note=("bad", str(checked.problems[0])) if checked.problems else None, crumbs=[("账簿", reverse("ledger:list"))],
        acts=[
            ("全部凭证", context["all_url"], VIEW), ("导出 beancount", reverse("ledger:beancount", args=[book.id]), VIEW),
            ("结账", reverse("ledger:close_period", args=[book.id]), "ledger.close_period", not closed, "已封账"),
            ("封账", reverse("ledger:close_book", args=[book.id]), "ledger.close_book", not closed, "已封账"),
        ],
    )  # fmt: skip


@page(power=VIEW)
def voucher(request: HttpRequest, voucher_id: UUID) -> HttpResponse:
    """One voucher."""
    row = voucher_or_404(request, voucher_id)
    names = names_of([row.maker, row.checker])
    titles = {s.account.purpose: s.title for s in reads.standing(row.book)}
    lines = [
        (r, titles[r.debit_purpose], titles[r.credit_purpose]) for r in reads.lines_of([row.id], row.region)[row.id]
    ]
    after = row.reversed_by.first()
    facts: list[tuple[str, Any]] = [
        ("账簿", row.book.title), ("事项", ("冲销：" if row.reversal else "") + reads.kind_titles().get(row.kind, row.kind)),
        ("记账日期", row.value_date), ("摘要", row.memo or "—"), ("银行回单号", row.reference or "—"),
        ("经办", names.get(row.maker, "系统")), ("复核", names.get(row.checker, "—") if row.checker else "—"),
        ("凭证摘要值", bytes(row.hash).hex()),
    ]  # fmt: skip
    if row.link:
        facts.append(("账簿间划转依据", row.link.document))
    reason = "冲销凭证不能再冲销" if row.reversal else "已冲销" if after else ""
    return thing_page(
        request, title=f"第 {row.number} 号凭证", sub=row.book.title, clause="4.3-2", facts=facts, obj=row,
        state=("unk", "已冲销") if after else ("info", "冲销") if row.reversal else ("ok", "已记账"),
        sections=[("分录", "ledger/_lines.html")], context={"lines": lines, "after": after, "other": _other_end(row)},
        crumbs=[("账簿", reverse("ledger:list")), (row.book.title, url_of(row.book))],
        acts=[("冲销", reverse("ledger:reverse", args=[row.id]), "ledger.reverse_voucher", not reason, reason)],
    )  # fmt: skip


def _other_end(row: Voucher) -> Voucher | None:
    link = Link.objects.filter(region=row.region, id=row.link_id).first() if row.link_id else None
    if link is None:
        return None
    other = link.to_voucher if link.from_voucher == row.id else link.from_voucher
    return Voucher.objects.select_related("book").filter(region=row.region, id=other).first()


@page(power=VIEW)
def as_text(request: HttpRequest, book_id: UUID) -> HttpResponse:
    """The book as beancount text."""
    book = book_or_404(request, book_id)
    synthetic = request.anju.synthetic  # type: ignore[attr-defined]
    text = exports.beancount(book, synthetic=synthetic)
    return download(text.encode(), f"{book.title}{'-合成' if synthetic else ''}.beancount", "text/plain; charset=utf-8")


@page(power="ledger.close_period")
def close_period(request: HttpRequest, book_id: UUID) -> HttpResponse:
    """结账."""
    book = book_or_404(request, book_id)
    return act_form_page(
        request, title=f"结账：{book.title}", act=acts.close_period, form_class=forms.ClosePeriodForm, fixed={"book_id": book.id},
        clause="4.3-2", verb="结账", back=url_of(book), done=url_of, region=book.region, irreversible=True,
        explain="先核验全账；结账日及以前不能再记账，只能向后推移。",
    )  # fmt: skip


@page(power="ledger.close_book")
def close_book(request: HttpRequest, book_id: UUID) -> HttpResponse:
    """封账."""
    book = book_or_404(request, book_id)
    return act_form_page(
        request, title=f"封账：{book.title}", act=acts.close_book, fixed={"book_id": book.id}, clause="4.3-2", verb="封账",
        back=url_of(book), done=url_of, region=book.region, irreversible=True,
        explain="所有科目余额为零、没有冻结款才能封账；封账后不能再记账。",
    )  # fmt: skip


@page(power="ledger.reverse_voucher")
def reverse_voucher(request: HttpRequest, voucher_id: UUID) -> HttpResponse:
    """冲销."""
    row = voucher_or_404(request, voucher_id)
    return act_form_page(
        request, title=f"冲销第 {row.number} 号凭证", act=acts.reverse_voucher, form_class=forms.ReverseForm, fixed={"voucher_id": row.id},
        clause="4.3-2", verb="冲销", back=voucher_url(row), done=voucher_url, region=row.region, irreversible=True,
        explain="原凭证不改不删，另记一张方向相反、金额相同的凭证，日期为今天；账簿间划转两端一并冲销。须由经办人以外的人办理。",
    )  # fmt: skip
