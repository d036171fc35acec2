"""Screening (准入核查): every rule of 3.3 on every home, for the tenure wanted and any other that is tried; set-based."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.policy.parameters import InForce
from anju.policy.rules import screening as rules
from anju.policy.verdict import Verdict, worst
from anju.reserve.acts.common import live, project_for
from anju.reserve.facts import UNIT_FACTS, project_facts, unit_facts_of
from anju.reserve.models import TENURES, Check, Project, ProjectScreening, Screening, Unit

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
    part = rules.screen_project(project_facts(project, live_checks(project)), inforce)
    found: list[Screening] = []
    for tenure, _ in TENURES:
        homes = rows if tenure in tenures else [row for row in rows if row["tenure"] == tenure]
        if homes:
            found += _screen(ctx, project, tenure, homes, part_for(tenure, part, homes, inforce), inforce)
    Screening.objects.bulk_create(found, batch_size=1_000)
    wanted = {row["id"]: row["tenure"] for row in rows}
    counts = Counter(s.outcome for s in found if wanted[s.unit_id] == s.tenure)
    ctx.on(project, number=project.number, round=project.round, case_date=project.declared_on, outcomes=dict(counts))
    ctx.items((s.unit_id, f"{s.tenure} {s.round} {s.outcome}") for s in found)
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


def part_for(tenure: str, part: Sequence[Verdict], homes: Rows, inforce: InForce) -> list[Verdict]:
    """The project's part for a tenure: for rent, the share of small homes (以 70㎡ 为主) over the homes for rent beside it."""
    if tenure != "rent":
        return list(part)
    return [rules.main_share([row["gross_cm2"] for row in homes], inforce), *part]


def _screen(
    ctx: ActContext, project: Project, tenure: str, homes: Rows, part: Sequence[Verdict], inforce: InForce
) -> list[Screening]:
    same = {"case_date": project.declared_on, "screened_at": ctx.now}
    head = ProjectScreening.objects.create(
        region=ctx.region,
        project=project,
        tenure=tenure,
        round=project.round,
        verdicts=[v.as_dict() for v in part],
        **same,
    )
    mine = rules.for_reserve(part)
    judge = _judge(tenure, mine, inforce)
    found = []
    for row in homes:
        verdicts, outcome = judge(tuple(row[name] for name in UNIT_FACTS))
        found.append(
            Screening(
                region=ctx.region, project=project, unit_id=row["id"], part=head, tenure=tenure, round=project.round, outcome=outcome,
                gross_cm2=row["gross_cm2"], facts={name: row[name] for name in UNIT_FACTS}, verdicts=verdicts, **same,
            )
        )  # fmt: skip
    return found


def _judge(tenure: str, part: Sequence[Verdict], inforce: InForce) -> Any:
    """A judge of one home's facts; a project has few kinds of homes and many of each, so equal facts are judged once."""

    @cache
    def judge(facts: tuple[Any, ...]) -> tuple[list[dict[str, Any]], str]:
        verdicts = unit_verdicts(dict(zip(UNIT_FACTS, facts, strict=True)), tenure, inforce)
        return [v.as_dict() for v in verdicts], worst([*verdicts, *part]).value

    return judge


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
