"""Verify the books: recompute every balance, sequence, number and hash from the transfers alone, without the posting functions.

The text of a voucher that its hash covers is built here again in Python, so a fault of the SQL shows as well as a row changed
behind it. What the log of acts says of a book's head is compared too: a book rebuilt from the start would differ from it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from uuid import UUID

from anju.base.acts.models import ActFacts
from anju.base.numbers import yuan
from anju.base.regions import region_range
from anju.ledger.models import LAWFUL_LINKS, Account, Book, FlowRule, Hold, Link, Transfer, Voucher

BATCH = 2_000


@dataclass(frozen=True)
class Problem:
    """One thing that does not add up. ``sentence`` is for the auditor."""

    book: str
    sentence: str

    def __str__(self) -> str:
        return f"账簿「{self.book}」：{self.sentence}"


@dataclass
class Report:
    """What was looked at, and what is wrong with it."""

    books: int = 0
    vouchers: int = 0
    transfers: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def line(self) -> str:
        """One line for the command and the page."""
        found = "全部相符" if not self.problems else f"{len(self.problems)} 处不符"
        return f"账簿 {self.books} 本、凭证 {self.vouchers} 张、分录 {self.transfers} 笔：{found}"


@dataclass
class Sums:
    """What the transfers make of an account."""

    balance_fen: int = 0
    seq: int = 0


def verify_books(region: str) -> list[Problem]:
    """Everything that does not add up in the books of a region (a city: of all its counties); empty when all stands."""
    return report(region).problems


def report(region: str) -> Report:
    """``verify_books`` with counts. Reads every voucher once, book by book."""
    lo, hi = region_range(region)
    found = Report()
    for book in Book.objects.filter(region__gte=lo, region__lte=hi).order_by("region", "id"):
        one = report_of(book)
        found.books += 1
        found.vouchers, found.transfers = found.vouchers + one.vouchers, found.transfers + one.transfers
        found.problems += one.problems
    found.problems += [Problem("账簿间划转", sentence) for sentence in _links(lo, hi)]
    return found


def report_of(book: Book) -> Report:
    """``report`` of one book."""
    found = Report(books=1)
    flows = {(f.kind, f.debit, f.credit, f.reversal) for f in FlowRule.objects.all()}
    found.problems = [Problem(book.title, sentence) for sentence in _book(book, flows, found)]
    return found


def _book(book: Book, flows: set[tuple[str, str, str, bool]], count: Report) -> Iterator[str]:
    head = hashlib.sha256(f"anju book 1 {book.region} {book.id}".encode()).digest()
    sums: dict[UUID, Sums] = defaultdict(Sums)
    owned = {a.id: a for a in Account.objects.filter(region=book.region, book=book)}
    number = 0
    acts: dict[UUID, tuple[int, str]] = {}
    for voucher, lines in _vouchers(book):
        number += 1
        count.vouchers += 1
        count.transfers += len(lines)
        if voucher.number != number:
            yield f"凭证号应为 {number}，实为 {voucher.number}：凭证号有缺漏"
            number = voucher.number
        head = hashlib.sha256(head + text_of(voucher, lines).encode()).digest()
        if head != bytes(voucher.hash):
            yield f"凭证 {voucher.number} 的摘要与内容不符：凭证或其分录被改动过"
            head = bytes(voucher.hash)
        yield from _lines(voucher, lines, flows, owned, sums)
        acts[voucher.act_id] = (voucher.number, head.hex())
    if book.last_number != number or bytes(book.hash) != head:
        yield f"账簿记录的末号为 {book.last_number}，凭证止于 {number}，或摘要不符：末尾凭证被删改"
    yield from _accounts(owned.values(), sums)
    yield from _log(book, acts)


def _vouchers(book: Book) -> Iterator[tuple[Voucher, list[Transfer]]]:
    """The vouchers in their order, each with its lines; a batch at a time."""
    last = 0
    while True:
        batch = list(Voucher.objects.filter(region=book.region, book=book, number__gt=last).order_by("number")[:BATCH])
        if not batch:
            return
        lines: dict[UUID, list[Transfer]] = defaultdict(list)
        for row in Transfer.objects.filter(region=book.region, voucher__in=[v.id for v in batch]).order_by("line"):
            lines[row.voucher_id].append(row)
        for voucher in batch:
            yield voucher, lines[voucher.id]
        last = batch[-1].number


def text_of(voucher: Voucher, lines: Sequence[Transfer]) -> str:
    """A voucher as its hash covers it: the JSON array that ``ledger_post`` makes, as PostgreSQL prints jsonb."""

    def plain(value: Any) -> Any:
        return None if value is None else str(value)

    values = [
        "anju voucher 1", voucher.region, str(voucher.book_id), voucher.number, str(voucher.id), voucher.kind, voucher.key,
        voucher.value_date.isoformat(), voucher.memo, voucher.reference, plain(voucher.maker), plain(voucher.checker),
        str(voucher.act_id), plain(voucher.reverses_id), plain(voucher.link_id),
        voucher.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"), [r.debit_purpose for r in lines],
        [r.credit_purpose for r in lines], [r.amount_fen for r in lines],
    ]  # fmt: skip
    return json.dumps(values, ensure_ascii=False, separators=(", ", ": "))


def _lines(
    voucher: Voucher, lines: Sequence[Transfer], flows: set[tuple[str, str, str, bool]], owned: dict[UUID, Account],
    sums: dict[UUID, Sums],
) -> Iterator[str]:  # fmt: skip
    if [r.line for r in lines] != list(range(1, voucher.lines + 1)) or sum(
        r.amount_fen for r in lines
    ) != voucher.total_fen:
        yield f"凭证 {voucher.number} 的分录与合计 {yuan(voucher.total_fen)} 不符"
    for row in lines:
        where = f"凭证 {voucher.number} 第 {row.line} 行"
        if row.amount_fen <= 0 or row.debit_id == row.credit_id:
            yield f"{where}：金额或科目不合法"
        if row.debit_id not in owned or row.credit_id not in owned:
            yield f"{where}：科目不属于本账簿，资金混同"
        if (row.kind, row.debit_purpose, row.credit_purpose, row.reversal) not in flows:
            yield f"{where}：{row.kind} 不能从 {row.credit_purpose} 记到 {row.debit_purpose}"
        debit, credit = sums[row.debit_id], sums[row.credit_id]
        debit.balance_fen, debit.seq = debit.balance_fen + row.amount_fen, debit.seq + 1
        credit.balance_fen, credit.seq = credit.balance_fen - row.amount_fen, credit.seq + 1
        if (debit.seq, debit.balance_fen) != (row.debit_seq, row.debit_balance_fen) or (credit.seq, credit.balance_fen) != (
            row.credit_seq, row.credit_balance_fen,
        ):  # fmt: skip
            yield f"{where}：记账后的序号或余额与重新计算的不符"
            debit.seq, debit.balance_fen = row.debit_seq, row.debit_balance_fen
            credit.seq, credit.balance_fen = row.credit_seq, row.credit_balance_fen


def _accounts(owned: Iterable[Account], sums: dict[UUID, Sums]) -> Iterator[str]:
    total = 0
    for account in owned:
        made = sums[account.id]
        total += account.balance_fen
        if (account.balance_fen, account.seq) != (made.balance_fen, made.seq):
            yield f"科目 {account.purpose} 余额 {yuan(account.balance_fen)}，按分录应为 {yuan(made.balance_fen)}"
        if not account.lower_fen + account.held_fen <= account.balance_fen <= account.upper_fen:
            yield f"科目 {account.purpose} 余额 {yuan(account.balance_fen)} 超出允许范围"
        open_holds = Hold.objects.filter(region=account.region, credit_id=account.id, state="held").values_list(
            "amount_fen", flat=True
        )
        if account.held_fen != sum(open_holds):
            yield f"科目 {account.purpose} 冻结 {yuan(account.held_fen)}，与在途付款合计 {yuan(sum(open_holds))} 不符"
    if total:
        yield f"各科目余额合计 {yuan(total)}，借贷不平"


def _log(book: Book, acts: dict[UUID, tuple[int, str]]) -> Iterator[str]:
    """The head that each act's entry carries; facts erased by law are passed over, since the entry keeps only their hash."""
    ids = list(acts)
    for start in range(0, len(ids), BATCH):
        for row in ActFacts.objects.filter(region=book.region, act__in=ids[start : start + BATCH]):
            if row.facts and _head_in(row.facts, book) != list(acts[row.act]):
                yield f"凭证 {acts[row.act][0]} 与办理日志记载的账簿摘要不符：账簿可能被整体重建过"


