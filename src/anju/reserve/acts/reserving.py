"""Into the reserve (入储备库), or not: waivers of what the plan says 原则上, admission, refusal (3.3-3, 3.3-4)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from anju.base.acts import ActContext, Conflict, Refused, act
from anju.policy.rules import screening as rules
from anju.policy.verdict import Verdict, blocks
from anju.reserve import reads
from anju.reserve.acts import desk
from anju.reserve.acts.common import live, person, project_for, with_reason
from anju.reserve.acts.screening import live_checks
from anju.reserve.facts import UNIT_FACTS, project_facts
from anju.reserve.models import OUTSIDE, Project, ProjectScreening, Screening, Unit, Waiver
from anju.reserve.states import PROJECT, move_all


@act(clause="3.3-4", title="办理豁免")
def waive(*, ctx: ActContext, unit_id: UUID, rule: str, reason: str) -> Waiver:
    """Waive one rule for one home as it was measured. Raises Refused unless its screening says that it may be waived (原则上)."""
    unit = Unit.objects.filter(region=ctx.region, id=unit_id).first()
    if unit is None:
        raise Conflict(f"区划 {ctx.region} 没有这套房源，没有办理；请刷新后重选", clause="3.3-4")
    found = _waive(ctx, unit.project_id, [unit.id], rule, reason)[0]
    ctx.on(found, unit=unit.code, rule=rule, measured=found.measured, reason=found.reason)
    return found


@act(clause="3.3-4", title="批量办理豁免", power="reserve.waive")
def waive_units(*, ctx: ActContext, project_id: UUID, unit_ids: Sequence[UUID], rule: str, reason: str) -> int:
    """The same for many homes of one project with one reason; how many."""
    project = live(project_for(ctx, project_id))
    found = _waive(ctx, project.id, unit_ids, rule, reason)
    ctx.on(project, number=project.number, rule=rule, reason=reason.strip(), waived=len(found))
    ctx.items((w.unit_id, f"{w.rule} {w.measured}") for w in found)
    return len(found)


def _waive(ctx: ActContext, project_id: UUID, unit_ids: Sequence[UUID], rule: str, reason: str) -> list[Waiver]:
    project = live(project_for(ctx, project_id))
    text = with_reason(reason, "豁免", "3.3-4")
    sheets = _current(project, unit_ids)
    missing = set(unit_ids) - {s["unit_id"] for s in sheets}
    if missing:
        raise Refused(f"{len(missing)} 套还没有本轮准入核查结论，不能豁免；请先核查", clause="3.3-4")
    found = []
    for sheet in sheets:
        verdict = next(
            (v for v in map(Verdict.from_dict, sheet["verdicts"]) if v.rule == rule and v.outcome.value == "waivable"),
            None,
        )
        if verdict is None:
            named = rules_named(sheet["verdicts"], rule)
            raise Refused(
                f"{sheet['unit__code']}：{named}。只有方案写明「原则上」且核查结论为可豁免的才能豁免，没有办理；请先解决该项",
                clause="3.3-4",
            )
        found.append(
            Waiver(
                region=ctx.region, project=project, unit_id=sheet["unit_id"], rule=rule, measured=verdict.measured, reason=text,
                granted_by=person(ctx, "3.3-4"), granted_on=ctx.today,
            )
        )  # fmt: skip
    done = reads.waived(project, unit_ids)
    if any((w.rule, w.measured) in done.get(w.unit_id, frozenset()) for w in found):
        raise Conflict("选定的房源中有已经豁免过的，没有重复办理；请刷新名单", clause="3.3-4")
    Waiver.objects.bulk_create(found)
    desk.put(ctx, project)
    return found


def rules_named(verdicts: Sequence[Mapping[str, Any]], rule: str) -> str:
    """What the sheet says on a rule, for the sentence of a refused waiver."""
    said = [v["sentence"] for v in verdicts if v["rule"] == rule]
    return said[0] if said else "该规则在这套房的核查结论中没有需要豁免的事项"


def _current(project: Project, unit_ids: Sequence[UUID] | None) -> list[dict[str, Any]]:
    """The sheets of the latest round, for the tenure each home is wanted for; verdicts only of those that did not pass."""
    rows = Screening.objects.filter(
        region=project.region, project=project, round=project.round, tenure=F("unit__tenure")
    )
    if unit_ids is not None:
        rows = rows.filter(unit_id__in=list(unit_ids))
    fields = ["unit_id", "unit__code", "unit__state", "tenure", "outcome", "facts", *[f"unit__{n}" for n in UNIT_FACTS]]
    found: list[dict[str, Any]] = list(rows.order_by("unit_id").values(*fields))
    verdicts = dict(rows.exclude(outcome="pass").values_list("unit_id", "verdicts"))
    return [{**sheet, "verdicts": verdicts.get(sheet["unit_id"], [])} for sheet in found]


@act(clause="3.3-1", title="入储备库")
def admit_units(*, ctx: ActContext, project_id: UUID, unit_ids: Sequence[UUID] | None = None) -> dict[str, int]:
    """Take screened homes into the reserve: nothing blocks but price and place still open, and what was waived.

    Without ``unit_ids`` all that may be admitted are; with them, one that may not refuses the whole. Raises Refused.
    """
    project = live(project_for(ctx, project_id))
    if project.state not in ("declared", "reserved"):
        raise Refused(f"项目 {project.name} 为「{project.get_state_display()}」，不能再增加储备房源", clause="3.3-1")
    part = _project_part(ctx, project)
    sheets = [s for s in _current(project, unit_ids) if s["unit__state"] == "declared"]
    if unit_ids is not None and len(sheets) < len(set(unit_ids)):
        raise Refused(
            f"选定的 {len(set(unit_ids))} 套中有 {len(set(unit_ids)) - len(sheets)} 套不是「已申报」或没有本轮核查结论，没有办理；请先核查",
            clause="3.3-1",
        )
    blocked = _blocked(project, sheets, part)
    allowed = [s for s in sheets if s["unit_id"] not in blocked]
    blocked |= _blocked_by_share(ctx, project, allowed)
    allowed = [s for s in allowed if s["unit_id"] not in blocked]
    if not allowed or (unit_ids is not None and blocked):
        _refuse(ctx, project, sheets, blocked)
    move_all(Unit.objects.filter(region=ctx.region, project=project), [s["unit_id"] for s in allowed], "reserved", ctx)
    ctx.on(project, number=project.number, round=project.round, admitted=len(allowed), blocked=len(blocked))
    if project.state == "declared":
        PROJECT.move(project, "reserved", ctx)
    desk.put(ctx, project)
    return {"admitted": len(allowed), "blocked": len(blocked)}


def _project_part(ctx: ActContext, project: Project) -> list[Verdict]:
    """The project's part as it stands now. Raises Refused where a check has changed since the screening."""
    if not project.round:
        raise Refused(f"项目 {project.name} 还没有准入核查，不能入库；请先核查", clause="3.3-2")
    now = rules.screen_project(project_facts(project, live_checks(project)), ctx.inforce(project.declared_on))
    frozen = ProjectScreening.objects.filter(region=project.region, project=project, round=project.round).order_by(
        "tenure"
    )
    for row in frozen:
        then = [Verdict.from_dict(v) for v in row.verdicts]
        if _settled(then) != _settled(now):
            raise Refused(
                f"项目 {project.name} 的核查结果在第 {project.round} 轮准入核查后有变化，不能入库；请重新核查",
                clause="3.3-2",
            )
    return rules.for_reserve(now)


