"""What comes with an application (homes, consent, papers), who acts for a family (代办、入户), its letter, complaints (投诉举报)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey
from anju.base.secrets.fields import SealedText
from anju.needs.models.application import APPLICANT, PROGRAMMES, RELATIONS, Application

PAPERS: list[tuple[str, str]] = [
    ("identity", "身份证件"), ("register", "户口簿"), ("marriage", "婚姻证明"), ("income", "收入证明"),
    ("insurance", "社会保险缴费证明"), ("home", "住房或租房证明"), ("policy", "保障性住房退出证明"), ("consent", "承诺和授权书"),
    ("proxy", "代办委托书"), ("visit", "入户照片"), ("need", "残疾、疾病等证明"), ("other", "其他材料"),
]  # fmt: skip


class OwnHome(Placed):
    """A home that the household has (现有) or gave away (已转让), as it says; ``on`` the day it was got or given away."""

    KINDS: ClassVar = [("owned", "现有"), ("transferred", "已转让")]

    party_column = "application_id"

    application = PlacedKey(Application, related_name="homes")
    kind = models.CharField(max_length=12, choices=KINDS)
    place = models.CharField(max_length=120)
    area_cm2 = models.BigIntegerField(null=True, help_text="gross area; NULL is unknown")
    on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(area_cm2__isnull=True) | Q(area_cm2__gt=0), name="own_home_has_an_area"),
            models.CheckConstraint(condition=Q(kind="owned") | Q(on__isnull=False), name="a_transfer_has_its_day"),
        ]


class PolicyBenefit(Placed):
    """Policy housing (政策性住房) that the household enjoyed or enjoys, as it says; ``until`` empty while it still does."""

    KINDS: ClassVar = [
        ("public_rental", "公租房或廉租房"), ("affordable_rental", "保障性租赁住房"), ("sale", "配售型保障性住房"),
        ("economical", "经济适用房或共有产权房"), ("reform", "房改房或集资房"), ("subsidy", "租赁补贴或购房补贴"),
    ]  # fmt: skip

    party_column = "application_id"

    application = PlacedKey(Application, related_name="benefits")
    kind = models.CharField(max_length=18, choices=KINDS)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="benefit_ends_after",
            )
        ]


class Consent(Placed):
    """Promise and authorisation to check (承诺和授权查询): which text, when, how it was given. Final."""

    WAYS: ClassVar = [("portal", "网上点选"), ("paper", "纸质签字"), ("worker", "入户时当面")]

    party_column = "application_id"

    application = PlacedKey(Application, related_name="consents")
    version = models.CharField(max_length=20)
    text_sha256 = models.CharField(max_length=64)
    way = models.CharField(max_length=8, choices=WAYS)
    paper = PlacedKey("base.Evidence", null=True, related_name="+")
    given_at = models.DateTimeField()
    account = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "application", "version"], name="one_consent_a_version")
        ]


class Attachment(Placed):
    """A paper of the case by kind (材料)."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="attachments")
    kind = models.CharField(max_length=10, choices=PAPERS)
    evidence = PlacedKey("base.Evidence", related_name="+")
    added_on = models.DateField()
    maker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "application", "evidence"], name="attached_once")
        ]


class PhoneBinding(Placed):
    """A phone bound to the household at a counter, by which paper of whom. Final."""

    PAPERS: ClassVar = [
        ("identity", "申请人身份证原件"),
        ("register", "户口簿和成员身份证原件"),
        ("proxy", "委托书和双方身份证原件"),
    ]

    party_column = "application_id"

    application = PlacedKey(Application, related_name="bindings")
    phone_blind = models.BinaryField()
    shown = models.CharField(max_length=10, choices=PAPERS)
    reason = models.CharField(max_length=300)
    bound_at = models.DateTimeField()
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="a_binding_has_its_reason")]


class Proxy(Placed):
    """Somebody who may act for a household (代办): by a paper, for some things, until a day; the family may end it."""

    SCOPES: ClassVar = [
        ("view", "只看进度"), ("papers", "看进度、补正、交材料"), ("all", "看进度、补正、交材料、改意向、撤回和恢复"),
    ]  # fmt: skip

    party_column = "application_id"
    sealed = ("phone",)

    application = PlacedKey(Application, related_name="proxies")
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=2, choices=[pair for pair in RELATIONS if pair[0] != APPLICANT])
    phone = models.BinaryField(help_text="sealed")
    phone_blind = models.BinaryField()
    scope = models.CharField(max_length=6, choices=SCOPES)
    paper = PlacedKey("base.Evidence", related_name="+")
    since = models.DateField()
    until_on = models.DateField(help_text="the last day")
    maker = models.UUIDField()
    ended_on = models.DateField(null=True)
    ended_by = models.UUIDField(null=True, help_text="empty where it ran out by itself")
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "application", "phone_blind"],
                condition=Q(ended_on__isnull=True),
                name="one_live_proxy_a_phone",
            ),
            models.CheckConstraint(condition=Q(until_on__gte=F("since")), name="a_proxy_has_its_end"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | ~Q(end_reason=""), name="a_proxy_ends_with_a_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["phone_blind"], name="proxies_of_phone")]


class WorkerTown(Placed):
    """The towns for which a village or community worker (村、社区协理员) takes applications."""

    account = models.UUIDField()
    town = models.CharField(max_length=9, db_collation="C")
    since = models.DateField()
    maker = models.UUIDField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "account", "town"], condition=Q(until_on__isnull=True), name="a_worker_once_in_a_town"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("since")), name="worker_town_ends_after"
            ),
        ]