def _head_in(facts: str, book: Book) -> Any:
    """The book's head as an act's facts name it; None where they do not, or are no longer readable: somebody changed them."""
    try:
        return json.loads(facts)["books"][str(book.id)]
    except (ValueError, KeyError, TypeError):
        return None


def _links(lo: str, hi: str) -> Iterator[str]:
    """Every link joins two vouchers of its amount in books that it may join; every linked voucher has its link."""
    kinds = dict(Book.objects.filter(region__gte=lo, region__lte=hi).values_list("id", "kind"))
    linked = {v.id: v for v in Voucher.objects.filter(region__gte=lo, region__lte=hi, linked=True)}
    seen = set()
    for link in Link.objects.filter(region__gte=lo, region__lte=hi):
        ends = [linked.get(link.from_voucher), linked.get(link.to_voucher)]
        seen |= {link.from_voucher, link.to_voucher}
        if (link.kind, kinds.get(link.from_book), kinds.get(link.to_book)) not in LAWFUL_LINKS:
            yield f"划转 {link.id} 连接了不能相通的账簿"
        if any(v is None or v.total_fen != link.amount_fen or v.link_id != link.id for v in ends):
            yield f"划转 {link.id} 两端凭证不全或金额不符"
    yield from (f"凭证 {v.number} 动用了账簿间资金而没有划转记录" for v in linked.values() if v.id not in seen)
