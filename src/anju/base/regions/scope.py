"""The one door to placed rows: sets the region range, the party and the database role for the length of a block."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

HELD = "anju_scope"
PARTY, PUBLIC = "anju_party", "anju_public"
# The role of acts: staff's, or in the portal's own process the door's, which may write what a family's acts write.
APP = "anju_door" if os.environ.get("ANJU_FACE") == "portal" else "anju_app"


class Held(NamedTuple):
    """The four settings of a scope."""

    lo: str
    hi: str
    party: str
    role: str


NOTHING = Held("", "", "", "none")


class NoScope(PermissionError):
    """Raised when a block asks for a region that its surrounding scope does not contain."""


def city_of(region: str) -> str:
    """The city a six-digit code belongs to: ``231202`` → ``231200``."""
    return region[:4] + "00"


def region_range(region: str) -> tuple[str, str]:
    """Lowest and highest code a post in ``region`` sees: a county only itself, a city all of its counties."""
    if len(region) != 6 or not region.isdigit():
        raise ValueError(f"区划代码应为 6 位数字，收到「{region}」")
    return (region, region[:4] + "99") if region.endswith("00") else (region, region)


def _read() -> tuple[str, str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('anju.lo', true), ''), coalesce(current_setting('anju.hi', true), ''),"
            " coalesce(current_setting('anju.party', true), ''), current_setting('role')"
        )
        return cursor.fetchone()


def _put(lo: str, hi: str, party: str, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('anju.lo', %s, true), set_config('anju.hi', %s, true),"
            " set_config('anju.party', %s, true)",
            [role, lo, hi, party],
        )


def _enter(lo: str, hi: str, party: str | None, role: str, elevate: bool) -> tuple[bool, str, str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM scope_enter(%s, %s, %s, %s, %s)", [lo, hi, party, role, elevate])
        return cursor.fetchone()


def current_region_range() -> tuple[str, str]:
    """The range now in force, ``('', '')`` where there is none."""
    return _read()[:2]


@contextmanager
def scope(region: str, *, party: UUID | None = None, role: str = APP, elevate: bool = False) -> Iterator[None]:
    """Open ``region`` for the block, inside a transaction; nesting only narrows.

    ``role`` is one of the three database roles; ``party`` the organisation or person whose cases ``anju_party`` may see.
    A block keeps the role around it; only an act, which has checked the power and the case, may ``elevate`` a party's
    to staff's. Raises NoScope where the surrounding scope does not contain the region.
    """
    lo, hi = region_range(region)
    around: Held | None = getattr(connection, HELD, None)
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if around and around == _wanted(around, lo, hi, party, role, elevate):
            yield
            return
        entered, *old = _enter(lo, hi, str(party) if party else None, role, elevate)
        if not entered:
            raise NoScope(f"当前岗位只管 {old[0]}–{old[1]}，不能办理 {region} 的事项")
        before = Held(*old)
        with _held(_wanted(before, lo, hi, party, role, elevate), around):
            yield
        # What is set is set until the transaction ends: alone in it, nothing is put back.
        if not (alone or connection.needs_rollback):
            _put(*before)


@contextmanager
def public_scope() -> Iterator[None]:
    """What a visitor of the portal sees: publication tables, nothing else."""
    alone = not connection.in_atomic_block
    around: Held | None = getattr(connection, HELD, None)
    with transaction.atomic():
        old = NOTHING if alone else Held(*_read())
        _put("", "", "", PUBLIC)
        with _held(Held("", "", "", PUBLIC), around):
            yield
        if not (alone or connection.needs_rollback):
            _put(*old)


def _wanted(around: Held, lo: str, hi: str, party: UUID | None, role: str, elevate: bool) -> Held:
    """What the block would set within ``around``; ``scope_enter`` says the same in SQL."""
    kept = role if elevate or around.role in ("none", APP) else around.role
    return Held(lo, hi, str(party) if party else around.party, kept)


@contextmanager
def _held(now: Held, around: Held | None) -> Iterator[None]:
    """Remember what this connection's settings are, so that an act in its request's own scope need not ask.

    A block that fails is rolled back to its savepoint, and its settings with it: what held around it holds again either way.
    """
    setattr(connection, HELD, now)
    try:
        yield
    finally:
        setattr(connection, HELD, around)
