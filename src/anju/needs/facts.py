"""What a department can confirm of a case (核验项目): which item speaks of which fact, about whom, and how it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anju.base.acts import InvalidInput
from anju.base.numbers import BadNumber, m2, parse_m2, parse_yuan, yuan
from anju.needs.models import APPLICANT, ITEMS, MARRIAGES, Application, Member

HOUSEHOLD, PERSON = "household", "person"
TITLES = dict(ITEMS)
UNKNOWN = "未填"


@dataclass(frozen=True)
class Fact:
    """One column that an item confirms: ``of`` the household's application or a member; ``read`` raises BadNumber or ValueError."""

    field: str
    of: str
    title: str
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    form: str


def _months(text: str) -> int:
    digits = text.removesuffix("个月").strip()
    if not digits.isdecimal() or len(digits) > 4:
        raise BadNumber(f"应为月数，收到「{text}」")
    return int(digits)


def _marriage(text: str) -> str:
    codes = {title: code for code, title in MARRIAGES}
    if text not in codes:
        raise BadNumber(f"应为{'、'.join(codes)}，收到「{text}」")
    return codes[text]


def _place(text: str) -> str:
    if len(text) != 6 or not (text.isascii() and text.isdecimal()):
        raise BadNumber(f"应为六位区划代码，收到「{text}」")
    return text


FACTS: dict[str, Fact] = {
    "property": Fact(
        "home_area_cm2", HOUSEHOLD, "自有住房建筑面积", lambda t: parse_m2(t.removesuffix("㎡")), m2, "㎡，无房填 0"
    ),
    "tax": Fact(
        "income_month_fen", HOUSEHOLD, "家庭月收入", lambda t: parse_yuan(t.removesuffix("元").strip()), yuan, "元"
    ),
    "insurance": Fact("insured_months", PERSON, "社会保险缴费月数", _months, lambda v: f"{v} 个月", "月数"),
    "marriage": Fact("marriage", PERSON, "婚姻状况", _marriage, lambda v: dict(MARRIAGES)[v], "未婚、已婚、丧偶或离婚"),
    "registration": Fact("registration", PERSON, "户籍所在地", _place, str, "六位区划代码"),
}
# What is locked of an application and of a member; the triggers of verification.sql name the same columns.
APPLICATION_FIELDS = tuple(fact.field for fact in FACTS.values() if fact.of == HOUSEHOLD)
MEMBER_FIELDS = tuple(fact.field for fact in FACTS.values() if fact.of == PERSON)
BY_FIELD = {fact.field: fact for fact in FACTS.values()}


def subject_of(row: Application, item: str, member: Member | None = None) -> UUID:
    """Whom a question is about: the household, or the member (the applicant where none is named)."""
    if item in FACTS and FACTS[item].of == HOUSEHOLD:
        return row.id
    if member is not None:
        return member.id
    return row.members.only("id").get(relation=APPLICANT).id


def owner_of(row: Application, item: str, subject: UUID) -> Application | Member | None:
    """The row that holds the item's fact; None where the item confirms none that is kept."""
    fact = FACTS.get(item)
    if fact is None:
        return None
    return row if fact.of == HOUSEHOLD else row.members.filter(id=subject).first()


def said_of(row: Application, item: str, subject: UUID) -> str:
    """What the household says of the item, in words; empty where the item confirms no fact that is kept."""
    owner, fact = owner_of(row, item, subject), FACTS.get(item)
    if owner is None or fact is None:
        return ""
    return shown(fact, getattr(owner, fact.field))


def shown(fact: Fact, value: Any) -> str:
    """A value in words."""
    return UNKNOWN if value is None or value == "" or (fact.field == "marriage" and value == "90") else fact.show(value)


def read(item: str, text: str) -> Any:
    """The fact's value that a department's words say. Raises InvalidInput with the form it should have."""
    fact = FACTS[item]
    try:
        return fact.read(text.strip())
    except (BadNumber, ValueError) as error:
        raise InvalidInput(
            f"「{fact.title}」应填{fact.form}，收到「{text}」，没有登记；请更正", field="value", clause="3.2-0"
        ) from error
