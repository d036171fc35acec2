"""The price page of a project: three lines, the ceiling with its full workings, what it rests on, the price list."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anju.base import numbers
from anju.parties.access import page
from anju.pricing import reads
from anju.pricing.models import Ceiling, DataRequest
from anju.pricing.pages.lists import BINDING, VIEW
from anju.reserve.models import Project
from anju.reserve.pages.common import project_or_404
from anju.reserve.pages.common import url_of as stock_url
from anju.web import tones
from anju.web.things import thing_page

BEFORE = ("reserved", "priced", "intended")


def price(fen_m2: int | None) -> str | None:
    """A price a ㎡ in words; unknown stays unknown."""
    return None if fen_m2 is None else f"{numbers.yuan(fen_m2)}/㎡"


@page(power=VIEW)
def project(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """定价 of one project."""
    actor = request.anju  # type: ignore[attr-defined]
    found, today = project_or_404(request, project_id), actor.context().today
    lines, held = reads.lines(found, today), reads.ceiling_in_force(found, today)
    ceilings = list(reads.ceilings_of(found))
    waiting = next((c for c in ceilings if not c.trial and c.confirmed_by is None), None)
    shown = held or waiting
    context = {
        "lines": lines, "rows": _lines(lines), "ceilings": ceilings, "held": held, "shown": shown,
        "workings": _workings(shown) if shown else [], "sheets": list(reads.cost_sheets(found)[:5]),
        "appraisals": list(reads.appraisals(found)[:5]), "requests": _requests(request, found),
        "prices": list(reads.prices_of(found)[:12]), "priced": reads.prices_of(found).count(),
        "prices_url": f"{reverse('pricing:prices')}?project__number={found.number}",
    }  # fmt: skip
    return thing_page(
        request, title=f"定价 {found.name}", sub=f"{found.number}，第 3.4 条：划拨土地成本 + 建安成本 + 不超过 5% 的利润，评估价为上限",
        state=(tones.tone_of(found.state), found.get_state_display()), clause="3.4-1",
        crumbs=[("定价", reverse("pricing:list")), (found.name, stock_url(found))], facts=_facts(found, held),
        figures=[
            ("卖方底价", price(lines.floor_fen_m2), ""), ("卖方报价", price(lines.asked_fen_m2), ""),
            ("收购价上限", price(lines.ceiling_fen_m2), ""), ("配售均价", price(lines.sale_fen_m2), ""),
        ],
        note=_note(lines, waiting), verdicts=shown.workings["verdicts"] if shown else None, obj=shown or found,
        acts=_acts(found, waiting, bool(ceilings or context["sheets"])), context=context, template="pricing/project.html",
    )  # fmt: skip


def _facts(found: Project, held: Ceiling | None) -> list[tuple[str, Any]]:
    debt = None if found.debt_fen is None else numbers.yuan(found.debt_fen)
    fits = {True: "合适", False: "报价高于上限", None: "还没有记录"}[found.price_fits]
    return [
        ("本项目债务", debt), ("价格是否合适", fits), ("上限价值时点", held.value_date if held else None),
        ("上限有效期至", held.valid_until if held else None), ("取低者", BINDING[held.binding] if held else None),
    ]  # fmt: skip


def _note(lines: reads.Lines, waiting: Ceiling | None) -> tuple[str, str] | None:
    if waiting:
        return "near", "有一项收购价上限待另一人确认；确认前不能签意向书。"
    if lines.ceiling_fen_m2 is None:
        return "near", "还没有在有效期内的收购价上限：先录入成本表和估价报告，再测算。"
    gap = lines.gap_fen_m2
    if gap is None:
        return "unk", "没有本项目债务，算不出卖方底价；请在项目上补录。"
    if gap > 0:
        return "bad", f"卖方底价比收购价上限高 {numbers.yuan(gap)}/㎡，按上限收购还不清本项目债务。"
    return "ok", f"卖方底价在上限以下，有 {numbers.yuan(-gap)}/㎡ 的协商余地。"


def _lines(lines: reads.Lines) -> list[dict[str, Any]]:
    """The three lines and the offers as bars on one scale; what is not known has no bar. Only what is paid to the seller
    can lie above the ceiling.
    """
    sellers: list[tuple[str, int | None]] = [
        ("卖方底价（债务 ÷ 面积）", lines.floor_fen_m2),
        ("卖方报价", lines.asked_fen_m2),
    ]
    sellers += [(f"{offer.side} {offer.on}", offer.price_fen_m2) for offer in lines.offers[:6]]
    own: list[tuple[str, int | None]] = [("收购价上限", lines.ceiling_fen_m2), ("配售均价", lines.sale_fen_m2)]
    most = max([value for _, value in [*sellers, *own] if value] or [1])
    mark = lines.ceiling_fen_m2
    return [
        {
            "label": label, "text": price(value), "width": f"{100 * value / most:.2f}" if value else None,
            "mark": f"{100 * mark / most:.2f}" if mark else None,
            "over": bool(value and mark and value > mark and (label, value) in sellers),
        }
        for label, value in [*sellers, *own]
    ]  # fmt: skip


def _workings(ceiling: Ceiling) -> list[tuple[str, str, str]]:
    """Every intermediate value of the ceiling: what, how much, a ㎡."""
    w, area = ceiling.workings, ceiling.gross_cm2

    def line(label: str, fen: int) -> tuple[str, str, str]:
        return label, numbers.yuan(fen), f"{numbers.yuan(fen * 10_000 // area)}/㎡"

    return [
        line("划拨土地成本", w["land_fen"]), line("＋ 建安成本", w["construction_fen"]), line("＋ 利润", w["profit_fen"]),
        line("＝ 成本加利润", w["cost_fen"]), ("评估总价（报告）", numbers.yuan(w["appraised_total_fen"]), ""),
        ("评估单价 × 面积", numbers.yuan(w["appraised_price_fen_m2"] * area // 10_000), f"{numbers.yuan(w['appraised_price_fen_m2'])}/㎡"),
        line("评估价（两者取低）", w["appraisal_fen"]), ("建筑面积", numbers.m2(area), ""),
        ("收购价上限（取低）", numbers.yuan(w["total_fen"]), f"{numbers.yuan(ceiling.ceiling_fen_m2)}/㎡"),
    ]  # fmt: skip


def _requests(request: HttpRequest, found: Project) -> list[DataRequest]:
    rows = DataRequest.objects.filter(region=found.region, project=found).order_by("-id")[:10]
    may = "pricing.answer_data" in request.anju.powers  # type: ignore[attr-defined]
    for row in (found_rows := list(rows)):
        row.url = reverse("pricing:answer", args=[row.id]) if may and row.answered_on is None else ""  # type: ignore[attr-defined]
    return found_rows


def _acts(found: Project, waiting: Ceiling | None, some: bool) -> list[tuple[Any, ...]]:
    live = found.state != "withdrawn"

    def to(name: str) -> str:
        return reverse(f"pricing:{name}", args=[found.id])

    confirm = reverse("pricing:confirm", args=[waiting.id]) if waiting else ""
    return [
        ("确认收购价上限", confirm, "pricing.confirm_ceiling", waiting is not None, "没有待确认的上限"),
        ("测算收购价上限", to("propose"), "pricing.propose_ceiling", live, "项目已退出"),
        ("改假设试算", to("trial"), "pricing.propose_ceiling", some, "还没有成本表"),
        ("委托估价", to("commission"), "pricing.commission_appraisal", live, "项目已退出"),
        ("录入成本表", to("costs"), "pricing.enter_cost_sheet", live, "项目已退出"),
        ("录入估价报告", to("appraise"), "pricing.enter_appraisal", live, "项目已退出"),
        ("索要资料", to("request"), "pricing.request_data", live, "项目已退出"),
        ("生成一房一价", to("list_prices"), "pricing.set_unit_prices", found.state in BEFORE, "公告后价格不能再改"),
    ]  # fmt: skip
