"""Questionnaires (调查问卷): answers come in by file and are weighted to the census; they never mix with the list."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from anju.base.acts import ActContext, Refused, act
from anju.needs import reads, weights
from anju.needs.models import Answer

CLAUSE = "3.2-1"


@dataclass(frozen=True)
class AnswerInput:
    """One answer of a file; ``rooms`` and ``area_cm2`` None where the household wants no home or did not say."""

    row: int
    number: int
    county: str
    age_band: str
    household_size: int
    wants: str
    rooms: int | None = None
    area_cm2: int | None = None


@act(clause=CLAUSE, title="导入问卷答卷")
def take_answers(
    *, ctx: ActContext, survey: str, answers: list[AnswerInput], load_id: UUID | None = None
) -> dict[str, Any]:
    """Take answers in; a number that the survey already has is left out: ``{"taken": n, "refused": [[row, sentence], …]}``."""
    numbers = [answer.number for answer in answers]
    known = set(
        Answer.objects.filter(region=ctx.region, survey=survey, number__in=numbers).values_list("number", flat=True)
    )
    rows, refused = [], []
    for one in answers:
        if one.number in known:
            refused.append([one.row, f"问卷「{survey}」已有第 {one.number} 号答卷，没有收下；重复提交的只计一份"])
            continue
        known.add(one.number)
        rows.append(
            Answer(
                region=ctx.region, survey=survey, number=one.number, county=one.county, age_band=one.age_band,
                household_size=one.household_size, replies=_standard(one), load_id=load_id,
            )
        )  # fmt: skip
    Answer.objects.bulk_create(rows)
    ctx.entry.facts.update(survey=survey, taken=len(rows), refused=len(refused))
    ctx.items((row.id, f"{survey}|{row.number}|{row.replies['wants']}") for row in rows)
    return {"taken": len(rows), "refused": refused}


def _standard(one: AnswerInput) -> dict[str, Any]:
    """A file's columns as replies to the standard questions; whole ㎡, what was not said is not there."""
    found: dict[str, Any] = {"wants": one.wants, "rooms": one.rooms}
    found["area"] = None if one.area_cm2 is None else one.area_cm2 // 10_000
    return {code: value for code, value in found.items() if value is not None}


@act(clause=CLAUSE, title="问卷加权")
def weigh_survey(*, ctx: ActContext, survey: str) -> dict[str, Any]:
    """Weight a survey's answers to the census; says the effective sample size, merged strata and uncovered counties.

    Raises Refused without answers or census figures: nothing is weighted by a guess.
    """
    rows = Answer.objects.filter(region=ctx.region, survey=survey).order_by("id")
    answers = [weights.Respondent(row.id, row.county, row.age_band, row.household_size) for row in rows]
    if not answers:
        raise Refused(f"问卷「{survey}」还没有答卷，没有加权；请先导入答卷", clause=CLAUSE)
    try:
        found = weights.weigh(answers, reads.census_of_counties(ctx.region))
    except weights.NoCensus as error:
        raise Refused(str(error), clause=CLAUSE) from error
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE needs_answer a SET weight_ppm = u.weight FROM unnest(%s::uuid[], %s::bigint[]) AS u (id, weight)"
            " WHERE a.region = %s AND a.id = u.id",
            [list(found.weights), list(found.weights.values()), ctx.region],
        )
    size = weights.effective(found.weights.values())
    ctx.entry.facts.update(
        survey=survey, answers=len(answers), effective=size, merged=found.merged, uncovered=found.uncovered
    )
    return {"answers": len(answers), "effective": size, "merged": found.merged, "uncovered": found.uncovered}