class MadeFor(Placed):
    """An application that somebody made for a family: the family is told, and confirms or revokes it."""

    WAYS: ClassVar = [("worker", "村（社区）协理员代报"), ("employer", "用人单位代报")]
    STATES: ClassVar = [("told", "待家庭确认"), ("confirmed", "家庭已确认"), ("revoked", "家庭已撤销")]

    party_column = "application_id"

    application = PlacedKey(Application, related_name="made_for")
    way = models.CharField(max_length=8, choices=WAYS)
    maker = models.UUIDField()
    made_on = models.DateField()
    revoke_by = models.DateField(null=True, help_text="the last day; empty while the county has set none")
    state = models.CharField(max_length=10, choices=STATES, default="told")
    decided_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "application"], name="made_for_a_family_once"),
            models.CheckConstraint(
                condition=Q(state="told", decided_on__isnull=True) | ~Q(state="told") & Q(decided_on__isnull=False),
                name="the_family_decided_on_a_day",
            ),
            models.CheckConstraint(condition=~Q(state="revoked") | ~Q(reason=""), name="a_revocation_has_its_reason"),
        ]


class HomeVisit(Placed):
    """A visit to a household's home (入户走访), whole degrees × 1,000,000 where the place was taken. Final."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="visits")
    visited_on = models.DateField()
    met = models.CharField(max_length=60, help_text="who was met")
    findings = models.TextField()
    photo = PlacedKey("base.Evidence", null=True, related_name="+")
    latitude_e6 = models.IntegerField(null=True)
    longitude_e6 = models.IntegerField(null=True)
    offline = models.BooleanField(default=False, help_text="written where the signal was lost, sent later")
    recorded_at = models.DateTimeField()
    maker = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(met="") & ~Q(findings=""), name="a_visit_says_whom_and_what"),
            models.CheckConstraint(
                condition=Q(latitude_e6__isnull=True, longitude_e6__isnull=True)
                | Q(latitude_e6__isnull=False, longitude_e6__isnull=False)
                & Q(latitude_e6__gte=-90_000_000, latitude_e6__lte=90_000_000)
                & Q(longitude_e6__gte=-180_000_000, longitude_e6__lte=180_000_000),
                name="a_visit_is_on_the_earth",
            ),
        ]


class Letter(Placed):
    """A letter of qualification (轮候资格通知书): one at a time a case; its code says to anybody whether it still holds."""

    party_column = "application_id"

    application = PlacedKey(Application, related_name="letters")
    paper = PlacedKey("base.Paper", related_name="+")
    code = models.CharField(max_length=24, db_collation="C")
    masked_name = models.CharField(max_length=60)
    programme = models.CharField(max_length=20, choices=PROGRAMMES)
    qualified_on = models.DateField()
    issued_on = models.DateField()
    withdrawn_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "code"], name="letter_code_once"),
            models.UniqueConstraint(
                fields=["region", "application"], condition=Q(withdrawn_on__isnull=True), name="one_letter_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(reason=""), name="a_letter_is_withdrawn_with_a_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["code"], name="letter_by_code")]


class Complaint(Placed):
    """A complaint (投诉) or tip-off (举报) by anybody; whoever is complained of neither sees nor answers it."""

    KINDS: ClassVar = [("complaint", "投诉"), ("tip_off", "举报")]
    ABOUT: ClassVar = [
        ("family", "申请家庭"),
        ("staff", "工作人员或窗口"),
        ("company", "企业或机构"),
        ("rule", "政策、流程或其他"),
    ]

    closed_to_parties = True

    receipt = models.CharField(max_length=20, db_collation="C")
    kind = models.CharField(max_length=10, choices=KINDS)
    about = models.CharField(max_length=8, choices=ABOUT)
    whom = models.CharField(max_length=200, blank=True, help_text="as it was written")
    text = SealedText()
    contact = SealedText(null=True, help_text="empty where it is anonymous")
    filed_at = models.DateTimeField()
    post = models.CharField(max_length=40, help_text="the post that answers it")
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "receipt"], name="complaint_receipt_once"),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="a_complaint_is_answered_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["receipt"], name="complaint_by_receipt")]


class ComplaintAbout(Placed):
    """A person of the house whom a complaint is about."""

    closed_to_parties = True

    complaint = PlacedKey(Complaint, related_name="persons")
    account = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "complaint", "account"], name="complained_of_once")
        ]


CARRIES: dict[str, str] = {
    "own_home_has_an_area": "3.2-0",
    "a_transfer_has_its_day": "3.2-0",
    "benefit_ends_after": "3.2-0",
    "one_consent_a_version": "3.2-0",
    "attached_once": "3.2-0",
    "a_binding_has_its_reason": "3.2-0",
    "one_live_proxy_a_phone": "3.2-0",
    "a_proxy_has_its_end": "3.2-0",
    "a_proxy_ends_with_a_reason": "3.2-0",
    "a_worker_once_in_a_town": "3.2-0",
    "made_for_a_family_once": "3.2-0",
    "the_family_decided_on_a_day": "3.2-0",
    "a_revocation_has_its_reason": "3.2-0",
    "a_visit_says_whom_and_what": "3.2-0",
    "one_letter_at_a_time": "3.2-0",
    "a_letter_is_withdrawn_with_a_reason": "3.2-0",
    "a_complaint_is_answered_by_somebody": "4.5",
}
