"""What the acts of this room share: the locks, in their order, and the words of what is missing."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused
from anju.funds.models import SupervisedAccount
from anju.ledger import books
from anju.ledger.models import Book
from anju.parties.acts.acquirers import of_project, own_acquirer
from anju.reserve.models import Project

M = TypeVar("M", bound=models.Model)
MEMO_MAX = 200


def locked(ctx: ActContext, model: type[M], key: UUID, what: str, clause: str) -> M:
    """A row of the acting region under its lock; the row's project first, where it has one. Raises Conflict where it is not there."""
    rows: Any = model._default_manager.filter(region=ctx.region, id=key)
    known = rows.first()
    if known is None:
        raise Conflict(f"区划 {ctx.region} 没有这{what}，没有办理；请从列表重新打开", clause=clause)
    if hasattr(known, "project_id"):
        project_for(ctx, known.project_id, clause)
    account = known if isinstance(known, SupervisedAccount) else getattr(known, "account", None)
    if account is not None:
        own_acquirer(ctx, account.acquirer_id, f"资金监管专户 {account.number} ", clause)
    return rows.select_for_update(of=("self",)).get()


def project_for(ctx: ActContext, project_id: UUID, clause: str) -> Project:
    """The project under its lock: what is computed from its sums holds to the end of the act. Raises Conflict, and
    Forbidden for another acquirer's people."""
    row = Project.objects.select_for_update(no_key=True).filter(region=ctx.region, id=project_id).first()
    if row is None:
        raise Conflict(f"区划 {ctx.region} 没有这个项目，没有办理；请从列表重新打开", clause=clause)
    of_project(ctx, project_id, clause)
    return row


def book_of(project: Project) -> Book:
    """The project's own book, opened when its agreement was signed. Raises Refused."""
    found = books.find("project", project.id, region=project.region)
    if found is None:
        raise Refused(f"项目「{project.name}」还没有开立项目账，没有办理；签署收购协议后自动开立", clause="4.3-3")
    return found


def person(ctx: ActContext) -> UUID:
    """Who acts. Raises Forbidden for the machine: money is moved by a person."""
    if ctx.account is None:
        raise Forbidden("资金事项须由本人登录账号办理，系统不能代办", clause="4.3-1")
    return ctx.account


def of_bank(ctx: ActContext, bank_id: UUID) -> None:
    """A bank's person acts on its own bank's cases only. Raises Forbidden."""
    if ctx.organisation != bank_id:
        raise Forbidden("这不是本行的账户或贷款，没有办理；请由开户银行办理", clause="4.3-5")


def filled(text: str, field: str, title: str, clause: str) -> str:
    """The text without blanks around it, 200 characters at the most. Raises InvalidInput."""
    text = text.strip()
    if not text or len(text) > MEMO_MAX:
        raise InvalidInput(f"{title}应为 1–{MEMO_MAX} 字，没有办理；请补填后再办", field, clause)
    return text


def past_day(ctx: ActContext, day: date, field: str, title: str, clause: str, *, since: date | None = None) -> date:
    """A day that has come, not before ``since``. Raises InvalidInput."""
    if day > ctx.today or (since is not None and day < since):
        span = f"{since} 至今天 {ctx.today}" if since else f"今天 {ctx.today} 或更早"
        raise InvalidInput(f"{title} {day} 应为{span}，没有办理；请按实际日期填写", field, clause)
    return day


def positive(amount_fen: int, field: str, title: str, clause: str) -> int:
    """An amount above zero. Raises InvalidInput."""
    if amount_fen <= 0:
        raise InvalidInput(f"{title}须大于零，没有办理；请核对", field, clause)
    return amount_fen
