"""What a household says beyond its first facts: documents, work, homes had and given away, policy housing; and what cannot be of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from anju.base.numbers import m2, yuan
from anju.needs.models import (
    APPLICANT,
    DOCUMENTS,
    FLOORS,
    RESIDENT_ID,
    WORKS,
    OwnHome,
    PolicyBenefit,
)

if TYPE_CHECKING:
    from anju.needs.households import HouseholdInput, MemberInput, WishInput

HOMES_MAX, BENEFITS_MAX, PLACE_MAX, ZONE_MAX, EMPLOYER_MAX = 10, 10, 120, 40, 120
INCOME_MAX, MONTHS_MAX = 10**12, 1200
# What a number of each other document looks like; a resident's number has its own rule.
FORMS = {"117": r"[A-Z][0-9]{9}", "414": r"[A-Z0-9]{6,15}", "511": r"[0-9]{8}", "516": r"[HM][0-9]{8}([0-9]{2})?"}
HOME_KINDS, BENEFIT_KINDS = dict(OwnHome.KINDS), dict(PolicyBenefit.KINDS)
# Kinds of policy housing that are homes, as ``policy_homes`` counts them.
HELD = frozenset({"public_rental", "affordable_rental", "sale", "economical", "reform"})


@dataclass(frozen=True)
class HomeInput:
    """One home that the household has (``owned``) or gave away (``transferred``, with its day)."""

    kind: str
    place: str
    area_cm2: int | None = None
    on: date | None = None


@dataclass(frozen=True)
class BenefitInput:
    """Policy housing that the household enjoys, or enjoyed ``until`` a day."""

    kind: str
    since: date | None = None
    until: date | None = None


Said = tuple[str, str, str]  # field, value, sentence


def document_said(member: "MemberInput", number: str, on: date) -> Said | None:
    """What cannot be of a document that is not a resident's card; None where it can."""
    title = dict(DOCUMENTS).get(member.document_kind)
    if title is None:
        return "document_kind", member.document_kind, f"证件种类应为{'、'.join(dict(DOCUMENTS).values())}"
    if member.relation == APPLICANT and member.document_kind == "117":
        return "document_kind", title, "申请人应持有本人证件，出生医学证明只用于未办身份证的子女"
    if not re.fullmatch(FORMS[member.document_kind], number):
        return "document", f"{number[:2]}…（{len(number)} 位）", f"{title}号码的位数或写法不符；请对照原件更正"
    if member.born_on is None or not date(1900, 1, 1) <= member.born_on <= on:
        return "born_on", str(member.born_on or ""), f"持{title}的成员请填写出生日期，不晚于 {on}"
    return None


def member_said(member: "MemberInput", on: date) -> Iterator[Said]:
    """What cannot be of a member's registration, work and income."""
    if member.registration and not re.fullmatch(r"[1-8][0-9]{5}", member.registration):
        yield "registration", member.registration, f"户籍所在地应为六位区划代码，收到「{member.registration}」"
    if member.registered_on and member.registered_on > on:
        yield (
            "registered_on",
            str(member.registered_on),
            f"户籍迁入日期 {member.registered_on} 晚于受理日期 {on}；请更正",
        )
    if member.work and member.work not in dict(WORKS):
        yield "work", member.work, f"工作情况应为{'、'.join(dict(WORKS).values())}"
    if len(member.employer) > EMPLOYER_MAX:
        yield "employer", member.employer[:20], f"工作单位至多 {EMPLOYER_MAX} 个字"
    if member.income_month_fen is not None and not 0 <= member.income_month_fen <= INCOME_MAX:
        yield "income_month_fen", yuan(member.income_month_fen), f"本人月收入应在 0 至 {yuan(INCOME_MAX)} 之间"
    if member.insured_months is not None and not 0 <= member.insured_months <= MONTHS_MAX:
        yield "insured_months", str(member.insured_months), f"社会保险缴费月数应在 0 至 {MONTHS_MAX} 之间"


def wish_said(wish: "WishInput") -> Iterator[Said]:
    """What cannot be of a wish's part of the county and floor."""
    if len(wish.zone) > ZONE_MAX:
        yield "zone", wish.zone[:20], f"意向乡镇或片区至多 {ZONE_MAX} 个字"
    if wish.floor and wish.floor not in dict(FLOORS):
        yield "floor", wish.floor, f"意向楼层应为{'、'.join(dict(FLOORS).values())}，不限的留空"


