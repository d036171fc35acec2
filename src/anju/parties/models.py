"""Who takes part: regions, organisations, accounts and their posts, resolutions, parameters, acquirers."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from anju.base.regions import Placed, RegionField, Shared, SharedKey, uuid7


class Region(models.Model):
    """An administrative division (行政区划), GB/T 2260; towns carry nine digits."""

    LEVELS: ClassVar = [("city", "市"), ("county", "县（市、区）"), ("town", "乡镇街道")]

    code = models.CharField(primary_key=True, max_length=9, db_collation="C")
    name = models.CharField(max_length=40)
    level = models.CharField(max_length=8, choices=LEVELS)
    parent = models.CharField(max_length=6, blank=True, db_collation="C")
    longitude = models.DecimalField(max_digits=9, decimal_places=5, null=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    source = models.CharField(max_length=120)


class CensusFigure(models.Model):
    """One published figure of one area and year, with its source."""

    id = models.BigAutoField(primary_key=True)
    area = models.CharField(max_length=9, db_collation="C")
    year = models.IntegerField()
    name = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=16, decimal_places=2)
    source = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["area", "year", "name"], name="census_figure_once")]


class Organisation(Shared):
    """A body that takes part: acquirer, developer, agency, bank, department, task force, property manager, employer."""

    party_reads = True

    KINDS: ClassVar = [
        ("task_force", "工作专班"), ("department", "职能部门"), ("acquirer", "收购主体"), ("developer", "开发企业"),
        ("appraisal_agency", "估价机构"), ("bank", "银行"), ("intake", "受理窗口"), ("auditor", "纪检审计"),
        ("notary", "公证机构"), ("manager", "运营物业"), ("employer", "用人单位"),
    ]  # fmt: skip

    kind = models.CharField(max_length=20, choices=KINDS)
    name = models.CharField(max_length=120)
    uscc = models.CharField(max_length=18, null=True, help_text="统一社会信用代码, GB 32100")
    parent = SharedKey("self", null=True, related_name="children")
    qualification = models.CharField(max_length=80, blank=True, help_text="资质等级及证书号")
    qualified_until = models.DateField(null=True)
    synthetic = models.BooleanField()
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["uscc"], name="organisation_uscc_once"),
            models.UniqueConstraint(fields=["kind", "name", "owner_region"], name="organisation_name_once"),
        ]


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by ``parties.acts.open_account`` alone."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """A person who signs in (账号). Families have one bound to their phone, without a password."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    phone_blind = models.BinaryField(null=True)
    organisation = SharedKey(Organisation, null=True, related_name="accounts")
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(
        default=False, help_text="the password was set by another person: choose one at sign-in"
    )
    synthetic = models.BooleanField()
    last_login = None

    USERNAME_FIELD = "username"
    objects = AccountManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["phone_blind"], name="account_phone_once")]


class Post(models.Model):
    """A post (岗位): the unit in which powers are given."""

    code = models.CharField(primary_key=True, max_length=40)
    title = models.CharField(max_length=60)
    organisation_kinds = models.JSONField(default=list, help_text="kinds of organisation whose people may hold it")
    party = models.BooleanField(default=False, help_text="sees its own cases only")
    order = models.IntegerField(default=0)


class PostPower(models.Model):
    """A row of the one table posts × acts: this post may do this (or see this, ``room.view``)."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, models.CASCADE, related_name="powers")
    power = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "power"], name="post_power_once")]
        indexes: ClassVar = [models.Index(fields=["power"], name="power_of_posts")]


class Appointment(models.Model):
    """An account holds a post in a region, for an organisation, from ``since`` on; ``until`` is the first day it no
    longer does."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    region = RegionField()
    organisation = SharedKey(Organisation, null=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "post", "region"],
                condition=Q(until__isnull=True),
                name="one_live_appointment_per_post",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="appointment_ends_after_it_began",
            ),
        ]


class Cover(Placed):
    """Leave cover (AB角): B does A's post in A's place for some days, once a head has confirmed it.

    B then holds the post by ``appointment``; what B did in the own post stays B's, so nobody checks the own work.
    """

    STATES: ClassVar = [("proposed", "待确认"), ("confirmed", "已确认"), ("ended", "已结束"), ("refused", "不同意")]

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="covers", help_text="A's post")
    account = models.ForeignKey(Account, models.PROTECT, related_name="covered_by", help_text="A")
    by = models.ForeignKey(Account, models.PROTECT, related_name="covers_for", help_text="B")
    from_on = models.DateField()
    until_on = models.DateField(help_text="the last day")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=STATES, default="proposed")
    maker = models.UUIDField()
    decided_by = models.UUIDField(null=True)
    granted = models.ForeignKey(
        Appointment, models.PROTECT, null=True, related_name="+", help_text="B's post meanwhile"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until_on__gte=models.F("from_on")), name="cover_has_its_days"),
            models.CheckConstraint(condition=~Q(by=models.F("account")), name="cover_is_another_person"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True, granted__isnull=True)
                | Q(state="refused", decided_by__isnull=False, granted__isnull=True)
                | Q(state__in=["confirmed", "ended"], decided_by__isnull=False, granted__isnull=False)
                & ~Q(decided_by=models.F("maker"))
                & ~Q(decided_by=models.F("by")),
                name="cover_is_confirmed_by_another_person",
            ),
        ]


class PhoneCode(models.Model):
    """A sign-in code for a family's phone: hashed, short-lived, used once. Bookkeeping of the sign-in."""

    unguarded: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    phone_blind = models.BinaryField()
    code_hash = models.CharField(max_length=128)
    sender_blind = models.BinaryField(default=b"", help_text="blind index of the address that asked; empty: unknown")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["phone_blind", "-made_at"], name="phone_code_latest"),
            models.Index(fields=["sender_blind", "-made_at"], name="phone_code_of_sender"),
        ]


