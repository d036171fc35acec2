"""Books (账簿): one per project, written by the functions of ``sql/`` alone; no row of history ever changes.

One immutable transfer row is one debit and one credit of the same amount, so it cannot be unbalanced. Both sides are composite
keys with the voucher's own book, so no fen can pass from one project's book into another's. See ``sql/*.sql`` for the keys and
the triggers that hold this against the owner too.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.base.regions import Placed, PlacedKey

# Which kinds of book a link may join. Project and project is not among them.
LAWFUL_LINKS = [
    ("earnest_to_project", "earnest", "project"),
    ("own_funds", "overhead", "project"),
    ("management_fee", "project", "overhead"),
]


class Purpose(models.Model):
    """What an account of a kind of book is for, and the bounds it is opened with; reference data of ``sql/reference.sql``."""

    functions_only: ClassVar[bool] = True
    SIDES: ClassVar = [
        ("asset", "资产"),
        ("liability", "负债"),
        ("equity", "权益"),
        ("income", "收入"),
        ("expense", "支出"),
    ]

    id = models.BigAutoField(primary_key=True)
    book_kind = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20)
    title = models.CharField(max_length=40)
    side = models.CharField(max_length=10, choices=SIDES)
    lower_fen = models.BigIntegerField()
    upper_fen = models.BigIntegerField()
    order = models.SmallIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["book_kind", "purpose"], name="purpose_once")]


class FlowRule(models.Model):
    """Which kind of voucher may move money from which purpose to which; a reversal is its mirror. Clause 4.3."""

    functions_only: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=30)
    debit = models.CharField(max_length=20)
    credit = models.CharField(max_length=20)
    reversal = models.BooleanField()
    linked = models.BooleanField(help_text="moves money between two books: the voucher needs a link")
    title = models.CharField(max_length=40)
    clause = models.CharField(max_length=16)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "debit", "credit", "reversal"], name="flow_rule_once"),
            models.UniqueConstraint(
                fields=["kind", "debit", "credit", "reversal", "linked"], name="flow_rule_with_its_link"
            ),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="flow_between_two_purposes"),
        ]


class Book(Placed):
    """One book: of a project, of a batch's earnest money, or of the acquirer's own overheads."""

    functions_only = True
    KINDS: ClassVar = [("project", "项目账"), ("overhead", "自有资金账"), ("earnest", "定金账")]

    kind = models.CharField(max_length=10, choices=KINDS)
    object_id = models.UUIDField(help_text="the project, the batch or the acquirer")
    title = models.CharField(max_length=120)
    last_number = models.BigIntegerField(default=0)
    hash = models.BinaryField(help_text="running hash: sha256(hash before, the voucher as text)")
    closed_through = models.DateField(null=True, help_text="no voucher is dated on or before this day")
    opened_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "kind", "object_id"], name="one_book_per_object"),
            models.UniqueConstraint(fields=["region", "id", "kind"], name="book_with_its_kind"),
        ]


class Account(Placed):
    """One account of a book. ``balance_fen`` is debits less credits; what is held may not be spent twice."""

    functions_only = True

    book = PlacedKey(Book, related_name="accounts")
    book_kind = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20)
    balance_fen = models.BigIntegerField(default=0)
    held_fen = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    lower_fen = models.BigIntegerField()
    upper_fen = models.BigIntegerField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "book", "purpose"], name="one_account_per_purpose"),
            models.UniqueConstraint(fields=["region", "book", "id", "purpose"], name="account_with_its_purpose"),
            models.CheckConstraint(
                condition=Q(
                    balance_fen__gte=F("lower_fen") + F("held_fen"), balance_fen__lte=F("upper_fen"), held_fen__gte=0
                ),
                name="account_within_bounds",
            ),
        ]


class Link(Placed):
    """A lawful movement between two books: a voucher in each, of the same amount. Never between two projects."""

    functions_only = True

    kind = models.CharField(max_length=30)
    from_book = models.UUIDField()
    from_kind = models.CharField(max_length=10)
    from_voucher = models.UUIDField()
    to_book = models.UUIDField()
    to_kind = models.CharField(max_length=10)
    to_voucher = models.UUIDField()
    amount_fen = models.BigIntegerField()
    reversal = models.BooleanField()
    document = models.CharField(max_length=120, help_text="the contract or decision it rests on")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "from_voucher"], name="link_from_once"),
            models.UniqueConstraint(fields=["region", "to_voucher"], name="link_to_once"),
            models.CheckConstraint(
                condition=Q(
                    *[Q(kind=kind, from_kind=out, to_kind=into) for kind, out, into in LAWFUL_LINKS], _connector=Q.OR
                ),
                name="link_is_lawful",
            ),
            models.CheckConstraint(condition=~Q(document=""), name="link_has_a_document"),
        ]


class Voucher(Placed):
    """A voucher (凭证): one business event of one book, numbered without gaps, made once per key."""

    functions_only = True

    book = PlacedKey(Book, related_name="vouchers", db_index=False)
    number = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    request_hash = models.BinaryField()
    value_date = models.DateField()
    recorded_at = models.DateTimeField()
    memo = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=60, blank=True, help_text="the bank's own number of the movement")
    lines = models.SmallIntegerField()
    total_fen = models.BigIntegerField()
    bank_fen = models.BigIntegerField(help_text="what the bank's statement shows: in is positive, out negative, 0 none")
    maker = models.UUIDField()
    checker = models.UUIDField(null=True)
    act = PlacedKey("base.Act", related_name="vouchers", db_index=False)
    reversal = models.BooleanField()
    reverses = PlacedKey("self", null=True, related_name="reversed_by", db_index=False)
    linked = models.BooleanField()
    link = models.ForeignKey(
        Link, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="vouchers"
    )
    hash = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "key"], name="voucher_key_once"),
            models.UniqueConstraint(fields=["region", "book", "number"], name="voucher_number_once"),
            models.UniqueConstraint(
                fields=["region", "book", "id", "kind", "reversal", "linked", "lines"], name="voucher_with_its_kind"
            ),
            models.UniqueConstraint(
                fields=["region", "reverses"], condition=Q(reverses__isnull=False), name="voucher_reversed_once"
            ),
            # One CHECK for all of it: PostgreSQL reads each anew for every row that is posted.
            models.CheckConstraint(
                condition=Q(reversal=Q(reverses__isnull=False), linked=Q(link__isnull=False))
                & (Q(checker__isnull=True) | ~Q(checker=F("maker"))),
                name="voucher_lawful",
            ),
        ]


class Transfer(Placed):
    """One debit and one credit of one amount, for ever, with each account's sequence and balance after."""

    functions_only = True

    book = models.ForeignKey(Book, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    voucher = models.ForeignKey(Voucher, models.PROTECT, db_constraint=False, db_index=False, related_name="transfers")
    kind = models.CharField(max_length=30)
    reversal = models.BooleanField()
    linked = models.BooleanField()
    lines = models.SmallIntegerField()
    line = models.SmallIntegerField()
    debit = models.ForeignKey(Account, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    debit_purpose = models.CharField(max_length=20)
    debit_seq = models.BigIntegerField()
    debit_balance_fen = models.BigIntegerField()
    credit = models.ForeignKey(Account, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    credit_purpose = models.CharField(max_length=20)
    credit_seq = models.BigIntegerField()
    credit_balance_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    value_date = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "voucher", "line"], name="transfer_line_once"),
            models.UniqueConstraint(fields=["region", "debit", "debit_seq"], name="debit_in_order"),
            models.UniqueConstraint(fields=["region", "credit", "credit_seq"], name="credit_in_order"),
            # That the two accounts differ follows from the flow rule's two purposes and one account per purpose.
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, line__gte=1, line__lte=F("lines")), name="transfer_amount"
            ),
        ]


