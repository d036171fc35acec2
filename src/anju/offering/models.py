"""Offering (公开配售配租): announcement, subscriptions, the draw, choice, earnest money, the gate.

Triggers: ``sql/offering.sql``.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField, SharedKey

METHODS: list[tuple[str, str]] = [("draw", "摇号"), ("waiting_list", "轮候"), ("score", "积分")]
LIVE_CHOICE = ["chosen", "taken", "contracted"]


class Batch(Placed):
    """One project's public offer (批次), with its timetable. One gate per project, never averaged."""

    party_column = "project_id"

    STATES: ClassVar = [
        ("announced", "公告中"), ("frozen", "已封存名单"), ("drawn", "已排序"), ("choosing", "选房缴定金"),
        ("passed", "已达标"), ("failed", "未达标"), ("special", "一事一议"), ("closed", "已退定金，办结"),
    ]  # fmt: skip

    project = PlacedKey("reserve.Project", related_name="batches")
    letter = PlacedKey("negotiation.Letter", related_name="batches")
    number = models.CharField(max_length=40)
    announced_on = models.DateField(help_text="the gate is judged by this day")
    apply_from = models.DateField()
    apply_until = models.DateField()
    earnest_until = models.DateField(null=True, help_text="last day to pay; a gate that fails is judged after it")
    method = models.CharField(max_length=12, choices=METHODS)
    earnest_fen = models.BigIntegerField(help_text="announced per home; a home's own may be lower, see BatchUnit")
    state = models.CharField(max_length=10, choices=STATES, default="announced")
    paper = PlacedKey("base.Paper", null=True, related_name="+")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="batch_number_once"),
            models.UniqueConstraint(fields=["region", "letter"], name="one_batch_per_letter"),
            models.CheckConstraint(
                condition=Q(apply_from__gte=F("announced_on"), apply_until__gte=F("apply_from")), name="batch_window"
            ),
            models.CheckConstraint(
                condition=Q(earnest_until__isnull=True) | Q(earnest_until__gt=F("apply_until")),
                name="batch_earnest_after_window",
            ),
            models.CheckConstraint(condition=Q(earnest_fen__gt=0), name="batch_earnest"),
        ]


class BatchUnit(Placed):
    """One home on offer, under the label by which families choose it."""

    party_column = "project_id"

    project = PlacedKey("reserve.Project", related_name="+")
    batch = PlacedKey(Batch, related_name="units")
    unit = PlacedKey("reserve.Unit", related_name="batch_units")
    label = models.CharField(max_length=24)
    tenure = models.CharField(max_length=4)
    programme = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField(help_text="sale: total price; rent: a month")
    earnest_fen = models.BigIntegerField(help_text="announced sum, cut to the share of the contract that law allows")
    reserved = models.SmallIntegerField(null=True, help_text="priority group that comes first for this home")
    live = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "batch", "label"], name="batch_label_once"),
            models.UniqueConstraint(fields=["region", "unit"], condition=Q(live=True), name="unit_in_one_live_batch"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0, earnest_fen__gt=0), name="batch_unit_sums"),
        ]


class Subscription(Placed):
    """A household's subscription (认购) to a batch; the application may be managed by another county."""

    party_column = "application_id"

    batch = PlacedKey(Batch, related_name="subscriptions", db_index=False)  # subscription_once begins with it
    application = PlacedKey("needs.Application", region_column="application_region", related_name="subscriptions")
    application_region = RegionField(verbose_name="申请区划")
    wishes = models.JSONField(help_text="labels in order of preference")
    priority = models.SmallIntegerField(help_text="the application's, as it stood: 1 is first")
    score = models.IntegerField(null=True, help_text="only where the method is score; NULL unknown")
    draw_number = models.CharField(max_length=12, blank=True)
    # Not indexed: a batch's few thousand rows sort in no time, and the draw's one update stays on their pages.
    sort_key = models.CharField(max_length=80, blank=True, db_collation="C", help_text="group/key; place is derived")
    subscribed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "batch", "application"], name="subscription_once"),
            models.UniqueConstraint(
                fields=["region", "batch", "draw_number"], condition=~Q(draw_number=""), name="draw_number_once"
            ),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=9), name="subscription_group"),
        ]


