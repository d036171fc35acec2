"""4.3: the money. Its account, its use, its order, its pace, its payee, and what the seller does with it."""

from collections.abc import Collection
from dataclasses import dataclass

from anju.policy.parameters import InForce, Unset
from anju.policy.rules.base import judge, missing, rule, unset, yuan
from anju.policy.verdict import Verdict


@dataclass(frozen=True)
class Split:
    """A receipt by the waterfall: statutory duties (法定义务), then the purchase loan, then the remainder; in fen."""

    statutory_fen: int
    loan_fen: int
    remainder_fen: int


@dataclass(frozen=True)
class Drawdown:
    """A drawdown asked for, in fen. ``reached_fen`` is the contract's sum of the milestones reached; ``drawn_fen``
    what was drawn before.
    """

    amount_fen: int
    drawn_fen: int | None
    principal_fen: int | None
    reached_fen: int | None


@dataclass(frozen=True)
class ProceedsUse:
    """A use of the seller's proceeds. ``kind``: ``own_debt``, ``unfinished_own``, ``unfinished_group`` or anything
    else.

    ``own_debt_fen`` is what is left of this project's debts, ``proceeds_left_fen`` of the proceeds, before this use.
    """

    kind: str
    amount_fen: int
    own_debt_fen: int | None
    proceeds_left_fen: int | None
    target_unfinished: bool | None = None
    target_in_group: bool | None = None


@rule("4.3-1-account", clause="4.3-1", title="经资金监管专户")
def account(loan_bank: str, account_bank: str, supervised: bool | None) -> Verdict:
    """The account is the supervised one, at the lending bank."""
    if supervised is None or not loan_bank or not account_bank:
        return missing("4.3-1-account", "资金监管专户", limit=loan_bank)
    return judge(
        "4.3-1-account",
        supervised and loan_bank == account_bank,
        measured=f"{account_bank}{'专户' if supervised else '普通账户'}",
        limit=f"{loan_bank}专户",
        good="经贷款银行的资金监管专户",
        bad=(
            f"资金须经{loan_bank}的资金监管专户，"
            f"不能使用{account_bank}{'的专户' if supervised else '的普通账户'}；请改用专户"
        ),
    )


def split(amount_fen: int, *, statutory_due_fen: int, loan_owed_fen: int) -> Split:
    """The waterfall of a receipt, in fen. Raises ValueError for a negative amount."""
    if min(amount_fen, statutory_due_fen, loan_owed_fen) < 0:
        raise ValueError("回款、法定义务和贷款余额都不能为负数；请核对后重填")
    statutory = min(amount_fen, statutory_due_fen)
    loan = min(amount_fen - statutory, loan_owed_fen)
    return Split(statutory, loan, amount_fen - statutory - loan)


@rule("4.3-2-waterfall", clause="4.3-2", title="回款先履行法定义务，再还收购贷款")
def waterfall(proposed: Split, amount_fen: int, *, statutory_due_fen: int | None, loan_owed_fen: int | None) -> Verdict:
    """A receipt is split in the plan's order: 法定义务, then the purchase loan, then the rest."""
    name = "4.3-2-waterfall"
    if statutory_due_fen is None or loan_owed_fen is None:
        return missing(name, "应履行的法定义务或收购贷款余额")
    right = split(amount_fen, statutory_due_fen=statutory_due_fen, loan_owed_fen=loan_owed_fen)
    return judge(
        name,
        proposed == right,
        measured=_said(proposed),
        limit=_said(right),
        good=f"回款 {yuan(amount_fen)} 已按顺序分配",
        bad=f"回款 {yuan(amount_fen)} 应为{_said(right)}，不能为{_said(proposed)}；请按顺序重新分配",
    )


def _said(found: Split) -> str:
    return f"法定义务 {yuan(found.statutory_fen)}、还贷 {yuan(found.loan_fen)}、余款 {yuan(found.remainder_fen)}"


@rule("4.3-3-project", clause="4.3-3", title="项目间资金不得混同")
def one_project(from_project: str, to_project: str) -> Verdict:
    """Both sides of an entry stand in the same project's book."""
    if not from_project or not to_project:
        return missing("4.3-3-project", "收支所属项目", limit="同一项目")
    return judge(
        "4.3-3-project",
        from_project == to_project,
        measured=f"{from_project} → {to_project}",
        limit="同一项目",
        good=f"收支同属{from_project}",
        bad=f"不能从{from_project}向{to_project}调用资金，项目间资金不得混同；请改由本项目资金支付",
    )


@rule("4.3-4-use", clause="4.3-4", title="贷款用途")
def loan_use(use: str, inforce: InForce) -> Verdict:
    """收购款 and 必要装修改造 pass; the plan's 等合理支出 needs an approval each time (waivable); anything else
    fails.
    """
    name, uses, other = "4.3-4-use", inforce.get("loan_use"), inforce.get("loan_use_other")
    if isinstance(uses, Unset):
        return unset(name, uses)
    if isinstance(other, Unset):
        return unset(name, other)
    allowed, on_approval = dict(uses.value), dict(other.value)
    limit = "、".join(allowed.values())
    if not use:
        return missing(name, "贷款用途", limit=limit)
    title = {**allowed, **on_approval}.get(use, use)
    todo = "请写明理由逐笔报批" if use in on_approval else "请改按规定用途申请"
    return judge(
        name,
        use in allowed,
        soft=use in on_approval,
        by=uses,
        measured=title,
        limit=limit,
        good=f"贷款用于{title}",
        bad=f"贷款可用于{limit}，「{title}」不在其列；{todo}",
    )


