"""Needs (需求): applications to the waiting list, their reviews, questionnaires, frozen demand."""

from anju.needs.models import application, callback, demand, review, survey
from anju.needs.models.application import (
    APPLICANT,
    LIVE,
    MARRIAGES,
    MAX_WISHES,
    PROGRAMMES,
    PUBLICITY,
    RELATIONS,
    REVIEWED,
    TENURE_OF,
    TENURES,
    Application,
    ApplicationNumber,
    Draft,
    Member,
    Publicity,
    Wish,
)
from anju.needs.models.callback import Call, Campaign
from anju.needs.models.demand import Chance, DemandCell, DemandSnapshot, Stay
from anju.needs.models.review import Finding, Review
from anju.needs.models.survey import AGE_BANDS, Answer, Survey, SurveyVersion

CARRIES: dict[str, str] = {
    **application.CARRIES, **review.CARRIES, **survey.CARRIES, **demand.CARRIES, **callback.CARRIES,
}  # fmt: skip

__all__ = [
    "AGE_BANDS",
    "APPLICANT",
    "CARRIES",
    "LIVE",
    "MARRIAGES",
    "MAX_WISHES",
    "PROGRAMMES",
    "PUBLICITY",
    "RELATIONS",
    "REVIEWED",
    "TENURES",
    "TENURE_OF",
    "Answer",
    "Application",
    "ApplicationNumber",
    "Call",
    "Campaign",
    "Chance",
    "DemandCell",
    "DemandSnapshot",
    "Draft",
    "Finding",
    "Member",
    "Publicity",
    "Review",
    "Stay",
    "Survey",
    "SurveyVersion",
    "Wish",
]
