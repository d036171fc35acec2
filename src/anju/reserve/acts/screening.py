"""Screening (准入核查): every rule of 3.3 on every home, for the tenure wanted and any other that is tried; set-based."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection

from anju.base.acts import ActContext, InvalidInput, Refused, act, canonical
from anju.base.regions import uuid7
from anju.policy.parameters import InForce
from anju.policy.rules import screening as rules
from anju.policy.verdict import Verdict, worst
from anju.reserve.acts import desk
from anju.reserve.acts.common import live, project_for
from anju.reserve.facts import BUILT, GUARDS, UNIT_FACTS, check_items, project_facts, unit_facts_of
from anju.reserve.models import TENURES, Check, Project, ProjectScreening, Unit

Rows = Sequence[Mapping[str, Any]]


@act(clause="3.3-2", title="准入核查")
def screen_project(*, ctx: ActContext, project_id: UUID, tenures: Sequence[str] = ()) -> dict[str, int]:
    """Judge all homes of a project by the parameters of its declaration, in one new round; nothing of it is changed later.

    ``tenures`` are tried for every home beside the one wanted. Returns how many homes have which outcome for the tenure
    wanted. Raises Refused where there is no home to judge.
    """
    project = live(project_for(ctx, project_id))
    _known(tenures)
    inforce = ctx.inforce(project.declared_on)
    rows = list(
        Unit.objects.filter(region=ctx.region, project=project)
        .exclude(state__in=["refused", "withdrawn"])
        .order_by("id")
        .values("id", "tenure", *UNIT_FACTS)
    )
    if not rows:
        raise Refused(f"项目 {project.name} 没有可核查的房源；请先导入楼盘表", clause="3.3-1")
    project.round += 1
    project.save(update_fields=["round"])
    checks = live_checks(project)
    part = with_documents(rules.screen_project(project_facts(project, checks), inforce), checks, inforce)
    counts: Counter[str] = Counter()
    for tenure, _ in TENURES:
        homes = rows if tenure in tenures else [row for row in rows if row["tenure"] == tenure]
        if homes:
            outcomes = _screen(ctx, project, tenure, homes, part_for(tenure, part, homes, inforce), inforce)
            counts.update(outcomes[row["id"]] for row in homes if row["tenure"] == tenure)
            ctx.items((unit_id, f"{tenure} {project.round} {outcome}") for unit_id, outcome in outcomes.items())
    desk.put(ctx, project)
    ctx.on(project, number=project.number, round=project.round, case_date=project.declared_on, outcomes=dict(counts))
    return dict(counts)


def _known(tenures: Iterable[str]) -> None:
    strange = set(tenures) - set(dict(TENURES))
    if strange:
        raise InvalidInput(
            f"没有「{'、'.join(sorted(strange))}」这种用途，没有核查；可选：配售、配租", field="tenures", clause="3.3-2"
        )


def live_checks(project: Project) -> list[Check]:
    """The checks in force, one an item."""
    return list(Check.objects.filter(region=project.region, project=project, live=True).order_by("item"))


def with_documents(part: Sequence[Verdict], checks: Sequence[Check], inforce: InForce) -> list[Verdict]:
    """The verdicts on checks, each with the document that its check rests on; the rules answer in the order of the items."""
    documents = {check.item: check.document for check in checks}
    items = check_items(inforce)
    order = {
        "3.3-2-built": [BUILT], "3.3-2-guards": [i for i in items if i.startswith(GUARDS)], "3.3-5-five": list(rules.FIVE),
    }  # fmt: skip
    queues = {rule: iter(names) for rule, names in order.items()}
    found = []
    for verdict in part:
        item = next(queues[verdict.rule], "") if verdict.rule in queues else ""
        found.append(replace(verdict, evidence=verdict.evidence or documents.get(item, "")))
    return found


def part_for(tenure: str, part: Sequence[Verdict], homes: Rows, inforce: InForce) -> list[Verdict]:
    """The project's part for a tenure: for rent, the share of small homes (以 70㎡ 为主) over the homes for rent beside it."""
    if tenure != "rent":
        return list(part)
    return [rules.main_share([row["gross_cm2"] for row in homes], inforce), *part]


# Equal homes are judged once and their document is sent once; the database lays a copy for each home.
LAY = """
    INSERT INTO reserve_screening (id, region, project_id, unit_id, part_id, tenure, round, outcome, gross_cm2, facts, verdicts,
                                   case_date, screened_at)
    SELECT u.id, %s, %s, u.unit, %s, %s, %s, k.outcome, k.gross_cm2, k.facts, k.verdicts, %s, %s
      FROM unnest(%s::uuid[], %s::uuid[], %s::int[]) AS u (id, unit, kind)
      JOIN jsonb_to_recordset(%s::jsonb) AS k (kind int, outcome text, gross_cm2 bigint, facts jsonb, verdicts jsonb)
        ON k.kind = u.kind
"""


def _screen(
    ctx: ActContext, project: Project, tenure: str, homes: Rows, part: Sequence[Verdict], inforce: InForce
) -> dict[UUID, str]:
    """Lay the frozen documents of one tenure; the outcome of each home."""
    head = ProjectScreening.objects.create(
        region=ctx.region, project=project, tenure=tenure, round=project.round, verdicts=[v.as_dict() for v in part],
        case_date=project.declared_on, screened_at=ctx.now,
    )  # fmt: skip
    kinds: dict[tuple[Any, ...], dict[str, Any]] = {}
    mine = rules.for_reserve(part)
    for row in homes:
        key = tuple(row[name] for name in UNIT_FACTS)
        if key not in kinds:
            kinds[key] = {"kind": len(kinds), **_document(row, tenure, mine, inforce)}
    found = [kinds[tuple(row[name] for name in UNIT_FACTS)] for row in homes]
    with connection.cursor() as cursor:
        cursor.execute(LAY, [
            ctx.region, project.id, head.id, tenure, project.round, project.declared_on, ctx.now, [uuid7() for _ in homes],
            [row["id"] for row in homes], [kind["kind"] for kind in found], canonical(list(kinds.values())),
        ])  # fmt: skip
    return {row["id"]: kind["outcome"] for row, kind in zip(homes, found, strict=True)}


def _document(row: Mapping[str, Any], tenure: str, part: Sequence[Verdict], inforce: InForce) -> dict[str, Any]:
    """What is kept of one kind of home: its facts, its verdicts, the worst of them and the project's part."""
    verdicts = unit_verdicts(row, tenure, inforce)
    return {
        "outcome": worst([*verdicts, *part]).value, "gross_cm2": row["gross_cm2"],
        "facts": {name: row[name] for name in UNIT_FACTS}, "verdicts": [v.as_dict() for v in verdicts],
    }  # fmt: skip


def unit_verdicts(row: Mapping[str, Any], tenure: str, inforce: InForce) -> list[Verdict]:
    """The rules of 3.3 that look at the home itself."""
    facts = unit_facts_of(row)
    area = {"sale": rules.sale_area, "rent": rules.rent_area}[tenure]
    return [
        area(facts.gross_cm2, inforce),
        rules.size(facts.use, facts.gross_cm2, inforce),
        *rules.rights(facts),
        rules.mortgage(facts),
    ]
