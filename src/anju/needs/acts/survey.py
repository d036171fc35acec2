"""Questionnaires (调查问卷): drafted, published by another person, answered or brought by file, weighted; never mixed with the list."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.publication import release
from anju.base.publication.models import Publication
from anju.needs import damping, questions, reads, weights
from anju.needs.acts.steps import FAMILY, is_own, who
from anju.needs.models import AGE_BANDS, LIVE, Answer, Application, Survey, SurveyVersion
from anju.needs.questions import BadQuestions

CLAUSE = "3.2-1"
PUBLISHED = "survey"  # the kind of its publications
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# Numbers of answers by link; files number theirs from 1.
FIRST_BY_LINK = 1_000_000
PERSONS_MAX = 20


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


@dataclass(frozen=True)
class Given:
    """One answer by link: the stratum that everybody is asked for, and the replies by the questions' codes."""

    county: str
    age_band: str
    household_size: int
    replies: Mapping[str, Any]


# --- the questionnaire itself ------------------------------------------------------------------------


@act(clause=CLAUSE, title="拟定问卷")
def draft_survey(*, ctx: ActContext, title: str, intro: str, asked: Sequence[Mapping[str, Any]]) -> Survey:
    """A new questionnaire with its first version; nobody sees it yet. Raises InvalidInput with the question that is wrong."""
    name = title.strip()
    if not 1 <= len(name) <= 40:
        raise InvalidInput(f"问卷名称应为 1 至 40 个字，现为 {len(name)} 个字，没有保存", field="title", clause=CLAUSE)
    kept = _checked(asked)
    survey = Survey(
        region=ctx.region, title=name, intro=intro.strip()[:600], maker=who(ctx),
        code="".join(secrets.choice(CODE_LETTERS) for _ in range(8)),
    )  # fmt: skip
    try:
        with transaction.atomic():
            survey.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"已有名为「{name}」的问卷，没有保存；请换一个名称", clause=CLAUSE) from error
    _add_version(ctx, survey, kept)
    ctx.on(survey, title=name, questions=len(kept))
    return survey


@act(clause=CLAUSE, title="修改问卷题目")
def revise_survey(*, ctx: ActContext, survey_id: UUID, asked: Sequence[Mapping[str, Any]]) -> Survey:
    """Another version of the questions. Earlier answers keep the version they answered; a published one is asked at once.

    Raises Refused once the survey is closed, InvalidInput for a question that is wrong or says the same.
    """
    survey = _locked(ctx, survey_id)
    if survey.state == "closed":
        raise Refused(f"问卷「{survey.title}」已截止，没有修改；请另拟一份", clause=CLAUSE)
    kept = _checked(asked)
    now = current_version(survey)
    if now.questions == kept:
        raise InvalidInput("题目没有变化，没有保存", field="text", clause=CLAUSE)
    survey.version = now.number + 1
    survey.save(update_fields=["version"])
    _add_version(ctx, survey, kept)
    if survey.state == "open":
        Publication.objects.filter(region=ctx.region, kind=PUBLISHED, slug=survey.code).update(body=_body(survey, kept))
    ctx.on(survey, title=survey.title, version=survey.version)
    return survey


@act(clause=CLAUSE, title="发布问卷")
def publish_survey(*, ctx: ActContext, survey_id: UUID, opens_on: date, closes_on: date) -> Survey:
    """Open the questionnaire for a window of days, both included. Raises Refused for its own drafter, InvalidInput for the days."""
    survey = _locked(ctx, survey_id)
    if survey.state != "draft":
        raise Refused(f"问卷「{survey.title}」{survey.get_state_display()}，没有再发布", clause=CLAUSE)
    ctx.other_than(survey.maker, f"问卷「{survey.title}」的发布")
    if not ctx.today <= opens_on <= closes_on:
        raise InvalidInput(
            f"起止日 {opens_on} 至 {closes_on} 不对：起日不早于今天 {ctx.today}，止日不早于起日，没有发布",
            field="closes_on", clause=CLAUSE,
        )  # fmt: skip
    survey.state, survey.opens_on, survey.closes_on, survey.checker = "open", opens_on, closes_on, who(ctx)
    survey.save(update_fields=["state", "opens_on", "closes_on", "checker"])
    release.release(
        ctx=ctx, kind=PUBLISHED, title=survey.title, slug=survey.code, obj=survey, until=closes_on,
        body=_body(survey, current_version(survey).questions),
    )  # fmt: skip
    ctx.on(survey, title=survey.title, version=survey.version, opens_on=opens_on, closes_on=closes_on)
    return survey


@act(clause=CLAUSE, title="截止问卷")
def close_survey(*, ctx: ActContext, survey_id: UUID) -> Survey:
    """No more answers; the link says so. Raises Refused where it is not open."""
    survey = _locked(ctx, survey_id)
    if survey.state != "open":
        raise Refused(f"问卷「{survey.title}」为「{survey.get_state_display()}」，没有截止", clause=CLAUSE)
    survey.state = "closed"
    survey.save(update_fields=["state"])
    Publication.objects.filter(region=ctx.region, kind=PUBLISHED, slug=survey.code).update(visible=False)
    ctx.on(survey, title=survey.title, answers=survey.answers_by_link)
    return survey


def current_version(survey: Survey) -> SurveyVersion:
    """The version that is asked now."""
    return SurveyVersion.objects.get(region=survey.region, survey=survey, number=survey.version)


