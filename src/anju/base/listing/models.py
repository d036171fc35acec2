"""Named views of a list, one person's own, and the files that large exports became."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anju.base.regions import Placed


class SavedView(Placed):
    """One person's columns and filters of one list (``list`` is the name of its page); at most one is where the list opens."""

    party_column = "organisation"

    account = models.UUIDField()
    organisation = models.UUIDField(null=True)
    list = models.CharField(max_length=80)
    title = models.CharField(max_length=20)
    values = models.JSONField(help_text="what the address says: filters, q, order")
    columns = models.JSONField(help_text="the fields of the columns shown, in the list's order; empty: all")
    is_default = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "account", "list", "title"], name="one_view_of_a_name"),
            models.UniqueConstraint(
                fields=["region", "account", "list"], condition=Q(is_default=True), name="one_default_view_of_a_list"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="a_view_has_a_name"),
        ]


class ExportFile(Placed):
    """One large export: asked for on a list's page, made by a job, fetched by who asked, deleted when its days are over."""

    WAITING, READY, FAILED, GONE = "waiting", "ready", "failed", "gone"
    STATES: ClassVar = [(WAITING, "正在生成"), (READY, "可以下载"), (FAILED, "没有生成"), (GONE, "已到期删除")]

    party_column = "organisation"

    account = models.UUIDField()
    organisation = models.UUIDField(null=True)
    list = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    address = models.CharField(max_length=2000, help_text="the list's page with what it shows")
    power = models.CharField(
        max_length=80, help_text="what it takes to see the list, asked again when the file is fetched"
    )
    state = models.CharField(max_length=8, choices=STATES, default=WAITING)
    asked_at = models.DateTimeField()
    name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    rows = models.IntegerField(null=True)
    size = models.BigIntegerField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True, help_text="the last day on which it may be fetched")
    reason = models.CharField(max_length=300, blank=True, help_text="why there is no file")
    personal = models.BooleanField(default=False, help_text="its rows are about natural persons")
    why = models.CharField(max_length=300, blank=True, help_text="why personal rows were taken out")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["region", "account", "-asked_at"], name="exports_of_account")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(ready_at__isnull=False, expires_on__isnull=False, rows__isnull=False, size__isnull=False),
                name="a_ready_export_has_its_file",
            ),
            models.CheckConstraint(condition=Q(personal=False) | ~Q(why=""), name="a_personal_export_says_why"),
        ]


CARRIES: dict[str, str] = {"a_ready_export_has_its_file": "4.4", "a_personal_export_says_why": "4.5"}
