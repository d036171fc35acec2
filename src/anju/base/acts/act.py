"""``@act``: the one way to change things. Checks power and scope, opens the act, runs the body, closes it with its log entry."""

import functools
import hashlib
import hmac
import inspect
import json
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, models

from anju.base.acts.context import ActContext, Entry
from anju.base.acts.errors import Conflict, Forbidden, Refused
from anju.base.regions import NoScope, current_region_range, scope, uuid7
from anju.policy import clauses
from anju.policy.verdict import Verdict

P = ParamSpec("P")
R = TypeVar("R")
DEADLOCK, KEY_REUSED = "40P01", "AJ001"
TRIES = 5


@dataclass(frozen=True)
class ActDef:
    """One act as the table of powers and the command line list it."""

    name: str
    clause: str
    power: str
    title: str
    doc: str
    function: Callable[..., Any]


REGISTRY: dict[str, ActDef] = {}


def act(*, clause: str, title: str, power: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an act. ``clause`` it carries; ``title`` as a clerk says it; ``power`` (default ``room.name``) it needs.

    The function takes keyword arguments only, ``ctx`` among them, and returns a model row, JSON or None.
    Raises Forbidden without the power, Refused or Conflict from the body, each after leaving a refusal row.
    """
    clauses.get(clause)

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        parts = function.__module__.split(".")
        name = f"{parts[1] if parts[0] == 'anju' else 'tests'}.{function.__name__}"
        definition = ActDef(name, clause, power or name, title, inspect.getdoc(function) or "", function)
        REGISTRY[name] = definition

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if args:
                raise TypeError(f"{name} takes keyword arguments only")
            ctx = kwargs.pop("ctx")
            assert isinstance(ctx, ActContext)
            return _nested(definition, ctx, kwargs) if ctx.act else _outermost(definition, ctx, kwargs)

        return run

    return wrap


def _outermost(definition: ActDef, ctx: ActContext, kwargs: Mapping[str, Any]) -> Any:
    for attempt in range(TRIES):
        ctx = replace(ctx, entry=Entry())
        try:
            if definition.power not in ctx.powers:
                raise Forbidden(
                    f"当前岗位没有「{definition.title}」的权限，请换岗位或请有权限的同事办理", clause=definition.clause
                )
            with scope(ctx.region, elevate=True):
                return _perform(definition, ctx, kwargs)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK or attempt == TRIES - 1:
                raise
            time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))
        except NoScope as error:
            refused = Forbidden(str(error), clause=definition.clause)
            _record(definition, ctx, refused)
            raise refused from error
        except Refused as refused:
            refused.clause = refused.clause or definition.clause
            _record(definition, ctx, refused)
            raise
    raise AssertionError("unreachable")


def _nested(definition: ActDef, ctx: ActContext, kwargs: Mapping[str, Any]) -> Any:
    with scope(ctx.region):
        return _perform(definition, replace(ctx, key=None, entry=Entry()), kwargs)


def _perform(definition: ActDef, ctx: ActContext, kwargs: Mapping[str, Any]) -> Any:
    act_id = uuid7()
    asked = canonical({"act": definition.name, "arguments": dict(kwargs)})
    # Keyed: an ID number or a phone among the arguments cannot be guessed from the hash.
    request = hmac.digest(settings.SECRET_KEY.encode(), asked.encode(), "sha256")
    # The scope around it is a savepoint of its own: an act that is refused goes with it.
    replayed, result = _begin(definition, ctx, act_id, request)
    if replayed:
        return _thaw(result)
    inner = replace(ctx, act=act_id)
    answer = definition.function(ctx=inner, **kwargs)
    _end(definition, inner, ctx.act, answer)
    return answer


def _begin(definition: ActDef, ctx: ActContext, act_id: UUID, request: bytes) -> tuple[bool, Any]:
    values: list[Any] = [
        act_id, ctx.region, ctx.key, request, definition.name, definition.clause, ctx.account, ctx.post,
        ctx.organisation, ctx.act, ctx.now, ctx.today,
    ]  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM act_begin({','.join(['%s'] * len(values))})", values)
            _found, replayed, result = cursor.fetchone()
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == KEY_REUSED:
            raise Conflict("同一个办理编号已用于另一项内容不同的请求，没有办理；请刷新页面后重试") from error
        raise
    return replayed, json.loads(result) if isinstance(result, str) else result


def _end(definition: ActDef, ctx: ActContext, parent: UUID | None, answer: Any) -> None:
    entry = ctx.entry
    salt = os.urandom(16)
    facts = canonical(
        {**entry.facts, "verdicts": [_said(v) for v in entry.verdicts]} if entry.verdicts else entry.facts
    )
    hashes = [hashlib.sha256(b"\x00" + text.encode()).digest() for _, text in entry.items]
    body = {
        "act": str(ctx.act), "name": definition.name, "clause": definition.clause, "region": ctx.region,
        "account": str(ctx.account or ""), "post": ctx.post, "at": ctx.now.isoformat(), "parent": str(parent or ""),
        "happened": (entry.happened_on or ctx.today).isoformat(), "object": f"{entry.object_kind}:{entry.object_id or ''}",
        "facts": hashlib.sha256(salt + facts.encode()).hexdigest(), "nonce": os.urandom(16).hex(),
    }  # fmt: skip
    if hashes:
        body["items"] = f"{len(hashes)}:{items_root(hashes).hex()}"
    values = [
        ctx.region, ctx.act, canonical(body), canonical(_freeze(answer)), entry.object_kind, entry.object_id, salt, facts,
        entry.happened_on or ctx.today, [item for item, _ in entry.items], hashes,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT act_end(%s,%s,%s,%s::jsonb,%s,%s,%s,%s,%s,%s::uuid[],%s::bytea[])", values)


def _said(found: Verdict) -> dict[str, Any]:
    """What ``Verdict.as_dict`` gives, without its deep copy: all its values are plain."""
    return {**vars(found), "outcome": found.outcome.value}


def _record(definition: ActDef, ctx: ActContext, refused: Refused) -> None:
    entry = ctx.entry
    values: list[Any] = [
        uuid7(), ctx.region, definition.name, refused.clause, ctx.account, ctx.post, entry.object_kind, entry.object_id,
        refused.sentence, canonical([v.as_dict() for v in refused.verdicts]), ctx.now,
    ]  # fmt: skip
    try:
        _call_refusal(ctx.region, values)
    except NoScope:
        # The act named a region outside the post's own: the refusal is kept where the post is.
        values[1] = current_region_range()[0]
        _call_refusal(values[1], values)


def _call_refusal(region: str, values: list[Any]) -> None:
    with scope(region, elevate=True), connection.cursor() as cursor:
        cursor.execute("SELECT refusal_record(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s::jsonb,%s)", values)


def items_root(hashes: list[bytes]) -> bytes:
    """The Merkle root over the items of a bulk act (RFC 6962 shape)."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + items_root(hashes[:k]) + items_root(hashes[k:])).digest()


def canonical(value: Any) -> str:
    """JSON as it is hashed: sorted keys, no spaces, no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return f"{value._meta.label_lower}:{value.pk}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(bytes(value)).hexdigest()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if hasattr(value, "as_dict"):
        return value.as_dict()
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return str(value)


def _freeze(answer: Any) -> Any:
    return {"row": f"{answer._meta.label_lower}:{answer.pk}"} if isinstance(answer, models.Model) else {"value": answer}


def _thaw(result: dict[str, Any]) -> Any:
    if "row" in result:
        label, _, key = result["row"].partition(":")
        return apps.get_model(label)._base_manager.get(pk=key)
    return result["value"]
