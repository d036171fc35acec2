"""What is due to go by the rules of retention (保存期限); a rule that nobody has set lets nothing go."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateTimeField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from anju.base.acts import ActContext
from anju.base.acts.context import SHANGHAI
from anju.base.jobs import work
from anju.base.messages.models import Message
from anju.base.regions import region_range, scope
from anju.base.sheets.kinds import KINDS
from anju.base.sheets.models import Load
from anju.needs.models import Application, CaseChange, Draft, EmployerEntry
from anju.policy.parameters import Unset

CASES = {
    "retention_refused_years": ("refused",),
    "retention_withdrawn_years": ("withdrawn",),
    "retention_lapsed_years": ("lapsed", "merged", "vacated"),
}
BY_WORKER = (
    "retention_draft_days", "retention_message_days", "retention_signin_months", "retention_load_days", "retention_entry_days",
)  # fmt: skip


def last_day(ctx: ActContext, name: str) -> date | None:
    """What was last touched before this day goes; None while the rule is not set."""
    value = ctx.inforce().get(name)
    if isinstance(value, Unset):
        return None
    number = int(value.value)
    if name.endswith("_days"):
        return ctx.today - timedelta(days=number)
    months = number if name.endswith("_months") else 12 * number
    year, month = divmod(ctx.today.year * 12 + ctx.today.month - 1 - months, 12)
    return date(year, month + 1, min(ctx.today.day, 28))


def midnight(day: date) -> datetime:
    """Its beginning, in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def due(ctx: ActContext) -> QuerySet[Any]:
    """The ended cases of the act's region whose days are over, by ``ended_at``; those already forgotten are not among them."""
    moved = CaseChange.objects.filter(
        region=OuterRef("region"), application=OuterRef("pk"), to_state=OuterRef("state")
    ).order_by("-at")
    rows = Application.objects.filter(region=ctx.region).exclude(erasures__state="erased")
    rows = rows.annotate(
        ended_at=Coalesce(Subquery(moved.values("at")[:1]), F("accepted_on"), output_field=DateTimeField())
    )
    wanted = Q(pk__in=[])
    for name, states in CASES.items():
        if before := last_day(ctx, name):
            wanted |= Q(state__in=states, ended_at__lt=midnight(before))
    return rows.filter(wanted)


def old_drafts(region: str, before: date) -> QuerySet[Draft]:
    """Drafts that nobody has touched since."""
    return Draft.objects.filter(region__range=region_range(region), saved_at__lt=midnight(before))


def old_messages(region: str, before: date) -> QuerySet[Message]:
    """Texts that went out, or never will, before that day."""
    rows = Message.objects.filter(region__range=region_range(region), queued_at__lt=midnight(before))
    return rows.exclude(state=Message.QUEUED)


def personal_kinds() -> list[str]:
    """The kinds of brought files that hold personal data."""
    return sorted(kind.name for kind in KINDS.values() if any(column.masked for column in kind.columns))


def old_loads(region: str, before: date) -> QuerySet[Load]:
    """Brought files about people that were decided, or never were, before that day; those already forgotten are not among them."""
    rows = Load.objects.filter(region__range=region_range(region), kind__in=personal_kinds()).exclude(name="已删除")
    rows = rows.filter(state__in=[Load.CHECKED, Load.ACCEPTED, Load.REJECTED, Load.ROLLED_BACK])
    return rows.annotate(ended_at=Coalesce("decided_at", "made_at")).filter(ended_at__lt=midnight(before))


def old_entries(region: str, before: date) -> QuerySet[EmployerEntry]:
    """Employers' entries that never became an application, last touched before that day; those that wait for a clerk stay."""
    rows = EmployerEntry.objects.filter(region__range=region_range(region), state__in=["told", "revoked", "refused"])
    return rows.annotate(ended=Coalesce("decided_on", "answered_on", "told_on")).filter(ended__lt=before)


def drop_each_hour(city: str, now: datetime) -> int:
    """What the worker does: nothing, and no entry, where nothing is due."""
    from anju.needs.acts.privacy import drop_old
    from anju.parties.context import parameter_book

    with scope(city, elevate=True):
        ctx = ActContext(
            account=None,
            post="upkeep",
            region=city,
            powers=frozenset({"needs.drop_old"}),
            now=now,
            params=parameter_book(),
        )
        drafts, messages = last_day(ctx, "retention_draft_days"), last_day(ctx, "retention_message_days")
        some = (drafts and old_drafts(city, drafts).exists()) or (messages and old_messages(city, messages).exists())
        signs = last_day(ctx, "retention_signin_months")
        some = some or (signs and _old_sign_ins(signs))
        loads, entries = last_day(ctx, "retention_load_days"), last_day(ctx, "retention_entry_days")
        some = some or (loads and old_loads(city, loads).exists()) or (entries and old_entries(city, entries).exists())
    return sum(drop_old(ctx=ctx).values()) if some else 0


def _old_sign_ins(before: date) -> bool:
    from anju.parties.models import SignIn

    return SignIn.objects.filter(at__lt=midnight(before)).exists()


work.hourly("retention", drop_each_hour)
