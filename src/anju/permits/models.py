"""Permits (绿色通道): procedures of the departments, with clocks."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey

FILING, LOAN, TAXES = "filing", "loan", "taxes"
FIRST_REGISTRATION, TRANSFER_REGISTRATION = "first_registration", "transfer_registration"
# What the plan names (3.6, 4.1); how many working days each may take is the city's parameter ``permit_days``.
PROCEDURES: list[tuple[str, str]] = [
    (FILING, "网签备案"),
    (LOAN, "个人贷款条件"),
    (TAXES, "税费缴纳"),
    (FIRST_REGISTRATION, "首次登记"),
    (TRANSFER_REGISTRATION, "转移登记"),
]


class Permit(Placed):
    """One procedure (办件) for a project at a department: filing, loan conditions, taxes, registration."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="permits")
    procedure = models.CharField(max_length=40, choices=PROCEDURES)
    department = SharedKey("parties.Organisation", related_name="+")
    opened_on = models.DateField()
    limit_days = models.IntegerField(help_text="working days, as the parameter stood on the day it was opened")
    due_on = models.DateField()
    stopped_on = models.DateField(null=True)
    stop_reason = models.CharField(max_length=200, blank=True)
    stopped_days = models.IntegerField(default=0, help_text="working days for which the clock stood still so far")
    done_on = models.DateField(null=True)
    certificate = models.CharField(max_length=80, blank=True)
    annotation = models.CharField(max_length=200, blank=True, help_text="登记附记: closed management")
    evidence = PlacedKey("base.Evidence", null=True, related_name="+")
    maker = models.UUIDField()
    finished_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "procedure"], name="permit_once"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | (~Q(certificate="") & Q(finished_by__isnull=False)),
                name="a_done_permit_has_its_certificate",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opened_on"), limit_days__gt=0, stopped_days__gte=0)
                & (Q(done_on__isnull=True) | Q(done_on__gte=F("opened_on"))),
                name="permit_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | (~Q(stop_reason="") & Q(done_on__isnull=True)),
                name="a_stopped_clock_has_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "due_on"], condition=Q(done_on__isnull=True), name="permit_open")
        ]


CARRIES = {
    "permit_once": "3.6-1",
    "a_done_permit_has_its_certificate": "3.6-1",
    "permit_days_in_order": "3.6-1",
    "a_stopped_clock_has_a_reason": "3.6-1",
}
