"""Needs (需求): applications to the waiting list, their reviews, questionnaires, frozen demand."""

from anju.needs.models import application, callback, demand, events, listing, review, survey
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
from anju.needs.models.events import Ban, BanPerson, FormerMember, HouseholdEvent, MemberNeed
from anju.needs.models.listing import CaseChange, ListOrder, Pause, Recheck, RecheckRound
from anju.needs.models.review import STEPS, Finding, Objection, Reconsideration, Review
from anju.needs.models.survey import AGE_BANDS, Answer, Survey, SurveyVersion

CARRIES: dict[str, str] = {
    **application.CARRIES, **review.CARRIES, **survey.CARRIES, **demand.CARRIES, **callback.CARRIES,
    **events.CARRIES, **listing.CARRIES,
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
    "STEPS",
    "TENURES",
    "TENURE_OF",
    "Answer",
    "Application",
    "ApplicationNumber",
    "Ban",
    "BanPerson",
    "Call",
    "Campaign",
    "CaseChange",
    "Chance",
    "DemandCell",
    "DemandSnapshot",
    "Draft",
    "Finding",
    "FormerMember",
    "HouseholdEvent",
    "ListOrder",
    "Member",
    "MemberNeed",
    "Objection",
    "Pause",
    "Publicity",
    "Recheck",
    "RecheckRound",
    "Reconsideration",
    "Review",
    "Stay",
    "Survey",
    "SurveyVersion",
    "Wish",
]
