"""Money beside the loan: subsidies, own funds, and what the seller does with its proceeds."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey


class Subsidy(Placed):
    """A subsidy (补助资金) for a project, with the document that grants it."""

    LEVELS: ClassVar = [("central", "中央"), ("province", "省级"), ("city", "市级"), ("county", "县级")]

    project = PlacedKey("reserve.Project", related_name="subsidies")
    level = models.CharField(max_length=10, choices=LEVELS)
    document = models.CharField(max_length=120)
    amount_fen = models.BigIntegerField()
    applied_on = models.DateField()
    granted_on = models.DateField(null=True)
    voucher = PlacedKey("ledger.Voucher", null=True, related_name="+")
    bank_reference = models.CharField(max_length=60, blank=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "project", "document"], name="subsidy_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0) & ~Q(document=""), name="subsidy_amount"),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="subsidy_two_people"
            ),
            models.CheckConstraint(
                condition=Q(granted_on__isnull=True, voucher__isnull=True)
                | Q(granted_on__isnull=False, voucher__isnull=False, checker__isnull=False),
                name="a_granted_subsidy_is_posted",
            ),
        ]


class OwnFunds(Placed):
    """Own funds for a project (自有资金投入): asked for by one person of the acquirer, moved by another, between two books."""

    project = PlacedKey("reserve.Project", related_name="own_funds")
    amount_fen = models.BigIntegerField()
    document = models.CharField(max_length=120)
    asked_on = models.DateField()
    moved_on = models.DateField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    voucher = PlacedKey("ledger.Voucher", null=True, related_name="+")
    withdrawn_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0) & ~Q(document=""), name="own_funds_amount"),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("maker")), name="own_funds_two_people"
            ),
            models.CheckConstraint(
                condition=Q(moved_on__isnull=True, voucher__isnull=True, checker__isnull=True)
                | Q(moved_on__isnull=False, voucher__isnull=False, checker__isnull=False, withdrawn_on__isnull=True),
                name="moved_own_funds_are_posted",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(end_reason=""), name="withdrawn_own_funds_say_why"
            ),
        ]


class ProceedsUse(Placed):
    """A use of the seller's proceeds (房企资金使用): its own project's debts first, then unfinished projects of its group."""

    party_column = "project_id"

    USES: ClassVar = [
        ("own_debt", "偿还本项目债务"),
        ("unfinished_own", "本企业其他未建成项目"),
        ("unfinished_group", "集团公司未建成项目"),
    ]

    project = PlacedKey("reserve.Project", related_name="proceeds_uses")
    use = models.CharField(max_length=20, choices=USES)
    target = models.CharField(max_length=120)
    amount_fen = models.BigIntegerField()
    used_on = models.DateField()
    verdicts = models.JSONField()
    evidence = PlacedKey("base.Evidence", related_name="+")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="proceeds_amount"),
            models.CheckConstraint(
                condition=Q(use__in=["own_debt", "unfinished_own", "unfinished_group"]), name="proceeds_lawful_use"
            ),
        ]


CARRIES: dict[str, str] = {
    "subsidy_once": "4.2-1",
    "subsidy_amount": "4.2-1",
    "subsidy_two_people": "4.2-1",
    "a_granted_subsidy_is_posted": "4.2-1",
    "own_funds_amount": "4.3-3",
    "own_funds_two_people": "4.3-3",
    "moved_own_funds_are_posted": "4.3-3",
    "withdrawn_own_funds_say_why": "4.3-3",
    "proceeds_amount": "4.3-6",
    "proceeds_lawful_use": "4.3-6",
}
