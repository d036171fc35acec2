"""Books as plain-text accounting (beancount): one file per book, which ``bean-check`` verifies without any of our code."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta

from anju.base.acts import ActContext
from anju.base.sheets import register_export
from anju.ledger import reads
from anju.ledger.models import Account, Book, Transfer, Voucher

# Names of accounts in beancount's five roots; its components begin with a capital letter.
NAMES = {
    ("project", "bank"): "Assets:Supervised", ("project", "entrusted"): "Assets:Entrusted", ("project", "homes"): "Assets:Homes",
    ("project", "renovation"): "Assets:Renovation", ("project", "loan"): "Liabilities:Loan",
    ("project", "deposits"): "Liabilities:Deposits", ("project", "capital"): "Equity:OwnFunds",
    ("project", "subsidy"): "Equity:Subsidy", ("project", "sale_income"): "Income:Sale", ("project", "rent_income"): "Income:Rent",
    ("project", "statutory"): "Expenses:Statutory", ("project", "operating"): "Expenses:Operating",
    ("earnest", "bank"): "Assets:EarnestAccount", ("earnest", "earnest_owed"): "Liabilities:Earnest",
    ("overhead", "bank"): "Assets:OwnAccount", ("overhead", "to_projects"): "Assets:Projects",
    ("overhead", "capital"): "Equity:Capital", ("overhead", "fee_income"): "Income:Fees", ("overhead", "expense"): "Expenses:Overhead",
}  # fmt: skip


def beancount(book: Book, *, synthetic: bool) -> str:
    """The whole book as a beancount file: accounts opened, a transaction per voucher, each balance asserted at the end."""
    return "\n".join(_parts(book, synthetic)) + "\n"


def _parts(book: Book, synthetic: bool) -> Iterator[str]:
    accounts = list(Account.objects.filter(region=book.region, book=book).order_by("id"))
    names = {a.id: NAMES[book.kind, a.purpose] for a in accounts}
    mark = "（合成）" if synthetic else ""
    yield f"; {_plain(book.title)}{mark} 区划 {book.region} 末号 {book.last_number} 摘要 {bytes(book.hash).hex()}"
    yield f'option "title" "{_quoted(book.title + mark)}"'
    yield 'option "operating_currency" "CNY"'
    vouchers = list(Voucher.objects.filter(region=book.region, book=book).order_by("value_date", "number"))
    first = min([book.opened_on, *(v.value_date for v in vouchers)])
    last = max([book.opened_on, *(v.value_date for v in vouchers)])
    for account in accounts:
        yield f"{first} open {names[account.id]} CNY"
    lines = reads.lines_of([v.id for v in vouchers], book.region)
    titles = reads.kind_titles()
    for voucher in vouchers:
        yield from _voucher(voucher, lines[voucher.id], names, titles.get(voucher.kind, voucher.kind))
    for account in accounts:
        yield f"{last + timedelta(days=1)} balance {names[account.id]} {_yuan(account.balance_fen)} CNY"


def _voucher(voucher: Voucher, lines: list[Transfer], names: dict, title: str) -> Iterator[str]:
    words = ("冲销：" if voucher.reversal else "") + title
    yield ""
    yield f'{voucher.value_date} * "{_quoted(words)}" "{_quoted(voucher.memo)}"'
    yield f'  number: "{voucher.number}"'
    yield f'  hash: "{bytes(voucher.hash).hex()}"'
    for line in lines:
        yield f"  {names[line.debit_id]}  {_yuan(line.amount_fen)} CNY"
        yield f"  {names[line.credit_id]}  {_yuan(-line.amount_fen)} CNY"


def _yuan(fen: int) -> str:
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def _quoted(text: str) -> str:
    return _plain(text).replace("\\", "\\\\").replace('"', '\\"')


def _plain(text: str) -> str:
    return " ".join(text.split())


def all_books(ctx: ActContext) -> tuple[str, bytes]:
    """Every book of the region in one zip, a file each."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for book in reads.books_of(ctx.region).order_by("region", "kind", "id"):
            name = f"{book.region}-{book.kind}-{_plain(book.title).replace('/', '-')}-{str(book.id)[-6:]}.beancount"
            archive.writestr(name, beancount(book, synthetic=ctx.demonstration))
    return f"账簿-{ctx.region}-{ctx.today}{'-合成' if ctx.demonstration else ''}.zip", target.getvalue()


register_export("books", "账簿（beancount，每本一个文件）", "ledger.view", all_books, cases=None)
