"""Checks by departments (核验), 容缺受理, locked facts; the national list's file; employers' sheets; look-alikes."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey
from anju.base.secrets.fields import SealedText
from anju.needs.models.application import Application

ITEMS: list[tuple[str, str]] = [
    ("marriage", "婚姻"), ("property", "不动产"), ("registration", "户籍"), ("insurance", "社会保险"),
    ("provident_fund", "住房公积金"), ("tax", "个人所得税"), ("business", "市场主体登记"),
]  # fmt: skip
SAME, DIFFERS, MISSING = "same", "differs", "missing"
RESULTS: list[tuple[str, str]] = [(SAME, "一致"), (DIFFERS, "不一致"), (MISSING, "缺失")]
METHODS: list[tuple[str, str]] = [("interface", "接口"), ("batch", "批量文件"), ("manual", "人工回执")]
DECISIONS: list[tuple[str, str]] = [("explained", "情况说明成立，按申报办理"), ("corrected", "按部门结果更正")]


class VerificationBatch(Placed):
    """A file of questions to one department about one item; its rows come back by their row codes (行标识)."""

    item = models.CharField(max_length=16, choices=ITEMS)
    department = models.CharField(max_length=60)
    rows = models.IntegerField()
    sent_on = models.DateField()
    maker = models.UUIDField()
    evidence = models.UUIDField(help_text="the file as it went out")


class Verification(Placed):
    """One question to one department about one person (or the household), and its answer, which never changes.

    Another look is another row. ``subject`` is the member's id, or the application's own where the item is the household's.
    """

    party_column = "application_id"

    application = PlacedKey(Application, related_name="verifications")
    subject = models.UUIDField()
    item = models.CharField(max_length=16, choices=ITEMS)
    department = models.CharField(max_length=60, help_text="the source")
    method = models.CharField(max_length=10, choices=METHODS)
    asked_on = models.DateField()
    due_on = models.DateField(null=True, help_text="by the working-day clock; NULL while no limit is set")
    asked_by = models.UUIDField()
    said = models.CharField(max_length=80, blank=True, help_text="what the household says, as it was asked about")
    note = models.CharField(max_length=200, blank=True, help_text="why the interface was left for the batch file")
    batch = PlacedKey(VerificationBatch, null=True, related_name="verifications")
    result = models.CharField(max_length=8, choices=RESULTS, blank=True)
    value = models.CharField(max_length=80, blank=True, help_text="what the department's records say")
    answered_on = models.DateField(null=True)
    checker = models.UUIDField(null=True, help_text="who entered the answer; of an interface, who asked")
    evidence = models.UUIDField(null=True, help_text="the receipt's scan, or the file it came in")
    decision = models.CharField(max_length=10, choices=DECISIONS, blank=True, help_text="of a 不一致")
    decision_reason = models.CharField(max_length=300, blank=True)
    decided_on = models.DateField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application", "subject", "item"],
                condition=Q(answered_on__isnull=True),
                name="one_open_question_an_item",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, checker__isnull=True, result="")
                | Q(answered_on__isnull=False, checker__isnull=False, answered_on__gte=F("asked_on")) & ~Q(result=""),
                name="an_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | ~Q(method="manual") | Q(evidence__isnull=False),
                name="a_manual_answer_has_its_receipt",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_on__isnull=True, decided_by__isnull=True)
                | Q(result=DIFFERS, decided_on__isnull=False, decided_by__isnull=False, checker__isnull=False)
                & ~Q(decision="")
                & ~Q(decision_reason="")
                & ~Q(decided_by=F("checker")),
                name="a_difference_is_decided_by_another_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "application"], name="verifications_of_case"),
            models.Index(
                fields=["region", "item", "due_on"], condition=Q(answered_on__isnull=True), name="verifications_waiting"
            ),
        ]


class Deferral(Placed):
    """A paper that may follow (容缺受理): accepted without it until a date; made good by then, or the case goes back."""

    STATES: ClassVar = [("open", "待补"), ("made_good", "已补齐"), ("failed", "逾期退回")]

    party_column = "application_id"

    application = PlacedKey(Application, related_name="deferrals")
    subject = models.UUIDField()
    item = models.CharField(max_length=16, choices=ITEMS)
    reason = models.CharField(max_length=300)
    granted_on = models.DateField()
    granted_by = models.UUIDField()
    good_by = models.DateField(help_text="the last day")
    state = models.CharField(max_length=10, choices=STATES, default="open")
    closed_on = models.DateField(null=True)
    closed_by = models.UUIDField(null=True, help_text="NULL where the day came by itself")
    outcome = models.CharField(max_length=300, blank=True)
    evidence = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application", "subject", "item"],
                condition=Q(state="open"),
                name="one_open_deferral_an_item",
            ),
            models.CheckConstraint(
                condition=Q(good_by__gt=F("granted_on")) & ~Q(reason=""), name="a_deferral_has_its_day"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True, closed_by__isnull=True)
                | Q(state="made_good", closed_on__isnull=False, closed_by__isnull=False, closed_on__lte=F("good_by"))
                | Q(state="failed", closed_on__isnull=False, closed_on__gt=F("good_by")),
                name="a_deferral_closes_by_its_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "good_by"], condition=Q(state="open"), name="deferrals_open"),
            models.Index(fields=["region", "application"], name="deferrals_of_case"),
        ]


class LockedFact(Placed):
    """A fact that a department confirmed (锁定): its value, source and day; ended by a new check or a correction, never removed."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="locked_facts")
    subject = models.UUIDField(help_text="the member's id, or the application's own")
    field = models.CharField(max_length=40, db_collation="C", help_text="the column that is locked")
    value = models.CharField(max_length=80)
    source = models.CharField(max_length=60)
    confirmed_on = models.DateField()
    verification = PlacedKey(Verification, related_name="locks")
    ended_on = models.DateField(null=True)
    ended_by = models.UUIDField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "subject", "field"], condition=Q(ended_on__isnull=True), name="one_lock_a_fact"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True)
                | Q(ended_on__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
                name="a_lock_ends_with_a_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "application"], name="locks_of_case")]


class NationalMapping(Placed):
    """How the national waiting list's file (国家轮候服务系统) names what we know: dated, confirmed by a second person.

    No public format is known: ``columns`` is [their column title, our field] in their order.
    """

    valid_from = models.DateField()
    columns = models.JSONField()
    note = models.CharField(max_length=200, help_text="where the form comes from")
    maker = models.UUIDField()
    proposed_on = models.DateField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "valid_from"], condition=Q(confirmed_on__isnull=False), name="one_mapping_a_day"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_on__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("maker")),
                name="a_mapping_is_confirmed_by_another_person",
            ),
        ]


