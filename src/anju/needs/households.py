"""What a household hands in, and what can never be accepted of it (3.2): each fault with its field, value, reason and clause."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused
from anju.base.numbers import m2, mask_document
from anju.base.regions import uuid7
from anju.base.secrets import blind, seal
from anju.needs import particulars, programmes
from anju.needs.models import (
    APPLICANT,
    MAX_WISHES,
    PROGRAMMES,
    RELATIONS,
    RESIDENT_ID,
    TENURES,
    Application,
    Member,
    OwnHome,
    PolicyBenefit,
    Wish,
)
from anju.parties.models import Region
from anju.policy.amounts import with_unit
from anju.policy.parameters import InForce
from anju.policy.rules import people, rooms, screening
from anju.policy.verdict import Outcome

MONTHS_MAX, ROOMS_MAX, NAME_MAX = 1200, 9, 60
CLAUSE = "3.2-0"


@dataclass(frozen=True)
class MemberInput:
    """One person: ``relation`` GB/T 4761, ``marriage`` GB/T 2261.2; ``born_on`` as filled in, checked against the number."""

    name: str
    relation: str
    document: str
    marriage: str = "90"
    born_on: date | None = None
    document_kind: str = RESIDENT_ID
    registration: str = ""
    registered_on: date | None = None
    work: str = ""
    employer: str = ""
    income_month_fen: int | None = None
    insured_months: int | None = None


@dataclass(frozen=True)
class WishInput:
    """One wish; areas in cm², ``ceiling_fen`` the total price (sale) or a month's rent (rent)."""

    county: str
    tenure: str
    rooms: int
    area_from_cm2: int
    area_to_cm2: int
    ceiling_fen: int
    zone: str = ""
    floor: str = ""
    lift: bool = False


@dataclass(frozen=True)
class HouseholdInput:
    """An application as it is handed in. None is unknown, never zero. ``wishes`` in order of preference."""

    programme: str
    group: str
    town: str
    phone: str
    members: tuple[MemberInput, ...]
    wishes: tuple[WishInput, ...]
    income_month_fen: int | None = None
    home_area_cm2: int | None = None
    residence_months: int | None = None
    policy_homes: int | None = None
    score: int | None = None
    transferred: bool | None = None
    homes: tuple[particulars.HomeInput, ...] = ()
    benefits: tuple[particulars.BenefitInput, ...] = ()

    @property
    def applicant(self) -> MemberInput:
        """The member with relation 本人. Raises StopIteration where ``faults`` was not asked first."""
        return next(member for member in self.members if member.relation == APPLICANT)


@dataclass(frozen=True)
class Fault:
    """One thing that cannot be; ``member`` or ``wish`` is its index, None where it is the household's."""

    field: str
    value: str
    reason: str
    clause: str = CLAUSE
    member: int | None = None
    wish: int | None = None


@dataclass(frozen=True)
class Places:
    """The towns of a managing region and the counties of its city: read once for a whole load."""

    region: str
    towns: Mapping[str, str]
    counties: Mapping[str, str]


def places_of(region: str) -> Places:
    """The places that an application of ``region`` may name."""
    rows = Region.objects.filter(parent__in=[region, region[:4] + "00"]).values_list("code", "level", "name")
    towns = {code: name for code, level, name in rows if level == "town" and code.startswith(region)}
    return Places(region, towns, {code: name for code, level, name in rows if level == "county"})


def faults(household: HouseholdInput, *, on: date, inforce: InForce, places: Places) -> list[Fault]:
    """Everything that cannot be, in the order of the form; empty where the application can be taken in."""
    further = [Fault(*said) for said in particulars.homes_said(household, on)]
    relations = [member.relation for member in household.members]
    wishes = wish_faults(household.programme, relations, household.wishes, inforce, places)
    return [*_household(household, places), *_members(household, on), *further, *wishes]


LIMITS: dict[str, tuple[str, str, int]] = {
    "income_month_fen": ("家庭月收入", "分", 10**12),
    "home_area_cm2": ("自有住房建筑面积", "cm²", 10**9),
    "residence_months": ("居住或参保月数", "个月", MONTHS_MAX),
    "policy_homes": ("已享受保障性住房", "套", 99),
    "score": ("积分", "", 99_999),
}


def _household(given: HouseholdInput, places: Places) -> Iterator[Fault]:
    if given.programme not in dict(PROGRAMMES):
        yield Fault("programme", given.programme, f"申请类别应为{'、'.join(title for _, title in PROGRAMMES)}")
    yield from fact_faults({name: getattr(given, name) for name in ("phone", "town", *LIMITS)}, places)


