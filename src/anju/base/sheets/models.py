"""A load (导入): one file that a user brought, what was found in it, and how far it has been taken in."""

from typing import ClassVar

from django.db import models

from anju.base.regions import Placed, PlacedKey


class Load(Placed):
    """Validated first; nothing is stored until the user accepts the good rows; ``done`` rows are in."""

    CHECKED, ACCEPTING, ACCEPTED, REJECTED = "checked", "accepting", "accepted", "rejected"
    STATES: ClassVar = [(CHECKED, "已校验，待收下"), (ACCEPTING, "正在收下"), (ACCEPTED, "已收下"), (REJECTED, "已退回")]

    kind = models.CharField(max_length=40)
    evidence = PlacedKey("base.Evidence", related_name="loads")
    state = models.CharField(max_length=12, choices=STATES, default=CHECKED)
    good = models.IntegerField()
    bad = models.IntegerField()
    errors = models.JSONField()
    done = models.IntegerField(default=0)
    refused = models.JSONField(default=list)
    synthetic = models.BooleanField()
    options = models.JSONField(default=dict)
    maker = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    checker = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["region", "-made_at"], name="load_of_region")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(done__gte=0, good__gte=0, bad__gte=0, done__lte=models.F("good")), name="load_counts")
        ]