def _checked(asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    try:
        return questions.checked(asked)
    except BadQuestions as error:
        raise InvalidInput(f"{error}，没有保存", field="text", clause=CLAUSE) from error


def _add_version(ctx: ActContext, survey: Survey, kept: list[dict[str, Any]]) -> None:
    SurveyVersion.objects.create(
        region=ctx.region, survey=survey, number=survey.version, questions=kept, made_on=ctx.today, maker=ctx.account
    )


def _body(survey: Survey, asked: list[dict[str, Any]]) -> dict[str, Any]:
    """What the public role reads: the questions and the window; nothing else."""
    return {
        "intro": survey.intro, "version": survey.version, "questions": asked,
        "opens_on": survey.opens_on.isoformat() if survey.opens_on else "",
        "closes_on": survey.closes_on.isoformat() if survey.closes_on else "",
    }  # fmt: skip


def _locked(ctx: ActContext, survey_id: UUID) -> Survey:
    row = Survey.objects.select_for_update().filter(region=ctx.region, id=survey_id).first()
    if row is None:
        raise InvalidInput("没有这份问卷，没有办理；请从问卷列表重新打开", field="survey_id", clause=CLAUSE)
    return row


# --- answers -----------------------------------------------------------------------------------------


@act(clause=CLAUSE, title="填写问卷")
def answer_survey(
    *, ctx: ActContext, code: str, version: int, given: Given, device: bytes | None = None, address: bytes | None = None,
    application_id: UUID | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Take one answer: a family's, tied to its application (once), or anybody's. ``device`` and ``address`` are keyed hashes.

    Raises Refused outside the window or where the household has answered, InvalidInput with what to answer.
    """
    survey = Survey.objects.select_for_update().filter(region=ctx.region, code=code).first()
    if survey is None or survey.state != "open" or survey.opens_on is None or survey.closes_on is None:
        raise Refused("这份问卷没有在征集，没有收下答卷", clause=CLAUSE)
    if not survey.opens_on <= ctx.today <= survey.closes_on:
        raise Refused(
            f"问卷「{survey.title}」征集期为 {survey.opens_on} 至 {survey.closes_on}，今天 {ctx.today}，没有收下",
            clause=CLAUSE,
        )
    asked = SurveyVersion.objects.filter(region=ctx.region, survey=survey, number=version).first()
    if asked is None:
        raise InvalidInput("问卷题目已更新，没有收下；请刷新页面重填", field="version", clause=CLAUSE)
    _stratum(ctx, given)
    wrong = questions.faults(asked.questions, given.replies)
    if wrong:
        field, why = next(iter(wrong.items()))
        raise InvalidInput(f"{why}，没有收下", field=f"q_{field}", clause=CLAUSE)
    application = _own_application(ctx, survey, application_id)
    survey.answers_by_link += 1
    survey.save(update_fields=["answers_by_link"])
    row = Answer.objects.create(
        region=ctx.region, survey=survey.title, version=asked, number=FIRST_BY_LINK + survey.answers_by_link,
        way="family" if application else "link", county=given.county, age_band=given.age_band,
        household_size=given.household_size, replies=questions.kept(asked.questions, given.replies),
        application_region=application.region if application else None, application=application,
        device=None if application else device, address=None if application else address, answered_at=ctx.now,
    )  # fmt: skip
    ctx.on(row, survey=survey.title, number=row.number, way=row.way)
    return {"number": row.number, "tied": application is not None}


def _stratum(ctx: ActContext, given: Given) -> None:
    if given.county not in reads.counties(ctx.region):
        raise InvalidInput("请选择您家所在的区县，没有收下", field="county", clause=CLAUSE)
    if given.age_band not in dict(AGE_BANDS):
        raise InvalidInput("请选择您的年龄段，没有收下", field="age_band", clause=CLAUSE)
    if not 1 <= given.household_size <= PERSONS_MAX:
        raise InvalidInput(f"家庭人数应为 1 至 {PERSONS_MAX} 人，没有收下", field="household_size", clause=CLAUSE)


def _own_application(ctx: ActContext, survey: Survey, application_id: UUID | None) -> Application | None:
    """The signed-in family's live application. Raises Refused for another's, or where it answered."""
    if application_id is None:
        return None
    row = Application.objects.filter(id=application_id, state__in=LIVE).first()
    if row is None or ctx.post != FAMILY or not is_own(ctx, row):
        raise Refused("这份申请不是本账号的，答卷没有收下；不登录也可以匿名填写", clause=CLAUSE)
    done = Answer.objects.filter(region=survey.region, survey=survey.title, application_id=row.id).first()
    if done:
        on = f"{done.answered_at:%Y-%m-%d}" if done.answered_at else ""
        raise Refused(f"您家（受理号 {row.number}）{on}已填过这份问卷，一户一份，没有再收", clause=CLAUSE)
    return row


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
        if one.number >= FIRST_BY_LINK:
            refused.append([one.row, f"答卷号 {one.number} 应小于 {FIRST_BY_LINK}（往上的留给网上答卷），没有收下"])
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
    rows = list(Answer.objects.filter(region=ctx.region, survey=survey).order_by("id"))
    if not rows:
        raise Refused(f"问卷「{survey}」还没有答卷，没有加权；请先导入答卷或发布征集", clause=CLAUSE)
    share = damping.shares((row.id, _bytes(row.device), _bytes(row.address)) for row in rows)
    answers = [weights.Respondent(row.id, row.county, row.age_band, row.household_size, share[row.id]) for row in rows]
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
    told = {
        "answers": len(answers), "effective": weights.effective(found.weights.values()), "merged": found.merged,
        "uncovered": found.uncovered, "damped": sum(part < weights.PPM for part in share.values()),
    }  # fmt: skip
    ctx.entry.facts.update(survey=survey, **told)
    return told


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)
