"""Pricing (定价): cost sheets, appraisals, the ceiling that is computed once and never changed, prices to families."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, SharedKey


class CostSheet(Placed):
    """Costs of a project (3.4): allocated land (划拨土地成本), construction (建安成本), profit, over one area basis."""

    closed_to_parties = True  # what the acquirer may pay at the most is not the seller's to read

    project = PlacedKey("reserve.Project", related_name="cost_sheets")
    land_fen = models.BigIntegerField(null=True)
    transfer_land_fen = models.BigIntegerField(
        null=True, help_text="the seller's 出让 price, kept only to flag an entry equal to it"
    )
    construction_fen = models.BigIntegerField(null=True)
    profit_fen = models.BigIntegerField(null=True)
    gross_cm2 = models.BigIntegerField(null=True)
    document = models.CharField(max_length=120, blank=True, help_text="who supplied the figures, 文号")
    evidence = PlacedKey("base.Evidence", null=True, related_name="+")
    entered_on = models.DateField()
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(land_fen__isnull=True)
                | Q(land_fen=0)
                | Q(transfer_land_fen__isnull=True)
                | ~Q(land_fen=F("transfer_land_fen")),
                name="land_is_not_the_transfer_price",
            ),
            models.CheckConstraint(
                condition=(Q(land_fen__isnull=True) | Q(land_fen__gte=0))
                & (Q(construction_fen__isnull=True) | Q(construction_fen__gt=0))
                & (Q(profit_fen__isnull=True) | Q(profit_fen__gte=0))
                & (Q(gross_cm2__isnull=True) | Q(gross_cm2__gt=0)),
                name="costs_are_possible",
            ),
        ]  # fmt: skip


class Commission(Placed):
    """The acquirer's commission (委托) of an agency to appraise a project; the agency sees the project from then on."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="commissions")
    agency = SharedKey("parties.Organisation", related_name="+")
    commissioned_on = models.DateField()
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "agency"], name="commission_once")
        ]


class DataRequest(Placed):
    """Figures that an appraisal needs, asked of the body that holds them, and when it answered (3.4-2)."""

    party_column = "project_id"

    ASKED: ClassVar = [("housing", "住建部门"), ("land", "自然资源部门"), ("developer", "开发企业")]

    project = PlacedKey("reserve.Project", related_name="data_requests")
    asked_of = models.CharField(max_length=10, choices=ASKED)
    what = models.CharField(max_length=200)
    asked_on = models.DateField()
    maker = models.UUIDField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    evidence = PlacedKey("base.Evidence", null=True, related_name="+")
    answered_on = models.DateField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(what=""), name="request_says_what"),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | (Q(answered_on__gte=F("asked_on")) & ~Q(answer="")),
                name="answer_after_request",
            ),
        ]


class Appraisal(Placed):
    """An appraisal (估价) at the replacement price of affordable housing in the same location."""

    party_itself = "agency_id"  # an agency sees its own, not another's and not the seller

    project = PlacedKey("reserve.Project", related_name="appraisals")
    agency = SharedKey("parties.Organisation", related_name="+")
    appraiser = models.CharField(max_length=60)
    appraiser_number = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    value_date = models.DateField()
    valid_until = models.DateField(null=True)
    price_fen_m2 = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    gross_cm2 = models.BigIntegerField()
    evidence = PlacedKey("base.Evidence", null=True, related_name="+")
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "agency", "number"], name="appraisal_number_once"),
            models.CheckConstraint(
                condition=Q(price_fen_m2__gt=0, total_fen__gt=0, gross_cm2__gt=0), name="appraisal_positive"
            ),
        ]


class Ceiling(Placed):
    """The price ceiling (收购价上限) of a project: confirmed once, with all its inputs, and never changed."""

    closed_to_parties = True  # what the acquirer may pay at the most is not the seller's to read

    project = PlacedKey("reserve.Project", related_name="ceilings")
    cost_sheet = PlacedKey(CostSheet, related_name="+")
    appraisal = PlacedKey(Appraisal, related_name="+")
    value_date = models.DateField()
    valid_until = models.DateField()
    cost_fen_m2 = models.BigIntegerField()
    appraised_fen_m2 = models.BigIntegerField()
    ceiling_fen_m2 = models.BigIntegerField()
    binding = models.CharField(max_length=10, choices=[("cost", "成本加利润"), ("appraisal", "评估价")])
    gross_cm2 = models.BigIntegerField()
    workings = models.JSONField()
    trial = models.BooleanField(default=False, help_text="试算: supports no letter")
    maker = models.UUIDField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    @property
    def total_fen(self) -> int:
        """The ceiling of the whole area, exact; the price per ㎡ is cut to the fen."""
        return int(self.workings["total_fen"])

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ceiling_fen_m2__lte=F("cost_fen_m2")) & Q(ceiling_fen_m2__lte=F("appraised_fen_m2")) & Q(ceiling_fen_m2__gt=0),
                name="ceiling_under_both_limits",
            ),
            models.CheckConstraint(condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("maker")), name="ceiling_two_people"),
            models.CheckConstraint(condition=Q(trial=False) | Q(confirmed_by__isnull=True), name="a_trial_is_never_confirmed"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="ceiling_confirmed_at_a_time",
            ),
        ]  # fmt: skip


class UnitPrice(Placed):
    """What families pay for one home (一房一价): a sale price, or a monthly rent."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="unit_prices")
    unit = PlacedKey("reserve.Unit", related_name="prices")
    tenure = models.CharField(max_length=4)
    amount_fen = models.BigIntegerField()
    market_fen = models.BigIntegerField(null=True, help_text="market price or rent it was compared with; NULL unknown")
    set_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "unit", "tenure"], name="unit_price_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="unit_price_positive"),
        ]


CARRIES: dict[str, str] = {
    "land_is_not_the_transfer_price": "3.4-1",
    "costs_are_possible": "3.4-1",
    "commission_once": "3.4-1",
    "request_says_what": "3.4-2",
    "answer_after_request": "3.4-2",
    "appraisal_number_once": "3.4-1",
    "appraisal_positive": "3.4-1",
    "ceiling_under_both_limits": "3.4-1",
    "ceiling_two_people": "3.4-1",
    "a_trial_is_never_confirmed": "3.4-1",
    "unit_price_once": "3.2-4",
    "unit_price_positive": "3.2-4",
}
