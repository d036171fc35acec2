"""Reserve and release claims; both inside an act, so that they stand or fall with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from anju.base.regions import uuid7

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


def reserve_many(kind: str, wanted: Iterable[tuple[bytes, UUID]], *, region: str) -> dict[UUID, list[Clash]]:
    """Claim (person, case) pairs in one call; each refused case with its clashes.

    A case with a clash keeps none of its claims. Where two cases of the call want one person, the first named has it,
    unless that one is refused itself. The caller must not record the refused cases.
    """
    pairs = list(wanted)
    refused: dict[UUID, list[Clash]] = {}
    waiting = pairs
    while waiting:
        found: dict[UUID, list[Clash]] = {}
        for person, case, where, holder in _claim_pairs(kind, waiting, region):
            found.setdefault(case, []).append(Clash(person, where, holder))
        if not found:
            break
        # Held by a case outside, or by one that stands: final. Held by a case that falls now: tried once more.
        falling = {case for case, clashes in found.items() if any(c.case not in found for c in clashes)} or set(found)
        refused |= {case: found[case] for case in falling}
        release_many(kind, cases=list(found), region=region)
        waiting = [(person, case) for person, case in waiting if case in found and case not in falling]
    return refused


def _claim_pairs(kind: str, pairs: list[tuple[bytes, UUID]], region: str) -> list[tuple[bytes, UUID, str, UUID]]:
    persons, cases = [person for person, _ in pairs], [case for _, case in pairs]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM claim_reserve_many(%s, %s::bytea[], %s::uuid[], %s)", [kind, persons, cases, region]
        )
        return [(bytes(person), case, where, holder) for person, case, where, holder in cursor.fetchall()]


def release_many(kind: str, *, cases: list[UUID], region: str) -> int:
    """Give the claims of these cases back; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claim_release_many(%s, %s::uuid[], %s)", [kind, cases, region])
        return int(cursor.fetchone()[0])


def holders(kind: str, persons: Iterable[bytes]) -> dict[bytes, Clash]:
    """Which of these persons a case holds, in whatever region; those that are free are left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM claim_holders(%s, %s::bytea[])", [kind, list(persons)])
        return {bytes(person): Clash(bytes(person), region, case) for person, region, case in cursor.fetchall()}


def release(kind: str, *, case: UUID, region: str) -> int:
    """Give the case's claims back; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claim_release(%s, %s, %s)", [kind, case, region])
        return cursor.fetchone()[0]


def move(kind: str, persons: Iterable[bytes], *, case: UUID, to: UUID, region: str) -> int:
    """Hand these persons' claims from one case to another of the same region; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claim_move(%s, %s::bytea[], %s, %s, %s)", [kind, list(persons), case, to, region])
        return int(cursor.fetchone()[0])


def release_persons(kind: str, persons: Iterable[bytes], *, case: UUID, region: str) -> int:
    """Give back the claims of some of a case's persons; how many there were."""
    nobody = uuid7()
    move(kind, persons, case=case, to=nobody, region=region)
    return release(kind, case=nobody, region=region)


def show_to(party: UUID, cases: Iterable[UUID], *, region: str) -> None:
    """Let ``party`` (organisation or person) see these cases of ``region`` under ``anju_party``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT party_case_add(%s, %s::uuid[], %s)", [party, list(cases), region])


def hide_from(party: UUID, case: UUID, *, region: str) -> bool:
    """End that ``party`` sees this case; whether it did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT party_case_remove(%s, %s, %s)", [party, case, region])
        return bool(cursor.fetchone()[0])
