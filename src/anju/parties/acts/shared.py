"""What the acts of this room share."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput
from anju.base.regions import region_range
from anju.base.tickets.desk import new_ticket, open_tickets

M = TypeVar("M", bound=models.Model)


def locked(ctx: ActContext, model: type[M], key: UUID, what: str) -> M:
    """The row, locked. Raises Forbidden where another region owns it: row-level security would only say that it is not there."""
    seen: Any = model._default_manager.get(pk=key)
    in_own_region(ctx, seen.region if hasattr(seen, "region") else seen.owner_region, what)
    return model._default_manager.select_for_update(of=("self",)).get(pk=key)


@contextmanager
def held_by(sentences: Mapping[str, str]) -> Iterator[None]:
    """Turn the database's refusal of a named constraint into its sentence. Raises Conflict."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if name not in sentences:
            raise
        raise Conflict(sentences[name]) from error


def in_own_region(ctx: ActContext, region: str, what: str) -> None:
    """The object lies within the acting region. Raises Forbidden."""
    lo, hi = region_range(ctx.region)
    if not lo <= region <= hi:
        raise Forbidden(f"{what}属于 {region}，{ctx.region} 的岗位不能办理；请由该地的岗位办理")


def person(ctx: ActContext) -> UUID:
    """Who acts. Raises Forbidden for the machine: a proposal or a decision is a person's."""
    if ctx.account is None:
        raise Forbidden("这一项须由本人登录账号办理，系统不能代办")
    return ctx.account


def put_on_desk(ctx: ActContext, *, kind: str, title: str, post: str, obj: models.Model, url: str) -> None:
    """Something that waits without a limit of days; the same that waits already is not put there twice. One round trip."""
    row = new_ticket(ctx=ctx, kind=kind, title=title, post=post, obj=obj, url=url, limit_days=None, due_on=None)
    open_tickets(rows=[row])


def filled(text: str, field: str, title: str) -> str:
    """The text without blanks around it. Raises InvalidInput where none is left."""
    text = text.strip()
    if not text:
        raise InvalidInput(f"没有填写{title}，没有办理；请补填后再办", field)
    return text
