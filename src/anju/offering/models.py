"""Offering (公开配售配租): announcement, subscriptions, the draw, choice, earnest money, the 95 % gate."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey, RegionField


class Batch(Placed):
    """One project's public offer (批次), with its timetable. One gate per project, never averaged."""

    party_column = "project_id"

    STATES: ClassVar = [
        ("announced", "公告中"), ("frozen", "已封档"), ("drawn", "已排序"), ("choosing", "选房中"), ("passed", "已达标"),
        ("failed", "未达标"), ("special", "一事一议"), ("closed", "已办结"),
    ]  # fmt: skip

    project = PlacedKey("reserve.Project", related_name="batches")
    letter = PlacedKey("negotiation.Letter", related_name="batches")
    number = models.CharField(max_length=40)
    announced_on = models.DateField(help_text="the gate is judged by this day")
    apply_from = models.DateField()
    apply_until = models.DateField()
    method = models.CharField(max_length=12, choices=[("draw", "摇号"), ("waiting_list", "轮候"), ("score", "积分")])
    earnest_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=STATES, default="announced")
    paper = PlacedKey("base.Paper", null=True, related_name="+")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "number"], name="batch_number_once"),
            models.CheckConstraint(condition=Q(apply_until__gte=F("apply_from")), name="batch_window"),
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
    amount_fen = models.BigIntegerField()
    live = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "batch", "label"], name="batch_label_once"),
            models.UniqueConstraint(fields=["region", "unit"], condition=Q(live=True), name="unit_in_one_live_batch"),
        ]


class Subscription(Placed):
    """A household's subscription (认购) to a batch; the application may be managed by another county."""

    party_column = "application_id"

    batch = PlacedKey(Batch, related_name="subscriptions")
    application = PlacedKey("needs.Application", region_column="application_region", related_name="subscriptions")
    application_region = RegionField(verbose_name="申请区划")
    wishes = models.JSONField(help_text="labels in order of preference")
    priority = models.SmallIntegerField()
    draw_number = models.CharField(max_length=12, blank=True)
    sort_key = models.CharField(max_length=80, blank=True, db_collation="C")
    subscribed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "batch", "application"], name="subscription_once"),
            models.UniqueConstraint(fields=["region", "batch", "draw_number"], condition=~Q(draw_number=""), name="draw_number_once"),
        ]


class Draw(Placed):
    """One draw (摇号) of a round: frozen lists, commitments, public values, transcript."""

    party_column = "batch_id"

    batch = PlacedKey(Batch, related_name="draws")
    round = models.SmallIntegerField(default=1)
    reason = models.CharField(max_length=200, blank=True)
    entrants = models.TextField()
    homes = models.TextField()
    freeze_sha256 = models.CharField(max_length=64)
    homes_sha256 = models.CharField(max_length=64)
    committed = models.JSONField(default=dict, help_text="holders' commitments, sources, T1, T2")
    revealed = models.JSONField(default=dict)
    transcript = models.TextField(blank=True)
    transcript_sha256 = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "batch", "round"], name="one_draw_a_round"),
            models.CheckConstraint(condition=Q(round=1) | ~Q(reason=""), name="a_redraw_has_a_reason"),
        ]


class Choice(Placed):
    """A home chosen by a subscriber; taken once the earnest money is in."""

    party_column = "application_id"

    STATES: ClassVar = [("chosen", "已选房待缴定金"), ("taken", "已缴定金"), ("dropped", "已放弃"), ("refunded", "定金已退"), ("contracted", "已转合同")]

    batch = PlacedKey(Batch, related_name="choices")
    subscription = PlacedKey(Subscription, related_name="choices")
    batch_unit = PlacedKey(BatchUnit, related_name="choices")
    application_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=STATES, default="chosen")
    chosen_at = models.DateTimeField()
    earnest_paid_on = models.DateField(null=True)
    earnest_voucher = models.UUIDField(null=True)
    refund_voucher = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "batch_unit"], condition=Q(state__in=["chosen", "taken", "contracted"]), name="one_live_choice_per_home"
            ),
            models.UniqueConstraint(
                fields=["region", "subscription"], condition=Q(state__in=["chosen", "taken", "contracted"]), name="one_live_choice_per_household"
            ),
            models.CheckConstraint(condition=~Q(state="taken") | Q(earnest_paid_on__isnull=False), name="taken_means_paid"),
        ]  # fmt: skip


class Gate(Placed):
    """The 95 % gate (需求锁定) of a batch, judged once, with both lists as they stood."""

    party_column = "batch_id"

    batch = PlacedKey(Batch, related_name="gates")
    taken = models.IntegerField()
    offered = models.IntegerField()
    needed = models.IntegerField()
    passed = models.BooleanField()
    verdicts = models.JSONField()
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    judged_at = models.DateTimeField()
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "batch"], name="one_gate_per_batch"),
            models.CheckConstraint(condition=Q(taken__gte=0, offered__gt=0, taken__lte=F("offered"), needed__gt=0), name="gate_counts"),
            models.CheckConstraint(condition=Q(passed=False) | Q(taken__gte=F("needed")), name="a_passed_gate_has_what_it_needs"),
        ]
