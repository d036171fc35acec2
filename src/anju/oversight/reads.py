"""What the pages of oversight and the command line read."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from anju.base.acts import REGISTRY
from anju.base.acts.models import Act, Refusal
from anju.base.log.models import Leaf
from anju.oversight.models import Assessment
from anju.oversight.verification import Problem, Report, verify_all
from anju.reserve.reads import in_region

__all__ = ["Problem", "Report", "assessments", "entries", "refusals", "title_of", "verify_all"]


def entries(region: str) -> QuerySet[Act, Any]:
    """The log's entries of a region, with their numbers (``seq``, None while they wait)."""
    rows = in_region(Act.objects.filter(body__isnull=False), region)
    seq = Leaf.objects.filter(act=OuterRef("pk")).values("seq")
    return rows.annotate(seq=Subquery(seq))


def refusals(region: str) -> QuerySet[Refusal, Any]:
    """What was not done, and why."""
    return in_region(Refusal.objects.all(), region)


def assessments(region: str) -> QuerySet[Assessment, Any]:
    """The assessments of a region."""
    return in_region(Assessment.objects.select_related("acquirer"), region)


def title_of(name: str) -> str:
    """An act's name as clerks say it."""
    return REGISTRY[name].title if name in REGISTRY else name
