"""What happens to households (分户、并户、离婚、死亡), what their members need, and bans (限制申请)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey
from anju.needs.models.application import MARRIAGES, RELATIONS, Application


class HouseholdEvent(Placed):
    """One event of a household's life; the application it is about keeps its place, ``other`` is the one made or ended by it."""

    KINDS: ClassVar = [("split", "分户"), ("marriage", "结婚并户"), ("divorce", "离婚"), ("death", "死亡")]

    party_column = "application_id"

    application = PlacedKey(Application, related_name="events")
    kind = models.CharField(max_length=10, choices=KINDS)
    happened_on = models.DateField()
    other = PlacedKey(Application, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    recorded_on = models.DateField()
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(happened_on__lte=F("recorded_on")), name="an_event_has_happened"),
            models.CheckConstraint(condition=~Q(reason=""), name="an_event_has_its_reason"),
        ]


class FormerMember(Placed):
    """Somebody who no longer belongs to the household, as the member stood there; ``event`` says why."""

    party_column = "application_id"
    sealed = ("document",)

    application = PlacedKey(Application, related_name="former_members")
    event = PlacedKey(HouseholdEvent, related_name="left")
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=2, choices=RELATIONS)
    marriage = models.CharField(max_length=2, choices=MARRIAGES)
    document = models.BinaryField(help_text="sealed document number")
    document_blind = models.BinaryField()
    born_on = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["document_blind"], name="former_member_of_document")]


class MemberNeed(Placed):
    """What a member needs of a home (无障碍等), with its proof; it counts once another person has confirmed it."""

    KINDS: ClassVar = [("wheelchair", "使用轮椅"), ("stairs", "不便上下楼"), ("illness", "重病"), ("age", "高龄")]
    STEP_FREE: ClassVar = ("wheelchair", "stairs")

    party_column = "application_id"

    application = PlacedKey(Application, related_name="needs")
    member = models.UUIDField(help_text="the member's id, which moves with the member")
    kind = models.CharField(max_length=12, choices=KINDS)
    proof = models.UUIDField(help_text="the evidence file")
    recorded_on = models.DateField()
    maker = models.UUIDField()
    confirmed = models.BooleanField(null=True)
    confirmed_on = models.DateField(null=True)
    confirmed_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application", "member", "kind"],
                condition=Q(confirmed__isnull=True) | Q(confirmed=True),
                name="one_need_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(confirmed__isnull=True, confirmed_by__isnull=True, confirmed_on__isnull=True)
                | Q(confirmed__isnull=False, confirmed_by__isnull=False, confirmed_on__isnull=False)
                & ~Q(confirmed_by=F("maker"))
                & (Q(confirmed=True) | ~Q(reason="")),
                name="a_need_is_confirmed_by_another_person",
            ),
        ]


class Ban(Placed):
    """A ban (限制申请) from proposal over hearing to decision: by another person, with ground and end."""

    GROUNDS: ClassVar = [("false_papers", "提供虚假材料"), ("gave_up", "选定后放弃")]
    STATES: ClassVar = [("proposed", "待听取陈述"), ("heard", "待决定"), ("imposed", "限制中"), ("dropped", "不予限制")]

    party_column = "application_id"

    application = PlacedKey(Application, related_name="bans")
    ground = models.CharField(max_length=12, choices=GROUNDS)
    facts = models.TextField(help_text="what was found")
    state = models.CharField(max_length=10, choices=STATES, default="proposed")
    proposed_on = models.DateField()
    maker = models.UUIDField()
    heard_on = models.DateField(null=True)
    statement = models.TextField(blank=True, help_text="what the household said, or that it did not come")
    reason = models.CharField(max_length=300, blank=True)
    decided_on = models.DateField(null=True)
    decided_by = models.UUIDField(null=True)
    until_on = models.DateField(null=True, help_text="the last day")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application", "ground"],
                condition=Q(state__in=["proposed", "heard"]),
                name="one_open_ban_of_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(heard_on__isnull=False) & ~Q(statement=""),
                name="a_ban_follows_a_hearing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "heard"], decided_by__isnull=True, decided_on__isnull=True)
                | Q(state__in=["imposed", "dropped"], decided_by__isnull=False, decided_on__isnull=False)
                & ~Q(decided_by=F("maker"))
                & ~Q(reason=""),
                name="a_ban_is_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="imposed")
                | Q(until_on__isnull=False, decided_on__isnull=False, until_on__gt=F("decided_on")),
                name="a_ban_has_its_end",
            ),
        ]


class BanPerson(Placed):
    """Whom a ban binds, by the blind index of the document number: asked across counties at each submission."""

    closed_to_parties = True

    ban = PlacedKey(Ban, related_name="persons")
    document_blind = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "ban", "document_blind"], name="a_ban_binds_a_person_once")
        ]
        indexes: ClassVar = [models.Index(fields=["document_blind"], name="bans_of_person")]


CARRIES: dict[str, str] = {
    "an_event_has_happened": "3.2-0",
    "an_event_has_its_reason": "3.2-0",
    "one_need_of_a_kind": "3.2-0",
    "a_need_is_confirmed_by_another_person": "3.2-0",
    "one_open_ban_of_a_ground": "3.2-0",
    "a_ban_follows_a_hearing": "3.2-0",
    "a_ban_is_decided_by_another_person": "3.2-0",
    "a_ban_has_its_end": "3.2-0",
    "a_ban_binds_a_person_once": "3.2-0",
}