class Hold(Placed):
    """Money set aside for one payment in flight: reserved, then posted or given back; each once."""

    functions_only = True
    STATES: ClassVar = [("held", "已冻结"), ("posted", "已支付"), ("void", "已解冻")]

    book = PlacedKey(Book, related_name="holds")
    kind = models.CharField(max_length=30)
    reversal = models.BooleanField(default=False)
    linked = models.BooleanField(default=False)
    debit_purpose = models.CharField(max_length=20)
    credit = models.ForeignKey(Account, models.PROTECT, db_constraint=False, db_index=False, related_name="holds")
    credit_purpose = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=STATES)
    voucher = PlacedKey(Voucher, null=True, related_name="+")
    held_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "key"], name="hold_key_once"),
            models.UniqueConstraint(
                fields=["region", "voucher"], condition=Q(voucher__isnull=False), name="hold_posted_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0, reversal=False, linked=False), name="hold_amount"),
            models.CheckConstraint(
                condition=Q(state="held", voucher__isnull=True, ended_at__isnull=True)
                | Q(state="posted", voucher__isnull=False, ended_at__isnull=False)
                | Q(state="void", voucher__isnull=True, ended_at__isnull=False),
                name="hold_ends_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["region", "credit"], condition=Q(state="held"), name="hold_open")]


CARRIES: dict[str, str] = {
    "account_within_bounds": "4.3-5",
    "fk_ledger_transfer_flow": "4.3-4",
    "fk_ledger_transfer_debit": "4.3-3",
    "fk_ledger_transfer_credit": "4.3-3",
    "link_is_lawful": "4.3-3",
    "voucher_lawful": "4.3-3",
    "one_book_per_object": "4.3-3",
    "voucher_key_once": "4.3-2",
    "voucher_number_once": "4.3-2",
    "transfer_amount": "4.3-2",
}