def fact_faults(facts: Mapping[str, Any], places: Places) -> Iterator[Fault]:
    """What cannot be among facts by name: those of a new application, or those that a correction sets."""
    if "phone" in facts:
        verdict = people.phone(facts["phone"])
        if verdict.outcome is not Outcome.PASS:
            yield Fault("phone", verdict.measured, verdict.sentence, verdict.clause)
    if "town" in facts and facts["town"] not in places.towns:
        why = f"乡镇（街道）代码应为 {places.region} 开头的 9 位代码，收到「{facts['town']}」；请从表中选择"
        yield Fault("town", facts["town"], why)
    for name, (title, unit, most) in LIMITS.items():
        value = facts.get(name)
        if value is not None and not 0 <= value <= most:
            said = with_unit(value, unit)
            yield Fault(name, said, f"「{title}」应在 0 至 {with_unit(most, unit)} 之间，收到 {said}；请核对后更正")


def member_faults(name: str, document: str, on: date) -> list[Fault]:
    """What cannot be of one member's name and number."""
    return [*_name(name, 0), *_document(MemberInput(name, APPLICANT, document), 0, on)]


def _name(name: str, index: int) -> Iterator[Fault]:
    if not name.strip() or len(name) > NAME_MAX:
        yield Fault("name", name, f"姓名应为 1 至 {NAME_MAX} 个字", member=index)


def _members(given: HouseholdInput, on: date) -> Iterator[Fault]:
    applicants = [index for index, member in enumerate(given.members) if member.relation == APPLICANT]
    if len(applicants) != 1:
        yield Fault(
            "relation",
            str(len(applicants)),
            f"每户须有且只有一名申请人（与申请人关系为“本人”），现有 {len(applicants)} 名",
        )
    relations = dict(RELATIONS)
    seen: dict[str, int] = {}
    for index, member in enumerate(given.members):
        yield from _name(member.name, index)
        if member.relation not in relations:
            yield Fault("relation", member.relation, f"与申请人关系应为{'、'.join(relations.values())}", member=index)
        yield from _document(member, index, on)
        yield from (Fault(*said, member=index) for said in particulars.member_said(member, on))
        number = people.normal(member.document)
        if seen.setdefault(number, index) != index:
            yield Fault(
                "document", mask_document(number), f"与本户第 {seen[number] + 1} 名成员的证件号码相同", member=index
            )


def _document(member: MemberInput, index: int, on: date) -> Iterator[Fault]:
    if not particulars.is_resident(member):
        said = particulars.document_said(member, people.normal(member.document), on)
        if said:
            yield Fault(*said, member=index)
        return
    verdict = people.id_number(member.document, on)
    if verdict.outcome is not Outcome.PASS:
        yield Fault("document", verdict.measured, verdict.sentence, verdict.clause, member=index)
        return
    born = people.birthday(member.document)
    if member.born_on and member.born_on != born:
        reason = f"出生日期 {member.born_on} 与身份证号码中的 {born} 不一致；请对照原件更正"
        yield Fault("born_on", str(member.born_on), reason, "3.2-0", member=index)


def wish_faults(
    programme: str, relations: Sequence[str], wishes: Sequence[WishInput], inforce: InForce, places: Places
) -> list[Fault]:
    """What cannot be of the wishes alone: those of a new application, or those that a change sets."""
    return list(_wishes(programme, rooms.make_up(list(relations)), wishes, inforce, places))


def _wishes(
    programme: str, family: rooms.MakeUp, wishes: Sequence[WishInput], inforce: InForce, places: Places
) -> Iterator[Fault]:
    if not 1 <= len(wishes) <= MAX_WISHES:
        yield Fault("wishes", str(len(wishes)), f"意向应为 1 至 {MAX_WISHES} 个，收到 {len(wishes)} 个")
    try:
        tenure = programmes.tenure_of(programme, inforce) if programme in programmes.TITLES else ""
    except Refused as refused:
        tenure = ""
        yield Fault("programme", programme, refused.sentence, refused.clause)
    for index, wish in enumerate(wishes):
        if wish.county not in places.counties:
            yield Fault("county", wish.county, f"意向区县应为{'、'.join(places.counties.values())}", wish=index)
        if tenure and wish.tenure != tenure:
            yield Fault("tenure", wish.tenure, f"申请类别只能{dict(TENURES)[tenure]}，意向方式与之不符", wish=index)
        if not 1 <= wish.rooms <= ROOMS_MAX:
            yield Fault("rooms", str(wish.rooms), f"意向室数应在 1 至 {ROOMS_MAX} 之间", wish=index)
        if not 0 < wish.area_from_cm2 <= wish.area_to_cm2:
            shown = f"{m2(wish.area_from_cm2)}—{m2(wish.area_to_cm2)}"
            yield Fault("area_to_cm2", shown, f"意向面积 {shown} 应为由小到大的正数", wish=index)
        if wish.ceiling_fen <= 0:
            yield Fault("ceiling_fen", str(wish.ceiling_fen), "总价或月租上限应为正数", wish=index)
        yield from (Fault(*said, wish=index) for said in particulars.wish_said(wish))
        yield from _too_large(wish, index, inforce)
        yield from _beyond_its_rooms(programme, family, wish, index, inforce)


