"""Permits (绿色通道): procedures of the departments, with clocks."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anju.base.regions import Placed, PlacedKey, SharedKey


class Permit(Placed):
    """One procedure (办件) for a project at a department: filing, loan conditions, taxes, registration."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="permits")
    procedure = models.CharField(max_length=40)
    department = SharedKey("parties.Organisation", related_name="+")
    opened_on = models.DateField()
    limit_days = models.IntegerField(null=True)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    certificate = models.CharField(max_length=80, blank=True)
    annotation = models.CharField(max_length=200, blank=True, help_text="登记附记: closed management")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "procedure"], name="permit_once"),
            models.CheckConstraint(condition=Q(done_on__isnull=True) | ~Q(certificate=""), name="a_done_permit_has_its_certificate"),
        ]
