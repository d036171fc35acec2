"""Internal notes on a case, a home or an organisation, and the log of calls. Written once; a further note puts one right."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey


class Note(Placed):
    """One note or call. No party reads it, and no row ever changes (``sql/notes.sql``). Of a number only its mask is kept."""

    NOTE, CALL = "note", "call"
    KINDS: ClassVar = [(NOTE, "备注"), (CALL, "通话")]
    OUTCOMES: ClassVar = [
        ("reached", "已接通，已说清"), ("later", "已接通，约定再联系"), ("no_answer", "无人接听"), ("busy", "占线或关机"),
        ("wrong_number", "号码不对"), ("declined", "不愿接听或表示放弃"),
    ]  # fmt: skip

    closed_to_parties = True

    object_kind = models.CharField(max_length=60)
    object_id = models.UUIDField()
    kind = models.CharField(max_length=4, choices=KINDS)
    text = models.CharField(max_length=1000)
    called = models.CharField(max_length=60, blank=True, help_text="who was called")
    phone = models.CharField(max_length=20, blank=True, help_text="masked")
    outcome = models.CharField(max_length=12, choices=OUTCOMES, blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True)
    account = models.UUIDField()
    post = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    corrects = PlacedKey("self", null=True, related_name="corrections")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["object_id", "id"], name="note_of_object")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(kind="call") & ~Q(outcome="") & ~Q(called=""))
                | Q(kind="note", outcome="", called="", phone=""),
                name="a_call_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(next_on__isnull=True) | ~Q(next_step=""), name="a_next_day_has_its_step"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(corrects=F("id")), name="a_note_does_not_correct_itself"
            ),
        ]


CARRIES: dict[str, str] = {"a_call_has_its_outcome": "3.2-0"}
