"""What happens to a household (分户、离婚、结婚并户、死亡): members and their claims move in one step, the named case keeps its place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.claims import seam
from anju.base.files import store
from anju.base.numbers import mask_name
from anju.base.regions import uuid7
from anju.base.secrets import blind, seal
from anju.base.tickets.desk import close_tickets
from anju.needs.acts.change import File, change_facts
from anju.needs.acts.standing import LAPSED, pause
from anju.needs.acts.steps import (
    CLAUSE,
    FIRST,
    STATES,
    locked,
    next_numbers,
    put_on_desk,
    show_to_family,
    who,
)
from anju.needs.banned import refuse_banned
from anju.needs.findings import open_findings
from anju.needs.judging import Days, blocking, frozen, judge_rows
from anju.needs.models import (
    APPLICANT,
    REVIEWED,
    Application,
    FormerMember,
    HouseholdEvent,
    Member,
    MemberNeed,
    Wish,
)
from anju.policy.parameters import Unset
from anju.policy.rules import people
from anju.policy.rules.eligibility import full_years
from anju.policy.verdict import Outcome

SPOUSE, OTHER = "10", "80"
# While a case is shown, what is shown stays as it is.
CHANGEABLE = ("submitted", "supplement", "first_passed", "second_passed", "reviewed", "qualified", "suspended")
# What no longer holds once people come or go: unknown until somebody says it anew.
SHARED_FACTS = ("income_month_fen", "home_area_cm2")


@dataclass(frozen=True)
class NewHousehold:
    """Those who leave apply for themselves: ``applicant`` one of them, ``relations`` of the others to the applicant."""

    applicant: UUID
    phone: str
    relations: Mapping[UUID, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@act(clause=CLAUSE, title="分户")
def split_household(
    *, ctx: ActContext, application_id: UUID, leaving: list[UUID], happened_on: date, reason: str, new: NewHousehold | None = None,
    stays_applicant: UUID | None = None, facts: Mapping[str, Any] | None = None, files: Sequence[File] = (), kind: str = "split",
) -> HouseholdEvent:  # fmt: skip
    """Some members leave; the case itself, with its day and place, stays with those who do not leave.

    So the older place goes to whom the act leaves in it. ``new``: those who leave apply for themselves as of today; else they only
    leave. ``stays_applicant``: who applies then, where the applicant leaves. Income and own homes are unknown until said anew.
    """
    row = _changeable(ctx, application_id)
    members = {member.id: member for member in row.members.order_by("relation", "id")}
    gone = _leaving(row, members, leaving)
    if new and new.applicant not in gone:
        raise InvalidInput("新户的申请人应是分出的一名成员，没有办理", field="applicant", clause=CLAUSE)
    _applicant_stays(ctx, row, members, gone, stays_applicant, happened_on)
    event = _event(ctx, row, kind, happened_on, reason, files)
    made = _new_application(ctx, row, gone, new, happened_on) if new else None
    FormerMember.objects.bulk_create(_former(event, row, member) for member in gone.values())
    blinds = [bytes(member.document_blind) for member in gone.values()]
    if made and new:
        _move_members(ctx, row, made, gone, {**dict.fromkeys(gone, OTHER), **new.relations, new.applicant: APPLICANT})
        seam.move(seam.LIVE_APPLICATION, blinds, case=row.id, to=made.id, region=ctx.region)
        _also(event, made, row).save(force_insert=True)
        _begin(ctx, made, new.facts)
    else:
        seam.release_persons(seam.LIVE_APPLICATION, blinds, case=row.id, region=ctx.region)
        Member.objects.filter(region=ctx.region, id__in=list(gone)).delete()
    if stays_applicant:
        _make_applicant(row, stays_applicant)
    _settle(ctx, row, facts or {})
    ctx.on(event, application=str(row.id), left=len(gone), made=made.number if made else "", place=row.sort_key)
    return event


@act(clause=CLAUSE, title="离婚")
def record_divorce(
    *, ctx: ActContext, application_id: UUID, leaving: list[UUID], happened_on: date, reason: str, new: NewHousehold | None = None,
    stays_applicant: UUID | None = None, facts: Mapping[str, Any] | None = None, files: Sequence[File] = (),
) -> HouseholdEvent:  # fmt: skip
    """As a split; the place stays with those who do not leave, as the agreement or the judgement says."""
    return split_household(
        ctx=ctx, application_id=application_id, leaving=leaving, happened_on=happened_on, reason=reason, new=new,
        stays_applicant=stays_applicant, facts=facts, files=files, kind="divorce",
    )  # fmt: skip


@act(clause=CLAUSE, title="结婚并户")
def join_households(
    *, ctx: ActContext, application_id: UUID, other_number: str, happened_on: date, reason: str,
    relations: Mapping[UUID, str] | None = None, facts: Mapping[str, Any] | None = None, files: Sequence[File] = (),
) -> HouseholdEvent:  # fmt: skip
    """Two households become one in the case named, with its day and place; the other case ends as merged (已并户).

    Which of the two places is kept is said by naming the case. Members' claims move in the same step.
    """
    found = Application.objects.filter(region=ctx.region, number=other_number.strip()).only("id").first()
    if found is None or found.id == application_id:
        raise Refused(
            f"{ctx.region} 没有另一份申请「{other_number.strip()}」，没有办理；在别处申请的请先撤回再并入",
            clause=CLAUSE,
        )
    for key in sorted((application_id, found.id)):
        locked(ctx, key)
    row, other = _changeable(ctx, application_id), _changeable(ctx, found.id)
    coming = {member.id: member for member in other.members.order_by("relation", "id")}
    event = _event(ctx, row, "marriage", happened_on, reason, files, other)
    mirror = _also(event, other, row)
    mirror.save(force_insert=True)
    FormerMember.objects.bulk_create(_former(mirror, other, member) for member in coming.values())
    spouse = {member.id: SPOUSE for member in coming.values() if member.relation == APPLICANT}
    _move_members(ctx, other, row, coming, {**dict.fromkeys(coming, OTHER), **spouse, **(relations or {})})
    blinds = [bytes(member.document_blind) for member in coming.values()]
    seam.move(seam.LIVE_APPLICATION, blinds, case=other.id, to=row.id, region=ctx.region)
    STATES.move(other, "merged", ctx)
    close_tickets(ctx=ctx, obj=other, outcome=f"并入 {row.number}")
    _settle(ctx, row, facts or {})
    ctx.on(event, application=str(row.id), other=str(other.id), came=len(coming), place=row.sort_key)
    return event


@act(clause=CLAUSE, title="登记成员死亡")
def record_death(
    *, ctx: ActContext, member_id: UUID, happened_on: date, reason: str, stays_applicant: UUID | None = None, phone: str = "",
    facts: Mapping[str, Any] | None = None, files: Sequence[File] = (),
) -> HouseholdEvent:  # fmt: skip
    """A member has died. Where it was the applicant, another adult of the household applies on, by a phone of its own.

    Where nobody grown up is left, the case lapses. The place stays as it is.
    """
    member = Member.objects.filter(region=ctx.region, id=member_id).first()
    if member is None:
        raise Refused(f"{ctx.region} 没有这名家庭成员，没有办理；请从申请页重新打开", clause=CLAUSE)
    row = _changeable(ctx, member.application_id)
    members = {one.id: one for one in row.members.order_by("relation", "id")}
    adults = [one for one in members.values() if one.id != member.id and _adult(ctx, one, happened_on)]
    event = _event(ctx, row, "death", happened_on, reason, files)
    ctx.on(event, application=str(row.id), applicant=member.relation == APPLICANT, place=row.sort_key)
    if member.relation == APPLICANT and not adults:
        pause(ctx, row, LAPSED, f"申请人已故，家中没有成年人：{event.reason}")
        return event
    if member.relation == APPLICANT:
        _applicant_stays(ctx, row, members, {member.id: member}, stays_applicant, happened_on)
        if people.phone(phone).outcome is not Outcome.PASS:
            raise InvalidInput("申请人已故，请填写接续申请人的手机号，没有办理", field="phone", clause=CLAUSE)
    FormerMember.objects.bulk_create([_former(event, row, member)])
    seam.release_persons(seam.LIVE_APPLICATION, [bytes(member.document_blind)], case=row.id, region=ctx.region)
    Member.objects.filter(region=ctx.region, id=member.id).delete()
    if member.relation == APPLICANT and stays_applicant:
        _make_applicant(row, stays_applicant)
    _settle(ctx, row, {**(facts or {}), **({"phone": phone} if member.relation == APPLICANT else {})})
    return event


def _changeable(ctx: ActContext, application_id: UUID) -> Application:
    row = locked(ctx, application_id)
    if row.state not in CHANGEABLE:
        raise Refused(
            f"申请 {row.number} 为「{row.get_state_display()}」，现在不能变更家庭成员，没有办理；公示中的请在公示期满后办理",
            clause=CLAUSE,
        )
    return row


def _leaving(row: Application, members: Mapping[UUID, Member], leaving: Collection[UUID]) -> dict[UUID, Member]:
    gone = {key: members[key] for key in dict.fromkeys(leaving) if key in members}
    if not gone or len(gone) != len(set(leaving)) or len(gone) == len(members):
        raise InvalidInput(
            f"申请 {row.number} 有 {len(members)} 名成员，离开的应是其中一部分，没有办理；全部离开的请撤回申请",
            "leaving",
            CLAUSE,
        )
    return gone


def _applicant_stays(
    ctx: ActContext, row: Application, members: Mapping[UUID, Member], gone: Mapping[UUID, Member], named: UUID | None, on: date
) -> None:  # fmt: skip
    """Somebody grown up applies on. Raises InvalidInput."""
    if not any(member.relation == APPLICANT for member in gone.values()):
        if named:
            raise InvalidInput("原申请人没有离开，不用另指定申请人，没有办理", field="stays_applicant", clause=CLAUSE)
        return
    if named is None or named in gone or named not in members:
        raise InvalidInput(
            f"申请 {row.number} 的申请人离开，请从留下的成员中指定申请人，没有办理", "stays_applicant", CLAUSE
        )
    if not _adult(ctx, members[named], on):
        raise InvalidInput("指定的申请人未成年，没有办理；请另指定", field="stays_applicant", clause=CLAUSE)


def _adult(ctx: ActContext, member: Member, on: date) -> bool:
    least = ctx.inforce().get("adult_age")
    if isinstance(least, Unset):
        raise Refused(least.sentence, clause=least.clause)
    return full_years(member.born_on, on) >= int(least.value)


def _event(
    ctx: ActContext, row: Application, kind: str, on: date, reason: str, files: Sequence[File], other: Application | None = None
) -> HouseholdEvent:  # fmt: skip
    if on > ctx.today:
        raise InvalidInput(f"发生日期 {on} 晚于今天 {ctx.today}，没有办理；请更正", field="happened_on", clause=CLAUSE)
    if not reason.strip():
        raise InvalidInput("请写明依据（证件、协议或判决的名称和编号），没有办理", field="reason", clause=CLAUSE)
    for name, data in files:
        store.keep(ctx=ctx, name=name, data=data, kind="household_event", case=row.id)
    ctx.happened(on)
    return HouseholdEvent.objects.create(
        region=ctx.region, application=row, kind=kind, happened_on=on, other=other, reason=reason.strip()[:300],
        recorded_on=ctx.today, maker=who(ctx),
    )  # fmt: skip


def _also(event: HouseholdEvent, row: Application, other: Application) -> HouseholdEvent:
    """The same event as the other case tells it."""
    return HouseholdEvent(
        region=event.region, application=row, kind=event.kind, happened_on=event.happened_on, other=other,
        reason=event.reason, recorded_on=event.recorded_on, maker=event.maker,
    )  # fmt: skip


def _former(event: HouseholdEvent, row: Application, member: Member) -> FormerMember:
    return FormerMember(
        region=event.region, application=row, event=event, name=member.name, relation=member.relation,
        marriage=member.marriage, document=bytes(member.document), document_blind=bytes(member.document_blind),
        born_on=member.born_on,
    )  # fmt: skip


def _new_application(
    ctx: ActContext, row: Application, gone: Mapping[UUID, Member], new: NewHousehold, on: date
) -> Application:
    """The new case, as of today; its members come next. Nobody who may not apply applies by leaving."""
    if not _adult(ctx, gone[new.applicant], on):
        raise InvalidInput("新户的申请人未成年，没有办理；请另指定", field="applicant", clause=CLAUSE)
    verdict = people.phone(new.phone)
    if verdict.outcome is not Outcome.PASS:
        raise InvalidInput(verdict.sentence, field="phone", clause=CLAUSE)
    refuse_banned({bytes(m.document_blind): mask_name(m.name) for m in gone.values()}, ctx.today)
    phone = people.mobile(new.phone)
    (number,) = next_numbers(ctx.region, ctx.today, 1)
    made = Application.objects.create(
        id=uuid7(), region=ctx.region, number=number, programme=row.programme, applicant_name=gone[new.applicant].name,
        phone=seal(phone), phone_blind=blind("phone", phone), group=row.group, town=row.town,
        residence_months=row.residence_months, persons=len(gone), accepted_on=ctx.today, maker=ctx.account,
    )  # fmt: skip
    Wish.objects.bulk_create(
        Wish(
            region=w.region, application=made, rank=w.rank, county=w.county, tenure=w.tenure, rooms=w.rooms,
            area_from_cm2=w.area_from_cm2, area_to_cm2=w.area_to_cm2, ceiling_fen=w.ceiling_fen,
        )
        for w in row.wishes.order_by("rank")
    )  # fmt: skip
    return made


def _begin(ctx: ActContext, made: Application, facts: Mapping[str, Any]) -> None:
    if facts:
        change_facts(ctx, made, facts)
    else:
        made.verdicts = frozen(judge_rows([made], Days(ctx))[made.id])
        made.save(update_fields=["verdicts"])
    show_to_family(ctx, [made])
    put_on_desk(ctx, made, FIRST)


def _move_members(
    ctx: ActContext, row: Application, to: Application, moving: Mapping[UUID, Member], relations: Mapping[UUID, str]
) -> None:
    """First all as others, then each as it stands there: nobody is applicant twice in between."""
    own = Member.objects.filter(region=ctx.region, id__in=list(moving))
    own.update(application=to, relation=OTHER)
    for key in moving:
        Member.objects.filter(region=ctx.region, id=key).update(relation=relations[key])
    MemberNeed.objects.filter(region=ctx.region, application=row, member__in=list(moving)).update(application=to)


def _make_applicant(row: Application, member_id: UUID) -> None:
    Member.objects.filter(region=row.region, application=row, id=member_id).update(relation=APPLICANT)
    row.applicant_name = Member.objects.get(region=row.region, id=member_id).name
    row.save(update_fields=["applicant_name"])


def _settle(ctx: ActContext, row: Application, facts: Mapping[str, Any]) -> None:
    """Count the household again and judge it by what is known now; past its reviews, what fails becomes a finding."""
    row.persons = row.members.count()
    row.save(update_fields=["persons"])
    verdicts = change_facts(ctx, row, {**dict.fromkeys(SHARED_FACTS), **facts})
    if row.state in REVIEWED:
        open_findings(ctx, row, blocking(verdicts))
