"""Who may apply for which rooms, and what a county may ask for: one row per case, with its clause."""

from dataclasses import replace
from datetime import date

import pytest

from anju.policy.rules import rooms, verification
from anju.policy.rules.eligibility import HouseholdFacts, insurance, registration, transfer
from anju.policy.rules.rooms import MakeUp, Wanted, make_up
from anju.policy.rules.verification import Asked
from anju.policy.verdict import Outcome
from support.book import DAY, inforce

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN

# relations of the members → persons, generations, children
FAMILIES = [
    ("one alone", ["01"], MakeUp(1, 1, "")),
    ("a couple", ["01", "10"], MakeUp(2, 1, "")),
    ("a couple with a son", ["01", "10", "20"], MakeUp(3, 2, "same")),
    ("two daughters", ["01", "10", "30", "30"], MakeUp(4, 2, "same")),
    ("son and daughter", ["01", "10", "20", "30"], MakeUp(4, 2, "mixed")),
    ("with the parents", ["01", "10", "20", "50"], MakeUp(4, 3, "same")),
    ("grandparent and grandchild", ["01", "40", "60"], MakeUp(3, 3, "")),
    ("somebody else among them", ["01", "10", "20", "80"], MakeUp(4, None, "same")),
]


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("what", "relations", "family"), FAMILIES, ids=[row[0] for row in FAMILIES])
def test_a_households_make_up_is_read_from_its_relations(what: str, relations: list[str], family: MakeUp) -> None:
    assert make_up(relations) == family


# programme, relations, rooms, area ㎡ → outcome, words
WISHES = [
    ("a single at the edge", "sale", ["01"], 2, 90, PASS, "在标准内"),
    ("a single one ㎡ over", "sale", ["01"], 2, 91, FAIL, "1 至 2 室、不超过 90㎡"),
    ("a single one room over", "sale", ["01"], 3, 90, FAIL, "1 人家庭的意向 3 室"),
    ("three persons at their edge", "sale", ["01", "10", "20"], 3, 120, PASS, "在标准内"),
    ("a table without such rooms", "affordable_rental", ["01"], 3, 60, FAIL, "1 至 2 室"),
    ("sons share a room", "public_rental", ["01", "10", "20", "20"], 3, 70, FAIL, "1 至 2 室"),
    ("son and daughter do not", "public_rental", ["01", "10", "20", "30"], 3, 70, PASS, "在标准内"),
    ("three generations by either line", "public_rental", ["01", "10", "20", "50"], 3, 70, PASS, "在标准内"),
    ("generations not known, small wish", "public_rental", ["01", "10", "20", "80"], 2, 60, PASS, "在标准内"),
    ("generations not known, large wish", "public_rental", ["01", "10", "20", "80"], 3, 70, UNKNOWN, "家庭代数"),
    ("no line for the family", "public_rental", ["01", "10", "50", "50"], 2, 60, UNKNOWN, "4 人家庭的一行"),
]  # fmt: skip


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(
    ("what", "programme", "relations", "n", "area", "outcome", "words"), WISHES, ids=[w[0] for w in WISHES]
)
def test_a_wish_is_held_against_the_table_of_rooms(
    what: str, programme: str, relations: list[str], n: int, area: int, outcome: Outcome, words: str
) -> None:
    table = inforce(
        rooms_table=[
            row for row in inforce().get("rooms_table").value if what != "no line for the family" or row[3] != 3
        ]
    )
    found = rooms.wish(make_up(relations), programme, Wanted(n, area * 10_000), table)
    assert (found.outcome, found.clause) == (outcome, "3.2-0") and words in found.sentence + found.limit


@pytest.mark.clause("3.2-0")
def test_an_open_table_checks_nothing_and_says_so() -> None:
    found = rooms.wishes(make_up(["01"]), "sale", [Wanted(1, 500_000)], inforce(without="rooms_table"))
    assert found.outcome is UNKNOWN and "尚未设定" in found.sentence


@pytest.mark.clause("3.2-0")
def test_the_first_wish_outside_the_table_speaks_for_all() -> None:
    found = rooms.wishes(make_up(["01"]), "sale", [Wanted(2, 900_000), Wanted(3, 900_000), Wanted(9, 1)], inforce())
    assert found.outcome is FAIL and "3 室" in found.sentence


