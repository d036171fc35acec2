"""How a job gets back the context of the account that asked for it; ``parties`` registers the way at start-up."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from anju.base.acts import ActContext
from anju.policy.parameters import ParameterBook

ContextOf = Callable[[UUID, str, str], ActContext]
_registered: list[ContextOf] = []


class NoContext(RuntimeError):
    """Nobody registered a way: a fault of the program's start-up."""


def register(fn: ContextOf) -> None:
    """``fn(account_id, post, region)`` gives the context of that account in that post, acting in that region, now."""
    _registered[:] = [fn]


def context_of(account: UUID, post: str, region: str) -> ActContext:
    """The context of a job. Raises NoContext before start-up, and what ``parties`` raises where the post is lost."""
    if not _registered:
        raise NoContext("jobs.context.register was not called")
    return _registered[0](account, post, region)


def upkeep_context(*, region: str, now: datetime, power: str) -> ActContext:
    """The context of what the house itself does when a day comes (nobody's account): one power, the whole city."""
    return ActContext(
        account=None, post="upkeep", region=region, powers=frozenset({power}), now=now, params=ParameterBook()
    )
