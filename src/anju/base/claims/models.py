"""One person once (一人一次), across regions; and which case belongs to which party."""

from typing import ClassVar

from django.db import models

from anju.base.regions import RegionField


class Claim(models.Model):
    """A person holds at most one live claim of a kind; written by ``sql/claims.sql`` alone. Carries no name; nothing joins to it."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=24)
    person = models.BinaryField(help_text="blind index of the document number")
    token = models.UUIDField(help_text="the case that holds the claim")
    region = RegionField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "person"], name="one_person_once")]
        indexes: ClassVar = [models.Index(fields=["token"], name="claim_of_case")]


class PartyCase(models.Model):
    """``party`` (an organisation or a person) may see ``case_id``; written by a definer function that refuses another's case."""

    id = models.BigAutoField(primary_key=True)
    party = models.UUIDField()
    case_id = models.UUIDField()
    region = RegionField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["party", "case_id"], name="party_case_once")]
        indexes: ClassVar = [models.Index(fields=["case_id"], name="party_of_case")]
