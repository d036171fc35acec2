"""Homes (配售配租与台账): sale contracts, leases, closed management, the unified register."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField


class SaleContract(Placed):
    """A sale contract (配售合同) with its down payment; the home is under closed management."""

    party_column = "application_id"

    unit = PlacedKey("reserve.Unit", related_name="sale_contracts")
    application = PlacedKey("needs.Application", region_column="application_region", related_name="sale_contracts")
    application_region = RegionField(verbose_name="申请区划")
    choice = PlacedKey("offering.Choice", related_name="sale_contracts")
    number = models.CharField(max_length=60)
    price_fen = models.BigIntegerField()
    down_payment_fen = models.BigIntegerField()
    provident_fund = models.BooleanField()
    signed_on = models.DateField()
    filing_number = models.CharField(max_length=60, blank=True)
    ended_on = models.DateField(null=True)
    paper = PlacedKey("base.Paper", null=True, related_name="+")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="sale_contract_number_once"),
            models.UniqueConstraint(fields=["region", "unit"], condition=Q(ended_on__isnull=True), name="one_live_sale_per_home"),
            models.CheckConstraint(
                condition=Q(price_fen__gt=0, down_payment_fen__gt=0, down_payment_fen__lte=F("price_fen")), name="sale_amounts"
            ),
        ]


class Lease(Placed):
    """A lease (租赁合同)."""

    party_column = "application_id"

    unit = PlacedKey("reserve.Unit", related_name="leases")
    application = PlacedKey("needs.Application", region_column="application_region", related_name="leases")
    application_region = RegionField(verbose_name="申请区划")
    choice = PlacedKey("offering.Choice", related_name="leases")
    number = models.CharField(max_length=60)
    rent_fen = models.BigIntegerField(help_text="a month")
    deposit_fen = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    signed_on = models.DateField()
    ended_on = models.DateField(null=True)
    paper = PlacedKey("base.Paper", null=True, related_name="+")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="lease_number_once"),
            models.UniqueConstraint(fields=["region", "unit"], condition=Q(ended_on__isnull=True), name="one_live_lease_per_home"),
            models.CheckConstraint(condition=Q(rent_fen__gt=0, deposit_fen__gte=0, ends_on__gt=F("starts_on")), name="lease_terms"),
        ]
