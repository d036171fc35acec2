"""Employers' sheets (用人单位集体申报): put in by the employer, confirmed by the family on its phone, accepted by a clerk."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.claims import seam
from anju.base.messages import outbox
from anju.base.numbers import mask_name
from anju.base.secrets import blind
from anju.base.sheets.models import Load
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs.acts.apply import submit_application
from anju.needs.acts.steps import CLAUSE, limit, who
from anju.needs.entrance import refuse_closed
from anju.needs.households import HouseholdInput, MemberInput, WishInput
from anju.needs.models import PROGRAMMES, EmployerEntry
from anju.needs.particulars import BenefitInput, HomeInput
from anju.parties.models import Account, Organisation
from anju.policy.rules import people

TICKET = "needs.employer_entry"


@dataclass(frozen=True)
class Entered:
    """One household of an employer's file; ``row`` is the applicant's row there, ``consent`` the reference of the consent paper."""

    row: int
    consent: str
    household: HouseholdInput


@act(clause=CLAUSE, title="用人单位报送")
def put_in_entries(*, ctx: ActContext, load_id: UUID, entered: list[Entered]) -> dict[str, Any]:
    """Keep what an employer put in, sealed, and tell each family how to confirm or refuse: ``{"taken": n, "refused": [[row, why], …]}``."""
    load = Load.objects.get(region=ctx.region, id=load_id)
    employer = _employer(ctx)
    refused: list[tuple[int, str]] = []
    rows: list[EmployerEntry] = []
    for one in entered:
        try:
            refuse_closed(one.household.programme, ctx.inforce())
        except Refused as error:
            refused.append((one.row, error.sentence))
            continue
        rows.append(_entry(ctx, employer, load, one))
    EmployerEntry.objects.bulk_create(rows, batch_size=500)
    seam.show_to(employer.id, [row.id for row in rows], region=ctx.region)
    _show_to_families(ctx, rows)
    for row, one in zip(rows, [e for e in entered if e.row not in {n for n, _ in refused}], strict=True):
        _tell(ctx, row, people.mobile(one.household.phone))
    ctx.on(load, taken=len(rows), refused=len(refused), employer=employer.name)
    ctx.items((row.id, f"{row.row}|{row.consent}") for row in rows)
    return {"taken": len(rows), "refused": refused}


def _employer(ctx: ActContext) -> Organisation:
    found = Organisation.objects.filter(pk=ctx.organisation, kind="employer").first() if ctx.organisation else None
    if found is None:
        raise Refused("只有用人单位的经办可以集体报送，没有收下；请用本单位的账号登录", clause=CLAUSE)
    return found


def _entry(ctx: ActContext, employer: Organisation, load: Load, one: Entered) -> EmployerEntry:
    given = one.household
    return EmployerEntry(
        region=ctx.region, organisation=employer.id, employer=employer.name, load=load, row=one.row, consent=one.consent.strip()[:60],
        who=mask_name(given.applicant.name), persons=len(given.members), programme=given.programme,
        body=json.dumps(asdict(given), ensure_ascii=False, default=str), phone_blind=blind("phone", people.mobile(given.phone)),
        told_on=ctx.today, maker=who(ctx),
    )  # fmt: skip


def _show_to_families(ctx: ActContext, rows: list[EmployerEntry]) -> None:
    accounts = Account.objects.filter(phone_blind__in=[row.phone_blind for row in rows], is_active=True)
    by_phone = {bytes(phone): key for key, phone in accounts.values_list("id", "phone_blind") if phone}
    for row in rows:
        account = by_phone.get(bytes(row.phone_blind))
        if account:
            seam.show_to(account, [row.id], region=ctx.region)


def _tell(ctx: ActContext, row: EmployerEntry, phone: str) -> None:
    outbox.queue(
        region=ctx.region, phone=phone, template=TICKET, once_key=f"{TICKET}:{row.id}", now=ctx.now,
        values={"单位": row.employer, "类别": dict(PROGRAMMES)[row.programme]},
    )  # fmt: skip


@act(clause=CLAUSE, title="查找单位报送", power="needs.answer_entry")
def find_my_entries(*, ctx: ActContext) -> int:
    """Show a family's account the entries of the act's region that name its phone; how many there are."""
    account = Account.objects.filter(pk=who(ctx)).first()
    if account is None or account.phone_blind is None:
        raise Refused("本账号没有绑定手机号，找不到报送；请到受理窗口核对", clause=CLAUSE)
    found: dict[str, list[UUID]] = {}
    lo, hi = ctx.region[:4] + "00", ctx.region[:4] + "99"
    for key, region in EmployerEntry.objects.filter(
        region__range=(lo, hi), phone_blind=account.phone_blind
    ).values_list("id", "region"):
        found.setdefault(region, []).append(key)
    for region, cases in found.items():
        seam.show_to(account.id, cases, region=region)
    ctx.on(account, entries=sum(map(len, found.values())))
    return sum(map(len, found.values()))


@act(clause=CLAUSE, title="确认单位报送")
def answer_entry(*, ctx: ActContext, entry_id: UUID, agree: bool) -> EmployerEntry:
    """The family itself, by its phone: confirmed goes to a clerk, refused ends it; taken back until it is accepted."""
    row = _locked(ctx, entry_id)
    phone = Account.objects.filter(pk=who(ctx)).values_list("phone_blind", flat=True).first()
    if phone is None or bytes(phone) != bytes(row.phone_blind):
        raise Refused("这份报送登记的不是您登录用的手机号，没有办理；请用登记的手机号登录", clause=CLAUSE)
    ctx.on(row, agree=agree)
    if row.state not in (("told",) if agree else ("told", "confirmed")):
        raise Refused(f"这份报送当前为「{row.get_state_display()}」，没有办理；请刷新后再看", clause=CLAUSE)
    row.state, row.answered_on, row.answered_by = "confirmed" if agree else "revoked", ctx.today, ctx.account
    row.save(update_fields=["state", "answered_on", "answered_by"])
    if agree:
        open_ticket(
            ctx=ctx, kind=TICKET, title=f"受理单位报送 {row.who}（{row.employer}）", post="intake_clerk", obj=row,
            url=f"/needs/employers/{row.id}/", limit_days=limit(ctx, "first_review_days"),
        )  # fmt: skip
    else:
        close_tickets(ctx=ctx, obj=row, outcome="家庭不同意")
    return row


@act(clause=CLAUSE, title="受理单位报送")
def accept_entry(*, ctx: ActContext, entry_id: UUID) -> EmployerEntry:
    """A clerk takes the household in, as at the counter; the consent paper was seen. Raises what taking in raises."""
    row = _locked(ctx, entry_id)
    if row.state != "confirmed":
        raise Refused(f"这份报送当前为「{row.get_state_display()}」，家庭确认后才能受理，没有受理", clause=CLAUSE)
    taken = submit_application(ctx=ctx, household=household_of(json.loads(str(row.body))))
    row.state, row.application, row.decided_on, row.decided_by = "accepted", taken, ctx.today, who(ctx)
    row.save(update_fields=["state", "application", "decided_on", "decided_by"])
    ctx.on(row, number=taken.number, consent=row.consent)
    close_tickets(ctx=ctx, obj=row, outcome=f"已受理 {taken.number}")
    return row


@act(clause=CLAUSE, title="不受理单位报送")
def refuse_entry(*, ctx: ActContext, entry_id: UUID, reason: str) -> EmployerEntry:
    """A clerk sends it back with the reason (no consent paper, a person in another application …)."""
    row = _locked(ctx, entry_id)
    if row.state != "confirmed":
        raise Refused(f"这份报送当前为「{row.get_state_display()}」，没有办理；请刷新后再看", clause=CLAUSE)
    if not reason.strip():
        raise InvalidInput("请写明不受理的理由，没有办理", field="reason", clause=CLAUSE)
    row.state, row.reason, row.decided_on, row.decided_by = "refused", reason.strip()[:300], ctx.today, who(ctx)
    row.save(update_fields=["state", "reason", "decided_on", "decided_by"])
    ctx.on(row, reason=row.reason)
    close_tickets(ctx=ctx, obj=row, outcome="不受理")
    return row


def household_of(body: Mapping[str, Any]) -> HouseholdInput:
    """The household that ``asdict`` and JSON wrote."""
    parts = dict(body)
    members = tuple(MemberInput(**_days(one)) for one in parts.pop("members"))
    wishes = tuple(WishInput(**one) for one in parts.pop("wishes"))
    homes = tuple(HomeInput(**_days(one)) for one in parts.pop("homes", ()))
    benefits = tuple(BenefitInput(**_days(one)) for one in parts.pop("benefits", ()))
    return HouseholdInput(**_days(parts), members=members, wishes=wishes, homes=homes, benefits=benefits)


DAYS = ("on", "since", "until", "born_on", "registered_on")


def _days(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(v) if name in DAYS and isinstance(v, str) else v for name, v in values.items()}


def _locked(ctx: ActContext, key: UUID) -> EmployerEntry:
    row = EmployerEntry.objects.select_for_update().filter(region=ctx.region, id=key).first()
    if row is None:
        raise Refused(f"{ctx.region} 没有这份单位报送，没有办理；请从清单重新打开", clause=CLAUSE)
    return row