class Draw(Placed):
    """One round (摇号、轮候、积分) of a batch: frozen lists, times, transcript. What is said is never changed."""

    party_column = "batch_id"

    batch = PlacedKey(Batch, related_name="draws")
    round = models.SmallIntegerField(default=1)
    method = models.CharField(
        max_length=12, choices=METHODS, help_text="轮候 where there are no more entrants than homes"
    )
    reason = models.CharField(max_length=200, blank=True)
    resolution = SharedKey("parties.Resolution", null=True, related_name="+")
    entrants = models.TextField()
    homes = models.TextField()
    basis = models.TextField(blank=True)
    freeze_sha256 = models.CharField(max_length=64)
    homes_sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    reveal_until = models.DateTimeField(null=True, help_text="T1")
    value_from = models.DateTimeField(null=True, help_text="T2, at least an hour after T1")
    fixed_at = models.DateTimeField(null=True, help_text="when holders, sources and times were announced")
    transcript = models.TextField(blank=True)
    transcript_sha256 = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True)
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "batch", "round"], name="one_draw_a_round"),
            models.CheckConstraint(
                condition=Q(round=1) | (Q(round__gt=1, resolution__isnull=False) & ~Q(reason="")),
                name="a_redraw_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True, transcript="", transcript_sha256="")
                | (Q(drawn_at__isnull=False) & ~Q(transcript="") & ~Q(transcript_sha256="")),
                name="a_finished_draw_has_its_transcript",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True) | ~Q(method="draw") | Q(fixed_at__isnull=False),
                name="no_draw_without_its_announcement",
            ),
        ]


class DrawHolder(Placed):
    """An independent holder of a secret (notary, citizen): named, then its commitment, then its secret by T1."""

    draw = PlacedKey(Draw, related_name="holders")
    order = models.SmallIntegerField()
    title = models.CharField(max_length=60, help_text="公证处, 市民代表 …, as published")
    account = models.UUIDField()
    commitment = models.CharField(max_length=64, blank=True)
    committed_at = models.DateTimeField(null=True)
    secret = models.CharField(max_length=64, blank=True)
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "draw", "order"], name="holder_order_once"),
            models.UniqueConstraint(fields=["region", "draw", "account"], name="one_person_one_secret"),
            models.UniqueConstraint(fields=["region", "draw", "title"], name="holder_title_once"),
            models.UniqueConstraint(
                fields=["region", "draw", "commitment"], condition=~Q(commitment=""), name="a_commitment_is_ones_own"
            ),
        ]


class DrawSource(Placed):
    """A public value named in advance (彩票开奖号码), entered from the official notice by people of two bodies.

    Both are not the acquirer's, which gains or loses by the order: the second is a notary's, or the housing office's.
    """

    draw = PlacedKey(Draw, related_name="sources")
    order = models.SmallIntegerField()
    game = models.CharField(max_length=12)
    issue = models.CharField(max_length=20, help_text="期号, as announced")
    drawn_issue = models.CharField(
        max_length=20, blank=True, help_text="the issue used: a later one where none was held"
    )
    drums = models.JSONField(null=True, help_text="numbers per drum")
    entered_by = models.UUIDField(null=True)
    entered_for = models.UUIDField(null=True, help_text="the organisation of the first entry")
    confirmed_for = models.UUIDField(null=True, help_text="the organisation of the second entry")
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    notice = PlacedKey("base.Evidence", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "draw", "order"], name="source_order_once"),
            models.UniqueConstraint(fields=["region", "draw", "game", "issue"], name="source_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                name="public_value_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (Q(entered_for__isnull=False, confirmed_for__isnull=False) & ~Q(confirmed_for=F("entered_for"))),
                name="public_value_two_bodies",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(entered_by__isnull=False, drums__isnull=False),
                name="a_confirmed_value_is_there",
            ),
        ]


