"""What a family sees of its case: where it stands with dates, what is missing, its place and how it moved, papers, messages."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from anju.base.acts.context import SHANGHAI
from anju.base.messages.models import Message
from anju.base.regions import current_region_range, region_range, scope
from anju.needs import order, reads
from anju.needs.models import PAPERS, Application, Attachment, HomeVisit, Letter, MadeFor, Proxy

KINDS = dict(PAPERS)
PLACES_SHOWN, MESSAGES_SHOWN = 6, 30
# What comes next, by state: what the family need do, and what happens by itself.
NEXT = {
    "submitted": "街道（窗口）正在初审，请保持电话畅通。还没上传的材料可以先传。",
    "supplement": "请按下面的要求补正；补正后自动回到审核。",
    "first_passed": "县级正在复审，不用您办什么。",
    "second_passed": "市级正在联审，不用您办什么。",
    "reviewed": "审核通过，等待公示。",
    "publicity": "正在公示，期满无异议即进入轮候库。",
    "qualified": "您已进入轮候库。有合适房源公告时，请在公告期内申请认购。",
    "suspended": "轮候已暂停，位次保留；原因见下，可到窗口申请恢复。",
    "housed": "您家已配房。",
    "held": "纸质件补录后有待查事项，窗口会联系您。",
    "refused": "审核不予通过，理由见下；可以申请复核，条件变化后可重新申请。",
    "withdrawn": "申请已撤回；想继续的，可以恢复，位次不变。",
    "lapsed": "轮候资格已失效；原因见下，可到窗口申请恢复。",
    "merged": "本户已并入另一户，由并入的那一户继续轮候。",
    "vacated": "您家已退房。",
}
# How the case moved, in the stepper's own words.
STAGES = ("受理", "初审", "复审", "公示", "轮候", "配房")
STAGE_OF = {
    "submitted": 1, "supplement": 1, "first_passed": 2, "second_passed": 2, "reviewed": 3, "publicity": 3, "qualified": 4,
    "suspended": 4, "housed": 6,
}  # fmt: skip


def dates_of(row: Application) -> dict[int, date | str]:
    """The day under each stage that is done: acceptance, the reviews' passes, publicity, the list."""
    found: dict[int, date | str] = {0: row.accepted_on}
    for step, at in row.reviews.filter(outcome="pass").order_by("reviewed_at").values_list("step", "reviewed_at"):
        found[{"first": 1, "second": 2}.get(step, 2)] = at.astimezone(SHANGHAI).date()
    shown = row.changes.filter(to_state="publicity").order_by("written_at").values_list("at", flat=True).last()
    if shown:
        found[3] = shown.astimezone(SHANGHAI).date()
    if row.qualified_on:
        found[4] = row.qualified_on
    return found


def places(row: Application, today: date) -> list[tuple[date, int, int]]:
    """(day, place, waiting) at the month's firsts since the case came onto the list, and today; empty where lots decide."""
    if row.state != "qualified" or not order.is_ranked(row.sort_key) or row.qualified_on is None:
        return []
    days: list[date] = []
    day = today
    while day >= row.qualified_on and len(days) < PLACES_SHOWN:
        days.append(day)
        day = (day.replace(day=1) - timedelta(days=1)).replace(day=1) if day.day == 1 else day.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, place, waiting FROM application_places(%s, %s::date[])", [row.id, days])
        return [(on, place, waiting) for on, place, waiting in cursor.fetchall()]


def moved(found: list[tuple[date, int, int]]) -> str:
    """How the place moved, in a sentence; empty while there is nothing to compare."""
    if len(found) < 2:
        return ""
    (since, before, _), (_, now, _) = found[0], found[-1]
    if now == before:
        return f"自 {since} 起位次没有变动"
    return (
        f"自 {since} 起前移 {before - now} 位"
        if now < before
        else f"自 {since} 起后移 {now - before} 位，原因见进度记录"
    )


def papers(row: Application) -> list[tuple[str, str, list[Attachment]]]:
    """(kind, title, what was handed in) for each kind that a case has or usually needs."""
    found: dict[str, list[Attachment]] = {}
    for one in row.attachments.select_related("evidence").order_by("added_on", "id"):
        found.setdefault(one.kind, []).append(one)
    usual = ("identity", "register", "income", "home")
    return [(kind, title, found.get(kind, [])) for kind, title in PAPERS if kind in usual or kind in found]


def messages_of(phone_blind: bytes, region: str) -> list[Message]:
    """What was sent to a phone about applications, newest first; codes are left out. Read as staff do: only by the phone's account."""
    lo, hi = region_range(region[:4] + "00")
    with scope(current_region_range()[0] or lo, elevate=True):
        rows = Message.objects.filter(region__gte=lo, region__lte=hi, to_blind=phone_blind).exclude(
            template="signin-code"
        )
        return list(rows.order_by("-queued_at", "-id")[:MESSAGES_SHOWN])


@dataclass(frozen=True)
class Around:
    """Who acts for a household, what was seen at its home, its letter."""

    made_for: MadeFor | None
    proxies: list[Proxy]
    visits: list[HomeVisit]
    letter: Letter | None


def around(row: Application) -> Around:
    """What stands around a case."""
    return Around(
        row.made_for.first(), list(row.proxies.order_by("-since", "-id")), list(row.visits.order_by("-visited_on", "-id")),
        row.letters.order_by("-issued_on", "-id").first(),
    )  # fmt: skip


def wishes_of(row: Application) -> list[dict[str, Any]]:
    """The wishes as the form has them."""
    names = ("county", "rooms", "area_from_cm2", "area_to_cm2", "ceiling_fen", "zone", "floor", "lift")
    return list(row.wishes.order_by("rank").values(*names))


def counties_of(row: Application) -> dict[str, str]:
    """Names of the counties a wish may name."""
    return reads.counties(row.region[:4] + "00")


def proxy_of(row: Application, key: UUID) -> Proxy | None:
    """One proxy of a case."""
    return row.proxies.filter(id=key).first()
