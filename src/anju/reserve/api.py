"""The OpenAPI of the reserve: the reads that pages share and the acts that imports use."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StrictInt

from anju.base.acts import ActContext, Forbidden
from anju.reserve import acts, reads
from anju.reserve.models import Project, Unit
from anju.reserve.pages.common import project_or_404, region_of, unit_or_404

router = Router()
PAGE = 500


def need(request: HttpRequest, power: str) -> Any:
    """The actor, where it holds the power. Raises Forbidden."""
    actor = request.anju  # type: ignore[attr-defined]
    if actor is None or power not in actor.powers:
        raise Forbidden(f"当前岗位没有权限 {power}，没有办理；请换岗位，或请安全管理员授权")
    return actor


def acting(request: HttpRequest, region: str | None = None) -> ActContext:
    """The context of an act; the header ``Idempotency-Key`` makes a repeated call one act."""
    key = request.headers.get("Idempotency-Key", "")[:64]
    return request.anju.context(key=key or None, region=region)  # type: ignore[attr-defined]


class ProjectOut(Schema):
    """A project; money in fen, areas in cm², null is unknown."""

    id: UUID
    region: str
    number: str
    name: str
    stands_in: str
    address: str
    state: str
    declared_on: date
    completed_on: date | None
    debt_fen: int | None
    price_fits: bool | None
    place_fits: bool | None


class UnitOut(Schema):
    """A home; areas in cm², null is unknown."""

    id: UUID
    code: str
    stairwell: int
    floor: int
    room: str
    use: str
    rooms: int
    gross_cm2: int
    inner_cm2: int | None
    tenure: str
    state: str
    mortgaged: bool | None
    seized: bool | None


class DeclareIn(Schema):
    """A project to declare."""

    number: str
    name: str
    developer_id: UUID
    stands_in: str
    address: str
    completion_record: str = ""
    completed_on: date | None = None
    first_registered_on: date | None = None
    debt_fen: StrictInt | None = None


class UnitIn(Schema):
    """One line of a unit table."""

    code: str
    building: str
    floors: StrictInt
    stairwells: StrictInt
    lift: bool | None = None
    stairwell: StrictInt | None = None
    floor: StrictInt | None = None
    room: str
    use: str
    rooms: StrictInt | None = None
    gross_cm2: StrictInt
    inner_cm2: StrictInt | None = None
    orientation: str = ""
    tenure: str | None = None
    asked_fen_m2: StrictInt | None = None
    mortgaged: bool | None = None
    seized: bool | None = None
    objected: bool | None = None
    occupied: bool | None = None
    release_plan: str = ""


@router.get("projects", response=list[ProjectOut], summary="储备项目")
def projects(request: HttpRequest, state: str = "", after: str = "") -> list[Project]:
    """Projects in sight by number, 500 at most, from the one after ``after``."""
    need(request, "reserve.view")
    rows = reads.projects(region_of(request)).filter(number__gt=after)
    return list((rows.filter(state=state) if state else rows).order_by("number", "id")[:PAGE])


@router.get("projects/{project_id}/units", response=list[UnitOut], summary="一个项目的房源")
def units(request: HttpRequest, project_id: UUID, after: str = "") -> list[Unit]:
    """The project's homes by code, 500 at most, from the one after ``after``."""
    need(request, "reserve.view")
    found = project_or_404(request, project_id)
    rows = Unit.objects.filter(region=found.region, project=found, code__gt=after)
    return list(rows.order_by("code")[:PAGE])


@router.get("units/{unit_id}/verdicts", response=list[dict[str, Any]], summary="一套房的准入结论")
def verdicts(request: HttpRequest, unit_id: UUID, tenure: str = "") -> list[dict[str, Any]]:
    """The latest sheet for the tenure (the one wanted, where none is named); empty where it was never screened."""
    need(request, "reserve.view")
    found = reads.sheet_of(unit_or_404(request, unit_id), tenure or None)
    return [v.as_dict() for v in found.verdicts] if found else []


@router.post("projects", response=ProjectOut, summary="申报项目")
def declare(request: HttpRequest, body: DeclareIn) -> Project:
    """Declare a project."""
    need(request, "reserve.declare_project")
    return acts.declare_project(ctx=acting(request), **body.dict())


@router.post("projects/{project_id}/units", summary="收下楼盘表")
def take_units(request: HttpRequest, project_id: UUID, body: list[UnitIn]) -> dict[str, int]:
    """Take in homes and other spaces of a project."""
    need(request, "reserve.take_units")
    found = project_or_404(request, project_id)
    return acts.take_units(ctx=acting(request, found.region), project_id=found.id, rows=[row.dict() for row in body])


@router.post("projects/{project_id}/screen", summary="准入核查")
def screen(request: HttpRequest, project_id: UUID) -> dict[str, int]:
    """Screen a project; homes by outcome."""
    need(request, "reserve.screen_project")
    found = project_or_404(request, project_id)
    return acts.screen_project(ctx=acting(request, found.region), project_id=found.id)