class Choice(Placed):
    """A home chosen by a subscriber; taken once the earnest money (定金) is in."""

    party_column = "application_id"

    STATES: ClassVar = [
        ("chosen", "已选房待缴定金"), ("taken", "已缴定金"), ("dropped", "已放弃"), ("refunded", "定金已退"),
        ("contracted", "已转合同"),
    ]  # fmt: skip

    batch = PlacedKey(Batch, related_name="choices")
    subscription = PlacedKey(Subscription, related_name="choices")
    batch_unit = PlacedKey(BatchUnit, related_name="choices")
    application_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=STATES, default="chosen")
    chosen_at = models.DateTimeField()
    earnest_fen = models.BigIntegerField()
    earnest_paid_on = models.DateField(null=True)
    earnest_reference = models.CharField(max_length=60, blank=True, help_text="the bank's receipt number")
    earnest_voucher = models.UUIDField(null=True)
    refund_voucher = models.UUIDField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "batch_unit"], condition=Q(state__in=LIVE_CHOICE), name="one_live_choice_per_home"
            ),
            models.UniqueConstraint(
                fields=["region", "application_id"],
                condition=Q(state__in=LIVE_CHOICE),
                name="one_live_choice_per_household",
            ),
            models.UniqueConstraint(
                fields=["region", "batch", "earnest_reference"],
                condition=~Q(earnest_reference=""),
                name="one_receipt_one_earnest",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["taken", "refunded", "contracted"])
                | (Q(earnest_paid_on__isnull=False, earnest_voucher__isnull=False) & ~Q(earnest_reference="")),
                name="taken_means_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state="refunded") | Q(refund_voucher__isnull=False), name="refunded_means_paid_back"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["dropped", "refunded"]) | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="an_ended_choice_says_why",
            ),
        ]


class Gate(Placed):
    """The 95 % gate (需求锁定) of a batch, judged once, with both lists as they stood. The database counts again."""

    party_column = "batch_id"

    batch = PlacedKey(Batch, related_name="gates")
    taken = models.IntegerField()
    offered = models.IntegerField()
    needed = models.IntegerField()
    ratio = models.SmallIntegerField(help_text="per cent in force on the day of the announcement")
    passed = models.BooleanField()
    verdicts = models.JSONField()
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    judged_at = models.DateTimeField()
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "batch"], name="one_gate_per_batch"),
            models.CheckConstraint(
                condition=Q(taken__gte=0, offered__gt=0, taken__lte=F("offered"), ratio__gte=95, ratio__lte=100),
                name="gate_counts",
            ),
            models.CheckConstraint(
                condition=Q(needed__gt=0) & Q(passed=True, taken__gte=F("needed"))
                | Q(passed=False, taken__lt=F("needed")),
                name="gate_passes_by_its_counts",
            ),
        ]


CARRIES: dict[str, str] = {
    "batch_number_once": "3.5-2",
    "one_batch_per_letter": "3.5-3",
    "batch_window": "3.5-2",
    "batch_earnest_after_window": "3.5-2",
    "batch_earnest": "3.5-3",
    "batch_label_once": "3.5-2",
    "unit_in_one_live_batch": "3.5-2",
    "batch_unit_sums": "3.5-2",
    "batch_frozen": "3.5-2",
    "batch_begins": "3.5-3",
    "batch_steps": "3.5-3",
    "subscription_once": "3.5-3",
    "subscription_in_window": "3.5-3",
    "subscription_stays": "3.5-3",
    "draw_number_final": "3.5-2",
    "sort_key_final": "3.5-2",
    "draw_number_once": "3.5-2",
    "subscription_group": "3.5-2",
    "one_draw_a_round": "3.5-2",
    "a_redraw_has_a_reason": "3.5-2",
    "a_finished_draw_has_its_transcript": "3.5-2",
    "no_draw_without_its_announcement": "3.5-2",
    "draw_final": "3.5-2",
    "holder_final": "3.5-2",
    "source_final": "3.5-2",
    "holder_order_once": "3.5-2",
    "one_person_one_secret": "3.5-2",
    "holder_title_once": "3.5-2",
    "a_commitment_is_ones_own": "3.5-2",
    "source_order_once": "3.5-2",
    "source_once": "3.5-2",
    "public_value_two_people": "3.5-2",
    "public_value_two_bodies": "3.5-2",
    "a_confirmed_value_is_there": "3.5-2",
    "one_live_choice_per_home": "3.5-3",
    "one_live_choice_per_household": "3.5-3",
    "one_receipt_one_earnest": "3.5-3",
    "taken_means_paid": "3.5-3",
    "refunded_means_paid_back": "3.5-3",
    "an_ended_choice_says_why": "3.5-3",
    "choice_of_its_batch": "3.5-3",
    "one_gate_per_batch": "3.5-3",
    "gate_counts": "3.5-3",
    "gate_passes_by_its_counts": "3.5-3",
    "gate_counted_again": "3.5-3",
    "gate_final": "3.5-3",
}
