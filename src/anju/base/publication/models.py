"""Publication (公示、公告): whitelisted copies, the only rows that the public role reads."""

from typing import ClassVar

from django.db import models

from anju.base.regions import Placed


class Publication(Placed):
    """A copy made for the public. ``body`` holds whitelisted, masked fields only; taken down after ``until``."""

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    slug = models.CharField(max_length=60)
    body = models.JSONField()
    object_id = models.UUIDField()
    published_at = models.DateTimeField()
    until = models.DateField(null=True)
    visible = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "kind", "slug"], name="publication_once")]
        indexes: ClassVar = [
            models.Index(fields=["kind", "-published_at"], condition=models.Q(visible=True), name="publication_live")
        ]
