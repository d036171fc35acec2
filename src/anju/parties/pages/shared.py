"""What the pages of this room share."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from anju.base.acts.context import SHANGHAI
from anju.base.regions import region_range

HUB = [("机构、账号与参数", "/parties/")]


def today(request: HttpRequest) -> date:
    """The day on the installation's clock."""
    return request.anju.now.astimezone(SHANGHAI).date()  # type: ignore[attr-defined]


def region(request: HttpRequest) -> str:
    """The post's own region."""
    return request.anju.region  # type: ignore[attr-defined]


def chosen_region(request: HttpRequest) -> str:
    """The region that ``?region=`` asks for, within the post's own. Raises Http404 for another."""
    wanted = request.GET.get("region") or region(request)
    lo, hi = region_range(region(request))
    if not lo <= wanted <= hi or len(wanted) != 6:
        raise Http404
    return wanted


def mine(request: HttpRequest) -> tuple[str, str]:
    """Lowest and highest code of the post's own region."""
    return region_range(region(request))


def address(name: str, *args: Any) -> str:
    """A page of this room."""
    return reverse(f"parties:{name}", args=args)
