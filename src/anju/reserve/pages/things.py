"""The pages of a project, of a home, of a snapshot."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base import numbers
from anju.parties.access import page
from anju.reserve import grid, reads
from anju.reserve.acts.screening import live_checks
from anju.reserve.facts import check_items
from anju.reserve.models import Project, StockSnapshot, Unit
from anju.reserve.pages.common import OUTCOME_WORDS, project_or_404, region_of, unit_or_404, url_of
from anju.reserve.pages.lists import VIEW, counties
from anju.web import shown, tones
from anju.web.things import thing_page

STAGES = ("declared", "reserved", "priced", "intended", "announced", "locked", "purchased", "delivered")
# Where a project stands that has left the row of stages.
BESIDE = {"failed": "locked", "withdrawn": "declared"}


def steps_of(project: Project) -> list[shown.Step]:
    """The stage stepper of a project."""
    words = dict(Project.STATES)
    at = STAGES.index(BESIDE.get(project.state, project.state))
    return shown.steps_of([words[code] for code in STAGES], at, {0: project.declared_on})


@page(power=VIEW)
def project(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """储备项目: facts, checks, verdicts and the unit grid."""
    found = project_or_404(request, project_id)
    homes = list(reads.live_units(found).select_related("building").order_by("stairwell", "floor", "room"))
    outcomes = reads.outcomes(found)
    built = grid.build(reads.buildings_of(found), homes, outcomes, url_of)
    context = {"grid": built, "checks": _checks(request, found), "spaces": reads.other_spaces(found)}
    return thing_page(
        request, title=found.name, sub=f"{found.number}，{dict(counties()).get(found.stands_in, found.stands_in)}，{found.developer.name}",
        state=(tones.tone_of(found.state), found.get_state_display()), steps=steps_of(found), clause="3.3-1",
        crumbs=[("房源储备", reverse("reserve:list"))], facts=_facts(found), figures=_figures(found, homes, outcomes),
        verdicts=reads.project_verdicts(found) if found.round else None, note=_note(found, outcomes), obj=found,
        acts=_acts(found, homes, outcomes), context=context, template="reserve/project.html",
    )  # fmt: skip


def _facts(found: Project) -> list[tuple[str, Any]]:
    point = f"{found.longitude}, {found.latitude}" if found.longitude is not None else None
    return [
        ("项目编号", found.number), ("坐落地址", found.address), ("管理区划", found.region), ("开发企业", found.developer.name),
        ("申报日期", found.declared_on), ("竣工验收备案号", found.completion_record or None), ("竣工日期", found.completed_on),
        ("首次登记日期", found.first_registered_on),
        ("本项目债务", None if found.debt_fen is None else numbers.yuan(found.debt_fen)), ("坐标", point),
        ("准入核查", f"第 {found.round} 轮" if found.round else "还没有核查"),
    ]  # fmt: skip


def _figures(found: Project, homes: list[Unit], outcomes: dict[UUID, str]) -> list[tuple[Any, ...]]:
    units = f"{reverse('reserve:units')}?project__number={found.number}"
    inside = sum(u.state not in ("declared", "refused") for u in homes)
    counted = {code: sum(value == code for value in outcomes.values()) for code in ("fail", "waivable", "unknown")}
    return [
        ("住宅", len(homes), "套", units), ("已入储备", inside, "套", f"{units}&state=reserved"),
        ("配租", sum(u.tenure == "rent" for u in homes), "套", f"{units}&tenure=rent"), ("不通过", counted["fail"], "套"),
        ("可豁免", counted["waivable"], "套"), ("待查", counted["unknown"] + len(homes) - len(outcomes), "套"),
    ]  # fmt: skip


def _note(found: Project, outcomes: dict[UUID, str]) -> tuple[str, str] | None:
    if found.state == "withdrawn":
        return "unk", "项目已退出，不再办理。"
    if not found.round:
        return "near", "还没有准入核查：先登记各项核查结果，再核查房源。"
    failed, open_ = sum(o == "fail" for o in outcomes.values()), sum(o == "waivable" for o in outcomes.values())
    if failed:
        return "bad", f"{failed} 套不通过，不能入库。" + (
            f"另有 {open_} 套可豁免，须专班负责人写明理由。" if open_ else ""
        )
    return ("waive", f"{open_} 套可豁免，须专班负责人写明理由。") if open_ else None


def _acts(found: Project, homes: list[Unit], outcomes: dict[UUID, str]) -> list[tuple[Any, ...]]:
    live = found.state != "withdrawn"
    open_ = live and found.state in ("declared", "reserved")
    ready = [u for u in homes if u.state == "declared" and outcomes.get(u.id) in ("pass", "waived")]
    waivable = any(o == "waivable" for o in outcomes.values())

    def to(name: str) -> str:
        return reverse(f"reserve:{name}", args=[found.id])

    return [
        ("登记核查结果", to("check"), "reserve.record_check", live, "项目已退出"),
        ("准入核查", to("screen"), "reserve.screen_project", live and bool(homes), "没有可核查的房源"),
        ("办理豁免", to("waive_many"), "reserve.waive", live and waivable, "没有可豁免的房源"),
        (f"入储备库（{len(ready)} 套）", to("admit"), "reserve.admit_units", open_ and bool(ready), "没有通过核查、待入库的房源"),
        ("不予入库", to("refuse"), "reserve.refuse_units", live and any(o == "fail" for o in outcomes.values()), "没有不通过的房源"),
        ("项目退出", to("withdraw"), "reserve.withdraw_project", live, "项目已退出"),
    ]  # fmt: skip


def _checks(request: HttpRequest, found: Project) -> list[dict[str, Any]]:
    actor = request.anju  # type: ignore[attr-defined]
    live = {check.item: check for check in live_checks(found)}
    # A party does not read accounts: it sees what was found, not by whom.
    names = {} if actor.is_party else shown.names_of(c.checker for c in live.values())
    tone = {True: ("ok", "通过"), False: ("bad", "不通过"), None: ("unk", "待查")}
    rows = []
    for item, title in check_items(actor.context().inforce(found.declared_on, found.region)).items():
        check = live.get(item)
        rows.append({
            "title": title, "tone": tone[check.passed if check else None], "check": check,
            "who": names.get(check.checker, "") if check else "",
            "file": shown.file_url(check.evidence_id) if check and check.evidence_id else "",
        })  # fmt: skip
    return rows


@page(power=VIEW)
def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """准入结论: the verdict sheet of one home, and of the other tenure where it was tried."""
    found = unit_or_404(request, unit_id)
    sheet = reads.sheet_of(found)
    other = reads.sheet_of(found, "rent" if found.tenure == "sale" else "sale")
    actions = {
        v.rule: [("申请豁免", f"{reverse('reserve:waive', args=[found.id])}?rule={v.rule}")]
        for v in (sheet.verdicts if sheet else ())
        if v.outcome.value == "waivable" and sheet and not sheet.is_waived(v) and "reserve.waive" in request.anju.powers  # type: ignore[attr-defined]
    }
    title = f"{found.building.number} 号楼 {found.stairwell} 单元 {found.room}"
    return thing_page(
        request, title=f"准入结论 {title}", sub=f"{found.get_tenure_display()}，{numbers.m2(found.gross_cm2)}，{found.code}",
        state=(tones.tone_of(found.state), found.get_state_display()), clause="3.3-2",
        crumbs=[("房源储备", reverse("reserve:list")), (found.project.name, url_of(found.project))],
        facts=_unit_facts(found), figures=_unit_figures(sheet), verdicts=sheet.verdicts if sheet else None,
        verdict_actions=actions, note=_unit_note(found, sheet), obj=found, template="reserve/unit.html",
        acts=[("登记权利状况", reverse("reserve:rights", args=[found.id]), "reserve.record_rights")],
        context={"other": other, "sheet": sheet, "waived": sheet.waived if sheet else ()},
    )  # fmt: skip


def _unit_facts(found: Unit) -> list[tuple[str, Any]]:
    def right(value: bool | None) -> str | None:
        return None if value is None else ("有" if value else "无")

    return [
        ("不动产单元代码", found.code), ("楼层", f"{found.floor} / {found.building.floors} 层"), ("规划用途", found.use),
        ("居室", f"{found.rooms} 室"), ("建筑面积", numbers.m2(found.gross_cm2)),
        ("套内面积", None if found.inner_cm2 is None else numbers.m2(found.inner_cm2)), ("朝向", found.orientation or None),
        ("申报用途", found.get_tenure_display()),
        ("报价", None if found.asked_fen_m2 is None else f"{numbers.yuan(found.asked_fen_m2)}/㎡"),
        ("抵押", right(found.mortgaged)), ("解押方案", found.release_plan or "—"), ("查封", right(found.seized)),
        ("异议登记", right(found.objected)), ("占用", right(found.occupied)),
    ]  # fmt: skip


def _unit_figures(sheet: reads.Sheet | None) -> list[tuple[Any, ...]]:
    if sheet is None:
        return []
    return [(OUTCOME_WORDS[code], count, "项") for code, count in sheet.counts.items()]


def _unit_note(found: Unit, sheet: reads.Sheet | None) -> tuple[str, str] | None:
    if sheet is None:
        return "near", "还没有准入核查结论，缺事实按待查处理，不算通过。"
    day, round_ = sheet.screening.case_date, sheet.screening.round
    said = f"第 {round_} 轮核查，按 {day} 生效的参数判断。"
    if found.state not in ("declared", "refused", "withdrawn"):
        return "ok", f"已入储备库。{said}"
    outcome = sheet.screening.outcome
    if outcome == "waivable" and all(sheet.is_waived(v) for v in sheet.verdicts if v.outcome.value == "waivable"):
        return "waive", f"已豁免，可以入库。{said}"
    words = {
        "pass": ("ok", "可以入库。"),
        "waivable": ("waive", "只差豁免。"),
        "unknown": ("unk", "缺少事实，不能入库。"),
    }
    tone, text = words.get(outcome, ("bad", "不能入库。"))
    return tone, f"{text}{said}"


@page(power="reserve.view_stock")
def snapshot(request: HttpRequest, snapshot_id: UUID) -> HttpResponse:
    """库存快照: its cells."""
    found = reads.in_region(StockSnapshot.objects.all(), region_of(request)).filter(id=snapshot_id).first()
    if found is None:
        raise Http404("没有这份快照，或不在当前岗位的范围内")
    names = dict(counties())
    words = {"sale": "配售", "rent": "配租"}
    rows = [
        {**row, "county": names.get(row["county"], row["county"]), "tenure": words[row["tenure"]]} for row in found.rows
    ]
    return thing_page(
        request, title=f"库存快照 {found.taken_on}", clause="3.2-2", obj=found,
        crumbs=[("房源储备", reverse("reserve:list")), ("库存快照", reverse("reserve:snapshots"))],
        facts=[("区划", found.region), ("冻结日期", found.taken_on), ("房源", f"{found.units:,} 套"), ("摘要 SHA-256", found.sha256)],
        sections=[("按区县、用途、居室、面积段", "reserve/_cells.html")], context={"rows": rows},
    )  # fmt: skip