def _beyond_its_rooms(
    programme: str, family: rooms.MakeUp, wish: WishInput, index: int, inforce: InForce
) -> Iterator[Fault]:
    """Outside the county's table of rooms. While the table is open nothing is refused by it: the case waits, and says so."""
    verdict = rooms.wish(family, programme, rooms.Wanted(wish.rooms, wish.area_to_cm2), inforce)
    if verdict.outcome is Outcome.FAIL:
        yield Fault("rooms", verdict.measured, verdict.sentence, verdict.clause, wish=index)


def _too_large(wish: WishInput, index: int, inforce: InForce) -> Iterator[Fault]:
    """A wish for a home that the programme may never buy waits for ever; so it is refused with the plan's limit."""
    if wish.tenure != "sale":
        return
    verdict = screening.sale_area(wish.area_to_cm2, inforce)
    if verdict.outcome is Outcome.FAIL:
        reason = (
            f"意向面积上限 {m2(wish.area_to_cm2)} 超过配售型每套上限（{verdict.limit}），不会有这样的房源；请改小后再报"
        )
        yield Fault("area_to_cm2", m2(wish.area_to_cm2), reason, verdict.clause, wish=index)


def refuse_faults(found: list[Fault]) -> None:
    """Raises InvalidInput with every fault in one sentence, the first one's field and clause."""
    if found:
        raise InvalidInput(
            "没有受理：" + "；".join(f.reason for f in found), field=found[0].field, clause=found[0].clause
        )


@dataclass(frozen=True)
class Prepared:
    """A household without faults, under the id that its claims will carry; ``members`` pairs blind index and birthday."""

    id: UUID
    given: HouseholdInput
    documents: tuple[str, ...]
    blinds: tuple[bytes, ...]
    born: tuple[date, ...]

    @property
    def applicant_born_on(self) -> date:
        """The applicant's birthday."""
        return next(b for b, m in zip(self.born, self.given.members, strict=True) if m.relation == APPLICANT)


def prepare(given: HouseholdInput) -> Prepared:
    """Normalise and blind the numbers of a household that has no faults."""
    documents = tuple(people.normal(member.document) for member in given.members)
    born = tuple(_born(number, member) for number, member in zip(documents, given.members, strict=True))
    return Prepared(uuid7(), given, documents, tuple(blind("document", number) for number in documents), born)


def _born(number: str, member: MemberInput) -> date:
    found = people.birthday(number) if particulars.is_resident(member) else member.born_on
    if found is None:
        raise InvalidInput(
            f"身份证号码 {mask_document(number)} 无效，没有受理；请对照原件更正", field="document", clause=CLAUSE
        )
    return found


def application_row(ready: Prepared, *, ctx: ActContext, number: str, accepted_on: date, **more: object) -> Application:
    """The application's row, not yet saved."""
    given, phone = ready.given, people.mobile(ready.given.phone)
    return Application(
        id=ready.id, region=ctx.region, number=number, programme=given.programme,
        applicant_name=given.applicant.name.strip(), phone=seal(phone), phone_blind=blind("phone", phone),
        group=given.group, town=given.town, income_month_fen=given.income_month_fen, home_area_cm2=given.home_area_cm2,
        residence_months=given.residence_months, policy_homes=given.policy_homes, score=given.score,
        transferred=given.transferred, persons=len(given.members), accepted_on=accepted_on, maker=ctx.account, **more,
    )  # fmt: skip


def member_rows(ready: Prepared, region: str) -> list[Member]:
    """The members' rows, not yet saved."""
    return [
        Member(
            region=region, application_id=ready.id, name=member.name.strip(), relation=member.relation,
            marriage=member.marriage, document=seal(number), document_blind=index, born_on=born,
            **particulars.of_member(member),
        )
        for member, number, index, born in zip(ready.given.members, ready.documents, ready.blinds, ready.born, strict=True)
    ]  # fmt: skip


def wish_rows(ready: Prepared, region: str) -> list[Wish]:
    """The wishes' rows, not yet saved."""
    return [
        Wish(
            region=region, application_id=ready.id, rank=rank, county=wish.county, tenure=wish.tenure, rooms=wish.rooms,
            area_from_cm2=wish.area_from_cm2, area_to_cm2=wish.area_to_cm2, ceiling_fen=wish.ceiling_fen,
            zone=wish.zone.strip(), floor=wish.floor, lift=wish.lift,
        )
        for rank, wish in enumerate(ready.given.wishes, 1)
    ]  # fmt: skip


def home_rows(ready: Prepared, region: str) -> list[OwnHome | PolicyBenefit]:
    """The rows of homes and policy housing, not yet saved."""
    return particulars.rows_of(ready.given, ready.id, region)
