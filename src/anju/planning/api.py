"""The OpenAPI of planning: plans and the homes they advise."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router

from anju.planning import reads
from anju.planning.models import Plan
from anju.reserve import reads as stock
from anju.reserve.api import need
from anju.reserve.pages.common import region_of

router = Router()


@router.get("plans", summary="拟购方案")
def plans(request: HttpRequest) -> list[dict[str, Any]]:
    """The newest hundred plans in sight; money in fen."""
    need(request, "planning.view")
    names = ("id", "region", "title", "budget_fen", "households", "cost_fen", "status", "inputs_sha256", "solved_at")
    return list(reads.plans(region_of(request)).order_by("-solved_at", "-id").values(*names)[:100])


@router.get("plans/{plan_id}", summary="一个方案的拟购房源与未满足的需求")
def plan(request: HttpRequest, plan_id: UUID) -> dict[str, Any]:
    """By project what to buy, by cell who is not served and why."""
    need(request, "planning.view")
    found = stock.in_region(Plan.objects.all(), region_of(request)).filter(id=plan_id).first()
    if found is None:
        raise Http404
    codes = list(reads.chosen(found).values_list("unit__code", flat=True))
    return {
        "projects": reads.by_project(found),
        "cells": found.unserved,
        "units": codes,
        "bound_milli": found.bound_milli,
    }