class SignInTry(models.Model):
    """Wrong passwords in a row for one name, or wrong codes for one phone, shared by all server processes.

    Bookkeeping of the sign-in.
    """

    unguarded: ClassVar[bool] = True

    username = models.CharField(primary_key=True, max_length=60)
    tries = models.IntegerField(default=0)
    last_at = models.DateTimeField()


class SignIn(models.Model):
    """One sign-in or one that failed: who, when, from where, with which outcome. Never changed; of a family only a blind index."""

    unguarded: ClassVar[bool] = True

    WAYS: ClassVar = [("password", "密码"), ("phone", "手机验证码")]
    OUTCOMES: ClassVar = [
        ("ok", "登录"), ("first", "密码正确，待改初始密码"), ("wrong", "密码或验证码错误"), ("locked", "已锁定"), ("no_post", "无在任岗位"),
        ("closed", "账号已停用"), ("sent", "发送验证码"), ("too_many", "索要验证码过多"), ("out", "退出"),
    ]  # fmt: skip

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    region = RegionField(help_text="where the account works; the city where none was meant")
    way = models.CharField(max_length=8, choices=WAYS)
    outcome = models.CharField(max_length=8, choices=OUTCOMES)
    account = models.UUIDField(null=True)
    username = models.CharField(max_length=60, blank=True)
    name_blind = models.BinaryField(null=True, help_text="of a phone, or of a name that no account has")
    address = models.CharField(max_length=45, null=True, help_text="of staff alone")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(username="", name_blind__isnull=False, account__isnull=True),
                name="sign_in_names_an_account_or_is_blind",
            ),
            models.CheckConstraint(
                condition=~Q(way="phone") | Q(account__isnull=False) | Q(address__isnull=True),
                name="sign_in_of_a_family_has_no_address",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-at"], name="sign_in_latest")]


class PortalSession(AbstractBaseSession):
    """A family's session in the portal's own process, which reads no other."""

    unguarded: ClassVar[bool] = True

    @classmethod
    def get_session_store_class(cls) -> type:
        from anju.parties.portal_sessions import SessionStore

        return SessionStore


class Resolution(Shared):
    """A resolution of a task force (专班决议), with its minutes."""

    body = SharedKey(Organisation, related_name="resolutions")
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    decided_on = models.DateField()
    minutes = models.TextField()
    votes_for = models.IntegerField()
    votes_against = models.IntegerField()
    proposed_by = models.UUIDField()
    adopted_by = models.UUIDField(null=True)
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner_region", "number"], name="resolution_number_once"),
            models.CheckConstraint(condition=Q(votes_for__gte=0, votes_against__gte=0), name="resolution_votes"),
            models.CheckConstraint(
                condition=Q(adopted_by__isnull=True) | ~Q(adopted_by=models.F("proposed_by")),
                name="resolution_two_people",
            ),
        ]


class Setting(Shared):
    """A value that a city or county set for a parameter (参数取值); never edited, only followed by a later one."""

    party_reads = True

    name = models.CharField(max_length=60)
    value = models.JSONField()
    valid_from = models.DateField()
    document = models.CharField(max_length=200)
    resolution = SharedKey(Resolution, null=True)
    demonstration = models.BooleanField(help_text="演示取值")
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(withdrawn_by__isnull=True),
                name="setting_confirmed_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("proposed_by")),
                name="setting_two_people",
            ),
            models.UniqueConstraint(
                fields=["owner_region", "name", "valid_from"],
                condition=Q(confirmed_by__isnull=False),
                name="setting_once_a_day",
            ),
        ]


class Rate(Shared):
    """A dated public rate (LPR), in basis points of a per cent: 3.45 % is 345."""

    name = models.CharField(max_length=20)
    valid_from = models.DateField()
    basis_points = models.IntegerField()
    source = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "valid_from"], name="rate_once_a_day")]


class Admission(Placed):
    """The admission of an acquirer (收购主体准入) by a government, by the criteria of 3.1; open checks stay shown."""

    STATES: ClassVar = [("proposed", "待审"), ("admitted", "已准入"), ("refused", "不予准入"), ("lapsed", "已失效")]

    acquirer = SharedKey(Organisation, related_name="admissions")
    document = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=STATES, default="proposed")
    facts = models.JSONField(
        help_text="the answers to the criteria, true, false or null for unknown, each with its evidence"
    )
    verdicts = models.JSONField(default=list, help_text="as judged at the decision and at each later check")
    judged_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="of a refusal or a lapse")
    appointed_by_plan = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "acquirer"],
                condition=Q(state__in=["proposed", "admitted"]),
                name="one_live_admission",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(checker__isnull=False), name="admission_has_a_checker"
            ),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=models.F("maker")), name="admission_two_people"
            ),
        ]


CARRIES: dict[str, str] = {
    "cover_has_its_days": "4.5",
    "cover_is_another_person": "4.5",
    "cover_is_confirmed_by_another_person": "4.5",
    "setting_two_people": "4.1",
    "setting_once_a_day": "4.1",
    "setting_final": "4.1",
    "resolution_two_people": "4.1",
    "resolution_final": "4.1",
    "admins_apart": "4.5",
    "sign_in_final": "4.5",
    "admission_two_people": "3.1-1",
    "admission_has_a_checker": "3.1-1",
    "one_live_admission": "3.1-1",
    "installation_fixed": "2-2",
}