def _settled(verdicts: Sequence[Verdict]) -> list[tuple[str, str, str]]:
    """What must not have changed: all but price and place, which are told later, and the share, which is judged below."""
    later = {*rules.OPEN_UNTIL, "3.3-4-main-share"}
    return [(v.rule, v.sentence, v.outcome.value) for v in verdicts if v.rule not in later]


def _blocked(
    project: Project, sheets: Sequence[Mapping[str, Any]], part: Sequence[Verdict]
) -> dict[UUID, tuple[Verdict, ...]]:
    """What stops each home; a home whose facts changed since the screening is stopped by that."""
    waived = reads.waived(project, [s["unit_id"] for s in sheets])
    stops = blocks(part)
    found: dict[UUID, tuple[Verdict, ...]] = {}
    for sheet in sheets:
        mine = [Verdict.from_dict(v) for v in sheet["verdicts"] if v["outcome"] != "pass"]
        let = waived.get(sheet["unit_id"], frozenset())
        stop = tuple(v for v in mine if v.outcome.value != "waivable" or (v.rule, v.measured) not in let) + stops
        if any(sheet["facts"][name] != sheet[f"unit__{name}"] for name in UNIT_FACTS):
            raise Refused(f"{sheet['unit__code']} 的房屋情况在准入核查后有更正，不能入库；请重新核查", clause="3.3-2")
        if stop:
            found[sheet["unit_id"]] = stop
    return found


def _blocked_by_share(
    ctx: ActContext, project: Project, allowed: Sequence[Mapping[str, Any]]
) -> dict[UUID, tuple[Verdict, ...]]:
    """以 70㎡ 为主 is judged again over the homes for rent that would then be in the reserve."""
    rent = [s for s in allowed if s["tenure"] == "rent"]
    if not rent:
        return {}
    inside = Unit.objects.filter(region=project.region, project=project, tenure="rent").exclude(state__in=OUTSIDE)
    areas = [*inside.values_list("gross_cm2", flat=True), *(s["unit__gross_cm2"] for s in rent)]
    stop = blocks([rules.main_share(areas, ctx.inforce(project.declared_on))])
    return {s["unit_id"]: stop for s in rent} if stop else {}


def _refuse(
    ctx: ActContext, project: Project, sheets: Sequence[Mapping[str, Any]], blocked: Mapping[UUID, tuple[Verdict, ...]]
) -> None:
    first = next((s for s in sheets if s["unit_id"] in blocked), None)
    if first is None:
        raise Refused(f"项目 {project.name} 没有待入库的房源，没有办理；请先申报并核查", clause="3.3-1")
    verdicts = blocked[first["unit_id"]]
    ctx.on(project, number=project.number)
    ctx.entry.verdicts.extend(verdicts)
    raise Refused(
        f"{len(blocked)} 套不能入库，没有办理。{first['unit__code']}：{verdicts[0].sentence}",
        verdicts,
        verdicts[0].clause,
    )


@act(clause="3.3-1", title="不予入库")
def refuse_units(*, ctx: ActContext, project_id: UUID, unit_ids: Sequence[UUID], reason: str) -> int:
    """Put declared homes on record as not fit, with the reason; they may be declared again once it is mended. How many."""
    project = live(project_for(ctx, project_id))
    text = with_reason(reason, "不予入库", "3.3-1")
    moved = move_all(Unit.objects.filter(region=ctx.region, project=project), unit_ids, "refused", ctx)
    desk.put(ctx, project)
    ctx.on(project, number=project.number, refused=len(moved), reason=text)
    return len(moved)
