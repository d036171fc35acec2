"""Reserve and release claims; both inside an act, so that they stand or fall with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

LIVE_APPLICATION, HOME = "application", "home"


@dataclass(frozen=True)
class Clash:
    """Another case holds the claim: enough for a clerk to resolve it, and no more."""

    person: bytes
    region: str
    case: UUID


def reserve(kind: str, persons: Iterable[bytes], *, case: UUID, region: str) -> list[Clash]:
    """Claim ``persons`` for ``case``; the clashes, empty when all were free. The caller must refuse its act on a clash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM claim_reserve(%s, %s::bytea[], %s, %s)", [kind, list(persons), case, region])
        return [Clash(bytes(person), found, token) for person, found, token in cursor.fetchall()]


def release(kind: str, *, case: UUID, region: str) -> int:
    """Give the case's claims back; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claim_release(%s, %s, %s)", [kind, case, region])
        return cursor.fetchone()[0]


def show_to(party: UUID, cases: Iterable[UUID], *, region: str) -> None:
    """Let ``party`` (organisation or person) see these cases of ``region`` under ``anju_party``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT party_case_add(%s, %s::uuid[], %s)", [party, list(cases), region])
