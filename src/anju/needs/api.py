"""Reads of the waiting list for other systems, personal numbers masked; and bringing an applications file in."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Router, Schema, UploadedFile

from anju.base.acts import InvalidInput
from anju.base.numbers import mask_name
from anju.base.sheets import loads
from anju.needs import order, reads
from anju.needs.models import Application
from anju.parties.access import need

router = Router()
PAGE = 500


class ApplicationOut(Schema):
    """An application without personal numbers; ``place`` null while it is not on the list, or where lots are drawn."""

    id: UUID
    number: str
    region: str
    name: str
    programme: str
    group: str
    persons: int
    state: str
    accepted_on: date
    qualified_on: date | None
    place: int | None


class ApplicationsOut(Schema):
    """A page of applications; ``next`` is the number to ask from, empty at the end."""

    rows: list[ApplicationOut]
    next: str


class CellOut(Schema):
    """One cell of a frozen demand; areas in cm², the band named by its lower edge."""

    county: str
    programme: str
    tenure: str
    rooms: int
    area_band_cm2: int
    price_band_fen: int | None
    households: int
    first_wishes: int


class SnapshotOut(Schema):
    """A frozen demand."""

    id: UUID
    region: str
    title: str
    taken_on: date
    households: int
    sha256: str
    cells: list[CellOut]


class LoadOut(Schema):
    """What the check of a file found; nothing is stored until it is accepted."""

    id: UUID
    state: str
    good: int
    bad: int
    errors: list[dict[str, Any]]


@router.get("applications", response=ApplicationsOut, summary="轮候申请（已遮盖），按受理号")
def applications(request: HttpRequest, state: str = "", after: str = "") -> Any:
    """Applications in sight by number, ``after`` one of them; at most 500 at a time."""
    need(request, "needs.view")
    rows = reads.applications(request.anju.region).filter(number__gt=after)  # type: ignore[attr-defined]
    if state:
        if state not in dict(Application.STATES):
            known = "、".join(dict(Application.STATES))
            raise InvalidInput(f"没有「{state}」这种状态；可用：{known}", field="state", clause="3.2-0")
        rows = rows.filter(state=state)
    found = list(rows.defer("verdicts", "phone").order_by("number")[: PAGE + 1])
    return {"rows": [_out(row) for row in found[:PAGE]], "next": found[PAGE - 1].number if len(found) > PAGE else ""}


def _out(row: Application) -> dict[str, Any]:
    names = ("id", "number", "region", "programme", "group", "persons", "state", "accepted_on", "qualified_on")
    return {**{name: getattr(row, name) for name in names}, "name": mask_name(row.applicant_name), "place": None}


@router.post("applications/import", response=LoadOut, summary="导入轮候申请表：只校验，收下在导入页办")
def bring(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Check an applications file; every bad cell comes back. It is accepted on the page of the load."""
    ctx = request.anju.context()  # type: ignore[attr-defined]
    load = loads.bring_file(ctx=ctx, kind="applications", name=file.name or "", data=file.read())
    return {"id": load.id, "state": load.state, "good": load.good, "bad": load.bad, "errors": load.errors}


@router.get("applications/{number}", response=ApplicationOut, summary="一份轮候申请（已遮盖），含位次")
def application(request: HttpRequest, number: str) -> Any:
    """One application by its number, with its place on the list."""
    need(request, "needs.view")
    row = reads.applications(request.anju.region).filter(number=number).first()  # type: ignore[attr-defined]
    if row is None:
        raise InvalidInput(f"没有受理号 {number} 的申请，或不在本岗位的区划内", field="number", clause="3.2-0")
    place = reads.position(row) if order.is_ranked(row.sort_key) else None
    return {**_out(row), "place": place.place if place else None}


@router.get("snapshots", response=list[SnapshotOut], summary="需求快照与单元")
def snapshots(request: HttpRequest) -> Any:
    """Frozen demand in sight, newest first, with its cells; at most 20."""
    need(request, "needs.view_demand")
    rows = reads.snapshots(request.anju.region)[:20]  # type: ignore[attr-defined]
    return [
        {
            "id": row.id, "region": row.region, "title": row.title, "taken_on": row.taken_on, "households": row.households,
            "sha256": row.sha256, "cells": list(reads.snapshot_cells(row).values(*CellOut.model_fields)),
        }
        for row in rows
    ]  # fmt: skip