@rule("4.3-2-interest", clause="4.3-2", title="利息不超过应计")
def interest(amount_fen: int, accrued_fen: int, paid_fen: int) -> Verdict:
    """Interest paid in all, no more than has run up on the loan to the day of the payment."""
    left = accrued_fen - paid_fen
    return judge(
        "4.3-2-interest",
        0 < amount_fen <= left,
        measured=yuan(amount_fen),
        limit=f"≤ {yuan(left)}",
        good=f"支付利息 {yuan(amount_fen)}，不超过应计未付 {yuan(left)}",
        bad=(
            f"支付利息 {yuan(amount_fen)}，应计 {yuan(accrued_fen)}、已付 {yuan(paid_fen)}，多于应计未付 {yuan(left)}；"
            "请与银行核对结息单和计息方式"
        ),
    )


@rule("4.3-5-progress", clause="4.3-5", title="按收购进度放款")
def progress(asked: Drawdown) -> Verdict:
    """Drawn in all, no more than the milestones reached."""
    name = "4.3-5-progress"
    if asked.drawn_fen is None or asked.reached_fen is None:
        return missing(name, "已提款额或已达到的收购进度")
    total = asked.drawn_fen + asked.amount_fen
    return judge(
        name,
        asked.amount_fen > 0 and total <= asked.reached_fen,
        measured=f"累计 {yuan(total)}",
        limit=f"≤ {yuan(asked.reached_fen)}",
        good=f"累计提款 {yuan(total)}，不超过收购进度",
        bad=(
            f"本次提款 {yuan(asked.amount_fen)}，累计 {yuan(total)}，"
            f"收购进度为 {yuan(asked.reached_fen)}；请在进度内按正数申请"
        ),
    )


@rule("4.3-5-principal", clause="4.3-5", title="不超过贷款本金")
def within_principal(asked: Drawdown) -> Verdict:
    """Drawn in all, no more than the loan."""
    name = "4.3-5-principal"
    if asked.drawn_fen is None or asked.principal_fen is None:
        return missing(name, "已提款额或贷款本金")
    total = asked.drawn_fen + asked.amount_fen
    return judge(
        name,
        total <= asked.principal_fen,
        measured=f"累计 {yuan(total)}",
        limit=f"≤ {yuan(asked.principal_fen)}",
        good="未超过贷款本金",
        bad=f"累计提款 {yuan(total)} 超过贷款本金 {yuan(asked.principal_fen)}；请减少本次提款",
    )


@rule("4.3-5-payee", clause="4.3-5", title="受托支付给出卖方")
def payee(to: str, seller: str, entitled: Collection[str] = ()) -> Verdict:
    """受托支付: the bank pays the seller, or one entitled by the agreement (a mortgagee to be released)."""
    if not to or not seller:
        return missing("4.3-5-payee", "收款人或出卖方", limit=seller)
    return judge(
        "4.3-5-payee",
        to == seller or to in entitled,
        measured=to,
        limit="、".join([seller, *sorted(entitled)]),
        good=f"受托支付给{to}",
        bad=f"收款人{to}不是收购协议的出卖方{seller}；请改付出卖方账户",
    )


@rule("4.3-6-proceeds", clause="4.3-6", title="房企所得资金使用")
def proceeds(use: ProceedsUse) -> Verdict:
    """This project's own debts first; then unfinished projects of the firm or its group; nothing else, and no more
    than there is.
    """
    name, limit = "4.3-6-proceeds", "先还本项目债务，结余用于本企业或集团未建成项目"
    if use.own_debt_fen is None or use.proceeds_left_fen is None:
        return missing(name, "本项目债务余额或所得资金余额", limit=limit)
    if use.kind.startswith("unfinished") and None in (use.target_unfinished, use.target_in_group):
        return missing(name, "所投项目是否未建成、是否属于本企业或集团", limit=limit)
    why = _misuse(use, use.own_debt_fen, use.proceeds_left_fen)
    return judge(
        name, not why, measured=yuan(use.amount_fen), limit=limit, good=f"使用 {yuan(use.amount_fen)} 符合规定", bad=why
    )


def _misuse(use: ProceedsUse, debt: int, left: int) -> str:
    """What is wrong with a use of proceeds; empty where nothing is."""
    if not 0 < use.amount_fen <= left:
        return f"使用 {yuan(use.amount_fen)} 不在所得资金余额 {yuan(left)} 之内；请核对金额"
    if use.kind == "own_debt":
        over = use.amount_fen > debt
        return f"偿还 {yuan(use.amount_fen)} 多于本项目债务余额 {yuan(debt)}；请按余额偿还" if over else ""
    if debt > 0:
        return f"本项目债务还有 {yuan(debt)} 未还，不能先作他用；请先偿还本项目债务"
    if use.kind not in ("unfinished_own", "unfinished_group"):
        return f"用途「{use.kind or '未填'}」属于截留他用；结余只能用于本企业或集团公司其他未建成项目，请退回专户"
    if not (use.target_unfinished and use.target_in_group):
        return "所投项目已建成或不属于本企业、集团，不能使用；请改投本企业或集团公司未建成项目"
    return ""
