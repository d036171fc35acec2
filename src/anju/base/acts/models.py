"""The tables of acts: written by the functions of ``sql/acts.sql`` alone."""

from typing import ClassVar

from django.db import models

from anju.base.regions import Placed, RegionField, uuid7


class Xid8Field(models.Field):
    """PostgreSQL's 64-bit transaction id."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class Act(Placed):
    """One business act (办理事项): who did what to which object, and its leaf in the log."""

    functions_only = True

    name = models.CharField(max_length=80)
    clause = models.CharField(max_length=16)
    account = models.UUIDField(null=True)
    post = models.CharField(max_length=40)
    organisation = models.UUIDField(null=True)
    key = models.CharField(max_length=200, null=True)
    request_hash = models.BinaryField()
    xid = Xid8Field()
    parent = models.UUIDField(null=True)
    object_kind = models.CharField(max_length=60, blank=True)
    object_id = models.UUIDField(null=True)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    body = models.TextField(null=True)
    leaf = models.BinaryField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "key"], name="act_once_per_key")]
        indexes: ClassVar = [
            models.Index(fields=["xid"], condition=models.Q(body__isnull=True), name="act_open"),
            models.Index(fields=["object_id", "id"], name="act_of_object"),
            models.Index(fields=["account", "id"], name="act_of_account"),
        ]


class ActFacts(models.Model):
    """What an act said in clear; erasable, since the log keeps only the salted hash (PIPL 47)."""

    act = models.UUIDField(primary_key=True)
    region = RegionField()
    salt = models.BinaryField()
    facts = models.TextField()


class ActItem(models.Model):
    """One item of a bulk act: its object and the hash that the act's items root is made of."""

    id = models.BigAutoField(primary_key=True)
    act = models.UUIDField()
    region = RegionField()
    idx = models.IntegerField()
    object_id = models.UUIDField()
    hash = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["act", "idx"], name="act_item_once")]
        indexes: ClassVar = [models.Index(fields=["object_id"], name="act_item_of_object")]


class Refusal(models.Model):
    """An act that was refused (不予办理): the verdicts are kept, the rows it would have changed are not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = RegionField()
    name = models.CharField(max_length=80)
    clause = models.CharField(max_length=16)
    account = models.UUIDField(null=True)
    post = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=60, blank=True)
    object_id = models.UUIDField(null=True)
    sentence = models.TextField()
    verdicts = models.JSONField()
    refused_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["region", "id"], name="refusal_of_region")]
