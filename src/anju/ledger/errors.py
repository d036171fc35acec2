"""What the database refused to post, said to a clerk: each with its value, its limit, its clause and what to do next."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.numbers import yuan
from anju.ledger.models import Book, Purpose

KEY_REUSED, NO_ACCOUNT, CLOSED, BEYOND, FUTURE, NOT_REVERSIBLE, ONE_END, HOLD_ENDED, ONE_PERSON, NOT_POSITIVE = (
    "AJ101", "AJ102", "AJ103", "AJ104", "AJ105", "AJ107", "AJ108", "AJ109", "AJ110", "AJ111",
)  # fmt: skip
SENTENCES = {
    NO_ACCOUNT: "本账簿没有可用的对应科目（未开立或已封账），没有记账；请核对账簿种类和科目",
    CLOSED: "记账日期所在期间已结账，没有记账；请改用未结账期间的日期，更正请另记冲销凭证",
    FUTURE: "记账日期晚于今天，没有记账；请按实际发生日填写",
    NOT_REVERSIBLE: "该凭证本身是冲销凭证，或已经冲销过，没有再冲销；请核对凭证号",
    ONE_PERSON: "经办人与复核人不能是同一人，没有记账；请换一位有权限的同事复核",
    NOT_POSITIVE: "金额须大于零，没有记账；请核对金额",
    ONE_END: "该凭证是账簿间划转的一端，不能单独冲销；请从划转整笔冲销",
}
CONFLICTS = {
    KEY_REUSED: "同一个记账编号已用于另一笔内容不同的凭证，没有记账；请刷新页面后重试",
    HOLD_ENDED: "这笔冻结款已支付或已解冻，没有再办；请刷新页面查看",
}
BY_CONSTRAINT = {
    "fk_ledger_transfer_flow": (
        "本类凭证不能在这两个科目之间记账：贷款资金只能用于收购款和必要装修改造等合理支出；请核对用途",
        "4.3-4",
    ),
    "fk_ledger_hold_flow": (
        "本类付款不能在这两个科目之间办理：贷款资金只能用于收购款和必要装修改造等合理支出；请核对用途",
        "4.3-4",
    ),
    "fk_ledger_hold_debit": ("本账簿没有这个付款科目，没有冻结；请核对账簿和用途", "4.3-4"),
    "link_is_lawful": (
        "不能在这两个账簿之间划转资金：项目间资金不得混同，只可由定金账或自有资金账划入项目，或按合同付管理费",
        "4.3-3",
    ),
    "transfer_amount": ("金额须大于零，没有记账；请核对金额", "4.3-2"),
    "hold_amount": ("冻结金额须大于零，没有冻结；请核对金额", "4.3-5"),
    "voucher_key_once": (CONFLICTS[KEY_REUSED], "4.3-2"),
}


@contextmanager
def lawful(book: Book | None) -> Iterator[None]:
    """Turn what the posting functions refuse into ``Refused`` or ``Conflict``; another error is a fault and goes through."""
    try:
        yield
    except DatabaseError as error:
        refused = _said(error.__cause__, book)
        if refused is None:
            raise
        raise refused from error


def _said(cause: Any, book: Book | None) -> Refused | None:
    code, diag = getattr(cause, "sqlstate", ""), getattr(cause, "diag", None)
    if code == BEYOND and diag is not None:
        return _beyond(json.loads(diag.message_detail), book)
    if code in CONFLICTS:
        return Conflict(CONFLICTS[code], clause="4.3-2")
    if code in SENTENCES:
        return InvalidInput(SENTENCES[code], clause="4.3-3" if code in (NO_ACCOUNT, ONE_END) else "4.3-2")
    name = getattr(diag, "constraint_name", None) or ""
    if name in BY_CONSTRAINT:
        sentence, clause = BY_CONSTRAINT[name]
        return Refused(sentence, clause=clause)
    return None


def _beyond(found: dict[str, Any], book: Book | None) -> Refused:
    """An account asked for more than it has or may hold. The names are in this transaction's last good state: none is read."""
    title = TITLES.get(found["purpose"], found["purpose"])
    name = f"「{book.title}」的" if book else ""
    if found["purpose"] == "loan" and found["change"] < 0:
        room = found["balance"] - found["held"] - found["lower"]
        return Refused(
            f"{name}贷款还可提 {yuan(room)}，本次要提 {yuan(-found['change'])}，超过贷款额度，没有记账；请减少金额或先办理新的贷款合同",
            clause="4.3-5",
        )
    if found["change"] < 0:
        free = found["balance"] - found["held"] - found["lower"]
        held = f"（另有 {yuan(found['held'])} 已冻结待付）" if found["held"] else ""
        return Refused(
            f"{name}{title}可用 {yuan(free)}{held}，不足以支出 {yuan(-found['change'])}，没有记账；请核对金额或先补足资金",
            clause="4.3-3",
        )
    owed = yuan(abs(found["balance"]))
    return Refused(
        f"{name}{title}余额 {owed}，不能再记入 {yuan(abs(found['change']))}，没有记账；请按余额办理", clause="4.3-2"
    )


# The words of ``ledger_purpose``, kept here too: after an error the transaction answers no query.
TITLES = {
    "bank": "专户存款", "entrusted": "受托支付待付款", "homes": "收购房源", "renovation": "必要装修改造", "loan": "收购贷款",
    "deposits": "租赁押金", "capital": "自有资金投入", "subsidy": "补助资金", "sale_income": "配售收入", "rent_income": "租金收入",
    "statutory": "法定义务支出", "operating": "运营及利息支出", "earnest_owed": "应付定金", "to_projects": "投入项目资金",
    "fee_income": "管理费收入", "expense": "管理支出",
}  # fmt: skip


def titles() -> dict[tuple[str, str], str]:
    """(kind of book, purpose) → its words."""
    return {(p.book_kind, p.purpose): p.title for p in Purpose.objects.all()}