class NationalFile(Placed):
    """One file of the national list as it was received, compared with ours on that day."""

    name = models.CharField(max_length=200)
    evidence = models.UUIDField()
    mapping = PlacedKey(NationalMapping, related_name="+")
    received_on = models.DateField()
    maker = models.UUIDField()
    households = models.IntegerField()
    here = models.IntegerField(help_text="live applications here on that day")
    same = models.IntegerField()
    load = PlacedKey("base.Load", null=True, related_name="+", help_text="by which those only there came in")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "load"], name="a_load_is_of_one_national_file"),
        ]


class Discrepancy(Placed):
    """One line of the comparison: only here, only there, or fields that say something else."""

    KINDS: ClassVar = [("only_here", "只在本地"), ("only_there", "只在国家库"), ("differs", "内容不同")]

    file = PlacedKey(NationalFile, related_name="discrepancies")
    kind = models.CharField(max_length=10, choices=KINDS)
    application = PlacedKey(Application, null=True, related_name="+")
    who = models.CharField(max_length=60, help_text="masked")
    row = models.IntegerField(null=True, help_text="their row in the file")
    fields = models.JSONField(default=list, help_text="[title, here, there]")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="only_there", application__isnull=True, row__isnull=False)
                | Q(kind="only_here", application__isnull=False, row__isnull=True)
                | Q(kind="differs", application__isnull=False, row__isnull=False),
                name="a_discrepancy_stands_where_it_says",
            ),
        ]


