"""The way into this room: bodies, people, decisions, parameters."""

from django.http import HttpRequest, HttpResponse

from anju.parties import reads
from anju.parties.access import page
from anju.parties.models import Admission, Organisation, Resolution, Setting
from anju.parties.pages.shared import address, mine, region, today
from anju.web.things import thing_page

# Title, page, the power it takes, what one finds there.
DOORS = (
    ("参数", "parameters", "parties.view", "每一项按条款列出：现行取值、来自哪一层、可靠程度；未定的挡住什么"),
    ("参数取值", "settings", "parties.view", "拟定、确认和撤回的取值"),
    ("决议", "resolutions", "parties.view", "专班会议的决议、纪要和表决"),
    ("收购主体准入", "admissions", "parties.view", "按 3.1 逐项判断，未证明的核查一直列着"),
    ("单位", "organisations", "parties.view", "专班、部门、收购主体、房企、估价机构、银行和窗口"),
    ("账号", "accounts", "parties.view_accounts", "某人能办什么；开户、授岗、免岗、停用"),
    ("任岗", "appointments", "parties.view_accounts", "现在谁任什么岗位"),
    ("登录记录", "sign_ins", "parties.view_sign_ins", "谁在何时、从哪个地址登录，成功、失败还是锁定；家庭只留暗码"),
    ("代岗（AB角）", "covers", "parties.view_covers", "休假期间由谁代岗，代到哪天"),
    ("岗位权限表", "powers", "parties.view", "每个岗位能办什么；某一项谁能办"),
    ("区划与人口", "regions", "parties.view", "十个县（市、区）、247 个乡镇街道和两次普查"),
    ("利率", "rates", "parties.view", "历次 LPR；当月的由专班办公室录入"),
    ("工作日历", "calendar", "parties.view", "国务院办公厅的放假安排；未公布的年份为暂定"),
)


@page(power="parties.view")
def index(request: HttpRequest) -> HttpResponse:
    """What stands in the room, and what of it is still open."""
    here, on = region(request), today(request)
    lo, hi = mine(request)
    unset = len(reads.open_parameters(here, on))
    waiting = Setting.objects.filter(
        owner_region__gte=lo, owner_region__lte=hi, confirmed_by__isnull=True, withdrawn_by__isnull=True
    ).count()
    held = request.anju.powers  # type: ignore[attr-defined]
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
            address("appointments") if "parties.view_accounts" in held else "",
        ),
    ]
    doors = [(title, address(name), words) for title, name, power, words in DOORS if power in held]
    note = (
        ("near", f"{unset} 项参数还没有定，涉及的事项都在等；请专班逐项议定后在“参数”页拟定、确认。") if unset else None
    )
    return thing_page(
        request, title="机构、账号与参数", sub="谁参加、谁能办什么、按什么数判", clause="4.1", figures=figures, note=note,
        sections=[("从这里进", "parties/_doors.html")], context={"doors": doors},
    )  # fmt: skip
