"""Homes (配售配租与台账): contracts with families, one live one a home; closed management; the unified register."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField

SALE, RENT = "sale", "rent"
TENURES: list[tuple[str, str]] = [(SALE, "配售合同"), (RENT, "租赁合同")]

# A CHECK that comes out NULL passes, so each term is also asked for by name.
SALE_TERMS = Q(
    tenure=SALE,
    price_fen__isnull=False,
    price_fen__gt=0,
    down_payment_fen__isnull=False,
    down_payment_fen__gt=0,
    down_payment_fen__lte=F("price_fen"),
    provident_fund__isnull=False,
    rent_fen__isnull=True,
    starts_on__isnull=True,
    ends_on__isnull=True,
)
LEASE_TERMS = Q(
    tenure=RENT,
    rent_fen__isnull=False,
    rent_fen__gt=0,
    starts_on__isnull=False,
    ends_on__isnull=False,
    ends_on__gt=F("starts_on"),
    price_fen__isnull=True,
    down_payment_fen__isnull=True,
    provident_fund__isnull=True,
    filing_number="",
)


class Contract(Placed):
    """A contract with a household on a home: a sale under closed management, or a lease.

    Both stand in one table, so that one unique constraint holds "one live contract a home", whichever kind.
    """

    party_column = "application_id"

    tenure = models.CharField(max_length=4, choices=TENURES)
    unit = PlacedKey("reserve.Unit", related_name="contracts")
    project = PlacedKey("reserve.Project", related_name="contracts")
    application = PlacedKey("needs.Application", region_column="application_region", related_name="contracts")
    application_region = RegionField(verbose_name="申请区划")
    choice = PlacedKey("offering.Choice", related_name="contracts")
    number = models.CharField(max_length=60)
    signed_on = models.DateField()
    earnest_fen = models.BigIntegerField(help_text="sale: part of the price; rent: the tenancy deposit")
    verdicts = models.JSONField(help_text="what was judged at the signing")
    paper = PlacedKey("base.Paper", related_name="+")
    maker = models.UUIDField()
    # Sale
    price_fen = models.BigIntegerField(null=True)
    down_payment_fen = models.BigIntegerField(null=True, help_text="the earnest money included")
    provident_fund = models.BooleanField(null=True, help_text="whether the household takes a provident-fund loan")
    filing_number = models.CharField(max_length=60, blank=True, help_text="网签备案号")
    filed_on = models.DateField(null=True)
    # Rent
    rent_fen = models.BigIntegerField(null=True, help_text="a month")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    # Handed over (交付): from that day a household that rented gives its rented home back by ``vacate_by``.
    handed_over_on = models.DateField(null=True)
    vacate_by = models.DateField(null=True, help_text="the last day to hand the rented home back")
    # The end
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="contract_number_once"),
            models.UniqueConstraint(
                fields=["region", "unit"], condition=Q(ended_on__isnull=True), name="one_live_contract_per_home"
            ),
            models.UniqueConstraint(
                fields=["region", "application_region", "application"],
                condition=Q(ended_on__isnull=True),
                name="one_live_contract_per_household",
            ),
            models.UniqueConstraint(fields=["region", "choice"], name="one_contract_per_choice"),
            models.CheckConstraint(condition=SALE_TERMS | LEASE_TERMS, name="contract_has_the_terms_of_its_kind"),
            models.CheckConstraint(
                condition=Q(earnest_fen__gt=0)
                & (Q(tenure=RENT) | Q(down_payment_fen__isnull=False, earnest_fen__lte=F("down_payment_fen"))),
                name="contract_earnest",
            ),
            models.CheckConstraint(
                condition=Q(filing_number="", filed_on__isnull=True)
                | (~Q(filing_number="") & Q(filed_on__isnull=False, filed_on__gte=F("signed_on"))),
                name="a_filed_contract_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_on__isnull=True, vacate_by__isnull=True)
                | Q(handed_over_on__isnull=False, handed_over_on__gte=F("signed_on"))
                & (Q(vacate_by__isnull=True) | Q(vacate_by__gte=F("handed_over_on"))),
                name="vacated_after_the_handover",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | (Q(ended_on__gte=F("signed_on")) & ~Q(end_reason="")),
                name="an_ended_contract_says_why",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "tenure", "-signed_on"], name="contract_newest")]


CARRIES = {
    "contract_number_once": "3.6-1",
    "one_live_contract_per_home": "3.2-0",
    "one_live_contract_per_household": "3.2-0",
    "one_contract_per_choice": "3.5-3",
    "contract_has_the_terms_of_its_kind": "3.6-3",
    "contract_earnest": "3.5-3",
    "a_filed_contract_has_its_day": "3.6-1",
    "an_ended_contract_says_why": "3.6-2",
    "contract_as_announced": "3.5-2",
    "vacated_after_the_handover": "3.6-2",
    "a_tenant_who_bought_vacates": "3.2-0",
}