def homes_said(given: "HouseholdInput", on: date) -> Iterator[Said]:
    """What cannot be of homes and policy housing, and where they contradict the household's own sums."""
    if len(given.homes) > HOMES_MAX or len(given.benefits) > BENEFITS_MAX:
        yield "homes", str(len(given.homes)), f"住房至多填 {HOMES_MAX} 处，政策性住房至多填 {BENEFITS_MAX} 项"
    for home in given.homes:
        if home.kind not in HOME_KINDS or not home.place.strip() or len(home.place) > PLACE_MAX:
            yield "homes", home.place[:20], f"每处住房须写明现有或已转让，坐落 1 至 {PLACE_MAX} 个字"
        if home.area_cm2 is not None and home.area_cm2 <= 0:
            yield "homes", m2(home.area_cm2), "住房面积应为正数，不清楚留空"
        if home.kind == "transferred" and home.on is None:
            yield "homes", home.place[:20], "转让的住房须写明转让日期"
        if home.on and home.on > on:
            yield "homes", str(home.on), f"住房取得或转让日期 {home.on} 晚于受理日期 {on}；请更正"
    for benefit in given.benefits:
        if benefit.kind not in BENEFIT_KINDS:
            yield "benefits", benefit.kind, f"政策性住房应为{'、'.join(BENEFIT_KINDS.values())}"
        if benefit.since and benefit.until and benefit.until < benefit.since:
            yield (
                "benefits",
                str(benefit.until),
                f"政策性住房的退出日期 {benefit.until} 早于开始日期 {benefit.since}；请更正",
            )
    yield from _contradictions(given)


def _contradictions(given: "HouseholdInput") -> Iterator[Said]:
    area = sum(home.area_cm2 or 0 for home in given.homes if home.kind == "owned")
    if given.home_area_cm2 is not None and area > given.home_area_cm2:
        why = f"各处现有住房合计 {m2(area)}，大于填写的自有住房建筑面积 {m2(given.home_area_cm2)}；请核对哪一个对"
        yield "home_area_cm2", m2(given.home_area_cm2), why
    if given.transferred is False and any(home.kind == "transferred" for home in given.homes):
        yield "transferred", "没有转让", "填写了已转让的住房，又填了没有转让过住房；请核对哪一个对"
    income = sum(member.income_month_fen or 0 for member in given.members)
    if given.income_month_fen is not None and income > given.income_month_fen:
        why = f"各成员月收入合计 {yuan(income)}，大于填写的家庭月收入 {yuan(given.income_month_fen)}；请核对哪一个对"
        yield "income_month_fen", yuan(given.income_month_fen), why
    held = sum(benefit.kind in HELD and benefit.until is None for benefit in given.benefits)
    if given.policy_homes is not None and held > given.policy_homes:
        why = f"填写了 {held} 套正在享受的政策性住房，多于「已享受保障性住房」{given.policy_homes} 套；请核对哪一个对"
        yield "policy_homes", str(given.policy_homes), why


def rows_of(given: "HouseholdInput", application: UUID, region: str) -> list[OwnHome | PolicyBenefit]:
    """The rows of homes and policy housing, not yet saved."""
    homes: list[OwnHome | PolicyBenefit] = [
        OwnHome(
            region=region, application_id=application, kind=h.kind, place=h.place.strip(), area_cm2=h.area_cm2, on=h.on
        )
        for h in given.homes
    ]
    return homes + [
        PolicyBenefit(region=region, application_id=application, kind=b.kind, since=b.since, until=b.until)
        for b in given.benefits
    ]


def of_member(member: "MemberInput") -> dict[str, Any]:
    """A member's further columns."""
    return {
        "document_kind": member.document_kind, "registration": member.registration, "registered_on": member.registered_on,
        "work": member.work, "employer": member.employer.strip(), "income_month_fen": member.income_month_fen,
        "insured_months": member.insured_months,
    }  # fmt: skip


def is_resident(member: "MemberInput") -> bool:
    """Whether the member's document is a resident's card, whose number says the birthday."""
    return member.document_kind == RESIDENT_ID


def judged_of(given: "HouseholdInput") -> dict[str, Any]:
    """What the rules of eligibility ask besides, of a household before it has rows; None is unknown."""
    first = given.applicant
    return {
        "registration": first.registration or None, "insurance_months": first.insured_months,
        "transfers": _transfers(given.transferred, [h.on for h in given.homes if h.kind == "transferred"]),
    }  # fmt: skip


def _transfers(said: bool | None, days: Iterable[date | None]) -> tuple[date, ...] | None:
    """Days of transfers: those named; none where the household says that it gave none away; else unknown."""
    found = tuple(day for day in days if day)
    if found:
        return found
    return () if said is False else None