FACTS = HouseholdFacts(
    programme="sale", group="youth", persons=1, applicant_born_on=date(1990, 1, 1), income_month_fen=0, home_area_cm2=0,
    residence_months=0, other_applications=0, policy_homes=0,
)  # fmt: skip
# rule, facts, parameter and value (None: open) → outcome
ASKED = [
    (registration, {}, "registration_rule", None, UNKNOWN),
    (registration, {}, "registration_rule", "none", PASS),
    (registration, {}, "registration_rule", "city", UNKNOWN),
    (registration, {"registration": "231202"}, "registration_rule", "county", PASS),
    (registration, {"registration": "231221"}, "registration_rule", "county", FAIL),
    (registration, {"registration": "231221"}, "registration_rule", "city", PASS),
    (registration, {"registration": "230103"}, "registration_rule", "city", FAIL),
    (registration, {"registration": "230103"}, "registration_rule", {"public_rental": "city", "sale": "none"}, PASS),
    (insurance, {}, "insurance_months_min", None, UNKNOWN),
    (insurance, {}, "insurance_months_min", 0, PASS),
    (insurance, {}, "insurance_months_min", 24, UNKNOWN),
    (insurance, {"insurance_months": 24}, "insurance_months_min", 24, PASS),
    (insurance, {"insurance_months": 23}, "insurance_months_min", 24, FAIL),
    (transfer, {}, "transfer_years", None, UNKNOWN),
    (transfer, {}, "transfer_years", 0, PASS),
    (transfer, {}, "transfer_years", 2, UNKNOWN),
    (transfer, {"transfers": ()}, "transfer_years", 2, PASS),
    (transfer, {"transfers": (date(2024, 3, 2),)}, "transfer_years", 2, PASS),
    (transfer, {"transfers": (date(2024, 3, 3),)}, "transfer_years", 2, FAIL),
    (transfer, {"transfers": (date(2010, 1, 1), date(2025, 1, 1))}, "transfer_years", 2, FAIL),
]


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("rule", "facts", "name", "value", "outcome"), ASKED)
def test_what_a_county_asks_for_is_judged_and_what_it_left_open_waits(rule, facts, name, value, outcome) -> None:  # type: ignore[no-untyped-def]
    held = inforce(without=name) if value is None else inforce(**{name: value})
    given = replace(FACTS, **facts)
    found = rule(given, DAY, held) if rule is transfer else rule(given, held)
    assert (found.outcome, found.clause) == (outcome, "3.2-0")
    assert value is not None or "尚未设定" in found.sentence


TODAY = date(2026, 3, 2)
ITEMS = [
    ("nobody asked", {"result": None}, UNKNOWN, "还没有提出"),
    ("no answer yet", {"result": ""}, UNKNOWN, "未回复"),
    ("一致", {"result": "same"}, PASS, "一致"),
    ("不一致, undecided", {"result": "differs", "value": "92㎡"}, FAIL, "92㎡"),
    ("不一致, decided", {"result": "differs", "settled": True}, PASS, "已有结论"),
    ("缺失", {"result": "missing"}, FAIL, "没有查到"),
    ("缺失, 容缺 to today", {"result": "missing", "good_by": TODAY}, PASS, "须在 2026-03-02 前补齐"),
    ("never asked, 容缺", {"result": None, "good_by": date(2026, 3, 9)}, PASS, "容缺受理"),
    ("容缺 overdue", {"result": "missing", "good_by": date(2026, 3, 1)}, FAIL, "已过"),
    ("缺失, paper came in time", {"result": "missing", "made_good": True}, PASS, "已在容缺期限内补齐"),
    (
        "a paper does not settle a difference",
        {"result": "differs", "value": "1", "made_good": True},
        FAIL,
        "还没有结论",
    ),
    ("made good, though 容缺 overdue", {"result": "same", "good_by": date(2026, 3, 1)}, PASS, "一致"),
]


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("what", "facts", "outcome", "words"), ITEMS, ids=[row[0] for row in ITEMS])
def test_an_item_passes_by_its_answer_or_by_its_day_to_make_good(what, facts, outcome, words) -> None:  # type: ignore[no-untyped-def]
    found = verification.item(Asked("不动产", "自然资源局", **facts), TODAY)
    assert found.outcome is outcome and words in found.sentence


@pytest.mark.clause("3.2-0")
def test_a_county_that_has_not_said_what_to_verify_waits_and_one_that_asks_for_nothing_does_not() -> None:
    (found,) = verification.verified([], "sale", TODAY, inforce(without="verification_items"))
    assert found.outcome is UNKNOWN and "尚未设定" in found.sentence
    assert verification.verified([], "sale", TODAY, inforce(verification_items="none")) == []
    assert verification.not_twice(0) == [] and verification.not_twice(1)[0].outcome is FAIL
    table = [["sale", "tax", "税务局", 5], ["public_rental", "property", "自然资源局", 5]]
    assert verification.wanted("sale", inforce(verification_items=table)) == [("tax", "税务局", 5)]
