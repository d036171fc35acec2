"""Projects and homes for tests, made by the reserve's own acts; other rooms' tests may use them too."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from anju.base.acts import ActContext
from anju.parties.models import Organisation
from anju.policy.parameters import ParameterBook, Setting
from anju.reserve import acts
from anju.reserve.facts import check_items
from anju.reserve.models import Project, Unit
from support.db import context, open_act

CITY, STANDS_IN = "231200", "231202"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SET = {
    "rent_main_share_min": 510, "price_cap_test": "per_m2", "price_profit_base": "land_and_construction",
    "appraisal_valid_days": 365, "ceiling_valid_days": 365, "rent_discount_max": 900,
}  # fmt: skip


def params(**changed: Any) -> ParameterBook:
    """The plan's parameters with what it leaves open set for the city; a name given None stays open."""
    values = {name: value for name, value in {**SET, **changed}.items() if value is not None}
    return ParameterBook(Setting(name, CITY, value, date(2025, 1, 1), "测试取值") for name, value in values.items())


def ctx(post: str = "acquirer_clerk", region: str = CITY, **changes: Any) -> ActContext:
    """Somebody with every power; each call is another account."""
    return context(post=post, region=region, **{"params": params(), **changes})


def organisation(kind: str = "developer", name: str = "合成地产", **fields: Any) -> Organisation:
    """A body that takes part."""
    found = Organisation.objects.filter(kind=kind, name=name).first()
    if found:
        return found
    with open_act(CITY):
        return Organisation.objects.create(owner_region=CITY, kind=kind, name=name, synthetic=True, **fields)


def project(
    number: str = "P-1", *, region: str = CITY, stands_in: str = "", by: ActContext | None = None, **fields: Any
) -> Project:
    """A declared project with its completion on record."""
    given = {
        "name": f"合成小区 {number}", "address": "合成路 1 号", "completion_record": "绥竣备 2024-17",
        "completed_on": date(2024, 9, 18), "debt_fen": 1_000_000_00, "developer_id": organisation().id,
    }  # fmt: skip
    place = stands_in or (STANDS_IN if region == CITY else region)
    return acts.declare_project(ctx=by or ctx(region=region), number=number, stands_in=place, **{**given, **fields})


def row(at: int = 1, *, county: str = STANDS_IN, parcel: int = 1, **fields: Any) -> dict[str, Any]:
    """One line of a unit table: home number ``at`` of building 1, two a floor."""
    floor, side = (at + 1) // 2, 1 + (at + 1) % 2
    given = {
        "code": f"{county}003004GB{parcel:05d}F0001{at:04d}", "building": "1", "floors": 18, "stairwells": 1, "stairwell": 1,
        "floor": floor, "room": f"{floor}{side:02d}", "use": "住宅", "rooms": 2, "gross_cm2": 890_000,
        "mortgaged": False, "seized": False, "objected": False, "occupied": False, "asked_fen_m2": 300_000,
        "tenure": "sale", "lift": True,
    }  # fmt: skip
    return {**given, **fields}


def take(found: Project, rows: Sequence[dict[str, Any]]) -> list[Unit]:
    """Take rows into a project; its homes by code."""
    acts.take_units(ctx=ctx(region=found.region), project_id=found.id, rows=rows)
    return units(found)


def units(found: Project) -> list[Unit]:
    """The project's homes by code, as they stand now."""
    from anju.base.regions import scope

    with scope(found.region):
        return list(Unit.objects.filter(region=found.region, project=found).order_by("code"))


def check(found: Project, *, failing: Sequence[str] = (), missing: Sequence[str] = ()) -> None:
    """Record every check as passed, but those named."""
    by = ctx(region=found.region)
    for item in check_items(by.inforce(found.declared_on)):
        if item not in missing:
            passed = item not in failing
            acts.record_check(
                ctx=by, project_id=found.id, item=item, passed=passed, document="绥验 2024-117" if passed else "",
                note="" if passed else "未通过", file_name="证明.pdf", file_data=PDF,
            )  # fmt: skip


def screened(number: str = "P-1", rows: Sequence[dict[str, Any]] = (), **fields: Any) -> Project:
    """A project with its homes, checks and one round of screening."""
    found = project(number, **fields)
    take(found, list(rows) or [row(at) for at in range(1, 5)])
    check(found)
    acts.screen_project(ctx=ctx(region=found.region), project_id=found.id)
    return found


def reserved(number: str = "P-1", rows: Sequence[dict[str, Any]] = (), **fields: Any) -> Project:
    """A project whose homes are in the reserve."""
    found = screened(number, rows, **fields)
    acts.admit_units(ctx=ctx("acquirer_head", found.region), project_id=found.id)
    return found


def ids(rows: Sequence[Unit]) -> list[UUID]:
    """The ids of homes."""
    return [u.id for u in rows]


def attack(statement: str, params: Sequence[Any] = (), *, region: str = CITY) -> str:
    """Raw SQL by the application's own role, inside an act, past the rooms' code; the SQLSTATE it is refused with."""
    with pytest.raises(DatabaseError) as caught, open_act(region), connection.cursor() as cursor:
        cursor.execute(statement, params)
    return str(getattr(caught.value.__cause__, "sqlstate", ""))