class EmployerEntry(Placed):
    """A household that an employer (用人单位) put in for: nothing of it counts before the family confirms and a clerk accepts."""

    STATES: ClassVar = [
        ("told", "待家庭确认"),
        ("confirmed", "待受理"),
        ("revoked", "家庭不同意"),
        ("accepted", "已受理"),
        ("refused", "未受理"),
    ]

    party_column = "id"

    organisation = models.UUIDField()
    employer = models.CharField(max_length=120)
    load = PlacedKey("base.Load", related_name="+")
    row = models.IntegerField()
    consent = models.CharField(max_length=60, help_text="the reference of the employee's consent paper")
    who = models.CharField(max_length=60, help_text="the applicant, masked")
    persons = models.IntegerField()
    programme = models.CharField(max_length=20)
    body = SealedText(help_text="the household as it was put in")
    phone_blind = models.BinaryField()
    state = models.CharField(max_length=10, choices=STATES, default="told")
    told_on = models.DateField()
    answered_on = models.DateField(null=True)
    answered_by = models.UUIDField(null=True)
    decided_on = models.DateField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    application = PlacedKey(Application, null=True, related_name="+")
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "load", "row"], name="an_employers_row_once"),
            models.CheckConstraint(condition=~Q(consent=""), name="an_entry_has_its_consent_paper"),
            models.CheckConstraint(
                condition=Q(state="told", answered_by__isnull=True)
                | Q(state__in=["confirmed", "revoked", "accepted", "refused"], answered_by__isnull=False)
                & ~Q(answered_by=F("maker")),
                name="the_family_itself_answers",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["told", "confirmed", "revoked"], application__isnull=True, decided_by__isnull=True
                )
                | Q(state="accepted", application__isnull=False, decided_by__isnull=False)
                | Q(state="refused", application__isnull=True, decided_by__isnull=False) & ~Q(reason=""),
                name="an_entry_is_decided_by_a_clerk",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["phone_blind"], name="entries_of_phone"),
            models.Index(fields=["region", "state"], name="entries_of_state"),
        ]


class Likeness(Placed):
    """Two members with one name and birthday but two numbers (疑似同一人), as a reviewer decided."""

    DECISIONS: ClassVar = [("same", "同一人"), ("other", "不是同一人")]

    application = PlacedKey(Application, related_name="likenesses")
    member = models.UUIDField()
    other = PlacedKey(Application, related_name="+")
    other_member = models.UUIDField()
    decision = models.CharField(max_length=6, choices=DECISIONS)
    reason = models.CharField(max_length=300)
    decided_on = models.DateField()
    decided_by = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "member", "other_member"], name="one_decision_a_likeness"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(member=F("other_member")), name="a_likeness_is_of_two"),
        ]


CARRIES: dict[str, str] = {
    "one_open_question_an_item": "3.2-0",
    "an_answer_is_whole": "3.2-0",
    "a_manual_answer_has_its_receipt": "3.2-0",
    "a_difference_is_decided_by_another_person": "3.2-0",
    "one_open_deferral_an_item": "3.2-0",
    "a_deferral_has_its_day": "3.2-0",
    "a_deferral_closes_by_its_day": "3.2-0",
    "one_lock_a_fact": "3.2-0",
    "a_lock_ends_with_a_reason": "3.2-0",
    "a_mapping_is_confirmed_by_another_person": "4.4",
    "a_discrepancy_stands_where_it_says": "4.4",
    "an_entry_has_its_consent_paper": "3.2-0",
    "the_family_itself_answers": "3.2-0",
    "an_entry_is_decided_by_a_clerk": "3.2-0",
    "one_decision_a_likeness": "3.2-0",
}
