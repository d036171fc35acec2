"""Reads for imports and other systems: regions, parameters in force, loan prime rates."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from anju.base.acts import InvalidInput
from anju.base.regions import region_range
from anju.parties import reads
from anju.parties.access import need
from anju.parties.context import parameter_book
from anju.parties.models import Region
from anju.parties.pages.shared import region as own_region
from anju.parties.pages.shared import today
from anju.policy.parameters import BY, Parameter, Unset, Value, catalogue

router = Router()


class RegionOut(Schema):
    """One administrative division (GB/T 2260)."""

    code: str
    name: str
    level: str
    parent: str
    source: str


class ParameterOut(Schema):
    """What holds for a parameter (and programme) in a region on a day; ``value`` null where nobody has set it."""

    name: str
    programme: str
    title: str
    clause: str
    unit: str
    value: Any
    layer: str
    source: str
    valid_from: date | None
    blocks: list[str]


class RateOut(Schema):
    """A published rate, in basis points: 345 is 3.45 %."""

    name: str
    valid_from: date
    basis_points: int
    source: str


@router.get("regions", response=list[RegionOut], summary="行政区划：市、县（市、区）与乡镇街道")
def regions(request: HttpRequest, level: str = "", parent: str = "") -> Any:
    """Narrowed by level (city, county, town) and parent."""
    need(request, "parties.view")
    rows = Region.objects.order_by("code")
    rows = rows.filter(level=level) if level else rows
    return rows.filter(parent=parent) if parent else rows


@router.get("parameters", response=list[ParameterOut], summary="某地某日在用的参数")
def parameters(request: HttpRequest, region: str = "", on: date | None = None) -> list[dict[str, Any]]:
    """Every parameter of the catalogue, unset ones with what they block."""
    need(request, "parties.view")
    here = region or own_region(request)
    lo, hi = region_range(own_region(request))
    if not (len(here) == 6 and lo <= here <= hi):
        raise InvalidInput(f"区划 {here} 不在岗位所管范围内；请改用本地区划代码", "region")
    inforce = parameter_book().on(on or today(request), here)
    return [
        _out(parameter, key, inforce.get(parameter.name, key))
        for parameter in catalogue().values()
        for key in (BY[parameter.by] if parameter.by else (None,))
    ]


def _out(parameter: Parameter, key: str | None, value: Value | Unset) -> dict[str, Any]:
    held = None if isinstance(value, Unset) else value
    return {
        "name": parameter.name, "programme": key or "", "title": parameter.title, "clause": parameter.clause,
        "unit": parameter.unit, "value": held.value if held else None, "layer": held.layer if held else "",
        "source": held.source if held else "", "valid_from": held and held.valid_from, "blocks": list(parameter.blocks),
    }  # fmt: skip


@router.get("rates/{name}", response=RateOut, summary="某日有效的 LPR；当月没有录入则不予答复")
def rate(request: HttpRequest, name: str, on: date | None = None) -> Any:
    """``lpr_1y`` or ``lpr_5y``."""
    need(request, "parties.view")
    try:
        return reads.lpr(name, on or today(request))
    except reads.NotEntered as error:
        raise InvalidInput(str(error), "on", "4.2-2") from error
