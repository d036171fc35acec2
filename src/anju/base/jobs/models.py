"""How far a job has come; the page polls this row, a new worker starts from ``done``."""

from django.db import models

from anju.base.regions import Placed


class Progress(Placed):
    """Worker bookkeeping, outside acts by name."""

    unguarded = True

    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    state = models.CharField(max_length=8, default="waiting", choices=[
        ("waiting", "排队中"), ("running", "进行中"), ("done", "已完成"), ("failed", "未完成"),
    ])  # fmt: skip
    note = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
