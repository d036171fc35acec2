"""The way into this room: bodies, people, decisions, parameters."""

from django.http import HttpRequest, HttpResponse

from anju.parties import reads
from anju.parties.access import page
from anju.parties.models import Admission, Organisation, Resolution, Setting
from anju.parties.pages.shared import address, mine, region, today
from anju.web.things import thing_page


@page(power="parties.view")
def index(request: HttpRequest) -> HttpResponse:
    """What stands in the room, and what of it is still open."""
    here, on = region(request), today(request)
    lo, hi = mine(request)
    unset = len(reads.open_parameters(here, on))
    waiting = Setting.objects.filter(
        owner_region__gte=lo, owner_region__lte=hi, confirmed_by__isnull=True, withdrawn_by__isnull=True
    ).count()
    figures = [
        ("未定参数", unset, "项", address("parameters") + "?view=open"),
        ("待确认取值", waiting, "项", address("settings")),
        (
            "决议",
            Resolution.objects.filter(owner_region__gte=lo, owner_region__lte=hi).count(),
            "件",
            address("resolutions"),
        ),
        (
            "收购主体准入",
            Admission.objects.filter(region__gte=lo, region__lte=hi, state="admitted").count(),
            "家",
            address("admissions"),
        ),
        ("单位", Organisation.objects.count(), "家", address("organisations")),
        (
            "在任岗位",
            reads.live_appointments(on).filter(region__gte=lo, region__lte=hi).exclude(post__code="family").count(),
            "个",
            address("appointments"),
        ),
    ]
    links = [
        ("参数", address("parameters"), "parties.view"),
        ("决议", address("resolutions"), "parties.view"),
        ("收购主体准入", address("admissions"), "parties.view"),
        ("单位", address("organisations"), "parties.view"),
        ("账号", address("accounts"), "parties.view_accounts"),
        ("任岗", address("appointments"), "parties.view_accounts"),
        ("岗位权限表", address("powers"), "parties.view"),
        ("区划与人口", address("regions"), "parties.view"),
        ("利率", address("rates"), "parties.view"),
        ("工作日历", address("calendar"), "parties.view"),
    ]
    note = (
        ("near", f"{unset} 项参数还没有定，涉及的事项都在等；请专班逐项议定后在“参数”页拟定、确认。") if unset else None
    )
    return thing_page(
        request, title="机构、账号与参数", sub="谁参加、谁能办什么、按什么数判", clause="4.1", figures=figures, acts=links, note=note,
    )  # fmt: skip
