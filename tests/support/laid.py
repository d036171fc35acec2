"""Rows as earlier rooms' acts would have left them, laid by the superuser past triggers and keys; for ``committed`` tests only.

A test of one room need not walk a project through eight others: what it stands on is laid here, what it tests goes through acts.
"""

from datetime import date
from typing import Any, TypeVar

from django.db import connection, models

from anju.base.regions import uuid7
from support.db import ACQUIRER, open_act, past_guards, will_be_emptied

M = TypeVar("M", bound=models.Model)


def lay(*rows: M) -> M:
    """Insert the rows, in whatever state; the last one."""
    assert will_be_emptied(), "lay rows in committed tests alone: of others they stay"
    database = past_guards()
    with database.transaction():
        for row in rows:
            fields = [f for f in row._meta.local_fields if not (isinstance(f, models.AutoField) and row.pk is None)]
            names = ", ".join(f'"{f.column}"' for f in fields)
            values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
            database.execute(
                f'INSERT INTO "{row._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(values))})', values
            )
    return rows[-1]


def organisation(kind: str, name: str, *, region: str = "231200") -> Any:
    """An organisation of a kind."""
    from anju.parties.models import Organisation

    return lay(Organisation(kind=kind, name=name, owner_region=region, synthetic=True))


def acquirer(*, region: str = "231200") -> Any:
    """The acquirer of ``support.db.context``, admitted in the region; within the test's transaction, so for any test."""
    from anju.parties.models import Admission, Organisation

    with open_act("231200"):
        found, _ = Organisation.objects.get_or_create(
            id=ACQUIRER, defaults={"kind": "acquirer", "name": "居安", "owner_region": "231200", "synthetic": True}
        )
        Admission.objects.get_or_create(
            region=region, acquirer=found, state="admitted", valid_until=None,
            defaults={
                "document": "测试", "facts": {}, "valid_from": date(2025, 1, 1), "maker": uuid7(), "checker": uuid7(),
            },
        )  # fmt: skip
    return found


def project(*, region: str = "231200", state: str = "purchased", **changes: Any) -> Any:
    """A project, purchased unless told otherwise."""
    from anju.reserve.models import Project

    values = {
        "number": f"P{uuid7().hex[-8:]}", "name": "阳光花园", "developer": organisation("developer", f"开发{uuid7().hex[-6:]}"),
        "stands_in": "231202", "address": "合成路 1 号", "declared_on": date(2026, 1, 5), "state": state,
    }  # fmt: skip
    return lay(Project(region=region, **{**values, **changes}))


def units(
    of: Any, count: int, *, tenure: str = "sale", state: str = "purchased", gross_cm2: int = 890_000
) -> list[Any]:
    """Homes of a project, in one building."""
    from anju.reserve.models import Building, Unit

    building = lay(Building(region=of.region, project=of, number=uuid7().hex[-6:], floors=99, stairwells=1, lift=True))
    found = [
        Unit(
            region=of.region, project=of, building=building, code=f"231202001001GB00001F{uuid7().int % 10**8:08d}", stairwell=1,
            floor=number + 1, room=f"{number + 1}01", use="住宅", rooms=2, gross_cm2=gross_cm2, tenure=tenure, state=state,
        )
        for number in range(count)
    ]  # fmt: skip
    lay(*found)
    return found
