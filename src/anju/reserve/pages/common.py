"""What the reserve's pages share: who looks, and the row behind an address."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse

from anju.base.regions import city_of
from anju.reserve import reads
from anju.reserve.models import Project, Unit

OUTCOME_WORDS = {"pass": "通过", "fail": "不通过", "unknown": "待查", "waivable": "可豁免", "waived": "已豁免"}


def region_of(request: HttpRequest) -> str:
    """The region whose rows the actor looks at: a party's cases lie anywhere in its city."""
    actor = request.anju  # type: ignore[attr-defined]
    return city_of(actor.region) if actor.is_party else actor.region


def project_or_404(request: HttpRequest, project_id: UUID) -> Project:
    """The project, where the actor may see it."""
    found = reads.projects(region_of(request)).filter(id=project_id).first()
    if found is None:
        raise Http404("没有这个项目，或不在当前岗位的范围内")
    return found


def unit_or_404(request: HttpRequest, unit_id: UUID) -> Unit:
    """The home, where the actor may see it."""
    found = reads.units(region_of(request)).filter(id=unit_id).first()
    if found is None:
        raise Http404("没有这套房源，或不在当前岗位的范围内")
    return found


def url_of(obj: Any) -> str:
    """The page of a project or a home."""
    return reverse("reserve:thing" if isinstance(obj, Project) else "reserve:unit", args=[obj.id])
